//! What is told of each exchange: `--trace` for people, `--har` for programs. No secret is in either.

use serde_json::{Value, json};

use crate::support::{RunningSandbox, Zohoctl};

fn har(zohoctl: &Zohoctl, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(zohoctl.home().join(name)).unwrap()).unwrap()
}

fn header<'v>(message: &'v Value, name: &str) -> Option<&'v str> {
    let headers = message["headers"].as_array().unwrap();
    headers.iter().find(|header| header["name"] == name)?["value"].as_str()
}

/// No token, no client secret: what follows `1000.` is long, and the sandbox tells its own secrets.
fn holds_no_secret(sandbox: &RunningSandbox, text: &str) {
    for secret in sandbox.secrets() {
        assert!(!text.contains(&secret), "{text}");
    }
    let tokens = text.match_indices("1000.").filter(|(at, _)| {
        let rest = &text[at + 5..];
        rest.chars().take_while(char::is_ascii_hexdigit).count() >= 16
    });
    assert_eq!(tokens.count(), 0, "{text}");
}

#[test]
fn a_person_sees_each_request_with_its_headers_and_its_time() {
    let sandbox = RunningSandbox::start(&["desk", "--fault", "429=0:/api/v1/tickets:1"]);
    let ran = Zohoctl::calling(&sandbox).ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--trace"]);
    holds_no_secret(&sandbox, &ran.stderr);
    let seen: Vec<&str> = ran.stderr.lines().filter(|line| !line.starts_with("    ")).map(without_time).collect();
    assert_eq!(
        seen[..4],
        [
            "→ POST https://accounts.zoho.com/oauth/v2/token",
            "← 200, bytes",
            "  a new access token was asked for",
            "→ GET https://desk.zoho.com/api/v1/tickets?from=0&limit=2",
        ]
    );
    assert_eq!(seen[4], "← 429, bytes");
    assert!(seen[5].starts_with("  again in "), "{ran}");
    assert_eq!(seen[6..8], ["→ GET https://desk.zoho.com/api/v1/tickets?from=0&limit=2 (try 2)", "← 200, bytes"]);
    for line in [
        "    authorization: Zoho-oauthtoken [hidden]",
        "    host: desk.zoho.com",
        "    content-type: application/json;charset=utf-8",
    ] {
        assert!(ran.stderr.lines().any(|seen| seen == line), "{line}\n{ran}");
    }
}

/// A line without what differs from run to run.
fn without_time(line: &str) -> &str {
    let Some((status, _)) = line.strip_prefix("← ").and_then(|rest| rest.split_once(',')) else { return line };
    match status {
        "200" => "← 200, bytes",
        "429" => "← 429, bytes",
        _ => line,
    }
}

