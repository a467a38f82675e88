//! The spans that the feature `tracing` makes: one for each request, with OpenTelemetry's names and without secrets.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

#[expect(dead_code, reason = "these tests need less of it than others")]
mod server;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use zoho_connector::{Connector, SourceFile, load::read};
use zoho_core::{AccessToken, Arguments, Client, Connection, Endpoint, Invocation, RetryPolicy, Secret, Tokens};

use server::{Asked, Server, json};

const YAML: &str = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api
scope_prefix: [Shelf]
responses: { records: data, error: { code: code, message: message } }
types: { Book: { id!: id } }
apis:
  books.list: { get: /books, scopes: [books.READ], query: { q: string }, returns: [Book] }
  books.keyed: { get: /keyed, auth: { key: query apikey }, returns: [Book] }
";

type Fields = BTreeMap<String, String>;

/// Keeps the fields of every span.
#[derive(Clone, Default)]
struct Kept {
    spans: Arc<Mutex<BTreeMap<u64, Fields>>>,
    count: Arc<AtomicU64>,
}

struct Into<'f>(&'f mut Fields);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("zoho_core")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let id = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let mut fields = Fields::new();
        attributes.record(&mut Into(&mut fields));
        self.spans.lock().unwrap().insert(id, fields);
        Id::from_u64(id)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        values.record(&mut Into(self.spans.lock().unwrap().get_mut(&span.into_u64()).unwrap()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The spans of one call, in their order.
async fn spans(api: &str, server: &Server) -> Vec<Fields> {
    let connector: Arc<Connector> = Arc::new(read(&[SourceFile::new("shelf.yaml", YAML)]).unwrap());
    let mut connection = Connection::new("test", "eu").unwrap();
    connection.endpoint = Some(Endpoint::parse(&server.url).unwrap());
    let mut tokens = Tokens { access: Some(AccessToken::new("1000.secret-token", u64::MAX)), ..Tokens::default() };
    tokens.keys.insert("shelf".to_owned(), Secret::new("secret-key"));
    let policy = RetryPolicy { pause: Duration::from_millis(1), ..RetryPolicy::default() };
    let client = Client::builder(connector.clone(), connection).tokens(tokens).retry(policy).build().unwrap();
    let arguments = if api == "books.list" { Arguments::new().with("q", "ink") } else { Arguments::new() };
    let invocation = Invocation::new(&connector, api, arguments).unwrap();
    let kept = Kept::default();
    let guard = tracing::subscriber::set_default(kept.clone());
    // Whether it works is for the spans to tell.
    drop(client.invoke(&invocation).await);
    drop(guard);
    let spans = kept.spans.lock().unwrap();
    spans.values().cloned().collect()
}

#[tokio::test]
async fn each_request_has_a_span_with_the_names_of_opentelemetry() {
    let answer = |_: &Asked, before: usize| if before == 0 { json(503, "{}") } else { json(200, r#"{"data":[]}"#) };
    let server = Server::start(answer).await;
    let spans = spans("books.list", &server).await;
    let said =
        |fields: &Fields| fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n");
    assert_eq!(spans.len(), 2);
    insta::assert_snapshot!(said(&spans[0]), @"
    error.type=503
    http.request.method=GET
    http.response.status_code=503
    otel.kind=client
    otel.name=GET
    server.address=shelf.zoho.eu
    server.port=443
    url.full=https://shelf.zoho.eu/api/books?q=ink
    zoho.api=books.list
    zoho.service=shelf
    ");
    insta::assert_snapshot!(said(&spans[1]), @"
    http.request.method=GET
    http.request.resend_count=1
    http.response.status_code=200
    otel.kind=client
    otel.name=GET
    server.address=shelf.zoho.eu
    server.port=443
    url.full=https://shelf.zoho.eu/api/books?q=ink
    zoho.api=books.list
    zoho.service=shelf
    ");
}

#[tokio::test]
async fn no_span_holds_a_secret() {
    let server = Server::start(|_: &Asked, _| json(200, r#"{"data":[]}"#)).await;
    for api in ["books.list", "books.keyed"] {
        let spans = spans(api, &server).await;
        assert_eq!(spans.len(), 1);
        assert!(!format!("{spans:?}").contains("secret"), "{spans:?}");
    }
    let mut nobody = server;
    nobody.url = "http://127.0.0.1:9".to_owned();
    let spans = spans("books.list", &nobody).await;
    assert_eq!(spans.last().unwrap()["error.type"], "network");
}
