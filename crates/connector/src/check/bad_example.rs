//! # An example that its own API would refuse
//!
//! ## What it does
//! Finds examples that name an argument that the API does not have, or give a value that does not fit its type. What an
//! example leaves out is made from the types, so it may be partial.
//!
//! ## Why
//! An example is documentation, the request of a test, and what the sandbox starts from. One that is refused misleads
//! people first.
//!
//! ## Bad
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! types:
//!   Book: { id!: id, title: string, pages: int }
//! apis:
//!   books.create:
//!     post: /books
//!     scopes: [books.CREATE]
//!     body: { title!: string, pages: int, author: id }
//!     returns: Book
//!     example: { titel: Momo, pages: many, author: 4000000000001 }
//! ```
//!
//! ## Good
//! ```yaml
//! connector: shelf
//! title: Zoho Shelf
//! base_url: https://shelf.{zoho}/api/v1
//! scope_prefix: [ZohoShelf]
//! types:
//!   Book: { id!: id, title: string, pages: int }
//! apis:
//!   books.create:
//!     post: /books
//!     scopes: [books.CREATE]
//!     body: { title!: string, pages: int, author: id }
//!     returns: Book
//!     example: { title: Momo, pages: 304, author: "4000000000001" }
//! ```

use serde_json::{Map, Value};

use super::{Subject, members_are_unsure};
use crate::connector::{Api, Connector, Parameter};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Origin;
use crate::suggest::did_you_mean;
use crate::types::{RecordType, Type};

pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    let unsure = members_are_unsure(subject, faults);
    for api in subject.connector.apis.values() {
        let at = api.origin.key("example");
        let mut judge = Judge { connector: subject.connector, unsure, faults };
        for (name, value) in api.example.iter().flatten() {
            match parameter_named(api, name) {
                Some(parameter) => judge.value(&unbounded(api, parameter), value, &at.key(name)),
                None if unsure => {}
                None => judge.faults.push(unknown_argument(api, name, &at.key(name))),
            }
        }
    }
}

fn parameter_named<'a>(api: &'a Api, name: &str) -> Option<&'a Parameter> {
    let by_wire = || api.parameters.iter().find(|parameter| parameter.sites.iter().any(|site| site.wire == name));
    api.parameter(name).or_else(by_wire)
}

/// A batch takes a list of any length.
fn unbounded(api: &Api, parameter: &Parameter) -> Type {
    match &parameter.ty {
        Type::List { item, .. } if api.batch.as_ref() == Some(&parameter.name) => {
            Type::List { item: item.clone(), max: None }
        }
        ty => ty.clone(),
    }
}

fn unknown_argument(api: &Api, name: &str, origin: &Origin) -> Diagnostic {
    let known: Vec<&str> = api.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let help = did_you_mean(name, known.iter().copied()).unwrap_or_else(|| match known.as_slice() {
        [] => "it takes no arguments".to_owned(),
        known => format!("its arguments are {}", known.join(", ")),
    });
    let message = format!("`{name}` is not an argument of `{}`", api.name);
    Diagnostic::error(Code::BadExample, origin.clone(), message).at_key().help(help)
}

struct Judge<'a> {
    connector: &'a Connector,
    /// Whether a type may have members that are not known.
    unsure: bool,
    faults: &'a mut Vec<Diagnostic>,
}

