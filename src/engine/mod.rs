//! The only writer of state: one verb, one file.
//!
//! Verbs that people call write one transaction and answer at once; what the outside world must do is left as
//! jobs, which the [`worker`] runs. Must not know: slash commands, HTTP routes, sentences (it hands facts to
//! `chat::message`), SQL, or the wire formats of Azure and Discord.

mod account;
pub mod address;
pub mod again;
mod alone;
pub mod answer;
pub mod card;
mod cause;
pub mod claim;
pub mod close;
mod compare_policies;
pub mod configure;
mod conflict;
mod digest;
pub mod end;
mod escalate;
pub mod explain;
pub mod extend;
mod found;
pub mod freeze;
pub mod glass;
pub mod inventory;
pub mod lapse;
pub mod lead;
pub mod list;
pub mod look;
mod measure;
mod member;
mod members;
pub mod name_source;
mod network_check;
pub mod network_rules;
mod notice;
pub mod open;
pub mod plan;
pub mod reactions;
mod reactions_later;
mod reasons;
pub mod reconcile;
mod remind;
mod replaced;
mod reply;
pub mod request;
pub mod rights;
pub mod rules;
pub mod scene;
pub mod settle;
pub mod shut;
mod shut_rules;
mod start;
pub mod take_back;
pub mod tell;
pub mod templates;
mod there;
pub mod trail;
pub mod vms;
pub mod vote;
pub mod watch;
mod who;
pub mod withdraw;
pub mod worker;

use std::{collections::BTreeSet, future::Future, sync::Arc, time::Duration};

use arc_swap::{ArcSwap, ArcSwapOption};
use chrono::{NaiveTime, TimeDelta};

use crate::{
    azure::Arm,
    chat::rest::{InteractionToken, Rest},
    clock::{SharedClock, fresh_uuid},
    config::PublicPage,
    domain::{
        Change, Instant,
        actor::{Actor, Principal},
        effect::{Effect, Task},
        ids::{ChannelId, GuildId, RoleId, UserId, WindowId},
        vm::SubscriptionId,
    },
    policy::{FloodGuard, RuleBook},
    store::{AnswerToken, Store, StoreError, Work},
};

/// What the engine needs of the configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    pub guild: GuildId,
    pub approver_channel: ChannelId,
    pub trail_channel: ChannelId,
    pub administrators: Vec<Principal>,
    /// They see what administrators see, and change nothing.
    pub auditors: Vec<Principal>,
    /// The bot's application, which edits the answers to interactions.
    pub application: u64,
    /// The subscriptions to look at; empty is all that the identity can read.
    pub subscriptions: Vec<SubscriptionId>,
    /// How often the picture of all machines is taken anew.
    pub inventory_every: Duration,
    /// How often the stored state is compared with Azure and Discord.
    pub compare_every: Duration,
    /// The time of day, in UTC, at which the trail is told what the inventory shows; `None` is never.
    pub digest_at: Option<NaiveTime>,
    /// Whether the application may list the members of the guild.
    pub counts_members: bool,
    /// What everybody is held to, whatever the rule.
    pub flood: FloodGuard,
    /// The bot's own user, whose reactions and messages are its own.
    pub bot: UserId,
    /// Where people show their address; `None`: they type it.
    pub page: Option<PublicPage>,
}

/// Everything that a verb needs, shared by all.
#[derive(Debug)]
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) arm: Arm,
    pub(crate) rest: Rest,
    pub(crate) clock: SharedClock,
    pub(crate) settings: Settings,
    pub(crate) rules: ArcSwap<RuleBook>,
    pub(crate) inventory: inventory::Inventory,
    /// The members of the guild, as they were listed last; `None`: never, or the bot may not list them.
    pub(crate) guild_members: ArcSwapOption<members::Members>,
    /// The roles of the guild, as the gateway told them last; `None` until it has.
    pub(crate) guild_roles: ArcSwapOption<BTreeSet<RoleId>>,
    pub(crate) found: found::FoundWindows,
}

impl Engine {
    /// An engine over these parts; nothing runs until its loops are started.
    pub fn new(
        store: Store,
        arm: Arm,
        rest: Rest,
        clock: SharedClock,
        settings: Settings,
        rules: RuleBook,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            arm,
            rest,
            clock,
            settings,
            rules: ArcSwap::from_pointee(rules),
            inventory: inventory::Inventory::default(),
            guild_roles: ArcSwapOption::empty(),
            guild_members: ArcSwapOption::empty(),
            found: found::FoundWindows::default(),
        })
    }

    /// Whether this person administers the bot.
    pub fn administers(&self, actor: &Actor) -> bool {
        actor.is_any_of(&self.settings.administrators)
    }

    /// Whether this person is shown everything: administrators, and auditors, who change nothing.
    pub fn is_shown_all(&self, actor: &Actor) -> bool {
        self.administers(actor) || actor.is_any_of(&self.settings.auditors)
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn fresh_window_id(&self) -> WindowId {
        WindowId(fresh_uuid(self.now()))
    }

    /// The right to edit the answer of an interaction that began now.
    pub(crate) fn answer_token(&self, token: &InteractionToken, now: Instant) -> AnswerToken {
        AnswerToken {
            application: self.settings.application,
            token: token.expose().into(),
            expires_at: now + ANSWER_LIFE,
        }
    }
}

/// Discord's 15 minutes, less the time that an edit may take.
const ANSWER_LIFE: TimeDelta = TimeDelta::seconds(14 * 60 + 30);

/// Writes what a transition says besides the state itself.
pub(crate) async fn write<T>(work: &mut Work, change: Change<T>, now: Instant) -> Result<T, StoreError> {
    let unnamed: Vec<_> = change
        .records
        .iter()
        .map(|entry| entry.fact.wants_a_name())
        .collect();
    let numbers = work.apply(change.records, &change.effects, now).await?;
    for (record, _) in numbers.into_iter().zip(unnamed).filter(|(_, unnamed)| *unnamed) {
        let ask = Effect::at(now + who::FIRST_QUESTION, Task::Who { record });
        work.enqueue(&ask, now).await?;
    }
    Ok(change.after)
}

/// Tries again when another writer was faster: the next attempt sees what that one wrote.
pub(crate) async fn despite_races<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    /// More writers than this at one row in a row means that something is wrong.
    const ATTEMPTS_MAX: usize = 8;
    for _ in 1..ATTEMPTS_MAX {
        match attempt().await {
            Err(StoreError::LostRace { .. }) => {}
            outcome => return outcome,
        }
    }
    attempt().await
}
