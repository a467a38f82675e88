//! The environment variables that the command reads: all of them, and no others.
//!
//! A flag wins over a variable, and a variable wins over what is stored. A variable that is set to nothing counts as
//! not set. With the first four, and [`ORGANIZATION`] where a service wants one, a job in CI needs no file at all.

/// The OAuth client's identifier (`1000.…`).
pub const CLIENT_ID: &str = "ZOHO_CLIENT_ID";
/// The OAuth client's secret. It can be given in no other way than by this variable or at a prompt.
pub const CLIENT_SECRET: &str = "ZOHO_CLIENT_SECRET";
/// A refresh token. With it and the client, calls need no stored connection.
pub const REFRESH_TOKEN: &str = "ZOHO_REFRESH_TOKEN";
/// The data centre where the account lives: `us`, `eu`, `in`, … The same as `--data-center`.
pub const DATA_CENTER: &str = "ZOHO_DATA_CENTER";
/// The value that the service asks for once per connection, mostly an organisation. The same as `--org`.
pub const ORGANIZATION: &str = "ZOHO_ORG";
/// The name of the connection to use. The same as `--connection`.
pub const CONNECTION: &str = "ZOHO_CONNECTION";
/// Another server with Zoho's paths, to which every request goes. The same as `--endpoint`.
pub const ENDPOINT: &str = "ZOHO_ENDPOINT";
/// Folders of connectors, over the built-in ones, separated as in `PATH`. The same as `--connectors`.
pub const CONNECTORS: &str = "ZOHO_CONNECTORS";
/// The folder where connections and tokens lie; `~/.config/zohoctl` unless set.
pub const CONFIG_FOLDER: &str = "ZOHO_CONFIG_DIR";
/// A file of certificates to trust beside those of the web, in PEM: a sandbox's, a proxy's.
pub const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";
/// A folder of such files.
pub const CERTIFICATE_FOLDER: &str = "SSL_CERT_DIR";

/// Every variable with what it is for, in the order of the documentation.
pub const ALL: &[(&str, &str)] = &[
    (CLIENT_ID, "the OAuth client's identifier"),
    (CLIENT_SECRET, "the OAuth client's secret"),
    (REFRESH_TOKEN, "a refresh token: with it no stored connection is needed"),
    (DATA_CENTER, "where the account lives, as --data-center"),
    (ORGANIZATION, "the organisation, as --org"),
    (CONNECTION, "the connection to use, as --connection"),
    (ENDPOINT, "another server with Zoho's paths, as --endpoint"),
    (CONNECTORS, "folders of connectors, as --connectors"),
    (CONFIG_FOLDER, "where connections and tokens lie; ~/.config/zohoctl unless set"),
    (CERTIFICATE_FILE, "certificates to trust beside those of the web, in PEM"),
    (CERTIFICATE_FOLDER, "a folder of such files"),
];

/// The value of a variable, unless it is unset or empty.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
