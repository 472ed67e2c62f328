//! Discord's permission bits and how they combine.
//!
//! Must not know routes or messages: it answers "may this member do that here" and nothing else.

use std::ops::BitOr;

use super::{
    ids::Snowflake,
    model::{Channel, Guild, State},
};

/// A set of permission bits, as Discord numbers them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Permissions(pub u64);

impl Permissions {
    pub const ADD_REACTIONS: Self = Self(1 << 6);
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    pub const MANAGE_CHANNELS: Self = Self(1 << 4);
    pub const EMBED_LINKS: Self = Self(1 << 14);
    pub const ATTACH_FILES: Self = Self(1 << 15);
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);
    pub const MENTION_EVERYONE: Self = Self(1 << 17);
    pub const USE_APPLICATION_COMMANDS: Self = Self(1 << 31);
    pub const MANAGE_THREADS: Self = Self(1 << 34);
    pub const CREATE_PUBLIC_THREADS: Self = Self(1 << 35);
    pub const CREATE_PRIVATE_THREADS: Self = Self(1 << 36);
    pub const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);

    /// What the invitation of the bot asks for, without the optional MANAGE_MESSAGES.
    pub const INVITED: Self = Self(326_417_599_552);
    /// What the demo guild gives to everybody.
    pub const EVERYONE: Self = Self(
        Self::ADD_REACTIONS.0
            | Self::VIEW_CHANNEL.0
            | Self::SEND_MESSAGES.0
            | Self::EMBED_LINKS.0
            | Self::READ_MESSAGE_HISTORY.0
            | Self::USE_APPLICATION_COMMANDS.0
            | Self::CREATE_PUBLIC_THREADS.0
            | Self::SEND_MESSAGES_IN_THREADS.0,
    );
    pub const ALL: Self = Self((1 << 53) - 1);
    pub const NONE: Self = Self(0);

    /// Whether every bit of `wanted` is in this set.
    pub const fn contains(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    /// This set without the bits of `taken`.
    #[must_use]
    pub const fn without(self, taken: Self) -> Self {
        Self(self.0 & !taken.0)
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a member may do in the guild, before any channel has its say.
pub(crate) fn in_guild(guild: &Guild, user: Snowflake) -> Permissions {
    let Some(member) = guild.members.get(&user) else {
        return Permissions::NONE;
    };
    let held = guild
        .roles
        .values()
        .filter(|role| role.id == guild.id || member.roles.contains(&role.id))
        .fold(Permissions::NONE, |held, role| held | role.permissions);
    if user == guild.owner || held.contains(Permissions::ADMINISTRATOR) {
        Permissions::ALL
    } else {
        held
    }
}

/// What a user may do in a channel, a thread (its parent decides) or a direct message.
pub(crate) fn in_channel(state: &State, user: Snowflake, channel: &Channel) -> Permissions {
    if let Some(recipient) = channel.recipient {
        let party = user == recipient || user == state.bot;
        return if party {
            Permissions::EVERYONE
        } else {
            Permissions::NONE
        };
    }
    let guild = &state.guild;
    let base = in_guild(guild, user);
    let Some(member) = guild.members.get(&user) else {
        return Permissions::NONE;
    };
    if base.contains(Permissions::ADMINISTRATOR) {
        return base;
    }
    let place = channel
        .parent
        .and_then(|parent| state.channels.get(&parent))
        .unwrap_or(channel);
    let mut held = base;
    for overwrite in place.overwrites.iter().filter(|o| o.id == guild.id) {
        held = held.without(overwrite.deny) | overwrite.allow;
    }
    let (mut allow, mut deny) = (Permissions::NONE, Permissions::NONE);
    for overwrite in place.overwrites.iter().filter(|o| member.roles.contains(&o.id)) {
        allow = allow | overwrite.allow;
        deny = deny | overwrite.deny;
    }
    held = held.without(deny) | allow;
    for overwrite in place.overwrites.iter().filter(|o| o.id == user) {
        held = held.without(overwrite.deny) | overwrite.allow;
    }
    if !held.contains(Permissions::VIEW_CHANNEL) {
        return Permissions::NONE;
    }
    let speak = if channel.thread.is_some() {
        Permissions::SEND_MESSAGES_IN_THREADS
    } else {
        Permissions::SEND_MESSAGES
    };
    if held.contains(speak) {
        held
    } else {
        // Implied by the documentation: who cannot speak can neither embed nor mention everyone.
        held.without(Permissions::EMBED_LINKS | Permissions::MENTION_EVERYONE)
    }
}
