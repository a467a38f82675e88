//! Zoho's services as typed Rust: a method for each API, a struct for each record, a stream for each list.
//!
//! Each service is a module behind a feature of its name; none is on by default, and `full` is all of them. What a
//! service's bindings are is the same for all, and made of the same connectors that the command and the sandbox read:
//! URLs, verbs, scopes, paging, limits and errors stay there, and the engine ([`zoho_core`]) acts by them.
//!
#![cfg_attr(feature = "full", doc = include_str!("guide.md"))]
//!
//! # What is where
//!
//! - A service's `connect` makes its client from a session: [`environment()`] reads one from variables; with the feature
//!   `vault`, `saved` takes one that `zohoctl connect` has kept; a [`Connection`] with [`Tokens`] is one too, and any
//!   [`TokenStore`] can keep the tokens.
//! - Required arguments are those of an API's method, all others have setters. Nothing is sent before it is awaited, and
//!   arguments are checked before anything is sent.
//! - [`Records`] and [`Pages`] read lists, [`Outcomes`] tells what became of each record of a bulk write, [`Job`] waits for
//!   what a service does in its own time, [`Download`] and [`FilePart`] are files.
//! - Members that a definition does not name are in `extra`, as they came; a value of a set that it does not name is
//!   `Other`. A member that has another type than it says is an error that names it.
//! - [`TypedApi::into_call`] leads to the same call without its types, for a reply that has to be read as it came.

mod environment;
#[cfg(feature = "vault")]
mod saved;
pub mod typed;

// Its form is the generator's, which knows no width of lines.
#[rustfmt::skip]
#[allow(
    clippy::module_inception,
    clippy::too_many_arguments,
    clippy::type_complexity,
    clippy::use_self,
    reason = "an API has the arguments it needs, a group may be called as its service, and no template knows whose type it writes"
)]
mod generated;

pub use environment::{FromEnvironment, environment};
#[allow(unused_imports, unreachable_pub, reason = "without the feature of any service there are none")]
pub use generated::*;
#[cfg(feature = "vault")]
pub use saved::{Saved, saved};
pub use serde_json::json;
pub use typed::{
    Call, Choice, FromRecord, IntoSession, Job, Members, Mismatch, Outcomes, Page, Pages, Reading, RecordWriter,
    Records, Sending, Service, Session, ToRecord, TypedApi,
};
pub use zoho_core::*;
