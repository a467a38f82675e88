//! The accounts server: from the consent page to tokens, and their ends.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest, Sha256};
use zoho_sandbox::SandboxConfig;

use crate::support::{DESK, Local, Said, connectors, encoded};

const EU: &str = "accounts.zoho.eu";
const REDIRECT: &str = "http://127.0.0.1:8765/callback";

fn wish<'a>(local: &'a Local, challenge: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("response_type", "code"),
        ("client_id", local.sandbox.client_id()),
        ("scope", "Desk.tickets.READ,Desk.basic.READ"),
        ("redirect_uri", REDIRECT),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("state", "a&b"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

/// The hidden fields of a page, as a browser would send them.
fn hidden_fields(html: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        tag.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap().replace("&amp;", "&"))
    };
    html.split("<input ")
        .skip(1)
        .map(|tag| (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap()))
        .collect()
}

async fn decide(local: &Local, wish: &[(&str, &str)], decision: &str) -> BTreeMap<String, String> {
    let page = local.get(EU, &format!("/oauth/v2/auth?{}", encoded(wish))).await;
    assert_eq!(page.status, 200);
    let html = String::from_utf8(page.bytes).unwrap();
    assert!(html.contains("Desk.tickets.READ") && html.contains("<form method=\"post\""));
    let mut fields = hidden_fields(&html);
    fields.push(("decision".into(), decision.into()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let request =
        local.request(Method::POST, EU, "/oauth/v2/auth").header("content-type", "application/x-www-form-urlencoded");
    let said = local.send(request.body(encoded(&pairs))).await;
    assert_eq!(said.status, 302);
    let location = url::Url::parse(said.header("location").unwrap()).unwrap();
    assert!(location.as_str().starts_with(REDIRECT));
    location.query_pairs().into_owned().collect()
}

async fn exchange(local: &Local, code: &str, verifier: &str, host: &str) -> Said {
    let form = encoded(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
        ("client_id", local.sandbox.client_id()),
        ("client_secret", local.sandbox.client_secret()),
    ]);
    let request = local
        .request(Method::POST, host, "/oauth/v2/token")
        .header("content-type", "application/x-www-form-urlencoded");
    local.send(request.body(form)).await
}

#[tokio::test]
async fn a_consent_becomes_tokens_of_the_right_data_center() {
    let local = Local::start(&["desk"]).await;
    let verifier = "a-verifier-that-is-long-enough-for-rfc-7636-to-take-it";
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let back = decide(&local, &wish(&local, &challenge), "accept").await;
    assert_eq!(
        (back["location"].as_str(), back["accounts-server"].as_str(), back["state"].as_str()),
        ("eu", "https://accounts.zoho.eu", "a&b")
    );

    let wrong = exchange(&local, &back["code"], "another", EU).await;
    assert_eq!((wrong.status, wrong.json()), (200, json!({ "error": "invalid_code" })));
    let used_up = exchange(&local, &back["code"], verifier, EU).await;
    assert_eq!(used_up.json(), json!({ "error": "invalid_code" }));

    let back = decide(&local, &wish(&local, &challenge), "accept").await;
    let tokens = exchange(&local, &back["code"], verifier, EU).await;
    assert_eq!(tokens.text("/api_domain"), "https://www.zohoapis.eu");
    assert_eq!(tokens.text("/scope"), "Desk.tickets.READ Desk.basic.READ");
    assert_eq!((tokens.at("/expires_in"), tokens.text("/token_type")), (json!(3600), "Bearer".into()));

    let refresh = encoded(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", &tokens.text("/refresh_token")),
        ("client_id", local.sandbox.client_id()),
        ("client_secret", local.sandbox.client_secret()),
    ]);
    let fresh = local.send(local.request(Method::POST, EU, &format!("/oauth/v2/token?{refresh}"))).await;
    assert!(fresh.json().get("refresh_token").is_none());
    let token = fresh.text("/access_token");
    let organizations = |host: &'static str| {
        let request = local.http.get(format!("{}/api/v1/organizations", local.sandbox.url()));
        local.send(request.header("host", host).header("authorization", format!("Bearer {token}")))
    };
    assert_eq!(organizations("desk.zoho.eu").await.status, 200);
    let elsewhere = organizations(DESK).await;
    assert_eq!((elsewhere.status, elsewhere.text("/errorCode")), (401, "INVALID_OAUTH".into()));
}

