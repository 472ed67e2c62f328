//! How much one person may have and ask for: counted over what the store says they have.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::Serialize;

use crate::domain::{
    Instant,
    ids::RuleName,
    request::Request,
    vote::{Door, Terms},
};

/// What a rule allows each person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerPerson {
    /// Ports that are open or asked for at once.
    pub open: Option<u16>,
    pub requests_per_hour: Option<u16>,
}

/// What everybody is held to, whatever the rule: a guard against a script that runs wild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FloodGuard {
    pub requests_per_hour: u16,
    /// Requests that wait for their source or for an answer.
    pub waiting: u16,
}

/// What one person has and has asked for.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// When they asked within the last hour or longer, and under which rules; the newest first.
    pub asked: Vec<(Instant, Vec<RuleName>)>,
    /// Doors that are open for them or asked for, by rule, and when each is over at the latest.
    pub doors: Vec<(RuleName, Door, Instant)>,
    /// When each of their requests that wait is over at the latest.
    pub waiting: Vec<Instant>,
}

/// Why somebody has to wait before they ask again; `next` is when it works again at the latest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum TooMuch {
    /// Too many requests within an hour; without a rule, it is the guard for all rules together.
    RequestsPerHour {
        rule: Option<RuleName>,
        most: u16,
        next: Instant,
    },
    /// Too many ports open or asked for at once under one rule.
    Open {
        rule: RuleName,
        most: u16,
        have: usize,
        next: Option<Instant>,
    },
    /// Too many requests that wait.
    Waiting { most: u16, next: Instant },
}

impl TooMuch {
    /// The stable code, as it is logged and counted.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RequestsPerHour { rule: None, .. } => "flood_per_hour",
            Self::RequestsPerHour { .. } => "rule_per_hour",
            Self::Open { .. } => "rule_open",
            Self::Waiting { .. } => "flood_waiting",
        }
    }
}

impl Account {
    /// Counts the doors of a request that is over at `over` at the latest.
    pub fn take(&mut self, request: &Request, over: Instant) {
        for terms in &request.terms {
            let doors = terms.doors.iter();
            self.doors
                .extend(doors.map(|door| (terms.rule.clone(), door.clone(), over)));
        }
    }
}

const HOUR: TimeDelta = TimeDelta::hours(1);

impl FloodGuard {
    /// Whether the person may ask for anything at all now.
    pub fn lets_ask(self, account: &Account, now: Instant) -> Result<(), TooMuch> {
        if let Some(next) = full(
            account.asked.iter().map(|(at, _)| *at),
            self.requests_per_hour,
            now,
        ) {
            return Err(TooMuch::RequestsPerHour {
                rule: None,
                most: self.requests_per_hour,
                next,
            });
        }
        match soonest(account.waiting.clone(), usize::from(self.waiting), 1) {
            Some(next) => Err(TooMuch::Waiting {
                most: self.waiting,
                next,
            }),
            None => Ok(()),
        }
    }
}

impl PerPerson {
    /// Whether the person may ask once more under `rule`, to which `terms` belong.
    pub fn lets_ask(self, account: &Account, terms: &Terms, now: Instant) -> Result<(), TooMuch> {
        let rule = &terms.rule;
        let under = account.asked.iter().filter(|(_, rules)| rules.contains(rule));
        if let Some(most) = self.requests_per_hour
            && let Some(next) = full(under.map(|(at, _)| *at), most, now)
        {
            return Err(TooMuch::RequestsPerHour {
                rule: Some(rule.clone()),
                most,
                next,
            });
        }
        self.lets_open(account, terms)
    }

    /// Whether so many doors may be open for the person at once.
    pub fn lets_open(self, account: &Account, terms: &Terms) -> Result<(), TooMuch> {
        let Some(most) = self.open else { return Ok(()) };
        let have: Vec<_> = account
            .doors
            .iter()
            .filter(|(rule, ..)| *rule == terms.rule)
            .collect();
        let had: BTreeSet<&Door> = have.iter().map(|(_, door, _)| door).collect();
        // A door that is open already is replaced, and counts once.
        let new = terms.doors.iter().filter(|door| !had.contains(door)).count();
        if had.len() + new <= usize::from(most) {
            return Ok(());
        }
        let ends: Vec<Instant> = had
            .iter()
            .filter_map(|door| {
                have.iter()
                    .filter(|(_, other, _)| other == *door)
                    .map(|(.., end)| *end)
                    .max()
            })
            .collect();
        Err(TooMuch::Open {
            rule: terms.rule.clone(),
            most,
            have: had.len(),
            next: soonest(ends, usize::from(most), new),
        })
    }
}

/// When there is room again for one more request, if the last hour has `most` of them already.
fn full(asked: impl Iterator<Item = Instant>, most: u16, now: Instant) -> Option<Instant> {
    let recent: Vec<Instant> = asked.filter(|at| now < *at + HOUR).collect();
    soonest(
        recent.into_iter().map(|at| at + HOUR).collect(),
        usize::from(most),
        1,
    )
}

