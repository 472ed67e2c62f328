//! The emulator against real clients: serenity as a bot, reqwest where a bot would not do it wrong enough.

mod commands;
mod control;
mod faults;
mod files;
mod gateway;
mod interactions;
mod limits;
mod menus;
mod messages;
mod permissions;
mod reactions;
mod slash;
mod threads;

use std::{sync::Arc, time::Duration};

use chrono::DateTime;
use reqwest::Method;
use serde_json::{Value, json};
use serenity::{all as discord, async_trait};
use tokio::sync::{Mutex, mpsc};

use super::*;
use crate::clock::ManualClock;

/// Longest that any test waits for anything, in real time.
const SOON: Duration = Duration::from_secs(10);

/// A running emulator with its standing clock.
struct Scene {
    discord: DiscordEmulator,
    clock: Arc<ManualClock>,
    client: reqwest::Client,
}

impl Scene {
    async fn new() -> Self {
        Self::with(DiscordOptions::default()).await
    }

    async fn with(options: DiscordOptions) -> Self {
        Self::of(DiscordWorld::demo(), options).await
    }

    async fn of(world: DiscordWorld, options: DiscordOptions) -> Self {
        // Another test may have been first; one provider is as good as the other.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(ManualClock::at(
            DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        ));
        let discord = DiscordEmulator::start(world, clock.clone(), options)
            .await
            .unwrap();
        let client = reqwest::Client::builder()
            .user_agent("DiscordBot (https://example.org, 1)")
            .no_proxy()
            .timeout(SOON)
            .build()
            .unwrap();
        Self {
            discord,
            clock,
            client,
        }
    }

    fn person(&self, name: &str) -> Person {
        self.discord.person(name).unwrap()
    }

    /// A REST call with the bot's token: status and body.
    async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self
            .client
            .request(method, format!("{}/api/v10{path}", self.discord.url()))
            .header("authorization", format!("Bot {SANDBOX_TOKEN}"));
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(json!(text)))
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, body).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, Value::Null).await
    }

    /// Posts a message and gives its id.
    async fn posted(&self, channel: Snowflake, body: Value) -> Snowflake {
        let (status, body) = self.post(&format!("/channels/{channel}/messages"), body).await;
        assert_eq!(status, 200, "{body}");
        body["id"].as_str().unwrap().parse().unwrap()
    }

    async fn bot(&self) -> Bot {
        Bot::start(self, discord::GatewayIntents::from_bits_truncate(1025)).await
    }
}

/// A real serenity client that hands every event to the test.
struct Bot {
    http: Arc<discord::Http>,
    events: Mutex<mpsc::UnboundedReceiver<Seen>>,
    task: tokio::task::JoinHandle<Result<(), serenity::Error>>,
}

#[derive(Debug)]
enum Seen {
    Ready,
    Resumed,
    Interaction(Box<discord::Interaction>),
    Reaction(Box<discord::Reaction>, bool),
    Message(Box<discord::Message>),
    Thread(Snowflake),
    Unknown,
}

struct Tell(mpsc::UnboundedSender<Seen>);

impl Tell {
    fn tell(&self, seen: Seen) {
        // The test may have ended already.
        let _ = self.0.send(seen);
    }
}

#[async_trait]
impl discord::EventHandler for Tell {
    async fn cache_ready(&self, _: discord::Context, guilds: Vec<discord::GuildId>) {
        assert_eq!(guilds.len(), 1);
        self.tell(Seen::Ready);
    }

    async fn resume(&self, _: discord::Context, _: discord::ResumedEvent) {
        self.tell(Seen::Resumed);
    }

    async fn interaction_create(&self, _: discord::Context, interaction: discord::Interaction) {
        self.tell(Seen::Interaction(Box::new(interaction)));
    }

    async fn reaction_add(&self, _: discord::Context, reaction: discord::Reaction) {
        self.tell(Seen::Reaction(Box::new(reaction), true));
    }

    async fn reaction_remove(&self, _: discord::Context, reaction: discord::Reaction) {
        self.tell(Seen::Reaction(Box::new(reaction), false));
    }

    async fn message(&self, _: discord::Context, message: discord::Message) {
        self.tell(Seen::Message(Box::new(message)));
    }

