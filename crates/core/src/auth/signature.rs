//! What a call is signed with: an access token, a key of the service's own, or nothing.

use percent_encoding::percent_decode_str;
use url::Url;
use zoho_connector::{Api, ApiKey, Auth, Connector};

use super::keeper::Access;
use super::token::Tokens;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::request::encode_pairs;
use crate::secret::Secret;

/// What stands for a secret where people look.
const HIDDEN: &str = "[hidden]";

/// What a call is signed with.
#[derive(Debug, Clone)]
pub(crate) enum Signature {
    /// Nothing.
    Nothing,
    /// An access token.
    Token(Secret),
    /// A key, at its place.
    Key(ApiKey, Secret),
}

/// A call's signature, and the host of the account's gateway, where it is known.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) signature: Signature,
    pub(crate) api_host: Option<String>,
    /// Whether it is an access token that was asked for just now.
    pub(crate) is_new: bool,
}

impl From<Access> for Signed {
    fn from(access: Access) -> Self {
        Self { signature: Signature::Token(access.token), api_host: access.api_host, is_new: access.is_new }
    }
}

/// The signature of a call that needs no access token; none where it needs one.
///
/// # Errors
/// [`ErrorKind::Connection`] where a key is needed, and the connection has none for the service.
pub(crate) fn without_oauth(
    connector: &Connector,
    api: &Api,
    connection: &Connection,
    tokens: Option<&Tokens>,
) -> Result<Option<Signed>, Error> {
    let secret = tokens.and_then(|tokens| tokens.keys.get(&connector.name));
    let signature = match (&api.auth, secret) {
        (Auth::None, _) => Signature::Nothing,
        (Auth::Key(key) | Auth::OAuthOrKey(key), Some(secret)) => Signature::Key(key.clone(), secret.clone()),
        (Auth::Key(_), None) => return Err(no_key(connector, connection)),
        (Auth::OAuth | Auth::OAuthOrKey(_), _) => return Ok(None),
    };
    Ok(Some(Signed { signature, api_host: tokens.and_then(|tokens| tokens.api_host.clone()), is_new: false }))
}

fn no_key(connector: &Connector, connection: &Connection) -> Error {
    let message = format!("the connection `{}` has no API key for {}", connection.name, connector.title);
    Error::new(ErrorKind::Connection, message).with_hint("give the key when connecting")
}

impl Signature {
    /// The header that carries it.
    pub(crate) fn header(&self) -> Option<(&str, String)> {
        match self {
            Self::Token(token) => Some(("Authorization", format!("Zoho-oauthtoken {}", token.expose()))),
            Self::Key(key, secret) if !key.is_in_query() => Some((&key.site.wire, key.value(secret.expose()))),
            Self::Key(..) | Self::Nothing => None,
        }
    }

    /// The URL that is sent: with the key, where the key goes into the query.
    pub(crate) fn signed_url(&self, url: &Url) -> Url {
        self.with_key(url, Secret::expose)
    }

    /// The URL for people to see. It holds no key, even where a reply's link brought one.
    pub(crate) fn shown_url(&self, url: &Url) -> String {
        let shown = self.with_key(url, |_| HIDDEN).to_string();
        shown.replace(&encode_pairs(&[(String::new(), HIDDEN.to_owned())]), &format!("={HIDDEN}"))
    }

