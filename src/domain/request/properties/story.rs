//! Random stories: what may be asked for, under which rules, and what then happens.

use proptest::{collection::vec, option, prelude::*, sample::subsequence};

use super::super::{
    How, Less,
    sample::{ALICE, door, length, role, terms, user},
};
use crate::domain::{
    actor::Principal,
    quorum::{Group, Quorum},
    second_look::SecondLook,
    source::Source,
    vote::{Choice, Door, Terms, Via},
};

/// The doors that a request may have, with the JIT policy of each.
pub(super) const DOORS: [(&str, u16, &str); 4] = [
    ("web-01", 22, "web"),
    ("web-01", 443, "web"),
    ("web-02", 22, "web"),
    ("db-01", 22, "data"),
];

#[derive(Debug, Clone)]
pub(super) enum Event {
    Passes(i64),
    ConfirmsSource,
    Votes {
        voter: u64,
        roles: Vec<u64>,
        choice: Choice,
        via: Via,
        less: Less,
        /// Which of the rules in [`Story::days`] are in force; past the end, there are none.
        day: usize,
    },
    TakesBack {
        voter: u64,
        how: How,
        day: usize,
    },
    Claims {
        who: u64,
        roles: Vec<u64>,
        via: Via,
    },
    LetsGo(u64, How),
    Withdraws(u64),
    Lapses,
    AsksAzure,
    /// The start has come; whether the requester may still have it.
    Starts(bool),
    CallsOff(u64),
    Window(usize, Step),
    Settles,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Opened,
    Stuck { rule_missing: bool },
    Refused,
    Absent,
    CloseAsked,
    Ends { frozen: bool },
    Shut,
    Superseded,
    Vanished,
    RuleTaken,
    KeptOut,
    LetInAgain,
    Unconfirmed,
    Replaced { extension: bool },
    ShutByRules,
    LeftToItsEnd,
}

#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) doors: Vec<usize>,
    pub(super) draft: bool,
    /// The seconds from the question to the start that was asked for.
    pub(super) starts: Option<i64>,
    pub(super) asked: Vec<Terms>,
    pub(super) days: Vec<Vec<Terms>>,
    pub(super) events: Vec<Event>,
}

fn the_door(index: usize) -> Door {
    let (name, number, _) = DOORS[index];
    door(name, number)
}

/// Rules for these doors: each goes to one of two rules, with a quorum of its own, of one group or of several.
fn some_terms(doors: Vec<usize>) -> impl Strategy<Value = Vec<Terms>> {
    let rule =
        || prop_oneof![4 => vec(some_group(), 1), 2 => vec(some_group(), 2), 1 => vec(some_group(), 3)];
    (vec(any::<bool>(), doors.len()), some_look(), rule(), rule()).prop_map(
        move |(sides, second_look, first, second)| {
            [(false, "first", first), (true, "second", second)]
                .into_iter()
                .map(|(side, name, groups)| {
                    let own = doors.iter().zip(&sides).filter(|(_, other)| **other == side);
                    Terms {
                        second_look,
                        quorum: quorum_of(groups),
                        ..terms(name, own.map(|(index, _)| the_door(*index)).collect(), &[], 1)
                    }
                })
                .filter(|terms| !terms.doors.is_empty())
                .collect()
        },
    )
}

fn some_look() -> impl Strategy<Value = Option<SecondLook>> {
    let look = |always, wider_than, longer_than: Option<&str>| {
        Some(SecondLook {
            always,
            wider_than,
            longer_than: longer_than.map(length),
        })
    };
    prop_oneof![
        6 => Just(None),
        1 => Just(look(true, None, None)),
        1 => Just(look(false, Some(32), None)),
        1 => Just(look(false, Some(24), Some("30m"))),
    ]
}

/// Where the access is asked from: wide enough to be made narrower.
pub(super) fn asked_from() -> Source {
    "8.8.8.0/24".parse().unwrap()
}

/// Mostly all that is asked; else a part of it, or more than it.
fn some_less() -> impl Strategy<Value = Less> {
    let long =
        prop_oneof![4 => Just(None), 1 => Just(Some("20m")), 1 => Just(Some("40m")), 1 => Just(Some("2h"))];
    let from = prop_oneof![
        4 => Just(None),
        1 => Just(Some("8.8.8.8")),
        1 => Just(Some("8.8.8.0/25")),
        1 => Just(Some("8.8.0.0/16")),
        1 => Just(Some("8.8.4.4")),
    ];
    (long, from).prop_map(|(long, from)| Less {
        length: long.map(length),
        source: from.map(|from| from.parse().unwrap()),
    })
}

