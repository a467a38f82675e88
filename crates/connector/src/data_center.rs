//! Where accounts live: one table of data centres, as data.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

mod rows;

pub use rows::DataCenterFault;

/// A data centre and its hosts.
///
/// ```
/// use zoho_connector::DataCenters;
/// let canada = DataCenters::built_in().get("ca").unwrap();
/// assert_eq!(canada.accounts, "accounts.zohocloud.ca");
/// assert_eq!(canada.gateway_host(Default::default()), "www.zohoapis.ca");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
pub struct DataCenter {
    /// Zoho's word for it, as in `location`: `us`, `eu`, `in`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The host of its accounts server.
    pub accounts: String,
    /// The domain of its products: `zoho.eu`, `zohocloud.ca`.
    pub zoho: String,
    /// The domain of its gateway: `zohoapis.eu`.
    pub zohoapis: String,
    /// Further domains whose hosts belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<String>,
    /// The host of the gateway by environment, where it is not `www`, `sandbox` or `developer` before the domain.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gateways: BTreeMap<Environment, String>,
    /// Whether it has clients of its own: one that was registered elsewhere is not known there, whatever was enabled,
    /// and a sign-in starts at its own accounts server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub separate: bool,
}

impl DataCenter {
    /// The host of the gateway for an environment: `www.zohoapis.eu`, `sandbox.zohoapis.eu`.
    pub fn gateway_host(&self, environment: Environment) -> String {
        let host = self.gateways.get(&environment).cloned();
        host.unwrap_or_else(|| format!("{}.{}", environment.gateway_label(), self.zohoapis))
    }

    /// The address of the API console, where its clients are registered.
    ///
    /// ```
    /// use zoho_connector::DataCenters;
    /// let china = DataCenters::built_in().get("cn").unwrap();
    /// assert_eq!(china.api_console(), "https://api-console.zoho.com.cn");
    /// ```
    pub fn api_console(&self) -> String {
        format!("https://api-console.{}", self.zoho)
    }

    /// The ending of the product domain: `eu`, `com.au`, and `ca` of `zohocloud.ca`.
    pub fn tld(&self) -> &str {
        self.zoho.split_once('.').map_or("", |(_, tld)| tld)
    }

    /// Whether a host is one of Zoho's in this data centre: a domain of the table, or below one.
    pub fn owns(&self, host: &str) -> bool {
        let mut domains = [&self.zoho, &self.zohoapis].into_iter().chain(&self.further);
        domains.any(|domain| is_at_or_below(host, domain))
            || std::iter::once(&self.accounts).chain(self.gateways.values()).any(|own| host.eq_ignore_ascii_case(own))
    }
}

/// Zoho's domains beside those of the table; `.*` stands for the ending that differs by data centre.
pub(crate) fn further_domains() -> impl Iterator<Item = &'static str> {
    include_str!("domains.txt").lines().filter(|line| !line.starts_with('#'))
}

/// Whether a host is a domain, or below it.
pub(crate) fn is_at_or_below(host: &str, domain: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Which of a service's worlds is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
pub enum Environment {
    /// The real one.
    #[default]
    Production,
    /// A copy to try things in.
    Sandbox,
    /// For developing extensions.
    Developer,
}

impl Environment {
    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
            Self::Developer => "developer",
        }
    }

    /// What the gateway's `www` becomes.
    pub fn gateway_label(self) -> &'static str {
        match self {
            Self::Production => "www",
            Self::Sandbox => "sandbox",
            Self::Developer => "developer",
        }
    }
}

/// The table of data centres.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataCenters(Vec<DataCenter>);

/// The file of the table that comes with this crate.
#[derive(Deserialize)]
struct BuiltIn {
    data_centers: DataCenters,
}

static BUILT_IN: LazyLock<Arc<DataCenters>> = LazyLock::new(|| {
    // `data_centers.yaml` in the form that is read in no time, by every start of the command.
    let file: Result<BuiltIn, _> = serde_json::from_str(include_str!("data_centers.json"));
    Arc::new(file.map_or_else(|_| DataCenters(Vec::new()), |file| file.data_centers))
});

impl DataCenters {
    /// The table that comes with this crate.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The same, for keeping.
    pub fn shared() -> Arc<Self> {
        Arc::clone(&BUILT_IN)
    }

    /// The data centre of this word.
    pub fn get(&self, id: &str) -> Option<&DataCenter> {
        self.0.iter().find(|center| center.id.eq_ignore_ascii_case(id))
    }

    /// The data centre whose accounts server is this host.
    pub fn by_accounts_host(&self, host: &str) -> Option<&DataCenter> {
        self.0.iter().find(|center| center.accounts.eq_ignore_ascii_case(host))
    }

    /// The data centre that a host of Zoho's belongs to.
    pub fn by_host(&self, host: &str) -> Option<&DataCenter> {
        self.0.iter().find(|center| center.owns(host))
    }

