//! The consent in a browser, in every shape of the request, and the exchange of its code.

use reqwest::Method;
use serde_json::json;
use zoho_sandbox::{ClientKind, SandboxConfig};

use crate::person::{CN, EU, REDIRECT, US, VERIFIER, answer, back, challenge, client, desk, exchange, tokens, wish};
use crate::support::DESK;

#[tokio::test]
async fn a_consent_becomes_tokens_of_the_right_data_center() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let sign_in = || async { back(&answer(&local, EU, &wish(&server, &[]), "accept", &[]).await) };
    let returned = sign_in().await;
    assert_eq!(
        (returned["location"].as_str(), returned["accounts-server"].as_str(), returned["state"].as_str()),
        ("eu", "https://accounts.zoho.eu", "a&b")
    );

    let pairs = [("grant_type", "authorization_code"), ("code", &returned["code"]), ("redirect_uri", REDIRECT)];
    let wrong = tokens(&local, EU, &server, &[&pairs[..], &[("code_verifier", "another")]].concat()).await;
    assert_eq!((wrong.status, wrong.json()), (200, json!({ "error": "invalid_code" })));
    let used_up = exchange(&local, EU, &server, &returned["code"]).await;
    assert_eq!(used_up.json(), json!({ "error": "invalid_code" }));

    let code = sign_in().await["code"].clone();
    for (host, other) in [(US, &server), (EU, &client(&local, ClientKind::Desktop))] {
        let stranger = exchange(&local, host, other, &code).await;
        assert_eq!(stranger.json(), json!({ "error": "invalid_code" }), "another accounts server, another client");
    }
    let said = exchange(&local, EU, &server, &code).await;
    assert_eq!(said.header("cache-control"), Some("no-store"));
    assert_eq!(said.text("/api_domain"), "https://www.zohoapis.eu");
    assert_eq!(said.text("/scope"), "Desk.tickets.READ Desk.basic.READ");
    assert_eq!((said.at("/expires_in"), said.text("/token_type")), (json!(3600), "Bearer".into()));
    assert_eq!(exchange(&local, EU, &server, &code).await.text("/error"), "invalid_code", "a code is good once");

    let token = said.text("/access_token");
    let organizations = |host: &'static str| {
        let request = local.http.get(format!("{}/api/v1/organizations", local.sandbox.url()));
        local.send(request.header("host", host).header("authorization", format!("Bearer {token}")))
    };
    assert_eq!(organizations("desk.zoho.eu").await.status, 200);
    let elsewhere = organizations(DESK).await;
    assert_eq!((elsewhere.status, elsewhere.text("/errorCode")), (401, "INVALID_OAUTH".into()));
}

#[tokio::test]
async fn a_code_is_too_old_after_a_minute_and_belongs_to_its_redirect_url() {
    let local = desk(SandboxConfig {
        redirect_uris: vec![REDIRECT.to_owned(), "https://app.example/back".to_owned()],
        ..SandboxConfig::default()
    })
    .await;
    let server = client(&local, ClientKind::Server);
    let code = back(&answer(&local, US, &wish(&server, &[]), "accept", &[]).await)["code"].clone();
    local.control(Method::POST, "clock", &json!({ "advance_seconds": 60 })).await;
    assert_eq!(exchange(&local, US, &server, &code).await.text("/error"), "invalid_code");

    let code = back(&answer(&local, US, &wish(&server, &[]), "accept", &[]).await)["code"].clone();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "https://app.example/back"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(tokens(&local, US, &server, &pairs).await.text("/error"), "invalid_redirect_uri");
}

#[tokio::test]
async fn the_code_belongs_to_where_the_person_lives() {
    let local = desk(SandboxConfig { person_data_center: Some("ca".to_owned()), ..SandboxConfig::default() }).await;
    let server = client(&local, ClientKind::Server);
    let page = local.get(US, &wish(&server, &[])).await;
    assert!(page.html().contains("<option value=\"ca\" selected>"), "{}", page.html());
    assert!(page.html().contains("<label for=\"location\">"), "{}", page.html());
    let returned = back(&answer(&local, US, &wish(&server, &[]), "accept", &[("location", "ca")]).await);
    assert_eq!(
        (returned["location"].as_str(), returned["accounts-server"].as_str()),
        ("ca", "https://accounts.zohocloud.ca")
    );
    assert_eq!(exchange(&local, US, &server, &returned["code"]).await.text("/error"), "invalid_code");
    let said = exchange(&local, "accounts.zohocloud.ca", &server, &returned["code"]).await;
    assert_eq!(said.text("/api_domain"), "https://www.zohoapis.ca");
}

#[tokio::test]
async fn people_in_china_sign_in_at_their_own_server_only() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    for (host, location) in [(US, "cn"), (CN, "us"), (US, "atlantis")] {
        let refused = answer(&local, host, &wish(&server, &[]), "accept", &[("location", location)]).await;
        assert_eq!(refused.status, 400, "{host} {location}");
        assert!(refused.html().contains("<h1>other_dc</h1>"), "{}", refused.html());
    }
    let returned = back(&answer(&local, CN, &wish(&server, &[]), "accept", &[("location", "cn")]).await);
    let said = exchange(&local, CN, &server, &returned["code"]).await;
    assert_eq!(said.text("/api_domain"), "https://www.zohoapis.com.cn");
}

