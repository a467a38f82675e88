//! What calls are signed with.

use super::Resolver;
use crate::auth::{ApiKey, Auth};
use crate::connector::{Connector, Location, Site};
use crate::definition::{ApiDefinition, AuthDefinition, KeyDefinition, SignatureDefinition};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::RequestPlace;
use crate::scope::ScopeChoice;
use crate::source::Origin;
use crate::suggest::did_you_mean;
use crate::template::Template;

impl Resolver<'_> {
    /// What a word `auth` says; nothing where it cannot be read.
    pub(super) fn auth(&mut self, words: &AuthDefinition, at: &Origin) -> Option<Auth> {
        match words {
            AuthDefinition::One(signature) => self.signature(signature, at),
            AuthDefinition::Choice(choice) => self.choice(choice, at),
        }
    }

    /// What an API is signed with, and the scopes that it then needs.
    pub(super) fn auth_and_scopes(
        &mut self,
        api: &ApiDefinition,
        path: &Template,
        connector: &Connector,
        at: &Origin,
    ) -> (Auth, Option<Vec<ScopeChoice>>) {
        let auth = match &api.auth {
            Some(words) => self.auth(words, &at.key("auth")),
            None => Some(connector.auth.clone()),
        };
        match auth {
            Some(auth) if auth.takes_oauth() => (auth, self.scopes(api, path, connector, at)),
            Some(auth) => {
                self.scopes_without_oauth(api, at);
                (auth, Some(Vec::new()))
            }
            // That scopes are missing would only follow from what cannot be read.
            None => (Auth::OAuth, self.scopes(api, path, connector, at).or(Some(Vec::new()))),
        }
    }

    /// Scopes are for access tokens: an API that takes none has none.
    fn scopes_without_oauth(&mut self, api: &ApiDefinition, at: &Origin) {
        if api.scopes.as_ref().is_some_and(|scopes| !scopes.is_empty()) {
            let message = "no access token is sent here, so scopes mean nothing";
            let fault = Diagnostic::error(Code::Incomplete, at.key("scopes"), message);
            self.report(fault.help("leave `scopes` out, or say `auth: oauth`"));
        }
    }

    fn signature(&mut self, signature: &SignatureDefinition, at: &Origin) -> Option<Auth> {
        match signature {
            SignatureDefinition::Word(word) => self.signed_by(word, at),
            SignatureDefinition::Key(key) => self.key(key, at).map(Auth::Key),
        }
    }

    fn signed_by(&mut self, word: &str, at: &Origin) -> Option<Auth> {
        match word {
            "oauth" => Some(Auth::OAuth),
            "none" => Some(Auth::None),
            _ => {
                let message = format!("`{word}` is no way to sign a call");
                let help = did_you_mean(word, ["oauth", "none"])
                    .unwrap_or_else(|| "write `oauth`, `none` or `{ key: header X-Name }`".to_owned());
                self.report(Diagnostic::error(Code::InvalidExpression, at.clone(), message).help(help));
                None
            }
        }
    }

    /// A choice is between an access token and one key: nothing else leaves anything to choose.
    fn choice(&mut self, choice: &[SignatureDefinition], at: &Origin) -> Option<Auth> {
        let read: Option<Vec<Auth>> =
            choice.iter().enumerate().map(|(i, signature)| self.signature(signature, &at.index(i))).collect();
        match read?.as_slice() {
            [Auth::OAuth, Auth::Key(key)] | [Auth::Key(key), Auth::OAuth] => Some(Auth::OAuthOrKey(key.clone())),
            _ => {
                let message = "a choice is between `oauth` and one key";
                let fault = Diagnostic::error(Code::Incomplete, at.clone(), message);
                self.report(fault.help("write `[oauth, { key: header X-Name }]`, or the one way without a list"));
                None
            }
        }
    }

    fn key(&mut self, words: &KeyDefinition, at: &Origin) -> Option<ApiKey> {
        let origin = at.key("key");
        let place = self.unreadable(&origin, RequestPlace::parse(&words.key))?;
        if !matches!(place.location, Location::Query | Location::Header) || !place.inner.is_empty() {
            let fault = format!("a key goes into the query or into a header, and `{place}` is neither");
            self.report(
                Diagnostic::error(Code::InvalidExpression, origin, fault)
                    .help("write `query apikey` or `header X-Name`"),
            );
            return None;
        }
        if words.scheme.is_some() && place.location != Location::Header {
            let message = "a scheme stands before a key in a header";
            self.report(Diagnostic::error(Code::Incomplete, at.key("scheme"), message));
        }
        Some(ApiKey { site: Site { location: place.location, wire: place.name }, scheme: words.scheme.clone() })
    }
}
