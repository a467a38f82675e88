//! # An API that does not say its scopes
//!
//! ## What it does
//! Warns of an API without `scopes`.
//!
//! ## Why
//! The scopes of the APIs that somebody uses are what a sign-in asks for. What is not said is not asked for, and the call
//! fails later with an error that speaks of the token. `scopes: []` says that none is needed.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, returns: [Book] }
//! ```
//!
//! ## Good
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//!   books.count: { get: /books/count, scopes: [], returns: { count: int } }
//! ```

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for api in subject.connector.apis.values().filter(|api| api.scopes.is_none()) {
        let message = format!("`{}` does not say which scopes it needs", api.name);
        let warning = Diagnostic::warning(Code::NoScopes, api.origin.clone(), message).at_key();
        faults.push(warning.help("add `scopes: [tickets.READ]`, or `scopes: []` where none is needed"));
    }
}
