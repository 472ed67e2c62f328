//! The page is served whole, keeps strangers out, and pushes what happens.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::StreamExt as _;
use serde_json::{Value, json};

use super::*;
use crate::{
    clock::Clock as _,
    sandbox::{
        azure,
        discord::{DiscordOptions, DiscordWorld},
    },
};

struct Served {
    url: String,
    page: Page,
    client: reqwest::Client,
}

async fn served() -> Served {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = Arc::new(OffsetClock::default());
    let options = DiscordOptions::default();
    let discord = DiscordEmulator::start(DiscordWorld::demo(), clock.clone(), options)
        .await
        .unwrap();
    let azure = AzureEmulator::start(azure::World::demo(), clock.clone(), azure::Options::default())
        .await
        .unwrap();
    let router = router(discord.clone(), azure.clone(), clock.clone(), None);
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Served {
        url,
        page: Page {
            discord,
            azure,
            clock,
            front: None,
        },
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
    }
}

impl Served {
    async fn get(&self, path: &str) -> reqwest::Response {
        self.client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.url));
        let answer = request.json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}

/// What stands in quotes after `mark`.
fn quoted<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    let after = text.split(mark).skip(1);
    after.filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn everything_that_the_page_names_is_served_and_nothing_comes_from_elsewhere() {
    let served = served().await;
    let index = served.get("/").await;
    let policy = index.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let mut waiting: Vec<String> = vec!["index.html".to_owned()];
    let mut seen = Vec::new();
    while let Some(name) = waiting.pop() {
        let answer = served.get(&format!("/{name}")).await;
        assert_eq!(answer.status().as_u16(), 200, "{name}");
        let text = answer.text().await.unwrap();
        assert!(!text.contains("innerHTML"), "{name} parses text as HTML");
        let named = [" href=\"", " src=\"", " from \"./", "import \"./"];
        for other in named.iter().flat_map(|mark| quoted(&text, mark)) {
            assert!(!other.contains("//"), "{name} names {other}");
            let other = other.trim_start_matches("./").to_owned();
            if !other.starts_with('#') && !seen.contains(&other) {
                seen.push(other.clone());
                waiting.push(other);
            }
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
    assert_eq!(served.get("/mod.rs").await.status().as_u16(), 404);
    assert_eq!(served.get("/..%2fmod.rs").await.status().as_u16(), 404);
}

#[tokio::test]
async fn strangers_are_kept_out() {
    let served = served().await;
    let request = served.client.post(format!("{}/clock", served.url));
    let answer = request
        .header("origin", "https://evil.example")
        .json(&json!({"advance_seconds": 60}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    assert!(served.page.clock.offset().is_zero());
    let request = served
        .client
        .get(format!("{}/discord/_control/state", served.url));
    let answer = request.header("host", "evil.example").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
}

#[tokio::test]
async fn people_act_and_the_clock_moves() {
    let served = served().await;
    let said = json!({"channel": "general", "text": "hello"});
    assert_eq!(
        served.post("/discord/_control/people/alice/says", said).await.0,
        200
    );
    let messages = served.page.discord.messages("general");
    assert_eq!(messages.len(), 1);
    let (status, power) = served
        .post("/azure/machines/web-01/power", json!({"power": "stopped"}))
        .await;
    assert_eq!(status, 200, "{power}");
    assert_eq!(
        served
            .post("/azure/machines/web-01/opens", json!({"port": 22}))
            .await
            .0,
        200
    );
    assert!(!served.page.azure.port_state("web-01", 22).is_closed());
    assert_eq!(
        served
            .post("/azure/machines/web-99/opens", json!({"port": 22}))
            .await
            .0,
        422
    );
    let before = served.page.clock.now();
    assert_eq!(
        served.post("/clock", json!({"advance_seconds": 3600})).await.0,
        200
    );
    assert!(served.page.clock.now() - before >= chrono::TimeDelta::hours(1));
    assert_eq!(served.post("/clock", json!({"advance_seconds": 0})).await.0, 422);
    assert_eq!(
        served
            .post("/clock", json!({"advance_seconds": 10_u64.pow(12)}))
            .await
            .0,
        422
    );
}

#[tokio::test]
async fn what_happens_is_pushed() {
    let served = served().await;
    let mut stream = served.get("/events").await.bytes_stream();
    let mut text = String::new();
    let mut until = async |part: &str| {
        while !text.contains(part) {
            let next = tokio::time::timeout(Duration::from_secs(20), stream.next()).await;
            text.push_str(std::str::from_utf8(&next.unwrap().unwrap().unwrap()).unwrap());
        }
    };
    until("event: azure").await;
    let alice = served.page.discord.person("alice").unwrap();
    alice.at("general").unwrap().says("good morning").unwrap();
    until("good morning").await;
    served.page.clock.advance(Duration::from_secs(7200));
    until("\"ahead_seconds\":7200").await;
}
