//! Emulators, page, puppet and browser, set up together.

use std::{io::Write as _, net::SocketAddr, path::PathBuf, sync::Arc};

use base64::Engine as _;
use portcullis::{
    clock::OffsetClock,
    sandbox::{
        azure::{self, AzureEmulator},
        discord::{DiscordEmulator, DiscordOptions, DiscordWorld},
        page,
    },
};
use tempfile::TempDir;

use crate::{browser::Browser, puppet::Puppet};

pub(crate) struct Stage {
    pub(crate) browser: Browser,
    pub(crate) puppet: Puppet,
    server: tokio::task::JoinHandle<()>,
    _profile: TempDir,
}

impl Stage {
    /// `None`, with a notice, where no Chromium is; an error if it is required.
    pub(crate) async fn set() -> Option<Self> {
        if !has_browser() {
            return None;
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = Arc::new(OffsetClock::default());
        let discord = DiscordEmulator::start(DiscordWorld::demo(), clock.clone(), DiscordOptions::default())
            .await
            .unwrap();
        let azure = AzureEmulator::start(azure::World::demo(), clock.clone(), azure::Options::default())
            .await
            .unwrap();
        let router = page::router(discord.clone(), azure.clone(), clock.clone(), None);
        let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let puppet = Puppet::start(discord, azure, clock).await;
        let profile = tempfile::tempdir().unwrap();
        let browser = Browser::start(profile.path()).await;
        browser.open(&format!("http://{address}/")).await;
        Some(Self {
            browser,
            puppet,
            server,
            _profile: profile,
        })
    }

    /// Keeps a picture in the target folder, for people who change the page.
    pub(crate) async fn shot(&self, name: &str) {
        shot(&self.browser, name).await;
    }

    /// Ends the story: the page must not have complained.
    pub(crate) async fn strike(self) {
        let complaints = self.browser.complaints().await;
        self.browser.quit().await;
        self.puppet.stop().await;
        self.server.abort();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}

/// Keeps a picture of the page in the target folder.
pub(crate) async fn shot(browser: &Browser, name: &str) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).unwrap();
    let picture = base64::engine::general_purpose::STANDARD
        .decode(browser.screenshot().await)
        .unwrap();
    std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}

/// Whether a browser is there; says so where it is not, and fails where it is required.
pub(crate) fn has_browser() -> bool {
    if has("chromium") && has("chromedriver") {
        return true;
    }
    let required = std::env::var("PORTCULLIS_REQUIRE").unwrap_or_default();
    assert!(
        !required.split(',').any(|part| part == "chromium"),
        "Chromium and chromedriver are required"
    );
    // Written past the test's capture, so that everybody sees it.
    let _ = std::io::stderr()
        .write_all(b"Chromium and chromedriver were not found; the page was not tried in a browser.\n");
    false
}

fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
