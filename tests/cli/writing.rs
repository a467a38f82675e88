//! Writing: outcomes of many records, forms with files.

use serde_json::json;

use crate::support::{RunningSandbox, Zohoctl};

#[test]
fn of_250_contacts_each_has_its_own_outcome() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let bad = [17, 120, 249];
    let row = |i: usize| match bad.contains(&i) {
        true => json!({ "Last_Name": "Boyle", "Email": "refuse: Not a mail address" }).to_string(),
        false => json!({ "Last_Name": format!("Boyle {i}"), "Email": format!("boyle{i}@example.com") }).to_string(),
    };
    zohoctl.write("contacts.jsonl", (0..250).map(|i| format!("{}\n", row(i))).collect::<String>());
    let ran = zohoctl.run(&["invoke", "crm", "records.insert", "module=Contacts", "data=@contacts.jsonl"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (1, "247 of 250 done, 3 failed\n"), "{ran}");
    let outcomes = ran.lines();
    assert_eq!(outcomes.len(), 250);
    for (i, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome["index"], i);
        if bad.contains(&i) {
            let expected = json!({ "index": i, "status": "failed", "code": "INVALID_DATA", "message": "Not a mail address", "field": "Email" });
            assert_eq!(*outcome, expected);
        } else {
            assert_eq!(outcome["status"], "done", "{outcome}");
        }
    }
    let id = outcomes[0]["record"]["id"].as_str().unwrap();
    let contact = zohoctl.json(&["invoke", "crm", "records.get", "module=Contacts", &format!("id={id}")]);
    assert_eq!(contact["Last_Name"], "Boyle 0");
    assert_eq!(
        sandbox
            .requests()
            .iter()
            .filter(|request| request["method"] == "POST" && request["target"] == "/crm/v8/Contacts")
            .count(),
        3
    );
}

#[test]
fn a_body_comes_from_standard_input_a_file_or_the_command_line() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let body = r#"{"data":[{"Last_Name":"Boyle","Company":"Zylker"}]}"#;
    zohoctl.write("body.json", body);
    for (words, input) in [(["--json", body], ""), (["--json", "@body.json"], ""), (["--json", "-"], body)] {
        let words: Vec<&str> =
            ["invoke", "crm", "records.insert", "module=Leads"].iter().chain(&words).copied().collect();
        let ran = zohoctl.run_with_input(&words, input);
        assert_eq!((ran.status, ran.lines()[0]["status"].as_str()), (0, Some("done")), "{ran}");
    }
}

#[test]
fn what_was_read_can_be_written() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let leads =
        zohoctl.ok(&["invoke", "crm", "records.list", "module=Leads", "fields=Last_Name,Company", "--limit", "3"]);
    let ran = zohoctl.run_with_input(&["invoke", "crm", "records.insert", "module=Contacts", "data=@-"], &leads.stdout);
    assert_eq!((ran.status, ran.lines().len()), (0, 3), "{ran}");
}

#[test]
fn a_document_is_made_of_a_file_and_its_pdf_downloaded() {
    let sandbox = RunningSandbox::start(&["sign"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let pdf: Vec<u8> = b"%PDF-1.4\n".iter().copied().chain((0..5000u32).map(|i| (i % 256) as u8)).collect();
    zohoctl.write("lease.pdf", &pdf);
    let actions = r#"actions=[{"action_type":"SIGN","recipient_name":"Ann","recipient_email":"ann@example.com"}]"#;
    let made = zohoctl.json(&["invoke", "sign", "requests.create", "request_name=Lease", actions, "file=@lease.pdf"]);
    assert_eq!(made["request_name"], "Lease");
    let id = format!("request_id={}", made["request_id"].as_str().unwrap());
    let got = zohoctl.json(&["invoke", "sign", "requests.get", &id]);
    assert_eq!(got["actions"][0]["recipient_email"], "ann@example.com");
    zohoctl.json(&["invoke", "sign", "requests.download", &id, "--out", "signed.pdf"]);
    let saved = std::fs::read(zohoctl.home().join("signed.pdf")).unwrap();
    assert_eq!(saved, pdf);
}
