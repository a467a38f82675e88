//! `zohoctl connect`: what is asked for, what is chosen, and what is kept.

use serde_json::{Value, json};

use crate::support::sign_in::{Answer, Waiting, begin, connect, connect_from, consent};
use crate::support::{RunningSandbox, Zohoctl, http};

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

/// The scopes that the last consent was asked for.
fn scopes_asked(sandbox: &RunningSandbox) -> Vec<String> {
    let queries = sandbox.queries_of("/oauth/v2/auth");
    let query = queries.iter().rev().find(|query| query.contains("scope=")).unwrap().clone();
    let scope = query.split('&').find_map(|pair| pair.strip_prefix("scope=")).unwrap();
    let mut scopes: Vec<String> = scope.split("%2C").map(str::to_owned).collect();
    scopes.sort();
    scopes
}

fn saved(zohoctl: &Zohoctl) -> Vec<Value> {
    zohoctl.lines(&["connections", "list", "--output", "jsonl"])
}

#[test]
fn the_least_is_asked_for_and_shown_before_the_sign_in() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let organization = organization(&sandbox);
    let ran = connect(&zohoctl, &["desk", "--org", &organization, "--for", "tickets.list"], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(scopes_asked(&sandbox), ["Desk.basic.READ", "Desk.tickets.READ"]);
    let shown = ran.stderr.find("Desk.basic.READ, Desk.tickets.READ").unwrap();
    assert!(shown < ran.stderr.find("http://accounts").unwrap(), "{ran}");
    let ran = zohoctl.run(&["invoke", "desk", "tickets.create", "subject=x", "departmentId=1", "contactId=2"]);
    assert_eq!(ran.status, 3, "{ran}");

    assert!(ran.stderr.contains("hint: `zohoctl connect desk --add --for tickets.create` adds"), "{ran}");

    let ran = connect(&zohoctl, &["desk", "--all-apis"], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(scopes_asked(&sandbox).iter().any(|scope| scope == "Desk.tickets.DELETE" || scope == "Desk.tickets.ALL"));
    // The organisation was chosen before, and the account still has it.
    assert_eq!(saved(&zohoctl)[0]["values"]["orgId"], organization.as_str());

    for words in
        [&["desk", "--for", "tickets.lst"][..], &["desk", "--scopes", "x"], &["nowhere"], &["desk", "--set", "team=1"]]
    {
        let ran = connect(&zohoctl, words, Answer::Accept);
        assert_eq!(ran.status, 2, "{ran}");
    }
}

/// A peer's usual sign-in asked for no scope of Desk, though it had 150 commands for Desk.
#[test]
fn wanted_b24_the_usual_sign_in_is_enough_for_reading_and_a_scripts_for_the_script() {
    let sandbox = RunningSandbox::start(&["desk", "crm"]);
    let zohoctl = newcomer(&sandbox);
    let organization = organization(&sandbox);
    assert_eq!(connect(&zohoctl, &["desk", "--set", &format!("orgId={organization}")], Answer::Accept).status, 0);
    for api in ["tickets.list", "contacts.list", "departments.list", "agents.list"] {
        zohoctl.ok(&["invoke", "desk", api, "--limit", "1"]);
    }

    let script = "#!/bin/sh\nset -eu\nzohoctl invoke desk tickets.list --all |\n  \
                  zohoctl invoke crm records.insert module=Leads data=@-\n";
    zohoctl.write("nightly.sh", script);
    let set = format!("orgId={organization}");
    let ran =
        connect(&zohoctl, &["--from-invocations", "nightly.sh", "--name", "nightly", "--set", &set], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    let scopes = scopes_asked(&sandbox);
    assert_eq!(scopes, ["Desk.basic.READ", "Desk.tickets.READ", "ZohoCRM.modules.CREATE"], "{ran}");
    assert_eq!(saved(&zohoctl)[1]["services"], json!(["desk", "crm"]));
    let lead = ["invoke", "crm", "records.insert", "module=Leads", "data.0.Last_Name=Boyle", "--connection", "nightly"];
    zohoctl.ok(&lead);
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1", "--connection", "nightly"]);

    zohoctl.write("wrong.sh", "zohoctl invoke desk tickets.lost\n");
    assert_eq!(connect(&zohoctl, &["--from-invocations", "wrong.sh"], Answer::Accept).status, 2);
    zohoctl.write("empty.sh", "echo nothing\n");
    assert_eq!(connect(&zohoctl, &["--from-invocations", "empty.sh"], Answer::Accept).status, 2);
}

#[test]
fn one_sign_in_covers_several_services() {
    let sandbox = RunningSandbox::start(&["sprints", "workdrive", "desk"]);
    let zohoctl = newcomer(&sandbox);
    let ran = zohoctl.run(&["connect", "sprints", "workdrive", "--for", "nothing.list"]);
    assert_eq!(ran.status, 2, "{ran}");
    let mut waiting = begin(&zohoctl, &["sprints", "workdrive", "--output", "json"]);
    http::get(&consent(&waiting.address().unwrap(), Answer::Accept, None));
    let ran = waiting.ended();
    // Both have a `team`, and each its own. Nobody is here to choose; each run says the next one.
    let mut ran = ran;
    for _ in 0..3 {
        let value: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran}"));
        assert_eq!(value["name"], "sprints-workdrive");
        let Some(finish) = value["finish"].as_str() else { break };
        assert_eq!(ran.status, 3, "{ran}");
        let words: Vec<&str> = finish.split(' ').skip(1).chain(["--output", "json"]).collect();
        ran = zohoctl.run(&words);
    }
    assert_eq!(ran.status, 0, "{ran}");
    let values = &saved(&zohoctl)[0]["values"];
    assert!(values["sprints.team"].is_string() && values["workdrive.team"].is_string(), "{values}");
    assert_ne!(values["sprints.team"], values["workdrive.team"]);
    zohoctl.ok(&["invoke", "sprints", "projects.list", "--limit", "1"]);

    // Another service comes to it, and nobody takes the name from it.
    let ran = connect(&zohoctl, &["desk", "--name", "sprints-workdrive"], Answer::Accept);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.stderr.contains("signs in to sprints too"), "{ran}");
    let words = ["desk", "--add", "--name", "sprints-workdrive", "--org", &organization_of(&sandbox, "desk")];
    let ran = connect(&zohoctl, &words, Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(saved(&zohoctl)[0]["services"], json!(["sprints", "workdrive", "desk"]));
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1"]);
    zohoctl.ok(&["invoke", "sprints", "projects.list", "--limit", "1"]);
}

/// The organisation that a sandbox of several services names for one of them.
fn organization_of(sandbox: &RunningSandbox, service: &str) -> String {
    let job = Zohoctl::calling(sandbox);
    let organizations = job.lines(&["invoke", service, "organizations.list"]);
    organizations[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn of_several_organizations_none_is_guessed_and_no_consent_is_lost() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let mut waiting = begin(&zohoctl, &["desk", "--name", "work", "--output", "json"]);
    http::get(&consent(&waiting.address().unwrap(), Answer::Accept, None));
    let ran = waiting.ended();
    assert_eq!(ran.status, 3, "{ran}");
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    let choices = value["lacking"][0]["choices"].as_array().unwrap();
    assert!(choices.len() >= 2, "{ran}");
    let command = value["finish"].as_str().unwrap();
    let id = choices[0]["value"].as_str().unwrap();
    assert_eq!(command, format!("zohoctl connect desk --finish --name work --org {id}"));
    assert!(ran.stderr.contains(&format!("the sign-in is kept; `{command}`")), "{ran}");
    let consents = sandbox.queries_of("/oauth/v2/auth").len();

    // A call says what is missing, and the command that was named completes it.
    assert_ne!(zohoctl.run(&["invoke", "desk", "tickets.list"]).status, 0);
    let ran = zohoctl.run(&["connect", "desk", "--finish", "--name", "work", "--org", "Nobody & Sons"]);
    assert_eq!(ran.status, 2, "{ran}");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let ran = zohoctl.run(&words);
    assert_eq!(ran.status, 0, "{ran}");
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1"]);
    // Another one by its name; nobody was asked to sign in again.
    let name = choices[1]["label"].as_str().unwrap();
    zohoctl.ok(&["connect", "desk", "--finish", "--name", "work", "--org", name]);
    assert_eq!(saved(&zohoctl)[0]["values"]["orgId"], choices[1]["value"]);
    assert_eq!(sandbox.queries_of("/oauth/v2/auth").len(), consents);
    assert_eq!(zohoctl.run(&["connect", "desk", "--finish"]).status, 3, "there is none of that name");
}

#[test]
fn what_is_said_and_printed_holds_no_secret() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let organization = organization(&sandbox);
    let ran = connect(&zohoctl, &["desk", "--org", &organization, "--with-name", "--output", "json"], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["tried"][0], "desk tickets.list");
    assert!(value["user"].is_string(), "{value}");
    assert_eq!(value["kept_in"], "encrypted files in [HOME]/.config/zohoctl/vault");
    assert!(ran.stderr.contains("its secrets are kept in encrypted files in [HOME]/.config/zohoctl/vault."), "{ran}");
    assert!(ran.stderr.contains("  zohoctl invoke desk tickets.list --limit 5\n"), "{ran}");
    for secret in sandbox.secrets() {
        assert!(!ran.to_string().contains(&secret), "{ran}");
    }
    assert!(!ran.to_string().contains("1000.") || !ran.stdout.contains("access"), "{ran}");
}

#[test]
fn the_way_has_to_fit_the_client() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address);
    let ran = zohoctl.run(&["connect", "desk"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("`zohoctl register` walks through"), "{ran}");
    let (id, secret) = sandbox.client("server");
    assert_eq!(zohoctl.run_with_input(&["register", "--client-id", &id], &secret).status, 0);
    let ran = zohoctl.run(&["connect", "desk", "--device"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("`zohoctl register device --kind device`"), "{ran}");
    let ran = zohoctl.run(&["connect", "desk", "--device", "--client", "default"]);
    assert_eq!(ran.status, 2, "{ran}");
    let ran = zohoctl.run(&["connect", "desk", "--client", "other"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.stderr.contains("there are default"), "{ran}");
    let ran = zohoctl.run(&["connect", "desk", "--environment", "sandbox"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.stderr.contains("Zoho Desk has no sandbox environment"), "{ran}");
}

#[test]
fn an_environment_and_the_usual_connection_are_kept() {
    let sandbox = RunningSandbox::start(&["crm", "desk"]);
    let zohoctl = newcomer(&sandbox);
    let words = ["crm", "--name", "trial", "--environment", "sandbox", "--for", "users.list", "--default"];
    let ran = connect(&zohoctl, &words, Answer::Accept);
    assert_eq!(saved(&zohoctl)[0]["environment"], "sandbox", "{ran}");
    let hosts: Vec<Value> = sandbox.requests().iter().map(|request| request["host"].clone()).collect();
    assert!(hosts.contains(&json!("sandbox.zohoapis.com")), "{hosts:?}");
    let state = std::fs::read_to_string(zohoctl.home().join(".config/zohoctl/state.json")).unwrap();
    assert!(state.contains("\"crm\": \"trial\""), "{state}");
}

/// A service without OAuth: its key is asked for, nobody signs in, and no client is needed.
#[test]
fn a_service_with_a_key_of_its_own_needs_no_sign_in() {
    let sandbox = RunningSandbox::start(&["office-integrator"]);
    let key = sandbox.said("ZOHO_API_KEY").unwrap();
    let zohoctl = Zohoctl::new().with("ZOHO_ENDPOINT", &sandbox.address);
    let ran = zohoctl.run(&["connect", "office-integrator"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("no API key"), "{ran}");
    let ran = zohoctl.run_with_input(&["connect", "office-integrator", "--output", "json"], &format!("{key}\n"));
    assert_eq!(ran.status, 0, "{ran}");
    assert!(!ran.to_string().contains(&key), "{ran}");
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["keys"], json!(["office-integrator"]));
    let ran = zohoctl.run(&["invoke", "office-integrator", "documents.get", "documentid=7", "--trace"]);
    assert!(ran.stderr.contains("apikey=[hidden]") && !ran.to_string().contains(&key), "{ran}");
    assert_ne!(ran.status, 3, "{ran}");
}

/// A service that takes either: the key beside a sign-in, or alone.
#[test]
fn a_key_stands_beside_a_sign_in() {
    let sandbox = RunningSandbox::start(&["zeptomail", "desk"]);
    let key = sandbox.said("ZOHO_API_KEY").unwrap();
    let zohoctl = newcomer(&sandbox);
    let ran = zohoctl.run_with_input(&["connect", "zeptomail", "--api-key"], &format!("Zoho-enczapikey {key}\n"));
    assert_eq!(ran.status, 0, "{ran}");
    let mail = [
        "invoke",
        "zeptomail",
        "emails.send",
        "from.address=office@example.com",
        "to.0.email_address.address=maren@example.com",
        "subject=Rates",
        "htmlbody=<p>As agreed.</p>",
    ];
    zohoctl.ok(&mail);
    assert_eq!(zohoctl.run(&["invoke", "zeptomail", "agents.list"]).status, 3, "a key is no token");
    // A sign-in for the rest keeps the key.
    let ran = connect_from(&zohoctl, &["zeptomail", "--for", "agents.list"], Answer::Accept, None);
    assert_eq!(ran.status, 0, "{ran}");
    zohoctl.ok(&["invoke", "zeptomail", "agents.list"]);
    zohoctl.ok(&mail);
    assert_eq!(zohoctl.run(&["connect", "desk", "--api-key"]).status, 2);
}

/// Somebody who is here by SSH sits in front of another screen.
#[cfg(unix)]
#[test]
fn a_browser_is_opened_where_there_is_a_screen_and_nowhere_else() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let opener = zohoctl.write("bin/xdg-open", "#!/bin/sh\necho \"$1\" > \"$HOME/opened\"\n");
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", opener.parent().unwrap().display());
    let zohoctl = zohoctl.with("PATH", &path).with("DISPLAY", ":1");
    let words = ["connect", "desk", "--port", "0", "--org", &organization(&sandbox)];
    let opened = zohoctl.home().join("opened");

    let mut waiting = Waiting::start(&zohoctl, &words);
    let address = waiting.address().unwrap();
    http::get(&consent(&address, Answer::Accept, None));
    let ran = waiting.ended();
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("Your browser shows what is asked for."), "{ran}");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while std::fs::read_to_string(&opened).unwrap_or_default().trim() != address {
        assert!(std::time::Instant::now() < until, "the browser was not sent to {address}");
    }

    std::fs::remove_file(&opened).unwrap();
    let zohoctl = zohoctl.with("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");
    let mut waiting = Waiting::start(&zohoctl, &words);
    let address = waiting.address().unwrap();
    assert!(waiting.line(|line| line.contains("`ssh -L ") && line.contains("--paste")).is_some());
    http::get(&consent(&address, Answer::Accept, None));
    assert_eq!(waiting.ended().status, 0);
    assert!(!opened.exists());
}