#[tokio::test]
async fn a_refusal_and_a_wrong_request_are_told_apart() {
    let local = Local::start(&["desk"]).await;
    let back = decide(&local, &wish(&local, "c"), "reject").await;
    assert_eq!(
        back.into_iter().collect::<Vec<_>>(),
        [("error".into(), "access_denied".into()), ("state".into(), "a&b".into())]
    );
    for (name, value, code) in [
        ("scope", "Desk.nothing.READ", "invalid_scope"),
        ("scope", "Desk.tickets.READ Desk.basic.READ", "invalid_scope"),
        ("client_id", "1000.OTHER", "invalid_client"),
        ("redirect_uri", "javascript:alert(1)", "invalid_redirect_uri"),
    ] {
        let pairs: Vec<(&str, &str)> =
            wish(&local, "c").into_iter().filter(|(other, _)| *other != name).chain([(name, value)]).collect();
        let page = local.get(EU, &format!("/oauth/v2/auth?{}", encoded(&pairs))).await;
        assert_eq!(page.status, 400);
        assert!(String::from_utf8_lossy(&page.bytes).contains(code), "{name}={value}");
    }
}

#[tokio::test]
async fn without_offline_or_without_a_prompt_no_refresh_token_comes() {
    let local = Local::start(&["desk"]).await;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest("v"));
    let mut gives = Vec::new();
    for left_out in [&["access_type"][..], &["prompt"], &["prompt"], &[]] {
        let pairs: Vec<(&str, &str)> =
            wish(&local, &challenge).into_iter().filter(|(name, _)| !left_out.contains(name)).collect();
        let back = decide(&local, &pairs, "accept").await;
        gives.push(exchange(&local, &back["code"], "v", EU).await.json().get("refresh_token").is_some());
    }
    assert_eq!(gives, [false, true, false, true], "the first offline consent and a prompted one give a refresh token");
}

#[tokio::test]
async fn tokens_die_and_refreshing_is_throttled_with_http_200() {
    let config = SandboxConfig {
        connectors: connectors(&["desk"]),
        token_lifetime: Duration::from_secs(60),
        ..SandboxConfig::default()
    };
    let local = Local::with(config).await;
    assert_eq!(local.get(DESK, "/api/v1/organizations").await.status, 200);
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 61 })).await;
    let dead = local.get(DESK, "/api/v1/organizations").await;
    assert_eq!((dead.status, dead.text("/errorCode")), (401, "INVALID_OAUTH".into()));

    let refresh = local.sandbox.refresh_token();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    for _ in 0..10 {
        assert!(local.token_request(&form).await.json().get("access_token").is_some());
    }
    let throttled = local.token_request(&form).await;
    assert_eq!((throttled.status, throttled.text("/error")), (200, "access_denied".into()));
    assert!(throttled.text("/error_description").starts_with("You have made too many requests continuously."));
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 600 })).await;
    assert!(local.token_request(&form).await.json().get("access_token").is_some());
}

#[tokio::test]
async fn a_revoked_token_is_gone_and_a_client_alone_needs_its_organisation() {
    let local = Local::start(&["desk"]).await;
    let refresh = local.sandbox.refresh_token();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let revoke = |token: String| {
        let request =
            local.request(Method::POST, crate::support::ACCOUNTS, &format!("/oauth/v2/token/revoke?token={token}"));
        local.send(request)
    };
    assert_eq!(revoke(refresh.clone()).await.json(), json!({ "status": "success" }));
    assert_eq!(revoke(refresh.clone()).await.status, 400);
    assert_eq!(local.token_request(&form).await.json(), json!({ "error": "invalid_code" }));

    let alone = |soid: &'static str| async {
        local
            .token_request(&[("grant_type", "client_credentials"), ("scope", "Desk.tickets.READ"), ("soid", soid)])
            .await
            .json()
    };
    assert_eq!(alone("").await, json!({ "error": "missing_org_info" }));
    let tokens = alone("Desk.123").await;
    assert!(tokens.get("access_token").is_some() && tokens.get("refresh_token").is_none());
}

#[tokio::test]
async fn wrong_clients_are_refused_with_http_200() {
    let local = Local::start(&["desk"]).await;
    for (id, secret, error) in [
        ("1000.OTHER", local.sandbox.client_secret(), "invalid_client"),
        (local.sandbox.client_id(), "other", "invalid_client_secret"),
    ] {
        let query = encoded(&[
            ("client_id", id),
            ("client_secret", secret),
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
        ]);
        let said = local.send(local.request(Method::POST, EU, &format!("/oauth/v2/token?{query}"))).await;
        assert_eq!((said.status, said.json()), (200, json!({ "error": error })));
    }
}
