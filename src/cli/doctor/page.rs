//! The page on which people show their address, as `doctor` sees it: from outside, the way a visitor comes.

use std::time::Duration;

use url::Url;

use super::Check;
use crate::{
    chat::message::address,
    clock::fresh_secret,
    config::{Http, PublicPage},
    domain::address::LinkOver,
};

/// Protocol time: longer than a proxy takes to say that nobody answers.
const PATIENCE: Duration = Duration::from_secs(15);

/// Looks at the page under each of its names; nothing where there is none.
pub(super) async fn look(http: &Http) -> Vec<Check> {
    let Some(page) = &http.page else {
        return Vec::new();
    };
    let mut checks = vec![reached("address page", &page.public_url).await];
    if let Some(url) = &page.ipv4_url {
        checks.push(match only_ipv4(url).await {
            Ok(()) => reached("address page by IPv4", url).await,
            Err(check) => check,
        });
    }
    checks
}

/// Whether the page answers there, and not something else.
async fn reached(subject: &str, url: &Url) -> Check {
    let bad = |found: String| {
        Check::bad(
            subject,
            found,
            "Start `portcullis serve`, and let the proxy pass /address/ on to http.listen; docs/address-page.md shows how.",
        )
    };
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build();
    // A link that nobody has: the page says so, and no one else does.
    let link = PublicPage::link(url, &fresh_secret());
    let (Ok(client), Some(link)) = (client, link) else {
        return bad(format!("{url} cannot be visited"));
    };
    let answer = match client.get(link).send().await {
        Ok(answer) => answer,
        Err(why) => return bad(format!("{url} does not answer: {}", why.without_url())),
    };
    let status = answer.status();
    let expected = address::over(LinkOver::Unknown).title;
    match answer.text().await {
        Ok(text) if status == 404 && text.contains(&expected) => {
            Check::good(subject, format!("{url} leads to the bot"))
        }
        _ => bad(format!("something else than the bot answers at {url} ({status})")),
    }
}

/// A name that has IPv6, too, does not help who comes by IPv6.
async fn only_ipv4(url: &Url) -> Result<(), Check> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(443);
    let bad = |found: String, remedy: &str| Err(Check::bad("address page by IPv4", found, remedy));
    match tokio::net::lookup_host((bare, port)).await {
        Ok(mut addresses) => {
            if addresses.any(|address| address.is_ipv6()) {
                return bad(
                    format!("{host} has an IPv6 address, too, so a visitor may come by IPv6 again"),
                    "Give http.ipv4_url a name that has only an A record.",
                );
            }
            Ok(())
        }
        Err(why) => bad(
            format!("{host} cannot be resolved: {why}"),
            "Give the name of http.ipv4_url an A record, or take the key out.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode};

    use super::*;

    async fn stands(status: StatusCode, text: String) -> Url {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let app = Router::new().fallback(move || async move { (status, text) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url.parse().unwrap()
    }

    #[tokio::test]
    async fn only_the_bots_own_page_is_good() {
        let ours = address::over(LinkOver::Unknown).title;
        assert!(
            reached("page", &stands(StatusCode::NOT_FOUND, ours.clone()).await)
                .await
                .good
        );
        for (status, text) in [
            (StatusCode::NOT_FOUND, "nginx".to_owned()),
            (StatusCode::OK, ours),
            (StatusCode::BAD_GATEWAY, String::new()),
        ] {
            let check = reached("page", &stands(status, text).await).await;
            assert!(
                !check.good && check.remedy.contains("docs/address-page.md"),
                "{check:?}"
            );
        }
        let nobody: Url = "http://127.0.0.1:1/".parse().unwrap();
        assert!(!reached("page", &nobody).await.good);
    }

    #[tokio::test]
    async fn a_name_with_ipv6_is_no_name_for_ipv4() {
        assert!(only_ipv4(&"http://127.0.0.1:1/".parse().unwrap()).await.is_ok());
        let check = only_ipv4(&"http://[::1]:1/".parse().unwrap()).await.unwrap_err();
        assert!(check.found.contains("IPv6"), "{check:?}");
    }
}
