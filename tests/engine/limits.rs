//! Limits: calls wait for their turn, each kind of 429 is told apart, and what the service says is believed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use zoho_connector::{Connector, FailureKind, SourceFile, load::read};
use zoho_core::{
    Arguments, Client, ClientBuilder, Clock, Connection, Endpoint, Error, ErrorKind, Invocation, Limits, RetryPolicy,
    Tokens,
};

use super::server::{Answer, Server, json};
use super::serving;

const YAML: &str = "
connector: depot
title: Zoho Depot
base_url: https://depot.{zoho}/api
scope_prefix: [Depot]
connection: { orgId: { in: header } }
responses:
  records: data
  error: { code: code, message: message }
  classify:
    quota_spent: [{ http: 429, code: DAY }]
    busy: [{ http: 429, code: MANY }]
    locked_out: [{ http: 429, code: LOCK }]
pagination:
  offset: { offset: from, first: 0, limit: limit, max: 2, stop: short_page, cost: [3, 5 past 4] }
rate_limits:
  default: { per: [org], concurrent: 2..8, window: 1d, unit: credits, remaining: header X-Left }
  minute: { per: [org], window: 1m, max: 10 }
  folder: { per: [user, folder], window: 1m, max: 19, lock: 2m }
  counted: { per: [org], window: 1d, max: 100, remaining: header X-Left }
types: { Box: { id!: id } }
apis:
  boxes.list: { get: /boxes, scopes: [], paginate: offset, returns: [Box] }
  boxes.minute: { get: /minute, scopes: [], rate: minute, returns: [Box] }
  boxes.folder: { get: '/folders/{folder}', scopes: [], rate: folder, returns: [Box] }
  boxes.counted: { get: /counted, scopes: [], rate: counted, cost: 3, returns: [Box] }
  boxes.add: { post: /boxes, scopes: [], body: { data!: [map, 100] }, rate: counted, cost: { credits: 1, per: 10, of: data } }
";

/// The middle of a day.
const NOON: u64 = 1_800_014_400;

fn connector() -> Arc<Connector> {
    Arc::new(read(&[SourceFile::new("depot.yaml", YAML)]).unwrap())
}

fn connection(server: &Server) -> Connection {
    let mut connection = Connection::new("test", "eu").unwrap();
    connection.values.insert("orgId".into(), "7".into());
    connection.endpoint = Some(Endpoint::parse(&server.url).unwrap());
    connection
}

fn builder(connection: &Connection) -> ClientBuilder {
    let access = zoho_core::AccessToken::new("1000.held", u64::MAX);
    let policy = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
    Client::builder(connector(), connection.clone())
        .tokens(Tokens { access: Some(access), ..Tokens::default() })
        .retry(policy)
}

fn call(api: &str, arguments: Arguments) -> Invocation {
    Invocation::new(&connector(), api, arguments).unwrap()
}

fn of(api: &str) -> Invocation {
    call(api, Arguments::new())
}

fn folder(name: &str) -> Invocation {
    call("boxes.folder", Arguments::new().with("folder", name))
}

