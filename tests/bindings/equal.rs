//! Every API of every service is invoked in the sandbox by its name, as the command does it, and by its typed binding, both
//! with the arguments of its example; the two requests are equal.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use zoho::{Arguments, Client, Error, ErrorKind, Event, Exchange, IntoSession, Invocation, Observer};
use zoho_connector::{Api, Library, Returns};

use crate::generated::{Example, all};
use crate::sandbox::{InSandbox, services, start, watched};

/// Keeps what is sent to services.
#[derive(Default)]
struct Seen(Mutex<Vec<Exchange>>);

impl Observer for Seen {
    fn event(&self, event: &Event<'_>) {
        if let Event::Exchanged(exchange) = event
            && !exchange.url.contains("/oauth/v2/token")
        {
            self.0.lock().unwrap().push((*exchange).clone());
        }
    }

    fn keeps_of_bodies(&self) -> Option<usize> {
        Some(1 << 20)
    }
}

impl Seen {
    /// The first request since it was asked last.
    fn first(&self) -> Option<Sent> {
        self.0.lock().unwrap().drain(..).next().map(Sent::from)
    }
}

/// What tells one request from another.
#[derive(Debug, PartialEq)]
struct Sent {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Debug, PartialEq)]
enum Body {
    None,
    Json(Value),
    Bytes(Vec<u8>),
    Fields(Vec<String>),
}

impl From<Exchange> for Sent {
    fn from(exchange: Exchange) -> Self {
        // Between the parts of a form stands a text that is another every time.
        let boundary = |value: String| value.split("boundary=").next().unwrap_or_default().to_owned();
        let headers = exchange.headers.into_iter().map(|(name, value)| (name, boundary(value)));
        let body = match exchange.body {
            None => Body::None,
            Some(payload) if !payload.fields.is_empty() => {
                let field = |field: &zoho::Field| {
                    format!("{:?} {:?} {:?}", field.name, json(field.value.as_deref()), field.file_name)
                };
                Body::Fields(payload.fields.iter().map(field).collect())
            }
            Some(payload) => match serde_json::from_slice(&payload.bytes) {
                Ok(value) => Body::Json(value),
                Err(_) => Body::Bytes(payload.bytes.to_vec()),
            },
        };
        let mut headers: Vec<(String, String)> = headers.filter(|(name, _)| name != "content-length").collect();
        headers.sort();
        Self { method: exchange.method, url: readable(&exchange.url), headers, body }
    }
}

/// A text, or the JSON that it is: an object is the same in any order of its members.
fn json(text: Option<&str>) -> Value {
    let text = text.unwrap_or_default();
    serde_json::from_str::<Value>(text).map_or_else(|_| text.into(), sorted)
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> =
                members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            members.into_iter().collect()
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        value => value,
    }
}

/// A URL with what is JSON in its query in one order.
fn readable(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    let pairs = url.query_pairs().map(|(name, value)| format!("{name}={}", json(Some(&value))));
    let pairs: Vec<String> = pairs.collect();
    format!("{}{}?{}", url.origin().ascii_serialization(), url.path(), pairs.join("&"))
}

/// Invokes an API by its name, as the command does.
async fn by_name(client: &Client, api: &Api) -> Result<(), Error> {
    let invocation = Invocation::new(client.connector(), &api.name, Arguments::sample(client.connector(), api))?;
    match &api.returns {
        Returns::File => client.download(&invocation).await?.bytes().await.map(drop),
        Returns::Many(_) if api.responses.outcomes.is_none() => client.pages(invocation)?.next().await.map(drop),
        _ => client.invoke(&invocation).await.map(drop),
    }
}

/// What differs, where something does.
async fn difference(client: &Client, seen: &Seen, api: &Api, example: &Example) -> Option<String> {
    let named = by_name(client, api).await;
    let expected = seen.first();
    let typed = example(client.clone()).await;
    let sent = seen.first();
    if sent.is_none() || sent != expected {
        return Some(format!("by name {expected:#?}\n{named:?}\ntyped {sent:#?}\n{typed:?}"));
    }
    // What a service says to an id that is made up is its own matter; what it gives has to be read.
    match (typed, named) {
        (Err(fault), Ok(())) if is_ours(&fault) => Some(format!("the reply is not understood: {fault}")),
        _ => None,
    }
}

fn is_ours(fault: &Error) -> bool {
    matches!(fault.kind(), ErrorKind::Unexpected | ErrorKind::Arguments | ErrorKind::UnknownApi)
}

#[tokio::test]
async fn every_api_sends_the_same_by_name_and_typed() {
    let (mut compared, mut differences) = (0, Vec::new());
    let all = all();
    assert_eq!(all.iter().map(|(service, _)| *service).collect::<Vec<_>>(), services());
    for (service, examples) in all {
        let sandbox = start(&[service]).await;
        let seen = Arc::new(Seen::default());
        let connector = Arc::new(Library::new(zoho_connectors::ALL).connector(service).unwrap());
        let session = InSandbox(&sandbox).into_session(&connector).await.unwrap();
        let names: Vec<&str> = connector.apis.keys().map(String::as_str).collect();
        assert_eq!(examples.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names, "{service}");
        for (name, example) in examples {
            let client = watched(&connector, &session, seen.clone());
            let found = difference(&client, &seen, &connector.apis[name], &example).await;
            differences.extend(found.map(|found| format!("{service} {name}: {found}")));
            compared += 1;
        }
    }
    assert!(differences.is_empty(), "{} of {compared} differ\n{}", differences.len(), differences.join("\n\n"));
    println!("{compared} APIs send the same by name and typed");
}
