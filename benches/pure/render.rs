//! The texts: from state to the body that is sent to Discord.

use chrono::TimeDelta;
use divan::{Bencher, black_box};
use portcullis::{
    chat::message::{View, card, trail},
    domain::{
        actor::{Person, Principal},
        ids::{ChannelId, RecordNumber, RequestId, RequestNumber, RoleId, RuleName, UserId, WindowId},
        port::Port,
        quorum::Quorum,
        record::{By, Entry, Fact, Record, WindowFacts},
        request::{Request, RequestState, Target, TargetPort},
        source::Source,
        text::FreeText,
        vm::{JitState, Vm},
        vote::{Door, Terms},
        window::{Window, WindowState},
    },
};
use uuid::Uuid;

use crate::sample::{instant, vm};

fn source() -> Source {
    "198.51.100.7".parse().unwrap()
}

fn port() -> Port {
    Port::new(22).unwrap()
}

fn person(id: u64) -> Person {
    Person {
        id: UserId(id),
        name: "alice".to_owned(),
    }
}

fn target(vm: &Vm) -> Target {
    let JitState::Configured { policies } = &vm.jit else {
        unreachable!("all machines of the sample are under JIT");
    };
    Target {
        vm: vm.id.clone(),
        ports: policies
            .iter()
            .map(|entry| TargetPort {
                port: port(),
                policy: entry.policy.clone(),
            })
            .collect(),
    }
}

fn request(vms: &[Vm], state: RequestState) -> Request {
    let doors = vms.iter().map(|vm| Door {
        vm: vm.id.clone(),
        port: port(),
    });
    Request {
        id: RequestId(Uuid::from_u128(17)),
        number: RequestNumber(17),
        requester: person(1),
        targets: vms.iter().map(target).collect(),
        length: "1h".parse().unwrap(),
        reason: FreeText::new("INC-42 the disk is *full*, see https://example.com and ask <@1>"),
        terms: vec![Terms {
            rule: RuleName("production ssh".to_owned()),
            doors: doors.collect(),
            quorum: Quorum::sole(vec![Principal::Role(RoleId(333))], 1),
            requester_roles: Vec::new(),
            attention: Default::default(),
            alone: None,
            second_look: None,
            bounds: Default::default(),
        }],
        asked_at: instant(),
        asked_in: ChannelId(900),
        extends: None,
        narrowed: Vec::new(),
        starts_at: None,
        state,
    }
}

fn windows(request: &Request) -> Vec<Window> {
    let targets = request.targets.iter();
    let each = targets.flat_map(|target| target.ports.iter().map(move |port| (target, port)));
    each.zip(1..)
        .map(|((target, entry), number)| {
            let mut window = Window::opening(
                WindowId(Uuid::from_u128(number)),
                request.id,
                target.vm.clone(),
                entry.policy.clone(),
                entry.port,
                source(),
                instant() + TimeDelta::hours(1),
                instant(),
            );
            window.state = WindowState::Open {
                opened_at: instant(),
                mapped_port: None,
                proof: Default::default(),
                kept_out_since: None,
            };
            window
        })
        .collect()
}

/// A card that waits for its answer, for as many machines.
#[divan::bench(args = [1, 10])]
fn card_that_waits(bencher: Bencher<'_, '_>, machines: usize) {
    let vms: Vec<_> = (0..machines).map(vm).collect();
    let state = RequestState::Pending {
        source: source(),
        answer_by: instant() + TimeDelta::minutes(30),
        escalated: Vec::new(),
        votes: Vec::new(),
        claimed: None,
        taken_back: Vec::new(),
    };
    let request = request(&vms, state);
    render(bencher, &request, &[], &vms);
}

/// A card with open windows, for as many machines.
#[divan::bench(args = [1, 10])]
fn card_with_open_windows(bencher: Bencher<'_, '_>, machines: usize) {
    let vms: Vec<_> = (0..machines).map(vm).collect();
    let state = RequestState::Approved {
        source: source(),
        at: instant(),
        votes: Vec::new(),
        ends_at: instant() + TimeDelta::hours(1),
    };
    let request = request(&vms, state);
    render(bencher, &request, &windows(&request), &vms);
}

fn render(bencher: Bencher<'_, '_>, request: &Request, windows: &[Window], vms: &[Vm]) {
    let vms: Vec<&Vm> = vms.iter().collect();
    let view = View {
        request,
        windows,
        today: Some(&request.terms),
        vms: &vms,
        stale_since: None,
        read_at: None,
        others: &[],
        found: &[],
        freeze: None,
        review: None,
    };
    bencher.bench_local(|| serde_json::to_vec(&card::first(black_box(&view), &[]).to_message().body));
}

/// As many records that wait for the trail.
#[divan::bench(args = [1, 20])]
fn trail_batch(bencher: Bencher<'_, '_>, records: i64) {
    let request = request(
        &[vm(0)],
        RequestState::Withdrawn {
            source: None,
            at: instant(),
        },
    );
    let facts = WindowFacts {
        id: WindowId(Uuid::from_u128(1)),
        vm: vm(0).id,
        port: port(),
        source: source(),
        ends_at: instant(),
        request: request.facts(),
        approvers: vec![person(2)],
    };
    let records: Vec<_> = (1..=records)
        .map(|number| Record {
            number: RecordNumber(number),
            at: instant(),
            entry: Entry {
                by: By::Azure,
                fact: Fact::Opened {
                    proof: Default::default(),
                    window: facts.clone(),
                },
            },
        })
        .collect();
    bencher.bench_local(|| trail::batch(black_box(&records)));
}
