//! The flat parts of a request: query parameters, headers and form fields.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use zoho_connector::connector::ListStyle;
use zoho_connector::{Connector, Location, Site, Type};

use super::{Change, is_json};
use crate::invocation::FilePart;
use crate::value::encode;

/// What is escaped in a segment of a path: everything but unreserved characters.
pub(crate) const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// What is escaped in a query: the same, but for what reads well and means nothing there.
const QUERY: &AsciiSet = &PATH.remove(b',').remove(b':').remove(b'/').remove(b'*').remove(b'(').remove(b')');

/// Escapes a text.
pub(super) fn escape(text: &str, set: &'static AsciiSet) -> String {
    utf8_percent_encode(text, set).to_string()
}

/// Pairs in URL encoding.
pub(crate) fn encode_pairs(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    push_pairs(&mut text, "", pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    text
}

/// Adds pairs in URL encoding, with `before` in front of the first.
fn push_pairs<'a>(text: &mut String, before: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    let mut before = before;
    for (name, value) in pairs {
        text.push_str(before);
        text.extend(utf8_percent_encode(name, QUERY));
        text.push('=');
        text.extend(utf8_percent_encode(value, QUERY));
        before = "&";
    }
}

/// Query parameters, headers and form fields, in order.
#[derive(Debug)]
pub(super) struct Fields {
    lists: ListStyle,
    all: Vec<(Location, String, String)>,
    files: Vec<(String, FilePart)>,
}

impl Fields {
    pub(super) fn new(lists: ListStyle) -> Self {
        Self { lists, all: Vec::new(), files: Vec::new() }
    }

    pub(super) fn put(&mut self, location: Location, name: &str, value: String) {
        self.all.push((location, name.to_owned(), value));
    }

    /// An argument: an object as JSON text, a list of scalars in the service's style.
    pub(super) fn argument(&mut self, connector: &Connector, site: &Site, ty: &Type, value: &Value) {
        let scalars = match (ty, value) {
            (Type::List { item, .. }, Value::Array(values)) if !is_json(item) => Some(values),
            _ => None,
        };
        match (scalars, self.lists) {
            (Some(values), ListStyle::Comma) => {
                let text = values.iter().map(encode::plain).collect::<Vec<_>>().join(",");
                self.put(site.location, &site.wire, text);
            }
            (Some(values), ListStyle::Repeat) => {
                values.iter().for_each(|value| self.put(site.location, &site.wire, encode::plain(value)));
            }
            (Some(_), ListStyle::Json) => self.put(site.location, &site.wire, encode::json_text(connector, ty, value)),
            (None, _) if is_json(ty) || value.is_array() => {
                self.put(site.location, &site.wire, encode::json_text(connector, ty, value));
            }
            (None, _) => self.put(site.location, &site.wire, encode::plain(value)),
        }
    }

    pub(super) fn files(&mut self, name: &str, files: &[FilePart]) {
        self.files.extend(files.iter().map(|file| (name.to_owned(), file.clone())));
    }

    /// Sets what paging wants; inside a JSON value where the place leads there.
    pub(super) fn change(&mut self, change: &Change) {
        let (place, value) = match change {
            Change::Set(place, value) => (place, Ok(value)),
            Change::Append(place, text) => (place, Err(text)),
            Change::Follow(_) => return,
        };
        if matches!(place.location, Location::Body | Location::Path) {
            return;
        }
        let position =
            self.all.iter().position(|(location, name, _)| *location == place.location && *name == place.name);
        let position = position.unwrap_or_else(|| {
            self.put(place.location, &place.name, String::new());
            self.all.len() - 1
        });
        let current = &mut self.all[position].2;
        match value {
            Err(text) => *current = appended(current, text),
            Ok(value) if place.inner.is_empty() => *current = encode::plain(value),
            Ok(value) => {
                let mut json = serde_json::from_str(current).unwrap_or_else(|_| Value::Object(Map::new()));
                set_within(&mut json, &place.inner, value.clone());
                *current = json.to_string();
            }
        }
    }

    /// Adds the query to an address, where there is one.
    pub(super) fn add_query(&self, address: &mut String) {
        let query = self.all.iter().filter(|(location, ..)| *location == Location::Query);
        push_pairs(address, "?", query.map(|(_, name, value)| (name.as_str(), value.as_str())));
    }

    pub(super) fn headers(&self) -> Vec<(String, String)> {
        self.of(Location::Header)
    }

    pub(super) fn form(&self) -> Vec<(String, String)> {
        self.of(Location::Form)
    }

    pub(super) fn form_files(&self) -> &[(String, FilePart)] {
        &self.files
    }

    fn of(&self, wanted: Location) -> Vec<(String, String)> {
        let here = self.all.iter().filter(|(location, ..)| *location == wanted);
        here.map(|(_, name, value)| (name.clone(), value.clone())).collect()
    }
}

/// A text with another behind it, a blank between them.
pub(super) fn appended(current: &str, text: &str) -> String {
    format!("{} {text}", current.trim_end())
}

/// Sets a value inside a JSON value, making the objects that lead there.
pub(crate) fn set_within(json: &mut Value, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *json = value;
        return;
    };
    if !json.is_object() {
        *json = Value::Object(Map::new());
    }
    if let Value::Object(members) = json {
        set_within(members.entry(first.clone()).or_insert(Value::Null), rest, value);
    }
}
