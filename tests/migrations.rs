//! Both databases have the same migrations, and each applies over a filled database.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this is a test, and a test fails by panicking"
)]

use std::{collections::BTreeSet, path::Path};

use portcullis::{
    domain::{
        ids::{RecordNumber, RequestNumber},
        jit_policy::Contents,
        vm::SubscriptionId,
    },
    store::{OpenMode, Place, RecordFilter, Store, chain_hash},
};
use sqlx::{Connection as _, PgConnection, SqliteConnection, migrate::Migrator};

#[path = "store_contract/postgres.rs"]
mod postgres;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn both_databases_have_the_same_migrations() {
    let sqlite = names(&folder("sqlite"));
    assert_eq!(sqlite, names(&folder("postgres")));
    let mut numbers = BTreeSet::new();
    for name in &sqlite {
        let (number, sentence) = name
            .split_once('_')
            .and_then(|(number, rest)| Some((number, rest.strip_suffix(".sql")?)))
            .filter(|(number, _)| number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
            .unwrap_or_else(|| panic!("{name} is not numbered with four digits"));
        assert!(numbers.insert(number), "{name} shares its number");
        assert!(sentence.split('_').count() >= 3, "{name} is no sentence");
        assert!(
            sentence
                .chars()
                .all(|char| char.is_ascii_lowercase() || char == '_'),
            "{name}"
        );
    }
}

/// The program embeds them when it is built; a file that is newer than the build would be missing.
#[tokio::test]
async fn the_program_brings_every_migration() {
    let on_disk = Migrator::new(folder("sqlite")).await.unwrap();
    let data = tempfile::tempdir().unwrap();
    let place = Place::Sqlite(data.path().join("p.db"));
    Store::open(&place, OpenMode::Serve).await.unwrap();
    let applied = Store::schema_at(&place).await.unwrap().applied;
    let expected: Vec<_> = on_disk.iter().map(|migration| migration.version).collect();
    assert_eq!(applied, expected);
}

/// Every table that the two databases have has the same columns in the same order.
#[test]
fn both_databases_have_the_same_tables_and_columns() {
    for name in names(&folder("sqlite")) {
        let columns = |database: &str| {
            let text = std::fs::read_to_string(folder(database).join(&name)).unwrap();
            let text = text.replace(" COLLATE \"C\"", "");
            text.split("CREATE TABLE ")
                .skip(1)
                .map(|table| {
                    let body = table.split("\n)").next().unwrap();
                    body.lines()
                        .filter(|line| !line.trim().starts_with("--"))
                        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
                        .collect::<Vec<_>>()
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(columns("sqlite"), columns("postgres"), "{name}");
    }
}

/// Applies each migration to a connection, and after each the rows that a program of that day would have written.
macro_rules! apply_and_fill {
    ($connection:expr, $folder:expr) => {
        let all = Migrator::new(folder($folder)).await.unwrap();
        for migration in all.iter() {
            let sentence = migration.description.replace(' ', "_");
            let file =
                folder("../tests/data/migrations").join(format!("{:04}_{sentence}.sql", migration.version));
            let rows = std::fs::read_to_string(&file).unwrap_or_else(|error| {
                panic!("{} shows rows after this migration: {error}", file.display())
            });
            all.run_to(migration.version, &mut $connection).await.unwrap();
            let rows = sqlx::AssertSqlSafe(rows);
            sqlx::raw_sql(rows).execute(&mut $connection).await.unwrap();
        }
        $connection.close().await.unwrap();
    };
}

#[tokio::test]
async fn each_migration_applies_over_a_filled_sqlite_database() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("p.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    apply_and_fill!(connection, "sqlite");
    reads_the_old_rows(Place::Sqlite(path)).await;
}

#[tokio::test]
async fn each_migration_applies_over_a_filled_postgres_database() {
    let Some(url) = postgres::fresh_database().await else {
        return;
    };
    let mut connection = PgConnection::connect(&url).await.unwrap();
    apply_and_fill!(connection, "postgres");
    reads_the_old_rows(Place::Postgres(url.into())).await;
}

/// What was written under the oldest schema is still read by this program.
async fn reads_the_old_rows(place: Place) {
    let store = Store::open(&place, OpenMode::Serve).await.unwrap();
    let mut view = store.read().await.unwrap();
    let (request, _) = view.find_request(RequestNumber(1)).await.unwrap().unwrap();
    assert_eq!(view.windows_of(request.id).await.unwrap().len(), 1);
    let extensions = view.extensions_of(request.id).await.unwrap();
    assert_eq!(extensions.len(), 1);
    assert_eq!(extensions[0].0.extends.unwrap().number, request.number);
    assert_eq!(extensions[0].0.narrowed.len(), 1);
    assert!(request.narrowed.is_empty());
    let (later, _) = view.find_request(RequestNumber(3)).await.unwrap().unwrap();
    assert_eq!(later.starts_at.unwrap().timestamp_millis(), 1_795_347_000_000);
    assert_eq!(request.starts_at, None);
    assert_eq!(view.card(request.id).await.unwrap().unwrap().message.0, 22);
    let records = view.records(RecordFilter::All, RecordNumber(0), 9).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(
        chain_hash(&"0".repeat(64), &records[0].body).as_ref(),
        Some(&records[0].hash)
    );
    assert_eq!(view.living_jobs(9).await.unwrap().len(), 1);
    assert!(view.freeze().await.unwrap().is_some());
    assert_eq!(view.inventories().await.unwrap().len(), 1);
    assert!(view.trail_cursor().await.unwrap().thread.is_some());
    assert_eq!(view.leader().await.unwrap().holder, "one");
    let subscription = SubscriptionId::new("11111111-1111-1111-1111-111111111111").unwrap();
    let known = view.known_jit_policies(&subscription).await.unwrap();
    assert!(known[0].explains(Some(&Contents::default())).unwrap());
    assert_eq!(view.steps_to_write().await.unwrap().len(), 1);
    let token = "abcdefghijklmnopqrstuvwxyz012345".parse().unwrap();
    assert_eq!(view.find_address_link(&token).await.unwrap(), Some(request.id));
    assert_eq!(
        view.unsigned_reviews(9).await.unwrap()[0].number,
        RequestNumber(2)
    );
}
