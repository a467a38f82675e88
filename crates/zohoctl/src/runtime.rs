//! The asynchronous runtime, and Ctrl-C.

use std::fmt;
use std::sync::OnceLock;

use anyhow::{Context as _, Result};
use tokio::runtime::{Builder, Runtime};

/// Ctrl-C was pressed.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped by Ctrl-C")
    }
}

impl std::error::Error for Interrupted {}

/// Runs a future to its end on this thread: a call waits much and computes little, and one thread starts fastest.
///
/// The runtime is the same every time: what one call opened, a connection to a database above all, serves the next. At
/// the end of the process a question that nobody will answer any more is not waited for.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = match RUNTIME.get() {
        Some(runtime) => runtime,
        None => {
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.context("cannot start the asynchronous runtime")?;
            RUNTIME.get_or_init(|| runtime)
        }
    };
    runtime.block_on(future)
}

/// Runs a server to its end, on all processors.
pub(crate) fn serve<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start the asynchronous runtime")?.block_on(future)
}

/// A call of the engine that Ctrl-C ends.
pub(crate) async fn interruptible<T>(call: impl Future<Output = Result<T, zoho_core::Error>>) -> Result<T> {
    interruptible_any(async { Ok(call.await?) }).await
}

/// Any future that Ctrl-C ends.
pub(crate) async fn interruptible_any<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        result = call => result,
        _ = tokio::signal::ctrl_c() => Err(Interrupted.into()),
    }
}
