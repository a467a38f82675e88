//! The consent in a browser, and what follows from a person's answer.

use zoho_connector::{DataCenter, DataCenters, Scope};

use super::Accounts;
use super::asked::Asked;
use super::client::ClientKind;
use super::grants::{Code, Consent};
use super::page::{self, Question};
use crate::message::Reply;

/// What the page hands on to the answer.
const KEPT: [&str; 9] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "access_type",
    "prompt",
    "state",
    "code_challenge",
    "code_challenge_method",
];
/// The data centre that shares nobody with the others: its people sign in there only, and nobody else does.
const APART: &str = "cn";

/// The page that asks for consent, or one that says what is wrong with the request.
pub(super) fn page(accounts: &Accounts, asked: &Asked<'_>) -> Reply {
    match wished(accounts, asked) {
        Ok(scopes) => page::ask(&Question {
            action: "/oauth/v2/auth",
            hidden: asked.among(&KEPT),
            client: asked.text("client_id"),
            scopes: &scopes,
            location: Some(accounts.usual_home(asked)),
        }),
        Err(fault) => refused(fault),
    }
}

/// Sends the browser back to the program: with a code, or with a refusal.
pub(super) fn decide(accounts: &mut Accounts, asked: &Asked<'_>) -> Reply {
    let scopes = match wished(accounts, asked) {
        Ok(scopes) => scopes,
        Err(fault) => return refused(fault),
    };
    let redirect_uri = asked.text("redirect_uri");
    let state = asked.given("state").map(|state| ("state", state.to_owned()));
    if asked.text("decision") != "accept" {
        return page::redirect(redirect_uri, std::iter::once(("error", "access_denied".to_owned())).chain(state));
    }
    let center = match home(asked) {
        Ok(center) => center,
        Err(fault) => return refused(fault),
    };
    let consent = Consent { client: asked.text("client_id").to_owned(), scopes, data_center: center.id.clone() };
    let offline = asked.is_offline() && (asked.is_prompted() || !accounts.grants.has_consent(&consent));
    let hashed = asked.text("code_challenge_method").eq_ignore_ascii_case("S256");
    let code = Code {
        consent,
        redirect_uri: Some(redirect_uri.to_owned()),
        challenge: asked.given("code_challenge").map(|challenge| (challenge.to_owned(), hashed)),
        offline,
    };
    let code = accounts.grants.add_code(code, asked.now_ms);
    let server = format!("https://{}", center.accounts);
    let values = [("code", code), ("location", center.id.clone()), ("accounts-server", server)];
    page::redirect(redirect_uri, values.into_iter().chain(state))
}

/// The data centre where the person who answers lives, which may be another than where the client was registered.
pub(super) fn home(asked: &Asked<'_>) -> Result<&'static DataCenter, &'static str> {
    let center = DataCenters::built_in().get(asked.given("location").unwrap_or(asked.data_center));
    center.filter(|center| (center.id == APART) == (asked.data_center == APART)).ok_or("other_dc")
}

/// The scopes that are asked for, or Zoho's word for what is wrong with the request.
fn wished(accounts: &Accounts, asked: &Asked<'_>) -> Result<Vec<Scope>, &'static str> {
    let client = accounts.clients.find(asked.text("client_id"), asked.data_center)?;
    if matches!(client.kind, ClientKind::SelfClient | ClientKind::Device) {
        return Err("invalid_client");
    }
    if asked.text("response_type") != "code" {
        return Err("invalid_request");
    }
    if !client.redirects_to(asked.text("redirect_uri")) {
        return Err("invalid_redirect_uri");
    }
    let method = asked.given("code_challenge_method").unwrap_or("plain");
    let known_method = ["plain", "S256"].iter().any(|known| known.eq_ignore_ascii_case(method));
    let lacks_challenge = client.kind == ClientKind::Desktop && asked.given("code_challenge").is_none();
    if !known_method || lacks_challenge {
        return Err("invalid_code_challenge");
    }
    accounts.known_scopes(asked)
}

/// The page that says no.
pub(super) fn refused(code: &str) -> Reply {
    let what = match code {
        "invalid_client" => {
            "No client of this id signs people in here. The sandbox prints its clients; those of the kinds self and \
             device have no sign-in in a browser, and a client is known only in the data centres that it is enabled in."
        }
        "invalid_redirect_uri" => {
            "The redirect URL is none that is registered with the client. It has to be the same to the letter."
        }
        "invalid_scope" => "A scope is none that the connectors name, or they are not separated by commas.",
        "invalid_code_challenge" => {
            "The code_challenge is missing, which this kind of client has to send, or its method is neither S256 nor \
             plain."
        }
        "other_dc" => {
            "There is no such account here. People of the data centre in China sign in at accounts.zoho.com.cn, and \
             nobody else does."
        }
        "invalid_code" => "The token that the request brings is unknown, used up or too old.",
        _ => "The request lacks the response_type that belongs here.",
    };
    page::says(400, code, what)
}
