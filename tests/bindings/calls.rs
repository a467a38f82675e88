//! Calls of each kind against a sandbox: lists, files, jobs, bulk writes, and sessions.

use std::sync::Arc;

use futures_util::stream::{StreamExt, TryStreamExt, iter};
use zoho::{ErrorKind, FilePart, OutcomeStatus, Record, TypedApi, crm, desk, json};

use crate::sandbox::{InSandbox, start};

#[tokio::test]
async fn a_list_is_read_to_its_end_record_by_record_and_page_by_page() {
    let sandbox = start(&["desk"]).await;
    let desk = desk::connect(InSandbox(&sandbox)).await.unwrap();
    let mut one_by_one = Vec::new();
    let mut records = desk.tickets().list().with_page_size(2).records();
    while let Some(ticket) = records.try_next().await.unwrap() {
        one_by_one.push(ticket.id);
    }
    assert!(one_by_one.len() >= 5, "{one_by_one:?}");

    let (mut paged, mut pages) = (Vec::new(), desk.tickets().list().with_page_size(2).pages());
    while let Some(page) = pages.next().await.unwrap() {
        assert!(page.records.len() <= 2);
        paged.extend(page.records.into_iter().map(|ticket| ticket.id));
    }
    assert_eq!(paged, one_by_one);

    // It is a stream for those who have other streams.
    let streamed: Vec<_> = desk.tickets().list().records().map_ok(|ticket| ticket.id).try_collect().await.unwrap();
    assert_eq!(streamed, one_by_one);
    let limited = desk.tickets().list().with_page_size(2).records().with_limit(3).with_concurrency(2);
    assert_eq!(limited.collect().await.unwrap().len(), 3);
}

