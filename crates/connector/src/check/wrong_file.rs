//! # An API or a type in the file of another group
//!
//! ## What it does
//! In a folder, finds APIs that stand in the file of another group (`contacts.list` in `tickets.yaml`), and types that
//! stand in the file of one group and are used by another.
//!
//! ## Why
//! A reader finds an API by its name: the text before the first dot is the file. So does the program, which for a call
//! reads the service's files and those of the group, and nothing else: `connector.yaml` and `books.yaml`, and where these
//! would be long the files of types `connector-….yaml` and `books-….yaml`. What stands elsewhere is not found.
//!
//! ## Bad
//! ```yaml
//! # file: connector.yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! # file: books.yaml
//! types:
//!   Book: { id!: id, title: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//!   films.list: { get: /films, scopes: [films.READ], returns: [Book] }
//! # file: loans.yaml
//! apis:
//!   loans.list: { get: /loans, scopes: [loans.READ], returns: [{ id!: id }] }
//! ```
//!
//! ## Good
//! ```yaml
//! # file: connector.yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! responses: { records: data }
//! types:
//!   Book: { id!: id, title: string }
//! # file: books.yaml
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//! # file: films.yaml
//! apis:
//!   films.list: { get: /films, scopes: [films.READ], returns: [Book] }
//! ```

use std::collections::BTreeMap;

use super::Subject;
use super::unused_type::named;
use super::walk;
use crate::connector::group_of;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Origin, Route, owner_of};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    if subject.files.len() < 2 {
        return;
    }
    for file in subject.files {
        for name in
            file.definition.apis.iter().flatten().map(|(name, _)| name).filter(|name| group_of(name) != file.stem)
        {
            let origin = Origin { file: file.id, route: Route::of(["apis", name]) };
            let group = group_of(name);
            let message =
                format!("`{name}` belongs to the group `{group}`, and stands in the file `{}.yaml`", file.stem);
            let fault = Diagnostic::error(Code::WrongFile, origin, message).at_key();
            faults.push(fault.help(format!("move it to `{group}.yaml`")));
        }
    }
    shared_types(subject, faults);
}

/// Types of one group that other files use.
fn shared_types(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    let owner = |id: FileId| subject.files.iter().find(|file| file.id == id).map_or("", |file| owner_of(&file.stem));
    let homes: BTreeMap<&str, FileId> = subject
        .files
        .iter()
        .filter(|file| file.definition.connector.is_none() && owner(file.id) != "connector")
        .flat_map(|file| file.definition.types.iter().flatten().map(|(name, _)| (name.as_str(), file.id)))
        .collect();
    let mut report = |name: &str, origin: &Origin| {
        if let Some(home) = homes.get(name).filter(|home| owner(**home) != owner(origin.file)) {
            let message = format!("the type `{name}` stands in the file of another group");
            let fault = Diagnostic::error(Code::WrongFile, origin.clone(), message);
            let fault = fault.related(Origin { file: *home, route: Route::of(["types", name]) }, "it stands here");
            faults.push(fault.help("move the type to `connector.yaml`, where all groups find it"));
        }
    };
    walk::each(subject, &mut |_, origin, written| {
        if let Some(name) = named(&written) {
            report(&name, origin);
        }
    });
}
