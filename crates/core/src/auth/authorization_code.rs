//! The authorisation-code flow (RFC 6749 §4.1) with PKCE (RFC 7636), as Zoho speaks it: its two steps, for programs with
//! a callback route of their own, and for [`SignIn::login`].

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use zoho_connector::{DataCenter, DataCenters};

use super::accounts_server::{TOKEN, address};
use super::callback::Callback;
use super::refusal::Step;
use super::sign_in::{SignIn, SignedIn};
use super::token::Tokens;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

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
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CsrfState(String);

impl CsrfState {
    pub(crate) fn random() -> Result<Self, Error> {
        random_text().map(Self)
    }

    /// Whether a callback's `state` is this one; compared without stopping at the first difference.
    pub fn matches(&self, other: &str) -> bool {
        let differing = self.0.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        self.0.len() == other.len() && differing == 0
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CsrfState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A consent that is under way. A web application keeps it in the person's session until the callback comes; what it
/// serialises into holds a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The address for the person's browser. It holds no secret.
    pub url: Url,
    /// The value that the callback must bring back.
    pub state: CsrfState,
    redirect_uri: String,
    verifier: Secret,
}

impl SignIn {
    /// Begins a consent: makes `state` and the PKCE verifier, and the address for the browser, which comes back to
    /// `redirect_uri`. That URL is registered with the client, letter by letter.
    ///
    /// `access_type=offline` and `prompt=consent` are always asked for: without them no refresh token comes, and the
    /// connection dies after an hour.
    ///
    /// # Errors
    /// [`ErrorKind::SignIn`] where the redirect URL is none or no scopes are asked for, [`ErrorKind::Io`] where the
    /// system has no random numbers.
    pub fn begin(&self, redirect_uri: &str) -> Result<AuthorizationRequest, Error> {
        redirect_url(redirect_uri)?;
        if self.scopes.is_empty() {
            return Err(Error::new(ErrorKind::SignIn, "no scopes are asked for"));
        }
        let (state, verifier) = (CsrfState::random()?, random_text()?);
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let mut url = address(&self.data_center, "/oauth/v2/auth")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("scope", &self.scope())
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("access_type", "offline")
            .append_pair("prompt", "consent")
            .append_pair("state", state.as_str())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let url = self.for_browser(url);
        Ok(AuthorizationRequest { url, state, redirect_uri: redirect_uri.to_owned(), verifier: Secret::new(verifier) })
    }

    /// Exchanges the code of a callback for tokens, at the accounts server of the person's data centre.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignHost`] where the callback names an unknown accounts server, [`ErrorKind::SignIn`] where the
    /// exchange is refused or brings no refresh token, [`ErrorKind::TokenLimit`] where too many were asked for.
    pub async fn finish(&self, request: &AuthorizationRequest, callback: &Callback) -> Result<SignedIn, Error> {
        let center = person_data_center(&self.data_centers, &self.data_center, callback)?;
        let transport = self.transport()?;
        let bare = callback.location.is_none() && callback.accounts_server.is_none();
        let step = Step::Code { redirect_uri: &request.redirect_uri, bare };
        let form = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", request.redirect_uri.as_str()),
            ("code", callback.code.expose()),
            ("code_verifier", request.verifier.expose()),
        ];
        let tokens = lasting(self.server(&transport, &center, step).tokens(TOKEN, &form).await?)?;
        Ok(self.signed_in(&transport, self.granted(tokens), &center).await)
    }

    /// An address of an accounts server as a browser reaches it.
    pub(super) fn for_browser(&self, url: Url) -> Url {
        self.endpoint.as_ref().map_or(url.clone(), |endpoint| endpoint.browser_address(&url))
    }
}

/// Reads a redirect URL.
pub(super) fn redirect_url(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
    url.ok_or_else(|| {
        Error::new(ErrorKind::SignIn, format!("`{text}` is no redirect URL"))
            .with_hint("write it as it is registered with the client, as `http://127.0.0.1:8765/callback`")
    })
}

