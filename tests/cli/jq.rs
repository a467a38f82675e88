//! `--jq`: expressions over records, in every format.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{RunningSandbox, Zohoctl};

/// Records whose numbers no program may touch, in the place of the sandbox's own.
const RECORDS: &str = r#"{"data":[{"z":1.10,"id":1234567890123456789012,"name":"a, \"b\"","of":{"x":0.1000000000000000055511151231257827}},{"z":2.50,"id":9007199254740993,"name":"c","of":null}]}"#;

/// A sandbox with a fault that answers every list of tickets with those.
fn ready() -> (RunningSandbox, Zohoctl) {
    let sandbox = RunningSandbox::start(&["desk"]);
    sandbox.fault(
        &json!({ "match": { "path": "/api/v1/tickets" }, "fault": "body", "status": 200, "body": RECORDS, "times": 0 }),
    );
    let zohoctl = Zohoctl::calling(&sandbox);
    (sandbox, zohoctl)
}

fn list(zohoctl: &Zohoctl, words: &[&str]) -> String {
    zohoctl.ok(&[&["invoke", "desk", "tickets.list", "--quiet"], words].concat()).stdout
}

#[test]
fn no_format_loses_a_digit_or_moves_a_member() {
    let (_sandbox, zohoctl) = ready();
    let lines = "{\"z\":1.10,\"id\":1234567890123456789012,\"name\":\"a, \\\"b\\\"\",\"of\":{\"x\":0.1000000000000000055511151231257827}}\n\
                 {\"z\":2.50,\"id\":9007199254740993,\"name\":\"c\",\"of\":null}\n";
    assert_eq!(list(&zohoctl, &[]), lines);
    assert_eq!(list(&zohoctl, &["--jq", "."]), lines);
    assert_eq!(list(&zohoctl, &["--output", "raw"]), RECORDS);
    assert_snapshot!(list(&zohoctl, &["--jq", ".", "--output", "json"]), @r#"
    [
      {
        "z": 1.10,
        "id": 1234567890123456789012,
        "name": "a, \"b\"",
        "of": {
          "x": 0.1000000000000000055511151231257827
        }
      },
      {
        "z": 2.50,
        "id": 9007199254740993,
        "name": "c",
        "of": null
      }
    ]
    "#);
    let chosen = ["--jq", "{id, x: .of.x, z}", "--output"];
    assert_eq!(
        list(&zohoctl, &[&chosen[..], &["csv"]].concat()),
        "id,x,z\r\n1234567890123456789012,0.1000000000000000055511151231257827,1.10\r\n9007199254740993,,2.50\r\n"
    );
    assert_snapshot!(list(&zohoctl, &[&chosen[..], &["table"]].concat()), @"
    id                      x                                     z
    1234567890123456789012  0.1000000000000000055511151231257827  1.10
    9007199254740993                                              2.50
    ");
}

#[test]
fn texts_come_without_quotes_where_they_are_asked_for() {
    let (_sandbox, zohoctl) = ready();
    assert_eq!(
        list(&zohoctl, &["--jq", ".name, .of"]),
        "\"a, \\\"b\\\"\"\n{\"x\":0.1000000000000000055511151231257827}\n\"c\"\nnull\n"
    );
    assert_eq!(list(&zohoctl, &["--jq", ".name, .z", "--output", "raw"]), "a, \"b\"\n1.10\nc\n2.50\n");
    assert_eq!(list(&zohoctl, &["--jq", "select(.z > 2) | .id", "--output", "raw"]), "9007199254740993\n");
    let one = zohoctl.ok(&["connectors", "show", "crm", "--jq", ".title, .name", "--output", "raw"]);
    assert_eq!(one.stdout, "Zoho CRM\ncrm\n");
    let many = zohoctl.ok(&["apis", "list", "crm", "--jq", "select(.destructive) | .name"]);
    assert!(many.stdout.lines().count() > 3 && many.stdout.lines().all(|line| line.starts_with('"')), "{many}");
}

#[test]
fn a_wrong_expression_sends_nothing() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    assert_snapshot!(zohoctl.run(&["invoke", "desk", "tickets.list", "--jq", ".id | frob(.x)"]), @"
    status: 2
    --- stdout
    --- stderr
    error: --jq: there is no filter `frob` with 1 argument
      .id | frob(.x)
            ^
    ");
    assert_snapshot!(zohoctl.run(&["invoke", "desk", "tickets.list", "--jq", "{id: .id"]), @"
    status: 2
    --- stdout
    --- stderr
    error: --jq: expected closing brace
      {id: .id
              ^
    ");
    assert_snapshot!(zohoctl.run(&["invoke", "desk", "tickets.list", "--jq", ".id", "--fields", "id"]), @"
    status: 2
    --- stdout
    --- stderr
    error: --fields and --jq both choose what is printed
    hint: --jq '{a, b: .c.d}' chooses members too
    ");
    assert!(sandbox.requests().is_empty());
}

#[test]
fn what_does_not_fit_a_record_is_an_error() {
    let (_sandbox, zohoctl) = ready();
    let ran = zohoctl.run(&["invoke", "desk", "tickets.list", "--jq", ".name.x"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.stderr.starts_with("error: --jq '.name.x' does not work on a record: cannot index"), "{ran}");
    let file = ["invoke", "desk", "tickets.attachments.download", "ticketId=1", "attachmentId=2", "--jq", "."];
    let ran = zohoctl.run(&file);
    assert_eq!(ran.stderr, "error: --jq is for records, and tickets.attachments.download gives a file\n");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_an_expression_that_does_not_end() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let (_sandbox, zohoctl) = ready();
    let words = ["invoke", "desk", "tickets.list", "--jq", "def f: f; f"];
    let child = zohoctl.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let begun = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ran = zohoctl.finished(child);
    assert_eq!(ran.status, 130, "{ran}");
    assert_eq!(ran.stderr, "stopped by Ctrl-C: the expression of --jq did not come to its end\n");
    assert!(begun.elapsed() < Duration::from_secs(30));
}
