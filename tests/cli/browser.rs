//! The consent in a real Chromium: a person with an account in one of the data centres signs in.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;

use crate::support::browser::Browser;
use crate::support::{RunningSandbox, Zohoctl};

/// Reads what `connect` says until it prints the address for the browser.
fn address_of(said: &mut impl BufRead) -> String {
    let mut line = String::new();
    while said.read_line(&mut line).expect("text") > 0 {
        if line.trim().starts_with("http") {
            return line.trim().to_owned();
        }
        line.clear();
    }
    panic!("no address was printed");
}

fn ended(mut child: Child, mut said: impl Read) -> (bool, String) {
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    (child.wait().expect("it ends").success(), rest)
}

fn newcomer(sandbox: &RunningSandbox, data_center: &str) -> Zohoctl {
    let said = |name: &str| sandbox.said(name).unwrap();
    Zohoctl::new()
        .with("ZOHO_ENDPOINT", &sandbox.address)
        .with("ZOHO_CLIENT_ID", &said("ZOHO_CLIENT_ID"))
        .with("ZOHO_CLIENT_SECRET", &said("ZOHO_CLIENT_SECRET"))
        .with("ZOHO_ORG", &said("ZOHO_ORG"))
        .with("ZOHO_DATA_CENTER", data_center)
}

#[test]
fn a_person_of_each_data_center_signs_in() {
    let Some(browser) = Browser::start() else { return };
    for center in ["us", "eu", "ca", "cn"] {
        let sandbox = RunningSandbox::start(&["desk", "--data-center", center]);
        let zohoctl = newcomer(&sandbox, center);
        let mut child = zohoctl.command(&["connect", "desk", "--no-browser", "--port", "0"]).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        browser.open(&address_of(&mut said));
        assert!(browser.address().contains("/oauth/v2/auth?"), "{center}: {}", browser.address());
        assert!(browser.text().contains("Desk.tickets"), "{center}: {}", browser.text());
        browser.click("button[value=accept]");
        let page = browser.text();
        assert!(page.contains("signed in"), "{center}: {page}");
        assert!(!browser.address().contains("state="), "{center}: the code stays in the address bar: {page}");
        let (good, said) = ended(child, said);
        assert!(good, "{center}: {said}");
        assert_eq!(zohoctl.lines(&["invoke", "desk", "tickets.list", "--limit", "1"]).len(), 1, "{center}");
    }
}

#[test]
fn a_person_who_rejects_is_told_so_and_nothing_is_kept() {
    let Some(browser) = Browser::start() else { return };
    let sandbox = RunningSandbox::start(&["desk", "--data-center", "eu"]);
    let zohoctl = newcomer(&sandbox, "eu");
    let mut child = zohoctl.command(&["connect", "desk", "--no-browser", "--port", "0"]).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    browser.open(&address_of(&mut said));
    browser.click("button[value=reject]");
    assert!(browser.text().contains("not given"), "{}", browser.text());
    let (good, said) = ended(child, said);
    assert!(!good && said.contains("connect again and accept"), "{said}");
    assert_eq!(zohoctl.json(&["connections", "--output", "json"]), serde_json::json!([]));
}
