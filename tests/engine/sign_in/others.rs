//! The flows without a person: the Self Client's two, and a refresh token that is there already; and the end of tokens.

use zoho_core::{
    AuthorizationCode, Connection, ErrorKind, Grant, RefreshToken, Revoked, Secret, TransportOptions, introspect,
    revoke,
};

use super::*;

#[tokio::test]
async fn a_code_of_the_console_is_exchanged() {
    let server = Server::start(granted).await;
    let (sign_in, _) = sign_in(&server, &[]);
    let flow = AuthFlow::SelfClient(AuthorizationCode::new("1000.console"));
    let done = sign_in.login(flow, &Tester::default()).await.unwrap();
    assert_eq!(done.tokens.scopes, ["Desk.tickets.READ"]);
    let exchange = &server.token_requests()[0];
    assert_eq!(field(exchange, "code").as_deref(), Some("1000.console"));
    assert_eq!((field(exchange, "redirect_uri"), field(exchange, "code_verifier")), (None, None));
}

#[tokio::test]
async fn client_credentials_name_the_organisation_and_are_renewed_by_it() {
    let reply = |asked: &Asked, _: usize| match field(asked, "soid") {
        None => json(200, r#"{"error":"missing_org_info"}"#),
        Some(_) => json(200, r#"{"access_token":"1000.a","expires_in":3600}"#),
    };
    let server = Server::start(reply).await;
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let person = Tester::default();
    let error = sign_in.login(AuthFlow::ClientCredentials { soid: None }, &person).await.unwrap_err();
    assert_eq!(error.code(), Some("missing_org_info"));
    let soid = Some("Desk.7".to_owned());
    let done = sign_in.login(AuthFlow::ClientCredentials { soid: soid.clone() }, &person).await.unwrap();
    assert_eq!(done.tokens.grant, Grant::ClientCredentials { soid });
    assert!(done.tokens.refresh.is_none());
    assert_eq!(done.tokens.scopes, ["Desk.tickets.READ"], "the next token is asked for with them");
    let asked = server.token_requests().pop().unwrap();
    assert_eq!(field(&asked, "grant_type").as_deref(), Some("client_credentials"));
    assert_eq!(field(&asked, "scope").as_deref(), Some("Desk.tickets.READ"));
    let (nothing, _) = super::sign_in(&server, &[]);
    assert!(nothing.login(AuthFlow::ClientCredentials { soid: None }, &person).await.is_err());
}

#[tokio::test]
async fn a_given_refresh_token_is_tried_once_and_in_one_place() {
    let known = |asked: &Asked, _: usize| match field(asked, "refresh_token").as_deref() {
        Some("1000.good") => json(200, r#"{"access_token":"1000.a","expires_in":3600}"#),
        _ => json(200, r#"{"error":"invalid_code"}"#),
    };
    let server = Server::start(known).await;
    let (sign_in, _) = sign_in(&server, &["Desk.tickets.READ"]);
    let flow = |token: &str| AuthFlow::RefreshToken(RefreshToken::new(token));
    let done = sign_in.login(flow("1000.good"), &Tester::default()).await.unwrap();
    assert_eq!(done.tokens.refresh.unwrap().expose(), "1000.good");
    assert!(done.tokens.scopes.is_empty(), "nobody has said what it may do");
    let error = sign_in.login(flow("1000.bad"), &Tester::default()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("name it: eu, in, au"), "{:?}", error.hint());
    assert_eq!(server.all().len(), 2, "the secret is not sent around");
}

fn connection(server: &Server) -> Connection {
    let mut connection = Connection::new("test", "eu").unwrap();
    connection.client = Some(ClientCredentials::new("1000.ID", "client-secret"));
    connection.endpoint = Some(Endpoint::parse(&server.url).unwrap());
    connection
}

async fn revoked(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> (Result<Revoked, Error>, Server) {
    let server = Server::start(answer).await;
    let token = RefreshToken::new("1000.refresh");
    let done = revoke(&connection(&server), &TransportOptions::default(), &token).await;
    (done, server)
}

#[tokio::test]
async fn a_token_is_revoked_in_either_form() {
    let (done, server) = revoked(|_, _| json(200, r#"{"status":"success"}"#)).await;
    assert_eq!(done.unwrap(), Revoked::Ended);
    let asked = &server.all()[0];
    assert_eq!((asked.target.as_str(), asked.header("host")), ("/oauth/v2/token/revoke", Some("accounts.zoho.eu")));
    assert_eq!(form(asked), [("token".to_owned(), "1000.refresh".to_owned())], "in the body, where no log keeps it");
    for missing in [404, 405] {
        let newer = move |asked: &Asked, _: usize| match asked.target.as_str() {
            "/oauth/v2/revoke/token" => json(200, r#"{"status":"success"}"#),
            _ => json(missing, "<html>"),
        };
        let (done, server) = revoked(newer).await;
        assert_eq!(done.unwrap(), Revoked::Ended);
        let asked = &server.all()[1];
        // 1000.ID:client-secret
        assert_eq!(asked.header("authorization"), Some("Basic MTAwMC5JRDpjbGllbnQtc2VjcmV0"));
        assert_eq!(field(asked, "token_type").as_deref(), Some("refresh_token"));
    }
}

#[tokio::test]
async fn an_unknown_token_is_gone_whatever_the_status() {
    for status in [200, 400] {
        let (done, _) = revoked(move |_, _| json(status, r#"{"error":"invalid_token"}"#)).await;
        assert_eq!(done.unwrap(), Revoked::Unknown, "{status}");
    }
    let (done, _) = revoked(|_, _| json(400, "")).await;
    assert_eq!(done.unwrap(), Revoked::Unknown);
}

#[tokio::test]
async fn a_token_that_may_live_on_is_not_called_revoked() {
    for (status, body) in
        [(500, ""), (502, "<html>"), (200, "<html>Sign in</html>"), (404, ""), (200, r#"{"status":"failure"}"#)]
    {
        let (done, _) = revoked(move |_, _| json(status, body)).await;
        let error = done.unwrap_err();
        assert!(!error.to_string().contains("1000.refresh"), "{error}");
    }
    let (done, _) = revoked(|_, _| json(200, r#"{"error":"access_denied"}"#)).await;
    assert_eq!(done.unwrap_err().kind(), ErrorKind::TokenLimit);
}

#[tokio::test]
async fn a_token_is_looked_into_where_the_server_tells() {
    let look = async |answer: Answer| {
        let server = Server::start(move |_, _| answer.clone()).await;
        introspect(&connection(&server), &TransportOptions::default(), &Secret::new("1000.a")).await
    };
    let known = look(json(200, r#"{"active":true,"scope":"A.b.READ,C.d.READ","exp":1700003600}"#)).await.unwrap();
    assert!(known.active && known.scopes.len() == 2 && known.expires_at == Some(1_700_003_600));
    assert!(!look(json(200, r#"{"active":false}"#)).await.unwrap().active);
    assert!(!look(json(400, r#"{"error":"invalid_token"}"#)).await.unwrap().active);
    assert_eq!(look(json(404, "")).await.unwrap_err().kind(), ErrorKind::NotOffered);
    assert_eq!(look(json(200, "{}")).await.unwrap_err().kind(), ErrorKind::SignIn);
}
