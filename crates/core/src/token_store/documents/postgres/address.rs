//! A connection string: what of it is the driver's, what is ours, and what may be shown.

use std::error::Error as _;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::transport::{TransportOptions, tls};

/// A database, and how to get there.
pub(super) struct Address {
    pub(super) config: Config,
    /// For people: without the password.
    pub(super) shown: String,
    /// A file of certificates to trust, where `sslrootcert` names one.
    roots: Option<String>,
}

impl Address {
    /// Reads a connection string.
    ///
    /// TLS is used as `sslmode` says: `disable` is without, `require`, `verify-ca` and `verify-full` are with, and the
    /// certificate is always checked. Where nothing is said, a connection within the machine goes without, and one to
    /// another machine with: never without in silence, as the usual `prefer` would.
    pub(super) fn parse(address: &Secret) -> Result<Self, Error> {
        let (base, query) = address.expose().split_once('?').unwrap_or((address.expose(), ""));
        let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", word)) => mode = Some(word),
                Some(("sslrootcert", path)) if path != "system" => roots = Some(decoded(path)),
                Some(("sslrootcert", _)) => {}
                _ => rest.push(pair),
            }
        }
        let text = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
        let mut config = Config::from_str(&text).map_err(|error| malformed(error.source()))?;
        let local = config.get_hosts().iter().all(is_local);
        config.ssl_mode(match mode {
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            None | Some("prefer" | "allow") if local => SslMode::Disable,
            None | Some("prefer" | "allow") => SslMode::Require,
            Some(_) => {
                let message = "`sslmode` in the connection string is none of disable, require, verify-ca, verify-full";
                return Err(Error::new(ErrorKind::Vault, message)
                    .with_hint("leave it out: then other machines are reached with TLS"));
            }
        });
        config.connect_timeout(Duration::from_secs(10)).keepalives_idle(Duration::from_secs(30));
        if config.get_application_name().is_none() {
            config.application_name("zoho-connectors");
        }
        Ok(Self { shown: words(&config), config, roots })
    }

    /// How to speak TLS, where it is spoken.
    pub(super) fn tls(&self, root_certificates: &[Vec<u8>]) -> Result<Option<MakeRustlsConnect>, Error> {
        if self.config.get_ssl_mode() == SslMode::Disable {
            return Ok(None);
        }
        let mut roots = root_certificates.to_vec();
        if let Some(path) = &self.roots {
            roots.push(std::fs::read(path).map_err(|error| {
                Error::new(ErrorKind::Io, format!("the certificates in {path} cannot be read: {error}"))
                    .with_hint("`sslrootcert` in the connection string names that file")
            })?);
        }
        let mut config = tls(&TransportOptions { root_certificates: roots, ..TransportOptions::default() }, true)?;
        // Its protocol is no HTTP.
        config.alpn_protocols.clear();
        Ok(Some(MakeRustlsConnect::new(config)))
    }

    /// What a database or the way to it said, with what to do. It never repeats the connection string.
    pub(super) fn fault(&self, error: &tokio_postgres::Error) -> Error {
        let shown = &self.shown;
        let said = said(error);
        let Some(database) = error.as_db_error() else {
            return Error::new(ErrorKind::Io, format!("PostgreSQL at {shown} cannot be used: {said}")).with_hint(
                "see that it runs and can be reached from here, and that `sslmode` and its certificate fit",
            );
        };
        let hint = match database.code() {
            code if *code == SqlState::INVALID_PASSWORD || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                "check the user and the password in the connection string"
            }
            code if *code == SqlState::INVALID_CATALOG_NAME => "make the database, or name another one",
            code if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
                "let the user make and write tables: GRANT CREATE, USAGE ON SCHEMA public TO the user"
            }
            code if *code == SqlState::DISK_FULL => "make room on the database's disk; what was kept before is there",
            code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => "name the server that can be written, not its copy",
            code if *code == SqlState::TOO_MANY_CONNECTIONS => "try again, or let the server take more connections",
            _ => "nothing was lost; see the server's log",
        };
        Error::new(ErrorKind::Io, format!("PostgreSQL at {shown} refused: {said}")).with_hint(hint)
    }

    pub(super) fn silent(&self, waited: Duration) -> Error {
        let message = format!("PostgreSQL at {} did not answer within {} s", self.shown, waited.as_secs());
        Error::new(ErrorKind::Io, message).with_hint("see that it runs and can be reached from here")
    }

    pub(super) fn held_too_long(&self, what: &str) -> Error {
        let message = format!("another process has held the {what} in PostgreSQL at {} for three minutes", self.shown);
        Error::new(ErrorKind::Io, message).with_hint("pg_stat_activity shows which one")
    }

    pub(super) fn overtaken(&self, what: &str) -> Error {
        let message = format!("the {what} in PostgreSQL at {} was changed by somebody else meanwhile", self.shown);
        Error::new(ErrorKind::Io, message).with_hint("nothing was written over; try again")
    }
}

/// An error and what is behind it.
fn said(error: &tokio_postgres::Error) -> String {
    if let Some(database) = error.as_db_error() {
        return database.message().to_owned();
    }
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words = format!("{words}: {cause}");
        next = cause.source();
    }
    words
}

/// A connection string for people; one that cannot be read is not shown at all.
pub(crate) fn shown(address: &Secret) -> String {
    Address::parse(address).map_or_else(|_| "an address that cannot be read".to_owned(), |address| address.shown)
}

fn words(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().map(|port| format!(":{port}")).unwrap_or_default();
    let database = config.get_dbname().map(|name| format!("/{name}")).unwrap_or_default();
    let user = config.get_user().map(|user| format!(", as {user}")).unwrap_or_default();
    format!("{host}{port}{database}{user}")
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(host) => {
            host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What the driver says of a connection string names options, and repeats no value.
fn malformed(cause: Option<&(dyn std::error::Error + 'static)>) -> Error {
    let why = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    Error::new(ErrorKind::Vault, format!("the connection string of the vault cannot be read{why}"))
        .with_hint("write postgres://user:password@host:5432/database, with special characters as %XX")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(text: &str) -> SslMode {
        Address::parse(&Secret::new(text)).unwrap().config.get_ssl_mode()
    }

    #[test]
    fn another_machine_is_never_reached_without_tls_unless_that_is_said() {
        assert_eq!(mode("postgres://db.example.org/x"), SslMode::Require);
        assert_eq!(mode("postgres://db.example.org/x?sslmode=prefer"), SslMode::Require);
        assert_eq!(mode("postgres://db.example.org/x?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgres://db.example.org/x?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://localhost/x"), SslMode::Disable);
        assert_eq!(mode("postgres://[::1]:5433/x"), SslMode::Disable);
        assert_eq!(mode("postgres://127.0.0.1/x?sslmode=require&sslrootcert=/a%20b"), SslMode::Require);
        assert_eq!(mode("postgres://u@%2Frun%2Fpostgresql/x"), SslMode::Disable);
        assert_eq!(mode("postgres://localhost,db.example.org/x"), SslMode::Require);
        assert!(Address::parse(&Secret::new("postgres://localhost/x?sslmode=perhaps")).is_err());
    }

    #[test]
    fn no_error_repeats_the_password() {
        for text in
            ["postgres://u:hidden@host:port/x", "postgres://u:hidden@h/x?unknown=hidden2", "postgres://u:hid%zzden@h/x"]
        {
            let error = Address::parse(&Secret::new(text)).err().map(|error| format!("{error} {:?}", error.hint()));
            let words = error.unwrap_or_default();
            assert!(!words.contains("hid"), "{words}");
        }
    }
}
