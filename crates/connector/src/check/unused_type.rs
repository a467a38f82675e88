//! # A type that nothing uses
//!
//! ## What it does
//! Warns of a type that no API takes or gives, neither itself nor as a member of another type.
//!
//! ## Why
//! A type that nothing uses is often one whose API was forgotten, or one that was replaced and left behind.
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
//!   Author: { id!: id, name: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
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
//!   Book: { id!: id, title: string, authors: [Author] }
//!   Author: { id!: id, name: string }
//! apis:
//!   books.list: { get: /books, scopes: [books.READ], returns: [Book] }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::Subject;
use super::walk::{self, Owner, Written};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Origin, Route};
use crate::types::{Scalar, Type, is_type_name, parse_scalar};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    // What was left out may use any type, and a name that stands for nothing may mean one.
    let unsure = ["apis", "types", "defaults"].into_iter().any(|section| subject.left_out.lacks(section));
    if unsure || faults.iter().any(|fault| fault.code == Code::UnknownType) {
        return;
    }
    let used = used_types(subject);
    for file in subject.files {
        let names = file.definition.types.iter().flatten().map(|(name, _)| name);
        for name in names.filter(|name| is_type_name(name) && !used.contains(*name)) {
            let origin = Origin { file: file.id, route: Route::of(["types", name]) };
            let warning =
                Diagnostic::warning(Code::UnusedType, origin, format!("nothing uses the type `{name}`")).at_key();
            faults
                .push(warning.help("name it in `returns` or `body`, or as a member of another type; or take it away"));
        }
    }
}

/// The types that APIs name, and those that these name in turn.
fn used_types(subject: &Subject<'_>) -> BTreeSet<String> {
    let mut by_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut open: Vec<String> = Vec::new();
    walk::each(subject, &mut |owner, _, written| {
        let names = named(&written).map_or_else(|| choices(&written), |name| vec![name]);
        match owner {
            Owner::Type(of) => by_type.entry(of.to_owned()).or_default().extend(names),
            Owner::Api => open.extend(names),
        }
    });
    let mut used = BTreeSet::new();
    while let Some(name) = open.pop() {
        open.extend(by_type.remove(&name).unwrap_or_default());
        used.insert(name);
    }
    used
}

/// The choices of a text: where they are names of types, that is another fault.
fn choices(written: &Written<'_>) -> Vec<String> {
    match written {
        Written::Scalar { text, .. } => match parse_scalar(text) {
            Ok(Scalar::Type(Type::Choice { values, .. }, _)) => values,
            _ => Vec::new(),
        },
        Written::TakenOver(_) => Vec::new(),
    }
}

/// The type that a text names.
pub(super) fn named(written: &Written<'_>) -> Option<String> {
    match written {
        Written::TakenOver(name) => Some((*name).to_owned()),
        Written::Scalar { text, .. } => match parse_scalar(text) {
            Ok(Scalar::Type(Type::Record(name), _)) => Some(name),
            _ => None,
        },
    }
}
