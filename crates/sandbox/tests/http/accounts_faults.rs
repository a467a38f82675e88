//! Accounts servers on hard days.

use serde_json::{Value, json};
use zoho_sandbox::{ClientKind, SandboxConfig};

use crate::person::{US, answer, back, client, counts, desk, refresh, wish};
use crate::support::{DESK, Local};

async fn add(local: &Local, fault: Value) {
    let said = local.control(reqwest::Method::POST, "faults", &fault).await;
    assert_eq!(said.status, 200, "{}", said.html());
}

#[tokio::test]
async fn a_token_reply_is_whatever_a_fault_says() {
    let local = desk(SandboxConfig::default()).await;
    let (server, token) = (client(&local, ClientKind::Server), local.sandbox.refresh_token());
    let matching = json!({ "path": "/oauth/v2/token" });
    let cases = [
        (json!({ "fault": "body", "body": "{}" }), 200, 2, "application/json;charset=utf-8"),
        (json!({ "fault": "body", "body": "" }), 200, 0, "application/json;charset=utf-8"),
        (json!({ "fault": "body", "body": "<html>", "media": "text/html" }), 200, 6, "text/html"),
        (
            json!({ "fault": "body", "body": "{}", "bytes": 1_100_000 }),
            200,
            1_100_000,
            "application/json;charset=utf-8",
        ),
        (json!({ "fault": "status", "status": 500 }), 500, 25, "application/json;charset=utf-8"),
    ];
    for (mut fault, status, length, media) in cases {
        fault["match"] = matching.clone();
        add(&local, fault.clone()).await;
        let said = refresh(&local, US, &server, &token).await;
        assert_eq!(
            (said.status, said.bytes.len(), said.header("content-type")),
            (status, length, Some(media)),
            "{fault}"
        );
    }
    add(&local, json!({ "match": matching, "fault": "status", "status": 400, "code": "access_denied" })).await;
    assert_eq!(refresh(&local, US, &server, &token).await.json(), json!({ "error": "access_denied" }));
    let seen = counts(&local).await;
    assert_eq!((&seen["refresh_requests"], &seen["refreshes"]), (&json!(6), &json!(0)), "none was carried out");
    assert!(refresh(&local, US, &server, &token).await.json().get("access_token").is_some());
}

#[tokio::test]
async fn a_token_reply_that_is_lost_or_cut_was_made_all_the_same() {
    let local = desk(SandboxConfig::default()).await;
    let (server, token) = (client(&local, ClientKind::Server), local.sandbox.refresh_token());
    for fault in ["cut", "reset"] {
        add(&local, json!({ "match": { "path": "/oauth/v2/token" }, "fault": fault })).await;
        let form = format!(
            "grant_type=refresh_token&refresh_token={token}&client_id={}&client_secret={}",
            server.id, server.secret
        );
        let request = local.http.post(format!("{}/oauth/v2/token?{form}", local.sandbox.url())).header("host", US);
        match request.send().await {
            Ok(reply) => assert!(fault == "cut" && reply.bytes().await.is_err()),
            Err(_) => assert_eq!(fault, "reset"),
        }
    }
    let seen = counts(&local).await;
    assert_eq!((&seen["refreshes"], &seen["in_flight"]), (&json!(2), &json!(0)));
}

#[tokio::test]
async fn a_callback_names_another_server_or_another_state() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    add(
        &local,
        json!({
            "match": { "path": "/oauth/v2/auth", "method": "POST" },
            "fault": "callback",
            "set": { "accounts-server": "https://accounts.example.org", "state": "other", "code": null, "extra": "1" },
        }),
    )
    .await;
    let returned = back(&answer(&local, US, &wish(&server, &[]), "accept", &[]).await);
    let expected =
        [("accounts-server", "https://accounts.example.org"), ("extra", "1"), ("location", "us"), ("state", "other")];
    assert_eq!(returned.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>(), expected);
    let honest = back(&answer(&local, US, &wish(&server, &[]), "accept", &[]).await);
    assert_eq!((honest["state"].as_str(), honest.contains_key("code")), ("a&b", true), "it happens once");
}

#[tokio::test]
async fn a_fault_without_a_path_is_of_services_only() {
    let local = desk(SandboxConfig::default()).await;
    let (server, token) = (client(&local, ClientKind::Server), local.sandbox.refresh_token());
    add(&local, json!({ "fault": "status", "status": 503 })).await;
    assert!(refresh(&local, US, &server, &token).await.json().get("access_token").is_some());
    assert_eq!(local.get(DESK, "/api/v1/tickets").await.status, 503);
}
