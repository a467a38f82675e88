//! A running sandbox.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::accounts::{ClientKind, SandboxClient};
use crate::config::SandboxConfig;
use crate::faults::{Fault, FaultMix};
use crate::server;
use crate::state::State;
use crate::tls::Tls;

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    state: Arc<State>,
    address: SocketAddr,
    clients: Vec<SandboxClient>,
    ca_pem: Option<String>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on the loopback. It serves as soon as this returns, on the runtime that called it.
    ///
    /// # Errors
    /// Where the port cannot be opened, or no certificate be made.
    pub async fn start(config: SandboxConfig) -> io::Result<Self> {
        let (port, wants_tls) = (config.port, config.tls);
        let state = Arc::new(State::new(config));
        let tls = if wants_tls { Some(Tls::new(&state.hosts.names())?) } else { None };
        let listener = server::listen(port).await?;
        let address = listener.local_addr()?;
        let (acceptor, ca_pem) = tls.map_or((None, None), |tls| (Some(tls.acceptor), Some(tls.ca_pem)));
        let server = tokio::spawn(server::serve(listener, acceptor, Arc::clone(&state)));
        Ok(Self { clients: state.clients(), state, address, ca_pem, server })
    }

    /// The address to give to a client as its endpoint: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of its authority, for a client to trust; none over plain HTTP.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// The clients that are registered with it, one of each kind; the same for the same seed.
    pub fn clients(&self) -> &[SandboxClient] {
        &self.clients
    }

    /// The client of a kind.
    pub fn client(&self, kind: ClientKind) -> Option<&SandboxClient> {
        self.clients.iter().find(|client| client.kind == kind)
    }

    /// The id of the usual client, which is of the kind for servers.
    pub fn client_id(&self) -> &str {
        self.clients.first().map_or("", |client| &client.id)
    }

    /// The secret of that client.
    pub fn client_secret(&self) -> &str {
        self.clients.first().map_or("", |client| &client.secret)
    }

    /// A new refresh token with all scopes of the connectors, in the data centre of the configuration: what a consent
    /// would have given.
    pub fn refresh_token(&self) -> String {
        self.state.accounts().consent_to_all().unwrap_or_default()
    }

    /// The API key of a service; none where the service takes none. The same for the same seed.
    pub fn api_key(&self, connector: &str) -> Option<&str> {
        let position = self.state.connectors.iter().position(|known| known.name == connector)?;
        self.state.keys.of(position)
    }

    /// A good choice for a value of a connection, such as the first organisation's id; none where the connector has no
    /// such value.
    pub fn connection_value(&self, connector: &str, name: &str) -> Option<String> {
        let position = self.state.connectors.iter().position(|known| known.name == connector)?;
        self.state.world(position)?.choices(name)?.into_iter().next()
    }

    /// The last requests, the oldest first, as `/_sandbox/requests` tells them.
    pub fn requests(&self) -> Vec<Value> {
        match self.state.log().all() {
            Value::Array(requests) => requests,
            _ => Vec::new(),
        }
    }

    /// Makes other faults come by chance than before, or none.
    pub fn set_fault_mix(&self, mix: Option<FaultMix>) {
        self.state.store().moving.clear();
        self.state.faults().set_mix(mix);
    }

    /// Adds a fault.
    pub fn add_fault(&self, fault: Fault) {
        self.state.faults().script.push(fault);
    }

    /// Waits for as long as it serves, which is until the future is dropped.
    pub async fn run(self) {
        match server::forever().await {}
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}
