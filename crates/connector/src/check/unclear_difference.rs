//! # A difference that is not named as one
//!
//! ## What it does
//! Finds entries of `differs` that name nothing which can differ, that name a type which is not there, or that give no
//! reason.
//!
//! ## Why
//! `differs` says where the connector is right and Zoho's own definition says otherwise. An entry that means nothing
//! explains nothing, and without its reason nobody can tell later whether it still holds.
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
//!   books.list:
//!     get: /books
//!     scopes: [books.READ]
//!     query: { sortBy: title|year }
//!     returns: [Book]
//!     differs: { sortBy: live probes accept the year }
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
//!   books.list:
//!     get: /books
//!     scopes: [books.READ]
//!     query: { sortBy: title|year }
//!     returns: [Book]
//!     differs: { query sortBy choices: live probes accept the year }
//! ```

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::differs::{Explanation, explanations};
use crate::suggest::did_you_mean;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    faults.extend(explanations(subject.files).iter().filter_map(|entry| fault(subject, entry)));
}

fn fault(subject: &Subject<'_>, entry: &Explanation) -> Option<Diagnostic> {
    let error = |message: String| Diagnostic::error(Code::UnclearDifference, entry.origin.clone(), message);
    let key = match &entry.key {
        Err(forms) => {
            return Some(error(format!("`{}` is nothing that can differ", entry.written)).at_key().help(forms.clone()));
        }
        Ok(key) => key,
    };
    if entry.reason.trim().is_empty() {
        let fault = error(format!("that `{key}` differs is given no reason"));
        return Some(fault.help("say who found it: a page of Zoho's, a probe, a client that works"));
    }
    let name = key.what().strip_prefix("type ")?.split('.').next()?;
    let types = &subject.connector.types;
    if name.contains('*') || types.contains_key(name) || subject.left_out.lacks("types") {
        return None;
    }
    let help = did_you_mean(name, types.keys().map(String::as_str));
    Some(error(format!("there is no type `{name}`")).at_key().maybe_help(help))
}