impl Judge<'_> {
    fn report(&mut self, origin: &Origin, message: String, help: Option<String>) {
        self.faults.push(Diagnostic::error(Code::BadExample, origin.clone(), message).maybe_help(help));
    }

    /// Judges a value by a type; all its faults are reported, each at its own place. A null clears a member.
    fn value(&mut self, ty: &Type, value: &Value, at: &Origin) {
        match (ty, value) {
            (_, Value::Null) | (Type::Any, _) | (Type::Map, Value::Object(_)) => {}
            (Type::List { item, max }, Value::Array(values)) => {
                if let Some(max) = max.filter(|max| values.len() as u64 > *max) {
                    self.report(at, format!("the list has {} entries, and takes {max}", values.len()), None);
                }
                values.iter().enumerate().for_each(|(i, value)| self.value(item, value, &at.index(i)));
            }
            (Type::Record(_) | Type::Object(_), value) => match (self.connector.object(ty).cloned(), value) {
                (Some(object), Value::Object(members)) => self.members(&object, members, at),
                (Some(_), _) => {
                    self.report(at, format!("a `{ty}` is wanted here, which is a map of its members"), None);
                }
                (None, _) => {}
            },
            (Type::Choice { values, open, .. }, value) => self.choice(values, *open, value, at),
            (ty, value) if scalar_fits(ty, value) => {}
            (ty, value) => {
                self.report(at, format!("{} is wanted here, and {}", a_type(ty), what(value)), advice(ty, value));
            }
        }
    }

    fn members(&mut self, object: &RecordType, members: &Map<String, Value>, at: &Origin) {
        for (name, value) in members {
            match object.field(name) {
                Some(field) => self.value(&field.ty, value, &at.key(name)),
                None if self.unsure => {}
                None => {
                    let known = object.fields.iter().map(|field| field.name.as_str());
                    let fault =
                        Diagnostic::error(Code::BadExample, at.key(name), format!("there is no member `{name}` here"));
                    self.faults.push(fault.at_key().maybe_help(did_you_mean(name, known)));
                }
            }
        }
        let made = |field: &crate::Field| field.default.is_some() || field.constant.is_some();
        for field in object.fields.iter().filter(|field| field.required && !made(field)) {
            if !members.contains_key(&field.name) {
                self.report(at, format!("the member `{}` is required and missing", field.name), None);
            }
        }
    }

    fn choice(&mut self, values: &[String], open: bool, value: &Value, at: &Origin) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) if !number.is_f64() => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            _ => return self.report(at, format!("one of {} is wanted here", values.join(", ")), None),
        };
        if !open && !values.contains(&text) {
            let help = did_you_mean(&text, values.iter().map(String::as_str));
            let help = help.unwrap_or_else(|| format!("it is one of {}", values.join(", ")));
            self.report(at, format!("`{text}` is not one of the choices"), Some(help));
        }
    }
}

fn scalar_fits(ty: &Type, value: &Value) -> bool {
    match ty {
        Type::Int => value.is_i64() || value.is_u64(),
        Type::Bool => value.is_boolean(),
        Type::Decimal => value.is_i64() || value.as_str().is_some_and(|text| text.parse::<f64>().is_ok()),
        Type::Email => value.as_str().is_some_and(|text| text.contains('@')),
        Type::Time(_) | Type::Date(_) => value.is_string() || value.is_i64(),
        Type::File { .. } | Type::List { .. } | Type::Map => false,
        _ => value.is_string(),
    }
}

fn a_type(ty: &Type) -> String {
    match ty {
        Type::Int => "a whole number".to_owned(),
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Id => "an id".to_owned(),
        Type::Map => "a map".to_owned(),
        Type::List { .. } => format!("a list `{ty}`"),
        Type::File { .. } => "a file".to_owned(),
        Type::String | Type::Duration | Type::Phone | Type::Url => "a text".to_owned(),
        Type::Email => "a mail address".to_owned(),
        ty => format!("a `{ty}`"),
    }
}

fn what(value: &Value) -> String {
    match value {
        Value::Null => "nothing stands there".to_owned(),
        Value::Bool(truth) => format!("`{truth}` is a truth value"),
        // A number may have lost digits on its way here, so it is not repeated.
        Value::Number(_) => "this is a number".to_owned(),
        Value::String(text) => format!("`{text}` is a text"),
        Value::Array(_) => "this is a list".to_owned(),
        Value::Object(_) => "this is a map".to_owned(),
    }
}

fn advice(ty: &Type, value: &Value) -> Option<String> {
    let advice = match (ty, value) {
        (Type::Id, Value::Number(_)) => "an id is text: put it in quotes",
        (Type::Decimal, Value::Number(_)) => "a decimal is text, so that no digit is lost: put it in quotes",
        (Type::File { .. }, _) => "leave it out: a small file is made for it",
        (Type::List { .. }, _) => "write a list: `[a, b]`",
        (ty, Value::Number(_) | Value::Bool(_)) if ty.is_scalar() && !matches!(ty, Type::Int | Type::Bool) => {
            "put it in quotes"
        }
        (Type::Int | Type::Bool, Value::String(text))
            if text.parse::<i64>().is_ok() || text.parse::<bool>().is_ok() =>
        {
            "write it without quotes"
        }
        _ => return None,
    };
    Some(advice.to_owned())
}
