//! What somebody looks at: kept with how to answer, and forgotten after a while.

use portcullis::{clock::fresh_uuid, domain::ids::LookId, store::AnswerToken};
use secrecy::ExposeSecret as _;

use crate::{databases::Database, on_both, samples::*};

on_both!(what_was_found_is_read_back, a_look_is_forgotten_token_first);

fn token() -> AnswerToken {
    AnswerToken {
        application: 42,
        token: "secret".into(),
        expires_at: after(870),
    }
}

async fn what_was_found_is_read_back(database: Database) {
    let store = database.open().await;
    let id = LookId(fresh_uuid(start()));
    let mut work = store.begin().await.unwrap();
    work.insert_look(id, "{}", &token(), start()).await.unwrap();
    let row = work.look(id, start()).await.unwrap().unwrap();
    assert_eq!(row.body, "{}");
    let kept = row.token.unwrap();
    assert_eq!((kept.application, kept.token.expose_secret()), (42, "secret"));
    work.save_look(id, "{\"found\":1}").await.unwrap();
    work.commit().await.unwrap();
    let row = store
        .read()
        .await
        .unwrap()
        .look(id, start())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.body, "{\"found\":1}");
    let other = LookId(fresh_uuid(start()));
    assert!(
        store
            .read()
            .await
            .unwrap()
            .look(other, start())
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_look_is_forgotten_token_first(database: Database) {
    let store = database.open().await;
    let id = LookId(fresh_uuid(start()));
    let mut work = store.begin().await.unwrap();
    work.insert_look(id, "{}", &token(), start()).await.unwrap();
    assert!(work.look(id, after(870)).await.unwrap().unwrap().token.is_none());
    assert_eq!(work.forget_look_tokens(after(869)).await.unwrap(), 0);
    assert_eq!(work.forget_look_tokens(after(870)).await.unwrap(), 1);
    assert!(work.look(id, start()).await.unwrap().unwrap().token.is_none());
    assert_eq!(work.forget_looks(start()).await.unwrap(), 0);
    assert_eq!(work.forget_looks(after(1)).await.unwrap(), 1);
    assert!(work.look(id, start()).await.unwrap().is_none());
}
