//! Jobs against a server that answers as each test says.

use std::io::Write;
use std::time::Duration;

use serde_json::json as value;
use zoho_core::{Arguments, Client, ErrorKind, Job, JobState, Record};

use crate::server::{Answer, Asked, Server, json};
use crate::{call, client, serving};

fn start() -> zoho_core::Invocation {
    call("exports.create", Arguments::new().with("shelf", "top"))
}

async fn begun(client: &Client) -> Job {
    client.job(&start()).await.unwrap().with_pauses(Duration::from_millis(1), Duration::from_millis(2))
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn file(body: Vec<u8>) -> Answer {
    Answer { status: 200, headers: vec![("Content-Type", "application/zip".into())], body, cut: false }
}

/// A service whose jobs are done when they were asked after often enough.
async fn service(
    states: &'static [(u16, &'static str)],
    result: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Server {
    let asked_after = std::sync::atomic::AtomicUsize::new(0);
    serving(move |asked, _| match (asked.method.as_str(), asked.target.as_str()) {
        ("POST", _) => {
            let token = serde_json::from_str::<serde_json::Value>(&asked.body).unwrap()["from"]["token"].clone();
            json(200, value!({ "id": token.as_str().unwrap_or("first"), "state": "NEW" }).to_string())
        }
        (_, target) if target.starts_with("/api/exports/") => {
            let at = asked_after.fetch_add(1, std::sync::atomic::Ordering::Relaxed).min(states.len() - 1);
            let (status, body) = states[at];
            json(status, body.replace("ID", target.rsplit('/').next().unwrap()))
        }
        _ => result(asked),
    })
    .await
}

async fn texts(job: &Job) -> Vec<String> {
    job.records().await.unwrap().map(|record| record.map(|record: Record| record.to_line()).unwrap()).collect()
}

