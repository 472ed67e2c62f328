//! What can be read of the world, by stories and pages.

use serde_json::{Value, json};

use super::{Outcome, SeenChannel, SeenMessage};
use crate::sandbox::discord::{
    emulator::DiscordEmulator,
    hub::Hub,
    ids::Snowflake,
    ledger::{Entry, What},
    model::{Channel, Kind, Message, State},
    permissions::Permissions,
    route::RouteKind,
    wire,
};

impl DiscordEmulator {
    /// The messages of a channel or thread (by name or id), oldest first; empty where there is none.
    pub fn messages(&self, channel: impl ToString) -> Vec<SeenMessage> {
        let channel = channel.to_string();
        self.hub.read(|state| {
            let id = state.channel_named(&channel).map(|channel| channel.id);
            id.map(|id| seen_in(state, id)).unwrap_or_default()
        })
    }

    /// One message, ephemeral ones included.
    pub fn message(&self, id: Snowflake) -> Option<SeenMessage> {
        self.hub.read(|state| {
            state
                .find_message(id)
                .map(|message| SeenMessage::of(state, message))
        })
    }

    /// Messages that were deleted, in that order.
    pub fn deleted(&self) -> Vec<SeenMessage> {
        self.hub.read(|state| {
            state
                .deleted
                .iter()
                .map(|message| SeenMessage::of(state, message))
                .collect()
        })
    }

    /// The direct messages between the bot and a person, oldest first.
    pub fn dms(&self, person: &str) -> Vec<SeenMessage> {
        self.hub.read(|state| {
            let channel = state
                .user_named(person)
                .and_then(|user| state.direct_channel(user.id));
            channel
                .map(|channel| seen_in(state, channel.id))
                .unwrap_or_default()
        })
    }

    /// The ephemeral messages that only this person sees, oldest first.
    pub fn ephemerals(&self, person: &str) -> Vec<SeenMessage> {
        self.hub.read(|state| {
            let id = state.user_named(person).map(|user| user.id);
            let mine = |message: &&Message| id.is_some() && message.only_for == id;
            state
                .ephemerals
                .values()
                .filter(mine)
                .map(|message| SeenMessage::of(state, message))
                .collect()
        })
    }

    /// All channels that are neither threads nor direct.
    pub fn channels(&self) -> Vec<SeenChannel> {
        self.hub.read(|state| {
            state
                .channels
                .values()
                .filter(|channel| channel.kind == Kind::Text)
                .map(SeenChannel::from)
                .collect()
        })
    }

    /// The threads of a channel, oldest first.
    pub fn threads(&self, parent: impl ToString) -> Vec<SeenChannel> {
        let parent = parent.to_string();
        self.hub.read(|state| {
            let parent = state.channel_named(&parent).map(|channel| channel.id);
            let inside =
                |channel: &&Channel| parent.is_some() && channel.thread.is_some() && channel.parent == parent;
            state
                .channels
                .values()
                .filter(inside)
                .map(SeenChannel::from)
                .collect()
        })
    }

    /// Everything that has happened, in order.
    pub fn ledger(&self) -> Vec<Entry> {
        self.hub.read(|state| state.ledger.entries().to_vec())
    }

    /// The REST calls of one kind, in order.
    pub fn calls(&self, wanted: RouteKind) -> Vec<Entry> {
        let fits = |entry: &&Entry| matches!(&entry.what, What::Rest { route, .. } if *route == wanted);
        self.hub
            .read(|state| state.ledger.entries().iter().filter(fits).cloned().collect())
    }

    /// How many REST calls have arrived and are not answered yet.
    pub fn calls_running(&self) -> usize {
        let open = |entry: &&Entry| matches!(entry.what, What::Rest { status: None, .. });
        self.hub
            .read(|state| state.ledger.entries().iter().filter(open).count())
    }

    /// How many gateway sockets have a session.
    pub fn bots_connected(&self) -> usize {
        self.hub.read(|state| state.sessions.attached())
    }

    /// How often a session was begun, and how often one was resumed.
    pub fn handshakes(&self) -> (u64, u64) {
        self.hub
            .read(|state| (state.sessions.identified, state.sessions.resumed))
    }

    /// Names of the registered commands, the guild's and the global ones.
    pub fn commands(&self) -> Vec<String> {
        self.hub.read(|state| {
            state
                .commands
                .iter()
                .map(|command| command.name.clone())
                .collect()
        })
    }

    /// The whole visible state as JSON, for a page.
    pub fn state(&self) -> Value {
        whole_state(&self.hub)
    }
}

/// The visible state with its revision.
pub(crate) fn whole_state(hub: &Hub) -> Value {
    let revision = *hub.revision().borrow();
    hub.read(|state| wire::merged(show(state), json!({"revision": revision})))
}

fn seen_in(state: &State, channel: Snowflake) -> Vec<SeenMessage> {
    let messages = state
        .messages
        .get(&channel)
        .into_iter()
        .flat_map(|messages| messages.values());
    messages.map(|message| SeenMessage::of(state, message)).collect()
}

fn show(state: &State) -> Value {
    let people: Vec<Value> = state
        .users
        .values()
        .map(|user| {
            let member = state.guild.members.get(&user.id);
            let ephemerals: Vec<SeenMessage> = state
                .ephemerals
                .values()
                .filter(|message| message.only_for == Some(user.id))
                .map(|message| SeenMessage::of(state, message))
                .collect();
            let direct = state.direct_channel(user.id);
            let sees: Vec<Snowflake> = state
                .channels
                .keys()
                .filter(|channel| state.person_can(user.id, **channel, Permissions::VIEW_CHANNEL))
                .copied()
                .collect();
            json!({
                "id": user.id, "name": user.name, "bot": user.bot, "in_guild": member.is_some(),
                "roles": member.map(|member| &member.roles), "dms_closed": user.inbox_closed,
                "ephemerals": ephemerals, "dms": direct.map(|channel| seen_in(state, channel.id)),
                "dm_channel": direct.map(|channel| channel.id), "sees": sees,
            })
        })
        .collect();
    let channels: Vec<Value> = state
        .channels
        .values()
        .filter(|channel| channel.recipient.is_none())
        .map(|channel| {
            json!({
                "id": channel.id, "name": channel.name, "parent": channel.parent, "archived": channel.is_archived(),
                "locked": channel.is_locked(), "thread": channel.thread.is_some(), "position": channel.position,
                "messages": seen_in(state, channel.id),
            })
        })
        .collect();
    let roles: Vec<Value> = state
        .guild
        .roles
        .values()
        .map(|role| json!({"id": role.id, "name": role.name, "mentionable": role.mentionable}))
        .collect();
    let commands: Vec<Value> = state
        .commands
        .iter()
        .map(|command| wire::command(state, command))
        .collect();
    let open: Vec<Outcome> = state
        .interactions
        .values()
        .rev()
        .filter(|interaction| interaction.kind != 4)
        .take(50)
        .map(|interaction| Outcome::of(state, interaction))
        .collect();
    json!({
        "now": state.now, "guild": {"id": state.guild.id, "name": state.guild.name}, "bot": state.bot,
        "people": people, "roles": roles, "channels": channels, "commands": commands, "interactions": open,
        "bots_connected": state.sessions.attached(), "faults": state.faults.list(),
    })
}
