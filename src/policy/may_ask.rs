//! What a person may ask for at all: the filter behind autocomplete.

use super::{book::RuleBook, rule::Rule};
use crate::domain::{
    Instant,
    actor::Actor,
    port::Port,
    vm::{JitState, Vm},
};

/// The rules under which one person may ask, sorted out once for many VMs.
#[derive(Debug)]
pub struct Asker<'a> {
    pub(super) rules: Vec<&'a Rule>,
}

impl<'a> Asker<'a> {
    /// The rules of `book` that hold for `actor` at `now`.
    pub fn new(book: &'a RuleBook, actor: &Actor, now: Instant) -> Self {
        let holds = |rule: &&Rule| rule.lets_ask(actor) && rule.is_on(now);
        Self {
            rules: book.rules.iter().filter(holds).collect(),
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
pub fn may_ask(book: &RuleBook, actor: &Actor, vm: &Vm, now: Instant) -> bool {
    Asker::new(book, actor, now).may_ask(vm)
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
    use crate::policy::sample::{DEVELOPER, actor, book, hours, ports, rule, vm};

    const NOW: Instant = Instant::UNIX_EPOCH;

    #[test]
    fn a_person_sees_what_a_rule_lets_them_ask_for() {
        let mut web = rule("web");
        web.vms = vec!["web-*".parse().unwrap()];
        web.ports = ports(&["ssh"]);
        let book = book(vec![web]);
        let alice = actor(1, &[DEVELOPER]);
        let mallory = actor(9, &[]);
        let (mut web, db) = (vm("prod-web", "web-01"), vm("prod-db", "db-01"));
        assert!(may_ask(&book, &alice, &web, NOW));
        assert!(!may_ask(&book, &alice, &db, NOW));
        assert!(!may_ask(&book, &mallory, &web, NOW));
        assert_eq!(
            Asker::new(&book, &alice, NOW).ports(&web),
            ["ssh".parse().unwrap()]
        );
        let mut nights = book.clone();
        // The first moment of all times was a Thursday, at midnight.
        nights.rules[0].hours = Some(hours("mon-fri", "08:00", "18:00"));
        assert!(!may_ask(&nights, &alice, &web, NOW), "it is night");
        assert!(may_ask(&nights, &alice, &web, NOW + chrono::TimeDelta::hours(8)));
        web.jit = JitState::NotConfigured;
        assert!(!may_ask(&book, &alice, &web, NOW), "nothing can be opened there");
    }
}