#[test]
fn a_file_of_exchanges_holds_all_but_the_secrets() {
    let sandbox = RunningSandbox::start(&["desk", "sign", "--fault", "429=0:/api/v1/tickets:1"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("contract.pdf", "%PDF-1.4");
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--har", "list.har"]);
    let log = &har(&zohoctl, "list.har")["log"];
    assert_eq!((&log["version"], &log["creator"]["name"]), (&json!("1.2"), &json!("zohoctl")));
    let entries = log["entries"].as_array().unwrap();
    let seen: Vec<(&str, &str, i64)> = entries
        .iter()
        .map(|entry| {
            let request = &entry["request"];
            (
                request["method"].as_str().unwrap(),
                request["url"].as_str().unwrap(),
                entry["response"]["status"].as_i64().unwrap(),
            )
        })
        .collect();
    let list = "https://desk.zoho.com/api/v1/tickets?from=0&limit=2";
    assert_eq!(
        seen,
        [("POST", "https://accounts.zoho.com/oauth/v2/token", 200), ("GET", list, 429), ("GET", list, 200)]
    );
    let token = &entries[0];
    assert!(
        token["request"]["postData"]["params"]
            .as_array()
            .unwrap()
            .contains(&json!({ "name": "refresh_token", "value": "[hidden]" }))
    );
    assert!(token["response"]["content"]["text"].as_str().unwrap().starts_with("{\"access_token\":\"[hidden]\""));
    let call = &entries[2];
    assert_eq!(header(&call["request"], "authorization"), Some("Zoho-oauthtoken [hidden]"));
    assert_eq!(
        call["request"]["queryString"],
        json!([{ "name": "from", "value": "0" }, { "name": "limit", "value": "2" }])
    );
    let body: Value = serde_json::from_str(call["response"]["content"]["text"].as_str().unwrap()).unwrap();
    assert_eq!(body["data"].as_array().unwrap().len(), 2);
    for entry in entries {
        for member in ["startedDateTime", "time", "request", "response", "cache", "timings"] {
            assert!(!entry[member].is_null(), "{member} in {entry}");
        }
        assert!(entry["time"].as_f64().unwrap() >= entry["timings"]["wait"].as_f64().unwrap());
    }
    let sign = ["invoke", "sign", "requests.create", "request_name=Lease", "file=@contract.pdf", "--har", "form.har"];
    zohoctl.ok(&sign);
    let form = har(&zohoctl, "form.har");
    let call = form["log"]["entries"].as_array().unwrap().last().unwrap();
    let params = call["request"]["postData"]["params"].as_array().unwrap();
    assert_eq!(params[0], json!({ "name": "file", "fileName": "contract.pdf", "contentType": "application/pdf" }));
    assert!(params[1]["value"].as_str().unwrap().contains("Lease"));
    zohoctl.ok(&[
        "invoke",
        "desk",
        "tickets.create",
        "subject=No ink",
        "departmentId=1",
        "contactId=2",
        "--har",
        "json.har",
    ]);
    let json = har(&zohoctl, "json.har");
    let call = json["log"]["entries"].as_array().unwrap().last().unwrap();
    assert!(call["request"]["postData"]["text"].as_str().unwrap().contains("No ink"));
    for name in ["list.har", "form.har", "json.har"] {
        holds_no_secret(&sandbox, &std::fs::read_to_string(zohoctl.home().join(name)).unwrap());
    }
}

#[test]
fn a_key_is_hidden_as_a_token_is() {
    for (service, words, shown) in [
        ("office-integrator", &["documents.get", "documentid=7"][..], "documents/7?apikey=[hidden]\""),
        (
            "zeptomail",
            &[
                "emails.send",
                "from.address=a@example.com",
                "to.0.email_address.address=b@example.com",
                "subject=x",
                "htmlbody=y",
            ],
            "\"Zoho-enczapikey [hidden]\"",
        ),
    ] {
        let sandbox = RunningSandbox::start(&[service]);
        let key = sandbox.said("ZOHO_API_KEY").unwrap();
        let zohoctl = Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address).with("ZOHO_API_KEY", &key);
        zohoctl.run(&[&["invoke", service], words, &["--har", "key.har"]].concat());
        let text = std::fs::read_to_string(zohoctl.home().join("key.har")).unwrap();
        assert!(text.contains(shown) && !text.contains(&key), "{text}");
    }
}

#[test]
fn a_call_that_fails_is_in_the_file_too() {
    let sandbox = RunningSandbox::start(&["desk", "--fault", "cut:/api/v1/tickets:*"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let ran = zohoctl.run(&[
        "invoke",
        "desk",
        "tickets.create",
        "subject=x",
        "departmentId=1",
        "contactId=2",
        "--har",
        "cut.har",
    ]);
    assert_ne!(ran.status, 0, "{ran}");
    let har = har(&zohoctl, "cut.har");
    let call = har["log"]["entries"].as_array().unwrap().last().unwrap();
    assert!(call["comment"].as_str().is_some_and(|why| why.starts_with("the connection broke")), "{call}");
    // Nobody is there: an exchange without an answer.
    let nobody = Zohoctl::calling(&sandbox).with("ZOHO_ENDPOINT", "http://127.0.0.1:9");
    let ran = nobody.run(&["invoke", "desk", "organizations.list", "--har", "nobody.har", "--trace"]);
    assert_ne!(ran.status, 0, "{ran}");
    let text = std::fs::read_to_string(nobody.home().join("nobody.har")).unwrap();
    let entries = serde_json::from_str::<Value>(&text).unwrap()["log"]["entries"].as_array().unwrap().clone();
    assert!(entries.iter().all(|entry| entry["response"]["status"] == 0 && entry["comment"].is_string()), "{text}");
    holds_no_secret(&sandbox, &text);
}
