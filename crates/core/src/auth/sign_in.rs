//! Signing in, whichever way.

use std::sync::Arc;
use std::time::Duration;

use zoho_connector::{DataCenter, DataCenters, Scope};

use super::accounts_server::AccountsServer;
use super::authorization_code::AuthorizationCode;
use super::person::{Notice, Person};
use super::refusal::Step;
use super::token::{RefreshToken, Tokens};
use super::{device_code, loopback, pasted, self_client, user};
use crate::clock::Clock;
use crate::connection::{ClientCredentials, Endpoint};
use crate::error::Error;
use crate::transport::{Transport, TransportOptions};

/// The port of the redirect URL where none is said: a fixed one, since the URL is registered letter by letter.
const PORT: u16 = 8765;
/// The path of the redirect URL where none is said.
const PATH: &str = "/callback";
/// How long a person has for the consent where nothing is said.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a sign-in starts from: who asks, for what, and where.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The OAuth client.
    pub client: ClientCredentials,
    /// What is asked for.
    pub scopes: Vec<Scope>,
    /// Where the sign-in starts: the data centre where the client was registered, and China for an account there. Flows
    /// that go by no browser ask this one only.
    pub data_center: DataCenter,
    /// The data centres that there are: only their hosts get a secret.
    pub data_centers: Arc<DataCenters>,
    /// Another server with Zoho's paths.
    pub endpoint: Option<Endpoint>,
    /// How connections are made.
    pub transport: TransportOptions,
    /// Where the time comes from.
    pub clock: Clock,
}

/// A way to sign in.
#[derive(Debug, Clone)]
pub enum AuthFlow {
    /// The person consents in a browser, and a code comes back.
    AuthorizationCode(Redirect),
    /// The person types a code at an address, on whatever device.
    DeviceCode,
    /// A code that the API console made for a Self Client.
    SelfClient(AuthorizationCode),
    /// The client alone, for an organisation; without a person, and without a refresh token.
    ClientCredentials {
        /// The organisation, as `ZohoCRM.1234`. Zoho says `missing_org_info` where it wants one.
        soid: Option<String>,
    },
    /// A refresh token that somebody has already.
    RefreshToken(RefreshToken),
}

/// How the code comes back from the browser.
#[derive(Debug, Clone)]
pub enum Redirect {
    /// To a listener on this machine.
    Loopback(Loopback),
    /// By hand: the browser is sent to an address where nobody may listen, and the person pastes it.
    Pasted {
        /// The redirect URL, as it is registered with the client.
        redirect_uri: String,
    },
}

/// Where the browser finds the listener on this machine.
#[derive(Debug, Clone)]
pub struct Loopback {
    /// The port of 127.0.0.1; 0 takes a free one, for clients whose redirect URL may have any.
    pub port: u16,
    /// The path.
    pub path: String,
    /// How long a person has for the consent.
    pub patience: Duration,
}

impl Default for Loopback {
    fn default() -> Self {
        Self { port: PORT, path: PATH.to_owned(), patience: PATIENCE }
    }
}

impl Loopback {
    /// The redirect URL that is registered with the client.
    ///
    /// ```
    /// assert_eq!(zoho_core::Loopback::default().redirect_uri(), "http://127.0.0.1:8765/callback");
    /// ```
    pub fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.path)
    }
}

/// A sign-in that worked.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The tokens.
    pub tokens: Tokens,
    /// Where the account lives.
    pub data_center: DataCenter,
    /// The person's name for display, where the scopes allow to ask for it.
    pub user: Option<String>,
}

impl SignIn {
    /// A sign-in with the built-in data centres and the machine's clock, for no scopes yet.
    pub fn new(client: ClientCredentials, data_center: DataCenter) -> Self {
        Self {
            client,
            scopes: Vec::new(),
            data_center,
            data_centers: DataCenters::shared(),
            endpoint: None,
            transport: TransportOptions::default(),
            clock: Clock::System,
        }
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`crate::ErrorKind::SignIn`] where it is refused, with Zoho's word in [`Error::code`] and the cure in
    /// [`Error::hint`]; [`crate::ErrorKind::TokenLimit`] where too many tokens were asked for;
    /// [`crate::ErrorKind::ForeignHost`] where a reply names a host that is not Zoho's; [`crate::ErrorKind::Timeout`]
    /// where nobody came.
    pub async fn login(&self, flow: AuthFlow, person: &dyn Person) -> Result<SignedIn, Error> {
        match flow {
            AuthFlow::AuthorizationCode(redirect) => {
                let done = match redirect {
                    Redirect::Loopback(place) => loopback::sign_in(self, &place, person).await?,
                    Redirect::Pasted { redirect_uri } => pasted::sign_in(self, &redirect_uri, person).await?,
                };
                if done.data_center.id != self.data_center.id {
                    person.notice(&Notice::Moved(done.data_center.clone()));
                }
                Ok(done)
            }
            AuthFlow::DeviceCode => device_code::sign_in(self, person).await,
            AuthFlow::SelfClient(code) => self_client::by_code(self, &code).await,
            AuthFlow::ClientCredentials { soid } => self_client::by_client_credentials(self, soid).await,
            AuthFlow::RefreshToken(token) => self_client::by_refresh_token(self, token).await,
        }
    }

    /// What is asked for, as Zoho wants it: with commas.
    pub(crate) fn scope(&self) -> String {
        joined(&self.scopes)
    }

    pub(crate) fn transport(&self) -> Result<Transport, Error> {
        Transport::new(&self.transport, self.endpoint.clone())
    }

    /// The accounts server of a data centre, for a step of this sign-in.
    pub(crate) fn server<'a>(
        &'a self,
        transport: &'a Transport,
        center: &'a DataCenter,
        step: Step<'a>,
    ) -> AccountsServer<'a> {
        AccountsServer {
            transport,
            client: &self.client,
            center,
            home: Some(&self.data_center),
            centers: &self.data_centers,
            clock: &self.clock,
            step,
        }
    }

    /// Tokens with the scopes that were asked for, where the reply names none (RFC 6749 §5.1).
    pub(crate) fn granted(&self, mut tokens: Tokens) -> Tokens {
        if tokens.scopes.is_empty() {
            tokens.scopes = self.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        }
        tokens
    }

    /// A sign-in that worked, with the name of the person.
    pub(crate) async fn signed_in(&self, transport: &Transport, tokens: Tokens, center: &DataCenter) -> SignedIn {
        let user = user::name(transport, center, &tokens).await;
        SignedIn { tokens, data_center: center.clone(), user }
    }
}

/// Scopes with commas between.
pub(crate) fn joined(scopes: &[Scope]) -> String {
    scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(",")
}
