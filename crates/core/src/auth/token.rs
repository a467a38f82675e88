//! Tokens: RFC 6749's nouns, never printed.

use serde::{Deserialize, Serialize};
use zoho_connector::Scope;

use crate::secret::Secret;

/// A token that is sent with calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessToken {
    secret: Secret,
    /// When it ends, in seconds since 1970.
    pub expires_at: u64,
}

impl AccessToken {
    /// A token that ends at a time.
    pub fn new(secret: impl Into<String>, expires_at: u64) -> Self {
        Self { secret: Secret::new(secret), expires_at }
    }

    /// The token itself.
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }
}

/// A token that gets access tokens. It does not end by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

/// The tokens of a connection, and what came with them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
}

impl Tokens {
    /// The tokens of somebody who has a refresh token.
    pub fn from_refresh_token(token: impl Into<String>) -> Self {
        Self { refresh: Some(RefreshToken::new(token)), ..Self::default() }
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let tokens = Tokens { access: Some(AccessToken::new("1000.a", 5)), ..Tokens::from_refresh_token("1000.r") };
        let shown = format!("{tokens:?}");
        assert!(!shown.contains("1000."), "{shown}");
    }

    #[test]
    fn a_refresh_without_a_new_refresh_token_keeps_the_old_one() {
        let old = Tokens { scopes: vec!["A.b.READ".into()], ..Tokens::from_refresh_token("1000.r") };
        let renewed = old.renewed(Tokens { access: Some(AccessToken::new("1000.a", 5)), ..Tokens::default() });
        assert_eq!(renewed.refresh.unwrap().expose(), "1000.r");
        assert_eq!(renewed.scopes, ["A.b.READ"]);
    }
}
