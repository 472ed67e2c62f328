//! May somebody open at once, without an approval? Off, unless every rule involved names them for it.

use super::book::RuleBook;
use crate::domain::{
    actor::{Actor, Principal},
    alone::Alone,
    ids::RuleName,
    vote::Terms,
};

/// Who may open alone under a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakGlass {
    pub requesters: Vec<Principal>,
    /// Whether it opens also while a freeze is on.
    pub in_freeze: bool,
}

/// Why the glass stays whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GlassRefusal {
    /// The rule lets nobody do it.
    NotHere { rule: RuleName },
    /// The rule names others.
    OtherPeople { rule: RuleName },
    /// A freeze is on, and the rule does not open in one.
    Frozen { rule: RuleName },
}

/// Whether `requester` may open at once what the rules have allowed under `terms`, which keep that it was so.
pub fn break_glass(
    book: &RuleBook,
    terms: &mut [Terms],
    requester: &Actor,
    frozen: bool,
) -> Result<(), GlassRefusal> {
    for terms in terms {
        let rule = terms.rule.clone();
        let Some(glass) = book.named(&rule).and_then(|rule| rule.break_glass.as_ref()) else {
            return Err(GlassRefusal::NotHere { rule });
        };
        if !requester.is_any_of(&glass.requesters) {
            return Err(GlassRefusal::OtherPeople { rule });
        }
        if frozen && !glass.in_freeze {
            return Err(GlassRefusal::Frozen { rule });
        }
        terms.alone = Some(Alone::BrokeGlass {
            in_freeze: glass.in_freeze,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{
        Question, judge,
        sample::{DEVELOPER, ON_CALL, actor, book, ports, role, rule, vm},
    };

    fn broken(names: &[&str], roles: &[u64], frozen: bool, in_freeze: bool) -> Result<(), String> {
        let (mut ssh, mut rdp) = (rule("ssh"), rule("rdp"));
        ssh.ports = ports(&["ssh"]);
        ssh.break_glass = Some(BreakGlass {
            requesters: vec![role(ON_CALL)],
            in_freeze,
        });
        rdp.ports = ports(&["rdp"]);
        let book = book(vec![ssh, rdp]);
        let who = actor(1, roles);
        let web = vm("prod-web", "web-01");
        let vms = [(&web, names.iter().map(|name| name.parse().unwrap()).collect())];
        let question = Question {
            requester: &who,
            vms: &vms,
            length: None,
            source: None,
            reason: None,
            now: crate::domain::Instant::UNIX_EPOCH,
        };
        let mut terms = judge(&book, &question).unwrap().terms;
        break_glass(&book, &mut terms, &who, frozen).map_err(|why| format!("{why:?}"))
    }

    #[test]
    fn only_where_every_rule_says_so_for_this_person() {
        let both = [DEVELOPER, ON_CALL];
        assert_eq!(broken(&["ssh"], &both, false, false), Ok(()));
        let refused = |outcome: Result<(), String>| outcome.unwrap_err();
        assert!(refused(broken(&["rdp"], &both, false, false)).starts_with("NotHere"));
        assert!(refused(broken(&["ssh", "rdp"], &both, false, false)).starts_with("NotHere"));
        assert!(refused(broken(&["ssh"], &[DEVELOPER], false, false)).starts_with("OtherPeople"));
    }

    #[test]
    fn never_in_a_freeze_unless_the_rule_says_so() {
        let both = [DEVELOPER, ON_CALL];
        assert!(
            broken(&["ssh"], &both, true, false)
                .unwrap_err()
                .starts_with("Frozen")
        );
        assert_eq!(broken(&["ssh"], &both, true, true), Ok(()));
    }
}
