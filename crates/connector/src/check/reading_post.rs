//! # A POST that only reads
//!
//! ## What it does
//! Warns of a POST that reads (it is paged, its `effect` is `list` or `read`, or it is called `list`, `get`, `search`,
//! `query` or `count`) and does not say `idempotent`.
//!
//! ## Why
//! After a lost reply a POST is not sent again, since nobody knows what the first one did. One that only reads may be
//! repeated, and a long read then survives a lost connection; but the verb cannot tell.
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
//!   books.search: { post: /books/search, scopes: [books.READ], body: { words!: string }, returns: [Book] }
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
//!   books.search:
//!     post: /books/search
//!     scopes: [books.READ]
//!     body: { words!: string }
//!     returns: [Book]
//!     idempotent: true
//! ```

use super::Subject;
use crate::connector::{Api, Verb};
use crate::diagnostic::{Code, Diagnostic};
use crate::jobs::EffectAction;

/// The last words of names that promise to read only.
const READING: [&str; 5] = ["list", "get", "search", "query", "count"];

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for api in subject.connector.apis.values().filter(|api| api.verb == Verb::Post && only_reads(api)) {
        if subject.written(&api.name).is_some_and(|written| written.idempotent.is_none()) {
            let message =
                format!("`{}` is a POST that only reads, and does not say whether it may be repeated", api.name);
            let warning = Diagnostic::warning(Code::ReadingPost, api.origin.clone(), message).at_key();
            faults.push(warning.help("add `idempotent: true`; or `idempotent: false` where it does more than read"));
        }
    }
}

fn only_reads(api: &Api) -> bool {
    let action = api.effect.as_ref().map(|effect| effect.action);
    let name = api.name.rsplit('.').next().unwrap_or_default();
    match action {
        Some(EffectAction::List | EffectAction::Read | EffectAction::Count) => true,
        Some(_) => false,
        None => api.paginate.is_some() || READING.contains(&name),
    }
}
