//! An accounts server, as a client meets it.

use bytes::Bytes;
use url::Url;
use zoho_connector::{DataCenter, DataCenters};

use super::refusal::Step;
use super::reply;
use super::token::Tokens;
use crate::clock::Clock;
use crate::connection::{ClientCredentials, Connection};
use crate::error::{Error, ErrorKind};
use crate::transport::Transport;

/// The token endpoint.
pub(crate) const TOKEN: &str = "/oauth/v2/token";

/// The accounts server of a data centre, the client that asks, and the step that it is asked for.
#[derive(Clone, Copy)]
pub(crate) struct AccountsServer<'a> {
    pub(crate) transport: &'a Transport,
    pub(crate) client: &'a ClientCredentials,
    /// Whose server it is.
    pub(crate) center: &'a DataCenter,
    /// Where the client was registered, where that is known.
    pub(crate) home: Option<&'a DataCenter>,
    pub(crate) centers: &'a DataCenters,
    pub(crate) clock: &'a Clock,
    pub(crate) step: Step<'a>,
}

impl<'a> AccountsServer<'a> {
    /// The accounts server of a connection, for a step.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where the connection has no client.
    pub(crate) fn of(
        connection: &'a Connection,
        transport: &'a Transport,
        clock: &'a Clock,
        step: Step<'a>,
    ) -> Result<Self, Error> {
        let client = connection.client.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Connection,
                format!("the connection `{}` has no client id and secret to ask for a token with", connection.name),
            )
            .with_hint("connect again")
        })?;
        let (center, centers) = (&connection.data_center, &*connection.data_centers);
        Ok(Self { transport, client, center, home: None, centers, clock, step })
    }

    /// The address of a path.
    pub(crate) fn address(&self, path: &str) -> Result<Url, Error> {
        address(self.center, path)
    }

    /// Asks for tokens at a path. Client id and secret are added.
    pub(crate) async fn tokens(&self, path: &str, form: &[(&str, &str)]) -> Result<Tokens, Error> {
        let (status, body) = self.post(path, form).await?;
        reply::tokens(status, &body, self)
    }

    /// Posts a form with client id and secret. The parameters go in the body, where no log keeps them.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<(u16, Bytes), Error> {
        let secret = self.client.secret_for(self.center);
        let client = [("client_id", self.client.id.as_str()), ("client_secret", secret.expose())];
        let (kind, rest) = form.split_at(form.len().min(1));
        let pairs = [kind, &client, rest].concat();
        self.transport.post_form(&self.address(path)?, &pairs, None).await
    }
}

/// The address of a path at the accounts server of a data centre.
pub(crate) fn address(center: &DataCenter, path: &str) -> Result<Url, Error> {
    Url::parse(&format!("https://{}{path}", center.accounts))
        .map_err(|error| Error::new(ErrorKind::Connection, format!("{} is no host: {error}", center.accounts)))
}
