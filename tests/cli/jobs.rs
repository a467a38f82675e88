//! Jobs against a sandbox: to their end, further jobs for what is left, detached, resumed, failed.

use std::io::Write;

use serde_json::{Value, json};

use crate::support::{RunningSandbox, Zohoctl};

const READ: &[&str] =
    &["invoke", "crm", "bulk_read.create", "query.module.api_name=Leads", "query.fields=id,Last_Name,Email"];

#[test]
fn a_bulk_read_gives_all_records_of_all_its_jobs() {
    let sandbox = RunningSandbox::start(&["crm", "--records", "450"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let ran = zohoctl.ok(READ);
    let list = ["invoke", "crm", "records.list", "module=Leads", "fields=id,Last_Name,Email", "--all"];
    let named = |lead: &Value| (lead["id"].clone(), lead["Last_Name"].clone(), lead["Email"].clone());
    let mut listed: Vec<String> = zohoctl.lines(&list).iter().map(|lead| format!("{:?}", named(lead))).collect();
    let mut read: Vec<String> = ran.lines().iter().map(|lead| format!("{:?}", named(lead))).collect();
    assert_eq!(read.len(), 450, "{ran}");
    listed.sort();
    read.sort();
    assert_eq!(read, listed);
    let started: Vec<Value> =
        sandbox.requests().into_iter().filter(|request| request["target"] == "/crm/bulk/v8/read").collect();
    assert_eq!(started.len(), 3);
    assert_eq!(zohoctl.lines(&["jobs", "--output", "jsonl"]), Vec::<Value>::new());

    let saved = zohoctl.ok(&[READ, &["--out", "leads.csv"]].concat());
    assert!(saved.stderr.contains("saved leads.csv (450 records)"), "{saved}");
    let csv = std::fs::read_to_string(zohoctl.home().join("leads.csv")).unwrap();
    assert_eq!((csv.lines().next(), csv.lines().count()), (Some("id,Last_Name,Email"), 451));
    zohoctl.ok(&[READ, &["--out", "leads.zip"]].concat());
    for name in ["leads.zip", "leads-2.zip", "leads-3.zip"] {
        assert!(std::fs::read(zohoctl.home().join(name)).unwrap().starts_with(b"PK"), "{name}");
    }
}

#[test]
fn a_detached_job_is_listed_resumed_and_forgotten() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let start = || zohoctl.json(&[READ, &["--detach"]].concat())["job"].as_str().unwrap().to_owned();
    let (first, second) = (start(), start());
    let listed = zohoctl.lines(&["jobs", "list", "--output", "jsonl"]);
    let ids: Vec<&str> = listed.iter().map(|job| job["job"].as_str().unwrap()).collect();
    assert_eq!(ids, [&first, &second]);
    assert_eq!((&listed[0]["service"], &listed[0]["api"]), (&json!("crm"), &json!("bulk_read.create")));
    zohoctl.ok(&["jobs", "forget", &second]);
    assert_eq!(zohoctl.run(&["jobs", "resume", &second]).status, 4);
    assert_eq!(zohoctl.lines(&["jobs", "resume", &first]).len(), 120);
    let ran = zohoctl.ok(&["jobs"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "No job waits to be fetched.\n"));
}

#[test]
fn a_job_whose_command_was_killed_is_there_to_be_resumed() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    sandbox
        .fault(&json!({ "match": { "path": "/crm/bulk/v8/read/*" }, "times": 1, "fault": "slow", "delay_ms": 20000 }));
    let mut child = zohoctl.command(READ).spawn().unwrap();
    let shelf = zohoctl.home().join(if cfg!(windows) { "zohoctl/jobs" } else { ".config/zohoctl/jobs" });
    let begun = std::time::Instant::now();
    // A file that is still being written stands beside its place, under another name.
    let is_kept = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.unwrap().path().extension().is_some_and(|ending| ending == "json")
    };
    while !std::fs::read_dir(&shelf).is_ok_and(|mut entries| entries.any(is_kept)) {
        assert!(begun.elapsed().as_secs() < 20, "no job in {}", shelf.display());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let listed = zohoctl.lines(&["jobs", "--output", "jsonl"]);
    let id = listed[0]["job"].as_str().unwrap();
    assert_eq!(zohoctl.lines(&["jobs", "resume", id]).len(), 120);
}

