//! A sandbox with all services, and clients of it.

use std::sync::Arc;

use zoho::{Client, ClientCredentials, Connection, Endpoint, IntoSession, Observer, Secret, Session, Tokens};
use zoho_connector::{Connector, Library};
use zoho_sandbox::{Sandbox, SandboxConfig};

/// The names of all services.
pub(crate) fn services() -> Vec<String> {
    Library::new(zoho_connectors::ALL).names()
}

/// A sandbox with these services and few records, so that lists are read quickly.
pub(crate) async fn start(services: &[&str]) -> Sandbox {
    let library = Library::new(zoho_connectors::ALL);
    let connectors = services.iter().map(|name| library.connector(name).unwrap()).collect();
    let config = SandboxConfig { connectors, default_records: 5, kept_requests: 10, ..SandboxConfig::default() };
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

/// A client that is watched.
pub(crate) async fn watched(sandbox: &Sandbox, service: &str, observer: Arc<dyn Observer>) -> Client {
    let connector = Arc::new(Library::new(zoho_connectors::ALL).connector(service).unwrap());
    let session = InSandbox(sandbox).into_session(&connector).await.unwrap();
    Client::builder(connector, session.connection).token_store(session.tokens).observer(observer).build().unwrap()
}
