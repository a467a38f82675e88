//! The vault: connections with their tokens, and clients, sealed, in one of several places.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use super::documents::folder::Folder;
use super::documents::{DocumentId, Documents, HeldDocument, Kind};
use super::key::{KeyDocument, KeyKind, VaultKey, no_key};
use super::place::VaultPlace;
use super::saved::{Entry, SavedClient, SavedConnection};
use super::seal::Seal;
use super::{HeldTokens, Pending, TokenStore};
use crate::auth::token::Tokens;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

mod content;
mod moving;
mod opening;

use content::{does_not_open, parsed};
pub use moving::Moved;

/// Keeps connections with their tokens, and clients: the store of the command, and of programs that want no store of
/// their own. Nothing in it is readable without its key.
///
/// Making one reads and asks nothing; the first look at a document does.
pub struct Vault {
    place: VaultPlace,
    key: VaultKey,
    documents: Arc<dyn Documents>,
    seal: OnceCell<Option<Arc<Seal>>>,
}

impl Vault {
    /// The vault in a place, opened by a key.
    ///
    /// # Errors
    /// [`ErrorKind::Vault`] where the place's address is none.
    pub fn new(place: VaultPlace, key: VaultKey) -> Result<Self, Error> {
        let documents: Arc<dyn Documents> = match &place {
            VaultPlace::Folder(path) => Arc::new(Folder::new(path)),
            #[cfg(feature = "keyring")]
            VaultPlace::Keyring { application, locks } => {
                Arc::new(super::documents::keyring::Keyring::new(application, locks))
            }
            #[cfg(feature = "postgres")]
            VaultPlace::Postgres { address, root_certificates } => {
                Arc::new(super::documents::postgres::Postgres::new(address, root_certificates)?)
            }
        };
        Ok(Self { place, key, documents, seal: OnceCell::new() })
    }

    /// Where it is. It prints itself for people, without a secret.
    pub fn place(&self) -> &VaultPlace {
        &self.place
    }

    /// How the key of the vault is got; nothing where it has none yet, or its place needs none.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where the place cannot be read.
    pub async fn key_kind(&self) -> Result<Option<KeyKind>, Error> {
        Ok(self.key_document().await?.map(|document| document.kind))
    }

    /// The text of the key, for a safe place and for other machines. Whoever has it opens the vault.
    ///
    /// # Errors
    /// [`ErrorKind::Vault`] where the vault has no key, or cannot be opened.
    pub async fn identity(&self) -> Result<Secret, Error> {
        self.seal_for_writing().await?.map(|seal| seal.text()).ok_or_else(no_key)
    }

    /// Lets a passphrase open the vault, in the place of what opened it before. The key stays the same.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where the vault cannot be opened or written.
    pub async fn set_passphrase(&self, passphrase: &Secret) -> Result<(), Error> {
        let seal = self.seal_for_writing().await?.ok_or_else(no_key)?;
        let id = KeyDocument::id();
        let mut held = self.documents.hold(&id).await?;
        KeyDocument::write(held.as_mut(), &seal, KeyKind::Passphrase, Some(passphrase)).await
    }

    /// Whether the vault can be opened and written: it writes, reads and removes a document. To be asked before a
    /// person signs in, not after.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where it cannot, with what to do.
    pub async fn probe(&self) -> Result<(), Error> {
        let id = DocumentId::new(Kind::Probe, "probe");
        let mut held = self.documents.hold(&id).await?;
        self.write(held.as_mut(), &id, &"a probe").await?;
        let read = self.documents.read(&id).await?;
        let read: Option<String> = self.opened(&id, read.as_deref()).await?;
        held.remove().await?;
        match read.as_deref() {
            Some("a probe") => Ok(()),
            _ => Err(Error::new(ErrorKind::Vault, format!("{} does not give back what it was given", self.place))
                .with_hint("choose another place for the vault")),
        }
    }

    /// The names of the connections, sorted.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where they cannot be read.
    pub async fn names(&self) -> Result<Vec<String>, Error> {
        self.documents.names(Kind::Connection).await
    }

    /// A connection with its tokens.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where it cannot be read.
    pub async fn get(&self, name: &str) -> Result<Option<Entry>, Error> {
        self.read(&DocumentId::new(Kind::Connection, name)).await
    }

    /// Keeps a connection with its tokens in the place of one of the same name.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where it cannot be written; what was there before is still there.
    pub async fn put(&self, name: &str, entry: &Entry) -> Result<(), Error> {
        self.replace(&DocumentId::new(Kind::Connection, name), entry).await
    }

    /// Changes a connection and leaves its tokens as they are, whoever refreshes them meanwhile. Says whether there is
    /// one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where it cannot be read or written.
    pub async fn change(&self, name: &str, change: impl FnOnce(&mut SavedConnection) + Send) -> Result<bool, Error> {
        let id = DocumentId::new(Kind::Connection, name);
        let mut held = self.documents.hold(&id).await?;
        let Some(mut entry) = self.opened::<Entry>(&id, held.bytes()).await? else { return Ok(false) };
        change(&mut entry.connection);
        self.write(held.as_mut(), &id, &entry).await?;
        Ok(true)
    }

    /// Forgets a connection, and says whether there was one. It needs no key, so a damaged one can be forgotten too.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where it cannot be removed.
    pub async fn remove(&self, name: &str) -> Result<bool, Error> {
        self.forget(&DocumentId::new(Kind::Connection, name)).await
    }

