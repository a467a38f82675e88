//! Signing in on the days on which something goes wrong: nothing is lost, nothing is sent to strangers, and what happened
//! is said.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::sign_in::{Answer, begin, connect, consent};
use crate::support::{Ran, RunningSandbox, Zohoctl, http};

/// A home without connections, with the sandbox's client in the environment.
fn newcomer(sandbox: &RunningSandbox) -> Zohoctl {
    let (id, secret) = sandbox.client("server");
    Zohoctl::new()
        .with("ZOHO_ENDPOINT", &sandbox.address)
        .with("ZOHO_CLIENT_ID", &id)
        .with("ZOHO_CLIENT_SECRET", &secret)
}

fn organization(sandbox: &RunningSandbox) -> String {
    sandbox.said("ZOHO_ORG").unwrap()
}

fn saved(zohoctl: &Zohoctl) -> Vec<Value> {
    zohoctl.lines(&["connections", "list", "--output", "jsonl"])
}

/// Requests at accounts servers that may carry a secret.
fn token_requests(sandbox: &RunningSandbox) -> usize {
    let target = |request: &Value| request["target"].as_str().unwrap_or_default().to_owned();
    sandbox.requests().iter().filter(|request| target(request).starts_with("/oauth/v2/token")).count()
}

/// Others signed a person in, and then could not keep what came of it.
#[test]
fn wanted_a13_a_vault_that_cannot_be_written_is_an_error_before_the_sign_in() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let (id, secret) = sandbox.client("server");
    let blocked = Zohoctl::new();
    blocked.write("vault-here", "a file where a folder has to be");
    let homes = [
        Zohoctl::without_vault(),
        Zohoctl::new().with("ZOHO_VAULT", "somewhere"),
        Zohoctl::new().with("ZOHO_VAULT", "postgres://nobody@127.0.0.1:1/none"),
        blocked.with("ZOHO_VAULT", "file:../../vault-here"),
    ];
    let before = sandbox.requests().len();
    for zohoctl in homes {
        let zohoctl = zohoctl
            .with("ZOHO_ENDPOINT", &sandbox.address)
            .with("ZOHO_CLIENT_ID", &id)
            .with("ZOHO_CLIENT_SECRET", &secret);
        for words in [&["connect", "desk", "--no-browser"][..], &["register", "--no-check"]] {
            let ran = zohoctl.run(words);
            assert!(ran.status != 0 && !ran.stderr.contains("http://accounts"), "{ran}");
            assert!(ran.stderr.contains("\nhint: "), "{ran}");
        }
    }
    assert_eq!(sandbox.requests().len(), before, "nobody was bothered");
}

#[test]
fn a_redirect_that_is_not_ours_is_turned_away_and_the_right_one_is_taken_once() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let mut waiting = begin(&zohoctl, &["desk", "--org", &organization(&sandbox)]);
    let right = consent(&waiting.address().unwrap(), Answer::Accept, None);
    let origin = right.split("/callback").next().unwrap().to_owned();
    let state = right.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).unwrap();
    let wrong = [
        right.replace(state, "another"),
        right.replace(&format!("state={state}"), ""),
        format!("{origin}/callback"),
        format!("{origin}/callback?error=access_denied&state=another"),
        format!("{origin}/elsewhere?code=1000.a.b&state={state}"),
    ];
    for address in &wrong {
        let reply = http::get(address);
        assert!(reply.status >= 400, "{address}: {}", reply.body);
    }
    assert_eq!(token_requests(&sandbox), 0, "no code was taken from a stranger");
    let page = http::get(&format!("{right}&extra=1&session_state=x"));
    assert_eq!(page.status, 200, "{}", page.body);
    let port: u16 = origin.rsplit(':').next().unwrap().parse().unwrap();
    let ran = waiting.ended();
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("somebody was turned away"), "{ran}");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err(), "nobody listens any more");
}

/// A peer had no `state`, listened for the whole network, and kept a 200 with an error as tokens.
#[test]
fn wanted_b13_the_listener_is_of_this_machine_and_an_error_with_200_is_no_token() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let mut waiting = begin(&zohoctl, &["desk", "--org", &organization(&sandbox)]);
    let address = waiting.address().unwrap();
    assert!(address.contains("&state=") && address.contains("code_challenge_method=S256"), "{address}");
    let back = consent(&address, Answer::Accept, None);
    assert!(back.starts_with("http://127.0.0.1:"), "{back}");
    let port: u16 = back["http://127.0.0.1:".len()..].split('/').next().unwrap().parse().unwrap();
    // Of 127.0.0.0/8 only the one address, and none of another machine's.
    assert!(std::net::TcpStream::connect(("127.0.0.2", port)).is_err());
    sandbox.fault(
        &json!({ "match": { "path": "/oauth/v2/token" }, "fault": "body", "body": "{\"error\":\"invalid_code\"}" }),
    );
    http::get(&back);
    let ran = waiting.ended();
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("invalid_code"), "{ran}");
    assert!(saved(&zohoctl).is_empty());
}

#[test]
fn a_callback_port_in_use_is_said_before_anybody_signs_in() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = newcomer(&sandbox).run(&["connect", "desk", "--no-browser", "--port", &port]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.stderr.contains(&format!("port {port} of this machine")) && ran.stderr.contains("hint: "), "{ran}");
    assert!(!ran.stderr.contains("http://accounts"), "{ran}");
}

