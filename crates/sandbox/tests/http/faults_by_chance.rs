//! Faults of every kind on the wire, by script and by chance, and what `/_sandbox/requests` says of them.

use std::error::Error as _;
use std::io;
use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};
use zoho_sandbox::{Fault, FaultMix, SandboxConfig};

use crate::support::{DESK, Local, Said, connectors};

const TICKETS: &str = "/api/v1/tickets";

async fn desk(tickets: usize) -> Local {
    let records = [("/tickets".to_owned(), tickets)].into();
    let config = SandboxConfig { connectors: connectors(&["desk"]), records, ..SandboxConfig::default() };
    Local::with(config).await
}

async fn add(local: &Local, fault: &Value) {
    let said = local.control(Method::POST, "faults", fault).await;
    assert_eq!(said.status, 200, "{}", String::from_utf8_lossy(&said.bytes));
}

/// Makes a ticket of this subject. What comes back; where that is no whole reply, why.
async fn create(local: &Local, subject: &str) -> Result<Said, reqwest::Error> {
    let body =
        json!({ "subject": subject, "departmentId": department(local).await, "contactId": contact(local).await });
    add(local, &json!({ "fault": subject, "match": { "method": "POST" } })).await;
    let request = local.request(Method::POST, DESK, TICKETS).header("content-type", "application/json");
    let reply = request.body(body.to_string()).send().await?;
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    Ok(Said { status, headers, bytes: reply.bytes().await?.to_vec() })
}

async fn department(local: &Local) -> String {
    local.get(DESK, "/api/v1/departments").await.text("/data/0/id")
}

async fn contact(local: &Local) -> String {
    local.get(DESK, "/api/v1/contacts").await.text("/data/0/id")
}

/// The last request's fault, whether it was carried out, and its status.
fn last(local: &Local) -> (Value, Value, Value) {
    let mut request = local.sandbox.requests().pop().unwrap();
    (request["fault"].take(), request["carried_out"].take(), request["status"].take())
}

#[tokio::test]
async fn what_was_carried_out_is_known_whatever_the_client_sees() {
    let local = desk(5).await;
    for (word, carried_out, status, seen) in [
        ("reset_before", false, None, None),
        ("reset_read", false, None, None),
        ("reset", true, None, None),
        ("cut", true, Some(200), None),
        ("longer", true, Some(200), None),
        ("shorter", true, Some(200), Some(200)),
        ("content_type", true, Some(200), Some(200)),
        ("gateway", false, Some(502), Some(502)),
        ("limit", false, Some(429), Some(429)),
    ] {
        let reply = create(&local, word).await;
        assert_eq!(reply.as_ref().ok().map(|reply| reply.status), seen, "{word}");
        assert_eq!(last(&local), (json!(word), json!(carried_out), json!(status)), "{word}");
        let found = local.get(DESK, &format!("{TICKETS}/search?subject={word}")).await;
        assert_eq!(found.status, if carried_out { 200 } else { 204 }, "{word}");
        match (word, reply) {
            ("reset_before" | "reset_read" | "reset", Err(error)) => assert!(is_reset(&error), "{error:?}"),
            ("shorter", Ok(reply)) => assert!(serde_json::from_slice::<Value>(&reply.bytes).is_err()),
            ("content_type", Ok(reply)) => {
                assert_eq!(reply.header("content-type"), Some("text/html;charset=UTF-8"));
                assert_eq!(reply.text("/subject"), word);
            }
            ("gateway", Ok(reply)) => assert!(reply.html().contains("<h1>502 Bad Gateway</h1>")),
            _ => {}
        }
    }
    assert_eq!(local.get(DESK, TICKETS).await.status, 200);
    assert_eq!(last(&local), (Value::Null, json!(true), json!(200)));
}

fn is_reset(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::ConnectionReset) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A gateway gives up while the service behind it does what it was asked.
#[tokio::test]
async fn an_error_may_hide_that_the_call_was_carried_out() {
    let local = desk(5).await;
    let count = async || local.get(DESK, &format!("{TICKETS}?limit=100")).await.at("/data").as_array().unwrap().len();
    let body = json!({ "subject": "x", "departmentId": department(&local).await, "contactId": contact(&local).await });
    for (fault, status, made) in [
        (json!({ "fault": "gateway", "status": 504, "carried_out": true }), 504, 6),
        (json!({ "fault": "status", "carried_out": true }), 500, 7),
        (json!({ "fault": "status" }), 500, 7),
    ] {
        add(&local, &fault).await;
        assert_eq!(local.post(DESK, TICKETS, &body).await.status, status);
        assert_eq!(count().await, made, "{fault}");
    }
}

