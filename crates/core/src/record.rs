//! A record: bytes until somebody looks inside.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use zoho_connector::ReplyPath;
use zoho_connector::path::PathStep;

pub(crate) mod outline;

use outline::{Outline, Span, depth};

/// One JSON value as the service sent it, with all its members in their order.
#[derive(Clone)]
pub struct Record {
    bytes: Bytes,
    /// Whether it is known to have no blanks between its parts.
    is_compact: bool,
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Record {}

impl Record {
    /// A record that is a part of a reply's body: it shares the body's memory.
    pub(crate) fn within(body: &Bytes, raw: &RawValue) -> Self {
        let text = raw.get().as_bytes();
        let start = (text.as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
        let shared = start.checked_add(text.len()).is_some_and(|end| end <= body.len());
        let bytes = if shared { body.slice(start..start + text.len()) } else { Bytes::copy_from_slice(text) };
        Self { bytes, is_compact: false }
    }

    /// A record that is a part of a reply's body, by its place in it.
    pub(crate) fn at(body: &Bytes, span: Span) -> Self {
        Self { bytes: body.slice(span.start..span.end), is_compact: span.is_compact }
    }

    /// A part of this one, by its place in it.
    fn part(&self, span: Span) -> Self {
        Self::at(&self.bytes, span)
    }

    /// The memory that it shares.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// A record of its own from JSON text.
    pub fn from_text(text: String) -> Self {
        Self { bytes: Bytes::from(text), is_compact: false }
    }

    /// The bytes as they came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it is known to have no blanks between its parts, so that it is one line as it is. Most services send
    /// them so.
    pub fn is_compact(&self) -> bool {
        self.is_compact
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// The record as a value of a program's own type.
    ///
    /// # Errors
    /// Where the record is not of that type.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.bytes)
    }

    /// The record as JSON.
    pub fn to_value(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The first value at a path, as text; without building a tree.
    pub fn text_at(&self, path: &ReplyPath) -> Option<String> {
        find(self.raw()?, path).first().map(|raw| text_of(raw))
    }

    /// The value of a member, where it is an object that has it.
    pub fn get(&self, name: &str) -> Option<Self> {
        let outline = Outline::read(&self.bytes, depth::MEMBERS)?;
        outline.member(outline.whole(), &self.bytes, name).map(|part| self.part(part.span))
    }

    /// The members of an object, in their order, as records that share its memory; nothing of any other value.
    pub fn members(&self) -> Option<Vec<(Cow<'_, str>, Self)>> {
        let outline = Outline::read(&self.bytes, depth::MEMBERS)?;
        let members = outline.inside(outline.whole());
        let members = members.filter_map(|part| Some((part.name(&self.bytes)?, self.part(part.span))));
        outline.whole().text(&self.bytes).starts_with(b"{").then(|| members.collect())
    }

    /// The entries of a list, as records that share its memory; nothing of any other value.
    pub fn entries(&self) -> Option<Vec<Self>> {
        let outline = Outline::read(&self.bytes, depth::MEMBERS)?;
        let entries = outline.inside(outline.whole()).map(|part| self.part(part.span));
        outline.whole().is_list(&self.bytes).then(|| entries.collect())
    }

    /// A string without its quotes, a number or a truth value as written; nothing of `null`, a list or an object.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        let text = self.as_str().trim();
        match text.as_bytes() {
            [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => text.get(1..text.len() - 1).map(Cow::Borrowed),
            [b'"', ..] => serde_json::from_str(text).ok().map(Cow::Owned),
            [] | [b'{' | b'[', ..] | b"null" => None,
            _ => Some(Cow::Borrowed(text)),
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        self.as_str().trim() == "null"
    }

    /// An object of members, each as it came.
    pub fn of_members<'a>(members: impl IntoIterator<Item = (&'a str, &'a Self)>) -> Self {
        let mut text = String::from("{");
        for (name, value) in members {
            if text.len() > 1 {
                text.push(',');
            }
            // A text can always be written.
            text.push_str(&serde_json::to_string(name).unwrap_or_default());
            text.push(':');
            text.push_str(value.as_str());
        }
        text.push('}');
        Self::from_text(text)
    }

    pub(crate) fn raw(&self) -> Option<&RawValue> {
        serde_json::from_slice(&self.bytes).ok()
    }

    /// The record on one line, without blanks between its parts.
    pub fn to_line(&self) -> String {
        let mut line = String::with_capacity(self.bytes.len());
        push_compact(self.as_str(), &mut line);
        line
    }
}

/// Adds a JSON text to a line, without blanks between its parts; nothing else of it changes.
///
/// # Errors
/// Where it is no JSON.
pub fn compact_json(text: &str, line: &mut String) -> Result<(), serde_json::Error> {
    match Outline::of(text, depth::WHOLE) {
        Some(outline) if outline.whole().span.is_compact => line.push_str(text.trim_ascii()),
        Some(_) => push_compact(text, line),
        None => return Err(outline::fault(text)),
    }
    Ok(())
}

/// Adds a JSON text without blanks between its parts.
pub(crate) fn push_compact(text: &str, line: &mut String) {
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if quoted {
            quoted = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            quoted = c == '"';
        }
        line.push(c);
    }
}

impl Default for Record {
    /// An object without members.
    fn default() -> Self {
        Self { bytes: Bytes::from_static(b"{}"), is_compact: true }
    }
}

impl From<Value> for Record {
    fn from(value: Value) -> Self {
        Self::from_text(value.to_string())
    }
}

impl FromStr for Record {
    type Err = serde_json::Error;

