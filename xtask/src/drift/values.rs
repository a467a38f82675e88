//! Whether a type says what a definition says of a value.

use std::collections::BTreeSet;

use zoho_connector::differs::Aspect;
use zoho_connector::time_format::TimeFormat;
use zoho_connector::{Connector, Type};

use super::{Adds, Fact};
use crate::definitions::shape::Shape;

/// How a value travels, which decides what can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As text: in a path, a query, a header or a form.
    Text,
    /// As JSON that is sent.
    Sent,
    /// As JSON that comes back.
    Read,
}

/// What a scalar type and a shape make of a value in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Number,
    Truth,
    Map,
    List,
    File,
    /// Both text and a number may be meant.
    Either,
}

/// How a type differs from a shape, in words. Of objects only that both are objects is looked at.
pub(super) fn difference(connector: &Connector, ty: &Type, shape: &Shape, way: Way) -> Option<Fact> {
    match (ty, shape) {
        (Type::Any, _) | (_, Shape::Any) => None,
        (Type::List { item, max }, Shape::List(theirs, most)) => {
            difference(connector, item, theirs, way).map(of_entries).or_else(|| length(*max, *most, way))
        }
        // Texts with commas are lists where they travel as text.
        (Type::List { item, .. }, theirs) if way == Way::Text && !matches!(theirs, Shape::Map | Shape::Object(_)) => {
            of_text_list(connector, item, theirs)
        }
        (Type::String, Shape::List(..)) if way == Way::Text => None,
        (_, Shape::Choice { values, open }) if way != Way::Read => choices(connector, ty, values, *open, way),
        _ => kinds(connector, ty, shape, way),
    }
}

fn of_entries(fact: Fact) -> Fact {
    Fact { words: format!("of its entries, {}", fact.words), ..fact }
}

/// The most entries of a list that is sent.
pub(super) fn length(max: Option<u64>, most: Option<u64>, way: Way) -> Option<Fact> {
    let differs = way == Way::Sent && most.is_some() && max != most;
    let words = || format!("the definition takes at most {}; here {}", limit(most), limit(max));
    differs
        .then(|| if max.is_none() { Fact::lack(Aspect::Length, words()) } else { Fact::wrong(Aspect::Length, words()) })
}

fn limit(max: Option<u64>) -> String {
    max.map_or_else(|| "any number".to_owned(), |max| max.to_string())
}

/// A list that travels as text beside a definition that has one text: any text may be a list.
fn of_text_list(connector: &Connector, item: &Type, theirs: &Shape) -> Option<Fact> {
    match theirs {
        Shape::Choice { .. } => difference(connector, item, theirs, Way::Text),
        Shape::Int | Shape::Bool | Shape::Decimal => {
            Some(Fact::wrong(Aspect::Type, format!("the definition takes one `{theirs}`; here a list")))
        }
        Shape::File => Some(Fact::wrong(Aspect::Type, "the definition takes a file; here a list")),
        _ => None,
    }
}

/// Choices: those that one side lacks. A text where the definition names choices says less than it.
fn choices(connector: &Connector, ty: &Type, theirs: &[String], open: bool, way: Way) -> Option<Fact> {
    match ty {
        Type::Choice { values, open: grows, .. } => {
            let (mine, other): (BTreeSet<&str>, BTreeSet<&str>) =
                (values.iter().map(String::as_str).collect(), theirs.iter().map(String::as_str).collect());
            let missing: Vec<&str> = other.difference(&mine).copied().filter(|_| !grows).collect();
            let extra: Vec<&str> = mine.difference(&other).copied().filter(|_| !open).collect();
            let part =
                |values: &[&str], words: &str| (!values.is_empty()).then(|| format!("{words} {}", listed(values)));
            let parts: Vec<String> = [
                part(&missing, "the definition also has the choices"),
                part(&extra, "the definition does not have the choices"),
            ]
            .into_iter()
            .flatten()
            .collect();
            let adds =
                extra.is_empty().then(|| Adds::Choices(missing.iter().map(|value| (*value).to_owned()).collect()));
            (!parts.is_empty()).then(|| Fact { adds, ..Fact::wrong(Aspect::Choices, parts.join("; ")) })
        }
        Type::Bool if theirs.iter().all(|value| matches!(value.as_str(), "true" | "false")) => None,
        Type::Int | Type::Id if theirs.iter().all(|value| value.parse::<i64>().is_ok()) => None,
        Type::List { .. }
        | Type::Map
        | Type::Object(_)
        | Type::Record(_)
        | Type::File { .. }
        | Type::Bool
        | Type::Int => kinds(connector, ty, &Shape::Choice { values: theirs.to_vec(), open }, way).or_else(|| {
            Some(Fact::lack(Aspect::Choices, format!("the definition has the choices {}; here `{ty}`", listed(theirs))))
        }),
        _ if open => None,
        _ => {
            Some(Fact::lack(Aspect::Choices, format!("the definition has the choices {}; here `{ty}`", listed(theirs))))
        }
    }
}

