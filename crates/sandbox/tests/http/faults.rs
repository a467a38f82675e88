//! Faults, by configuration and on request; and HTTPS.

use std::time::Instant;

use reqwest::Method;
use serde_json::json;
use zoho_sandbox::{Fault, SandboxConfig};

use crate::support::{DESK, Local, connectors};

const TICKETS: &str = "/api/v1/tickets";

async fn add(local: &Local, fault: serde_json::Value) {
    assert_eq!(local.control(Method::POST, "faults", &fault).await.status, 200);
}

#[tokio::test]
async fn a_fault_of_the_configuration_happens_as_often_as_it_says() {
    let faults = vec![Fault::parse("429:/api/v1/tickets:2").unwrap(), Fault::parse("429=7").unwrap()];
    let local =
        Local::with(SandboxConfig { connectors: connectors(&["desk"]), faults, ..SandboxConfig::default() }).await;
    for _ in 0..2 {
        let busy = local.get(DESK, TICKETS).await;
        assert_eq!(
            (busy.status, busy.text("/errorCode"), busy.header("retry-after")),
            (429, "TOO_MANY_REQUESTS".into(), None)
        );
    }
    let later = local.get(DESK, TICKETS).await;
    assert_eq!((later.status, later.header("retry-after")), (429, Some("7")));
    assert_eq!(local.get(DESK, TICKETS).await.status, 200);
}

#[tokio::test]
async fn faults_are_asked_for_listed_and_cleared() {
    let local = Local::start(&["desk"]).await;
    add(&local, json!([
        { "match": { "path": "/api/v1/tickets", "method": "POST" }, "fault": "status", "status": 500 },
        { "match": { "path": "/api/v1/tickets" }, "times": 2, "fault": "status", "status": 429, "kind": "quota_spent" },
        { "fault": "body", "body": "<html>sign in</html>" },
    ])).await;
    let spent = local.get(DESK, TICKETS).await;
    assert_eq!((spent.status, spent.text("/errorCode")), (429, "THRESHOLD_EXCEEDED".into()));
    let left = local.control(Method::GET, "faults", &json!(null)).await.json();
    assert_eq!((left.as_array().unwrap().len(), &left[1]["times"]), (3, &json!(1)));
    local.get(DESK, TICKETS).await;
    let odd = local.get(DESK, TICKETS).await;
    assert_eq!((odd.status, String::from_utf8_lossy(&odd.bytes).as_ref()), (200, "<html>sign in</html>"));
    assert_eq!(local.control(Method::DELETE, "faults", &json!(null)).await.status, 204);
    assert_eq!(local.post(DESK, TICKETS, &json!({})).await.status, 422, "the fault of POST is gone too");
    let wrong = local.control(Method::POST, "faults", &json!({ "fault": "explode" })).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text("/error").contains("explode"));
}

#[tokio::test]
async fn a_lost_reply_was_carried_out_all_the_same() {
    let local = Local::start(&["desk"]).await;
    let (department, contact) = (
        local.get(DESK, "/api/v1/departments").await.text("/data/0/id"),
        local.get(DESK, "/api/v1/contacts").await.text("/data/0/id"),
    );
    let body = json!({ "subject": "Lost and found", "departmentId": department, "contactId": contact });
    for fault in ["reset", "cut"] {
        add(&local, json!({ "fault": fault })).await;
        let request = local
            .request(Method::POST, DESK, TICKETS)
            .header("content-type", "application/json")
            .body(body.to_string());
        match request.send().await {
            Err(_) => assert_eq!(fault, "reset"),
            Ok(reply) => {
                assert_eq!((fault, reply.status().as_u16()), ("cut", 200));
                assert!(reply.bytes().await.is_err(), "the body breaks off");
            }
        }
    }
    let found = local.get(DESK, &format!("{TICKETS}/search?subject=Lost*")).await;
    assert_eq!(found.at("/data").as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_slow_call_waits_and_a_token_dies_on_request() {
    let local = Local::start(&["desk"]).await;
    add(&local, json!({ "fault": "slow", "delay_ms": 80 })).await;
    let begun = Instant::now();
    assert_eq!(local.get(DESK, TICKETS).await.status, 200);
    assert!(begun.elapsed().as_millis() >= 80);
    add(&local, json!({ "fault": "expire_token" })).await;
    for _ in 0..2 {
        assert_eq!(local.get(DESK, TICKETS).await.text("/errorCode"), "INVALID_OAUTH", "a dead token stays dead");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test has a client of its own, which shares nothing with ours")]
async fn https_speaks_both_versions_of_http_under_its_own_authority() {
    let local =
        Local::with_plain(SandboxConfig { connectors: connectors(&["desk"]), tls: true, ..SandboxConfig::default() })
            .await;
    let authority = reqwest::Certificate::from_pem(local.sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    let port = local.sandbox.address().port();
    assert_eq!(local.sandbox.url(), format!("https://127.0.0.1:{port}"));
    for (version, only_one) in [(reqwest::Version::HTTP_11, true), (reqwest::Version::HTTP_2, false)] {
        let builder = reqwest::Client::builder()
            .tls_certs_only([authority.clone()])
            .resolve("accounts.zoho.eu", local.sandbox.address());
        let client = if only_one { builder.http1_only() } else { builder }.build().unwrap();
        let reply = client.get(format!("https://accounts.zoho.eu:{port}/oauth/serverinfo")).send().await.unwrap();
        assert_eq!((reply.status().as_u16(), reply.version()), (200, version));
    }
    let stranger = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
    assert!(
        stranger.get(local.sandbox.url()).send().await.is_err(),
        "who does not know the authority does not trust it"
    );
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() {
    let local = Local::start(&["desk"]).await;
    let url = local.sandbox.url();
    drop(local.sandbox);
    tokio::task::yield_now().await;
    assert!(local.http.get(url).send().await.is_err());
}
