//! Whose approvals a rule wants, and what is still missing of them.
//!
//! A rule may want approvals of several groups. One person counts towards one group only, so that two groups always
//! mean two people; and towards which, is never settled: as many approvals count as can count at once, so that
//! somebody who is in two groups never stands in the way of a quorum that could be met.

use serde::{Deserialize, Serialize};

use super::{
    actor::{Actor, Principal},
    ids::UserId,
    vote::Vote,
};

/// People of whom a rule wants a number of approvals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What people call it; a sole group has no name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    pub approvers: Vec<Principal>,
    /// How many of them must say yes; at least one.
    pub approvals: u8,
}

/// All groups of a rule; one or more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Quorum {
    groups: Vec<Group>,
}

/// What is missing of groups between which a voter may stand: of each of them alone, or of either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub count: u8,
    /// The names of the groups; empty where the sole group has none.
    pub of: Vec<String>,
    /// Where that says too little: how many at least must be of one of the groups.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub at_least: Vec<(u8, String)>,
}

/// A rule with one group is stored as all rules once were.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Sole {
        approvers: Vec<Principal>,
        approvals: u8,
    },
    Groups {
        groups: Vec<Group>,
    },
}

impl From<Stored> for Quorum {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Sole { approvers, approvals } => Self::sole(approvers, approvals),
            Stored::Groups { groups } => Self { groups },
        }
    }
}

impl From<Quorum> for Stored {
    fn from(mut quorum: Quorum) -> Self {
        match quorum.groups.pop() {
            Some(Group {
                name: None,
                approvers,
                approvals,
            }) if quorum.groups.is_empty() => Self::Sole { approvers, approvals },
            last => {
                quorum.groups.extend(last);
                Self::Groups {
                    groups: quorum.groups,
                }
            }
        }
    }
}

impl Group {
    fn wants(&self) -> usize {
        usize::from(self.approvals.max(1))
    }

    fn has_a_role(&self) -> bool {
        self.approvers
            .iter()
            .any(|principal| matches!(principal, Principal::Role(_)))
    }
}

impl Quorum {
    /// More groups than this in one rule cannot be met: what is missing is looked for in every choice of groups.
    pub const GROUPS_MAX: usize = 8;

    /// `approvals` of any of `approvers`.
    pub fn sole(approvers: Vec<Principal>, approvals: u8) -> Self {
        Self {
            groups: vec![Group {
                name: None,
                approvers,
                approvals,
            }],
        }
    }

    /// Approvals of each of `groups`.
    pub fn of_groups(groups: Vec<Group>) -> Self {
        Self { groups }
    }

    /// The groups, in the order of the rule.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Whoever is named in any group, in order; some perhaps twice.
    pub fn approvers(&self) -> impl Iterator<Item = &Principal> {
        self.groups.iter().flat_map(|group| &group.approvers)
    }

    /// How many different people must say yes.
    pub fn approvals(&self) -> usize {
        self.groups.iter().map(Group::wants).sum()
    }

    /// The same quorum, with what `of` says in the place of everybody who is named.
    pub fn with_each(&self, of: impl Fn(Principal) -> Vec<Principal>) -> Self {
        let groups = self.groups.iter().map(|group| Group {
            approvers: group.approvers.iter().flat_map(|one| of(*one)).collect(),
            ..group.clone()
        });
        Self::of_groups(groups.collect())
    }

    /// The names of the groups for which too few are named, `without` one person; those that name a role have enough.
    pub fn too_small(&self, without: Option<UserId>) -> impl Iterator<Item = &str> {
        self.groups
            .iter()
            .filter(move |group| {
                let alone = Self::of_groups(vec![(*group).clone()]);
                alone.is_out_of_reach(without)
            })
            .filter_map(|group| group.name.as_deref())
    }

    /// Whether this person is in some group.
    pub fn includes(&self, actor: &Actor) -> bool {
        self.groups.iter().any(|group| actor.is_any_of(&group.approvers))
    }

    /// Whether whoever gave this vote was in some group, with the roles of the vote.
    pub fn counts(&self, vote: &Vote) -> bool {
        self.choice_of(vote) != 0
    }

