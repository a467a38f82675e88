//! The session that environment variables describe, as the command reads them: enough for a job in CI, with no file at all.

use zoho_connector::Connector;
use zoho_core::{ClientCredentials, Connection, Endpoint, Error, ErrorKind, Secret, Tokens};

use crate::typed::{IntoSession, Session};

/// The OAuth client's identifier (`1000.…`).
const CLIENT_ID: &str = "ZOHO_CLIENT_ID";
/// The OAuth client's secret.
const CLIENT_SECRET: &str = "ZOHO_CLIENT_SECRET";
/// A refresh token.
const REFRESH_TOKEN: &str = "ZOHO_REFRESH_TOKEN";
/// The API key of a service that is not called with access tokens.
const API_KEY: &str = "ZOHO_API_KEY";
/// The data centre where the account lives; `us` unless said.
const DATA_CENTER: &str = "ZOHO_DATA_CENTER";
/// The value that the service asks for once per connection, mostly an organisation.
const ORGANIZATION: &str = "ZOHO_ORG";
/// Another server with Zoho's paths: a sandbox.
const ENDPOINT: &str = "ZOHO_ENDPOINT";

/// The session that the environment describes; see [`environment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromEnvironment;

/// The session that the environment describes: `ZOHO_CLIENT_ID`, `ZOHO_CLIENT_SECRET` and `ZOHO_REFRESH_TOKEN`, or
/// `ZOHO_API_KEY` for a service that is called with a key; `ZOHO_DATA_CENTER`, and `ZOHO_ORG` where the service wants one.
///
/// They are read when a client connects.
pub fn environment() -> FromEnvironment {
    FromEnvironment
}

impl IntoSession for FromEnvironment {
    async fn into_session(self, connector: &Connector) -> Result<Session, Error> {
        session(connector, &read)
    }
}

/// A variable, unless it is unset or empty.
#[expect(clippy::disallowed_methods, reason = "a program asks for it, by `environment()` or `saved()`")]
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn session(connector: &Connector, variable: &dyn Fn(&str) -> Option<String>) -> Result<Session, Error> {
    let data_center = variable(DATA_CENTER).unwrap_or_else(|| "us".to_owned());
    let mut connection = Connection::new("environment", &data_center)?;
    connection.endpoint = variable(ENDPOINT).map(|url| Endpoint::parse(&url)).transpose()?;
    let asked = connector.values_to_choose().last();
    if let (Some(value), Some(given)) = (asked, variable(ORGANIZATION)) {
        connection.values.insert(value.name.clone(), given);
    }
    let key = variable(API_KEY).filter(|_| connector.api_key().is_some());
    let mut tokens = match variable(REFRESH_TOKEN) {
        Some(token) => {
            let given = |name: &str| {
                variable(name).ok_or_else(|| lacking(&format!("{REFRESH_TOKEN} is set and {name} is not")))
            };
            connection.client = Some(ClientCredentials::new(given(CLIENT_ID)?, given(CLIENT_SECRET)?));
            Tokens::from_refresh_token(token)
        }
        None if key.is_some() => Tokens::default(),
        None => return Err(lacking("there is no sign-in in the environment")),
    };
    if let Some(key) = key {
        tokens = tokens.with_key(&connector.name, Secret::new(key));
    }
    Ok(Session::new(connection, tokens))
}

fn lacking(words: &str) -> Error {
    Error::new(ErrorKind::Connection, words).with_hint(format!(
        "set {CLIENT_ID}, {CLIENT_SECRET} and {REFRESH_TOKEN}, or {API_KEY} where the service takes a key"
    ))
}

#[cfg(test)]
mod tests {
    use zoho_connector::SourceFile;
    use zoho_connector::load::read;

    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Session, Error> {
        let yaml = "{ connector: shelf, title: Shelf, base_url: 'https://shelf.{zoho}', connection: { orgId: { in: header } } }";
        let connector = read(&[SourceFile::new("shelf.yaml", yaml)]).unwrap();
        session(&connector, &|name| {
            variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_set_makes_a_connection() {
        let all = [
            (CLIENT_ID, "1000.A"),
            (CLIENT_SECRET, "s"),
            (REFRESH_TOKEN, "1000.r"),
            (DATA_CENTER, "eu"),
            (ORGANIZATION, "7"),
            (ENDPOINT, "http://127.0.0.1:1"),
        ];
        let session = of(&all).unwrap();
        assert_eq!(session.connection.data_center.id, "eu");
        assert_eq!(session.connection.values["orgId"], "7");
        assert_eq!(session.connection.endpoint.unwrap().as_str(), "http://127.0.0.1:1");
    }

    #[test]
    fn what_is_lacking_is_named() {
        assert_eq!(of(&[]).unwrap_err().to_string(), "there is no sign-in in the environment");
        let error = of(&[(REFRESH_TOKEN, "1000.r"), (CLIENT_ID, "1000.A")]).unwrap_err();
        assert_eq!(error.to_string(), "ZOHO_REFRESH_TOKEN is set and ZOHO_CLIENT_SECRET is not");
        // A service that takes no key is not called with one.
        assert!(of(&[(API_KEY, "k")]).is_err());
    }
}
