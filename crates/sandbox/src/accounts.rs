//! The accounts servers: the consent, codes, tokens, devices, and Zoho's habit of saying no with HTTP 200.

mod asked;
mod client;
mod consent;
mod device;
mod enhance;
mod grants;
mod information;
mod page;
mod token;
mod traffic;

pub use client::{ClientKind, SandboxClient};
pub(crate) use grants::{Access, Grants};
pub(crate) use traffic::{InFlight, Traffic};

use http::Method;
use serde_json::json;
use zoho_connector::Scope;

use asked::Asked;
use client::Clients;
use device::Devices;
use grants::{Code, Consent};

use crate::config::SandboxConfig;
use crate::message::{Incoming, Reply};
use crate::random::Random;

/// The characters of a token after its `1000.`.
const HEXADECIMAL: &[u8] = b"0123456789abcdef";
/// The characters of a client id after its `1000.`.
const CAPITALS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// The scope of the classic profile.
const PROFILE: &str = "AaaServer.profile.READ";
/// The scopes of OpenID Connect.
const OPENID: [&str; 4] = ["openid", "profile", "email", "phone"];
/// Paths that take one method only.
const WELL_KNOWN: [&str; 12] = [
    "/oauth/v2/auth",
    "/oauth/v2/token",
    "/oauth/v2/token/revoke",
    "/oauth/v2/revoke/token",
    "/oauth/v2/token/scopeenhance",
    "/oauth/v2/token/addextrascope",
    "/oauth/v2/introspect",
    "/oauth/v2/userinfo",
    "/oauth/user/info",
    "/oauth/v3/device",
    "/oauth/v3/device/code",
    "/oauth/v3/device/token",
];

/// The accounts servers of all data centres, with the clients that are registered at them.
pub(crate) struct Accounts {
    pub(crate) clients: Clients,
    pub(crate) grants: Grants,
    devices: Devices,
    /// The scopes of the connectors.
    known: Vec<Scope>,
    /// Where the person of the configuration lives, if it says so.
    person: Option<String>,
    /// The data centre of the configuration.
    data_center: String,
}

impl Accounts {
    /// Accounts servers that know the scopes of the connectors.
    pub(crate) fn new(config: &SandboxConfig) -> Self {
        let mut random = Random::new(config.seed, "accounts");
        let clients = Clients::new(config, &mut random);
        let mut known: Vec<Scope> = config
            .connectors
            .iter()
            .flat_map(|connector| connector.apis.values())
            .flat_map(|api| api.scopes.iter().flatten().flatten())
            .map(|scope| scope.with(|_| None))
            .collect();
        known.push(Scope::granted(PROFILE));
        known.sort();
        known.dedup();
        Self {
            clients,
            grants: Grants::new(random, config),
            devices: Devices::new(config),
            known,
            person: config.person_data_center.clone(),
            data_center: config.data_center.clone(),
        }
    }

    /// Answers a request to the accounts server of a data centre.
    pub(crate) fn answer(&mut self, request: &Incoming, data_center: &str, now_ms: i64) -> Reply {
        let asked = &Asked::new(request, data_center, now_ms);
        match (&request.method, request.path.as_str()) {
            (&Method::GET, "/oauth/v2/auth") => consent::page(self, asked),
            (&Method::POST, "/oauth/v2/auth") => consent::decide(self, asked),
            (&Method::POST, "/oauth/v2/token") => token::answer(self, asked),
            (&Method::POST, "/oauth/v2/token/revoke") => information::revoke(self, asked),
            (&Method::POST, "/oauth/v2/revoke/token") => information::revoke_own(self, asked),
            (&Method::POST, "/oauth/v2/token/scopeenhance") => enhance::begin(self, asked),
            (&Method::GET, "/oauth/v2/token/addextrascope") => enhance::page(self, asked),
            (&Method::POST, "/oauth/v2/token/addextrascope") => enhance::decide(self, asked),
            (&Method::POST, "/oauth/v2/introspect") => information::introspect(self, asked),
            (&Method::POST, "/oauth/v3/device/code") => device::request(self, asked),
            (&Method::POST, "/oauth/v3/device/token") => device::poll(self, asked),
            (&Method::GET, "/oauth/v3/device") => device::page(self, asked),
            (&Method::POST, "/oauth/v3/device") => device::decide(self, asked),
            (&Method::GET | &Method::POST, "/oauth/v2/userinfo") => information::openid_user(self, asked),
            (&Method::GET, "/oauth/user/info") => information::user(self, asked),
            (&Method::GET, "/oauth/serverinfo") => information::servers(),
            (&Method::GET, "/.well-known/openid-configuration") => information::discovery(asked),
            (_, path) if WELL_KNOWN.contains(&path) => Reply::json(405, &json!({ "error": "invalid_request" })),
            _ => Reply::json(
                404,
                &json!({ "error": "general_error", "error_description": "The accounts server has no such path." }),
            ),
        }
    }

    /// A refresh token for everything that the connectors ask for, as if a person had consented.
    pub(crate) fn consent_to_all(&mut self) -> Option<String> {
        let client = self.clients.of(ClientKind::Server)?.id.clone();
        let (scopes, data_center) = (self.known.clone(), self.data_center.clone());
        Some(self.grants.add_refresh_token(Consent { client, scopes, data_center }))
    }

    /// A code of the self client, as the API console makes it; all scopes and the usual data centre unless said.
    pub(crate) fn grant_code(
        &mut self,
        scopes: Option<Vec<Scope>>,
        data_center: Option<String>,
        life_ms: i64,
        now_ms: i64,
    ) -> Option<String> {
        let client = self.clients.of(ClientKind::SelfClient)?.id.clone();
        let scopes = scopes.unwrap_or_else(|| self.known.clone());
        if scopes.is_empty() || !scopes.iter().all(|scope| self.knows(scope)) {
            return None;
        }
        let data_center = data_center.unwrap_or_else(|| self.data_center.clone());
        let consent = Consent { client, scopes, data_center };
        let code = Code { consent, redirect_uri: None, challenge: None, offline: true };
        Some(self.grants.add_code_for(code, life_ms, now_ms))
    }

    /// Where the person lives who opens a page: as configured, or where the page is.
    fn usual_home<'a>(&'a self, asked: &Asked<'a>) -> &'a str {
        self.person.as_deref().unwrap_or(asked.data_center)
    }

    /// The scopes that a request names, where there are some and all are known.
    fn known_scopes(&self, asked: &Asked<'_>) -> Result<Vec<Scope>, &'static str> {
        let scopes = asked.scopes();
        let good = !scopes.is_empty() && scopes.iter().all(|scope| self.knows(scope));
        if good { Ok(scopes) } else { Err("invalid_scope") }
    }

    /// Whether a scope is one that the connectors know, or a wider or narrower one.
    fn knows(&self, scope: &Scope) -> bool {
        let good = scope.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        let openid = OPENID.iter().any(|name| name.eq_ignore_ascii_case(scope.as_str()));
        openid || (good && self.known.iter().any(|known| known.covers(scope) || scope.covers(known)))
    }
}

/// The token of an `Authorization` header, in either of Zoho's forms.
pub(crate) fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let known = ["Zoho-oauthtoken", "Bearer"].iter().any(|name| name.eq_ignore_ascii_case(scheme));
    known.then(|| token.trim())
}

/// Zoho's no: HTTP 200, and a word.
fn refusal(code: &str) -> Reply {
    Reply::json(200, &json!({ "error": code }))
}
