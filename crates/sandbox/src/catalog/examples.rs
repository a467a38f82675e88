//! What the examples of APIs tell of an account's own names.

use std::collections::BTreeMap;

use serde_json::Value;
use zoho_connector::{Api, Connector, Location, Type};

/// The texts that examples give for parameters which are names in some path and no ids there.
pub(super) fn named_values(connector: &Connector) -> BTreeMap<String, Vec<String>> {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for api in connector.apis.values() {
        let chosen =
            api.parameters.iter().filter(|parameter| parameter.is_at(Location::Path) && parameter.ty == Type::String);
        for parameter in chosen {
            let values = named.entry(parameter.name.clone()).or_default();
            let example = api.example.as_ref().and_then(|example| example.get(&parameter.name)).and_then(Value::as_str);
            if let Some(text) = example.filter(|text| !values.iter().any(|value| value == text)) {
                values.push(text.to_owned());
            }
        }
    }
    named
}

/// The names of members in an example: in a list of fields, and in records that are sent.
pub(super) fn example_members(api: &Api) -> Vec<String> {
    let mut names = Vec::new();
    for (argument, value) in api.example.iter().flatten() {
        let Value::Array(items) = value else { continue };
        for item in items {
            match item {
                Value::String(name) if argument == "fields" => names.push(name.clone()),
                Value::Object(members) => names.extend(members.keys().cloned()),
                _ => {}
            }
        }
    }
    names
}
