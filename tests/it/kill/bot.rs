//! The bot as a process of its own.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use portcullis::sandbox::discord::{DiscordEmulator, RouteKind, SANDBOX_TOKEN, What};
use tokio::process::{Child, Command};

/// A debug build on a busy machine takes a second or two.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the managed identity endpoint of the emulator asks for.
const IDENTITY_HEADER: &str = "sandbox-identity-header";

/// How the binary is started, again and again.
pub(super) struct Program {
    folder: PathBuf,
    azure: String,
}

/// A running bot; it is killed when this is dropped.
pub(super) struct Bot {
    child: Child,
}

impl Program {
    /// The configuration goes into `folder`, beside the database.
    pub(super) fn install(folder: &Path, azure: &str, discord: &str) -> Self {
        let config = CONFIG
            .replace("DISCORD", discord)
            .replace("AZURE", azure)
            .replace("FOLDER", &folder.display().to_string());
        std::fs::write(folder.join("portcullis.toml"), config).unwrap();
        Self {
            folder: folder.to_owned(),
            azure: azure.to_owned(),
        }
    }

    fn log(&self) -> File {
        let file = self.folder.join("portcullis.log");
        OpenOptions::new().create(true).append(true).open(file).unwrap()
    }

    /// Starts it, and waits until it has registered its commands.
    pub(super) async fn start(&self, discord: &DiscordEmulator) -> Bot {
        let registrations = || {
            let calls = discord.calls(RouteKind::OverwriteCommands);
            let done = calls.iter().filter(|call| {
                matches!(
                    call.what,
                    What::Rest {
                        status: Some(200),
                        ..
                    }
                )
            });
            done.count()
        };
        let before = registrations();
        let child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .arg("--config")
            .arg(self.folder.join("portcullis.toml"))
            .arg("serve")
            .env_clear()
            .env("PORTCULLIS_DISCORD__TOKEN", SANDBOX_TOKEN)
            .env("IDENTITY_ENDPOINT", format!("{}/msi/token", self.azure))
            .env("IDENTITY_HEADER", IDENTITY_HEADER)
            .stdin(Stdio::null())
            .stdout(self.log())
            .stderr(self.log())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let ready = discord
            .wait_until(PATIENCE, |_| (registrations() > before).then_some(()))
            .await;
        assert!(ready.is_some(), "the bot registers its commands");
        Bot { child }
    }
}

impl Bot {
    /// SIGKILL; returns once the process is gone.
    pub(super) async fn kill(mut self) {
        self.child.start_kill().unwrap();
        let status = self.child.wait().await.unwrap();
        assert_eq!(status.code(), None, "it was killed and did not end by itself");
    }

    /// SIGTERM; what is running is finished.
    pub(super) async fn stop(mut self) {
        let id = self.child.id().unwrap();
        let asked = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -TERM {id}"))
            .status()
            .await
            .unwrap();
        assert!(asked.success());
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("a signal ends it")
            .unwrap();
        assert!(status.success(), "it ends well: {status}");
    }
}

/// The rules are those of the sandbox, with less ceremony: anybody of the team may ask for any machine.
const CONFIG: &str = r#"
[discord]
guild_id = "100000000000002000"
approver_channel = "100000000000003002"
trail_channel = "100000000000003003"
administrators = ["role:100000000000005005"]
api_url = "DISCORD/api/v10"

[azure]
credential = "managed-identity"
endpoint = "AZURE"
inventory_every = "10s"
jit_every = "10s"

[store]
path = "FOLDER/portcullis.db"

[flood]
requests_per_hour = 1000
waiting = 1000

[http]
listen = "127.0.0.1:0"

[[rule]]
name = "team"
vms = ["*"]
requesters = ["role:100000000000005001", "role:100000000000005002", "role:100000000000005003"]
approvers = ["role:100000000000005002", "role:100000000000005003"]
max_for = "1h"
default_for = "10s"
sources = { widest = "/32", within = ["198.51.100.0/24"] }
reason = { required = true }
"#;
