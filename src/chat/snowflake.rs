//! Our ids as Discord's library knows them, for the calls that go out.

use serenity::all;

use super::rest::Pings;
use crate::domain::{
    actor::Principal,
    ids::{ChannelId, GuildId, MessageId, RoleId, UserId},
};

// `new` panics on zero, and an id of zero is refused where ids are read; 1 is nobody's id.

/// A channel or thread.
pub fn channel(id: ChannelId) -> all::ChannelId {
    all::ChannelId::new(id.0.max(1))
}

/// A message.
pub fn message(id: MessageId) -> all::MessageId {
    all::MessageId::new(id.0.max(1))
}

/// A user.
pub fn user(id: UserId) -> all::UserId {
    all::UserId::new(id.0.max(1))
}

/// A role.
pub fn role(id: RoleId) -> all::RoleId {
    all::RoleId::new(id.0.max(1))
}

/// A guild.
pub fn guild(id: GuildId) -> all::GuildId {
    all::GuildId::new(id.0.max(1))
}

/// Whom a message may ping.
pub fn pings(principals: &[Principal]) -> Pings {
    principals
        .iter()
        .fold(Pings::nobody(), |pings, principal| match principal {
            Principal::Role(id) => pings.and_role(role(*id)),
            Principal::User(id) => pings.and_user(user(*id)),
        })
}
