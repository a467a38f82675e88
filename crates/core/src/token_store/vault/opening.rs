//! The key of a vault: found, asked for, or made.

use std::sync::Arc;

use super::Vault;
use crate::error::{Error, ErrorKind};
use crate::token_store::documents::{DocumentId, Kind, blocking};
use crate::token_store::key::{KeyDocument, VaultKey};
use crate::token_store::seal::Seal;

impl Vault {
    /// What describes the key; nothing where the vault is new, or its place keeps secrets itself.
    pub(super) async fn key_document(&self) -> Result<Option<KeyDocument>, Error> {
        if self.place.keeps_secrets() {
            return Ok(None);
        }
        let id = KeyDocument::id();
        let bytes = self.documents.read(&id).await?;
        bytes.map(|bytes| KeyDocument::read(&bytes, &self.documents.path_of(&id))).transpose()
    }

    /// What opens documents; nothing where the place keeps secrets itself.
    pub(super) async fn seal_for_reading(&self) -> Result<Option<Arc<Seal>>, Error> {
        if self.seal.initialized() || self.place.keeps_secrets() || self.key_document().await?.is_some() {
            return self.seal_for_writing().await;
        }
        // Without what describes the key, its own text can still show that it is the right one.
        match &self.key {
            VaultKey::Identity(text) => Seal::parse(text).map(|seal| Some(Arc::new(seal))),
            _ => Err(self.lacks_key_document()),
        }
    }

    /// What seals documents: made where the vault is new.
    pub(super) async fn seal_for_writing(&self) -> Result<Option<Arc<Seal>>, Error> {
        let seal = self.seal.get_or_try_init(|| async {
            if self.place.keeps_secrets() {
                return Ok(None);
            }
            let id = KeyDocument::id();
            let path = self.documents.path_of(&id);
            if let Some(document) = self.key_document().await? {
                return self.open(document, path).await.map(Some);
            }
            let mut held = self.documents.hold(&id).await?;
            match held.bytes().map(|bytes| KeyDocument::read(bytes, &path)).transpose()? {
                Some(document) => self.open(document, path).await.map(Some),
                None => {
                    self.may_make_key().await?;
                    Ok(Some(Arc::new(KeyDocument::make(held.as_mut(), &self.key).await?)))
                }
            }
        });
        seal.await.cloned()
    }

    /// Whether the vault may get a key: it is new, or the key that was given opens what is there.
    async fn may_make_key(&self) -> Result<(), Error> {
        for kind in [Kind::Connection, Kind::Client] {
            let Some(name) = self.documents.names(kind).await?.pop() else { continue };
            let VaultKey::Identity(text) = &self.key else { return Err(self.lacks_key_document()) };
            let bytes = self.documents.read(&DocumentId::new(kind, &name)).await?.unwrap_or_default();
            return Seal::parse(text)?.open(&bytes).map(drop).map_err(|_| self.lacks_key_document());
        }
        Ok(())
    }

    fn lacks_key_document(&self) -> Error {
        let path = self.documents.path_of(&KeyDocument::id());
        Error::new(ErrorKind::Vault, format!("{path} is lacking, which says which key the vault has"))
            .with_hint("bring it back from a backup; the text of the key opens the vault too, where it was kept")
    }

    /// A passphrase's work, a person's answer or a keyring's holds up this task only.
    async fn open(&self, document: KeyDocument, path: String) -> Result<Arc<Seal>, Error> {
        let key = self.key.clone();
        blocking(move || document.seal(&key, &path).map(Arc::new)).await
    }
}
