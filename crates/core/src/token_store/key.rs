//! The key of a vault: which one it is, and how it is got.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::documents::{DocumentId, HeldDocument, Kind};
use super::seal::{Fault, Seal};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// The version of the document that describes the key.
const VERSION: u32 = 1;

/// How the key of a vault is got.
#[derive(Clone)]
#[non_exhaustive]
pub enum VaultKey {
    /// The text of an age identity, `AGE-SECRET-KEY-1…`.
    Identity(Secret),
    /// A passphrase, which wraps an identity that is kept in the vault.
    Passphrase(Secret),
    /// A passphrase that is asked for when it is needed, and not before.
    Ask(Arc<dyn AskPassphrase>),
    /// An identity that is kept in the system's keyring.
    #[cfg(feature = "keyring")]
    Keyring,
    /// None: for a place that keeps secrets itself, as a keyring does.
    None,
}

/// Asks a person for the passphrase of a vault.
pub trait AskPassphrase: Send + Sync {
    /// The passphrase; `new` where a vault is made, and the person says it twice.
    ///
    /// # Errors
    /// Why there is none.
    fn passphrase(&self, new: bool) -> Result<Secret, Error>;
}

impl VaultKey {
    /// The text of a new key, `AGE-SECRET-KEY-1…`.
    pub fn generate() -> Secret {
        Seal::generate().text()
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity(_) => "Identity",
            Self::Passphrase(_) => "Passphrase",
            Self::Ask(_) => "Ask",
            #[cfg(feature = "keyring")]
            Self::Keyring => "Keyring",
            Self::None => "None",
        })
    }
}

/// What the key of a vault was when the vault was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeyKind {
    /// An identity that has to be given.
    Given,
    /// An identity that a passphrase wraps.
    Passphrase,
    /// An identity in the system's keyring.
    Keyring,
}

/// The document that describes the key. It is no secret: what it holds of the key is wrapped.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeyDocument {
    version: u32,
    /// How the key is got.
    pub(crate) kind: KeyKind,
    /// Which key it is: its public half.
    pub(crate) recipient: String,
    /// The identity as a passphrase wraps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrapped: Option<String>,
}

impl KeyDocument {
    /// The name of the document.
    pub(crate) fn id() -> DocumentId {
        DocumentId::new(Kind::Key, "vault")
    }

    /// Reads it. `path` says where it lies.
    pub(crate) fn read(bytes: &[u8], path: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Header {
            version: u32,
        }
        let damaged = || {
            Error::new(ErrorKind::Vault, format!("{path} is damaged: it does not say which key the vault has"))
                .with_hint("bring it back from a backup; without it only the text of the key opens the vault")
        };
        let header: Header = serde_json::from_slice(bytes).map_err(|_| damaged())?;
        if header.version > VERSION {
            return Err(newer(path, header.version));
        }
        serde_json::from_slice(bytes).map_err(|_| damaged())
    }

