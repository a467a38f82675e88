//! The JSON Schema of the language, from the types of [`definition`](crate::definition).
//!
//! Its descriptions are the manual that an editor shows. It is shaped so that its errors can be read: no `anyOf`, no
//! `oneOf`, no `null`. A union dispatches on its JSON type, with keywords for each type; a choice is one
//! `enum`. What it accepts, serde accepts, and the reverse.

mod unions;

pub(crate) use unions::Classify;

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use crate::definition::Definition;

/// The schema, as a JSON value.
///
/// ```
/// let schema = zoho_connector::schema::schema();
/// assert_eq!(schema["properties"]["title"]["type"], "string");
/// ```
pub fn schema() -> Value {
    schema_of::<Definition>()
}

/// The schema of any type, in the same readable form: a configuration file has one too.
pub fn schema_of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(readable);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    let members = schema.as_object_mut().map(std::mem::take).unwrap_or_default();
    head_first(members)
}

/// What a schema is stands before what it says.
fn head_first(mut members: Map<String, Value>) -> Value {
    let heads = ["$schema", "title", "description"].into_iter().filter_map(|key| members.shift_remove_entry(key));
    let mut schema: Map<String, Value> = heads.collect();
    schema.extend(members);
    Value::Object(schema)
}

/// Rewrites what schemars writes for optional values and for choices, from the leaves up.
fn readable(schema: &mut Schema) {
    transform_subschemas(&mut readable, schema);
    if let Some(members) = schema.as_object_mut() {
        without_null(members);
        one_enum(members);
        members.remove("format");
        members.remove("default");
        description_first(members);
    }
}

/// A description is what people read: it stands first, and without the line breaks of a comment.
fn description_first(members: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = members.shift_remove("description") {
        members.shift_insert(0, "description".to_owned(), in_paragraphs(&text).into());
    }
}

/// Lines of one paragraph are joined; paragraphs and lists stay.
fn in_paragraphs(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for (i, line) in text.lines().enumerate() {
        let begins = line.is_empty() || line.starts_with("- ") || joined.ends_with('\n');
        if i > 0 {
            joined.push(if begins { '\n' } else { ' ' });
        }
        joined.push_str(line);
    }
    joined
}

/// A value is there or its key is not: `null` is never a value.
fn without_null(members: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let Some(Value::Array(branches)) = members.get("anyOf") else { return };
    let mut rest = branches.iter().filter(|branch| branch.get("type") != Some(&Value::from("null")));
    if let (Some(Value::Object(only)), None) = (rest.next().cloned(), rest.next()) {
        members.remove("anyOf");
        for (key, value) in only {
            members.entry(key).or_insert(value);
        }
    }
}

/// A choice whose values have descriptions is one `enum`, and what they mean stands in its description.
fn one_enum(members: &mut Map<String, Value>) {
    let Some(Value::Array(branches)) = members.get("oneOf") else { return };
    let mut values = Vec::new();
    let mut lines = Vec::new();
    for branch in branches {
        let listed = branch.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
        let described = branch.get("const").cloned().into_iter().chain(listed);
        for value in described.filter(|value| !value.is_null()) {
            if let (Some(name), Some(meaning)) = (value.as_str(), branch.get("description").and_then(Value::as_str)) {
                lines.push(format!("- `{name}`: {meaning}"));
            }
            values.push(value);
        }
    }
    members.remove("oneOf");
    members.insert("type".to_owned(), "string".into());
    members.insert("enum".to_owned(), Value::Array(values));
    if !lines.is_empty() {
        let head =
            members.get("description").and_then(Value::as_str).map_or_else(String::new, |head| format!("{head}\n\n"));
        members.insert("description".to_owned(), format!("{head}{}", lines.join("\n")).into());
    }
}
