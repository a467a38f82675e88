//! # Pages without an end
//!
//! ## What it does
//! Finds paged APIs with nothing that ends the list: a style by `page` or `offset` needs `more`, `total` or `stop`. Also
//! finds `stop: short_page` without a size, since nothing is short of an unknown size.
//!
//! ## Why
//! Without an end the list is read for ever, or, where a service answers with its last page again, the same records
//! come again and again.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! pagination:
//!   pages: { page: page, first: 1, limit: per_page, max: 200 }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], paginate: pages, returns: [Book] }
//! ```
//!
//! ## Good
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! pagination:
//!   pages: { page: page, first: 1, limit: per_page, max: 200, more: info.more_records }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], paginate: pages, returns: [Book] }
//! ```

use super::Subject;
use super::size_not_sent::styles;
use crate::diagnostic::{Code, Diagnostic};
use crate::pagination::{PageKind, PageStop};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for style in styles(subject) {
        let counts = matches!(style.kind, PageKind::Page { .. } | PageKind::Offset { .. });
        let stop = &style.stop;
        if counts && stop.more.is_none() && stop.total.is_none() && stop.page.is_none() {
            let message = format!("nothing ends a list that is paged by `{}`", style.style);
            let fault = Diagnostic::error(Code::EndlessPages, style.origin.clone(), message);
            faults.push(
                fault.help(
                    "add `more: info.more_records`, `total: info.count`, `stop: short_page` or `stop: empty_page`",
                ),
            );
        }
        if stop.page == Some(PageStop::Short) && style.size().is_none() {
            let message = format!("the style `{}` ends with a short page, and no size says what is short", style.style);
            let fault = Diagnostic::error(Code::EndlessPages, style.origin.key("stop"), message);
            faults.push(fault.help("add `limit` and `max`, or write `stop: empty_page`"));
        }
    }
}
