//! What people do in a browser: they open a page, and press its button.

use std::{net::SocketAddr, time::Duration};

use portcullis::sandbox::discord::SeenMessage;
use reqwest::{Client, Method, StatusCode, header::HeaderMap, redirect};

use super::{World, crash::Trap};

/// The page's place on this machine, which outlives the bot: what comes while it is down waits.
pub(crate) struct Door {
    listener: std::net::TcpListener,
    pub at: SocketAddr,
}

impl Door {
    pub(crate) fn new() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let at = listener.local_addr().unwrap();
        Self { listener, at }
    }

    /// For one life of the bot.
    pub(crate) fn listener(&self) -> std::net::TcpListener {
        self.listener.try_clone().unwrap()
    }
}

/// What a browser got.
#[derive(Debug)]
pub(crate) struct Visited {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub page: String,
}

impl Visited {
    pub(crate) fn says(&self, part: &str) -> bool {
        // Enough of HTML for what the page writes.
        let text = self
            .page
            .replace("&#39;", "'")
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        text.contains(part)
    }

    /// Whether there is a button, and so something to confirm.
    pub(crate) fn asks(&self) -> bool {
        self.page.contains("<button")
    }
}

/// One visit: how a browser at `from`, behind a proxy that the bot trusts, asks for a page.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    method: Method,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl Visit {
    pub(crate) fn to(url: &str, from: &str) -> Self {
        Self {
            method: Method::GET,
            url: url.to_owned(),
            headers: vec![("x-forwarded-for", from.to_owned())],
            body: None,
        }
    }

    /// The button is pressed on a page that showed `address`.
    pub(crate) fn presses(mut self, address: &str) -> Self {
        self.method = Method::POST;
        self.headers
            .push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        self.body = Some(format!("address={address}"));
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    pub(crate) fn by(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn sending(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    async fn made(self) -> Option<Visited> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let mut request = client.request(self.method, &self.url);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let answer = request.send().await.ok()?;
        Some(Visited {
            status: answer.status(),
            headers: answer.headers().clone(),
            page: answer.text().await.ok()?,
        })
    }
}

impl World {
    /// A browser opens a page, or presses its button; the bot does what it can do at once. `None`: the bot died of it.
    pub(crate) fn visits(&mut self, visit: Visit) -> Option<Visited> {
        self.visits_together(vec![visit]).pop().flatten()
    }

    /// Several at the same moment.
    pub(crate) fn visits_together(&mut self, visits: Vec<Visit>) -> Vec<Option<Visited>> {
        let trap = self.trap.as_ref().map(Trap::sprung).unwrap_or_default();
        let visited = self.outside.block_on(async {
            let all: Vec<_> = visits
                .into_iter()
                .map(|visit| tokio::spawn(visit.made()))
                .collect();
            let mut visited = Vec::new();
            for one in all {
                visited.push(tokio::select! {
                    done = one => done.unwrap(),
                    () = trap.cancelled() => None,
                });
            }
            visited
        });
        self.settle();
        visited
    }

    /// The link to the page, on the message of a draft.
    pub(crate) fn link(&self, draft: &SeenMessage) -> Option<String> {
        draft
            .buttons()
            .into_iter()
            .find(|button| button.label == "Use my address")
            .and_then(|button| button.url)
    }
}
