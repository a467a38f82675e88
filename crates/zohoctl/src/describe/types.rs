//! The record types that an API's arguments and replies speak of.

use zoho_connector::{Api, Connector, RecordType, Returns, Type};

/// The types of the connector that an API names, directly or through others, in the order in which they are met.
pub(crate) fn named_by<'a>(connector: &'a Connector, api: &'a Api) -> Vec<(&'a str, &'a RecordType)> {
    let mut found = Vec::new();
    for parameter in &api.parameters {
        collect(connector, &parameter.ty, &mut found);
    }
    if let Returns::One(ty) | Returns::Many(ty) = &api.returns {
        collect(connector, ty, &mut found);
    }
    found
}

fn collect<'a>(connector: &'a Connector, ty: &'a Type, found: &mut Vec<(&'a str, &'a RecordType)>) {
    match ty {
        Type::List { item, .. } => collect(connector, item, found),
        Type::Object(object) => members(connector, object, found),
        Type::Record(name) if !found.iter().any(|(known, _)| known == name) => {
            if let Some(object) = connector.types.get(name) {
                found.push((name, object));
                members(connector, object, found);
            }
        }
        _ => {}
    }
}

fn members<'a>(connector: &'a Connector, object: &'a RecordType, found: &mut Vec<(&'a str, &'a RecordType)>) {
    object.fields.iter().for_each(|field| collect(connector, &field.ty, found));
}

/// The members of a type, each as the language writes it.
pub(crate) fn members_of(object: &RecordType) -> Vec<String> {
    object.fields.iter().map(ToString::to_string).collect()
}
