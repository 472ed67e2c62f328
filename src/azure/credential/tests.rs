use std::{path::PathBuf, sync::Mutex, time::Duration};

use axum::{Form, Json, Router, http::StatusCode, routing::post};
use serde_json::json;

use super::*;
use crate::azure::testing::{hang_up, serve, silent};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";

fn secret_options(authority: &Url) -> AzureOptions {
    let mut options = AzureOptions::new(CredentialOptions::ClientSecret {
        tenant_id: TENANT.into(),
        client_id: "app".into(),
        secret: "s3cret-value".to_owned().into(),
    });
    options.authority = Some(authority.clone());
    options
}

fn token_route(
    answer: impl Fn(Vec<(String, String)>) -> (StatusCode, serde_json::Value) + Clone + Send + Sync + 'static,
) -> Router {
    Router::new().route(
        "/{tenant}/oauth2/v2.0/token",
        post(move |Form(form): Form<Vec<(String, String)>>| {
            let (status, body) = answer(form);
            async move { (status, Json(body)) }
        }),
    )
}

#[tokio::test]
async fn a_secret_gets_a_token_for_the_clouds_resource_manager() {
    let url = serve(token_route(|form| {
        assert!(form.contains(&("scope".into(), "https://management.azure.com/.default".into())));
        assert!(form.contains(&("client_secret".into(), "s3cret-value".into())));
        (
            StatusCode::OK,
            json!({"token_type":"Bearer","expires_in":3599,"access_token":"fresh"}),
        )
    }))
    .await;
    let credential = Credential::new(&secret_options(&url)).unwrap();
    assert_eq!(credential.token().await.unwrap().expose_secret(), "fresh");
    assert!(!format!("{credential:?} {:?}", secret_options(&url)).contains("s3cret-value"));
}

/// Sends nothing, and remembers what it should have sent.
#[derive(Debug, Default)]
struct Nowhere(Mutex<Vec<(Url, String)>>);

#[async_trait::async_trait]
impl HttpClient for Nowhere {
    async fn execute_request(
        &self,
        request: &azure_core::http::Request,
    ) -> azure_core::Result<azure_core::http::AsyncRawResponse> {
        let body = match request.body() {
            azure_core::http::Body::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            other => panic!("not a form: {other:?}"),
        };
        self.0.lock().unwrap().push((request.url().clone(), body));
        Err(azure_core::Error::with_message(
            azure_core::error::ErrorKind::Io,
            "nothing is sent",
        ))
    }
}

#[tokio::test]
async fn each_cloud_has_its_login_host_and_its_resource_manager() {
    crate::azure::testing::tls();
    for (cloud, login, resource) in [
        (
            Cloud::Public,
            "login.microsoftonline.com",
            "https://management.azure.com",
        ),
        (
            Cloud::UsGovernment,
            "login.microsoftonline.us",
            "https://management.usgovcloudapi.net",
        ),
        (
            Cloud::China,
            "login.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
        ),
    ] {
        let mut options = secret_options(&"https://unused.example".parse().unwrap());
        options.authority = None;
        options.cloud = cloud;
        assert_eq!(options.base().unwrap().as_str().trim_end_matches('/'), resource);
        let nowhere = Arc::new(Nowhere::default());
        let client_options = ClientOptions {
            transport: Some(Transport::new(nowhere.clone())),
            ..client_options(&options).unwrap()
        };
        let scope = options.scope();
        let credential = build_with(&options, client_options).unwrap();
        credential.get_token(&[scope.as_str()], None).await.unwrap_err();
        let sent = nowhere.0.lock().unwrap();
        let (url, form) = &sent[0];
        assert_eq!((url.scheme(), url.host_str()), ("https", Some(login)));
        let asked: Vec<_> = url::form_urlencoded::parse(form.as_bytes())
            .filter(|(name, _)| name == "scope")
            .map(|(_, scope)| scope.into_owned())
            .collect();
        assert_eq!(asked, [format!("{resource}/.default")]);
    }
}

#[tokio::test]
async fn entras_refusal_names_its_code_and_a_remedy() {
    let url = serve(token_route(|_| {
        (
            StatusCode::UNAUTHORIZED,
            json!({"error":"invalid_client","error_codes":[7000222],
                "error_description":"AADSTS7000222: The provided client secret keys for app 'app' are expired.\r\nTrace ID: x"}),
        )
    }))
    .await;
    let error = Credential::new(&secret_options(&url))
        .unwrap()
        .token()
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            CredentialError::Refused {
                code: Some(7_000_222),
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(error.remedy(), Remedy::RenewSecret);
    assert!(!error.may_pass());
    assert!(error.to_string().contains("are expired"), "{error}");
    assert!(!error.to_string().contains("aka.ms"), "{error}");
}

#[tokio::test]
async fn a_dead_login_host_does_not_block() {
    let mut options = secret_options(&silent().await);
    options.token_time_out = Duration::from_millis(50);
    let error = Credential::new(&options).unwrap().token().await.unwrap_err();
    assert!(error.may_pass(), "{error:?}");

    let error = Credential::new(&secret_options(&hang_up().await))
        .unwrap()
        .token()
        .await
        .unwrap_err();
    assert!(matches!(error, CredentialError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_login_host_that_answers_rubbish_is_refused_in_a_sentence() {
    let url = serve(Router::new().fallback(|| async { (StatusCode::OK, "<html>") })).await;
    let error = Credential::new(&secret_options(&url))
        .unwrap()
        .token()
        .await
        .unwrap_err();
    assert!(
        matches!(error, CredentialError::Refused { code: None, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_forgotten_token_is_fetched_again() {
    let count = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let seen = count.clone();
    let url = serve(token_route(move |_| {
        let number = seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        (
            StatusCode::OK,
            json!({"expires_in":3599,"access_token":format!("t{number}")}),
        )
    }))
    .await;
    let credential = Credential::new(&secret_options(&url)).unwrap();
    assert_eq!(credential.token().await.unwrap().expose_secret(), "t0");
    assert_eq!(credential.token().await.unwrap().expose_secret(), "t0");
    credential.forget();
    assert_eq!(credential.token().await.unwrap().expose_secret(), "t1");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_before_anything_is_sent() {
    crate::azure::testing::tls();
    let mut options = AzureOptions::new(CredentialOptions::WorkloadIdentity {
        tenant_id: Some(TENANT.into()),
        client_id: Some("app".into()),
        token_file: Some(PathBuf::from("/nonexistent/token")),
    });
    assert!(matches!(
        Credential::new(&options),
        Err(CredentialError::Settings { .. })
    ));
    options = secret_options(&"http://login.example.com".parse().unwrap());
    let error = Credential::new(&options).unwrap_err();
    assert_eq!(error.remedy(), Remedy::CorrectSettings);
}

#[test]
fn codes_lead_to_remedies() {
    for (code, remedy) in [
        (7_000_215, Remedy::CorrectSecret),
        (700_016, Remedy::CorrectClientId),
        (90_002, Remedy::CorrectTenantId),
        (500_011, Remedy::CorrectCloud),
        (53_003, Remedy::AllowInConditionalAccess),
        (1, Remedy::ReadDetail),
    ] {
        let error = CredentialError::Refused {
            code: Some(code),
            detail: String::new(),
        };
        assert_eq!(error.remedy(), remedy);
    }
}