    /// Gives a connection another name, and says whether there was one.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where the new name is taken; [`ErrorKind::Io`] and [`ErrorKind::Vault`] where it
    /// cannot be read or written.
    pub async fn rename(&self, old: &str, new: &str) -> Result<bool, Error> {
        if old == new {
            return Ok(self.get(old).await?.is_some());
        }
        let (old_id, new_id) = (DocumentId::new(Kind::Connection, old), DocumentId::new(Kind::Connection, new));
        // In the order of the names, so that of two who rename crosswise none waits for the other for ever.
        let first = self.documents.hold(if old < new { &old_id } else { &new_id }).await?;
        let second = self.documents.hold(if old < new { &new_id } else { &old_id }).await?;
        let (mut from, mut to) = if old < new { (first, second) } else { (second, first) };
        if to.bytes().is_some() {
            let message = format!("there is a connection called `{new}` already");
            return Err(Error::new(ErrorKind::Connection, message).with_hint("choose another name, or remove that one"));
        }
        let Some(entry) = self.opened::<Entry>(&old_id, from.bytes()).await? else { return Ok(false) };
        self.write(to.as_mut(), &new_id, &entry).await?;
        from.remove().await?;
        Ok(true)
    }

    /// The names of the clients, sorted.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where they cannot be read.
    pub async fn client_names(&self) -> Result<Vec<String>, Error> {
        self.documents.names(Kind::Client).await
    }

    /// A client.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where it cannot be read.
    pub async fn client(&self, name: &str) -> Result<Option<SavedClient>, Error> {
        self.read(&DocumentId::new(Kind::Client, name)).await
    }

    /// Keeps a client in the place of one of the same name.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] and [`ErrorKind::Vault`] where it cannot be written; what was there before is still there.
    pub async fn put_client(&self, name: &str, client: &SavedClient) -> Result<(), Error> {
        self.replace(&DocumentId::new(Kind::Client, name), client).await
    }

    /// Forgets a client, and says whether there was one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where it cannot be removed.
    pub async fn remove_client(&self, name: &str) -> Result<bool, Error> {
        self.forget(&DocumentId::new(Kind::Client, name)).await
    }

    async fn read<T: DeserializeOwned>(&self, id: &DocumentId) -> Result<Option<T>, Error> {
        let bytes = self.documents.read(id).await?;
        self.opened(id, bytes.as_deref()).await
    }

    async fn replace<T: Serialize + Sync>(&self, id: &DocumentId, content: &T) -> Result<(), Error> {
        let mut held = self.documents.hold(id).await?;
        self.write(held.as_mut(), id, content).await
    }

    async fn forget(&self, id: &DocumentId) -> Result<bool, Error> {
        if self.documents.read(id).await.is_ok_and(|bytes| bytes.is_none()) {
            return Ok(false);
        }
        let mut held = self.documents.hold(id).await?;
        let found = held.bytes().is_some();
        held.remove().await?;
        Ok(found)
    }

    /// What is in a document.
    async fn opened<T: DeserializeOwned>(&self, id: &DocumentId, bytes: Option<&[u8]>) -> Result<Option<T>, Error> {
        let Some(bytes) = bytes else { return Ok(None) };
        let path = || self.documents.path_of(id);
        let plain = match self.seal_for_reading().await? {
            None => Zeroizing::new(bytes.to_vec()),
            Some(seal) => seal.open(bytes).map_err(|fault| does_not_open(&path(), fault))?,
        };
        parsed(&plain, id, &path()).map(Some)
    }

    async fn write<T: Serialize + Sync>(
        &self,
        held: &mut dyn HeldDocument,
        id: &DocumentId,
        content: &T,
    ) -> Result<(), Error> {
        let plain = content::bytes(id, content)?;
        let bytes = match self.seal_for_writing().await? {
            None => plain.to_vec(),
            Some(seal) => seal.seal(&plain)?,
        };
        held.write(bytes).await
    }
}

impl TokenStore for Vault {
    fn load<'a>(&'a self, connection: &'a str) -> Pending<'a, Option<Tokens>> {
        Box::pin(async move { Ok(self.get(connection).await?.map(|entry| entry.tokens)) })
    }

    fn hold<'a>(&'a self, connection: &'a str) -> Pending<'a, Box<dyn HeldTokens + 'a>> {
        Box::pin(async move {
            let id = DocumentId::new(Kind::Connection, connection);
            let document = self.documents.hold(&id).await?;
            let entry = self.opened(&id, document.bytes()).await?;
            Ok(Box::new(HeldEntry { vault: self, id, document, entry }) as Box<dyn HeldTokens + 'a>)
        })
    }
}

struct HeldEntry<'a> {
    vault: &'a Vault,
    id: DocumentId,
    document: Box<dyn HeldDocument + 'a>,
    entry: Option<Entry>,
}

impl HeldTokens for HeldEntry<'_> {
    fn tokens(&self) -> Option<&Tokens> {
        self.entry.as_ref().map(|entry| &entry.tokens)
    }

    fn save<'a>(&'a mut self, tokens: &'a Tokens) -> Pending<'a, ()> {
        Box::pin(async move {
            let Some(entry) = &self.entry else {
                let message = format!("there is no {} in the vault to keep tokens for", self.id);
                return Err(Error::new(ErrorKind::Connection, message).with_hint("connect first"));
            };
            let entry = Entry { tokens: tokens.clone(), ..entry.clone() };
            self.vault.write(self.document.as_mut(), &self.id, &entry).await?;
            self.entry = Some(entry);
            Ok(())
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("place", &self.place).field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
