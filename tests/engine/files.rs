//! Downloads that break and go on, uploads that are too large.

use std::sync::{Arc, Mutex};

use zoho_core::{Argument, Arguments, Begun, Client, ErrorKind, Event, FilePart, Observer, Tokens};

use crate::server::{Answer, Asked, json};
use crate::{call, client, serving};

fn content() -> Vec<u8> {
    (0..200_000u32).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

/// A server of one file that gives parts of it, each cut in the middle until little is left.
fn part(asked: &Asked, tag: &str) -> Answer {
    let from = asked
        .header("range")
        .map_or(0, |range| range.trim_start_matches("bytes=").trim_end_matches('-').parse::<usize>().unwrap());
    let all = content();
    let whole = asked.header("if-range").is_some_and(|wanted| wanted != tag);
    let (status, from) = if from == 0 || whole { (200, 0) } else { (206, from) };
    let body = all[from..].to_vec();
    let is_long = body.len() > 30_000;
    let answer = Answer { status, headers: vec![("Content-Type", "application/pdf".into())], body, cut: is_long };
    let answer = answer.with("Accept-Ranges", "bytes").with("ETag", tag);
    answer.with("Content-Range", &format!("bytes {from}-{}/{}", all.len() - 1, all.len()))
}

fn scan() -> zoho_core::Invocation {
    call("books.scan", Arguments::new().with("id", "1"))
}

#[tokio::test]
async fn a_download_that_breaks_goes_on_with_the_rest() {
    let server = serving(|asked, _| part(asked, "\"one\"")).await;
    let download = client(&server).download(&scan()).await.unwrap();
    assert_eq!(download.length, Some(200_000));
    assert!(download.bytes().await.unwrap() == content());
    let calls = server.calls();
    assert!(calls.len() > 2, "{}", calls.len());
    assert_eq!(calls[1].header("if-range"), Some("\"one\""));
    assert!(calls[1].header("range").unwrap().starts_with("bytes="));
    assert!(calls[1].header("authorization").is_some());
}

#[tokio::test]
async fn the_rest_of_another_file_is_not_put_behind() {
    let server = serving(|asked, before| part(asked, if before == 0 { "\"one\"" } else { "\"two\"" })).await;
    let error = client(&server).download(&scan()).await.unwrap().bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert!(error.to_string().contains("the file has changed meanwhile"), "{error}");
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_service_that_gives_no_parts_or_tells_no_file_apart_is_not_asked_for_them() {
    for headers in [vec![], vec![("ETag", "\"one\"")], vec![("Accept-Ranges", "bytes"), ("ETag", "W/\"one\"")]] {
        let server = serving(move |_, _| {
            let answer = Answer { status: 200, headers: Vec::new(), body: content(), cut: true };
            headers.iter().fold(answer, |answer, (name, value)| answer.with(name, value))
        })
        .await;
        let error = client(&server).download(&scan()).await.unwrap().bytes().await.unwrap_err();
        assert_eq!((error.kind(), server.calls().len()), (ErrorKind::Network, 1));
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_goes_the_other_way() {
    let server = serving(|_, _| json(200, r#"{"id":"1"}"#)).await;
    let client = client(&server);
    let upload = |size: usize, title: Option<&str>| {
        let file = Argument::Files(vec![FilePart::bytes("a b.pdf", vec![7; size])]);
        let arguments = Arguments::new().with("shelfId", "12").with("file", file);
        call("books.upload", title.into_iter().fold(arguments, |arguments, title| arguments.with("title", title)))
    };
    client.invoke(&upload(1000, None)).await.unwrap();
    client.invoke(&upload(2000, None)).await.unwrap();
    client.invoke(&upload(2000, Some("über"))).await.unwrap();
    let calls = server.calls();
    let targets: Vec<&str> = calls.iter().map(|call| call.target.as_str()).collect();
    assert_eq!(targets, ["/api/covers", "/api/stream", "/api/stream"]);
    assert_eq!((calls[1].header("x-shelf"), calls[1].header("x-title")), (Some("12"), Some("a%20b.pdf")));
    assert_eq!(calls[2].header("x-title"), Some("%C3%BCber"));
    assert_eq!((calls[1].header("content-length"), calls[1].body.len()), (Some("2000"), 2000));
    assert!(calls[1].header("x-once").is_some_and(|once| calls[2].header("x-once") != Some(once)));
}

fn begun(bytes: u64, validator: &str) -> Begun {
    Begun { bytes, validator: validator.to_owned(), length: 200_000 }
}

#[tokio::test]
async fn a_later_run_goes_on_with_the_same_file_only() {
    for (tag, held, from) in [("\"one\"", "\"one\"", 150_000), ("\"two\"", "\"one\"", 0)] {
        let server = serving(move |asked, _| part(asked, tag)).await;
        let download = client(&server).resume_download(&scan(), &begun(150_000, held)).await.unwrap();
        assert_eq!((download.from(), download.length, download.validator()), (from, Some(200_000), Some(tag)));
        let from = usize::try_from(from).unwrap();
        assert!(download.bytes().await.unwrap() == content()[from..]);
    }
}

#[tokio::test]
async fn a_service_that_gives_a_part_of_another_file_or_no_part_gives_it_from_its_begin() {
    // It does not look at If-Range; or the file is shorter now.
    for status in [206, 416] {
        let server = serving(move |asked, _| match asked.header("range") {
            Some(_) if status == 416 => Answer { status, headers: Vec::new(), body: Vec::new(), cut: false },
            Some(_) => {
                let headers = vec![("Content-Range", "bytes 150000-199999/200000".to_owned())];
                let answer = Answer { status, headers, body: content()[150_000..].to_vec(), cut: false };
                answer.with("ETag", "\"two\"")
            }
            None => Answer { status: 200, headers: Vec::new(), body: vec![7; 5], cut: false },
        })
        .await;
        let download = client(&server).resume_download(&scan(), &begun(150_000, "\"one\"")).await.unwrap();
        assert_eq!((download.from(), download.bytes().await.unwrap()), (0, vec![7; 5]));
    }
}

/// Notes how far an upload is.
#[derive(Default)]
struct Watcher(Mutex<Vec<(u64, u64)>>);

impl Observer for Watcher {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Uploading { sent, size } => self.0.lock().unwrap().push((*sent, *size)),
            Event::Sending { .. } | Event::Received { .. } => panic!("nobody wants to know"),
            _ => {}
        }
    }

    fn wants_requests(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn whoever_watches_is_told_how_far_an_upload_is() {
    let server = serving(|_, _| json(200, r#"{"id":"1"}"#)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.pdf");
    std::fs::write(&path, vec![1; 1_000_000]).unwrap();
    let watcher = Arc::new(Watcher::default());
    let builder = Client::builder(crate::connector(), crate::connection(&server));
    let client = builder.tokens(Tokens::from_refresh_token("1000.refresh")).observer(watcher.clone()).build().unwrap();
    let file = Argument::Files(vec![FilePart::path(path)]);
    client.invoke(&call("books.upload", Arguments::new().with("shelfId", "1").with("file", file))).await.unwrap();
    let told = watcher.0.lock().unwrap().clone();
    assert!(told.len() > 2 && told.is_sorted() && told.last() == Some(&(1_000_000, 1_000_000)), "{told:?}");
}
