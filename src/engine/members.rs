//! Who is in the guild with which roles, where the application may list its members.
//!
//! Without the privileged intent for members Discord lists nobody. Then the bot knows which roles there are, and not
//! who has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::TimeDelta;
use tracing::warn;

use super::Engine;
use crate::{
    chat::{rest::MEMBERS_PAGE, snowflake},
    domain::{
        Instant,
        actor::Principal,
        ids::{RoleId, UserId},
        quorum::Quorum,
    },
};

/// For so long the list is good enough to say that somebody is there. That nobody is, is said of a new one only.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(5);
/// A hundred thousand members: whoever has more is not waited for.
const PAGES_MAX: usize = 100;

/// The members of the guild, without bots, whose votes never count.
#[derive(Debug, Default)]
pub(crate) struct Members {
    read_at: Instant,
    people: BTreeSet<UserId>,
    roles: BTreeMap<RoleId, BTreeSet<UserId>>,
}

impl Members {
    /// Whether this person is in the guild.
    pub(crate) fn has(&self, person: UserId) -> bool {
        self.people.contains(&person)
    }

    /// `quorum` with everybody by name who is there: each role is those who have it.
    pub(super) fn in_person(&self, quorum: &Quorum) -> Quorum {
        quorum.with_each(|principal| match principal {
            Principal::Role(role) => self.who_has(role).map(Principal::User).collect(),
            Principal::User(user) if self.has(user) => vec![principal],
            Principal::User(_) => Vec::new(),
        })
    }

    fn who_has(&self, role: RoleId) -> impl Iterator<Item = UserId> + '_ {
        self.roles.get(&role).into_iter().flatten().copied()
    }
}

impl Engine {
    /// The members as they were read within the last minutes, or now where it must be `fresh`. `None`: the bot may not
    /// list them, or Discord does not.
    pub(super) async fn members(&self, fresh: bool) -> Option<Arc<Members>> {
        if !self.settings.counts_members {
            return None;
        }
        let now = self.now();
        let known = self.guild_members.load_full();
        if let Some(known) = known.filter(|known| !fresh && now < known.read_at + GOOD_FOR) {
            return Some(known);
        }
        let members = Arc::new(self.read_members(now).await?);
        self.guild_members.store(Some(Arc::clone(&members)));
        Some(members)
    }

    async fn read_members(&self, now: Instant) -> Option<Members> {
        let guild = snowflake::guild(self.settings.guild);
        let mut members = Members {
            read_at: now,
            ..Members::default()
        };
        let mut after = 0;
        for _ in 0..PAGES_MAX {
            let page = match self.rest.members(guild, after).await {
                Ok(page) => page,
                Err(why) => {
                    warn!(error = %why, "Discord does not list the members of the server, so who has a role is not counted.");
                    return None;
                }
            };
            for member in &page {
                after = after.max(member.user.id.get());
                if member.user.bot {
                    continue;
                }
                let person = UserId(member.user.id.get());
                members.people.insert(person);
                for role in &member.roles {
                    members
                        .roles
                        .entry(RoleId(role.get()))
                        .or_default()
                        .insert(person);
                }
            }
            if page.len() < MEMBERS_PAGE {
                return Some(members);
            }
        }
        warn!("The server has too many members to list, so who has a role is not counted.");
        None
    }
}
