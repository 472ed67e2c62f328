//! Channels are opened and deleted, memberships and roles change.

use serde_json::json;

use crate::sandbox::discord::{
    gateway::Intents,
    ids::Snowflake,
    model::{Change, Channel, Kind, State},
    wire,
};

impl State {
    /// The direct channel to a person, made if need be.
    pub(crate) fn open_direct(&mut self, person: Snowflake) -> Snowflake {
        if let Some(channel) = self.direct_channel(person) {
            return channel.id;
        }
        let id = self.fresh_id();
        let mut channel = Channel::text(id, "", 0);
        channel.kind = Kind::Direct;
        channel.recipient = Some(person);
        self.channels.insert(id, channel);
        id
    }

    /// Deletes a channel with its messages and threads.
    pub(crate) fn remove_channel(&mut self, id: Snowflake) {
        let threads: Vec<Snowflake> = self
            .channels
            .values()
            .filter(|channel| channel.parent == Some(id))
            .map(|channel| channel.id)
            .collect();
        for thread in threads {
            self.remove_channel(thread);
        }
        let Some(channel) = self.channels.get(&id).cloned() else {
            return;
        };
        let event = if channel.thread.is_some() {
            "THREAD_DELETE"
        } else {
            "CHANNEL_DELETE"
        };
        // Told before it goes, so that who could see it hears of it.
        self.dispatch_channel(event, &channel, json!({}));
        self.channels.remove(&id);
        let gone = self.messages.remove(&id).unwrap_or_default();
        self.deleted.extend(gone.into_values());
    }

    /// Tells about a member's new roles, to who may hear of members.
    pub(crate) fn tell_member(&mut self, person: Snowflake, event: &'static str) {
        let data = wire::member(self, person).unwrap_or_else(|| json!({"user": wire::user(self, person)}));
        let data = wire::merged(data, json!({"guild_id": self.guild.id}));
        self.dispatch(Change {
            event,
            intents: Intents::GUILD_MEMBERS,
            channel: None,
            data,
        });
    }

    /// Tells about a role's new settings.
    pub(crate) fn tell_role(&mut self, role: Snowflake, event: &'static str) {
        let data = match self.guild.roles.get(&role) {
            Some(known) => json!({"guild_id": self.guild.id, "role": wire::role(known)}),
            None => json!({"guild_id": self.guild.id, "role_id": role}),
        };
        self.dispatch(Change {
            event,
            intents: Intents::GUILDS,
            channel: None,
            data,
        });
    }
}
