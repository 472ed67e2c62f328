//! What can go wrong in the store, sorted by what the caller can do about it.

use std::path::PathBuf;

use sqlx::{postgres::PgDatabaseError, sqlite::SqliteError};

/// The result of every call on the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store could not do what it was asked.
///
/// After any of these the transaction is gone: nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the row since it was read. Read it again and decide again.
    #[error("Somebody else changed {what} in the meantime.")]
    LostRace { what: String },
    /// The lease of a job ran out before its result was written: the result must not be written.
    #[error("The lease of job {job} ran out before its result could be written.")]
    LeaseLost { job: crate::domain::ids::JobId },
    /// Another writer holds the database for too long. Trying again later makes sense.
    #[error("The database is busy.")]
    Busy(#[source] sqlx::Error),
    /// Nothing can be written until somebody makes room.
    #[error("The disk of the database is full; make room, and the work goes on by itself.")]
    Full(#[source] sqlx::Error),
    /// The file is damaged: only a backup helps.
    #[error("The database is damaged; restore it from a backup.")]
    Corrupt(#[source] sqlx::Error),
    /// Opened for reading only, or the file may not be written.
    #[error("The database may only be read.")]
    ReadOnly(#[source] sqlx::Error),
    /// No connection. Trying again later makes sense.
    #[error("The database cannot be reached.")]
    Unreachable(#[source] sqlx::Error),
    /// The server knows neither this user, nor this password, nor this database, or gives too few rights.
    #[error("The database refused the login or a right; check user, password, database and its grants.")]
    Denied(#[source] sqlx::Error),
    /// Locks and shared memory do not work over a network.
    #[error(
        "{path} lies on a network file system ({kind}), where SQLite is not safe; use a local disk or PostgreSQL."
    )]
    NetworkFileSystem { path: PathBuf, kind: &'static str },
    /// A second `serve` on the same file.
    #[error("Another process serves {path} already; stop it first.")]
    AlreadyServed { path: PathBuf },
    /// There is nothing to read yet.
    #[error("There is no database at {path}; `portcullis db migrate` or `portcullis serve` makes one.")]
    Missing { path: PathBuf },
    /// The database's file or folder cannot be used.
    #[error("{path} cannot be used.")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The database's schema is older than this program.
    #[error("The database lacks {missing} migrations of this program; run `portcullis db migrate`.")]
    SchemaOld { missing: usize },
    /// A migration failed, was changed afterwards, or is from a newer program.
    #[error("The database could not be brought to this program's schema.")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    /// The address of the database makes no sense; the text is not repeated, it may hold a password.
    #[error("The address of the database cannot be understood.")]
    Address(#[source] sqlx::Error),
    /// A row holds what this program cannot understand.
    #[error(transparent)]
    BadRow(BadRow),
    /// A value cannot be written as JSON.
    #[error("A value could not be written as JSON.")]
    Unwritable(#[source] std::io::Error),
    /// Anything else.
    #[error("The database refused a query.")]
    Query(#[source] sqlx::Error),
}

/// A row that cannot be loaded, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The row {id} of table {table} cannot be read: column {column}: {why}.")]
pub struct BadRow {
    pub table: &'static str,
    pub id: String,
    pub column: &'static str,
    pub why: String,
}

impl StoreError {
    /// Whether the same call may succeed a little later without anybody's help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unreachable(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) => {
                let code = inner.code().unwrap_or_default().into_owned();
                if inner.try_downcast_ref::<SqliteError>().is_some() {
                    of_sqlite(code.parse().unwrap_or_default(), error)
                } else if inner.try_downcast_ref::<PgDatabaseError>().is_some() {
                    of_postgres(&code, error)
                } else {
                    Self::Query(error)
                }
            }
            sqlx::Error::PoolTimedOut => Self::Busy(error),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed => Self::Unreachable(error),
            sqlx::Error::Configuration(_) => Self::Address(error),
            _ => Self::Query(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            error => Self::Migration(Box::new(error)),
        }
    }
}

/// The primary result code is the low byte (SQLite, "Result and Error Codes").
fn of_sqlite(code: i32, error: sqlx::Error) -> StoreError {
    match code & 0xff {
        5 | 6 => StoreError::Busy(error),
        8 => StoreError::ReadOnly(error),
        11 | 26 => StoreError::Corrupt(error),
        13 => StoreError::Full(error),
        10 | 14 => StoreError::Unreachable(error),
        _ => StoreError::Query(error),
    }
}

/// PostgreSQL's appendix A, "PostgreSQL Error Codes".
fn of_postgres(code: &str, error: sqlx::Error) -> StoreError {
    match code {
        "53100" => StoreError::Full(error),
        "25006" => StoreError::ReadOnly(error),
        "XX001" | "XX002" => StoreError::Corrupt(error),
        // Lock and statement time-outs, serialization failure, deadlock, too many connections.
        "55P03" | "57014" | "40001" | "40P01" | "53300" => StoreError::Busy(error),
        "3D000" | "42501" => StoreError::Denied(error),
        code if code.starts_with("28") => StoreError::Denied(error),
        code if code.starts_with("08") || code.starts_with("57P") => StoreError::Unreachable(error),
        _ => StoreError::Query(error),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection};

    use super::*;

    async fn memory() -> SqliteConnection {
        SqliteConnection::connect("sqlite::memory:").await.unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_is_told_as_such() {
        let mut connection = memory().await;
        let fill = "PRAGMA max_page_count = 8; CREATE TABLE t (b BLOB) STRICT;
            INSERT INTO t (b) VALUES (zeroblob(100000));";
        let error = sqlx::raw_sql(fill).execute(&mut connection).await.unwrap_err();
        let error = StoreError::from(error);
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
        assert!(!error.is_passing());
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.db");
        std::fs::write(&path, "not a database, but long enough to look at ".repeat(100)).unwrap();
        let place = crate::store::Place::Sqlite(path);
        for mode in [crate::store::OpenMode::Serve, crate::store::OpenMode::ReadOnly] {
            let error = crate::store::Store::open(&place, mode).await.unwrap_err();
            assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
        }
    }

    #[tokio::test]
    async fn a_locked_file_is_busy_and_that_passes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::ZERO);
        let mut first = SqliteConnection::connect_with(&options).await.unwrap();
        let mut second = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut first)
            .await
            .unwrap();
        let error = sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut second)
            .await
            .unwrap_err();
        let error = StoreError::from(error);
        assert!(matches!(error, StoreError::Busy(_)), "{error:?}");
        assert!(error.is_passing());
    }
}
