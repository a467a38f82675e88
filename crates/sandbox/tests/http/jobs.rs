//! Jobs from their start to their result: what is read, what is written, and what goes wrong.

use std::io::{Cursor, Read, Write};

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{DESK, GATEWAY, Local, Said};

const CONTENT: &str = "content.zohoapis.com";

/// The lines of the one CSV in a zip.
fn lines(said: &Said) -> Vec<String> {
    assert_eq!((said.status, said.header("content-type")), (200, Some("application/zip")));
    let mut archive = zip::ZipArchive::new(Cursor::new(&said.bytes)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut file = archive.by_index(0).unwrap();
    assert!(file.name().unwrap().ends_with(".csv"));
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn zipped(name: &str, text: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(text.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

async fn first_leads(local: &Local) -> Vec<Value> {
    let leads = local.get(GATEWAY, "/crm/v8/Leads?fields=Last_Name,Email&per_page=5").await.at("/data");
    leads.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_bulk_read_is_pending_once_and_then_gives_the_records_that_were_asked_for() {
    let local = Local::start(&["crm"]).await;
    let start = |query: Value| {
        let local = &local;
        async move { local.post(GATEWAY, "/crm/bulk/v8/read", &json!({ "query": query })).await }
    };
    let query = json!({ "module": { "api_name": "Leads" }, "fields": ["Last_Name", "Email"] });
    let one = format!("/crm/bulk/v8/read/{}", start(query).await.text("/data/0/details/id"));
    let early = local.get(GATEWAY, &format!("{one}/result")).await;
    assert_eq!((early.status, early.text("/code")), (404, "RESOURCE_NOT_FOUND".into()));
    let mut states = Vec::new();
    for _ in 0..2 {
        states.push(local.get(GATEWAY, &one).await.text("/data/0/state"));
    }
    // The result was asked for once already, which counts.
    assert_eq!(states, ["COMPLETED", "COMPLETED"]);
    let told = local.get(GATEWAY, &one).await.at("/data/0/result");
    assert_eq!((&told["more_records"], &told["count"]), (&json!(false), &json!(120)));
    assert_eq!(told["download_url"], json!(format!("https://{GATEWAY}{one}/result")));
    let file = lines(&local.get(GATEWAY, &format!("{one}/result")).await);
    assert_eq!((file[0].as_str(), file.len()), ("Last_Name,Email", 121));
    let leads = first_leads(&local).await;
    assert!(file[1].contains(leads[0]["Email"].as_str().unwrap()));

    let email = leads[1]["Email"].as_str().unwrap();
    let criteria = json!({ "api_name": "Email", "comparator": "equal", "value": email });
    let narrow = json!({ "module": { "api_name": "Leads" }, "fields": ["Email"], "criteria": criteria });
    let started = start(narrow).await;
    let one = format!("/crm/bulk/v8/read/{}", started.text("/data/0/details/id"));
    let states =
        [local.get(GATEWAY, &one).await, local.get(GATEWAY, &one).await].map(|said| said.text("/data/0/state"));
    assert_eq!(states, ["ADDED", "COMPLETED"]);
    assert_eq!(lines(&local.get(GATEWAY, &format!("{one}/result")).await), ["Email", email]);
}

#[tokio::test]
async fn a_job_fails_on_wish() {
    let local = Local::start(&["crm"]).await;
    let query = json!({ "query": { "module": { "api_name": "Leads" }, "fields": ["refuse: no such field"] } });
    let id = local.post(GATEWAY, "/crm/bulk/v8/read", &query).await.text("/data/0/details/id");
    let one = format!("/crm/bulk/v8/read/{id}");
    let states =
        [local.get(GATEWAY, &one).await, local.get(GATEWAY, &one).await].map(|said| said.text("/data/0/state"));
    assert_eq!(states, ["ADDED", "FAILURE"]);
    let result = local.get(GATEWAY, &format!("{one}/result")).await;
    assert!(result.status == 404 && result.text("/message").contains("no such field"), "{}", result.json());
}

#[tokio::test]
async fn an_export_is_202_while_it_is_made() {
    let local = Local::start(&["desk"]).await;
    let tickets = local.get(DESK, "/api/v1/tickets/search?sortBy=modifiedTime&from=0&limit=50").await.at("/data");
    let tickets = tickets.as_array().unwrap();
    let since = tickets[10]["modifiedTime"].as_str().unwrap();
    let department = tickets[20]["departmentId"].as_str().unwrap();
    let later = |ticket: &&Value| ticket["modifiedTime"].as_str().unwrap() > since;
    let body = json!({ "module": "tickets", "fields": ["id", "subject"], "modifiedAfter": since });
    let started = local.post(DESK, "/api/v1/bulkExport", &body).await;
    assert_eq!((started.text("/status"), started.text("/module")), ("INITIATED".into(), "tickets".into()));
    let file = format!("/api/v1/downloadBulkExportFile?exportId={}", started.text("/exportId"));
    assert_eq!(local.get(DESK, &file).await.status, 202);
    let rows = lines(&local.get(DESK, &file).await);
    assert_eq!(rows[0], "id,subject");
    let listed = tickets.iter().filter(later);
    assert!(listed.clone().count() > 5 && rows.len() < 120, "{}", rows.len());
    assert!(listed.map(|ticket| ticket["id"].as_str().unwrap()).all(|id| rows.iter().any(|row| row.starts_with(id))));
    let one = format!("/api/v1/bulkExport/{}", started.text("/exportId"));
    assert_eq!(local.get(DESK, &one).await.text("/status"), "COMPLETED");

    let body = json!({ "module": "tickets", "fields": ["departmentId"], "departmentId": department });
    let id = local.post(DESK, "/api/v1/bulkExport", &body).await.text("/exportId");
    let file = format!("/api/v1/downloadBulkExportFile?exportId={id}");
    assert_eq!(local.get(DESK, &file).await.status, 202);
    let rows = lines(&local.get(DESK, &file).await);
    assert!(rows.len() > 1 && rows[1..].iter().all(|row| row == department), "{rows:?}");
    assert_eq!(local.post(DESK, "/api/v1/bulkExport", &json!({ "module": "castles" })).await.status, 422);
    assert_eq!(local.get(DESK, "/api/v1/downloadBulkExportFile?exportId=7").await.status, 404);
}

async fn upload(local: &Local, bytes: Vec<u8>) -> String {
    let form = Form::new().part("file", Part::bytes(bytes).file_name("leads.zip"));
    let organization = local.sandbox.connection_value("crm", "zgid").unwrap();
    let request = local.request(Method::POST, CONTENT, "/crm/v8/upload").multipart(form);
    let said = local.send(request.header("feature", "bulk-write").header("X-CRM-ORG", organization)).await;
    said.text("/details/file_id")
}

/// Runs a bulk write to its end, and gives its record.
async fn write(local: &Local, body: &Value) -> Value {
    let started = local.post(GATEWAY, "/crm/bulk/v8/write", body).await;
    assert_eq!(started.text("/details/status"), "ADDED");
    let one = format!("/crm/bulk/v8/write/{}", started.text("/details/id"));
    assert_eq!(local.get(GATEWAY, &one).await.text("/status"), "ADDED");
    local.get(GATEWAY, &one).await.json()
}

async fn result(local: &Local, job: &Value) -> Vec<String> {
    let url = url::Url::parse(job["result"]["download_url"].as_str().unwrap()).unwrap();
    lines(&local.get(url.host_str().unwrap(), url.path()).await)
}

#[tokio::test]
async fn a_bulk_write_inserts_updates_and_upserts_the_rows_of_a_file() {
    let local = Local::start(&["crm"]).await;
    let file =
        upload(&local, zipped("leads.csv", "Last_Name,Email\nQuint,maren@example.com\n\"Rao, A.\",no mail\n")).await;
    let module = json!({ "api_name": "Leads" });
    let body = json!({ "operation": "insert", "resource": [{ "type": "data", "module": module, "file_id": file }] });
    let job = write(&local, &body).await;
    assert_eq!((&job["status"], &job["operation"]), (&json!("COMPLETED"), &json!("insert")));
    let told = &job["resource"][0];
    assert_eq!(
        (&told["status"], &told["file"]["added_count"], &told["file"]["skipped_count"], &told["file"]["total_count"]),
        (&json!("COMPLETED"), &json!(1), &json!(1), &json!(2))
    );
    let rows = result(&local, &job).await;
    assert_eq!(rows[0], "Last_Name,Email,STATUS,RECORD_ID,ERRORS");
    assert!(rows[1].starts_with("Quint,maren@example.com,ADDED,") && rows[2].contains(",SKIPPED,,Email: "), "{rows:?}");
    let id = rows[1].split(',').nth(3).unwrap().to_owned();
    let one = format!("/crm/v8/Leads/{id}");
    assert_eq!(local.get(GATEWAY, &one).await.text("/data/0/Email"), "maren@example.com");

    // By position, found again by what the call names; one is there and one is new.
    let file = upload(&local, b"x,y,z\nmaren@example.com,Ltd,Quint\nada@example.com,Inc,Boyle\n".to_vec()).await;
    let mapping = json!([
        { "api_name": "Email", "index": 0 }, { "api_name": "Company", "index": 1 }, { "api_name": "Last_Name", "index": 2 },
    ]);
    let resource =
        json!({ "type": "data", "module": module, "file_id": file, "find_by": "Email", "field_mappings": mapping });
    let job = write(&local, &json!({ "operation": "upsert", "resource": [resource] })).await;
    let counts = &job["resource"][0]["file"];
    assert_eq!((&counts["added_count"], &counts["updated_count"]), (&json!(1), &json!(1)));
    assert_eq!(local.get(GATEWAY, &one).await.text("/data/0/Company"), "Ltd");

    let file = upload(&local, format!("id,Company\n{id},Quint & Sons\n7,Nobody\n").into_bytes()).await;
    let resource = json!({ "type": "data", "module": module, "file_id": file, "find_by": "id" });
    let job = write(&local, &json!({ "operation": "update", "resource": [resource] })).await;
    let counts = &job["resource"][0]["file"];
    assert_eq!((&counts["updated_count"], &counts["skipped_count"]), (&json!(1), &json!(1)));
    assert_eq!(local.get(GATEWAY, &one).await.text("/data/0/Company"), "Quint & Sons");
    let all = local.get(GATEWAY, "/crm/v8/Leads/actions/count").await;
    assert_eq!(all.at("/count"), json!(122));

    let body = json!({ "operation": "insert", "resource": [{ "type": "data", "module": module, "file_id": "7" }] });
    let refused = local.post(GATEWAY, "/crm/bulk/v8/write", &body).await;
    assert_eq!((refused.status, refused.text("/details/api_name")), (400, "file_id".into()));
}

#[tokio::test]
async fn the_result_of_a_job_wants_a_token() {
    let local = Local::start(&["crm"]).await;
    let target = "/_sandbox/results/crm/7";
    assert_eq!(local.get(GATEWAY, target).await.status, 404);
    let without = local.http.get(format!("{}{target}", local.sandbox.url())).header("host", GATEWAY);
    assert_eq!(local.send(without).await.status, 401);
}

#[tokio::test]
async fn a_job_without_a_result_is_pending_once_and_ends() {
    let local = Local::start(&["desk"]).await;
    let subject = json!({ "contactEmailId": "mira.okafor@example.com", "module": "tickets" });
    let started = local.post(DESK, "/api/v1/subjectAccessRequests/eraseAll", &subject).await;
    assert_eq!(started.text("/contactEmailId"), "mira.okafor@example.com");
    let one = format!("/api/v1/subjectAccessRequests/{}", started.text("/id"));
    let mut states = Vec::new();
    for _ in 0..2 {
        let asked = local.get(DESK, &one).await;
        states.push((asked.text("/status"), asked.at("/downloadURL")));
    }
    assert_eq!(states[0].0, "INITIATED");
    assert_eq!(states[1].0, "COMPLETED");
}
