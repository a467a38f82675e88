//! Why an accounts server says no: for each of its words one cause, and one cure that names the data centre and the
//! client where that helps.

use std::time::Duration;

use zoho_connector::DataCenter;

use super::accounts_server::AccountsServer;
use crate::error::{Error, ErrorKind};

/// How long Zoho gives no tokens to somebody who asked for too many.
pub(crate) const BLOCKED: Duration = Duration::from_secs(600);

/// What an accounts server is asked for. The same word means different things at different steps.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    /// Tokens for a code that came back from the browser.
    Code {
        /// The redirect URL of the consent.
        redirect_uri: &'a str,
        /// Whether the code came alone, so that nothing says where the account lives.
        bare: bool,
    },
    /// Tokens for a code of the API console.
    SelfClientCode,
    /// An access token for the refresh token of a connection.
    Refresh,
    /// An access token for a refresh token that a person brings along.
    GivenRefreshToken,
    /// An access token for the client itself.
    ClientCredentials,
    /// A code for a person to type.
    DeviceCode,
    /// Tokens after a person typed the code.
    DevicePoll,
    /// A token for adding scopes.
    Enhance,
    /// The end of a token.
    Revoke,
    /// What a token is.
    Introspect,
}

/// The error for a word of an accounts server.
pub(crate) fn refusal(word: &str, description: Option<&str>, server: &AccountsServer<'_>) -> Error {
    let secrets = std::iter::once(&server.client.secret).chain(server.client.secrets.values());
    let is_secret =
        |text: &str| secrets.clone().any(|secret| !secret.expose().is_empty() && text.contains(secret.expose()));
    let safe_word = |word: &str| safe_word(if is_secret(word) { "" } else { word });
    if is_throttled(word, description, server.step) {
        return throttled().code_of(Some(safe_word(word)));
    }
    let Some((message, hint)) = of_identity(word, server).or_else(|| of_request(word, server)) else {
        let message = format!("{} answered `{}`", name(server), safe_word(word));
        return Error::new(ErrorKind::SignIn, message).code_of(Some(safe_word(word)));
    };
    Error::new(ErrorKind::SignIn, message).code_of(Some(safe_word(word))).with_hint(hint)
}

/// Cause and cure of the words about who asks: client, secret, code, token.
fn of_identity(word: &str, server: &AccountsServer<'_>) -> Option<(String, String)> {
    Some(match word {
        "invalid_client" => {
            (format!("{} does not know the client {}", name(server), client(server)), unknown_client(server))
        }
        "invalid_client_secret" => (
            format!("the client secret is not the one that counts in {}", place(server.center)),
            format!(
                "copy it again from the API console ({}); with Multi-DC a data centre may have a secret of its own",
                home(server).api_console()
            ),
        ),
        "invalid_code" | "invalid_grant" => dead(server),
        "invalid_token" => (
            format!("{} does not know the token", name(server)),
            "it has ended already, or belongs to another data centre".to_owned(),
        ),
        "invalid_redirect_uri" | "redirect_uri_mismatch" => redirect_url(server),
        "invalid_scope" | "invalid_oauthscope" => (
            format!(
                "a scope does not exist in {}, or the account's edition does not include its service",
                place(server.center)
            ),
            "scopes are asked for letter by letter, and some services do not exist in every data centre: ask for fewer"
                .to_owned(),
        ),
        _ => return None,
    })
}

/// Cause and cure of the words about what is asked for, and how.
fn of_request(word: &str, server: &AccountsServer<'_>) -> Option<(String, String)> {
    Some(match word {
        "missing_org_info" => (
            "client credentials are for one organisation, and none is named".to_owned(),
            "say which: the word that the service's scopes begin with, a dot, and the organisation's id".to_owned(),
        ),
        "access_denied" => (
            "the consent was not given".to_owned(),
            "connect again and accept; where the account's administrator has to allow the application, ask them first"
                .to_owned(),
        ),
        "unauthorized_client" | "unsupported_grant_type" | "unsupported_response_type" => (
            format!("the client {} may not sign in in this way", client(server)),
            format!("{} (API console: {})", wanted_type(server.step), home(server).api_console()),
        ),
        "expired" | "expired_token" => (
            "the code was not typed in time".to_owned(),
            "connect again, and type the code within the minutes that are named".to_owned(),
        ),
        "invalid_request" => (
            format!("{} calls the request malformed", name(server)),
            "mostly a client id or a scope with a blank or a comma too many: check them".to_owned(),
        ),
        "general_error" | "server_error" | "temporarily_unavailable" => (
            format!("{} failed without saying why", name(server)),
            "try again in ten minutes: it says so after too many tries, too".to_owned(),
        ),
        _ => return None,
    })
}

/// The error of somebody who asked too often.
pub(crate) fn throttled() -> Error {
    Error::new(ErrorKind::TokenLimit, "the accounts server gives no tokens for a while, since too many were asked for")
        .with_hint("wait ten minutes: every further try prolongs it")
        .retry_after_of(Some(BLOCKED))
}

