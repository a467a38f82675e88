//! Lists over real HTTP: side by side, ahead, to a limit, past ceilings, and on from where they stopped.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use zoho_connector::{Connector, SourceFile, load::read};
use zoho_core::{Arguments, Checkpoint, Client, ErrorKind, Invocation, Pages, Record, RetryPolicy, Tokens};

use super::server::{Answer, Asked, Server, json};
use super::{connection, serving};

const YAML: &str = r#"
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api
scope_prefix: [Shelf]
times: { time: "yyyy-MM-dd'T'HH:mm:ss'Z'" }
connection: { orgId: { in: header } }
responses: { records: data, error: { code: code, message: message } }
pagination:
  offset: { offset: from, first: 0, limit: limit, max: 5, stop: short_page }
  page: { page: page, first: 1, limit: limit, max: 5, more: more }
  more: { offset: from, first: 0, limit: limit, max: 5, more: more }
  token: { cursor: token, next: token, limit: limit, max: 5 }
  link: { link: next, limit: limit, max: 5 }
  search: { offset: from, first: 0, limit: limit, max: 5, stop: short_page, ceiling: 19, beyond: incremental }
types: { Book: { id!: id, at: time } }
apis:
  offset.list: { get: /books, scopes: [], query: { of: string }, paginate: offset, returns: [Book] }
  page.list: { get: /books, scopes: [], paginate: page, returns: [Book] }
  more.list: { get: /books, scopes: [], paginate: more, returns: [Book] }
  token.list: { get: /books, scopes: [], paginate: token, returns: [Book] }
  link.list: { get: /books, scopes: [], paginate: link, returns: [Book] }
  search.list:
    get: /books
    scopes: []
    query: { range: string }
    paginate: search
    returns: [Book]
    incremental: { field: at, send: query range, as: "{since},{until}" }
"#;

fn call(api: &str) -> Invocation {
    let connector: Arc<Connector> = Arc::new(read(&[SourceFile::new("shelf.yaml", YAML)]).unwrap());
    Invocation::new(&connector, api, Arguments::new()).unwrap()
}

fn client(server: &Server) -> Client {
    let policy = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
    let tokens = Tokens::from_refresh_token("1000.refresh");
    let connector = Arc::clone(call("offset.list").connector());
    Client::builder(connector, connection(server)).tokens(tokens).retry(policy).build().unwrap()
}

fn pages(server: &Server, api: &str) -> Pages {
    client(server).pages(call(api)).unwrap()
}

fn parameters(asked: &Asked) -> HashMap<String, String> {
    let query = asked.target.split_once('?').map_or("", |(_, query)| query);
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    query.split('&').filter_map(pair).collect()
}

/// When a book was changed: one every minute.
fn minute(id: usize) -> String {
    format!("2026-01-01T{:02}:{:02}:00Z", id / 60, id % 60)
}

