//! A new access token for a connection that has tokens already.

use super::accounts_server::{AccountsServer, TOKEN};
use super::refusal::Step;
use super::self_client::client_credentials;
use super::token::{Grant, RefreshToken, Tokens};
use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::transport::Transport;

/// Whether a new access token can be asked for at all.
///
/// # Errors
/// [`ErrorKind::Connection`] where client or refresh token are missing.
pub(crate) fn ready(connection: &Connection, tokens: &Tokens) -> Result<(), Error> {
    if connection.client.is_none() {
        return Err(Error::new(
            ErrorKind::Connection,
            "the access token has ended, and without client id and secret no new one can be asked for",
        )
        .with_hint("connect again"));
    }
    if tokens.grant == Grant::RefreshToken && tokens.refresh.is_none() {
        let message = format!("the connection `{}` has no refresh token", connection.name);
        return Err(Error::new(ErrorKind::Connection, message).with_hint("connect first"));
    }
    Ok(())
}

/// Asks the accounts server of a connection for a new access token, by the grant that its tokens name. What this gives is
/// the reply alone: [`Tokens::renewed`] puts it to what is there.
///
/// # Errors
/// [`ErrorKind::SignIn`] where the server says no, [`ErrorKind::TokenLimit`] where it was asked too often,
/// [`ErrorKind::Connection`] where client or refresh token are missing.
pub(crate) async fn renew(
    connection: &Connection,
    transport: &Transport,
    tokens: &Tokens,
    clock: &Clock,
) -> Result<Tokens, Error> {
    ready(connection, tokens)?;
    match &tokens.grant {
        Grant::RefreshToken => {
            let server = AccountsServer::of(connection, transport, clock, Step::Refresh)?;
            let refresh = tokens.refresh.as_ref().map(RefreshToken::expose).unwrap_or_default();
            server.tokens(TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await
        }
        Grant::ClientCredentials { soid } => {
            let server = AccountsServer::of(connection, transport, clock, Step::ClientCredentials)?;
            let scope = tokens.scopes.join(",");
            server.tokens(TOKEN, &client_credentials(&scope, soid.as_deref())).await
        }
    }
}
