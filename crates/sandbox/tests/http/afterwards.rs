//! What becomes of tokens: more scopes, revocation, introspection, and who the person is.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use zoho_sandbox::{ClientKind, SandboxClient, SandboxConfig};

use crate::person::{EU, REDIRECT, US, answer, back, client, desk, exchange, post, refresh, signed_in, tokens, wish};
use crate::support::{Local, Said, encoded};

async fn enhancement(local: &Local, host: &str, client: &SandboxClient, token: &str) -> Value {
    let pairs = [
        ("grant_type", "update_scopes_token"),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
        ("refresh_token", token),
    ];
    post(local, host, "/oauth/v2/token/scopeenhance", &pairs).await.json()
}

fn more(client: &SandboxClient, enhancement: &str, scope: &str) -> String {
    let pairs = [
        ("response_type", "update_scopes"),
        ("client_id", client.id.as_str()),
        ("redirect_uri", REDIRECT),
        ("scope", scope),
        ("enhance_token", enhancement),
        ("logout", "true"),
        ("state", "s"),
    ];
    format!("/oauth/v2/token/addextrascope?{}", encoded(&pairs))
}

#[tokio::test]
async fn scopes_are_added_to_a_refresh_token() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let (token, _) = signed_in(&local, EU, &server).await;
    let given = enhancement(&local, EU, &server, &token).await;
    assert_eq!((&given["token_type"], &given["expires_in"]), (&json!("update_scope"), &json!(600)));
    let enhancing = given["access_token"].as_str().unwrap();
    let target = more(&server, enhancing, "Desk.tickets.READ,Desk.contacts.READ");
    let page = local.get(EU, &target).await.html();
    assert!(
        page.contains("Desk.contacts.READ</code>") && !page.contains("Desk.tickets.READ</code>"),
        "only what is new"
    );

    let rejected = back(&answer(&local, EU, &target, "reject", &[]).await);
    assert_eq!((rejected["error"].as_str(), rejected["state"].as_str()), ("access_denied", "s"));
    assert!(!refresh(&local, EU, &server, &token).await.text("/scope").contains("contacts"));
    let accepted = back(&answer(&local, EU, &target, "accept", &[]).await);
    assert_eq!((accepted["status"].as_str(), accepted["scope_enhanced"].as_str()), ("success", "true"));
    let scope = refresh(&local, EU, &server, &token).await.text("/scope");
    assert_eq!(scope, "Desk.tickets.READ Desk.basic.READ Desk.contacts.READ");
    assert_eq!(local.get(EU, &target).await.status, 400, "the permission is used up");
}

#[tokio::test]
async fn scopes_are_not_added_by_strangers_or_too_late() {
    let local = desk(SandboxConfig::default()).await;
    let (server, desktop) = (client(&local, ClientKind::Server), client(&local, ClientKind::Desktop));
    let (token, _) = signed_in(&local, EU, &server).await;
    for (host, client, token) in [(EU, &server, "x"), (US, &server, token.as_str()), (EU, &desktop, &token)] {
        assert_eq!(enhancement(&local, host, client, token).await, json!({ "error": "invalid_code" }));
    }
    let enhancing = enhancement(&local, EU, &server, &token).await["access_token"].as_str().unwrap().to_owned();
    for (target, word) in [
        (more(&desktop, &enhancing, "Desk.contacts.READ"), "invalid_code"),
        (more(&server, "1000.x", "Desk.contacts.READ"), "invalid_code"),
        (more(&server, &enhancing, "Desk.nothing.READ"), "invalid_scope"),
        (more(&server, &enhancing, "Desk.contacts.READ").replace("8765", "9999"), "invalid_redirect_uri"),
        (more(&server, &enhancing, "Desk.contacts.READ").replace("update_scopes", "code"), "invalid_request"),
    ] {
        let page = local.get(EU, &target).await;
        assert!(page.status == 400 && page.html().contains(&format!("<h1>{word}</h1>")), "{target}: {}", page.html());
    }
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 600 })).await;
    assert_eq!(local.get(EU, &more(&server, &enhancing, "Desk.contacts.READ")).await.status, 400);
}

/// A request as a client shows itself by a header.
async fn basic(local: &Local, path: &str, client: &SandboxClient, pairs: &[(&str, &str)]) -> Said {
    let basic = BASE64_STANDARD.encode(format!("{}:{}", client.id, client.secret));
    let request = local.http.post(format!("{}{path}", local.sandbox.url())).header("host", EU);
    let request = request.header("authorization", format!("Basic {basic}"));
    local.send(request.header("content-type", "application/x-www-form-urlencoded").body(encoded(pairs))).await
}

#[tokio::test]
async fn a_revoked_token_is_gone_with_all_that_came_from_it() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let (token, access) = signed_in(&local, EU, &server).await;
    let revoke = async |host: &str, token: &str| {
        let said =
            local.send(local.request(Method::POST, host, &format!("/oauth/v2/token/revoke?token={token}"))).await;
        (said.status, said.json())
    };
    let unknown = (400, json!({ "error": "invalid_token" }));
    assert_eq!(revoke(US, &token).await, unknown, "another data centre does not know it");
    assert_eq!(revoke(EU, &token).await, (200, json!({ "status": "success" })));
    assert_eq!(revoke(EU, &token).await, unknown);
    assert_eq!(revoke(EU, &access).await, unknown);
    assert_eq!(refresh(&local, EU, &server, &token).await.json(), json!({ "error": "invalid_code" }));
}

