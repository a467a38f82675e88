//! The device flow: what is shown, how often is asked, and where.

use zoho_core::ErrorKind;

use super::*;

/// A server that gives `code`, and to each poll the next of `polls` (the last one again and again). Beside it, when each
/// request came, by the clock that is set by hand.
async fn flow(code: &'static str, polls: Vec<Answer>) -> (Result<SignedIn, Error>, Server, Tester, Vec<u64>) {
    let times = Arc::new(Mutex::new(Vec::new()));
    let clock: Arc<Mutex<Option<Arc<AtomicU64>>>> = Arc::default();
    let (noted, read) = (Arc::clone(&times), Arc::clone(&clock));
    let server = Server::start(move |asked, before| {
        let time = read.lock().unwrap().as_ref().map_or(0, |time| now(time));
        noted.lock().unwrap().push(time);
        match asked.target.as_str() {
            "/oauth/v3/device/code" => json(200, code),
            _ => polls[(before - 1).min(polls.len() - 1)].clone(),
        }
    })
    .await;
    let (sign_in, time) = sign_in(&server, &["Desk.tickets.READ", "Desk.basic.READ"]);
    *clock.lock().unwrap() = Some(time);
    let person = Tester::default();
    let done = sign_in.login(AuthFlow::DeviceCode, &person).await;
    let times = times.lock().unwrap().clone();
    (done, server, person, times)
}

const CODE: &str = r#"{"user_code":"ABCD-EFGH","device_code":"1004.device","verification_url":"https://accounts.zoho.com/oauth/v3/device","verification_uri_complete":"https://accounts.zoho.com/oauth/v3/device?user_code=ABCD-EFGH","interval":5,"expires_in":300}"#;

