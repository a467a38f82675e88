//! Access tokens at hand: kept, and refreshed one at a time by all who share a store.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::ledger;
use super::renew::{ready, renew};
use super::token::{AccessToken, Tokens};
use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::send::chance;
use crate::token_store::{HeldTokens, TokenStore};
use crate::transport::Transport;

/// A token is no longer used this many seconds before it ends, or a fifth of its life where that is less.
const LONGEST_MARGIN: u64 = 60;

/// Keeps the access token of one connection.
pub(crate) struct Keeper {
    store: Arc<dyn TokenStore>,
    clock: Clock,
    /// For how long a call waits where Zoho gives no further token for a while.
    patience: Duration,
    /// Which part of the margin this keeper lets pass, so that many do not all come at the same second.
    jitter: f64,
    /// The tokens as they were last seen. Held during a refresh, so that of the calls of a client one asks the store.
    tokens: Mutex<Option<Tokens>>,
}

/// What a call needs to know of the tokens.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) token: crate::secret::Secret,
    pub(crate) api_host: Option<String>,
    /// Whether it was asked for just now, and not found where somebody else may have put it.
    pub(crate) is_new: bool,
}

/// A token for a call, and what happened on the way to it.
pub(crate) struct Granted {
    pub(crate) access: Access,
    /// Whether a new one was asked for.
    pub(crate) refreshed: bool,
    /// Why the new one could not be kept. Nothing is lost: the refresh token is the same.
    pub(crate) unsaved: Option<Error>,
}

impl Keeper {
    pub(crate) fn new(store: Arc<dyn TokenStore>, clock: Clock, patience: Duration) -> Self {
        Self { store, clock, patience, jitter: chance() / 4.0, tokens: Mutex::new(None) }
    }

    /// A token that is good for a while. `refused` is one that the service does not accept any more.
    pub(crate) async fn access(
        &self,
        connection: &Connection,
        transport: &Transport,
        refused: Option<&str>,
    ) -> Result<Granted, Error> {
        let mut waited = Duration::ZERO;
        loop {
            let error = match self.access_now(connection, transport, refused).await {
                Err(error) if error.kind() == ErrorKind::TokenLimit => error,
                result => return result,
            };
            let wait = error.retry_after().unwrap_or_default().max(Duration::from_secs(1));
            if waited + wait > self.patience {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            waited += wait;
        }
    }

    async fn access_now(
        &self,
        connection: &Connection,
        transport: &Transport,
        refused: Option<&str>,
    ) -> Result<Granted, Error> {
        let mut seen = self.tokens.lock().await;
        if let Some(access) = self.good(seen.as_ref(), refused) {
            return Ok(Granted::at_hand(access));
        }
        // Somebody else who shares the store may have refreshed.
        *seen = self.store.load(&connection.name).await?;
        if let Some(access) = self.good(seen.as_ref(), refused) {
            return Ok(Granted::at_hand(access));
        }
        // Where there is nothing to refresh with, or nothing may be asked for, nobody is waited for.
        let tokens = seen.as_ref().ok_or_else(|| no_tokens(connection))?;
        ready(connection, tokens)?;
        ledger::may_ask(tokens, self.clock.now())?;
        let mut held = self.store.hold(&connection.name).await?;
        *seen = held.tokens().cloned();
        if let Some(access) = self.good(seen.as_ref(), refused) {
            return Ok(Granted::at_hand(access));
        }
        let tokens = seen.clone().ok_or_else(|| no_tokens(connection))?;
        let (renewed, unsaved) = self.renew(connection, transport, &tokens, held.as_mut()).await?;
        let access = access_of(&renewed).ok_or_else(|| no_tokens(connection))?;
        let access = Access { is_new: true, ..access };
        *seen = Some(renewed);
        Ok(Granted { access, refreshed: true, unsaved })
    }

    /// The tokens as they are kept.
    pub(crate) async fn tokens(&self, connection: &Connection) -> Result<Option<Tokens>, Error> {
        let mut seen = self.tokens.lock().await;
        if seen.is_none() {
            *seen = self.store.load(&connection.name).await?;
        }
        Ok(seen.clone())
    }

    /// A token that may be used: not about to end, and not the one that was refused.
    fn good(&self, tokens: Option<&Tokens>, refused: Option<&str>) -> Option<Access> {
        let tokens = tokens?;
        let access = tokens.access.as_ref()?;
        let fresh = access.expires_at > self.clock.now() + margin(access, self.jitter);
        (fresh && refused != Some(access.expose())).then(|| access_of(tokens)).flatten()
    }

    /// Asks for a new access token. That it was asked for is written down before, since a process that dies in
    /// between has spent one of ten all the same.
    async fn renew(
        &self,
        connection: &Connection,
        transport: &Transport,
        tokens: &Tokens,
        held: &mut dyn HeldTokens,
    ) -> Result<(Tokens, Option<Error>), Error> {
        let now = self.clock.now();
        ledger::may_ask(tokens, now)?;
        let asking = ledger::asked(tokens, now);
        let noted = held.save(&asking).await;
        let reply = renew(connection, transport, tokens, &self.clock).await;
        let error = match reply {
            Ok(fresh) => {
                let renewed = asking.renewed(fresh);
                // That of the two errors which came last says more.
                let unsaved = held.save(&renewed).await.err();
                return Ok((renewed, unsaved));
            }
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::TokenLimit => {
                let blocked = ledger::throttled(&asking, now);
                // What cannot be written down is told all the same.
                drop(held.save(&blocked).await);
                Err(ledger::may_ask(&blocked, now).err().unwrap_or(error))
            }
            // Nothing was asked for where nobody was reached.
            ErrorKind::Network if noted.is_ok() => {
                drop(held.save(tokens).await);
                Err(error)
            }
            _ => Err(error),
        }
    }
}

impl Granted {
    fn at_hand(access: Access) -> Self {
        Self { access, refreshed: false, unsaved: None }
    }
}

/// How many seconds before its end a token is no longer used. `jitter` is the part of it that may pass.
fn margin(access: &AccessToken, jitter: f64) -> u64 {
    let margin = access.life.map_or(LONGEST_MARGIN, |life| LONGEST_MARGIN.min(life / 5));
    // At most sixty seconds: neither the way to a float nor the one back loses anything.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "at most 60"
    )]
    let passed = (margin as f64 * jitter) as u64;
    margin - passed
}

fn access_of(tokens: &Tokens) -> Option<Access> {
    let access = tokens.access.as_ref()?;
    Some(Access {
        token: crate::secret::Secret::new(access.expose()),
        api_host: tokens.api_host.clone(),
        is_new: false,
    })
}

fn no_tokens(connection: &Connection) -> Error {
    Error::new(ErrorKind::Connection, format!("the connection `{}` has no tokens", connection.name))
        .with_hint("connect first")
}
