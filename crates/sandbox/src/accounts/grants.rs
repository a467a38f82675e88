//! What people have consented to: codes, refresh tokens and access tokens, with their lives and limits.

use std::collections::HashMap;

use indexmap::IndexMap;
use zoho_connector::Scope;

use super::HEXADECIMAL;
use crate::random::Random;

/// How long a code lives; of Zoho's pages, which disagree, the shortest.
const CODE_MS: i64 = 60_000;
/// The refresh tokens of one person and client; one more displaces the first, and its access tokens with it.
const REFRESH_TOKENS: usize = 20;
/// The access tokens that one refresh token gives within [`WINDOW_MS`].
const REFRESHES: usize = 10;
const WINDOW_MS: i64 = 600_000;

/// Codes and tokens.
pub(crate) struct Grants {
    random: Random,
    token_lifetime_ms: i64,
    codes: HashMap<String, Code>,
    refresh: IndexMap<String, Refresh>,
    access: HashMap<String, Access>,
}

/// A code, not yet exchanged.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) consent: Consent,
    pub(crate) redirect_uri: String,
    /// The challenge of PKCE, and whether it is hashed.
    pub(crate) challenge: Option<(String, bool)>,
    /// Whether a refresh token comes with it.
    pub(crate) offline: bool,
    pub(crate) expires_ms: i64,
}

/// What a person has agreed to.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) scopes: Vec<Scope>,
    pub(crate) data_center: String,
}

struct Refresh {
    consent: Consent,
    /// When access tokens were made from it.
    made_ms: Vec<i64>,
}

/// An access token.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) consent: Consent,
    expires_ms: i64,
    from: Option<String>,
}

impl Access {
    /// Whether the token may do what a scope names.
    pub(crate) fn covers(&self, scope: &Scope) -> bool {
        self.consent.scopes.iter().any(|granted| granted.covers(scope))
    }
}

/// Why a refresh token gives no access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshRefusal {
    /// There is no such token, or it lives in another data centre.
    Unknown,
    /// Too many were asked for.
    TooMany,
}

impl Grants {
    pub(crate) fn new(random: Random, token_lifetime_ms: i64) -> Self {
        let (codes, refresh, access) = (HashMap::new(), IndexMap::new(), HashMap::new());
        Self { random, token_lifetime_ms, codes, refresh, access }
    }

    /// How long an access token lives, in seconds.
    pub(crate) fn token_seconds(&self) -> i64 {
        self.token_lifetime_ms / 1000
    }

    /// Whether somebody in this data centre has consented before.
    pub(crate) fn has_consent(&self, data_center: &str) -> bool {
        self.refresh.values().any(|refresh| refresh.consent.data_center == data_center)
    }

    /// Makes a code.
    pub(crate) fn add_code(&mut self, mut code: Code, now_ms: i64) -> String {
        let text = self.token();
        code.expires_ms = now_ms + CODE_MS;
        self.codes.insert(text.clone(), code);
        text
    }

    /// Takes a code, which is then used up even where the exchange fails.
    pub(crate) fn take_code(&mut self, code: &str, now_ms: i64) -> Option<Code> {
        self.codes.remove(code).filter(|code| now_ms < code.expires_ms)
    }

    /// Makes a refresh token.
    pub(crate) fn add_refresh_token(&mut self, scopes: Vec<Scope>, data_center: &str) -> String {
        while self.refresh.len() >= REFRESH_TOKENS {
            let Some((oldest, _)) = self.refresh.shift_remove_index(0) else { break };
            self.forget_access_of(&oldest);
        }
        let token = self.token();
        let consent = Consent { scopes, data_center: data_center.to_owned() };
        self.refresh.insert(token.clone(), Refresh { consent, made_ms: Vec::new() });
        token
    }

