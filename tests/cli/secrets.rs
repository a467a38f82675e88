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

/// All files below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[cfg(target_os = "linux")]
#[test]
fn no_secret_is_in_any_file_or_process() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = RunningSandbox::start(&["desk"]);
    let said = |name: &str| sandbox.said(name).unwrap();
    let person = Zohoctl::new()
        .with("ZOHO_ENDPOINT", &sandbox.address)
        .with("ZOHO_CLIENT_ID", &said("ZOHO_CLIENT_ID"))
        .with("ZOHO_CLIENT_SECRET", &said("ZOHO_CLIENT_SECRET"));
    let ran = connect(&person, &["desk", "--org", &said("ZOHO_ORG")], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    person.ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--trace", "--har", "calls.har"]);
    // Its access token is cached, which must not be readable either.
    let job = Zohoctl::calling(&sandbox);
    job.ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--har", "calls.har"]);
    job.ok(&["invoke", "desk", "tickets.list", "--limit", "2"]);
    let refreshes = sandbox.requests().iter().filter(|request| request["path"] == "/oauth/v2/token").count();
    assert!(refreshes <= 3, "{refreshes} requests for tokens: the job's second call did not use the first one's token");

    for home in [person.home(), job.home()] {
        let kept = files(home);
        assert!(kept.len() >= 2, "nothing was kept in {}", home.display());
        for path in kept {
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(tokens(&text), Vec::<&str>::new(), "{}", path.display());
            assert!(sandbox.secrets().iter().all(|secret| !text.contains(secret)), "{}", path.display());
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let is_of_the_vault = path.components().any(|part| part.as_os_str() == "vault");
            assert!(!is_of_the_vault || mode & 0o077 == 0, "{} is open to others: {mode:o}", path.display());
        }
    }

    // What `ps` shows of a call while it runs.
    sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets" }, "fault": "slow", "delay_ms": 1500 }));
    let mut running = person.command(&["invoke", "desk", "tickets.list", "--limit", "1"]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let shown = std::fs::read_to_string(format!("/proc/{}/cmdline", running.id())).unwrap();
    assert!(shown.contains("tickets.list"), "{shown}");
    assert!(tokens(&shown).is_empty() && sandbox.secrets().iter().all(|secret| !shown.contains(secret)), "{shown}");
    assert!(running.wait().unwrap().success());
}

/// Whoever accepts a snapshot may not see what is in it.
#[test]
fn no_snapshot_and_no_page_holds_a_token() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["tests", "docs", "crates"] {
        for path in files(&root.join(folder)) {
            let is_text =
                ["snap", "md", "rs", "yaml"].iter().any(|ending| path.extension().is_some_and(|e| e == *ending));
            if is_text {
                let text = std::fs::read_to_string(&path).unwrap();
                assert_eq!(tokens(&text), Vec::<&str>::new(), "{}", path.display());
            }
        }
    }
}
