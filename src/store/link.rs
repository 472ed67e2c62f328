//! One text, two drivers: the macro that runs a query on whichever database this is.

use sqlx::{Postgres, Sqlite, Transaction};

/// A transaction on either database.
#[derive(Debug)]
pub(super) enum Link {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Link {
    pub(super) async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        }
    }

    pub(super) async fn rollback(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.rollback().await,
            Self::Postgres(transaction) => transaction.rollback().await,
        }
    }
}

/// Runs a text on a view's database.
///
/// `run!(view, execute, SQL, binds…)` gives the number of rows touched; `run!(view, fetch_all::<Row>, SQL, binds…)`,
/// and likewise `fetch_one` and `fetch_optional`, gives rows.
macro_rules! run {
    ($view:expr, execute, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $view.link {
            $crate::store::link::Link::Sqlite(transaction) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
            $crate::store::link::Link::Postgres(transaction) => {
                sqlx::query($sql)$(.bind($bind))*.execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::store::StoreError::from)
    };
    ($view:expr, $fetch:ident::<$row:ty>, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $view.link {
            $crate::store::link::Link::Sqlite(transaction) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.$fetch(&mut **transaction).await
            }
            $crate::store::link::Link::Postgres(transaction) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.$fetch(&mut **transaction).await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Declares a module's query texts, and lists them so that a test can prepare each on both databases.
macro_rules! texts {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $sql:literal;)+) => {
        $($(#[$doc])* $vis const $name: &str = $sql;)+
        pub(in crate::store) const TEXTS: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}

pub(super) use {run, texts};
