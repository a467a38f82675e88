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
//! there are the sandbox's own: `/_sandbox/faults` (see [`Fault`]), `/_sandbox/requests` (the last requests, their
//! tokens masked) and `/_sandbox/clock` (`POST { "advance_seconds": 3600 }`).

mod accounts;
mod answers;
mod arguments;
mod catalog;
mod clock;
mod config;
mod control;
mod faults;
mod hosts;
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
mod state;
mod store;
mod times;
mod tls;

pub use config::SandboxConfig;
pub use faults::{Fault, FaultKind, FaultMatch, FaultSyntaxError};
pub use sandbox::Sandbox;
