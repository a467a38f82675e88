//! The environment variables that the command reads: all of them, and no others.
//!
//! A flag wins over a variable, and a variable wins over what is stored. A variable that is set to nothing counts as
//! not set. With the first three or [`API_KEY`], [`DATA_CENTER`], and [`ORGANIZATION`] where a service wants one, a job in CI needs no file at all.

/// The OAuth client's identifier (`1000.…`).
pub const CLIENT_ID: &str = "ZOHO_CLIENT_ID";
/// The OAuth client's secret. It can be given in no other way than by this variable or at a prompt.
pub const CLIENT_SECRET: &str = "ZOHO_CLIENT_SECRET";
/// A refresh token. With it and the client, calls need no stored connection.
pub const REFRESH_TOKEN: &str = "ZOHO_REFRESH_TOKEN";
/// The API key of a service that is not called with access tokens. With it, calls of such a service need no stored
/// connection.
pub const API_KEY: &str = "ZOHO_API_KEY";
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
/// Where connections and clients are kept: `keyring`, `file`, or the address of a PostgreSQL. The same as `vault` in
/// `config.yaml`.
pub const VAULT: &str = "ZOHO_VAULT";
/// The key of an encrypted vault: the text of an age identity (`AGE-SECRET-KEY-1…`), as `zohoctl vault key` makes one.
pub const VAULT_KEY: &str = "ZOHO_VAULT_KEY";
/// The passphrase of an encrypted vault, where there is no key.
pub const VAULT_PASSPHRASE: &str = "ZOHO_VAULT_PASSPHRASE";
/// A file of certificates to trust beside those of the web, in PEM: a sandbox's, a proxy's.
pub const CERTIFICATE_FILE: &str = "SSL_CERT_FILE";
/// A folder of such files.
pub const CERTIFICATE_FOLDER: &str = "SSL_CERT_DIR";

/// The screen of this machine, where it has one: a browser can be opened.
pub const DISPLAY: &str = "DISPLAY";
/// The same, by another protocol.
pub const WAYLAND_DISPLAY: &str = "WAYLAND_DISPLAY";
/// Set where somebody is here by SSH: a browser would open in front of nobody.
pub const SSH_CONNECTION: &str = "SSH_CONNECTION";

/// The proxies that requests go through, as most programs read them.
pub const PROXIES: &[&str] = &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The hosts that no proxy is used for.
pub const NO_PROXY: &[&str] = &["NO_PROXY", "no_proxy"];

/// Every variable with what it is for, in the order of the documentation.
pub const ALL: &[(&str, &str)] = &[
    (CLIENT_ID, "the OAuth client's identifier"),
    (CLIENT_SECRET, "the OAuth client's secret"),
    (REFRESH_TOKEN, "a refresh token: with it no stored connection is needed"),
    (API_KEY, "the key of a service that is called with one, and not with tokens"),
    (DATA_CENTER, "where the account lives, as --data-center"),
    (ORGANIZATION, "the organisation, as --org"),
    (CONNECTION, "the connection to use, as --connection"),
    (ENDPOINT, "another server with Zoho's paths, as --endpoint"),
    (CONNECTORS, "folders of connectors, as --connectors"),
    (CONFIG_FOLDER, "where connections and tokens lie; ~/.config/zohoctl unless set"),
    (VAULT, "where connections are kept: keyring, file, or a PostgreSQL's address"),
    (VAULT_KEY, "the key of an encrypted vault"),
    (VAULT_PASSPHRASE, "the passphrase of an encrypted vault, where there is no key"),
    (CERTIFICATE_FILE, "certificates to trust beside those of the web, in PEM"),
    (CERTIFICATE_FOLDER, "a folder of such files"),
    (DISPLAY, "a screen: the browser is opened at a sign-in"),
    (WAYLAND_DISPLAY, "the same"),
    (SSH_CONNECTION, "you are here from another machine: no browser is opened"),
];

/// The value of a variable, unless it is unset or empty.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
