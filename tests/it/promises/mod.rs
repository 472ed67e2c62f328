//! The promises, judged at rest from what reached the emulators and what the database holds, never from the bot's own words.
//!
//! One judgement for stories and for the bot that is killed. Must not know in which of the two it is asked.

mod calls;
mod configuration;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use portcullis::domain::{
    ids::{RequestId, RequestNumber},
    record::{By, Fact, Record, WindowFacts},
    vote::Door,
};

pub(crate) use self::{
    calls::{Call, calls},
    configuration::configured_only_as_confirmed,
};

/// Long enough for a call of which nothing was heard to be over.
const CALL_TIME_OUT: TimeDelta = TimeDelta::seconds(60);

/// G1: each door of an approval is told failed or closed, or told as not confirmed, soon after its end.
pub(crate) fn every_approval_comes_to_an_end(records: &[Record], now: DateTime<Utc>) {
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
        let never_opened = records.iter().any(|record| match &record.entry.fact {
            Fact::NotStarted { request: other, .. } => other.id == request.id,
            _ => false,
        });
        if never_opened {
            continue;
        }
        for door in doors {
            let ended = records.iter().any(|record| match &record.entry.fact {
                Fact::Closed { window, .. }
                | Fact::Failed { window, .. }
                | Fact::CloseUnconfirmed { window } => is_at(window, request.id, door),
                _ => false,
            });
            assert!(
                ended,
                "{} port {} of request {} has no end",
                door.vm.name(),
                door.port,
                request.number
            );
        }
    }
}

fn is_at(window: &WindowFacts, request: RequestId, door: &Door) -> bool {
    window.request.id == request && window.vm == door.vm && window.port == door.port
}

/// G2: two calls for one window are at least a time-out apart, unless Azure has said no, and the same; and nothing
/// is told opened twice, or before Azure was asked.
pub(crate) fn one_approval_one_window(calls: &[Call], records: &[Record]) {
    let mut earlier: BTreeMap<(&str, u16, &str), &Call> = BTreeMap::new();
    for call in calls.iter().filter(|call| !call.is_close()) {
        let key = (call.vm.as_str(), call.port, call.justification.as_str());
        if let Some(first) = earlier.insert(key, call) {
            let passed = call.at - first.at;
            assert!(
                first.refused || passed >= CALL_TIME_OUT,
                "sent again after {passed}"
            );
            assert_eq!(
                (&call.source, call.ends_at),
                (&first.source, first.ends_at),
                "a later call is the same"
            );
        }
    }
    let mut opened = BTreeSet::new();
    for record in records {
        if let Fact::Opened { window, .. } = &record.entry.fact {
            assert!(opened.insert(window.id), "a window is told opened twice");
            let was_asked = |call: &Call| call.is_for(window) && call.effect && call.at <= record.at;
            assert!(
                calls.iter().any(was_asked),
                "told opened, and Azure was not asked"
            );
        }
    }
}

/// All windows of `opening` records, and when they were recorded.
pub(crate) fn openings(records: &[Record]) -> Vec<(DateTime<Utc>, &WindowFacts)> {
    let windows = records.iter().filter_map(|record| match &record.entry.fact {
        Fact::Opening { windows, .. } => Some(windows.iter().map(|window| (record.at, window))),
        _ => None,
    });
    windows.flatten().collect()
}

/// G3 and G8: what went to Azure was recorded before, and is what was approved; a close is narrower.
pub(crate) fn recorded_before_and_never_wider(calls: &[Call], records: &[Record]) {
    let openings = openings(records);
    for call in calls {
        let recorded = openings
            .iter()
            .find(|(recorded_at, window)| *recorded_at <= call.at && call.is_for(window));
        let Some((_, window)) = recorded else {
            panic!("no record names the call for {} port {}", call.vm, call.port);
        };
        let source = window.source.to_string();
        let sent = call.source.trim_end_matches("/32");
        if call.is_close() {
            // 192.0.2.0/24 (TEST-NET-1, RFC 5737) is nobody's.
            assert!(sent == source || sent == "192.0.2.1", "a close lets in {sent}");
            assert!(
                call.ends_at <= window.ends_at,
                "a close ends later than its window"
            );
        } else {
            assert_eq!(sent, source, "another source than approved");
            assert_eq!(call.ends_at, window.ends_at, "another end than approved");
        }
        let approved = records.iter().any(|record| match &record.entry.fact {
            Fact::Approved {
                request,
                doors,
                source,
                ends_at,
                starts_at,
                ..
            } => {
                (*source, *ends_at) == (window.source, window.ends_at)
                    && starts_at.is_none_or(|starts_at| starts_at <= call.at)
                    && doors.iter().any(|door| is_at(window, request.id, door))
            }
            _ => false,
        });
        assert!(approved, "a window that nobody approved");
    }
}

