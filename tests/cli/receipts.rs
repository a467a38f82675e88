//! Bulk writes with a receipt: killed, resumed, sent again; every outcome is true.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Ran, RunningSandbox, Zohoctl};

const INSERT: &[&str] = &["invoke", "crm", "records.insert", "module=Leads"];

fn insert(zohoctl: &Zohoctl, words: &[&str]) -> Ran {
    zohoctl.run(&[INSERT, words].concat())
}

/// A CSV of leads that are told apart by their names.
fn leads(count: usize) -> String {
    let rows = (0..count).map(|i| format!("row-{i},lead{i}@example.com,\"Boyle, {i}\"\n"));
    format!("Last_Name,Email,Company\n{}", rows.collect::<String>())
}

/// How often each lead of ours is in the sandbox's own list.
fn there(zohoctl: &Zohoctl) -> BTreeMap<usize, usize> {
    let list = ["invoke", "crm", "records.list", "module=Leads", "fields=Last_Name", "--all", "--quiet"];
    let mut counts = BTreeMap::new();
    for lead in zohoctl.lines(&list) {
        if let Some(number) = lead["Last_Name"].as_str().and_then(|name| name.strip_prefix("row-")) {
            *counts.entry(number.parse().unwrap()).or_default() += 1;
        }
    }
    counts
}

/// What a receipt says of each record: the last line counts.
fn told(zohoctl: &Zohoctl, name: &str) -> BTreeMap<usize, Value> {
    let text = std::fs::read_to_string(zohoctl.home().join(name)).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| Some((usize::try_from(line.get("index")?.as_u64()?).unwrap(), line))).collect()
}

/// Every outcome is true against the sandbox's own list.
fn assert_true(told: &BTreeMap<usize, Value>, there: &BTreeMap<usize, usize>) {
    for (index, line) in told {
        let count = there.get(index).copied().unwrap_or(0);
        match line["status"].as_str().unwrap() {
            "created" => assert_eq!(count, 1, "{line}"),
            "failed" => assert_eq!(count, 0, "{line}"),
            "unknown" => assert!(count <= 1, "{line}"),
            other => panic!("{other}: {line}"),
        }
    }
    assert!(there.keys().all(|index| told.contains_key(index)));
}

/// How often the process is killed.
#[expect(clippy::disallowed_methods, reason = "how much is tried is for whoever runs the test to say")]
fn kills() -> usize {
    std::env::var("ZOHO_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(10)
}

#[test]
fn a_write_that_is_killed_at_any_instant_and_resumed_is_exact() {
    let kills = kills();
    let rows = 300 * kills;
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("leads.csv", leads(rows));
    // Long enough for the kills to come between a request and its reply, too.
    sandbox.fault(
        &json!({ "match": { "path": "/crm/v8/Leads", "method": "POST" }, "times": 0, "fault": "slow", "delay_ms": 15 }),
    );
    let words = [INSERT, &["data=@leads.csv", "--receipt", "leads.receipt"]].concat();
    let mut random = 88_172_645_463_325_252_u64;
    let mut killed = 0;
    while killed < kills {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut child = zohoctl.command(&words).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(30 + random % 250));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
    }
    assert!(killed > kills / 2, "{killed}");
    let ran = zohoctl.run(&words);
    let told = told(&zohoctl, "leads.receipt");
    let unknown = told.values().filter(|line| line["status"] == "unknown").count();
    assert_eq!(ran.status, i32::from(unknown > 0), "{ran}");
    assert_eq!(told.len(), rows);
    assert!(unknown <= 100 * killed);
    let there = there(&zohoctl);
    assert_true(&told, &there);
    let created = told.values().filter(|line| line["status"] == "created").count();
    assert_eq!(created + unknown, rows);

    // Another time nothing is sent.
    let before = sandbox.requests().len();
    let again = zohoctl.run(&words);
    assert!(again.stderr.contains(&format!("going on behind the {rows} records that the receipt has")), "{again}");
    let sent = &sandbox.requests()[before..];
    assert!(sent.iter().all(|request| request["method"] != "POST" || request["target"] != "/crm/v8/Leads"));
}

