//! What is said of an access that starts later.

use insta::assert_snapshot;

use super::{any::why_not_started, world::World};
use crate::{
    chat::message::{
        answer::{Place, answer},
        sample::{self, at, shown},
        schedule, vote,
    },
    domain::{
        request::{Less, NotStarted, Request, RequestState},
        second_look::SecondLook,
    },
};

/// Asked for an hour from minute 60.
fn pending() -> Request {
    Request {
        starts_at: Some(at(60)),
        ..sample::pending(&["web-01"])
    }
}

fn not_started(why: NotStarted, minute: i64) -> Request {
    let request = pending();
    Request {
        state: RequestState::NotStarted {
            source: sample::source(),
            at: at(minute),
            approved_at: at(2),
            votes: vec![sample::vote(&request)],
            starts_at: at(60),
            why,
        },
        ..request
    }
}

fn own(request: Request) -> String {
    let mut world = World::of(request);
    world.windows.clear();
    shown(&world.view(|view| answer(view, Place::Private)))
}

#[test]
fn the_requester_reads_when_it_starts_and_why_it_did_not() {
    let request = pending();
    assert_snapshot!(own(request.clone()), @"");
    let scheduled = Request {
        state: RequestState::Scheduled {
            source: sample::source(),
            at: at(2),
            votes: vec![sample::vote(&request)],
            starts_at: at(60),
            ends_at: at(120),
        },
        ..request
    };
    assert_snapshot!(own(scheduled), @"");
    assert_snapshot!(own(not_started(NotStarted::LeftGuild, 60)), @"");
    let called_off = NotStarted::CalledOff {
        person: sample::bob(),
    };
    assert_snapshot!(own(not_started(called_off, 5)), @"");
}

#[test]
fn every_reason_is_a_sentence() {
    let request = sample::pending(&["web-01"]);
    let all: Vec<_> = (0..11)
        .map(|which| schedule::not_started(&why_not_started(&request, which)))
        .collect();
    assert_snapshot!(all.join("\n"), @"");
}

#[test]
fn a_second_look_repeats_the_start_and_the_end() {
    let mut request = pending();
    request.terms[0].second_look = Some(SecondLook {
        always: true,
        wider_than: None,
        longer_than: None,
    });
    let less = Less {
        length: Some("20m".parse().unwrap()),
        source: None,
    };
    assert_snapshot!(shown(&World::of(request).view(|view| vote::second_look(view, less))), @"");
}
