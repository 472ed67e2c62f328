//! What must hold after a run of kills.

use chrono::{DateTime, Utc};
use portcullis::{
    domain::record::{Fact, Record},
    sandbox::discord::world::APPROVER_CHANNEL,
};

use super::{look::Look, world::World};
use crate::{
    official,
    promises::{
        calls, decided_once, every_approval_comes_to_an_end, every_opened_window_is_told_closed,
        nobody_approves_their_own, one_approval_one_window, recorded_before_and_never_wider,
        trail_is_records,
    },
};

/// Fails on every promise that does not hold. `wanted`: the reasons of all requests that people asked for.
pub(super) fn judge(world: &World, look: &Look, wanted: &[String]) {
    let records = &look.records;
    let calls = calls(&world.azure);
    every_wish_is_one_request(records, wanted);
    // The run waits until nothing is open, so every approval must have come to its end.
    every_approval_comes_to_an_end(records, DateTime::<Utc>::MAX_UTC);
    only_what_was_approved_ends(records);
    one_approval_one_window(&calls, records);
    recorded_before_and_never_wider(&calls, records);
    decided_once(records);
    nobody_approves_their_own(records);
    every_opened_window_is_told_closed(&calls, records, |_| false);
    trail_is_records(&world.trail(), records, 0);
    nothing_is_unexplained(records);
    one_card_per_request(world, records);
    let against = official::complaints(&world.azure.ledger());
    assert!(
        against.is_empty(),
        "Microsoft describes it otherwise: {against:#?}"
    );
    assert!(!world.log().contains("panicked"), "the bot panicked");
}

/// Nothing that was acknowledged and committed is lost or done twice; what was lost was typed again.
fn every_wish_is_one_request(records: &[Record], wanted: &[String]) {
    let mut asked: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.entry.fact {
            Fact::Asked { request, .. } => Some(request.reason.as_ref().unwrap().to_string()),
            _ => None,
        })
        .collect();
    let mut wanted = wanted.to_vec();
    asked.sort();
    wanted.sort();
    assert_eq!(asked, wanted, "every wish is one request");
}

/// Each door of each approval ends once, and nothing else does.
fn only_what_was_approved_ends(records: &[Record]) {
    let mut approved = 0;
    let mut ended = 0;
    for record in records {
        match &record.entry.fact {
            Fact::Approved { doors, .. } => approved += doors.len(),
            Fact::Closed { .. } | Fact::Failed { .. } => ended += 1,
            _ => {}
        }
    }
    assert_eq!(ended, approved, "only what was approved has an end, and once");
}

/// G9, turned round: every window here is the bot's own, so none is found, and no job is given up.
fn nothing_is_unexplained(records: &[Record]) {
    for record in records {
        let strange = matches!(record.entry.fact, Fact::Found { .. } | Fact::GaveUp { .. });
        assert!(!strange, "{:?}", record.entry);
    }
}

/// A card is posted once, whatever became of the call that posted it.
fn one_card_per_request(world: &World, records: &[Record]) {
    let cards: Vec<_> = world
        .discord
        .messages(APPROVER_CHANNEL)
        .iter()
        .map(|card| card.text())
        .collect();
    for record in records {
        let (Fact::Asked { request, .. } | Fact::Approved { request, .. }) = &record.entry.fact else {
            continue;
        };
        let id = request.id.to_string();
        let many = cards.iter().filter(|card| card.contains(&id)).count();
        let expected = match &record.entry.fact {
            // It may have been withdrawn before its card was posted.
            Fact::Asked { .. } => 0..=1,
            _ => 1..=1,
        };
        assert!(
            expected.contains(&many),
            "request {} has {many} cards",
            request.number
        );
    }
}
