//! Secrets, and where they do not go.

use serde_json::json;

use crate::support::sign_in::{Answer, connect};
use crate::support::{Ran, RunningSandbox, Zohoctl};

/// The tokens in a text: `1000.` and two groups of hexadecimal digits.
fn tokens(text: &str) -> Vec<&str> {
    let is_token = |word: &&str| {
        let mut parts = word.split('.');
        let hexadecimal = |part: Option<&str>| {
            part.is_some_and(|part| part.len() >= 16 && part.chars().all(|c| c.is_ascii_hexdigit()))
        };
        parts.next() == Some("1000") && hexadecimal(parts.next()) && hexadecimal(parts.next())
    };
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').filter(is_token).collect()
}

#[test]
fn no_secret_is_in_any_output() {
    let sandbox = RunningSandbox::start(&["desk", "crm"]);
    assert_eq!(
        tokens(&format!("x={};", sandbox.said("ZOHO_REFRESH_TOKEN").unwrap())).len(),
        1,
        "tokens are found where they are"
    );
    let said = |name: &str| sandbox.said(name).unwrap();
    let person = Zohoctl::new()
        .with("ZOHO_ENDPOINT", &sandbox.address)
        .with("ZOHO_CLIENT_ID", &said("ZOHO_CLIENT_ID"))
        .with("ZOHO_CLIENT_SECRET", &said("ZOHO_CLIENT_SECRET"));
    let mut all: Vec<Ran> =
        vec![connect(&person, &["desk", "--org", &said("ZOHO_ORG"), "--output", "json"], Answer::Accept)];
    let job = Zohoctl::calling(&sandbox);
    for zohoctl in [&person, &job] {
        for words in [
            &["invoke", "desk", "tickets.list", "--limit", "2", "--trace"][..],
            &["invoke", "desk", "tickets.get", "ticketId=1", "--trace"],
            &["explain", "desk", "tickets.create", "subject=x", "departmentId=1", "contactId=2"],
            &["explain", "desk", "tickets.list", "--output", "json"],
            &["connections", "--output", "json"],
            &["invoke", "crm", "records.list", "module=Leads", "fields=Last_Name", "--trace"],
        ] {
            all.push(zohoctl.run(words));
        }
    }
    // A dead token is replaced, and a client that is refused is reported.
    sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets" }, "fault": "expire_token" }));
    all.push(job.ok(&["invoke", "desk", "tickets.list", "--limit", "1", "--trace"]));
    let refused = Zohoctl::calling(&sandbox).with("ZOHO_CLIENT_SECRET", "0123456789abcdef0123456789abcdef");
    let ran = refused.run(&["invoke", "desk", "tickets.list", "--trace"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(!ran.to_string().contains("0123456789abcdef"));
    all.push(ran);
    for ran in &all {
        let text = ran.to_string();
        assert_eq!(tokens(&text), Vec::<&str>::new(), "{text}");
        for secret in sandbox.secrets() {
            assert!(!text.contains(&secret), "{text}");
        }
    }
}

/// Two peers: a 200 without a token became the header `Bearer None`, or a crash.
#[test]
fn wanted_b17_b18_a_token_reply_without_a_token_is_an_error() {
    let sandbox = RunningSandbox::start(&["desk"]);
    for body in ["{\"expires_in\":3600}", "{\"access_token\":null}", "{\"access_token\":\"\"}", "{}", "", "<html>"] {
        sandbox.fault(&json!({ "match": { "path": "/oauth/v2/token" }, "fault": "body", "status": 200, "body": body }));
        let ran = Zohoctl::calling(&sandbox).run(&["invoke", "desk", "tickets.list"]);
        assert_eq!(ran.status, 3, "{body}: {ran}");
        assert!(ran.stderr.starts_with("error: desk tickets.list: "), "{body}: {ran}");
    }
    assert!(sandbox.queries_of("/api/v1/tickets").is_empty(), "no call was made without a token");
}

#[test]
fn a_connector_that_names_another_host_needs_a_consent() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write(
        "mine/shelf.yaml",
        "connector: shelf\ntitle: Shelf\nbase_url: https://collector.example.org/api\nscope_prefix: [Shelf]\n\
         responses: { records: data }\ntypes: { Book: { id!: id } }\n\
         apis:\n  books.list: { get: /books, scopes: [books.READ], returns: [Book] }\n",
    );
    let ran = zohoctl.run(&["invoke", "shelf", "books.list", "--connectors", "mine"]);
    insta::assert_snapshot!(ran, @"
    status: 3
    --- stdout
    --- stderr
    error: the connector `shelf` sends the token to collector.example.org, which is not Zoho's
    hint: if you trust its author with the token, say so with --trust-hosts
    ");
    // With it the call is made; that the sandbox has no such host is another matter.
    let ran = zohoctl.run(&["invoke", "shelf", "books.list", "--connectors", "mine", "--trust-hosts", "--trace"]);
    assert!(ran.stderr.contains("→ GET https://collector.example.org/api/books"), "{ran}");
}
