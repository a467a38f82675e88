//! What is tried again, and what must not be: no call that may have been carried out is sent twice, unless it may be.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use zoho_connector::library::files_of;
use zoho_connector::load::read;
use zoho_connector::sample::{SAMPLE_FILE, Sample, sample};
use zoho_connector::{Api, Connector, FailureKind, Returns, SourceFile, Verb};
use zoho_core::{
    AccessToken, Argument, Arguments, Client, ClientBuilder, Connection, Endpoint, Error, ErrorKind, FilePart,
    Invocation, Limits, Reply, RetryPolicy, Secret, Tokens,
};

use super::server::{Answer, Server, json, lost};
use super::serving;

const YAML: &str = "
connector: attic
title: Zoho Attic
base_url: https://attic.{zoho}/api
scope_prefix: [Attic]
responses: { records: data, error: { code: code, message: message } }
types: { Box: { id!: id } }
apis:
  boxes.list: { get: /boxes, scopes: [], returns: [Box] }
  boxes.add: { post: /boxes, scopes: [], body: { name!: string }, returns: Box }
  boxes.find: { post: /boxes/find, scopes: [], idempotent: true, body: { name!: string }, returns: [Box] }
  boxes.change: { patch: '/boxes/{id}', scopes: [], body: { name!: string }, returns: Box }
  boxes.replace: { put: '/boxes/{id}', scopes: [], body: { name!: string }, returns: Box }
  boxes.remove: { delete: '/boxes/{id}', scopes: [] }
";

fn connector() -> Arc<Connector> {
    Arc::new(read(&[SourceFile::new("attic.yaml", YAML)]).unwrap())
}

fn builder_at(url: &str) -> ClientBuilder {
    builder_of(connector(), url)
}

fn builder_of(connector: Arc<Connector>, url: &str) -> ClientBuilder {
    let center = if connector.regions.offer("eu") { "eu" } else { "us" };
    let mut connection = Connection::new("test", center).unwrap();
    connection.endpoint = Some(Endpoint::parse(url).unwrap());
    connection.values = connector.values_to_choose().map(|value| (value.name.clone(), "7001".to_owned())).collect();
    let tokens = Tokens { access: Some(AccessToken::new("1000.held", u64::MAX)), ..Tokens::default() };
    let tokens = tokens.with_key(&connector.name, Secret::new("a-key"));
    let policy = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
    Client::builder(connector, connection).tokens(tokens).retry(policy)
}

fn call(api: &str) -> Invocation {
    let connector = connector();
    let known = |name: &&str| connector.apis[api].parameter(name).is_some();
    let names = ["id", "name"].into_iter().filter(known);
    let arguments = names.fold(Arguments::new(), |arguments, name| arguments.with(name, "1"));
    Invocation::new(&connector, api, arguments).unwrap()
}

