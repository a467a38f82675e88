//! The token endpoint: refreshes and their limits, clients of every kind, and how refusals look.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::json;
use zoho_sandbox::{ClientKind, SandboxConfig};

use crate::person::{
    EU, REDIRECT, US, VERIFIER, answer, back, client, counts, desk, exchange, grant_code, post, refresh, signed_in,
    tokens, wish,
};
use crate::support::{DESK, Local, connectors, encoded};

#[tokio::test]
async fn tokens_die_and_refreshing_is_throttled_with_http_200() {
    let config = SandboxConfig {
        connectors: connectors(&["desk"]),
        token_lifetime: Duration::from_secs(60),
        ..SandboxConfig::default()
    };
    let local = Local::with(config).await;
    assert_eq!(local.get(DESK, "/api/v1/organizations").await.status, 200);
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 61 })).await;
    let dead = local.get(DESK, "/api/v1/organizations").await;
    assert_eq!((dead.status, dead.text("/errorCode")), (401, "INVALID_OAUTH".into()));

    let (server, token) = (client(&local, ClientKind::Server), local.sandbox.refresh_token());
    for _ in 0..10 {
        let said = refresh(&local, US, &server, &token).await;
        assert!(said.json().get("refresh_token").is_none());
        assert_eq!(said.at("/expires_in"), 60);
    }
    let throttled = refresh(&local, US, &server, &token).await;
    assert_eq!((throttled.status, throttled.text("/error")), (200, "access_denied".into()));
    assert_eq!(
        throttled.text("/error_description"),
        "You have made too many requests continuously. Please try again after some time."
    );
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 600 })).await;
    assert!(refresh(&local, US, &server, &token).await.json().get("access_token").is_some());
}

#[tokio::test]
async fn of_eleven_living_access_tokens_the_oldest_is_dead() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    // The exchange gives one, and ten refreshes one each.
    let (token, first) = signed_in(&local, US, &server).await;
    let status = async |access: String| {
        let request = local.http.get(format!("{}/api/v1/organizations", local.sandbox.url()));
        let said = local.send(request.header("host", DESK).header("authorization", format!("Bearer {access}"))).await;
        said.status
    };
    for _ in 0..9 {
        refresh(&local, US, &server, &token).await.text("/access_token");
    }
    assert_eq!(status(first.clone()).await, 200);
    let last = refresh(&local, US, &server, &token).await.text("/access_token");
    assert_eq!((status(first).await, status(last).await), (401, 200));
}

#[tokio::test]
async fn the_twenty_first_sign_in_displaces_the_first_in_silence() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let (first, _) = signed_in(&local, US, &server).await;
    for _ in 0..19 {
        signed_in(&local, US, &server).await;
    }
    assert!(refresh(&local, US, &server, &first).await.json().get("access_token").is_some());
    signed_in(&local, US, &server).await;
    let displaced = refresh(&local, US, &server, &first).await;
    assert_eq!((displaced.status, displaced.json()), (200, json!({ "error": "invalid_code" })));
}

#[tokio::test]
async fn refresh_tokens_may_be_limited_by_the_minute() {
    let local = desk(SandboxConfig { refresh_tokens_per_minute: Some(2), ..SandboxConfig::default() }).await;
    let server = client(&local, ClientKind::Server);
    let sign_in = || async {
        let code = back(&answer(&local, US, &wish(&server, &[]), "accept", &[]).await)["code"].clone();
        exchange(&local, US, &server, &code).await.json()
    };
    assert!(sign_in().await.get("refresh_token").is_some() && sign_in().await.get("refresh_token").is_some());
    let third = sign_in().await;
    assert_eq!(third["error"], "access_denied");
    assert!(third["error_description"].as_str().unwrap().contains("too many requests"));
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 60 })).await;
    assert!(sign_in().await.get("refresh_token").is_some());
}

#[tokio::test]
async fn wrong_clients_and_grants_are_refused_with_http_200() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    for (id, secret, grant, error) in [
        ("1000.OTHER", server.secret.as_str(), "refresh_token", "invalid_client"),
        (server.id.as_str(), "other", "refresh_token", "invalid_client_secret"),
        (&server.id, "", "refresh_token", "invalid_client_secret"),
        (&server.id, &server.secret, "refresh_token", "invalid_code"),
        (&server.id, &server.secret, "password", "unsupported_grant_type"),
        (&server.id, &server.secret, "", "invalid_request"),
        (&server.id, &server.secret, "client_credentials", "invalid_client"),
    ] {
        let query = encoded(&[
            ("client_id", id),
            ("client_secret", secret),
            ("grant_type", grant),
            ("refresh_token", "x"),
            ("soid", "Desk.1"),
            ("scope", "Desk.tickets.READ"),
        ]);
        let said = local.send(local.request(Method::POST, EU, &format!("/oauth/v2/token?{query}"))).await;
        assert_eq!((said.status, said.json()), (200, json!({ "error": error })), "{grant}");
    }
}