    /// Whether a host is Zoho's: of a data centre, or of a service with a domain of its own.
    ///
    /// ```
    /// use zoho_connector::DataCenters;
    /// let table = DataCenters::built_in();
    /// assert!(table.is_zoho("desk.zoho.eu") && table.is_zoho("api.zeptomail.com.au"));
    /// assert!(!table.is_zoho("desk.zoho.eu.example.org"));
    /// ```
    pub fn is_zoho(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.by_host(&host).is_some()
            || further_domains().any(|domain| match domain.strip_suffix(".*") {
                None => is_at_or_below(&host, domain),
                Some(name) => self.iter().any(|center| is_at_or_below(&host, &format!("{name}.{}", center.tld()))),
            })
    }

    /// All data centres, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = &DataCenter> {
        self.0.iter()
    }

    /// Their words.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|center| center.id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_eleven_rows() {
        assert_eq!(DataCenters::built_in().iter().count(), 11);
    }

    /// A client that writes `zoho.` and an ending cannot say Canada; others have had its hosts wrong in three ways.
    #[test]
    fn wanted_b20_canada_has_two_domains() {
        let canada = DataCenters::built_in().get("ca").unwrap();
        assert_eq!((canada.zoho.as_str(), canada.zohoapis.as_str()), ("zohocloud.ca", "zohoapis.ca"));
        assert_eq!(canada.tld(), "ca");
        assert!(DataCenters::built_in().by_host("accounts.zoho.ca").is_none());
        assert!(DataCenters::built_in().by_host("www.zohocloud.ca").is_some());
    }

    /// A peer signed Canadians in at `accounts.zoho.ca`, and its README named regions that its schema refused.
    #[test]
    fn wanted_b12_canada_signs_in_at_zohocloud_and_regions_have_one_word_each() {
        let table = DataCenters::built_in();
        assert_eq!(table.get("ca").unwrap().accounts, "accounts.zohocloud.ca");
        assert!(table.by_accounts_host("accounts.zoho.ca").is_none());
        assert!(["com", "zoho.eu", "canada", ""].iter().all(|word| table.get(word).is_none()));
    }

    /// Another called Canada's gateway `www.zohocloud.ca`.
    #[test]
    fn wanted_b14_canadas_gateway_is_at_zohoapis() {
        let canada = DataCenters::built_in().get("ca").unwrap();
        assert_eq!(canada.gateway_host(Environment::Production), "www.zohoapis.ca");
    }

    /// A peer had the token hosts of the United Kingdom and Saudi Arabia swapped, and Australia without a Desk.
    #[test]
    fn wanted_b10_every_data_center_has_its_own_hosts() {
        let table = DataCenters::built_in();
        for (id, accounts, zoho, gateway) in [
            ("us", "accounts.zoho.com", "zoho.com", "www.zohoapis.com"),
            ("eu", "accounts.zoho.eu", "zoho.eu", "www.zohoapis.eu"),
            ("in", "accounts.zoho.in", "zoho.in", "www.zohoapis.in"),
            ("au", "accounts.zoho.com.au", "zoho.com.au", "www.zohoapis.com.au"),
            ("jp", "accounts.zoho.jp", "zoho.jp", "www.zohoapis.jp"),
            ("cn", "accounts.zoho.com.cn", "zoho.com.cn", "www.zohoapis.com.cn"),
            ("ca", "accounts.zohocloud.ca", "zohocloud.ca", "www.zohoapis.ca"),
            ("sa", "accounts.zoho.sa", "zoho.sa", "www.zohoapis.sa"),
            ("uk", "accounts.zoho.uk", "zoho.uk", "www.zohoapis.uk"),
            ("ae", "accounts.zoho.ae", "zoho.ae", "www.zohoapis.ae"),
            ("sg", "accounts.zoho.sg", "zoho.sg", "www.zohoapis.sg"),
        ] {
            let center = table.get(id).unwrap();
            assert_eq!((center.accounts.as_str(), center.zoho.as_str()), (accounts, zoho), "{id}");
            assert_eq!(center.gateway_host(Environment::Production), gateway);
            assert_eq!(table.by_accounts_host(accounts).map(|c| c.id.as_str()), Some(id));
        }
    }

    /// A peer's connector knows five regions and puts their endings behind `accounts.zoho`.
    #[test]
    fn wanted_b21_every_accounts_server_is_known_by_its_whole_host() {
        let table = DataCenters::built_in();
        assert!(table.iter().all(|center| table.by_accounts_host(&center.accounts) == Some(center)));
        assert!(
            ["accounts.zoho.ca", "accounts.zoho.au", "accounts.zoho.cn"]
                .iter()
                .all(|host| table.by_accounts_host(host).is_none())
        );
    }

    #[test]
    fn a_host_that_only_ends_like_zoho_is_not_zohos() {
        let table = DataCenters::built_in();
        assert!(table.by_host("desk.zoho.eu").is_some());
        for host in ["evilzoho.com", "zoho.com.evil.org", "zoho.ca", "zohoapis.com.evil", "", "."] {
            assert!(table.by_host(host).is_none(), "{host}");
        }
    }
}
