//! What differs from Zoho's own definition, as written.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::Deserializer;

/// Where the connector is right and Zoho's own definition says otherwise: what differs, and the reason, which names the
/// source or the probe. A call reads none of it.
///
/// What differs is `path`, `verb`, `scopes`, `paging`, `body` or `reply` as a whole, or a parameter or member by its place
/// and name: `query sortBy`, `header orgId`, `form file`, `path id`, `body contact.name`, `reply isFollowing`. A `*` in a
/// name stands for any letters. At the head of a file an entry counts for all APIs of the group, in `connector.yaml` for
/// those of the service; there it may also be a member of a type wherever that is used, `type Ticket.isFollowing`, or an
/// operation that is left out on purpose, `GET /oauth/clients`.
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
