//! Desk, from the sign-in to the bin: what a person does in a shell.

use crate::support::sign_in::{Answer, connect};
use crate::support::{RunningSandbox, Zohoctl};

/// A home without connections, with the sandbox's client.
fn newcomer(sandbox: &RunningSandbox) -> Zohoctl {
    let said = |name: &str| sandbox.said(name).unwrap();
    Zohoctl::new()
        .with("ZOHO_ENDPOINT", &sandbox.address)
        .with("ZOHO_CLIENT_ID", &said("ZOHO_CLIENT_ID"))
        .with("ZOHO_CLIENT_SECRET", &said("ZOHO_CLIENT_SECRET"))
}

/// Of several organisations one must be named; a sandbox says which there are.
fn organization(sandbox: &RunningSandbox) -> String {
    sandbox.said("ZOHO_ORG").unwrap()
}

#[test]
fn a_ticket_from_the_sign_in_to_the_bin() {
    let sandbox = RunningSandbox::start(&["desk", "--data-center", "eu"]);
    let zohoctl = newcomer(&sandbox).with("ZOHO_DATA_CENTER", "eu");
    let ran = connect(&zohoctl, &["desk", "--org", &organization(&sandbox), "--all-apis"], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains("Signed in to Zoho Desk in eu"), "{ran}");
    assert!(ran.stderr.contains("its secrets are kept in encrypted files in [HOME]/.config/zohoctl/vault."), "{ran}");
    assert!(ran.stderr.contains("worked"), "{ran}");

    let first =
        |api: &str| zohoctl.lines(&["invoke", "desk", api, "--limit", "1"])[0]["id"].as_str().unwrap().to_owned();
    let (department, contact) = (first("departments.list"), first("contacts.list"));
    let subject = "subject=No ink left in Zweibrücken";
    let made = zohoctl.json(&[
        "invoke",
        "desk",
        "tickets.create",
        subject,
        &format!("departmentId={department}"),
        &format!("contactId={contact}"),
        "cf.cf_floor=3",
    ]);
    let ticket = format!("ticketId={}", made["id"].as_str().unwrap());

    let got = zohoctl.json(&["invoke", "desk", "tickets.get", &ticket]);
    assert_eq!(
        (got["subject"].as_str(), got["contactId"].as_str()),
        (Some("No ink left in Zweibrücken"), Some(contact.as_str()))
    );
    assert_eq!(got["cf"]["cf_floor"], "3");

    let changed = zohoctl.json(&["invoke", "desk", "tickets.update", &ticket, "priority=High", "status=On Hold"]);
    assert_eq!((changed["priority"].as_str(), changed["subject"].as_str()), (Some("High"), got["subject"].as_str()));

    let found = zohoctl.lines(&["invoke", "desk", "tickets.search", "subject=No ink*", "--all"]);
    assert!(found.iter().any(|found| found["id"] == made["id"]), "{found:?}");

    let comment = zohoctl.json(&[
        "invoke",
        "desk",
        "tickets.comments.create",
        &ticket,
        "content=On its way: 50% today",
        "isPublic=false",
    ]);
    let comments = zohoctl.lines(&["invoke", "desk", "tickets.comments.list", &ticket]);
    assert!(
        comments.iter().any(|other| other["id"] == comment["id"] && other["content"] == "On its way: 50% today"),
        "{comments:?}"
    );

    let bytes: Vec<u8> = (0..70_000u32).map(|i| (i % 251) as u8).collect();
    zohoctl.write("photo.png", &bytes);
    let attachment = zohoctl.json(&["invoke", "desk", "tickets.attachments.upload", &ticket, "file=@photo.png"]);
    assert_eq!(attachment["name"], "photo.png");
    let id = format!("attachmentId={}", attachment["id"].as_str().unwrap());
    let saved = zohoctl.json(&["invoke", "desk", "tickets.attachments.download", &ticket, &id, "--out", "copy.png"]);
    assert_eq!(saved["size"], 70_000);
    assert_eq!(std::fs::read(zohoctl.home().join("copy.png")).unwrap(), bytes);

    zohoctl.ok(&["invoke", "desk", "tickets.trash", &format!("ticketIds={}", made["id"].as_str().unwrap())]);
    let listed = zohoctl.lines(&["invoke", "desk", "tickets.list", "--all"]);
    assert!(!listed.iter().any(|listed| listed["id"] == made["id"]));
}

