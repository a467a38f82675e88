//! A request to an accounts server, as its parts look at it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zoho_connector::Scope;

use super::bearer;
use crate::message::{Incoming, first_of_each};

/// A request to an accounts server.
pub(super) struct Asked<'a> {
    /// Those of the body, then those of the query: Zoho takes either.
    parameters: BTreeMap<String, String>,
    /// The id and the secret of an `Authorization: Basic`.
    basic: Option<(String, String)>,
    /// The token of an `Authorization` of the other kinds.
    pub(super) bearer: Option<&'a str>,
    /// The data centre of the accounts server that was asked.
    pub(super) data_center: &'a str,
    pub(super) now_ms: i64,
}

impl<'a> Asked<'a> {
    /// Reads a request.
    pub(super) fn new(request: &'a Incoming, data_center: &'a str, now_ms: i64) -> Self {
        let authorization = request.header("authorization");
        Self {
            parameters: first_of_each(request.form.pairs.iter().cloned().chain(request.query_pairs())),
            basic: authorization.and_then(basic),
            bearer: authorization.and_then(bearer),
            data_center,
            now_ms,
        }
    }

    /// A parameter; empty where there is none, which is the same to Zoho.
    pub(super) fn text(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter that says something.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Those of some parameters that are there.
    pub(super) fn among<'n>(&self, names: &'n [&'n str]) -> Vec<(&'n str, &str)> {
        names.iter().filter_map(|name| Some((*name, self.parameters.get(*name)?.as_str()))).collect()
    }

    /// The id and the secret of the client, by a header or among the parameters.
    pub(super) fn credentials(&self) -> (&str, &str) {
        match &self.basic {
            Some((id, secret)) => (id, secret),
            None => (self.text("client_id"), self.text("client_secret")),
        }
    }

    /// Whether the client showed itself by a header.
    pub(super) fn is_basic(&self) -> bool {
        self.basic.is_some()
    }

    /// The scopes that are asked for. Zoho separates them by commas; blanks make one scope that nobody knows.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        self.text("scope").split(',').filter(|scope| !scope.trim().is_empty()).map(Scope::granted).collect()
    }

    /// Whether a refresh token is wanted.
    pub(super) fn is_offline(&self) -> bool {
        self.text("access_type") == "offline"
    }

    /// Whether the consent is to be asked for though it was given before.
    pub(super) fn is_prompted(&self) -> bool {
        self.text("prompt") == "consent"
    }
}

fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, rest) = header.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(rest.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("Basic"))?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}
