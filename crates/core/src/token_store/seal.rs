//! Sealing documents: age, with one X25519 identity for a vault. A passphrase wraps the identity and nothing else, so
//! that opening a document never costs a passphrase's work.

use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, scrypt, x25519};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// The work of a passphrase, as a power of two: 128 MiB of memory and a few tenths of a second.
const WORK: u8 = 17;
/// The most work that a passphrase of somebody else may cost.
const MOST_WORK: u8 = 20;
/// What an age identity begins with.
const PREFIX: &str = "age-secret-key-";

/// What seals and opens the documents of a vault.
pub(crate) struct Seal(x25519::Identity);

impl Seal {
    /// A new one.
    pub(crate) fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// The one of an identity's text, `AGE-SECRET-KEY-1…`; comments as `age-keygen` writes them may stand before it.
    pub(crate) fn parse(text: &Secret) -> Result<Self, Error> {
        let line = text.expose().lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        line.unwrap_or_default().parse().map(Self).map_err(|_| {
            Error::new(ErrorKind::Vault, "the vault's key is not the text of an age identity, `AGE-SECRET-KEY-1…`")
                .with_hint("`age-keygen` makes one; a vault that is open shows its own")
        })
    }

    /// The one that follows from 32 secret bytes.
    pub(crate) fn derived(bytes: &[u8; 32]) -> Result<Self, Error> {
        let prefix = bech32::Hrp::parse_unchecked(PREFIX);
        let text = bech32::encode_upper::<bech32::Bech32>(prefix, bytes)
            .map_err(|error| Error::new(ErrorKind::Vault, format!("no key can be made: {error}")))?;
        Self::parse(&Secret::new(text))
    }

    /// The text of the identity. Whoever has it opens the vault.
    pub(crate) fn text(&self) -> Secret {
        Secret::new(self.0.to_string().expose_secret())
    }

    /// The public half, which names the key and opens nothing.
    pub(crate) fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// Seals a document.
    pub(crate) fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        age::encrypt(&self.0.to_public(), plain).map_err(|error| cannot_seal(&error))
    }

    /// Opens a document; nothing where it is not one of this key, or damaged.
    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        age::decrypt(&self.0, sealed).map(Zeroizing::new).map_err(|error| Fault::of(&error))
    }

    /// The identity, wrapped by a passphrase.
    pub(crate) fn wrapped(&self, passphrase: &Secret) -> Result<Vec<u8>, Error> {
        let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose()));
        recipient.set_work_factor(WORK);
        age::encrypt(&recipient, self.0.to_string().expose_secret().as_bytes()).map_err(|error| cannot_seal(&error))
    }

    /// The identity that a passphrase wraps.
    pub(crate) fn unwrapped(wrapped: &[u8], passphrase: &Secret) -> Result<Self, Fault> {
        let mut identity = scrypt::Identity::new(SecretString::from(passphrase.expose()));
        identity.set_max_work_factor(MOST_WORK);
        let text = age::decrypt(&identity, wrapped).map(Zeroizing::new).map_err(|error| Fault::of(&error))?;
        let text = std::str::from_utf8(&text).map_err(|_| Fault::Damaged)?;
        text.parse().map(Self).map_err(|_| Fault::Damaged)
    }
}

/// Why something sealed does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It was sealed with another key, or another passphrase.
    OtherKey,
    /// It is not as it was written.
    Damaged,
    /// It has a form that this version does not know.
    Newer,
}

impl Fault {
    fn of(error: &DecryptError) -> Self {
        match error {
            DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
                Self::OtherKey
            }
            DecryptError::UnknownFormat => Self::Newer,
            _ => Self::Damaged,
        }
    }
}

fn cannot_seal(error: &age::EncryptError) -> Error {
    Error::new(ErrorKind::Vault, format!("the document cannot be sealed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_only() {
        let (seal, other) = (Seal::generate(), Seal::generate());
        let sealed = seal.seal(b"1000.refresh").unwrap();
        assert!(!sealed.windows(4).any(|part| part == b"1000"));
        assert_eq!(seal.open(&sealed).unwrap().as_slice(), b"1000.refresh");
        assert_eq!(other.open(&sealed).unwrap_err(), Fault::OtherKey);
        let again = Seal::parse(&Secret::new(format!("# created by hand\n{}\n", seal.text().expose()))).unwrap();
        assert_eq!(again.open(&sealed).unwrap().as_slice(), b"1000.refresh");
    }

    #[test]
    fn what_was_changed_or_cut_does_not_open() {
        let seal = Seal::generate();
        let sealed = seal.seal(b"1000.refresh").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(seal.open(&changed).is_err(), "byte {place}");
            assert!(seal.open(&sealed[..place]).is_err(), "cut at {place}");
        }
    }

    #[test]
    fn a_passphrase_wraps_the_key() {
        let seal = Seal::generate();
        let wrapped = seal.wrapped(&Secret::new("correct horse")).unwrap();
        let again = Seal::unwrapped(&wrapped, &Secret::new("correct horse")).unwrap();
        assert_eq!(again.recipient(), seal.recipient());
        assert_eq!(Seal::unwrapped(&wrapped, &Secret::new("wrong")).err(), Some(Fault::OtherKey));
    }

    #[test]
    fn a_derived_key_is_the_same_every_time() {
        let key = |byte| Seal::derived(&[byte; 32]).unwrap().recipient();
        assert_eq!(key(7), key(7));
        assert_ne!(key(7), key(8));
    }
}
