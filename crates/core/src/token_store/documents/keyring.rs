//! Documents as entries of the system's keyring. It keeps secrets itself; it has no list of names that all systems know,
//! and no locks, so an entry of its own lists the names and files in a folder are the locks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::folder::make;
use super::lock::Lock;
use super::{DocumentId, Documents, HeldDocument, Kind, blocking, file_name};
use crate::error::{Error, ErrorKind};
use crate::token_store::Pending;

mod entries;
mod service;

pub(crate) use entries::Entries;

/// The account under which the names are listed.
const INDEX: &str = "index";

/// Documents in the keyring.
#[derive(Clone)]
pub(crate) struct Keyring {
    entries: Entries,
    locks: Arc<Path>,
    /// What was read in this process. Some systems ask the person at every look; who holds a document looks anew.
    seen: Arc<Mutex<HashMap<DocumentId, Option<Vec<u8>>>>>,
}

/// The names that there are, by the kind of document.
#[derive(Default, Serialize, Deserialize)]
struct Index {
    version: u32,
    names: HashMap<String, Vec<String>>,
}

impl Keyring {
    /// The documents under a name of an application. The keyring is not looked at yet.
    pub(crate) fn new(application: &str, locks: impl Into<PathBuf>) -> Self {
        Self::over(Entries::of_system(application), locks)
    }

    fn over(entries: Entries, locks: impl Into<PathBuf>) -> Self {
        Self { entries, locks: locks.into().into(), seen: Arc::default() }
    }

    fn account(id: &DocumentId) -> String {
        format!("{}/{}", id.kind.as_str(), id.name)
    }

    async fn lock(&self, id: &DocumentId) -> Result<Lock, Error> {
        let folder = Arc::clone(&self.locks);
        blocking(move || make(&folder)).await?;
        let file = self.locks.join(format!("keyring.{}.lock", file_name::encode(id)?));
        Lock::take(file, &id.to_string()).await
    }

    async fn load(&self, id: &DocumentId) -> Result<Option<Vec<u8>>, Error> {
        let (entries, account) = (self.entries.clone(), Self::account(id));
        let bytes = blocking(move || entries.read(&account)).await?;
        self.remember(id, bytes.clone());
        Ok(bytes)
    }

    fn remember(&self, id: &DocumentId, bytes: Option<Vec<u8>>) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), bytes);
    }

    async fn index(&self) -> Result<Index, Error> {
        let entries = self.entries.clone();
        let Some(bytes) = blocking(move || entries.read(INDEX)).await? else { return Ok(Index::default()) };
        serde_json::from_slice(&bytes).map_err(|_| {
            Error::new(ErrorKind::Vault, format!("the list of names in {} is damaged", self.entries))
                .with_hint("remove the entry `index` there; connections that are written again are listed again")
        })
    }

    /// Changes the list of names, where it is to be changed.
    async fn list(&self, id: &DocumentId, listed: bool) -> Result<(), Error> {
        // No document of this kind has that name.
        let _lock = self.lock(&DocumentId::new(Kind::Key, INDEX)).await?;
        let mut index = self.index().await?;
        let names = index.names.entry(id.kind.as_str().to_owned()).or_default();
        match (names.binary_search(&id.name), listed) {
            (Err(place), true) => names.insert(place, id.name.clone()),
            (Ok(place), false) => drop(names.remove(place)),
            _ => return Ok(()),
        }
        index.version = 1;
        let bytes = serde_json::to_vec(&index).map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
        let entries = self.entries.clone();
        blocking(move || entries.write(INDEX, &bytes)).await
    }
}

impl Documents for Keyring {
    fn read<'a>(&'a self, id: &'a DocumentId) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
            match seen {
                Some(bytes) => Ok(bytes),
                None => self.load(id).await,
            }
        })
    }

    fn hold<'a>(&'a self, id: &DocumentId) -> Pending<'a, Box<dyn HeldDocument + 'a>> {
        let id = id.clone();
        Box::pin(async move {
            let lock = Arc::new(self.lock(&id).await?);
            let bytes = self.load(&id).await?;
            Ok(Box::new(HeldEntry { keyring: self, id, bytes, lock }) as Box<dyn HeldDocument>)
        })
    }

    fn names(&self, kind: Kind) -> Pending<'_, Vec<String>> {
        Box::pin(async move { Ok(self.index().await?.names.remove(kind.as_str()).unwrap_or_default()) })
    }

    fn path_of(&self, id: &DocumentId) -> String {
        format!("the {id} in {}", self.entries)
    }
}

struct HeldEntry<'a> {
    keyring: &'a Keyring,
    id: DocumentId,
    bytes: Option<Vec<u8>>,
    lock: Arc<Lock>,
}

impl HeldDocument for HeldEntry<'_> {
    fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    fn write(&mut self, bytes: Vec<u8>) -> Pending<'_, ()> {
        Box::pin(async move {
            // Listed first: a name without a secret is no harm, and a secret that nobody knows of is one.
            if self.bytes.is_none() {
                self.keyring.list(&self.id, true).await?;
            }
            let (entries, account) = (self.keyring.entries.clone(), Keyring::account(&self.id));
            let lock = Arc::clone(&self.lock);
            let written = blocking(move || {
                let _lock = lock;
                entries.write(&account, &bytes)?;
                Ok(bytes)
            });
            let bytes = written.await?;
            self.keyring.remember(&self.id, Some(bytes.clone()));
            self.bytes = Some(bytes);
            Ok(())
        })
    }

    fn remove(&mut self) -> Pending<'_, ()> {
        Box::pin(async move {
            let (entries, account) = (self.keyring.entries.clone(), Keyring::account(&self.id));
            let lock = Arc::clone(&self.lock);
            blocking(move || {
                let _lock = lock;
                entries.remove(&account)
            })
            .await?;
            self.keyring.remember(&self.id, None);
            self.bytes = None;
            self.keyring.list(&self.id, false).await?;
            self.lock.discard();
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;
