//! Every service by the same four deeds: read a list to its end, write, send a file, get it back.

use std::collections::HashSet;

use serde_json::Value;

use crate::support::{RunningSandbox, Zohoctl};

/// A list of each service: its words, the member that tells records apart, and more records than the largest page (or
/// than the number where paging by number ends).
const LISTS: &[(&str, &[&str], &str, usize)] = &[
    ("desk", &["tickets.list"], "id", 350),
    ("crm", &["records.list", "module=Contacts", "fields=Last_Name"], "id", 2300),
    ("sign", &["requests.list"], "request_id", 250),
    ("books", &["contacts.list"], "contact_id", 450),
    ("people", &["records.list", "formLinkName=employee"], "Zoho_ID", 450),
    ("workdrive", &["files.list", "folder_id=1"], "id", 1200),
    ("creator", &["records.list", "report=All_Orders"], "ID", 1300),
    ("mail", &["messages.list"], "messageId", 450),
    ("sprints", &["users.list"], "userId", 600),
];

#[test]
fn a_list_of_each_service_is_read_to_its_end() {
    let zohoctl = Zohoctl::new();
    for (service, words, key, count) in LISTS {
        let count_text = count.to_string();
        let mut all = vec!["invoke", service];
        all.extend(*words);
        all.extend(["--all", "--sandbox", "--sandbox-records", &count_text, "--output", "jsonl"]);
        let rows = zohoctl.lines(&all);
        let ids: HashSet<&str> = rows.iter().filter_map(|row| row[key].as_str()).collect();
        assert_eq!((rows.len(), ids.len()), (*count, *count), "{service}");
    }
}

