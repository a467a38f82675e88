//! # A file inside JSON
//!
//! ## What it does
//! Finds a `file` in a JSON body, in a query, in a header, or inside an object of a form.
//!
//! ## Why
//! JSON holds texts and numbers, no bytes. A file goes into a form of its own (`form: { file: file }`), or is the body
//! itself (`body: file`).
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! apis:
//!   covers.add: { post: /covers, scopes: [books.CREATE], body: { book!: id, picture!: file } }
//! ```
//!
//! ## Good
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! apis:
//!   covers.add: { post: /covers, scopes: [books.CREATE], form: { book!: id, picture!: file <= 5MB } }
//!   covers.replace: { put: "/covers/{id}", scopes: [books.UPDATE], body: file }
//! ```

use super::Subject;
use crate::connector::{Connector, Location, Parameter};
use crate::diagnostic::{Code, Diagnostic};
use crate::types::Type;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for parameter in subject.connector.apis.values().flat_map(|api| &api.parameters) {
        if !holds_file(subject.connector, &parameter.ty, &mut Vec::new()) {
            continue;
        }
        let where_to = parameter.sites.iter().find(|site| !may_be_file(parameter, site.location));
        if let Some(site) = where_to {
            let message = match site.location {
                Location::Body => format!("`{}` holds a file, and a JSON body cannot", parameter.name),
                Location::Form => format!("`{}` is sent as JSON text, which cannot hold a file", parameter.name),
                location => format!("`{}` holds a file, and the {location} cannot", parameter.name),
            };
            let fault = Diagnostic::error(Code::FileInJson, parameter.origin.clone(), message);
            faults.push(
                fault.help(
                    "declare it under `form: { file: file }`; or `body: file`, where the bytes are the whole body",
                ),
            );
        }
    }
}

/// Whether a file may stand there as it is.
fn may_be_file(parameter: &Parameter, location: Location) -> bool {
    match location {
        Location::Form => parameter.ty.is_file(),
        Location::Body => parameter.name == crate::connector::WHOLE_BODY && matches!(parameter.ty, Type::File { .. }),
        _ => false,
    }
}

fn holds_file(connector: &Connector, ty: &Type, seen: &mut Vec<String>) -> bool {
    if let Type::Record(name) = ty {
        if seen.contains(name) {
            return false;
        }
        seen.push(name.clone());
    }
    match ty {
        Type::File { .. } => true,
        Type::List { item, .. } => holds_file(connector, item, seen),
        ty => connector
            .object(ty)
            .is_some_and(|object| object.fields.iter().any(|field| holds_file(connector, &field.ty, seen))),
    }
}
