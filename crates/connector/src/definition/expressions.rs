//! The small expressions that stand in many places: types, conditions, one or many.
//!
//! Each is a union that dispatches on its JSON type, by hand, so that the schema needs no `anyOf` and its errors can
//! be read.

use std::fmt;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// A type: a scalar of the type grammar, a list `[T]` or `[T, 50]`, or an object.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeExpr {
    /// A scalar.
    Text(String),
    /// A list, with the most entries that it takes.
    List(Box<Self>, Option<u64>),
    /// An object.
    Object(ObjectExpr),
}

/// An object: the types whose members it takes over (`..`), and its own members.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObjectExpr {
    /// The types whose members it takes over.
    pub extends: Vec<String>,
    /// Its own members; a `!` behind the name marks a required one.
    pub fields: IndexMap<String, TypeExpr>,
}

impl<'de> Deserialize<'de> for TypeExpr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = TypeExpr;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type: a name, a list `[T]`, or an object")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(TypeExpr::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let item = seq
                    .next_element()?
                    .ok_or_else(|| de::Error::custom("a list type needs the type of its entries"))?;
                let max = seq.next_element()?;
                if max == Some(0) {
                    return Err(de::Error::custom("a list of at most 0 entries"));
                }
                if seq.next_element::<de::IgnoredAny>()?.is_some() {
                    return Err(de::Error::custom("a list type is `[T]` or `[T, 50]`"));
                }
                Ok(TypeExpr::List(Box::new(item), max))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                read_object(map).map(TypeExpr::Object)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl<'de> Deserialize<'de> for ObjectExpr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = ObjectExpr;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of members and their types")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                read_object(map)
            }
        }
        deserializer.deserialize_map(Read)
    }
}

fn read_object<'de, A: MapAccess<'de>>(mut map: A) -> Result<ObjectExpr, A::Error> {
    let mut object = ObjectExpr::default();
    while let Some(key) = map.next_key::<String>()? {
        if key == ".." {
            object.extends = map.next_value::<OneOrMany>()?.0;
        } else {
            object.fields.insert(key, map.next_value()?);
        }
    }
    Ok(object)
}

/// One text, or a list of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                if texts.is_empty() { Err(de::Error::custom("the list is empty")) } else { Ok(OneOrMany(texts)) }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// A text, a number or a truth value, compared and kept as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalarText(pub String);

struct ReadScalar;

impl Visitor<'_> for ReadScalar {
    type Value = ScalarText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, true or false")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(ScalarText(text.to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(ScalarText(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(ScalarText(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(ScalarText(value.to_string()))
    }
}

impl<'de> Deserialize<'de> for ScalarText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadScalar)
    }
}

/// A condition on a reply: a bare value is the error code; a map names what must all match.
#[derive(Debug, Clone, PartialEq)]
pub enum ConditionExpr {
    /// The error code.
    Code(ScalarText),
    /// What must all match: `http`, `code`, or a path into the reply (`.code` for a member called so).
    All(IndexMap<String, MatchExpr>),
}

impl<'de> Deserialize<'de> for ConditionExpr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = ConditionExpr;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an error code, or a map of what must match")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                ReadScalar.visit_str(text).map(ConditionExpr::Code)
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                ReadScalar.visit_bool(value).map(ConditionExpr::Code)
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                ReadScalar.visit_i64(value).map(ConditionExpr::Code)
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                ReadScalar.visit_u64(value).map(ConditionExpr::Code)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = IndexMap::new();
                while let Some((key, value)) = map.next_entry()? {
                    all.insert(key, value);
                }
                if all.is_empty() {
                    Err(de::Error::custom("a condition is empty"))
                } else {
                    Ok(ConditionExpr::All(all))
                }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// One condition, or a list of which any will do.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditions(pub Vec<ConditionExpr>);

impl<'de> Deserialize<'de> for Conditions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Conditions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a condition, or a list of conditions")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                ReadScalar.visit_str(text).map(|code| Conditions(vec![ConditionExpr::Code(code)]))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                ReadScalar.visit_bool(value).map(|code| Conditions(vec![ConditionExpr::Code(code)]))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                ReadScalar.visit_i64(value).map(|code| Conditions(vec![ConditionExpr::Code(code)]))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                ReadScalar.visit_u64(value).map(|code| Conditions(vec![ConditionExpr::Code(code)]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut conditions = Vec::new();
                while let Some(condition) = seq.next_element()? {
                    conditions.push(condition);
                }
                if conditions.is_empty() {
                    Err(de::Error::custom("the list is empty"))
                } else {
                    Ok(Conditions(conditions))
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let deserializer = de::value::MapAccessDeserializer::new(map);
                ConditionExpr::deserialize(deserializer).map(|condition| Conditions(vec![condition]))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// What a value must be: a scalar, a list of scalars of which any will do, `{ not: x }` or `{ present: false }`.
#[derive(Debug, Clone, PartialEq)]
pub enum MatchExpr {
    /// One of these.
    Any(Vec<ScalarText>),
    /// None of these; an absent value matches too.
    Not(Vec<ScalarText>),
    /// There, or not there.
    Present(bool),
}

/// One scalar, or a list of them.
pub(crate) struct Scalars(Vec<ScalarText>);

impl<'de> Deserialize<'de> for Scalars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match MatchExpr::deserialize(deserializer)? {
            MatchExpr::Any(values) => Ok(Self(values)),
            _ => Err(de::Error::custom("`not` takes a value or a list of values")),
        }
    }
}

impl<'de> Deserialize<'de> for MatchExpr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = MatchExpr;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, a list of values, `{ not: value }` or `{ present: false }`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                ReadScalar.visit_str(text).map(|value| MatchExpr::Any(vec![value]))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                ReadScalar.visit_bool(value).map(|value| MatchExpr::Any(vec![value]))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
                ReadScalar.visit_i64(value).map(|value| MatchExpr::Any(vec![value]))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
                ReadScalar.visit_u64(value).map(|value| MatchExpr::Any(vec![value]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push(value);
                }
                if values.is_empty() { Err(de::Error::custom("the list is empty")) } else { Ok(MatchExpr::Any(values)) }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let key: Option<String> = map.next_key()?;
                let found = match key.as_deref() {
                    Some("not") => MatchExpr::Not(map.next_value::<Scalars>()?.0),
                    Some("present") => MatchExpr::Present(map.next_value()?),
                    _ => return Err(de::Error::custom("a match is `{ not: value }` or `{ present: false }`")),
                };
                if map.next_key::<String>()?.is_some() {
                    return Err(de::Error::custom("a match has one word"));
                }
                Ok(found)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// A base URL: a text, or a map with `url` and exceptions by data centre.
#[derive(Debug, Clone, PartialEq)]
pub struct BaseDefinition {
    /// The URL.
    pub url: String,
    /// Exceptions by data centre.
    pub by_data_center: IndexMap<String, String>,
}

impl<'de> Deserialize<'de> for BaseDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = BaseDefinition;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URL, or a map with `url` and exceptions by data centre")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(BaseDefinition { url: text.to_owned(), by_data_center: IndexMap::new() })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut url = None;
                let mut by_data_center = IndexMap::new();
                while let Some((key, value)) = map.next_entry::<String, String>()? {
                    if key == "url" {
                        url = Some(value);
                    } else {
                        by_data_center.insert(key, value);
                    }
                }
                let url = url.ok_or_else(|| de::Error::missing_field("url"))?;
                Ok(BaseDefinition { url, by_data_center })
            }
        }
        deserializer.deserialize_any(Read)
    }
}
