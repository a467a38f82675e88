//! The API keys of services that are not called with access tokens: one for each service, the same for the same seed.

use zoho_connector::{ApiKey, Auth, Connector, FailureKind, Site};

use crate::message::{Incoming, decode_pairs};
use crate::random::Random;
use crate::refusal::Refusal;
use crate::service::Call;

/// The characters of a key.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The keys of the services, in the order of the connectors, and where keys go.
#[derive(Debug)]
pub(crate) struct Keys {
    keys: Vec<Option<String>>,
    sites: Vec<Site>,
}

impl Keys {
    /// Keys for the connectors that take one.
    pub(crate) fn new(seed: u64, connectors: &[Connector]) -> Self {
        let key = |connector: &Connector| {
            let mut random = Random::new(seed, &format!("key of {}", connector.name));
            connector.api_key().map(|_| random.text(LETTERS, 48))
        };
        let apis = connectors.iter().flat_map(|connector| connector.apis.values());
        Self {
            keys: connectors.iter().map(key).collect(),
            sites: apis.filter_map(|api| api.auth.key()).map(|key| key.site.clone()).collect(),
        }
    }

    /// The key of the connector at a position.
    pub(crate) fn of(&self, position: usize) -> Option<&str> {
        self.keys.get(position)?.as_deref()
    }

    /// Whether a header carries a key.
    pub(crate) fn is_header(&self, name: &str) -> bool {
        self.sites.iter().any(|site| site.wire.eq_ignore_ascii_case(name))
    }

    /// A query with its keys hidden.
    pub(crate) fn hidden(&self, query: &str) -> String {
        let is_key = |pair: &str| {
            decode_pairs(pair.as_bytes())
                .first()
                .is_some_and(|(name, _)| self.sites.iter().any(|site| site.wire == *name))
        };
        let hide = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if is_key(pair) => format!("{name}=***"),
            _ => pair.to_owned(),
        };
        query.split('&').map(hide).collect::<Vec<_>>().join("&")
    }
}

/// Whether a call is signed as its API wants it. Gives whether that is all: an API may leave the choice to the caller.
pub(crate) fn signed(keys: &Keys, call: &Call<'_>) -> Result<bool, Refusal> {
    let (key, sent) = match &call.api.auth {
        Auth::None => return Ok(true),
        Auth::OAuth => return Ok(false),
        Auth::Key(key) => (key, sent(key, call.request)),
        Auth::OAuthOrKey(key) => match (sent(key, call.request), call.request.header("authorization")) {
            (None, _) => return Ok(false),
            (Some(_), Some(_)) => return Err(refusal("An access token or an API key is sent, not both.")),
            (sent, None) => (key, sent),
        },
    };
    match sent {
        Some(sent) if Some(sent.as_str()) == keys.of(call.position) => Ok(true),
        Some(_) => Err(refusal("The API key is wrong.")),
        None => {
            Err(refusal(&format!("No API key was sent; it goes into the {} {}.", key.site.location, key.site.wire)))
        }
    }
}

fn refusal(words: &str) -> Refusal {
    Refusal::new(FailureKind::Unauthenticated, words)
}

/// The key that a request carries at the place for it.
fn sent(key: &ApiKey, request: &Incoming) -> Option<String> {
    if key.is_in_query() {
        return request.query_pairs().into_iter().find(|(name, _)| *name == key.site.wire).map(|(_, value)| value);
    }
    let value = request.header(&key.site.wire)?;
    let Some(scheme) = &key.scheme else { return Some(value.to_owned()) };
    let (before, sent) = value.split_once(' ')?;
    before.eq_ignore_ascii_case(scheme).then(|| sent.trim().to_owned())
}