#[tokio::test]
async fn a_client_shows_itself_by_a_header_as_well() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let token = local.sandbox.refresh_token();
    for (secret, member) in [(server.secret.as_str(), "access_token"), ("other", "error")] {
        let basic = BASE64_STANDARD.encode(format!("{}:{secret}", server.id));
        let request = local.http.post(format!("{}/oauth/v2/token", local.sandbox.url())).header("host", US);
        let request = request.header("authorization", format!("Basic {basic}"));
        let form = encoded(&[("grant_type", "refresh_token"), ("refresh_token", &token)]);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        assert!(local.send(request).await.json().get(member).is_some(), "{member}");
    }
}

#[tokio::test]
async fn a_desktop_program_needs_its_verifier_and_no_secret() {
    let local = desk(SandboxConfig::default()).await;
    let desktop = client(&local, ClientKind::Desktop);
    let code = || async { back(&answer(&local, EU, &wish(&desktop, &[]), "accept", &[]).await)["code"].clone() };
    let public = async |code: &str, more: &[(&str, &str)]| {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", desktop.id.as_str()),
            ("redirect_uri", REDIRECT),
            ("code", code),
        ];
        post(&local, EU, "/oauth/v2/token", &[&pairs[..], more].concat()).await.json()
    };
    assert_eq!(public(&code().await, &[]).await, json!({ "error": "invalid_code" }));
    let wrong = public(&code().await, &[("code_verifier", VERIFIER), ("client_secret", "other")]).await;
    assert_eq!(wrong, json!({ "error": "invalid_client_secret" }));
    let said = public(&code().await, &[("code_verifier", VERIFIER)]).await;
    assert!(said.get("refresh_token").is_some(), "{said}");
}

#[tokio::test]
async fn a_self_client_needs_its_organisation_or_a_code_from_the_console() {
    let local = desk(SandboxConfig::default()).await;
    let own = client(&local, ClientKind::SelfClient);
    let alone = async |scope: &str, soid: &str| {
        let pairs = [("grant_type", "client_credentials"), ("scope", scope), ("soid", soid)];
        tokens(&local, US, &own, &pairs).await.json()
    };
    for soid in ["", "Desk", "Desk.", ".1"] {
        assert_eq!(alone("Desk.tickets.READ", soid).await, json!({ "error": "missing_org_info" }), "{soid}");
    }
    assert_eq!(alone("Desk.nothing.READ", "Desk.1").await, json!({ "error": "invalid_scope" }));
    let said = alone("Desk.tickets.READ", "Desk.1").await;
    assert!(said.get("access_token").is_some() && said.get("refresh_token").is_none(), "{said}");

    let code = grant_code(&local, &json!({ "scopes": "Desk.tickets.READ", "data_center": "eu" })).await;
    assert_eq!(code.at("/expires_in"), 180);
    let pairs = [("grant_type", "authorization_code"), ("code", &code.text("/code"))];
    assert_eq!(tokens(&local, US, &own, &pairs).await.json(), json!({ "error": "invalid_code" }));
    let server = client(&local, ClientKind::Server);
    assert_eq!(tokens(&local, EU, &server, &pairs).await.json(), json!({ "error": "invalid_code" }));
    let said = tokens(&local, EU, &own, &pairs).await;
    assert_eq!(said.text("/scope"), "Desk.tickets.READ");
    assert!(refresh(&local, EU, &own, &said.text("/refresh_token")).await.json().get("access_token").is_some());
    assert_eq!(tokens(&local, EU, &own, &pairs).await.json(), json!({ "error": "invalid_code" }), "it is used up");
}