    /// Takes JSON text as it is, if it is JSON.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str::<&RawValue>(text)?;
        Ok(Self::from_text(text.to_owned()))
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Record {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_slice(&self.bytes).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// All values at a path of a JSON text. A header has none here.
pub(crate) fn find<'a>(raw: &'a RawValue, path: &ReplyPath) -> Vec<&'a RawValue> {
    match path {
        ReplyPath::Body(steps) => find_steps(raw, steps),
        ReplyPath::Header(_) => Vec::new(),
    }
}

/// All values at the steps of a path.
pub(crate) fn find_steps<'a>(raw: &'a RawValue, steps: &[PathStep]) -> Vec<&'a RawValue> {
    let mut found = Vec::new();
    collect(raw, steps, &mut found);
    found
}

fn collect<'a>(raw: &'a RawValue, steps: &[PathStep], found: &mut Vec<&'a RawValue>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(raw);
        return;
    };
    let mut json = serde_json::Deserializer::from_str(raw.get());
    match step {
        // A step that the value does not have finds nothing; the text itself was checked when the reply was read.
        PathStep::Member(name) => {
            if let Ok(Some(value)) = json.deserialize_any(Member(name)) {
                collect(value, rest, found);
            }
        }
        PathStep::Index(index) => {
            if let Some(value) = items(raw).get(*index) {
                collect(value, rest, found);
            }
        }
        PathStep::Each => items(raw).into_iter().for_each(|value| collect(value, rest, found)),
    }
}

/// The entries of a JSON list; nothing of any other value.
pub(crate) fn items(raw: &RawValue) -> Vec<&RawValue> {
    if raw.get().starts_with('[') { serde_json::from_str(raw.get()).unwrap_or_default() } else { Vec::new() }
}

/// Whether a JSON value is `null`.
pub(crate) fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

/// A JSON value as text: a string without its quotes, anything else as written.
pub(crate) fn text_of(raw: &RawValue) -> String {
    text_in(raw).into_owned()
}

/// The same, borrowed where it stands so in the text.
pub(crate) fn text_in(raw: &RawValue) -> Cow<'_, str> {
    match raw.get().as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => {
            raw.get().get(1..=inner.len()).unwrap_or_default().into()
        }
        _ => serde_json::from_str(raw.get()).map_or_else(|_| raw.get().into(), Cow::Owned),
    }
}

/// Finds one member of an object without keeping the others.
struct Member<'n>(&'n str);

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key == self.0 {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(json: &str, path: &str) -> Vec<String> {
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        find(raw, &ReplyPath::parse(path).unwrap()).into_iter().map(|raw| raw.get().to_owned()).collect()
    }

    #[test]
    fn paths_find_members_positions_and_each() {
        let json = r#"{"data":[{"id":"1","a":{"b":2}},{"id":"2"}],"info":{"more":true}}"#;
        assert_eq!(at(json, "data.0.id"), [r#""1""#]);
        assert_eq!(at(json, "data.*.id"), [r#""1""#, r#""2""#]);
        assert_eq!(at(json, "data.0.a.b"), ["2"]);
        assert_eq!(at(json, "."), [json]);
        for path in ["data.5", "nothing", "info.more.deeper", "data.id"] {
            assert!(at(json, path).is_empty(), "{path}");
        }
    }

    #[test]
    fn its_parts_come_as_they_are_written() {
        let record: Record = r#" {"a": 1.10, "b\"": [ "x", null ], "c": {}} "#.parse().unwrap();
        let members = record.members().unwrap();
        let shown: Vec<String> = members.iter().map(|(name, value)| format!("{name}={}", value.as_str())).collect();
        assert_eq!(shown, ["a=1.10", "b\"=[ \"x\", null ]", "c={}"]);
        let again = Record::of_members(members.iter().map(|(name, value)| (name.as_ref(), value)));
        assert_eq!(again.as_str(), r#"{"a":1.10,"b\"":[ "x", null ],"c":{}}"#);
        assert_eq!(record.get("a").unwrap().text().as_deref(), Some("1.10"));
        let entries = record.get("b\"").unwrap().entries().unwrap();
        assert_eq!(entries.iter().map(Record::text).collect::<Vec<_>>(), [Some(Cow::Borrowed("x")), None]);
        assert!(entries[1].is_null() && entries[0].members().is_none() && record.entries().is_none());
        assert_eq!(Record::from(serde_json::json!("a\nb")).text().as_deref(), Some("a\nb"));
        assert_eq!(Record::default().members(), Some(Vec::new()));
        assert!("{".parse::<Record>().is_err());
    }

    #[test]
    fn a_record_keeps_every_member_and_goes_on_one_line() {
        let body = Bytes::from_static(b"[ {\"id\": \"12345678901234567890\",\n \"cf\": {\"a b\\\" c\": 1.10}} ]");
        let all: Vec<&RawValue> = serde_json::from_slice(&body).unwrap();
        let record = Record::within(&body, all[0]);
        assert_eq!(record.to_line(), r#"{"id":"12345678901234567890","cf":{"a b\" c":1.10}}"#);
        assert_eq!(record.text_at(&ReplyPath::parse("id").unwrap()).as_deref(), Some("12345678901234567890"));
    }
}
