//! Cards, and the requester's own message.

use portcullis::{
    domain::ids::{ChannelId, MessageId},
    store::{AnswerMessage, AnswerPlace, AnswerToken, CardRow, Phase},
};
use secrecy::ExposeSecret as _;

use crate::{databases::Database, on_both, samples::*};

on_both!(
    a_card_is_found_by_request_and_by_message,
    an_answer_token_lives_until_its_time_and_is_deleted_then,
    a_message_takes_over_from_the_ephemeral_one,
);

async fn a_card_is_found_by_request_and_by_message(database: Database) {
    let store = database.open().await;
    let (request, _) = crate::samples::store(&store, request(alice(), pending())).await;
    let mut card = CardRow {
        request: request.id,
        channel: ChannelId(5),
        message: MessageId(6),
        posted_at: start(),
        shown: "abc".to_owned(),
    };
    let mut work = store.begin().await.unwrap();
    assert_eq!(work.card(request.id).await.unwrap(), None);
    work.set_card(&card).await.unwrap();
    card.shown = "def".to_owned();
    work.set_card(&card).await.unwrap();
    work.commit().await.unwrap();

    let mut work = store.begin().await.unwrap();
    assert_eq!(work.card(request.id).await.unwrap(), Some(card.clone()));
    assert_eq!(
        work.card_of_message(MessageId(6)).await.unwrap(),
        Some(card.clone())
    );
    assert_eq!(work.card_of_message(MessageId(7)).await.unwrap(), None);
    assert_eq!(work.cards_in(Phase::Pending).await.unwrap(), [card.clone()]);
    assert_eq!(work.cards_in(Phase::Active).await.unwrap(), []);
    // The news of an old message's deletion must not lose the newer one.
    work.forget_card(request.id, MessageId(1)).await.unwrap();
    assert_eq!(work.card(request.id).await.unwrap(), Some(card));
    work.forget_card(request.id, MessageId(6)).await.unwrap();
    assert_eq!(work.card(request.id).await.unwrap(), None);
}

fn token(text: &str) -> AnswerToken {
    AnswerToken {
        application: u64::MAX,
        token: text.into(),
        expires_at: after(900),
    }
}

async fn an_answer_token_lives_until_its_time_and_is_deleted_then(database: Database) {
    let store = database.open().await;
    let mut asked = request(alice(), pending());
    let mut work = store.begin().await.unwrap();
    asked.number = work.next_request_number().await.unwrap();
    work.insert_request(&asked, Some(&token("secret"))).await.unwrap();
    assert_eq!(work.forget_answer_tokens(after(899)).await.unwrap(), 0);
    let answer = work.answer(asked.id, after(899)).await.unwrap().unwrap();
    let kept = answer.token.as_ref().unwrap();
    assert_eq!(
        (kept.application, kept.token.expose_secret()),
        (u64::MAX, "secret")
    );
    assert_eq!(kept.expires_at, after(900));
    assert!(!format!("{answer:?}").contains("secret"));
    let late = work.answer(asked.id, after(900)).await.unwrap().unwrap();
    assert!(late.token.is_none());
    assert_eq!(work.forget_answer_tokens(after(900)).await.unwrap(), 1);
    let gone = work.answer(asked.id, start()).await.unwrap().unwrap();
    assert!(gone.token.is_none());
}

async fn a_message_takes_over_from_the_ephemeral_one(database: Database) {
    let store = database.open().await;
    let (request, _) = crate::samples::store(&store, request(alice(), pending())).await;
    let mut work = store.begin().await.unwrap();
    assert!(work.answer(request.id, start()).await.unwrap().is_none());
    work.set_answer_token(request.id, &token("one")).await.unwrap();
    work.set_answer_shown(request.id, "abc").await.unwrap();
    assert_eq!(
        work.answer(request.id, start()).await.unwrap().unwrap().shown,
        "abc"
    );
    for place in [AnswerPlace::Inbox, AnswerPlace::Channel] {
        let message = AnswerMessage {
            place,
            channel: ChannelId(8),
            message: MessageId(9),
        };
        work.set_answer_message(request.id, message, "def").await.unwrap();
        let answer = work.answer(request.id, start()).await.unwrap().unwrap();
        assert_eq!((answer.message, answer.shown.as_str()), (Some(message), "def"));
        assert!(answer.token.is_some());
    }
    work.set_answer_token(request.id, &token("two")).await.unwrap();
    assert_eq!(work.answer(request.id, start()).await.unwrap().unwrap().shown, "");
}
