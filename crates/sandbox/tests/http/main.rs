//! The sandbox over HTTP, as any program in any language would use it.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

mod consent;
mod every_api;
mod faults;
mod files;
mod forms;
mod lists;
mod records;
mod refusals;
mod support;
