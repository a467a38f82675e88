//! Styles of paging and classes of limits, as written.

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::cost::CostDefinition;
use super::expressions::ScalarText;
use crate::pagination::PageStop;

/// A style of paging: exactly one of `page`, `offset`, `cursor` or `link`, and what ends the list.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StyleDefinition {
    /// The place of the page's number: `page`, `body page.number`.
    pub page: Option<String>,
    /// The place of the number of records before the page.
    pub offset: Option<String>,
    /// The place of the token that the last reply gave.
    pub cursor: Option<String>,
    /// The path to the URL of the next page in the last reply.
    pub link: Option<String>,
    /// Text put behind the value at the page's place: `limit {limit} offset {offset}`.
    pub append: Option<String>,
    /// For a cursor: the path to the next token (`header record_cursor`).
    pub next: Option<String>,
    /// The number of the first page or record. Of an offset whose base nobody knows, 0: a repeated record is noticed,
    /// a lost one is not.
    pub first: Option<u64>,
    /// The place of the size.
    pub limit: Option<String>,
    /// The smallest size.
    pub min: Option<u64>,
    /// The largest size, which is the one that is sent.
    pub max: Option<u64>,
    /// The sizes that are allowed, where only some are.
    pub sizes: Option<Vec<u64>>,
    /// The path to a flag that says whether more follows; absent means that none does.
    pub more: Option<String>,
    /// Which page ends the list: `short_page` or `empty_page`.
    pub stop: Option<PageStop>,
    /// The path to the number of all records.
    pub total: Option<String>,
    /// The number of records past which the service refuses to page.
    pub ceiling: Option<u64>,
    /// How to go on past it: another style, or `incremental`.
    pub beyond: Option<String>,
    /// What a page costs, where its API does not say it: `3`, or steps by the records before the page, as
    /// `[3, 5 past 2000, 10 past 10000]`.
    pub cost: Option<CostDefinition>,
}

/// How an API pages: `offset`, or `{ offset: { max: 200 } }` with what this API changes of the style.
#[derive(Debug, Clone, PartialEq)]
pub struct PaginateDefinition {
    /// The name of the style.
    pub style: String,
    /// What this API changes.
    pub changes: Option<Box<StyleDefinition>>,
}

impl<'de> Deserialize<'de> for PaginateDefinition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = PaginateDefinition;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a style, or a map of one style with what changes")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(PaginateDefinition { style: text.to_owned(), changes: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let first = map.next_entry::<String, StyleDefinition>()?;
                let (style, changes) = first.ok_or_else(|| de::Error::custom("the map of a style is empty"))?;
                if map.next_key::<String>()?.is_some() {
                    return Err(de::Error::custom("an API pages by one style"));
                }
                Ok(PaginateDefinition { style, changes: Some(Box::new(changes)) })
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// A class of limits.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RateLimitDefinition {
    /// What is counted together: `org`, `client`, `user`, `token`, `ip`, `api`, or the name of a parameter.
    pub per: Vec<String>,
    /// How many calls may run at once; a range (`5..25`) where the edition decides.
    pub concurrent: Option<ScalarText>,
    /// The length of the window: `1m`, `1d`.
    pub window: Option<String>,
    /// How many calls, or units, a window takes.
    pub max: Option<u64>,
    /// How long it shuts out: `2m`.
    pub lock: Option<String>,
    /// What is counted; calls unless said.
    pub unit: Option<String>,
    /// Where a reply tells what is left: `header X-Rate-Limit-Remaining`.
    pub remaining: Option<String>,
}
