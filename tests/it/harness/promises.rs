//! The promises, judged at rest from the emulators' ledgers and the database, never from the bot's own words.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use portcullis::{
    clock::Clock as _,
    domain::record::{Fact, Record, WindowFacts},
};
use serde_json::Value;

use super::World;

/// Fails on every promise that does not hold.
pub(crate) fn judge(world: &mut World) {
    world.settle();
    let records = world.records();
    trail_is_records(&world.trail(), &records, world.lines_lost);
    nothing_is_wider_than_approved(world, &records);
    one_approval_one_window(world, &records);
    every_opened_window_is_told_closed(world, &records);
    decided_once(&records);
    nobody_approves_their_own(&records);
    cards_show_the_end(world, &records);
    every_approval_comes_to_an_end(world, &records);
    let errors = world.unexpected_errors();
    assert!(errors.is_empty(), "the bot logged errors: {errors:#?}");
}

/// G1: each door of an approval is told open or failed, and in the end closed, or told as not confirmed.
fn every_approval_comes_to_an_end(world: &World, records: &[Record]) {
    let now = world.clock.now();
    for record in records {
        let Fact::Approved {
            request,
            doors,
            ends_at,
            ..
        } = &record.entry.fact
        else {
            continue;
        };
        // Azure is given a minute to say that the end has come.
        if now < *ends_at + TimeDelta::minutes(1) {
            continue;
        }
        for door in doors {
            let ended = records.iter().any(|record| match &record.entry.fact {
                Fact::Closed { window, .. }
                | Fact::Failed { window, .. }
                | Fact::CloseUnconfirmed { window } => {
                    window.request.id == request.id && window.vm == door.vm && window.port == door.port
                }
                _ => false,
            });
            assert!(
                ended,
                "{} of request {} has no end",
                door.vm.name(),
                request.number
            );
        }
    }
}