fn listed<T: AsRef<str>>(values: &[T]) -> String {
    let shown: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    match shown.len() {
        0..=12 => shown.join("|"),
        all => format!("{}|… ({all} in all)", shown[..10].join("|")),
    }
}

fn kinds(connector: &Connector, ty: &Type, shape: &Shape, way: Way) -> Option<Fact> {
    let (mine, theirs) = (kind_of(connector, ty), kind_of_shape(shape));
    let same = match (mine, theirs) {
        (a, b) if a == b => true,
        // Definitions call whole numbers numbers, too.
        (Kind::Number, Kind::Whole)
        | (Kind::Whole, Kind::Number)
        | (Kind::Either, Kind::Text | Kind::Whole | Kind::Number) => true,
        (Kind::Text | Kind::Whole | Kind::Number, Kind::Either) => true,
        // An object may be written as its JSON text.
        (Kind::Map, Kind::Text) if way == Way::Text => true,
        // All is text, and a type that says more is what a person made of prose.
        (Kind::Whole | Kind::Number | Kind::Truth, Kind::Text) => way != Way::Sent,
        _ => false,
    };
    (!same)
        .then(|| Fact::wrong(Aspect::Type, format!("the definition has `{}`; here `{}`", brief(shape), brief_type(ty))))
}

fn kind_of(connector: &Connector, ty: &Type) -> Kind {
    match ty {
        Type::Int => Kind::Whole,
        Type::Decimal => Kind::Number,
        Type::Bool => Kind::Truth,
        Type::Map | Type::Object(_) | Type::Record(_) => Kind::Map,
        Type::List { .. } => Kind::List,
        Type::File { .. } => Kind::File,
        Type::Choice { numeric: true, .. } => Kind::Whole,
        // Ids are written as numbers, too; so are times that count milliseconds.
        Type::Id | Type::Any | Type::Duration => Kind::Either,
        Type::Date(_) | Type::Time(_) if matches!(connector.spelling(ty), Some(TimeFormat::EpochMs)) => Kind::Either,
        _ => Kind::Text,
    }
}

fn kind_of_shape(shape: &Shape) -> Kind {
    match shape {
        Shape::Int => Kind::Whole,
        Shape::Decimal => Kind::Number,
        Shape::Bool => Kind::Truth,
        Shape::Map | Shape::Object(_) => Kind::Map,
        Shape::List(..) => Kind::List,
        Shape::File => Kind::File,
        Shape::Id | Shape::Any => Kind::Either,
        Shape::Choice { values, .. } if values.iter().all(|value| value.parse::<i64>().is_ok()) => Kind::Either,
        _ => Kind::Text,
    }
}

/// A shape in a few words.
pub(super) fn brief(shape: &Shape) -> String {
    match shape {
        Shape::Object(object) => {
            let names: Vec<&str> = object.members.iter().map(|member| member.name.as_str()).collect();
            format!("{{ {} }}", short(&names))
        }
        Shape::List(item, _) => format!("[{}]", brief(item)),
        Shape::Choice { values, .. } => listed(values),
        scalar => scalar.to_string(),
    }
}

/// A type in a few words.
fn brief_type(ty: &Type) -> String {
    match ty {
        Type::Object(object) => {
            let names: Vec<&str> = object.fields.iter().map(|field| field.name.as_str()).collect();
            format!("{{ {} }}", short(&names))
        }
        Type::List { item, .. } => format!("[{}]", brief_type(item)),
        other => other.to_string(),
    }
}

/// The first names of many.
pub(super) fn short(names: &[&str]) -> String {
    if names.len() > 8 { format!("{}, … {} in all", names[..7].join(", "), names.len()) } else { names.join(", ") }
}
