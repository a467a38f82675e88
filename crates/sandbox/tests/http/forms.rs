//! Services that give records in other forms, and tell APIs and records apart in other ways.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use zoho_sandbox::SandboxConfig;

use crate::support::{Local, Said, connector};

const HOST: &str = "forms.zoho.com";
const FILES: &str = "files.zoho.com";

const FORMS: &str = "
connector: forms
title: Test of forms
base_url: https://forms.{zoho}/v1
bases: { files: 'https://files.{zoho}/v1' }
scope_prefix: [Forms]
times: { date: dd-MMM-yyyy, time: dd-MMM-yyyy HH:mm:ss }
connection:
  user: { in: path, discover: users.me, value: id }
  team: { in: path, discover: teams.list, value: id }
responses:
  records: { at: data, lift: attributes }
  record: { at: data, lift: attributes }
  error: { code: errors.0.id, message: errors.0.title }
  classify: { not_found: [{ http: 401, code: R008 }] }
pagination:
  link: { link: links.next, limit: n, max: 50 }
types:
  Person: { id!: id, name: string }
  Doc: { id!: id, name: string, status: 1|51|61, parent_id: id }
  Row: { rowId!: id, rowName: string, rowCount: int }
  Mail: { mailId!: id, boxId: id, subject: string, changed: time }
  Part: { partId!: id, attachmentName: string, attachmentSize: int }
apis:
  users.me: { get: /users/me, scopes: [a.READ], returns: [Person] }
  teams.list: { get: '/users/{user}/teams', scopes: [a.READ], returns: [Person] }
  folders.list: { get: '/teams/{team}/folders', scopes: [a.READ], returns: [Person] }
  docs.list: { get: '/docs/{folder_id}/docs', scopes: [a.READ], paginate: link, returns: [Doc] }
  docs.get: { get: '/docs/{doc_id}', scopes: [a.READ], returns: Doc }
  docs.create:
    post: /docs
    scopes: [a.CREATE]
    wrap: { data: { type: =docs, attributes: body } }
    body: { name!: string, parent_id!: id }
    returns: Doc
    effect: { create: Doc }
  docs.update:
    patch: '/docs/{doc_id}'
    scopes: [a.UPDATE]
    wrap: { data: { type: =docs, attributes: body } }
    body: { name: string, parent_id: id }
    need: [name|parent_id]
    returns: Doc
  docs.trash:
    patch: '/docs/{doc_id}'
    scopes: [a.UPDATE]
    wrap: { data: { type: =docs, attributes: body } }
    body: { status: =51 }
    effect: { trash: Doc }
  docs.restore:
    patch: '/docs/{doc_id}'
    scopes: [a.UPDATE]
    wrap: { data: { type: =docs, attributes: body } }
    body: { status: =1 }
    effect: { set: Doc, to: { status: 1 } }
  docs.upload:
    base: files
    post: /upload
    scopes: [a.CREATE]
    form: { parent_id!: id, filename: string, content!: file }
    returns: { resource_id!: id, FileName: string }
    effect: { create: Doc }
  docs.download: { base: files, get: '/download/{doc_id}', scopes: [a.READ], returns: file, effect: { read: Doc } }
  rows.list:
    get: /rows/
    scopes: [a.READ]
    records: { at: rowObj, columns: row_prop, keyed: rowId, order: rowIds }
    returns: [Row]
  rows.create: { post: /rows/, scopes: [a.CREATE], query: { name!: string }, record: ., returns: { addedId!: id } }
  mails.list:
    get: /mails/view
    scopes: [a.READ]
    query: { criteria: string, from_changed: time }
    records: { at: result, keyed: mailId, each: 0 }
    returns: [Mail]
  mails.get: { get: '/boxes/{boxId}/mails/{mailId}', scopes: [a.READ], record: ., returns: Mail, effect: { read: Mail } }
  mails.send:
    post: /mails
    scopes: [a.CREATE]
    body: { subject!: string, to!: string, attachments: [Handed] }
    record: .
    returns: Mail
    effect: { create: Mail }
  mails.draft:
    post: /mails
    scopes: [a.CREATE]
    body: { mode: =draft, subject: string }
    record: .
    returns: Mail
    effect: { create: Mail }
  parts.list: { get: '/boxes/{boxId}/mails/{mailId}/parts', scopes: [a.READ], returns: [Part] }
  parts.get: { get: '/boxes/{boxId}/mails/{mailId}/parts/{partId}', scopes: [a.READ], returns: file }
  parts.upload: { post: /mails/parts, scopes: [a.CREATE], form: { file!: file }, record: ., returns: Handed }
";

