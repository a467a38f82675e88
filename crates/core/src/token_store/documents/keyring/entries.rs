//! Entries of a keyring by their account, of any size: where the system takes short ones only, a long one is several.

use std::fmt;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry};

use super::service::{ask, store, words};
use crate::error::{Error, ErrorKind};

/// The longest entry: Windows takes 2,560 bytes, the others much more than a document has.
const LONGEST: usize = if cfg!(windows) { 2_400 } else { 1024 * 1024 };
/// What an entry begins with that only names the parts of a document. A document begins with a brace.
const PARTS: &str = "parts ";

/// The entries of an application.
#[derive(Clone)]
pub(crate) struct Entries {
    application: Arc<str>,
    longest: usize,
    /// The keyring, where it is not the system's.
    store: Option<Arc<CredentialStore>>,
}

/// The parts of a long document: a name that no earlier ones have, and how many there are.
struct Parts<'a> {
    generation: &'a str,
    count: usize,
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (generation, count) = std::str::from_utf8(bytes).ok()?.strip_prefix(PARTS)?.split_once(' ')?;
        Some(Self { generation, count: count.parse().ok()? })
    }

    fn accounts(&self, account: &str) -> impl Iterator<Item = String> {
        (0..self.count).map({
            let stem = format!("{account}#{}", self.generation);
            move |number| format!("{stem}.{number}")
        })
    }
}

impl Entries {
    /// Those of the system's keyring.
    pub(crate) fn of_system(application: &str) -> Self {
        Self { application: application.into(), longest: LONGEST, store: None }
    }

    #[cfg(test)]
    pub(super) fn of(store: Arc<CredentialStore>, longest: usize) -> Self {
        Self { application: "tests".into(), longest, store: Some(store) }
    }

    /// What an account holds.
    pub(crate) fn read(&self, account: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(head) = self.get(account)? else { return Ok(None) };
        let Some(parts) = Parts::read(&head) else { return Ok(Some(head)) };
        let mut whole = Vec::new();
        for part in parts.accounts(account) {
            whole.extend(self.get(&part)?.ok_or_else(|| {
                Error::new(ErrorKind::Vault, format!("`{account}` in {self} is damaged: a part of it is lacking"))
                    .with_hint("remove the connection and connect anew")
            })?);
        }
        Ok(Some(whole))
    }

    /// Writes an account: the parts before what names them, and the parts of before are removed after it.
    pub(crate) fn write(&self, account: &str, bytes: &[u8]) -> Result<(), Error> {
        let old = if self.longest < LONGEST || cfg!(windows) { self.get(account)? } else { None };
        if bytes.len() <= self.longest {
            self.set(account, bytes.to_vec())?;
        } else {
            let generation = generation()?;
            let pieces: Vec<&[u8]> = bytes.chunks(self.longest).collect();
            let parts = Parts { generation: &generation, count: pieces.len() };
            for (part, piece) in parts.accounts(account).zip(pieces) {
                self.set(&part, piece.to_vec())?;
            }
            self.set(account, format!("{PARTS}{generation} {}", parts.count).into_bytes())?;
        }
        self.remove_parts(account, old.as_deref())
    }

    /// Removes an account.
    pub(crate) fn remove(&self, account: &str) -> Result<(), Error> {
        let head = self.get(account)?;
        self.delete(account)?;
        self.remove_parts(account, head.as_deref())
    }

    fn remove_parts(&self, account: &str, head: Option<&[u8]>) -> Result<(), Error> {
        let Some(parts) = head.and_then(Parts::read) else { return Ok(()) };
        let mut accounts = parts.accounts(account);
        accounts.try_for_each(|part| self.delete(&part))
    }

    fn get(&self, account: &str) -> Result<Option<Vec<u8>>, Error> {
        self.ask(account, "read", |entry| match entry.get_secret() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, account: &str, bytes: Vec<u8>) -> Result<(), Error> {
        self.ask(account, "written", move |entry| entry.set_secret(&bytes))
    }

    fn delete(&self, account: &str) -> Result<(), Error> {
        self.ask(account, "removed", |entry| match entry.delete_credential() {
            Err(keyring_core::Error::NoEntry) => Ok(()),
            result => result,
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        account: &str,
        what: &str,
        question: impl FnOnce(Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => store()?,
        };
        let (application, user) = (Arc::clone(&self.application), account.to_owned());
        let answer = ask(move || store.build(&application, &user, None).and_then(question))?;
        answer.map_err(|error| {
            Error::new(ErrorKind::Vault, format!("`{account}` in {self} cannot be {what}: {}", words(&error)))
                .with_hint("unlock the keyring, or choose another place for the vault")
        })
    }
}

impl fmt::Display for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the system's keyring (`{}`)", self.application)
    }
}

/// A name that no parts had before.
fn generation() -> Result<String, Error> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(ErrorKind::Io, format!("the system gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
