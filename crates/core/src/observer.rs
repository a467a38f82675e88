//! What happens during a call, for those who want to watch.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;

mod exchange;
pub(crate) mod mask;

pub use exchange::{Exchange, Field, Payload, SeenReply};

use mask::Mask;

/// Something that happened during a call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A request is about to be sent, for a call or for an access token. The URL's query may hold what the caller gave;
    /// it holds no secret.
    Sending {
        /// The verb.
        method: &'a str,
        /// Zoho's URL, before an endpoint takes its place.
        url: &'a str,
        /// Which try this is, from 1.
        attempt: u32,
        /// Its headers.
        headers: Headers<'a>,
    },
    /// A reply came, to its last byte.
    Received {
        /// Its status.
        status: u16,
        /// How long it took.
        elapsed: Duration,
        /// The size of its body in bytes.
        size: u64,
        /// Its headers.
        headers: Headers<'a>,
    },
    /// A request and what came of it, whole. Only those are told who keep bodies: see [`Observer::keeps_of_bodies`].
    Exchanged(&'a Exchange),
    /// A piece of the files of a request has left. It is told again from the begin where a request is sent again.
    Uploading {
        /// How many bytes of them have left.
        sent: u64,
        /// How many they have.
        size: u64,
    },
    /// It is tried again after a pause.
    Retrying {
        /// How long the pause is.
        pause: Duration,
        /// Why.
        reason: &'a str,
    },
    /// A call waits for its turn before it is sent: a limit is reached.
    Waiting {
        /// How long it waits.
        pause: Duration,
        /// Which limit.
        reason: &'a str,
    },
    /// A new access token was asked for.
    Refreshed,
    /// A new access token could not be kept. The call goes on with it, and nothing is lost: the next process asks anew.
    NotKept {
        /// Why.
        reason: &'a str,
    },
}

/// Headers, which are masked when somebody reads them.
#[derive(Clone, Copy)]
pub struct Headers<'a> {
    headers: &'a HeaderMap,
    mask: &'a Mask,
}

impl<'a> Headers<'a> {
    pub(crate) fn new(headers: &'a HeaderMap, mask: &'a Mask) -> Self {
        Self { headers, mask }
    }

    /// Names and values, what is secret in them hidden.
    pub fn masked(&self) -> Vec<(String, String)> {
        self.mask.headers(self.headers)
    }
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.masked()).finish()
    }
}

/// Watches calls.
pub trait Observer: Send + Sync {
    /// Takes note of an event. It must not block.
    fn event(&self, event: &Event<'_>);

    /// Whether requests and replies are wanted: [`Event::Sending`], [`Event::Received`] and [`Event::Exchanged`]. Where they
    /// are not, none is put into words.
    fn wants_requests(&self) -> bool {
        true
    }

    /// How many bytes of each body are wanted with an [`Exchange`]; none where exchanges are not wanted, which costs
    /// nothing then.
    fn keeps_of_bodies(&self) -> Option<usize> {
        None
    }
}
