//! Access tokens at hand: kept, and refreshed one at a time.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::authorization_code::token_request;
use super::token::Tokens;
use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::token_store::TokenStore;
use crate::transport::Transport;

/// A token is no longer used this many seconds before it ends.
const MARGIN: u64 = 60;

/// Keeps the access token of one connection.
pub(crate) struct Keeper {
    store: Arc<dyn TokenStore>,
    clock: Clock,
    /// Held during a refresh, so that calls side by side wait for one refresh instead of each making its own.
    tokens: Mutex<Option<Tokens>>,
}

/// What a call needs to know of the tokens.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) token: crate::secret::Secret,
    pub(crate) api_host: Option<String>,
}

impl Keeper {
    pub(crate) fn new(store: Arc<dyn TokenStore>, clock: Clock) -> Self {
        Self { store, clock, tokens: Mutex::new(None) }
    }

    /// A token that is good for a while. `refused` is one that the service does not accept any more. The flag says
    /// whether a new one was asked for.
    pub(crate) async fn access(
        &self,
        connection: &Connection,
        transport: &Transport,
        refused: Option<&str>,
    ) -> Result<(Access, bool), Error> {
        let mut held = self.tokens.lock().await;
        if held.is_none() {
            *held = self.store.load(&connection.name)?;
        }
        let tokens = held.clone().ok_or_else(|| no_tokens(connection))?;
        let good = |tokens: &Tokens| {
            let access = tokens.access.as_ref()?;
            let fresh = access.expires_at > self.clock.now() + MARGIN && refused != Some(access.expose());
            fresh.then(|| access_of(tokens)).flatten()
        };
        if let Some(access) = good(&tokens) {
            return Ok((access, false));
        }
        let renewed = tokens.renewed(self.refresh(connection, transport, &tokens).await?);
        self.store.save(&connection.name, &renewed)?;
        let access = access_of(&renewed).ok_or_else(|| no_tokens(connection))?;
        *held = Some(renewed);
        Ok((access, true))
    }

    /// The tokens as they are kept.
    pub(crate) async fn tokens(&self, connection: &Connection) -> Result<Option<Tokens>, Error> {
        let mut held = self.tokens.lock().await;
        if held.is_none() {
            *held = self.store.load(&connection.name)?;
        }
        Ok(held.clone())
    }

    async fn refresh(&self, connection: &Connection, transport: &Transport, tokens: &Tokens) -> Result<Tokens, Error> {
        let refresh = tokens.refresh.as_ref().ok_or_else(|| no_tokens(connection))?;
        let client = connection.client.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Connection,
                "the access token has ended, and without client id and secret no new one can be asked for",
            )
        })?;
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.expose()),
            ("refresh_token", refresh.expose()),
        ];
        token_request(transport, &connection.data_center, &form, &self.clock).await
    }
}

fn access_of(tokens: &Tokens) -> Option<Access> {
    let access = tokens.access.as_ref()?;
    Some(Access { token: crate::secret::Secret::new(access.expose()), api_host: tokens.api_host.clone() })
}

fn no_tokens(connection: &Connection) -> Error {
    Error::new(ErrorKind::Connection, format!("the connection `{}` has no tokens", connection.name))
        .with_hint("connect first")
}