/// Tokens that outlast the hour: with a refresh token.
pub(super) fn lasting(tokens: Tokens) -> Result<Tokens, Error> {
    if tokens.refresh.is_some() {
        return Ok(tokens);
    }
    Err(Error::new(
        ErrorKind::SignIn,
        "the accounts server gave no refresh token, so the connection would die after an hour",
    )
    .with_hint("connect again; if it happens again, revoke the client's access in the Zoho account first"))
}

/// The data centre of the person, which follows the account and not the client. Only hosts of the table get a secret.
///
/// A server that the table knows decides. Where a word that the table knows comes beside it, both must mean the same: else
/// one of two servers would get what is for the other (the mix-up of RFC 9207).
pub(super) fn person_data_center(
    table: &DataCenters,
    client: &DataCenter,
    callback: &Callback,
) -> Result<DataCenter, Error> {
    let by_server = callback.accounts_server.as_deref().map(|server| by_accounts_server(table, server)).transpose()?;
    let by_location = callback.location.as_deref().and_then(|location| table.get(location));
    match (by_server, by_location, &callback.location) {
        (Some(server), Some(location), _) if server.id != location.id => Err(Error::new(
            ErrorKind::SignIn,
            format!(
                "the callback names two data centres, {} and {}; nothing was sent to either",
                server.id, location.id
            ),
        )
        .with_hint("connect again; if it happens again, something between the browser and Zoho changes addresses")),
        (None, None, Some(unknown)) => Err(Error::new(
            ErrorKind::SignIn,
            format!("the account lives in the data centre `{}`, which is not known here", shown(unknown)),
        )
        .with_hint("add a row for it to `data_centers` in the configuration")),
        (server, location, _) => Ok(server.or(location).unwrap_or(client).clone()),
    }
}

fn by_accounts_server<'a>(table: &'a DataCenters, server: &str) -> Result<&'a DataCenter, Error> {
    let url = Url::parse(server).ok().filter(|url| url.scheme() == "https" && url.port().is_none());
    let host = url.as_ref().and_then(Url::host_str);
    host.and_then(|host| table.by_accounts_host(host)).ok_or_else(|| {
        let message = format!(
            "the callback names `{}` as the accounts server, which is not one of Zoho's; nothing was sent there",
            shown(server)
        );
        Error::new(ErrorKind::ForeignHost, message)
    })
}

