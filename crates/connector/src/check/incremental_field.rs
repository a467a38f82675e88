//! # An incremental field that the records lack
//!
//! ## What it does
//! Finds `incremental: { field: modifiedTime, … }` where the type of the records has no such member.
//!
//! ## Why
//! The next read begins at the latest value of that member. Where no record has it, every read begins at the very
//! beginning, and nobody notices but the quota.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! types:
//!   Book: { id!: id, title: string, changed: time }
//! apis:
//!   books.list:
//!     get: /books
//!     scopes: [books.READ]
//!     returns: [Book]
//!     incremental: { field: modified, send: query changed_since }
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
//!   Book: { id!: id, title: string, changed: time }
//! apis:
//!   books.list:
//!     get: /books
//!     scopes: [books.READ]
//!     returns: [Book]
//!     incremental: { field: changed, send: query changed_since }
//! ```

use super::{Subject, members_are_unsure};
use crate::connector::Returns;
use crate::diagnostic::{Code, Diagnostic};
use crate::path::{PathStep, ReplyPath};
use crate::suggest::did_you_mean;
use crate::types::Type;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    if members_are_unsure(subject, faults) {
        return;
    }
    for api in subject.connector.apis.values() {
        let (Some(incremental), Returns::Many(ty)) = (&api.incremental, &api.returns) else { continue };
        let ReplyPath::Body(steps) = &incremental.field else { continue };
        if let Some((ty, name)) = missing(subject, ty, steps) {
            let message = format!("a `{ty}` has no member `{name}`");
            let fault = Diagnostic::error(Code::IncrementalField, incremental.origin.key("field"), message);
            let known =
                subject.connector.object(ty).map(|object| object.fields.iter().map(|field| field.name.as_str()));
            faults.push(fault.maybe_help(known.and_then(|known| did_you_mean(name, known))));
        }
    }
}

/// The member that a path names and the type there has not. A type whose members are unknown has any.
fn missing<'t>(subject: &Subject<'t>, ty: &'t Type, steps: &'t [PathStep]) -> Option<(&'t Type, &'t str)> {
    let [PathStep::Member(name), rest @ ..] = steps else { return None };
    let object = subject.connector.object(ty).filter(|object| !object.fields.is_empty())?;
    match object.field(name) {
        Some(field) => missing(subject, &field.ty, rest),
        None => Some((ty, name)),
    }
}
