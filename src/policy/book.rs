//! All rules, in the order in which they are tried.

use super::{rule::Rule, template::Template};
use crate::domain::{
    actor::Actor,
    ids::{ChannelId, RuleName},
    port::Port,
    vm::Vm,
    vote::Terms,
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
    /// The rule that governs `port` of `vm` for `actor`.
    pub fn governing(&self, actor: &Actor, vm: &Vm, port: Port) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.matches(actor, vm, port))
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
