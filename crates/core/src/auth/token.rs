//! Tokens: RFC 6749's nouns, never printed.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use zoho_connector::Scope;

use crate::secret::Secret;

/// A token that is sent with calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    secret: Secret,
    /// When it ends, in seconds since 1970.
    pub expires_at: u64,
    /// How long it was good for when it was made, in seconds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<u64>,
}

impl AccessToken {
    /// A token that ends at a time.
    pub fn new(secret: impl Into<String>, expires_at: u64) -> Self {
        Self { secret: Secret::new(secret), expires_at, life: None }
    }

    /// The same token, with how long it was good for when it was made.
    #[must_use]
    pub fn lasting(mut self, life: u64) -> Self {
        self.life = Some(life);
        self
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }
}

/// A token that gets access tokens. It does not end by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefreshToken(Secret);

impl RefreshToken {
    /// A token.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Secret::new(secret))
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// How a connection gets its next access token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Grant {
    /// By its refresh token.
    #[default]
    RefreshToken,
    /// By the client's own name and secret (RFC 6749 §4.4): no refresh token, the client just asks again.
    ClientCredentials {
        /// Which service and organisation the token is for, as `ZohoCRM.<organisation>`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        soid: Option<String>,
    },
}

/// The tokens of a connection, and what came with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// The one that calls are made with.
    #[serde(default)]
    pub access: Option<AccessToken>,
    /// The one that gets others.
    #[serde(default)]
    pub refresh: Option<RefreshToken>,
    /// The scopes that were granted.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The host of the gateway for this account, as it came with the token.
    #[serde(default)]
    pub api_host: Option<String>,
    /// The API keys of services that are not called with access tokens, by the service's name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub keys: IndexMap<String, Secret>,
    /// How the next access token is got.
    #[serde(default)]
    pub grant: Grant,
    /// When access tokens were asked for, in seconds since 1970: those that still count against Zoho's limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refreshes: Vec<u64>,
    /// Until when Zoho gives no further access token, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<u64>,
}

impl Tokens {
    /// The tokens of somebody who has a refresh token.
    pub fn from_refresh_token(token: impl Into<String>) -> Self {
        Self { refresh: Some(RefreshToken::new(token)), ..Self::default() }
    }

    /// The same tokens with the API key of a service.
    #[must_use]
    pub fn with_key(mut self, service: impl Into<String>, key: Secret) -> Self {
        self.keys.insert(service.into(), key);
        self
    }

    /// The scopes that were granted; empty where nobody has said.
    pub fn granted(&self) -> Vec<Scope> {
        self.scopes.iter().map(|scope| Scope::granted(scope)).collect()
    }

    /// These tokens after a refresh: what the reply does not bring is kept, the refresh token above all.
    #[must_use]
    pub(crate) fn renewed(&self, fresh: Self) -> Self {
        Self {
            access: fresh.access,
            refresh: fresh.refresh.or_else(|| self.refresh.clone()),
            scopes: if fresh.scopes.is_empty() { self.scopes.clone() } else { fresh.scopes },
            api_host: fresh.api_host.or_else(|| self.api_host.clone()),
            blocked_until: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let tokens = Tokens { access: Some(AccessToken::new("1000.a", 5)), ..Tokens::from_refresh_token("1000.r") };
        let tokens = tokens.with_key("test", Secret::new("1000.k"));
        let shown = format!("{tokens:?}");
        assert!(!shown.contains("1000."), "{shown}");
    }

    #[test]
    fn a_refresh_without_a_new_refresh_token_keeps_the_old_one() {
        let old = Tokens {
            scopes: vec!["A.b.READ".into()],
            refreshes: vec![1, 2],
            grant: Grant::ClientCredentials { soid: Some("ZohoCRM.1".into()) },
            blocked_until: Some(7),
            ..Tokens::from_refresh_token("1000.r")
        };
        let renewed = old.renewed(Tokens { access: Some(AccessToken::new("1000.a", 5)), ..Tokens::default() });
        assert_eq!(renewed.refresh.as_ref().unwrap().expose(), "1000.r");
        assert_eq!(renewed.scopes, ["A.b.READ"]);
        assert_eq!((renewed.refreshes, renewed.grant, renewed.blocked_until), (vec![1, 2], old.grant, None));
    }

    #[test]
    fn tokens_of_an_earlier_form_are_read() {
        let tokens: Tokens = serde_json::from_str(r#"{"access":{"secret":"a","expires_at":5},"refresh":"r"}"#).unwrap();
        assert_eq!(tokens.grant, Grant::RefreshToken);
        assert_eq!(tokens.access.unwrap().life, None);
    }
}
