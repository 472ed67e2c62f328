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
    assert_snapshot!(own(request.clone()), @r"
        Request 17 for SSH 22 on **web-01** was sent to the approvers. 1 more approval is needed.
        An answer counts until <t:1800001800:F> (<t:1800001800:R>).
        Access is for 1h from `8.8.4.7`. From <t:1800003600:F> (<t:1800003600:R>) until <t:1800007200:F> (<t:1800007200:R>). Approved after its start, it opens at once and ends at that same time.
        (Withdraw)
        ");
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
    assert_snapshot!(own(scheduled), @r"
        Request 17 for SSH 22 on **web-01** was approved by <@202>. It starts <t:1800003600:F> (<t:1800003600:R>) and ends <t:1800007200:F> (<t:1800007200:R>). Before Azure is asked, Portcullis looks whether the rules still allow it. You can withdraw it until then.
        (Withdraw)
        ");
    assert_snapshot!(own(not_started(NotStarted::LeftGuild, 60)), @r"
        Request 17 for SSH 22 on **web-01** is over. It was approved by <@202> at <t:1800000120:t>. Who asked is not a member of this server any more. Nothing was opened.
        If you still need it, press **Ask again**: it asks for SSH 22 on **web-01** from `8.8.4.7` for 1h starting with its approval, because: INC-42 the disk is full
        (Ask again)
        ");
    let called_off = NotStarted::CalledOff {
        person: sample::bob(),
    };
    assert_snapshot!(own(not_started(called_off, 5)), @r"
        Request 17 for SSH 22 on **web-01** is over. It was approved by <@202> at <t:1800000120:t>. <@202> called it off before its start. Nothing was opened.
        If you still need it, press **Ask again**: it asks for SSH 22 on **web-01** from `8.8.4.7` for 1h starting <t:1800003600:F> (<t:1800003600:R>) (once that is past: with its approval), because: INC-42 the disk is full
        (Ask again)
        ");
}

#[test]
fn every_reason_is_a_sentence() {
    let request = sample::pending(&["web-01"]);
    let all: Vec<_> = (0..11)
        .map(|which| schedule::not_started(&why_not_started(&request, which)))
        .collect();
    assert_snapshot!(all.join("\n"), @r"
        <@101> called it off before its start.
        Who asked is not a member of this server any more.
        At its start there was no machine **web-01** any more.
        At its start the rules or the JIT policies would have refused it (production ssh).
        Portcullis could not look at it between its start and its end.
        At its start the rules wanted more approvals than it had, or those of other people: the rules have changed.
        At its start the rules wanted an approver to look at it twice, and nobody had: the rules have changed.
        The rule “production ssh” had approved it alone, and at its start it would not have, because it does that only from `255.255.255.0/24`, `255.255.255.0/24`, `255.255.255.0/24`, `255.255.255.0/24`, `255.255.255.0/24`, `255.255.255.0/24`, and 34 more.
        The rule “production ssh” had approved it alone, and at its start it would not have, because it does that at most 4294967295 times in 24h for each person, and that number is reached for this person.
        The rule “production ssh” had approved it alone, and at its start it would not have, because it approves nothing alone any more.
        At its start no rule let who asked have SSH 22 on **web-01** any more: their roles have changed, or the rules.
        ");
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
    assert_snapshot!(shown(&World::of(request).view(|view| vote::second_look(view, less))), @r"
        Look twice before you approve request 17, because its rule wants a second look for these machines.
        <@101> asks for SSH 22 on **web-01** for 20m from `8.8.4.7`. From <t:1800003600:F> (<t:1800003600:R>) until <t:1800004800:F> (<t:1800004800:R>). Approved after its start, it opens at once and ends at that same time.
        Why: INC-42 the disk is full
        If that is what you want to allow, press Confirm. Only that counts as your approval.
        (Confirm)
        ");
}
