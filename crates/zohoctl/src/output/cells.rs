//! Records as rows: the members of each, as JSON text, and what of them is shown in a cell.

use indexmap::IndexMap;
use serde_json::Value;

use super::fields::{Fields, members};
use super::jsonl;

/// The name of the one column of records that are no objects.
const WHOLE: &str = "value";

/// The members of a record, each as JSON text.
pub(crate) type Row = IndexMap<String, String>;

/// A record as a row: the members that were asked for, or all of them.
pub(crate) fn row(record: &[u8], fields: Option<&mut Fields>) -> Row {
    if let Some(fields) = fields {
        let values = fields.pick(record);
        let member = |(name, value): (&String, Option<String>)| Some((name.clone(), value?));
        return fields.names().iter().zip(values).filter_map(member).collect();
    }
    match members(record) {
        Some(members) => members.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect(),
        None => std::iter::once((WHOLE.to_owned(), String::from_utf8_lossy(record).into_owned())).collect(),
    }
}

/// Whether JSON text is a list or an object.
pub(crate) fn is_nested(json: &str) -> bool {
    json.starts_with(['{', '['])
}

/// What stands in a cell for JSON text: a text without its quotes, nothing for null, anything else as it came.
pub(crate) fn text_of(json: &str) -> String {
    match json.as_bytes().first() {
        Some(b'"') => match serde_json::from_str(json) {
            Ok(Value::String(text)) => text,
            _ => json.to_owned(),
        },
        Some(b'{' | b'[') => on_one_line(json),
        _ if json == "null" => String::new(),
        _ => json.to_owned(),
    }
}

fn on_one_line(json: &str) -> String {
    let mut line = Vec::new();
    match jsonl::line(&mut line, json.as_bytes()) {
        Ok(()) => String::from_utf8_lossy(&line).trim_end().to_owned(),
        Err(_) => json.to_owned(),
    }
}
