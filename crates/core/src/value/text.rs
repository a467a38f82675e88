//! Values as JSON text: checked against their types and written in the service's spelling, from text to text. What needs no
//! other spelling goes out as it came, byte for byte, so that a number keeps every digit. The rules are those of
//! [`super::check`] and [`super::encode`], which do the same for trees.

use std::borrow::Cow;

use zoho_connector::{Connector, Field, RecordType, Type};

use super::chosen::Formats;
use super::{Kind, Scalar, ValueFault, encode, no_list, no_member, no_object, no_scalar, read_scalar, too_many};
use crate::record::outline::{Outline, Span, depth, unquoted};
use crate::record::push_compact;

/// How values are written.
pub(crate) struct Writer<'a> {
    pub(crate) connector: &'a Connector,
    /// The spellings that the connection chose.
    pub(crate) formats: &'a Formats,
}

impl Writer<'_> {
    /// Writes a text whose outline is known as a value of a type.
    pub(crate) fn value(
        &self,
        ty: &Type,
        text: &str,
        outline: &Outline,
        out: &mut String,
        faults: &mut Vec<ValueFault>,
    ) {
        let (span, first) = (outline.whole().span, outline.whole().text(text.as_bytes()).first().copied());
        match (ty, first) {
            // A null clears a member; which ones may be cleared is for the service to say.
            (_, Some(b'n')) | (Type::Any | Type::File { .. }, _) | (Type::Map, Some(b'{')) => as_it_is(text, span, out),
            (Type::Map, first) => faults.push(no_object(name_of(first))),
            (Type::List { item, max }, Some(b'[')) => self.list(item, *max, text, outline, out, faults),
            (Type::List { .. }, first) => faults.push(no_list(name_of(first))),
            (Type::Record(_) | Type::Object(_), first) => match (self.connector.object(ty), first) {
                (None, _) => as_it_is(text, span, out),
                (Some(object), Some(b'{')) => self.members(object, text, outline, out, faults),
                (Some(_), first) => faults.push(no_object(name_of(first))),
            },
            (ty, _) => self.scalar(ty, slice(text, span), out, faults),
        }
    }

    /// A value within another. Only one that has parts, and a type that says which, is looked through again.
    fn inner(&self, ty: &Type, text: &str, span: Span, out: &mut String, faults: &mut Vec<ValueFault>) {
        let part = slice(text, span);
        match (ty, part.as_bytes().first()) {
            (Type::Any | Type::Map, Some(b'{')) | (Type::Any, Some(b'[')) => as_it_is(text, span, out),
            (_, Some(b'{' | b'[')) => {
                // It was checked as a part of the whole.
                if let Some(outline) = Outline::of(part, depth::MEMBERS) {
                    self.value(ty, part, &outline, out, faults);
                }
            }
            (_, Some(b'n')) | (Type::Any | Type::File { .. }, _) => out.push_str(part),
            (Type::Map | Type::Record(_) | Type::Object(_), first) => faults.push(no_object(name_of(first.copied()))),
            (Type::List { .. }, first) => faults.push(no_list(name_of(first.copied()))),
            (ty, _) => self.scalar(ty, part, out, faults),
        }
    }

    fn list(
        &self,
        item: &Type,
        max: Option<u64>,
        text: &str,
        outline: &Outline,
        out: &mut String,
        faults: &mut Vec<ValueFault>,
    ) {
        let entries = || outline.inside(outline.whole());
        faults.extend(too_many(entries().count(), max));
        out.push('[');
        for (i, part) in entries().enumerate() {
            if i > 0 {
                out.push(',');
            }
            let known = faults.len();
            self.inner(item, text, part.span, out, faults);
            within(faults, known, || i.to_string());
        }
        out.push(']');
    }

    fn members(
        &self,
        object: &RecordType,
        text: &str,
        outline: &Outline,
        out: &mut String,
        faults: &mut Vec<ValueFault>,
    ) {
        // Which member of the text is the value of each field: of two with one name the last.
        let mut given: Vec<Option<usize>> = vec![None; object.fields.len()];
        let mut fields: Vec<Option<usize>> = Vec::new();
        let members = || outline.inside(outline.whole()).enumerate();
        for (at, part) in members() {
            let name = name(part.key(text));
            let field = object.fields.iter().position(|field| field.name == name);
            match field {
                Some(field) => given[field] = Some(at),
                None => faults.push(no_member(object, &name)),
            }
            fields.push(field);
        }
        out.push('{');
        let mut is_first = true;
        for (at, part) in members() {
            let Some(field) = fields[at].filter(|field| given[*field] == Some(at)) else { continue };
            let field = &object.fields[field];
            self.key(field, &mut is_first, out);
            let known = faults.len();
            match &field.constant {
                Some(constant) => encode::json(self.connector, &field.ty, constant, out),
                None => self.inner(&field.ty, text, part.span, out, faults),
            }
            within(faults, known, || field.name.clone());
        }
        for (field, _) in object.fields.iter().zip(&given).filter(|(_, given)| given.is_none()) {
            if let Some(value) = field.constant.as_ref().or(field.default.as_ref()) {
                self.key(field, &mut is_first, out);
                encode::json(self.connector, &field.ty, value, out);
            } else if field.required {
                faults.push(ValueFault::new("is missing").inside(&field.name));
            }
        }
        out.push('}');
    }

    fn key(&self, field: &Field, is_first: &mut bool, out: &mut String) {
        if !std::mem::take(is_first) {
            out.push(',');
        }
        encode::push(out, &field.name);
        out.push(':');
    }

    fn scalar(&self, ty: &Type, text: &str, out: &mut String, faults: &mut Vec<ValueFault>) {
        let given = match text.as_bytes() {
            [b'"', ..] => Scalar { text: name(text), kind: Kind::Text },
            [b'{' | b'[', ..] => return faults.push(no_scalar(ty, name_of(text.as_bytes().first().copied()))),
            [b't' | b'f', ..] => Scalar { text: text.into(), kind: Kind::Truth },
            _ => Scalar { text: text.into(), kind: Kind::Number },
        };
        match (ty, given.kind) {
            // They are what they are to be.
            (Type::String | Type::Duration | Type::Url | Type::Phone, Kind::Text)
            | (Type::Decimal, Kind::Number)
            | (Type::Bool, Kind::Truth) => out.push_str(text),
            _ => match read_scalar(self.connector, ty, &given).and_then(|value| self.formats.spell(ty, value)) {
                Ok(value) => encode::json(self.connector, ty, &value, out),
                Err(fault) => faults.push(fault),
            },
        }
    }
}

