//! The time, which tests can set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the time comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Seconds since 1970, set by hand.
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// Seconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine's clock")]
    pub fn now(&self) -> u64 {
        match self {
            Self::System => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
            Self::Manual(seconds) => seconds.load(Ordering::Relaxed),
        }
    }
}
