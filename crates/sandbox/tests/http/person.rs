//! What a person does in a browser, and what a program asks an accounts server for.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Method;
use sha2::{Digest, Sha256};
use zoho_sandbox::{ClientKind, SandboxClient, SandboxConfig};

use crate::support::{Local, Said, connectors, encoded};

pub(crate) const US: &str = "accounts.zoho.com";
pub(crate) const EU: &str = "accounts.zoho.eu";
pub(crate) const CN: &str = "accounts.zoho.com.cn";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:8765/callback";
pub(crate) const VERIFIER: &str = "a-verifier-that-is-long-enough-for-rfc-7636-to-take-it";
pub(crate) const SCOPES: &str = "Desk.tickets.READ,Desk.basic.READ";

/// A sandbox with Desk and nobody signed in, of this configuration otherwise.
pub(crate) async fn desk(config: SandboxConfig) -> Local {
    Local::with_plain(SandboxConfig { connectors: connectors(&["desk"]), ..config }).await
}

pub(crate) fn client(local: &Local, kind: ClientKind) -> SandboxClient {
    local.sandbox.client(kind).unwrap().clone()
}

/// The challenge of a verifier.
pub(crate) fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The query of an authorisation request; a pair replaces that of the same name, and an empty value leaves it out.
pub(crate) fn wish(client: &SandboxClient, other: &[(&str, &str)]) -> String {
    let challenge = challenge(VERIFIER);
    let usual = [
        ("response_type", "code"),
        ("client_id", client.id.as_str()),
        ("scope", SCOPES),
        ("redirect_uri", REDIRECT),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("state", "a&b"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let kept = usual.into_iter().filter(|(name, _)| !other.iter().any(|(replaced, _)| replaced == name));
    let pairs: Vec<(&str, &str)> = kept.chain(other.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
    format!("/oauth/v2/auth?{}", encoded(&pairs))
}

/// Opens a page, and sends its form with a decision and further fields.
pub(crate) async fn answer(local: &Local, host: &str, target: &str, decision: &str, further: &[(&str, &str)]) -> Said {
    let page = local.get(host, target).await;
    assert_eq!(page.status, 200, "{}", page.html());
    let html = page.html();
    for part in ["<form method=\"post\"", "<button id=\"accept\"", "<button id=\"reject\""] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap());
        rest.unwrap().replace("&amp;", "&")
    };
    let fields: Vec<(String, String)> =
        html.split("<input ").skip(1).map(|tag| (attribute(tag, "name"), attribute(tag, "value"))).collect();
    let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs: Vec<(&str, &str)> = pairs.chain([("decision", decision)]).chain(further.iter().copied()).collect();
    post(local, host, &attribute(&html, "action"), &pairs).await
}

/// Where a person's answer sent the browser: the parameters.
pub(crate) fn back(said: &Said) -> BTreeMap<String, String> {
    assert_eq!(said.status, 302, "{}", said.html());
    let location = url::Url::parse(said.header("location").unwrap()).unwrap();
    assert!(location.as_str().starts_with(REDIRECT), "{location}");
    location.query_pairs().into_owned().collect()
}

/// Posts a form to an accounts server, without any token.
pub(crate) async fn post(local: &Local, host: &str, path: &str, pairs: &[(&str, &str)]) -> Said {
    let request = local.http.post(format!("{}{path}", local.sandbox.url())).header("host", host);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    local.send(request.body(encoded(pairs))).await
}

/// Asks for tokens as a client.
pub(crate) async fn tokens(local: &Local, host: &str, client: &SandboxClient, pairs: &[(&str, &str)]) -> Said {
    let own = [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
    let pairs: Vec<(&str, &str)> = pairs.iter().copied().chain(own).collect();
    post(local, host, "/oauth/v2/token", &pairs).await
}

/// Exchanges a code that a browser brought.
pub(crate) async fn exchange(local: &Local, host: &str, client: &SandboxClient, code: &str) -> Said {
    let pairs =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)];
    tokens(local, host, client, &pairs).await
}

/// Refreshes.
pub(crate) async fn refresh(local: &Local, host: &str, client: &SandboxClient, token: &str) -> Said {
    tokens(local, host, client, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

/// A whole sign-in, to its refresh token and access token.
pub(crate) async fn signed_in(local: &Local, host: &str, client: &SandboxClient) -> (String, String) {
    let back = back(&answer(local, host, &wish(client, &[]), "accept", &[]).await);
    let said = exchange(local, host, client, &back["code"]).await;
    (said.text("/refresh_token"), said.text("/access_token"))
}

/// What the sandbox counts of requests for tokens.
pub(crate) async fn counts(local: &Local) -> serde_json::Value {
    local.control(Method::GET, "tokens", &serde_json::json!(null)).await.json()
}

/// A code of the self client, as the console would make it.
pub(crate) async fn grant_code(local: &Local, wish: &serde_json::Value) -> Said {
    local.control(Method::POST, "grant-code", wish).await
}
