//! What time it is in the sandbox: the machine's time, and as much later as a test has asked for.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

/// A clock that can be put forward, at `/_sandbox/clock`.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        machine_ms().saturating_add(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Puts it forward, or back by a negative number.
    pub(crate) fn advance(&self, seconds: i64) {
        // Three hundred years at once are enough, and never come to an overflow.
        self.ahead_ms.fetch_add(seconds.clamp(-10_000_000_000, 10_000_000_000) * 1000, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place where the sandbox reads the machine's clock")]
fn machine_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
