//! Interprets connectors of Zoho services: signs in, keeps tokens, invokes APIs.
//!
//! The story of a call: an [`Invocation`] is one API with checked arguments. A [`Client`] builds a [`Request`] from it
//! and the [`Connection`] (who and where), adds an access token, sends it, and judges the reply by the connector's
//! rules into a [`Reply`] or an [`Error`]. Building, judging, choosing the next page and deciding on another try are
//! functions without I/O; one loop does the waiting and the sending. A [`Record`] is bytes until somebody looks inside.
//!
//! ```no_run
//! # async fn run(connector: zoho_connector::Connector, connection: zoho_core::Connection) -> Result<(), zoho_core::Error> {
//! use std::sync::Arc;
//! use zoho_core::{Arguments, Client, Invocation};
//!
//! let connector = Arc::new(connector);
//! let client = Client::builder(connector.clone(), connection).build()?;
//! let tickets = Invocation::new(&connector, "tickets.list", Arguments::new().with("status", "Open"))?;
//! let mut pages = client.pages(tickets)?;
//! while let Some(page) = pages.next().await? {
//!     for record in page.records {
//!         println!("{}", record.as_str());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! An [`Observer`] is told of every exchange, secrets hidden; with the feature `tracing` each request is a span with the names
//! of OpenTelemetry.
//!
//! This crate never sees YAML, prints nothing, reads no environment variable, and knows no service.

mod auth;
mod batch;
mod client;
mod clock;
mod connection;
mod csv;
mod download;
mod error;
mod hosts;
mod invocation;
mod job;
mod limit;
#[cfg(feature = "measure")]
#[doc(hidden)]
pub mod measure;
mod observer;
mod page;
mod proxy;
mod reach;
mod record;
mod request;
mod response;
mod retry;
mod secret;
mod send;
mod telemetry;
mod token_store;
mod transport;
mod upload;
mod value;

pub use auth::authorization_code::{AuthorizationCode, AuthorizationRequest, CsrfState};
pub use auth::callback::Callback;
pub use auth::person::{Notice, Person, UserCode};
pub use auth::revoke::{Introspection, Revoked, introspect, revoke};
pub use auth::scopes::{missing_scopes, scopes_for};
pub use auth::sign_in::{AuthFlow, Loopback, Redirect, SignIn, SignedIn};
pub use auth::token::{AccessToken, Grant, RefreshToken, Tokens};
pub use batch::{Batch, BulkWrite, batch_of};
pub use client::{Client, ClientBuilder};
pub use clock::Clock;
pub use connection::{ClientCredentials, Connection, Endpoint};
pub use csv::CsvReader;
pub use download::{Begun, Download};
pub use error::{ArgumentFault, Error, ErrorKind};
pub use hosts::{called_hosts, foreign_hosts};
pub use invocation::{Argument, Arguments, FilePart, FileSource, Invocation};
pub use job::{Job, JobHandle, JobOutcomes, JobRecords, JobState, job_apis};
pub use limit::{KnownLimit, Limits};
pub use observer::{Event, Exchange, Field, Headers, Observer, Payload, SeenReply};
pub use page::checkpoint::Checkpoint;
pub use page::{Cut, CutReason, Page, Pages};
pub use proxy::Proxy;
pub use reach::{Reached, reach};
pub use record::{Record, compact_json};
pub use request::{Content, Part, Request, explain};
pub use response::Reply;
pub use response::outcomes::{Outcome, OutcomeStatus};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use token_store::memory::MemoryStore;
pub use token_store::saved::{Entry, SavedClient, SavedConnection};
pub use token_store::{HeldTokens, Pending, TokenStore};
#[cfg(feature = "vault")]
pub use token_store::{
    environment::EnvironmentStore,
    key::{AskPassphrase, KeyKind, VaultKey},
    place::VaultPlace,
    vault::{Moved, Vault},
};
pub use transport::TransportOptions;
pub use value::decimal::{Decimal, NoDecimal};
pub use value::exact::exact_value;
pub use value::id::Id;
pub use value::moment::{Date, Time};
