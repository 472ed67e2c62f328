//! Records have no gaps, keep their bytes, and cannot be changed.

use portcullis::{
    domain::{
        ids::RecordNumber,
        record::{By, Entry, Fact},
    },
    store::{Place, RecordFilter, chain_hash},
};
use secrecy::ExposeSecret as _;
use sqlx::{Connection as _, SqlSafeStr};

use crate::{databases::Database, on_both, samples::*};

on_both!(
    records_are_numbered_chained_and_read_back,
    a_rollback_leaves_no_gap,
    records_cannot_be_changed_or_deleted,
    a_row_that_cannot_be_read_is_named,
);

async fn records_are_numbered_chained_and_read_back(database: Database) {
    let store = database.open().await;
    let (request, _) = crate::samples::store(&store, request(alice(), approved())).await;
    let window = window(&request, "web-01", 22);
    let person = By::Person(bob());
    let entries: Vec<Entry> = vec![
        withdrawn_by(bob(), &request),
        frozen("\u{1F600} \"why\""),
        Entry {
            by: By::Azure,
            fact: Fact::Opening {
                windows: vec![window.facts(&request)],
                policy: policy(),
            },
        },
        Entry {
            by: person,
            fact: Fact::CloseAsked {
                window: window.facts(&request),
            },
        },
        Entry {
            by: By::Time,
            fact: Fact::Unfrozen { waiting: 3 },
        },
    ];
    let mut work = store.begin().await.unwrap();
    let numbers = work.apply(entries.clone(), &[], after(1)).await.unwrap();
    assert_eq!(numbers, [1, 2, 3, 4, 5].map(RecordNumber));
    work.commit().await.unwrap();

    let mut view = store.read().await.unwrap();
    let stored = view
        .records(RecordFilter::All, RecordNumber(0), 99)
        .await
        .unwrap();
    let mut hash = "0".repeat(64);
    for (place, (record, entry)) in stored.iter().zip(&entries).enumerate() {
        assert_eq!(record.record.number, numbers[place]);
        assert_eq!(record.record.at, after(1));
        assert_eq!(&record.record.entry, entry);
        hash = chain_hash(&hash, &record.body).unwrap();
        assert_eq!(record.hash, hash);
    }
    assert_eq!(view.record_head().await.unwrap(), (RecordNumber(5), hash));

    let mut numbers = async |filter, after, limit| {
        let records = view.records(filter, RecordNumber(after), limit).await.unwrap();
        records
            .iter()
            .map(|record| record.record.number.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(RecordFilter::All, 1, 2).await, [2, 3]);
    assert_eq!(numbers(RecordFilter::Request(request.id), 0, 99).await, [1, 3, 4]);
    assert_eq!(numbers(RecordFilter::Requester(alice().id), 1, 99).await, [3, 4]);
    assert_eq!(
        numbers(RecordFilter::Requester(bob().id), 0, 99).await,
        Vec::<i64>::new()
    );
}

async fn a_rollback_leaves_no_gap(database: Database) {
    let store = database.open().await;
    for kept in [true, false, false, true, true] {
        let mut work = store.begin().await.unwrap();
        work.apply(vec![frozen("a"), frozen("b")], &[], start())
            .await
            .unwrap();
        if kept {
            work.commit().await.unwrap();
        }
    }
    let mut view = store.read().await.unwrap();
    let stored = view
        .records(RecordFilter::All, RecordNumber(0), 99)
        .await
        .unwrap();
    let numbers: Vec<_> = stored.iter().map(|record| record.record.number.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

async fn records_cannot_be_changed_or_deleted(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    work.apply(vec![frozen("a")], &[], start()).await.unwrap();
    work.commit().await.unwrap();
    let mut attempts = vec![
        "UPDATE records SET body = '{}' WHERE number = 1",
        "DELETE FROM records WHERE number = 1",
    ];
    if database.is_postgres() {
        attempts.push("TRUNCATE records");
    }
    for attempt in attempts {
        let error = by_hand(&database, attempt).await.unwrap_err().to_string();
        assert!(
            error.contains("cannot be changed or deleted"),
            "{attempt}: {error}"
        );
    }
}

async fn a_row_that_cannot_be_read_is_named(database: Database) {
    let store = database.open().await;
    let (read, _) = crate::samples::store(&store, request(alice(), pending())).await;
    by_hand(
        &database,
        "UPDATE requests SET state = '{\"state\":\"dreaming\"}'",
    )
    .await
    .unwrap();
    let error = store
        .read()
        .await
        .unwrap()
        .load_request(read.id)
        .await
        .unwrap_err()
        .to_string();
    let expected = format!(
        "The row {} of table requests cannot be read: column state: ",
        read.id
    );
    assert!(error.starts_with(&expected), "{error}");
}

/// Runs a text as somebody with a database shell would.
async fn by_hand(database: &Database, text: &'static str) -> sqlx::Result<()> {
    let text = text.into_sql_str();
    match &database.place {
        Place::Sqlite(path) => {
            let mut connection = sqlx::SqliteConnection::connect(&path.display().to_string()).await?;
            sqlx::raw_sql(text).execute(&mut connection).await?;
        }
        Place::Postgres(url) => {
            let mut connection = sqlx::PgConnection::connect(url.expose_secret()).await?;
            sqlx::raw_sql(text).execute(&mut connection).await?;
        }
    }
    Ok(())
}
