//! Changes of the world that need no bot: roles, memberships, inboxes, deletions, and the gateway's moods.

use super::{Person, Refusal};
use crate::sandbox::discord::{
    emulator::DiscordEmulator,
    fault::{Fault, FaultId},
    hold::{Hold, Side},
    ids::Snowflake,
    ledger::What,
    model::{Change, Guise, Member, Overwrite, User},
    mood::Mood,
    permissions::Permissions,
    rest::RateLimits,
    route::Matcher,
};

impl Person {
    /// Opens or closes their inbox for direct messages of the bot (50007 when closed).
    pub fn dms_closed(&self, closed: bool) {
        self.hub.change(|state| {
            if let Some(user) = state.users.get_mut(&self.id) {
                user.inbox_closed = closed;
            }
        });
    }

    /// Gives them a role.
    pub fn gets_role(&self, role: Snowflake) {
        self.change_roles(|member| _ = member.roles.insert(role));
    }

    /// Takes a role from them.
    pub fn loses_role(&self, role: Snowflake) {
        self.change_roles(|member| _ = member.roles.remove(&role));
    }

    fn change_roles(&self, change: impl FnOnce(&mut Member)) {
        self.hub.change(|state| {
            if let Some(member) = state.guild.members.get_mut(&self.id) {
                change(member);
                state.tell_member(self.id, "GUILD_MEMBER_UPDATE");
            }
        });
    }

    /// Leaves the guild, with all roles.
    pub fn leaves(&self) {
        self.hub.change(|state| {
            state.guild.members.remove(&self.id);
            state.tell_member(self.id, "GUILD_MEMBER_REMOVE");
        });
    }

    /// Comes (back) into the guild, without roles.
    pub fn joins(&self) {
        self.hub.change(|state| {
            state.guild.members.entry(self.id).or_default();
            state.tell_member(self.id, "GUILD_MEMBER_ADD");
        });
    }
}

impl DiscordEmulator {
    /// Another bot comes into the guild, with these roles.
    pub fn bot_joins(&self, name: &str, roles: &[Snowflake]) -> Person {
        let id = self.hub.change(|state| {
            let id = state.fresh_id();
            let bot = User {
                id,
                name: name.to_owned(),
                bot: true,
                inbox_closed: true,
            };
            state.users.insert(id, bot);
            let roles = roles.iter().copied().collect();
            state.guild.members.insert(id, Member { roles });
            state.tell_member(id, "GUILD_MEMBER_ADD");
            id
        });
        Person {
            hub: self.hub.clone(),
            id,
            place: None,
            guise: Guise::None,
        }
    }

    /// Deletes a message; tells whether there was one.
    pub fn delete_message(&self, message: Snowflake) -> bool {
        self.hub.change(|state| state.remove_message(message).is_some())
    }