async fn start() -> Local {
    let yaml = FORMS.replace("types:\n", "types:\n  Handed: { storeName!: string, attachmentName!: string }\n");
    let connectors = vec![connector(Box::leak(yaml.into_boxed_str()))];
    Local::with(SandboxConfig { connectors, ..SandboxConfig::default() }).await
}

async fn wrapped(local: &Local, method: Method, path: &str, attributes: Value) -> Said {
    local.json(method, HOST, path, &json!({ "data": { "type": "docs", "attributes": attributes } })).await
}

fn ids(said: &Said) -> Vec<String> {
    let entries = said.at("/data");
    entries.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

async fn list(local: &Local, folder: &str) -> Vec<String> {
    ids(&local.get(HOST, &format!("/v1/docs/{folder}/docs?n=50")).await)
}

/// The ids of two folders, found as a connection is made: the user, then the team, then its folders.
async fn folders(local: &Local) -> (String, String) {
    let user = local.get(HOST, "/v1/users/me").await.text("/data/0/id");
    let teams = local.get(HOST, &format!("/v1/users/{user}/teams")).await;
    assert_eq!(Some(teams.text("/data/0/id")), local.sandbox.connection_value("forms", "team"));
    let folders = local.get(HOST, &format!("/v1/teams/{}/folders", teams.text("/data/1/id"))).await;
    (folders.text("/data/0/id"), folders.text("/data/1/id"))
}

#[tokio::test]
async fn values_of_a_connection_in_the_path_are_those_that_are_found() {
    let local = start().await;
    folders(&local).await;
    for path in ["/v1/users/1/teams", "/v1/teams/1/folders"] {
        let said = local.get(HOST, path).await;
        assert_eq!((said.status, said.text("/errors/0/id")), (401, "R008".into()), "{path}");
    }
}

#[tokio::test]
async fn a_record_is_in_the_list_of_its_parent_and_had_by_its_id_alone() {
    let local = start().await;
    let (one, two) = folders(&local).await;
    let seeded = local.get(HOST, &format!("/v1/docs/{one}/docs")).await;
    assert_eq!(seeded.at("/data/0/attributes/parent_id"), json!(one));
    assert!(seeded.json().pointer("/data/0/attributes/id").is_none() && seeded.text("/data/0/type") == "docs");
    let first = seeded.text("/data/0/id");
    assert_eq!(local.get(HOST, &format!("/v1/docs/{first}")).await.text("/data/id"), first);

    let made = wrapped(&local, Method::POST, "/v1/docs", json!({ "name": "Lease", "parent_id": one })).await;
    let id = made.text("/data/id");
    let all = |said: Vec<Vec<String>>| said.concat();
    let pages = async |folder: &str| {
        let (mut pages, mut target) = (Vec::new(), format!("/v1/docs/{folder}/docs?n=50"));
        loop {
            let said = local.get(HOST, &target).await;
            pages.push(ids(&said));
            match said.json().pointer("/links/next").and_then(Value::as_str) {
                Some(next) => target = next.strip_prefix("https://forms.zoho.com").unwrap().to_owned(),
                None => return all(pages),
            }
        }
    };
    assert!(pages(&one).await.contains(&id) && !pages(&two).await.contains(&id));
    assert!(list(&local, &id).await.is_empty(), "nothing lies within what was just made");
    let path = format!("/v1/docs/{id}");
    let moved = wrapped(&local, Method::PATCH, &path, json!({ "parent_id": two })).await;
    assert_eq!((moved.status, moved.text("/data/attributes/parent_id")), (200, two.clone()));
    assert!(!pages(&one).await.contains(&id) && pages(&two).await.contains(&id));
    assert_eq!(pages(&two).await.len(), 121);
}

#[tokio::test]
async fn constants_in_the_body_tell_apis_of_one_path_apart() {
    let local = start().await;
    let (folder, _) = folders(&local).await;
    let id =
        wrapped(&local, Method::POST, "/v1/docs", json!({ "name": "a", "parent_id": folder })).await.text("/data/id");
    let path = format!("/v1/docs/{id}");
    let renamed = wrapped(&local, Method::PATCH, &path, json!({ "name": "b" })).await;
    assert_eq!(renamed.text("/data/attributes/name"), "b");
    assert_eq!(wrapped(&local, Method::PATCH, &path, json!({ "status": 51 })).await.status, 204);
    assert_eq!(local.get(HOST, &path).await.status, 401, "it is in the bin");
    assert_eq!(wrapped(&local, Method::PATCH, &path, json!({ "status": "1" })).await.status, 204);
    assert_eq!(local.get(HOST, &path).await.text("/data/attributes/name"), "b");

    let draft = local.post(HOST, "/v1/mails", &json!({ "mode": "draft", "subject": "x" })).await;
    assert_eq!((draft.status, draft.text("/subject")), (200, "x".into()));
    assert_eq!(local.post(HOST, "/v1/mails", &json!({ "subject": "x" })).await.status, 400, "`to` is missing");
}

#[tokio::test]
async fn files_go_up_and_come_down_at_other_hosts() {
    let local = start().await;
    let (folder, _) = folders(&local).await;
    let form = Form::new().text("parent_id", folder).text("filename", "lease.pdf").part("content", part());
    let up = local.send(local.request(Method::POST, FILES, "/v1/upload").multipart(form)).await;
    assert_eq!(up.text("/data/attributes/FileName"), "lease.pdf");
    let id = up.text("/data/attributes/resource_id");
    assert_eq!(local.get(HOST, &format!("/v1/docs/{id}")).await.text("/data/attributes/name"), "lease.pdf");
    assert_eq!(local.get(FILES, &format!("/v1/download/{id}")).await.bytes, b"bytes \x00 of a file");
    assert_eq!(local.get(HOST, "/v1/download/1").await.status, 401, "another host has other paths");
}

fn part() -> Part {
    Part::bytes(b"bytes \x00 of a file".as_slice()).file_name("local.bin")
}

#[tokio::test]
async fn rows_have_their_columns_beside_them() {
    let local = start().await;
    let made = local.send(local.request(Method::POST, HOST, "/v1/rows/?name=Ada")).await.text("/addedId");
    let said = local.get(HOST, "/v1/rows/").await;
    let column = said.at("/row_prop/rowName").as_u64().unwrap();
    assert_eq!(said.text(&format!("/rowObj/{made}/{column}")), "Ada");
    let order = said.at("/rowIds");
    assert_eq!((order.as_array().unwrap().len(), order.as_array().unwrap().last()), (121, Some(&json!(made))));
    assert_eq!(local.get(HOST, "/v1/rows").await.status, 401, "the last slash counts");
}

#[tokio::test]
async fn records_stand_behind_their_ids_and_formulas_find_them() {
    let local = start().await;
    let made = local.post(HOST, "/v1/mails", &json!({ "subject": "Freight", "to": "a" })).await;
    let id = made.text("/mailId");
    let find = |formula: &str| {
        let target = format!("/v1/mails/view?{}", crate::support::encoded(&[("criteria", formula)]));
        let local = &local;
        async move { local.get(HOST, &target).await.at("/result") }
    };
    let found = find(r#"subject == "Freight" && (mailId != 1)"#).await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found.pointer(&format!("/0/{id}/0/subject")), Some(&json!("Freight")));
    assert!(found.pointer(&format!("/0/{id}/0/mailId")).is_none(), "the id is the key alone");
    let none = find("changed > '01-Jan-2990 00:00:00'").await;
    assert_eq!(none, json!([]));
    assert_eq!(find("changed > '01-Jan-2020 00:00:00'").await.as_array().unwrap().len(), 120);
    let path = format!("/v1/boxes/{}/mails/{id}", made.at("/boxId").as_str().unwrap_or("7"));
    assert_eq!(local.get(HOST, &path).await.text("/subject"), "Freight");
}

#[tokio::test]
async fn a_file_that_went_up_before_is_listed_within_what_it_was_sent_with() {
    let local = start().await;
    let up = local
        .send(local.request(Method::POST, HOST, "/v1/mails/parts").multipart(Form::new().part("file", part())))
        .await;
    assert_eq!(up.text("/attachmentName"), "local.bin");
    let body = json!({ "subject": "With a file", "to": "a", "attachments": [up.json()] });
    let id = local.post(HOST, "/v1/mails", &body).await.text("/mailId");
    for folder in ["7", "8"] {
        let parts = local.get(HOST, &format!("/v1/boxes/{folder}/mails/{id}/parts")).await;
        assert_eq!(parts.at("/data").as_array().unwrap().len(), 1, "whatever folder the path leads through");
        let part = parts.text("/data/0/attributes/partId").clone();
        let down = local.get(HOST, &format!("/v1/boxes/{folder}/mails/{id}/parts/{part}")).await;
        assert_eq!(down.bytes, b"bytes \x00 of a file");
    }
    let without = local.post(HOST, "/v1/mails", &json!({ "subject": "Without", "to": "a" })).await.text("/mailId");
    assert_eq!(local.get(HOST, &format!("/v1/boxes/7/mails/{without}/parts")).await.at("/data"), json!([]));
    assert_eq!(local.get(HOST, "/v1/boxes/7/mails/1/parts").await.status, 401);
}
