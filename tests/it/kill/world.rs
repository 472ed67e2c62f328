//! The outside world of a bot that is killed: two emulators that outlive it, and a folder for its database.

use std::path::PathBuf;

use chrono::TimeDelta;
use portcullis::{
    clock::{SharedClock, SystemClock},
    sandbox::{
        azure::{self, AzureEmulator, Opening, Timing},
        discord::{DiscordEmulator, DiscordOptions, DiscordWorld, world::TRAIL_CHANNEL},
    },
};
use tempfile::TempDir;

pub(super) struct World {
    pub azure: AzureEmulator,
    pub discord: DiscordEmulator,
    folder: TempDir,
}

impl World {
    pub(super) async fn start() -> Self {
        let clock: SharedClock = std::sync::Arc::new(SystemClock);
        let options = azure::Options {
            timing: Timing {
                opening: Opening::After(TimeDelta::milliseconds(300)),
                closing_lag: TimeDelta::milliseconds(100),
                ..Timing::default()
            },
            ..azure::Options::default()
        };
        let azure = AzureEmulator::start(azure::World::demo(), clock.clone(), options);
        let chat = DiscordOptions {
            // Nothing here reads them, and the ledger of a long run is copied often.
            ledger_bodies: false,
            ..DiscordOptions::default()
        };
        let discord = DiscordEmulator::start(DiscordWorld::demo(), clock, chat);
        Self {
            azure: azure.await.unwrap(),
            discord: discord.await.unwrap(),
            folder: TempDir::new().unwrap(),
        }
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.path().join("portcullis.db")
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("portcullis.log")).unwrap_or_default()
    }

    /// The lines of the trail, in order.
    pub(super) fn trail(&self) -> Vec<String> {
        let threads = self.discord.threads(TRAIL_CHANNEL);
        assert!(threads.len() <= 1, "the trail has one thread: {threads:?}");
        threads
            .iter()
            .flat_map(|thread| self.discord.messages(thread.id))
            .flat_map(|message| message.content.lines().map(str::to_owned).collect::<Vec<_>>())
            .filter(|line| line.starts_with('#'))
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            super::say(&format!("kept for inspection: {}", self.folder.path().display()));
        }
    }
}
