//! # A required parameter with a default
//!
//! ## What it does
//! Finds `name!: T = v`, and members that an API requires although they have a default.
//!
//! ## Why
//! A default is sent where nothing is given, so the parameter is never missing: one of the two marks is a mistake, and
//! readers cannot tell which.
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
//!   books.list: { get: /books, scopes: [books.READ], query: { order!: asc|desc = asc }, returns: [Book] }
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
//!   books.list: { get: /books, scopes: [books.READ], query: { order: asc|desc = asc }, returns: [Book] }
//! ```

use super::Subject;
use super::walk::{self, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::types::{Scalar, parse_scalar};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    walk::each(subject, &mut |_, origin, written| {
        let Written::Scalar { key: Some(key), text } = written else { return };
        if let (Some(name), Ok(Scalar::Type(_, Some(_)))) = (key.strip_suffix('!'), parse_scalar(text)) {
            let message = format!("`{name}` is required and has a default");
            let fault = Diagnostic::error(Code::RequiredDefault, origin.clone(), message).at_key();
            faults.push(fault.help(format!("write `{name}: {text}`, or leave the default away")));
        }
    });
    for api in subject.connector.apis.values() {
        let Some(written) = subject.written(&api.name) else { continue };
        for (i, name) in written.required.iter().flatten().enumerate() {
            let named = |parameter: &&crate::Parameter| parameter.sites.iter().any(|site| site.wire == *name);
            if api.parameters.iter().find(named).is_some_and(|parameter| parameter.default.is_some()) {
                let place = api.origin.key("required").index(i);
                let message = format!("`{name}` is required here and has a default");
                faults.push(Diagnostic::error(Code::RequiredDefault, place, message));
            }
        }
    }
}
