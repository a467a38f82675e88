//! What is kept of a connection and of a client beside tokens.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use zoho_connector::{DataCenters, Environment};

use crate::auth::token::Tokens;
use crate::connection::{ClientCredentials, Connection, Endpoint};
use crate::error::Error;
use crate::secret::Secret;

/// A connection as it is kept: everything but its tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedConnection {
    /// The services that it was made for.
    pub services: Vec<String>,
    /// The word of the data centre.
    pub data_center: String,
    /// Which of the services' worlds.
    #[serde(default)]
    pub environment: Environment,
    /// The word of the data centre where the client was registered and a sign-in starts, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_data_center: Option<String>,
    /// The client identifier; empty for a connection that is called with keys alone.
    pub client_id: String,
    /// The client secret that counts in the data centre.
    pub client_secret: Secret,
    /// The values that were chosen, by name.
    #[serde(default)]
    pub values: IndexMap<String, String>,
    /// What people know the values by, by name.
    #[serde(default)]
    pub labels: IndexMap<String, String>,
    /// Whose account it is, as people know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Another server with Zoho's paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Hosts outside Zoho's domains that the person has agreed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_hosts: Vec<String>,
}

impl SavedConnection {
    /// The connection as one of its services sees it: with the values that are its own, by their plain names. A value of
    /// which another service has one of that name too is kept under `service.name`.
    #[must_use]
    pub fn seen_by(&self, service: &str) -> Self {
        let own = |key: &str| match key.split_once('.') {
            None => Some(key.to_owned()),
            Some((other, name)) => (other == service).then(|| name.to_owned()),
        };
        let of = |all: &IndexMap<String, String>| {
            all.iter().filter_map(|(key, value)| Some((own(key)?, value.clone()))).collect()
        };
        Self { values: of(&self.values), labels: of(&self.labels), ..self.clone() }
    }

    /// The connection to call with, in a data centre of the built-in table.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Connection`] where an unknown data centre is named, or an endpoint that is none.
    pub fn open(&self, name: &str) -> Result<Connection, Error> {
        self.open_within(name, DataCenters::shared())
    }

    /// The connection to call with, in a data centre of a table.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Connection`] where an unknown data centre is named, or an endpoint that is none.
    pub fn open_within(&self, name: &str, data_centers: Arc<DataCenters>) -> Result<Connection, Error> {
        let connection = Connection::within(name, &self.data_center, data_centers)?;
        Ok(Connection {
            environment: self.environment,
            client: (!self.client_id.is_empty())
                .then(|| ClientCredentials::new(&self.client_id, self.client_secret.expose())),
            values: self.values.clone(),
            endpoint: self.endpoint.as_deref().map(Endpoint::parse).transpose()?,
            trusted_hosts: self.trusted_hosts.clone(),
            ..connection
        })
    }
}

/// A connection with its tokens, as a vault keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Everything but the tokens.
    pub connection: SavedConnection,
    /// The tokens.
    #[serde(default)]
    pub tokens: Tokens,
}

/// An OAuth client as it is kept, for the sign-ins to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedClient {
    /// The client identifier.
    pub client_id: String,
    /// The client secret.
    pub client_secret: Secret,
    /// The secrets of data centres, by their word, that have one of their own.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub secrets: IndexMap<String, Secret>,
    /// The word of the data centre in which it was registered.
    pub data_center: String,
    /// The kind of client, in the command's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The redirect URL that is registered with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
}

impl SavedClient {
    /// The client to sign in with.
    pub fn credentials(&self) -> ClientCredentials {
        let client = ClientCredentials::new(&self.client_id, self.client_secret.expose());
        ClientCredentials { secrets: self.secrets.clone(), ..client }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_sees_its_own_values_by_their_plain_names() {
        let values = [("orgId", "1"), ("shelf.team", "2"), ("store.team", "3")];
        let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let seen = SavedConnection { values, ..SavedConnection::default() }.seen_by("store");
        let values: Vec<String> = seen.values.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(values, ["orgId=1", "team=3"]);
    }
}
