//! Where tokens are kept.

use crate::auth::token::Tokens;
use crate::error::Error;

pub(crate) mod file;
pub(crate) mod memory;

/// Keeps the tokens of connections, by the connection's name.
pub trait TokenStore: Send + Sync {
    /// The tokens of a connection, where it has any.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Io`] where the store cannot be read.
    fn load(&self, connection: &str) -> Result<Option<Tokens>, Error>;

    /// Keeps the tokens of a connection in the place of those before.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Io`] where the store cannot be written; what was there before is still there.
    fn save(&self, connection: &str, tokens: &Tokens) -> Result<(), Error>;
}