    /// Deletes a channel or thread, by name or id, with everything in it.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn delete_channel(&self, channel: impl ToString) -> Result<(), Refusal> {
        let channel = channel.to_string();
        self.hub.change(|state| {
            let id = state.channel_named(&channel).map(|channel| channel.id);
            state.remove_channel(id.ok_or(Refusal::UnknownChannel(channel))?);
            Ok(())
        })
    }

    /// Archives or locks a thread, or the opposite; `None` leaves as it is.
    ///
    /// # Errors
    /// When there is no such thread.
    pub fn set_thread(
        &self,
        thread: impl ToString,
        archived: Option<bool>,
        locked: Option<bool>,
    ) -> Result<(), Refusal> {
        let thread = thread.to_string();
        self.hub.change(|state| {
            let id = state.channel_named(&thread).map(|channel| channel.id);
            state.set_thread(id.ok_or(Refusal::UnknownChannel(thread))?, archived, locked);
            Ok(())
        })
    }

    /// Sets what the bot's own role may do in the whole guild.
    pub fn set_bot_permissions(&self, permissions: Permissions) {
        self.hub.change(|state| {
            let role = state.guild.roles.values_mut().find(|role| role.managed);
            let Some(role) = role else { return };
            role.permissions = permissions;
            let id = role.id;
            state.tell_role(id, "GUILD_ROLE_UPDATE");
        });
    }

    /// Sets what everybody may do in the whole guild.
    pub fn set_everyone_permissions(&self, permissions: Permissions) {
        self.hub.change(|state| {
            let id = state.guild.id;
            if let Some(role) = state.guild.roles.get_mut(&id) {
                role.permissions = permissions;
            }
            state.tell_role(id, "GUILD_ROLE_UPDATE");
        });
    }

    /// Sets the privileged intents that are switched on for the application, as on its page of the developer portal.
    pub fn set_privileged_intents(&self, intents: u64) {
        self.hub
            .change(|state| state.options.privileged_intents = intents);
    }

    /// Sets whether anybody may mention a role.
    pub fn set_mentionable(&self, role: Snowflake, mentionable: bool) {
        self.hub.change(|state| {
            if let Some(role) = state.guild.roles.get_mut(&role) {
                role.mentionable = mentionable;
            }
            state.tell_role(role, "GUILD_ROLE_UPDATE");
        });
    }

    /// Gives and takes permissions of a role or member in one channel.
    ///
    /// # Errors
    /// When there is no such channel.
    pub fn set_overwrite(
        &self,
        channel: impl ToString,
        who: Snowflake,
        allow: Permissions,
        deny: Permissions,
    ) -> Result<(), Refusal> {
        let name = channel.to_string();
        self.hub.change(|state| {
            let id = state.channel_named(&name).map(|channel| channel.id);
            let id = id.ok_or(Refusal::UnknownChannel(name))?;
            let for_role = state.guild.roles.contains_key(&who);
            if let Some(channel) = state.channels.get_mut(&id) {
                channel.overwrites.retain(|overwrite| overwrite.id != who);
                channel.overwrites.push(Overwrite {
                    id: who,
                    for_role,
                    allow,
                    deny,
                });
                let channel = channel.clone();
                state.dispatch_channel("CHANNEL_UPDATE", &channel, serde_json::json!({}));
            }
            Ok(())
        })
    }

    /// Sets the rate limits from now on.
    pub fn set_rate_limits(&self, limits: RateLimits) {
        self.hub.change(|state| state.options.rate_limits = limits);
    }

    /// Switches a fault on.
    pub fn fault(&self, fault: Fault) -> FaultId {
        self.hub.change(|state| state.faults.switch_on(fault))
    }

    /// Switches one fault off.
    pub fn fault_off(&self, id: FaultId) {
        self.hub.change(|state| state.faults.switch_off(id));
    }

    /// Switches all faults off.
    pub fn faults_off(&self) {
        self.hub.change(|state| state.faults.clear());
    }

    /// Stops the next call that `matcher` picks, before or after its effect.
    pub fn hold(&self, matcher: impl Into<Matcher>, side: Side) -> Hold {
        let (id, state) = self.hub.change(|state| state.holds.arm(matcher.into(), side));
        Hold { id, state }
    }

    /// Sends an event of an interaction or a reaction again, as the gateway may after a resumed session: the last
    /// one whose data contains `part`. Tells whether there was one.
    pub fn deliver_again(&self, part: &str) -> bool {
        self.hub.change(|state| {
            let sent = state
                .ledger
                .entries()
                .iter()
                .rev()
                .find_map(|entry| match &entry.what {
                    What::Dispatch { event, data, .. }
                        if matches!(*event, "INTERACTION_CREATE" | "MESSAGE_REACTION_ADD")
                            && data.to_string().contains(part) =>
                    {
                        Some((*event, data.clone()))
                    }
                    _ => None,
                });
            let Some((event, data)) = sent else { return false };
            state.dispatch(Change {
                event,
                intents: 0,
                channel: None,
                data,
            });
            true
        })
    }

    /// Does something to every connected bot at once.
    pub fn gateway(&self, mood: Mood) {
        self.hub.change(|state| state.set_mood(mood));
    }
}
