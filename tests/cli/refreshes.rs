//! Many processes and one token: never two refreshes at a time, never more than Zoho allows, and nobody left without an
//! answer.

use std::process::Child;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::sign_in::{Answer, connect};
use crate::support::{Ran, RunningSandbox, Zohoctl, http, postgres};

const PROCESSES: usize = 32;
/// Each process makes so many calls: it reads a list in pages of one.
const CALLS: &str = "100";

/// Homes that share one vault, in which a connection for Desk has just been made.
fn homes(sandbox: &RunningSandbox, count: usize, vault: Option<&str>) -> Vec<Zohoctl> {
    let said = |name: &str| sandbox.said(name).unwrap();
    let home = |_| {
        let home = Zohoctl::new()
            .with("ZOHO_ENDPOINT", &sandbox.address)
            .with("ZOHO_CLIENT_ID", &said("ZOHO_CLIENT_ID"))
            .with("ZOHO_CLIENT_SECRET", &said("ZOHO_CLIENT_SECRET"));
        vault.iter().fold(home, |home, address| home.with("ZOHO_VAULT", address))
    };
    let homes: Vec<Zohoctl> = (0..count).map(home).collect();
    let ran = connect(&homes[0], &["desk", "--org", &said("ZOHO_ORG")], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    http::delete(&format!("{}/_sandbox/tokens", sandbox.address));
    homes
}

/// What the accounts servers have counted.
fn counted(sandbox: &RunningSandbox, what: &str) -> u64 {
    let reply = http::get(&format!("{}/_sandbox/tokens", sandbox.address));
    let counts: Value = serde_json::from_str(&reply.body).unwrap();
    counts[what].as_u64().unwrap_or_else(|| panic!("{what} is not counted: {counts}"))
}

/// Every token that there is dies: whoever calls next is refused. It is an hour later for Zoho, and not for us.
fn kill_tokens(sandbox: &RunningSandbox) {
    let reply = http::post_json(&format!("{}/_sandbox/clock", sandbox.address), &json!({ "advance_seconds": 3601 }));
    assert_eq!(reply.status, 200, "{}", reply.body);
}

fn start(homes: &[Zohoctl]) -> Vec<(usize, Child)> {
    (0..PROCESSES)
        .map(|number| {
            let words = ["invoke", "desk", "tickets.list", "--limit", CALLS, "--page-size", "1", "--fields", "id"];
            let home = number % homes.len();
            (home, homes[home].command(&words).spawn().unwrap())
        })
        .collect()
}

fn ends(children: Vec<(usize, Child)>, homes: &[Zohoctl]) -> Vec<Ran> {
    children.into_iter().map(|(home, child)| homes[home].finished(child)).collect()
}

/// Lets tokens die while the processes call, and waits for each new one.
fn tokens_die(sandbox: &RunningSandbox, times: u64) {
    for _ in 0..times {
        let before = counted(sandbox, "refreshes");
        kill_tokens(sandbox);
        let begun = Instant::now();
        while counted(sandbox, "refreshes") == before {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no process noticed that its token was dead: {}",
                http::get(&format!("{}/_sandbox/tokens", sandbox.address)).body
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        // Until everybody has the new one: a call that meets two dead tokens is reported, and not tried for ever.
        std::thread::sleep(Duration::from_millis(1500));
    }
}

/// Thirty-two processes are enough for two processors: one such test at a time.
static ONE: Mutex<()> = Mutex::new(());

fn many_processes_share_a_token(vault: Option<&str>, machines: usize) {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=200", "--token-delay", "100"]);
    let homes = homes(&sandbox, machines, vault);
    // A call takes as long as one over a network does, so that the processes are all at work when a token dies.
    sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets" }, "fault": "slow", "delay_ms": 170, "times": 0 }));

    // Nine refreshes are within what Zoho allows: every call of every process succeeds.
    let running = start(&homes);
    tokens_die(&sandbox, 9);
    for ran in ends(running, &homes) {
        assert_eq!(ran.status, 0, "{ran}");
        assert_eq!(ran.stdout.lines().count(), 100, "{ran}");
    }
    assert_eq!(counted(&sandbox, "refreshes"), 9);
    assert_eq!(counted(&sandbox, "most_in_flight"), 1, "two refreshes of one token at a time");

    // The tenth is allowed, and the eleventh is not even asked for: everybody is told until when.
    let running = start(&homes);
    tokens_die(&sandbox, 1);
    kill_tokens(&sandbox);
    let refused: Vec<Ran> = ends(running, &homes).into_iter().filter(|ran| ran.status != 0).collect();
    assert!(!refused.is_empty(), "nobody noticed that the token was dead");
    for ran in &refused {
        assert_eq!(ran.status, 5, "{ran}");
        assert!(ran.stderr.contains("until") && ran.stderr.contains("UTC"), "{ran}");
    }
    assert_eq!(counted(&sandbox, "refreshes"), 10);
    assert_eq!(counted(&sandbox, "refresh_requests"), 10, "the eleventh was asked for");
    assert_eq!(counted(&sandbox, "most_in_flight"), 1);
}

#[test]
fn processes_of_one_machine_share_a_token() {
    many_processes_share_a_token(None, 1);
}

#[test]
fn machines_that_share_a_postgresql_share_a_token() {
    let Some(address) = postgres() else { return };
    many_processes_share_a_token(Some(&address), 4);
}
