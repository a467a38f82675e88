//! # A batch over a list without a size
//!
//! ## What it does
//! Finds `batch: data` where the list `data` does not say how many entries it takes.
//!
//! ## Why
//! A batch splits a long list into requests that the service takes. Without a size there is nothing to split by: one
//! request with all entries goes out, and the service refuses it.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! apis:
//!   books.add: { post: /books, scopes: [books.CREATE], body: { data!: [map] }, batch: data, outcomes: data }
//! ```
//!
//! ## Good
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! apis:
//!   books.add: { post: /books, scopes: [books.CREATE], body: { data!: [map, 100] }, batch: data, outcomes: data }
//! ```

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::types::Type;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for api in subject.connector.apis.values() {
        let list = api.batch.as_ref().and_then(|name| api.parameter(name));
        if let Some(list) = list.filter(|list| matches!(list.ty, Type::List { max: None, .. })) {
            let message = format!("`{}` is split into batches, and does not say how many entries one takes", list.name);
            let fault = Diagnostic::error(Code::BatchWithoutSize, api.origin.key("batch"), message);
            let fault = fault.related(list.origin.clone(), "this list");
            faults.push(fault.help(format!("write the size behind the type: `{}: [map, 100]`", list.name)));
        }
    }
}