    fn bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec_pretty(self).map_err(|error| Error::new(ErrorKind::Io, error.to_string()))
    }

    /// Opens the vault.
    pub(crate) fn seal(&self, key: &VaultKey, path: &str) -> Result<Seal, Error> {
        let seal = match (key, self.kind) {
            (VaultKey::Identity(text), _) => Seal::parse(text)?,
            (VaultKey::Passphrase(passphrase), KeyKind::Passphrase) => self.unwrapped(passphrase, path)?,
            (VaultKey::Ask(person), KeyKind::Passphrase) => self.unwrapped(&person.passphrase(false)?, path)?,
            #[cfg(feature = "keyring")]
            (VaultKey::Keyring, KeyKind::Keyring) => in_keyring::load(&self.recipient)?,
            _ => return Err(self.other_way(path)),
        };
        if seal.recipient() == self.recipient {
            return Ok(seal);
        }
        let message = format!("the key that was given is {}, and the vault has {}", seal.recipient(), self.recipient);
        Err(Error::new(ErrorKind::Vault, message).with_hint(format!("give the key that belongs to {path}")))
    }

    fn unwrapped(&self, passphrase: &Secret, path: &str) -> Result<Seal, Error> {
        let wrapped = self.wrapped.as_deref().and_then(|text| BASE64_STANDARD.decode(text).ok());
        let fault = match wrapped.map(|wrapped| Seal::unwrapped(&wrapped, passphrase)) {
            Some(Ok(seal)) => return Ok(seal),
            Some(Err(fault)) => fault,
            None => Fault::Damaged,
        };
        Err(match fault {
            Fault::OtherKey => Error::new(ErrorKind::Vault, format!("the passphrase does not open {path}"))
                .with_hint("try again; the text of the key opens the vault too, where it was kept"),
            _ => Error::new(ErrorKind::Vault, format!("{path} is damaged: the key in it cannot be read"))
                .with_hint("bring it back from a backup; the text of the key opens the vault too, where it was kept"),
        })
    }

    fn other_way(&self, path: &str) -> Error {
        let how = match self.kind {
            KeyKind::Given => "the text of its key, which has to be given",
            KeyKind::Passphrase => "a passphrase",
            KeyKind::Keyring => "a key in the system's keyring",
        };
        Error::new(ErrorKind::Vault, format!("the vault of {path} is opened by {how}"))
    }

    /// Makes the key of a new vault, and keeps what describes it.
    pub(crate) async fn make(held: &mut dyn HeldDocument, key: &VaultKey) -> Result<Seal, Error> {
        let (seal, kind, passphrase) = match key {
            VaultKey::Identity(text) => (Seal::parse(text)?, KeyKind::Given, None),
            VaultKey::Passphrase(passphrase) => (Seal::generate(), KeyKind::Passphrase, Some(passphrase.clone())),
            VaultKey::Ask(person) => (Seal::generate(), KeyKind::Passphrase, Some(person.passphrase(true)?)),
            #[cfg(feature = "keyring")]
            VaultKey::Keyring => (Seal::generate(), KeyKind::Keyring, None),
            VaultKey::None => return Err(no_key()),
        };
        #[cfg(feature = "keyring")]
        if kind == KeyKind::Keyring {
            let copy = Seal::parse(&seal.text())?;
            super::documents::blocking(move || in_keyring::save(&copy)).await?;
        }
        Self::write(held, &seal, kind, passphrase.as_ref()).await?;
        Ok(seal)
    }

    /// Keeps what describes a key.
    pub(crate) async fn write(
        held: &mut dyn HeldDocument,
        seal: &Seal,
        kind: KeyKind,
        passphrase: Option<&Secret>,
    ) -> Result<(), Error> {
        let wrapped = passphrase.map(|passphrase| seal.wrapped(passphrase)).transpose()?;
        let wrapped = wrapped.map(|bytes| BASE64_STANDARD.encode(bytes));
        let document = Self { version: VERSION, kind, recipient: seal.recipient(), wrapped };
        held.write(document.bytes()?).await
    }
}

/// What is said of a document from a later version.
pub(crate) fn newer(path: &str, version: u32) -> Error {
    let message = format!("{path} was written by a newer version of this program (its form is {version})");
    Error::new(ErrorKind::Vault, message).with_hint("update the program; nothing was changed")
}

pub(crate) fn no_key() -> Error {
    Error::new(ErrorKind::Vault, "the vault needs a key, and none was given")
        .with_hint("give the text of an age identity, or a passphrase")
}

/// The key of a vault as an entry of the system's keyring.
#[cfg(feature = "keyring")]
mod in_keyring {
    use super::{Error, ErrorKind, Seal, Secret};
    use crate::token_store::documents::keyring::Entries;

    /// The name that keys are kept under; which vault one belongs to says its public half.
    const APPLICATION: &str = "zoho-connectors vault key";

    pub(super) fn load(recipient: &str) -> Result<Seal, Error> {
        let bytes = Entries::of_system(APPLICATION).read(recipient)?.ok_or_else(|| {
            Error::new(ErrorKind::Vault, format!("the system's keyring does not have the key {recipient} of the vault"))
                .with_hint("give the text of the key, where it was kept, or run this where the vault was made")
        })?;
        Seal::parse(&Secret::new(String::from_utf8_lossy(&bytes)))
    }

    pub(super) fn save(seal: &Seal) -> Result<(), Error> {
        Entries::of_system(APPLICATION).write(&seal.recipient(), seal.text().expose().as_bytes())
    }
}
