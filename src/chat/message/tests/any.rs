//! Requests, and views of them, with everything in them that people and Azure can make long or hostile.

use proptest::prelude::*;

use super::world::World;
use crate::{
    chat::message::sample::{self, at},
    domain::{
        actor::{Person, Principal},
        alone::NotAlone,
        attention::Escalated,
        ids::{RoleId, RuleName, UserId},
        length::Length,
        quorum::{Group, Quorum},
        request::{Claim, Extends, Narrowing, NotStarted, Request, RequestState},
        text::FreeText,
        vm::OpenAnyway,
        vote::{Choice, Terms, Via, Vote},
        window::{CloseWay, CloseWhy, Ended, FailReason, FoundWindow, WindowState},
    },
};

pub(super) const HOSTILE: &str =
    "(.|[@<>*_`~|\\[\\]\\\\#:/ -]|@everyone|<@42>|```|https://evil.example/ ){0,120}";

prop_compose! {
    fn a_person()(id in 1_u64.., name in HOSTILE) -> Person {
        Person { id: UserId(id), name }
    }
}

/// Everybody in one group without a name, or the same people in several with hostile names.
fn quorum_of(approvers: Vec<Principal>, name: &str) -> Quorum {
    if approvers.len().is_multiple_of(2) {
        return Quorum::sole(approvers, 3);
    }
    let groups = (1..=Quorum::GROUPS_MAX).map(|number| Group {
        name: FreeText::new(&format!("{number} {name}")).map(|name| name.as_str().chars().take(40).collect()),
        approvers: approvers.clone(),
        approvals: 2,
    });
    Quorum::of_groups(groups.collect())
}

prop_compose! {
    pub(super) fn any_request()(
        machines in 1_usize..25,
        ports in proptest::collection::vec(1_u16.., 1..8),
        long in 1_usize..120,
        reason in HOSTILE,
        rule in HOSTILE,
        rules in 1_usize..12,
        approvers in proptest::collection::vec(1_u64.., 1..150),
        people in proptest::collection::vec(a_person(), 0..30),
        state in 0_u8..9,
        starts in any::<bool>(),
    ) -> Request {
        let names: Vec<_> = (0..machines).map(|number| format!("{number}_{}", "v_".repeat(long))).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let mut request = sample::request_for(&names, &ports);
        request.reason = FreeText::new(&reason.repeat(4));
        let terms = Terms {
            rule: RuleName(rule),
            quorum: quorum_of(approvers.into_iter().map(|id| {
                if id % 2 == 0 { Principal::Role(RoleId(id)) } else { Principal::User(UserId(id)) }
            }).collect(), &reason),
            ..request.terms[0].clone()
        };
        request.terms = vec![terms; rules];
        let votes: Vec<_> = people.into_iter().map(|voter| Vote {
            voter,
            choice: Choice::Approve,
            via: Via::Button,
            at: at(2),
            counts_for: request.doors().take(2).collect(),
            roles: None,
        }).collect();
        let source = "10.0.0.0/9".parse().unwrap();
        let narrowing = |voter: &Vote| Narrowing {
            by: voter.voter.clone(),
            at: at(2),
            length_before: Some(Length::MAX),
            source_before: Some(source),
        };
        request.narrowed = votes.iter().map(narrowing).collect();
        let escalated = vec![Escalated {
            rule: request.terms[0].rule.clone(),
            to: request.terms[0].quorum.approvers().copied().collect(),
            at: at(5),
        }];
        let claimed = votes.first().map(|vote| Claim { by: vote.voter.clone(), at: at(2), via: Via::Button });
        let why = why_not_started(&request, usize::from(claimed.is_some()) + votes.len());
        request.starts_at = starts.then(|| at(60));
        request.state = match state {
            0 => RequestState::Draft { offered: Some(source), answer_within: request.length, lapses_at: at(9) },
            1 => RequestState::Pending {
                source, answer_by: at(9), votes, escalated, claimed, taken_back: Vec::new(),
            },
            2 => RequestState::Approved { source, at: at(2), votes, ends_at: at(62) },
            3 => RequestState::Denied { source, at: at(2), by: sample::bob(), reason: request.reason.clone() },
            4 => RequestState::Withdrawn { source: None, at: at(2) },
            5 => RequestState::Lapsed { source: Some(source), at: at(2) },
            6 => RequestState::Scheduled { source, at: at(2), votes, starts_at: at(60), ends_at: at(120) },
            7 => RequestState::NotStarted { source, at: at(60), approved_at: at(2), votes, starts_at: at(60), why },
            _ => RequestState::Settled { source, at: at(62), approved_at: at(2), votes, ends_at: at(62) },
        };
        request
    }
}

