//! What people have consented to: codes, refresh tokens and access tokens, with their lives and limits.

use std::collections::HashMap;

use indexmap::IndexMap;
use zoho_connector::Scope;

use super::HEXADECIMAL;
use crate::config::SandboxConfig;
use crate::random::Random;

/// How long a code lives; of Zoho's pages, which disagree, the shortest.
const CODE_MS: i64 = 60_000;
/// How long a token lives that lets scopes be added.
pub(super) const ENHANCEMENT_MS: i64 = 600_000;
/// The refresh tokens of one person and client; one more displaces the first, and its access tokens with it.
const REFRESH_TOKENS: usize = 20;
/// The access tokens that one refresh token gives within [`WINDOW_MS`].
const REFRESHES: usize = 10;
const WINDOW_MS: i64 = 600_000;
/// The access tokens of one refresh token that live at the same time; one more kills the oldest.
const LIVE: usize = 10;

/// Codes and tokens.
pub(crate) struct Grants {
    random: Random,
    token_lifetime_ms: i64,
    codes: HashMap<String, (Code, i64)>,
    refresh: IndexMap<String, Refresh>,
    access: IndexMap<String, Access>,
    enhancements: HashMap<String, Enhancement>,
    /// When refresh tokens were made, by client and data centre, and how many a minute may have.
    made_ms: HashMap<(String, String), Vec<i64>>,
    per_minute: Option<usize>,
    /// How many access tokens have been made from refresh tokens.
    pub(crate) refreshes: u64,
}

/// A code, not yet exchanged.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) consent: Consent,
    /// Where the browser brought it; a code from the console was brought by nobody.
    pub(crate) redirect_uri: Option<String>,
    /// The challenge of PKCE, and whether it is hashed.
    pub(crate) challenge: Option<(String, bool)>,
    /// Whether a refresh token comes with it.
    pub(crate) offline: bool,
}

/// What a person has agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consent {
    /// The id of the client.
    pub(crate) client: String,
    pub(crate) scopes: Vec<Scope>,
    /// Where the person lives: one person in each data centre.
    pub(crate) data_center: String,
}

impl Consent {
    /// Whether it is of the same client and person.
    fn is_beside(&self, other: &Self) -> bool {
        self.is_of(&other.client, &other.data_center)
    }

    fn is_of(&self, client: &str, data_center: &str) -> bool {
        self.client == client && self.data_center == data_center
    }
}

struct Refresh {
    consent: Consent,
    /// When access tokens were made from it.
    made_ms: Vec<i64>,
}

/// A permission to ask a person for more scopes.
struct Enhancement {
    refresh: String,
    expires_ms: i64,
}

/// An access token.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) consent: Consent,
    pub(crate) expires_ms: i64,
    from: Option<String>,
}

impl Access {
    /// Whether the token may do what a scope names.
    pub(crate) fn covers(&self, scope: &Scope) -> bool {
        self.consent.scopes.iter().any(|granted| granted.covers(scope))
    }
}

/// What a token is, for who asks.
pub(crate) enum Token<'a> {
    /// It lives until somebody ends it.
    Refresh(&'a Consent),
    /// It lives for a while.
    Access(&'a Access),
}

/// Why a refresh token gives no access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshRefusal {
    /// There is no such token, or it is of another client, or it lives in another data centre.
    Unknown,
    /// Too many were asked for.
    TooMany,
}

impl Grants {
    pub(crate) fn new(random: Random, config: &SandboxConfig) -> Self {
        Self {
            random,
            token_lifetime_ms: i64::try_from(config.token_lifetime.as_millis()).unwrap_or(i64::MAX / 4),
            codes: HashMap::new(),
            refresh: IndexMap::new(),
            access: IndexMap::new(),
            enhancements: HashMap::new(),
            made_ms: HashMap::new(),
            per_minute: config.refresh_tokens_per_minute,
            refreshes: 0,
        }
    }

    /// How long an access token lives, in seconds.
    pub(crate) fn token_seconds(&self) -> i64 {
        self.token_lifetime_ms / 1000
    }

    /// Whether the same person has consented to the same client before.
    pub(crate) fn has_consent(&self, consent: &Consent) -> bool {
        self.refresh.values().any(|refresh| refresh.consent.is_beside(consent))
    }

    /// Makes a code as a consent gives it.
    pub(crate) fn add_code(&mut self, code: Code, now_ms: i64) -> String {
        self.add_code_for(code, CODE_MS, now_ms)
    }

    /// Makes a code that lives for so long.
    pub(crate) fn add_code_for(&mut self, code: Code, life_ms: i64, now_ms: i64) -> String {
        let text = self.token();
        self.codes.insert(text.clone(), (code, now_ms.saturating_add(life_ms)));
        text
    }

