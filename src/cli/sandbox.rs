//! `portcullis sandbox`: the emulators, the real bot with its real clients, and the page, on loopback.

mod demo;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Verdict, serve::Bot};
use crate::{
    clock::OffsetClock,
    config::{Config, Environment},
    http,
    sandbox::{
        azure::{self, AzureEmulator, BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT},
        discord::{DiscordEmulator, DiscordOptions, DiscordWorld, SANDBOX_TOKEN},
        front::Front,
        page,
        tls::ServerIdentity,
    },
    telemetry,
};

/// The rules and ids of the demo world.
const CONFIG: &str = include_str!("../../config/sandbox.toml");

/// What the sandbox is asked to do.
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    /// Play the whole story without a browser, print it, and end: 0 only if every step really happened.
    #[arg(long, conflicts_with_all = ["emulators_only", "tls"])]
    demo: bool,
    /// Start the emulators and the page, but no bot: for other people's bots and clients.
    #[arg(long)]
    emulators_only: bool,
    /// Serve the emulators over TLS, and write the authority's certificate to DIR/ca.pem. With the bot, Azure's only.
    #[arg(long, value_name = "DIR")]
    tls: Option<PathBuf>,
    /// The port of the page; 0 takes a free one.
    #[arg(long, default_value_t = 8470)]
    port: u16,
    /// The port of the Azure emulator; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    azure_port: u16,
    /// The port of the Discord emulator; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    discord_port: u16,
    /// Keep the bot's database in this folder, so that it survives the sandbox. Without it, it is thrown away.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// The emulators and the clock that they share.
struct World {
    clock: Arc<OffsetClock>,
    azure: AzureEmulator,
    discord: DiscordEmulator,
}

impl Sandbox {
    pub(super) async fn run(self) -> anyhow::Result<Verdict> {
        // Warnings are part of what a person should see of a sandbox; the rest is asked for with PORTCULLIS_LOG.
        let metrics = telemetry::init(telemetry::LogFormat::Text, "warn")?;
        let world = self.world().await?;
        if self.demo {
            return demo::play(world, &self.place()?).await;
        }
        let stop = CancellationToken::new();
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], self.port)))
            .await
            .with_context(|| format!("The port {} is taken; choose another one with --port.", self.port))?;
        self.tell(&world, listener.local_addr()?);
        // The bot's page, and the network through which people come there.
        let door = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let front = match self.emulators_only {
            true => None,
            false => Some(Front::start(door.local_addr()?).await?),
        };
        let page = page::router(
            world.discord.clone(),
            world.azure.clone(),
            world.clock.clone(),
            front.clone(),
        );
        // It ends with the process: an open page would keep a graceful end waiting for ever.
        tokio::spawn(async move { axum::serve(listener, page).await });
        if self.emulators_only {
            tokio::signal::ctrl_c().await?;
            return Ok(Verdict::Good);
        }
        let place = self.place()?;
        let config = config(&world, &place.path, front.as_ref())?;
        let http = config.http.clone();
        let bot = Bot::start(config, world.clock.clone(), stop.clone()).await?;
        let health = bot.health(metrics);
        // It ends with the process, as the page does.
        tokio::spawn(async move { http::serve(door, health, &http, CancellationToken::new()).await });
        tokio::spawn({
            let stop = stop.clone();
            async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    stop.cancel();
                }
            }
        });
        bot.ended().await?;
        Ok(Verdict::Good)
    }

    async fn world(&self) -> anyhow::Result<World> {
        let clock = Arc::new(OffsetClock::default());
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let identity = match &self.tls {
            Some(folder) => {
                let identity = ServerIdentity::generate()?;
                std::fs::create_dir_all(folder)?;
                std::fs::write(folder.join("ca.pem"), identity.authority_pem())
                    .with_context(|| format!("The certificate cannot be written to {}.", folder.display()))?;
                Some(identity)
            }
            None => None,
        };
        let azure_options = azure::Options {
            address: at(self.azure_port),
            tls: identity.clone(),
            also_without_tls: identity.is_some(),
            keep_answers: false,
            ..azure::Options::default()
        };
        let azure = AzureEmulator::start(azure::World::demo(), clock.clone(), azure_options)
            .await
            .context("The Azure emulator cannot be started.")?;
        let discord_options = DiscordOptions {
            address: at(self.discord_port),
            // The bot speaks to both, and has no way to be told of an authority of our own.
            tls: identity.filter(|_| self.emulators_only),
            ..DiscordOptions::default()
        };
        let discord = DiscordEmulator::start(DiscordWorld::demo(), clock.clone(), discord_options)
            .await
            .context("The Discord emulator cannot be started.")?;
        Ok(World {
            clock,
            azure,
            discord,
        })
    }

    fn place(&self) -> anyhow::Result<Place> {
        match &self.keep {
            Some(folder) => {
                std::fs::create_dir_all(folder)?;
                Ok(Place {
                    path: folder.join("sandbox.db"),
                    throw_away: None,
                })
            }
            None => {
                let folder = std::env::temp_dir().join(format!("portcullis-sandbox-{}", std::process::id()));
                std::fs::create_dir_all(&folder)?;
                Ok(Place {
                    path: folder.join("sandbox.db"),
                    throw_away: Some(folder),
                })
            }
        }
    }

    #[expect(clippy::print_stdout, reason = "the addresses are what this command is for")]
    fn tell(&self, world: &World, page: SocketAddr) {
        println!("Open this page:      http://{page}/");
        println!(
            "Discord emulator:    {}/api/v10   (bot token: {SANDBOX_TOKEN})",
            world.discord.url()
        );
        println!(
            "Azure emulator:      {}   (client: {BOT_CLIENT_ID}, secret: {BOT_SECRET}, tenant: {DEMO_TENANT})",
            world.azure.url()
        );
        if let Some(folder) = &self.tls {
            println!("Trust this authority: {}", folder.join("ca.pem").display());
        }
        println!(
            "Managed identity:    IDENTITY_ENDPOINT={}/msi/token IDENTITY_HEADER={}",
            world.azure.url(),
            azure::Options::default().identity_header
        );
        println!("End it with Ctrl-C.");
    }
}

