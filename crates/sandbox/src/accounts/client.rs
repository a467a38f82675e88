//! The registered clients: one of each kind that Zoho's API console offers.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use zoho_connector::DataCenters;

use super::asked::Asked;
use super::{CAPITALS, HEXADECIMAL};
use crate::config::SandboxConfig;
use crate::random::Random;

/// The kinds of clients of the API console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// "Server-based Applications": a code in the browser, exchanged with a secret.
    Server,
    /// "Mobile/Desktop Applications": the same, where PKCE is a must and the secret may be left out.
    Desktop,
    /// "Self Client": codes made in the console, and tokens without a person.
    #[serde(rename = "self")]
    SelfClient,
    /// "Non-browser Applications": the device flow.
    Device,
}

impl ClientKind {
    /// All kinds; the first is that of the client that a program is usually given.
    pub const ALL: [Self; 4] = [Self::Server, Self::Desktop, Self::SelfClient, Self::Device];

    /// The word for it: `server`, `desktop`, `self`, `device`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Desktop => "desktop",
            Self::SelfClient => "self",
            Self::Device => "device",
        }
    }

    /// Whether a browser comes back to it.
    fn has_redirect(self) -> bool {
        matches!(self, Self::Server | Self::Desktop)
    }
}

/// A client that is registered with a sandbox; the same for the same seed.
#[derive(Clone, Serialize)]
pub struct SandboxClient {
    /// Its kind.
    pub kind: ClientKind,
    /// Its id: `1000.` and letters, `1004.` for a device.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Its secrets in data centres where it has another than [`Self::secret`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
    /// Where a browser may come back to; a port that is written `*` stands for any.
    pub redirect_uris: Vec<String>,
    /// The data centres that it is enabled in.
    pub data_centers: Vec<String>,
}

impl fmt::Debug for SandboxClient {
    /// Without the secrets: a program's tests may log it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxClient").field("kind", &self.kind).field("id", &self.id).finish_non_exhaustive()
    }
}

impl SandboxClient {
    fn register(kind: ClientKind, config: &SandboxConfig, random: &mut Random) -> Self {
        let start = if kind == ClientKind::Device { "1004" } else { "1000" };
        let id = format!("{start}.{}", random.text(CAPITALS, 32));
        let secret = random.text(HEXADECIMAL, 42);
        let redirect_uris = if kind.has_redirect() { config.redirect_uris.clone() } else { Vec::new() };
        let all = || DataCenters::built_in().ids().map(str::to_owned).collect();
        let data_centers: Vec<String> =
            if config.client_data_centers.is_empty() { all() } else { config.client_data_centers.clone() };
        let mut client = Self { kind, id, secret, secrets: BTreeMap::new(), redirect_uris, data_centers };
        if config.secret_per_data_center {
            client.separate_secrets(&config.data_center, config.seed);
        }
        client
    }

    /// Gives it another secret in every data centre but the one where it is registered.
    fn separate_secrets(&mut self, home: &str, seed: u64) {
        let home = if self.is_enabled_in(home) { Some(home) } else { self.data_centers.first().map(String::as_str) };
        let others = self.data_centers.iter().filter(|center| Some(center.as_str()) != home);
        let secret = |center: &String| {
            let purpose = format!("secret of {} in {center}", self.id);
            (center.clone(), Random::new(seed, &purpose).text(HEXADECIMAL, 42))
        };
        self.secrets = others.map(secret).collect();
    }

    /// The secret that it has in a data centre.
    pub fn secret_in(&self, data_center: &str) -> &str {
        self.secrets.get(data_center).unwrap_or(&self.secret)
    }

    /// Whether it is enabled in a data centre.
    pub fn is_enabled_in(&self, data_center: &str) -> bool {
        self.data_centers.iter().any(|center| center == data_center)
    }

    /// Whether a browser may be sent there.
    pub(crate) fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri || fits_any_port(registered, uri))
    }
}

/// Whether an address is a registered one whose port is `*`.
fn fits_any_port(registered: &str, uri: &str) -> bool {
    let Some((before, after)) = registered.split_once('*') else { return false };
    let port = uri.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    before.ends_with(':') && port.is_some_and(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'))
}

/// All clients.
pub(crate) struct Clients(Vec<SandboxClient>);

impl Clients {
    /// One client of each kind. The first takes its id and secret from the numbers that it has always taken them
    /// from.
    pub(super) fn new(config: &SandboxConfig, random: &mut Random) -> Self {
        let [first, others @ ..] = ClientKind::ALL;
        let first = SandboxClient::register(first, config, random);
        let others = others.into_iter().map(|kind| {
            let mut random = Random::new(config.seed, &format!("client {}", kind.as_str()));
            SandboxClient::register(kind, config, &mut random)
        });
        Self(std::iter::once(first).chain(others).collect())
    }

    /// All of them, the usual one first.
    pub(crate) fn all(&self) -> &[SandboxClient] {
        &self.0
    }

    /// The client of a kind.
    pub(crate) fn of(&self, kind: ClientKind) -> Option<&SandboxClient> {
        self.0.iter().find(|client| client.kind == kind)
    }

    /// A client by its id, where it is enabled.
    pub(super) fn find(&self, id: &str, data_center: &str) -> Result<&SandboxClient, &'static str> {
        let found = self.0.iter().find(|client| client.id == id && client.is_enabled_in(data_center));
        found.ok_or("invalid_client")
    }

    /// The client that a request is from, by its id and secret.
    pub(super) fn authenticated(&self, asked: &Asked<'_>) -> Result<SandboxClient, &'static str> {
        let (id, secret) = asked.credentials();
        let client = self.find(id, asked.data_center)?;
        // A program on a person's machine cannot keep a secret, and shows by PKCE who it is.
        let needs_none = client.kind == ClientKind::Desktop && secret.is_empty();
        if !needs_none && secret != client.secret_in(asked.data_center) {
            return Err("invalid_client_secret");
        }
        Ok(client.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_star_lets_any_port_count() {
        for (registered, uri, fits) in [
            ("http://127.0.0.1:*/callback", "http://127.0.0.1:40123/callback", true),
            ("http://127.0.0.1:*/callback", "http://127.0.0.1:0/callback", true),
            ("http://127.0.0.1:*/callback", "http://127.0.0.1:+80/callback", false),
            ("http://127.0.0.1:*/callback", "http://127.0.0.1:80@evil.example/callback", false),
            ("http://127.0.0.1:*/callback", "http://127.0.0.1:99999/callback", false),
            ("http://127.0.0.1:*/callback", "http://127.0.0.1:80/callback/", false),
            ("http://127.0.0.1:*/callback", "http://localhost:80/callback", false),
            ("http://127.0.0.1:8765/callback", "http://127.0.0.1:8766/callback", false),
            ("https://*.example.org/", "https://1.example.org/", false),
        ] {
            assert_eq!(fits_any_port(registered, uri), fits, "{registered} {uri}");
        }
    }

    #[test]
    fn secrets_are_in_no_debug_output() {
        let config = SandboxConfig { secret_per_data_center: true, ..SandboxConfig::default() };
        let clients = Clients::new(&config, &mut Random::new(1, "accounts"));
        for client in clients.all() {
            let shown = format!("{client:?}");
            assert!(!shown.contains(&client.secret) && !shown.contains(client.secret_in("eu")), "{shown}");
            assert_ne!(client.secret_in("eu"), client.secret_in("us"));
            assert_eq!(client.secret_in("us"), client.secret);
        }
    }
}
