//! The world of a story: two emulators, a clock that stands, a database file, and a bot that can die.

use std::{future::Future, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use portcullis::{
    clock::{Clock as _, ManualClock},
    engine::Engine,
    gateway::Gateway,
    sandbox::{
        azure::{self, AzureEmulator, BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT},
        discord::{
            Acknowledged, Answer, DiscordEmulator, DiscordOptions, DiscordWorld, SANDBOX_TOKEN, SeenMessage,
        },
    },
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::{crash::Trap, life::Life, log::ErrorLog, promises, visitor::Door};

/// The rules of the sandbox: alice develops, bob is on call, carol leads, dan audits, mallory has no rights.
pub(crate) const RULES: &str = include_str!("../../../config/sandbox.toml");
/// The longest real time that anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub outside: Runtime,
    pub clock: Arc<ManualClock>,
    pub azure: AzureEmulator,
    pub discord: DiscordEmulator,
    pub life: Option<Life>,
    pub trap: Option<Trap>,
    /// How often the bot has died.
    pub crashes: u32,
    log: ErrorLog,
    /// Parts of ERROR lines that this story brings about.
    expected_errors: Vec<&'static str>,
    /// Records whose lines went with a thread that somebody deleted.
    pub lines_lost: usize,
    pub(super) rules: String,
    /// Where the bot's page is; `None`: it has none.
    pub door: Option<Door>,
    /// What the bot's configuration calls its cloud.
    cloud: &'static str,
    pub(super) folder: TempDir,
    judged: bool,
}

impl World {
    /// The demo world with a bot that knows its machines.
    pub(crate) fn new() -> Self {
        Self::with_rules(RULES)
    }

    /// The demo world under other `[[rule]]`s than the sandbox's, and whatever sections come with them.
    pub(crate) fn under(rules: &str) -> Self {
        let (sections, _) = RULES.split_once("[[rule]]").unwrap();
        Self::with_rules(&format!("{sections}\n{rules}"))
    }

    pub(crate) fn with_rules(rules: &str) -> Self {
        Self::in_azure(azure::World::demo(), rules, |_| {})
    }

    /// Another Azure than the demo's; `before` happens there before the bot first looks.
    pub(crate) fn in_azure(azure: azure::World, rules: &str, before: impl FnOnce(&AzureEmulator)) -> Self {
        let mut world = Self::asleep(azure, rules, "public", azure::Cloud::Public);
        before(&world.azure);
        world.start();
        world.looks_around();
        world
    }

    /// The demo world in one of Azure's clouds, with a bot that is told of `cloud` and knows nothing yet.
    pub(crate) fn in_cloud(real: azure::Cloud, cloud: &'static str) -> Self {
        let mut world = Self::asleep(azure::World::demo(), RULES, cloud, real);
        world.start();
        world
    }

    /// The bot reads the list of its machines.
    pub(crate) fn looks_around(&mut self) {
        let life = self.life();
        let looked = life.runtime().block_on(life.engine.refresh_inventory());
        looked.unwrap();
    }

    fn asleep(azure: azure::World, rules: &str, cloud: &'static str, real: azure::Cloud) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let log = ErrorLog::default();
        log.adopt_thread();
        let outside = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let start: DateTime<Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let (azure, discord) = outside.block_on(async {
            let options = azure::Options {
                cloud: real,
                ..azure::Options::default()
            };
            let azure = AzureEmulator::start(azure, clock.clone(), options).await.unwrap();
            let discord =
                DiscordEmulator::start(DiscordWorld::demo(), clock.clone(), DiscordOptions::default())
                    .await
                    .unwrap();
            (azure, discord)
        });
        Self {
            outside,
            clock,
            azure,
            discord,
            life: None,
            trap: None,
            crashes: 0,
            log,
            expected_errors: Vec::new(),
            lines_lost: 0,
            rules: rules.to_owned(),
            door: Some(Door::new()),
            cloud,
            folder: TempDir::new().unwrap(),
            judged: false,
        }
    }

    pub(crate) fn life(&self) -> &Life {
        self.life.as_ref().expect("the bot lives")
    }

    /// What the bot is told by environment.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("PORTCULLIS_DISCORD__TOKEN", SANDBOX_TOKEN.to_owned()),
            (
                "PORTCULLIS_DISCORD__API_URL",
                format!("{}/api/v10", self.discord.url()),
            ),
            ("PORTCULLIS_AZURE__CREDENTIAL", "client-secret".to_owned()),
            ("PORTCULLIS_AZURE__TENANT_ID", DEMO_TENANT.to_owned()),
            ("PORTCULLIS_AZURE__CLIENT_ID", BOT_CLIENT_ID.to_owned()),
            ("PORTCULLIS_AZURE__CLIENT_SECRET", BOT_SECRET.to_owned()),
            ("PORTCULLIS_AZURE__CLOUD", self.cloud.to_owned()),
            ("PORTCULLIS_AZURE__ENDPOINT", self.azure.url()),
            ("PORTCULLIS_AZURE__LOGIN", self.azure.url()),
            (
                "PORTCULLIS_STORE__PATH",
                self.folder.path().join("story.db").display().to_string(),
            ),
        ];
        if let Some(door) = &self.door {
            environment.extend([
                ("PORTCULLIS_HTTP__PUBLIC_URL", format!("http://{}", door.at)),
                (
                    "PORTCULLIS_HTTP__IPV4_URL",
                    format!("http://localhost:{}", door.at.port()),
                ),
                ("PORTCULLIS_HTTP__TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
            ]);
        }
        environment
    }

    /// Starts the bot, as after a crash or a deployment: it connects and compares.
    pub(crate) fn start(&mut self) {
        let environment = self.environment();
        loop {
            let death = self.trap.as_ref().map(Trap::sprung).unwrap_or_default();
            let door = self.door.as_ref().map(Door::listener);
            let life = Life::begin(
                &environment,
                &self.rules,
                self.clock.clone(),
                &self.log,
                door,
                &death,
            );
            let alive = life.as_ref().is_some_and(|life| {
                let ready = life.gateway.ready();
                self.outside
                    .block_on(async {
                        tokio::time::timeout(PATIENCE, async {
                            tokio::select! {
                                () = ready.cancelled_owned() => true,
                                () = death.cancelled() => false,
                            }
                        })
                        .await
                    })
                    .expect("the bot registers its commands")
            });
            self.life = life;
            if alive {
                return;
            }
            self.crash();
            if let Some(trap) = self.trap.take() {
                trap.let_go();
            }
        }
    }

    pub(crate) fn crash(&mut self) {
        if let Some(life) = self.life.take() {
            life.crash();
        }
        self.crashes += 1;
    }

    /// Lets the bot do everything that is due, until nothing is. A crash that the trap asks for happens in here,
    /// and the bot is started again.
    pub(crate) fn settle(&mut self) {
        while self.dies_in(|engine, gateway| async move {
            loop {
                gateway.quiet().await;
                let ran = engine.work_until_idle().await;
                let posted = engine.post_trail().await.unwrap_or_default();
                if ran + posted == 0 {
                    return;
                }
            }
        }) {
            self.reconcile();
        }
    }

    /// One comparison with Azure and Discord, as at start and on the timer.
    pub(crate) fn reconcile(&mut self) {
        while self.dies_in(|engine, _| async move { engine.reconcile().await.unwrap() }) {}
    }

    /// The bot takes the picture of all machines anew, as on its timer.
    pub(crate) fn looks_at_azure(&mut self) {
        while self.dies_in(|engine, _| async move { engine.refresh_inventory().await.unwrap() }) {}
    }

    /// Lets the bot do something; says whether the trap has sprung meanwhile, and the bot was started again.
    fn dies_in<F>(&mut self, work: impl FnOnce(Arc<Engine>, Gateway) -> F) -> bool
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let life = self.life();
        let work = life
            .runtime()
            .spawn(work(life.engine.clone(), life.gateway.clone()));
        // Without a trap this token is never cancelled.
        let trap = self.trap.as_ref().map(Trap::sprung).unwrap_or_default();
        let caught = self.outside.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                tokio::select! {
                    biased;
                    () = trap.cancelled_owned() => true,
                    done = work => { done.expect("nothing panics"); false }
                }
            })
            .await
            .expect("the bot comes to rest")
        });
        if caught {
            self.restart();
        }
        caught
    }

    /// The bot is started again under other `[[rule]]`s, see [`Self::under`].
    pub(crate) fn restart_under(&mut self, rules: &str) {
        let (sections, _) = RULES.split_once("[[rule]]").unwrap();
        self.restart_with(&format!("{sections}\n{rules}"));
    }

    /// The bot is started again with other rules, as after a deployment.
    pub(crate) fn restart_with(&mut self, rules: &str) {
        rules.clone_into(&mut self.rules);
        self.crash();
        self.start();
        self.reconcile();
        self.settle();
    }

    /// The bot dies and is started again.
    pub(crate) fn restart(&mut self) {
        self.crash();
        if let Some(trap) = self.trap.take() {
            trap.let_go();
        }
        self.start();
    }

    /// Lets world time pass, stopping at every instant at which something is due.
    pub(crate) fn pass(&mut self, length: Duration) {
        let end = self.clock.now() + TimeDelta::from_std(length).unwrap();
        loop {
            self.settle();
            let now = self.clock.now();
            let store = self.life().store.clone();
            let due = self
                .life()
                .runtime()
                .block_on(async move { store.read().await.unwrap().next_due().await.unwrap() })
                .filter(|due| *due <= end);
            let next = due.map_or(end, |due| due.max(now + TimeDelta::milliseconds(1)));
            self.clock.advance((next - now).to_std().unwrap());
            if next >= end {
                self.settle();
                return;
            }
        }
    }

    /// Somebody types a command; the bot does what it can do at once.
    pub(crate) fn types(&mut self, who: &str, command: &str) -> Answer {
        let answer = self.discord.person(who).unwrap().slash(command).unwrap();
        self.after(&answer);
        answer
    }

    /// Somebody clicks a button of a message.
    pub(crate) fn clicks(&mut self, who: &str, message: &SeenMessage, label: &str) -> Answer {
        let answer = self
            .discord
            .person(who)
            .unwrap()
            .clicks(message.id, label)
            .unwrap();
        self.after(&answer);
        answer
    }

    pub(crate) fn reacts(&mut self, who: &str, message: &SeenMessage, emoji: &str) {
        self.discord
            .person(who)
            .unwrap()
            .reacts(message.id, emoji)
            .unwrap();
        self.heard();
        self.settle();
    }

    pub(crate) fn after(&mut self, answer: &Answer) {
        let trap = self.trap.as_ref().map(Trap::sprung).unwrap_or_default();
        self.outside.block_on(async {
            tokio::time::timeout(PATIENCE, async {
                tokio::select! {
                    _ = answer.acknowledged() => {}
                    () = trap.cancelled_owned() => {}
                }
            })
            .await
            .expect("an interaction is acknowledged or expires");
        });
        self.settle();
    }

    /// Waits until the bot has taken every event that was sent: its handlers are tracked from their first step.
    pub(crate) fn heard(&self) {
        // An event and an interaction travel on one connection, in order: when a later one is answered, the
        // earlier one has been taken.
        let probe = self.discord.person("dan").unwrap().slash("/jit help").unwrap();
        let answered = self
            .outside
            .block_on(async { tokio::time::timeout(PATIENCE, probe.acknowledged()).await });
        assert!(
            matches!(answered, Ok(Acknowledged::Deferred | Acknowledged::Message)),
            "{answered:?}"
        );
    }

    /// The story brings about ERROR lines that contain this.
    pub(crate) fn expects_error(&mut self, part: &'static str) {
        self.expected_errors.push(part);
    }

    /// The ERROR lines that the story does not expect.
    pub(crate) fn unexpected_errors(&self) -> Vec<String> {
        let expected = |line: &String| self.expected_errors.iter().any(|part| line.contains(part));
        self.log
            .lines()
            .into_iter()
            .filter(|line| !expected(line))
            .collect()
    }

    /// What the bot has logged of visits to its page, and its errors.
    pub(crate) fn logged(&self) -> Vec<String> {
        self.log.everything()
    }

    /// Lines of the log that are more than one line, or that a terminal would obey.
    pub(crate) fn unclean_lines(&self) -> Vec<String> {
        self.log.unclean()
    }

    /// Judges the promises now; a dropped world does it by itself.
    pub(crate) fn judge(&mut self) {
        self.judged = true;
        promises::judge(self);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.judged && self.life.is_some() {
            self.judge();
        }
        if let Some(life) = self.life.take() {
            life.crash();
        }
    }
}