/// Puts the faults behind those that were known one step deeper.
fn within(faults: &mut [ValueFault], known: usize, step: impl Fn() -> String) {
    for fault in faults.iter_mut().skip(known) {
        let deeper = std::mem::replace(fault, ValueFault::new("")).inside(&step());
        *fault = deeper;
    }
}

fn as_it_is(text: &str, span: Span, out: &mut String) {
    if span.is_compact { out.push_str(slice(text, span)) } else { push_compact(slice(text, span), out) }
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap_or_default()
}

/// A JSON text in quotes, without them.
fn name(quoted: &str) -> Cow<'_, str> {
    unquoted(quoted.as_bytes()).unwrap_or_default()
}

fn name_of(first: Option<u8>) -> &'static str {
    match first {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use zoho_connector::{SourceFile, load::read};

    use super::*;
    use crate::value::{check, encode::json_text};

    fn connector() -> Connector {
        let yaml = "
connector: test
title: Test
base_url: https://test.{zoho}
times: { time: \"yyyy-MM-dd'T'HH:mm:ss.SSS'Z'\" }
types:
  Line: { name!: string, kind: =row, count: int = 1, price: decimal, due: time, owner: { id: id }, tags: [string, 2], of: a|b, more: map, any: any, mail: email, on: bool }
";
        read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    fn written(ty: &Type, text: &str) -> Result<String, Vec<String>> {
        let (connector, formats) = (connector(), Formats::default());
        let (mut out, mut faults) = (String::new(), Vec::new());
        let outline = Outline::of(text, depth::MEMBERS).unwrap();
        Writer { connector: &connector, formats: &formats }.value(ty, text, &outline, &mut out, &mut faults);
        if faults.is_empty() { Ok(out) } else { Err(words(faults)) }
    }

    fn words(faults: Vec<ValueFault>) -> Vec<String> {
        let mut words: Vec<String> = faults.iter().map(|fault| format!("{}: {}", fault.at, fault.message)).collect();
        words.sort();
        words
    }

    /// What the same text gives by way of a tree.
    fn by_tree(ty: &Type, text: &str) -> Result<String, Vec<String>> {
        let (connector, mut faults) = (connector(), Vec::new());
        let value = check(&connector, ty, serde_json::from_str::<Value>(text).unwrap(), &mut faults);
        if faults.is_empty() { Ok(json_text(&connector, ty, &value)) } else { Err(words(faults)) }
    }

    #[test]
    fn text_and_tree_are_checked_and_written_alike() {
        let line = Type::Record("Line".into());
        let lines = Type::List { item: Box::new(line.clone()), max: Some(2) };
        for (ty, text) in [
            (&line, r#"{"name":"a \"b\" \u00e4","due":"2026-01-31T10:00:00+02:00","price":"12.10","count":"7"}"#),
            (&line, r#" { "price" : 12.5 , "owner":{"id": 12345678901234567 }, "name":5, "on":"true" } "#),
            (&line, r#"{"name":"x","tags":["a",1,true],"of":"c","mail":"nobody","on":1}"#),
            (&line, r#"{"name":null,"kind":"other","of":"b","more":{"x":[1, {"y":null}]},"any":[true]}"#),
            (&line, r#"{"nam":"x","owner":[],"tags":{},"more":[],"due":"yesterday","price":"1e5","count":1.5}"#),
            (&line, r#"{"\u006eame":"x","owner":{"id":true,"ix":1},"mail":[]}"#),
            (&line, r#"{"name":"x","owner":{"id":""},"due":5}"#),
            (&line, "[]"),
            (&line, "null"),
            (&lines, r#"[{"name":"a"},null,{"nam":"b"}]"#),
            (&lines, r#"[{"name":"a"}, 5]"#),
            (&lines, "{}"),
            (&Type::Map, r#"{"a":1,"b":[{}]}"#),
            (&Type::Map, "5"),
            (&Type::Id, "\"007\""),
            (&Type::Id, "1.5"),
            (&Type::Any, "\"x\""),
        ] {
            // A text may be escaped in more than one way, and stays as it was.
            let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
            assert_eq!(written(ty, text).map(read), by_tree(ty, text).map(read), "{text}");
        }
    }

    #[test]
    fn no_digit_is_lost_and_of_two_members_the_last_counts() {
        let line = Type::Record("Line".into());
        for (ty, text, expected) in [
            (&Type::Map, r#"{ "n": 12345678901234567890.12345678901234567890, "e":1E400 }"#, None),
            (
                &line,
                r#"{"name":"a","price":0.10000000000000000000001}"#,
                Some(r#"{"name":"a","price":0.10000000000000000000001,"kind":"row","count":1}"#),
            ),
            (
                &line,
                r#"{"name":"a","owner":{"id":123456789012345678901234567890}}"#,
                Some(r#"{"name":"a","owner":{"id":"123456789012345678901234567890"},"kind":"row","count":1}"#),
            ),
            (&line, r#"{"name":"a","count":1,"name":"b"}"#, Some(r#"{"count":1,"name":"b","kind":"row"}"#)),
        ] {
            let compact = text.replace(' ', "");
            assert_eq!(written(ty, text).unwrap(), expected.unwrap_or(&compact));
        }
    }
}