    /// How many more people must say yes after these votes.
    pub fn missing<'a>(&self, votes: impl IntoIterator<Item = &'a Vote>) -> usize {
        let votes: Vec<_> = votes.into_iter().map(|vote| self.choice_of(vote)).collect();
        self.most_lacking(&votes, self.all())
    }

    /// The same, by group.
    pub fn needs<'a>(&self, votes: impl IntoIterator<Item = &'a Vote>) -> Vec<Need> {
        let votes: Vec<_> = votes.into_iter().map(|vote| self.choice_of(vote)).collect();
        let mut needs = Vec::new();
        for part in self.parts(&votes, self.all()) {
            // Groups that are met in any case are not spoken of.
            for part in self.parts(&votes, self.lacking(&votes, part)) {
                let count = self.most_lacking(&votes, part);
                if count > 0 {
                    needs.push(self.need(&votes, part, count));
                }
            }
        }
        needs
    }

    /// Whether the people who are named are too few for the groups that name no role, `without` one of them.
    pub fn is_out_of_reach(&self, without: Option<UserId>) -> bool {
        if self.groups.len() > Self::GROUPS_MAX {
            return true;
        }
        // Who has a role is not known here, so groups with one count as met.
        let strict = Self::of_groups(
            self.groups
                .iter()
                .filter(|group| !group.has_a_role())
                .cloned()
                .collect(),
        );
        let mut people: Vec<_> = strict
            .approvers()
            .filter_map(|principal| match principal {
                Principal::User(id) => Some(*id),
                Principal::Role(_) => None,
            })
            .filter(|id| Some(*id) != without)
            .collect();
        people.sort_unstable();
        people.dedup();
        let choices: Vec<_> = people
            .into_iter()
            .map(|id| strict.choice(|group| group.approvers.contains(&Principal::User(id))))
            .collect();
        strict.most_lacking(&choices, strict.all()) > 0
    }

    /// Groups as bits: the groups that `belongs` says.
    fn choice(&self, belongs: impl Fn(&Group) -> bool) -> u32 {
        self.groups
            .iter()
            .zip(0_u32..)
            .take(Self::GROUPS_MAX)
            .filter(|(group, _)| belongs(group))
            .fold(0, |bits, (_, place)| bits | (1 << place))
    }

    fn choice_of(&self, vote: &Vote) -> u32 {
        let is_sole = self.groups.len() == 1;
        self.choice(|group| match &vote.roles {
            Some(roles) => group.approvers.iter().any(|principal| match principal {
                Principal::User(id) => *id == vote.voter.id,
                Principal::Role(id) => roles.contains(id),
            }),
            // Stored before votes kept their roles: that the voter was an approver is all that is known.
            None => is_sole || group.approvers.contains(&Principal::User(vote.voter.id)),
        })
    }

    fn all(&self) -> u32 {
        self.choice(|_| true)
    }

    fn wants(&self, bits: u32) -> usize {
        self.groups
            .iter()
            .zip(0_u32..)
            .take(Self::GROUPS_MAX)
            .filter(|(_, place)| bits & (1 << place) != 0)
            .map(|(group, _)| group.wants())
            .sum()
    }

    fn lacks(&self, votes: &[u32], bits: u32) -> usize {
        let given = votes.iter().filter(|vote| *vote & bits != 0).count();
        self.wants(bits).saturating_sub(given)
    }

    /// What the worst choice among the groups `within` lacks.
    ///
    /// By Hall's theorem that is exactly what the best assignment of voters to groups lacks: no choice of groups
    /// may want more approvals than there are voters in any of them.
    fn most_lacking(&self, votes: &[u32], within: u32) -> usize {
        if self.groups.len() > Self::GROUPS_MAX {
            return self.approvals().max(1);
        }
        choices(within)
            .map(|bits| self.lacks(votes, bits))
            .max()
            .unwrap_or(0)
    }

    /// The groups of which one must be the next voter's, so that less is missing: those of every worst choice.
    fn lacking(&self, votes: &[u32], within: u32) -> u32 {
        let most = self.most_lacking(votes, within);
        choices(within)
            .filter(|bits| self.lacks(votes, *bits) == most)
            .fold(within, |common, bits| common & bits)
    }

    /// `within`, in parts between which no voter stands.
    fn parts(&self, votes: &[u32], within: u32) -> Vec<u32> {
        let mut parts: Vec<u32> = Vec::new();
        let alone = (0..u32::BITS)
            .map(|place| 1 << place)
            .filter(|bit| within & bit != 0);
        for bits in alone.chain(votes.iter().map(|vote| vote & within)) {
            if bits == 0 {
                continue;
            }
            let (touched, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part & bits != 0);
            parts = rest;
            parts.push(touched.into_iter().fold(bits, |whole, part| whole | part));
        }
        parts.sort_by_key(|part| part.trailing_zeros());
        parts
    }

    fn need(&self, votes: &[u32], part: u32, count: usize) -> Need {
        let short = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        let groups: Vec<_> = self
            .groups
            .iter()
            .zip(0_u32..)
            .take(Self::GROUPS_MAX)
            .filter(|(_, place)| part & (1 << place) != 0)
            .collect();
        let at_least = groups
            .iter()
            .filter_map(|(group, place)| {
                let own = self.lacks(votes, 1 << place);
                (own > 0 && groups.len() > 1).then(|| Some((short(own), group.name.clone()?)))?
            })
            .collect();
        Need {
            count: short(count),
            of: groups
                .iter()
                .filter_map(|(group, _)| group.name.clone())
                .collect(),
            at_least,
        }
    }
}

/// Every choice among the bits of `within`, also of none.
fn choices(within: u32) -> impl Iterator<Item = u32> {
    // Counting down through the subsets, the well-known way.
    std::iter::successors(Some(within), move |bits| {
        (*bits != 0).then(|| bits.wrapping_sub(1) & within)
    })
}

#[cfg(test)]
#[path = "quorum_tests.rs"]
mod tests;