#[test]
fn connections_are_listed_without_secrets_and_forgotten() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    assert_eq!(
        connect(&zohoctl, &["desk", "--name", "work", "--org", &organization(&sandbox)], Answer::Accept).status,
        0
    );
    let listed = zohoctl.lines(&["connections", "list", "--output", "jsonl"]);
    assert_eq!(
        (listed[0]["name"].as_str(), listed[0]["values"]["orgId"].as_str()),
        (Some("work"), Some(organization(&sandbox).as_str()))
    );
    let shown = zohoctl.ok(&["connections"]);
    for secret in sandbox.secrets() {
        assert!(!format!("{shown}{listed:?}").contains(&secret));
    }
    assert_eq!(zohoctl.run(&["connections", "remove", "wrok"]).status, 2);
    zohoctl.ok(&["connections", "remove", "work"]);
    assert_eq!(zohoctl.run(&["invoke", "desk", "tickets.list"]).status, 3);
}

#[cfg(unix)]
#[test]
fn tokens_lie_in_a_file_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    assert_eq!(connect(&zohoctl, &["desk", "--org", &organization(&sandbox)], Answer::Accept).status, 0);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut folders = vec![zohoctl.home().join(".config/zohoctl/vault")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            assert_eq!(mode(&path), 0o600, "{}", path.display());
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains("1000.") && !text.contains("orgId"), "{} is not encrypted", path.display());
        }
    }
    assert!(files > 0);
}

#[test]
fn a_refusal_in_the_browser_is_an_error_and_keeps_nothing() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let ran = connect(&zohoctl, &["desk"], Answer::Reject);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("the consent was not given (access_denied)"), "{ran}");
    assert!(zohoctl.lines(&["connections", "--output", "jsonl"]).is_empty());
}

#[test]
fn a_read_only_sign_in_may_not_write() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    assert_eq!(connect(&zohoctl, &["desk", "--read-only", "--org", &organization(&sandbox)], Answer::Accept).status, 0);
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1"]);
    let ran = zohoctl.run(&["invoke", "desk", "tickets.create", "subject=x", "departmentId=1", "contactId=2"]);
    assert_eq!(ran.status, 3, "{ran}");
}

#[test]
fn of_several_organizations_one_is_named_and_none_is_guessed() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = newcomer(&sandbox);
    let ran = connect(&zohoctl, &["desk"], Answer::Accept);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stderr.contains("error: Zoho Desk has several choices for `orgId`\n"), "{ran}");
    let choices: Vec<(&str, &str)> = ran
        .stderr
        .lines()
        .skip_while(|line| !line.starts_with("error: "))
        .filter_map(|line| line.strip_prefix("  ")?.split_once("  "))
        .collect();
    assert!(choices.len() >= 2 && choices[0].0 == organization(&sandbox), "{ran}");
    assert_ne!(zohoctl.run(&["invoke", "desk", "tickets.list"]).status, 0);

    let wrong = connect(&zohoctl, &["desk", "--org", "Nobody & Sons"], Answer::Accept);
    assert_eq!(wrong.status, 2, "{wrong}");
    assert!(wrong.stderr.contains("error: `Nobody & Sons` is not among the choices for `orgId`\n"), "{wrong}");

    let (id, name) = choices[1];
    let ran = connect(&zohoctl, &["desk", "--org", name], Answer::Accept);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stderr.contains(&format!("{name} (orgId {id})")), "{ran}");
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1"]);
    assert!(sandbox.requests().iter().any(|request| request["headers"]["orgid"] == id), "{:?}", sandbox.requests());
}

#[test]
fn a_download_into_a_folder_gets_the_services_name_and_overwrites_nothing() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let ticket =
        zohoctl.lines(&["invoke", "desk", "tickets.list", "--limit", "1"])[0]["id"].as_str().unwrap().to_owned();
    let ticket = format!("ticketId={ticket}");
    zohoctl.write("notes.txt", "some notes");
    let attachment = zohoctl.json(&["invoke", "desk", "tickets.attachments.upload", &ticket, "file=@notes.txt"]);
    let id = format!("attachmentId={}", attachment["id"].as_str().unwrap());
    let download =
        |out: &str| zohoctl.run(&["invoke", "desk", "tickets.attachments.download", &ticket, &id, "--out", out]);
    let saved = download("into/").lines();
    assert_eq!(saved[0]["path"], "into/notes.txt");
    assert_eq!(std::fs::read(zohoctl.home().join("into/notes.txt")).unwrap(), b"some notes");
    assert_eq!(download("into").status, 2);
    assert_eq!(download("-").stdout, "some notes");
    let left: Vec<_> = std::fs::read_dir(zohoctl.home().join("into")).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file is left");
}
