//! More scopes for tokens that are there already.

use zoho_core::{ErrorKind, Tokens};

use super::*;

/// Tokens of somebody in Europe, with one scope.
fn before() -> SignedIn {
    let tokens = Tokens { scopes: vec!["Desk.tickets.READ".into()], ..Tokens::from_refresh_token("1000.old") };
    SignedIn { tokens, data_center: center("eu"), user: Some("Ada".into()) }
}

async fn added(
    answer: &str,
    scopes: &[&str],
    accounts: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static,
) -> (Result<SignedIn, Error>, Server, Tester) {
    let server = Server::start(accounts).await;
    let person = Tester::coming_back_with(answer);
    let (sign_in, _) = sign_in(&server, scopes);
    let done = sign_in.add_scopes(&before(), &loopback(), &person).await;
    (done, server, person)
}

fn enhancing(asked: &Asked, _: usize) -> Answer {
    match asked.target.as_str() {
        "/oauth/v2/token/scopeenhance" => json(200, r#"{"access_token":"1000.enhance","expires_in":600}"#),
        _ => json(200, r#"{"access_token":"1000.a","expires_in":3600,"scope":"Desk.tickets.READ Desk.basic.READ"}"#),
    }
}

#[tokio::test]
async fn scopes_are_added_to_the_refresh_token_that_is_there() {
    for answer in ["status=success&scope_enhanced=true&state=STATE", "status=success&scope_enhanced=true"] {
        let (done, server, person) = added(answer, &["Desk.tickets.READ", "Desk.basic.READ"], enhancing).await;
        let done = done.unwrap();
        assert_eq!(done.tokens.refresh.unwrap().expose(), "1000.old");
        assert_eq!(done.tokens.scopes, ["Desk.tickets.READ", "Desk.basic.READ"]);
        assert_eq!(done.user.as_deref(), Some("Ada"));
        let asked = server.all();
        assert!(asked.iter().all(|asked| asked.header("host") == Some("accounts.zoho.eu")));
        assert_eq!(field(&asked[0], "grant_type").as_deref(), Some("update_scopes_token"));
        assert_eq!(person.sent_to("enhance_token").as_deref(), Some("1000.enhance"));
        assert_eq!(person.sent_to("scope").as_deref(), Some("Desk.basic.READ"), "only what is missing");
        assert!(person.page().await.contains("The scopes were added."));
    }
}

#[tokio::test]
async fn nothing_is_asked_for_that_is_there() {
    let (done, server, _) = added("", &["Desk.tickets.READ"], enhancing).await;
    assert_eq!(done.unwrap().tokens.scopes, ["Desk.tickets.READ"]);
    assert!(server.all().is_empty());
}

#[tokio::test]
async fn a_person_who_refuses_is_not_asked_again() {
    let (done, server, person) = added("error=access_denied&state=STATE", &["Desk.basic.READ"], enhancing).await;
    assert_eq!(done.unwrap_err().code(), Some("access_denied"));
    assert_eq!((server.all().len(), person.addresses.lock().unwrap().len()), (1, 1));
}

/// What comes through the browser can be forged; the accounts server cannot.
#[tokio::test]
async fn a_success_that_the_next_token_does_not_show_is_none() {
    let narrow = |asked: &Asked, before: usize| match asked.target.as_str() {
        "/oauth/v2/token" => json(200, r#"{"access_token":"1000.a","expires_in":3600,"scope":"Desk.tickets.READ"}"#),
        _ => enhancing(asked, before),
    };
    let (done, ..) = added("status=success", &["Desk.basic.READ"], narrow).await;
    assert!(done.unwrap_err().to_string().contains("Desk.basic.READ is still missing"));
}

#[tokio::test]
async fn where_scopes_cannot_be_added_a_new_consent_has_the_old_ones_too() {
    let refusing = |asked: &Asked, before: usize| match asked.target.as_str() {
        "/oauth/v2/token/scopeenhance" => json(200, r#"{"error":"invalid_client"}"#),
        _ => granted(asked, before),
    };
    let answer = "code=1000.c&state=STATE&location=eu&accounts-server=https%3A%2F%2Faccounts.zoho.eu";
    let (done, _, person) = added(answer, &["Desk.basic.READ"], refusing).await;
    assert_eq!(done.unwrap().tokens.refresh.unwrap().expose(), "1000.r");
    assert_eq!(person.sent_to("scope").as_deref(), Some("Desk.tickets.READ,Desk.basic.READ"));
    let address = person.addresses.lock().unwrap()[0].clone();
    assert!(
        address.as_str().starts_with("http://accounts.zoho.com.localhost:"),
        "a consent starts where the client is"
    );
    assert!(person.notices()[0].starts_with("new consent: "), "{:?}", person.notices());
}

#[tokio::test]
async fn somebody_who_is_throttled_is_not_sent_to_a_new_consent() {
    let (done, _, person) = added("", &["Desk.basic.READ"], |_, _| json(200, r#"{"error":"access_denied"}"#)).await;
    assert_eq!(done.unwrap_err().kind(), ErrorKind::TokenLimit);
    assert!(person.addresses.lock().unwrap().is_empty());
}
