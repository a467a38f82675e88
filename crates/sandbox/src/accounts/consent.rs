//! The consent page, and what follows from a person's answer.

use std::collections::BTreeMap;
use std::fmt::Write;

use zoho_connector::{DataCenters, Scope};

use super::Accounts;
use super::grants::{Code, Consent};
use crate::message::Reply;

/// What the page hands on to the answer.
const KEPT: [&str; 8] =
    ["client_id", "redirect_uri", "response_type", "scope", "access_type", "prompt", "state", "code_challenge"];

/// The page that asks for consent, or one that says what is wrong with the request.
pub(super) fn page(accounts: &Accounts, parameters: &BTreeMap<String, String>, data_center: &str) -> Reply {
    let scopes = match asked(accounts, parameters) {
        Ok(scopes) => scopes,
        Err(fault) => return error_page(fault),
    };
    let items: String = scopes.iter().fold(String::new(), |mut items, scope| {
        let _ = writeln!(items, "<li>{}</li>", escape(scope.as_str()));
        items
    });
    let kept = KEPT.iter().chain(["code_challenge_method"].iter());
    let hidden = kept.filter_map(|name| Some((name, parameters.get(*name)?))).fold(
        String::new(),
        |mut hidden, (name, value)| {
            let _ = writeln!(hidden, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value));
            hidden
        },
    );
    let centers = DataCenters::built_in().iter().fold(String::new(), |mut centers, center| {
        let selected = if center.id == data_center { " selected" } else { "" };
        let _ = writeln!(centers, "<option value=\"{}\"{selected}>{}</option>", center.id, escape(&center.name));
        centers
    });
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sandbox consent</title></head><body>\n\
         <h1>A program wants to use this sandbox account</h1>\n<p>It asks for:</p>\n<ul>\n{items}</ul>\n\
         <form method=\"post\" action=\"/oauth/v2/auth\">\n{hidden}\
         <p><label>The account lives in <select name=\"location\">\n{centers}</select></label></p>\n\
         <p><button name=\"decision\" value=\"accept\">Accept</button>\n\
         <button name=\"decision\" value=\"reject\">Reject</button></p>\n</form>\n</body></html>\n"
    );
    Reply::of(200, "text/html;charset=utf-8", html)
}

/// Sends the browser back to the program: with a code, or with a refusal.
pub(super) fn decide(
    accounts: &mut Accounts,
    parameters: &BTreeMap<String, String>,
    data_center: &str,
    now_ms: i64,
) -> Reply {
    let scopes = match asked(accounts, parameters) {
        Ok(scopes) => scopes,
        Err(fault) => return error_page(fault),
    };
    let text = |name: &str| parameters.get(name).map(String::as_str);
    let redirect_uri = text("redirect_uri").unwrap_or_default().to_owned();
    let state = text("state").map(|state| ("state", state.to_owned()));
    if text("decision") == Some("reject") {
        return redirect(&redirect_uri, std::iter::once(("error", "access_denied".to_owned())).chain(state));
    }
    // The account may live elsewhere than where the client was registered.
    let center = text("location").unwrap_or(data_center);
    let Some(center) = DataCenters::built_in().get(center) else { return error_page("other_dc") };
    let first = !accounts.grants.has_consent(&center.id);
    let offline = text("access_type") == Some("offline") && (first || text("prompt") == Some("consent"));
    let challenge = text("code_challenge").filter(|challenge| !challenge.is_empty());
    let hashed = text("code_challenge_method").is_some_and(|method| method.eq_ignore_ascii_case("S256"));
    let code = Code {
        consent: Consent { scopes, data_center: center.id.clone() },
        redirect_uri: redirect_uri.clone(),
        challenge: challenge.map(|challenge| (challenge.to_owned(), hashed)),
        offline,
        expires_ms: 0,
    };
    let code = accounts.grants.add_code(code, now_ms);
    let server = format!("https://{}", center.accounts);
    let values = [("code", code), ("location", center.id.clone()), ("accounts-server", server)];
    redirect(&redirect_uri, values.into_iter().chain(state))
}

/// The scopes that are asked for, or Zoho's word for what is wrong.
fn asked(accounts: &Accounts, parameters: &BTreeMap<String, String>) -> Result<Vec<Scope>, &'static str> {
    let text = |name: &str| parameters.get(name).map_or("", String::as_str);
    if text("client_id") != accounts.client.id {
        return Err("invalid_client");
    }
    if text("response_type") != "code" {
        return Err("invalid_request");
    }
    if !is_address(text("redirect_uri")) {
        return Err("invalid_redirect_uri");
    }
    let scopes: Vec<Scope> =
        text("scope").split(',').filter(|scope| !scope.trim().is_empty()).map(Scope::granted).collect();
    if scopes.is_empty() || !scopes.iter().all(|scope| accounts.knows(scope)) {
        return Err("invalid_scope");
    }
    Ok(scopes)
}

/// Whether the browser can be sent there: an address of HTTP.
fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn redirect(uri: &str, values: impl Iterator<Item = (&'static str, String)>) -> Reply {
    let Ok(mut url) = url::Url::parse(uri) else { return error_page("invalid_redirect_uri") };
    url.query_pairs_mut().extend_pairs(values);
    let mut reply = Reply::empty(302);
    reply.set("location", url.as_str());
    reply
}

fn error_page(code: &str) -> Reply {
    let what = match code {
        "invalid_client" => "The client is not registered: use the client id that the sandbox prints.",
        "invalid_redirect_uri" => "The redirect address is not one of HTTP.",
        "invalid_scope" => "A scope is none that the connectors name, or they are not separated by commas.",
        "other_dc" => "There is no such data centre.",
        _ => "The request lacks response_type=code.",
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{code}</title></head>\
         <body><h1>{code}</h1><p>{what}</p></body></html>\n"
    );
    Reply::of(400, "text/html;charset=utf-8", html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
