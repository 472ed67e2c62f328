//! JIT policies as they were last known, and writes of the bot's own that are under way.

use std::time::Duration;

use portcullis::{
    domain::{
        jit_policy::Contents,
        port::Port,
        vm::{AllowedSources, JitPort, Protocol, VmId},
    },
    store::{KnownPolicy, Store},
};

use crate::{databases::Database, on_both, samples::*};

on_both!(
    a_known_policy_explains_itself_and_nothing_else,
    a_write_of_ours_explains_both_sides_while_it_is_under_way,
    a_policy_that_is_being_made_is_not_known_yet,
    a_subscription_is_compared_from_one_instant_on,
);

const VM: &str = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Prod-Web/providers/Microsoft.Compute/virtualMachines/web-01";

fn hours(vm: &str, hours: u64) -> Contents {
    let port = JitPort {
        port: Port::new(22).unwrap(),
        protocol: Protocol::Any,
        sources: AllowedSources::Only(vec!["198.51.100.0/24".parse().unwrap()]),
        max: Duration::from_secs(hours * 3600),
    };
    let vm: VmId = vm.parse().unwrap();
    Contents::new([(vm, vec![port])])
}

async fn known(store: &Store) -> KnownPolicy {
    let mut view = store.read().await.unwrap();
    let all = view.known_jit_policies(policy().subscription()).await.unwrap();
    let one = view.known_jit_policy(&policy()).await.unwrap().unwrap();
    assert_eq!(all, std::slice::from_ref(&one));
    one
}

async fn a_known_policy_explains_itself_and_nothing_else(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.known_jit_policy(&policy()).await.unwrap(), None);
    work.know_jit_policy(&policy(), Some(&hours(VM, 1)), start())
        .await
        .unwrap();
    work.commit().await.unwrap();
    let found = known(&store).await;
    assert_eq!(
        (found.contents.as_ref(), found.since),
        (Some(&hours(VM, 1)), start())
    );
    assert!(
        found.explains(Some(&hours(&VM.to_uppercase(), 1))).unwrap(),
        "the case of an id is nothing"
    );
    assert!(!found.explains(Some(&hours(VM, 2))).unwrap());
    assert!(!found.explains(None).unwrap());
    let mut work = store.begin().await.unwrap();
    work.know_jit_policy(&policy(), None, start()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(
        store
            .read()
            .await
            .unwrap()
            .known_jit_policy(&policy())
            .await
            .unwrap(),
        None
    );
}

async fn a_write_of_ours_explains_both_sides_while_it_is_under_way(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    work.know_jit_policy(&policy(), Some(&hours(VM, 1)), start())
        .await
        .unwrap();
    work.expect_jit_policy(&policy(), Some(&hours(VM, 2)), after(60))
        .await
        .unwrap();
    work.commit().await.unwrap();
    let found = known(&store).await;
    assert_eq!(found.since, start(), "what is only expected is not known");
    assert!(found.explains(Some(&hours(VM, 1))).unwrap());
    assert!(found.explains(Some(&hours(VM, 2))).unwrap());
    assert!(!found.explains(Some(&hours(VM, 3))).unwrap());
    let mut work = store.begin().await.unwrap();
    work.know_jit_policy(&policy(), Some(&hours(VM, 2)), after(90))
        .await
        .unwrap();
    work.commit().await.unwrap();
    assert!(
        !known(&store).await.explains(Some(&hours(VM, 1))).unwrap(),
        "it is over"
    );
}

async fn a_policy_that_is_being_made_is_not_known_yet(database: Database) {
    let store = database.open().await;
    let mut work = store.begin().await.unwrap();
    work.expect_jit_policy(&policy(), Some(&hours(VM, 1)), start())
        .await
        .unwrap();
    work.commit().await.unwrap();
    let found = known(&store).await;
    assert_eq!(found.contents, None);
    assert!(found.explains(Some(&hours(VM, 1))).unwrap());
    assert!(!found.explains(Some(&hours(VM, 2))).unwrap());
    let mut work = store.begin().await.unwrap();
    work.know_jit_policy(&policy(), Some(&hours(VM, 1)), start())
        .await
        .unwrap();
    work.expect_jit_policy(&policy(), None, after(60)).await.unwrap();
    work.commit().await.unwrap();
    assert!(known(&store).await.explains(None).unwrap(), "a deletion of ours");
}

async fn a_subscription_is_compared_from_one_instant_on(database: Database) {
    let store = database.open().await;
    let subscription = policy().subscription().clone();
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.compared_since(&subscription).await.unwrap(), None);
    work.begin_comparing(&subscription, start()).await.unwrap();
    work.begin_comparing(&subscription, after(60)).await.unwrap();
    assert_eq!(work.compared_since(&subscription).await.unwrap(), Some(start()));
    work.commit().await.unwrap();
}
