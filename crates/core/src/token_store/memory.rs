//! Tokens in memory: gone with the process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::TokenStore;
use crate::auth::token::Tokens;
use crate::error::Error;

/// Keeps tokens in memory. For tests, for programs that are given a refresh token at every start, and for CI.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<String, Tokens>>);

impl MemoryStore {
    /// A store that has the tokens of one connection.
    pub fn with(connection: &str, tokens: Tokens) -> Self {
        Self(Mutex::new(HashMap::from([(connection.to_owned(), tokens)])))
    }
}

impl TokenStore for MemoryStore {
    fn load(&self, connection: &str) -> Result<Option<Tokens>, Error> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(connection).cloned())
    }

    fn save(&self, connection: &str, tokens: &Tokens) -> Result<(), Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.to_owned(), tokens.clone());
        Ok(())
    }
}
