//! To the end of every list: past ceilings, side by side, and on after any stop.

use std::collections::HashSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Ran, RunningSandbox, Zohoctl};

/// The ids in JSON lines, each of which has one.
fn ids(lines: &str) -> Vec<String> {
    lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()).collect()
}

fn assert_whole(ran: &Ran, count: usize) {
    let ids = ids(&ran.stdout);
    assert_eq!((ids.len(), ran.stderr.as_str()), (count, ""));
    assert_eq!(ids.into_iter().collect::<HashSet<_>>().len(), count);
}

/// The service pages to 5,000.
#[test]
fn twelve_thousand_tickets_are_searched_whole() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=12000"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    assert_whole(&zohoctl.ok(&["invoke", "desk", "tickets.search", "--all", "--concurrency", "2"]), 12_000);
    let queries = sandbox.queries_of("/api/v1/tickets/search");
    assert!(queries.len() < 260, "{}", queries.len());
    let windows: HashSet<&str> = queries
        .iter()
        .filter_map(|query| query.split('&').find(|part| part.starts_with("modifiedTimeRange=")))
        .collect();
    assert_eq!(windows.len(), 2, "{windows:?}");
}

/// The service pages by number to 2,000 and by token to 100,000.
#[test]
fn a_hundred_and_twenty_thousand_contacts_are_read_whole() {
    let sandbox = RunningSandbox::start(&["crm", "--records", "/Contacts=120000"]);
    let contacts = ["invoke", "crm", "records.list", "module=Contacts", "fields=Last_Name,Modified_Time", "--all"];
    assert_whole(&Zohoctl::calling(&sandbox).ok(&contacts), 120_000);
}

/// Archived tickets come to 5,000, and no parameter of time goes on.
#[test]
fn a_limit_that_cannot_be_passed_is_said() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=5100", "--records", "departments=1"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let department = &zohoctl.lines(&["invoke", "desk", "departments.list"])[0]["id"];
    let department = format!("departmentId={}", department.as_str().unwrap());
    let ran = zohoctl.run(&["invoke", "desk", "tickets.archived", &department, "--all", "--out", "a.jsonl"]);
    assert_eq!((ran.status, ids(&std::fs::read_to_string(zohoctl.home().join("a.jsonl")).unwrap()).len()), (1, 5000));
    let said = "warning: the list is not whole, it has 5000 records: the service does not page past 4999\n";
    assert!(ran.stderr.contains(said), "{ran}");
}

#[test]
fn side_by_side_they_come_in_the_same_order() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=1050"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let list = ["invoke", "desk", "tickets.list", "--all"];
    let one = zohoctl.ok(&list);
    let before = sandbox.queries_of("/api/v1/tickets").len();
    let four = zohoctl.ok(&[&list[..], &["--concurrency", "4", "--distinct"]].concat());
    assert_eq!((one.stdout, one.stderr), (four.stdout, four.stderr));
    let calls = sandbox.queries_of("/api/v1/tickets").len() - before;
    assert!((11..=14).contains(&calls), "{calls}");
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.list", "--limit", "150", "--concurrency", "4"]);
    assert_eq!((ran.lines().len(), sandbox.queries_of("/api/v1/tickets").len()), (150, before + calls + 2));
}

/// The second half of the list is refused once.
fn refuse(sandbox: &RunningSandbox, good: usize) {
    let path = "/api/v1/tickets";
    sandbox.fault(&json!({ "match": { "path": path }, "times": good, "fault": "slow", "delay_ms": 1 }));
    let body = r#"{"errorCode":"FORBIDDEN","message":"Not yours"}"#;
    sandbox.fault(&json!({ "match": { "path": path }, "times": 1, "fault": "body", "status": 403, "body": body }));
}

#[test]
fn a_read_that_failed_goes_on_in_every_format() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=560"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let list = ["invoke", "desk", "tickets.list", "--all", "--out"];
    for (name, further) in [
        ("a.jsonl", &[][..]),
        ("a.json", &[]),
        ("a.csv", &[]),
        ("b.csv", &["--fields", "id,subject"]),
        ("b.jsonl", &["--jq", ".id, .subject"]),
        ("c.jsonl", &["--output", "raw"]),
    ] {
        let (whole, parts) = (format!("whole-{name}"), format!("parts-{name}"));
        zohoctl.ok(&[&list[..], &[&whole], further].concat());
        let going_on = [&list[..], &[&parts, "--checkpoint", "c"], further].concat();
        refuse(&sandbox, 2);
        let ran = zohoctl.run(&going_on);
        assert_eq!(ran.status, 3, "{ran}");
        assert!(ran.stderr.contains("hint: run the same command again to go on: c knows where"), "{ran}");
        let ran = zohoctl.ok(&going_on);
        assert!(ran.stderr.starts_with("going on behind 200 records\n"), "{ran}");
        let read = |name: &str| std::fs::read_to_string(zohoctl.home().join(name)).unwrap();
        assert_eq!(read(&parts), read(&whole), "{name}");
        let ran = zohoctl.ok(&going_on);
        assert_eq!(ran.stderr, "c says that all is done: 560 records\nhint: to read the list again, remove it\n");
        std::fs::remove_file(zohoctl.home().join("c")).unwrap();
    }
}

