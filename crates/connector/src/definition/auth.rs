//! What calls are signed with, as written.

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};

/// What calls are signed with: `oauth`, `none`, a key, or a list of those of which a call has one.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthDefinition {
    /// One way.
    One(SignatureDefinition),
    /// A choice.
    Choice(Vec<SignatureDefinition>),
}

/// One way to sign a call.
#[derive(Debug, Clone, PartialEq)]
pub enum SignatureDefinition {
    /// `oauth` or `none`.
    Word(String),
    /// A key.
    Key(KeyDefinition),
}

/// A key of the service's own.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyDefinition {
    /// Where it goes: `query apikey`, `header Authorization`.
    pub key: String,
    /// The word before it in the header: `Zoho-enczapikey`.
    pub scheme: Option<String>,
}

impl<'de> Deserialize<'de> for AuthDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = AuthDefinition;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`oauth`, `none`, a key, or a list of those")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(AuthDefinition::One(SignatureDefinition::Word(text.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let key = KeyDefinition::deserialize(MapAccessDeserializer::new(map))?;
                Ok(AuthDefinition::One(SignatureDefinition::Key(key)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut choice = Vec::new();
                while let Some(signature) = seq.next_element()? {
                    choice.push(signature);
                }
                if choice.is_empty() {
                    Err(de::Error::custom("the list is empty"))
                } else {
                    Ok(AuthDefinition::Choice(choice))
                }
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl<'de> Deserialize<'de> for SignatureDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = SignatureDefinition;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`oauth`, `none` or a key")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(SignatureDefinition::Word(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                KeyDefinition::deserialize(MapAccessDeserializer::new(map)).map(SignatureDefinition::Key)
            }
        }
        deserializer.deserialize_any(Read)
    }
}
