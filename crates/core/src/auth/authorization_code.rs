//! The authorisation-code flow (RFC 6749 §4.1) with PKCE (RFC 7636), as Zoho speaks it.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;
use zoho_connector::{DataCenter, DataCenters, Scope};

use super::callback::Callback;
use super::token::Tokens;
use crate::clock::Clock;
use crate::connection::{ClientCredentials, Endpoint};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::transport::{Transport, TransportOptions};

/// The code that the accounts server gives to the redirect URL. It counts once and lives about a minute.
#[derive(Debug, Clone)]
pub struct AuthorizationCode(Secret);

impl AuthorizationCode {
    /// A code as it came.
    pub fn new(code: impl Into<String>) -> Self {
        Self(Secret::new(code))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// The value that ties a callback to the request that it answers.
#[derive(Clone)]
pub struct CsrfState(String);

impl CsrfState {
    fn random() -> Result<Self, Error> {
        random_text().map(Self)
    }

    /// Whether a callback's `state` is this one; compared without stopping at the first difference.
    pub fn matches(&self, other: &str) -> bool {
        let differing = self.0.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        self.0.len() == other.len() && differing == 0
    }
}

impl fmt::Debug for CsrfState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What a sign-in asks for.
#[derive(Debug, Clone)]
pub struct AuthorizationCodeFlow {
    /// The OAuth client.
    pub client: ClientCredentials,
    /// Where the accounts server sends the code; registered with the client, letter by letter.
    pub redirect_uri: String,
    /// What is asked for.
    pub scopes: Vec<Scope>,
    /// Where the client was registered. The account may live elsewhere, which the callback tells.
    pub data_center: DataCenter,
    /// Another server with Zoho's paths.
    pub endpoint: Option<Endpoint>,
    /// How connections are made.
    pub transport: TransportOptions,
}

/// A consent that is under way.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// The address for the person's browser. It holds no secret.
    pub url: Url,
    /// The value that the callback must bring back.
    pub state: CsrfState,
    verifier: Secret,
}

impl AuthorizationCodeFlow {
    /// Begins: makes `state` and the PKCE verifier, and the address for the browser.
    ///
    /// `access_type=offline` and `prompt=consent` are always asked for: without them no refresh token comes, and the
    /// connection dies after an hour.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the system has no random numbers.
    pub fn begin(&self) -> Result<AuthorizationRequest, Error> {
        let (state, verifier) = (CsrfState::random()?, random_text()?);
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let scopes: Vec<&str> = self.scopes.iter().map(Scope::as_str).collect();
        let mut url = accounts_url(&self.data_center, "/oauth/v2/auth")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("scope", &scopes.join(","))
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent")
            .append_pair("state", &state.0)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let url = self.endpoint.as_ref().map_or(url.clone(), |endpoint| browser_address(&url, endpoint));
        Ok(AuthorizationRequest { url, state, verifier: Secret::new(verifier) })
    }

    /// Exchanges the code of a callback for tokens, at the accounts server of the person's data centre.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignHost`] where the callback names an unknown accounts server, [`ErrorKind::SignIn`] where the
    /// exchange is refused or brings no refresh token.
    pub async fn finish(
        &self,
        request: &AuthorizationRequest,
        callback: &Callback,
    ) -> Result<(Tokens, DataCenter), Error> {
        let center = person_data_center(&self.data_center, callback)?;
        let transport = Transport::new(&self.transport, self.endpoint.clone())?;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client.id.as_str()),
            ("client_secret", self.client.secret.expose()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code", callback.code.expose()),
            ("code_verifier", request.verifier.expose()),
        ];
        let tokens = token_request(&transport, &center, &form, &Clock::System).await?;
        if tokens.refresh.is_none() {
            return Err(Error::new(
                ErrorKind::SignIn,
                "the accounts server gave no refresh token, so the connection would die after an hour",
            )
            .with_hint("connect again; if it happens again, revoke the client's access in the Zoho account first"));
        }
        Ok((tokens, center))
    }
}

/// The data centre of the person, which follows the account and not the client. Only hosts of the table get a secret.
fn person_data_center(client: &DataCenter, callback: &Callback) -> Result<DataCenter, Error> {
    let table = DataCenters::built_in();
    let by_server = match callback.accounts_server.as_deref() {
        None => None,
        Some(server) => {
            let host = Url::parse(server)
                .ok()
                .filter(|url| url.scheme() == "https")
                .and_then(|url| url.host_str().map(str::to_owned));
            let found = host.and_then(|host| table.by_accounts_host(&host));
            Some(found.ok_or_else(|| {
                Error::new(ErrorKind::ForeignHost, format!("the callback names `{server}` as the accounts server, which is not one of Zoho's; nothing was sent there"))
            })?)
        }
    };
    let by_location = callback.location.as_deref().and_then(|location| table.get(location));
    match (by_server, by_location) {
        (Some(server), Some(location)) if server.id != location.id => Err(Error::new(
            ErrorKind::SignIn,
            format!("the callback names two data centres, {} and {}", server.id, location.id),
        )),
        (server, location) => Ok(server.or(location).unwrap_or(client).clone()),
    }
}

