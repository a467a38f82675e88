//! # Two APIs that send the same request
//!
//! ## What it does
//! Finds APIs with the same verb, path, constants and required parameters. Names in braces do not tell paths apart.
//!
//! ## Why
//! The service cannot tell such requests apart, so one of the two is a copy whose path or constant was forgotten.
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
//!   books.get: { get: "/books/{id}", scopes: [books.READ], returns: Book }
//!   books.find: { get: "/books/{book}", scopes: [books.READ], returns: Book }
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
//!   books.get: { get: "/books/{id}", scopes: [books.READ], returns: Book }
//!   books.find: { get: /books, scopes: [books.READ], query: { isbn!: string }, returns: [Book] }
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//! ```

use super::Subject;
use crate::connector::{Api, Location};
use crate::diagnostic::{Code, Diagnostic};
use crate::template::Part;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(String, &Api)> = Vec::new();
    for api in subject.connector.apis.values() {
        let request = request_of(api);
        match seen.iter().find(|(other, _)| *other == request) {
            Some((_, first)) => {
                let message = format!("`{}` sends the same request as `{}`", api.name, first.name);
                let place = |api: &Api| api.origin.key(api.verb.key());
                let fault = Diagnostic::error(Code::SameRequest, place(api), message)
                    .related(place(first), "the same verb and path");
                faults.push(
                    fault.help("give one of them another path, a constant (`action: =close`) or a required parameter"),
                );
            }
            None => seen.push((request, api)),
        }
    }
}

/// What the service can tell requests apart by.
fn request_of(api: &Api) -> String {
    let path: String =
        api.path.parts.iter().map(|part| if let Part::Literal(text) = part { text } else { "{}" }).collect();
    let site = |site: &crate::Site| format!("{} {}", site.location, site.wire);
    let constants = api.constants.iter().map(|constant| format!("{}={}", site(&constant.site), constant.value));
    let required = api.parameters.iter().filter(|parameter| parameter.required).flat_map(|parameter| &parameter.sites);
    let required = required.filter(|site| site.location != Location::Path).map(site);
    let mut told: Vec<String> = constants.chain(required).collect();
    told.sort();
    format!("{} {} {path} {}", api.verb, api.base, told.join(" & "))
}
