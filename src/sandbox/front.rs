//! The network between people's browsers and the bot's page: a proxy that says from which address each person comes.
//!
//! A browser on this machine always comes from loopback, from where nobody can be let in. So there is a proxy in front,
//! as in front of a real bot, and each person has an address of the ranges for examples (RFC 5737, RFC 3849). It adds
//! what it sees to `X-Forwarded-For`, as proxies do, and changes nothing else.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use reqwest::redirect;
use tokio::net::TcpListener;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const BODY_BYTES_MAX: usize = 64 * 1024;
/// Real time; the bot answers at once.
const PATIENCE: Duration = Duration::from_secs(30);
/// What ends at each proxy (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [HeaderName; 4] = [
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
];

/// The proxy, under two names: one for everybody, and one that can only be reached by IPv4.
#[derive(Debug, Clone)]
pub struct Front {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    bot: SocketAddr,
    client: reqwest::Client,
    url: String,
    ipv4_url: String,
    /// Who sits at the browser.
    visitor: Mutex<String>,
}

#[derive(Debug, Clone)]
struct Door {
    shared: Arc<Shared>,
    only_ipv4: bool,
}

impl Front {
    /// Listens on loopback, and passes on to the bot at `bot`.
    pub async fn start(bot: SocketAddr) -> io::Result<Self> {
        let any = || TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let (both, ipv4) = (any().await?, any().await?);
        let url = |listener: &TcpListener| Ok::<_, io::Error>(format!("http://{}/", listener.local_addr()?));
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(io::Error::other)?;
        let shared = Arc::new(Shared {
            bot,
            client,
            url: url(&both)?,
            ipv4_url: url(&ipv4)?,
            visitor: Mutex::default(),
        });
        for (listener, only_ipv4) in [(both, false), (ipv4, true)] {
            let door = Door {
                shared: Arc::clone(&shared),
                only_ipv4,
            };
            let app = Router::new().fallback(pass_on).with_state(door);
            // It ends with the process, as the emulators do.
            tokio::spawn(async move { axum::serve(listener, app).await });
        }
        Ok(Self { shared })
    }

    /// Where people reach the bot's page.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The same, by IPv4 only.
    pub fn ipv4_url(&self) -> &str {
        &self.shared.ipv4_url
    }

    /// Whether a link leads through here.
    pub fn serves(&self, link: &str) -> bool {
        link.starts_with(self.url()) || link.starts_with(self.ipv4_url())
    }

    /// From now on this person sits at the browser.
    pub fn sits_down(&self, person: &str) {
        person.clone_into(&mut self.shared.visitor.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// From where a person of the demo world comes: Carol's line has IPv6, and her IPv4 only where it is asked for.
fn address_of(person: &str, only_ipv4: bool) -> IpAddr {
    let ipv4 = |a, b, c, d| IpAddr::V4(Ipv4Addr::new(a, b, c, d));
    match person {
        "alice" => ipv4(198, 51, 100, 7),
        "bob" => ipv4(198, 51, 100, 8),
        "carol" if only_ipv4 => ipv4(203, 0, 113, 30),
        "carol" => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x30)),
        "dan" => ipv4(203, 0, 113, 9),
        // Nobody lets these networks in.
        _ => ipv4(192, 0, 2, 66),
    }
}

async fn pass_on(State(door): State<Door>, request: Request) -> Response {
    match passed(&door, request).await {
        Ok(response) => response,
        Err(why) => (
            StatusCode::BAD_GATEWAY,
            format!("The bot does not answer: {why}\n"),
        )
            .into_response(),
    }
}

async fn passed(door: &Door, request: Request) -> Result<Response, String> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|why| why.to_string())?;
    let visitor = door
        .shared
        .visitor
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let address = address_of(&visitor, door.only_ipv4).to_string();
    for name in HOP_BY_HOP {
        parts.headers.remove(name);
    }
    // Its length is told anew.
    parts.headers.remove(header::CONTENT_LENGTH);
    let address = address
        .parse()
        .map_err(|_| "the address is no header".to_owned())?;
    parts.headers.append(X_FORWARDED_FOR, address);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let answer = door
        .shared
        .client
        .request(parts.method, format!("http://{}{path}", door.shared.bot))
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .map_err(|why| why.to_string())?;
    let status = answer.status();
    let mut headers = answer.headers().clone();
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    let body = answer.bytes().await.map_err(|why| why.to_string())?;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;

    /// Stands for the bot: tells what it was sent.
    async fn echo() -> SocketAddr {
        let app = Router::new().fallback(|request: Request| async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 1000).await.unwrap();
            let forwarded: Vec<_> = parts
                .headers
                .get_all(X_FORWARDED_FOR)
                .iter()
                .map(|value| value.to_str().unwrap().to_owned())
                .collect();
            let mut headers = HeaderMap::new();
            headers.insert("x-kept", "yes".parse().unwrap());
            let text = format!(
                "{} {} {} {}",
                parts.method,
                parts.uri,
                forwarded.join("+"),
                String::from_utf8_lossy(&body)
            );
            (StatusCode::GONE, headers, text)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }

    #[tokio::test]
    async fn each_person_comes_from_their_own_address() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let front = Front::start(echo().await).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        for (who, url, seen) in [
            ("alice", front.url(), "198.51.100.7"),
            ("carol", front.url(), "2001:db8::30"),
            ("carol", front.ipv4_url(), "203.0.113.30"),
            ("mallory", front.url(), "192.0.2.66"),
        ] {
            front.sits_down(who);
            let request = client
                .post(format!("{url}a/b?c=d"))
                .header(X_FORWARDED_FOR, "8.8.8.8");
            let answer = request.body("hello").send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 410);
            assert_eq!(answer.headers()["x-kept"], "yes");
            let text = answer.text().await.unwrap();
            assert_eq!(text, format!("POST /a/b?c=d 8.8.8.8+{seen} hello"));
        }
        assert!(front.serves(&format!("{}address/x", front.url())));
        assert!(!front.serves("http://127.0.0.1:1/address/x"));
    }
}
