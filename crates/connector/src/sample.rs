//! Sample arguments of an API: what its `example` gives, and for the rest values made from the types, always the same
//! ones. For documentation and for tests of requests.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::connector::{Api, Connector, Location, Parameter};
use crate::types::{Field, RecordType, Type};

/// The name and the text of the file that stands for any file.
pub const SAMPLE_FILE: (&str, &str) = ("sample.txt", "A sample file.\n");

/// One sample argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    /// A value.
    Value(Value),
    /// A file: [`SAMPLE_FILE`].
    File,
}

/// Sample arguments, by name: everything that is required, one of each group that is needed, and all that the
/// `example` gives.
pub fn sample(connector: &Connector, api: &Api) -> IndexMap<String, Sample> {
    let mut arguments = IndexMap::new();
    for parameter in &api.parameters {
        let given = given(api, parameter);
        let wanted = parameter.required || (parameter.is_at(Location::Form) && parameter.ty.is_file());
        let value = match given {
            Some(value) => Sample::Value(value.clone()),
            None if !wanted || parameter.default.is_some() => continue,
            None if parameter.ty.is_file() => Sample::File,
            None => Sample::Value(value_of(connector, &parameter.name, &parameter.ty, 0)),
        };
        arguments.insert(parameter.name.clone(), value);
    }
    for group in &api.need {
        if group.iter().any(|name| arguments.contains_key(name)) {
            continue;
        }
        if let Some(parameter) = group.first().and_then(|name| api.parameter(name)) {
            let value = value_of(connector, &parameter.name, &parameter.ty, 0);
            arguments.insert(parameter.name.clone(), Sample::Value(value));
        }
    }
    arguments
}

/// What the `example` of an API gives for a parameter, by the name of the argument or the one on the wire.
pub fn given<'a>(api: &'a Api, parameter: &Parameter) -> Option<&'a Value> {
    let example = api.example.as_ref()?;
    example.get(&parameter.name).or_else(|| parameter.sites.iter().find_map(|site| example.get(&site.wire)))
}

/// A value of a type. Objects get what they require, or else their first member.
fn value_of(connector: &Connector, name: &str, ty: &Type, depth: usize) -> Value {
    match ty {
        Type::Int => json!(1),
        Type::Decimal => json!("10.50"),
        Type::Bool => json!(true),
        Type::Id => json!("4000000000001"),
        Type::Date(_) => json!("2026-01-31"),
        Type::Time(_) => json!("2026-01-31T10:00:00Z"),
        Type::Duration => json!("PT1H"),
        Type::Email => json!("ada@example.com"),
        Type::Url => json!("https://example.com/"),
        Type::Phone => json!("+1 555 0100"),
        Type::Map | Type::Any => json!({}),
        Type::String | Type::File { .. } => json!(name),
        Type::Choice { values, numeric, .. } => match values.first() {
            Some(value) if *numeric => value.parse::<i64>().map_or_else(|_| json!(value), Value::from),
            Some(value) => json!(value),
            None => json!(name),
        },
        Type::List { item, .. } => json!([value_of(connector, name, item, depth)]),
        Type::Record(_) | Type::Object(_) => match connector.object(ty) {
            Some(object) if depth < 6 => Value::Object(object_of(connector, object, depth)),
            _ => json!({}),
        },
    }
}

fn object_of(connector: &Connector, object: &RecordType, depth: usize) -> Map<String, Value> {
    let open = |field: &&Field| field.constant.is_none() && field.default.is_none();
    let required: Vec<&Field> = object.fields.iter().filter(open).filter(|field| field.required).collect();
    let first: Vec<&Field> = object.fields.iter().filter(open).take(1).collect();
    let chosen = if required.is_empty() { first } else { required };
    chosen
        .into_iter()
        .map(|field| (field.name.clone(), value_of(connector, &field.name, &field.ty, depth + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SourceFile, load::read};

    #[test]
    fn an_example_is_completed_from_the_types() {
        let yaml = "
connector: test
title: Test
base_url: https://test.{zoho}
types: { Line: { name!: string, note: string } }
apis:
  orders.create:
    post: /orders/{shop}
    scopes: []
    body: { subject!: string, lines!: [Line], cc: email, state: open|closed }
    need: [cc|state]
    example: { subject: Two chairs }
";
        let connector = read(&[SourceFile::new("test.yaml", yaml)]).unwrap();
        let made = sample(&connector, &connector.apis["orders.create"]);
        let text: Vec<String> = made.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        assert_eq!(
            text,
            [
                r#"shop=Value(String("4000000000001"))"#,
                r#"subject=Value(String("Two chairs"))"#,
                r#"lines=Value(Array [Object {"name": String("name")}])"#,
                r#"cc=Value(String("ada@example.com"))"#,
            ]
        );
    }
}
