//! The rules as they are now, and how they are exchanged.

use std::sync::Arc;

use super::{Engine, write};
use crate::{
    domain::{
        Change,
        record::{By, Entry, Fact},
        request::Request,
        vote::Terms,
    },
    policy::{self, RuleBook},
    store::StoreError,
};

impl Engine {
    /// The terms under which the rules of now would allow `request`; `None` if they would not.
    pub(crate) fn terms_today(&self, request: &Request) -> Option<Vec<Terms>> {
        let (view, rules, now) = (self.inventory.view(), self.rules.load(), self.now());
        let at = |moment| policy::judge_again(&rules, request, |id| view.vm(id), moment).ok();
        let today = at(now)?;
        match request.starts_at.filter(|start| now < *start) {
            // Whoever decides on what starts later decides by the rules of that hour.
            Some(start) => at(start),
            None => Some(today),
        }
    }

    /// Exchanges the rules and records it with both hashes; the same rules change nothing.
    pub async fn reload_rules(&self, rules: RuleBook) -> Result<bool, StoreError> {
        let now = self.now();
        let before = self.rules.load().hash.clone();
        if before == rules.hash {
            return Ok(false);
        }
        let mut work = self.store.begin().await?;
        let fact = Fact::RulesReloaded {
            before,
            after: rules.hash.clone(),
        };
        let change = Change {
            after: (),
            records: vec![Entry { by: By::Bot, fact }],
            effects: Vec::new(),
        };
        write(&mut work, change, now).await?;
        // The swap comes last: rules that could not be recorded are not used.
        work.commit().await?;
        self.rules.store(Arc::new(rules));
        Ok(true)
    }
}
