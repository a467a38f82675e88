//! The connector language: what a Zoho service *is* to a program, as data.
//!
//! A connector says where a service lives, which organisation a call is for, how lists are paged, how the service
//! says no, and which APIs it offers. It is YAML, and nothing in it is code:
//!
//! ```
//! use zoho_connector::{SourceFile, load::read};
//!
//! let yaml = r#"
//! connector: bookshelf
//! title: Zoho Bookshelf
//! base_url: https://bookshelf.{zoho}/api/v1
//! scope_prefix: [ZohoBookshelf]
//! responses: { records: data, error: { code: code, message: message } }
//! pagination:
//!   offset: { offset: from, first: 0, limit: limit, max: 100, stop: short_page }
//! types:
//!   Book: { id!: id, title: string, pages: int }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], paginate: offset, returns: [Book] }
//! "#;
//! let connector = read(&[SourceFile::new("bookshelf.yaml", yaml)]).unwrap();
//! assert_eq!(connector.api("books.list").unwrap().scopes.as_ref().unwrap().len(), 1);
//! ```
//!
//! The YAML is read into a [`Definition`](definition::Definition) (the file as written), and that is resolved into a
//! [`Connector`]: complete, without inheritance, without an option that stands for a default. Everything but loading
//! reads the second.
//!
//! This crate touches no network, no clock and no environment, and it knows no service. Loading never panics and
//! reports every fault it can see.

pub mod auth;
pub mod connector;
pub mod types;
pub mod path;
pub mod condition;
pub mod responses;
pub mod pagination;
pub mod limits;
pub mod jobs;
pub mod scope;
pub mod template;
pub mod time_format;
pub mod data_center;
pub mod definition;
pub mod source;
pub mod diagnostic;
pub mod resolve;
pub mod sample;
pub mod describe;
pub mod compact;
pub mod load;
pub mod library;
pub mod suggest;

#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "check")]
pub mod differs;
#[cfg(feature = "check")]
pub mod edit;
#[cfg(feature = "check")]
mod pages;
#[cfg(feature = "check")]
pub mod provenance;
#[cfg(feature = "check")]
pub mod schema;
#[cfg(feature = "check")]
pub mod shape;

pub use auth::{ApiKey, Auth};
pub use connector::{
    Api, Base, Body, Carrier, ConnectionValue, Connector, Constant, Envelope, Location, Parameter, Regions, Returns,
    Site, Verb,
};
pub use data_center::{DataCenter, DataCenterFault, DataCenters, Environment};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use library::{Files, Library};
pub use pagination::Pagination;
pub use path::{ReplyPath, RequestPlace};
pub use responses::{FailureKind, ResponseRules};
pub use scope::Scope;
pub use source::{FileId, Origin, Route, SourceFile};
pub use types::{Field, RecordType, Type};
