//! What comes in from Discord: commands, clicks, forms, reactions. Each is acknowledged first and then becomes
//! one engine verb.
//!
//! Must not know: SQL, Azure, how a card looks, or whether a vote counts. It never uses serenity's own REST:
//! every call goes through `chat::rest`.

mod autocomplete;
mod commands;
mod components;
mod connect;
mod modals;
mod name_source;
mod raw;
mod reactions;
mod reply;
mod voting;

use std::sync::Arc;

use serenity::{
    all::{
        ApplicationId, ChannelId, Context, EventHandler, Guild, Interaction, MessageId, Reaction, Ready, Role,
    },
    async_trait,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info};

pub use self::connect::GatewayError;
use crate::{
    chat::rest::Rest,
    domain::{
        actor::{Actor, Person},
        ids::{GuildId, RoleId, UserId},
    },
    engine::{Engine, reactions::clean_name},
};

/// Everything that a handler needs.
#[derive(Debug, Clone)]
pub struct Gateway {
    engine: Arc<Engine>,
    rest: Rest,
    application: ApplicationId,
    guild: GuildId,
    /// Handlers that are still running; a shutdown waits for them.
    running: TaskTracker,
    /// Cancelled once the commands are registered and events are coming.
    ready: CancellationToken,
}

impl Gateway {
    /// The person with their roles: in a direct message Discord sends none, and the rules ask for them.
    async fn with_roles(&self, asked_in: Option<serenity::all::GuildId>, person: Actor) -> Actor {
        match asked_in {
            Some(_) => person,
            None => self.engine.with_roles(person).await,
        }
    }

    /// A gateway that is not connected yet.
    pub fn new(engine: Arc<Engine>, rest: Rest, application: ApplicationId, guild: GuildId) -> Self {
        Self {
            engine,
            rest,
            application,
            guild,
            running: TaskTracker::new(),
            ready: CancellationToken::new(),
        }
    }

    /// Resolves once the commands are registered and events are coming.
    pub fn ready(&self) -> CancellationToken {
        self.ready.clone()
    }

    /// Waits until no handler runs. For tests, which look at what a handler has written.
    pub async fn quiet(&self) {
        self.running.close();
        self.running.wait().await;
        self.running.reopen();
    }

    async fn interact(&self, interaction: Interaction) {
        match interaction {
            Interaction::Autocomplete(typing) => autocomplete::answer(self, &typing).await,
            Interaction::Command(command) => commands::run(self, &command).await,
            Interaction::Component(click) => components::run(self, &click).await,
            Interaction::Modal(form) => modals::run(self, &form).await,
            _ => {}
        }
    }
}

#[async_trait]
impl EventHandler for Gateway {
    async fn ready(&self, _: Context, ready: Ready) {
        // Every READY registers the commands anew: the bulk overwrite is idempotent, and a new session may
        // belong to a new version of this program.
        match self
            .rest
            .set_guild_commands(
                self.application,
                crate::chat::snowflake::guild(self.guild),
                &commands::definitions(),
            )
            .await
        {
            Ok(_) => {
                info!(user = %ready.user.name, "Discord is connected and the commands are registered.");
                self.ready.cancel();
            }
            Err(why) => {
                error!(error = %why, "The commands could not be registered; run `portcullis doctor`.");
            }
        }
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.running.track_future(self.interact(interaction)).await;
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        if guild.id.get() == self.guild.0 {
            let roles = guild.roles.keys().map(|role| RoleId(role.get())).collect();
            self.engine.guild_has_roles(roles);
        }
    }

    async fn guild_role_create(&self, _: Context, role: Role) {
        if role.guild_id.get() == self.guild.0 {
            self.engine.guild_role_changed(RoleId(role.id.get()), true);
        }
    }

    async fn guild_role_delete(
        &self,
        _: Context,
        guild: serenity::all::GuildId,
        role: serenity::all::RoleId,
        _: Option<Role>,
    ) {
        if guild.get() == self.guild.0 {
            self.engine.guild_role_changed(RoleId(role.get()), false);
        }
    }

    async fn reaction_add(&self, _: Context, reaction: Reaction) {
        self.running.track_future(reactions::added(self, &reaction)).await;
    }

    async fn reaction_remove(&self, _: Context, reaction: Reaction) {
        self.running
            .track_future(reactions::removed(self, &reaction))
            .await;
    }

    async fn reaction_remove_all(&self, _: Context, _: ChannelId, message: MessageId) {
        self.running
            .track_future(reactions::cleared(self, message, None))
            .await;
    }
}

/// The person behind an interaction in our guild. Bots, webhooks, other guilds and direct messages are nobody;
/// so is somebody of whom Discord sent no roles.
fn actor(
    guild: GuildId,
    from: Option<serenity::all::GuildId>,
    member: Option<&serenity::all::Member>,
) -> Option<Actor> {
    let member = member?;
    if from.map(serenity::all::GuildId::get) != Some(guild.0) || member.user.bot || member.user.system {
        return None;
    }
    Some(Actor {
        person: Person {
            id: UserId(member.user.id.get()),
            name: clean_name(member.display_name()),
        },
        roles: member.roles.iter().map(|role| RoleId(role.get())).collect(),
    })
}

/// The person behind a click in a direct message: known by id, with no role at all.
fn stranger(user: &serenity::all::User) -> Option<Actor> {
    (!user.bot && !user.system).then(|| Actor {
        person: Person {
            id: UserId(user.id.get()),
            name: clean_name(user.display_name()),
        },
        roles: Vec::new(),
    })
}
