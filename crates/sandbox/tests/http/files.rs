//! Files: what goes up comes down.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::support::{DESK, GATEWAY, Local, SIGN};

/// Bytes that are no text.
fn bytes() -> Vec<u8> {
    (0..=255).cycle().take(70_000).collect()
}

fn part(name: &str) -> Part {
    Part::bytes(bytes()).file_name(name.to_owned()).mime_str("image/png").unwrap()
}

#[tokio::test]
async fn an_attachment_comes_back_as_it_went() {
    let local = Local::start(&["desk"]).await;
    let ticket = local.get(DESK, "/api/v1/tickets").await.text("/data/0/id");
    let attachments = format!("/api/v1/tickets/{ticket}/attachments");
    let form = Form::new().part("file", part("größe \"1\".png"));
    let up =
        local.send(local.request(Method::POST, DESK, &format!("{attachments}?isPublic=true")).multipart(form)).await;
    assert_eq!(
        (up.status, up.text("/name"), up.at("/size"), up.at("/isPublic")),
        (200, "größe \"1\".png".into(), json!(70_000), json!(true))
    );
    let down = local.get(DESK, &format!("{attachments}/{}/content", up.text("/id"))).await;
    assert_eq!((down.status, down.header("content-type")), (200, Some("image/png")));
    assert_eq!(
        down.header("content-disposition"),
        Some("attachment; filename=\"gr__e _1_.png\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%221%22%2Epng")
    );
    assert!(down.bytes == bytes());
    assert_eq!(up.text("/href"), format!("https://{DESK}{attachments}/{}/content", up.text("/id")));

    let seeded = local.get(DESK, &attachments).await.text("/data/0/id");
    let made_up = local.get(DESK, &format!("{attachments}/{seeded}/content")).await;
    assert!(made_up.bytes.starts_with(b"%PDF-1.4") && made_up.header("content-type") == Some("application/pdf"));
    assert_eq!(local.get(DESK, &format!("{attachments}/1/content")).await.status, 404);
    let without =
        local.send(local.request(Method::POST, DESK, &attachments).multipart(Form::new().text("other", "x"))).await;
    assert_eq!((without.status, without.text("/errors/0/fieldName")), (422, "file".into()));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused() {
    let local = Local::start(&["crm"]).await;
    let lead = local.get(GATEWAY, "/crm/v8/Leads?fields=Last_Name").await.text("/data/0/id");
    let attachments = format!("/crm/v8/Leads/{lead}/Attachments");
    let large = Part::bytes(vec![0; (20 << 20) + 1]).file_name("large.bin");
    let said =
        local.send(local.request(Method::POST, GATEWAY, &attachments).multipart(Form::new().part("file", large))).await;
    assert_eq!((said.status, said.text("/code")), (413, "FILE_SIZE_MORE_THAN_ALLOWED_SIZE".into()));

    let up = local
        .send(local.request(Method::POST, GATEWAY, &attachments).multipart(Form::new().part("file", part("a.png"))))
        .await;
    assert_eq!((up.status, up.text("/data/0/code")), (200, "SUCCESS".into()));
    let id = up.text("/data/0/details/id");
    assert!(local.get(GATEWAY, &format!("{attachments}/{id}")).await.bytes == bytes());
    let listed = local.get(GATEWAY, &format!("{attachments}?fields=File_Name,Size")).await.at("/data");
    let own = listed.as_array().unwrap().iter().find(|attachment| attachment["id"] == id.as_str()).unwrap();
    assert_eq!((&own["File_Name"], &own["Size"]), (&json!("a.png"), &json!(70_000)));
}

#[tokio::test]
async fn a_request_for_signatures_keeps_its_documents() {
    let local = Local::start(&["sign"]).await;
    let data = json!({ "requests": {
        "request_name": "Lease",
        "actions": [{ "action_type": "SIGN", "recipient_name": "Mira Okafor", "recipient_email": "mira@example.com" }],
    } });
    let form = Form::new()
        .part("file", part("lease.pdf"))
        .part("file", Part::bytes(b"second".as_slice()).file_name("annex.txt"))
        .text("data", data.to_string());
    let made = local.send(local.request(Method::POST, SIGN, "/api/v1/requests").multipart(form)).await;
    assert_eq!(
        (made.status, made.text("/requests/request_status"), made.text("/requests/request_name")),
        (200, "draft".into(), "Lease".into())
    );
    assert!(!made.text("/requests/actions/0/action_id").is_empty());
    let documents = made.at("/requests/document_ids");
    assert_eq!(
        (&documents[0]["document_name"], &documents[1]["document_name"]),
        (&json!("lease.pdf"), &json!("annex.txt"))
    );
    let one = format!("/api/v1/requests/{}", made.text("/requests/request_id"));
    let whole = local.get(SIGN, &format!("{one}/pdf")).await;
    assert!(whole.bytes == bytes());
    let second =
        local.get(SIGN, &format!("{one}/documents/{}/pdf", documents[1]["document_id"].as_str().unwrap())).await;
    assert_eq!(second.bytes, b"second");

    let seeded = local.get(SIGN, "/api/v1/requests").await;
    let (request, document) =
        (seeded.text("/requests/0/request_id"), seeded.text("/requests/0/document_ids/0/document_id"));
    assert!(
        local
            .get(SIGN, &format!("/api/v1/requests/{request}/documents/{document}/pdf"))
            .await
            .bytes
            .starts_with(b"%PDF")
    );
    let other = local.get(SIGN, &format!("/api/v1/requests/{request}/documents/1/pdf")).await;
    assert_eq!((other.status, other.text("/status")), (404, "failure".into()));
    let unnamed = json!({ "requests": { "actions": [] } }).to_string();
    let refused = local
        .send(
            local
                .request(Method::POST, SIGN, "/api/v1/requests")
                .multipart(Form::new().part("file", part("a.pdf")).text("data", unnamed)),
        )
        .await;
    assert_eq!(refused.status, 400);
}
