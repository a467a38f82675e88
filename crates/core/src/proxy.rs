//! The proxy that requests go through.

use std::fmt;

use url::Url;

use crate::error::{Error, ErrorKind};

/// A proxy, and the hosts that it is not used for. Its address may hold a password, which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    address: Url,
    except: String,
}

impl Proxy {
    /// Reads an address as programs find it in `HTTPS_PROXY`: `http://proxy.example.org:3128`, with `name:password@`
    /// where the proxy wants them. Without a scheme it is HTTP.
    ///
    /// ```
    /// let proxy = zoho_core::Proxy::parse("http://ada:secret@proxy.example.org:3128").unwrap();
    /// assert_eq!(proxy.place(), "proxy.example.org:3128");
    /// assert!(!format!("{proxy:?}").contains("secret"));
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where it is no address, or of a proxy that speaks something else than HTTP.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fault = |why: &str| {
            Error::new(ErrorKind::Connection, format!("the proxy's address {why}"))
                .with_hint("write one as `http://proxy.example.org:3128`")
        };
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let address = Url::parse(whole.trim()).map_err(|error| fault(&format!("cannot be read: {error}")))?;
        match address.scheme() {
            "http" | "https" if address.host_str().is_some_and(|host| !host.is_empty()) => {
                Ok(Self { address, except: String::new() })
            }
            "http" | "https" => Err(fault("names no host")),
            scheme if scheme.starts_with("socks") => {
                Err(fault("is of a SOCKS proxy, and only HTTP ones are spoken to"))
            }
            _ => Err(fault("begins neither with http:// nor with https://")),
        }
    }

    /// The same proxy, but not for some hosts: names, domains and addresses with commas between, as in `NO_PROXY`.
    #[must_use]
    pub fn except(mut self, hosts: impl Into<String>) -> Self {
        self.except = hosts.into();
        self
    }

    /// Its host and port.
    pub fn place(&self) -> String {
        let host = self.address.host_str().unwrap_or_default();
        self.address.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    pub(crate) fn address(&self) -> &Url {
        &self.address
    }

    pub(crate) fn exceptions(&self) -> &str {
        &self.except
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("place", &self.place()).field("except", &self.except).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_programs_write_them() {
        let place = |text| Proxy::parse(text).map(|proxy| proxy.place());
        assert_eq!(place("http://proxy.example.org:3128").unwrap(), "proxy.example.org:3128");
        assert_eq!(place("proxy.example.org:3128").unwrap(), "proxy.example.org:3128");
        assert_eq!(place("https://proxy.example.org").unwrap(), "proxy.example.org:443");
        assert_eq!(place("http://10.0.0.1:80/").unwrap(), "10.0.0.1:80");
        for text in ["", "http://", "socks5://127.0.0.1:1080", "ftp://proxy", "http://ada:secret@"] {
            let error = place(text).unwrap_err();
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }
}
