//! The accounts server: the consent, codes, tokens, and Zoho's habit of saying no with HTTP 200.

mod consent;
mod grants;
mod token;

pub(crate) use grants::{Access, Grants};

use http::Method;
use serde_json::json;
use zoho_connector::{Connector, DataCenters, Scope};

use crate::message::{Incoming, Reply, first_of_each};
use crate::random::Random;

/// The characters of a token after its `1000.`.
const HEXADECIMAL: &[u8] = b"0123456789abcdef";
/// The characters of a client id after its `1000.`.
const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The accounts servers of all data centres, with the one client that is registered at them.
pub(crate) struct Accounts {
    pub(crate) client: Client,
    pub(crate) grants: Grants,
    /// The scopes of the connectors.
    known: Vec<Scope>,
}

/// The registered client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Accounts {
    /// Accounts servers that know the scopes of these connectors.
    pub(crate) fn new(seed: u64, connectors: &[Connector], token_lifetime_ms: i64) -> Self {
        let mut random = Random::new(seed, "accounts");
        let id = format!("1000.{}", random.text(CAPITALS, 32));
        let secret = random.text(HEXADECIMAL, 42);
        let mut known: Vec<Scope> = connectors
            .iter()
            .flat_map(|connector| connector.apis.values())
            .flat_map(|api| api.scopes.iter().flatten().flatten())
            .map(|scope| scope.with(|_| None))
            .collect();
        known.push(Scope::granted("AaaServer.profile.READ"));
        known.sort();
        known.dedup();
        Self { client: Client { id, secret }, grants: Grants::new(random, token_lifetime_ms), known }
    }

    /// Answers a request to the accounts server of a data centre.
    pub(crate) fn answer(&mut self, request: &Incoming, data_center: &str, now_ms: i64) -> Reply {
        let parameters = first_of_each(request.form.pairs.iter().cloned().chain(request.query_pairs()));
        let called = (&request.method, request.path.as_str());
        match called {
            (&Method::GET, "/oauth/v2/auth") => consent::page(self, &parameters, data_center),
            (&Method::POST, "/oauth/v2/auth") => consent::decide(self, &parameters, data_center, now_ms),
            (&Method::POST, "/oauth/v2/token") => token::answer(self, &parameters, data_center, now_ms),
            (&Method::POST, "/oauth/v2/token/revoke" | "/oauth/v2/revoke/token") => {
                self.revoke(parameters.get("token"))
            }
            (&Method::GET, "/oauth/user/info") => self.user(request, data_center, now_ms),
            (&Method::GET, "/oauth/serverinfo") => server_info(),
            (_, "/oauth/v2/auth" | "/oauth/v2/token" | "/oauth/v2/token/revoke" | "/oauth/v2/revoke/token") => {
                Reply::json(405, &json!({ "error": "invalid_request" }))
            }
            _ => Reply::json(
                404,
                &json!({ "error": "general_error", "error_description": "The accounts server has no such path." }),
            ),
        }
    }

    /// A refresh token for everything that the connectors ask for, as if a person had consented.
    pub(crate) fn consent_to_all(&mut self, data_center: &str) -> String {
        self.grants.add_refresh_token(self.known.clone(), data_center)
    }

    fn revoke(&mut self, token: Option<&String>) -> Reply {
        match token.is_some_and(|token| self.grants.revoke(token)) {
            true => Reply::json(200, &json!({ "status": "success" })),
            false => Reply::json(400, &json!({ "error": "invalid_token" })),
        }
    }

    fn user(&self, request: &Incoming, data_center: &str, now_ms: i64) -> Reply {
        let token = request.header("authorization").and_then(bearer);
        match token.and_then(|token| self.grants.access(token, data_center, now_ms)) {
            Some(_) => Reply::json(
                200,
                &json!({ "First_Name": "Ada", "Last_Name": "Example", "Display_Name": "Ada Example", "Email": "ada@example.com", "ZUID": 700_000_001 }),
            ),
            None => Reply::json(401, &json!({ "error": "invalid_token" })),
        }
    }

    /// Whether a scope is one that the connectors know, or a wider or narrower one.
    fn knows(&self, scope: &Scope) -> bool {
        let good = scope.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        good && self.known.iter().any(|known| known.covers(scope) || scope.covers(known))
    }
}

/// The token of an `Authorization` header, in either of Zoho's forms.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let known = ["Zoho-oauthtoken", "Bearer"].iter().any(|name| name.eq_ignore_ascii_case(scheme));
    known.then(|| token.trim())
}

fn server_info() -> Reply {
    let locations: serde_json::Map<String, serde_json::Value> = DataCenters::built_in()
        .iter()
        .map(|center| (center.id.clone(), format!("https://{}", center.accounts).into()))
        .collect();
    Reply::json(200, &json!({ "result": "success", "locations": locations }))
}
