use insta::assert_snapshot;

use super::world::World;
use crate::{
    chat::message::{
        card, reminder,
        sample::{self, at, shown},
    },
    domain::{
        actor::Principal,
        attention::{Escalated, Step},
        ids::{RoleId, UserId},
        quorum::Quorum,
        request::RequestState,
    },
};

/// On-call is called by the card, leads and Bob later, and Bob has approved already.
fn waiting() -> World {
    let mut world = World::of(sample::pending(&["web-01"]));
    let terms = &mut world.request.terms[0];
    let approvers = vec![
        Principal::Role(RoleId(333)),
        Principal::Role(RoleId(444)),
        Principal::User(UserId(sample::BOB)),
    ];
    let to = approvers[1..].to_vec();
    terms.quorum = Quorum::sole(approvers, 2);
    terms.attention.escalate = vec![Step {
        after: "10m".parse().unwrap(),
        to: to.clone(),
    }];
    let rule = terms.rule.clone();
    world.request.state = RequestState::Pending {
        source: sample::source(),
        answer_by: at(30),
        votes: vec![sample::vote(&world.request)],
        escalated: vec![Escalated { rule, to, at: at(10) }],
        claimed: None,
        taken_back: Vec::new(),
    };
    world
}

#[test]
fn the_first_reminder_calls_those_whom_the_card_called() {
    let world = waiting();
    assert_snapshot!(shown(&world.view(|view| reminder::reminder(view, 1))), @r"
        <@&333> Reminder 1 for request 17: <@101> asks for SSH 22 on **web-01**. 1 more approval is needed. An answer counts until <t:1800001800:F> (<t:1800001800:R>). Please answer on the card to which this message replies.
        pings [Role(RoleId(333))]
        ");
    let second = world.view(|view| reminder::reminder(view, 2));
    assert!(second.pings.is_empty());
    assert!(
        second.content.starts_with("Reminder 2 for request 17: "),
        "{}",
        second.content
    );
}

#[test]
fn an_escalation_calls_those_of_its_step_who_have_not_voted() {
    let world = waiting();
    assert_snapshot!(shown(&world.view(|view| reminder::call(view, at(10)))), @r"
        <@&444> Request 17 was still not decided at <t:1800000600:t>: <@101> asks for SSH 22 on **web-01**. 1 more approval is needed. An answer counts until <t:1800001800:F> (<t:1800001800:R>). Please answer on the card to which this message replies.
        pings [Role(RoleId(444))]
        ");
    assert!(world.view(|view| reminder::call(view, at(11))).pings.is_empty());
}

#[test]
fn the_card_leaves_out_who_is_called_later_and_says_when_they_were() {
    let world = waiting();
    let card = world.view(|view| card::first(view, &[]));
    assert_eq!(card.pings, [Principal::Role(RoleId(333))]);
    let text = shown(&card);
    assert!(
        text.contains("[Called since] <@&444> and <@202> at <t:1800000600:t>"),
        "{text}"
    );
}

#[test]
fn a_quiet_rule_calls_nobody() {
    let mut world = World::of(sample::pending(&["web-01"]));
    world.request.terms[0].attention.quiet = true;
    let card = world.view(|view| card::first(view, &[]));
    assert!(card.pings.is_empty());
    assert!(card.content.starts_with("<@101> asks for"), "{}", card.content);
    let reminder = world.view(|view| reminder::reminder(view, 1));
    assert!(reminder.pings.is_empty());
    assert!(reminder.content.starts_with("Reminder 1"), "{}", reminder.content);
}
