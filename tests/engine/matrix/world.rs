//! A sandbox with one service, and clients of it that wait for nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use zoho_connector::{Connector, Library};
use zoho_core::{
    Arguments, Client, ClientBuilder, ClientCredentials, Clock, Connection, Endpoint, Invocation, Limits, Record,
    RetryPolicy, Tokens,
};
use zoho_sandbox::{Sandbox, SandboxConfig};

/// How often a call is tried.
pub(crate) const ATTEMPTS: u32 = 6;

/// A sandbox with one service.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) connector: Arc<Connector>,
    pub(crate) connection: Connection,
    /// The tokens of the client that came last.
    tokens: Mutex<Tokens>,
    /// The time of all clients: it goes on by what they wait, and at once.
    time: Arc<AtomicU64>,
}

impl World {
    pub(crate) async fn start(service: &str, records: &[(&str, usize)]) -> Self {
        let connector = Library::new(zoho_connectors::ALL).connector(service).unwrap();
        let config = SandboxConfig {
            connectors: vec![connector.clone()],
            records: records.iter().map(|(list, count)| ((*list).to_owned(), *count)).collect(),
            kept_requests: 1_000_000,
            ..SandboxConfig::default()
        };
        let sandbox = Sandbox::start(config).await.unwrap();
        let mut connection = Connection::new("test", "us").unwrap();
        connection.client = Some(ClientCredentials::new(sandbox.client_id(), sandbox.client_secret()));
        connection.endpoint = Some(Endpoint::parse(&sandbox.url()).unwrap());
        for name in connector.connection.keys() {
            if let Some(value) = sandbox.connection_value(service, name) {
                connection.values.insert(name.clone(), value);
            }
        }
        let time = Arc::new(AtomicU64::new(Clock::System.now()));
        let tokens = Mutex::new(Tokens::from_refresh_token(sandbox.refresh_token()));
        Self { sandbox, connector: Arc::new(connector), connection, tokens, time }
    }

    /// Takes another refresh token: each gives a few access tokens only.
    pub(crate) fn sign_in_again(&self) {
        *self.tokens.lock().unwrap() = Tokens::from_refresh_token(self.sandbox.refresh_token());
    }

    /// Lets time pass for the clients.
    pub(crate) fn wait(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A client that knows nothing of what others have heard of limits.
    pub(crate) fn builder(&self) -> ClientBuilder {
        let policy = RetryPolicy {
            attempts: ATTEMPTS,
            pause: Duration::from_millis(1),
            budget: 10_000,
            ..RetryPolicy::default()
        };
        Client::builder(Arc::clone(&self.connector), self.connection.clone())
            .tokens(self.tokens.lock().unwrap().clone())
            .clock(Clock::Manual(Arc::clone(&self.time)))
            .max_wait(Duration::from_secs(100 * 3600))
            .limits(Limits::new())
            .retry(policy)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn invocation(&self, api: &str, arguments: &Value) -> Invocation {
        let members = arguments.as_object().unwrap().clone();
        let arguments = members.into_iter().fold(Arguments::new(), |all, (name, value)| all.with(name, value));
        Invocation::new(&self.connector, api, arguments).unwrap_or_else(|error| panic!("{api}: {error}"))
    }

    /// All records of a list, as they are. The access token that it takes is kept for clients to come.
    pub(crate) async fn all(&self, api: &str, arguments: &Value) -> Vec<Value> {
        let client = self.client();
        let mut pages = client.pages(self.invocation(api, arguments)).unwrap();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await.unwrap() {
            all.extend(page.records.iter().map(value));
        }
        assert!(pages.cut().is_none(), "{:?}", pages.cut());
        *self.tokens.lock().unwrap() = client.tokens().await.unwrap().unwrap();
        all
    }

    /// The requests of the service since there were so many.
    pub(crate) fn asked_since(&self, before: usize) -> Vec<Value> {
        let requests = self.sandbox.requests().split_off(before);
        requests.into_iter().filter(|request| !is_for_accounts(request)).collect()
    }
}

fn is_for_accounts(request: &Value) -> bool {
    request["host"].as_str().unwrap().starts_with("accounts.")
}

pub(crate) fn value(record: &Record) -> Value {
    serde_json::from_str(record.as_str()).unwrap()
}

/// How many of these requests were carried out.
pub(crate) fn carried_out(requests: &[Value]) -> usize {
    requests.iter().filter(|request| request["carried_out"] == true).count()
}
