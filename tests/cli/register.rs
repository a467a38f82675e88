//! `zohoctl register`: the walk through the API console, the check, and what becomes of connections.

use crate::support::sign_in::{Answer, connect};
use crate::support::{Ran, RunningSandbox, Zohoctl};

fn home(sandbox: &RunningSandbox) -> Zohoctl {
    Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address)
}

fn register(zohoctl: &Zohoctl, words: &[&str], input: &str) -> Ran {
    let words: Vec<&str> = ["register"].iter().chain(words).copied().collect();
    zohoctl.run_with_input(&words, input)
}

#[test]
fn without_a_client_it_says_what_to_do_in_the_console() {
    let ran = Zohoctl::new().run(&["register", "--data-center", "eu", "--port", "9000"]);
    insta::assert_snapshot!(ran);
    for (kind, name) in
        [("desktop", "Mobile-based Applications"), ("device", "Non-browser Applications"), ("self", "Self Client")]
    {
        let ran = Zohoctl::new().run(&["register", "--kind", kind]);
        assert_eq!(ran.status, 2, "{ran}");
        assert!(ran.stderr.contains(&format!("\"{name}\"")), "{ran}");
        assert_eq!(ran.stderr.contains("http://127.0.0.1:8765/callback"), kind == "desktop", "{ran}");
    }
}

#[test]
fn a_client_of_each_kind_is_kept_and_listed_without_its_secret() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = home(&sandbox);
    let mut said = String::new();
    for kind in ["server", "desktop", "device", "self"] {
        let (id, secret) = sandbox.client(kind);
        let ran = register(&zohoctl, &[kind, "--kind", kind, "--client-id", &id], &secret);
        assert_eq!(ran.status, 0, "{ran}");
        assert!(ran.stderr.contains(&format!("The client is kept as `{kind}`")), "{ran}");
        assert!(ran.stderr.contains("accounts.zoho.com knows the client"), "{ran}");
        said.push_str(&ran.to_string());
    }
    let listed = zohoctl.lines(&["clients", "list", "--output", "jsonl"]);
    let names: Vec<&str> = listed.iter().filter_map(|client| client["name"].as_str()).collect();
    assert_eq!(names, ["desktop", "device", "self", "server"]);
    assert_eq!(listed[3]["redirect_uri"], "http://127.0.0.1:8765/callback");
    assert!(listed[1]["redirect_uri"].is_null(), "{listed:?}");
    said.push_str(&format!("{listed:?}{}", zohoctl.ok(&["clients"])));
    for secret in sandbox.secrets() {
        assert!(!said.contains(&secret), "{said}");
    }
    zohoctl.ok(&["clients", "remove", "device"]);
    assert_eq!(zohoctl.run(&["clients", "remove", "device"]).status, 2);
    assert_eq!(zohoctl.lines(&["clients", "list", "--output", "jsonl"]).len(), 3);
}

#[test]
fn a_client_that_zoho_does_not_know_is_not_kept() {
    let sandbox = RunningSandbox::start(&["desk", "--client-data-centers", "us"]);
    let zohoctl = home(&sandbox);
    let (id, secret) = sandbox.client("server");
    let good: [&str; 4] = ["--kind", "server", "--client-id", &id];
    let elsewhere: Vec<&str> = good.iter().chain(&["--data-center", "eu"]).copied().collect();
    for (words, input) in [
        (&good[..], "a-wrong-secret"),
        (&["--kind", "server", "--client-id", "1000.UNKNOWN"], secret.as_str()),
        (&["--kind", "device", "--client-id", "1004.UNKNOWN"], secret.as_str()),
        (&elsewhere, secret.as_str()),
    ] {
        let ran = register(&zohoctl, words, input);
        assert_eq!(ran.status, 3, "{ran}");
        assert!(ran.stderr.contains("invalid_client") && ran.stderr.contains("nothing was kept"), "{ran}");
        assert!(!ran.to_string().contains(input), "{ran}");
    }
    assert!(zohoctl.lines(&["clients", "list", "--output", "jsonl"]).is_empty());
    // Somebody may know better, and what cannot be found out is no refusal.
    assert_eq!(register(&zohoctl, &["--kind", "server", "--client-id", &id, "--no-check"], "x").status, 0);
    let ran = Zohoctl::new()
        .with("ZOHO_ENDPOINT", "http://127.0.0.1:9")
        .run_with_input(&["register", "--client-id", &id], &secret);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("could not be found out"), "{ran}");
}

/// Whoever pastes the secret as the id is told so, and does not read it again.
#[test]
fn a_secret_in_the_place_of_the_id_is_not_repeated() {
    let ran = Zohoctl::new().run(&["register", "--client-id", "0123456789abcdef0123456789abcdef"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.stderr.contains("no client id") && !ran.stderr.contains("0123456789abcdef"), "{ran}");
    let ran = register(&Zohoctl::new(), &["--client-id", "1000.ABC"], "");
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.stderr.contains("ZOHO_CLIENT_SECRET"), "{ran}");
}

#[test]
fn a_data_center_may_have_a_secret_of_its_own() {
    let sandbox = RunningSandbox::start(&["desk", "--secret-per-data-center", "--data-center", "eu"]);
    let zohoctl = home(&sandbox);
    let clients: serde_json::Value =
        serde_json::from_str(&crate::support::http::get(&format!("{}/_sandbox/clients", sandbox.address)).body)
            .unwrap();
    let server = clients.as_array().unwrap().iter().find(|client| client["kind"] == "server").unwrap();
    let (id, first) = (server["id"].as_str().unwrap(), server["secret"].as_str().unwrap());
    let of = |center: &str| server["secrets"][center].as_str().unwrap_or(first).to_owned();
    assert_ne!(of("us"), of("eu"), "{server}");
    let words = ["--kind", "server", "--client-id", id, "--secret-for", "eu"];
    let ran = register(&zohoctl, &words, &format!("{}\n{}\n", of("us"), of("us")));
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("eu"), "{ran}");
    let ran = register(&zohoctl, &words, &format!("{}\n{}\n", of("us"), of("eu")));
    assert_eq!(ran.status, 0, "{ran}");
    let listed = zohoctl.lines(&["clients", "list", "--output", "jsonl"]);
    assert_eq!(listed[0]["own_secrets"], serde_json::json!(["eu"]));
    // A person of Europe signs in with the secret of Europe, and goes on with it.
    let organization = sandbox.said("ZOHO_ORG").unwrap();
    let ran =
        crate::support::sign_in::connect_from(&zohoctl, &["desk", "--org", &organization], Answer::Accept, Some("eu"));
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("in eu"), "{ran}");
}

#[test]
fn a_new_secret_counts_for_the_connections_too() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = home(&sandbox);
    let (id, secret) = sandbox.client("server");
    assert_eq!(register(&zohoctl, &["--client-id", &id], &secret).status, 0);
    let organization = sandbox.said("ZOHO_ORG").unwrap();
    assert_eq!(connect(&zohoctl, &["desk", "--org", &organization], Answer::Accept).status, 0);
    let ran = register(&zohoctl, &["--client-id", &id, "--no-check"], "another");
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("Its new secret counts for the connections desk too."), "{ran}");
    // The client is known by its name: only the secret is said.
    let again = zohoctl.run_with_input(&["register", "--output", "json"], &secret);
    assert_eq!(again.status, 0, "{again}");
    let value: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(value["updated_connections"], serde_json::json!(["desk"]));
    assert_eq!(value["client_id"], id.as_str());
    assert!(!again.to_string().contains(&secret), "{again}");
}
