//! All rules, in the order in which they are tried.

use super::{refusal::Refusal, rule::Rule, template::Template};
use crate::domain::{
    Instant,
    actor::Actor,
    hours::Hours,
    ids::{ChannelId, RuleName},
    port::Port,
    vm::Vm,
    vote::{Door, Terms},
};

/// The rules in force. A reload replaces the whole book.
#[derive(Debug, Clone, Default)]
pub struct RuleBook {
    /// In order: the first that matches governs.
    pub rules: Vec<Rule>,
    /// Requests that people can ask for by a name.
    pub templates: Vec<Template>,
    /// The SHA-256 of all that the rules say, in hex: what a reload records.
    pub hash: String,
}

impl RuleBook {
    /// The rule that governs `port` of `vm` for `actor` at `now`, or why none does.
    pub fn governing(&self, actor: &Actor, vm: &Vm, port: Port, now: Instant) -> Result<&Rule, Refusal> {
        let governs = self.rules.iter().find(|rule| rule.matches(actor, vm, port, now));
        governs.ok_or_else(|| self.why_none(actor, vm, port, now))
    }

    /// Which rule would govern at another hour, the soonest; or that none ever does.
    fn why_none(&self, actor: &Actor, vm: &Vm, port: Port, now: Instant) -> Refusal {
        let door = Door {
            vm: vm.id.clone(),
            port,
        };
        let later = self
            .rules
            .iter()
            .filter(|rule| rule.matches_in_hours(actor, vm, port))
            .filter_map(|rule| Some((rule, rule.hours.clone()?)))
            .map(|(rule, hours)| (hours.next(now), rule, hours));
        // What is never on again comes last.
        let soonest = later.min_by_key(|(next, ..)| (next.is_none(), *next));
        match soonest {
            Some((next, rule, hours)) => Refusal::OutsideHours {
                door,
                rule: rule.name.clone(),
                hours,
                next,
            },
            None => Refusal::NoRule { door },
        }
    }

    /// The next moment before `end` at which the hours of some rule or limit begin or end: another rule may govern
    /// then, or the same one want more.
    pub fn next_hours(&self, now: Instant, end: Instant) -> Option<Instant> {
        let mut all: Vec<&Hours> = Vec::new();
        for rule in &self.rules {
            let limits = rule.limits.iter().filter_map(|entry| entry.when.hours.as_ref());
            for hours in rule.hours.iter().chain(limits) {
                if !all.contains(&hours) {
                    all.push(hours);
                }
            }
        }
        let changes = all.into_iter().filter_map(|hours| {
            if hours.contains(now) {
                hours.end(now)
            } else {
                hours.next(now)
            }
        });
        changes.min().filter(|change| *change < end)
    }

    /// The rule of this name.
    pub fn named(&self, name: &RuleName) -> Option<&Rule> {
        self.rules.iter().find(|rule| &rule.name == name)
    }

    /// The channel for the card of a request under `terms`; `None` is the general approver channel.
    ///
    /// There is one card for each request. Where several rules are involved and do not agree on a channel, the
    /// general one is the only place that all their approvers share.
    pub fn channel_for(&self, terms: &[Terms]) -> Option<ChannelId> {
        let mut channels = terms
            .iter()
            .map(|terms| self.named(&terms.rule).and_then(|rule| rule.channel));
        let first = channels.next()??;
        channels.all(|channel| channel == Some(first)).then_some(first)
    }
}
