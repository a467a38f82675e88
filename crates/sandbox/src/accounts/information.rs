//! What an accounts server tells: of tokens and their ends, of the person, and of itself.

use serde_json::{Map, Value, json};
use zoho_connector::{DataCenters, Scope};

use super::asked::Asked;
use super::grants::Token;
use super::{Accounts, OPENID, PROFILE, refusal};
use crate::message::Reply;

/// The one person who lives in each data centre.
const PERSON: [(&str, &str); 4] =
    [("First_Name", "Ada"), ("Last_Name", "Example"), ("Display_Name", "Ada Example"), ("Email", "ada@example.com")];
const USER_ID: u64 = 700_000_001;

/// Revokes a token, whoever brings it.
pub(super) fn revoke(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    end(accounts, asked, |_| true)
}

/// Revokes a token that the client has, in the newer form: the client shows itself, and says what the token is.
pub(super) fn revoke_own(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let client = match accounts.clients.authenticated(asked) {
        Ok(client) if asked.is_basic() => client,
        Ok(_) => return refusal("invalid_client"),
        Err(fault) => return refusal(fault),
    };
    let kind = asked.text("token_type");
    end(accounts, asked, |token| match token {
        Token::Refresh(consent) => consent.client == client.id && kind != "access_token",
        Token::Access(access) => access.consent.client == client.id && kind != "refresh_token",
    })
}

fn end(accounts: &mut Accounts, asked: &Asked<'_>, may: impl Fn(Token<'_>) -> bool) -> Reply {
    let token = asked.text("token");
    let known = accounts.grants.token_of(token, asked.data_center, asked.now_ms).is_some_and(may);
    if !known {
        return Reply::json(400, &json!({ "error": "invalid_token" }));
    }
    accounts.grants.revoke(token);
    Reply::json(200, &json!({ "status": "success" }))
}

/// Says what a token of the client's is.
pub(super) fn introspect(accounts: &Accounts, asked: &Asked<'_>) -> Reply {
    let client = match accounts.clients.authenticated(asked) {
        Ok(client) if asked.is_basic() => client,
        Ok(_) => return refusal("invalid_client"),
        Err(fault) => return refusal(fault),
    };
    let (consent, expires_ms) = match accounts.grants.token_of(asked.text("token"), asked.data_center, asked.now_ms) {
        Some(Token::Refresh(consent)) => (consent, None),
        Some(Token::Access(access)) => (&access.consent, Some(access.expires_ms)),
        None => return refusal("invalid_token"),
    };
    if consent.client != client.id {
        return refusal("invalid_token");
    }
    let scopes: Vec<&str> = consent.scopes.iter().map(Scope::as_str).collect();
    let mut body = json!({ "active": true, "scope": scopes.join(" "), "client_id": client.id });
    if let (Some(expires_ms), Value::Object(members)) = (expires_ms, &mut body) {
        members.insert("token_type".to_owned(), "Bearer".into());
        members.insert("exp".to_owned(), (expires_ms / 1000).into());
    }
    Reply::json(200, &body)
}

/// Who the person is, in the form that Zoho has always had.
pub(super) fn user(accounts: &Accounts, asked: &Asked<'_>) -> Reply {
    match scopes_of_token(accounts, asked) {
        Some(scopes) if scopes.iter().any(|scope| scope.covers(&Scope::granted(PROFILE))) => {
            let mut members: Map<String, Value> =
                PERSON.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            members.insert("ZUID".to_owned(), USER_ID.into());
            Reply::json(200, &Value::Object(members))
        }
        Some(_) => Reply::json(401, &json!({ "error": "invalid_oauthscope" })),
        None => Reply::json(401, &json!({ "error": "invalid_token" })),
    }
}

/// Who the person is, in the form of OpenID Connect: as much as the scopes allow.
pub(super) fn openid_user(accounts: &Accounts, asked: &Asked<'_>) -> Reply {
    let Some(scopes) = scopes_of_token(accounts, asked) else {
        return Reply::json(401, &json!({ "error": "invalid_token" }));
    };
    let has = |name: &str| scopes.iter().any(|scope| scope.as_str().eq_ignore_ascii_case(name));
    if !OPENID.iter().any(|name| has(name)) {
        return Reply::json(401, &json!({ "error": "invalid_oauthscope" }));
    }
    let mut body = json!({ "sub": USER_ID.to_string() });
    let mut add = |name: &str, value: Value| {
        if let Value::Object(members) = &mut body {
            members.insert(name.to_owned(), value);
        }
    };
    if has("profile") {
        for (name, value) in [("name", "Ada Example"), ("first_name", "Ada"), ("last_name", "Example")] {
            add(name, value.into());
        }
    }
    if has("email") {
        add("email", "ada@example.com".into());
        add("email_verified", true.into());
    }
    Reply::json(200, &body)
}

fn scopes_of_token<'a>(accounts: &'a Accounts, asked: &Asked<'_>) -> Option<&'a [Scope]> {
    let access = accounts.grants.access(asked.bearer?, asked.data_center, asked.now_ms)?;
    Some(&access.consent.scopes)
}

/// Which accounts servers there are.
pub(super) fn servers() -> Reply {
    let locations: Map<String, Value> = DataCenters::built_in()
        .iter()
        .map(|center| (center.id.clone(), format!("https://{}", center.accounts).into()))
        .collect();
    Reply::json(200, &json!({ "result": "success", "locations": locations }))
}

/// What the accounts server offers, as OpenID Connect wants it told.
pub(super) fn discovery(asked: &Asked<'_>) -> Reply {
    let server = DataCenters::built_in().get(asked.data_center).map(|center| center.accounts.as_str());
    let issuer = format!("https://{}", server.unwrap_or_default());
    let at = |path: &str| format!("{issuer}{path}");
    Reply::json(
        200,
        &json!({
            "issuer": issuer,
            "authorization_endpoint": at("/oauth/v2/auth"),
            "token_endpoint": at("/oauth/v2/token"),
            "userinfo_endpoint": at("/oauth/v2/userinfo"),
            "revocation_endpoint": at("/oauth/v2/token/revoke"),
            "introspection_endpoint": at("/oauth/v2/introspect"),
            "device_authorization_endpoint": at("/oauth/v3/device/code"),
            "dc_info": at("/oauth/serverinfo"),
            "scopes_supported": OPENID,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported":
                ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["plain", "S256"],
        }),
    )
}