#[tokio::test]
async fn a_code_from_the_console_has_all_scopes_for_three_minutes_unless_said() {
    let local = desk(SandboxConfig::default()).await;
    let own = client(&local, ClientKind::SelfClient);
    let code = grant_code(&local, &json!({})).await.text("/code");
    let short = grant_code(&local, &json!({ "scopes": ["Desk.basic.READ"], "seconds": 60 })).await.text("/code");
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 179 })).await;
    let exchange = async |code: &str| {
        tokens(&local, US, &own, &[("grant_type", "authorization_code"), ("code", code)]).await.json()
    };
    assert_eq!(exchange(&short).await["error"], "invalid_code");
    assert!(exchange(&code).await["scope"].as_str().unwrap().contains("Desk.tickets.READ"));
    for wrong in [json!({ "scopes": "Desk.nothing.READ" }), json!({ "data_center": "xx" }), json!({ "scope": "a" })] {
        assert_eq!(grant_code(&local, &wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_client_is_unknown_where_it_is_not_enabled() {
    let client_data_centers = vec!["us".to_owned(), "in".to_owned()];
    let local = desk(SandboxConfig { client_data_centers, ..SandboxConfig::default() }).await;
    let server = client(&local, ClientKind::Server);
    assert!(local.get(EU, &wish(&server, &[])).await.html().contains("<h1>invalid_client</h1>"));
    // The consent goes through where the client is registered; only then it shows.
    let returned = back(&answer(&local, US, &wish(&server, &[]), "accept", &[("location", "eu")]).await);
    assert_eq!(returned["accounts-server"], "https://accounts.zoho.eu");
    assert_eq!(exchange(&local, EU, &server, &returned["code"]).await.json(), json!({ "error": "invalid_client" }));
}

#[tokio::test]
async fn a_client_may_have_a_secret_of_its_own_in_every_data_center() {
    let local = desk(SandboxConfig { secret_per_data_center: true, ..SandboxConfig::default() }).await;
    let mut server = client(&local, ClientKind::Server);
    assert_eq!(server.secret, server.secret_in("us"));
    let sign_in = async |server: &zoho_sandbox::SandboxClient| {
        let code = back(&answer(&local, EU, &wish(server, &[]), "accept", &[]).await)["code"].clone();
        exchange(&local, EU, server, &code).await.json()
    };
    assert_eq!(sign_in(&server).await, json!({ "error": "invalid_client_secret" }));
    let told = local.control(Method::GET, "clients", &json!(null)).await;
    assert_eq!((told.text("/0/kind"), told.text("/2/kind")), ("server".into(), "self".into()));
    assert_eq!(told.text("/0/id"), server.id);
    server.secret = told.text("/0/secrets/eu");
    assert!(sign_in(&server).await.get("access_token").is_some());
}

#[tokio::test]
async fn refreshes_that_overlap_are_counted() {
    let local = desk(SandboxConfig { token_delay: Duration::from_millis(120), ..SandboxConfig::default() }).await;
    let server = client(&local, ClientKind::Server);
    let (one, two) = (local.sandbox.refresh_token(), local.sandbox.refresh_token());
    let begun = Instant::now();
    refresh(&local, US, &server, &one).await;
    refresh(&local, US, &server, &one).await;
    assert!(begun.elapsed() >= Duration::from_millis(240));
    let seen = counts(&local).await;
    assert_eq!((&seen["refreshes"], &seen["most_in_flight"], &seen["in_flight"]), (&json!(2), &json!(1), &json!(0)));

    local.control(Method::DELETE, "tokens", &json!(null)).await;
    let unknown = refresh(&local, US, &server, "1000.unknown");
    let all =
        (refresh(&local, US, &server, &one), refresh(&local, US, &server, &one), refresh(&local, US, &server, &two));
    let wrong = tokens(&local, US, &server, &[("grant_type", "authorization_code"), ("code", "x")]);
    tokio::join!(all.0, all.1, all.2, unknown, wrong);
    assert_eq!(
        counts(&local).await,
        json!({
            "token_requests": 5, "refresh_requests": 4, "refreshes": 3,
            "in_flight": 0, "most_in_flight": 2, "most_in_flight_of_all": 4,
        })
    );
}

#[tokio::test]
async fn its_clock_may_be_wrong_and_it_says_so() {
    let shown = async |clock_offset_seconds: i64| {
        let local = desk(SandboxConfig { clock_offset_seconds, ..SandboxConfig::default() }).await;
        let said = local.get(US, "/oauth/serverinfo").await;
        let date = said.header("date").unwrap();
        jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap().as_second()
    };
    let right = shown(0).await;
    for offset in [-600, 86_400] {
        let ahead = shown(offset).await - right;
        assert!((offset..=offset + 5).contains(&ahead), "{offset}: {ahead}");
    }
}
