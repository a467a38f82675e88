//! What calls are signed with: OAuth, a key of the service's own, or nothing.

use std::fmt;

use crate::connector::Site;
use crate::path::Location;

/// What calls are signed with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Auth {
    /// An access token of OAuth.
    #[default]
    OAuth,
    /// Nothing.
    None,
    /// A key of the service's own.
    Key(ApiKey),
    /// A key where the caller has one, else an access token; never both.
    OAuthOrKey(ApiKey),
}

impl Auth {
    /// The key that a call may be signed with.
    pub fn key(&self) -> Option<&ApiKey> {
        match self {
            Self::Key(key) | Self::OAuthOrKey(key) => Some(key),
            Self::OAuth | Self::None => None,
        }
    }

    /// Whether a call may be signed with an access token; without that, scopes mean nothing.
    pub fn takes_oauth(&self) -> bool {
        matches!(self, Self::OAuth | Self::OAuthOrKey(_))
    }
}

impl fmt::Display for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OAuth => f.write_str("oauth"),
            Self::None => f.write_str("none"),
            Self::Key(key) => write!(f, "{key}"),
            Self::OAuthOrKey(key) => write!(f, "[oauth, {key}]"),
        }
    }
}

/// Where a key goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The query parameter or the header.
    pub site: Site,
    /// The word before it in a header: `Zoho-enczapikey`.
    pub scheme: Option<String>,
}

impl ApiKey {
    /// The value that is sent for a key: with its scheme before it, where there is one.
    pub fn value(&self, key: &str) -> String {
        match &self.scheme {
            Some(scheme) => format!("{scheme} {key}"),
            None => key.to_owned(),
        }
    }

    /// Whether it goes into the query.
    pub fn is_in_query(&self) -> bool {
        self.site.location == Location::Query
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{ key: {} {}", self.site.location, self.site.wire)?;
        if let Some(scheme) = &self.scheme {
            write!(f, ", scheme: {scheme}")?;
        }
        f.write_str(" }")
    }
}
