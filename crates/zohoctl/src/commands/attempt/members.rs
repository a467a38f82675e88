//! What records hold that their type does not name, and what is of another type than it says: a help to write types.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};
use zoho_connector::{Connector, RecordType, Type};

use super::guess;

/// The longest value that is quoted.
const LONGEST: usize = 40;

/// What the types of an API say less, or other, than its records do.
#[derive(Debug, Default)]
pub(super) struct Members<'v> {
    unnamed: IndexMap<(String, String), Vec<&'v Value>>,
    differing: IndexMap<(String, String), (String, usize)>,
    /// The objects of each type, and the names of its members that were there.
    owners: IndexMap<String, Owner>,
}

#[derive(Debug, Default)]
struct Owner {
    objects: usize,
    named: IndexSet<String>,
    there: IndexSet<String>,
}

/// A member that came and is not named.
pub(super) struct Unnamed {
    /// The type that does not name it.
    pub(super) owner: String,
    /// Its name.
    pub(super) name: String,
    /// The type that fits what came.
    pub(super) ty: String,
    /// How many records had it.
    pub(super) seen: usize,
    /// Of how many.
    pub(super) of: usize,
}

/// A member that is of another type than its own.
pub(super) struct Differing {
    /// The type, and the member in it.
    pub(super) place: String,
    /// What is other than it says.
    pub(super) what: String,
    /// How often.
    pub(super) seen: usize,
}

impl<'v> Members<'v> {
    /// Compares records with the type that an API gives back.
    pub(super) fn of(connector: &Connector, ty: &Type, records: &'v [Value]) -> Self {
        let mut members = Self::default();
        let owner = match ty {
            Type::Record(name) => name.clone(),
            _ => "the record".to_owned(),
        };
        for record in records {
            match (ty, record) {
                // Of a record without a type everything is unnamed.
                (Type::Map | Type::Any, Value::Object(object)) => {
                    members.object(connector, &RecordType::default(), &owner, object);
                }
                _ => members.value(connector, ty, &owner, record),
            }
        }
        members
    }

    /// What came and is not named, by type, in the order in which it came.
    pub(super) fn unnamed(&self) -> Vec<Unnamed> {
        let unnamed = self.unnamed.iter().map(|((owner, name), values)| Unnamed {
            owner: owner.clone(),
            name: name.clone(),
            ty: guess::of(name, values),
            seen: values.len(),
            of: self.owners.get(owner).map_or(0, |owner| owner.objects),
        });
        let mut unnamed: Vec<Unnamed> = unnamed.collect();
        let position = |one: &Unnamed| self.owners.get_index_of(&one.owner);
        unnamed.sort_by_key(position);
        unnamed
    }

    /// What is of another type than is written.
    pub(super) fn differing(&self) -> Vec<Differing> {
        let all = self.differing.iter();
        all.map(|((place, _), (what, seen))| Differing { place: place.clone(), what: what.clone(), seen: *seen })
            .collect()
    }

    /// What is named and was in none of the records, by type.
    pub(super) fn absent(&self) -> Vec<(&str, Vec<&str>)> {
        let all = self.owners.iter().map(|(name, owner)| {
            let lacking = owner.named.difference(&owner.there).map(String::as_str);
            (name.as_str(), lacking.collect::<Vec<_>>())
        });
        all.filter(|(_, names)| !names.is_empty()).collect()
    }

    fn value(&mut self, connector: &Connector, ty: &Type, place: &str, value: &'v Value) {
        match (ty, value) {
            (_, Value::Null) | (Type::Any | Type::File { .. }, _) => {}
            (Type::List { item, .. }, Value::Array(items)) => {
                items.iter().for_each(|each| self.value(connector, item, place, each));
            }
            (Type::Record(name), Value::Object(object)) => {
                if let Some(record) = connector.object(ty) {
                    self.object(connector, record, name, object);
                }
            }
            (Type::Object(record), Value::Object(object)) => self.object(connector, record, place, object),
            (Type::Map, Value::Object(_)) => {}
            (ty, value) => {
                if let Err(what) = fits(connector, ty, value) {
                    let entry = self.differing.entry((place.to_owned(), kind(value).to_owned()));
                    entry.or_insert((what, 0)).1 += 1;
                }
            }
        }
    }

    fn object(&mut self, connector: &Connector, record: &RecordType, owner: &str, object: &'v Map<String, Value>) {
        let entry = self.owners.entry(owner.to_owned()).or_default();
        entry.objects += 1;
        entry.named.extend(record.fields.iter().map(|field| field.name.clone()));
        entry.there.extend(object.keys().cloned());
        for (name, value) in object {
            match record.field(name) {
                Some(field) => self.value(connector, &field.ty, &format!("{owner}.{name}"), value),
                None => self.unnamed.entry((owner.to_owned(), name.clone())).or_default().push(value),
            }
        }
    }
}

/// Whether a value is what its type says, as replies are read: numbers and truth values also as text.
fn fits(connector: &Connector, ty: &Type, value: &Value) -> Result<(), String> {
    let wrong = || Err(format!("is written as `{ty}`, and came as {} ({})", kind(value), quoted(value)));
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Number(_) | Value::Bool(_) => "",
        _ => return wrong(),
    };
    let of_text = |is: bool| if value.is_string() && is { Ok(()) } else { wrong() };
    match ty {
        Type::String | Type::Duration | Type::Email | Type::Url | Type::Phone => of_text(true),
        // Many services send an empty text where there is nothing.
        _ if value.is_string() && text.is_empty() => Ok(()),
        Type::Int if value.is_i64() || value.is_u64() || text.parse::<i128>().is_ok() => Ok(()),
        Type::Decimal if value.is_number() || text.parse::<f64>().is_ok() => Ok(()),
        Type::Bool if value.is_boolean() || text.parse::<bool>().is_ok() => Ok(()),
        Type::Id if value.is_string() || value.is_i64() || value.is_u64() => Ok(()),
        Type::Date(_) | Type::Time(_) => {
            let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            // How it is spelled where the organisation chooses, only the organisation knows.
            let chosen = connector.chosen_spelling(ty).is_some();
            match connector.spelling(ty) {
                Some(format) if !chosen && !format.fits(&plain) => {
                    Err(format!("is spelled `{format}`, and came as {}", quoted(value)))
                }
                _ => Ok(()),
            }
        }
        Type::Choice { values, open, .. } => {
            let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match *open || values.contains(&plain) {
                true => Ok(()),
                false => {
                    Err(format!("is one of `{ty}`, and came as {}; where there are others, add `|*`", quoted(value)))
                }
            }
        }
        _ => wrong(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("`{}…`", &text[..at]),
        None => format!("`{text}`"),
    }
}
