//! Votes, and the terms under which they count.

use serde::{Deserialize, Serialize};

use super::{
    Instant,
    actor::{Actor, Person, Principal},
    ids::{RoleId, RuleName},
    port::Port,
    vm::VmId,
};

/// One (VM, port) of a request: the unit that a rule judges and that a window opens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Door {
    pub vm: VmId,
    pub port: Port,
}

/// What a rule demands for the doors that it matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub rule: RuleName,
    pub doors: Vec<Door>,
    pub approvers: Vec<Principal>,
    /// How many different people must say yes; at least one.
    pub approvals: u8,
    /// The requester's roles when asked: nobody sends them along with a vote, and by them the rules of that day
    /// judge the request again.
    #[serde(default)]
    pub requester_roles: Vec<RoleId>,
}

impl Terms {
    /// The terms in `all` that govern `door`.
    pub fn of<'a>(all: &'a [Self], door: &Door) -> Option<&'a Self> {
        all.iter().find(|terms| terms.doors.contains(door))
    }
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Approve,
    Deny,
}

/// How a vote was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Button,
    Reaction,
    /// A reaction that was given while the bot was down, and counted when it was read.
    ReactionReadLater,
}

/// A vote that counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub voter: Person,
    pub choice: Choice,
    pub via: Via,
    pub at: Instant,
    /// The doors for which the voter was an approver, with the roles of that moment, under the rule as it was
    /// when asked and as it was then.
    pub counts_for: Vec<Door>,
}

/// The doors among `asked` for which `voter` may decide under both sets of terms.
pub fn doors_open_to(voter: &Actor, asked: &[Terms], today: &[Terms]) -> Vec<Door> {
    asked
        .iter()
        .filter(|terms| voter.is_any_of(&terms.approvers))
        .flat_map(|terms| &terms.doors)
        .filter(|door| Terms::of(today, door).is_some_and(|terms| voter.is_any_of(&terms.approvers)))
        .cloned()
        .collect()
}

/// How many approvals are still missing: the most that any door lacks.
///
/// The stricter of the two quorums holds. A door without terms today can never be satisfied.
pub fn approvals_missing(votes: &[Vote], asked: &[Terms], today: &[Terms]) -> Option<u8> {
    let mut most = 0;
    for terms in asked {
        for door in &terms.doors {
            let needed = terms.approvals.max(Terms::of(today, door)?.approvals).max(1);
            let given = votes
                .iter()
                .filter(|vote| vote.choice == Choice::Approve && vote.counts_for.contains(door))
                .count();
            most = most.max(needed.saturating_sub(u8::try_from(given).unwrap_or(u8::MAX)));
        }
    }
    Some(most)
}