/// Zoho's word for a refusal by the person is its word for throttling. Where no person decides, it can only be that.
fn is_throttled(word: &str, description: Option<&str>, step: Step<'_>) -> bool {
    let says_so = |text: &str| text.to_lowercase().contains("too many requests");
    let is_denied = word.eq_ignore_ascii_case("access_denied") || word.eq_ignore_ascii_case("access denied");
    let nobody_decides = !matches!(step, Step::DevicePoll);
    description.is_some_and(says_so) || says_so(word) || (is_denied && (nobody_decides || word.contains(' ')))
}

fn unknown_client(server: &AccountsServer<'_>) -> String {
    let (center, home) = (server.center, home(server));
    let console = home.api_console();
    let type_too = match server.step {
        Step::ClientCredentials | Step::SelfClientCode | Step::DeviceCode | Step::DevicePoll => {
            format!("; {}", wanted_type(server.step))
        }
        _ => String::new(),
    };
    if center.separate && (home.id != center.id || server.home.is_none()) {
        return format!(
            "{} has an API console of its own: add the client at {}, and sign in with the data centre {}{type_too}",
            center.name,
            center.api_console(),
            center.id
        );
    }
    if server.home.is_some_and(|home| home.id != center.id) {
        return format!(
            "the client was registered in {}: enable it for {} there (API console {console}, Settings, Multi-DC){type_too}",
            place(home),
            place(center)
        );
    }
    format!(
        "check the client id; a client that was registered elsewhere is enabled for {} in its API console, Settings, Multi-DC{}{type_too}",
        place(center),
        elsewhere(server)
    )
}

fn dead(server: &AccountsServer<'_>) -> (String, String) {
    let center = place(server.center);
    match server.step {
        Step::Code { bare: true, .. } => (
            format!("the code is not known in {center}"),
            "a code counts once and lives about a minute; and a code alone does not say where the account lives: paste the whole address that the browser was sent to".to_owned(),
        ),
        Step::SelfClientCode => (
            format!("the code is not known in {center}"),
            format!("a code of the API console counts once and lives as long as was chosen there: make another at {}{}", server.center.api_console(), elsewhere(server)),
        ),
        Step::Refresh | Step::Enhance => (
            "the refresh token is no longer good".to_owned(),
            "it was revoked, or pushed out: of one person and client Zoho keeps the newest 20. Connect again".to_owned(),
        ),
        Step::GivenRefreshToken => (
            format!("the refresh token is not known in {center}"),
            format!("it was revoked or pushed out by newer ones, or belongs to another client{}", elsewhere(server)),
        ),
        _ => (
            "the code is no longer good".to_owned(),
            "a code counts once and lives about a minute: connect again".to_owned(),
        ),
    }
}

/// The other data centres, where the answer may mean that the account lives in one of them.
fn elsewhere(server: &AccountsServer<'_>) -> String {
    if !matches!(server.step, Step::GivenRefreshToken | Step::SelfClientCode | Step::ClientCredentials) {
        return String::new();
    }
    let others = server.centers.ids().filter(|id| *id != server.center.id).collect::<Vec<_>>().join(", ");
    format!("; where the account lives in another data centre, name it: {others}")
}

fn redirect_url(server: &AccountsServer<'_>) -> (String, String) {
    let uri = match server.step {
        Step::Code { redirect_uri, .. } => format!(" {redirect_uri}"),
        _ => String::new(),
    };
    (
        format!("the redirect URL{uri} is not registered with the client {}", client(server)),
        format!(
            "register exactly this URL in the API console ({}): scheme, host, port and path count letter by letter, and `localhost` is not `127.0.0.1`",
            home(server).api_console()
        ),
    )
}

fn wanted_type(step: Step<'_>) -> &'static str {
    match step {
        Step::DeviceCode | Step::DevicePoll => {
            "the device flow wants a client of the type \"Non-browser Applications\""
        }
        Step::ClientCredentials | Step::SelfClientCode => "this wants a client of the type \"Self Client\"",
        _ => "this wants a client of the type \"Server-based Applications\"",
    }
}

/// The server, for people.
fn name(server: &AccountsServer<'_>) -> String {
    format!("the accounts server of {}", place(server.center))
}

fn place(center: &DataCenter) -> String {
    format!("{} ({})", center.name, center.id)
}

fn home<'a>(server: &AccountsServer<'a>) -> &'a DataCenter {
    server.home.unwrap_or(server.center)
}

/// The client id, which is no secret; what somebody typed in its place may be one.
fn client(server: &AccountsServer<'_>) -> String {
    let id = &server.client.id;
    let is_id = id.split_once('.').is_some_and(|(number, letters)| {
        number.chars().all(|c| c.is_ascii_digit()) && letters.chars().all(|c| c.is_ascii_alphanumeric())
    });
    if is_id { id.clone() } else { "(whose id is not of the form `1000.…`)".to_owned() }
}

/// A server's word, where it is one: what it sends back may be any text, and so a secret that it was sent.
pub(crate) fn safe_word(word: &str) -> String {
    let is_word =
        !word.is_empty() && word.len() <= 40 && word.chars().all(|c| c.is_ascii_alphabetic() || " _-".contains(c));
    if is_word { word.to_owned() } else { "something that is no word".to_owned() }
}