/// The bot's database; a folder of its own is removed at the end.
struct Place {
    path: PathBuf,
    throw_away: Option<PathBuf>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.throw_away {
            // What cannot be removed lies in the system's temporary folder, which is emptied anyway.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// The demo configuration, pointed at the emulators.
fn config(world: &World, database: &std::path::Path, front: Option<&Front>) -> anyhow::Result<Config> {
    let page = front.into_iter().flat_map(|front| {
        [
            ("PORTCULLIS_HTTP__PUBLIC_URL", front.url().to_owned()),
            ("PORTCULLIS_HTTP__IPV4_URL", front.ipv4_url().to_owned()),
            ("PORTCULLIS_HTTP__TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
        ]
    });
    let environment: Environment = [
        ("PORTCULLIS_DISCORD__TOKEN", SANDBOX_TOKEN.to_owned()),
        (
            "PORTCULLIS_DISCORD__API_URL",
            format!("{}/api/v10", world.discord.url()),
        ),
        ("PORTCULLIS_AZURE__CREDENTIAL", "client-secret".to_owned()),
        ("PORTCULLIS_AZURE__TENANT_ID", DEMO_TENANT.to_owned()),
        ("PORTCULLIS_AZURE__CLIENT_ID", BOT_CLIENT_ID.to_owned()),
        ("PORTCULLIS_AZURE__CLIENT_SECRET", BOT_SECRET.to_owned()),
        ("PORTCULLIS_AZURE__ENDPOINT", world.azure.url_without_tls()),
        ("PORTCULLIS_AZURE__LOGIN", world.azure.url_without_tls()),
        ("PORTCULLIS_STORE__PATH", database.display().to_string()),
    ]
    .into_iter()
    .chain(page)
    .collect();
    Ok(Config::read(
        CONFIG,
        Some(std::path::Path::new("config/sandbox.toml")),
        &environment,
    )?)
}
