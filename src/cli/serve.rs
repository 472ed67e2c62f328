//! `portcullis serve`: puts the parts together and runs them until a signal or until one of them ends for good.

use std::{future::Future, path::Path, sync::Arc};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use serenity::all::ApplicationId;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{Verdict, doctor, load};
use crate::{
    azure::{Arm, AzureOptions},
    chat::rest::{Rest, RestConfig},
    clock::{SharedClock, SystemClock, fresh_uuid},
    config::{self, Config, Environment},
    domain::ids::UserId,
    engine::Engine,
    gateway::Gateway,
    http::{self, Health},
    store::{OpenMode, Store},
    telemetry,
};

pub(super) async fn run(file: Option<&Path>) -> anyhow::Result<Verdict> {
    let config = load::config(file)?;
    let metrics = telemetry::init(load::log_format(config.log.format), &config.log.filter)?;
    for warning in &config.warnings {
        warn!("{warning}");
    }
    tokio::spawn(telemetry::keep_small(metrics.clone()));
    let http = config.http.clone();
    let listener = TcpListener::bind(http.listen)
        .await
        .with_context(|| format!("The address {} of `http.listen` cannot be used.", http.listen))?;
    let stop = CancellationToken::new();
    // In the background: a finding is worth a warning, and no reason to start late.
    tokio::spawn(warn_of_findings(config.clone()));
    let bot = Bot::start(config, Arc::new(SystemClock), stop.clone()).await?;
    let reloading = tokio::spawn(reload_on_hangup(bot.engine(), file.map(Path::to_owned)));
    let health = bot.health(metrics);
    let serving = tokio::spawn({
        let stop = stop.clone();
        async move { http::serve(listener, health, &http, stop).await }
    });
    tokio::spawn(stop_on_signal(stop.clone()));
    let ended = bot.ended().await;
    stop.cancel();
    reloading.abort();
    serving.await??;
    ended.map(|()| Verdict::Good)
}

/// The parts of a bot, put together and not running yet. Tests step them; [`Bot`] lets them run.
#[derive(Debug)]
pub struct Parts {
    pub engine: Arc<Engine>,
    pub gateway: Gateway,
    pub store: Store,
    pub token: SecretString,
}

impl Parts {
    /// Opens the store, learns from Discord who the bot is, and takes up the stored inventory.
    pub async fn put_together(config: Config, clock: SharedClock) -> anyhow::Result<Self> {
        let token = config.discord.token.clone();
        let rest = Rest::new(RestConfig::new(config.discord.api_url.clone(), token.clone()))?;
        let store = Store::open(&load::place(&config.store), OpenMode::Serve)
            .await
            .context("The database cannot be used.")?;
        let arm =
            Arm::new(&AzureOptions::from(&config.azure), clock.clone()).context("Azure cannot be set up.")?;
        let me = rest
            .current_user()
            .await
            .context("Discord does not say who this bot is.")?;
        let application = match config.discord.application_id {
            Some(id) => ApplicationId::new(id.max(1)),
            None => {
                rest.current_application()
                    .await
                    .context("Discord does not say which application this is.")?
                    .id
            }
        };
        let settings = load::settings(&config, application.get(), UserId(me.id.get()));
        let guild = settings.guild;
        let engine = Engine::new(store.clone(), arm, rest.clone(), clock, settings, config.rules);
        engine.load_inventory().await?;
        let gateway = Gateway::new(Arc::clone(&engine), rest, application, guild);
        Ok(Self {
            engine,
            gateway,
            store,
            token,
        })
    }
}

/// A bot whose parts are running.
#[derive(Debug)]
pub struct Bot {
    engine: Arc<Engine>,
    store: Store,
    ready: CancellationToken,
    stop: CancellationToken,
    parts: JoinSet<anyhow::Result<&'static str>>,
}

