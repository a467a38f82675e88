//! `--sandbox`: a call without an account, and the sandbox that stands alone.

use serde_json::Value;

use crate::support::{RunningSandbox, Zohoctl};

#[test]
fn five_tickets_without_an_account_and_nothing_is_written() {
    let zohoctl = Zohoctl::new();
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list", "--sandbox", "--limit", "5"]);
    assert_eq!(ran.lines().len(), 5);
    assert_eq!(std::fs::read_dir(zohoctl.home()).unwrap().count(), 0);
}

#[test]
fn every_service_can_be_tried() {
    let zohoctl = Zohoctl::new();
    for (service, api, words) in
        [("crm", "records.list", &["module=Leads", "fields=Last_Name"][..]), ("sign", "requests.list", &[])]
    {
        let words: Vec<&str> = ["invoke", service, api, "--sandbox", "--sandbox-records", "7", "--all"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        assert_eq!(zohoctl.lines(&words).len(), 7, "{service}");
    }
}

#[test]
fn the_same_seed_gives_the_same_data() {
    let read = || Zohoctl::new().ok(&["invoke", "desk", "tickets.list", "--sandbox", "--limit", "3"]).stdout;
    assert_eq!(read(), read());
}

#[test]
fn a_sandbox_tells_how_it_is_used() {
    let sandbox = RunningSandbox::start(&["desk", "crm", "--data-center", "in", "--seed", "7"]);
    assert!(sandbox.address.starts_with("http://127.0.0.1:"), "{}", sandbox.address);
    assert_eq!(sandbox.said("ZOHO_ENDPOINT").as_deref(), Some(sandbox.address.as_str()));
    assert_eq!(sandbox.said("ZOHO_DATA_CENTER").as_deref(), Some("in"));
    let zohoctl = Zohoctl::calling(&sandbox).with("ZOHO_DATA_CENTER", "in");
    assert_eq!(zohoctl.lines(&["invoke", "desk", "tickets.list", "--limit", "2"]).len(), 2);
    assert!(sandbox.requests().iter().any(|request| request["host"] == "desk.zoho.in"), "{:?}", sandbox.requests());
}

#[test]
fn a_sandbox_speaks_tls_with_an_authority_of_its_own() {
    let sandbox = RunningSandbox::start(&["desk", "--tls"]);
    assert!(sandbox.address.starts_with("https://127.0.0.1:"));
    let distrusting = Zohoctl::calling(&sandbox).run(&["invoke", "desk", "tickets.list", "--limit", "1"]);
    assert_eq!(distrusting.status, 5, "{distrusting}");
    let trusting = Zohoctl::calling(&sandbox).with("SSL_CERT_FILE", &sandbox.said("SSL_CERT_FILE").unwrap());
    assert_eq!(trusting.lines(&["invoke", "desk", "tickets.list", "--limit", "1"]).len(), 1);
}

#[test]
fn wrong_words_of_a_sandbox_are_refused() {
    let zohoctl = Zohoctl::new();
    for words in [
        &["sandbox", "--fault", "sometimes"][..],
        &["sandbox", "--records", "tickets"],
        &["sandbox", "dsk"],
        &["sandbox", "--data-center", "moon"],
    ] {
        let ran = zohoctl.run(words);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{ran}");
    }
}

#[test]
fn a_record_is_one_value() {
    let value: Value = Zohoctl::new().json(&["invoke", "crm", "org.get", "--sandbox"]);
    assert!(value.is_object(), "{value}");
}
