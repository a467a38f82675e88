//! Values: checked against their types, and spelt as a service wants them.

use std::borrow::Cow;

use serde_json::{Map, Value};
use zoho_connector::suggest::did_you_mean;
use zoho_connector::{Connector, Field, RecordType, Type};

use crate::error::ArgumentFault;

pub(crate) mod chosen;
pub(crate) mod decimal;
pub(crate) mod encode;
pub(crate) mod exact;
pub(crate) mod id;
pub(crate) mod moment;
pub(crate) mod text;
pub(crate) mod time;

/// What is wrong with a value: where inside it, what, and what to write instead.
#[derive(Debug)]
pub(crate) struct ValueFault {
    /// The members and positions that lead to it, joined by dots; empty for the value itself.
    pub(crate) at: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl ValueFault {
    fn new(message: impl Into<String>) -> Self {
        Self { at: String::new(), message: message.into(), help: None }
    }

    fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The fault of the argument that the value was given for.
    pub(crate) fn of_argument(self, name: &str) -> ArgumentFault {
        let argument = if self.at.is_empty() { name.to_owned() } else { format!("{name}.{}", self.at) };
        ArgumentFault { argument, message: self.message, help: self.help }
    }

    fn inside(mut self, step: &str) -> Self {
        self.at = if self.at.is_empty() { step.to_owned() } else { format!("{step}.{}", self.at) };
        self
    }
}

/// Checks a value against a type and gives it in the service's spelling: ids and decimals as text, numbers and truth
/// values from text too, times in the service's pattern. All faults are found, not the first.
pub(crate) fn check(connector: &Connector, ty: &Type, value: Value, faults: &mut Vec<ValueFault>) -> Value {
    // A null clears a member; which ones may be cleared is for the service to say.
    if value.is_null() {
        return value;
    }
    match ty {
        Type::List { item, max } => list(connector, item, *max, value, faults),
        Type::Record(_) | Type::Object(_) => match connector.object(ty) {
            Some(object) => members(connector, object, value, faults),
            None => value,
        },
        Type::Map if !value.is_object() => {
            faults.push(no_object(name_of(&value)));
            value
        }
        Type::Map | Type::Any | Type::File { .. } => value,
        scalar => match read_value(connector, scalar, &value) {
            Ok(value) => value,
            Err(fault) => {
                faults.push(fault);
                value
            }
        },
    }
}

fn read_value(connector: &Connector, ty: &Type, value: &Value) -> Result<Value, ValueFault> {
    let (text, kind) = match value {
        Value::String(text) => (Cow::Borrowed(text.as_str()), Kind::Text),
        Value::Number(number) => (Cow::Owned(number.to_string()), Kind::Number),
        Value::Bool(truth) => (Cow::Owned(truth.to_string()), Kind::Truth),
        other => return Err(no_scalar(ty, name_of(other))),
    };
    read_scalar(connector, ty, &Scalar { text, kind })
}

fn list(connector: &Connector, item: &Type, max: Option<u64>, value: Value, faults: &mut Vec<ValueFault>) -> Value {
    let Value::Array(values) = value else {
        faults.push(no_list(name_of(&value)));
        return value;
    };
    faults.extend(too_many(values.len(), max));
    let checked = values.into_iter().enumerate().map(|(i, value)| {
        let mut inner = Vec::new();
        let value = check(connector, item, value, &mut inner);
        faults.extend(inner.into_iter().map(|fault| fault.inside(&i.to_string())));
        value
    });
    Value::Array(checked.collect())
}

fn members(connector: &Connector, object: &RecordType, value: Value, faults: &mut Vec<ValueFault>) -> Value {
    let Value::Object(given) = value else {
        faults.push(no_object(name_of(&value)));
        return value;
    };
    let mut checked = Map::new();
    for (name, value) in given {
        let Some(field) = object.field(&name) else {
            faults.push(no_member(object, &name));
            continue;
        };
        let mut inner = Vec::new();
        let value = check(connector, &field.ty, value, &mut inner);
        faults.extend(inner.into_iter().map(|fault| fault.inside(&name)));
        checked.insert(name, value);
    }
    for field in &object.fields {
        complete(field, &mut checked, faults);
    }
    Value::Object(checked)
}

fn no_list(name: &str) -> ValueFault {
    ValueFault::new(format!("must be a list, and is {name}"))
}

fn no_object(name: &str) -> ValueFault {
    ValueFault::new(format!("must be an object, and is {name}"))
}

fn no_member(object: &RecordType, name: &str) -> ValueFault {
    let known = object.fields.iter().map(|field| field.name.as_str());
    ValueFault::new("is not a member here").help(did_you_mean(name, known)).inside(name)
}

fn too_many(count: usize, max: Option<u64>) -> Option<ValueFault> {
    let max = max.filter(|max| count as u64 > *max)?;
    Some(ValueFault::new(format!("has {count} entries, and the service takes at most {max}")))
}

/// Adds what a member always has or has by default, and misses what it must have.
fn complete(field: &Field, given: &mut Map<String, Value>, faults: &mut Vec<ValueFault>) {
    if let Some(constant) = &field.constant {
        given.insert(field.name.clone(), constant.clone());
    } else if !given.contains_key(&field.name) {
        if let Some(default) = &field.default {
            given.insert(field.name.clone(), default.clone());
        } else if field.required {
            faults.push(ValueFault::new("is missing").inside(&field.name));
        }
    }
}

/// A scalar as it was given.
struct Scalar<'a> {
    /// A text without its quotes, anything else as it was written.
    text: Cow<'a, str>,
    kind: Kind,
}

/// What a scalar was given as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Truth,
}

fn no_scalar(ty: &Type, name: &str) -> ValueFault {
    ValueFault::new(format!("must be {}, and is {name}", article(ty)))
}

