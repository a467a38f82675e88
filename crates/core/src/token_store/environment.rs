//! A refresh token that a program is given at every start, and what came of it at earlier starts.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hkdf::Hkdf;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::documents::folder::Folder;
use super::documents::{DocumentId, Documents, HeldDocument, Kind};
use super::memory::MemoryStore;
use super::seal::Seal;
use super::{HeldTokens, Pending, TokenStore};
use crate::auth::token::Tokens;
use crate::error::{Error, ErrorKind};

/// What keys are derived for: one for each purpose.
const PURPOSE_OF_KEY: &[u8] = b"zoho-connectors: key of the cache of access tokens, 1";
const PURPOSE_OF_NAME: &[u8] = b"zoho-connectors: name of the cache of access tokens, 1";

/// Keeps the tokens of one connection whose refresh token comes from elsewhere at every start: an environment
/// variable, a file that is mounted. A job in CI that calls twenty times makes one access token, not twenty.
///
/// Access tokens are cached in a file that only the refresh token opens: its key is derived from it. Where the file
/// cannot be used (there is no disk to write to), tokens stay in memory.
pub struct EnvironmentStore {
    connection: String,
    given: Tokens,
    cache: Option<Cache>,
    memory: MemoryStore,
    /// Why the file is not used.
    fault: Mutex<Option<Error>>,
}

struct Cache {
    documents: Folder,
    id: DocumentId,
    seal: Seal,
}

/// What is in the file; the refresh token and the API keys are not.
#[derive(Serialize, Deserialize)]
struct Cached {
    tokens: Tokens,
}

impl EnvironmentStore {
    /// The store of a connection with a refresh token. `folder` is where access tokens are cached, where they are.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where there is no refresh token.
    pub fn new(connection: &str, tokens: Tokens, folder: Option<PathBuf>) -> Result<Self, Error> {
        let Some(refresh) = &tokens.refresh else {
            return Err(Error::new(ErrorKind::Connection, format!("`{connection}` was given no refresh token")));
        };
        let cache = folder.map(|folder| Cache::new(folder, connection, refresh.expose())).transpose()?;
        let memory = MemoryStore::with(connection, tokens.clone());
        Ok(Self { connection: connection.to_owned(), given: tokens, cache, memory, fault: Mutex::new(None) })
    }

    /// Why tokens stay in memory, where the cache was tried and could not be used.
    pub fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(ToString::to_string)
    }

    /// The cache, where it may have the tokens of this connection.
    fn cache_of(&self, connection: &str) -> Option<&Cache> {
        self.cache.as_ref().filter(|_| connection == self.connection)
    }

    fn unusable(&self, error: Error) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// What was given, with what the file knows. A file that does not open is as good as none: it is written anew.
    fn with_cached(&self, cache: &Cache, bytes: Option<&[u8]>) -> Tokens {
        let cached = bytes.and_then(|bytes| cache.opened(bytes));
        let (refresh, keys) = (self.given.refresh.clone(), self.given.keys.clone());
        cached.map_or_else(|| self.given.clone(), |tokens| Tokens { refresh, keys, ..tokens })
    }
}

impl Cache {
    fn new(folder: PathBuf, connection: &str, refresh: &str) -> Result<Self, Error> {
        // What a refresh token came for differs by the connection: two names share no scopes and no gateway.
        let derive = Hkdf::<Sha256>::new(Some(connection.as_bytes()), refresh.as_bytes());
        let (mut key, mut name) = (Zeroizing::new([0; 32]), [0; 16]);
        let too_long = |_| Error::new(ErrorKind::Vault, "no key can be derived from the refresh token");
        derive.expand(PURPOSE_OF_KEY, key.as_mut_slice()).map_err(too_long)?;
        derive.expand(PURPOSE_OF_NAME, &mut name).map_err(too_long)?;
        let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { documents: Folder::new(folder), id: DocumentId::new(Kind::Cache, &name), seal: Seal::derived(&key)? })
    }

    fn opened(&self, bytes: &[u8]) -> Option<Tokens> {
        let plain = self.seal.open(bytes).ok()?;
        serde_json::from_slice::<Cached>(&plain).ok().map(|cached| cached.tokens)
    }

    fn sealed(&self, tokens: &Tokens) -> Result<Vec<u8>, Error> {
        let cached = Cached { tokens: Tokens { refresh: None, keys: IndexMap::new(), ..tokens.clone() } };
        let plain = serde_json::to_vec(&cached).map(Zeroizing::new);
        let plain = plain.map_err(|error| Error::new(ErrorKind::Vault, format!("tokens cannot be kept: {error}")))?;
        self.seal.seal(&plain)
    }
}

impl TokenStore for EnvironmentStore {
    fn load<'a>(&'a self, connection: &'a str) -> Pending<'a, Option<Tokens>> {
        Box::pin(async move {
            let Some(cache) = self.cache_of(connection) else { return self.memory.load(connection).await };
            match cache.documents.read(&cache.id).await {
                Ok(bytes) => Ok(Some(self.with_cached(cache, bytes.as_deref()))),
                Err(error) => {
                    self.unusable(error);
                    self.memory.load(connection).await
                }
            }
        })
    }

    fn hold<'a>(&'a self, connection: &'a str) -> Pending<'a, Box<dyn HeldTokens + 'a>> {
        Box::pin(async move {
            let Some(cache) = self.cache_of(connection) else { return self.memory.hold(connection).await };
            match cache.documents.hold(&cache.id).await {
                Ok(document) => {
                    let tokens = self.with_cached(cache, document.bytes());
                    Ok(Box::new(HeldCache { cache, document, tokens }) as Box<dyn HeldTokens>)
                }
                Err(error) => {
                    self.unusable(error);
                    self.memory.hold(connection).await
                }
            }
        })
    }
}

struct HeldCache<'a> {
    cache: &'a Cache,
    document: Box<dyn HeldDocument + 'a>,
    tokens: Tokens,
}

impl HeldTokens for HeldCache<'_> {
    fn tokens(&self) -> Option<&Tokens> {
        Some(&self.tokens)
    }

    fn save<'a>(&'a mut self, tokens: &'a Tokens) -> Pending<'a, ()> {
        Box::pin(async move {
            self.document.write(self.cache.sealed(tokens)?).await?;
            self.tokens = tokens.clone();
            Ok(())
        })
    }
}

impl fmt::Debug for EnvironmentStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentStore").field("connection", &self.connection).finish_non_exhaustive()
    }
}
