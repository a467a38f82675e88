//! What differs from Zoho's own definition, as written.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::Deserializer;

/// Where the connector is right and Zoho's own definition says otherwise: what differs, and the reason, which names the
/// source or the probe. A call reads none of it.
///
/// What differs is `path`, `verb`, `version`, `scopes`, `body` or `reply` as a whole, `paging first`, `min` or `max`, or a
/// parameter or member by its place and name: `query sortBy`, `header orgId`, `form file`, `path id`, `body contact.name`,
/// `reply isFollowing`. That means that one side alone has it. What differs in it stands behind its name: `required`,
/// `type`, `choices` (also a constant that is none of them), `length` (the most entries of a list), or several of them, as
/// `query sortBy type|choices`; `presence|type` is for both. A `*` in a name stands for any letters.
///
/// At the head of a file an entry counts for all APIs of the group, in `connector.yaml` for those of the service; there it
/// may also be a member of a type wherever that is used, `type Ticket.isFollowing`, or an operation that is left out on
/// purpose, `GET /oauth/clients`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema), schemars(transparent))]
pub struct DiffersDefinition(pub IndexMap<String, String>);

impl<'de> Deserialize<'de> for DiffersDefinition {
    /// Where nothing is checked nobody asks, and the entries are passed over.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if cfg!(feature = "check") {
            return IndexMap::deserialize(deserializer).map(Self);
        }
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self::default())
    }
}
