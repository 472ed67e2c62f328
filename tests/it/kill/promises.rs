//! The promises, judged at rest from the emulators' ledgers and the database.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use portcullis::{
    domain::{
        ids::RequestId,
        record::{Fact, Record, WindowFacts},
        vote::Door,
    },
    sandbox::{azure::AzureEmulator, discord::world::APPROVER_CHANNEL},
};
use serde_json::Value;

use super::{look::Look, world::World};

/// Long enough for a call of which nothing was heard to be over.
const CALL_TIME_OUT: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

/// Fails on every promise that does not hold. `wanted`: the reasons of all requests that people asked for.
pub(super) fn judge(world: &World, look: &Look, wanted: &[String]) {
    let records = &look.records;
    let calls = calls(&world.azure);
    every_wish_is_one_request(records, wanted);
    every_approval_has_an_outcome(records);
    one_approval_one_window(&calls, records);
    recorded_before_and_never_wider(&calls, records);
    decided_once(records);
    nobody_approves_their_own(records);
    every_opened_window_is_told_closed(&calls, records);
    trail_is_records(&world.trail(), records);
    nothing_is_unexplained(records);
    one_card_per_request(world, records);
    assert!(!world.log().contains("panicked"), "the bot panicked");
}

/// One door of one `initiate` call, as Azure got it.
struct Call {
    at: DateTime<Utc>,
    /// Whether it changed anything.
    effect: bool,
    vm: String,
    port: u64,
    source: String,
    ends_at: DateTime<Utc>,
    justification: String,
}

impl Call {
    fn is_close(&self) -> bool {
        self.justification.contains("[portcullis close ")
    }

    /// Whether it is about this window: the opening names its request, the close itself.
    fn is_for(&self, window: &WindowFacts) -> bool {
        let marker = if self.is_close() {
            window.id.to_string()
        } else {
            window.request.id.to_string()
        };
        self.vm == window.vm.key()
            && self.port == u64::from(window.port.number())
            && self.justification.contains(&marker)
    }
}

fn calls(azure: &AzureEmulator) -> Vec<Call> {
    let mut found = Vec::new();
    for call in azure.calls("initiate") {
        let body = call.body.unwrap_or_default();
        for vm in array(&body["virtualMachines"]) {
            for port in array(&vm["ports"]) {
                found.push(Call {
                    at: call.at,
                    effect: call.effect,
                    vm: text(&vm["id"]).to_lowercase(),
                    port: port["number"].as_u64().expect("a port is a number"),
                    source: text(&port["allowedSourceAddressPrefix"]).to_owned(),
                    ends_at: text(&port["endTimeUtc"]).parse().unwrap(),
                    justification: text(&body["justification"]).to_owned(),
                });
            }
        }
    }
    found
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("it is always sent")
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

/// All windows of `opening` records, and when they were recorded.
fn openings(records: &[Record]) -> Vec<(DateTime<Utc>, &WindowFacts)> {
    let windows = records.iter().filter_map(|record| match &record.entry.fact {
        Fact::Opening { windows, .. } => Some(windows.iter().map(|window| (record.at, window))),
        _ => None,
    });
    windows.flatten().collect()
}

/// All windows that are told as ended, each once.
fn endings(records: &[Record]) -> BTreeMap<(RequestId, Door), &'static str> {
    let mut endings = BTreeMap::new();
    for record in records {
        if let Fact::Closed { window, .. } | Fact::Failed { window, .. } = &record.entry.fact {
            let told_before = endings.insert(door(window), record.entry.fact.name());
            assert_eq!(told_before, None, "the end of {} is told twice", window.vm.name());
        }
    }
    endings
}

fn door(window: &WindowFacts) -> (RequestId, Door) {
    let door = Door {
        vm: window.vm.clone(),
        port: window.port,
    };
    (window.request.id, door)
}

/// G1: each door of each approval was opened and has ended, or its failure is told.
fn every_approval_has_an_outcome(records: &[Record]) {
    let endings = endings(records);
    let mut approved = 0;
    for record in records {
        if let Fact::Approved { request, doors, .. } = &record.entry.fact {
            for door in doors {
                approved += 1;
                assert!(
                    endings.contains_key(&(request.id, door.clone())),
                    "request {} was approved, and nothing is told of {} port {}",
                    request.number,
                    door.vm.name(),
                    door.port
                );
            }
        }
    }
    assert_eq!(approved, endings.len(), "only what was approved has an end");
}

/// G2: two calls for one window are at least a time-out apart, and the same.
fn one_approval_one_window(calls: &[Call], records: &[Record]) {
    let mut earlier: BTreeMap<(&str, u64, &str), &Call> = BTreeMap::new();
    for call in calls.iter().filter(|call| !call.is_close()) {
        let key = (call.vm.as_str(), call.port, call.justification.as_str());
        if let Some(first) = earlier.insert(key, call) {
            assert!(
                call.at - first.at >= CALL_TIME_OUT,
                "sent again after {}",
                call.at - first.at
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
        if let Fact::Opened { window } = &record.entry.fact {
            assert!(opened.insert(door(window)), "a window is told opened twice");
            let was_asked = |call: &Call| call.is_for(window) && call.effect && call.at <= record.at;
            assert!(
                calls.iter().any(was_asked),
                "told opened, and Azure was not asked"
            );
        }
    }
}

/// G3 and G8: what went to Azure was recorded before, and is what was approved; a close is narrower.
fn recorded_before_and_never_wider(calls: &[Call], records: &[Record]) {
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
                ..
            } => {
                let (id, door) = door(window);
                (request.id, *source, *ends_at) == (id, window.source, window.ends_at)
                    && doors.contains(&door)
            }
            _ => false,
        });
        assert!(approved, "a window that nobody approved");
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
            let first = decided.insert(request.id);
            assert!(first, "request {} is decided twice", request.number);
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
            assert!(!approvers.is_empty(), "request {} has approvers", request.number);
            let own = approvers.iter().any(|who| who.id == request.requester.id);
            assert!(!own, "request {} is approved by its requester", request.number);
        }
    }
}

/// G6: what was told opened is told closed, and so is what Azure opened without anybody telling so.
fn every_opened_window_is_told_closed(calls: &[Call], records: &[Record]) {
    let endings = endings(records);
    for (_, window) in openings(records) {
        let told = records.iter().any(|record| match &record.entry.fact {
            Fact::Opened { window: opened } => opened.id == window.id,
            _ => false,
        });
        let had_effect = |call: &Call| !call.is_close() && call.effect && call.is_for(window);
        if told || calls.iter().any(had_effect) {
            assert_eq!(
                endings.get(&door(window)),
                Some(&"closed"),
                "{} port {} of request {} was open and is not told closed",
                window.vm.name(),
                window.port,
                window.request.number
            );
        }
    }
}

/// G7: one line per record, in order, none missing, none twice.
fn trail_is_records(trail: &[String], records: &[Record]) {
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
    assert_eq!(lines, stored, "the trail shows each record once, in order");
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
