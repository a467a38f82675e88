//! The token endpoint.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zoho_connector::{DataCenters, Environment, Scope};

use super::asked::Asked;
use super::client::ClientKind;
use super::grants::{Consent, RefreshRefusal};
use super::{Accounts, refusal};
use crate::message::Reply;

/// Answers a request for tokens. Refusals come with HTTP 200, as Zoho sends them.
pub(super) fn answer(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let client = match accounts.clients.authenticated(asked) {
        Ok(client) => client,
        Err(fault) => return refusal(fault),
    };
    match asked.text("grant_type") {
        "authorization_code" => exchange(accounts, asked, &client.id, client.kind),
        "refresh_token" => refresh(accounts, asked, &client.id),
        // Only a self client is its owner's own, and needs no person.
        "client_credentials" if client.kind != ClientKind::SelfClient => refusal("invalid_client"),
        "client_credentials" => for_client(accounts, asked, &client.id),
        "" => refusal("invalid_request"),
        _ => refusal("unsupported_grant_type"),
    }
}

fn exchange(accounts: &mut Accounts, asked: &Asked<'_>, client: &str, kind: ClientKind) -> Reply {
    let code = accounts.grants.take_code(asked.text("code"), client, asked.data_center, asked.now_ms);
    let Some(code) = code else { return refusal("invalid_code") };
    if code.redirect_uri.is_some_and(|uri| uri != asked.text("redirect_uri")) {
        return refusal("invalid_redirect_uri");
    }
    let verified = match &code.challenge {
        Some((challenge, hashed)) => is_verified(challenge, *hashed, asked.text("code_verifier")),
        None => kind != ClientKind::Desktop,
    };
    if !verified {
        return refusal("invalid_code");
    }
    granted(accounts, asked, code.consent, code.offline)
}

/// Whether a verifier is the one that a challenge was made from (RFC 7636).
fn is_verified(challenge: &str, hashed: bool, verifier: &str) -> bool {
    if !hashed {
        return verifier == challenge;
    }
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
}

/// The first tokens of a consent.
pub(super) fn granted(accounts: &mut Accounts, asked: &Asked<'_>, consent: Consent, offline: bool) -> Reply {
    if offline && !accounts.grants.may_add_refresh_token(&consent, asked.now_ms) {
        return throttled();
    }
    let refresh = offline.then(|| accounts.grants.add_refresh_token(consent.clone()));
    let access = accounts.grants.add_access_token(consent.clone(), refresh.clone(), asked.now_ms);
    tokens(accounts, &access, refresh.as_deref(), &consent)
}

fn refresh(accounts: &mut Accounts, asked: &Asked<'_>, client: &str) -> Reply {
    match accounts.grants.refresh(asked.text("refresh_token"), client, asked.data_center, asked.now_ms) {
        Ok((access, consent)) => tokens(accounts, &access, None, &consent),
        Err(RefreshRefusal::Unknown) => refusal("invalid_code"),
        Err(RefreshRefusal::TooMany) => throttled(),
    }
}

/// Tokens without a person: the organisation comes with the request, and no refresh token goes back.
fn for_client(accounts: &mut Accounts, asked: &Asked<'_>, client: &str) -> Reply {
    let soid = asked.text("soid").split_once('.');
    if !soid.is_some_and(|(service, organization)| !service.is_empty() && !organization.is_empty()) {
        return refusal("missing_org_info");
    }
    match accounts.known_scopes(asked) {
        Ok(scopes) => {
            let consent = Consent { client: client.to_owned(), scopes, data_center: asked.data_center.to_owned() };
            granted(accounts, asked, consent, false)
        }
        Err(fault) => refusal(fault),
    }
}

fn throttled() -> Reply {
    Reply::json(
        200,
        &json!({
            "error": "access_denied",
            "error_description": "You have made too many requests continuously. Please try again after some time.",
        }),
    )
}

fn tokens(accounts: &Accounts, access: &str, refresh: Option<&str>, consent: &Consent) -> Reply {
    let gateway =
        DataCenters::built_in().get(&consent.data_center).map(|center| center.gateway_host(Environment::Production));
    let scopes: Vec<&str> = consent.scopes.iter().map(Scope::as_str).collect();
    let mut body = json!({
        "access_token": access,
        "scope": scopes.join(" "),
        "api_domain": format!("https://{}", gateway.unwrap_or_default()),
        "token_type": "Bearer",
        "expires_in": accounts.grants.token_seconds(),
    });
    if let (Some(token), Value::Object(members)) = (refresh, &mut body) {
        members.insert("refresh_token".to_owned(), token.into());
    }
    let mut reply = Reply::json(200, &body);
    reply.set("cache-control", "no-store");
    reply
}
