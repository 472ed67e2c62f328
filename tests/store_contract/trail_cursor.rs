//! The trail's cursor moves only by whole batches, one at a time.

use portcullis::{
    domain::ids::{ChannelId, MessageId, RecordNumber},
    store::{Batch, StoreError},
};

use crate::{databases::Database, on_both, samples::*};

on_both!(a_batch_is_stored_before_it_is_posted_and_only_once);

async fn a_batch_is_stored_before_it_is_posted_and_only_once(database: Database) {
    let store = database.open().await;
    let batch = |first, last| Batch {
        first: RecordNumber(first),
        last: RecordNumber(last),
        nonce: format!("nonce-{first}"),
        began_at: start(),
    };
    let lost = |result| matches!(result, Err(StoreError::LostRace { .. }));
    let mut work = store.begin().await.unwrap();
    work.apply(vec![frozen("a"), frozen("b"), frozen("c")], &[], start())
        .await
        .unwrap();
    let cursor = work.trail_cursor().await.unwrap();
    assert_eq!(
        (cursor.thread, cursor.last_posted.0, cursor.batch),
        (None, 0, None)
    );
    work.set_trail_thread(ChannelId(4)).await.unwrap();
    assert!(lost(work.begin_batch(&batch(2, 3)).await), "it leaves one out");
    work.begin_batch(&batch(1, 2)).await.unwrap();
    assert!(lost(work.begin_batch(&batch(1, 2)).await), "one is on its way");
    work.commit().await.unwrap();

    let mut work = store.begin().await.unwrap();
    let cursor = work.trail_cursor().await.unwrap();
    assert_eq!((cursor.thread, cursor.last_posted.0), (Some(ChannelId(4)), 0));
    assert_eq!(cursor.batch, Some(batch(1, 2)));
    assert_eq!(work.statistics().await.unwrap().unposted_records, 3);
    let finish = (ChannelId(4), MessageId(40));
    work.finish_batch(&batch(1, 2), finish.0, finish.1, after(1))
        .await
        .unwrap();
    assert!(lost(
        work.finish_batch(&batch(1, 2), finish.0, finish.1, after(1))
            .await
    ));
    assert_eq!(work.trail_cursor().await.unwrap().last_posted.0, 2);
    assert_eq!(work.statistics().await.unwrap().unposted_records, 1);
    for record in [1, 2] {
        let message = work
            .trail_message_of(RecordNumber(record))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((message.message, message.posted_at), (MessageId(40), after(1)));
    }
    assert_eq!(work.trail_message_of(RecordNumber(3)).await.unwrap(), None);
    work.begin_batch(&batch(3, 3)).await.unwrap();
    work.commit().await.unwrap();
}
