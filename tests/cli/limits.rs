//! Limits on the command line: what is declared and known, what is waited for, and what is not tried again.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{RunningSandbox, Zohoctl};

/// The sandbox's next reply to any call, or to calls of a path, is this error of the service.
fn refuse(sandbox: &RunningSandbox, kind: &str, seconds: Option<u64>) {
    let fault = if seconds.is_some() { "retry_after" } else { "status" };
    sandbox.fault(&json!({
        "match": { "path": "/api/v1/tickets" }, "fault": fault, "status": 429, "kind": kind, "retry_after": seconds
    }));
}

fn calls(sandbox: &RunningSandbox) -> usize {
    sandbox.queries_of("/api/v1/tickets").len()
}

#[test]
fn what_is_declared_is_said_in_words() {
    assert_snapshot!(Zohoctl::new().ok(&["limits", "workdrive"]), @"
    status: 0
    --- stdout
    workdrive  Zoho WorkDrive
      default  6 calls in a second; for each user
      listing  19 calls in a minute; shut out for 2 minutes when passed; for each user and `folder_id`
               counts files.list

    No reply has told more yet.
    --- stderr
    ");
    let limits = Zohoctl::new().json(&["limits", "crm", "--output", "json"]);
    assert_eq!(limits["declared"][0]["at_once"], json!({ "least": 5, "most": 25 }));
    assert_eq!(limits["declared"][0]["header"], "X-API-CREDITS-REMAINING");
    assert!(limits["declared"][1]["apis"].as_array().unwrap().contains(&json!("coql.query")), "{limits}");
    assert_eq!(limits["known"], json!([]));
}

#[test]
fn a_spent_quota_is_not_asked_for_again_until_it_returns() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let list = ["invoke", "desk", "tickets.list"];
    zohoctl.ok(&list);
    refuse(&sandbox, "quota_spent", Some(7200));
    let before = calls(&sandbox);
    let ran = zohoctl.run(&list);
    assert_eq!(ran.status, 5, "{ran}");
    assert!(ran.stderr.contains("asked again in 7200 s"), "{ran}");
    // The next command knows of it, and sends nothing.
    let ran = zohoctl.run(&list);
    assert_eq!(ran.status, 5, "{ran}");
    assert!(ran.stderr.contains("error: desk tickets.list: the quota is spent; it returns at 20"), "{ran}");
    assert!(ran.stderr.contains("with `--max-wait 7"), "{ran}");
    assert_eq!(calls(&sandbox), before + 1);
    let limits = zohoctl.json(&["limits", "desk", "--output", "json"]);
    let known = &limits["known"][0];
    assert_eq!((&known["class"], &known["refused"]), (&json!("default"), &json!("quota_spent")), "{limits}");
    assert!(known["until"].as_str().unwrap().starts_with("20"), "{limits}");
    assert!(known["left"]["count"].as_u64().unwrap() > 1000, "{limits}");
    let shown = zohoctl.ok(&["limits", "desk"]).stdout;
    assert!(shown.contains("Known now") && shown.contains("the quota is spent, until 20"), "{shown}");
    assert!(shown.contains(" left, as the service said at 20"), "{shown}");
}

#[test]
fn a_short_wait_is_waited_for_and_a_longer_one_than_allowed_is_not() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    refuse(&sandbox, "busy", Some(1));
    zohoctl.ok(&["invoke", "desk", "tickets.list"]);
    refuse(&sandbox, "busy", None);
    zohoctl.ok(&["invoke", "desk", "tickets.list", "--max-wait", "0"]);
    refuse(&sandbox, "busy", Some(30));
    let before = calls(&sandbox);
    let ran = zohoctl.run(&["invoke", "desk", "tickets.list", "--max-wait", "5"]);
    assert_eq!((ran.status, calls(&sandbox) - before), (5, 1), "{ran}");
}

#[test]
fn commands_that_share_their_limits_write_down_what_they_use() {
    let sandbox = RunningSandbox::start(&["bookings"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let used = || {
        let limits = zohoctl.json(&["limits", "bookings", "--output", "json"]);
        limits["known"].as_array().unwrap().iter().filter_map(|known| known["used"].as_u64()).sum::<u64>()
    };
    zohoctl.ok(&["invoke", "bookings", "workspaces.list"]);
    assert_eq!(used(), 0);
    for count in 1..=3 {
        zohoctl.ok(&["invoke", "bookings", "workspaces.list", "--share-limits"]);
        assert_eq!(used(), count);
    }
}

/// The reply is lost after the ticket was made: it is there once, and the command says that it does not know.
#[test]
fn wanted_b15_a_lost_reply_to_a_write_has_a_status_of_its_own() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets", "method": "POST" }, "fault": "reset" }));
    let department = zohoctl.lines(&["invoke", "desk", "departments.list", "--output", "jsonl"])[0]["id"].clone();
    let department = format!("departmentId={}", department.as_str().unwrap());
    let create = ["invoke", "desk", "tickets.create", "subject=Once", &department, "contact.lastName=Boyle"];
    let ran = zohoctl.run(&create);
    assert_eq!(ran.status, 6, "{ran}");
    assert!(ran.stderr.contains("whether it was carried out is not known"), "{ran}");
    assert!(ran.stderr.contains("`tickets.search` tells"), "{ran}");
    let all: Vec<Value> = zohoctl.lines(&["invoke", "desk", "tickets.list", "--all", "--output", "jsonl"]);
    assert_eq!(all.iter().filter(|ticket| ticket["subject"] == "Once").count(), 1);
}