fn good() -> Answer {
    json(200, r#"{"data":[{"id":"1"}]}"#)
}

fn refused(code: &str) -> Answer {
    json(429, format!(r#"{{"code":"{code}","message":"no"}}"#))
}

fn manual() -> (Arc<AtomicU64>, Clock) {
    let seconds = Arc::new(AtomicU64::new(NOON));
    (Arc::clone(&seconds), Clock::Manual(seconds))
}

async fn failure(client: &Client, invocation: &Invocation) -> Error {
    client.invoke(invocation).await.unwrap_err()
}

/// A service that refuses the eleventh call of any minute, and a clock that is set by hand: nothing is refused, and no
/// more time passes than has to.
#[tokio::test]
async fn a_window_is_never_overrun_and_waits_no_longer_than_it_must() {
    let (seconds, clock) = manual();
    let (arrivals, time) = (Arc::new(std::sync::Mutex::new(Vec::new())), Arc::clone(&seconds));
    let noted = Arc::clone(&arrivals);
    let server = serving(move |_, _| {
        noted.lock().unwrap().push(time.load(Ordering::Relaxed));
        good()
    })
    .await;
    let client = builder(&connection(&server)).clock(clock).build().unwrap();
    for _ in 0..95 {
        client.invoke(&of("boxes.minute")).await.unwrap();
    }
    let arrivals = arrivals.lock().unwrap();
    assert_eq!(arrivals.len(), 95);
    assert!(arrivals.windows(11).all(|eleven| eleven[10] - eleven[0] >= 60), "{arrivals:?}");
    assert!((9 * 60..10 * 70).contains(&(arrivals[94] - arrivals[0])), "{arrivals:?}");
}

#[tokio::test]
async fn a_wait_beyond_what_was_allowed_is_an_error_that_says_when() {
    let (_, clock) = manual();
    let server = serving(|_, _| good()).await;
    let client = builder(&connection(&server)).clock(clock).max_wait(Duration::from_secs(30)).build().unwrap();
    for _ in 0..10 {
        client.invoke(&of("boxes.minute")).await.unwrap();
    }
    let error = failure(&client, &of("boxes.minute")).await;
    assert_eq!((error.kind(), server.calls().len()), (ErrorKind::Limit, 10));
    assert!((60..63).contains(&error.retry_after().unwrap().as_secs()), "{error}");
    assert!(error.to_string().contains("10 calls in a minute"), "{error}");
    // The other calls of the organisation are not concerned.
    client.invoke(&of("boxes.list")).await.unwrap();
}

/// A peer took every 429 for the same, and did not read what the service asked for.
#[tokio::test]
async fn wanted_a22_each_429_is_a_different_matter() {
    let wait = |code: &'static str, seconds: Option<&'static str>, api: Invocation| async move {
        let (time, clock) = manual();
        let server = serving(move |_, before| match (before, seconds) {
            (0, Some(seconds)) => refused(code).with("Retry-After", seconds),
            (0, None) => refused(code),
            _ => good(),
        })
        .await;
        let client = builder(&connection(&server)).clock(clock).build().unwrap();
        let result = client.invoke(&api).await.map(|_| ()).map_err(|error| (error.kind(), error.retry_after()));
        (result, server.calls().len(), time.load(Ordering::Relaxed) - NOON)
    };
    let seconds = |n| Some(Duration::from_secs(n));
    let quota = ErrorKind::Service(FailureKind::QuotaSpent);
    let locked = ErrorKind::Service(FailureKind::LockedOut);
    // The day's credits: it stops, and says when they return where that is known.
    assert_eq!(wait("DAY", Some("3600"), of("boxes.list")).await, (Err((quota, seconds(3600))), 1, 0));
    assert_eq!(wait("DAY", None, of("boxes.list")).await, (Err((quota, None)), 1, 0));
    // Waiting helps where the quota is back soon.
    assert_eq!(wait("DAY", Some("30"), of("boxes.list")).await, (Ok(()), 2, 30));
    // Too many at once: for a moment, or for as long as the service asks.
    let (result, calls, waited) = wait("MANY", None, of("boxes.list")).await;
    assert!(result.is_ok() && calls == 2 && waited <= 1, "{waited}");
    assert_eq!(wait("MANY", Some("7"), of("boxes.list")).await, (Ok(()), 2, 7));
    assert_eq!(
        wait("MANY", Some("900"), of("boxes.list")).await,
        (Err((ErrorKind::Service(FailureKind::Busy), seconds(900))), 1, 0)
    );
    // A lock-out: its length by the reply, else by the connector.
    assert_eq!(wait("LOCK", Some("119"), folder("a")).await, (Ok(()), 2, 119));
    assert_eq!(wait("LOCK", None, folder("a")).await, (Ok(()), 2, 120));
    assert_eq!(wait("LOCK", Some("300"), folder("a")).await, (Err((locked, seconds(300))), 1, 0));
}

#[tokio::test]
async fn a_lock_out_is_not_prolonged_by_trying_and_concerns_its_folder_alone() {
    let (seconds, clock) = manual();
    let server = serving(|asked, _| if asked.target.ends_with("/a") { refused("LOCK") } else { good() }).await;
    let client = builder(&connection(&server)).clock(clock).max_wait(Duration::ZERO).build().unwrap();
    let error = failure(&client, &folder("a")).await;
    assert_eq!(error.kind(), ErrorKind::Service(FailureKind::LockedOut));
    for _ in 0..20 {
        let error = failure(&client, &folder("a")).await;
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Limit, Some(Duration::from_secs(120))));
        assert!(error.hint().unwrap().contains("prolong"), "{error}");
    }
    client.invoke(&folder("b")).await.unwrap();
    assert_eq!(server.calls().len(), 2);
    seconds.fetch_add(120, Ordering::Relaxed);
    failure(&client, &folder("a")).await;
    assert_eq!(server.calls().len(), 3);
}

#[tokio::test]
async fn a_spent_quota_stops_every_task_until_it_returns() {
    let (seconds, clock) = manual();
    let server =
        serving(|_, before| if before == 0 { refused("DAY").with("Retry-After", "3600") } else { good() }).await;
    let connection = connection(&server);
    let client = builder(&connection).clock(clock.clone()).build().unwrap();
    // Another client of the same connection.
    let other = builder(&connection).clock(clock).build().unwrap();
    failure(&client, &of("boxes.list")).await;
    for client in [&client, &other, &client.clone()] {
        let error = failure(client, &of("boxes.minute")).await;
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Limit, Some(Duration::from_secs(3600))));
        assert!(error.to_string().contains("returns at 2027-01-15 13:00:00 UTC"), "{error}");
    }
    assert_eq!(server.calls().len(), 1);
    seconds.fetch_add(3600, Ordering::Relaxed);
    other.invoke(&of("boxes.list")).await.unwrap();
}

