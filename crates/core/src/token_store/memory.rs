//! Tokens in memory: gone with the process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::{HeldTokens, Pending, TokenStore};
use crate::auth::token::Tokens;

/// Keeps tokens in memory. For tests, and for programs that are given tokens at every start.
#[derive(Default)]
pub struct MemoryStore(Mutex<HashMap<String, Arc<Slot>>>);

/// The tokens of one connection: what was saved last, and who holds them.
#[derive(Default)]
struct Slot {
    tokens: Mutex<Option<Tokens>>,
    held: Arc<tokio::sync::Mutex<()>>,
}

impl Slot {
    fn tokens(&self) -> Option<Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl MemoryStore {
    /// A store that has the tokens of one connection.
    pub fn with(connection: &str, tokens: Tokens) -> Self {
        let store = Self::default();
        *store.slot(connection).tokens.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokens);
        store
    }

    fn slot(&self, connection: &str) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(connection.to_owned()).or_default().clone()
    }
}

impl TokenStore for MemoryStore {
    fn load<'a>(&'a self, connection: &'a str) -> Pending<'a, Option<Tokens>> {
        Box::pin(async move { Ok(self.slot(connection).tokens()) })
    }

    fn hold<'a>(&'a self, connection: &'a str) -> Pending<'a, Box<dyn HeldTokens + 'a>> {
        Box::pin(async move {
            let slot = self.slot(connection);
            let turn = Arc::clone(&slot.held).lock_owned().await;
            let tokens = slot.tokens();
            Ok(Box::new(Held { slot, tokens, _turn: turn }) as Box<dyn HeldTokens>)
        })
    }
}

struct Held {
    slot: Arc<Slot>,
    tokens: Option<Tokens>,
    _turn: OwnedMutexGuard<()>,
}

impl HeldTokens for Held {
    fn tokens(&self) -> Option<&Tokens> {
        self.tokens.as_ref()
    }

    fn save<'a>(&'a mut self, tokens: &'a Tokens) -> Pending<'a, ()> {
        self.tokens = Some(tokens.clone());
        *self.slot.tokens.lock().unwrap_or_else(PoisonError::into_inner) = Some(tokens.clone());
        Box::pin(async { Ok(()) })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waited_sees_what_was_saved() {
        let store = Arc::new(MemoryStore::with("a", Tokens::from_refresh_token("1000.old")));
        let mut held = store.hold("a").await.unwrap();
        let waiting = tokio::spawn({
            let store = Arc::clone(&store);
            async move { store.hold("a").await.unwrap().tokens().unwrap().refresh.clone().unwrap() }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        held.save(&Tokens::from_refresh_token("1000.new")).await.unwrap();
        drop(held);
        assert_eq!(waiting.await.unwrap().expose(), "1000.new");
        assert!(store.load("b").await.unwrap().is_none());
    }
}
