//! `zohoctl connections`, `vault` and `doctor`: what was made is seen, changed, moved and looked after.

use serde_json::Value;

use crate::support::sign_in::{Answer, connect};
use crate::support::{RunningSandbox, Zohoctl, postgres};

/// A person who has connected Desk, over these options of the sandbox.
fn connected(options: &[&str]) -> (RunningSandbox, Zohoctl) {
    let options: Vec<&str> = ["desk"].iter().chain(options).copied().collect();
    let sandbox = RunningSandbox::start(&options);
    let (id, secret) = sandbox.client("server");
    let zohoctl = Zohoctl::new()
        .with("ZOHO_ENDPOINT", &sandbox.address)
        .with("ZOHO_CLIENT_ID", &id)
        .with("ZOHO_CLIENT_SECRET", &secret);
    let ran = connect(&zohoctl, &["desk", "--org", &sandbox.said("ZOHO_ORG").unwrap()], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    (sandbox, zohoctl)
}

fn names(zohoctl: &Zohoctl) -> Vec<String> {
    let all = zohoctl.lines(&["connections", "list", "--output", "jsonl"]);
    all.iter().map(|saved| saved["name"].as_str().unwrap().to_owned()).collect()
}

fn a_ticket(zohoctl: &Zohoctl, words: &[&str]) -> i32 {
    let all: Vec<&str> = ["invoke", "desk", "tickets.list", "--limit", "1"].iter().chain(words).copied().collect();
    zohoctl.run(&all).status
}

#[test]
fn a_connection_is_shown_tested_renamed_made_the_usual_one_and_forgotten() {
    let (sandbox, zohoctl) = connected(&[]);
    let shown = zohoctl.json(&["connections", "show", "desk", "--output", "json"]);
    assert_eq!(shown["services"], serde_json::json!(["desk"]));
    assert_eq!(shown["tokens"]["has_refresh_token"], true);
    assert!(shown["tokens"]["access_token_ends_at"].as_u64().is_some());
    assert!(shown["vault"].as_str().unwrap().starts_with("encrypted files in"), "{shown}");
    let page = zohoctl.ok(&["connections", "show", "desk"]).stdout;
    assert!(page.contains("the access token ends in") && page.contains("of 10 refreshes"), "{page}");
    let scopes = zohoctl.ok(&["connections", "scopes", "desk"]).stdout;
    assert!(scopes.lines().any(|scope| scope == "Desk.tickets.READ"), "{scopes}");

    let ran = zohoctl.ok(&["connections", "test", "desk"]);
    assert!(ran.stderr.contains("desk: a call of tickets.list worked"), "{ran}");
    let tested = zohoctl.json(&["connections", "test", "desk", "--output", "json"]);
    assert_eq!(tested[0]["worked"], true);

    zohoctl.ok(&["connections", "rename", "desk", "help"]);
    assert_eq!(names(&zohoctl), ["help"]);
    assert_eq!(a_ticket(&zohoctl, &[]), 0, "the only connection of a service needs no name");
    let ran =
        connect(&zohoctl, &["desk", "--name", "other", "--org", &sandbox.said("ZOHO_ORG").unwrap()], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(a_ticket(&zohoctl, &[]), 2, "of two none is guessed");
    zohoctl.ok(&["connections", "default", "help"]);
    assert_eq!(a_ticket(&zohoctl, &[]), 0);
    let listed = zohoctl.ok(&["connections"]).stdout;
    assert!(listed.contains("desk"), "{listed}");

    // What is revoked at Zoho is of no use to a copy either.
    zohoctl.ok(&["connections", "remove", "help", "--revoke"]);
    assert_eq!(names(&zohoctl), ["other"]);
    assert_eq!(sandbox.queries_of("/oauth/v2/token/revoke").len(), 1);
    assert_eq!(a_ticket(&zohoctl, &[]), 0, "the usual one is gone, and the only one that is left is used");
    for words in
        [["connections", "show", "othr"], ["connections", "remove", "othr"], ["connections", "default", "othr"]]
    {
        let ran = zohoctl.run(&words);
        assert!(ran.status == 2 && ran.stderr.contains("did you mean `other`?"), "{ran}");
    }
}

#[test]
fn everything_moves_from_one_vault_to_another_and_goes_on_working() {
    let (_sandbox, zohoctl) = connected(&[]);
    let status = |zohoctl: &Zohoctl| zohoctl.json(&["vault", "--output", "json"]);
    assert_eq!(
        (&status(&zohoctl)["connections"], &status(&zohoctl)["opened_by"]),
        (&1.into(), &"the key in ZOHO_VAULT_KEY".into())
    );

    let ran = zohoctl.ok(&["vault", "move", "file:elsewhere"]);
    assert!(ran.stderr.contains("1 connections and"), "{ran}");
    assert!(ran.stderr.contains("ZOHO_VAULT or config.yaml still says another vault"), "{ran}");
    assert_eq!(names(&zohoctl), Vec::<String>::new(), "nothing is left behind");
    let zohoctl = zohoctl.with("ZOHO_VAULT", "file:elsewhere");
    assert_eq!((names(&zohoctl), a_ticket(&zohoctl, &[])), (vec!["desk".to_owned()], 0));

    let Some(address) = postgres() else { return };
    zohoctl.ok(&["vault", "move", &address]);
    let zohoctl = zohoctl.with("ZOHO_VAULT", &address);
    assert_eq!((names(&zohoctl), a_ticket(&zohoctl, &[])), (vec!["desk".to_owned()], 0));
    let shown = zohoctl.ok(&["vault"]).stdout;
    assert!(shown.contains("PostgreSQL") && !shown.contains("a-password-of-tests"), "{shown}");
    let state = std::fs::read_to_string(zohoctl.home().join(".config/zohoctl/state.json")).unwrap();
    assert!(!state.contains("a-password-of-tests"), "{state}");
}

#[test]
fn the_keyring_is_taken_where_it_works_and_said() {
    if std::env::var_os("ZOHO_TEST_KEYRING").is_none() {
        assert!(std::env::var_os("CI").is_none(), "ZOHO_TEST_KEYRING is not set, and in CI nothing is skipped");
        eprintln!("skipped: ZOHO_TEST_KEYRING does not say that there is a keyring");
        return;
    }
    let sandbox = RunningSandbox::start(&["desk"]);
    let (id, secret) = sandbox.client("server");
    let bus = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
    let zohoctl = Zohoctl::without_vault()
        .with("ZOHO_ENDPOINT", &sandbox.address)
        .with("ZOHO_CLIENT_ID", &id)
        .with("ZOHO_CLIENT_SECRET", &secret)
        .with("DBUS_SESSION_BUS_ADDRESS", &bus);
    let name = format!("desk-{}", std::process::id());
    let words = ["desk", "--name", &name, "--org", &sandbox.said("ZOHO_ORG").unwrap()];
    let ran = connect(&zohoctl, &words, Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("the system's keyring"), "{ran}");
    // The keyring is one for all tests, so the connection has a name of its own.
    assert_eq!(a_ticket(&zohoctl, &["--connection", &name]), 0);
    assert_eq!(zohoctl.json(&["vault", "--output", "json"])["opened_by"], "the keyring itself");
    zohoctl.ok(&["connections", "remove", &name]);
    // Where it is gone, nothing falls back to anything.
    let lost = zohoctl.with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
    let ran = lost.run(&["connections"]);
    assert!(ran.status != 0 && ran.stderr.contains("keyring"), "{ran}");
}

fn findings(zohoctl: &Zohoctl) -> (i32, Vec<Value>) {
    let ran = zohoctl.run(&["doctor", "--output", "json"]);
    (ran.status, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran}")))
}

fn health<'f>(findings: &'f [Value], what: &str) -> &'f str {
    let found = findings.iter().find(|finding| finding["what"] == what);
    found.unwrap_or_else(|| panic!("nothing of {what}: {findings:?}"))["health"].as_str().unwrap()
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_the_cure() {
    let (sandbox, zohoctl) = connected(&[]);
    let (status, all) = findings(&zohoctl);
    assert_eq!(status, 0, "{all:?}");
    for what in ["vault", "clock", "accounts.zoho.com", "desk.zoho.com", "connection `desk`"] {
        assert_eq!(health(&all, what), "ok", "{what}");
    }
    // No secret, and no call with a token: a look at two hosts.
    assert!(sandbox.requests().iter().all(|request| request["path"] != "/api/v1/tickets" || request["status"] == 200));

    drop(sandbox);
    let (status, all) = findings(&zohoctl);
    assert_eq!((status, health(&all, "desk.zoho.com")), (1, "error"));

    let (_sandbox, zohoctl) = connected(&["--clock-offset", "-600"]);
    let (status, all) = findings(&zohoctl);
    assert_eq!((status, health(&all, "clock")), (0, "warning"));
    let page = zohoctl.ok(&["doctor"]).stdout;
    assert!(page.contains("ahead of Zoho's") && page.contains("hint: set the clock"), "{page}");
    assert_eq!(a_ticket(&zohoctl, &[]), 0, "a clock that is ten minutes off is no reason to fail");

    // A document that somebody has torn costs one connection, and the doctor names it.
    let folder = zohoctl.home().join(".config/zohoctl/vault");
    for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let is_the_connection = file.file_name().unwrap().to_str().unwrap().contains("connection");
        if is_the_connection && file.extension().is_none_or(|ending| ending != "lock") {
            std::fs::write(&file, "torn").unwrap();
        }
    }
    let (status, all) = findings(&zohoctl);
    assert_eq!((status, health(&all, "connection `desk`")), (1, "error"), "{all:?}");
}

#[test]
fn a_configuration_adds_a_data_center_and_a_mistake_in_it_has_its_place() {
    let zohoctl = Zohoctl::new();
    let row = "{ id: xx, name: Test, accounts: accounts.zoho.xx, zoho: zoho.xx, zohoapis: zohoapis.xx }";
    zohoctl.write(".config/zohoctl/config.yaml", format!("vault: file\ndata_centers:\n- {row}\n"));
    let shown = zohoctl.json(&["explain", "desk", "tickets.list", "--data-center", "xx", "--output", "json"]);
    assert!(shown["url"].as_str().unwrap().starts_with("https://desk.zoho.xx/"), "{shown}");
    let ran = zohoctl.run(&["explain", "desk", "tickets.list", "--data-center", "yy"]);
    assert!(ran.status == 2 && ran.stderr.contains("sg, xx"), "{ran}");

    zohoctl.write(".config/zohoctl/config.yaml", "vault: file\nvaults: x\n");
    let ran = zohoctl.run(&["connections"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.stderr.contains("config.yaml:2:1: ") && ran.stderr.contains("vaults"), "{ran}");
}