fn word(word: &str) -> Answer {
    json(200, format!(r#"{{"error":"{word}"}}"#))
}

fn tokens() -> Answer {
    json(200, r#"{"access_token":"1000.a","refresh_token":"1000.r","expires_in":3600}"#)
}

#[tokio::test]
async fn the_code_is_shown_and_the_tokens_come() {
    let pending = word("authorization_pending");
    let (done, server, person, times) = flow(CODE, vec![pending.clone(), pending, tokens()]).await;
    let done = done.unwrap();
    assert_eq!(done.tokens.refresh.as_ref().unwrap().expose(), "1000.r");
    assert_eq!(
        done.tokens.scopes,
        ["Desk.tickets.READ", "Desk.basic.READ"],
        "what was asked for, as nothing else is said"
    );
    assert_eq!(times, [0, 5, 10, 15], "the first poll comes after a pause, too");
    let shown = person.codes.lock().unwrap()[0].clone();
    assert_eq!(shown.code, "ABCD-EFGH");
    // A server on this machine is reached by a name.
    assert!(shown.address.as_str().starts_with("http://accounts.zoho.com.localhost:"), "{}", shown.address);
    assert!(shown.complete.unwrap().as_str().ends_with("?user_code=ABCD-EFGH"));
    let asked = server.all();
    assert_eq!(field(&asked[0], "grant_type").as_deref(), Some("device_request"));
    assert_eq!(field(&asked[0], "scope").as_deref(), Some("Desk.tickets.READ,Desk.basic.READ"));
    assert_eq!(field(&asked[0], "access_type").as_deref(), Some("offline"));
    assert_eq!(field(&asked[0], "client_secret"), None);
    assert_eq!(field(&asked[1], "grant_type").as_deref(), Some("device_token"));
    assert_eq!(field(&asked[1], "code").as_deref(), Some("1004.device"));
    assert_eq!(field(&asked[1], "client_secret").as_deref(), Some("client-secret"));
}

#[tokio::test]
async fn the_pause_is_kept_and_grows_when_the_server_says_so() {
    let (pending, slow) = (word("authorization_pending"), word("slow_down"));
    let polls = vec![pending.clone(), slow.clone(), pending.clone(), slow, pending, tokens()];
    let (done, _, person, times) = flow(CODE, polls).await;
    done.unwrap();
    // 5 s, and 30 s after one `slow_down`, and 5 s more after each further one.
    assert_eq!(times, [0, 5, 10, 40, 70, 105, 140]);
    assert_eq!(person.notices()[..3], ["waiting 5", "waiting 5", "waiting 30"]);
}

#[tokio::test]
async fn milliseconds_and_long_pauses_are_understood() {
    let code = r#"{"user_code":"A","device_code":"1004.d","verification_url":"https://accounts.zoho.com/device","interval":30000,"expires_in":300000}"#;
    let (done, _, person, times) = flow(code, vec![word("authorization_pending"), tokens()]).await;
    done.unwrap();
    assert_eq!(times, [0, 30, 60]);
    assert_eq!(person.codes.lock().unwrap()[0].life, Duration::from_secs(300));
}

#[tokio::test]
async fn nobody_is_asked_after_the_code_has_ended() {
    let (done, _, _, times) = flow(CODE, vec![word("authorization_pending")]).await;
    let error = done.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(times.last(), Some(&300));
    assert_eq!(times.len(), 61);
    let (done, ..) = flow(CODE, vec![word("expired")]).await;
    assert!(done.unwrap_err().to_string().contains("not typed in time"));
}

#[tokio::test]
async fn polling_goes_on_in_the_persons_data_center() {
    for named in [r#""dc":"eu""#, r#""user_location":"EU""#, r#""dc":"https://accounts.zoho.eu""#] {
        let other = json(200, format!(r#"{{"error":"other_dc",{named}}}"#));
        let (done, server, person, times) = flow(CODE, vec![other, word("authorization_pending"), tokens()]).await;
        assert_eq!(done.unwrap().data_center.id, "eu", "{named}");
        let hosts: Vec<_> = server.all().iter().map(|asked| asked.header("host").unwrap().to_owned()).collect();
        assert_eq!(hosts, ["accounts.zoho.com", "accounts.zoho.com", "accounts.zoho.eu", "accounts.zoho.eu"]);
        assert_eq!(times, [0, 5, 10, 15], "the pause is kept across the move");
        assert!(person.notices().contains(&"moved to eu".to_owned()));
    }
}

/// The client secret goes along with every poll.
#[tokio::test]
async fn wanted_b9_polling_moves_to_no_foreign_server() {
    for named in ["evil.org", "https://accounts.zoho.eu.evil.org", ""] {
        let other = json(200, format!(r#"{{"error":"other_dc","dc":"{named}"}}"#));
        let (done, server, ..) = flow(CODE, vec![other]).await;
        assert_eq!(done.unwrap_err().kind(), ErrorKind::ForeignHost, "{named}");
        assert_eq!(server.all().len(), 2);
    }
}

#[tokio::test]
async fn a_person_who_refuses_is_not_throttled() {
    let (done, ..) = flow(CODE, vec![word("access_denied")]).await;
    let error = done.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::SignIn, Some("access_denied")));
    let many =
        json(200, r#"{"error":"access_denied","error_description":"You have made too many requests continuously."}"#);
    let (done, ..) = flow(CODE, vec![many]).await;
    assert_eq!(done.unwrap_err().kind(), ErrorKind::TokenLimit);
}

#[tokio::test]
async fn a_person_is_sent_to_zohos_addresses_only() {
    for address in [
        "https://evil.org/device",
        "http://accounts.zoho.com/device",
        "https://accounts.zoho.com.evil.org",
        "javascript:alert(1)",
    ] {
        let code = format!(
            r#"{{"user_code":"A","device_code":"1004.d","verification_url":"{address}","interval":5,"expires_in":300}}"#
        );
        let (done, _, person, _) = flow(Box::leak(code.into_boxed_str()), vec![tokens()]).await;
        assert_eq!(done.unwrap_err().kind(), ErrorKind::ForeignHost, "{address}");
        assert!(person.codes.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_network_that_comes_and_goes_does_not_end_it() {
    let (done, _, _, times) = flow(CODE, vec![tokens().cut(), json(502, "<html>"), tokens()]).await;
    done.unwrap();
    assert_eq!(times, [0, 5, 15, 35], "it is asked less often then");
}

#[tokio::test]
async fn a_client_of_another_type_is_told() {
    let (done, ..) = flow(r#"{"error":"invalid_client"}"#, vec![]).await;
    assert!(done.unwrap_err().hint().unwrap().contains("Non-browser Applications"));
}