    /// Makes an access token from a refresh token, as often as Zoho allows.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        data_center: &str,
        now_ms: i64,
    ) -> Result<(String, Consent), RefreshRefusal> {
        let refresh = self.refresh.get_mut(token).filter(|refresh| refresh.consent.data_center == data_center);
        let refresh = refresh.ok_or(RefreshRefusal::Unknown)?;
        refresh.made_ms.retain(|made| now_ms - made < WINDOW_MS);
        if refresh.made_ms.len() >= REFRESHES {
            return Err(RefreshRefusal::TooMany);
        }
        refresh.made_ms.push(now_ms);
        let consent = refresh.consent.clone();
        Ok((self.add_access_token(consent.clone(), Some(token.to_owned()), now_ms), consent))
    }

    /// Makes an access token.
    pub(crate) fn add_access_token(&mut self, consent: Consent, from: Option<String>, now_ms: i64) -> String {
        self.access.retain(|_, access| now_ms < access.expires_ms);
        let token = self.token();
        self.access.insert(token.clone(), Access { consent, expires_ms: now_ms + self.token_lifetime_ms, from });
        token
    }

    /// A living access token of a data centre.
    pub(crate) fn access(&self, token: &str, data_center: &str, now_ms: i64) -> Option<&Access> {
        let access = self.access.get(token)?;
        (now_ms < access.expires_ms && access.consent.data_center == data_center).then_some(access)
    }

    /// Ends the life of an access token.
    pub(crate) fn expire(&mut self, token: &str) {
        self.access.remove(token);
    }

    /// Revokes a refresh token with all that came from it, or an access token; false where there is no such token.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        if self.refresh.shift_remove(token).is_some() {
            self.forget_access_of(token);
            return true;
        }
        self.access.remove(token).is_some()
    }

    fn forget_access_of(&mut self, refresh: &str) {
        self.access.retain(|_, access| access.from.as_deref() != Some(refresh));
    }

    fn token(&mut self) -> String {
        format!("1000.{}.{}", self.random.text(HEXADECIMAL, 32), self.random.text(HEXADECIMAL, 32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants() -> Grants {
        Grants::new(Random::new(1, "test"), 3_600_000)
    }

    #[test]
    fn the_eleventh_refresh_within_ten_minutes_is_refused() {
        let mut grants = grants();
        let token = grants.add_refresh_token(Vec::new(), "us");
        assert!((0..10).all(|i| grants.refresh(&token, "us", i * 1000).is_ok()));
        assert_eq!(grants.refresh(&token, "us", 20_000).unwrap_err(), RefreshRefusal::TooMany);
        assert!(grants.refresh(&token, "us", 600_000).is_ok(), "the first is more than ten minutes ago");
        assert_eq!(grants.refresh(&token, "eu", 0).unwrap_err(), RefreshRefusal::Unknown);
    }

    #[test]
    fn the_twenty_first_refresh_token_displaces_the_first_and_its_access_tokens() {
        let mut grants = grants();
        let first = grants.add_refresh_token(Vec::new(), "us");
        let (access, _) = grants.refresh(&first, "us", 0).unwrap();
        for _ in 0..19 {
            grants.add_refresh_token(Vec::new(), "us");
        }
        assert!(grants.access(&access, "us", 0).is_some());
        grants.add_refresh_token(Vec::new(), "us");
        assert!(grants.access(&access, "us", 0).is_none());
        assert_eq!(grants.refresh(&first, "us", 0).unwrap_err(), RefreshRefusal::Unknown);
    }

    #[test]
    fn an_access_token_dies_and_is_good_in_its_data_center_only() {
        let mut grants = grants();
        let consent = Consent { scopes: vec![Scope::granted("Test.a.READ")], data_center: "eu".into() };
        let token = grants.add_access_token(consent, None, 0);
        assert!(grants.access(&token, "eu", 3_599_999).is_some());
        assert!(grants.access(&token, "eu", 3_600_000).is_none());
        assert!(grants.access(&token, "us", 0).is_none());
    }
}
