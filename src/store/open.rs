//! Opening the store, and its transactions.

use std::{path::Path, sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use sqlx::{
    ConnectOptions as _, Connection as _, PgPool, Sqlite, SqlitePool, Transaction,
    pool::PoolOptions,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::watch;

use super::{
    error::{Result, StoreError},
    link::{Link, run},
    place::Place,
    schema::{self, SchemaStatus},
    sqlite_file::{ServeLock, prepare},
    work::{TAKE_TURN, View, Work},
};

/// How long a writer waits for another one, in this process or outside.
const WAIT_MAX: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 8;

/// What a process means to do with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Run the bot: brings the schema up to date; on SQLite keeps out a second one and voids all leases.
    Serve,
    /// Write a transaction beside a running `serve`, which then posts it.
    Record,
    /// Look only.
    ReadOnly,
}

/// An open database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    news: watch::Sender<()>,
    _lock: Option<Arc<ServeLock>>,
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres(PgPool),
}

impl Store {
    /// Opens the database at `place`.
    ///
    /// # Errors
    /// [`StoreError::AlreadyServed`], [`StoreError::NetworkFileSystem`], [`StoreError::Missing`] and
    /// [`StoreError::SchemaOld`] besides what any query can meet.
    pub async fn open(place: &Place, mode: OpenMode) -> Result<Self> {
        let mut lock = None;
        let pools = match place {
            Place::Sqlite(path) => {
                if mode == OpenMode::Serve {
                    prepare(path)?;
                    lock = Some(Arc::new(ServeLock::take(path)?));
                } else if !path.exists() {
                    return Err(StoreError::Missing { path: path.clone() });
                }
                sqlite_pools(path, mode).await?
            }
            Place::Postgres(url) => {
                let options = postgres_options(url.expose_secret(), mode)?;
                if mode == OpenMode::Serve {
                    migrate_postgres(&options).await?;
                }
                Pools::Postgres(postgres_pool(options).await?)
            }
        };
        let store = Self {
            pools,
            news: watch::Sender::new(()),
            _lock: lock,
        };
        match (&store.pools, mode) {
            (Pools::Sqlite { writer, .. }, OpenMode::Serve) => {
                schema::bring_up(&schema::SQLITE, &mut *writer.acquire().await?).await?;
                // Every lease belonged to a process that is gone: the lock says so.
                let mut work = store.begin().await?;
                work.void_leases().await?;
                work.commit().await?;
            }
            (Pools::Postgres(_), OpenMode::Serve) => {}
            (_, OpenMode::Record | OpenMode::ReadOnly) => {
                store.schema_status().await?.insist_current()?;
            }
        }
        Ok(store)
    }

    /// Begins the one write transaction that may run at a time.
    ///
    /// Nothing is kept unless [`Work::commit`] returns. Keep it short, and never wait for the outside world in it.
    pub async fn begin(&self) -> Result<Work> {
        let link = self.begin_quietly().await?;
        let mut work = Work::new(View { link }, self.news.clone());
        if matches!(self.pools, Pools::Postgres(_)) {
            // Puts writers in a queue, as SQLite does: what a writer reads stays true until it commits.
            run!(work, execute, TAKE_TURN)?;
        }
        Ok(work)
    }

    /// A write transaction that does not wait for its turn on PostgreSQL: for single guarded updates.
    pub(super) async fn begin_quietly(&self) -> Result<Link> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => Link::Sqlite(begin_writing(writer).await?),
            Pools::Postgres(pool) => Link::Postgres(pool.begin().await?),
        })
    }

    /// Begins reading from one snapshot.
    pub async fn read(&self) -> Result<View> {
        let link = match &self.pools {
            Pools::Sqlite { readers, .. } => Link::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Link::Postgres(pool.begin_with(begin).await?)
            }
        };
        Ok(View { link })
    }

    /// Marks each commit of this process, so that workers can wake without polling.
    pub fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// Closes all connections; the next call on any clone fails.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Which migrations the database at `place` has, and which this program would add. Changes nothing.
    pub async fn schema_at(place: &Place) -> Result<SchemaStatus> {
        match place {
            Place::Sqlite(path) if !path.exists() => Err(StoreError::Missing { path: path.clone() }),
            Place::Sqlite(path) => {
                let mut connection = sqlite_options(path).read_only(true).connect().await?;
                schema::status(&schema::SQLITE, &mut connection).await
            }
            Place::Postgres(url) => {
                let options = postgres_options(url.expose_secret(), OpenMode::ReadOnly)?;
                schema::status(&schema::POSTGRES, &mut options.connect().await?).await
            }
        }
    }

    /// The same of the open database.
    pub async fn schema_status(&self) -> Result<SchemaStatus> {
        match &self.pools {
            Pools::Sqlite { readers, .. } => {
                schema::status(&schema::SQLITE, &mut *readers.acquire().await?).await
            }
            Pools::Postgres(pool) => schema::status(&schema::POSTGRES, &mut *pool.acquire().await?).await,
        }
    }

    /// Makes the driver read every text: a text that one database does not understand fails here.
    ///
    /// For the contract suite and for `doctor`.
    pub async fn prepare_texts(&self) -> Result<(), (&'static str, StoreError)> {
        use sqlx::{Executor as _, SqlStr};
        for (name, text) in super::texts() {
            let text = SqlStr::from_static(text);
            let prepared = match &self.pools {
                Pools::Sqlite { writer, .. } => writer.prepare(text).await.map(drop),
                Pools::Postgres(pool) => pool.prepare(text).await.map(drop),
            };
            prepared.map_err(|error| (name, error.into()))?;
        }
        Ok(())
    }
}

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(WAIT_MAX)
        .disable_statement_logging()
}