#[test]
fn on_standard_output_a_read_goes_on_behind_the_last_page() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=560"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let going_on = ["invoke", "desk", "tickets.list", "--all", "--checkpoint", "c"];
    refuse(&sandbox, 3);
    let first = zohoctl.run(&going_on);
    let second = zohoctl.ok(&going_on);
    assert_eq!((first.lines().len(), second.lines().len()), (300, 260));
    let whole = zohoctl.ok(&["invoke", "desk", "tickets.list", "--all"]);
    assert_eq!(first.stdout + &second.stdout, whole.stdout);
}

#[test]
fn a_checkpoint_is_for_its_own_command() {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=560"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    refuse(&sandbox, 2);
    let list = ["invoke", "desk", "tickets.list", "--all", "--checkpoint", "c", "--out", "a.jsonl"];
    zohoctl.run(&list);
    let calls = sandbox.requests().len();
    for (words, said) in [
        (
            vec!["invoke", "desk", "contacts.list", "--all", "--checkpoint", "c", "--out", "a.jsonl"],
            "`desk tickets.list`",
        ),
        (
            [&list[..], &["status=Open"]].concat(),
            "c does not fit: desk tickets.list: the checkpoint is of another call",
        ),
        ([&list[..6], &["--out", "b.jsonl"]].concat(), "its output has another form or another place"),
        ([&list[..], &["--fields", "id"]].concat(), "its output has another form or another place"),
        (vec!["invoke", "desk", "tickets.list", "--checkpoint", "c"], "--all"),
        (vec!["invoke", "desk", "myinfo.get", "--concurrency", "2"], ""),
    ] {
        let ran = zohoctl.run(&words);
        assert_eq!(ran.status, 2, "{ran}");
        assert!(ran.stderr.contains(said), "{ran}");
    }
    std::fs::write(zohoctl.home().join("a.jsonl"), "short").unwrap();
    let ran = zohoctl.run(&list);
    assert!(ran.status == 1 && ran.stderr.contains("a.jsonl is shorter than it was left"), "{ran}");
    std::fs::write(zohoctl.home().join("c"), "{}").unwrap();
    let ran = zohoctl.run(&list);
    assert!(ran.status == 2 && ran.stderr.contains("c is no checkpoint of this version"), "{ran}");
    assert_eq!(sandbox.queries_of("/api/v1/tickets").len(), 3, "{calls}");
}

/// An export that is ended at any instant, again and again, is exact in the end. `ZOHO_TEST_KILLS` says how often.
#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "who runs the tests says how long")]
fn an_export_that_is_killed_at_any_instant_is_exact_in_the_end() {
    let kills: u32 = std::env::var("ZOHO_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=1200"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let list = ["invoke", "desk", "tickets.list", "--all", "--page-size", "25"];
    let whole = zohoctl.ok(&list).stdout;
    let export = [&list[..], &["--concurrency", "3", "--checkpoint", "c", "--out", "a.jsonl"]].concat();
    let read = |name: &str| std::fs::read_to_string(zohoctl.home().join(name)).unwrap();
    // As long as a whole run takes, so that it ends anywhere in it.
    let begun = std::time::Instant::now();
    zohoctl.ok(&export);
    let longest = begun.elapsed();
    let is_exact = |file: &Path| {
        assert_eq!(ids(&read("a.jsonl")), ids(&whole));
        assert!(read("a.jsonl") == whole);
        std::fs::remove_file(file).unwrap();
    };
    let checkpoint = zohoctl.home().join("c");
    is_exact(&checkpoint);
    let (mut killed, mut behind, mut random) = (0, 0, 12345_u64);
    while killed < kills {
        let mut child = zohoctl.command(&export).spawn().unwrap();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(longest.mul_f64(f64::from((random >> 40) as u32 & 0xffff) / 65536.0));
        match child.try_wait().unwrap() {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
                behind += u32::from(checkpoint.exists());
            }
            Some(status) => {
                assert!(status.success());
                is_exact(&checkpoint);
            }
        }
    }
    assert!(behind > 0, "some of them left a part behind");
    zohoctl.ok(&export);
    is_exact(&checkpoint);
}
