//! Who and where: data centre, client, and the values that are chosen once.

use std::sync::Arc;

use indexmap::IndexMap;
use url::{Host, Url};
use zoho_connector::{Connector, DataCenter, DataCenters, Environment};

use crate::error::{Error, ErrorKind};
use crate::limit::Limits;
use crate::secret::Secret;

/// Who calls, and where: everything about a caller but the tokens.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name, under which tokens are kept.
    pub name: String,
    /// Where the account lives.
    pub data_center: DataCenter,
    /// The data centres that there are: only their hosts get a secret.
    pub data_centers: Arc<DataCenters>,
    /// Which of the service's worlds is called.
    pub environment: Environment,
    /// The OAuth client, where tokens are to be refreshed.
    pub client: Option<ClientCredentials>,
    /// The values that the connector's `connection` asks for, by name.
    pub values: IndexMap<String, String>,
    /// Another server with Zoho's paths, to which every request goes instead.
    pub endpoint: Option<Endpoint>,
    /// Hosts outside Zoho's domains that the person has agreed to.
    pub trusted_hosts: Vec<String>,
    /// What is known of the limits of the services; clones of a connection share it.
    pub limits: Limits,
}

impl Connection {
    /// A connection in a data centre of the built-in table, with nothing chosen.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where the table has no such data centre.
    pub fn new(name: impl Into<String>, data_center: &str) -> Result<Self, Error> {
        Self::within(name, data_center, DataCenters::shared())
    }

    /// A connection in a data centre of a table, with nothing chosen.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where the table has no such data centre.
    pub fn within(name: impl Into<String>, data_center: &str, data_centers: Arc<DataCenters>) -> Result<Self, Error> {
        Ok(Self {
            name: name.into(),
            data_center: data_center_named(&data_centers, data_center)?,
            data_centers,
            environment: Environment::Production,
            client: None,
            values: IndexMap::new(),
            endpoint: None,
            trusted_hosts: Vec::new(),
            limits: Limits::default(),
        })
    }

    /// A value for a connector: the chosen one, or else its default.
    pub(crate) fn value<'a>(&'a self, connector: &'a Connector, name: &str) -> Option<&'a str> {
        let default = || connector.connection.get(name)?.default.as_deref();
        self.values.get(name).map(String::as_str).or_else(default)
    }
}

/// The data centre of a word, or an error that names those there are.
fn data_center_named(table: &DataCenters, id: &str) -> Result<DataCenter, Error> {
    table.get(id).cloned().ok_or_else(|| {
        let known: Vec<&str> = table.ids().collect();
        Error::new(ErrorKind::Connection, format!("no data centre is called `{id}`"))
            .with_hint(format!("the data centres are {}", known.join(", ")))
    })
}

/// The OAuth client: RFC 6749's client identifier and client secret.
#[derive(Debug, Clone)]
pub struct ClientCredentials {
    /// The client identifier (`1000.…`). It is the same in every data centre.
    pub id: String,
    /// The client secret.
    pub secret: Secret,
    /// The secrets of data centres, by their word, that have one of their own.
    pub secrets: IndexMap<String, Secret>,
}

impl ClientCredentials {
    /// A client with one secret for all data centres.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: Secret::new(secret), secrets: IndexMap::new() }
    }

    /// The secret that counts in a data centre.
    pub fn secret_for(&self, data_center: &DataCenter) -> &Secret {
        self.secrets.get(&data_center.id).unwrap_or(&self.secret)
    }
}

/// Another server with Zoho's paths: a sandbox, a recording proxy, a mock.
///
/// Every request goes to its origin with the path unchanged and Zoho's host name in `Host`. Plain HTTP is for the
/// loopback only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads an origin such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where it is no origin, or is plain HTTP to another machine.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = |why: &str| {
            Error::new(ErrorKind::Connection, format!("`{text}` is not an endpoint: {why}"))
                .with_hint("write an origin, as `http://127.0.0.1:8080` or `https://proxy.example.org`")
        };
        let url = Url::parse(text).map_err(|error| fault(&error.to_string()))?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() || !url.username().is_empty() {
            return Err(fault("it has more than scheme, host and port"));
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err(fault("plain HTTP goes to this machine only")),
            _ => Err(fault("only http and https are spoken")),
        }
    }

    /// The URL of the endpoint for a URL of Zoho's: scheme, host and port replaced, the path unchanged.
    pub(crate) fn redirect(&self, url: &Url) -> Url {
        let mut target = self.0.clone();
        target.set_path(url.path());
        target.set_query(url.query());
        target
    }

    /// The address of the endpoint for a browser, which cannot set `Host`: Zoho's host before `.localhost`, which
    /// browsers resolve to this machine.
    pub(crate) fn browser_address(&self, url: &Url) -> Url {
        let target = self.redirect(url);
        let (Some(host), Some(zoho)) = (target.host_str(), url.host_str()) else { return target };
        let is_local = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        let mut named = target.clone();
        if is_local && named.set_host(Some(&format!("{zoho}.localhost"))).is_ok() { named } else { target }
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The endpoint as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_the_loopback() {
        assert!(Endpoint::parse("http://127.0.0.1:8080").is_ok());
        assert!(Endpoint::parse("http://[::1]:8080/").is_ok());
        assert!(Endpoint::parse("http://localhost:1").is_ok());
        assert!(Endpoint::parse("https://proxy.example.org").is_ok());
        for text in
            ["http://10.0.0.1", "http://example.org", "ftp://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1/path"]
        {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_with_escapes_goes_through_unchanged() {
        let endpoint = Endpoint::parse("http://127.0.0.1:8080").unwrap();
        let url = Url::parse("https://desk.zoho.eu/api/v1/a%2Fb/?q=1%2C2").unwrap();
        assert_eq!(endpoint.redirect(&url).as_str(), "http://127.0.0.1:8080/api/v1/a%2Fb/?q=1%2C2");
    }
}
