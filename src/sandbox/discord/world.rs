//! The people and places that an emulator starts with: the demo world, and a builder for others.
//!
//! Must not know anything that moves.

use std::collections::BTreeMap;

use super::{
    gateway::Intents,
    ids::Snowflake,
    model::{Channel, Guild, Member, Overwrite, Role, User},
    permissions::Permissions,
};

/// The guild of every world.
pub const GUILD: Snowflake = Snowflake(100_000_000_000_002_000);
/// The bot, and its application, which have the same id.
pub const BOT: Snowflake = Snowflake(100_000_000_000_001_000);

pub const ALICE: Snowflake = Snowflake(100_000_000_000_004_001);
pub const BOB: Snowflake = Snowflake(100_000_000_000_004_002);
pub const CAROL: Snowflake = Snowflake(100_000_000_000_004_003);
pub const DAN: Snowflake = Snowflake(100_000_000_000_004_004);
pub const MALLORY: Snowflake = Snowflake(100_000_000_000_004_005);

pub const DEVELOPER_ROLE: Snowflake = Snowflake(100_000_000_000_005_001);
pub const ON_CALL_ROLE: Snowflake = Snowflake(100_000_000_000_005_002);
pub const LEAD_ROLE: Snowflake = Snowflake(100_000_000_000_005_003);
pub const AUDITOR_ROLE: Snowflake = Snowflake(100_000_000_000_005_004);
pub const ADMINISTRATOR_ROLE: Snowflake = Snowflake(100_000_000_000_005_005);
pub const BOT_ROLE: Snowflake = Snowflake(100_000_000_000_005_009);

/// The privileged intent for members, as a bit.
pub const GUILD_MEMBERS_INTENT: u64 = Intents::GUILD_MEMBERS;

pub const GENERAL_CHANNEL: Snowflake = Snowflake(100_000_000_000_003_001);
pub const APPROVER_CHANNEL: Snowflake = Snowflake(100_000_000_000_003_002);
pub const TRAIL_CHANNEL: Snowflake = Snowflake(100_000_000_000_003_003);

/// A guild with its people, before anything has happened in it.
#[derive(Debug, Clone)]
pub struct DiscordWorld {
    pub(crate) bot: Snowflake,
    pub(crate) guild: Guild,
    pub(crate) users: BTreeMap<Snowflake, User>,
    pub(crate) channels: BTreeMap<Snowflake, Channel>,
}

impl DiscordWorld {
    /// A guild with nobody in it but the bot, which has the permissions of its invitation.
    pub fn empty() -> Self {
        let everyone = role(GUILD, "@everyone", Permissions::EVERYONE, 0);
        let bot_role = Role {
            managed: true,
            ..role(BOT_ROLE, "Portcullis", Permissions::INVITED, 1)
        };
        let guild = Guild {
            id: GUILD,
            name: "Demo".into(),
            owner: BOT,
            roles: [(GUILD, everyone), (BOT_ROLE, bot_role)].into(),
            members: BTreeMap::new(),
        };
        let mut world = Self {
            bot: BOT,
            guild,
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
        };
        world.enter(BOT, "portcullis", true, &[BOT_ROLE]);
        world
    }

    /// The demo world: Alice asks, Bob is on call, Carol leads and administers, Dan audits, Mallory may nothing.
    pub fn demo() -> Self {
        let mut world = Self::empty()
            .role(DEVELOPER_ROLE, "developer")
            .role(ON_CALL_ROLE, "on-call")
            .role(LEAD_ROLE, "lead")
            .role(AUDITOR_ROLE, "auditor")
            .role(ADMINISTRATOR_ROLE, "administrator")
            .person(ALICE, "alice", &[DEVELOPER_ROLE])
            .person(BOB, "bob", &[ON_CALL_ROLE])
            .person(CAROL, "carol", &[LEAD_ROLE, ADMINISTRATOR_ROLE])
            .person(DAN, "dan", &[AUDITOR_ROLE])
            .person(MALLORY, "mallory", &[])
            .channel(GENERAL_CHANNEL, "general")
            .channel(APPROVER_CHANNEL, "jit-requests")
            .channel(TRAIL_CHANNEL, "jit-trail");
        world.guild.owner = CAROL;
        world
    }

    /// Adds a mentionable role without permissions of its own.
    #[must_use]
    pub fn role(mut self, id: Snowflake, name: &str) -> Self {
        let position = u32::try_from(self.guild.roles.len()).unwrap_or(u32::MAX);
        self.guild
            .roles
            .insert(id, role(id, name, Permissions::NONE, position));
        self
    }

    /// Sets whether anybody may mention a role.
    #[must_use]
    pub fn mentionable(mut self, role: Snowflake, mentionable: bool) -> Self {
        if let Some(role) = self.guild.roles.get_mut(&role) {
            role.mentionable = mentionable;
        }
        self
    }

    /// Adds a person with these roles.
    #[must_use]
    pub fn person(mut self, id: Snowflake, name: &str, roles: &[Snowflake]) -> Self {
        self.enter(id, name, false, roles);
        self
    }

    /// Adds a text channel.
    #[must_use]
    pub fn channel(mut self, id: Snowflake, name: &str) -> Self {
        let position = u32::try_from(self.channels.len()).unwrap_or(u32::MAX);
        self.channels.insert(id, Channel::text(id, name, position));
        self
    }

    /// Gives and takes permissions of a role or a member in one channel.
    #[must_use]
    pub fn overwrite(
        mut self,
        channel: Snowflake,
        who: Snowflake,
        allow: Permissions,
        deny: Permissions,
    ) -> Self {
        let for_role = self.guild.roles.contains_key(&who);
        if let Some(channel) = self.channels.get_mut(&channel) {
            channel.overwrites.retain(|overwrite| overwrite.id != who);
            channel.overwrites.push(Overwrite {
                id: who,
                for_role,
                allow,
                deny,
            });
        }
        self
    }

    fn enter(&mut self, id: Snowflake, name: &str, bot: bool, roles: &[Snowflake]) {
        let user = User {
            id,
            name: name.into(),
            bot,
            inbox_closed: false,
        };
        self.users.insert(id, user);
        let roles = roles.iter().copied().collect();
        self.guild.members.insert(id, Member { roles });
    }
}

fn role(id: Snowflake, name: &str, permissions: Permissions, position: u32) -> Role {
    Role {
        id,
        name: name.into(),
        permissions,
        mentionable: id != GUILD,
        managed: false,
        position,
    }
}