#[test]
fn a_lost_reply_is_unknown_and_the_rest_goes_on() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("leads.csv", leads(450));
    let path = json!({ "path": "/crm/v8/Leads", "method": "POST" });
    // Carried out, and nobody hears of it; the first request is the one for a token.
    sandbox.fault(&json!({ "match": path, "fault": "reset" }));
    let ran = insert(&zohoctl, &["data=@leads.csv", "--receipt", "r.jsonl"]);
    assert_eq!((ran.status, ran.lines().len()), (1, 450), "{ran}");
    assert!(ran.stderr.contains("450 records: 350 created, 100 unknown"), "{ran}");
    let (told_before, before) = (told(&zohoctl, "r.jsonl"), there(&zohoctl));
    assert_true(&told_before, &before);
    assert_eq!(before.len(), 450);

    // An insert is not sent twice; which search tells is said.
    let retry = zohoctl.run(&["retry", "r.jsonl"]);
    assert_eq!((retry.status, retry.stdout.as_str()), (1, ""), "{retry}");
    assert!(retry.stderr.contains("not sent again: 100 that may have been carried out"), "{retry}");
    assert!(retry.stderr.contains("  0: {\"Last_Name\":\"row-0\",\"Email\":\"lead0@example.com\""), "{retry}");
    assert!(retry.stderr.contains("`zohoctl invoke crm records.search module=Leads …`"), "{retry}");
    assert_eq!(there(&zohoctl), before);
}

#[test]
fn wanted_a25_an_upsert_whose_reply_was_lost_is_sent_again() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("leads.csv", leads(150));
    sandbox.fault(&json!({ "match": { "path": "/crm/v8/Leads/upsert" }, "fault": "reset" }));
    let words = [
        "invoke",
        "crm",
        "records.upsert",
        "module=Leads",
        "duplicate_check_fields=Email",
        "data=@leads.csv",
        "--receipt",
        "r",
    ];
    let ran = zohoctl.run(&words);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.stderr.contains("100 unknown"), "{ran}");
    let retry = zohoctl.run(&["retry", "r"]);
    assert_eq!((retry.status, retry.lines().len()), (0, 100), "{retry}");
    let there = there(&zohoctl);
    assert_eq!((there.len(), there.values().max()), (150, Some(&1)));
    // All is well now, and so says the same command.
    assert_eq!(zohoctl.run(&words).status, 0);
    assert_eq!(zohoctl.run(&["retry", "r"]).stdout, "");
}

#[test]
fn what_concerns_all_stops_the_write_and_a_quota_that_returns_lets_it_go_on() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("leads.csv", leads(550));
    let path = json!({ "path": "/crm/v8/Leads", "method": "POST" });
    sandbox.fault(&json!({ "match": path, "times": 1, "fault": "status", "status": 403, "kind": "forbidden" }));
    let words = [INSERT, &["data=@leads.csv", "--receipt", "r"]].concat();
    let ran = zohoctl.run(&words);
    assert_eq!((ran.status, ran.lines().len()), (3, 100), "{ran}");
    assert!(ran.stderr.contains("stopped after 100 records, and 450 were not sent"), "{ran}");
    let ran = zohoctl.run(&words);
    assert_eq!((ran.status, ran.lines().len()), (1, 450), "{ran}");
    assert!(ran.stderr.contains("100 of those before are not done"), "{ran}");
    let retry = zohoctl.run(&["retry", "r"]);
    assert_eq!((retry.status, retry.lines().len()), (0, 100), "{retry}");
    let (told, there) = (told(&zohoctl, "r"), there(&zohoctl));
    assert_true(&told, &there);
    assert_eq!((told.len(), there.len()), (550, 550));
}

#[test]
fn another_file_or_another_call_does_not_go_on_with_a_receipt() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("leads.csv", leads(3));
    assert_eq!(insert(&zohoctl, &["data=@leads.csv", "--receipt", "r"]).status, 0);
    zohoctl.write("leads.csv", leads(5).replace("row-1", "row-9"));
    let ran = insert(&zohoctl, &["data=@leads.csv", "--receipt", "r"]);
    assert_eq!(ran.status, 2, "{ran}");
    assert!(ran.stderr.contains("its records are not those that the receipt has"), "{ran}");
    let ran = insert(&zohoctl, &["trigger=workflow", "data=@leads.csv", "--receipt", "r"]);
    assert!(ran.status == 2 && ran.stderr.contains("is the receipt of another call"), "{ran}");
    let ran = zohoctl.run(&["retry", "leads.csv"]);
    assert!(ran.status == 2 && ran.stderr.contains("is no receipt of this version"), "{ran}");
    let ran = insert(&zohoctl, &["data.0.Last_Name=x", "--receipt", "r2"]);
    assert!(ran.status == 2 && ran.stderr.contains("--receipt is for records that come from a file"), "{ran}");
    assert_eq!(there(&zohoctl).len(), 3);
}

#[cfg(unix)]
#[test]
fn a_receipt_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("leads.csv", leads(1));
    insert(&zohoctl, &["data=@leads.csv", "--receipt", "r"]);
    let mode = std::fs::metadata(zohoctl.home().join("r")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
