//! Where a vault is: a word or an address, as people write it.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
#[cfg(feature = "postgres")]
use crate::secret::Secret;

/// The name of the vault's folder in a folder for configuration.
const FOLDER: &str = "vault";
/// The name under which entries are kept in the system's keyring.
#[cfg(feature = "keyring")]
const APPLICATION: &str = "zohoctl";

/// Where a vault is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum VaultPlace {
    /// Encrypted files in a folder: one for each connection and each client, whose names are in the files' names.
    Folder(PathBuf),
    /// The keyring of the system.
    #[cfg(feature = "keyring")]
    Keyring {
        /// The name that the entries are kept under.
        application: String,
        /// A folder for locks: a keyring has none.
        locks: PathBuf,
    },
    /// Encrypted rows in a PostgreSQL database: one for each connection and each client, whose names can be read.
    #[cfg(feature = "postgres")]
    Postgres {
        /// The connection string, `postgres://user:password@host/database`.
        address: Secret,
        /// Certificates to trust beside those of the web, as PEM.
        root_certificates: Vec<Vec<u8>>,
    },
}

impl VaultPlace {
    /// Whether the place keeps secrets itself, so that what is in it need not be sealed.
    pub fn keeps_secrets(&self) -> bool {
        match self {
            #[cfg(feature = "keyring")]
            Self::Keyring { .. } => true,
            _ => false,
        }
    }

    /// Reads `file`, `file:FOLDER`, `keyring`, `keyring:NAME` or `postgres://…`. What is not said lies in `folder`.
    ///
    /// # Errors
    /// [`ErrorKind::Vault`] where it is none of them.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Error> {
        let (word, rest) = text.split_once(':').map_or((text, None), |(word, rest)| (word, Some(rest)));
        match (word, rest) {
            ("file", None) => Ok(Self::Folder(folder.join(FOLDER))),
            ("file", Some(path)) if !path.is_empty() => Ok(Self::Folder(folder.join(path))),
            #[cfg(feature = "keyring")]
            ("keyring", name) if name != Some("") => {
                Ok(Self::Keyring { application: name.unwrap_or(APPLICATION).to_owned(), locks: folder.join(FOLDER) })
            }
            #[cfg(feature = "postgres")]
            ("postgres" | "postgresql", Some(rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres { address: Secret::new(text), root_certificates: Vec::new() })
            }
            // What is not understood may hold a password, so only its first word is repeated.
            _ => Err(Error::new(ErrorKind::Vault, format!("`{word}` is no place for a vault"))
                .with_hint("write file, file:FOLDER, keyring, keyring:NAME or postgres://user@host/database")),
        }
    }
}

/// For people; of a connection string only what is no secret.
impl fmt::Display for VaultPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "encrypted files in {}", path.display()),
            #[cfg(feature = "keyring")]
            Self::Keyring { application, .. } => write!(f, "the system's keyring, under the name `{application}`"),
            #[cfg(feature = "postgres")]
            Self::Postgres { address, .. } => {
                write!(f, "encrypted rows in PostgreSQL at {}", super::documents::postgres::shown(address))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        VaultPlace::parse(text, Path::new("/home/me/.config/zohoctl"))
            .map_or_else(|error| error.to_string(), |place| place.to_string())
    }

    #[test]
    fn a_place_is_a_word_or_an_address() {
        assert_eq!(shown("file"), "encrypted files in /home/me/.config/zohoctl/vault");
        assert_eq!(shown("file:/srv/vault"), "encrypted files in /srv/vault");
        assert_eq!(shown("file:"), "`file` is no place for a vault");
        assert_eq!(shown("plain"), "`plain` is no place for a vault");
    }

    #[cfg(feature = "keyring")]
    #[test]
    fn a_keyring_has_a_name() {
        assert_eq!(shown("keyring"), "the system's keyring, under the name `zohoctl`");
        assert_eq!(shown("keyring:work"), "the system's keyring, under the name `work`");
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn a_password_is_not_shown() {
        let place = shown("postgres://zoho:hidden@db.example.org:5433/tokens?sslmode=require&password=hidden");
        assert_eq!(place, "encrypted rows in PostgreSQL at db.example.org:5433/tokens, as zoho");
        assert_eq!(shown("mysql://zoho:hidden@host"), "`mysql` is no place for a vault");
        let place = VaultPlace::parse("postgres://zoho:hidden@host/db", Path::new("/")).unwrap();
        assert!(!format!("{place:?}").contains("hidden"));
    }
}
