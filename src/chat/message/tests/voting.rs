//! What approvers read besides the count: second looks, what was taken back, who looks, what was narrowed.

use insta::assert_snapshot;

use super::world::World;
use crate::{
    chat::message::{
        card,
        refusal::{vote as refused, voting},
        sample::{self, at, bob, shown},
        trail, vote,
    },
    domain::{
        ids::{RecordNumber, RequestNumber},
        record::{By, Entry, Fact, Record},
        request::{
            Claim, ClaimRefusal, How, Less, Narrowing, NotLess, Request, RequestState, TakeBackRefusal,
            VoteRefusal,
        },
        second_look::SecondLook,
        vote::Via,
    },
};

fn risky() -> World {
    let mut request = sample::pending(&["web-01"]);
    request.terms[0].second_look = Some(SecondLook {
        always: true,
        wider_than: Some(32),
        longer_than: Some("30m".parse().unwrap()),
    });
    World::of(request)
}

fn narrowed() -> Request {
    Request {
        length: "30m".parse().unwrap(),
        narrowed: vec![
            Narrowing {
                by: bob(),
                at: at(2),
                length_before: Some("2h".parse().unwrap()),
                source_before: None,
            },
            Narrowing {
                by: sample::person(404, "carol"),
                at: at(3),
                length_before: Some("1h".parse().unwrap()),
                source_before: Some("8.8.4.0/24".parse().unwrap()),
            },
        ],
        ..sample::pending(&["web-01"])
    }
}

