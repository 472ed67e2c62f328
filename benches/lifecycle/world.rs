//! The outside of a bot under measurement: two emulators in this process, and the bot in another one.

use std::{
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use portcullis::{
    clock::SystemClock,
    sandbox::{
        azure::{
            self, AzureEmulator, BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT, Grant, Opening,
            PRODUCTION_SUBSCRIPTION,
        },
        discord::{DiscordEmulator, DiscordOptions, DiscordWorld, RouteKind, SANDBOX_TOKEN, What},
    },
};
use tempfile::TempDir;

use crate::process::Process;

/// The longest that anything may take before the measurement is given up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The ids are those of the emulator's demo guild. Azure is compared with the store so rarely that the calls of a
/// lifecycle can be counted without it.
const CONFIG: &str = r#"
[discord]
guild_id = "100000000000002000"
approver_channel = "100000000000003002"
trail_channel = "100000000000003003"
administrators = ["role:100000000000005005"]

[azure]
credential = "client-secret"
inventory_every = "1h"
jit_every = "1h"

[[rule]]
name = "everything"
vms = ["*"]
requesters = ["role:100000000000005001"]
approvers = ["role:100000000000005002"]
max_for = "1h"
sources = { widest = "/32", within = ["198.51.100.0/24"] }
"#;

pub(crate) struct World {
    pub azure: AzureEmulator,
    pub discord: DiscordEmulator,
    pub folder: TempDir,
}

impl World {
    /// One guild, and one subscription with so many machines.
    pub(crate) async fn with_machines(count: usize) -> Self {
        let everything = Grant::everything(&format!("/subscriptions/{PRODUCTION_SUBSCRIPTION}"));
        let machines = azure::World::large(DEMO_TENANT, PRODUCTION_SUBSCRIPTION, count).identity(
            BOT_CLIENT_ID,
            BOT_SECRET,
            vec![everything],
        );
        let azure_options = azure::Options {
            keep_answers: false,
            page_size: 1000,
            timing: azure::Timing {
                opening: Opening::After(TimeDelta::zero()),
                ..azure::Timing::default()
            },
            ..azure::Options::default()
        };
        let discord_options = DiscordOptions {
            ledger_bodies: false,
            ..DiscordOptions::default()
        };
        let clock = Arc::new(SystemClock);
        Self {
            azure: AzureEmulator::start(machines, clock.clone(), azure_options)
                .await
                .unwrap(),
            discord: DiscordEmulator::start(DiscordWorld::demo(), clock, discord_options)
                .await
                .unwrap(),
            folder: TempDir::new().unwrap(),
        }
    }

    /// Starts the real program with `serve`. Its database survives it.
    pub(crate) fn bot(&self) -> Process {
        let file = self.folder.path().join("portcullis.toml");
        std::fs::write(&file, CONFIG).unwrap();
        let settings = [
            ("DISCORD__TOKEN", SANDBOX_TOKEN.to_owned()),
            ("DISCORD__API_URL", format!("{}/api/v10", self.discord.url())),
            ("AZURE__TENANT_ID", DEMO_TENANT.to_owned()),
            ("AZURE__CLIENT_ID", BOT_CLIENT_ID.to_owned()),
            ("AZURE__CLIENT_SECRET", BOT_SECRET.to_owned()),
            ("AZURE__ENDPOINT", self.azure.url()),
            ("AZURE__LOGIN", self.azure.url()),
            (
                "STORE__PATH",
                self.folder.path().join("bench.db").display().to_string(),
            ),
            ("HTTP__LISTEN", "127.0.0.1:0".to_owned()),
            ("LOG__FILTER", "error".to_owned()),
        ];
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.arg("serve").arg("--config").arg(file);
        command.envs(settings.map(|(name, value)| (format!("PORTCULLIS_{name}"), value)));
        Process::start(&mut command)
    }

    /// Starts the baseline.
    pub(crate) fn bare(&self) -> Process {
        let mut command = Command::new(std::env::current_exe().unwrap());
        Process::start(command.arg("--bare").arg(self.discord.url()))
    }

    /// Starts a bot and waits until its commands are registered; says how long that took.
    pub(crate) async fn begin(&self, start: impl FnOnce(&Self) -> Process) -> (Process, Duration) {
        let before = registrations(&self.discord);
        let begun = Instant::now();
        let process = start(self);
        self.discord
            .wait_until(PATIENCE, |discord| {
                (registrations(discord) > before).then_some(())
            })
            .await
            .expect("the bot registers its commands");
        (process, begun.elapsed())
    }

    /// Waits until the bot knows the machines: until it offers some.
    pub(crate) async fn knows_machines(&self) {
        let alice = self.discord.person("alice").unwrap();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let offered = alice.types("/jit request vm:vm", "vm").await;
            if offered.is_ok_and(|offered| !offered.is_empty()) {
                return;
            }
            crate::process::pause(Duration::from_millis(100)).await;
        }
        panic!("the bot does not get to know the machines");
    }
}

/// How often a bot has registered its commands with success.
fn registrations(discord: &DiscordEmulator) -> usize {
    discord
        .calls(RouteKind::OverwriteCommands)
        .iter()
        .filter(|call| {
            matches!(
                call.what,
                What::Rest {
                    status: Some(200),
                    ..
                }
            )
        })
        .count()
}
