//! The command, run as a person runs it: the real binary, with an environment of its own, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

#[path = "../support/mod.rs"]
mod support;

mod check;
mod desk;
mod errors;
mod explain;
mod help;
mod local;
mod output;
mod reading;
mod secrets;
mod services;
mod writing;