fn some_way() -> impl Strategy<Value = Via> {
    prop_oneof![
        2 => Just(Via::Button),
        1 => Just(Via::Reaction),
        1 => Just(Via::ReactionReadLater),
        2 => Just(Via::SecondLook),
    ]
}

fn some_how() -> impl Strategy<Value = How> {
    prop_oneof![
        Just(How::Button),
        Just(How::Reaction),
        Just(How::Cleared),
        Just(How::FoundGone)
    ]
}

fn some_group() -> impl Strategy<Value = Group> {
    let principals: Vec<Principal> = vec![role(20), role(30), user(ALICE), user(2), user(3)];
    (
        subsequence(principals, 1..=4),
        prop_oneof![4 => 0_u8..=1, 1 => 2_u8..=3],
    )
        .prop_map(|(approvers, approvals)| Group {
            name: None,
            approvers,
            approvals,
        })
}

fn quorum_of(mut groups: Vec<Group>) -> Quorum {
    if groups.len() > 1 {
        for (group, number) in groups.iter_mut().zip(1..) {
            group.name = Some(format!("group {number}"));
        }
    }
    Quorum::of_groups(groups)
}

fn some_roles() -> impl Strategy<Value = Vec<u64>> {
    subsequence(vec![20_u64, 30], 0..=2)
}

fn some_event() -> impl Strategy<Value = Event> {
    let step = prop_oneof![
        4 => Just(Step::Opened),
        1 => any::<bool>().prop_map(|rule_missing| Step::Stuck { rule_missing }),
        1 => Just(Step::Refused),
        1 => Just(Step::Absent),
        1 => Just(Step::CloseAsked),
        3 => any::<bool>().prop_map(|frozen| Step::Ends { frozen }),
        3 => Just(Step::Shut),
        1 => Just(Step::Superseded),
        1 => Just(Step::Vanished),
        1 => Just(Step::RuleTaken),
        1 => Just(Step::KeptOut),
        1 => Just(Step::LetInAgain),
        1 => Just(Step::Unconfirmed),
        1 => any::<bool>().prop_map(|extension| Step::Replaced { extension }),
        1 => Just(Step::ShutByRules),
        1 => Just(Step::LeftToItsEnd),
    ];
    let day = prop_oneof![4 => Just(0_usize), 2 => 1_usize..=3];
    let choice = prop_oneof![12 => Just(Choice::Approve), 1 => Just(Choice::Deny)];
    prop_oneof![
        6 => prop_oneof![4 => 0_i64..180, 1 => 0_i64..5000].prop_map(Event::Passes),
        2 => Just(Event::ConfirmsSource),
        14 => (1_u64..=5, some_roles(), choice, some_way(), prop_oneof![3 => Just(Less::default()), 1 => some_less()], day.clone())
            .prop_map(|(voter, roles, choice, via, less, day)| Event::Votes { voter, roles, choice, via, less, day }),
        2 => (1_u64..=5, some_how(), day).prop_map(|(voter, how, day)| Event::TakesBack { voter, how, day }),
        2 => (1_u64..=5, some_roles(), some_way()).prop_map(|(who, roles, via)| Event::Claims { who, roles, via }),
        3 => (1_u64..=5, some_how()).prop_map(|(who, how)| Event::LetsGo(who, how)),
        1 => (1_u64..=3).prop_map(Event::Withdraws),
        1 => Just(Event::Lapses),
        4 => Just(Event::AsksAzure),
        12 => (0_usize..4, step).prop_map(|(index, step)| Event::Window(index, step)),
        4 => Just(Event::Settles),
        6 => prop_oneof![6 => Just(true), 1 => Just(false)].prop_map(Event::Starts),
        1 => (1_u64..=3).prop_map(Event::CallsOff),
    ]
}

pub(super) fn some_story() -> impl Strategy<Value = Story> {
    subsequence(vec![0_usize, 1, 2, 3], 1..=4).prop_flat_map(|doors| {
        // One of the days lacks a door, as when a rule was taken out.
        let fewer = doors.iter().copied().skip(1).collect::<Vec<_>>();
        let asked = some_terms(doors.clone());
        let days = (some_terms(doors.clone()), some_terms(fewer));
        (
            Just(doors),
            any::<bool>(),
            option::weighted(0.4, prop_oneof![3 => 1_i64..300, 1 => 300_i64..2000]),
            asked,
            days,
            vec(some_event(), 1..90),
        )
            .prop_map(|(doors, draft, starts, asked, (other, fewer), events)| Story {
                doors,
                draft,
                starts,
                days: vec![asked.clone(), other, fewer],
                asked,
                events,
            })
    })
}
