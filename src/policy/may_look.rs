//! Whose business a VM is: who may see what its network lets in.

use super::book::RuleBook;
use crate::domain::{actor::Actor, vm::Vm};

/// Whether some rule about `vm` lets `actor` ask, or names `actor` as an approver.
pub fn may_look(book: &RuleBook, actor: &Actor, vm: &Vm) -> bool {
    book.rules
        .iter()
        .any(|rule| (rule.lets_ask(actor) || actor.is_any_of(&rule.approvers)) && rule.is_about(vm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::vm::JitState,
        policy::sample::{DEVELOPER, ON_CALL, actor, book, rule, vm},
    };

    #[test]
    fn who_may_ask_or_approve_may_look() {
        let mut web = rule("web");
        web.vms = vec!["web-*".parse().unwrap()];
        let book = book(vec![web]);
        let (mut web, db) = (vm("prod-web", "web-01"), vm("prod-db", "db-01"));
        for roles in [[DEVELOPER], [ON_CALL]] {
            assert!(may_look(&book, &actor(1, &roles), &web));
            assert!(!may_look(&book, &actor(1, &roles), &db));
        }
        assert!(!may_look(&book, &actor(9, &[]), &web));
        web.jit = JitState::NotConfigured;
        assert!(
            may_look(&book, &actor(1, &[DEVELOPER]), &web),
            "also where JIT guards nothing"
        );
    }
}
