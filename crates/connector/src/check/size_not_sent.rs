//! # A page size that is not sent
//!
//! ## What it does
//! Finds paged APIs that declare a size (`max`, `min`, `sizes`) and not the place where it goes (`limit`), and those that
//! name the place and no size.
//!
//! ## Why
//! A service that is told no size uses its own, often 10. A client that believes in pages of 50 then takes the first
//! page for a short one, which ends the list: ten records come back, and no error.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! pagination:
//!   offset: { offset: from, first: 0, max: 50, stop: short_page }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], paginate: offset, returns: [Book] }
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
//!   offset: { offset: from, first: 0, limit: limit, max: 50, stop: short_page }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], paginate: offset, returns: [Book] }
//! ```

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::pagination::{Beyond, Pagination};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for style in styles(subject) {
        let sent = style.limit.is_some() || style.append.as_ref().is_some_and(|text| text.contains("{limit}"));
        let size = style.size().or(style.min);
        let fault = |message: String| Diagnostic::error(Code::SizeNotSent, style.origin.clone(), message);
        match (size, sent) {
            (Some(size), false) => {
                let fault = fault(format!(
                    "the style `{}` has pages of {size}, and does not say where the size is sent",
                    style.style
                ));
                faults.push(fault.help("add `limit: per_page`, the place of the size"));
            }
            (None, true) => {
                let fault = fault(format!("the style `{}` says where the size is sent, and no size", style.style));
                faults.push(fault.help("add `max: 100`, the largest size that the service takes"));
            }
            _ => {}
        }
    }
}

/// The styles that APIs page by, with those that take over past a ceiling.
pub(super) fn styles<'a>(subject: &Subject<'a>) -> Vec<&'a Pagination> {
    let mut styles = Vec::new();
    let mut open: Vec<&Pagination> = subject.connector.apis.values().filter_map(|api| api.paginate.as_ref()).collect();
    while let Some(style) = open.pop() {
        styles.push(style);
        if let Some(Beyond::Style(next)) = &style.beyond {
            open.push(next);
        }
    }
    styles
}
