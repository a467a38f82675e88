//! `--out`: a file that is there when it is whole, and `--output raw`: replies as they came.

use serde_json::{Value, json};

use crate::support::{RunningSandbox, Zohoctl, http};

fn tickets() -> (RunningSandbox, Zohoctl) {
    let sandbox = RunningSandbox::start(&["desk", "--records", "tickets=250"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    (sandbox, zohoctl)
}

/// The names in the home folder, and those of temporary files, which may not be left there.
fn names(zohoctl: &Zohoctl) -> Vec<String> {
    let entries = std::fs::read_dir(zohoctl.home()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.') || name.starts_with(".zohoctl"));
    names.sort();
    names
}

fn read(zohoctl: &Zohoctl, name: &str) -> String {
    std::fs::read_to_string(zohoctl.home().join(name)).unwrap()
}

#[test]
fn a_list_goes_into_a_file_in_the_format_of_its_name() {
    let (_sandbox, zohoctl) = tickets();
    let all = ["invoke", "desk", "tickets.list", "--all"];
    let printed = zohoctl.ok(&all).stdout;
    let ran = zohoctl.ok(&[&all[..], &["--out", "tickets.jsonl"]].concat());
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "saved tickets.jsonl (250 records)\n"));
    assert_eq!(read(&zohoctl, "tickets.jsonl"), printed);
    zohoctl.ok(&[&all[..], &["--out", "tickets.json"]].concat());
    assert_eq!(serde_json::from_str::<Vec<Value>>(&read(&zohoctl, "tickets.json")).unwrap().len(), 250);
    zohoctl.ok(&[&all[..], &["--fields", "id,status", "--out", "tickets.csv"]].concat());
    assert!(read(&zohoctl, "tickets.csv").starts_with("id,status\r\n"));
    zohoctl.ok(&[&all[..], &["--out", "tickets.csv", "--output", "table", "--color", "always"]].concat());
    assert!(read(&zohoctl, "tickets.csv").starts_with("id  ") && !read(&zohoctl, "tickets.csv").contains('\u{1b}'));
    assert_eq!(zohoctl.ok(&[&all[..], &["--out", "-"]].concat()).stdout, printed);
    assert_eq!(names(&zohoctl), ["tickets.csv", "tickets.json", "tickets.jsonl"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let other = zohoctl.write("other", "");
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&zohoctl.home().join("tickets.json")), mode(&other), "a new file has the rights of any other");
    }
}

#[test]
fn a_run_that_fails_leaves_what_was_there() {
    let (sandbox, zohoctl) = tickets();
    zohoctl.write("tickets.jsonl", "old\n");
    let words = ["invoke", "desk", "tickets.list", "--all", "--page-size", "100", "--out"];
    let path = json!({ "path": "/api/v1/tickets" });
    let no = "{\"errorCode\":\"FORBIDDEN\",\"message\":\"no\"}";
    for name in ["tickets.jsonl", "new.csv"] {
        // The first page is good.
        sandbox.fault(&json!({ "match": path, "times": 1, "fault": "slow", "delay_ms": 1 }));
        sandbox.fault(&json!({ "match": path, "times": 1, "fault": "body", "status": 403, "body": no }));
        let ran = zohoctl.run(&[&words[..], &[name]].concat());
        assert_ne!(ran.status, 0, "{ran}");
        assert!(!ran.stderr.contains("saved"), "{ran}");
    }
    assert_eq!(names(&zohoctl), ["tickets.jsonl"]);
    assert_eq!(read(&zohoctl, "tickets.jsonl"), "old\n");
    let ran = zohoctl.run(&["invoke", "desk", "tickets.list", "--jq", ".id.x", "--out", "tickets.jsonl"]);
    assert_ne!(ran.status, 0, "{ran}");
    assert_eq!(
        (names(&zohoctl), read(&zohoctl, "tickets.jsonl").as_str()),
        (vec!["tickets.jsonl".to_owned()], "old\n")
    );
}

#[test]
fn a_place_that_is_none_is_said_before_anything_is_sent() {
    let (sandbox, zohoctl) = tickets();
    std::fs::create_dir(zohoctl.home().join("folder")).unwrap();
    for (out, words) in [
        ("folder", "error: folder is a folder\nhint: name the file, as --out tickets.jsonl\n"),
        ("nowhere/tickets.jsonl", "error: cannot write into nowhere: "),
    ] {
        let ran = zohoctl.run(&[
            "invoke",
            "desk",
            "tickets.create",
            "subject=x",
            "departmentId=1",
            "contactId=2",
            "--out",
            out,
        ]);
        assert_ne!(ran.status, 0, "{ran}");
        assert!(ran.stderr.starts_with(words), "{ran}");
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_single_reply_goes_into_a_file_too() {
    let (_sandbox, zohoctl) = tickets();
    let made = zohoctl.ok(&[
        "invoke",
        "desk",
        "tickets.create",
        "subject=Ink",
        "departmentId=1",
        "contactId=2",
        "--out",
        "made.json",
    ]);
    assert_eq!((made.stdout.as_str(), made.stderr.as_str()), ("", "saved made.json\n"));
    let id = serde_json::from_str::<Value>(&read(&zohoctl, "made.json")).unwrap()["id"].as_str().unwrap().to_owned();
    let ran =
        zohoctl.ok(&["explain", "desk", "tickets.get", &format!("ticketId={id}"), "--as", "curl", "--out", "get.sh"]);
    assert_eq!(ran.stdout, "");
    assert!(read(&zohoctl, "get.sh").contains(&format!("/api/v1/tickets/{id}'")));
}

#[test]
fn raw_is_the_body_as_it_came() {
    let (sandbox, zohoctl) = tickets();
    let odd = "{ \"data\" :\n[ {\"id\":\"1\", \"n\":1.10} ] }\n";
    let fault = |body: &str| {
        sandbox.fault(&json!({ "match": { "path": "/api/v1/tickets" }, "fault": "body", "status": 200, "body": body }));
    };
    fault(odd);
    assert_eq!(zohoctl.ok(&["invoke", "desk", "tickets.list", "--output", "raw"]).stdout, odd);
    let pages = zohoctl.ok(&["invoke", "desk", "tickets.list", "--all", "--output", "raw", "--page-size", "100"]);
    let pages: Vec<Value> = pages.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let counts: Vec<usize> = pages.iter().map(|page| page["data"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [100, 100, 50]);
    // What is no success is an error here too, and nothing is printed of it.
    fault("{\"tickets\":[]}");
    let ran = zohoctl.run(&["invoke", "desk", "tickets.list", "--output", "raw"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{ran}");
    for (words, error) in [
        (
            &["invoke", "desk", "tickets.list", "--limit", "2"][..],
            "--limit counts records, and --output raw gives whole replies",
        ),
        (
            &["invoke", "desk", "tickets.list", "--fields", "id"],
            "--fields is for records, and --output raw gives the reply as it came",
        ),
        (&["apis", "list", "desk"], "--output raw gives the reply of a service, and nothing is sent here"),
    ] {
        let ran = zohoctl.run(&[words, &["--output", "raw"]].concat());
        assert!(ran.status == 2 && ran.stderr.starts_with(&format!("error: {error}\n")), "{ran}");
    }
    assert_eq!(http::get(&format!("{}/_sandbox/faults", sandbox.address)).body.trim(), "[]", "all of them were met");
}
