//! The record types that an API's arguments and replies speak of.

use crate::connector::{Api, Connector, Returns};
use crate::types::{RecordType, Type};

/// The types of the connector that an API names, directly or through others, in the order in which they are met.
pub fn named_by<'a>(connector: &'a Connector, api: &'a Api) -> Vec<(&'a str, &'a RecordType)> {
    named(connector, api, true)
}

/// The types of the connector that an API's arguments and its reply name themselves.
pub fn named_directly_by<'a>(connector: &'a Connector, api: &'a Api) -> Vec<(&'a str, &'a RecordType)> {
    named(connector, api, false)
}

fn named<'a>(connector: &'a Connector, api: &'a Api, deep: bool) -> Vec<(&'a str, &'a RecordType)> {
    let mut found = Vec::new();
    for parameter in &api.parameters {
        collect(connector, &parameter.ty, deep, &mut found);
    }
    if let Returns::One(ty) | Returns::Many(ty) = &api.returns {
        collect(connector, ty, deep, &mut found);
    }
    for contains in api.contains.iter().chain(api.job.iter().filter_map(|job| job.contains.as_ref())) {
        collect(connector, &contains.ty, deep, &mut found);
    }
    found
}

fn collect<'a>(connector: &'a Connector, ty: &'a Type, deep: bool, found: &mut Vec<(&'a str, &'a RecordType)>) {
    let members = |object: &'a RecordType, found: &mut Vec<(&'a str, &'a RecordType)>| {
        object.fields.iter().for_each(|field| collect(connector, &field.ty, deep, found));
    };
    match ty {
        Type::List { item, .. } => collect(connector, item, deep, found),
        Type::Object(object) => members(object, found),
        Type::Record(name) if !found.iter().any(|(known, _)| known == name) => {
            if let Some(object) = connector.types.get(name) {
                found.push((name, object));
                if deep {
                    members(object, found);
                }
            }
        }
        _ => {}
    }
}

/// The members of a type, each as the language writes it.
pub fn members_of(object: &RecordType) -> Vec<String> {
    object.fields.iter().map(ToString::to_string).collect()
}
