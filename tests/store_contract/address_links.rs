//! Links to drafts: found by their secret, of which only a hash is kept.

use portcullis::domain::address::LinkToken;

use crate::{
    databases::Database,
    on_both,
    samples::{after, alice, every_state, request, store},
};

on_both!(a_link_leads_to_its_draft_until_it_is_forgotten);

fn token(last: char) -> LinkToken {
    format!("abcdefghijklmnopqrstuvwxyz01234{last}").parse().unwrap()
}

async fn a_link_leads_to_its_draft_until_it_is_forgotten(database: Database) {
    let opened = database.open().await;
    let mut drafts = Vec::new();
    for _ in 0..2 {
        let draft = request(alice(), every_state().swap_remove(0));
        drafts.push(draft.id);
        store(&opened, draft).await;
    }
    let mut work = opened.begin().await.unwrap();
    for (last, draft, until) in [('a', 0, 900), ('b', 0, 900), ('c', 1, 1000)] {
        work.add_address_link(&token(last), drafts[draft], after(until))
            .await
            .unwrap();
    }
    work.commit().await.unwrap();

    let mut view = opened.read().await.unwrap();
    for (last, draft) in [('a', Some(0)), ('b', Some(0)), ('c', Some(1)), ('d', None)] {
        let found = view.find_address_link(&token(last)).await.unwrap();
        assert_eq!(found, draft.map(|draft: usize| drafts[draft]), "{last}");
    }
    drop(view);

    // Nobody can keep the same link twice.
    let mut work = opened.begin().await.unwrap();
    assert!(
        work.add_address_link(&token('a'), drafts[1], after(1))
            .await
            .is_err()
    );
    drop(work);

    let mut work = opened.begin().await.unwrap();
    assert_eq!(work.forget_address_links(after(1000)).await.unwrap(), 2);
    work.commit().await.unwrap();
    let mut view = opened.read().await.unwrap();
    assert_eq!(view.find_address_link(&token('a')).await.unwrap(), None);
    assert!(view.find_address_link(&token('c')).await.unwrap().is_some());
}
