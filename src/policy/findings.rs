//! What a book of rules says that can never come true: found without a question.

use std::collections::BTreeSet;

use super::{
    book::RuleBook,
    rule::{PortSet, Rule},
};
use crate::domain::{actor::Principal, ids::UserId};

/// Something that was hardly meant so. Rules are named by their place in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// `by` governs whatever this rule matches, so this one never governs.
    Shadowed { rule: usize, by: usize },
    /// Nobody but the requester, or too few, could approve what this person asks for.
    NobodyFor {
        rule: usize,
        requester: UserId,
        approvals: usize,
    },
    /// The networks in which a source must lie are narrower than the widest source, so that never counts.
    WidestNeverCounts { rule: usize, widest: u8, within: u8 },
}

impl RuleBook {
    /// All findings, in the order of the rules.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let earlier = self.rules.iter().take(index);
            if let Some(by) = earlier.enumerate().find(|(_, earlier)| earlier.shadows(rule)) {
                found.push(Finding::Shadowed {
                    rule: index,
                    by: by.0,
                });
            }
            found.extend(rule.without_approvers(index));
            let widest_within = rule.sources.within.iter().map(|net| net.prefix_len()).min();
            if let Some(within) = widest_within.filter(|within| *within > rule.sources.widest) {
                found.push(Finding::WidestNeverCounts {
                    rule: index,
                    widest: rule.sources.widest,
                    within,
                });
            }
        }
        found
    }
}

impl Rule {
    /// Whether this rule matches whatever `later` matches. Several rules that do so together are not found.
    fn shadows(&self, later: &Self) -> bool {
        let vms = later
            .vms
            .iter()
            .all(|pattern| self.vms.iter().any(|earlier| earlier.covers(pattern)));
        let ports = match (&self.ports, &later.ports) {
            (PortSet::All, _) => true,
            (PortSet::Only(_), PortSet::All) => false,
            (PortSet::Only(ports), PortSet::Only(later)) => ports.is_superset(later),
        };
        let people = later
            .requesters
            .iter()
            .all(|principal| self.requesters.contains(principal));
        let hours = match (&self.hours, &later.hours) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(hours), Some(later)) => hours.cover(later),
        };
        vms && ports && people && hours
    }

    /// The people who are named as requesters and for whom too few others are named. Who has a role is not known.
    fn without_approvers(&self, index: usize) -> Vec<Finding> {
        let requesters: BTreeSet<UserId> = self
            .requesters
            .iter()
            .filter_map(|principal| match principal {
                Principal::User(id) => Some(*id),
                Principal::Role(_) => None,
            })
            .collect();
        requesters
            .into_iter()
            .filter(|requester| self.quorum.is_out_of_reach(Some(*requester)))
            .map(|requester| Finding::NobodyFor {
                rule: index,
                requester,
                approvals: self.quorum.approvals(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quorum::Quorum;
    use crate::policy::sample::{DEVELOPER, LEAD, book, hours, ports, role, rule, user};

    fn web() -> Rule {
        let mut web = rule("web");
        web.vms = vec!["web-*".parse().unwrap()];
        web.ports = ports(&["ssh", "rdp"]);
        web
    }

    #[test]
    fn a_rule_below_one_that_matches_all_of_it_never_governs() {
        let shadowed = |earlier: Rule, later: Rule| {
            book(vec![earlier, later])
                .findings()
                .contains(&Finding::Shadowed { rule: 1, by: 0 })
        };
        assert!(shadowed(rule("all"), web()));
        assert!(!shadowed(web(), rule("all")));
        let change = |change: fn(&mut Rule)| {
            let mut later = web();
            change(&mut later);
            later
        };
        assert!(shadowed(web(), change(|rule| rule.ports = ports(&["ssh"]))));
        assert!(!shadowed(web(), change(|rule| rule.ports = PortSet::All)));
        assert!(!shadowed(web(), change(|rule| rule.requesters.push(role(LEAD)))));
        assert!(shadowed(
            web(),
            change(|rule| rule.requesters = vec![role(DEVELOPER)])
        ));
        let office = || Some(hours("mon-fri", "08:00", "18:00"));
        assert!(shadowed(
            web(),
            change(|rule| rule.hours = Some(hours("tue", "09:00", "10:00")))
        ));
        let mut day = web();
        day.hours = office();
        assert!(!shadowed(day.clone(), web()), "the night is left");
        let mut morning = web();
        morning.hours = Some(hours("mon-tue", "09:00", "12:00"));
        assert!(shadowed(day, morning));
    }

    #[test]
    fn a_person_whom_nobody_else_may_approve_is_named() {
        let mut alone = rule("alone");
        alone.requesters = vec![user(1), role(DEVELOPER), user(2)];
        alone.quorum = Quorum::sole(vec![user(1)], 1);
        assert_eq!(
            book(vec![alone.clone()]).findings(),
            [Finding::NobodyFor {
                rule: 0,
                requester: UserId(1),
                approvals: 1,
            }]
        );
        alone.quorum = Quorum::sole(vec![user(1), user(3)], 1);
        assert!(book(vec![alone.clone()]).findings().is_empty());
        alone.quorum = Quorum::sole(vec![user(1), user(3)], 2);
        assert_eq!(book(vec![alone.clone()]).findings().len(), 1);
        alone.quorum = Quorum::sole(vec![user(1), user(3), role(LEAD)], 2);
        assert!(
            book(vec![alone]).findings().is_empty(),
            "who has a role is not known"
        );
    }

    #[test]
    fn a_width_that_no_network_has_room_for_is_told() {
        let mut wide = rule("wide");
        wide.sources.widest = 16;
        assert!(book(vec![wide.clone()]).findings().is_empty());
        wide.sources.within = vec!["8.8.8.0/24".parse().unwrap(), "9.9.9.9/32".parse().unwrap()];
        assert_eq!(
            book(vec![wide]).findings(),
            [Finding::WidestNeverCounts {
                rule: 0,
                widest: 16,
                within: 24,
            }]
        );
    }
}
