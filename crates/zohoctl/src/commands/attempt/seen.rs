//! The exchange that a call was, secrets hidden.

use std::sync::{Mutex, PoisonError};

use zoho_core::{Event, Exchange, Observer};

/// As much of each body as is looked at.
const LARGEST_BODY: usize = 1 << 24;

/// The last exchange: of a call whose token was renewed, the one that counts.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<Option<Exchange>>);

impl Seen {
    /// What was sent, and what came.
    pub(super) fn exchange(&self) -> Option<Exchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether nothing was sent.
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// The body of the reply; empty where there is none.
    pub(super) fn body(&self) -> Vec<u8> {
        self.exchange().and_then(|exchange| exchange.reply).map(|reply| reply.body.bytes.to_vec()).unwrap_or_default()
    }
}

impl Observer for Seen {
    fn event(&self, event: &Event<'_>) {
        if let Event::Exchanged(exchange) = event {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((*exchange).clone());
        }
    }

    fn keeps_of_bodies(&self) -> Option<usize> {
        Some(LARGEST_BODY)
    }
}
