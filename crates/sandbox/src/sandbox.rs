//! A running sandbox.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinHandle;

use crate::accounts::Client;
use crate::config::SandboxConfig;
use crate::server;
use crate::state::State;
use crate::tls::Tls;

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    state: Arc<State>,
    address: SocketAddr,
    client: Client,
    data_center: String,
    ca_pem: Option<String>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts a sandbox on the loopback. It serves as soon as this returns, on the runtime that called it.
    ///
    /// # Errors
    /// Where the port cannot be opened, or no certificate be made.
    pub async fn start(config: SandboxConfig) -> io::Result<Self> {
        let (port, wants_tls, data_center) = (config.port, config.tls, config.data_center.clone());
        let state = Arc::new(State::new(config));
        let tls = if wants_tls { Some(Tls::new(&state.hosts.names())?) } else { None };
        let listener = server::listen(port).await?;
        let address = listener.local_addr()?;
        let (acceptor, ca_pem) = tls.map_or((None, None), |tls| (Some(tls.acceptor), Some(tls.ca_pem)));
        let server = tokio::spawn(server::serve(listener, acceptor, Arc::clone(&state)));
        Ok(Self { client: state.client(), state, address, data_center, ca_pem, server })
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

    /// The id of the client that is registered with it; the same for the same seed.
    pub fn client_id(&self) -> &str {
        &self.client.id
    }

    /// The secret of that client.
    pub fn client_secret(&self) -> &str {
        &self.client.secret
    }

    /// A new refresh token with all scopes of the connectors, in the data centre of the configuration: what a consent
    /// would have given.
    pub fn refresh_token(&self) -> String {
        self.state.accounts().consent_to_all(&self.data_center)
    }

    /// A good choice for a value of a connection, such as the first organisation's id; none where the connector has no
    /// such value.
    pub fn connection_value(&self, connector: &str, name: &str) -> Option<String> {
        let position = self.state.connectors.iter().position(|known| known.name == connector)?;
        self.state.world(position)?.choices(name)?.into_iter().next()
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