#[test]
fn a_search_goes_on_past_what_the_service_pages_to() {
    let zohoctl = Zohoctl::new();
    let ran = zohoctl.ok(&["invoke", "desk", "tickets.search", "--all", "--sandbox", "--sandbox-records", "5100"]);
    let mut ids: Vec<String> = ran.lines().iter().map(|ticket| text(ticket, "id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ran.stdout.lines().count(), ids.len()), (5100, 5100));
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {value}"))
}

const BYTES: &[u8] = b"%PDF-1.4 a file of the test\n\x00\x01\xfe\xff";

/// A command with a sandbox of one service behind it, and a file to send.
fn ready(service: &str) -> (RunningSandbox, Zohoctl) {
    let sandbox = RunningSandbox::start(&[service]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("scan.pdf", BYTES);
    (sandbox, zohoctl)
}

/// Downloads a file, and compares it with the one that was sent.
fn same_bytes(zohoctl: &Zohoctl, words: &[&str]) {
    let mut all = vec!["invoke"];
    all.extend(words);
    all.extend(["--out", "back.pdf"]);
    zohoctl.ok(&all);
    assert_eq!(std::fs::read(zohoctl.home().join("back.pdf")).unwrap(), BYTES, "{words:?}");
}

#[test]
fn a_contact_is_written_and_an_invoice_has_a_file() {
    let (_sandbox, zohoctl) = ready("books");
    let made = zohoctl.json(&["invoke", "books", "contacts.create", "contact_name=Quint Boatyard"]);
    let id = format!("contact_id={}", text(&made, "contact_id"));
    zohoctl.ok(&["invoke", "books", "contacts.update", &id, "contact_name=Quint Boatyard", "company_name=Quint Ltd"]);
    let got = zohoctl.json(&["invoke", "books", "contacts.get", &id]);
    assert_eq!((text(&got, "contact_name"), text(&got, "company_name")), ("Quint Boatyard", "Quint Ltd"));
    let invoice = &zohoctl.lines(&["invoke", "books", "invoices.list", "--limit", "1", "--output", "jsonl"])[0];
    let id = format!("invoice_id={}", text(invoice, "invoice_id"));
    zohoctl.ok(&["invoke", "books", "invoices.attachment.upload", &id, "attachment=@scan.pdf"]);
    same_bytes(&zohoctl, &["books", "invoices.attachment.download", &id]);
}

#[test]
fn a_folder_is_made_and_a_file_goes_into_it() {
    let (_sandbox, zohoctl) = ready("workdrive");
    let made = zohoctl.json(&["invoke", "workdrive", "files.create_folder", "name=Lease", "parent_id=1"]);
    assert_eq!(text(&made, "name"), "Lease");
    let parent = format!("parent_id={}", text(&made, "id"));
    zohoctl.ok(&["invoke", "workdrive", "files.upload", &parent, "content=@scan.pdf"]);
    let folder = parent.replace("parent_id", "folder_id");
    let files = zohoctl.lines(&["invoke", "workdrive", "files.list", &folder, "--all", "--output", "jsonl"]);
    assert_eq!(files.len(), 1, "{files:?}");
    same_bytes(&zohoctl, &["workdrive", "files.download", &format!("resource_id={}", text(&files[0], "id"))]);
}

#[test]
fn a_mail_is_sent_with_a_file() {
    let (_sandbox, zohoctl) = ready("mail");
    let made = zohoctl.json(&["invoke", "mail", "folders.create", "folderName=Freight"]);
    assert_eq!(text(&made, "folderName"), "Freight");
    let before = zohoctl.lines(&["invoke", "mail", "folders.list", "--output", "jsonl"]);
    assert!(before.iter().any(|folder| folder["folderName"] == "Freight"));
    let file = zohoctl.json(&["invoke", "mail", "attachments.upload", "attach=@scan.pdf"]);
    // What the upload answers goes into what is sent, as it is.
    let file = file.as_array().map_or(&file, |all| &all[0]);
    let attachments = format!("attachments=[{file}]");
    let words = ["invoke", "mail", "messages.send", "fromAddress=a@example.com", "toAddress=b@example.com"];
    let sent = zohoctl.json(&[&words[..], &["subject=Rates", &attachments]].concat());
    let message = format!("messageId={}", text(&sent, "messageId"));
    let folder = format!("folderId={}", text(&sent, "folderId"));
    let list = ["invoke", "mail", "attachments.list", &folder, &message, "--output", "jsonl"];
    let attachment = format!("attachmentId={}", text(&zohoctl.lines(&list)[0], "attachmentId"));
    same_bytes(&zohoctl, &["mail", "attachments.download", &folder, &message, &attachment]);
}

#[test]
fn a_contact_of_crm_gets_a_file() {
    let (_sandbox, zohoctl) = ready("crm");
    let contacts = ["invoke", "crm", "records.list", "module=Contacts", "fields=Last_Name", "--limit", "1"];
    let contact = &zohoctl.lines(&[&contacts[..], &["--output", "jsonl"]].concat())[0];
    let record = format!("record_id={}", text(contact, "id"));
    let place = ["module=Contacts", record.as_str()];
    let upload = [&["invoke", "crm", "attachments.upload"], &place[..], &["file=@scan.pdf"]].concat();
    let outcome = zohoctl.json(&upload);
    let id = format!("id={}", text(&outcome["record"], "id"));
    same_bytes(&zohoctl, &[&["crm", "attachments.download"], &place[..], &[&id]].concat());
}

#[test]
fn an_employee_is_written_and_a_file_comes_back() {
    let (_sandbox, zohoctl) = ready("people");
    let body = r#"body={"EmployeeID":"117","FirstName":"Patricia","LastName":"Boyle"}"#;
    let made = zohoctl.json(&["invoke", "people", "records.create", "formLinkName=employee", body]);
    let id = format!("recordId={}", made["pkId"].as_str().unwrap_or_else(|| panic!("{made}")));
    let got = zohoctl.ok(&["invoke", "people", "records.get", "formLinkName=employee", &id]);
    assert!(got.stdout.contains("Patricia"), "{got}");
    let words = ["invoke", "people", "files.upload", "uploadfile=@scan.pdf", "fileName=scan.pdf", "fileType=0"];
    let file = zohoctl.json(&words);
    let id = file["FILEID"].as_str().or_else(|| file["fileId"].as_str()).unwrap_or_else(|| panic!("{file}"));
    same_bytes(&zohoctl, &["people", "files.download", &format!("fileId={id}")]);
}

#[test]
fn a_record_of_a_form_stands_in_its_report_with_its_file() {
    let (_sandbox, zohoctl) = ready("creator");
    let application = &zohoctl.lines(&["invoke", "creator", "applications.list", "--output", "jsonl"])[0];
    let owner = format!("owner={}", text(application, "workspace_name"));
    let app = format!("app={}", text(application, "link_name"));
    let zohoctl_json = |words: &[&str]| {
        let mut all = vec!["invoke", "creator"];
        all.extend(words);
        all.extend(["--set", &owner, "--set", &app]);
        zohoctl.json(&all)
    };
    let data = r#"data=[{"Customer":"Zylker","Status":"Open"}]"#;
    let made = zohoctl_json(&["records.create", "form=Orders", data]);
    let id = format!("id={}", text(&made["record"], "ID"));
    let got = zohoctl_json(&["records.get", "report=All_Orders", &id]);
    assert_eq!(text(&got, "Customer"), "Zylker");
    let place = ["report=All_Orders", &id, "field=Invoice"];
    zohoctl_json(&[&["files.upload"], &place[..], &["file=@scan.pdf"]].concat());
    same_bytes(&zohoctl, &[&["creator", "files.download"], &place[..], &["--set", &owner, "--set", &app]].concat());
}

#[test]
fn an_item_of_a_sprint_is_written_and_gets_a_file() {
    let (_sandbox, zohoctl) = ready("sprints");
    let first = |words: &[&str], key: &str| {
        let mut all = vec!["invoke", "sprints"];
        all.extend(words);
        all.extend(["--limit", "1", "--output", "jsonl"]);
        text(&zohoctl.lines(&all)[0], key).to_owned()
    };
    let project = format!("projectId={}", first(&["projects.list"], "projectId"));
    let sprint = format!("sprintId={}", first(&["sprints.list", &project], "sprintId"));
    let place = [project.as_str(), sprint.as_str()];
    let mut create = vec!["invoke", "sprints", "items.create"];
    create.extend(place);
    create.extend(["name=Card payments", "projitemtypeid=1", "projpriorityid=1"]);
    let made = zohoctl.json(&create);
    let id = format!("itemId={}", made["addedItemId"].as_str().unwrap_or_else(|| panic!("{made}")));
    let mut get = vec!["invoke", "sprints", "items.get"];
    get.extend(place);
    get.push(&id);
    assert!(zohoctl.ok(&get).stdout.contains("Card payments"));
    let mut add = vec!["invoke", "sprints", "attachments.add"];
    add.extend(place);
    add.extend([id.as_str(), "uploadfile=@scan.pdf"]);
    zohoctl.ok(&add);
}

/// The values that a list has for a member.
fn listed(zohoctl: &Zohoctl, words: &[&str], key: &str) -> Vec<String> {
    let rows = zohoctl.lines(&[&["invoke"], words, &["--all", "--output", "jsonl"]].concat());
    rows.iter().map(|row| text(row, key).to_owned()).collect()
}

#[test]
fn a_tag_of_a_ticket_and_a_tag_of_a_lead_are_listed_and_gone() {
    let sandbox = RunningSandbox::start(&["desk"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let ticket = zohoctl.lines(&["invoke", "desk", "tickets.list", "--limit", "1", "--output", "jsonl"])[0].clone();
    let id = format!("ticketId={}", text(&ticket, "id"));
    let list = ["desk", "tickets.tags.list", &id];
    let before = listed(&zohoctl, &list, "name");
    zohoctl.ok(&["invoke", "desk", "tickets.tags.add", &id, "tags=frozen"]);
    assert!(listed(&zohoctl, &list, "name").contains(&"frozen".to_owned()));
    zohoctl.ok(&["invoke", "desk", "tickets.tags.remove", &id, "tags=frozen"]);
    assert_eq!(listed(&zohoctl, &list, "name"), before);

    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let leads = ["invoke", "crm", "records.list", "module=Leads", "fields=Last_Name", "--limit", "1"];
    let id = text(&zohoctl.lines(&[&leads[..], &["--output", "jsonl"]].concat())[0], "id").to_owned();
    let (ids, one) = (format!("ids={id}"), format!("id={id}"));
    let tags = r#"tags=[{"name":"Fair"}]"#;
    let ran = zohoctl.ok(&["invoke", "crm", "tags.add", "module=Leads", tags, &ids]);
    assert!(ran.stdout.contains("Fair") && !ran.stdout.contains("failed"), "{ran}");
    let get = ["invoke", "crm", "records.get", "module=Leads", &one];
    assert!(zohoctl.ok(&get).stdout.contains("Fair"));
    zohoctl.ok(&["invoke", "crm", "tags.remove", "module=Leads", tags, &ids]);
    assert!(!zohoctl.ok(&get).stdout.contains("Fair"));
}

#[test]
fn a_note_is_changed_and_a_channel_is_kept() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    let leads = ["crm", "records.list", "module=Leads", "fields=Last_Name"];
    let record = format!("record_id={}", listed(&zohoctl, &leads, "id")[0]);
    let notes = ["crm", "notes.list", "module=Leads", &record, "fields=Note_Title"];
    let note = format!("id={}", listed(&zohoctl, &notes, "id")[0]);
    let ran = zohoctl.ok(&["invoke", "crm", "notes.update", "module=Leads", &record, &note, "Note_Content=Has it."]);
    assert!(!format!("{ran}").contains("failed"), "{ran}");
    let channel =
        r#"watch=[{"channel_id":"1000000068001","notify_url":"https://example.com/z","events":["Leads.all"]}]"#;
    let ran = zohoctl.ok(&["invoke", "crm", "notifications.enable", channel]);
    assert!(!format!("{ran}").contains("failed"), "{ran}");
    assert_eq!(listed(&zohoctl, &["crm", "notifications.list"], "channel_id"), ["1000000068001"]);
    zohoctl.ok(&["invoke", "crm", "notifications.delete", "channel_ids=1000000068001"]);
    assert!(listed(&zohoctl, &["crm", "notifications.list"], "channel_id").is_empty());
}

#[test]
fn the_rows_of_a_file_become_leads() {
    let sandbox = RunningSandbox::start(&["crm"]);
    let zohoctl = Zohoctl::calling(&sandbox);
    zohoctl.write("leads.csv", "Last_Name,Email\nQuint,maren@example.com\n");
    let file = zohoctl.json(&["invoke", "crm", "bulk_write.upload", "file=@leads.csv"]);
    let resource = format!(r#"resource=[{{"module":{{"api_name":"Leads"}},"file_id":"{}"}}]"#, text(&file, "file_id"));
    let job = zohoctl.json(&["invoke", "crm", "bulk_write.create", "operation=insert", &resource, "--detach"]);
    let id = format!("id={}", text(&job, "job"));
    let states: Vec<Value> = (0..2).map(|_| zohoctl.json(&["invoke", "crm", "bulk_write.get", &id])).collect();
    assert_eq!((text(&states[0], "status"), text(&states[1], "status")), ("ADDED", "COMPLETED"));
    assert!(text(&states[1]["result"], "download_url").starts_with("https://www.zohoapis.com/"));
    let search = ["crm", "records.search", "module=Leads", "email=maren@example.com", "fields=Last_Name"];
    assert_eq!(listed(&zohoctl, &search, "Last_Name"), ["Quint"]);
}