#[cfg(test)]
mod tests {
    use zoho_connector::DataCenters;

    use super::*;
    use crate::clock::Clock;
    use crate::connection::ClientCredentials;
    use crate::transport::{Transport, TransportOptions};

    const CODE: Step<'_> = Step::Code { redirect_uri: "http://127.0.0.1:8765/callback", bare: false };

    fn refused(word: &str, step: Step<'_>, center: &str, home: &str) -> Error {
        let transport = Transport::new(&TransportOptions::default(), None).unwrap();
        let client = ClientCredentials::new("1000.ID", "hidden");
        let centers = DataCenters::built_in();
        let server = AccountsServer {
            transport: &transport,
            client: &client,
            center: centers.get(center).unwrap(),
            home: centers.get(home),
            centers,
            clock: &Clock::System,
            step,
        };
        refusal(word, None, &server)
    }

    fn hint(word: &str, step: Step<'_>, center: &str, home: &str) -> String {
        refused(word, step, center, home).hint().unwrap().to_owned()
    }

    #[test]
    fn each_word_has_one_cause_and_one_cure() {
        let words = [
            "invalid_client",
            "invalid_client_secret",
            "invalid_code",
            "invalid_grant",
            "invalid_token",
            "invalid_redirect_uri",
            "invalid_scope",
            "missing_org_info",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_request",
            "general_error",
            "expired",
        ];
        for word in words {
            let error = refused(word, CODE, "eu", "us");
            assert_eq!((error.kind(), error.code()), (ErrorKind::SignIn, Some(word)));
            assert!(error.hint().is_some_and(|hint| hint.len() > 20), "{word}");
        }
        assert_eq!(refused("surprise", CODE, "eu", "us").code(), Some("surprise"));
    }

    /// A client that is not enabled for the person's data centre: the word is `invalid_client`, and says nothing of it.
    #[test]
    fn a_client_of_another_data_center_is_told_what_to_enable() {
        let error = refused("invalid_client", CODE, "eu", "us");
        assert_eq!(
            error.to_string(),
            "the accounts server of Europe (eu) does not know the client 1000.ID (code invalid_client)"
        );
        assert_eq!(
            error.hint().unwrap(),
            "the client was registered in United States (us): enable it for Europe (eu) there (API console \
             https://api-console.zoho.com, Settings, Multi-DC)"
        );
    }

    #[test]
    fn china_has_clients_of_its_own() {
        let cure = hint("invalid_client", CODE, "cn", "us");
        assert!(cure.contains("https://api-console.zoho.com.cn") && cure.contains("the data centre cn"), "{cure}");
        assert!(!hint("invalid_client", CODE, "cn", "cn").contains("of its own"));
    }

    #[test]
    fn a_client_of_the_wrong_type_is_told_which() {
        assert!(hint("invalid_client", Step::ClientCredentials, "us", "us").contains("\"Self Client\""));
        assert!(hint("invalid_client", Step::DeviceCode, "us", "us").contains("\"Non-browser Applications\""));
    }

    #[test]
    fn a_dead_code_and_a_dead_refresh_token_are_two_things() {
        assert!(refused("invalid_code", CODE, "eu", "us").to_string().starts_with("the code is no longer good"));
        assert!(refused("invalid_code", Step::Refresh, "eu", "eu").to_string().starts_with("the refresh token"));
        let bare = Step::Code { redirect_uri: "http://127.0.0.1:8765/callback", bare: true };
        assert!(hint("invalid_code", bare, "us", "us").contains("paste the whole address"));
    }

    #[test]
    fn a_given_token_is_told_where_else_it_may_live() {
        for word in ["invalid_code", "invalid_client"] {
            let cure = hint(word, Step::GivenRefreshToken, "us", "us");
            assert!(cure.contains("eu, in, au, jp, cn, ca") && !cure.contains("us, "), "{cure}");
        }
    }

    #[test]
    fn a_redirect_url_is_named_letter_by_letter() {
        let error = refused("invalid_redirect_uri", CODE, "eu", "us");
        assert!(error.to_string().contains("http://127.0.0.1:8765/callback"), "{error}");
    }

    /// Zoho's word for a refusal by the person is its word for throttling.
    #[test]
    fn a_refusal_and_throttling_are_told_apart_by_where_they_happen() {
        assert_eq!(refused("access_denied", Step::DevicePoll, "us", "us").kind(), ErrorKind::SignIn);
        for step in [CODE, Step::Refresh, Step::GivenRefreshToken, Step::ClientCredentials] {
            assert_eq!(refused("access_denied", step, "us", "us").kind(), ErrorKind::TokenLimit, "{step:?}");
        }
    }

    #[test]
    fn what_a_server_sends_back_is_not_repeated() {
        for word in ["client_secret=hidden", "1000.abc", "<b>", &"a".repeat(41)] {
            let error = refused(word, CODE, "us", "us");
            assert!(!format!("{error:?}").contains(word), "{error:?}");
        }
    }
}
