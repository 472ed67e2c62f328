//! The emulator against a plain HTTP client: shapes as recorded, every refusal, every fault.

mod configure;
mod examples;
mod faults;
mod graph;
mod holds;
mod lifecycle;
mod lists;
mod network;
mod newer;
mod providers;
mod refusals;
mod sign_in;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    clock::{Clock as _, ManualClock},
    sandbox::azure::model::stamp,
};

use super::{AzureEmulator, BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT, Options, PRODUCTION_SUBSCRIPTION, World};

/// A world with a clock that stands still, and a caller with the bot's token.
struct Bench {
    azure: AzureEmulator,
    clock: Arc<ManualClock>,
    http: reqwest::Client,
    token: String,
}

/// An answer read in full.
#[derive(Debug)]
struct Seen {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Seen {
    async fn of(response: Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn start_of_time() -> DateTime<Utc> {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

fn client() -> reqwest::Client {
    // Fails only when another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

impl Bench {
    async fn new() -> Self {
        Self::with(World::demo(), Options::default()).await
    }

    async fn with(world: World, options: Options) -> Self {
        let clock = Arc::new(ManualClock::at(start_of_time()));
        let azure = AzureEmulator::start(world, clock.clone(), options).await.unwrap();
        let mut bench = Self {
            azure,
            clock,
            http: client(),
            token: String::new(),
        };
        bench.token = bench.token_of(BOT_CLIENT_ID, BOT_SECRET).await;
        bench
    }

    async fn token_of(&self, client_id: &str, secret: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", secret),
            ("scope", "https://management.azure.com/.default"),
        ];
        let url = format!("{}/{DEMO_TENANT}/oauth2/v2.0/token", self.azure.url());
        let answer = self.http.post(url).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let body: Value = answer.json().await.unwrap();
        body["access_token"].as_str().unwrap().to_owned()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.azure.url());
        self.http.request(method, url).bearer_auth(&self.token)
    }

    async fn get(&self, path: &str) -> Seen {
        Seen::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Seen {
        Seen::of(self.request(method, path).json(&body).send().await.unwrap()).await
    }

    async fn initiate(&self, body: Value) -> Seen {
        self.send(Method::POST, &format!("{WEB_POLICY}/initiate?{V}"), body)
            .await
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// An instant so many minutes from now, as a body writes it.
    fn minutes(&self, minutes: i64) -> String {
        stamp(self.clock.now() + TimeDelta::minutes(minutes))
    }

    /// The body that asks for SSH on web-01 for an hour.
    fn an_hour_of_ssh(&self) -> Value {
        ask("web-01", 22, &self.minutes(60), Some("198.51.100.7"))
    }
}

/// The api-version of JIT.
const V: &str = "api-version=2020-01-01";

const WEB_POLICY: &str = "/subscriptions/11111111-aaaa-4bbb-8ccc-000000000001/resourceGroups/prod-web/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default";

fn machine_id(group: &str, name: &str) -> String {
    format!(
        "/subscriptions/{PRODUCTION_SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{name}"
    )
}

fn ask(name: &str, port: u16, until: &str, source: Option<&str>) -> Value {
    let mut asked = json!({"number": port, "endTimeUtc": until});
    if let Some(source) = source {
        asked["allowedSourceAddressPrefix"] = json!(source);
    }
    let machine = json!({"id": machine_id("prod-web", name), "ports": [asked]});
    json!({"virtualMachines": [machine], "justification": "INC-42"})
}
