//! The engine over real HTTP, against a server that answers as each test says.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

mod batches;
mod codings;
mod examples;
mod files;
mod jobs;
mod limits;
mod pages;
mod retries;
mod server;
mod sign_in;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::json as value;
use zoho_connector::{Connector, FailureKind, SourceFile, load::read};
use zoho_core::{
    AccessToken, Arguments, Client, ClientCredentials, Connection, Endpoint, Error, ErrorKind, Invocation, MemoryStore,
    OutcomeStatus, Reply, RetryPolicy, TokenStore, Tokens,
};

use server::{Answer, Asked, Server, json};

const YAML: &str = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api
bases: { gateway: 'https://{api}/shelf' }
scope_prefix: [Shelf]
connection: { orgId: { in: header } }
responses:
  records: data
  empty: [{ http: 204 }]
  success: { status: { not: error } }
  error: { code: code, message: message }
  outcomes: { success: { code: SUCCESS }, record: details, code: code, message: message }
  classify:
    unauthenticated: [{ http: 401, code: DEAD }]
    quota_spent: [{ http: 429, code: DAY }]
pagination: { offset: { offset: from, first: 0, limit: limit, max: 2, stop: short_page } }
types: { Book: { id!: id, title: string }, Export: { id!: id, state: string }, Row: { id!: id, pages: int } }
apis:
  books.list: { get: /books, scopes: [books.READ], paginate: offset, returns: [Book] }
  books.get: { get: '/books/{id}', scopes: [books.READ], base: gateway, returns: Book }
  books.create: { post: /books, scopes: [books.CREATE], body: { title!: string }, returns: Book }
  books.insert: { post: /many, scopes: [books.CREATE], body: { data!: [map, 100] }, batch: data, outcomes: data, returns: [Book] }
  books.upsert: { post: /upsert, scopes: [books.CREATE], body: { data!: [map, 100] }, batch: data, outcomes: { at: data, created: { action: insert }, updated: { action: update }, unchanged: { action: none }, id: number }, returns: [Book], effect: { upsert: Book } }
  books.print: { get: '/books/{id}/print', scopes: [books.READ], success: { http: 200 }, classify: { busy: [{ http: 202 }] }, returns: file }
  books.upload: { post: /covers, scopes: [books.CREATE], form: { shelfId!: id, title: string, file!: file <= 1KB }, above: { api: books.stream, with: { x-shelf: shelfId, x-title: title, body: file }, name: x-title, unique: x-once }, returns: Book }
  books.stream: { post: /stream, scopes: [books.CREATE], headers: { x-shelf!: id, x-title!: string, x-once!: string }, body: file, returns: Book }
  exports.create: { post: /exports, scopes: [books.READ], body: { shelf!: string, from: { token: string } }, returns: Export, job: { id: id, poll: exports.get, done: { state: DONE }, failed: { state: LOST }, pending: { state: [NEW, BUSY] }, url: result.url, next: { body from.token: result.rest }, contains: { csv.zip: Row } } }
  books.erase: { post: /erasures, scopes: [books.DELETE], body: { shelf!: string }, returns: Export, job: { id: id, poll: exports.get, done: { state: DONE }, failed: { state: LOST } } }
  exports.get: { get: '/exports/{id}', scopes: [books.READ], returns: Export }
  books.scan: { get: '/books/{id}/scan', scopes: [books.READ], returns: file }
";

fn connector() -> Arc<Connector> {
    Arc::new(read(&[SourceFile::new("shelf.yaml", YAML)]).unwrap())
}

fn connection(server: &Server) -> Connection {
    let mut connection = Connection::new("test", "eu").unwrap();
    connection.client = Some(ClientCredentials::new("1000.ID", "client-secret"));
    connection.values.insert("orgId".into(), "7".into());
    connection.endpoint = Some(Endpoint::parse(&server.url).unwrap());
    connection
}

fn client(server: &Server) -> Client {
    let policy = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
    let tokens = Tokens::from_refresh_token("1000.refresh");
    Client::builder(connector(), connection(server)).tokens(tokens).retry(policy).build().unwrap()
}