/// Asks an accounts server for tokens. The parameters go in the body, where no log keeps them.
pub(crate) async fn token_request(
    transport: &Transport,
    center: &DataCenter,
    form: &[(&str, &str)],
    clock: &Clock,
) -> Result<Tokens, Error> {
    let url = accounts_url(center, "/oauth/v2/token")?;
    let (status, body) = transport.post_form(&url, form).await?;
    super::reply::read(status, &body, clock.now())
}

fn accounts_url(center: &DataCenter, path: &str) -> Result<Url, Error> {
    Url::parse(&format!("https://{}{path}", center.accounts))
        .map_err(|error| Error::new(ErrorKind::Connection, format!("{} is no host: {error}", center.accounts)))
}

/// The address of an endpoint for a browser, which cannot set `Host`: Zoho's host before `.localhost`, which browsers
/// resolve to this machine.
fn browser_address(url: &Url, endpoint: &Endpoint) -> Url {
    let target = endpoint.redirect(url);
    let (Some(host), Some(zoho)) = (target.host_str(), url.host_str()) else { return target };
    let is_local = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    let mut named = target.clone();
    if is_local && named.set_host(Some(&format!("{zoho}.localhost"))).is_ok() { named } else { target }
}

/// 256 random bits as text.
fn random_text() -> Result<String, Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(ErrorKind::Io, format!("the system gives no random numbers: {error}")))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> AuthorizationCodeFlow {
        AuthorizationCodeFlow {
            client: ClientCredentials { id: "1000.ID".into(), secret: Secret::new("hidden") },
            redirect_uri: "http://127.0.0.1:8765/callback".into(),
            scopes: vec![Scope::granted("Desk.tickets.READ"), Scope::granted("Desk.basic.READ")],
            data_center: DataCenters::built_in().get("eu").unwrap().clone(),
            endpoint: None,
            transport: TransportOptions::default(),
        }
    }

    #[test]
    fn the_address_asks_for_a_refresh_token_and_holds_no_secret() {
        let request = flow().begin().unwrap();
        let url = request.url.as_str();
        assert!(url.starts_with("https://accounts.zoho.eu/oauth/v2/auth?response_type=code&client_id=1000.ID&scope=Desk.tickets.READ%2CDesk.basic.READ"), "{url}");
        for part in ["access_type=offline", "prompt=consent", "code_challenge_method=S256", "state="] {
            assert!(url.contains(part), "{url} lacks {part}");
        }
        assert!(!url.contains("hidden") && !url.contains(request.verifier.expose()));
        assert!(!format!("{request:?} {:?}", flow()).contains("hidden"));
    }

    #[test]
    fn a_browser_reaches_an_endpoint_by_a_name() {
        let flow =
            AuthorizationCodeFlow { endpoint: Some(Endpoint::parse("http://127.0.0.1:9000").unwrap()), ..flow() };
        assert!(
            flow.begin().unwrap().url.as_str().starts_with("http://accounts.zoho.eu.localhost:9000/oauth/v2/auth?")
        );
    }

    fn callback(location: Option<&str>, server: Option<&str>) -> Callback {
        Callback {
            code: AuthorizationCode::new("c"),
            location: location.map(str::to_owned),
            accounts_server: server.map(str::to_owned),
        }
    }

    /// A peer made any host that the callback named its token server.
    #[test]
    fn wanted_b9_an_unknown_accounts_server_is_refused() {
        let client = flow().data_center;
        for server in [
            "https://accounts.zoho.eu.evil.org",
            "http://accounts.zoho.eu",
            "https://desk.zoho.eu",
            "accounts.zoho.eu",
            "",
        ] {
            let error = person_data_center(&client, &callback(None, Some(server))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ForeignHost, "{server}");
        }
    }

    #[test]
    fn the_data_center_follows_the_person() {
        let client = flow().data_center;
        let center =
            |location, server| person_data_center(&client, &callback(location, server)).map(|center| center.id);
        assert_eq!(center(None, None).unwrap(), "eu");
        assert_eq!(center(Some("in"), None).unwrap(), "in");
        assert_eq!(center(Some("ca"), Some("https://accounts.zohocloud.ca")).unwrap(), "ca");
        assert_eq!(center(Some("us"), Some("https://accounts.zoho.in")).unwrap_err().kind(), ErrorKind::SignIn);
    }

    #[test]
    fn a_state_matches_itself_only() {
        let state = CsrfState("abc".into());
        assert!(state.matches("abc"));
        assert!(!state.matches("abd") && !state.matches("ab") && !state.matches(""));
    }
}
