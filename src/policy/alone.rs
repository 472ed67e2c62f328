//! Do the rules involved approve alone, without a person? Off, unless a rule says so with its conditions.

use ipnet::Ipv4Net;

use super::book::RuleBook;
use crate::domain::{
    Instant,
    actor::{Actor, Principal},
    alone::{Alone, NotAlone},
    hours::Hours,
    ids::RuleName,
    length::Length,
    second_look::looked_at_twice,
    source::Source,
    vote::Terms,
};

/// When a rule approves alone. All of it must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoApprove {
    /// For whom, among those who may ask.
    pub requesters: Vec<Principal>,
    /// From where, within what the rule allows.
    pub within: Vec<Ipv4Net>,
    /// How often for each person.
    pub at_most: u32,
    pub per: Length,
    /// At which hours, within those of the rule; `None` is at any.
    pub hours: Option<Hours>,
}

/// A request that is about to be asked.
#[derive(Debug, Clone, Copy)]
pub struct AskedAlone<'a> {
    /// With the roles of the moment of asking.
    pub requester: &'a Actor,
    pub source: Source,
    pub length: Length,
    pub frozen: bool,
    pub now: Instant,
    /// When the access is to start, if later.
    pub starts_at: Option<Instant>,
}

/// Whether all rules of `terms` approve alone; the terms keep what each that ever does so had to say.
///
/// `used` is how often a rule has done so for this person within its period.
pub fn approves_alone(
    book: &RuleBook,
    terms: &mut [Terms],
    asked: &AskedAlone<'_>,
    used: impl Fn(&RuleName) -> u32,
) -> bool {
    let conditions = |terms: &Terms| {
        book.named(&terms.rule)
            .and_then(|rule| rule.auto_approve.as_ref())
    };
    let is_risky = !looked_at_twice(terms, None, asked.length, asked.source).is_empty();
    let why_not = |auto: &AutoApprove, rule: &RuleName| {
        auto.refuses(asked, used(rule))
            .or_else(|| is_risky.then_some(NotAlone::SecondLook))
    };
    let refuses = |terms: &Terms| match conditions(terms) {
        None => true,
        Some(auto) => why_not(auto, &terms.rule).is_some(),
    };
    let first = terms
        .iter()
        .find(|terms| refuses(terms))
        .map(|terms| terms.rule.clone());
    let whys: Vec<_> = terms
        .iter()
        .map(|terms| conditions(terms).map(|auto| why_not(auto, &terms.rule)))
        .collect();
    for (terms, why) in terms.iter_mut().zip(whys) {
        terms.alone = why.map(|why| match (why, &first) {
            (Some(why), _) => Alone::NotApproved { why },
            (None, Some(rule)) => Alone::NotApproved {
                why: NotAlone::AnotherRule { rule: rule.clone() },
            },
            (None, None) => Alone::Approved,
        });
    }
    first.is_none() && !terms.is_empty()
}

