//! Extensions, from the refusal to the card.

use insta::assert_snapshot;

use super::world::World;
use crate::{
    chat::message::{
        answer::{Place, answer},
        card,
        extend::{refused, refused_by_rules},
        sample,
    },
    domain::{
        ids::RequestNumber,
        request::{ExtendRefusal, Extends, Request, RequestState},
    },
    policy::Refusal,
};

fn extension(state: RequestState) -> Request {
    Request {
        number: RequestNumber(18),
        length: "30m".parse().unwrap(),
        extends: Some(Extends {
            request: sample::pending(&["web-01"]).id,
            number: RequestNumber(17),
            ends_at: sample::at(62),
        }),
        state,
        ..sample::pending(&["web-01"])
    }
}

fn said(why: &ExtendRefusal) -> String {
    sample::shown(&refused(RequestNumber(17), why))
}

#[test]
fn every_refusal_says_what_to_do() {
    assert_snapshot!(said(&ExtendRefusal::NotYours), @"Request 17 was not extended: only who asked can ask for more time. Ask for access of your own with `/jit request`.");
    assert_snapshot!(said(&ExtendRefusal::NotApproved { state: Box::new(sample::denied(None).state) }), @"Request 17 was not extended: it was denied by <@202> at <t:1800000180:t>. Only an access that is open can be made longer; ask with `/jit request`.");
    assert_snapshot!(said(&ExtendRefusal::NotOpenYet), @"Request 17 was not extended: nothing of it is open yet. Its time runs from the approval; ask again when it is open.");
    assert_snapshot!(said(&ExtendRefusal::Ending), @"Request 17 was not extended: all that was open is closing or closed. Ask anew with `/jit request`.");
    assert_snapshot!(said(&ExtendRefusal::Already { number: RequestNumber(18) }), @"Request 17 was not extended: request 18 asks for that already. `/jit status request:18` shows how it stands; when it is open, it is the one to extend.");
    let too_long = Refusal::ExtensionTooLong {
        asked: "3h".parse().unwrap(),
        room: "50m".parse().unwrap(),
        most: "2h".parse().unwrap(),
    };
    assert_snapshot!(sample::shown(&refused_by_rules(RequestNumber(17), &too_long)), @"Request 17 was not extended. You asked for 3h more, and 2h may be left at most, of which 50m fit now. Ask again with `for:50m` or less.");
    let no_room = Refusal::ExtensionHasNoRoom {
        most: "2h".parse().unwrap(),
    };
    assert_snapshot!(sample::shown(&refused_by_rules(RequestNumber(17), &no_room)), @"Request 17 was not extended. The time that is left is the 2h that the rules and Azure allow at most. Ask again when some of it is over.");
}

#[test]
fn card_and_answer_say_what_is_made_longer_and_who_decided() {
    let pending = World::of(extension(sample::pending(&["web-01"]).state));
    assert_snapshot!(pending.view(|view| sample::shown(&card::first(view, &[]))), @r"
        <@&333>: <@101> asks for SSH 22 on **web-01**.
        == Request 18: waiting for an answer ==
        1 more approval is needed. Answer with the buttons, or react with ✅ or ❌.
        [Who asks] <@101>
        [How long] 30m
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: 0 of 1 approval. <@&333> may answer.
        [Extension] It would make request 17 longer by 30m: until <t:1800005520:F> (<t:1800005520:R>) in place of <t:1800003720:t>.
        [An answer counts until] <t:1800001800:F> (<t:1800001800:R>)
        -- Request 18 · 00000000-0000-0000-0000-000000000011
        (Approve) (Approve with less) (Deny) (Claim)
        pings [Role(RoleId(333))]
        ");
    assert_snapshot!(pending.view(|view| sample::shown(&answer(view, Place::Private))), @r"
        Request 18 for SSH 22 on **web-01** was sent to the approvers. 1 more approval is needed.
        An answer counts until <t:1800001800:F> (<t:1800001800:R>).
        It would make request 17 longer by 30m: until <t:1800005520:F> (<t:1800005520:R>) in place of <t:1800003720:t>.
        (Withdraw)
        ");
    let by_rule = World::of(extension(RequestState::Approved {
        source: sample::source(),
        at: sample::at(40),
        votes: Vec::new(),
        ends_at: sample::at(92),
    }));
    assert_snapshot!(by_rule.view(|view| sample::shown(&card::later(view))), @r"
        Request 18: approved, opening. <@101> asked for SSH 22 on **web-01**.
        == Request 18: approved, opening ==
        Approved by the rule “production ssh” alone, without a person, because it is the first extension. It is not open yet: this card says so when Azure does. The access ends <t:1800005520:F> (<t:1800005520:R>).
        [Who asks] <@101>
        [How long] 30m
        [From] `8.8.4.7`
        [Machines and ports] **web-01** (group prod-web, Linux, running): SSH 22
        [Why] INC-42 the disk is full
        [Rules] **production ssh**: extends an access once without asking, so no approval was needed.
        [Extension] It made request 17 longer by 30m: until <t:1800005520:F> (<t:1800005520:R>) in place of <t:1800003720:t>.
        [Windows] SSH 22 on **web-01**: opening, not open yet
        -- Request 18 · 00000000-0000-0000-0000-000000000011
        (Close now)
        ");
    assert_snapshot!(by_rule.view(|view| sample::shown(&answer(view, Place::Private))), @r"
        Request 18 was approved by the rule “production ssh” alone, without a person, because it is the first extension. Azure is opening SSH 22 on **web-01**; it is not open yet. This message says so when it is. The access ends <t:1800005520:F> (<t:1800005520:R>).
        (Close now)
        ");
}