/// A text of somebody's, as it can be shown.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
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
    use zoho_connector::Scope;

    use super::*;
    use crate::connection::{ClientCredentials, Endpoint};

    fn sign_in() -> SignIn {
        let eu = DataCenters::built_in().get("eu").unwrap().clone();
        SignIn {
            scopes: vec![Scope::granted("Desk.tickets.READ"), Scope::granted("Desk.basic.READ")],
            ..SignIn::new(ClientCredentials::new("1000.ID", "hidden"), eu)
        }
    }

    fn begun(sign_in: &SignIn) -> AuthorizationRequest {
        sign_in.begin("http://127.0.0.1:8765/callback").unwrap()
    }

    #[test]
    fn the_address_asks_for_a_refresh_token_and_holds_no_secret() {
        let request = begun(&sign_in());
        let url = request.url.as_str();
        assert!(url.starts_with("https://accounts.zoho.eu/oauth/v2/auth?response_type=code&client_id=1000.ID&scope=Desk.tickets.READ%2CDesk.basic.READ"), "{url}");
        for part in ["access_type=offline", "prompt=consent", "code_challenge_method=S256", "state="] {
            assert!(url.contains(part), "{url} lacks {part}");
        }
        assert!(!url.contains("hidden") && !url.contains(request.verifier.expose()));
        assert!(!format!("{request:?} {:?}", sign_in()).contains("hidden"));
        assert!(!format!("{request:?}").contains(request.verifier.expose()));
    }

    #[test]
    fn two_consents_share_nothing() {
        let (one, other) = (begun(&sign_in()), begun(&sign_in()));
        assert!(!one.state.matches(other.state.as_str()) && one.verifier != other.verifier);
        assert!(one.verifier.expose().len() >= 43, "RFC 7636 wants 43 characters");
    }

    #[test]
    fn a_consent_survives_between_two_requests_of_a_web_application() {
        let request = begun(&sign_in());
        let kept: AuthorizationRequest = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
        assert!(kept.state.matches(request.state.as_str()) && kept.verifier == request.verifier);
    }

    #[test]
    fn what_cannot_be_asked_for_is_said_before_the_browser_opens() {
        assert!(sign_in().begin("127.0.0.1:8765/callback").is_err());
        assert!(sign_in().begin("myapp://callback").is_err());
        assert!(SignIn { scopes: Vec::new(), ..sign_in() }.begin("http://127.0.0.1:1/").is_err());
    }

    #[test]
    fn a_browser_reaches_an_endpoint_by_a_name() {
        let endpoint = Some(Endpoint::parse("http://127.0.0.1:9000").unwrap());
        let url = begun(&SignIn { endpoint, ..sign_in() }).url;
        assert!(url.as_str().starts_with("http://accounts.zoho.eu.localhost:9000/oauth/v2/auth?"));
    }

    fn callback(location: Option<&str>, server: Option<&str>) -> Callback {
        Callback {
            code: AuthorizationCode::new("c"),
            location: location.map(str::to_owned),
            accounts_server: server.map(str::to_owned),
        }
    }

    fn center(location: Option<&str>, server: Option<&str>) -> Result<String, Error> {
        let client = sign_in().data_center;
        person_data_center(DataCenters::built_in(), &client, &callback(location, server)).map(|center| center.id)
    }

    /// A peer made any host that the callback named its token server.
    #[test]
    fn wanted_b9_an_unknown_accounts_server_is_refused() {
        for server in [
            "https://accounts.zoho.eu.evil.org",
            "https://evil.org/accounts.zoho.eu",
            "https://accounts.zoho.eu@evil.org",
            "https://accounts.zoho.eu:8443",
            "http://accounts.zoho.eu",
            "https://desk.zoho.eu",
            "accounts.zoho.eu",
            "",
        ] {
            for location in [None, Some("eu")] {
                assert_eq!(center(location, Some(server)).unwrap_err().kind(), ErrorKind::ForeignHost, "{server}");
            }
        }
    }

    /// A peer refreshed at `accounts.zoho.com` whatever the person's data centre was.
    #[test]
    fn wanted_b4_the_data_center_follows_the_person() {
        assert_eq!(center(None, None).unwrap(), "eu");
        for row in DataCenters::built_in().iter() {
            let server = format!("https://{}", row.accounts);
            assert_eq!(center(Some(&row.id), None).unwrap(), row.id);
            assert_eq!(center(Some(&row.id), Some(&server)).unwrap(), row.id);
            assert_eq!(center(None, Some(&server)).unwrap(), row.id);
            assert_eq!(address(row, TOKEN).unwrap().as_str(), format!("{server}/oauth/v2/token"));
        }
    }

    #[test]
    fn server_and_word_must_agree() {
        assert_eq!(center(Some("us"), Some("https://accounts.zoho.in")).unwrap_err().kind(), ErrorKind::SignIn);
        assert_eq!(center(Some("EU"), Some("https://accounts.zoho.eu/")).unwrap(), "eu");
        // A word of the future beside a server that is known: the server decides.
        assert_eq!(center(Some("europe"), Some("https://accounts.zoho.eu")).unwrap(), "eu");
        let unknown = center(Some("mx"), None).unwrap_err();
        assert!(unknown.hint().unwrap().contains("data_centers"), "{unknown}");
    }

    #[test]
    fn a_state_matches_itself_only() {
        let state = CsrfState("abc".into());
        assert!(state.matches("abc"));
        assert!(!state.matches("abd") && !state.matches("ab") && !state.matches("") && !state.matches("abcd"));
    }
}
