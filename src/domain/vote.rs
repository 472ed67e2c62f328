//! Votes, and the terms under which they count.

use serde::{Deserialize, Serialize};

use super::{
    Instant,
    actor::{Actor, Person},
    alone::Alone,
    attention::Attention,
    bounds::Bounds,
    ids::{RoleId, RuleName},
    port::Port,
    quorum::{Need, Quorum},
    second_look::SecondLook,
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
    /// Who must say yes.
    #[serde(flatten)]
    pub quorum: Quorum,
    /// The requester's roles when asked: nobody sends them along with a vote, and by them the rules of that day
    /// judge the request again.
    #[serde(default)]
    pub requester_roles: Vec<RoleId>,
    /// Whom the request calls, and when.
    #[serde(skip_serializing_if = "Attention::is_default", default)]
    pub attention: Attention,
    /// What the rule, if it may approve alone, did with the request.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alone: Option<Alone>,
    /// When approving needs a second look.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub second_look: Option<SecondLook>,
    /// What narrows the rule for this request.
    #[serde(default, skip_serializing_if = "Bounds::is_empty")]
    pub bounds: Bounds,
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
    /// A button that confirms what was repeated for a second look.
    SecondLook,
}

impl Via {
    /// Whether it can be seen on the card, and taken off it.
    pub fn is_reaction(self) -> bool {
        matches!(self, Self::Reaction | Self::ReactionReadLater)
    }
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
    /// The voter's roles at that moment, by which it counts towards groups; `None` in votes from before there were
    /// groups.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub roles: Option<Vec<RoleId>>,
}

/// The doors among `asked` for which `voter` may decide under both sets of terms.
pub fn doors_open_to(voter: &Actor, asked: &[Terms], today: &[Terms]) -> Vec<Door> {
    asked
        .iter()
        .filter(|terms| terms.quorum.includes(voter))
        .flat_map(|terms| &terms.doors)
        .filter(|door| Terms::of(today, door).is_some_and(|terms| terms.quorum.includes(voter)))
        .cloned()
        .collect()
}

/// How many approvals are still missing: the most that any door lacks.
///
/// Both quorums must be met, that of the rule when asked and that of today's. A door without terms today can never
/// be satisfied.
pub fn approvals_missing(votes: &[Vote], asked: &[Terms], today: &[Terms]) -> Option<u8> {
    let mut most = 0;
    for terms in asked {
        for door in &terms.doors {
            let now = Terms::of(today, door)?;
            let counted = counted(votes, terms, now, door);
            let missing = terms.quorum.missing(counted.iter().copied());
            most = most.max(missing.max(now.quorum.missing(counted)));
        }
    }
    Some(u8::try_from(most).unwrap_or(u8::MAX))
}

/// The same by group, for the doors of `terms`: of the rule when asked, and of today's where that is another.
pub fn needs_of(votes: &[Vote], terms: &Terms, today: &[Terms]) -> Option<Vec<Vec<Need>>> {
    let mut most = 0;
    let mut needs = Vec::new();
    for door in &terms.doors {
        let now = Terms::of(today, door)?;
        let counted = counted(votes, terms, now, door);
        let missing = [terms, now].map(|terms| terms.quorum.missing(counted.iter().copied()));
        let missing = missing.into_iter().max().unwrap_or(0);
        if missing > most {
            most = missing;
            needs = [terms, now]
                .iter()
                .map(|terms| terms.quorum.needs(counted.iter().copied()))
                .filter(|needs| !needs.is_empty())
                .collect();
            needs.dedup();
        }
    }
    Some(needs)
}

/// What is missing of groups that have names, of all rules; empty where a number says it all.
pub fn named_needs(votes: &[Vote], asked: &[Terms], today: &[Terms]) -> Vec<Need> {
    let mut needs: Vec<Need> = asked
        .iter()
        .filter_map(|terms| needs_of(votes, terms, today))
        .flatten()
        .flatten()
        .collect();
    if needs.iter().all(|need| need.of.is_empty()) {
        needs.clear();
    }
    needs
}

/// The approvals of people who may approve `door` under both.
fn counted<'a>(votes: &'a [Vote], asked: &Terms, today: &Terms, door: &Door) -> Vec<&'a Vote> {
    votes
        .iter()
        .filter(|vote| vote.choice == Choice::Approve && vote.counts_for.contains(door))
        .filter(|vote| asked.quorum.counts(vote) && today.quorum.counts(vote))
        .collect()
}
