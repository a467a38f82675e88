//! The end of a token, and what an accounts server knows of one.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::accounts_server::AccountsServer;
use super::refusal::Step;
use super::reply::{self, number};
use super::token::RefreshToken;
use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::transport::{Transport, TransportOptions};

/// The form that every page of a product names.
const REVOKE: &str = "/oauth/v2/token/revoke";
/// The form of a newer page.
const NEWER_REVOKE: &str = "/oauth/v2/revoke/token";
const INTROSPECT: &str = "/oauth/v2/introspect";

/// What came of revoking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// The token has ended, and its access tokens with it.
    Ended,
    /// The accounts server does not know the token: it had ended before.
    Unknown,
}

/// What an accounts server knows of a token (RFC 7662).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introspection {
    /// Whether it is good.
    pub active: bool,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// When it ends, in seconds since 1970, where the server says so.
    pub expires_at: Option<u64>,
}

/// Ends a refresh token, and with it the access tokens that came from it.
///
/// # Errors
/// [`ErrorKind::SignIn`] where the server refuses, [`ErrorKind::Network`] and [`ErrorKind::Timeout`] where it cannot be
/// reached: the token lives on then.
pub async fn revoke(
    connection: &Connection,
    options: &TransportOptions,
    token: &RefreshToken,
) -> Result<Revoked, Error> {
    let transport = Transport::new(options, connection.endpoint.clone())?;
    let server = AccountsServer::of(connection, &transport, &Clock::System, Step::Revoke)?;
    let form = [("token", token.expose()), ("token_type", "refresh_token")];
    // In the body, and not in the query that the pages show: there every log on the way would keep it.
    let (status, body) = transport.post_form(&server.address(REVOKE)?, &form[..1], None).await?;
    if !matches!(status, 404 | 405) {
        return revoked(status, &body, &server);
    }
    let (status, body) = transport.post_form(&server.address(NEWER_REVOKE)?, &form, Some(&basic(&server))).await?;
    if matches!(status, 404 | 405) {
        return Err(Error::new(ErrorKind::SignIn, "the accounts server has no place to revoke tokens")
            .status_of(status)
            .with_hint("revoke it by hand: the account's page, Settings, Connected apps"));
    }
    revoked(status, &body, &server)
}

/// An unknown token is refused with HTTP 400 or 200; either way it is gone.
fn revoked(status: u16, body: &[u8], server: &AccountsServer<'_>) -> Result<Revoked, Error> {
    match reply::members(status, body, server) {
        Ok(members) => match members.get("status").and_then(Value::as_str) {
            Some("success") => Ok(Revoked::Ended),
            None if (200..300).contains(&status) => Ok(Revoked::Ended),
            _ => Err(Error::new(ErrorKind::SignIn, "the accounts server does not say that the token was revoked")
                .status_of(status)),
        },
        Err(error) if matches!(error.code(), Some("invalid_token" | "invalid_code")) => Ok(Revoked::Unknown),
        // RFC 7009 asks for nothing but the status.
        Err(_) if status == 200 && body.is_empty() => Ok(Revoked::Ended),
        Err(error) if status == 400 && error.code().is_none() => Ok(Revoked::Unknown),
        Err(error) => Err(error),
    }
}

/// Asks what an accounts server knows of a token.
///
/// # Errors
/// As [`revoke`]; [`ErrorKind::NotOffered`] where the server does not tell.
pub async fn introspect(
    connection: &Connection,
    options: &TransportOptions,
    token: &Secret,
) -> Result<Introspection, Error> {
    let transport = Transport::new(options, connection.endpoint.clone())?;
    let server = AccountsServer::of(connection, &transport, &Clock::System, Step::Introspect)?;
    let form = [("token", token.expose())];
    let (status, body) = transport.post_form(&server.address(INTROSPECT)?, &form, Some(&basic(&server))).await?;
    if matches!(status, 404 | 405) {
        return Err(
            Error::new(ErrorKind::NotOffered, "the accounts server does not tell what a token is").status_of(status)
        );
    }
    introspection(status, &body, &server)
}

fn introspection(status: u16, body: &[u8], server: &AccountsServer<'_>) -> Result<Introspection, Error> {
    let members = match reply::members(status, body, server) {
        Ok(members) => members,
        Err(error) if error.code() == Some("invalid_token") => {
            return Ok(Introspection { active: false, scopes: Vec::new(), expires_at: None });
        }
        Err(error) => return Err(error),
    };
    let active = members.get("active").and_then(Value::as_bool).ok_or_else(|| {
        Error::new(ErrorKind::SignIn, "the accounts server does not say whether the token is good").status_of(status)
    })?;
    let scopes = members.get("scope").and_then(Value::as_str).map(reply::scopes).unwrap_or_default();
    Ok(Introspection { active, scopes, expires_at: members.get("exp").and_then(number) })
}

/// Client id and secret, as RFC 7617 has them.
fn basic(server: &AccountsServer<'_>) -> Secret {
    let secret = server.client.secret_for(server.center);
    Secret::new(format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", server.client.id, secret.expose()))))
}
