//! The time, which tests can set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

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

    /// Milliseconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine's clock")]
    pub(crate) fn now_in_milliseconds(&self) -> u64 {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                since.map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
            }
            Self::Manual(seconds) => seconds.load(Ordering::Relaxed).saturating_mul(1000),
        }
    }

    /// Waits. A clock that is set by hand goes on by as much at once, so that a test waits for nothing and sees when what
    /// came next; of less than a second it makes a whole one.
    pub(crate) async fn pause(&self, pause: Duration) {
        match self {
            Self::System => tokio::time::sleep(pause).await,
            Self::Manual(seconds) => {
                seconds.fetch_add(pause.as_millis().div_ceil(1000) as u64, Ordering::Relaxed);
            }
        }
    }
}