async fn begin_writing(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    const BEGIN: &str = "BEGIN IMMEDIATE";
    match writer.begin_with(BEGIN).await {
        // On a full disk SQLite takes a transaction back by itself (SQLite, "Response To Errors Within A
        // Transaction"), the driver's own rollback then fails, and it refuses every further one: only a new
        // connection helps.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            writer.begin_with(BEGIN).await
        }
        begun => begun,
    }
}

async fn sqlite_pools(path: &Path, mode: OpenMode) -> Result<Pools> {
    // A connection to a file does not grow stale, so none is ever replaced.
    let pool = |size| {
        PoolOptions::new()
            .max_connections(size)
            .acquire_timeout(WAIT_MAX)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let reading = sqlite_options(path).read_only(true);
    if mode == OpenMode::ReadOnly {
        let readers: SqlitePool = pool(SQLITE_READERS).connect_with(reading).await?;
        return Ok(Pools::Sqlite {
            writer: readers.clone(),
            readers,
        });
    }
    let writing = sqlite_options(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit that was told must survive a loss of power.
        .synchronous(SqliteSynchronous::Full);
    Ok(Pools::Sqlite {
        writer: pool(1).connect_with(writing).await?,
        readers: pool(SQLITE_READERS).connect_with(reading).await?,
    })
}

fn postgres_options(url: &str, mode: OpenMode) -> Result<PgConnectOptions> {
    let options: PgConnectOptions = url.parse().map_err(StoreError::Address)?;
    let read_only = if mode == OpenMode::ReadOnly { "on" } else { "off" };
    Ok(options
        .application_name("portcullis")
        .options([
            // A commit that was told must survive a crash of the server, whatever its default is.
            ("synchronous_commit", "on"),
            ("default_transaction_read_only", read_only),
        ])
        .disable_statement_logging())
}

/// On a connection of its own, without the pool's time limits: a migration of a large table may take long, and
/// another replica waits for it.
async fn migrate_postgres(options: &PgConnectOptions) -> Result<()> {
    let mut connection = options.connect().await?;
    schema::bring_up(&schema::POSTGRES, &mut connection).await?;
    Ok(connection.close().await?)
}

async fn postgres_pool(options: PgConnectOptions) -> Result<PgPool> {
    let options = options.options([("lock_timeout", "5s"), ("statement_timeout", "30s")]);
    Ok(PoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(WAIT_MAX)
        .connect_with(options)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn fill(work: &mut Work, text: &'static str) -> Result<()> {
        let Link::Sqlite(transaction) = &mut work.link else {
            panic!("it is SQLite");
        };
        sqlx::raw_sql(text).execute(&mut **transaction).await?;
        Ok(())
    }

    #[tokio::test]
    async fn after_a_full_disk_the_work_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Sqlite(folder.path().join("p.db"));
        let store = Store::open(&place, OpenMode::Serve).await.unwrap();
        let mut work = store.begin().await.unwrap();
        fill(&mut work, "CREATE TABLE t (b BLOB) STRICT").await.unwrap();
        work.commit().await.unwrap();
        // SQLite takes the whole transaction back, and its end is nothing that the driver has seen. The limit
        // goes with its connection, as room is made on a disk.
        let mut work = store.begin().await.unwrap();
        let full = "PRAGMA max_page_count = 1; INSERT INTO t (b) VALUES (zeroblob(1000000));";
        let error = fill(&mut work, full).await.unwrap_err();
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
        drop(work);
        store.begin().await.unwrap().commit().await.unwrap();
    }
}
