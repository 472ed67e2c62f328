//! Sends a call: rate limits before it, time-outs around it, classification after it.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use reqwest::{
    header::{AUTHORIZATION, CONTENT_TYPE},
    multipart::{Form, Part},
};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{
    Inner, Rest, RestError,
    answer::Answer,
    call::Call,
    limits::{LIMIT_WAIT_SECONDS, LimitHeaders, Permit},
    route::Kind,
};
use crate::chat::file::File;

impl Rest {
    /// Sends a call and decodes what comes back.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, call: Call) -> Result<T, RestError> {
        self.send(&call).await?.decode(&call)
    }

    /// Sends a call, waiting for its rate limit as long as this client is patient.
    ///
    /// A call that Discord turned away with 429 was not done, so it is sent again within that time.
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, RestError> {
        let route = call.route;
        let deadline = Instant::now() + self.patience;
        loop {
            let permit = self
                .inner
                .limits
                .admit(route, call.major(), deadline)
                .await
                .map_err(|retry_after| RestError::RateLimited { route, retry_after })?;
            match self.inner.once(call, Some(permit)).await {
                // The limits have learned from the answer, so the next turn waits as long as it says.
                Err(RestError::RateLimited { retry_after, .. })
                    if Instant::now() + retry_after <= deadline => {}
                result => return result,
            }
        }
    }
}

impl Inner {
    /// Sends a call once, and counts and times it.
    pub(super) async fn once(&self, call: &Call, permit: Option<Permit>) -> Result<Answer, RestError> {
        if self.locked_out.load(Ordering::Relaxed) {
            return Err(RestError::Unauthorized);
        }
        let route = call.route.template();
        let begun = Instant::now();
        let result = self.transfer(call).await;
        let outcome = match &result {
            Ok(answer) => answer.status.as_str().to_owned(),
            Err(RestError::Transient { status: None, .. }) => "no connection".to_owned(),
            Err(RestError::Ambiguous { .. }) => "no answer".to_owned(),
            Err(_) => "unreadable".to_owned(),
        };
        metrics::histogram!(REQUEST_SECONDS, "route" => route).record(begun.elapsed());
        metrics::counter!(REQUESTS_TOTAL, "route" => route, "status" => outcome).increment(1);

        let answer = result?;
        // A 5xx comes from in front of Discord and says nothing about limits, not even by silence.
        if let Some(permit) = permit.filter(|_| !answer.status.is_server_error()) {
            permit.learn(LimitHeaders::read(&answer)).await;
        }
        match answer.error(call) {
            None => Ok(answer),
            Some(error) => {
                if matches!(error, RestError::Unauthorized) {
                    self.locked_out.store(true, Ordering::Relaxed);
                }
                Err(error)
            }
        }
    }

    async fn transfer(&self, call: &Call) -> Result<Answer, RestError> {
        let route = call.route;
        let mut request = self.client.request(route.method(), call.url(&self.address));
        // A call that is authorised by the token in its path does not need the bot's.
        if route.kind() == Kind::Bot {
            request = request.header(AUTHORIZATION, self.authorization.clone());
        }
        if let Some(body) = &call.body
            && !call.files.is_empty()
        {
            let form = parts(body, &call.files).map_err(|source| not_answered(call, source))?;
            request = request.multipart(form);
        } else if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        } else if !route.method().is_safe() {
            // RFC 9110, 8.6: say that nothing follows; Discord's edge asks for it (411).
            request = request.header(reqwest::header::CONTENT_LENGTH, "0");
        }
        let response = request
            .send()
            .await
            .map_err(|source| not_answered(call, source))?;
        Answer::read(route, response).await
    }
}

/// The body as `payload_json`, and each file as `files[n]` (Discord's documentation, "Uploading Files").
fn parts(body: &Bytes, files: &[File]) -> Result<Form, reqwest::Error> {
    let whole = |bytes: &Bytes| Part::stream_with_length(bytes.clone(), bytes.len() as u64);
    let payload = whole(body).mime_str("application/json")?;
    let form = Form::new()
        // The names are plain ASCII; percent-encoding would turn the brackets of `files[0]` into something else.
        .percent_encode_noop()
        .part("payload_json", payload);
    files.iter().enumerate().try_fold(form, |form, (number, file)| {
        let part = whole(file.bytes())
            .file_name(file.name().to_owned())
            .mime_str(file.content_type())?;
        Ok(form.part(format!("files[{number}]"), part))
    })
}

/// Without a connection nothing left this machine; after that, anything may have happened.
fn not_answered(call: &Call, source: reqwest::Error) -> RestError {
    let never_left = source.is_connect() || source.is_builder();
    let route = call.route;
    // The address may hold an interaction token.
    let source = Some(source.without_url());
    if never_left {
        RestError::Transient {
            route,
            status: None,
            source,
        }
    } else {
        RestError::Ambiguous { route, source }
    }
}

/// Says what the numbers mean, for whoever reads them.
pub(super) fn describe_metrics() {
    metrics::describe_counter!(
        REQUESTS_TOTAL,
        "Calls to Discord, by route and by the status of the answer."
    );
    metrics::describe_histogram!(
        REQUEST_SECONDS,
        metrics::Unit::Seconds,
        "Time from sending a call to Discord until its whole answer was read."
    );
    metrics::describe_histogram!(
        LIMIT_WAIT_SECONDS,
        metrics::Unit::Seconds,
        "Time for which a call to Discord was held back by a rate limit."
    );
}

const REQUESTS_TOTAL: &str = "portcullis_discord_requests_total";
const REQUEST_SECONDS: &str = "portcullis_discord_request_seconds";