#[test]
fn a_job_that_fails_says_why_and_is_forgotten() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let ran =
        zohoctl.run(&["invoke", "crm", "bulk_read.create", "query.module.api_name=Leads", "query.fields=refuse: no"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{ran}");
    assert!(ran.stderr.contains("has failed: its state is FAILURE"), "{ran}");
    assert_eq!(zohoctl.ok(&["jobs"]).stdout, "");
}

#[test]
fn a_bulk_write_tells_what_became_of_each_row() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("leads.csv", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"Last_Name,Email\nQuint,maren@example.com\nRao,no mail\n").unwrap();
    zohoctl.write("leads.zip", archive.finish().unwrap().into_inner());
    let upload = zohoctl.json(&["invoke", "crm", "bulk_write.upload", "file=@leads.zip"]);
    let file = format!("resource.0.file_id={}", upload["file_id"].as_str().unwrap());
    let words = ["invoke", "crm", "bulk_write.create", "operation=insert", "resource.0.module.api_name=Leads", &file];
    let ran = zohoctl.run(&words);
    let lines = ran.lines();
    assert_eq!((ran.status, lines.len()), (1, 2), "{ran}");
    assert!(ran.stderr.contains("2 records: 1 created, 1 failed"), "{ran}");
    assert_eq!((&lines[0]["status"], &lines[1]["status"]), (&json!("created"), &json!("failed")));
    assert!(lines[1]["message"].as_str().unwrap().starts_with("Email: "), "{ran}");
    let id = format!("id={}", lines[0]["id"].as_str().unwrap());
    assert_eq!(zohoctl.json(&["invoke", "crm", "records.get", "module=Leads", &id])["Email"], "maren@example.com");
}

#[test]
fn an_export_of_desk_goes_the_same_way() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let words = [
        "invoke",
        "desk",
        "bulk_export.create",
        "module=tickets",
        "fields=id,subject",
        "modifiedAfter=2000-01-01T00:00:00Z",
    ];
    let tickets = zohoctl.lines(&words);
    assert_eq!(tickets.len(), 120);
    assert!(tickets[0]["id"].is_string() && tickets[0]["subject"].is_string(), "{}", tickets[0]);
}

#[test]
fn without_a_sandbox_of_its_own_the_process_may_end() {
    let zohoctl = Zohoctl::new();
    let ran = zohoctl.run(&[READ, &["--sandbox", "--detach"]].concat());
    assert_eq!(ran.status, 2, "{ran}");
    assert_eq!(zohoctl.lines(&[READ, &["--sandbox"]].concat()).len(), 120);
    let ran = zohoctl.run(&["invoke", "crm", "org.get", "--sandbox", "--detach"]);
    assert_eq!(ran.status, 2, "{ran}");
}

#[test]
fn a_job_that_gives_no_file_prints_the_state_that_it_ends_in() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let accounts = json!({ "accounts": [{ "accountExtId": "acc-7", "accountName": "Okafor Labels" }] }).to_string();
    let start = ["invoke", "desk", "imports.create", "scopeId=5b0c8f4e", &format!("data={accounts}")];
    let ended = zohoctl.json(&start);
    assert_eq!(ended["status"], "completed", "{ended}");
    let job = zohoctl.json(&[&start[..], &["--detach"]].concat())["job"].as_str().unwrap().to_owned();
    let ended = zohoctl.json(&["jobs", "resume", &job]);
    assert_eq!((&ended["id"], &ended["status"]), (&json!(job), &json!("completed")));
    assert_eq!(zohoctl.lines(&["jobs", "--output", "jsonl"]), Vec::<Value>::new());
}