#[tokio::test]
async fn the_newer_form_of_revoking_wants_the_client_and_the_kind_of_token() {
    let local = desk(SandboxConfig::default()).await;
    let (server, desktop) = (client(&local, ClientKind::Server), client(&local, ClientKind::Desktop));
    let (token, access) = signed_in(&local, EU, &server).await;
    let path = "/oauth/v2/revoke/token";
    let own = [("token", token.as_str()), ("client_id", &server.id), ("client_secret", &server.secret)];
    assert_eq!(post(&local, EU, path, &own).await.json(), json!({ "error": "invalid_client" }));
    for (client, kind, token) in
        [(&desktop, "refresh_token", &token), (&server, "access_token", &token), (&server, "refresh_token", &access)]
    {
        assert_eq!(basic(&local, path, client, &[("token", token), ("token_type", kind)]).await.status, 400, "{kind}");
    }
    for (kind, token) in [("access_token", &access), ("refresh_token", &token)] {
        let said = basic(&local, path, &server, &[("token", token), ("token_type", kind)]).await;
        assert_eq!((said.status, said.json()), (200, json!({ "status": "success" })), "{kind}");
    }
    assert_eq!(refresh(&local, EU, &server, &token).await.json(), json!({ "error": "invalid_code" }));
}

#[tokio::test]
async fn a_client_learns_what_its_tokens_are() {
    let local = desk(SandboxConfig::default()).await;
    let (server, desktop) = (client(&local, ClientKind::Server), client(&local, ClientKind::Desktop));
    let (token, access) = signed_in(&local, EU, &server).await;
    let path = "/oauth/v2/introspect";
    let said = basic(&local, path, &server, &[("token", &access)]).await;
    assert_eq!((said.at("/active"), said.text("/client_id")), (json!(true), server.id.clone()));
    assert_eq!(said.text("/scope"), "Desk.tickets.READ Desk.basic.READ");
    let now_ms = local.control(Method::GET, "clock", &json!(null)).await.at("/now_ms").as_i64().unwrap();
    assert!((3590..=3600).contains(&(said.at("/exp").as_i64().unwrap() - now_ms / 1000)));
    assert!(basic(&local, path, &server, &[("token", &token)]).await.json().get("exp").is_none());
    let unknown = json!({ "error": "invalid_token" });
    assert_eq!(basic(&local, path, &server, &[("token", "1000.x")]).await.json(), unknown);
    assert_eq!(basic(&local, path, &desktop, &[("token", &access)]).await.json(), unknown);
    let own = [("client_id", server.id.as_str()), ("client_secret", &server.secret), ("token", &access)];
    assert_eq!(post(&local, EU, path, &own).await.json(), json!({ "error": "invalid_client" }), "only by the header");
}

#[tokio::test]
async fn a_person_is_told_as_far_as_the_scopes_go() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let access = async |scope: &str| {
        let code = back(&answer(&local, EU, &wish(&server, &[("scope", scope)]), "accept", &[]).await)["code"].clone();
        exchange(&local, EU, &server, &code).await.text("/access_token")
    };
    let ask = async |path: &str, token: &str| {
        let request = local.http.get(format!("{}{path}", local.sandbox.url())).header("host", EU);
        let said = local.send(request.header("authorization", format!("Zoho-oauthtoken {token}"))).await;
        (said.status, said.json())
    };
    let (desk_only, openid) =
        (access("Desk.tickets.READ").await, access("openid,profile,AaaServer.profile.READ").await);
    let (status, user) = ask("/oauth/v2/userinfo", &openid).await;
    assert_eq!((status, &user["name"], user.get("email")), (200, &json!("Ada Example"), None));
    assert_eq!(ask("/oauth/v2/userinfo", &access("openid,email").await).await.1["email"], "ada@example.com");
    let (status, user) = ask("/oauth/user/info", &openid).await;
    assert_eq!((status, &user["Display_Name"]), (200, &json!("Ada Example")));
    for path in ["/oauth/v2/userinfo", "/oauth/user/info"] {
        assert_eq!(ask(path, &desk_only).await, (401, json!({ "error": "invalid_oauthscope" })));
        assert_eq!(ask(path, "1000.x").await, (401, json!({ "error": "invalid_token" })));
    }
    // A token without a person has none to tell of.
    let own = client(&local, ClientKind::SelfClient);
    let pairs = [("grant_type", "client_credentials"), ("scope", "Desk.tickets.READ"), ("soid", "Desk.1")];
    let token = tokens(&local, EU, &own, &pairs).await.text("/access_token");
    assert_eq!(ask("/oauth/user/info", &token).await.0, 401);
}

#[tokio::test]
async fn an_accounts_server_tells_of_itself_and_of_the_others() {
    let local = desk(SandboxConfig::default()).await;
    let said = local.get(EU, "/.well-known/openid-configuration").await;
    assert_eq!(said.text("/issuer"), "https://accounts.zoho.eu");
    assert_eq!(said.text("/device_authorization_endpoint"), "https://accounts.zoho.eu/oauth/v3/device/code");
    for endpoint in ["authorization", "token", "revocation", "introspection", "userinfo"] {
        let address = said.text(&format!("/{endpoint}_endpoint"));
        let path = address.strip_prefix("https://accounts.zoho.eu").unwrap();
        assert_ne!(local.get(EU, path).await.status, 404, "{path}");
    }
    assert_eq!(local.get(US, "/oauth/serverinfo").await.text("/locations/uk"), "https://accounts.zoho.uk");
    assert_eq!(local.get(US, "/oauth/v2/token").await.status, 405);
    assert_eq!(local.get(US, "/oauth/v9/token").await.status, 404);
}
