//! The device flow.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sandbox::{ClientKind, SandboxConfig};

use crate::person::{CN, EU, SCOPES, US, answer, client, desk, post, refresh};
use crate::support::{Local, Said};

const PAGE: &str = "/oauth/v3/device";

async fn begin(local: &Local, host: &str, other: &[(&str, &str)]) -> Said {
    let device = client(local, ClientKind::Device);
    let usual = [
        ("grant_type", "device_request"),
        ("client_id", device.id.as_str()),
        ("scope", SCOPES),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !other.iter().any(|(replaced, _)| replaced == name));
    let pairs: Vec<(&str, &str)> = kept.chain(other.iter().copied()).collect();
    post(local, host, "/oauth/v3/device/code", &pairs).await
}

async fn poll(local: &Local, host: &str, code: &str) -> Value {
    let device = client(local, ClientKind::Device);
    let pairs = [
        ("grant_type", "device_token"),
        ("client_id", device.id.as_str()),
        ("client_secret", device.secret.as_str()),
        ("code", code),
    ];
    let said = post(local, host, "/oauth/v3/device/token", &pairs).await;
    assert_eq!(said.status, 200);
    said.json()
}

async fn wait(local: &Local, seconds: i64) {
    local.control(Method::POST, "clock", &json!({ "advance_seconds": seconds })).await;
}

/// A person opens the address that the device shows, and answers.
async fn decide(local: &Local, host: &str, begun: &Said, decision: &str, location: &str) -> Said {
    let complete = begun.text("/verification_uri_complete");
    let query = complete.split_once('?').unwrap().1;
    answer(local, host, &format!("{PAGE}?{query}"), decision, &[("location", location)]).await
}

#[tokio::test]
async fn a_device_waits_for_a_person_and_gets_tokens() {
    let local = desk(SandboxConfig::default()).await;
    let begun = begin(&local, US, &[]).await;
    assert_eq!(begun.text("/verification_url"), "https://accounts.zoho.com/oauth/v3/device");
    assert_eq!((begun.at("/interval"), begun.at("/expires_in")), (json!(5), json!(300)));
    let (code, shown) = (begun.text("/device_code"), begun.text("/user_code"));
    assert!(code.starts_with("1004.") && shown.len() == 9, "{code} {shown}");
    assert_eq!(poll(&local, US, &code).await["error"], "authorization_pending");

    let form = local.get(US, PAGE).await.html();
    assert!(form.contains("<label for=\"user_code\">") && form.contains("<button id=\"continue\">"), "{form}");
    // A person types it as it comes.
    let typed = format!("{PAGE}?user_code={}", shown.replace('-', "").to_lowercase());
    let done = answer(&local, US, &typed, "accept", &[]).await;
    assert!(done.status == 200 && done.html().contains("The device is connected."), "{}", done.html());
    assert_eq!(local.get(US, &typed).await.status, 400, "the code is used up");

    wait(&local, 5).await;
    let tokens = poll(&local, US, &code).await;
    assert_eq!(tokens["scope"], SCOPES.replace(',', " "));
    let device = client(&local, ClientKind::Device);
    let fresh = refresh(&local, US, &device, tokens["refresh_token"].as_str().unwrap()).await;
    assert!(fresh.json().get("access_token").is_some());
    wait(&local, 5).await;
    assert_eq!(poll(&local, US, &code).await["error"], "invalid_code", "tokens come once");
}

#[tokio::test]
async fn a_hasty_device_has_to_slow_down_to_half_a_minute() {
    let local = desk(SandboxConfig::default()).await;
    let code = begin(&local, US, &[]).await.text("/device_code");
    let mut said = Vec::new();
    for seconds in [0, 5, 4, 5, 29, 30] {
        wait(&local, seconds).await;
        said.push(poll(&local, US, &code).await["error"].as_str().unwrap().to_owned());
    }
    let (pending, slow) = ("authorization_pending", "slow_down");
    assert_eq!(said, [pending, pending, slow, slow, slow, pending]);
}

