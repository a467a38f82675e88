//! Which of Zoho's hosts a request is for: an accounts server, or the place of services.

use std::collections::HashMap;

use zoho_connector::template::{HostVariable, Part};
use zoho_connector::{Connector, DataCenter, DataCenters, Environment};

/// What is at a host of Zoho's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Host {
    /// The data centre.
    pub(crate) data_center: String,
    /// Whether it is the accounts server.
    pub(crate) accounts: bool,
    /// The services there, the longest prefix first.
    pub(crate) places: Vec<Place>,
}

/// Where a base of a connector is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The segments that its paths begin with; a `{name}` is a value of the connection.
    pub(crate) prefix: Vec<Segment>,
    /// The position of the connector.
    pub(crate) connector: usize,
    /// The name of the base.
    pub(crate) base: String,
}

/// One segment of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Text.
    Literal(String),
    /// A value by name.
    Value(String),
    /// Text with values in it: the text before, a name, and the text after it.
    Mixed(String, String, String),
}

impl Segment {
    /// Reads a segment of a template.
    pub(crate) fn parse(text: &str) -> Self {
        let braces = text.find('{').and_then(|open| Some((open, text.find('}').filter(|close| *close > open)?)));
        match braces {
            None => Self::Literal(text.to_owned()),
            Some((0, close)) if close + 1 == text.len() => Self::Value(text[1..close].to_owned()),
            Some((open, close)) => {
                Self::Mixed(text[..open].to_owned(), text[open + 1..close].to_owned(), text[close + 1..].to_owned())
            }
        }
    }

    /// The value by name that a segment of a request has here; none at all where it does not fit.
    pub(crate) fn matches(&self, found: &str) -> Option<Option<(String, String)>> {
        match self {
            Self::Literal(text) => (text == found).then_some(None),
            Self::Value(name) => (!found.is_empty()).then(|| Some((name.clone(), found.to_owned()))),
            Self::Mixed(before, name, after) => {
                let value = found.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?;
                (!value.is_empty()).then(|| Some((name.clone(), value.to_owned())))
            }
        }
    }
}

/// All hosts that the sandbox stands in for.
#[derive(Debug, Default)]
pub(crate) struct Hosts(HashMap<String, Host>);

impl Hosts {
    /// The hosts of the connectors in every data centre, and the accounts servers.
    pub(crate) fn new(connectors: &[Connector]) -> Self {
        let mut hosts = Self::default();
        for center in DataCenters::built_in().iter() {
            hosts.entry(&center.accounts, center).accounts = true;
            let offered = connectors.iter().enumerate().filter(|(_, connector)| connector.regions.offer(&center.id));
            for (position, connector) in offered {
                hosts.add(center, position, connector);
            }
        }
        for host in hosts.0.values_mut() {
            host.places.sort_by_key(|place| std::cmp::Reverse(place.prefix.len()));
        }
        hosts
    }

    fn add(&mut self, center: &DataCenter, position: usize, connector: &Connector) {
        let environments = std::iter::once(Environment::Production).chain(connector.environments.iter().copied());
        for environment in environments {
            for (name, base) in &connector.bases {
                let Some((host, path)) = address(base.url_for(&center.id), center, environment) else { continue };
                let prefix = path.split('/').filter(|part| !part.is_empty()).map(Segment::parse).collect();
                let place = Place { prefix, connector: position, base: name.clone() };
                let places = &mut self.entry(&host, center).places;
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
    }

    fn entry(&mut self, host: &str, center: &DataCenter) -> &mut Host {
        let host = self.0.entry(host.to_ascii_lowercase()).or_default();
        host.data_center.clone_from(&center.id);
        host
    }

    /// What is at a host.
    pub(crate) fn get(&self, host: &str) -> Option<&Host> {
        self.0.get(host)
    }

    /// The names of all hosts, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Zoho's host of a request: as it is, or before `.localhost`, as a browser has to write it.
    pub(crate) fn zoho_host(&self, authority: &str) -> Option<String> {
        let name = host_of(authority);
        let name = name.strip_suffix(".localhost").unwrap_or(&name);
        self.0.contains_key(name).then(|| name.to_owned())
    }
}

/// An authority without its port, in lower case.
pub(crate) fn host_of(authority: &str) -> String {
    let port_at = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
    authority[..port_at.unwrap_or(authority.len())].to_ascii_lowercase()
}

/// The host and the path of a base in a data centre.
fn address(
    url: &zoho_connector::template::Template,
    center: &DataCenter,
    environment: Environment,
) -> Option<(String, String)> {
    let text = url.render(|part| {
        Ok::<_, std::convert::Infallible>(match part {
            Part::Literal(text) => text.clone(),
            Part::Host(HostVariable::Zoho) => center.zoho.clone(),
            Part::Host(HostVariable::ZohoApis) => center.zohoapis.clone(),
            Part::Host(HostVariable::Api) => center.gateway_host(environment),
            Part::Host(HostVariable::Tld) => center.tld().to_owned(),
            Part::Value(name) => format!("{{{name}}}"),
        })
    });
    let text = text.ok()?;
    let rest = text.split_once("://")?.1.to_owned();
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    (!host.contains('{')).then(|| (host_of(host), path.to_owned()))
}

#[cfg(test)]
mod tests {
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    fn hosts() -> Hosts {
        let yaml = "
connector: test
title: Test
base_url: https://test.{zoho}/api/v1
bases: { gate: 'https://{api}/test/v1', deep: 'https://{api}/test/v1/bulk' }
environments: [sandbox]
regions: { not: [sa] }
apis: { a.b: { get: /a, scopes: [] } }
";
        Hosts::new(&[read(&[SourceFile::new("test.yaml", yaml)]).unwrap()])
    }

    #[test]
    fn hosts_are_known_in_every_data_center_and_environment() {
        let hosts = hosts();
        let places = |host: &str| {
            hosts.get(host).map(|host| host.places.iter().map(|place| place.base.as_str()).collect::<Vec<_>>())
        };
        assert_eq!(places("test.zohocloud.ca"), Some(vec![""]));
        assert_eq!(places("www.zohoapis.ca"), Some(vec!["deep", "gate"]));
        assert_eq!(places("sandbox.zohoapis.com.au"), Some(vec!["deep", "gate"]));
        assert_eq!(places("test.zoho.sa"), None, "it is not offered there");
        assert_eq!((places("developer.zohoapis.eu"), places("test.zoho.ca")), (None, None));
        assert!(hosts.get("accounts.zoho.eu").is_some_and(|host| host.accounts && host.data_center == "eu"));
    }

    #[test]
    fn a_browser_writes_the_host_before_localhost() {
        let hosts = hosts();
        for (authority, host) in [
            ("test.zoho.eu", Some("test.zoho.eu")),
            ("Test.Zoho.EU:443", Some("test.zoho.eu")),
            ("accounts.zoho.eu.localhost:8080", Some("accounts.zoho.eu")),
            ("127.0.0.1:8080", None),
            ("[::1]:8080", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(hosts.zoho_host(authority).as_deref(), host, "{authority}");
        }
    }

    #[test]
    fn segments_give_their_values() {
        assert_eq!(Segment::parse("{id}").matches("7"), Some(Some(("id".into(), "7".into()))));
        assert_eq!(Segment::parse("v({id})").matches("v(7)"), Some(Some(("id".into(), "7".into()))));
        assert_eq!(Segment::parse("a").matches("a"), Some(None));
        assert_eq!((Segment::parse("a").matches("b"), Segment::parse("{id}").matches("")), (None, None));
    }
}
