//! The token endpoint.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zoho_connector::{DataCenters, Environment, Scope};

use super::Accounts;
use super::grants::{Consent, RefreshRefusal};
use crate::message::Reply;

/// Answers a request for tokens. Refusals come with HTTP 200, as Zoho sends them.
pub(super) fn answer(
    accounts: &mut Accounts,
    parameters: &BTreeMap<String, String>,
    data_center: &str,
    now_ms: i64,
) -> Reply {
    let text = |name: &str| parameters.get(name).map_or("", String::as_str);
    if text("client_id") != accounts.client.id {
        return refusal("invalid_client");
    }
    if text("client_secret") != accounts.client.secret {
        return refusal("invalid_client_secret");
    }
    match text("grant_type") {
        "authorization_code" => exchange(accounts, parameters, data_center, now_ms),
        "refresh_token" => refresh(accounts, text("refresh_token"), data_center, now_ms),
        "client_credentials" => for_client(accounts, text("scope"), text("soid"), data_center, now_ms),
        "" => refusal("invalid_request"),
        _ => refusal("unsupported_grant_type"),
    }
}

fn exchange(accounts: &mut Accounts, parameters: &BTreeMap<String, String>, data_center: &str, now_ms: i64) -> Reply {
    let text = |name: &str| parameters.get(name).map_or("", String::as_str);
    let Some(code) = accounts.grants.take_code(text("code"), now_ms) else { return refusal("invalid_code") };
    // The exchange belongs to the accounts server of the person's data centre.
    if code.consent.data_center != data_center {
        return refusal("invalid_code");
    }
    if code.redirect_uri != text("redirect_uri") {
        return refusal("invalid_redirect_uri");
    }
    if code
        .challenge
        .as_ref()
        .is_some_and(|(challenge, hashed)| !is_verified(challenge, *hashed, text("code_verifier")))
    {
        return refusal("invalid_code");
    }
    let consent = code.consent;
    let refresh = code.offline.then(|| accounts.grants.add_refresh_token(consent.scopes.clone(), data_center));
    let access = accounts.grants.add_access_token(consent.clone(), refresh.clone(), now_ms);
    tokens(accounts, &access, refresh.as_deref(), &consent)
}

/// Whether a verifier is the one that a challenge was made from (RFC 7636).
fn is_verified(challenge: &str, hashed: bool, verifier: &str) -> bool {
    if !hashed {
        return verifier == challenge;
    }
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
}

fn refresh(accounts: &mut Accounts, token: &str, data_center: &str, now_ms: i64) -> Reply {
    match accounts.grants.refresh(token, data_center, now_ms) {
        Ok((access, consent)) => tokens(accounts, &access, None, &consent),
        Err(RefreshRefusal::Unknown) => refusal("invalid_code"),
        Err(RefreshRefusal::TooMany) => Reply::json(
            200,
            &json!({
                "error": "access_denied",
                "error_description": "You have made too many requests continuously. Please try again after some time.",
            }),
        ),
    }
}

/// Tokens without a person: the organisation comes with the request, and no refresh token goes back.
fn for_client(accounts: &mut Accounts, scope: &str, soid: &str, data_center: &str, now_ms: i64) -> Reply {
    if !soid.split_once('.').is_some_and(|(service, org)| !service.is_empty() && !org.is_empty()) {
        return refusal("missing_org_info");
    }
    let scopes: Vec<Scope> = scope.split([',', ' ']).filter(|scope| !scope.is_empty()).map(Scope::granted).collect();
    if scopes.is_empty() || !scopes.iter().all(|scope| accounts.knows(scope)) {
        return refusal("invalid_scope");
    }
    let consent = Consent { scopes, data_center: data_center.to_owned() };
    let access = accounts.grants.add_access_token(consent.clone(), None, now_ms);
    tokens(accounts, &access, None, &consent)
}

fn tokens(accounts: &Accounts, access: &str, refresh: Option<&str>, consent: &Consent) -> Reply {
    let gateway =
        DataCenters::built_in().get(&consent.data_center).map(|center| center.gateway_host(Environment::Production));
    let scopes: Vec<&str> = consent.scopes.iter().map(Scope::as_str).collect();
    let mut reply = json!({
        "access_token": access,
        "scope": scopes.join(" "),
        "api_domain": format!("https://{}", gateway.unwrap_or_default()),
        "token_type": "Bearer",
        "expires_in": accounts.grants.token_seconds(),
    });
    if let (Some(token), Value::Object(members)) = (refresh, &mut reply) {
        members.insert("refresh_token".to_owned(), token.into());
    }
    Reply::json(200, &reply)
}

fn refusal(code: &str) -> Reply {
    Reply::json(200, &json!({ "error": code }))
}
