//! Where records are and which form they come in, as written.

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};

use super::expressions::OneOrMany;

/// Where records are: a path, a list of paths that are joined, or a map that also says the form they come in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordsDefinition(pub RecordsForm);

/// Where records are and which form they come in: at most one of `lift`, `keyed` with `each`, and `columns`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordsForm {
    /// Where they are.
    pub at: OneOrMany,
    /// The member whose members are lifted beside the others: `attributes` of JSON:API.
    pub lift: Option<String>,
    /// Rows of values by id: where the map stands that says which column is which member. `keyed` names the id.
    pub columns: Option<String>,
    /// Each entry is an object whose keys are the records' ids: the member that such a key becomes.
    pub keyed: Option<String>,
    /// Where the order of the rows' ids is.
    pub order: Option<String>,
    /// The position of the record in the list that stands behind its key.
    pub each: Option<u64>,
}

impl<'de> Deserialize<'de> for RecordsDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = RecordsDefinition;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path, a list of paths, or a map with `at`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let at = OneOrMany(vec![text.to_owned()]);
                Ok(RecordsDefinition(RecordsForm { at, ..RecordsForm::default() }))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                let at = OneOrMany::deserialize(de::value::SeqAccessDeserializer::new(seq))?;
                Ok(RecordsDefinition(RecordsForm { at, ..RecordsForm::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                RecordsForm::deserialize(MapAccessDeserializer::new(map)).map(RecordsDefinition)
            }
        }
        deserializer.deserialize_any(Read)
    }
}
