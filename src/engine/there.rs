//! Whether anybody is there to approve, found out before anything is posted, as far as the bot can see.
//!
//! It sees which roles the guild has, from the gateway, and whether a named person is a member. Who has a role it does
//! not see without a privileged intent, so a role that exists counts as enough. What cannot be read counts as enough
//! too: an outage of Discord must not refuse a request.

use std::collections::BTreeSet;

use tracing::warn;

use super::{Engine, write};
use crate::{
    chat::{rest::JsonCode, snowflake},
    domain::{
        Change,
        actor::{Person, Principal},
        ids::{RoleId, UserId},
        lack::Lack,
        record::{By, Entry, Fact},
        vote::Terms,
    },
    policy::Refusal,
    store::StoreError,
};

/// The same lack is told again after this long: a flood of refused requests is one line an hour.
const TELL_EVERY_SECONDS: i64 = 60 * 60;

impl Engine {
    /// Takes up which roles the guild has, whenever Discord tells.
    pub fn guild_has_roles(&self, roles: BTreeSet<RoleId>) {
        self.guild_roles.store(Some(std::sync::Arc::new(roles)));
    }

    /// Takes up that a role was made or deleted.
    pub fn guild_role_changed(&self, role: RoleId, exists: bool) {
        self.guild_roles.rcu(|known| {
            let mut roles = known.as_deref()?.clone();
            if exists {
                roles.insert(role);
            } else {
                roles.remove(&role);
            }
            Some(std::sync::Arc::new(roles))
        });
    }

    /// Why nobody could approve under `terms` what this person asks for; the administrators read it in the trail.
    pub(super) async fn nobody_there(
        &self,
        requester: &Person,
        terms: &[Terms],
    ) -> Result<Option<Refusal>, StoreError> {
        let rules = self.rules.load_full();
        for terms in terms {
            // A rule that may approve alone may not need anybody.
            let alone = rules
                .named(&terms.rule)
                .is_some_and(|rule| rule.auto_approve.is_some());
            if alone {
                continue;
            }
            if let Some(lack) = self.lack(requester.id, terms).await {
                self.tell_lack(requester, &lack).await?;
                return Ok(Some(Refusal::NobodyThere { lack }));
            }
        }
        Ok(None)
    }

    /// Tells the administrators what the rules alone have found out already.
    pub(super) async fn tell_nobody_else(
        &self,
        requester: &Person,
        refusal: &Refusal,
    ) -> Result<(), StoreError> {
        let Refusal::NobodyCanApprove { rule } = refusal else {
            return Ok(());
        };
        let rules = self.rules.load();
        let Some(rule) = rules.named(rule) else {
            return Ok(());
        };
        let others: BTreeSet<_> = rule
            .quorum
            .approvers()
            .filter(|principal| **principal != Principal::User(requester.id))
            .collect();
        let lack = Lack {
            rule: rule.name.clone(),
            needed: short(rule.quorum.approvals()),
            there: u32::try_from(others.len()).unwrap_or(u32::MAX),
            missing_roles: Vec::new(),
            gone: Vec::new(),
        };
        self.tell_lack(requester, &lack).await
    }

    async fn lack(&self, requester: UserId, terms: &Terms) -> Option<Lack> {
        let known = self.guild_roles.load_full();
        let mut missing_roles = Vec::new();
        for approver in terms.quorum.approvers() {
            if let Principal::Role(role) = approver {
                match &known {
                    Some(roles) if !roles.contains(role) => missing_roles.push(*role),
                    // How many have it is not known, so it may be enough.
                    _ => return None,
                }
            }
        }
        let mut there = BTreeSet::new();
        let mut gone = Vec::new();
        for approver in terms.quorum.approvers() {
            let Principal::User(user) = approver else { continue };
            if *user == requester || there.contains(user) {
                continue;
            }
            let guild = snowflake::guild(self.settings.guild);
            match self.rest.member(guild, snowflake::user(*user)).await {
                Ok(_) => {
                    there.insert(*user);
                }
                Err(why) if why.is(JsonCode::UnknownMember) || why.is(JsonCode::UnknownUser) => {
                    gone.push(*user);
                }
                Err(why) => {
                    warn!(user.id = %user, error = %why, "Discord does not say whether an approver is there; the request is taken.");
                    return None;
                }
            }
            if there.len() >= terms.quorum.approvals() {
                return None;
            }
        }
        Some(Lack {
            rule: terms.rule.clone(),
            needed: short(terms.quorum.approvals()),
            there: u32::try_from(there.len()).unwrap_or(u32::MAX),
            missing_roles,
            gone,
        })
    }

    async fn tell_lack(&self, requester: &Person, lack: &Lack) -> Result<(), StoreError> {
        metrics::counter!("portcullis_nobody_to_approve_total").increment(1);
        let now = self.now();
        let mut work = self.store.begin().await?;
        let hour = now.timestamp() / TELL_EVERY_SECONDS;
        if !work
            .first_time(&format!("nobody:{}:{}:{hour}", lack.rule, requester.id), now)
            .await?
        {
            return Ok(());
        }
        let change = Change {
            after: (),
            records: vec![Entry {
                by: By::Bot,
                fact: Fact::NobodyToApprove {
                    requester: requester.clone(),
                    lack: lack.clone(),
                },
            }],
            effects: Vec::new(),
        };
        write(&mut work, change, now).await?;
        work.commit().await
    }
}

fn short(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}