/// G4.
pub(crate) fn decided_once(records: &[Record]) {
    let mut decided = BTreeSet::new();
    for record in records {
        if let Fact::Approved { request, .. }
        | Fact::Denied { request, .. }
        | Fact::Withdrawn { request }
        | Fact::Lapsed { request } = &record.entry.fact
        {
            let first = decided.insert(request.id);
            assert!(first, "request {} is decided twice", request.number);
        }
    }
}

/// G5.
pub(crate) fn nobody_approves_their_own(records: &[Record]) {
    for record in records {
        if let Fact::Approved {
            request,
            approvers,
            automatic,
            ..
        } = &record.entry.fact
        {
            let by_rule = matches!(&record.entry.by, By::Rules(rules) if !rules.is_empty());
            assert!(by_rule, "request {} is not approved by its rules", request.number);
            assert!(
                !approvers.is_empty()
                    || *automatic
                    || is_broken_glass(records, request.number)
                    || is_a_first_extension(records, request.number),
                "request {} has no approvers",
                request.number
            );
            let own = approvers.iter().any(|who| who.id == request.requester.id);
            assert!(!own, "request {} is approved by its requester", request.number);
        }
    }
}

/// Whoever asked has opened it without an approval, and the record before says so.
fn is_broken_glass(records: &[Record], number: RequestNumber) -> bool {
    records.iter().any(|record| match &record.entry.fact {
        Fact::BrokeGlass { request } => {
            request.number == number
                && matches!(&record.entry.by, By::Person(who) if who.id == request.requester.id)
        }
        _ => false,
    })
}

/// What a rule may decide alone without saying so in the record: to make an access that a person approved longer, once.
fn is_a_first_extension(records: &[Record], number: RequestNumber) -> bool {
    let asked: Vec<_> = records
        .iter()
        .filter_map(|record| match &record.entry.fact {
            Fact::Asked { request, extends, .. } => Some((request.number, *extends)),
            _ => None,
        })
        .collect();
    let extends = |number| {
        let found = asked.iter().find(|(asked, _)| *asked == number);
        found.and_then(|(_, extends)| *extends)
    };
    let Some(base) = extends(number) else { return false };
    let first = asked.iter().find(|(_, extends)| *extends == Some(base));
    extends(base).is_none() && first.is_some_and(|(first, _)| *first == number)
}

/// G6: what was told opened, and what Azure opened without anybody telling so, is told ended once, unless it is
/// still open.
pub(crate) fn every_opened_window_is_told_closed(
    calls: &[Call],
    records: &[Record],
    still_open: impl Fn(&WindowFacts) -> bool,
) {
    let mut ended = BTreeSet::new();
    for record in records {
        if let Fact::Closed { window, .. } | Fact::Failed { window, .. } = &record.entry.fact {
            let first = ended.insert(window.id);
            assert!(first, "the end of {} is told twice", window.vm.name());
        }
    }
    for (_, window) in openings(records) {
        let told = records.iter().any(|record| match &record.entry.fact {
            Fact::Opened { window: opened, .. } => opened.id == window.id,
            _ => false,
        });
        let had_effect = |call: &Call| !call.is_close() && call.effect && call.is_for(window);
        if told || calls.iter().any(had_effect) {
            assert!(
                ended.contains(&window.id) || still_open(window),
                "{} port {} of request {} was open and is not told closed",
                window.vm.name(),
                window.port,
                window.request.number
            );
        }
    }
}

/// G7: one line per record, in order, none missing, none twice. `lost` first lines went with a thread that
/// somebody deleted.
pub(crate) fn trail_is_records(trail: &[String], records: &[Record], lost: usize) {
    let lines: Vec<_> = trail
        .iter()
        .map(|line| line.split(" · ").next().unwrap_or_default().to_owned())
        .collect();
    let stored: Vec<_> = records
        .iter()
        .map(|record| format!("#{}", record.number))
        .collect();
    let gapless: Vec<_> = (1..=records.len()).map(|number| format!("#{number}")).collect();
    assert_eq!(stored, gapless, "records are numbered without gaps");
    assert_eq!(
        lines,
        &stored[lost..],
        "the trail shows each record once, in order"
    );
}
