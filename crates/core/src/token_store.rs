//! Where tokens are kept.

use std::pin::Pin;

use crate::auth::token::Tokens;
use crate::error::Error;

pub(crate) mod memory;
pub(crate) mod saved;

#[cfg(feature = "vault")]
pub(crate) mod documents;
#[cfg(feature = "vault")]
pub(crate) mod environment;
#[cfg(feature = "vault")]
pub(crate) mod key;
#[cfg(feature = "vault")]
pub(crate) mod place;
#[cfg(feature = "vault")]
pub(crate) mod seal;
#[cfg(feature = "vault")]
pub(crate) mod vault;

/// A result that a store is still working on.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Keeps the tokens of connections, by the connection's name.
///
/// A program with a store of its own implements this, and nothing more. Whoever needs a new access token *holds* the
/// connection first, reads what is there, and asks Zoho only where nobody has done so meanwhile. So all who share the
/// store (tasks, processes, machines) share one refresh.
pub trait TokenStore: Send + Sync {
    /// The tokens of a connection, where it has any.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Io`] and [`crate::ErrorKind::Vault`] where the store cannot be read.
    fn load<'a>(&'a self, connection: &'a str) -> Pending<'a, Option<Tokens>>;

    /// Takes the tokens of a connection for oneself: nobody else who shares the store gets them by `hold` until what
    /// this gives is dropped. It waits for whoever has them.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Io`] and [`crate::ErrorKind::Vault`] where the store cannot be read or locked.
    fn hold<'a>(&'a self, connection: &'a str) -> Pending<'a, Box<dyn HeldTokens + 'a>>;
}

/// The tokens of a connection, held by nobody else.
pub trait HeldTokens: Send {
    /// The tokens as they were when they were taken, or as they were saved since.
    fn tokens(&self) -> Option<&Tokens>;

    /// Keeps tokens in the place of those before. They are safe when it returns.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Io`] and [`crate::ErrorKind::Vault`] where the store cannot be written; what was there
    /// before is still there.
    fn save<'a>(&'a mut self, tokens: &'a Tokens) -> Pending<'a, ()>;
}