impl AutoApprove {
    fn refuses(&self, asked: &AskedAlone<'_>, used: u32) -> Option<NotAlone> {
        if !asked.requester.is_any_of(&self.requesters) {
            return Some(NotAlone::OtherPeople);
        }
        if !self.within.iter().any(|net| net.contains(&asked.source.net())) {
            return Some(NotAlone::SourceOutside {
                within: self.within.clone(),
            });
        }
        let is_off = |hours: &&Hours| {
            !(hours.contains(asked.now) && asked.starts_at.is_none_or(|at| hours.contains(at)))
        };
        if let Some(hours) = self.hours.as_ref().filter(is_off) {
            return Some(NotAlone::OtherHours { hours: hours.clone() });
        }
        if asked.frozen {
            return Some(NotAlone::Frozen);
        }
        (used >= self.at_most).then_some(NotAlone::TooOften {
            at_most: self.at_most,
            per: self.per,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::second_look::SecondLook;
    use crate::policy::{
        Question, SecondLookRule, judge,
        sample::{DEVELOPER, LEAD, actor, book, hours, length, ports, role, rule, vm},
    };

    fn auto() -> AutoApprove {
        AutoApprove {
            requesters: vec![role(DEVELOPER)],
            within: vec!["8.8.8.0/24".parse().unwrap()],
            at_most: 2,
            per: length("24h"),
            hours: None,
        }
    }

    /// SSH under a rule that approves alone; RDP under one that does not.
    fn rules() -> RuleBook {
        let (mut ssh, rdp) = (rule("ssh"), rule("rdp"));
        ssh.ports = ports(&["ssh"]);
        ssh.auto_approve = Some(auto());
        book(vec![ssh, rdp])
    }

    /// What is decided of a request for `names`, and what the terms keep of it.
    fn decided(names: &[&str], source: &str, frozen: bool, used: u32) -> (bool, Vec<Option<Alone>>) {
        let book = rules();
        let alice = actor(1, &[DEVELOPER]);
        let web = vm("prod-web", "web-01");
        let vms = [(&web, names.iter().map(|name| name.parse().unwrap()).collect())];
        let source: Source = source.parse().unwrap();
        let question = Question {
            requester: &alice,
            vms: &vms,
            length: None,
            source: Some(source),
            reason: None,
            now: Instant::UNIX_EPOCH,
        };
        let mut terms = judge(&book, &question).unwrap().terms;
        let asked = AskedAlone {
            requester: &alice,
            source,
            length: length("1h"),
            frozen,
            now: Instant::UNIX_EPOCH,
            starts_at: None,
        };
        let alone = approves_alone(&book, &mut terms, &asked, |_| used);
        (alone, terms.into_iter().map(|terms| terms.alone).collect())
    }

    fn why(why: NotAlone) -> Option<Alone> {
        Some(Alone::NotApproved { why })
    }

    #[test]
    fn it_approves_when_all_holds() {
        assert_eq!(
            decided(&["ssh"], "8.8.8.8", false, 1),
            (true, vec![Some(Alone::Approved)])
        );
    }

    #[test]
    fn a_rule_that_says_nothing_never_does() {
        assert_eq!(decided(&["rdp"], "8.8.8.8", false, 0), (false, vec![None]));
    }

    #[test]
    fn each_condition_is_told_when_it_does_not_hold() {
        assert_eq!(
            decided(&["ssh"], "8.8.4.4", false, 0).1,
            [why(NotAlone::SourceOutside {
                within: auto().within
            })]
        );
        assert_eq!(decided(&["ssh"], "8.8.8.8", true, 0).1, [why(NotAlone::Frozen)]);
        assert_eq!(
            decided(&["ssh"], "8.8.8.8", false, 2),
            (
                false,
                vec![why(NotAlone::TooOften {
                    at_most: 2,
                    per: length("24h")
                })]
            )
        );
        assert_eq!(
            decided(&["ssh", "rdp"], "8.8.8.8", false, 0),
            (
                false,
                vec![
                    why(NotAlone::AnotherRule {
                        rule: RuleName("rdp".to_owned())
                    }),
                    None
                ]
            )
        );
    }

    #[test]
    fn it_keeps_its_hours() {
        let auto = AutoApprove {
            hours: Some(hours("mon-fri", "08:00", "18:00")),
            ..auto()
        };
        let alice = actor(1, &[DEVELOPER]);
        // The first moment of all times was a Thursday, at midnight.
        let at = |hour, start: Option<i64>| {
            let asked = AskedAlone {
                requester: &alice,
                source: "8.8.8.8".parse().unwrap(),
                length: length("1h"),
                frozen: false,
                now: Instant::UNIX_EPOCH + chrono::TimeDelta::hours(hour),
                starts_at: start.map(|start| Instant::UNIX_EPOCH + chrono::TimeDelta::hours(start)),
            };
            auto.refuses(&asked, 0)
        };
        let closed = Some(NotAlone::OtherHours {
            hours: hours("mon-fri", "08:00", "18:00"),
        });
        assert_eq!([at(8, None), at(17, None), at(8, Some(17))], [None, None, None]);
        let [night, evening, weekend] = [at(7, None), at(18, None), at(48 + 9, None)];
        assert_eq!(
            [night, evening, weekend],
            [closed.clone(), closed.clone(), closed.clone()]
        );
        assert_eq!(at(8, Some(18)), closed, "it is to start when they are over");
    }

    #[test]
    fn what_is_looked_at_twice_is_not_approved_alone() {
        let mut ssh = rule("ssh");
        ssh.auto_approve = Some(auto());
        ssh.second_look = Some(SecondLookRule {
            look: SecondLook {
                always: false,
                wider_than: None,
                longer_than: Some(length("30m")),
            },
            vms: Vec::new(),
        });
        let book = book(vec![ssh]);
        let alice = actor(1, &[DEVELOPER]);
        let web = vm("prod-web", "web-01");
        let vms = [(&web, vec!["ssh".parse().unwrap()])];
        for (asked_for, expected) in [("30m", Some(Alone::Approved)), ("31m", why(NotAlone::SecondLook))] {
            let question = Question {
                requester: &alice,
                vms: &vms,
                length: Some(length(asked_for)),
                source: Some("8.8.8.8".parse().unwrap()),
                reason: None,
                now: Instant::UNIX_EPOCH,
            };
            let mut terms = judge(&book, &question).unwrap().terms;
            let asked = AskedAlone {
                requester: &alice,
                source: "8.8.8.8".parse().unwrap(),
                length: length(asked_for),
                frozen: false,
                now: Instant::UNIX_EPOCH,
                starts_at: None,
            };
            let alone = approves_alone(&book, &mut terms, &asked, |_| 0);
            assert_eq!(alone, expected == Some(Alone::Approved));
            assert_eq!(terms[0].alone, expected, "{asked_for}");
        }
    }

    #[test]
    fn it_goes_by_the_roles_of_who_asks() {
        let auto = AutoApprove {
            requesters: vec![role(LEAD)],
            ..auto()
        };
        let alice = actor(1, &[DEVELOPER]);
        let asked = AskedAlone {
            requester: &alice,
            source: "8.8.8.8".parse().unwrap(),
            length: length("1h"),
            frozen: false,
            now: Instant::UNIX_EPOCH,
            starts_at: None,
        };
        assert_eq!(auto.refuses(&asked, 0), Some(NotAlone::OtherPeople));
    }
}