#[tokio::test]
async fn what_a_header_says_is_left_corrects_what_was_counted() {
    let (_, clock) = manual();
    // Somebody else has used ninety.
    let server = serving(|_, before| good().with("X-Left", &(10 - 3 * (before as u64 + 1).min(3)).to_string())).await;
    let client = builder(&connection(&server)).clock(clock.clone()).max_wait(Duration::ZERO).build().unwrap();
    for _ in 0..3 {
        client.invoke(&of("boxes.counted")).await.unwrap();
    }
    let error = failure(&client, &of("boxes.counted")).await;
    assert_eq!((error.kind(), server.calls().len()), (ErrorKind::Limit, 3));
    let known = client.limits().known(&clock).unwrap();
    let counted = known.iter().find(|known| known.class == "counted").unwrap();
    assert_eq!((counted.used, counted.left.map(|(left, _)| left)), (Some(99), Some(1)));
    assert_eq!(counted.who, "orgId 7");
}

#[tokio::test]
async fn a_call_costs_by_its_records_and_a_page_by_those_before_it() {
    let (_, clock) = manual();
    let server = serving(|_, _| good()).await;
    let client = builder(&connection(&server)).clock(clock.clone()).build().unwrap();
    let used =
        || client.limits().known(&clock).unwrap().into_iter().find(|known| known.class == "counted").unwrap().used;
    let rows = |count: usize| vec![serde_json::json!({}); count];
    for (count, used_by_then) in [(1, 1), (10, 2), (11, 4), (100, 14)] {
        let add = call("boxes.add", Arguments::new().with("data", rows(count)));
        client.invoke(&add).await.unwrap();
        assert_eq!(used(), Some(used_by_then), "{count}");
    }
}

/// Calls side by side, of which the server counts those that it has at once.
async fn most_at_once(capacity: usize) -> (usize, usize, usize) {
    let (running, most, refusals) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, peak, refused_calls) = (Arc::clone(&running), Arc::clone(&most), Arc::clone(&refusals));
    let server = Server::start(move |_, _| {
        let now = inside.fetch_add(1, Ordering::SeqCst) + 1;
        peak.fetch_max(now, Ordering::SeqCst);
        // The others come in the meantime, each on a thread of its own.
        std::thread::sleep(Duration::from_millis(5));
        inside.fetch_sub(1, Ordering::SeqCst);
        if now > capacity {
            refused_calls.fetch_add(1, Ordering::SeqCst);
            refused("MANY")
        } else {
            good()
        }
    })
    .await;
    let policy = RetryPolicy { attempts: 50, budget: 1000, pause: Duration::from_millis(1), ..RetryPolicy::default() };
    let client = builder(&connection(&server)).retry(policy).build().unwrap();
    let calls = (0..120).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.invoke(&of("boxes.list")).await.map(|_| ()) })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    (most.load(Ordering::SeqCst), refusals.load(Ordering::SeqCst), server.calls().len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 12)]
