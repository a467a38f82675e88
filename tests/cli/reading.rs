//! Long lists: whole, without repeats, and as far as was asked.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{RunningSandbox, Zohoctl};

fn ids(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["id"].as_str().unwrap()).collect()
}

#[test]
fn ten_thousand_tickets_have_ten_thousand_ids() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=10000"]);
    let tickets = Zohoctl::calling(&sandbox).lines(&["invoke", "desk", "tickets.list", "--all"]);
    assert_eq!(tickets.len(), 10_000);
    assert_eq!(ids(&tickets).into_iter().collect::<HashSet<_>>().len(), 10_000);
}

/// A peer's second page began where it liked and every later one at the last record of the one before.
#[test]
fn wanted_b11_pages_never_overlap_and_leave_no_gap() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=1050"]);
    let tickets = Zohoctl::calling(&sandbox).lines(&["invoke", "desk", "tickets.list", "--all"]);
    assert_eq!(ids(&tickets).into_iter().collect::<HashSet<_>>().len(), 1050);
    let expected: Vec<String> = (0..=10).map(|page| format!("from={}&limit=100", page * 100)).collect();
    assert_eq!(sandbox.queries_of("/api/v1/tickets"), expected);
}

#[test]
fn five_thousand_contacts_come_in_order_and_none_twice_past_the_pages_end() {
    let sandbox = RunningSandbox::start(&["crm", "--records", "/Contacts=5000"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let contacts = zohoctl.lines(&[
        "invoke",
        "crm",
        "records.list",
        "module=Contacts",
        "fields=Last_Name",
        "sort_by=id",
        "sort_order=asc",
        "--all",
    ]);
    let ids = ids(&contacts);
    assert_eq!(ids.len(), 5000);
    let numbers: Vec<u64> = ids.iter().map(|id| id.parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "in order, and none twice");
    let queries = sandbox.queries_of("/crm/v8/Contacts");
    assert_eq!(queries.len(), 25);
    let by_page = queries.iter().filter(|query| query.contains("page=")).count();
    assert!(
        queries.iter().all(|query| query.contains("&page=") != query.contains("page_token=")),
        "{by_page} {queries:?}"
    );
    assert_eq!(queries.iter().filter(|query| query.contains("page_token=")).count(), 15);
}

/// A peer read everything, and cut afterwards.
#[test]
fn wanted_b19_a_limit_stops_reading() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=1000"]);
    let ran = Zohoctl::calling(&sandbox).ok(&["invoke", "desk", "tickets.list", "--limit", "5"]);
    assert_eq!(ran.lines().len(), 5);
    assert_eq!(sandbox.queries_of("/api/v1/tickets"), ["from=0&limit=5"]);
    assert_eq!(ran.stderr, "stopped after 5 records, and more may follow: --all reads them all\n");
}

#[test]
fn without_a_limit_one_page_is_read_and_the_rest_is_said() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=250"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list"]);
    assert_eq!(ran.lines().len(), 100);
    assert_eq!(ran.stderr, "100 records, and more follow: --all reads them all, --limit N reads N\n");
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "240", "--page-size", "50"]);
    assert_eq!(ran.lines().len(), 240);
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "1000"]);
    assert_eq!((ran.lines().len(), ran.stderr.as_str()), (250, ""));
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "3", "--output", "json"]);
    assert_eq!(serde_json::from_str::<Vec<Value>>(&ran.stdout).unwrap().len(), 3);
    assert!(ran.stdout.starts_with("[\n  {\n    \""), "{ran}");
}

#[test]
fn a_ceiling_is_said() {
    let sandbox = RunningSandbox::start(&["crm", "--records", "/Leads=2300"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let search = ["invoke", "crm", "records.search", "module=Leads", "criteria=(id:greater_than:0)"];
    for format in ["jsonl", "json"] {
        let ran = zohoctl.run(&[&search[..], &["--all", "--output", format]].concat());
        let records = if format == "json" { serde_json::from_str(&ran.stdout).unwrap() } else { ran.lines() };
        assert_eq!(records.len(), 2000, "{}", ran.stderr);
        let said = "warning: the list is not whole, it has 2000 records: the service does not page past 2000\n";
        assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
        // Who asked for all of it must notice.
        assert_eq!(ran.status, 1);
    }
    let ran = zohoctl.ok(&[&search[..], &["--limit", "2000"]].concat());
    assert_eq!(ran.lines().len(), 2000);
}

#[test]
fn an_empty_list_is_an_empty_list() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "products=0"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let ran = zohoctl.ok(&["invoke", "desk", "products.list"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "There are no records.\n"));
    assert_eq!(zohoctl.ok(&["invoke", "desk", "products.list", "--output", "json"]).stdout, "[]\n");
}

#[test]
fn a_list_that_breaks_keeps_what_was_read_and_says_so() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=300"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    // The second page breaks, and goes on breaking.
    sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets" }, "times": 1, "fault": "slow", "delay_ms": 1 }));
    sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets" }, "times": 0, "fault": "body", "status": 403, "body": "{\"errorCode\":\"FORBIDDEN\",\"message\":\"Not yours\"}" }));
    let ran = zohoctl.run(&["invoke", "desk", "tickets.list", "--all", "--output", "json"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert_eq!(serde_json::from_str::<Vec<Value>>(&ran.stdout).unwrap().len(), 100);
    assert!(
        ran.stderr.starts_with("stopped after 100 records, which were printed\nerror: desk tickets.list: "),
        "{ran}"
    );
}

#[test]
fn a_busy_service_is_waited_for() {
    let sandbox = RunningSandbox::start(&["desk", "--fault", "429=0:/api/v1/tickets:1"]);
    let ran = Zohoctl::calling(&sandbox).ok(&["invoke", "desk", "tickets.list", "--limit", "2", "--trace"]);
    assert_eq!(ran.lines().len(), 2);
    assert!(ran.stderr.contains("← 429") && ran.stderr.contains("(try 2)") && ran.stderr.contains("← 200"), "{ran}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    use std::io::{BufRead, BufReader, Read};
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=5000"]);
    let mut child = Zohoctl::calling(&sandbox).command(&["invoke", "desk", "tickets.list", "--all"]).spawn().unwrap();
    let mut first = String::new();
    BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_list_at_a_whole_record() {
    use std::io::Read;
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=5000"]);
    sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets" }, "times": 0, "fault": "slow", "delay_ms": 150 }));
    let zohoctl = Zohoctl::calling(&sandbox);
    let mut child = zohoctl.command(&["invoke", "desk", "tickets.list", "--all", "--output", "json"]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut text = vec![0; 1000];
    stdout.read_exact(&mut text).unwrap();
    let signalled = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signalled.success());
    stdout.read_to_end(&mut text).unwrap();
    let records: Vec<Value> = serde_json::from_slice(&text).expect("a whole list of whole records");
    assert!(!records.is_empty() && records.len() < 5000);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stderr, format!("stopped by Ctrl-C after {} records\n", records.len()));
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
