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
use crate::source::{Origin, Route};
use crate::types::Type;

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    sent(subject, faults);
    for api in subject.connector.apis.values() {
        returned(subject, api, faults);
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
fn returned(subject: &Subject<'_>, api: &Api, faults: &mut Vec<Diagnostic>) {
    let connector = subject.connector;
    const IN_RECORDS: &str = "the records of a file cannot be files";
    let reply = match &api.returns {
        Returns::Many(ty) | Returns::One(ty) => {
            Some((ty, api.origin.key("returns"), "a reply in JSON cannot hold files"))
        }
        Returns::Nothing | Returns::File => None,
    };
    let in_file = api.contains.as_ref().map(|contains| (&contains.ty, api.origin.key("contains"), IN_RECORDS));
    let of_job =
        api.job.as_ref().and_then(|job| Some((&job.contains.as_ref()?.ty, job.origin.key("contains"), IN_RECORDS)));
    for (ty, origin, message) in reply.into_iter().chain(in_file).chain(of_job) {
        let Some(found) = file_in(connector, ty, &mut Vec::new()) else { continue };
        let fault = match found.member {
            None => Diagnostic::error(Code::FileInJson, origin, message),
            Some(member) => {
                let message = format!("`{member}` is a file, and what is read from JSON or CSV cannot hold one");
                let place = found.of.and_then(|of| place_of(subject, &of, &member, 0));
                match place {
                    Some(place) => {
                        Diagnostic::error(Code::FileInJson, place, message).related(origin, "it is read here")
                    }
                    None => Diagnostic::error(Code::FileInJson, origin, message),
                }
            }
        };
        faults.push(fault.help(
            "write `returns: file` where the reply is the bytes of a file; a file's address is a `url`, its name a `string`",
        ));
    }
}

/// The place of a member in a type, or in one that it takes over.
fn place_of(subject: &Subject<'_>, name: &str, member: &str, depth: usize) -> Option<Origin> {
    let mut files = subject.files.iter();
    let (file, object) = files.find_map(|file| Some((file.id, file.definition.types.as_ref()?.get(name)?)))?;
    let leads_there = |key: &str| member.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let own = object.fields.keys().find(|key| leads_there(key.trim_end_matches('!')));
    let place = own.map(|key| Origin { file, route: Route::of(["types", name, key]) });
    // Types that take over each other in a circle are another fault.
    let parents = object.extends.iter().filter(|_| depth < subject.connector.types.len());
    place.or_else(|| parents.rev().find_map(|parent| place_of(subject, parent, member, depth + 1)))
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

/// Where a type holds a file.
#[derive(Default)]
struct Found {
    /// The member of the innermost type with a name that it is in, joined by dots; none where the type itself is a file.
    member: Option<String>,
    /// The type with a name that has the member.
    of: Option<String>,
}

fn file_in(connector: &Connector, ty: &Type, seen: &mut Vec<String>) -> Option<Found> {
    let of = if let Type::Record(name) = ty { Some(name) } else { None };
    if let Some(name) = of {
        if seen.contains(name) {
            return None;
        }
        seen.push(name.clone());
    }
    match ty {
        Type::File { .. } => Some(Found::default()),
        Type::List { item, .. } => file_in(connector, item, seen),
        ty => connector.object(ty)?.fields.iter().find_map(|field| {
            let found = file_in(connector, &field.ty, seen)?;
            if found.of.is_some() {
                return Some(found);
            }
            let within = found.member.map(|member| format!("{}.{member}", field.name));
            Some(Found { member: Some(within.unwrap_or_else(|| field.name.clone())), of: of.cloned() })
        }),
    }
}