fn good() -> Answer {
    json(200, r#"{"id":"1","data":[]}"#)
}

/// How often a call arrives whose first reply is this one, and what comes of it.
async fn tried(api: &str, first: Answer) -> (usize, Result<Reply, Error>) {
    let server = serving(move |_, before| if before == 0 { first.clone() } else { good() }).await;
    let result = builder_at(&server.url).build().unwrap().invoke(&call(api)).await;
    (server.calls().len(), result)
}

/// A peer sent a POST again on whatever status it thought worth it, and did not renew a token on a 401.
#[tokio::test]
async fn wanted_b15_every_kind_of_failure_and_every_kind_of_call() {
    let gateway = || json(502, "<html>").with("Content-Type", "text/html");
    let page = || json(200, "<html>").with("Content-Type", "text/html");
    let own = |status| json(status, r#"{"code":"NO","message":"no"}"#);
    // The reply is lost, or another answers in the service's place: who can tell whether it was carried out?
    for first in [lost(), good().cut(), gateway(), page()] {
        for safe in ["boxes.list", "boxes.find", "boxes.replace"] {
            let (arrivals, result) = tried(safe, first.clone()).await;
            assert_eq!((arrivals, result.is_ok()), (2, true), "{safe} {first:?}: {result:?}");
        }
        for unsafe_call in ["boxes.add", "boxes.change"] {
            let (arrivals, result) = tried(unsafe_call, first.clone()).await;
            let error = result.unwrap_err();
            assert_eq!((arrivals, error.kind()), (1, ErrorKind::Unknown), "{unsafe_call} {first:?}: {error}");
        }
    }
    // The service says no in its own words: nothing is unknown.
    for (status, kind) in
        [(500, FailureKind::Unavailable), (503, FailureKind::Unavailable), (400, FailureKind::Invalid)]
    {
        let (arrivals, result) = tried("boxes.add", own(status)).await;
        assert_eq!((arrivals, result.unwrap_err().kind()), (1, ErrorKind::Service(kind)));
    }
    // Who was turned away for being one too many was not served.
    for api in ["boxes.add", "boxes.change", "boxes.list"] {
        let (arrivals, result) = tried(api, own(429)).await;
        assert!(arrivals == 2 && result.is_ok(), "{api}");
    }
    let (arrivals, _) = tried("boxes.list", own(400)).await;
    assert_eq!(arrivals, 1);
}

#[tokio::test]
async fn an_unknown_end_says_how_to_find_out() {
    let (_, result) = tried("boxes.add", lost()).await;
    let error = result.unwrap_err();
    assert!(error.to_string().starts_with("attic boxes.add: it was sent, and whether it was carried out"), "{error}");
    assert!(error.hint().unwrap().contains("`boxes.list`"), "{:?}", error.hint());
}

/// A deadline that strikes while the call is on its way leaves it unknown; one that strikes before does not.
#[tokio::test]
async fn a_deadline_leaves_an_unsafe_call_unknown_only_where_it_was_sent() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", held.local_addr().unwrap());
    let of = |builder: ClientBuilder| async {
        builder.build().unwrap().invoke(&call("boxes.add")).await.unwrap_err().kind()
    };
    assert_eq!(of(builder_at(&url).deadline(Duration::from_millis(50))).await, ErrorKind::Unknown);
    assert_eq!(of(builder_at(&url).run_deadline(Duration::from_millis(50))).await, ErrorKind::Unknown);
    assert_eq!(of(builder_at(&url).run_deadline(Duration::ZERO)).await, ErrorKind::Timeout);
    let client = builder_at(&url).deadline(Duration::from_millis(50)).build().unwrap();
    assert_eq!(client.invoke(&call("boxes.list")).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn what_never_left_is_sent_again_whatever_it_does() {
    // A port that nobody listens at: every try is refused.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = builder_at(&format!("http://{free}")).build().unwrap();
    let error = client.invoke(&call("boxes.add")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 4));
    // A handshake that fails: the server speaks no TLS.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = builder_at(&format!("https://{}", listener.local_addr().unwrap())).build().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            drop(tokio::io::AsyncWriteExt::write_all(&mut stream, b"no TLS is spoken here").await);
        }
    });
    let error = client.invoke(&call("boxes.add")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 4));
}

