//! Reading and writing values at the paths of the language.

use serde_json::{Map, Value};
use zoho_connector::ReplyPath;
use zoho_connector::path::PathStep;

use crate::message::Reply;

/// A JSON body under construction, with the headers that some paths lead to.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) body: Value,
    headers: Vec<(String, String)>,
}

impl Draft {
    /// Writes a value at a path. `*` stands for the first entry.
    pub(crate) fn set(&mut self, path: &ReplyPath, value: Value) {
        match path {
            ReplyPath::Header(name) => self.headers.push((name.clone(), text_of(&value))),
            ReplyPath::Body(steps) => set_at(&mut self.body, steps, value),
        }
    }

    /// Whether something stands at a path.
    pub(crate) fn has(&self, path: &ReplyPath) -> bool {
        match path {
            ReplyPath::Header(name) => self.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)),
            ReplyPath::Body(steps) => get(&self.body, steps).is_some(),
        }
    }

    /// The reply, with a body of at least `{}`.
    pub(crate) fn into_reply(self, status: u16) -> Reply {
        let body = if self.body.is_null() { Value::Object(Map::new()) } else { self.body };
        let mut reply = Reply::json(status, &body);
        for (name, value) in self.headers {
            reply.set(&name, &value);
        }
        reply
    }
}

/// Writes a value at the steps of a path, making what leads there.
pub(crate) fn set_at(target: &mut Value, steps: &[PathStep], value: Value) {
    let Some((first, rest)) = steps.split_first() else {
        match (target, value) {
            // The whole body: what other paths have written stays.
            (Value::Object(old), Value::Object(new)) => old.extend(new),
            (target, value) => *target = value,
        }
        return;
    };
    match first {
        PathStep::Member(name) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            if let Value::Object(members) = target {
                set_at(members.entry(name.clone()).or_insert(Value::Null), rest, value);
            }
        }
        PathStep::Index(_) | PathStep::Each => {
            let index = if let PathStep::Index(index) = first { *index } else { 0 };
            if !target.is_array() {
                *target = Value::Array(Vec::new());
            }
            if let Value::Array(items) = target {
                // A path comes from a file: a huge index must not take all memory.
                items.resize_with(items.len().max(index.min(1000) + 1), || Value::Null);
                if let Some(item) = items.get_mut(index.min(1000)) {
                    set_at(item, rest, value);
                }
            }
        }
    }
}

/// The value at the steps of a path; of a list's entries the first that has one.
pub(crate) fn get<'v>(value: &'v Value, steps: &[PathStep]) -> Option<&'v Value> {
    let Some((first, rest)) = steps.split_first() else { return Some(value) };
    match first {
        PathStep::Member(name) => get(value.get(name)?, rest),
        PathStep::Index(index) => get(value.get(index)?, rest),
        PathStep::Each => value.as_array()?.iter().find_map(|item| get(item, rest)),
    }
}

/// A scalar as text, without quotes.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Text of a connector as JSON: a whole number, true and false as such, anything else as text.
pub(crate) fn from_text(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn steps(text: &str) -> Vec<PathStep> {
        match ReplyPath::parse(text).unwrap() {
            ReplyPath::Body(steps) => steps,
            ReplyPath::Header(_) => Vec::new(),
        }
    }

    #[test]
    fn values_are_written_where_paths_lead() {
        let mut body = Value::Null;
        set_at(&mut body, &steps("data.0.details"), json!({ "id": "1" }));
        set_at(&mut body, &steps("errors.*.fieldName"), json!("/x"));
        set_at(&mut body, &steps("info.more_records"), json!(true));
        set_at(&mut body, &steps("."), json!({ "code": 0 }));
        assert_eq!(
            body.to_string(),
            r#"{"data":[{"details":{"id":"1"}}],"errors":[{"fieldName":"/x"}],"info":{"more_records":true},"code":0}"#
        );
        assert_eq!(get(&body, &steps("errors.*.fieldName")), Some(&json!("/x")));
        assert_eq!(get(&body, &steps("data.1.details")), None);
    }

    #[test]
    fn numbers_of_a_connector_are_numbers() {
        assert_eq!(
            [from_text("9041"), from_text("0012"), from_text("true"), from_text("A")],
            [json!(9041), json!("0012"), json!(true), json!("A")]
        );
    }
}