#[test]
fn the_facts_of_a_risky_request_are_repeated() {
    let world = risky();
    assert_snapshot!(shown(&world.view(|view| vote::second_look(view, Less::default()))), @r"
        Look twice before you approve request 17, because its rule wants a second look for these machines and it lasts longer than 30m.
        <@101> asks for SSH 22 on **web-01** for 1h from `8.8.4.7`.
        Why: INC-42 the disk is full
        If that is what you want to allow, press Confirm. Only that counts as your approval.
        (Confirm)
        ");
    let less = Less {
        length: Some("10m".parse().unwrap()),
        source: None,
    };
    let shorter = shown(&world.view(|view| vote::second_look(view, less)));
    assert!(
        shorter.contains("for 10m from `8.8.4.7`") && !shorter.contains("longer than"),
        "{shorter}"
    );
    let card = shown(&world.view(card::later));
    assert!(card.contains("✅ does not count here"), "{card}");
}

#[test]
fn a_card_says_who_is_looking_and_what_is_less() {
    let mut world = World::of(narrowed());
    let RequestState::Pending { claimed, .. } = &mut world.request.state else {
        panic!("it is pending");
    };
    *claimed = Some(Claim {
        by: bob(),
        at: at(4),
        via: Via::Reaction,
    });
    let card = shown(&world.view(card::later));
    let lines: Vec<_> = card
        .lines()
        .filter(|line| {
            ["looking", "How long", "Narrowed"]
                .iter()
                .any(|part| line.contains(part))
        })
        .collect();
    assert_snapshot!(lines.join("\n"), @r"
        1 more approval is needed. Answer with the buttons, or react with ✅ or ❌. <@202> is looking at it, since <t:1800000240:t>.
        [How long] 30m
        [Narrowed] Less is granted than was asked: 30m instead of 2h and from `8.8.4.7` instead of `8.8.4.0/24`. Narrowed by <@202> and <@404>.
        ");
}

#[test]
fn what_is_taken_back_and_looked_at_is_told() {
    let world = World::of(sample::pending(&["web-01"]));
    let said = [
        shown(&world.view(vote::taken_back)),
        shown(&world.view(vote::claimed)),
        shown(&world.view(vote::let_go)),
    ];
    assert_snapshot!(said.join("\n"), @r"
        You took your approval of request 17 back. 1 more approval is needed.
        The card of request 17 says that you are looking at it; reminders and calls to others wait for 10 minutes. 1 more approval is needed. If you cannot decide it, press Let it go.
        (Let it go)
        The card of request 17 does not say any more that you are looking at it. 1 more approval is needed.
        ");
}

#[test]
fn every_refusal_says_what_and_what_next() {
    const N: RequestNumber = RequestNumber(17);
    let votes = [
        VoteRefusal::SecondLook,
        VoteRefusal::NotLess(NotLess::Longer {
            most: "1h".parse().unwrap(),
        }),
        VoteRefusal::NotLess(NotLess::Outside {
            source: sample::source(),
        }),
        VoteRefusal::TakenBack,
    ];
    let state = || Box::new(sample::approved(&["web-01"]).state);
    let back = [
        TakeBackRefusal::NotPending { state: state() },
        TakeBackRefusal::TooLate { answer_by: at(30) },
        TakeBackRefusal::NothingSaid,
    ];
    let claims = [
        ClaimRefusal::NotPending { state: state() },
        ClaimRefusal::TooLate { answer_by: at(30) },
        ClaimRefusal::OwnRequest,
        ClaimRefusal::NotAnApprover,
        ClaimRefusal::Already,
        ClaimRefusal::NotYours,
    ];
    let said: Vec<_> = votes
        .iter()
        .map(|why| refused::sentence(N, why))
        .chain(back.iter().map(|why| voting::taking_back(N, why)))
        .chain(claims.iter().map(|why| voting::claiming(N, why)))
        .map(|said| said.content)
        .collect();
    assert_snapshot!(said.join("\n"), @r"
        Your answer did not count yet, because request 17 needs a second look. Press Approve on its card, read the facts again, and confirm them.
        Your answer did not count, because request 17 asks for 1h, and an approver can only grant the same or less. Press the button again and write a shorter time.
        Your answer did not count, because request 17 asks for `8.8.4.7`, and an approver can only grant that or a part of it. Press the button again and write an address inside it.
        Your reaction to request 17 did not count, because you have taken your approval back since. If you do want to approve it, press Approve on its card.
        Nothing was taken back, because request 17 was approved by <@202> at <t:1800000120:t>. If it is open and should not be, press Close now on its card.
        Nothing was taken back, because answers to request 17 counted until <t:1800001800:t>. It was not approved, so nothing opens, and you need not do anything.
        Nothing was taken back, because there is no approval of yours on request 17.
        Nobody has to look at request 17 any more: it was approved by <@202> at <t:1800000120:t>.
        Nobody has to look at request 17 any more: answers counted until <t:1800001800:t>.
        Request 17 is your own, and nobody decides on their own request. Somebody else has to look at it.
        You are not an approver of request 17, so the card does not say that you are looking at it. It names who may answer.
        The card of request 17 says already that you are looking at it.
        The card of request 17 does not say that you are looking at it, so there is nothing to let go.
        ");
}

#[test]
fn the_trail_tells_what_approvers_do_besides_voting() {
    let request = sample::pending(&["web-01"]).facts();
    let line = |by, fact| {
        trail::line(&Record {
            number: RecordNumber(1042),
            at: at(2),
            entry: Entry { by, fact },
        })
    };
    let lines = [
        line(
            By::Bot,
            Fact::TakenBack {
                request: request.clone(),
                voter: bob(),
                how: How::Reaction,
                missing: Some(2),
                needs: Vec::new(),
            },
        ),
        line(
            By::Person(bob()),
            Fact::Claimed {
                request: request.clone(),
                via: Via::Button,
                from: Some(sample::alice()),
            },
        ),
        line(
            By::Bot,
            Fact::LetGo {
                request: request.clone(),
                who: bob(),
                how: How::FoundGone,
            },
        ),
        line(
            By::Person(bob()),
            Fact::Narrowed {
                request,
                narrowing: narrowed().narrowed[1].clone(),
                length: "30m".parse().unwrap(),
                source: sample::source(),
            },
        ),
    ];
    assert_snapshot!(lines.join("\n"), @r"
        #1042 · approval taken back · of <@202> · the reaction was taken off the card · 2 more approvals are needed · asked by <@101> · INC-42 the disk is full · request 17
        #1042 · claimed · by <@202> with a button · is looking at it · in place of <@101> · asked by <@101> · INC-42 the disk is full · request 17
        #1042 · let go · <@202> is not looking at it any more · the reaction was found gone when the card was read again · asked by <@101> · INC-42 the disk is full · request 17
        #1042 · narrowed · by <@202> · 30m instead of 1h · from 8.8.4.7 instead of 8.8.4.0/24 · asked by <@101> · INC-42 the disk is full · request 17
        ");
}
