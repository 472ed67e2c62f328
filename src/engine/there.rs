//! Whether anybody is there to approve, found out before anything is posted, as far as the bot can see.
//!
//! It sees which roles the guild has, from the gateway, and whether a named person is a member. Who has a role it sees
//! only with a privileged intent ([`super::members`]); without, a role that exists counts as enough. What cannot be read
//! counts as enough too: an outage of Discord must not refuse a request.

use std::collections::BTreeSet;

use tracing::warn;

use super::{Engine, request::Read, write};
use crate::{
    chat::{rest::JsonCode, snowflake},
    domain::{
        Change,
        actor::{Actor, Person, Principal},
        ids::{RoleId, UserId},
        lack::Lack,
        quorum::Quorum,
        record::{By, Entry, Fact},
        vote::Terms,
    },
    policy::{self, Question, Refusal, RuleBook},
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

    /// Why nobody could approve what this person asks for, as far as that can be seen; the administrators read it in the
    /// trail.
    ///
    /// It asks Discord, so it is found out before the writer's turn. What the rules themselves refuse is left to
    /// that turn.
    pub(super) async fn nobody_there(
        &self,
        requester: &Actor,
        read: &Read<'_>,
    ) -> Result<Option<Refusal>, StoreError> {
        let now = self.now();
        let rules = self.rules.load_full();
        let question = Question {
            requester,
            vms: &read.vms,
            length: read.length,
            source: read.source,
            reason: read.reason.as_ref(),
            now,
        };
        let person = &requester.person;
        let terms = match policy::judge_with_start(&rules, &question, read.starts_at) {
            Ok(allowed) => allowed.terms,
            Err(why) => return self.nobody_named(&rules, person, why).await,
        };
        // Whoever asks for too much is told so in the writer's turn, and costs Discord nothing.
        let mut view = self.store.read().await?;
        let room = self.has_room(&mut view, &rules, person.id, &terms, now).await?;
        drop(view);
        if room.is_err() {
            return Ok(None);
        }
        for terms in &terms {
            // A rule that may approve alone may not need anybody.
            let alone = rules
                .named(&terms.rule)
                .is_some_and(|rule| rule.auto_approve.is_some());
            if alone {
                continue;
            }
            if let Some(lack) = self.lack(person.id, terms).await {
                self.tell_lack(person, &lack).await?;
                return Ok(Some(Refusal::NobodyThere { lack }));
            }
        }
        Ok(None)
    }

    /// What the rules alone have found out already, which the administrators are told too.
    async fn nobody_named(
        &self,
        rules: &RuleBook,
        requester: &Person,
        why: Refusal,
    ) -> Result<Option<Refusal>, StoreError> {
        let Refusal::NobodyCanApprove { rule } = &why else {
            return Ok(None);
        };
        let Some(rule) = rules.named(rule) else {
            return Ok(None);
        };
        let others: BTreeSet<_> = people(&rule.quorum, requester.id).collect();
        let lack = Lack {
            rule: rule.name.clone(),
            needed: short(rule.quorum.approvals()),
            there: u32::try_from(others.len()).unwrap_or(u32::MAX),
            missing_roles: Vec::new(),
            gone: Vec::new(),
            groups: names(&rule.quorum, requester.id),
            uncounted: roles(&rule.quorum).next().is_some(),
        };
        self.tell_lack(requester, &lack).await?;
        Ok(Some(why))
    }

    /// Who is missing, if too few are there to approve under `terms`.
    pub(super) async fn lack(&self, requester: UserId, terms: &Terms) -> Option<Lack> {
        let known = self.guild_roles.load_full();
        let is_missing = |role: RoleId| known.as_ref().is_some_and(|roles| !roles.contains(&role));
        let missing_roles: Vec<_> = roles(&terms.quorum).filter(|role| is_missing(*role)).collect();
        let quorum = terms.quorum.with_each(|principal| match principal {
            Principal::Role(role) if is_missing(role) => Vec::new(),
            _ => vec![principal],
        });
        let (there, gone) = self.there(requester, &quorum).await?;
        let others: BTreeSet<_> = people(&there, requester).collect();
        Some(Lack {
            rule: terms.rule.clone(),
            needed: short(terms.quorum.approvals()),
            there: u32::try_from(others.len()).unwrap_or(u32::MAX),
            missing_roles,
            gone,
            groups: names(&there, requester),
            uncounted: roles(&there).next().is_some(),
        })
    }

    /// Who of `quorum` is there, and who has left, if those who are there are too few; `None` where they may be enough.
    async fn there(&self, requester: UserId, quorum: &Quorum) -> Option<(Quorum, Vec<UserId>)> {
        let is_enough = |there: &Quorum| !there.is_out_of_reach(Some(requester));
        if let Some(members) = self.members(false).await {
            if is_enough(&members.in_person(quorum)) {
                return None;
            }
            // Somebody may have got the role since it was listed.
            let members = self.members(true).await?;
            let there = members.in_person(quorum);
            let gone = people(quorum, requester)
                .filter(|user| !members.has(*user))
                .collect();
            return (!is_enough(&there)).then_some((there, gone));
        }
        let roles_alone = quorum.with_each(|principal| match principal {
            Principal::Role(_) => vec![principal],
            Principal::User(_) => Vec::new(),
        });
        if is_enough(&roles_alone) {
            return None;
        }
        let mut gone: Vec<UserId> = Vec::new();
        let guild = snowflake::guild(self.settings.guild);
        for user in people(quorum, requester).collect::<BTreeSet<_>>() {
            match self.rest.member(guild, snowflake::user(user)).await {
                Ok(_) => {}
                Err(why) if why.is(JsonCode::UnknownMember) || why.is(JsonCode::UnknownUser) => {
                    gone.push(user);
                }
                Err(why) => {
                    warn!(user.id = %user, error = %why, "Discord does not say whether an approver is there; the request is taken.");
                    return None;
                }
            }
        }
        let there = quorum.with_each(|principal| match principal {
            Principal::User(user) if gone.contains(&user) => Vec::new(),
            _ => vec![principal],
        });
        (!is_enough(&there)).then_some((there, gone))
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

/// Everybody whom `quorum` names in person, without who asks.
fn people(quorum: &Quorum, requester: UserId) -> impl Iterator<Item = UserId> + '_ {
    quorum.approvers().filter_map(move |principal| match principal {
        Principal::User(user) if *user != requester => Some(*user),
        _ => None,
    })
}

fn roles(quorum: &Quorum) -> impl Iterator<Item = RoleId> + '_ {
    quorum.approvers().filter_map(|principal| match principal {
        Principal::Role(role) => Some(*role),
        Principal::User(_) => None,
    })
}

fn names(quorum: &Quorum, requester: UserId) -> Vec<String> {
    quorum.too_small(Some(requester)).map(str::to_owned).collect()
}

fn short(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}