#[tokio::test]
async fn a_slow_body_comes_whole_and_late() {
    let local = desk(50).await;
    let whole = local.get(DESK, TICKETS).await;
    add(&local, &json!({ "fault": "trickle", "delay_ms": 80 })).await;
    let begun = Instant::now();
    let slow = local.get(DESK, TICKETS).await;
    assert!(begun.elapsed().as_millis() >= 80);
    assert_eq!((slow.status, slow.json()), (200, whole.json()));
    assert_eq!(slow.header("content-length"), whole.header("content-length"));
}

#[tokio::test]
async fn each_limit_that_a_connector_tells_apart_has_its_own_answer() {
    let local = desk(5).await;
    for (word, code) in [("busy", "TOO_MANY_REQUESTS"), ("quota_spent", "THRESHOLD_EXCEEDED")] {
        local.sandbox.add_fault(Fault::parse(word).unwrap());
        let said = local.get(DESK, TICKETS).await;
        assert_eq!((said.status, said.text("/errorCode").as_str()), (429, code));
    }
    local.sandbox.set_fault_mix(Some(FaultMix::new(1.0, 1).of([Fault::parse("limit").unwrap()])));
    let mut codes: Vec<String> = Vec::new();
    for from in 0..20 {
        codes.push(local.get(DESK, &format!("{TICKETS}?from={from}")).await.text("/errorCode"));
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes, ["THRESHOLD_EXCEEDED", "TOO_MANY_REQUESTS"]);
}

#[tokio::test]
async fn the_clock_jumps_and_tokens_die_with_it() {
    let local = desk(5).await;
    let now = async || local.control(Method::GET, "clock", &Value::Null).await.at("/now_ms").as_i64().unwrap();
    let before = now().await;
    local.sandbox.add_fault(Fault::parse("clock=7200").unwrap());
    assert_eq!(local.get(DESK, TICKETS).await.text("/errorCode"), "INVALID_OAUTH");
    assert!(now().await - before >= 7_200_000);
    local.sandbox.add_fault(Fault::parse("clock=-7200").unwrap());
    assert_eq!(local.get(DESK, TICKETS).await.status, 200, "the time of the token has come back");
}

/// The ids of a list, page by page, as they come.
async fn ids(local: &Local, size: usize) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        let page = local.get(DESK, &format!("{TICKETS}?from={}&limit={size}", all.len())).await;
        if page.status == 204 {
            return all;
        }
        let records = page.at("/data");
        let records = records.as_array().unwrap();
        all.extend(records.iter().map(|record| record["id"].as_str().unwrap().to_owned()));
        if records.len() < size {
            return all;
        }
    }
}

#[tokio::test]
async fn a_list_that_moves_gives_records_again_and_leaves_none_out() {
    let local = desk(300).await;
    let still = ids(&local, 50).await;
    for word in ["repeat", "move"] {
        local.sandbox.set_fault_mix(Some(FaultMix::new(1.0, 1).of([Fault::parse(word).unwrap()])));
        let moved = ids(&local, 20).await;
        let mut first_of_each = Vec::new();
        for id in &moved {
            if !first_of_each.contains(id) {
                first_of_each.push(id.clone());
            }
        }
        assert_eq!(first_of_each, still, "{word}");
        assert!(moved.len() > 305, "{word}: {}", moved.len());
    }
    local.sandbox.set_fault_mix(None);
    assert_eq!(ids(&local, 20).await, still);
}

#[tokio::test]
async fn chance_is_asked_for_listed_cleared_and_the_same_for_a_seed() {
    let local = desk(5).await;
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let mix =
            json!({ "rate": 0.5, "seed": seed, "kinds": ["500", "gateway", "429=0"], "match": { "method": "GET" } });
        add(&local, &mix).await;
        let mut statuses = Vec::new();
        for number in 0..60 {
            statuses.push(local.get(DESK, &format!("{TICKETS}?from={}", number % 20)).await.status);
        }
        runs.push(statuses);
    }
    let faulty = runs[0].iter().filter(|status| **status >= 400).count();
    assert!((20..=40).contains(&faulty), "{faulty}");
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    let listed = local.control(Method::GET, "faults", &Value::Null).await.json();
    assert_eq!(
        (&listed[0]["rate"], &listed[0]["seed"], &listed[0]["kinds"][2]["retry_after"]),
        (&json!(0.5), &json!(8), &json!(0))
    );
    assert_eq!(local.control(Method::DELETE, "faults", &Value::Null).await.status, 204);
    assert_eq!(local.control(Method::GET, "faults", &Value::Null).await.json(), json!([]));
    let wrong = local.control(Method::POST, "faults", &json!({ "rate": 20 })).await;
    assert_eq!((wrong.status, wrong.text("/error")), (400, "the rate of faults is a share: from 0 to 1".into()));
    let wrong = local.control(Method::POST, "faults", &json!({ "rate": 0.1, "kinds": ["explode"] })).await;
    assert!(wrong.text("/error").contains("`explode` is not a fault"), "{}", wrong.text("/error"));
}
