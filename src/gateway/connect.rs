//! The connection to Discord's gateway, and its end.

use std::time::Duration;

use serenity::{all::GatewayIntents, client::ClientBuilder, http::HttpBuilder};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use url::Url;

use super::{Gateway, raw::Unreadable};
use crate::chat::rest::RestError;

/// Why the connection ended for good.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Discord did not say where its gateway is, or named one of another world.
    #[error("the address of Discord's gateway could not be learned")]
    Address(#[from] RestError),
    /// Discord ended the connection and forbids another: a wrong token or intents that are not allowed.
    #[error("Discord's gateway does not accept this bot")]
    Refused(#[source] Box<serenity::Error>),
}

/// Between two questions for the gateway's address.
const ASK_AGAIN: Duration = Duration::from_secs(5);

impl Gateway {
    /// Where the gateway is; asked again while Discord has trouble. `None`: it was stopped.
    async fn address(&self, stop: &CancellationToken) -> Result<Option<Url>, RestError> {
        let mut turns = tokio::time::interval(ASK_AGAIN);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                _ = turns.tick() => {}
            }
            match self.rest.gateway_url().await {
                Ok(address) => return Ok(Some(address)),
                Err(
                    why
                    @ (RestError::Unauthorized | RestError::ForeignGateway(_) | RestError::Refused { .. }),
                ) => {
                    return Err(why);
                }
                Err(why) => {
                    warn!(error = %why, "Discord does not say where its gateway is; it is asked again.");
                }
            }
        }
    }

    /// Stays connected until `stop`; then lets the running handlers come to their end.
    ///
    /// Needs no privileged intent: a reaction brings the roles of its member along.
    pub async fn run(&self, token: &str, stop: CancellationToken) -> Result<(), GatewayError> {
        let Some(address) = self.address(&stop).await? else {
            return Ok(());
        };
        // serenity asks for the gateway's address itself when a client is built, and takes Discord's own when
        // that fails: whatever it finds is replaced below, before anything connects.
        let mut asking = HttpBuilder::new(token).application_id(self.application);
        if let Some(stand_in) = self.rest.stand_in() {
            // The proxy is ignored while the rate limiter is on.
            asking = asking.proxy(stand_in).ratelimiter_disabled(true);
        }
        let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGE_REACTIONS;
        let mut client = ClientBuilder::new_with_http(asking.build(), intents)
            .event_handler(self.clone())
            .raw_event_handler(Unreadable(self.clone()))
            .await
            .map_err(|why| GatewayError::Refused(Box::new(why)))?;
        address.as_str().clone_into(&mut *client.ws_url.lock().await);
        let shards = client.shard_manager.clone();
        tokio::select! {
            ended = client.start() => ended.map_err(|why| GatewayError::Refused(Box::new(why)))?,
            // Waiting for `start` alone would never end before the first connection.
            () = stop.cancelled() => shards.shutdown_all().await,
        }
        self.running.close();
        self.running.wait().await;
        info!("Discord is disconnected.");
        Ok(())
    }
}