    async fn thread_create(&self, _: discord::Context, thread: discord::GuildChannel) {
        self.tell(Seen::Thread(Snowflake(thread.id.get())));
    }
}

/// serenity says nothing about a dispatch that it cannot read; this does.
#[async_trait]
impl discord::RawEventHandler for Tell {
    async fn raw_event(&self, _: discord::Context, event: discord::Event) {
        if let discord::Event::Unknown(unknown) = event {
            println!("serenity could not read {}: {}", unknown.kind, unknown.value);
            self.tell(Seen::Unknown);
        }
    }
}

impl Bot {
    async fn start(scene: &Scene, intents: discord::GatewayIntents) -> Self {
        let bot = Self::start_unready(scene, intents).await;
        assert!(matches!(bot.next().await, Seen::Ready));
        bot
    }

    async fn start_unready(scene: &Scene, intents: discord::GatewayIntents) -> Self {
        let http = |()| {
            discord::HttpBuilder::new(SANDBOX_TOKEN)
                .proxy(scene.discord.url())
                .ratelimiter_disabled(true)
                .build()
        };
        let (send, events) = mpsc::unbounded_channel();
        let mut client = discord::ClientBuilder::new_with_http(http(()), intents)
            .event_handler(Tell(send.clone()))
            .raw_event_handler(Tell(send))
            .await
            .unwrap();
        assert!(client.ws_url.lock().await.starts_with("ws://127.0.0.1"));
        let http = client.http.clone();
        let task = tokio::spawn(async move { client.start().await });
        Self {
            http,
            events: Mutex::new(events),
            task,
        }
    }

    async fn next(&self) -> Seen {
        let mut events = self.events.lock().await;
        let seen = tokio::time::timeout(SOON, events.recv())
            .await
            .expect("no event came")
            .unwrap();
        assert!(
            !matches!(seen, Seen::Unknown),
            "serenity could not read a dispatch"
        );
        seen
    }

    async fn interaction(&self) -> discord::Interaction {
        match self.next().await {
            Seen::Interaction(interaction) => *interaction,
            other => panic!("not an interaction: {other:?}"),
        }
    }

    async fn command(&self) -> discord::CommandInteraction {
        match self.interaction().await {
            discord::Interaction::Command(command) => command,
            other => panic!("not a command: {other:?}"),
        }
    }

    async fn component(&self) -> discord::ComponentInteraction {
        match self.interaction().await {
            discord::Interaction::Component(component) => component,
            other => panic!("not a component: {other:?}"),
        }
    }

    /// Registers `/jit request vm port [for] [reason]` and `/jit list`.
    async fn registers_jit(&self) {
        use discord::{CommandOptionType as Kind, CreateCommand, CreateCommandOption as Opt};
        let request = Opt::new(Kind::SubCommand, "request", "Ask for access.")
            .add_sub_option(
                Opt::new(Kind::String, "vm", "Which machine.")
                    .required(true)
                    .set_autocomplete(true),
            )
            .add_sub_option(Opt::new(Kind::String, "port", "Which port.").required(true))
            .add_sub_option(Opt::new(Kind::String, "for", "How long."))
            .add_sub_option(Opt::new(Kind::String, "reason", "Why.").max_length(100));
        let count = Opt::new(Kind::Integer, "count", "How many.")
            .min_int_value(1)
            .max_int_value(25);
        let list = Opt::new(Kind::SubCommand, "list", "Show requests.")
            .add_sub_option(count)
            .add_sub_option(Opt::new(Kind::User, "who", "Whose."));
        let command = CreateCommand::new("jit")
            .description("Access on time.")
            .add_option(request)
            .add_option(list);
        discord_guild()
            .set_commands(&self.http, vec![command])
            .await
            .unwrap();
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn discord_guild() -> discord::GuildId {
    discord::GuildId::new(world::GUILD.0)
}

fn channel(id: Snowflake) -> discord::ChannelId {
    discord::ChannelId::new(id.0)
}

/// Discord's error code in a serenity error.
fn code(error: &serenity::Error) -> isize {
    match error {
        serenity::Error::Http(discord::HttpError::UnsuccessfulRequest(response)) => response.error.code,
        other => panic!("not a refusal of Discord: {other}"),
    }
}
