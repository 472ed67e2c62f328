//! How an emulator is started: where it listens, whom it trusts, and how strict its limits are.

use std::{net::SocketAddr, time::Duration};

use super::rest::RateLimits;
use crate::sandbox::tls::ServerIdentity;

/// The token that the bot of the demo world uses; it opens nothing outside an emulator.
pub const SANDBOX_TOKEN: &str = "sandbox-bot-token";

/// Settings of a Discord emulator.
#[derive(Clone)]
pub struct DiscordOptions {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// With an identity the emulator speaks `https` and `wss` only.
    pub tls: Option<ServerIdentity>,
    /// The only token that is let in.
    pub token: String,
    /// Real time in which an interaction must be answered (Discord: 3 s).
    pub acknowledge_within: Duration,
    /// Real time between two heartbeats that HELLO asks for (Discord: about 41 s).
    pub heartbeat_interval: Duration,
    /// Privileged intents that are switched on for the application; others close with 4014.
    pub privileged_intents: u64,
    /// How many REST calls each bucket takes. Large by default, so that tests meet limits only on purpose.
    pub rate_limits: RateLimits,
    /// Whether the ledger keeps bodies and event data; a load of a hundred thousand interactions is better without.
    pub ledger_bodies: bool,
    /// How long a person waits for autocomplete or for a form before giving up, in real time.
    pub patience: Duration,
}

impl std::fmt::Debug for DiscordOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscordOptions")
            .field("address", &self.address)
            .field("tls", &self.tls.is_some())
            .field("acknowledge_within", &self.acknowledge_within)
            .finish_non_exhaustive()
    }
}

impl Default for DiscordOptions {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            token: SANDBOX_TOKEN.into(),
            acknowledge_within: Duration::from_secs(3),
            heartbeat_interval: Duration::from_millis(41_250),
            privileged_intents: 0,
            rate_limits: RateLimits::default(),
            ledger_bodies: true,
            patience: Duration::from_secs(10),
        }
    }
}