/// When `new` more fit beside what ends at `ends`, if `most` are allowed; `None`: they fit now, or never.
fn soonest(mut ends: Vec<Instant>, most: usize, new: usize) -> Option<Instant> {
    let too_many = (ends.len() + new).checked_sub(most).filter(|more| *more > 0)?;
    ends.sort_unstable();
    ends.get(too_many - 1).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::sample::vm;

    fn at(minute: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn door(name: &str) -> Door {
        Door {
            vm: vm("prod-web", name).id,
            port: "ssh".parse().unwrap(),
        }
    }

    fn terms(rule: &str, doors: &[&str]) -> Terms {
        Terms {
            rule: RuleName(rule.into()),
            doors: doors.iter().map(|name| door(name)).collect(),
            quorum: crate::domain::quorum::Quorum::sole(Vec::new(), 1),
            requester_roles: Vec::new(),
            attention: Default::default(),
            alone: None,
            second_look: None,
            bounds: Default::default(),
        }
    }

    fn asked(minutes: &[i64], rule: &str) -> Account {
        Account {
            asked: minutes
                .iter()
                .map(|minute| (at(*minute), vec![RuleName(rule.into())]))
                .collect(),
            ..Account::default()
        }
    }

    #[test]
    fn an_hour_holds_so_many_requests() {
        let three = PerPerson {
            open: None,
            requests_per_hour: Some(3),
        };
        let account = asked(&[50, 40, 30, -20], "web");
        assert_eq!(
            three.lets_ask(&account, &terms("web", &["a"]), at(55)),
            Err(TooMuch::RequestsPerHour {
                rule: Some(RuleName("web".into())),
                most: 3,
                next: at(90),
            })
        );
        assert!(three.lets_ask(&account, &terms("web", &["a"]), at(89)).is_err());
        assert_eq!(three.lets_ask(&account, &terms("web", &["a"]), at(90)), Ok(()));
        assert_eq!(
            three.lets_ask(&account, &terms("db", &["a"]), at(55)),
            Ok(()),
            "another rule"
        );
    }

    #[test]
    fn so_many_ports_are_open_at_once() {
        let two = PerPerson {
            open: Some(2),
            requests_per_hour: None,
        };
        let rule = RuleName("web".into());
        let account = Account {
            doors: vec![
                (rule.clone(), door("a"), at(60)),
                (rule.clone(), door("a"), at(10)),
                (rule.clone(), door("b"), at(30)),
            ],
            ..Account::default()
        };
        let refused = |have, next| {
            Err(TooMuch::Open {
                rule: rule.clone(),
                most: 2,
                have,
                next,
            })
        };
        assert_eq!(
            two.lets_open(&account, &terms("web", &["c"])),
            refused(2, Some(at(30)))
        );
        assert_eq!(
            two.lets_open(&account, &terms("web", &["c", "d"])),
            refused(2, Some(at(60)))
        );
        assert_eq!(
            two.lets_open(&account, &terms("web", &["c", "d", "e"])),
            refused(2, None),
            "never fits"
        );
        assert_eq!(
            two.lets_open(&account, &terms("web", &["a", "b"])),
            Ok(()),
            "the same again"
        );
        assert_eq!(
            two.lets_open(&account, &terms("db", &["c"])),
            Ok(()),
            "another rule"
        );
    }

    #[test]
    fn the_guard_counts_all_rules_together() {
        let guard = FloodGuard {
            requests_per_hour: 2,
            waiting: 2,
        };
        let mut account = asked(&[50], "web");
        assert_eq!(guard.lets_ask(&account, at(55)), Ok(()));
        account.waiting = vec![at(70), at(60)];
        assert_eq!(
            guard.lets_ask(&account, at(55)),
            Err(TooMuch::Waiting {
                most: 2,
                next: at(60)
            })
        );
        account.asked.push((at(45), vec![RuleName("db".into())]));
        assert_eq!(
            guard.lets_ask(&account, at(55)).unwrap_err().code(),
            "flood_per_hour"
        );
    }

    proptest! {
        #[test]
        fn it_works_again_when_it_is_said_to(
            minutes in prop::collection::vec(0_i64..120, 0..12),
            most in 1_u16..8,
        ) {
            let guard = FloodGuard { requests_per_hour: most, waiting: u16::MAX };
            let account = asked(&minutes, "web");
            let now = at(120);
            match guard.lets_ask(&account, now) {
                Ok(()) => prop_assert!(minutes.iter().filter(|minute| **minute > 60).count() < usize::from(most)),
                Err(TooMuch::RequestsPerHour { next, .. }) => {
                    prop_assert!(next > now);
                    prop_assert_eq!(guard.lets_ask(&account, next), Ok(()));
                    prop_assert!(guard.lets_ask(&account, next - TimeDelta::seconds(1)).is_err());
                }
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