#[tokio::test]
async fn a_rejection_and_a_wrong_request_are_told_apart() {
    let local = desk(SandboxConfig::default()).await;
    let (server, desktop) = (client(&local, ClientKind::Server), client(&local, ClientKind::Desktop));
    let returned = back(&answer(&local, EU, &wish(&server, &[]), "reject", &[]).await);
    assert_eq!(
        returned.into_iter().collect::<Vec<_>>(),
        [("error".into(), "access_denied".into()), ("state".into(), "a&b".into())]
    );
    let wrong = async |client: &zoho_sandbox::SandboxClient, pair: (&str, &str), word: &str| {
        let page = local.get(EU, &wish(client, &[pair])).await;
        assert_eq!(page.status, 400, "{pair:?}");
        assert!(page.html().contains(&format!("<h1>{word}</h1>")), "{pair:?}: {}", page.html());
        assert!(page.header("location").is_none(), "nobody is sent to an address that is not registered");
    };
    for (name, value, word) in [
        ("scope", "Desk.nothing.READ", "invalid_scope"),
        ("scope", "Desk.tickets.READ Desk.basic.READ", "invalid_scope"),
        ("client_id", "1000.OTHER", "invalid_client"),
        ("response_type", "token", "invalid_request"),
        ("code_challenge_method", "S512", "invalid_code_challenge"),
        ("redirect_uri", "javascript:alert(1)", "invalid_redirect_uri"),
        ("redirect_uri", "http://127.0.0.1:8766/callback", "invalid_redirect_uri"),
        ("redirect_uri", "http://localhost:8765/callback", "invalid_redirect_uri"),
        ("redirect_uri", "http://127.0.0.1:8765/callback/", "invalid_redirect_uri"),
        ("redirect_uri", "http://127.0.0.1:8765/callback?a=b", "invalid_redirect_uri"),
        ("redirect_uri", "https://127.0.0.1:8765/callback", "invalid_redirect_uri"),
    ] {
        wrong(&server, (name, value), word).await;
    }
    wrong(&desktop, ("code_challenge", ""), "invalid_code_challenge").await;
    for kind in [ClientKind::SelfClient, ClientKind::Device] {
        wrong(&client(&local, kind), ("state", "s"), "invalid_client").await;
    }
}

#[tokio::test]
async fn a_registered_star_takes_any_port_of_the_loopback() {
    let redirect_uris = vec!["http://127.0.0.1:*/callback".to_owned()];
    let local = desk(SandboxConfig { redirect_uris, ..SandboxConfig::default() }).await;
    let server = client(&local, ClientKind::Server);
    for (uri, status) in [
        ("http://127.0.0.1:40123/callback", 200),
        ("http://127.0.0.1:1/callback", 200),
        ("http://127.0.0.1:40123/other", 400),
        ("http://127.0.0.2:40123/callback", 400),
    ] {
        assert_eq!(local.get(US, &wish(&server, &[("redirect_uri", uri)])).await.status, status, "{uri}");
    }
}

#[tokio::test]
async fn a_server_may_go_without_pkce_and_either_method_is_checked() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    for (challenge, method, good) in [
        ("", "", true),
        (VERIFIER, "plain", true),
        (VERIFIER, "", true),
        (challenge(VERIFIER).as_str(), "S256", true),
        (VERIFIER, "S256", false),
        (challenge(VERIFIER).as_str(), "plain", false),
    ] {
        let wish = wish(&server, &[("code_challenge", challenge), ("code_challenge_method", method)]);
        let code = back(&answer(&local, US, &wish, "accept", &[]).await)["code"].clone();
        let said = exchange(&local, US, &server, &code).await.json();
        assert_eq!(said.get("access_token").is_some(), good, "{challenge} {method}: {said}");
    }
}

#[tokio::test]
async fn without_offline_or_without_a_prompt_no_refresh_token_comes() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let mut gives = Vec::new();
    for left_out in ["access_type", "prompt", "prompt", "none"] {
        let code = back(&answer(&local, EU, &wish(&server, &[(left_out, "")]), "accept", &[]).await)["code"].clone();
        gives.push(exchange(&local, EU, &server, &code).await.json().get("refresh_token").is_some());
    }
    assert_eq!(gives, [false, true, false, true], "the first offline consent and a prompted one give a refresh token");
}

#[tokio::test]
async fn pages_and_redirects_tell_no_other_site_their_address() {
    let local = desk(SandboxConfig::default()).await;
    let server = client(&local, ClientKind::Server);
    let page = local.get(US, &wish(&server, &[("scope", "Desk.tickets.READ"), ("state", "\"><b>")])).await;
    let redirect = answer(&local, US, &wish(&server, &[]), "accept", &[]).await;
    for said in [&page, &redirect] {
        assert_eq!(
            (said.header("referrer-policy"), said.header("cache-control")),
            (Some("no-referrer"), Some("no-store"))
        );
        assert!(said.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    }
    assert!(page.html().contains("value=\"&quot;&gt;&lt;b&gt;\""), "{}", page.html());
}
