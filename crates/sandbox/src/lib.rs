//! A local Zoho to test against, made from connectors.
//!
//! The same files that tell a client how to call a service tell the sandbox how to answer: which paths there are,
//! which scopes and organisations they need, how lists page, how an error looks. It shares no code with the engine
//! that calls services, so that it cannot share its mistakes.
//!
//! ```no_run
//! # async fn start(connectors: Vec<zoho_connector::Connector>) -> std::io::Result<()> {
//! use zoho_sandbox::{Sandbox, SandboxConfig};
//!
//! let sandbox = Sandbox::start(SandboxConfig { connectors, ..SandboxConfig::default() }).await?;
//! let endpoint = sandbox.url(); // give it to a client as the endpoint of its connection
//! # Ok(())
//! # }
//! ```
//!
//! A request says by its `Host` which of Zoho's servers it is for (`desk.zoho.eu`, `accounts.zoho.eu`), and has Zoho's
//! path. A browser writes the host before `.localhost`: `http://accounts.zoho.eu.localhost:PORT/…`. Beside Zoho's paths
//! there are the sandbox's own: `/_sandbox/faults` (see [`Fault`] and [`FaultMix`]), `/_sandbox/requests` (the last
//! requests, their tokens masked, each with the fault that it met and whether it was carried out), `/_sandbox/clock` (`POST { "advance_seconds": 3600 }`), `/_sandbox/clients` (ids and secrets, one of
//! each [`ClientKind`]), `/_sandbox/grant-code` (`POST` gives a code of the self client, as the API console does),
//! `/_sandbox/tokens` (how many refreshes there were, and how many at the same time) and `/_sandbox/arguments/desk` (for
//! each API of a service, arguments that lead to records which there are: ids for its path, its query and its body).

mod accounts;
mod answers;
mod arguments;
mod catalog;
mod clock;
mod config;
mod control;
mod faults;
mod hosts;
mod keys;
mod log;
mod message;
mod random;
mod refusal;
mod paging;
mod query;
mod reply_path;
mod routes;
mod sandbox;
mod seed;
mod server;
mod service;
mod sheet;
mod state;
mod store;
mod times;
mod tls;

pub use accounts::{ClientKind, SandboxClient};
pub use config::SandboxConfig;
pub use faults::{Fault, FaultKind, FaultMatch, FaultMix, FaultSyntaxError};
pub use sandbox::Sandbox;
