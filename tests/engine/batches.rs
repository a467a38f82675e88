//! Bulk writes: in parts, in order, and never twice.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use zoho_core::{Arguments, BulkWrite, Client, ErrorKind, Outcome, OutcomeStatus};

use crate::server::{Answer, Asked, json as answer};
use crate::{call, client, serving};

fn write(client: &Client) -> BulkWrite {
    client.bulk_write(call("books.insert", Arguments::new().with("data", json!([])))).unwrap()
}

fn rows(numbers: std::ops::Range<usize>) -> Vec<Value> {
    numbers.map(|number| json!({ "title": number.to_string() })).collect()
}

fn titles(asked: &Asked) -> Vec<String> {
    let body: Value = serde_json::from_str(&asked.body).unwrap();
    let titles = body["data"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned());
    titles.collect()
}

/// A good entry for every record, whose id is the title.
fn all_good(asked: &Asked) -> Answer {
    let entry = |title: String| json!({ "code": "SUCCESS", "details": { "id": title } });
    answer(200, json!({ "data": titles(asked).into_iter().map(entry).collect::<Vec<_>>() }).to_string())
}

fn words(outcomes: &[Outcome]) -> BTreeSet<&str> {
    outcomes.iter().map(|outcome| outcome.status.as_str()).collect()
}

