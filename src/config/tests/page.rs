//! Where people reach the page, and which proxies stand in front of it.

use super::*;

fn http(lines: &str) -> Result<Config, Invalid> {
    read(&SMALL.replacen("[[rule]]", &format!("[http]\n{lines}\n[[rule]]"), 1))
}

fn refused(lines: &str) -> String {
    http(lines)
        .map(|_| ())
        .expect_err("this must be refused")
        .to_string()
}

#[test]
fn without_a_public_url_there_is_no_page() {
    assert!(read(SMALL).unwrap().http.page.is_none());
    assert!(
        http("listen = \"127.0.0.1:1\"\ntrusted_proxies = [\"10.0.0.1\"]")
            .unwrap()
            .http
            .page
            .is_none()
    );
    let told = refused("ipv4_url = \"https://v4.example.org\"\ntrusted_proxies = [\"10.0.0.1\"]");
    assert!(told.contains("set public_url, too"), "{told}");
}

#[test]
fn the_page_is_read_whole() {
    let config = http(
        "public_url = \"https://example.org/jit\"\nipv4_url = \"https://v4.example.org\"\ntrusted_proxies = \
         [\"10.0.0.0/8\", \"fd00::/8\", \"192.0.2.1\", \"::ffff:192.0.2.2\"]",
    )
    .unwrap();
    let page = config.http.page.clone().unwrap();
    assert_eq!(page.public_url.as_str(), "https://example.org/jit/");
    assert_eq!(page.ipv4_url.unwrap().as_str(), "https://v4.example.org/");
    let link = PublicPage::link(&page.public_url, "secret").unwrap();
    assert_eq!(link.as_str(), "https://example.org/jit/address/secret");
    let proxies: Vec<_> = config
        .http
        .trusted_proxies
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        proxies,
        ["10.0.0.0/8", "fd00::/8", "192.0.2.1/32", "192.0.2.2/32"]
    );
    let shown = config.show();
    for part in ["https://example.org/jit/", "https://v4.example.org/", "fd00::/8"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn a_page_is_https_except_on_this_machine() {
    for fine in ["http://127.0.0.1:8080", "http://[::1]:1/x", "http://localhost"] {
        assert!(http(&format!("public_url = {fine:?}")).is_ok(), "{fine}");
    }
    for (wrong, why) in [
        ("http://example.org", "must begin with https://"),
        ("http://127.0.0.1.example.org", "must begin with https://"),
        ("http://10.0.0.1", "must begin with https://"),
        ("ftp://example.org", "begins with https://"),
        ("https://user:pass@example.org", "user name or a password"),
        ("https://example.org/?x=1", "query or a fragment"),
        ("https://example.org/#x", "query or a fragment"),
        ("nonsense", "cannot be used"),
    ] {
        let told = refused(&format!(
            "public_url = {wrong:?}\ntrusted_proxies = [\"10.0.0.1\"]"
        ));
        assert!(told.contains(why), "{wrong}: {told}");
    }
    let long = format!("https://example.org/{}", "x".repeat(300));
    let told = refused(&format!(
        "public_url = {long:?}\ntrusted_proxies = [\"10.0.0.1\"]"
    ));
    assert!(told.contains("too long for a button"), "{told}");
}

/// The bot speaks no TLS: without a proxy that is named, the page would take the proxy for every visitor.
#[test]
fn https_needs_a_proxy_that_is_named() {
    let told = refused("public_url = \"https://example.org\"");
    assert!(told.contains("name its address in trusted_proxies"), "{told}");
}

#[test]
fn a_proxy_is_an_address_or_a_network_and_never_everybody() {
    for (wrong, why) in [
        ("0.0.0.0/0", "trust everybody"),
        ("::/0", "trust everybody"),
        ("10.0.0.1/8", "the length of a network"),
        ("::ffff:10.0.0.0/104", "write it as IPv4"),
        ("proxy.example.org", "no address and no network"),
        ("*", "no address and no network"),
    ] {
        let told = refused(&format!("trusted_proxies = [{wrong:?}]"));
        assert!(told.contains(why), "{wrong}: {told}");
    }
}