prop_compose! {
    pub(super) fn any_world()(
        request in any_request(),
        hostile in HOSTILE,
        windows in proptest::collection::vec(0_u8..7, 1..8),
        known in any::<bool>(),
        frozen in any::<bool>(),
    ) -> World {
        let mut world = World::of(request);
        world.windows = match world.request.state {
            RequestState::Approved { .. } | RequestState::Settled { .. } => sample::windows(&world.request),
            _ => Vec::new(),
        };
        if hostile.len() % 3 == 0 {
            world.request.extends = Some(Extends {
                request: world.request.id,
                number: world.request.number,
                ends_at: at(62),
            });
        }
        world.others = sample::windows(&world.request);
        world.found = world
            .windows
            .iter()
            .map(|window| FoundWindow {
                vm: window.vm.clone(),
                port: window.port,
                source: hostile.clone(),
                ends_at: at(90),
                requestor: FreeText::new(&hostile),
            })
            .collect();
        for (window, kind) in world.windows.iter_mut().zip(windows.iter().cycle()) {
            window.state = match kind {
                0 => WindowState::Opening { since: at(2), asked_at: None, stuck_at: None, rule_missing: false },
                1 => WindowState::Opening { since: at(2), asked_at: Some(at(2)), stuck_at: Some(at(9)), rule_missing: true },
                2 => WindowState::Open { opened_at: at(3), mapped_port: Some(sample::port(50_000)), proof: Default::default(),
                    kept_out_since: Some(at(9)) },
                5 => WindowState::Closing { opened_at: None, since: at(4), why: CloseWhy::Asked(sample::bob()),
                    unconfirmed_at: None, way: CloseWay::AtItsEnd },
                3 => WindowState::Closed { opened_at: None, at: at(62), how: Ended::Vanished },
                4 => WindowState::Failed { at: at(3), why: FailReason::Refused {
                    status: 409,
                    code: hostile.clone(),
                    message: FreeText::new(&hostile).unwrap_or_else(|| FreeText::new("x").unwrap()),
                } },
                _ => sample::open(),
            };
        }
        for vm in &mut world.vms {
            vm.open_anyway = vm_rules(&world.request, &hostile);
            vm.admin = Some(hostile.clone());
            vm.address.dns = Some(hostile.clone());
            vm.address.public = None;
            if hostile.len() % 2 == 0 {
                vm.address.private = None;
            }
        }
        if !known {
            world.vms.clear();
            world.today = None;
        }
        if frozen {
            world.freeze = Some(sample::freeze());
            world.stale_since = Some(at(-60));
        }
        world
    }
}

/// One of all the reasons, the longest of each.
pub(super) fn why_not_started(request: &Request, which: usize) -> NotStarted {
    let rule = request.terms[0].rule.clone();
    let mut all = vec![
        NotStarted::CalledOff {
            person: request.requester.clone(),
        },
        NotStarted::LeftGuild,
        NotStarted::VmGone {
            vm: request.targets[0].vm.clone(),
        },
        NotStarted::Refused { code: rule.0.clone() },
        NotStarted::OutOfTime,
        NotStarted::MoreApprovals,
        NotStarted::SecondLook,
        NotStarted::NotAlone {
            rule: rule.clone(),
            why: Some(NotAlone::SourceOutside {
                within: vec!["255.255.255.0/24".parse().unwrap(); 40],
            }),
        },
        NotStarted::NotAlone {
            rule: rule.clone(),
            why: Some(NotAlone::TooOften {
                at_most: u32::MAX,
                per: Length::MAX,
            }),
        },
        NotStarted::NotAlone { rule, why: None },
    ];
    all.extend(request.doors().next().map(|door| NotStarted::NoRule { door }));
    let which = which % all.len();
    all.swap_remove(which)
}

fn vm_rules(request: &Request, hostile: &str) -> Vec<OpenAnyway> {
    request.targets[0]
        .ports
        .iter()
        .map(|entry| OpenAnyway {
            port: entry.port,
            rule: hostile.to_owned(),
            source: hostile.to_owned(),
        })
        .collect()
}
