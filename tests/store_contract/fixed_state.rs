//! What there is one of: the freeze, the leader, each subscription's inventory, each thing seen.

use portcullis::{
    domain::{freeze::Freeze, text::FreeText, vm::SubscriptionId},
    store::{InventoryRow, OpenMode, Place, Store, StoreError},
};

use crate::{databases::Database, on_both, samples::*};

on_both!(
    a_freeze_is_on_until_it_is_lifted,
    one_replica_leads_and_another_takes_over,
    the_newest_inventory_is_kept,
    a_thing_is_seen_for_the_first_time_once,
    who_only_reads_cannot_write,
    state_survives_a_restart,
    several_may_start_at_once,
    an_empty_database_lacks_everything,
    numbers_for_metrics_are_counted,
);

async fn a_freeze_is_on_until_it_is_lifted(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.freeze().await.unwrap(), None);
    for reason in [None, FreeText::new("an attack")] {
        let freeze = Freeze {
            since: start(),
            by: bob(),
            reason,
        };
        work.set_freeze(Some(&freeze)).await.unwrap();
        assert_eq!(work.freeze().await.unwrap(), Some(freeze));
    }
    work.set_freeze(None).await.unwrap();
    assert_eq!(work.freeze().await.unwrap(), None);
}

async fn one_replica_leads_and_another_takes_over(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    let nobody = work.leader().await.unwrap();
    assert_eq!(nobody.holder, "");
    let first = work.lead("one", nobody.beat).await.unwrap().unwrap();
    let late = work.lead("two", nobody.beat).await.unwrap();
    assert_eq!(late, None, "one was faster");
    let second = work.lead("one", first).await.unwrap().unwrap();
    let taken = work.lead("two", second).await.unwrap().unwrap();
    assert_eq!(work.lead("one", second).await.unwrap(), None, "one has lost it");
    let leader = work.leader().await.unwrap();
    assert_eq!((leader.holder.as_str(), leader.beat), ("two", taken));
}

async fn the_newest_inventory_is_kept(database: Database) {
    let store = database.open().await;
    let subscription = SubscriptionId::new("11111111-1111-1111-1111-111111111111").unwrap();
    let mut work = store.begin().await.unwrap();
    let mut inventory = InventoryRow {
        subscription: subscription.clone(),
        body: "[]".to_owned(),
        taken_at: start(),
    };
    work.save_inventory(&inventory).await.unwrap();
    inventory.body = "[{\"name\":\"web-01\"}]".to_owned();
    inventory.taken_at = after(60);
    work.save_inventory(&inventory).await.unwrap();
    assert_eq!(work.inventories().await.unwrap(), [inventory]);
    work.forget_inventory(&subscription).await.unwrap();
    assert_eq!(work.inventories().await.unwrap(), []);
}

async fn a_thing_is_seen_for_the_first_time_once(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    assert!(work.first_time("1", start()).await.unwrap());
    assert!(!work.first_time("1", after(1)).await.unwrap());
    assert!(work.first_time("2", after(1)).await.unwrap());
    assert_eq!(work.forget_seen(after(1)).await.unwrap(), 1);
    assert!(work.first_time("1", after(2)).await.unwrap());
}

async fn who_only_reads_cannot_write(database: Database) {
    let missing = Store::open(&database.place, OpenMode::ReadOnly).await;
    assert!(matches!(
        missing,
        Err(StoreError::Missing { .. } | StoreError::SchemaOld { .. })
    ));
    let serving = database.open().await;
    let reading = Store::open(&database.place, OpenMode::ReadOnly).await.unwrap();
    assert!(reading.read().await.unwrap().freeze().await.unwrap().is_none());
    let refused = match reading.begin().await {
        Err(error) => error,
        Ok(mut work) => work.next_request_number().await.unwrap_err(),
    };
    assert!(matches!(refused, StoreError::ReadOnly(_)), "{refused:?}");

    let recording = Store::open(&database.place, OpenMode::Record).await.unwrap();
    let mut work = recording.begin().await.unwrap();
    work.apply(vec![frozen("by hand")], &[], start()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(serving.read().await.unwrap().record_head().await.unwrap().0.0, 1);
}

async fn state_survives_a_restart(database: Database) {
    let store = database.open().await;
    crate::samples::store(&store, request(alice(), pending())).await;
    if matches!(database.place, Place::Sqlite(_)) {
        let second = Store::open(&database.place, OpenMode::Serve).await;
        assert!(matches!(second, Err(StoreError::AlreadyServed { .. })));
    }
    store.close().await;
    let closed = store.read().await.unwrap_err();
    assert!(matches!(closed, StoreError::Unreachable(_)), "{closed:?}");
    drop(store);
    let store = database.open().await;
    let status = Store::schema_at(&database.place).await.unwrap();
    assert!(status.missing.is_empty());
    assert!(status.applied.len() >= 9);
    let (next, _) = crate::samples::store(&store, request(alice(), pending())).await;
    assert_eq!(next.number.0, 2);
}

async fn several_may_start_at_once(database: Database) {
    let starts = (0..4).map(|_| {
        let place = database.place.clone();
        tokio::spawn(async move { Store::open(&place, OpenMode::Serve).await })
    });
    let mut stores = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        match start.await.unwrap() {
            Ok(store) => stores.push(store),
            Err(error) => assert!(matches!(error, StoreError::AlreadyServed { .. }), "{error:?}"),
        }
    }
    let expected = if database.is_postgres() { 4 } else { 1 };
    assert_eq!(
        stores.len(),
        expected,
        "replicas share PostgreSQL; a file has one server"
    );
    for store in stores {
        crate::samples::store(&store, request(alice(), pending())).await;
    }
}

async fn an_empty_database_lacks_everything(database: Database) {
    let status = Store::schema_at(&database.place).await;
    if database.is_postgres() {
        let status = status.unwrap();
        assert!(status.applied.is_empty());
        assert_eq!(status.missing[0].1, "keep requests and their windows");
    } else {
        assert!(matches!(status, Err(StoreError::Missing { .. })));
    }
}

async fn numbers_for_metrics_are_counted(database: Database) {
    let store = database.open().await;
    let empty = store.read().await.unwrap().statistics().await.unwrap();
    assert_eq!(empty, portcullis::store::Statistics::default());
    let (request, _) = crate::samples::store(&store, request(alice(), approved())).await;
    let mut work = store.begin().await.unwrap();
    work.insert_windows(&[window(&request, "web-01", 22), window(&request, "web-01", 443)])
        .await
        .unwrap();
    let counted = work.statistics().await.unwrap();
    assert_eq!(counted.requests["approved"], 1);
    assert_eq!(counted.windows["opening"], 2);
    assert_eq!(counted.oldest_due, None);
}
