//! Records in the form in which a service gives them, where that is not one object each.

use serde_json::{Map, Value};
use zoho_connector::ReplyPath;
use zoho_connector::responses::RecordForm;

use crate::hosts::Segment;
use crate::reply_path::{Draft, text_of};
use crate::routes::segments_of;
use crate::service::Call;

/// The members that stay beside the lifted one: JSON:API's own.
const OUTSIDE: &str = "id";

/// Writes records at a path. `many` is whether they are a list, or the one that there is.
pub(super) fn write(
    call: &Call<'_>,
    draft: &mut Draft,
    path: &ReplyPath,
    form: &RecordForm,
    records: Vec<Value>,
    many: bool,
) {
    let entries: Vec<Value> = match form {
        RecordForm::Plain => records,
        RecordForm::Lifted(member) => records.into_iter().map(|record| lowered(call, member, record)).collect(),
        RecordForm::Keyed { key, each } => records.into_iter().map(|record| behind_key(key, *each, record)).collect(),
        RecordForm::Columns { columns, key, order } => {
            return write_columns(draft, path, columns, key, order.as_ref(), records);
        }
    };
    let value = if many { Value::Array(entries) } else { entries.into_iter().next().unwrap_or_default() };
    draft.set(path, value);
}

/// An entry of JSON:API: the id and the sort of thing outside, everything else in a member.
fn lowered(call: &Call<'_>, member: &str, record: Value) -> Value {
    let Value::Object(mut members) = record else { return record };
    let mut entry = Map::new();
    if let Some(id) = members.shift_remove(OUTSIDE) {
        entry.insert(OUTSIDE.to_owned(), id);
    }
    let literal = |segment: &Segment| if let Segment::Literal(text) = segment { Some(text.clone()) } else { None };
    if let Some(sort) = segments_of(call.api).iter().rev().find_map(literal) {
        entry.insert("type".to_owned(), sort.into());
    }
    entry.insert(member.to_owned(), Value::Object(members));
    Value::Object(entry)
}

/// A map whose one key is the record's id.
fn behind_key(key: &str, each: Option<usize>, record: Value) -> Value {
    let Value::Object(mut members) = record else { return record };
    let id = members.shift_remove(key).map(|id| text_of(&id)).unwrap_or_default();
    let record = Value::Object(members);
    let value = match each {
        Some(position) => {
            let mut list = vec![Value::Null; position.min(100)];
            list.push(record);
            Value::Array(list)
        }
        None => record,
    };
    Value::Object(Map::from_iter([(id, value)]))
}

/// Rows of values by id, with a map of names to positions and the order of the ids beside them.
fn write_columns(
    draft: &mut Draft,
    path: &ReplyPath,
    columns: &ReplyPath,
    key: &str,
    order: Option<&ReplyPath>,
    records: Vec<Value>,
) {
    let mut names: Vec<String> = Vec::new();
    for name in records.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if name != key && !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut rows = Map::new();
    let mut ids = Vec::new();
    for record in &records {
        let id = record.get(key).map(text_of).unwrap_or_default();
        let cells = names.iter().map(|name| record.get(name).cloned().unwrap_or_default());
        rows.insert(id.clone(), cells.collect());
        ids.push(id.into());
    }
    let positions = names.into_iter().enumerate().map(|(position, name)| (name, position.into())).collect();
    draft.set(columns, Value::Object(positions));
    if let Some(order) = order {
        draft.set(order, Value::Array(ids));
    }
    draft.set(path, Value::Object(rows));
}
