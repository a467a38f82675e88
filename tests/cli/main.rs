//! The command, run as a person runs it: the real binary, with an environment of its own, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "variables say which servers there are, and a skipped test says why"
)]

#[path = "../support/mod.rs"]
mod support;

mod author;
mod bad_days;
mod browser;
mod check;
mod connect;
mod dates;
mod desk;
mod ends;
mod errors;
mod exchanges;
mod explain;
mod faults;
mod files;
mod flows;
mod fmt;
mod guide;
mod help;
mod jobs;
mod jq;
mod keys;
mod limits;
mod local;
mod out;
mod output;
mod pages;
mod programs;
mod reading;
mod refreshes;
mod receipts;
mod register;
mod secrets;
mod services;
mod tried;
mod tutorial;
mod vaults;
mod watch;
mod writing;
mod written;
