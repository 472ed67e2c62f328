//! Templates: which of them a person can use, and what they fill in.

use super::{
    Engine,
    inventory::{Found, View},
};
use crate::{
    domain::{Instant, actor::Actor},
    policy::{RuleBook, Template},
};

impl Engine {
    /// The templates whose name has `typed` in it and all of whose doors this person may ask for; never any I/O.
    pub fn suggest_templates(&self, actor: &Actor, typed: &str, most: usize) -> Vec<Template> {
        usable(&self.rules.load(), &self.inventory.view(), actor, self.now())
            .filter(|template| {
                template
                    .name
                    .to_lowercase()
                    .contains(&typed.trim().to_lowercase())
            })
            .take(most)
            .cloned()
            .collect()
    }
}

/// The templates all of whose doors `actor` may ask for.
pub(super) fn usable<'a>(
    rules: &'a RuleBook,
    view: &'a View,
    actor: &'a Actor,
    now: Instant,
) -> impl Iterator<Item = &'a Template> {
    rules.templates.iter().filter(move |template| {
        template.vms.iter().all(|text| match view.find(text) {
            Found::One(vm) => template
                .ports
                .iter()
                .all(|port| rules.governing(actor, vm, *port, now).is_ok()),
            Found::None | Found::Several(_) => false,
        })
    })
}