#[tokio::test]
async fn times_may_be_short_and_in_milliseconds() {
    let device_interval = Duration::from_millis(50);
    let local = desk(SandboxConfig { device_interval, device_milliseconds: true, ..SandboxConfig::default() }).await;
    let begun = begin(&local, US, &[]).await;
    assert_eq!((begun.at("/interval"), begun.at("/expires_in")), (json!(50), json!(300_000)));
    let code = begun.text("/device_code");
    for _ in 0..3 {
        assert_eq!(poll(&local, US, &code).await["error"], "authorization_pending");
        tokio::time::sleep(device_interval).await;
    }
}

#[tokio::test]
async fn a_device_is_rejected_or_comes_too_late() {
    let local = desk(SandboxConfig::default()).await;
    let begun = begin(&local, EU, &[]).await;
    let said = decide(&local, EU, &begun, "reject", "eu").await;
    assert!(said.status == 200 && said.html().contains("is not connected"), "{}", said.html());
    assert_eq!(poll(&local, EU, &begun.text("/device_code")).await, json!({ "error": "access_denied" }));

    let begun = begin(&local, EU, &[]).await;
    wait(&local, 300).await;
    assert_eq!(poll(&local, EU, &begun.text("/device_code")).await, json!({ "error": "expired" }));
    let late = local.get(EU, &format!("{PAGE}?user_code={}", begun.text("/user_code"))).await;
    assert!(late.status == 400 && late.html().contains("No device waits"), "{}", late.html());
}

#[tokio::test]
async fn a_person_who_lives_elsewhere_is_polled_for_there() {
    let local = desk(SandboxConfig { person_data_center: Some("eu".to_owned()), ..SandboxConfig::default() }).await;
    let begun = begin(&local, US, &[]).await;
    let code = begun.text("/device_code");
    let page = local.get(US, &format!("{PAGE}?user_code={}", begun.text("/user_code"))).await;
    assert!(page.html().contains("<option value=\"eu\" selected>"), "{}", page.html());
    decide(&local, US, &begun, "accept", "eu").await;
    assert_eq!(poll(&local, US, &code).await, json!({ "error": "other_dc", "dc": "eu", "user_location": "eu" }));
    assert_eq!(poll(&local, EU, &code).await["api_domain"], "https://www.zohoapis.eu", "at once, at another server");

    let begun = begin(&local, US, &[]).await;
    assert_eq!(decide(&local, US, &begun, "accept", "cn").await.status, 400, "China is apart");
    assert_eq!(poll(&local, US, &begun.text("/device_code")).await["error"], "authorization_pending");
    let begun = begin(&local, CN, &[]).await;
    assert_eq!(begun.text("/verification_url"), "https://accounts.zoho.com.cn/oauth/v3/device");
    decide(&local, CN, &begun, "accept", "cn").await;
    assert!(poll(&local, CN, &begun.text("/device_code")).await.get("access_token").is_some());
}

#[tokio::test]
async fn a_device_that_asks_wrongly_is_refused() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    for (name, value, word) in [
        ("client_id", server.id.as_str(), "invalid_client"),
        ("client_id", "1004.OTHER", "invalid_client"),
        ("scope", "Desk.nothing.READ", "invalid_scope"),
        ("grant_type", "device_token", "invalid_request"),
    ] {
        let said = begin(&local, US, &[(name, value)]).await;
        assert_eq!((said.status, said.json()), (200, json!({ "error": word })), "{name}={value}");
    }
    assert_eq!(poll(&local, US, "1004.unknown").await, json!({ "error": "invalid_code" }));
    let code = begin(&local, US, &[]).await.text("/device_code");
    let device = client(&local, ClientKind::Device);
    let pairs = [("grant_type", "device_token"), ("client_id", &device.id), ("client_secret", "no"), ("code", &code)];
    let said = post(&local, US, "/oauth/v3/device/token", &pairs).await;
    assert_eq!(said.json(), json!({ "error": "invalid_client_secret" }));
    // Without `offline` no refresh token.
    let begun = begin(&local, US, &[("access_type", "online")]).await;
    decide(&local, US, &begun, "accept", "us").await;
    let tokens = poll(&local, US, &begun.text("/device_code")).await;
    assert!(tokens.get("access_token").is_some() && tokens.get("refresh_token").is_none(), "{tokens}");
}
