//! Writing: outcomes of many records, forms with files.

use serde_json::json;

use crate::support::{RunningSandbox, Zohoctl};

#[test]
fn wanted_a18_of_250_contacts_each_has_its_own_outcome() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let bad = [17, 120, 249];
    let row = |i: usize| match bad.contains(&i) {
        true => json!({ "Last_Name": "Boyle", "Email": "refuse: Not a mail address" }).to_string(),
        false => json!({ "Last_Name": format!("Boyle {i}"), "Email": format!("boyle{i}@example.com") }).to_string(),
    };
    zohoctl.write("contacts.jsonl", (0..250).map(|i| format!("{}\n", row(i))).collect::<String>());
    let ran = zohoctl.run(&["invoke", "crm", "records.insert", "module=Contacts", "data=@contacts.jsonl"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (1, "250 records: 247 created, 3 failed\n"), "{ran}");
    let outcomes = ran.lines();
    assert_eq!(outcomes.len(), 250);
    for (i, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome["index"], i);
        if bad.contains(&i) {
            let expected = json!({ "index": i, "status": "failed", "code": "INVALID_DATA", "message": "Not a mail address", "field": "Email" });
            assert_eq!(*outcome, expected);
        } else {
            assert_eq!(outcome["status"], "created", "{outcome}");
            assert_eq!(outcome["id"], outcome["record"]["id"]);
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
        assert_eq!((ran.status, ran.lines()[0]["status"].as_str()), (0, Some("created")), "{ran}");
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
fn records_come_from_a_csv_a_list_or_lines_of_any_length() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let row = |i: usize| json!({ "Last_Name": format!("Row {i}"), "Owner": { "id": format!("{i}") } });
    let csv: String = (0..230).map(|i| format!("Row {i},{i}\n")).collect();
    zohoctl.write("rows.csv", format!("Last_Name,Owner.id\n{csv}"));
    zohoctl.write("rows.json", serde_json::to_string_pretty(&(0..230).map(row).collect::<Vec<_>>()).unwrap());
    zohoctl.write("rows.jsonl", (0..230).map(|i| format!("{}\n", row(i))).collect::<String>());
    for file in ["data=@rows.csv", "data=@rows.json", "data=@rows.jsonl"] {
        let before = sandbox.requests().len();
        let ran = zohoctl.run(&["invoke", "crm", "records.insert", "module=Leads", file, "--concurrency", "2"]);
        assert_eq!((ran.status, ran.lines().len()), (0, 230), "{file}: {ran}");
        let indices: Vec<u64> = ran.lines().iter().map(|line| line["index"].as_u64().unwrap()).collect();
        assert!(indices.iter().copied().eq(0..230), "{indices:?}");
        let posts = sandbox.requests()[before..].iter().filter(|request| request["target"] == "/crm/v8/Leads").count();
        assert_eq!(posts, 3, "{file}");
        let id = format!("id={}", ran.lines()[229]["id"].as_str().unwrap());
        let lead = zohoctl.json(&["invoke", "crm", "records.get", "module=Leads", &id]);
        assert_eq!((&lead["Last_Name"], &lead["Owner"]["id"]), (&json!("Row 229"), &json!("229")), "{lead}");
    }
    let ids = zohoctl.lines(&["invoke", "crm", "records.list", "module=Leads", "fields=id", "--limit", "120"]);
    let ids: String = ids.iter().map(|lead| format!("{}\n", lead["id"].as_str().unwrap())).collect();
    let ran = zohoctl.run_with_input(&["invoke", "crm", "records.delete", "module=Leads", "ids=@-"], &ids);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, "120 records: 120 done\n"), "{ran}");
}

#[test]
fn an_update_says_so_and_a_record_of_the_wrong_shape_is_not_sent() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let leads = zohoctl.lines(&["invoke", "crm", "records.list", "module=Leads", "fields=id", "--limit", "2"]);
    let row = |lead: &serde_json::Value| format!("{}\n", json!({ "id": lead["id"], "Company": "Zylker" }));
    let rows = format!("{}\"no record\"\n{}", row(&leads[0]), row(&leads[1]));
    zohoctl.write("rows.jsonl", rows);
    let ran = zohoctl.run(&["invoke", "crm", "records.update", "module=Leads", "data=@rows.jsonl"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (1, "3 records: 2 updated, 1 failed\n"), "{ran}");
    let message = "it was not sent: the record must be an object, and is text";
    assert_eq!(ran.lines()[1], json!({ "index": 1, "status": "failed", "message": message }));
    zohoctl.write("bad.jsonl", format!("{}{{\"id\":\n", row(&leads[0])));
    let ran = zohoctl.run(&["invoke", "crm", "records.update", "module=Leads", "data=@bad.jsonl"]);
    assert_eq!((ran.status, ran.lines().len()), (2, 1), "{ran}");
    assert!(ran.stderr.contains("bad.jsonl: line 2: it is not JSON"), "{ran}");
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
