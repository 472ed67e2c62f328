//! A quorum is met exactly when somebody could write down who counts for which group.

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::domain::{
    ids::RoleId,
    request::sample::{NOW, person, role, user},
    vote::{Choice, Via},
};

fn vote(voter: u64, roles: &[u64]) -> Vote {
    Vote {
        voter: person(voter),
        choice: Choice::Approve,
        via: Via::Button,
        at: NOW,
        counts_for: Vec::new(),
        roles: Some(roles.iter().copied().map(RoleId).collect()),
    }
}

fn group(name: &str, approvers: &[Principal], approvals: u8) -> Group {
    Group {
        name: Some(name.to_owned()),
        approvers: approvers.to_vec(),
        approvals,
    }
}

/// One of on-call (role 20) and one of leads (role 30).
fn two_sides() -> Quorum {
    Quorum::of_groups(vec![
        group("on-call", &[role(20)], 1),
        group("leads", &[role(30)], 1),
    ])
}

fn told(quorum: &Quorum, votes: &[Vote]) -> Vec<String> {
    quorum
        .needs(votes)
        .iter()
        .map(|need| {
            let least: Vec<_> = need
                .at_least
                .iter()
                .map(|(count, of)| format!(", at least {count} of {of}"))
                .collect();
            format!("{} of {}{}", need.count, need.of.join(" or "), least.concat())
        })
        .collect()
}

#[test]
fn two_groups_are_two_people() {
    let quorum = two_sides();
    assert_eq!(told(&quorum, &[]), ["1 of on-call", "1 of leads"]);
    let both = vote(2, &[20, 30]);
    assert_eq!(quorum.missing([&both]), 1);
    assert_eq!(
        told(&quorum, std::slice::from_ref(&both)),
        ["1 of on-call or leads"]
    );
    assert_eq!(quorum.missing([&both, &vote(3, &[20])]), 0);
    assert_eq!(quorum.missing([&vote(3, &[30]), &both]), 0);
    let on_call = [vote(3, &[20]), vote(4, &[20])];
    assert_eq!(told(&quorum, &on_call), ["1 of leads"]);
}

#[test]
fn what_is_met_in_any_case_is_not_spoken_of() {
    let quorum = Quorum::of_groups(vec![
        group("on-call", &[role(20)], 1),
        group("leads", &[role(30)], 2),
        group("owner", &[user(9)], 1),
    ]);
    let votes = [vote(2, &[20, 30]), vote(9, &[])];
    assert_eq!(
        told(&quorum, &votes),
        ["2 of on-call or leads, at least 1 of leads"]
    );
    let votes = [vote(2, &[20, 30]), vote(3, &[20]), vote(9, &[30])];
    assert_eq!(told(&quorum, &votes), ["1 of leads or owner"]);
}

#[test]
fn a_sole_group_is_stored_as_ever() {
    let sole = Quorum::sole(vec![role(20)], 2);
    let json = serde_json::to_value(&sole).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"approvers": [{"role": "20"}], "approvals": 2})
    );
    for quorum in [sole, two_sides()] {
        let json = serde_json::to_string(&quorum).unwrap();
        assert_eq!(serde_json::from_str::<Quorum>(&json).unwrap(), quorum);
    }
}

#[test]
fn a_vote_without_its_roles_counts_for_a_sole_group() {
    let old = Vote {
        roles: None,
        ..vote(2, &[])
    };
    assert_eq!(Quorum::sole(vec![role(20)], 1).missing([&old]), 0);
    assert_eq!(
        two_sides().missing([&old]),
        2,
        "of which group it was is not known"
    );
}

#[test]
fn named_people_can_be_too_few() {
    let quorum = Quorum::of_groups(vec![
        group("first", &[user(2), user(3)], 1),
        group("second", &[user(2), user(3)], 1),
    ]);
    assert!(!quorum.is_out_of_reach(None));
    assert!(quorum.is_out_of_reach(Some(UserId(3))));
    assert!(!quorum.is_out_of_reach(Some(UserId(4))));
    let with_role = Quorum::of_groups(vec![
        group("first", &[user(2)], 1),
        group("second", &[user(2), role(20)], 1),
    ]);
    assert!(!with_role.is_out_of_reach(None));
    assert!(with_role.is_out_of_reach(Some(UserId(2))));
    let many = Quorum::of_groups(vec![group("many", &[role(20)], 1); Quorum::GROUPS_MAX + 1]);
    assert!(many.is_out_of_reach(None), "never met rather than met by mistake");
    assert!(many.missing([&vote(2, &[20])]) > 0);
}

/// The most votes that count, by trying every assignment.
fn best(groups: &[Group], left: &[u8], votes: &[Vote]) -> usize {
    let Some((first, rest)) = votes.split_first() else {
        return 0;
    };
    let mut most = best(groups, left, rest);
    for (place, group) in groups.iter().enumerate() {
        let roles = first.roles.as_deref().unwrap_or_default();
        let belongs = group.approvers.iter().any(|principal| match principal {
            Principal::Role(id) => roles.contains(id),
            Principal::User(id) => *id == first.voter.id,
        });
        if belongs && left[place] > 0 {
            let mut left = left.to_vec();
            left[place] -= 1;
            most = most.max(1 + best(groups, &left, rest));
        }
    }
    most
}

fn some_quorum() -> impl Strategy<Value = Quorum> {
    let principal = prop_oneof![(1_u64..4).prop_map(|id| role(id * 10)), (1_u64..4).prop_map(user)];
    let group = (vec(principal, 1..3), 1_u8..3);
    vec(group, 1..4).prop_map(|groups| {
        let named = groups.into_iter().enumerate();
        Quorum::of_groups(
            named
                .map(|(place, (approvers, approvals))| group_of(place, approvers, approvals))
                .collect(),
        )
    })
}

fn group_of(place: usize, approvers: Vec<Principal>, approvals: u8) -> Group {
    Group {
        name: Some(format!("group {place}")),
        approvers,
        approvals,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn as_many_count_as_can_count(quorum in some_quorum(), roles in vec(prop::sample::subsequence(vec![10_u64, 20, 30], 0..=3), 0..5)) {
        let votes: Vec<_> = roles.iter().zip(1..).map(|(roles, voter)| vote(voter, roles)).collect();
        let wanted: Vec<_> = quorum.groups().iter().map(|group| group.approvals).collect();
        let missing = quorum.approvals() - best(quorum.groups(), &wanted, &votes);
        prop_assert_eq!(quorum.missing(&votes), missing);
        let needs = quorum.needs(&votes);
        prop_assert_eq!(needs.iter().map(|need| usize::from(need.count)).sum::<usize>(), missing);
        // Whoever is next helps exactly if they are of a group that is spoken of.
        for group in quorum.groups() {
            let mut next = votes.clone();
            next.push(Vote { voter: person(99), ..vote(99, &[]) });
            let alone = Quorum::of_groups(quorum.groups().iter().map(|other| Group {
                approvers: other.approvers.iter().copied().chain((other == group).then(|| user(99))).collect(),
                ..other.clone()
            }).collect());
            let spoken_of = needs.iter().any(|need| need.of.contains(group.name.as_ref().unwrap()));
            prop_assert_eq!(alone.missing(&next) < missing, spoken_of, "{:?}", needs);
        }
    }
}