#[tokio::test]
async fn parts_go_out_side_by_side_and_their_outcomes_come_in_order() {
    let server = serving(|asked, _| {
        // The first part is the slowest.
        if titles(asked)[0] == "0" {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        all_good(asked)
    })
    .await;
    let client = client(&server);
    let mut write = write(&client).with_concurrency(3);
    assert_eq!(write.size(), 100);
    let mut outcomes = Vec::new();
    for part in 0..7 {
        while !write.has_room() {
            outcomes.extend(write.next().await.unwrap());
        }
        write.send(rows(part * 100..(part * 100 + 100).min(650)));
    }
    while let Some(more) = write.next().await {
        outcomes.extend(more);
    }
    let ids: Vec<String> = outcomes.iter().map(|outcome| outcome.id.clone().unwrap()).collect();
    assert_eq!(ids, (0..650).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(outcomes.iter().enumerate().all(|(at, outcome)| outcome.index == at));
    assert_eq!((words(&outcomes), server.calls().len()), (BTreeSet::from(["created"]), 7));
}

#[tokio::test]
async fn wanted_b15_a_part_whose_reply_was_lost_is_unknown_and_not_sent_again() {
    let server =
        serving(|asked, _| if titles(asked)[0] == "100" { all_good(asked).cut() } else { all_good(asked) }).await;
    let client = client(&server);
    let mut write = write(&client);
    let mut outcomes = Vec::new();
    for part in 0..3 {
        write.send(rows(part * 100..part * 100 + 100));
        outcomes.extend(write.next().await.unwrap());
    }
    assert!(write.stopped().is_none());
    assert_eq!(server.calls().len(), 3);
    let status = |at: usize| outcomes[at].status;
    assert_eq!(
        (status(99), status(100), status(199)),
        (OutcomeStatus::Created, OutcomeStatus::Unknown, OutcomeStatus::Unknown)
    );
    assert_eq!((status(200), outcomes[150].index), (OutcomeStatus::Created, 150));
    assert!(!outcomes[100].may_pass());
}

#[tokio::test]
async fn a_part_that_failed_whole_has_its_reason_and_the_next_goes_on() {
    let server = serving(|asked, _| {
        if titles(asked)[0] == "0" { answer(400, r#"{"code":"ODD","message":"no"}"#) } else { all_good(asked) }
    })
    .await;
    let client = client(&server);
    let mut write = write(&client);
    write.send(rows(0..100));
    let first = write.next().await.unwrap();
    assert_eq!(
        (words(&first), first[0].code.as_deref(), write.stopped().is_some()),
        (BTreeSet::from(["failed"]), Some("ODD"), false)
    );
    assert!(!first[0].may_pass());
    write.send(rows(100..150));
    assert_eq!(words(&write.next().await.unwrap()), BTreeSet::from(["created"]));
}

#[tokio::test]
async fn what_goes_wrong_with_every_part_stops_the_write() {
    for (status, body, passes) in
        [(401, r#"{"code":"DEAD","message":"no"}"#, true), (429, r#"{"code":"DAY","message":"spent"}"#, true)]
    {
        let server = serving(move |_, _| answer(status, body)).await;
        let client = client(&server);
        let mut write = write(&client);
        write.send(rows(0..100));
        let outcomes = write.next().await.unwrap();
        assert_eq!((words(&outcomes), outcomes[0].may_pass()), (BTreeSet::from(["failed"]), passes));
        assert!(write.stopped().is_some() && !write.has_room());
        let list = call("books.insert", Arguments::new().with("data", rows(0..250)));
        assert!(client.invoke(&list).await.is_err());
    }
    // A service that answers nothing sensible is left after a few parts.
    let server = serving(|_, _| answer(400, r#"{"code":"ODD","message":"no"}"#)).await;
    let client = client(&server);
    let list = call("books.insert", Arguments::new().with("data", rows(0..1000)));
    let zoho_core::Reply::Outcomes(outcomes) = client.invoke(&list).await.unwrap() else { panic!("no outcomes") };
    assert_eq!(server.calls().len(), 5);
    let unsent = outcomes.iter().filter(|outcome| outcome.status == OutcomeStatus::NotSent).count();
    assert_eq!((outcomes.len(), unsent, words(&outcomes)), (1000, 500, BTreeSet::from(["failed", "unsent"])));
}

#[tokio::test]
async fn a_record_that_is_none_is_not_sent_and_the_others_are() {
    let server = serving(|asked, _| all_good(asked)).await;
    let client = client(&server);
    let mut write = write(&client).behind(40);
    write.send(vec![json!({ "title": "a" }), json!("b"), json!({ "title": "c" })]);
    let outcomes = write.next().await.unwrap();
    let told: Vec<(usize, &str, Option<&str>)> =
        outcomes.iter().map(|outcome| (outcome.index, outcome.status.as_str(), outcome.id.as_deref())).collect();
    assert_eq!(told, [(40, "created", Some("a")), (41, "failed", None), (42, "created", Some("c"))]);
    assert_eq!(outcomes[1].kind, Some(ErrorKind::Arguments));
    assert_eq!(titles(&server.calls()[0]), ["a", "c"]);
    write.send(vec![json!(1)]);
    assert_eq!((words(&write.next().await.unwrap()), server.calls().len()), (BTreeSet::from(["failed"]), 1));
}

#[tokio::test]
async fn the_service_says_what_became_of_a_record_that_it_looked_for() {
    let entries =
        ["insert", "update", "none", "paint"].map(|action| json!({ "code": "SUCCESS", "action": action, "number": 7 }));
    let server = serving(move |_, _| answer(200, json!({ "data": entries }).to_string())).await;
    let client = client(&server);
    let mut write = client.bulk_write(call("books.upsert", Arguments::new().with("data", json!([])))).unwrap();
    write.send(rows(0..4));
    let outcomes = write.next().await.unwrap();
    let told: Vec<&str> = outcomes.iter().map(|outcome| outcome.status.as_str()).collect();
    assert_eq!((told, outcomes[0].id.as_deref()), (vec!["created", "updated", "unchanged", "done"], Some("7")));
}

/// Records as text go out as they are: what the connector does not say of them, nobody needs to understand.
#[tokio::test]
async fn what_is_given_as_text_is_sent_to_the_last_digit() {
    let server = serving(|asked, _| {
        let count = asked.body.matches("\"n\"").count();
        let entry = r#"{"code":"SUCCESS","details":{"id":"1"}}"#;
        answer(200, format!("{{\"data\":[{}]}}", vec![entry; count].join(",")))
    })
    .await;
    let client = client(&server);
    let mut write = write(&client).behind(10);
    let mut batch = write.batch();
    for row in [r#" {"n": 12345678901234567890.12345678901234567890, "e": 1E400} "#, "[1]", r#"{"n":"ä \u00e4"}"#] {
        batch.add(row).unwrap();
    }
    let fault = batch.add(r#"{"n":}"#).unwrap_err();
    assert_eq!(fault.to_string(), "expected value at line 1 column 6");
    assert_eq!((batch.len(), batch.is_full(), batch.is_empty()), (3, false, false));
    write.send_batch(batch);
    let outcomes = write.next().await.unwrap();
    let told: Vec<(usize, &str)> = outcomes.iter().map(|outcome| (outcome.index, outcome.status.as_str())).collect();
    assert_eq!(told, [(10, "created"), (11, "failed"), (12, "created")]);
    assert_eq!(outcomes[1].message.as_deref(), Some("it was not sent: the record must be an object, and is a list"));
    let sent = &server.calls()[0].body;
    assert_eq!(sent, r#"{"data":[{"n":12345678901234567890.12345678901234567890,"e":1E400},{"n":"ä \u00e4"}]}"#);
}
