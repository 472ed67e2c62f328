//! Which reasons are offered while somebody types one.

use super::may_ask::Asker;
use crate::domain::{port::Port, vm::Vm};

impl Asker<'_> {
    /// What the rules suggest that let this person ask for one of `vms`, or for anything where none is typed yet, in the
    /// order of the rules and each once.
    pub fn reasons(&self, vms: &[&Vm], ports: &[Port]) -> Vec<&str> {
        let concerned = self.rules.iter().filter(|rule| {
            (vms.is_empty() || vms.iter().any(|vm| rule.is_about(vm)))
                && (ports.is_empty() || ports.iter().any(|port| rule.ports.contains(*port)))
        });
        let mut found: Vec<&str> = Vec::new();
        for reason in concerned.flat_map(|rule| &rule.reason.suggestions) {
            if !found.contains(&reason.as_str()) {
                found.push(reason);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Instant,
        policy::sample::{DEVELOPER, LEAD, actor, book, role, rule, vm},
    };

    #[test]
    fn only_rules_under_which_the_person_may_ask_suggest_something() {
        let (mut web, mut db, mut leads) = (rule("web"), rule("db"), rule("leads"));
        web.vms = vec!["web-*".parse().unwrap()];
        db.vms = vec!["db-*".parse().unwrap()];
        leads.requesters = vec![role(LEAD)];
        web.reason.suggestions = vec!["deploy".into(), "look at a log".into()];
        db.reason.suggestions = vec!["backup".into(), "deploy".into()];
        leads.reason.suggestions = vec!["secret plan".into()];
        let book = book(vec![web, db, leads]);
        let alice = Asker::new(&book, &actor(1, &[DEVELOPER]), Instant::UNIX_EPOCH);
        let (web, db) = (vm("prod-web", "web-01"), vm("prod-data", "db-01"));
        assert_eq!(alice.reasons(&[], &[]), ["deploy", "look at a log", "backup"]);
        assert_eq!(alice.reasons(&[&web], &[]), ["deploy", "look at a log"]);
        assert_eq!(
            alice.reasons(&[&db], &["ssh".parse().unwrap()]),
            ["backup", "deploy"]
        );
        let mallory = Asker::new(&book, &actor(9, &[]), Instant::UNIX_EPOCH);
        assert!(mallory.reasons(&[], &[]).is_empty());
    }
}
