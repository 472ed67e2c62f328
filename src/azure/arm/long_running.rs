//! Calls that Azure answers with 202 and a place to look at later.

use std::time::{Duration, Instant as RealInstant};

use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use super::{
    Arm,
    call::{Call, Operation, Quota},
    error::{ArmError, Correlation},
};

/// The pause where Azure names none.
const PAUSE: Duration = Duration::from_secs(5);

static POLL: Operation = Operation {
    name: "poll",
    method: Method::GET,
    api_version: "",
    action: "the right of the operation that it belongs to",
    quota: Quota::Reads,
};

impl Arm {
    /// Makes the call, and looks at its `Location` until the result is there or `patience` is over.
    ///
    /// The token goes to the configured host only: a `Location` elsewhere is refused.
    pub(in crate::azure) async fn long_running<T: DeserializeOwned>(
        &self,
        call: &Call,
        patience: Duration,
    ) -> Result<T, ArmError> {
        let started = RealInstant::now();
        let mut poll = Call {
            operation: &POLL,
            body: None,
            ..call.clone()
        };
        poll.background = false;
        let mut answer = self.send(call, self.url(call)?).await?;
        let mut place = None;
        while answer.status == StatusCode::ACCEPTED {
            let next = answer
                .location
                .as_deref()
                .map(|link| self.within(link, &answer.correlation))
                .transpose()?;
            // A poll that is not ready may leave the place out: it has not changed.
            let url: Url = next.or(place).ok_or_else(|| ArmError::Malformed {
                detail: "it says that the work goes on, and not where to look".to_owned(),
                correlation: answer.correlation.clone(),
            })?;
            let pause = answer.retry_after.unwrap_or(PAUSE);
            if started.elapsed() + pause > patience {
                return Err(ArmError::TooSlow { patience });
            }
            wait(pause).await;
            answer = self.send(&poll, url.clone()).await?;
            place = Some(url);
        }
        answer.json()
    }

    fn within(&self, link: &str, correlation: &Correlation) -> Result<Url, ArmError> {
        let refusal = |detail: &str| ArmError::Malformed {
            detail: detail.to_owned(),
            correlation: correlation.clone(),
        };
        let url = Url::parse(link).map_err(|_| refusal("its Location is no address"))?;
        if url.origin() != self.inner.base.origin() || !url.username().is_empty() || url.password().is_some()
        {
            return Err(refusal("its Location leads to another host"));
        }
        Ok(url)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "protocol time: the pause that Azure asks for between two looks at one operation"
)]
async fn wait(pause: Duration) {
    tokio::time::sleep(pause).await;
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use axum::{
        Json, Router,
        extract::Request,
        http::{StatusCode as Status, header::AUTHORIZATION},
        response::IntoResponse as _,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::azure::testing::{arm_at, serve};

    static ASK: Operation = Operation {
        name: "ask",
        method: Method::POST,
        api_version: "1",
        action: "ask/action",
        quota: Quota::Writes,
    };

    const PATIENCE: Duration = Duration::from_secs(20);

    /// A server that answers 202 with these headers for `polls` looks, and then the result.
    async fn at_work(polls: u32, headers: &'static [(&'static str, &'static str)]) -> (Arm, Arc<AtomicU32>) {
        let looks = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&looks);
        let router = Router::new().fallback(move |request: Request| {
            let seen = counted.fetch_add(1, Ordering::SeqCst);
            let method = if seen == 0 { "POST" } else { "GET" };
            assert_eq!(
                request.method().as_str(),
                method,
                "asked once, then only looked at"
            );
            assert!(request.headers().contains_key(AUTHORIZATION));
            let host = request.headers()["host"].to_str().unwrap().to_owned();
            async move {
                if seen >= polls {
                    return Json(json!({"done": true})).into_response();
                }
                let mut answer = (Status::ACCEPTED, "").into_response();
                for (name, value) in headers {
                    let value = value.replace("HOST", &host);
                    answer.headers_mut().insert(*name, value.parse().unwrap());
                }
                answer
            }
        });
        (arm_at(serve(router).await).await.0, looks)
    }

    async fn ask(arm: &Arm) -> Result<Value, ArmError> {
        arm.long_running(&Call::new(&ASK, "/ask".to_owned()), PATIENCE)
            .await
    }

    #[tokio::test]
    async fn the_result_is_looked_for_where_azure_says() {
        let here = &[("location", "http://HOST/later"), ("retry-after", "0")];
        let (arm, looks) = at_work(2, here).await;
        assert_eq!(ask(&arm).await.unwrap(), json!({"done": true}));
        assert_eq!(looks.load(Ordering::SeqCst), 3);
        let (arm, _) = at_work(0, &[]).await;
        assert_eq!(ask(&arm).await.unwrap(), json!({"done": true}), "also at once");
    }

    #[tokio::test]
    async fn the_token_goes_to_no_other_host() {
        for headers in [
            &[("location", "https://evil.example/later"), ("retry-after", "0")] as &[_],
            &[
                ("location", "http://HOST@evil.example/later"),
                ("retry-after", "0"),
            ],
            &[("location", "http://me@HOST/later"), ("retry-after", "0")],
            &[("location", "later"), ("retry-after", "0")],
            &[("retry-after", "0")],
        ] {
            let (arm, looks) = at_work(9, headers).await;
            assert_eq!(ask(&arm).await.unwrap_err().class(), "malformed", "{headers:?}");
            assert_eq!(looks.load(Ordering::SeqCst), 1);
        }
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up_before_the_wait() {
        let slow = &[("location", "http://HOST/later"), ("retry-after", "3600")];
        let (arm, looks) = at_work(9, slow).await;
        assert_eq!(ask(&arm).await.unwrap_err().class(), "too_slow");
        assert_eq!(looks.load(Ordering::SeqCst), 1);
    }
}