impl Bot {
    /// Puts a bot together and starts it. `stop` ends it.
    ///
    /// It is started when this returns; it is ready once [`Bot::ready`] is.
    pub async fn start(config: Config, clock: SharedClock, stop: CancellationToken) -> anyhow::Result<Self> {
        let shared = matches!(config.store, config::Store::Postgres { .. });
        let Parts {
            engine,
            gateway,
            store,
            token,
        } = Parts::put_together(config, clock).await?;
        let mut bot = Self {
            engine: Arc::clone(&engine),
            store,
            ready: gateway.ready(),
            stop: stop.clone(),
            parts: JoinSet::new(),
        };
        bot.part("the worker", Arc::clone(&engine).work(stop.clone()));
        bot.part("the trail", Arc::clone(&engine).keep_trail(stop.clone()));
        bot.part("the inventory", Arc::clone(&engine).keep_inventory(stop.clone()));
        bot.part(
            "the comparison",
            Arc::clone(&engine).keep_reconciled(stop.clone()),
        );
        let leads = watch::Sender::new(!shared);
        let leading = leads.subscribe();
        if shared {
            let me = fresh_uuid(engine.now()).to_string();
            bot.part(
                "the leadership",
                Arc::clone(&engine).keep_leading(me, leads, stop.clone()),
            );
        }
        bot.parts.spawn(async move {
            hold_gateway(&gateway, token.expose_secret(), leading, stop)
                .await
                .map(|()| "the gateway")
        });
        Ok(bot)
    }

    fn part(&mut self, name: &'static str, running: impl Future<Output = ()> + Send + 'static) {
        self.parts.spawn(async move {
            running.await;
            Ok(name)
        });
    }

    /// The engine, for whoever exchanges the rules.
    pub fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine)
    }

    /// Resolves once commands can be given.
    pub fn ready(&self) -> CancellationToken {
        self.ready.clone()
    }

    /// What the answers about the bot's health are made from.
    pub fn health(&self, metrics: metrics_exporter_prometheus::PrometheusHandle) -> Health {
        Health {
            store: self.store.clone(),
            engine: Arc::clone(&self.engine),
            ready: self.ready.clone(),
            metrics,
        }
    }

    /// Waits until it was stopped and every part has come to its end, or until one ends for good by itself:
    /// then the others are stopped, and which one it was is the error.
    pub async fn ended(mut self) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        while let Some(ended) = self.parts.join_next().await {
            let stopped = self.stop.is_cancelled();
            let failure = match ended {
                Ok(Ok(_)) if stopped => None,
                Ok(Ok(name)) => Some(anyhow::anyhow!("{name} ended by itself")),
                Ok(Err(why)) => Some(why),
                Err(why) => Some(anyhow::Error::from(why).context("a part of the bot panicked")),
            };
            self.stop.cancel();
            if outcome.is_ok()
                && let Some(why) = failure
            {
                outcome = Err(why);
            }
        }
        self.store.close().await;
        info!("Everything has come to its end.");
        outcome
    }
}

/// Holds the gateway while this replica leads; the others only share the jobs.
async fn hold_gateway(
    gateway: &Gateway,
    token: &str,
    mut leading: watch::Receiver<bool>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => break,
            // Without a sender nothing changes any more: SQLite has one `serve`.
            Ok(_) = leading.wait_for(|leads| *leads) => {}
            else => {}
        }
        let ours = stop.child_token();
        let connected = gateway.run(token, ours.clone());
        tokio::pin!(connected);
        tokio::select! {
            ended = &mut connected => return ended.map_err(anyhow::Error::from),
            Ok(_) = leading.wait_for(|leads| !*leads) => {}
        }
        ours.cancel();
        connected.await?;
    }
    Ok(())
}

/// What `doctor` would find in Discord: most of it shows only when a card has pinged nobody.
async fn warn_of_findings(config: Config) {
    for finding in &config.findings {
        warn!(%finding, "A rule says what can never come true.");
    }
    for check in doctor::discord::look(&config)
        .await
        .into_iter()
        .filter(|check| !check.good)
    {
        warn!(subject = check.subject, remedy = check.remedy, "{}.", check.found);
    }
}

/// SIGTERM or SIGINT: what is running is finished, then the program ends.
async fn stop_on_signal(stop: CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        done = tokio::signal::ctrl_c() => done?,
    }
    info!("A signal asks for the end; what is running is finished first.");
    stop.cancel();
    Ok(())
}

/// SIGHUP: the rules are read again. A file that cannot be used changes nothing, and says so.
async fn reload_on_hangup(engine: Arc<Engine>, file: Option<std::path::PathBuf>) -> anyhow::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    while hangup.recv().await.is_some() {
        match Config::reload_rules(file.as_deref(), &Environment::of_process()) {
            Ok(rules) => match engine.reload_rules(rules).await {
                Ok(true) => info!("The rules have been exchanged."),
                Ok(false) => info!("The rules are the same as before."),
                Err(why) => {
                    error!(error = %telemetry::Causes(&why), "The new rules could not be recorded, so the old ones stay in force.");
                }
            },
            Err(why) => warn!("The new configuration cannot be used, so the old rules stay in force: {why}"),
        }
    }
    Ok(())
}
