//! # A list without a path to its records
//!
//! ## What it does
//! Finds APIs that return a list and do not say where the records are, neither themselves nor through the service's
//! `responses`, and APIs that are paged and return no list.
//!
//! ## Why
//! Zoho wraps its lists, and each service in its own way. A client that takes the wrapping for the records gives one
//! strange record instead of a hundred good ones, or none at all. Where the reply is the list itself, say `records: .`.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
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
//!   Shelf: { id!: id, name: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//!   shelves.list: { get: /shelves, scopes: [books.READ], records: ., returns: [Shelf] }
//! ```

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    // What is written and cannot be read has its own fault.
    let by_service = subject.left_out.has("responses", "*")
        || subject
            .files
            .iter()
            .any(|file| file.definition.responses.as_ref().is_some_and(|words| words.records.is_some()));
    for api in subject.connector.apis.values() {
        let by_api = subject.written(&api.name).is_some_and(|api| api.records.is_some() || api.outcomes.is_some());
        if api.is_list() && !by_service && !by_api {
            let message = format!("`{}` returns a list, and nothing says where in the reply it is", api.name);
            let fault = Diagnostic::error(Code::NoRecords, api.origin.key("returns"), message);
            faults.push(fault.help("add `records: data` to the API, or to the service's `responses`; `records: .` where the reply is the list"));
        }
        if api.paginate.is_some() && !api.is_list() {
            let message = format!("`{}` is paged, and does not return a list", api.name);
            let fault = Diagnostic::error(Code::NoRecords, api.origin.key("paginate"), message);
            faults.push(fault.help("write the type of its records in brackets: `returns: [Ticket]`"));
        }
    }
}
