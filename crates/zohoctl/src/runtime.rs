//! The asynchronous runtime, and Ctrl-C.

use std::fmt;

use anyhow::{Context as _, Result};

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
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start the asynchronous runtime")?;
    let result = runtime.block_on(future);
    // A question that nobody will answer any more is not waited for.
    runtime.shutdown_background();
    result
}

/// Runs a server to its end, on all processors.
pub(crate) fn serve<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
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
