//! What is in a document, before it is sealed.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::token_store::documents::DocumentId;
use crate::token_store::key::newer;
use crate::token_store::seal::Fault;

/// The version of what is in a document.
const VERSION: u32 = 1;

/// A document as it is written. Its own name is in it, so that no document can be put in the place of another.
#[derive(Serialize, Deserialize)]
struct Document<T> {
    version: u32,
    kind: String,
    name: String,
    content: T,
}

/// The bytes of a document.
pub(super) fn bytes<T: Serialize>(id: &DocumentId, content: &T) -> Result<Zeroizing<Vec<u8>>, Error> {
    let document = Document { version: VERSION, kind: id.kind.as_str().to_owned(), name: id.name.clone(), content };
    let plain = serde_json::to_vec(&document).map(Zeroizing::new);
    plain.map_err(|error| Error::new(ErrorKind::Vault, format!("the {id} cannot be kept: {error}")))
}

/// What the bytes of a document say. `path` says where it lies.
pub(super) fn parsed<T: DeserializeOwned>(plain: &[u8], id: &DocumentId, path: &str) -> Result<T, Error> {
    #[derive(Deserialize)]
    struct Header {
        version: u32,
    }
    let damaged = |_| does_not_open(path, Fault::Damaged);
    let header: Header = serde_json::from_slice(plain).map_err(damaged)?;
    if header.version > VERSION {
        return Err(newer(path, header.version));
    }
    // The reader's own words would repeat what it read.
    let document: Document<T> = serde_json::from_slice(plain).map_err(damaged)?;
    if document.name == id.name && document.kind == id.kind.as_str() {
        return Ok(document.content);
    }
    let message = format!("{path} holds the {} `{}`, which belongs elsewhere", document.kind, document.name);
    Err(Error::new(ErrorKind::Vault, message)
        .with_hint("somebody has moved it by hand; put it back under its own name"))
}

/// What is said of a document that cannot be used.
pub(super) fn does_not_open(path: &str, fault: Fault) -> Error {
    let (message, hint) = match fault {
        Fault::OtherKey => ("was sealed with another key than the vault's", "bring back the one that belongs here"),
        Fault::Damaged => ("is damaged", "bring it back from a backup, or remove the connection and connect anew"),
        Fault::Newer => ("was written by a newer version of this program", "update the program; nothing was changed"),
    };
    Error::new(ErrorKind::Vault, format!("{path} {message}")).with_hint(hint)
}
