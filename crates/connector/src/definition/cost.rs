//! What a call costs, as written.

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};

use super::expressions::ScalarText;

/// What a call costs: a number, so many for each part of a list argument, or steps by the records before the page.
#[derive(Debug, Clone, PartialEq)]
pub enum CostDefinition {
    /// The same for each call: `3`.
    Same(u64),
    /// By the length of a list argument: `{ credits: 1, per: 10, of: data }`.
    ByLength(CostByLength),
    /// By the records before the page: `[3, 5 past 2000, 10 past 10000]`.
    Steps(Vec<ScalarText>),
}

/// A cost by the length of a list argument.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CostByLength {
    /// What each part costs.
    pub credits: u64,
    /// How many entries make a part; the last part counts whole.
    pub per: u64,
    /// The list argument, by its name in the request.
    pub of: String,
}

impl<'de> Deserialize<'de> for CostDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = CostDefinition;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number, a list of steps, or a map of `credits`, `per` and `of`")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(CostDefinition::Same(number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                let number = u64::try_from(number);
                number.map(CostDefinition::Same).map_err(|_| E::custom("what a call costs is not less than nothing"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut steps = Vec::new();
                while let Some(step) = seq.next_element()? {
                    steps.push(step);
                }
                if steps.is_empty() {
                    return Err(de::Error::custom("the list is empty"));
                }
                Ok(CostDefinition::Steps(steps))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                CostByLength::deserialize(MapAccessDeserializer::new(map)).map(CostDefinition::ByLength)
            }
        }
        deserializer.deserialize_any(Read)
    }
}
