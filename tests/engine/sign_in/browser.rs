//! The browser flow, by the listener and by hand.

use zoho_core::{AuthFlow, ErrorKind, Redirect};

use super::*;

#[tokio::test]
async fn a_sign_in_goes_to_the_persons_data_center_with_a_proof() {
    let answer = "code=1000.code&state=STATE&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu&extra=1";
    let (done, server, person) = by_browser(answer, granted).await;
    let done = done.unwrap();
    assert_eq!((done.data_center.id.as_str(), done.tokens.refresh.unwrap().expose()), ("eu", "1000.r"));
    assert_eq!(done.tokens.access.unwrap().expires_at, START + 3600);
    let exchange = &server.token_requests()[0];
    assert_eq!(exchange.header("host"), Some("accounts.zoho.eu"));
    assert_eq!(field(exchange, "grant_type").as_deref(), Some("authorization_code"));
    assert_eq!(field(exchange, "code").as_deref(), Some("1000.code"));
    assert_eq!(field(exchange, "redirect_uri"), person.sent_to("redirect_uri"));
    assert!(!exchange.target.contains('?'), "secrets go in the body");
    // RFC 7636: the challenge of the consent is the hash of the proof.
    let proof = field(exchange, "code_verifier").unwrap();
    assert_eq!(person.sent_to("code_challenge").unwrap(), challenge(&proof));
    let page = person.page().await;
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("You are signed in."), "{page}");
}

fn challenge(proof: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(proof.as_bytes()))
}

#[tokio::test]
async fn an_answer_that_is_not_given_or_not_good_sends_nothing() {
    for (answer, kind, words) in [
        ("error=access_denied&state=STATE", ErrorKind::SignIn, "consent was not given (access_denied)"),
        ("state=STATE", ErrorKind::SignIn, "has no code"),
        ("code=c&state=STATE&location=mx", ErrorKind::SignIn, "data centre `mx`"),
        (
            "code=c&state=STATE&location=us&accounts-server=https%3A%2F%2Faccounts.zoho.in",
            ErrorKind::SignIn,
            "two data centres, in and us",
        ),
    ] {
        let (done, server, person) = by_browser(answer, granted).await;
        let error = done.unwrap_err();
        assert_eq!(error.kind(), kind, "{answer}");
        assert!(error.to_string().contains(words), "{answer}: {error}");
        assert!(server.all().is_empty(), "{answer}");
        let page = person.page().await;
        assert!(page.starts_with("HTTP/1.1 400 ") && page.contains("Signing in failed"), "{page}");
    }
}

/// A peer made any host that the callback named its token server, and sent the client secret there.
#[tokio::test]
async fn wanted_b9_no_secret_goes_to_a_server_that_the_callback_names() {
    for server in
        ["https%3A%2F%2Faccounts.zoho.eu.evil.org", "http%3A%2F%2Faccounts.zoho.eu", "https%3A%2F%2Fdesk.zoho.eu"]
    {
        let answer = format!("code=c&state=STATE&location=eu&accounts-server={server}");
        let (done, server, _) = by_browser(&answer, granted).await;
        assert_eq!(done.unwrap_err().kind(), ErrorKind::ForeignHost, "{answer}");
        assert!(server.all().is_empty(), "{answer}");
    }
}

/// A peer kept an error that came with status 200 as tokens.
#[tokio::test]
async fn wanted_b13_an_error_with_status_200_is_no_token() {
    let (done, _, person) = by_browser("code=c&state=STATE", |_, _| json(200, r#"{"error":"invalid_code"}"#)).await;
    let error = done.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::SignIn, Some("invalid_code")));
    assert!(person.page().await.starts_with("HTTP/1.1 400 "));
}