#[tokio::test]
async fn arguments_that_are_wrong_are_told_when_the_first_record_is_asked_for() {
    let sandbox = start(&["desk"]).await;
    let desk = desk::connect(InSandbox(&sandbox)).await.unwrap();
    let call = desk.tickets().list().with_argument("statsu", "Open");
    let error = call.records().try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Arguments);
    assert_eq!(error.arguments()[0].help.as_deref(), Some("did you mean `status`?"));
    // `need` is the engine's to check.
    let error = desk.tickets().create("Printer", "1").send().await.unwrap_err();
    assert_eq!(error.arguments()[0].argument, "contactId or contact");
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_and_nothing_is_cleared_for_it() {
    let sandbox = start(&["desk"]).await;
    let desk = desk::connect(InSandbox(&sandbox)).await.unwrap();
    for (cf, words) in [
        (r#"{"cf_amount":1e400}"#, "`cf` is not JSON: number out of range"),
        (r#"{"cf_amount":1234567.12345678901234}"#, "`cf` has a number that would lose digits, 1234567.12345678901234"),
    ] {
        let cf: Record = cf.parse().unwrap();
        let error = desk.tickets().update("1").set_cf(cf).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Arguments);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_call_is_shown_with_its_name_and_arguments() {
    let sandbox = start(&["desk"]).await;
    let desk = desk::connect(InSandbox(&sandbox)).await.unwrap();
    let shown = format!("{:?}", desk.tickets().list().set_status("Open"));
    assert!(shown.contains("\"tickets.list\"") && shown.contains("Open"), "{shown}");
    assert!(!shown.contains(sandbox.client_secret()), "{shown}");
}

#[tokio::test]
async fn a_file_goes_up_from_a_reader_and_down_to_a_writer() {
    let sandbox = start(&["desk"]).await;
    let desk = desk::connect(InSandbox(&sandbox)).await.unwrap();
    let ticket = desk.tickets().list().records().try_next().await.unwrap().unwrap().id;
    let text = "It prints nothing.\n".repeat(10_000);
    let file = FilePart::read_from("report.txt", text.as_bytes()).await.unwrap();
    let attachment = desk.tickets().attachments().upload(&ticket, file).send().await.unwrap();
    assert_eq!((attachment.name.as_deref(), attachment.size), (Some("report.txt"), Some(text.len() as i64)));

    let mut download = desk.tickets().attachments().download(&ticket, &attachment.id).download().await.unwrap();
    let mut written = Vec::new();
    let size = download.write_to(&mut written).await.unwrap();
    assert_eq!((size, String::from_utf8(written).unwrap()), (text.len() as u64, text));
}

#[tokio::test]
async fn what_became_of_each_record_is_told_of_many_at_once_and_one_after_the_other() {
    let sandbox = start(&["crm"]).await;
    let crm = crm::connect(InSandbox(&sandbox)).await.unwrap();
    let lead = |at: usize| Record::from(json!({ "Last_Name": format!("Lead {at}"), "Company": "Analytical" }));
    let outcomes = crm.records().insert("Leads").send((0..3).map(lead)).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.status == OutcomeStatus::Created), "{outcomes:?}");

    let mut outcomes = crm.records().insert("Leads").stream(iter(0..250).map(lead)).with_concurrency(2);
    let mut positions = Vec::new();
    while let Some(outcome) = outcomes.try_next().await.unwrap() {
        assert_eq!(outcome.status, OutcomeStatus::Created);
        positions.push(outcome.index);
    }
    assert_eq!(positions, (0..250).collect::<Vec<_>>());

    // What no float holds goes out digit for digit.
    let lead: Record = r#"{"Last_Name":"Ada","Company":"A","Annual_Revenue":1234567.12345678901234}"#.parse().unwrap();
    let mut outcomes = crm.records().insert("Leads").stream(iter([lead]));
    assert_eq!(outcomes.try_next().await.unwrap().unwrap().status, OutcomeStatus::Created);
    let sent = sandbox.requests().last().unwrap().to_string();
    assert!(sent.contains("1234567.12345678901234"), "{sent}");
}

#[tokio::test]
async fn a_job_is_waited_for_and_its_rows_are_read() {
    let sandbox = start(&["crm"]).await;
    let crm = crm::connect(InSandbox(&sandbox)).await.unwrap();
    let query = Record::from(json!({ "module": { "api_name": "Leads" } }));
    let start = crm.bulk_read().create(zoho::FromRecord::from_record(&query).unwrap());
    let mut job = start
        .start()
        .await
        .unwrap()
        .with_pauses(std::time::Duration::from_millis(20), std::time::Duration::from_millis(20));
    job.wait().await.unwrap();
    let rows: Vec<_> = job.records().await.unwrap().collect::<Result<_, _>>().unwrap();
    assert!(!rows.is_empty());
}

#[tokio::test]
async fn a_call_without_its_types_gives_the_record_as_it_came() {
    let sandbox = start(&["desk"]).await;
    let desk = desk::connect(InSandbox(&sandbox)).await.unwrap();
    let id = desk.tickets().list().records().try_next().await.unwrap().unwrap().id;
    let typed = desk.tickets().get(&id).send().await.unwrap();
    let untouched: Record = desk.tickets().get(&id).into_call().send().await.unwrap();
    assert_eq!(untouched.get("id").unwrap().text().as_deref(), Some(typed.id.as_str()));
    assert!(untouched.members().unwrap().len() > 5);
}

#[tokio::test]
async fn a_sign_in_of_a_vault_is_enough() {
    let sandbox = start(&["desk"]).await;
    let folder = tempfile::tempdir().unwrap();
    let key = zoho::VaultKey::Identity(zoho::VaultKey::generate());
    let vault = Arc::new(zoho::Vault::new(zoho::VaultPlace::Folder(folder.path().join("vault")), key).unwrap());
    let connection = zoho::SavedConnection {
        services: vec!["desk".into(), "crm".into()],
        data_center: "us".into(),
        client_id: sandbox.client_id().into(),
        client_secret: zoho::Secret::new(sandbox.client_secret()),
        values: [("orgId".into(), sandbox.connection_value("desk", "orgId").unwrap())].into(),
        endpoint: Some(sandbox.url()),
        ..zoho::SavedConnection::default()
    };
    let tokens = zoho::Tokens::from_refresh_token(sandbox.refresh_token());
    vault.put("work", &zoho::Entry { connection, tokens }).await.unwrap();

    let desk = desk::connect(zoho::Saved::within(vault.clone(), "work")).await.unwrap();
    assert!(desk.tickets().list().records().try_next().await.unwrap().is_some());
    let error = desk::connect(zoho::Saved::within(vault.clone(), "home")).await.unwrap_err();
    assert!(error.to_string().contains("`home`") && error.hint() == Some("there are work"), "{error}");
    let error = zoho::books::connect(zoho::Saved::within(vault, "work")).await.unwrap_err();
    assert!(error.to_string().contains("made for desk, crm, not for books"), "{error}");
}