/// Nothing can be pressed any more on the card of a request that is over, and the card is there once.
fn cards_show_the_end(world: &World, records: &[Record]) {
    let cards = world.cards();
    for record in records {
        let over = match &record.entry.fact {
            Fact::Denied { request, .. } | Fact::Withdrawn { request } | Fact::Lapsed { request } => request,
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

/// G7: one line per record, in order, none missing, none twice.
fn trail_is_records(trail: &[String], records: &[Record], lost: usize) {
    let lines: Vec<_> = trail
        .iter()
        .map(|line| line.split(" · ").next().unwrap_or_default().to_owned())
        .collect();
    let numbers: Vec<_> = records
        .iter()
        .map(|record| format!("#{}", record.number))
        .collect();
    let gapless: Vec<_> = (1..=records.len()).map(|number| format!("#{number}")).collect();
    assert_eq!(numbers, gapless, "records are numbered without gaps");
    assert_eq!(
        lines,
        &numbers[lost..],
        "the trail shows each record once, in order"
    );
}

/// One door of one `initiate` call, as Azure got it.
struct Asked {
    at: DateTime<Utc>,
    vm: String,
    port: u16,
    source: String,
    ends_at: DateTime<Utc>,
    justification: String,
    /// Azure has said that it did nothing.
    refused: bool,
}

fn asked(world: &World) -> Vec<Asked> {
    let mut found = Vec::new();
    for call in world.azure.calls("initiate") {
        let body = call.body.unwrap_or_default();
        let justification = body["justification"].as_str().unwrap_or_default().to_owned();
        for vm in array(&body["virtualMachines"]) {
            for port in array(&vm["ports"]) {
                found.push(Asked {
                    at: call.at,
                    vm: vm["id"].as_str().unwrap_or_default().to_lowercase(),
                    port: u16::try_from(port["number"].as_u64().unwrap_or_default()).unwrap(),
                    source: port["allowedSourceAddressPrefix"]
                        .as_str()
                        .expect("a source is always sent")
                        .to_owned(),
                    ends_at: port["endTimeUtc"].as_str().unwrap().parse().unwrap(),
                    justification: justification.clone(),
                    refused: call.status.is_some_and(|status| (400..500).contains(&status)),
                });
            }
        }
    }
    found
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// All windows of `Opening` records.
fn openings(records: &[Record]) -> Vec<(DateTime<Utc>, &WindowFacts)> {
    records
        .iter()
        .filter_map(|record| match &record.entry.fact {
            Fact::Opening { windows, .. } => Some(windows.iter().map(|window| (record.at, window))),
            _ => None,
        })
        .flatten()
        .collect()
}

/// G3 and G8: what went to Azure was recorded before, and is exactly what was approved; a close is narrower.
fn nothing_is_wider_than_approved(world: &World, records: &[Record]) {
    let openings = openings(records);
    for call in asked(world) {
        let is_close = call.justification.contains("[portcullis close ");
        let matching = openings.iter().find(|(recorded_at, window)| {
            let same =
                window.vm.key() == call.vm && window.port.number() == call.port && *recorded_at <= call.at;
            let named = call.justification.contains(&window.request.id.to_string())
                || call.justification.contains(&window.id.to_string());
            same && named
        });
        let (_, window) = matching.unwrap_or_else(|| {
            panic!(
                "Azure was asked for what no record names: {} {}",
                call.vm, call.port
            )
        });
        let source = window.source.to_string();
        if is_close {
            assert!(
                call.source == source || call.source == "192.0.2.1",
                "a close lets in {}",
                call.source
            );
            assert!(
                call.ends_at <= window.ends_at,
                "a close ends later than its window"
            );
        } else {
            assert_eq!(
                call.source.trim_end_matches("/32"),
                source,
                "another source than approved"
            );
            assert_eq!(call.ends_at, window.ends_at, "another end than approved");
        }
        let approved = records.iter().any(|record| match &record.entry.fact {
            Fact::Approved {
                request,
                doors,
                source,
                ends_at,
                ..
            } => {
                request.id == window.request.id
                    && doors
                        .iter()
                        .any(|door| door.vm == window.vm && door.port == window.port)
                    && *source == window.source
                    && *ends_at == window.ends_at
            }
            _ => false,
        });
        assert!(approved, "a window that nobody approved");
    }
}

/// G2: two calls for one window are at least a time-out apart, and equal.
fn one_approval_one_window(world: &World, records: &[Record]) {
    let mut per_window: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for call in asked(world) {
        if !call.justification.contains("[portcullis close ") {
            let key = format!("{}:{}:{}", call.vm, call.port, call.justification);
            per_window.entry(key).or_default().push(call);
        }
    }
    for calls in per_window.values() {
        for pair in calls.windows(2) {
            assert!(
                pair[0].refused || (pair[1].at - pair[0].at).num_seconds() >= 60,
                "sent again before the call's time-out"
            );
            assert_eq!(
                (&pair[0].source, pair[0].ends_at),
                (&pair[1].source, pair[1].ends_at)
            );
        }
    }
    let mut opened = BTreeSet::new();
    for record in records {
        if let Fact::Opened { window } = &record.entry.fact {
            assert!(opened.insert(window.id), "a window is told opened twice");
        }
    }
}

/// G6: whatever was told opened is told closed, once, unless it is still open.
fn every_opened_window_is_told_closed(world: &World, records: &[Record]) {
    let mut opened: BTreeMap<_, &WindowFacts> = BTreeMap::new();
    let mut ended = BTreeSet::new();
    for record in records {
        match &record.entry.fact {
            Fact::Opened { window } => {
                opened.insert(window.id, window);
            }
            Fact::Closed { window, .. } | Fact::Failed { window, .. } => {
                assert!(ended.insert(window.id), "a window is told ended twice");
            }
            _ => {}
        }
    }
    for (id, window) in opened {
        let still = world.is_open(window.vm.name(), window.port.number());
        assert!(
            ended.contains(&id) || still,
            "{} was opened and is never told closed",
            window.vm.name()
        );
    }
}

/// G4.
fn decided_once(records: &[Record]) {
    let mut decided = BTreeSet::new();
    for record in records {
        if let Fact::Approved { request, .. }
        | Fact::Denied { request, .. }
        | Fact::Withdrawn { request }
        | Fact::Lapsed { request } = &record.entry.fact
        {
            assert!(
                decided.insert(request.id),
                "request {} is decided twice",
                request.number
            );
        }
    }
}

/// G5.
fn nobody_approves_their_own(records: &[Record]) {
    for record in records {
        if let Fact::Approved {
            request, approvers, ..
        } = &record.entry.fact
        {
            assert!(
                approvers
                    .iter()
                    .all(|approver| approver.id != request.requester.id)
            );
            assert!(!approvers.is_empty());
        }
    }
}
