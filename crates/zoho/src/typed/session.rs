//! With what a client calls: a connection and its tokens, and where they come from.

use std::fmt;
use std::sync::Arc;

use zoho_connector::Connector;
use zoho_core::{Connection, Error, MemoryStore, TokenStore, Tokens};

/// A connection with its tokens.
#[derive(Clone)]
pub struct Session {
    /// Who calls, and where.
    pub connection: Connection,
    /// Where the tokens of the connection are.
    pub tokens: Arc<dyn TokenStore>,
}

impl Session {
    /// A connection whose tokens are kept in memory.
    pub fn new(connection: Connection, tokens: Tokens) -> Self {
        let tokens = Arc::new(MemoryStore::with(&connection.name, tokens));
        Self { connection, tokens }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// What a session with a service can be made from.
pub trait IntoSession: Send {
    /// The session with the service of a connector.
    ///
    /// # Errors
    /// What is lacking, with what to do next.
    fn into_session(self, connector: &Connector) -> impl Future<Output = Result<Session, Error>> + Send;
}

impl IntoSession for Session {
    async fn into_session(self, _: &Connector) -> Result<Self, Error> {
        Ok(self)
    }
}

impl IntoSession for (Connection, Tokens) {
    async fn into_session(self, _: &Connector) -> Result<Session, Error> {
        Ok(Session::new(self.0, self.1))
    }
}

impl IntoSession for (Connection, Arc<dyn TokenStore>) {
    async fn into_session(self, _: &Connector) -> Result<Session, Error> {
        Ok(Session { connection: self.0, tokens: self.1 })
    }
}
