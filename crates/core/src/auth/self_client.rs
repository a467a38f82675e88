//! The flows without a browser: a code of the API console, the client alone, a refresh token that is there already.

use super::accounts_server::TOKEN;
use super::authorization_code::{AuthorizationCode, lasting};
use super::refusal::Step;
use super::sign_in::{SignIn, SignedIn};
use super::token::{Grant, RefreshToken, Tokens};
use crate::error::{Error, ErrorKind};

/// Exchanges a code that the API console made for a Self Client.
pub(super) async fn by_code(sign_in: &SignIn, code: &AuthorizationCode) -> Result<SignedIn, Error> {
    let transport = sign_in.transport()?;
    let center = &sign_in.data_center;
    let server = sign_in.server(&transport, center, Step::SelfClientCode);
    let form = [("grant_type", "authorization_code"), ("code", code.expose())];
    let tokens = lasting(server.tokens(TOKEN, &form).await?)?;
    Ok(sign_in.signed_in(&transport, tokens, center).await)
}

/// Asks for an access token for the client itself.
pub(super) async fn by_client_credentials(sign_in: &SignIn, soid: Option<String>) -> Result<SignedIn, Error> {
    if sign_in.scopes.is_empty() {
        return Err(Error::new(ErrorKind::SignIn, "client credentials need the scopes that are asked for"));
    }
    let transport = sign_in.transport()?;
    let center = &sign_in.data_center;
    let server = sign_in.server(&transport, center, Step::ClientCredentials);
    let scope = sign_in.scope();
    let tokens = server.tokens(TOKEN, &client_credentials(&scope, soid.as_deref())).await?;
    let tokens = Tokens { grant: Grant::ClientCredentials { soid }, refresh: None, ..sign_in.granted(tokens) };
    Ok(sign_in.signed_in(&transport, tokens, center).await)
}

/// Tries a refresh token that somebody has already. Only the data centre that was named is asked: which others there are
/// the error says, for the secret is not sent around.
pub(super) async fn by_refresh_token(sign_in: &SignIn, token: RefreshToken) -> Result<SignedIn, Error> {
    let transport = sign_in.transport()?;
    let center = &sign_in.data_center;
    let server = sign_in.server(&transport, center, Step::GivenRefreshToken);
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.expose())];
    let fresh = server.tokens(TOKEN, &form).await?;
    let tokens = Tokens { refresh: fresh.refresh.clone().or(Some(token)), ..fresh };
    Ok(sign_in.signed_in(&transport, tokens, center).await)
}

/// The form of client credentials.
pub(super) fn client_credentials<'a>(scope: &'a str, soid: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![("grant_type", "client_credentials"), ("scope", scope)];
    form.extend(soid.map(|soid| ("soid", soid)));
    form
}