async fn no_more_calls_run_at_once_than_any_edition_allows_and_all_are_served() {
    let (most, refusals, calls) = most_at_once(100).await;
    assert!(most <= 8, "{most} at once");
    assert_eq!((refusals, calls), (0, 120));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 12)]
async fn a_smaller_edition_is_found_out_and_every_call_is_served() {
    let (most, refusals, calls) = most_at_once(3).await;
    assert!(most <= 8, "{most} at once");
    assert_eq!(calls, 120 + refusals);
    assert!(refusals < 60, "{refusals} refused");
}

/// Whoever is called off gives his place back: one place, and a hundred calls that nobody waits for.
#[tokio::test]
async fn a_call_that_is_called_off_gives_its_place_back() {
    let server =
        serving(|asked, _| if asked.target.starts_with("/api/minute") { good() } else { super::server::lost() }).await;
    let client = builder(&connection(&server)).retry(RetryPolicy::none()).build().unwrap();
    for _ in 0..30 {
        let list = of("boxes.list");
        let call = client.invoke(&list);
        // It is dropped wherever it is at that moment.
        drop(tokio::time::timeout(Duration::from_micros(300), call).await);
    }
    let known = client.limits().known(&Clock::System).unwrap();
    assert!(known.iter().all(|known| known.running == 0), "{known:?}");
    client.invoke(&of("boxes.minute")).await.unwrap();
}

#[tokio::test]
async fn processes_that_share_a_folder_share_their_limits() {
    let folder = tempfile::tempdir().unwrap();
    let (_, clock) = manual();
    let server = serving(|_, _| good()).await;
    // Each has its own limits, as two processes have.
    let process = |name: &str| {
        let mut connection = connection(&server);
        connection.name = name.to_owned();
        let builder = builder(&connection).clock(clock.clone()).max_wait(Duration::ZERO);
        builder.limits(Limits::shared_in(folder.path())).build().unwrap()
    };
    let (one, other) = (process("one"), process("other"));
    for _ in 0..5 {
        one.invoke(&of("boxes.minute")).await.unwrap();
        other.invoke(&of("boxes.minute")).await.unwrap();
    }
    assert_eq!(failure(&one, &of("boxes.minute")).await.kind(), ErrorKind::Limit);
    assert_eq!(failure(&other, &of("boxes.minute")).await.kind(), ErrorKind::Limit);
    assert_eq!(server.calls().len(), 10);
    // A file that was cut short is begun anew, and is no reason to fail.
    std::fs::write(folder.path().join("limits.json"), r#"{"form":1,"acc"#).unwrap();
    one.invoke(&of("boxes.minute")).await.unwrap();
}

#[tokio::test]
async fn what_was_said_is_known_to_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let (seconds, clock) = manual();
    let server = serving(|_, _| refused("LOCK").with("X-Left", "42")).await;
    let first = builder(&connection(&server)).clock(clock.clone()).max_wait(Duration::ZERO).build().unwrap();
    failure(&first, &folder_a()).await;
    first.limits().keep_in(folder.path(), &clock).unwrap();

    let recalled = Limits::recalled_from(folder.path(), &clock).unwrap();
    let next = builder(&connection(&server)).clock(clock.clone()).max_wait(Duration::ZERO).limits(recalled).build();
    let next = next.unwrap();
    assert_eq!(failure(&next, &folder_a()).await.kind(), ErrorKind::Limit);
    assert_eq!(server.calls().len(), 1);
    let known = next.limits().known(&clock).unwrap();
    assert!(known.iter().any(|known| known.left.is_some_and(|(left, _)| left == 42)), "{known:?}");
    seconds.fetch_add(120, Ordering::Relaxed);
    failure(&next, &folder_a()).await;
    assert_eq!(server.calls().len(), 2);
}

fn folder_a() -> Invocation {
    folder("a")
}
