//! Every read of a table that grows walks an index, so that it stays fast over years of rows.

use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::databases::Database;

/// Texts that look at whole tables on purpose: counts of states, walked on an index that covers them.
const COUNTS: [&str; 1] = ["REQUESTS"];

#[tokio::test]
async fn no_text_walks_a_table_that_grows() {
    let database = Database::sqlite();
    let store = database.open().await;
    let portcullis::store::Place::Sqlite(path) = &database.place else {
        panic!("this is SQLite");
    };
    let mut connection = SqliteConnection::connect(&path.display().to_string())
        .await
        .unwrap();
    let mut seen = 0;
    for (name, text) in portcullis::store::texts() {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
        let steps = sqlx::query(explain).fetch_all(&mut connection).await.unwrap();
        for step in steps {
            let step: String = step.get("detail");
            seen += 1;
            let walks = [
                "requests",
                "windows",
                "records",
                "answers",
                "cards",
                "seen",
                "trail_messages",
                "jit_policies",
                "address_links",
                "reviews",
            ]
            .iter()
            .any(|table| step == format!("SCAN {table}"));
            assert!(!walks, "{name}: {step}\n{text}");
            let sorts = step.contains("TEMP B-TREE") && !COUNTS.contains(&name);
            let grows = ["FROM requests", "FROM records", "FROM trail_messages"]
                .iter()
                .any(|table| text.contains(table));
            assert!(!(sorts && grows), "{name}: {step}\n{text}");
        }
    }
    assert!(seen > 40);
    store.close().await;
}
