//! # Choices that are all names of types
//!
//! ## What it does
//! Finds `Book|Author` where both are types of the connector.
//!
//! ## Why
//! Choices are values, not types: this would accept the text `Book`, and nothing else. The language has no unions of
//! types, since a reader could not tell which one a reply is.
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
//!   Film: { id!: id, title: string }
//!   Loan: { id!: id, item: Book|Film }
//! apis:
//!   loans.list: { get: /loans, scopes: [loans.READ], returns: [Loan] }
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//!   films.list: { get: /films, scopes: [films.READ], returns: [Film] }
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
//!   Item: { id!: id, title: string, kind: Book|Film }
//!   Loan: { id!: id, item: Item }
//! apis:
//!   loans.list: { get: /loans, scopes: [loans.READ], returns: [Loan] }
//! ```

use super::Subject;
use super::walk::{self, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::types::{Scalar, Type, parse_scalar};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    walk::each(subject, &mut |_, origin, written| {
        let Written::Scalar { text, .. } = written else { return };
        let Ok(Scalar::Type(Type::Choice { values, .. }, _)) = parse_scalar(text) else { return };
        if values.iter().all(|value| subject.connector.types.contains_key(value)) {
            let message = format!("`{text}` is a choice between texts, and all of them are names of types");
            let fault = Diagnostic::error(Code::ChoiceOfTypes, origin.clone(), message);
            faults.push(fault.help("write `any`, or one type that has the members of all"));
        }
    });
}