#[test]
fn two_sign_ins_at_once_do_not_disturb_each_other() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let organization = organization(&sandbox);
    let mut first = begin(&zohoctl, &["desk", "--name", "first", "--org", &organization]);
    let mut second = begin(&zohoctl, &["desk", "--name", "second", "--org", &organization]);
    let (to_first, to_second) = (first.address().unwrap(), second.address().unwrap());
    let (back_second, back_first) =
        (consent(&to_second, Answer::Accept, None), consent(&to_first, Answer::Accept, None));
    // The answer of the one at the door of the other is turned away.
    let port = |back: &str| back["http://127.0.0.1:".len()..].split('/').next().unwrap().to_owned();
    let crossed = back_second.replacen(&port(&back_second), &port(&back_first), 1);
    assert!(http::get(&crossed).status >= 400);
    for (waiting, back) in [(second, back_second), (first, back_first)] {
        assert_eq!(http::get(&back).status, 200);
        let ran = waiting.ended();
        assert_eq!(ran.status, 0, "{ran}");
    }
    let names: Vec<Value> = saved(&zohoctl).iter().map(|saved| saved["name"].clone()).collect();
    assert_eq!(names, ["first", "second"]);
    for name in ["first", "second"] {
        zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1", "--connection", name]);
    }
}

#[test]
fn a_token_reply_that_is_none_keeps_nothing_and_loses_nothing() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let organization = organization(&sandbox);
    assert_eq!(connect(&zohoctl, &["desk", "--org", &organization], Answer::Accept).status, 0);
    let path = json!({ "path": "/oauth/v2/token" });
    for fault in [
        json!({ "match": path, "fault": "body", "body": "{}" }),
        json!({ "match": path, "fault": "body", "body": "<html><body>busy</body></html>", "media": "text/html" }),
        json!({ "match": path, "fault": "body", "body": "" }),
        json!({ "match": path, "fault": "body", "body": "{\"access_token\":\"1000.a" }),
        json!({ "match": path, "fault": "body", "body": "{}", "bytes": 1_100_000 }),
        json!({ "match": path, "fault": "cut" }),
        json!({ "match": path, "fault": "reset" }),
        json!({ "match": path, "fault": "status", "status": 500 }),
    ] {
        sandbox.fault(&fault);
        let ran = connect_without_page(&zohoctl, &["desk", "--org", &organization]);
        assert!([1, 3, 5].contains(&ran.status), "{fault}: {ran}");
        assert!(ran.stderr.contains("error: ") && !ran.stderr.contains("panicked"), "{fault}: {ran}");
        assert!(!ran.stderr.contains("1000.a"), "{fault}: {ran}");
        // What was there before is there still.
        zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1"]);
    }
}

/// A sign-in whose last page nobody looks at.
fn connect_without_page(zohoctl: &Zohoctl, words: &[&str]) -> Ran {
    let mut waiting = begin(zohoctl, words);
    http::get(&consent(&waiting.address().unwrap(), Answer::Accept, None));
    waiting.ended()
}

/// A peer made any host that the callback named its token server.
#[test]
fn wanted_b9_a_callback_that_names_an_unknown_accounts_server_gets_nothing() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    for server in ["https://accounts.example.org", "https://accounts.zoho.eu.example.org", "http://accounts.zoho.eu"] {
        sandbox.fault(&json!({
            "match": { "path": "/oauth/v2/auth", "method": "POST" },
            "fault": "callback",
            "set": { "accounts-server": server },
        }));
        let ran = connect_without_page(&zohoctl, &["desk"]);
        assert_eq!(ran.status, 3, "{ran}");
        assert!(ran.stderr.contains("not one of Zoho's"), "{ran}");
    }
    assert_eq!(token_requests(&sandbox), 0, "{:?}", sandbox.requests());
    assert!(saved(&zohoctl).is_empty());
}

#[test]
fn a_refused_consent_keeps_what_there_was() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let organization = organization(&sandbox);
    assert_eq!(connect(&zohoctl, &["desk", "--org", &organization], Answer::Accept).status, 0);
    let ran = connect(&zohoctl, &["desk", "--all-apis"], Answer::Reject);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("access_denied"), "{ran}");
    let ran = connect(&zohoctl, &["desk", "--add", "--for", "tickets.create"], Answer::Reject);
    assert_eq!(ran.status, 3, "{ran}");
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1"]);
}

/// Zoho keeps twenty refresh tokens for a person and a client: one more silently killed another installation.
#[test]
fn wanted_a7_a_sign_in_that_may_end_another_says_so_first() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let organization = organization(&sandbox);
    let ran = connect(&zohoctl, &["desk", "--org", &organization], Answer::Accept);
    assert!(!ran.stderr.contains("keeps 20"), "{ran}");
    for number in 1..20 {
        let name = format!("desk-{number}");
        let words = ["desk", "--name", &name, "--org", &organization, "--for", "organizations.list"];
        assert_eq!(connect(&zohoctl, &words, Answer::Accept).status, 0);
    }
    let ran = connect(&zohoctl, &["desk", "--name", "one-more", "--org", &organization], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    let warning = ran.stderr.find("warning: 20 connections use the client").unwrap();
    assert!(warning < ran.stderr.find("http://accounts").unwrap(), "{ran}");
}
