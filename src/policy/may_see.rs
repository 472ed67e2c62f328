//! Which machines a person is told of at all: the filter behind `/jit vms`.

use super::{book::RuleBook, rule::Rule};
use crate::domain::{actor::Actor, vm::Vm};

/// The rules that concern one person, sorted out once for many VMs.
#[derive(Debug)]
pub struct Viewer<'a> {
    rules: Vec<&'a Rule>,
    sees_all: bool,
}

impl<'a> Viewer<'a> {
    /// The rules of `book` under which `actor` asks or approves; `sees_all`: everything is shown to them.
    pub fn new(book: &'a RuleBook, actor: &Actor, sees_all: bool) -> Self {
        let concerns = |rule: &&Rule| rule.lets_ask(actor) || rule.quorum.includes(actor);
        Self {
            rules: book.rules.iter().filter(concerns).collect(),
            sees_all,
        }
    }

    /// Whether this person may know of `vm`: also of one on which nothing can be opened yet, so that they can find
    /// out why.
    pub fn may_see(&self, vm: &Vm) -> bool {
        self.sees_all || self.rules.iter().any(|rule| rule.is_about(vm))
    }

    /// Whether this person is told of everything.
    pub fn sees_all(&self) -> bool {
        self.sees_all
    }

    /// Whether no rule concerns this person.
    pub fn sees_nothing(&self) -> bool {
        !self.sees_all && self.rules.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{quorum::Quorum, vm::JitState},
        policy::sample::{DEVELOPER, LEAD, actor, book, role, rule, vm},
    };

    #[test]
    fn a_person_is_told_of_what_their_rules_are_about() {
        let mut web = rule("web");
        web.vms = vec!["web-*".parse().unwrap()];
        web.requesters = vec![role(DEVELOPER)];
        web.quorum = Quorum::sole(vec![role(LEAD)], 1);
        let book = book(vec![web]);
        let (mut web, db) = (vm("prod-web", "web-01"), vm("prod-db", "db-01"));
        web.jit = JitState::NotConfigured;
        for roles in [[DEVELOPER], [LEAD]] {
            let viewer = Viewer::new(&book, &actor(1, &roles), false);
            assert!(viewer.may_see(&web) && !viewer.may_see(&db));
            assert!(!viewer.sees_nothing());
        }
        let mallory = Viewer::new(&book, &actor(9, &[]), false);
        assert!(mallory.sees_nothing() && !mallory.may_see(&web));
        let carol = Viewer::new(&book, &actor(9, &[]), true);
        assert!(carol.sees_all() && carol.may_see(&db) && !carol.sees_nothing());
    }
}
