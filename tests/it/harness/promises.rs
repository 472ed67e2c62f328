//! What must hold at the end of every story.

use portcullis::{
    clock::Clock as _,
    domain::record::{Fact, Record},
};

use super::World;
use crate::{
    official,
    promises::{
        calls, configured_only_as_confirmed, decided_once, every_approval_comes_to_an_end,
        every_opened_window_is_told_closed, nobody_approves_their_own, one_approval_one_window,
        recorded_before_and_never_wider, trail_is_records,
    },
};

/// Fails on every promise that does not hold.
pub(crate) fn judge(world: &mut World) {
    world.settle();
    let records = world.records();
    let calls = calls(&world.azure);
    trail_is_records(&world.trail(), &records, world.lines_lost);
    recorded_before_and_never_wider(&calls, &records);
    one_approval_one_window(&calls, &records);
    every_opened_window_is_told_closed(&calls, &records, |window| {
        world.is_open(window.vm.name(), window.port.number())
    });
    configured_only_as_confirmed(&world.azure, &records);
    decided_once(&records);
    nobody_approves_their_own(&records);
    rules_are_recorded_before_they_go(world, &records);
    cards_show_the_end(world, &records);
    every_approval_comes_to_an_end(&records, world.clock.now());
    let against = official::complaints(&world.azure.ledger());
    assert!(
        against.is_empty(),
        "Microsoft describes it otherwise: {against:#?}"
    );
    let errors = world.unexpected_errors();
    assert!(errors.is_empty(), "the bot logged errors: {errors:#?}");
    let unclean = world.unclean_lines();
    assert!(
        unclean.is_empty(),
        "one event is more than one line: {unclean:#?}"
    );
}

/// G3 and G8: only rules go that a record of a close has named before.
fn rules_are_recorded_before_they_go(world: &World, records: &[Record]) {
    for call in world.azure.calls("rule-delete") {
        let named = records.iter().any(|record| match &record.entry.fact {
            Fact::ClosingByRules { rules, .. } => {
                record.at <= call.at && rules.iter().any(|rule| call.path.contains(rule.as_str()))
            }
            _ => false,
        });
        assert!(named, "a network rule went without a record: {}", call.path);
    }
}

/// Nothing can be pressed any more on the card of a request that is over, and the card is there once.
fn cards_show_the_end(world: &World, records: &[Record]) {
    let cards = world.cards();
    for record in records {
        let over = match &record.entry.fact {
            Fact::Denied { request, .. }
            | Fact::Withdrawn { request }
            | Fact::Lapsed { request }
            | Fact::NotStarted { request, .. } => request,
            _ => continue,
        };
        let marker = over.id.to_string();
        let its: Vec<_> = cards
            .iter()
            .filter(|card| card.text().contains(&marker))
            .collect();
        assert!(its.len() <= 1, "request {} has {} cards", over.number, its.len());
        for card in its {
            assert!(
                card.buttons().is_empty(),
                "the card of request {} still asks:\n{}",
                over.number,
                card.text()
            );
        }
    }
}