#[tokio::test]
async fn a_job_is_asked_after_until_it_is_done_and_gives_its_records() {
    const STATES: &[(u16, &str)] = &[
        (200, r#"{"id":"ID","state":"NEW"}"#),
        (502, "<html>"),
        (200, r#"{"id":"ID","state":"BUSY"}"#),
        (200, r#"{"id":"ID","state":"DONE","result":{"url":"/files/ID.zip"}}"#),
    ];
    let files = [("b/one.csv", "id,pages,note\n01,5,\"x\ny\"\n"), ("read me.txt", "no"), ("two.csv", "id\n2\n")];
    let server = service(STATES, move |_| file(zipped(&files))).await;
    let client = client(&server);
    let mut job = begun(&client).await;
    assert_eq!(job.poll().await.unwrap(), JobState::Pending);
    assert_eq!(job.id(), "first");
    job.wait().await.unwrap();
    assert_eq!(texts(&job).await, [r#"{"id":"01","pages":5,"note":"x\ny"}"#, r#"{"id":"2"}"#]);
    assert!(job.next().await.unwrap().is_none());
    let last = server.calls().pop().unwrap();
    assert_eq!(
        (last.target.as_str(), last.header("host"), last.header("accept")),
        ("/files/first.zip", Some("shelf.zoho.eu"), Some("*/*"))
    );
    assert!(last.header("authorization").is_some());
}

#[tokio::test]
async fn what_a_job_left_is_for_the_next_one() {
    const STATES: &[(u16, &str)] = &[
        (200, r#"{"id":"ID","state":"DONE","result":{"url":"/one","rest":"second"}}"#),
        (200, r#"{"id":"ID","state":"DONE","result":{"url":"/two","rest":null}}"#),
    ];
    let server = service(STATES, |asked| file(format!("id\n{}\n", &asked.target[1..]).into_bytes())).await;
    let client = client(&server);
    let mut job = begun(&client).await;
    job.wait().await.unwrap();
    assert_eq!(texts(&job).await, [r#"{"id":"one"}"#]);
    // From here another process goes on.
    let handle = serde_json::to_string(&job.next().await.unwrap().unwrap().handle()).unwrap();
    let mut job = client.resume_job(serde_json::from_str(&handle).unwrap()).unwrap();
    assert_eq!(job.id(), "second");
    job.wait().await.unwrap();
    assert_eq!(texts(&job).await, [r#"{"id":"two"}"#]);
    assert!(job.next().await.unwrap().is_none());
    let sent: Vec<String> =
        server.calls().into_iter().filter(|call| call.method == "POST").map(|call| call.body).collect();
    assert_eq!(sent, [r#"{"shelf":"top"}"#, r#"{"shelf":"top","from":{"token":"second"}}"#]);
}

#[tokio::test]
async fn a_result_elsewhere_is_not_fetched_with_the_token() {
    let other = Server::start(|_, _| json(200, "{}")).await;
    for address in [other.url.clone(), "https://evil.example.org/x".to_owned(), "http://shelf.zoho.eu/x".to_owned()] {
        let server = serving(move |asked, _| match asked.method.as_str() {
            "POST" => json(200, r#"{"id":"1"}"#),
            _ => json(200, value!({ "id": "1", "state": "DONE", "result": { "url": address } }).to_string()),
        })
        .await;
        let client = client(&server);
        let mut job = begun(&client).await;
        job.wait().await.unwrap();
        assert_eq!(job.records().await.unwrap_err().kind(), ErrorKind::ForeignHost);
    }
    assert!(other.all().is_empty());
}

#[tokio::test]
async fn a_job_that_fails_or_says_something_new_ends_with_what_it_says() {
    const LOST: &[(u16, &str)] = &[(200, r#"{"id":"ID","state":"LOST","why":"no such shelf"}"#)];
    const NEW: &[(u16, &str)] = &[(200, r#"{"id":"ID","state":"ASLEEP"}"#)];
    for (states, kind, words) in [
        (LOST, ErrorKind::Refused, "shelf exports.create: the job first has failed: its state is LOST"),
        (NEW, ErrorKind::Unexpected, "shelf exports.create: the job first is in a state that is not known"),
    ] {
        let server = service(states, |_| json(404, "{}")).await;
        let client = client(&server);
        let error = begun(&client).await.wait().await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, words));
        assert_eq!(error.excerpt(), Some(states[0].1.replace("ID", "first").as_str()));
    }
    let server = serving(|_, _| json(200, r#"{"state":"NEW"}"#)).await;
    let error = client(&server).job(&start()).await.unwrap_err();
    assert!(error.to_string().contains("the reply has no id of a job at `id`"), "{error}");
    let error = client(&server).job(&call("books.create", Arguments::new().with("title", "x"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Arguments);
}

#[tokio::test]
async fn a_broken_result_is_an_error_and_not_the_end() {
    const STATES: &[(u16, &str)] = &[(200, r#"{"id":"ID","state":"DONE","result":{"url":"/x"}}"#)];
    let broken = zipped(&[("a.csv", "id\n1\n")]);
    for body in [broken[..broken.len() / 2].to_vec(), zipped(&[("a.txt", "x")]), b"id\n\"1\n".to_vec()] {
        let server = service(STATES, move |_| file(body.clone())).await;
        let client = client(&server);
        let mut job = begun(&client).await;
        job.wait().await.unwrap();
        let error = match job.records().await {
            Ok(mut records) => records.find_map(Result::err).expect("an error"),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Unexpected);
        assert!(error.to_string().contains("the result of the job cannot be read"), "{error}");
    }
}

#[tokio::test]
async fn a_job_without_a_result_comes_to_the_state_that_it_ends_in() {
    const STATES: &[(u16, &str)] =
        &[(200, r#"{"id":"ID","state":"BUSY"}"#), (200, r#"{"id":"ID","state":"DONE","erased":7}"#)];
    let server = service(STATES, |asked| panic!("{asked:?} was asked for")).await;
    let client = client(&server);
    let mut job = client.job(&call("books.erase", Arguments::new().with("shelf", "top"))).await.unwrap();
    assert!(!job.has_result() && job.record().is_none());
    assert_eq!(job.poll().await.unwrap(), JobState::Pending);
    assert_eq!(job.poll().await.unwrap(), JobState::Done);
    assert_eq!(job.record().unwrap().to_line(), r#"{"id":"first","state":"DONE","erased":7}"#);
    let (file, records) = (job.download().await.unwrap_err(), job.records().await.unwrap_err());
    assert_eq!((file.kind(), records.kind()), (ErrorKind::Arguments, ErrorKind::Arguments));
    assert!(records.to_string().contains("it comes to the state that it ends in"), "{records}");
    assert!(job.next().await.unwrap().is_none());
    assert!(client.job(&start()).await.unwrap().has_result());
}
