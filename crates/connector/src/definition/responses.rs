//! How replies are judged, as written.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use super::expressions::{ConditionExpr, Conditions, OneOrMany};
use super::records::RecordsDefinition;
use crate::responses::FailureKind;

/// How replies are judged: first `outcomes`, then `empty`, then `success`, then error. What fits none is an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ResponsesDefinition {
    /// Where the records of a list are (`data`); several paths are joined.
    pub records: Option<RecordsDefinition>,
    /// Where the one record is: `data.0` where it comes as a list of one. The whole reply unless said.
    pub record: Option<RecordsDefinition>,
    /// The answers that mean "nothing there": `[{ http: 204 }]`.
    pub empty: Option<Vec<ConditionExpr>>,
    /// What a 2xx must also be like to be a success: `{ code: 0 }`.
    pub success: Option<Conditions>,
    /// Where an error says its code, message and field.
    pub error: Option<ErrorDefinition>,
    /// `refuse`: the service answers with an error to a query parameter that it does not know.
    pub unknown_parameters: Option<UnknownParameters>,
    /// What each entry of a bulk reply is like. An API says where the entries are with `outcomes: data`.
    pub outcomes: Option<OutcomesDefinition>,
    /// The service's answers, sorted into kinds of failure; tried in the order written.
    #[cfg_attr(feature = "check", schemars(with = "Option<crate::schema::Classify>"))]
    pub classify: Option<IndexMap<FailureKind, Vec<ConditionExpr>>>,
}

/// Where an error says what it says: paths, or lists of paths of which the first that is there counts.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ErrorDefinition {
    /// The code: `errorCode`, or `[code, data.0.code]`.
    pub code: Option<OneOrMany>,
    /// The message, in the same way.
    pub message: Option<OneOrMany>,
    /// The field that is at fault: `errors.*.fieldName`.
    pub field: Option<OneOrMany>,
}

/// What each entry of a bulk reply is like. The paths start at the entry.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OutcomesDefinition {
    /// Where the entries are.
    pub at: Option<String>,
    /// What an entry of success is like.
    pub success: Option<Conditions>,
    /// The id of an entry; that of its record unless said.
    pub id: Option<String>,
    /// The record of an entry.
    pub record: Option<String>,
    /// The code of an entry.
    pub code: Option<OneOrMany>,
    /// The message of an entry.
    pub message: Option<OneOrMany>,
    /// The field at fault of an entry.
    pub field: Option<OneOrMany>,
    /// What an entry of success is like whose record is new: `{ action: insert }`. Unless any of the three is said, what
    /// the API does tells it: `effect`, or its verb.
    pub created: Option<Conditions>,
    /// What one is like whose record was changed.
    pub updated: Option<Conditions>,
    /// What one is like whose record was so already.
    pub unchanged: Option<Conditions>,
}

/// Where an API's reply has a result for each record: a path, or a map that also says what an entry is like.
#[derive(Debug, Clone)]
pub struct OutcomesWord(pub OutcomesDefinition);

impl<'de> Deserialize<'de> for OutcomesWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = OutcomesWord;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path, or a map with `at`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OutcomesWord(OutcomesDefinition { at: Some(text.to_owned()), ..OutcomesDefinition::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                OutcomesDefinition::deserialize(MapAccessDeserializer::new(map)).map(OutcomesWord)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// What a service does with query parameters that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnknownParameters {
    /// It answers with an error.
    Refuse,
}
