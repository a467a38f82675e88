//! Ctrl-C for an expression that does not come to its end. It computes on the thread that Ctrl-C is heard on, so another
//! one watches, and ends the process where the expression does not stop by itself.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::exit::Status;
use crate::talk::line_out;

/// How long an expression may go on after Ctrl-C.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts begins and ends: odd while an expression is computed.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// An expression is computed as long as this lives.
pub(super) struct Busy;

impl Busy {
    pub(super) fn begin() -> Self {
        static WATCH: Once = Once::new();
        WATCH.call_once(|| drop(std::thread::spawn(watch)));
        COUNT.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        COUNT.fetch_add(1, Ordering::Relaxed);
    }
}

fn watch() {
    // Without it Ctrl-C is heard by the other thread alone, as before.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        while tokio::signal::ctrl_c().await.is_ok() {
            let count = COUNT.load(Ordering::Relaxed);
            tokio::time::sleep(PATIENCE).await;
            if !count.is_multiple_of(2) && COUNT.load(Ordering::Relaxed) == count {
                end();
            }
        }
    });
}

#[expect(clippy::exit, reason = "the thread that would end the process does not come back from the expression")]
fn end() {
    line_out("stopped by Ctrl-C: the expression of --jq did not come to its end");
    std::process::exit(Status::Interrupted as i32);
}
