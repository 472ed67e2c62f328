//! The first answer to an interaction, which Discord wants within 3 seconds.

use std::time::Duration;

use serenity::all::{CreateInteractionResponse, InteractionId};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{InteractionToken, JsonCode, Pings, Rest, RestError, Route, body, call::Call};
use crate::{chat::file::WithFiles, clock};

impl Rest {
    /// Answers an interaction, within 2.5 seconds of real time and with one quick repetition.
    ///
    /// The repetition follows a 5xx answer, a lost connection, or a first attempt that took half of the
    /// time; then "already acknowledged" (40060) means that the first attempt was done. On the first
    /// attempt 40060 is an error: somebody else has answered, and the caller must not act.
    ///
    /// Rate limits are not waited for: interaction callbacks do not count (Discord's documentation, "Rate Limits").
    pub async fn acknowledge(
        &self,
        interaction: InteractionId,
        token: &InteractionToken,
        response: impl Into<WithFiles<CreateInteractionResponse>>,
        pings: &Pings,
    ) -> Result<(), RestError> {
        let begun = Instant::now();
        let route = Route::Acknowledge;
        let WithFiles { body, files } = response.into();
        let call = Call::with_token(route, interaction.to_string(), token)
            .body(body::callback(route, &body, &files, pings)?)
            .files(files);
        let first = self.attempt(&call, begun + BUDGET / 2).await;
        let pause = match first {
            Err(RestError::Transient { .. } | RestError::Ambiguous { .. }) => clock::jitter(PAUSE_MAX),
            Err(RestError::RateLimited { retry_after, .. }) if begun.elapsed() + retry_after < BUDGET / 2 => {
                retry_after
            }
            decided => return decided,
        };
        sleep_until(Instant::now() + pause).await;
        match self.attempt(&call, begun + BUDGET).await {
            Err(error) if error.is(JsonCode::AlreadyAcknowledged) => Ok(()),
            decided => decided,
        }
    }

    async fn attempt(&self, call: &Call, deadline: Instant) -> Result<(), RestError> {
        match timeout_at(deadline, self.inner.once(call, None)).await {
            Ok(result) => result.map(|_| ()),
            Err(_) => Err(RestError::Ambiguous {
                route: call.route,
                source: None,
            }),
        }
    }
}

/// Discord's 3 seconds, less the way there.
const BUDGET: Duration = Duration::from_millis(2500);
const PAUSE_MAX: Duration = Duration::from_millis(100);
