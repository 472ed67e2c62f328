//! What a person may ask for at all: the filter behind autocomplete.

use super::{book::RuleBook, rule::Rule};
use crate::domain::{
    actor::Actor,
    port::Port,
    vm::{JitState, Vm},
};

/// The rules under which one person may ask, sorted out once for many VMs.
#[derive(Debug)]
pub struct Asker<'a> {
    rules: Vec<&'a Rule>,
}

impl<'a> Asker<'a> {
    /// The rules of `book` for `actor`.
    pub fn new(book: &'a RuleBook, actor: &Actor) -> Self {
        Self {
            rules: book.rules.iter().filter(|rule| rule.lets_ask(actor)).collect(),
        }
    }

    /// Whether some rule lets this person ask for some port that JIT guards on `vm`.
    pub fn may_ask(&self, vm: &Vm) -> bool {
        self.rules
            .iter()
            .any(|rule| guarded_ports(vm).any(|port| rule.ports.contains(port)) && rule.is_about(vm))
    }

    /// The ports of `vm` that JIT guards and that this person may ask for, in order.
    pub fn ports(&self, vm: &Vm) -> Vec<Port> {
        let mut ports: Vec<Port> = guarded_ports(vm)
            .filter(|port| {
                self.rules
                    .iter()
                    .any(|rule| rule.ports.contains(*port) && rule.is_about(vm))
            })
            .collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }
}

/// Whether `actor` may ask for some port of `vm`. For many VMs, make one [`Asker`].
pub fn may_ask(book: &RuleBook, actor: &Actor, vm: &Vm) -> bool {
    Asker::new(book, actor).may_ask(vm)
}

fn guarded_ports(vm: &Vm) -> impl Iterator<Item = Port> + '_ {
    let policies = match &vm.jit {
        JitState::Configured { policies } => policies.as_slice(),
        JitState::NotConfigured | JitState::Unsupported { .. } => &[],
    };
    policies
        .iter()
        .flat_map(|entry| entry.ports.iter().map(|jit| jit.port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::sample::{DEVELOPER, actor, book, ports, rule, vm};

    #[test]
    fn a_person_sees_what_a_rule_lets_them_ask_for() {
        let mut web = rule("web");
        web.vms = vec!["web-*".parse().unwrap()];
        web.ports = ports(&["ssh"]);
        let book = book(vec![web]);
        let alice = actor(1, &[DEVELOPER]);
        let mallory = actor(9, &[]);
        let (mut web, db) = (vm("prod-web", "web-01"), vm("prod-db", "db-01"));
        assert!(may_ask(&book, &alice, &web));
        assert!(!may_ask(&book, &alice, &db));
        assert!(!may_ask(&book, &mallory, &web));
        assert_eq!(Asker::new(&book, &alice).ports(&web), ["ssh".parse().unwrap()]);
        web.jit = JitState::NotConfigured;
        assert!(!may_ask(&book, &alice, &web), "nothing can be opened there");
    }
}
