//! The guard of hosts: a token or a secret goes only where the table of data centres or a person's consent says.

use url::Url;
use zoho_connector::template::{HostVariable, Part};
use zoho_connector::{Connector, DataCenters, Environment};

use crate::connection::Connection;
use crate::error::{Error, ErrorKind};

/// The hosts outside Zoho's domains that a connector writes out. A token goes there only with the person's consent.
pub fn foreign_hosts(connector: &Connector, data_centers: &DataCenters) -> Vec<String> {
    let mut hosts: Vec<String> = connector
        .bases
        .values()
        .flat_map(|base| std::iter::once(&base.url).chain(base.by_data_center.values()))
        .filter_map(|template| {
            // Host variables stand for Zoho's own domains, so any of them makes a fair sample.
            let sample = template.render::<()>(|part| Ok(sample(part))).ok()?;
            let host = Url::parse(&sample).ok()?.host_str()?.to_owned();
            (!data_centers.is_zoho(&host)).then_some(host)
        })
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

fn sample(part: &Part) -> String {
    match part {
        Part::Host(HostVariable::Zoho) => "zoho.com",
        Part::Host(HostVariable::ZohoApis) => "zohoapis.com",
        Part::Host(HostVariable::Api) => "www.zohoapis.com",
        Part::Host(HostVariable::Tld) => "com",
        Part::Literal(_) | Part::Value(_) => "x",
    }
    .to_owned()
}

/// The hosts that the calls of a connector go to over a connection, as far as that is known without a token.
pub fn called_hosts(connector: &Connector, connection: &Connection) -> Vec<String> {
    let fill = |part: &Part| match part {
        Part::Host(variable) => host_of(*variable, connection, None),
        Part::Literal(_) | Part::Value(_) => "x".to_owned(),
    };
    let mut hosts: Vec<String> = Vec::new();
    for base in connector.bases.values() {
        let url = base.url_for(&connection.data_center.id).render::<()>(|part| Ok(fill(part)));
        let host = url.ok().and_then(|text| Url::parse(&text).ok()?.host_str().map(str::to_owned));
        hosts.extend(host.filter(|host| !hosts.contains(host)));
    }
    hosts
}

/// What a variable of a URL stands for over a connection. `api_host` is the gateway that came with the token.
pub(crate) fn host_of(variable: HostVariable, connection: &Connection, api_host: Option<&str>) -> String {
    let center = &connection.data_center;
    match variable {
        HostVariable::Zoho => center.zoho.clone(),
        HostVariable::ZohoApis => center.zohoapis.clone(),
        HostVariable::Tld => center.tld().to_owned(),
        // The gateway that comes with a token is that of production.
        HostVariable::Api => match (connection.environment, api_host) {
            (Environment::Production, Some(host)) => host.to_owned(),
            (environment, _) => center.gateway_host(environment),
        },
    }
}

/// Whether a token, or another secret (`what`), may go to a URL.
///
/// # Errors
/// [`ErrorKind::ForeignHost`] where it may not.
pub(crate) fn guard(url: &Url, connection: &Connection, what: &str) -> Result<(), Error> {
    let host = url.host_str().unwrap_or_default();
    if url.scheme() != "https" {
        return Err(Error::new(ErrorKind::ForeignHost, format!("no {what} is sent to {host} over plain HTTP")));
    }
    let trusted = || connection.trusted_hosts.iter().any(|trusted| trusted.eq_ignore_ascii_case(host));
    if connection.data_centers.is_zoho(host) || trusted() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::ForeignHost, format!("{host} is not one of Zoho's hosts, so no {what} is sent there"))
        .with_hint(format!(
            "agree to the host when connecting, if the connector's author is to be trusted with the {what}"
        )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_to_zoho_over_https_only() {
        let mut connection = Connection::new("test", "eu").unwrap();
        let allowed =
            |url: &str, connection: &Connection| guard(&Url::parse(url).unwrap(), connection, "token").is_ok();
        assert!(allowed("https://desk.zoho.eu/api", &connection));
        assert!(allowed("https://www.zohoapis.ca/crm", &connection));
        assert!(!allowed("http://desk.zoho.eu/api", &connection));
        assert!(!allowed("https://desk.zoho.eu.evil.org/api", &connection));
        assert!(!allowed("https://evil-zoho.eu/api", &connection));
        assert!(!allowed("https://api.example.org/", &connection));
        connection.trusted_hosts.push("api.example.org".into());
        assert!(allowed("https://api.example.org/", &connection));
    }

    #[test]
    fn a_data_center_of_the_persons_own_counts() {
        let mut row = DataCenters::built_in().get("eu").unwrap().clone();
        row.id = "mx".into();
        (row.accounts, row.zoho) = ("accounts.zoho.com.mx".into(), "zoho.com.mx".into());
        row.zohoapis = "zohoapis.com.mx".into();
        let table = std::sync::Arc::new(DataCenters::built_in().extended([row]).unwrap());
        let url = Url::parse("https://desk.zoho.com.mx/api").unwrap();
        assert!(guard(&url, &Connection::within("test", "mx", table).unwrap(), "token").is_ok());
        assert!(guard(&url, &Connection::new("test", "eu").unwrap(), "token").is_err());
    }
}
