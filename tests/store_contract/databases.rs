//! A fresh database for one case.

use portcullis::store::{OpenMode, Place, Store};
use tempfile::TempDir;

use crate::postgres;

/// An empty database that goes away with the case.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) place: Place,
    _folder: Option<TempDir>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            place: Place::Sqlite(folder.path().join("portcullis.db")),
            _folder: Some(folder),
        }
    }

    /// `None` where there is no PostgreSQL; that was said on standard error then.
    pub(crate) async fn postgres() -> Option<Self> {
        Some(Self {
            place: Place::Postgres(postgres::fresh_database().await?.into()),
            _folder: None,
        })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Postgres(_))
    }

    /// Opens it as `serve` does.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.place, OpenMode::Serve).await.unwrap()
    }
}
