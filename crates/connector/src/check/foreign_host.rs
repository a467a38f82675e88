//! # A host that is not Zoho's
//!
//! ## What it does
//! Finds base URLs that are not `https://`, and warns of hosts outside Zoho's domains, or of hosts that a value of the
//! connection decides.
//!
//! ## Why
//! A token goes to every host that a connector names. Over plain HTTP everybody on the way can read it; and whoever
//! writes a connector with a host of their own collects the tokens of those who use it. So a host outside Zoho's
//! domains is asked about when a connection is made, and this warning says that it will be.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.example.org/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
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
//! base_url: https://{api}/shelf/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//! ```

use super::Subject;
use super::urls::{self, HostKind};
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for url in urls::all(subject) {
        let text = url.template.to_string();
        if !text.starts_with("https://") {
            let message = format!("`{text}` is not an address that begins with `https://`");
            let fault = Diagnostic::error(Code::ForeignHost, url.origin.clone(), message);
            faults.push(fault.help("a token is sent over HTTPS only: write `https://name.{zoho}/api/v1`"));
        } else if urls::kind_of(url.template) == HostKind::Foreign
            && url.template.values().all(|name| subject.connector.connection.contains_key(name))
        {
            let host = urls::host(&text).unwrap_or_default();
            let message = format!("`{host}` is not one of Zoho's hosts");
            let warning = Diagnostic::warning(Code::ForeignHost, url.origin.clone(), message);
            faults.push(warning.help("whoever connects is asked whether a token may be sent there"));
        }
    }
}