fn call(api: &str, arguments: Arguments) -> Invocation {
    Invocation::new(&connector(), api, arguments).unwrap()
}

fn list() -> Invocation {
    call("books.list", Arguments::new())
}

fn token(number: usize) -> Answer {
    json(
        200,
        format!(r#"{{"access_token":"1000.access{number}","api_domain":"https://www.zohoapis.in","expires_in":3600}}"#),
    )
}

/// Answers requests for tokens properly, and everything else as `answer` says.
async fn serving(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |asked, before| if asked.is_for_tokens() { token(before) } else { answer(asked, before) }).await
}

async fn failure(server: &Server, invocation: &Invocation) -> Error {
    client(server).invoke(invocation).await.unwrap_err()
}

#[tokio::test]
async fn a_call_carries_token_organisation_and_zohos_host() {
    let server = serving(|_, _| json(200, r#"{"data":[{"id":"1"}]}"#)).await;
    client(&server).invoke(&list()).await.unwrap();
    let asked = &server.calls()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/api/books?from=0&limit=2"));
    assert_eq!(asked.header("host"), Some("shelf.zoho.eu"));
    assert_eq!(asked.header("authorization"), Some("Zoho-oauthtoken 1000.access0"));
    assert_eq!(asked.header("orgid"), Some("7"));
    let refresh = &server.token_requests()[0];
    assert_eq!(refresh.header("host"), Some("accounts.zoho.eu"));
    assert_eq!(
        refresh.body,
        "grant_type=refresh_token&client_id=1000.ID&client_secret=client-secret&refresh_token=1000.refresh"
    );
}

#[tokio::test]
async fn the_gateway_is_the_host_that_came_with_the_token() {
    let server = serving(|_, _| json(200, r#"{"id":"1"}"#)).await;
    client(&server).invoke(&call("books.get", Arguments::new().with("id", "a/b c"))).await.unwrap();
    let asked = &server.calls()[0];
    assert_eq!(asked.header("host"), Some("www.zohoapis.in"));
    assert_eq!(asked.target, "/shelf/books/a%2Fb%20c");
}

/// Wherever a reply points, the token and the body stay where they were sent.
#[tokio::test]
async fn a_token_does_not_follow_a_redirect() {
    let other = Server::start(|_, _| json(200, r#"{"data":[]}"#)).await;
    for status in [301, 302, 307, 308] {
        let to = format!("{}/api/books", other.url);
        let server = serving(move |_, _| json(status, "").with("Location", &to)).await;
        let error = failure(&server, &call("books.create", Arguments::new().with("title", "x"))).await;
        assert_eq!(error.status(), Some(status));
        let away = format!("{}/oauth/v2/token", other.url);
        let server = Server::start(move |_, _| json(status, "").with("Location", &away)).await;
        assert_eq!(failure(&server, &list()).await.status(), Some(status));
    }
    assert!(other.calls().is_empty() && other.token_requests().is_empty());
}

#[tokio::test]
async fn calls_side_by_side_share_one_refresh() {
    let server = serving(|_, _| json(200, r#"{"data":[]}"#)).await;
    let client = client(&server);
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.invoke(&list()).await.map(|_| ()) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!((server.calls().len(), server.token_requests().len()), (20, 1));
}

#[tokio::test]
async fn a_dead_token_is_replaced_once() {
    let dead = || json(401, r#"{"code":"DEAD","message":"no","status":"error"}"#);
    let server = serving(move |_, before| if before == 0 { dead() } else { json(200, r#"{"data":[]}"#) }).await;
    client(&server).invoke(&list()).await.unwrap();
    assert_eq!((server.calls().len(), server.token_requests().len()), (2, 2));

    let server = serving(move |_, _| dead()).await;
    let error = failure(&server, &list()).await;
    assert_eq!(error.kind(), ErrorKind::Service(FailureKind::Unauthenticated));
    assert_eq!((server.calls().len(), server.token_requests().len()), (2, 2));
}

/// Another process has put a new token there, and that one is dead as well.
#[tokio::test]
async fn a_dead_token_in_the_place_of_a_dead_token_is_replaced_too() {
    let held = |access: &str| {
        let access = Some(AccessToken::new(access, u64::MAX));
        Tokens { access, ..Tokens::from_refresh_token("1000.refresh") }
    };
    let store = Arc::new(MemoryStore::with("test", held("1000.first")));
    let other = Arc::clone(&store);
    let answer = move |asked: &Asked, before: usize| {
        if before == 0 {
            let mut theirs = other.hold("test").now_or_never().unwrap().unwrap();
            theirs.save(&held("1000.second")).now_or_never().unwrap().unwrap();
        }
        let is_good = asked.header("authorization") == Some("Zoho-oauthtoken 1000.access0");
        if is_good { json(200, r#"{"data":[]}"#) } else { json(401, r#"{"code":"DEAD","status":"error"}"#) }
    };
    let server = serving(answer).await;
    let client = Client::builder(connector(), connection(&server)).token_store(store).build().unwrap();
    client.invoke(&list()).await.unwrap();
    let sent: Vec<String> =
        server.calls().iter().map(|call| call.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(sent, ["first", "second", "access0"].map(|token| format!("Zoho-oauthtoken 1000.{token}")));
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn a_token_that_is_given_is_used_until_it_ends() {
    let server = serving(|_, _| json(200, r#"{"data":[]}"#)).await;
    let held = |expires_at| Tokens { access: Some(AccessToken::new("1000.held", expires_at)), ..Tokens::default() };
    let with = |tokens| Client::builder(connector(), connection(&server)).tokens(tokens).build().unwrap();
    with(held(u64::MAX)).invoke(&list()).await.unwrap();
    assert_eq!(server.calls()[0].header("authorization"), Some("Zoho-oauthtoken 1000.held"));
    let error = with(held(1)).invoke(&list()).await.unwrap_err();
    assert_eq!((error.kind(), error.hint()), (ErrorKind::Connection, Some("connect first")));
}

#[tokio::test]
async fn a_busy_service_is_asked_again_and_a_spent_quota_is_not() {
    let busy = json(429, r#"{"code":"SLOW","message":"slow down"}"#).with("Retry-After", "0");
    let server = serving(move |_, before| if before < 2 { busy.clone() } else { json(200, r#"{"id":"1"}"#) }).await;
    client(&server).invoke(&call("books.create", Arguments::new().with("title", "x"))).await.unwrap();
    assert_eq!(server.calls().len(), 3);

    let server = serving(|_, _| json(429, r#"{"code":"DAY","message":"spent"}"#).with("Retry-After", "0")).await;
    assert_eq!(failure(&server, &list()).await.kind(), ErrorKind::Service(FailureKind::QuotaSpent));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn what_may_have_been_carried_out_is_not_sent_again() {
    let create = call("books.create", Arguments::new().with("title", "x"));
    for broken in [json(500, "oops"), json(200, r#"{"id":"1"}"#).cut()] {
        let answer = broken.clone();
        let server = serving(move |_, _| answer.clone()).await;
        failure(&server, &create).await;
        assert_eq!(server.calls().len(), 1, "{broken:?}");
        let server = serving(move |_, _| broken.clone()).await;
        let error = failure(&server, &list()).await;
        assert_eq!((server.calls().len(), error.attempts()), (4, 4));
    }
}

#[tokio::test]
async fn a_cut_reply_is_an_error_and_never_a_short_list() {
    let server = serving(|_, _| json(200, r#"{"data":[{"id":"1"},{"id":"2"},{"id":"3"}]}"#).cut()).await;
    assert_eq!(failure(&server, &list()).await.kind(), ErrorKind::Network);
}

#[tokio::test]
async fn a_list_is_read_to_its_end_and_no_further_than_asked() {
    let server = serving(|asked, _| {
        let from: usize = asked.target.split("from=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        let rows: Vec<String> = (from..(from + 2).min(5)).map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
        json(200, format!(r#"{{"data":[{}]}}"#, rows.join(",")))
    })
    .await;
    let mut pages = client(&server).pages(list()).unwrap();
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        ids.extend(page.records.iter().map(|record| record.to_line()));
    }
    assert_eq!(ids, [r#"{"id":"0"}"#, r#"{"id":"1"}"#, r#"{"id":"2"}"#, r#"{"id":"3"}"#, r#"{"id":"4"}"#]);
    assert_eq!(server.calls().len(), 3);
}

/// A peer read everything and applied the limit afterwards.
#[tokio::test]
async fn wanted_b19_a_page_that_is_not_asked_for_is_not_read() {
    let server =
        serving(|_, before| json(200, format!(r#"{{"data":[{{"id":"{before}a"}},{{"id":"{before}b"}}]}}"#))).await;
    let mut pages = client(&server).pages(list()).unwrap();
    let page = pages.next().await.unwrap().unwrap();
    assert!(page.more);
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_service_that_repeats_its_page_does_not_make_an_endless_list() {
    let server = serving(|_, _| json(200, r#"{"data":[{"id":"1"},{"id":"2"}]}"#)).await;
    let mut pages = client(&server).pages(list()).unwrap();
    pages.next().await.unwrap();
    let error = pages.next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected, "{error}");
    assert_eq!(server.calls().len(), 2);
}

fn outcomes_for(asked: &Asked) -> Answer {
    let body: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    let rows: Vec<String> = body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| match record["n"].as_u64().unwrap() {
            n if n % 100 == 7 => r#"{"code":"BAD","message":"refused","status":"error"}"#.to_owned(),
            n => format!(r#"{{"code":"SUCCESS","details":{{"id":"{n}"}}}}"#),
        })
        .collect();
    json(207, format!(r#"{{"data":[{}]}}"#, rows.join(",")))
}

fn insert(count: u64) -> Invocation {
    let records: Vec<_> = (0..count).map(|n| value!({ "n": n })).collect();
    call("books.insert", Arguments::new().with("data", records))
}

#[tokio::test]
async fn a_large_batch_is_split_and_each_record_keeps_its_outcome() {
    let server = serving(|asked, _| outcomes_for(asked)).await;
    let Reply::Outcomes(outcomes) = client(&server).invoke(&insert(250)).await.unwrap() else { panic!() };
    assert_eq!((server.calls().len(), outcomes.len()), (3, 250));
    let failed: Vec<usize> = outcomes
        .iter()
        .filter(|outcome| outcome.status == OutcomeStatus::Failed)
        .map(|outcome| outcome.index)
        .collect();
    assert_eq!(failed, [7, 107, 207]);
    assert_eq!(outcomes[249].record.as_ref().unwrap().as_str(), r#"{"id":"249"}"#);
}

#[tokio::test]
async fn a_batch_that_breaks_in_the_middle_loses_no_outcome() {
    let server = serving(|asked, before| if before == 1 { json(500, "oops") } else { outcomes_for(asked) }).await;
    let Reply::Outcomes(outcomes) = client(&server).invoke(&insert(250)).await.unwrap() else { panic!() };
    let count = |status| outcomes.iter().filter(|outcome| outcome.status == status).count();
    assert_eq!(outcomes.len(), 250);
    assert_eq!((count(OutcomeStatus::Created), count(OutcomeStatus::Unknown)), (148, 100));
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn a_file_streams_and_an_error_in_its_place_is_an_error() {
    let bytes: Vec<u8> = (0..200_000u32).map(|n| n as u8).collect();
    let sent = bytes.clone();
    let scan = call("books.scan", Arguments::new().with("id", "1"));
    let server = serving(move |_, _| Answer {
        status: 200,
        headers: vec![
            ("Content-Type", "application/pdf".into()),
            ("Content-Disposition", "attachment; filename=\"../scan.pdf\"".into()),
        ],
        body: sent.clone(),
        cut: false,
    })
    .await;
    let download = client(&server).download(&scan).await.unwrap();
    assert_eq!((download.file_name.as_deref(), download.length), (Some("scan.pdf"), Some(200_000)));
    assert_eq!(download.bytes().await.unwrap(), bytes);

    let server = serving(|_, _| json(200, r#"{"status":"error","code":"ODD","message":"no file"}"#)).await;
    let error = client(&server).download(&scan).await.err().unwrap();
    assert_eq!(error.to_string(), "shelf books.scan: no file (HTTP 200, code ODD)");
}

#[tokio::test]
async fn a_file_that_is_not_ready_is_waited_for() {
    let empty = |status| Answer { status, headers: Vec::new(), body: Vec::new(), cut: false };
    let ready =
        Answer { status: 200, headers: vec![("Content-Type", "text/csv".into())], body: b"id".to_vec(), cut: false };
    let server = serving(move |_, before| if before < 2 { empty(202) } else { ready.clone() }).await;
    let print = call("books.print", Arguments::new().with("id", "1"));
    assert_eq!(client(&server).download(&print).await.unwrap().bytes().await.unwrap(), b"id");
    assert_eq!(server.calls().len(), 3);
}

/// Peers made a header of `None`, or failed without a word.
#[tokio::test]
async fn wanted_b17_no_call_is_made_with_a_token_that_did_not_come() {
    for body in ["{}", r#"{"error":"invalid_code"}"#, "<html>"] {
        let server =
            Server::start(move |asked, _| if asked.is_for_tokens() { json(200, body) } else { json(200, "{}") }).await;
        assert_eq!(failure(&server, &list()).await.kind(), ErrorKind::SignIn);
        assert!(server.calls().is_empty());
    }
}

#[tokio::test]
async fn no_error_tells_a_secret() {
    let echo = |asked: &Asked, _| json(200, format!(r#"{{"error":"{}"}}"#, asked.body));
    let server = Server::start(echo).await;
    let error = failure(&server, &list()).await;
    let text = format!("{error} {error:?} {:?}", client(&server));
    assert!(!text.contains("client-secret") && !text.contains("1000.refresh"), "{text}");
}

/// A peer lost the reason that came with status 200.
#[tokio::test]
async fn wanted_b14_the_reason_of_a_refused_refresh_is_kept() {
    let server = Server::start(|_, _| json(200, r#"{"error":"invalid_client_secret"}"#)).await;
    let error = failure(&server, &list()).await;
    assert_eq!((error.kind(), error.code()), (ErrorKind::SignIn, Some("invalid_client_secret")));
    assert!(error.hint().unwrap().contains("data centre"), "{:?}", error.hint());
}

/// A peer read a fixed set of members and dropped the account's own.
#[tokio::test]
async fn wanted_b3_members_that_no_type_names_survive_a_read() {
    let server = serving(|_, _| json(200, r#"{"data":[{"id":"1","Region__c":{"code":7},"title":"x"}]}"#)).await;
    let page = client(&server).pages(list()).unwrap().next().await.unwrap().unwrap();
    assert_eq!(page.records[0].to_line(), r#"{"id":"1","Region__c":{"code":7},"title":"x"}"#);
}

/// Another lost custom members on their way through.
#[tokio::test]
async fn wanted_b8_members_that_no_type_names_survive_a_write() {
    let server = serving(|_, _| json(200, r#"{"data":[{"code":"SUCCESS","details":{"id":"1"}}]}"#)).await;
    let record = value!({ "Last_Name": "Boyle", "Region__c": { "code": 7 }, "n": 1 });
    client(&server).invoke(&call("books.insert", Arguments::new().with("data", vec![record]))).await.unwrap();
    assert_eq!(server.calls()[0].body, r#"{"data":[{"Last_Name":"Boyle","Region__c":{"code":7},"n":1}]}"#);
}

/// A peer sent a write again whatever the status was, and gave up at a dead token.
#[tokio::test]
async fn wanted_b15_a_write_is_carried_out_once_and_a_dead_token_is_replaced() {
    let create = call("books.create", Arguments::new().with("title", "x"));
    for status in [500, 502, 503, 504, 408] {
        let server = serving(move |_, _| json(status, "oops")).await;
        failure(&server, &create).await;
        assert_eq!(server.calls().len(), 1, "{status}");
    }
    let dead = r#"{"code":"DEAD","message":"no","status":"error"}"#;
    let server = serving(move |_, before| if before == 0 { json(401, dead) } else { json(200, r#"{"id":"1"}"#) }).await;
    client(&server).invoke(&create).await.unwrap();
    let sent: Vec<String> =
        server.calls().iter().map(|call| call.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(sent, ["Zoho-oauthtoken 1000.access0", "Zoho-oauthtoken 1000.access1"]);
}