#[tokio::test]
async fn a_sign_in_without_a_refresh_token_fails_now_and_not_in_an_hour() {
    let hour = |_: &Asked, _| json(200, r#"{"access_token":"1000.a","expires_in":3600}"#);
    let (done, _, _) = by_browser("code=c&state=STATE", hour).await;
    assert!(done.unwrap_err().to_string().contains("no refresh token"));
}

#[tokio::test]
async fn a_reply_that_does_not_end_is_not_read_to_the_end() {
    let endless = |_: &Asked, _| json(200, format!("{{\"access_token\":\"{}\"}}", "a".repeat(1024 * 1024)));
    let (done, _, _) = by_browser("code=c&state=STATE", endless).await;
    assert!(done.unwrap_err().to_string().contains("more than 1 MiB"));
}

#[tokio::test]
async fn a_reply_that_is_cut_is_an_error_of_the_network() {
    let (done, _, _) = by_browser("code=c&state=STATE", |asked, before| granted(asked, before).cut()).await;
    assert_eq!(done.unwrap_err().kind(), ErrorKind::Network);
}

#[tokio::test]
async fn a_data_center_with_a_secret_of_its_own_gets_that_one() {
    let server = Server::start(granted).await;
    let (mut sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    sign_in.client.secrets.insert("eu".into(), zoho_core::Secret::new("european"));
    for (location, secret) in [("eu", "european"), ("in", "client-secret")] {
        let person = Tester::coming_back_with(&format!("code=c&state=STATE&location={location}"));
        let flow = AuthFlow::AuthorizationCode(Redirect::Loopback(loopback()));
        sign_in.login(flow, &person).await.unwrap();
        let exchange = server.token_requests().pop().unwrap();
        assert_eq!(field(&exchange, "client_secret").as_deref(), Some(secret), "{location}");
    }
}

#[tokio::test]
async fn a_name_comes_with_the_scope_for_it_and_is_no_condition() {
    let known = |asked: &Asked, _: usize| match asked.target.as_str() {
        "/oauth/user/info" if asked.header("authorization") == Some("Zoho-oauthtoken 1000.a") => {
            json(200, r#"{"Display_Name":"Ada King","Email":"ada@example.com"}"#)
        }
        "/oauth/user/info" => json(401, "{}"),
        _ => json(
            200,
            r#"{"access_token":"1000.a","refresh_token":"1000.r","expires_in":3600,"scope":"AaaServer.profile.READ"}"#,
        ),
    };
    let (done, _, _) = by_browser("code=c&state=STATE&location=eu", known).await;
    assert_eq!(done.unwrap().user.as_deref(), Some("Ada King <ada@example.com>"));
    let broken = move |asked: &Asked, before: usize| {
        if asked.method == "GET" { json(500, "<html>") } else { known(asked, before) }
    };
    let (done, _, _) = by_browser("code=c&state=STATE", broken).await;
    assert!(done.unwrap().user.is_none());
}

#[tokio::test]
async fn a_pasted_address_works_as_the_listener_does() {
    let server = Server::start(granted).await;
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let redirect_uri = "https://example.org/back".to_owned();
    let flow = || AuthFlow::AuthorizationCode(Redirect::Pasted { redirect_uri: redirect_uri.clone() });
    let address =
        "https://example.org/back?code=1000.c&state=STATE&location=in&accounts-server=https%3A%2F%2Faccounts.zoho.in";
    let person = Tester::pasting(&["what?", "https://example.org/back?code=1000.c&state=forged", address]);
    let done = sign_in.login(flow(), &person).await.unwrap();
    assert_eq!(done.data_center.id, "in");
    assert_eq!(server.token_requests()[0].header("host"), Some("accounts.zoho.in"));
    let again = person.notices().iter().filter(|notice| notice.starts_with("paste again")).count();
    assert_eq!(again, 2, "{:?}", person.notices());
    // A code alone does not say where the account lives.
    let done = sign_in.login(flow(), &Tester::pasting(&["1000.c.d"])).await.unwrap();
    assert_eq!(done.data_center.id, "us");
    let error = sign_in.login(flow(), &Tester::pasting(&["a b", "c d", "e f", "g h"])).await.unwrap_err();
    assert!(error.to_string().contains("neither an address nor a code"), "{error}");
}

#[tokio::test]
async fn a_code_alone_that_is_refused_hints_at_the_address() {
    let server = Server::start(|_, _| json(200, r#"{"error":"invalid_code"}"#)).await;
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let flow = AuthFlow::AuthorizationCode(Redirect::Pasted { redirect_uri: "https://example.org/back".into() });
    let error = sign_in.login(flow, &Tester::pasting(&["1000.c.d"])).await.unwrap_err();
    assert!(error.hint().unwrap().contains("paste the whole address"), "{:?}", error.hint());
}

#[tokio::test]
async fn a_web_application_owns_its_callback_route() {
    let server = Server::start(granted).await;
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let request = sign_in.begin("https://app.example.org/zoho").unwrap();
    let session = serde_json::to_string(&request).unwrap();
    let request: zoho_core::AuthorizationRequest = serde_json::from_str(&session).unwrap();
    let state = request.url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let called = format!("https://app.example.org/zoho?code=1000.c&location=ca&state={state}");
    let callback = zoho_core::Callback::read(&called.parse().unwrap(), &request.state).unwrap();
    let done = sign_in.finish(&request, &callback).await.unwrap();
    assert_eq!(done.data_center.id, "ca");
    assert_eq!(server.token_requests()[0].header("host"), Some("accounts.zohocloud.ca"));
}

#[tokio::test]
async fn two_sign_ins_at_once_each_take_their_own_answer() {
    let server = Server::start(granted).await;
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let people =
        [Tester::coming_back_with("code=1000.one&state=STATE"), Tester::coming_back_with("code=1000.two&state=STATE")];
    let flow = || AuthFlow::AuthorizationCode(Redirect::Loopback(loopback()));
    let (one, two) = tokio::join!(sign_in.login(flow(), &people[0]), sign_in.login(flow(), &people[1]));
    assert!(one.is_ok() && two.is_ok());
    let mut codes: Vec<_> = server.token_requests().iter().filter_map(|asked| field(asked, "code")).collect();
    codes.sort();
    assert_eq!(codes, ["1000.one", "1000.two"]);
}

/// No error, no `Debug` and no address of a sign-in holds a secret, whatever the server sends back.
#[tokio::test]
async fn nothing_secret_is_told() {
    let echo = |asked: &Asked, _: usize| {
        json(
            200,
            format!(r#"{{"error":"{}","error_description":"{}"}}"#, field(asked, "client_secret").unwrap(), asked.body),
        )
    };
    let (done, server, person) = by_browser("code=1000.code&state=STATE", echo).await;
    let proof = field(&server.token_requests()[0], "code_verifier").unwrap();
    let error = done.unwrap_err();
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let addresses = person.addresses.lock().unwrap().clone();
    let page = person.page().await;
    let shown = format!("{error} {error:?} {:?} {sign_in:?} {addresses:?} {page}", error.hint());
    for secret in ["client-secret", "1000.code", &proof] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

/// The exception of Zoho's table: an account in China is signed in at its own server, with a client of its own.
#[tokio::test]
async fn a_sign_in_in_china_starts_there() {
    let server = Server::start(granted).await;
    let (mut chinese, _) = sign_in(&server, &["Desk.tickets.READ"]);
    chinese.data_center = center("cn");
    let flow = || AuthFlow::AuthorizationCode(Redirect::Loopback(loopback()));
    let answer = "code=c&state=STATE&location=cn&accounts-server=https%3A%2F%2Faccounts.zoho.com.cn";
    let person = Tester::coming_back_with(answer);
    chinese.login(flow(), &person).await.unwrap();
    let address = person.addresses.lock().unwrap()[0].clone();
    assert!(address.as_str().starts_with("http://accounts.zoho.com.cn.localhost:"), "{address}");
    assert_eq!(server.token_requests()[0].header("host"), Some("accounts.zoho.com.cn"));
    assert!(person.notices().is_empty());
    // Somebody who starts elsewhere is told.
    let (done, ..) = by_browser(answer, |_, _| json(200, r#"{"error":"invalid_client"}"#)).await;
    let error = done.unwrap_err();
    assert!(error.hint().unwrap().contains("https://api-console.zoho.com.cn"), "{:?}", error.hint());
}

#[tokio::test]
async fn a_person_hears_where_the_account_lives() {
    let (done, _, person) = by_browser("code=c&state=STATE&location=eu", granted).await;
    done.unwrap();
    assert_eq!(person.notices(), ["moved to eu"]);
}

/// A peer waited for ever: its time limit was on GET only. And its settings were those of the whole process.
#[tokio::test]
async fn wanted_b16_every_request_ends_and_settings_belong_to_their_sign_in() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(granted).await;
    let (fast, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let mut slow = fast.clone();
    slow.endpoint = Some(Endpoint::parse(&format!("http://{}", silent.local_addr().unwrap())).unwrap());
    slow.transport.read_timeout = Duration::from_millis(50);
    let flow = || AuthFlow::RefreshToken(zoho_core::RefreshToken::new("1000.r"));
    let person = Tester::default();
    let (slow, fast) = tokio::join!(slow.login(flow(), &person), fast.login(flow(), &person));
    assert_eq!(slow.unwrap_err().kind(), ErrorKind::Timeout);
    assert!(fast.is_ok());
}
