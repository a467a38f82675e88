//! What time it is in the sandbox: the machine's time, and as much later as a test has asked for.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

/// A clock that can be put forward, at `/_sandbox/clock`.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    ahead_ms: AtomicI64,
}

impl Clock {
    /// A clock that is so many seconds ahead of the machine's.
    pub(crate) fn ahead_by(seconds: i64) -> Self {
        let clock = Self::default();
        clock.advance(seconds);
        clock
    }

    /// The time as HTTP's `Date` has it.
    pub(crate) fn http_date(&self) -> Option<String> {
        let now = jiff::Timestamp::from_millisecond(self.now_ms()).ok()?;
        jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok()
    }

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
