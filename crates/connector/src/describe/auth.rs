//! What calls are signed with, in words.

use crate::auth::{ApiKey, Auth};

/// What calls are signed with, where that is not OAuth alone.
pub fn signed(auth: &Auth) -> Option<String> {
    match auth {
        Auth::OAuth => None,
        Auth::None => Some("with nothing".to_owned()),
        Auth::Key(key) => Some(format!("with an API key ({})", api_key(key))),
        Auth::OAuthOrKey(key) => {
            Some(format!("with an API key ({}) where the connection has one, else with an access token", api_key(key)))
        }
    }
}

/// Where a key goes, and how it is written there.
pub fn api_key(key: &ApiKey) -> String {
    match &key.scheme {
        Some(scheme) => format!("{} {}: {scheme} …", key.site.location, key.site.wire),
        None => format!("{} {}", key.site.location, key.site.wire),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SourceFile, load};

    #[test]
    fn what_calls_are_signed_with_is_said_where_it_is_not_oauth() {
        let yaml = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}
scope_prefix: [Shelf]
auth: { key: header Authorization, scheme: Zoho-shelfkey }
apis:
  books.list: { get: /books }
  books.get: { get: '/books/{id}', auth: oauth, scopes: [books.READ] }
  books.find: { get: /find, auth: { key: query apikey } }
  books.any: { get: /any, auth: [{ key: header X-Key }, oauth], scopes: [books.READ] }
  books.open: { get: /open, auth: none }
";
        let connector = load::read(&[SourceFile::new("shelf.yaml", yaml)]).unwrap();
        let said = connector.apis.values().map(|api| (api.auth.to_string(), signed(&api.auth).unwrap_or_default()));
        let said: Vec<(String, String)> = said.collect();
        let said: Vec<(&str, &str)> = said.iter().map(|(auth, words)| (auth.as_str(), words.as_str())).collect();
        assert_eq!(
            said,
            [
                (
                    "{ key: header Authorization, scheme: Zoho-shelfkey }",
                    "with an API key (header Authorization: Zoho-shelfkey …)"
                ),
                ("oauth", ""),
                ("{ key: query apikey }", "with an API key (query apikey)"),
                (
                    "[oauth, { key: header X-Key }]",
                    "with an API key (header X-Key) where the connection has one, else with an access token"
                ),
                ("none", "with nothing"),
            ]
        );
        let scopes: Vec<usize> = connector.apis.values().map(|api| api.scopes.as_ref().map_or(9, Vec::len)).collect();
        assert_eq!(scopes, [0, 1, 0, 1, 0]);
        assert_eq!(connector.api_key().unwrap().value("abc"), "Zoho-shelfkey abc");
    }
}
