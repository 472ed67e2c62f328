//! Tokens: how to get them, and what happens without.

use super::*;
use crate::sandbox::tls::ServerIdentity;

async fn token(bench: &Bench, tenant: &str, change: &[(&str, &str)]) -> Seen {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", BOT_CLIENT_ID),
        ("client_secret", BOT_SECRET),
        ("scope", "https://management.azure.com/.default"),
    ];
    for (name, value) in change {
        form.retain(|(known, _)| known != name);
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    let url = format!("{}/{tenant}/oauth2/v2.0/token", bench.azure.url());
    Seen::of(bench.http.post(url).form(&form).send().await.unwrap()).await
}

#[tokio::test]
async fn entra_answers_with_its_own_error_codes() {
    let bench = Bench::new().await;
    let good = token(&bench, DEMO_TENANT, &[]).await.json();
    assert_eq!(good["token_type"], "Bearer");
    assert_eq!(good["expires_in"], 3599);
    for (tenant, change, status, code) in [
        (DEMO_TENANT, ("client_secret", "wrong"), 401, 7_000_215),
        (DEMO_TENANT, ("client_secret", ""), 401, 7_000_218),
        (DEMO_TENANT, ("client_id", "nobody"), 400, 700_016),
        (
            DEMO_TENANT,
            ("scope", "https://elsewhere.example/.default"),
            400,
            500_011,
        ),
        (DEMO_TENANT, ("grant_type", "password"), 400, 70_003),
        (DEMO_TENANT, ("grant_type", ""), 400, 900_144),
        ("another-tenant", ("x", ""), 400, 90_002),
    ] {
        let answer = token(&bench, tenant, &[change]).await;
        let body = answer.json();
        assert_eq!(
            (answer.status.as_u16(), &body["error_codes"][0]),
            (status, &json!(code))
        );
        assert!(
            body["error_description"]
                .as_str()
                .unwrap()
                .starts_with(&format!("AADSTS{code}"))
        );
    }
    let secrets = bench
        .azure
        .ledger()
        .iter()
        .filter(|entry| entry.body.is_some())
        .count();
    assert_eq!(secrets, 0, "the ledger keeps no secrets");
}

#[tokio::test]
async fn a_workload_proves_itself_by_its_assertion() {
    let bench = Bench::new().await;
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    for (assertion, status) in [
        ("sandbox-assertion", StatusCode::OK),
        ("other", StatusCode::UNAUTHORIZED),
    ] {
        let change = [
            ("client_secret", ""),
            ("client_assertion", assertion),
            ("client_assertion_type", kind),
        ];
        assert_eq!(token(&bench, DEMO_TENANT, &change).await.status, status);
    }
}

#[tokio::test]
async fn a_host_gets_tokens_by_its_managed_identity() {
    let bench = Bench::new().await;
    let url = format!(
        "{}/msi/token?api-version=2019-08-01&resource=https://management.azure.com",
        bench.azure.url()
    );
    let refused = Seen::of(bench.http.get(&url).send().await.unwrap()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let header = Options::default().identity_header;
    let answer = bench
        .http
        .get(&url)
        .header("x-identity-header", header)
        .send()
        .await
        .unwrap();
    let body = Seen::of(answer).await.json();
    assert!(body["expires_on"].as_str().unwrap().parse::<i64>().unwrap() > 0);
    let list = format!("{}/subscriptions?api-version=2022-12-01", bench.azure.url());
    let token = body["access_token"].as_str().unwrap();
    let answer = Seen::of(bench.http.get(list).bearer_auth(token).send().await.unwrap()).await;
    assert_eq!(answer.json()["value"].as_array().unwrap().len(), 3);
    let imds = format!(
        "{}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/",
        bench.azure.url()
    );
    let unmarked = bench.http.get(&imds).send().await.unwrap();
    assert_eq!(unmarked.status(), StatusCode::BAD_REQUEST);
    let marked = bench
        .http
        .get(&imds)
        .header("Metadata", "true")
        .send()
        .await
        .unwrap();
    assert_eq!(marked.status(), StatusCode::OK);
}

#[tokio::test]
async fn without_a_good_token_it_is_401_with_a_challenge() {
    let options = Options {
        token_life: Duration::ZERO,
        ..Options::default()
    };
    let stale = Bench::with(World::demo(), options).await;
    let answer = stale.get(&format!("{WEB_POLICY}?{V}")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "ExpiredAuthenticationToken")
    );
    assert!(answer.header("www-authenticate").contains(DEMO_TENANT));

    let bench = Bench::new().await;
    bench.azure.revoke_tokens();
    let answer = bench.get(&format!("{WEB_POLICY}?{V}")).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken")
    );
    let url = format!("{}{WEB_POLICY}?{V}", bench.azure.url());
    let answer = Seen::of(bench.http.get(url).send().await.unwrap()).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "AuthenticationFailed")
    );
}

#[tokio::test]
async fn a_fast_forwarded_world_does_not_end_a_token() {
    let bench = Bench::new().await;
    bench.pass(10 * 24 * 3600);
    assert_eq!(
        bench.get(&format!("{WEB_POLICY}?{V}")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn it_speaks_tls_to_those_who_trust_its_authority() {
    // For the client.
    let _ = client();
    let identity = ServerIdentity::generate().unwrap();
    let authority = reqwest::Certificate::from_pem(identity.authority_pem().as_bytes()).unwrap();
    let options = Options {
        tls: Some(identity),
        ..Options::default()
    };
    let clock = Arc::new(ManualClock::at(start_of_time()));
    let azure = AzureEmulator::start(World::demo(), clock, options).await.unwrap();
    let trusting = reqwest::Client::builder()
        .tls_certs_only([authority])
        .build()
        .unwrap();
    let port = azure.url().rsplit(':').next().unwrap().to_owned();
    for base in [azure.url(), format!("https://localhost:{port}")] {
        let url = format!("{base}/metadata/endpoints?api-version=2022-09-01");
        let body: Value = trusting.get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(body["authentication"]["loginEndpoint"], base);
    }
}
