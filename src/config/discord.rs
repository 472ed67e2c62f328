//! `[discord]`: the bot, its guild, and where it speaks.

use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::{
    endpoint::address,
    environment::Environment,
    problem::Problems,
    secret::Given,
    word::{List, Word, each, principal},
};
use crate::domain::{
    actor::Principal,
    ids::{ChannelId, GuildId},
};

const REAL_HOSTS: [&str; 1] = ["discord.com"];
const API_URL: &str = "https://discord.com/api/v10";

/// The bot, its guild, and where it speaks.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DiscordInput {
    /// The bot's token. Better in a file of its own: `token_file`.
    #[schemars(with = "Option<String>")]
    token: Option<SecretString>,
    /// The file that holds the bot's token. It goes before `token`.
    token_file: Option<PathBuf>,
    /// The application's id; left out, the bot asks Discord.
    application_id: Option<Word>,
    /// The one guild that this process serves.
    guild_id: Option<Word>,
    /// Where requests are shown to their approvers, unless a rule names another channel.
    approver_channel: Option<Word>,
    /// Where the trail is, or the channel in which the bot makes a thread for it.
    trail_channel: Option<Word>,
    /// Who may freeze, close any window and change JIT, and sign the reviews of a broken glass: "role:ID" or "user:ID".
    #[schemars(with = "Vec<Word>")]
    administrators: List,
    /// Who may see what administrators see, and change nothing: "role:ID" or "user:ID".
    #[schemars(with = "Vec<Word>")]
    auditors: List,
    /// Discord's API. Another address must be on this machine.
    api_url: Option<String>,
    /// Whether the application has the privileged intent for members, so that who has a role is counted before posting.
    members_intent: bool,
}

/// The bot, its guild, and where it speaks.
#[derive(Debug, Clone)]
pub struct Discord {
    pub token: SecretString,
    /// `None`: the bot asks Discord.
    pub application_id: Option<u64>,
    pub guild_id: GuildId,
    pub approver_channel: ChannelId,
    pub trail_channel: ChannelId,
    /// At least one.
    pub administrators: Vec<Principal>,
    /// They see what administrators see, and change nothing.
    pub auditors: Vec<Principal>,
    /// Discord's, or one on loopback.
    pub api_url: Url,
    pub members_intent: bool,
}

impl DiscordInput {
    pub(super) fn check(self, environment: &Environment, problems: &mut Problems) -> Option<Discord> {
        let token = Given {
            key: "discord.token",
            file: self.token_file.as_deref(),
            credential: "discord_token",
            inline: self.token.as_ref(),
        }
        .resolve(environment, problems);
        let token = problems.required(
            "discord.token_file",
            token,
            "the bot cannot speak to Discord without its token",
        );
        let application_id = word("discord.application_id", self.application_id, problems);
        let guild_id = word("discord.guild_id", self.guild_id, problems);
        let guild_id = problems.required(
            "discord.guild_id",
            guild_id,
            "it is the id of your Discord server",
        );
        let approvers = word("discord.approver_channel", self.approver_channel, problems);
        let approver_channel = problems.required(
            "discord.approver_channel",
            approvers,
            "it is the id of the channel in which requests are approved",
        );
        let trail = word("discord.trail_channel", self.trail_channel, problems);
        let trail_channel = problems.required(
            "discord.trail_channel",
            trail,
            "it is the id of the channel or thread that everybody can read the trail in",
        );
        let key = "discord.administrators";
        let administrators =
            (!self.administrators.is_empty()).then(|| each(key, &self.administrators, problems, principal));
        let administrators = problems.required(
            key,
            administrators,
            "without administrators nobody could lift a freeze",
        );
        let auditors = each("discord.auditors", &self.auditors, problems, principal);
        let text = self.api_url.as_deref().unwrap_or(API_URL);
        let api_url = address("discord.api_url", text, &REAL_HOSTS, problems);
        Some(Discord {
            token: token?,
            application_id: application_id.map(|GuildId(id)| id),
            guild_id: guild_id?,
            approver_channel: approver_channel?,
            trail_channel: trail_channel?,
            administrators: administrators?,
            auditors,
            api_url: api_url?,
            members_intent: self.members_intent,
        })
    }
}

fn word<T: std::str::FromStr<Err: std::fmt::Display>>(
    key: &str,
    word: Option<Word>,
    problems: &mut Problems,
) -> Option<T> {
    problems.parsed(key, &word?.0)
}
