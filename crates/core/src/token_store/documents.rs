//! Named documents in a place: what every vault is made of. Here they are bytes; sealing them is the vault's matter.
//!
//! There is one document for each connection and each client: what is done to one costs the same however many there
//! are, and a damaged one costs one connection.

use std::fmt;

use super::Pending;
use crate::error::{Error, ErrorKind};

pub(crate) mod file_name;
pub(crate) mod folder;
#[cfg(feature = "keyring")]
pub(crate) mod keyring;
pub(crate) mod lock;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A connection and its tokens.
    Connection,
    /// An OAuth client.
    Client,
    /// Which key seals the others, and how that key is got.
    Key,
    /// Nothing: a place that takes this and gives it back takes the others too.
    Probe,
    /// The tokens that came of a refresh token from elsewhere.
    Cache,
}

impl Kind {
    /// Its word in names.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Client => "client",
            Self::Key => "key",
            Self::Probe => "probe",
            Self::Cache => "cache",
        }
    }
}

/// The name of a document: what it is about, and of which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct DocumentId {
    pub(crate) kind: Kind,
    pub(crate) name: String,
}

impl DocumentId {
    pub(crate) fn new(kind: Kind, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.as_str(), self.name)
    }
}

/// A place that keeps documents.
pub(crate) trait Documents: Send + Sync {
    /// What a document holds, where there is one.
    fn read<'a>(&'a self, id: &'a DocumentId) -> Pending<'a, Option<Vec<u8>>>;

    /// Takes a document for oneself, whether it is there or not yet. Waits for whoever has it.
    fn hold<'a>(&'a self, id: &DocumentId) -> Pending<'a, Box<dyn HeldDocument + 'a>>;

    /// The names of all documents of a kind, sorted.
    fn names(&self, kind: Kind) -> Pending<'_, Vec<String>>;

    /// Where a document is, for people.
    fn path_of(&self, id: &DocumentId) -> String;
}

/// A document that nobody else holds.
pub(crate) trait HeldDocument: Send {
    /// What it holds: as it was when it was taken, or as it was written since.
    fn bytes(&self) -> Option<&[u8]>;

    /// Writes it in the place of what was there. It is safe when this returns; where it fails, the old one is there.
    fn write(&mut self, bytes: Vec<u8>) -> Pending<'_, ()>;

    /// Takes it away.
    fn remove(&mut self) -> Pending<'_, ()>;
}

/// Runs what waits for a disk or for a system's service where it holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Error::new(ErrorKind::Io, format!("the token store broke off: {error}"))))
}