#[tokio::test]
async fn a_removal_whose_reply_was_lost_is_done_when_nothing_is_there() {
    let gone = || json(404, r#"{"code":"NONE","message":"no such box"}"#);
    let server = serving(move |_, before| if before == 0 { lost() } else { gone() }).await;
    let client = builder_at(&server.url).build().unwrap();
    assert!(matches!(client.invoke(&call("boxes.remove")).await, Ok(Reply::Done)));
    assert_eq!(server.calls().len(), 2);
    // Without a lost reply it is what it says.
    let server = serving(move |_, _| gone()).await;
    let error = builder_at(&server.url).build().unwrap().invoke(&call("boxes.remove")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service(FailureKind::NotFound));
    // And of another call nothing follows from it.
    let server = serving(move |_, before| if before == 0 { lost() } else { gone() }).await;
    let error = builder_at(&server.url).build().unwrap().invoke(&call("boxes.replace")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service(FailureKind::NotFound));
}

/// A service that is down is not asked four times for each of many calls.
#[tokio::test]
async fn a_run_has_a_budget_of_further_tries() {
    let server = serving(|_, _| lost()).await;
    let policy = RetryPolicy { pause: Duration::ZERO, budget: 5, ..RetryPolicy::default() };
    let client = builder_at(&server.url).retry(policy).build().unwrap();
    for _ in 0..10 {
        client.invoke(&call("boxes.list")).await.unwrap_err();
    }
    assert_eq!(server.calls().len(), 15);
    // One that fails now and then is read to the end: what succeeds gives a try back.
    let server = serving(|_, before| if before % 2 == 0 { lost() } else { good() }).await;
    let client = builder_at(&server.url).retry(policy).build().unwrap();
    for _ in 0..50 {
        client.invoke(&call("boxes.list")).await.unwrap();
    }
}

fn built_in() -> Vec<Arc<Connector>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_connector =
        |path: &&PathBuf| path.join("connector.yaml").exists() || path.extension().is_some_and(|e| e == "yaml");
    paths.iter().filter(is_connector).map(|path| Arc::new(read(&files_of(path).unwrap()).unwrap())).collect()
}

fn arguments(connector: &Connector, api: &Api) -> Arguments {
    let mut arguments = Arguments::new();
    for (name, value) in sample(connector, api) {
        let value = match value {
            Sample::Value(value) => Argument::Value(value),
            Sample::File => {
                let bytes = Bytes::from_static(SAMPLE_FILE.1.as_bytes());
                Argument::Files(vec![FilePart::bytes(SAMPLE_FILE.0, bytes)])
            }
        };
        arguments.insert(name, value);
    }
    arguments
}

/// How an API ends whose reply is lost: of a file, by its download.
async fn ended(client: &Client, invocation: &Invocation) -> Error {
    if invocation.api().returns == Returns::File {
        return client.download(invocation).await.err().unwrap();
    }
    client.invoke(invocation).await.unwrap_err()
}

/// Every POST and PATCH of every connector: the request is read to its last byte, and the connection ends without a
/// reply. Each arrives once, and its end is unknown; those that say that they may be repeated arrive as often as calls
/// are tried.
#[tokio::test]
async fn wanted_b15_no_api_of_any_connector_is_replayed_after_a_lost_reply() {
    let server = Server::start(|_, _| lost()).await;
    let (mut unsafe_calls, mut safe_calls) = (0, 0);
    for connector in built_in() {
        let policy = RetryPolicy { attempts: 3, pause: Duration::ZERO, budget: u32::MAX, ..RetryPolicy::default() };
        for api in connector.apis.values().filter(|api| matches!(api.verb, Verb::Post | Verb::Patch)) {
            // Every call has limits of its own: how many there are in a minute is not what is tested here.
            let client = builder_of(Arc::clone(&connector), &server.url).retry(policy).limits(Limits::new());
            let client = client.build().unwrap();
            let invocation = Invocation::new(&connector, &api.name, arguments(&connector, api)).unwrap();
            let before = server.calls().len();
            let error = ended(&client, &invocation).await;
            let arrivals = server.calls().len() - before;
            let (expected, kind) = if api.idempotent { (3, ErrorKind::Network) } else { (1, ErrorKind::Unknown) };
            assert_eq!((arrivals, error.kind()), (expected, kind), "{} {}: {error}", connector.name, api.name);
            *if api.idempotent { &mut safe_calls } else { &mut unsafe_calls } += 1;
        }
    }
    assert!(unsafe_calls > 80 && safe_calls > 10, "{unsafe_calls} and {safe_calls}");
}
