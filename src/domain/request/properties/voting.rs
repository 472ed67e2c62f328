//! Votes, what takes them back, and what may open after them, counted apart from the domain.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{World, story::asked_from};
use crate::domain::{
    actor::{Actor, Principal},
    ids::UserId,
    length::Length,
    request::{
        Ballot, How, RequestState, VoteRefusal,
        sample::{ALICE, ids},
    },
    source::Source,
    vote::{Choice, Door, Terms, Via},
};

/// An approval as it was given.
pub(super) struct Standing {
    /// The doors for which the voter was eligible at the click under both sets of rules.
    doors: BTreeSet<Door>,
    /// The voter with the roles of the click.
    voter: Actor,
    by_button: bool,
    /// By a second look.
    confirmed: bool,
    /// What was approved: of this nothing wider may open.
    length: Length,
    source: Source,
}

impl World {
    pub(super) fn votes(&mut self, ballot: Ballot, today: Option<&[Terms]>) -> Result<(), TestCaseError> {
        let was_pending =
            matches!(&self.request.state, RequestState::Pending { answer_by, .. } if self.now < *answer_by);
        let (voter, choice, via) = (ballot.voter.clone(), ballot.choice, ballot.via);
        let id = voter.person.id.0;
        let may = |terms: &Terms| is_approver(&voter, terms);
        let asked_for =
            |terms: &[Terms], door: &Door| terms.iter().any(|terms| terms.doors.contains(door) && may(terms));
        let before = self.request.clone();
        let less = ballot.less;
        let result = before.clone().vote(ballot, today, self.now, ids());
        // Rules that lack a door of the request do not allow it, so that nobody can approve any of it.
        let today = today.filter(|today| before.doors().all(|door| Terms::of(today, &door).is_some()));
        let length = less.length.unwrap_or(before.length);
        let was_from = before.source().unwrap_or(asked_from());
        let source = less.source.unwrap_or(was_from);
        let is_less = length <= before.length && was_from.net().contains(&source.net());
        let doors: BTreeSet<Door> = today.map_or_else(BTreeSet::new, |today| {
            let doors = before.doors();
            doors
                .filter(|door| asked_for(&before.terms, door) && asked_for(today, door))
                .collect()
        });
        let is_in_time = before
            .starts_at
            .is_none_or(|starts_at| self.now < starts_at + length.delta());
        let may_approve = was_pending
            && id != ALICE
            && choice == Choice::Approve
            && !doors.is_empty()
            && is_less
            && is_in_time;
        let counts =
            may_approve && (via == Via::SecondLook || !is_risky(&before.terms, today, length, source));
        if counts {
            let standing = self.standing.entry(id).or_insert(Standing {
                doors,
                voter: voter.clone(),
                by_button: false,
                confirmed: via == Via::SecondLook,
                length,
                source,
            });
            standing.confirmed |= !standing.by_button && via == Via::SecondLook;
            standing.by_button |= !via.is_reaction();
        }
        // G5, both ways: approved exactly when the quorum of every door is there, of eligible people.
        let enough =
            counts && today.is_some_and(|today| before.doors().all(|door| self.quorum(&door, today)));
        match result {
            Err(VoteRefusal::NotPending { state }) => {
                prop_assert_eq!(*state, before.state);
                prop_assert!(!was_pending);
            }
            Err(why) => {
                prop_assert!(!enough);
                let said = matches!(why, VoteRefusal::SaidAlready { .. });
                // What was confirmed counts on when it is repeated without a second look, and decides nothing by it.
                let repeats = may_approve
                    && (length, source) == (before.length, was_from)
                    && self.standing.get(&id).is_some_and(|vote| vote.confirmed)
                    && !today.is_some_and(|today| before.doors().all(|door| self.quorum(&door, today)));
                prop_assert_eq!(said, counts || repeats, "{:?}", why);
            }
            Ok(change) => {
                prop_assert!(was_pending);
                prop_assert_ne!(id, ALICE, "nobody decides on their own request");
                let (request, windows) = self.noted(change);
                let waits = before.starts_at.is_some_and(|starts_at| self.now < starts_at);
                prop_assert_eq!(request.state.name() == "approved", enough && !waits);
                prop_assert_eq!(request.state.name() == "scheduled", enough && waits);
                if request.state.name() == "denied" {
                    prop_assert_eq!(choice, Choice::Deny);
                    prop_assert!(before.terms.iter().any(may));
                } else {
                    prop_assert!(counts);
                    prop_assert_eq!((request.length, request.source()), (length, Some(source)));
                }
                prop_assert_eq!(windows.is_empty(), !enough || waits);
                self.approved.clone_from(&windows);
                self.windows = windows;
                self.request = request;
                if enough && !waits {
                    self.exactly_the_doors_once()?;
                    self.within_what_each_approved()?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn takes_back(
        &mut self,
        voter: u64,
        how: How,
        today: Option<&[Terms]>,
    ) -> Result<(), TestCaseError> {
        let before = self.request.clone();
        let was_pending =
            matches!(&before.state, RequestState::Pending { answer_by, .. } if self.now < *answer_by);
        let stands = self.standing.get(&voter);
        let goes = was_pending && stands.is_some_and(|vote| how == How::Button || !vote.by_button);
        match before.clone().take_back(UserId(voter), how, today, self.now) {
            Err(_) => prop_assert!(!goes),
            Ok(change) => {
                prop_assert!(goes);
                self.request = self.noted(change);
                self.standing.remove(&voter);
                prop_assert_eq!(self.request.state.name(), "pending");
                prop_assert_eq!(
                    (self.request.length, self.request.source()),
                    (before.length, before.source()),
                    "what is taken back widens nothing"
                );
            }
        }
        Ok(())
    }

    /// G8: nothing that opens is wider than what any of those approved whose approvals stand.
    fn within_what_each_approved(&self) -> Result<(), TestCaseError> {
        for vote in self.standing.values() {
            for window in &self.windows {
                prop_assert!(window.ends_at <= self.now + vote.length.delta());
                prop_assert!(vote.source.net().contains(&window.source.net()));
            }
        }
        Ok(())
    }

    /// Whether enough different people said yes to this door while they were eligible, under both quorums.
    fn quorum(&self, door: &Door, today: &[Terms]) -> bool {
        let of = |terms: &[Terms]| terms.iter().find(|terms| terms.doors.contains(door)).cloned();
        let (Some(asked), Some(now)) = (of(&self.request.terms), of(today)) else {
            return false;
        };
        let said_yes: Vec<&Actor> = self
            .standing
            .values()
            .filter(|vote| vote.doors.contains(door))
            .map(|vote| &vote.voter)
            .filter(|voter| is_approver(voter, &asked) && is_approver(voter, &now))
            .collect();
        [asked, now].iter().all(|terms| {
            let wanted: Vec<_> = terms
                .quorum
                .groups()
                .iter()
                .map(|group| (group.approvers.as_slice(), group.approvals.max(1)))
                .collect();
            can_be_seated(&wanted, &said_yes)
        })
    }
}

/// Whether any of the rules wants a second look at this.
fn is_risky(asked: &[Terms], today: Option<&[Terms]>, length: Length, source: Source) -> bool {
    asked
        .iter()
        .chain(today.unwrap_or_default())
        .filter_map(|terms| terms.second_look)
        .any(|look| {
            look.always
                || look.longer_than.is_some_and(|most| length > most)
                || look
                    .wider_than
                    .is_some_and(|prefix| source.net().prefix_len() < prefix)
        })
}

pub(super) fn is_approver(voter: &Actor, terms: &Terms) -> bool {
    terms
        .quorum
        .groups()
        .iter()
        .any(|group| voter.is_any_of(&group.approvers))
}

/// Whether each place that a group wants can be given to a voter of that group, and no voter two places.
fn can_be_seated(wanted: &[(&[Principal], u8)], voters: &[&Actor]) -> bool {
    let Some(place) = wanted.iter().position(|(_, left)| *left > 0) else {
        return true;
    };
    let mut rest = wanted.to_vec();
    rest[place].1 -= 1;
    voters.iter().enumerate().any(|(taken, voter)| {
        let others: Vec<_> = voters
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != taken)
            .map(|(_, voter)| *voter)
            .collect();
        voter.is_any_of(wanted[place].0) && can_be_seated(&rest, &others)
    })
}