    /// Takes a code, which is then used up even where the exchange fails. Another client, or the accounts server of
    /// another data centre, does not know it.
    pub(crate) fn take_code(&mut self, code: &str, client: &str, data_center: &str, now_ms: i64) -> Option<Code> {
        let (found, _) = self.codes.get(code)?;
        if !found.consent.is_of(client, data_center) {
            return None;
        }
        self.codes.remove(code).filter(|(_, expires_ms)| now_ms < *expires_ms).map(|(code, _)| code)
    }

    /// Whether the client may have one more refresh token of the person in this minute; it then counts as made.
    pub(crate) fn may_add_refresh_token(&mut self, consent: &Consent, now_ms: i64) -> bool {
        let Some(most) = self.per_minute else { return true };
        let made = self.made_ms.entry((consent.client.clone(), consent.data_center.clone())).or_default();
        made.retain(|made| now_ms - made < 60_000);
        let may = made.len() < most;
        made.extend(may.then_some(now_ms));
        may
    }

    /// Makes a refresh token.
    pub(crate) fn add_refresh_token(&mut self, consent: Consent) -> String {
        let beside = |refresh: &Refresh| refresh.consent.is_beside(&consent);
        while self.refresh.values().filter(|refresh| beside(refresh)).count() >= REFRESH_TOKENS {
            let Some(oldest) = self.refresh.values().position(beside) else { break };
            let Some((oldest, _)) = self.refresh.shift_remove_index(oldest) else { break };
            self.access.retain(|_, access| access.from.as_deref() != Some(&oldest));
        }
        let token = self.token();
        self.refresh.insert(token.clone(), Refresh { consent, made_ms: Vec::new() });
        token
    }

