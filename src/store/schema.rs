//! The migrations that this program brings, and which of them a database has.

use sqlx::migrate::{Migrate, Migrator};

use super::error::{Result, StoreError};

pub(super) static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
pub(super) static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How a database's schema stands to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaStatus {
    /// What the database has, oldest first.
    pub applied: Vec<i64>,
    /// What this program would add: version and sentence.
    pub missing: Vec<(i64, String)>,
}

impl std::fmt::Display for SchemaStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} migrations applied, {} missing",
            self.applied.len(),
            self.missing.len()
        )
    }
}

impl SchemaStatus {
    pub(super) fn insist_current(&self) -> Result<()> {
        match self.missing.len() {
            0 => Ok(()),
            missing => Err(StoreError::SchemaOld { missing }),
        }
    }
}

/// Applies what is missing. Safe from several processes at once: sqlx takes a lock.
pub(super) async fn bring_up(migrator: &Migrator, connection: &mut impl Migrate) -> Result<()> {
    // Not `run`, whose future cannot be proven to be Send.
    Ok(migrator.run_direct(None, connection, false).await?)
}

pub(super) async fn status(migrator: &Migrator, connection: &mut impl Migrate) -> Result<SchemaStatus> {
    // A database without the table of migrations has none of them.
    let applied: Vec<i64> = match connection.list_applied_migrations(&migrator.table_name).await {
        Ok(applied) => applied.into_iter().map(|migration| migration.version).collect(),
        Err(sqlx::migrate::MigrateError::Execute(error @ sqlx::Error::Database(_))) => {
            match StoreError::from(error) {
                StoreError::Query(_) => Vec::new(),
                error => return Err(error),
            }
        }
        Err(error) => return Err(error.into()),
    };
    let missing = migrator
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .map(|migration| (migration.version, migration.description.to_string()))
        .collect();
    Ok(SchemaStatus { applied, missing })
}