    fn with_key<'s>(&'s self, url: &Url, value: impl Fn(&'s Secret) -> &'s str) -> Url {
        let Self::Key(key, secret) = self else { return url.clone() };
        if !key.is_in_query() {
            return url.clone();
        }
        let is_key = |pair: &str| {
            let name = pair.split('=').next().unwrap_or_default();
            percent_decode_str(name).decode_utf8_lossy() == key.site.wire
        };
        let others = url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_key(pair));
        let own = encode_pairs(&[(key.site.wire.clone(), value(secret).to_owned())]);
        let query = others.map(str::to_owned).chain([own]).collect::<Vec<_>>().join("&");
        let mut signed = url.clone();
        signed.set_query(Some(&query));
        signed
    }

    /// What it is, in a word, for errors.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::Key(..) => "API key",
            Self::Nothing => "request",
        }
    }

    /// What must not be seen, whatever kind it is.
    pub(crate) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Token(secret) | Self::Key(_, secret) => Some(secret),
            Self::Nothing => None,
        }
    }

    /// The access token, where it is one.
    pub(crate) fn token(&self) -> Option<&Secret> {
        match self {
            Self::Token(token) => Some(token),
            Self::Key(..) | Self::Nothing => None,
        }
    }

    /// An error of a call that was signed so. Some services repeat in their answer what they were sent, and no error
    /// shows a secret; and where the key is not accepted, connecting anew would give no better token.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match self {
            Self::Nothing => error,
            Self::Token(secret) => error.without(secret),
            Self::Key(_, secret) => {
                let refused = error.kind() == ErrorKind::Service(zoho_connector::FailureKind::Unauthenticated);
                let error = error.without(secret);
                if refused {
                    error.with_hint("the API key is not accepted; give another when connecting")
                } else {
                    error
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    fn connector() -> Connector {
        let yaml = "
connector: test
title: Zoho Test
base_url: https://test.{zoho}
scope_prefix: [T]
apis:
  a.query: { get: /a, auth: { key: query apikey } }
  a.header: { get: /a, auth: { key: header X-Key, scheme: Test } }
  a.both: { get: /a, auth: [oauth, { key: header X-Key }], scopes: [] }
  a.none: { get: /a, auth: none }
  a.oauth: { get: /a, scopes: [] }
";
        read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    fn signature(api: &str, key: Option<&str>) -> Result<Option<Signature>, Error> {
        let connector = connector();
        let keys = key.map(|key| (connector.name.clone(), Secret::new(key))).into_iter().collect();
        let tokens = Tokens { keys, ..Tokens::default() };
        let connection = Connection::new("mine", "eu").unwrap();
        let signed = without_oauth(&connector, &connector.apis[api], &connection, Some(&tokens))?;
        Ok(signed.map(|signed| signed.signature))
    }

    #[test]
    fn a_key_in_the_query_is_sent_and_never_shown() {
        let signature = signature("a.query", Some("k/e&y")).unwrap().unwrap();
        assert_eq!(signature.header(), None);
        for url in ["https://test.zoho.eu/a?x=1,2", "https://test.zoho.eu/a?apikey=k/e%26y&x=1,2&api%6Bey=old"] {
            let url = Url::parse(url).unwrap();
            assert_eq!(signature.signed_url(&url).as_str(), "https://test.zoho.eu/a?x=1,2&apikey=k/e%26y");
            assert_eq!(signature.shown_url(&url), "https://test.zoho.eu/a?x=1,2&apikey=[hidden]");
        }
        assert!(!format!("{signature:?}").contains("k/e"));
    }

    #[test]
    fn a_key_in_a_header_has_its_scheme_before_it() {
        let signature = signature("a.header", Some("abc")).unwrap().unwrap();
        assert_eq!(signature.header(), Some(("X-Key", "Test abc".to_owned())));
        let url = Url::parse("https://test.zoho.eu/a").unwrap();
        assert_eq!((signature.signed_url(&url), signature.shown_url(&url)), (url.clone(), url.to_string()));
    }

    #[test]
    fn the_key_is_used_where_there_is_one_and_missed_where_it_must_be() {
        assert!(matches!(signature("a.both", Some("abc")), Ok(Some(Signature::Key(..)))));
        assert!(matches!(signature("a.both", None), Ok(None)));
        assert!(matches!(signature("a.none", Some("abc")), Ok(Some(Signature::Nothing))));
        assert!(matches!(signature("a.oauth", Some("abc")), Ok(None)));
        let missing = signature("a.header", None).unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::Connection);
        assert_eq!(missing.to_string(), "the connection `mine` has no API key for Zoho Test");
    }

    #[test]
    fn an_answer_that_repeats_the_key_is_shown_without_it() {
        let signature = signature("a.header", Some("abc123")).unwrap().unwrap();
        let error = Error::new(ErrorKind::Refused, "the key abc123 is wrong");
        assert_eq!(signature.explain(error).to_string(), "the key [hidden] is wrong");
    }
}