    /// Makes an access token from a refresh token, as often as Zoho allows.
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        client: &str,
        data_center: &str,
        now_ms: i64,
    ) -> Result<(String, Consent), RefreshRefusal> {
        let refresh = self.refresh.get_mut(token).filter(|refresh| refresh.consent.is_of(client, data_center));
        let refresh = refresh.ok_or(RefreshRefusal::Unknown)?;
        refresh.made_ms.retain(|made| now_ms - made < WINDOW_MS);
        if refresh.made_ms.len() >= REFRESHES {
            return Err(RefreshRefusal::TooMany);
        }
        refresh.made_ms.push(now_ms);
        self.refreshes += 1;
        let consent = refresh.consent.clone();
        Ok((self.add_access_token(consent.clone(), Some(token.to_owned()), now_ms), consent))
    }

    /// Makes an access token.
    pub(crate) fn add_access_token(&mut self, consent: Consent, from: Option<String>, now_ms: i64) -> String {
        self.access.retain(|_, access| now_ms < access.expires_ms);
        let beside = |access: &Access| from.is_some() && access.from == from;
        while self.access.values().filter(|access| beside(access)).count() >= LIVE {
            let Some(oldest) = self.access.values().position(beside) else { break };
            self.access.shift_remove_index(oldest);
        }
        let token = self.token();
        let expires_ms = now_ms.saturating_add(self.token_lifetime_ms);
        self.access.insert(token.clone(), Access { consent, expires_ms, from });
        token
    }

    /// A living access token of a data centre.
    pub(crate) fn access(&self, token: &str, data_center: &str, now_ms: i64) -> Option<&Access> {
        let access = self.access.get(token)?;
        (now_ms < access.expires_ms && access.consent.data_center == data_center).then_some(access)
    }

    /// What a token of a data centre is.
    pub(crate) fn token_of(&self, token: &str, data_center: &str, now_ms: i64) -> Option<Token<'_>> {
        match self.refresh.get(token) {
            Some(refresh) => (refresh.consent.data_center == data_center).then_some(Token::Refresh(&refresh.consent)),
            None => self.access(token, data_center, now_ms).map(Token::Access),
        }
    }

    /// Ends the life of an access token.
    pub(crate) fn expire(&mut self, token: &str) {
        self.access.shift_remove(token);
    }

    /// Revokes a token: a refresh token with all that came from it.
    pub(crate) fn revoke(&mut self, token: &str) {
        if self.refresh.shift_remove(token).is_some() {
            self.access.retain(|_, access| access.from.as_deref() != Some(token));
        }
        self.access.shift_remove(token);
    }

    /// Makes a token that lets scopes be added to a refresh token.
    pub(crate) fn add_enhancement(
        &mut self,
        refresh: &str,
        client: &str,
        data_center: &str,
        now_ms: i64,
    ) -> Option<String> {
        self.refresh.get(refresh).filter(|refresh| refresh.consent.is_of(client, data_center))?;
        let token = self.token();
        let enhancement = Enhancement { refresh: refresh.to_owned(), expires_ms: now_ms + ENHANCEMENT_MS };
        self.enhancements.insert(token.clone(), enhancement);
        Some(token)
    }

    /// What has been agreed to so far, for who may ask for more.
    pub(crate) fn enhanceable(
        &self,
        enhancement: &str,
        client: &str,
        data_center: &str,
        now_ms: i64,
    ) -> Option<&Consent> {
        let enhancement = self.enhancements.get(enhancement).filter(|found| now_ms < found.expires_ms)?;
        let consent = &self.refresh.get(&enhancement.refresh)?.consent;
        consent.is_of(client, data_center).then_some(consent)
    }

    /// Uses up a permission, and adds scopes to the refresh token that it is for. Access tokens stay as they are.
    pub(crate) fn enhance(&mut self, enhancement: &str, scopes: Vec<Scope>) {
        let refresh = self.enhancements.remove(enhancement).and_then(|found| self.refresh.get_mut(&found.refresh));
        let Some(Refresh { consent, .. }) = refresh else { return };
        for scope in scopes {
            if !consent.scopes.contains(&scope) {
                consent.scopes.push(scope);
            }
        }
    }

    fn token(&mut self) -> String {
        format!("1000.{}.{}", self.random.text(HEXADECIMAL, 32), self.random.text(HEXADECIMAL, 32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants() -> Grants {
        Grants::new(Random::new(1, "test"), &SandboxConfig::default())
    }

    fn consent(client: &str, data_center: &str) -> Consent {
        let scopes = vec![Scope::granted("Test.a.READ")];
        Consent { client: client.to_owned(), scopes, data_center: data_center.to_owned() }
    }

    #[test]
    fn the_eleventh_refresh_within_ten_minutes_is_refused() {
        let mut grants = grants();
        let token = grants.add_refresh_token(consent("c", "us"));
        assert!((0..10).all(|i| grants.refresh(&token, "c", "us", i * 1000).is_ok()));
        assert_eq!(grants.refresh(&token, "c", "us", 20_000).unwrap_err(), RefreshRefusal::TooMany);
        assert!(grants.refresh(&token, "c", "us", 600_000).is_ok(), "the first is more than ten minutes ago");
        assert_eq!(grants.refreshes, 11);
        for (client, center) in [("c", "eu"), ("d", "us")] {
            assert_eq!(grants.refresh(&token, client, center, 0).unwrap_err(), RefreshRefusal::Unknown);
        }
    }

    #[test]
    fn the_twenty_first_refresh_token_displaces_the_first_and_its_access_tokens() {
        let mut grants = grants();
        let first = grants.add_refresh_token(consent("c", "us"));
        let (access, _) = grants.refresh(&first, "c", "us", 0).unwrap();
        for _ in 0..19 {
            grants.add_refresh_token(consent("c", "us"));
            grants.add_refresh_token(consent("d", "us"));
            grants.add_refresh_token(consent("c", "eu"));
        }
        assert!(grants.access(&access, "us", 0).is_some(), "other clients and people have places of their own");
        grants.add_refresh_token(consent("c", "us"));
        assert!(grants.access(&access, "us", 0).is_none());
        assert_eq!(grants.refresh(&first, "c", "us", 0).unwrap_err(), RefreshRefusal::Unknown);
    }

    #[test]
    fn the_eleventh_living_access_token_kills_the_oldest() {
        let mut grants = grants();
        let refresh = grants.add_refresh_token(consent("c", "us"));
        let other = grants.add_access_token(consent("c", "us"), None, 0);
        let mut make = |now| grants.add_access_token(consent("c", "us"), Some(refresh.clone()), now);
        let tokens: Vec<String> = (0..11).map(&mut make).collect();
        let lives = |token: &String| grants.access(token, "us", 20).is_some();
        assert_eq!(tokens.iter().map(lives).collect::<Vec<_>>(), [vec![false], vec![true; 10]].concat());
        assert!(lives(&other));
    }

    #[test]
    fn an_access_token_dies_and_is_good_in_its_data_center_only() {
        let mut grants = grants();
        let token = grants.add_access_token(consent("c", "eu"), None, 0);
        assert!(grants.access(&token, "eu", 3_599_999).is_some());
        assert!(grants.access(&token, "eu", 3_600_000).is_none());
        assert!(grants.access(&token, "us", 0).is_none());
    }

    #[test]
    fn a_code_is_known_to_its_client_and_data_center_only_and_once() {
        let mut grants = grants();
        let code = Code { consent: consent("c", "eu"), redirect_uri: None, challenge: None, offline: true };
        let (first, late) = (grants.add_code(code.clone(), 0), grants.add_code(code, 0));
        assert!(grants.take_code(&first, "d", "eu", 1).is_none() && grants.take_code(&first, "c", "us", 1).is_none());
        assert!(grants.take_code(&first, "c", "eu", 59_999).is_some(), "strangers have not used it up");
        assert!(grants.take_code(&first, "c", "eu", 1).is_none());
        assert!(grants.take_code(&late, "c", "eu", 60_000).is_none());
    }
}
