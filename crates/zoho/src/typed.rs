//! What bindings are made of: everything that is the same for all APIs, once.
//!
//! An API is a newtype over a [`Call`], which is a client and arguments. Its name is all that it knows; URL, verb, scopes,
//! paging and errors stay in the connector. A record is read by [`FromRecord`] and written by [`ToRecord`].

mod call;
mod choice;

mod impls;
mod job;
mod list;
mod read;
mod scalar;
mod service;
mod session;
mod write;
mod bulk;

pub use bulk::Outcomes;
pub use call::{Call, Sending, TypedApi};
pub use choice::Choice;
pub use job::Job;
pub use list::{Page, Pages, Records};
pub use read::{FromRecord, Members, Mismatch, Reading, blank};
pub use service::Service;
pub use session::{IntoSession, Session};
pub use write::{RecordWriter, ToRecord, debug, same, serialize};

pub use crate::{call, choice, record};
pub use futures_util::Stream;
pub use serde::{Serialize, Serializer};
pub use zoho_connector::{Connector, Files};
pub use zoho_core::{Argument, Client, Date, Decimal, Download, Error, FilePart, Id, Outcome, Record, Time};
