//! The page on which people show their address, in a real browser: with a proxy and without, by IPv4 and by IPv6.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use metrics_exporter_prometheus::PrometheusBuilder;
use portcullis::{
    cli::serve::Bot,
    clock::OffsetClock,
    config::{Config, Environment},
    http,
    sandbox::{
        azure::{self, AzureEmulator, BOT_CLIENT_ID, BOT_SECRET, DEMO_TENANT},
        discord::{
            DiscordEmulator, DiscordOptions, DiscordWorld, SANDBOX_TOKEN, SeenMessage,
            world::APPROVER_CHANNEL,
        },
        front::Front,
    },
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    browser::{Browser, ENTER, TAB},
    stage,
};

const ASK: &str = "/jit request vm:web-02 port:22 for:30m reason:INC-43 again";

/// A real bot with its page on both loopback addresses, and a browser.
struct Visit {
    browser: Browser,
    discord: DiscordEmulator,
    /// Straight to the bot.
    ipv4: SocketAddr,
    ipv6: SocketAddr,
    /// Through a proxy that says from where each person comes.
    front: Front,
    stop: CancellationToken,
    bot: tokio::task::JoinHandle<anyhow::Result<()>>,
    _folders: [TempDir; 2],
}

impl Visit {
    async fn begin(proxied: bool) -> Option<Self> {
        if !stage::has_browser() {
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
        let bind = async |address: IpAddr| TcpListener::bind(SocketAddr::from((address, 0))).await.unwrap();
        let doors = [
            bind(Ipv4Addr::LOCALHOST.into()).await,
            bind(Ipv6Addr::LOCALHOST.into()).await,
        ];
        let [ipv4, ipv6] = [&doors[0], &doors[1]].map(|door| door.local_addr().unwrap());
        // The proxy comes to the bot by IPv6.
        let front = Front::start(ipv6).await.unwrap();
        let (data, profile) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut environment = vec![
            ("PORTCULLIS_DISCORD__TOKEN", SANDBOX_TOKEN.to_owned()),
            (
                "PORTCULLIS_DISCORD__API_URL",
                format!("{}/api/v10", discord.url()),
            ),
            ("PORTCULLIS_AZURE__CREDENTIAL", "client-secret".to_owned()),
            ("PORTCULLIS_AZURE__TENANT_ID", DEMO_TENANT.to_owned()),
            ("PORTCULLIS_AZURE__CLIENT_ID", BOT_CLIENT_ID.to_owned()),
            ("PORTCULLIS_AZURE__CLIENT_SECRET", BOT_SECRET.to_owned()),
            ("PORTCULLIS_AZURE__ENDPOINT", azure.url()),
            ("PORTCULLIS_AZURE__LOGIN", azure.url()),
            (
                "PORTCULLIS_STORE__PATH",
                data.path().join("visit.db").display().to_string(),
            ),
        ];
        environment.extend(if proxied {
            [
                ("PORTCULLIS_HTTP__PUBLIC_URL", front.url().to_owned()),
                ("PORTCULLIS_HTTP__IPV4_URL", front.ipv4_url().to_owned()),
                ("PORTCULLIS_HTTP__TRUSTED_PROXIES", "127.0.0.0/8, ::1".to_owned()),
            ]
        } else {
            [
                ("PORTCULLIS_HTTP__PUBLIC_URL", format!("http://{ipv6}/")),
                ("PORTCULLIS_HTTP__IPV4_URL", format!("http://{ipv4}/")),
                // Somebody else's.
                ("PORTCULLIS_HTTP__TRUSTED_PROXIES", "192.0.2.1".to_owned()),
            ]
        });
        let environment: Environment = environment.into_iter().collect();
        let rules = include_str!("../../config/sandbox.toml");
        let config = Config::read(rules, None, &environment).unwrap();
        let settings = config.http.clone();
        let stop = CancellationToken::new();
        let bot = Bot::start(config, clock, stop.clone()).await.unwrap();
        bot.ready().cancelled_owned().await;
        let engine = bot.engine();
        engine.refresh_inventory().await.unwrap();
        for door in doors {
            let health = bot.health(PrometheusBuilder::new().build_recorder().handle());
            let (settings, stop) = (settings.clone(), stop.clone());
            tokio::spawn(async move { http::serve(door, health, &settings, stop).await });
        }
        Some(Self {
            browser: Browser::start(profile.path()).await,
            discord,
            ipv4,
            ipv6,
            front,
            stop,
            bot: tokio::spawn(bot.ended()),
            _folders: [data, profile],
        })
    }

    /// Waits until the emulator shows what is looked for.
    async fn sees<T>(&self, what: &str, look: impl Fn(&DiscordEmulator) -> Option<T>) -> T {
        let mut revision = self.discord.revision();
        let search = async {
            loop {
                revision.mark_unchanged();
                if let Some(found) = look(&self.discord) {
                    return found;
                }
                revision.changed().await.unwrap();
            }
        };
        let found = tokio::time::timeout(std::time::Duration::from_secs(20), search).await;
        found.unwrap_or_else(|_| panic!("{what} never came"))
    }

    /// Somebody asks without a source; gives the link on their message.
    async fn asks(&self, who: &str) -> String {
        self.discord.person(who).unwrap().slash(ASK).unwrap();
        self.sees("the link", |discord| link(discord.ephemerals(who).last()?))
            .await
    }

    async fn end(self) {
        let complaints = self.browser.complaints().await;
        self.browser.quit().await;
        self.stop.cancel();
        self.bot.await.unwrap().unwrap();
        // The browser looks for an icon by itself, and the page's policy lets it load none.
        let complaints: Vec<_> = complaints
            .into_iter()
            .filter(|line| !line.contains("favicon.ico"))
            .collect();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }
}

fn link(message: &SeenMessage) -> Option<String> {
    let buttons = message.buttons().into_iter();
    buttons
        .filter(|button| button.label == "Use my address")
        .find_map(|button| button.url)
}

/// Behind a proxy: opened, read, confirmed with the keyboard alone, and Discord goes on by itself.
#[tokio::test]
async fn the_address_is_confirmed_behind_a_proxy() {
    let Some(visit) = Visit::begin(true).await else {
        return;
    };
    let page = &visit.browser;
    let link = visit.asks("alice").await;
    assert!(visit.front.serves(&link), "{link}");
    visit.front.sits_down("alice");
    page.open(&link).await;
    page.shows("h1", "Is this your address?").await;
    page.shows("dd", "198.51.100.7").await;
    page.shows("dd", "SSH 22 on web-02").await;
    is_readable(page).await;
    stage::shot(page, "address-asked").await;

    // Loaded again and again, nothing happens.
    page.open(&link).await;
    page.shows("button", "Use 198.51.100.7").await;
    assert!(visit.discord.messages(APPROVER_CHANNEL).is_empty());

    page.press(TAB).await;
    let focused = page.eval("return document.activeElement.textContent").await;
    assert_eq!(focused, "Use 198.51.100.7");
    page.press(ENTER).await;
    page.shows("h1", "Request 1 was sent").await;
    is_readable(page).await;
    stage::shot(page, "address-sent").await;
    let card = visit
        .sees("the card", |discord| discord.messages(APPROVER_CHANNEL).pop())
        .await;
    assert!(card.text().contains("198.51.100.7"), "{}", card.text());
    visit
        .sees("the answer", |discord| {
            let own = discord.ephemerals("alice").pop()?;
            own.text().contains("was sent to the approvers").then_some(())
        })
        .await;

    page.open(&link).await;
    page.shows("h1", "This link is used up").await;
    is_readable(page).await;
    // The browser wrote the answer 410 down; it is what was asked for.
    page.complaints().await;
    visit.end().await;
}

/// Carol's line has IPv6: behind a proxy she is sent to the name that has only IPv4, with the same link.
#[tokio::test]
async fn by_ipv6_behind_a_proxy_the_link_leads_on_to_ipv4() {
    let Some(visit) = Visit::begin(true).await else {
        return;
    };
    let page = &visit.browser;
    let link = visit.asks("carol").await;
    visit.front.sits_down("carol");
    page.open(&link).await;
    page.shows("h1", "Azure needs an IPv4 address").await;
    page.shows("dd", "2001:db8::30").await;
    is_readable(page).await;
    stage::shot(page, "address-ipv6").await;
    page.press(TAB).await;
    page.press(ENTER).await;
    page.shows("h1", "Is this your address?").await;
    page.shows("button", "Use 203.0.113.30").await;
    page.click("button").await;
    page.shows("h1", "Request 1 was sent").await;
    let card = visit
        .sees("the card", |discord| discord.messages(APPROVER_CHANNEL).pop())
        .await;
    assert!(card.text().contains("203.0.113.30"), "{}", card.text());
    visit.end().await;
}

/// Without a proxy the peer is the visitor, by IPv6 and by IPv4: here both are loopback, and neither is taken.
#[tokio::test]
async fn without_a_proxy_the_peer_is_the_visitor() {
    let Some(visit) = Visit::begin(false).await else {
        return;
    };
    let page = &visit.browser;
    let link = visit.asks("alice").await;
    assert!(link.starts_with(&format!("http://{}/", visit.ipv6)), "{link}");
    page.open(&link).await;
    page.shows("h1", "Azure needs an IPv4 address").await;
    page.shows("dd", "::1").await;
    is_readable(page).await;
    page.click("a").await;
    page.shows("h1", "This address cannot be used").await;
    page.shows("dd", "127.0.0.1").await;
    page.shows("p", "trusted_proxies").await;
    let here = page.eval("return location.host").await;
    assert_eq!(here, visit.ipv4.to_string());
    assert_eq!(
        page.eval("return document.querySelectorAll('button').length")
            .await,
        0
    );
    is_readable(page).await;
    stage::shot(page, "address-loopback").await;
    assert!(visit.discord.messages(APPROVER_CHANNEL).is_empty());

    page.open(&link.replace("/address/", "/address/x")).await;
    page.shows("h1", "This link is not known").await;
    page.complaints().await;
    visit.end().await;
}

/// A page for everybody: one landmark, one heading, named things, no script, no sideways scrolling on a small screen, and
/// colours that follow the reader's choice.
async fn is_readable(page: &Browser) {
    let found = page
        .eval(
            "const all = (selector) => document.querySelectorAll(selector).length;
             return [document.documentElement.lang, all('main'), all('h1'), document.title.length > 0,
               document.querySelector('main').getAttribute('aria-labelledby') === document.querySelector('h1').id,
               document.scripts.length, all('img, iframe, link'), document.cookie,
               [...document.querySelectorAll('button, a')].every((one) => one.textContent.trim().length > 3
                 && one.getBoundingClientRect().height >= 44)]",
        )
        .await;
    assert_eq!(found, serde_json::json!(["en", 1, 1, true, true, 0, 0, "", true]));
    page.size(320, 640).await;
    let wide = page
        .eval("return document.documentElement.scrollWidth > document.documentElement.clientWidth")
        .await;
    assert_eq!(wide, false, "it scrolls sideways");
    page.size(1440, 900).await;
    let mut colours = Vec::new();
    for scheme in ["light", "dark"] {
        page.prefers(scheme).await;
        let colour = page
            .eval("const style = getComputedStyle(document.body); return style.backgroundColor + ' ' + style.color")
            .await;
        colours.push(colour);
    }
    assert_ne!(colours[0], colours[1]);
}
