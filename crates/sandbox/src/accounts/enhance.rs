//! More scopes for a refresh token that there is: a token that allows to ask, and the page that asks.

use serde_json::json;
use zoho_connector::Scope;

use super::asked::Asked;
use super::consent::refused;
use super::grants::ENHANCEMENT_MS;
use super::page::{self, Question};
use super::{Accounts, refusal};
use crate::message::Reply;

/// Where a person is asked.
const PAGE: &str = "/oauth/v2/token/addextrascope";
/// What the page hands on to the answer.
const KEPT: [&str; 7] = ["client_id", "redirect_uri", "response_type", "scope", "enhance_token", "logout", "state"];

/// Gives the token that allows to ask.
pub(super) fn begin(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let client = match accounts.clients.authenticated(asked) {
        Ok(client) => client,
        Err(fault) => return refusal(fault),
    };
    if asked.text("grant_type") != "update_scopes_token" {
        return refusal("invalid_code");
    }
    let (refresh, center) = (asked.text("refresh_token"), asked.data_center);
    match accounts.grants.add_enhancement(refresh, &client.id, center, asked.now_ms) {
        Some(token) => {
            let body =
                json!({ "access_token": token, "token_type": "update_scope", "expires_in": ENHANCEMENT_MS / 1000 });
            Reply::json(200, &body)
        }
        None => refusal("invalid_code"),
    }
}

/// The page that asks for what is new.
pub(super) fn page(accounts: &Accounts, asked: &Asked<'_>) -> Reply {
    match added(accounts, asked) {
        Ok(scopes) => page::ask(&Question {
            action: PAGE,
            hidden: asked.among(&KEPT),
            client: asked.text("client_id"),
            scopes: &scopes,
            location: None,
        }),
        Err(fault) => refused(fault),
    }
}

/// Takes a person's answer, and sends the browser back with it.
pub(super) fn decide(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let scopes = match added(accounts, asked) {
        Ok(scopes) => scopes,
        Err(fault) => return refused(fault),
    };
    let values = if asked.text("decision") == "accept" {
        accounts.grants.enhance(asked.text("enhance_token"), scopes);
        vec![("status", "success".to_owned()), ("scope_enhanced", "true".to_owned())]
    } else {
        vec![("error", "access_denied".to_owned())]
    };
    let state = asked.given("state").map(|state| ("state", state.to_owned()));
    page::redirect(asked.text("redirect_uri"), values.into_iter().chain(state))
}

/// The scopes that are asked for and not granted yet, or Zoho's word for what is wrong with the request.
fn added(accounts: &Accounts, asked: &Asked<'_>) -> Result<Vec<Scope>, &'static str> {
    let client = accounts.clients.find(asked.text("client_id"), asked.data_center)?;
    if asked.text("response_type") != "update_scopes" {
        return Err("invalid_request");
    }
    if !client.redirects_to(asked.text("redirect_uri")) {
        return Err("invalid_redirect_uri");
    }
    let token = asked.text("enhance_token");
    let consent = accounts.grants.enhanceable(token, &client.id, asked.data_center, asked.now_ms);
    let consent = consent.ok_or("invalid_code")?;
    let scopes = accounts.known_scopes(asked)?;
    Ok(scopes.into_iter().filter(|scope| !consent.scopes.contains(scope)).collect())
}