/// Reads a scalar as a type. Numbers are read from their text, so that no digit is lost.
fn read_scalar(connector: &Connector, ty: &Type, given: &Scalar<'_>) -> Result<Value, ValueFault> {
    let text = given.text.as_ref();
    let wrong = || {
        let shown = if given.kind == Kind::Text { Value::from(text).to_string() } else { text.to_owned() };
        ValueFault::new(format!("must be {}, and is {shown}", article(ty)))
    };
    Ok(match ty {
        Type::Int => text
            .trim()
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_| text.trim().parse::<u64>().map(Value::from))
            .map_err(|_| wrong())?,
        Type::Bool => text.trim().parse::<bool>().map(Value::from).map_err(|_| wrong())?,
        Type::Decimal if is_decimal(text.trim()) => Value::String(text.trim().to_owned()),
        Type::Decimal => return Err(wrong()),
        // An id that came as a float has lost digits already.
        Type::Id if given.kind == Kind::Truth || text.is_empty() => return Err(wrong()),
        Type::Id if given.kind == Kind::Number && text.contains(['.', 'e', 'E']) => return Err(wrong()),
        Type::Choice { values, open, numeric } => choice(values, *open, *numeric, text)?,
        Type::Date(_) | Type::Time(_) => {
            let spelled = match connector.chosen_spelling(ty) {
                // How it is spelled, only the connection knows.
                Some(_) => time::may_be(text),
                None => time::spell(text, connector.spelling(ty)),
            };
            spelled.map_err(|message| {
                ValueFault::new(message).help(Some("write it as 2026-01-31T10:00:00Z, or with an offset".to_owned()))
            })?
        }
        Type::Email if !text.contains('@') => return Err(wrong()),
        _ => Value::String(text.to_owned()),
    })
}

fn choice(values: &[String], open: bool, numeric: bool, text: &str) -> Result<Value, ValueFault> {
    if !open && !values.iter().any(|value| value == text) {
        let help = did_you_mean(text, values.iter().map(String::as_str));
        return Err(ValueFault::new(format!("must be one of {}, and is `{text}`", values.join(", "))).help(help));
    }
    match text.parse::<i64>() {
        Ok(number) if numeric => Ok(Value::from(number)),
        _ => Ok(Value::String(text.to_owned())),
    }
}

pub(crate) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let good = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    good(whole) && good(fraction) && (whole == "0" || !whole.starts_with('0'))
}

fn article(ty: &Type) -> String {
    match ty {
        Type::Int => "a whole number".to_owned(),
        Type::Bool => "true or false".to_owned(),
        Type::Decimal => "a number".to_owned(),
        Type::Id => "an id, as text".to_owned(),
        Type::Email => "a mail address".to_owned(),
        Type::Date(_) => "a date".to_owned(),
        Type::Time(_) => "a time".to_owned(),
        Type::String => "text".to_owned(),
        other => with_article(other),
    }
}

/// A type as the language writes it, behind its article: ``a `time` ``, ``an `id` ``.
pub(crate) fn with_article(ty: &Type) -> String {
    let text = ty.to_string();
    let article = if text.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} `{text}`")
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    fn connector() -> Connector {
        let yaml = "
connector: test
title: Test
base_url: https://test.{zoho}
times: { time: \"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'\" }
types:
  Line: { name!: string, kind: =row, count: int = 1, price: decimal, due: time }
";
        read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    fn checked(ty: &Type, value: Value) -> Result<Value, Vec<String>> {
        let mut faults = Vec::new();
        let value = check(&connector(), ty, value, &mut faults);
        let words = faults.iter().map(|fault| format!("{}: {}", fault.at, fault.message)).collect::<Vec<_>>();
        if words.is_empty() { Ok(value) } else { Err(words) }
    }

    #[test]
    fn scalars_are_read_from_what_people_write() {
        for (ty, value, expected) in [
            (Type::Int, json!("5"), json!(5)),
            (Type::Bool, json!("true"), json!(true)),
            (Type::Id, json!(1234567890123456789u64), json!("1234567890123456789")),
            (Type::Decimal, json!("12.10"), json!("12.10")),
            (Type::String, json!(5), json!("5")),
            (Type::Choice { values: vec!["1".into(), "2".into()], open: false, numeric: true }, json!("2"), json!(2)),
            (Type::Email, json!(null), json!(null)),
        ] {
            assert_eq!(checked(&ty, value), Ok(expected), "{ty}");
        }
        for (ty, value) in [
            (Type::Int, json!("five")),
            (Type::Id, json!(1.5e300)),
            (Type::Decimal, json!("1e5")),
            (Type::Email, json!("nobody")),
            (Type::Choice { values: vec!["a".into()], open: false, numeric: false }, json!("b")),
            (Type::Map, json!([])),
        ] {
            assert!(checked(&ty, value).is_err(), "{ty}");
        }
    }

    #[test]
    fn an_object_gets_its_constants_and_defaults_and_all_its_faults_are_found() {
        let line = Type::Record("Line".into());
        assert_eq!(
            checked(&line, json!({ "name": "a", "due": "2026-01-31T10:00:00+02:00" })),
            Ok(json!({ "name": "a", "due": "2026-01-31T08:00:00.000Z", "kind": "row", "count": 1 })),
        );
        let faults = checked(
            &Type::List { item: Box::new(line), max: Some(1) },
            json!([{ "nam": "a" }, { "name": "b", "price": "x" }]),
        );
        assert_eq!(
            faults.unwrap_err(),
            [
                ": has 2 entries, and the service takes at most 1",
                "0.nam: is not a member here",
                "0.name: is missing",
                "1.price: must be a number, and is \"x\"",
            ]
        );
    }
}