/// A list of so many books by any of the styles, at most `given` of them on a page.
fn books(asked: &Asked, total: usize, given: usize) -> Answer {
    let parameters = parameters(asked);
    let number = |name: &str| parameters.get(name).and_then(|value| value.parse::<usize>().ok());
    let (since, until) = parameters.get("range").and_then(|range| range.split_once(',')).unwrap_or(("", "9"));
    let all: Vec<usize> =
        (0..total).filter(|id| minute(*id).as_str() >= since && minute(*id).as_str() <= until).collect();
    let size = number("limit").unwrap_or(5).min(given);
    let start = number("from").or(number("token")).or(number("page").map(|page| (page - 1) * 5)).unwrap_or(0);
    let end = (start + size).min(all.len());
    let rows: Vec<String> =
        all.iter().skip(start).take(size).map(|id| format!(r#"{{"id":"{id}","at":"{}"}}"#, minute(*id))).collect();
    let rest = if end < all.len() {
        format!(r#","more":true,"token":"{end}","next":"https://shelf.zoho.eu/api/books?token={end}&limit=5""#)
    } else {
        String::new()
    };
    json(200, format!(r#"{{"data":[{}]{rest}}}"#, rows.join(",")))
}

fn id(record: &Record) -> usize {
    record.to_value()["id"].as_str().unwrap().parse().unwrap()
}

async fn rest(pages: &mut Pages) -> Vec<usize> {
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        ids.extend(page.records.iter().map(id));
    }
    ids
}

fn assert_all(ids: &[usize], total: usize) {
    assert_eq!(ids, (0..total).collect::<Vec<_>>());
}

const STYLES: [&str; 5] = ["offset.list", "page.list", "more.list", "token.list", "link.list"];

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn pages_come_in_order_however_many_are_fetched_side_by_side() {
    for (api, width) in STYLES.into_iter().zip([4, 4, 4, 1, 1]) {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, highest) = (Arc::clone(&now), Arc::clone(&most));
        let server = serving(move |asked, before| {
            highest.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // The earlier of two is the later one to come.
            std::thread::sleep(Duration::from_millis(if before % 2 == 0 { 25 } else { 5 }));
            counted.fetch_sub(1, Ordering::SeqCst);
            books(asked, 43, 5)
        })
        .await;
        assert_all(&rest(&mut pages(&server, api).with_concurrency(4)).await, 43);
        assert_eq!(most.load(Ordering::SeqCst), width, "{api}");
        let calls = server.calls().len();
        assert!((9..9 + 4).contains(&calls), "{api}: {calls} calls for 9 pages");
    }
}

#[tokio::test]
async fn no_more_pages_are_ahead_than_may_be() {
    for (api, ahead) in STYLES.into_iter().zip([4, 4, 4, 1, 1]) {
        let server = serving(|asked, _| books(asked, 200, 5)).await;
        let mut pages = pages(&server, api).with_concurrency(4);
        for read in 1..=3 {
            pages.next().await.unwrap().unwrap();
            tokio::time::sleep(Duration::from_millis(80)).await;
            assert_eq!(server.calls().len(), read + ahead, "{api}");
        }
        drop(pages);
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(server.calls().len(), 3 + ahead, "{api}");
    }
}

#[tokio::test]
async fn a_limit_asks_for_no_page_that_is_not_needed() {
    for (api, width) in STYLES.iter().flat_map(|api| [(api, 1), (api, 4)]) {
        let server = serving(|asked, _| books(asked, 200, 5)).await;
        let mut pages = pages(&server, api).with_concurrency(width).with_limit(12);
        assert_all(&rest(&mut pages).await, 12);
        assert_eq!((server.calls().len(), pages.given()), (3, 12), "{api} {width}");
    }
}

/// The pages after a shorter one are not where they were thought to be.
#[tokio::test]
async fn a_service_that_gives_shorter_pages_than_it_was_asked_for_loses_nothing() {
    let server = serving(|asked, _| books(asked, 43, 3)).await;
    assert_all(&rest(&mut pages(&server, "more.list").with_concurrency(3)).await, 43);
}

#[tokio::test]
async fn an_error_comes_in_its_place_and_the_page_can_be_asked_for_again() {
    for (api, width) in [("offset.list", 1), ("offset.list", 4), ("token.list", 1), ("token.list", 4)] {
        let failed = AtomicBool::new(false);
        let server = serving(move |asked, _| {
            let third = parameters(asked).values().any(|value| value == "10");
            if third && !failed.swap(true, Ordering::SeqCst) {
                return json(403, r#"{"code":"NO","message":"no"}"#);
            }
            books(asked, 43, 5)
        })
        .await;
        let mut pages = pages(&server, api).with_concurrency(width);
        let mut given = 0;
        let error = loop {
            match pages.next().await {
                Ok(page) => given += page.unwrap().records.len(),
                Err(error) => break error,
            }
        };
        assert_eq!((given, error.operation()), (10, Some(format!("shelf {api}").as_str())), "{width}");
        assert_eq!(rest(&mut pages).await, (10..43).collect::<Vec<_>>(), "{api} {width}");
    }
}

#[tokio::test]
async fn windows_are_read_side_by_side_too() {
    for width in [1, 3] {
        let server = serving(|asked, _| {
            assert!(parameters(asked)["from"].parse::<usize>().unwrap() <= 19);
            books(asked, 500, 5)
        })
        .await;
        let mut pages = pages(&server, "search.list").with_concurrency(width);
        assert_all(&rest(&mut pages).await, 500);
        assert_eq!((pages.cut(), pages.repeated()), (None, 0));
    }
}

#[tokio::test]
async fn a_read_goes_on_in_another_process_where_it_stopped() {
    for api in STYLES.into_iter().chain(["search.list"]) {
        let server = serving(|asked, _| books(asked, 143, 5)).await;
        let mut ids = Vec::new();
        let mut saved: Option<String> = None;
        loop {
            let mut pages = pages(&server, api);
            if let Some(saved) = &saved {
                let checkpoint: Checkpoint = serde_json::from_str(saved).unwrap();
                if checkpoint.is_done() {
                    break;
                }
                pages = pages.resume(checkpoint).unwrap();
            }
            for _ in 0..2 {
                let Some(page) = pages.next().await.unwrap() else { break };
                ids.extend(page.records.iter().map(id));
            }
            assert_eq!(pages.given(), ids.len() as u64);
            saved = Some(serde_json::to_string(&pages.checkpoint()).unwrap());
            // A page that nobody wrote down is given again.
            pages.next().await.unwrap();
        }
        assert_all(&ids, 143);
    }
}

#[tokio::test]
async fn a_checkpoint_is_for_its_own_call_alone() {
    let server = serving(|asked, _| books(asked, 43, 5)).await;
    let mut read = pages(&server, "offset.list");
    read.next().await.unwrap();
    let checkpoint = read.checkpoint();
    let refused = |pages: Pages| pages.resume(checkpoint.clone()).unwrap_err();
    let other = Invocation::new(call("offset.list").connector(), "offset.list", Arguments::new().with("of", "x"));
    let mut elsewhere = connection(&server);
    elsewhere.values.insert("orgId".into(), "8".into());
    let connector = Arc::clone(call("offset.list").connector());
    let elsewhere = Client::builder(connector, elsewhere).build().unwrap().pages(call("offset.list")).unwrap();
    for pages in [
        pages(&server, "page.list"),
        client(&server).pages(other.unwrap()).unwrap(),
        client(&server).pages(call("offset.list").with_page_size(3)).unwrap(),
        elsewhere,
    ] {
        let error = refused(pages);
        assert_eq!(error.kind(), ErrorKind::Arguments, "{error}");
    }
    assert!(pages(&server, "offset.list").resume(checkpoint.clone()).is_ok());
}

#[tokio::test]
async fn a_page_that_comes_again_is_an_error_that_names_the_base() {
    for width in [1, 4] {
        let server =
            serving(|_, _| json(200, r#"{"data":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"},{"id":"5"}]}"#)).await;
        let mut pages = pages(&server, "offset.list").with_concurrency(width);
        pages.next().await.unwrap();
        let error = pages.next().await.unwrap_err();
        assert_eq!(error.to_string(), "shelf offset.list: the service gave the same page twice, after 5 records");
        assert!(error.hint().unwrap().contains("counts from 0 in query from (`first: 0`)"), "{:?}", error.hint());
    }
}
