//! A sandbox with all services, and clients of it.

use std::sync::Arc;
use std::time::Duration;

use zoho::{
    Client, ClientCredentials, Connection, Endpoint, IntoSession, Limits, Observer, RetryPolicy, Secret, Session,
    Tokens,
};
use zoho_connector::{Connector, Library};
use zoho_sandbox::{Sandbox, SandboxConfig};

/// The names of all services.
pub(crate) fn services() -> Vec<String> {
    Library::new(zoho_connectors::ALL).names()
}

/// A sandbox with these services and few records, so that lists are read quickly.
pub(crate) async fn start(services: &[&str]) -> Sandbox {
    start_with(services, 5).await
}

/// A sandbox with these services and so many records in each list.
pub(crate) async fn start_with(services: &[&str], default_records: usize) -> Sandbox {
    let library = Library::new(zoho_connectors::ALL);
    let connectors = services.iter().map(|name| library.connector(name).unwrap()).collect();
    let config = SandboxConfig { connectors, default_records, kept_requests: 10, ..SandboxConfig::default() };
    Sandbox::start(config).await.unwrap()
}

/// A session with everything that a service asks for.
pub(crate) struct InSandbox<'s>(pub(crate) &'s Sandbox);

impl IntoSession for InSandbox<'_> {
    async fn into_session(self, connector: &Connector) -> Result<Session, zoho::Error> {
        let Self(sandbox) = self;
        let mut connection = Connection::new(connector.name.as_str(), "us")?;
        connection.client = Some(ClientCredentials::new(sandbox.client_id(), sandbox.client_secret()));
        connection.endpoint = Some(Endpoint::parse(&sandbox.url())?);
        for value in connector.values_to_choose() {
            let chosen = sandbox.connection_value(&connector.name, &value.name).unwrap_or_else(|| "1".to_owned());
            connection.values.insert(value.name.clone(), chosen);
        }
        let tokens = Tokens::from_refresh_token(sandbox.refresh_token());
        let tokens = match sandbox.api_key(&connector.name) {
            Some(key) => tokens.with_key(&connector.name, Secret::new(key)),
            None => tokens,
        };
        Ok(Session::new(connection, tokens))
    }
}

/// A client that is watched, that knows of no call before, and that sends nothing twice.
pub(crate) fn watched(connector: &Arc<Connector>, session: &Session, observer: Arc<dyn Observer>) -> Client {
    let connection = Connection { limits: Limits::default(), ..session.connection.clone() };
    let client = Client::builder(Arc::clone(connector), connection).token_store(Arc::clone(&session.tokens));
    client
        .observer(observer)
        .retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() })
        .max_wait(Duration::ZERO)
        .build()
        .unwrap()
}
