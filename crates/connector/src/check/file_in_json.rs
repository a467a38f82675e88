//! # A file inside JSON
//!
//! ## What it does
//! Finds a `file` in a JSON body, in a query, in a header, inside an object of a form, or in what an API returns as JSON.
//!
//! ## Why
//! JSON holds texts and numbers, no bytes. A file goes into a form of its own (`form: { file: file }`), or is the body
//! itself (`body: file`). A reply is a file as a whole (`returns: file`), or names where it is.
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
use crate::connector::{Api, Connector, Location, Parameter, Returns};
use crate::diagnostic::{Code, Diagnostic};
use crate::jobs::Contains;
use crate::types::Type;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    sent(subject, faults);
    for api in subject.connector.apis.values() {
        returned(subject.connector, api, faults);
    }
}

/// Files in what is sent.
fn sent(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for parameter in subject.connector.apis.values().flat_map(|api| &api.parameters) {
        if !holds_file(subject.connector, &parameter.ty) {
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

/// Files in what comes back: in a reply, or in the records of a file.
fn returned(connector: &Connector, api: &Api, faults: &mut Vec<Diagnostic>) {
    let (many, reply) = match &api.returns {
        Returns::Many(ty) => (true, Some(ty)),
        Returns::One(ty) => (false, Some(ty)),
        Returns::Nothing | Returns::File => (false, None),
    };
    let records = |contains: &'_ Option<Contains>| contains.as_ref().map(|contains| contains.ty.clone());
    let in_file = records(&api.contains).map(|ty| (ty, api.origin.key("contains")));
    let in_result = api.job.as_ref().and_then(|job| Some((records(&job.contains)?, job.origin.key("contains"))));
    let reply = reply.map(|ty| (ty.clone(), api.origin.key("returns")));
    for (ty, origin) in reply.into_iter().chain(in_file).chain(in_result) {
        let Some(member) = file_in(connector, &ty, &mut Vec::new()) else { continue };
        let message = match (member.as_str(), many) {
            ("", true) => "a reply in JSON cannot hold a list of files".to_owned(),
            ("", false) => "the records of a file cannot hold a file".to_owned(),
            (member, _) => format!("`{member}` is a file, and what is read from JSON or CSV cannot hold one"),
        };
        let fault = Diagnostic::error(Code::FileInJson, origin, message);
        faults.push(fault.help(
            "write `returns: file` where the reply is the bytes of one file; a file's address is a `url`, its name a `string`",
        ));
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

fn holds_file(connector: &Connector, ty: &Type) -> bool {
    file_in(connector, ty, &mut Vec::new()).is_some()
}

/// The members that lead to a file in a type, joined by dots; none at all where it is a file, or a list of them.
fn file_in(connector: &Connector, ty: &Type, seen: &mut Vec<String>) -> Option<String> {
    if let Type::Record(name) = ty {
        if seen.contains(name) {
            return None;
        }
        seen.push(name.clone());
    }
    match ty {
        Type::File { .. } => Some(String::new()),
        Type::List { item, .. } => file_in(connector, item, seen),
        ty => connector.object(ty)?.fields.iter().find_map(|field| {
            let rest = file_in(connector, &field.ty, seen)?;
            Some(if rest.is_empty() { field.name.clone() } else { format!("{}.{rest}", field.name) })
        }),
    }
}
