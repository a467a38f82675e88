//! What happens during a call, for those who want to watch.

use std::time::Duration;

/// Something that happened during a call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A request is about to be sent. The URL's query may hold what the caller gave; it holds no secret.
    Sending {
        /// The verb.
        method: &'a str,
        /// Zoho's URL, before an endpoint takes its place.
        url: &'a str,
        /// Which try this is, from 1.
        attempt: u32,
    },
    /// A reply came.
    Received {
        /// Its status.
        status: u16,
        /// How long it took.
        elapsed: Duration,
        /// The size of its body in bytes.
        size: usize,
    },
    /// It is tried again after a pause.
    Retrying {
        /// How long the pause is.
        pause: Duration,
        /// Why.
        reason: &'a str,
    },
    /// A new access token was asked for.
    Refreshed,
}

/// Watches calls.
pub trait Observer: Send + Sync {
    /// Takes note of an event. It must not block.
    fn event(&self, event: &Event<'_>);
}
