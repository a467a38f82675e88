//! A connector's file, as written. The comments of this module are the manual of the language, and appear in editors
//! through the JSON Schema.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use self::strict::Strict;

use crate::connector::ListStyle;
use crate::data_center::Environment;

pub mod api;
pub mod auth;
pub mod cost;
pub mod differs;
pub mod expressions;
pub mod pagination;
pub mod records;
pub mod responses;
mod strict;

pub use api::{
    AboveDefinition, ApiDefinition, ContainsDefinition, EffectDefinition, IncrementalDefinition, JobDefinition,
};
pub use auth::{AuthDefinition, KeyDefinition, SignatureDefinition};
pub use cost::{CostByLength, CostDefinition};
pub use differs::DiffersDefinition;
pub use expressions::{
    BaseDefinition, ConditionExpr, Conditions, MatchExpr, ObjectExpr, OneOrMany, ScalarText, TypeExpr,
};
pub use pagination::{PaginateDefinition, RateLimitDefinition, StyleDefinition};
pub use records::{RecordsDefinition, RecordsForm};
pub use responses::{ErrorDefinition, OutcomesDefinition, OutcomesWord, ResponsesDefinition, UnknownParameters};

/// A connector of a Zoho service, or one group of its APIs.
///
/// A small service is one file. A large one is a folder: `connector.yaml` holds the service, and a file for each group
/// of APIs (`tickets.yaml` for `tickets.list`) holds `apis`, the `types` that only they use, and their `defaults`. Where
/// one would be too long, types stand in files beside it, whose names go on with a `-`: `connector-types.yaml` for those of
/// several groups, `tickets-types.yaml` for those of one.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema), schemars(title = "Connector of a Zoho service"))]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Definition {
    /// The service's name on the command line and in programs: lower-case letters, digits and `-`.
    pub connector: Option<String>,
    /// The service's name in the world, for example `Zoho Desk`.
    pub title: Option<String>,
    /// What the service is, in a sentence.
    pub summary: Option<String>,
    /// Zoho's page about the service's API.
    pub docs: Option<String>,
    /// Where the service lives: `https://desk.{zoho}/api/v1`, or for a service of the gateway `https://{api}/crm/v8`.
    /// `{zoho}` is the product domain (`zoho.eu`, `zohocloud.ca`), `{zohoapis}` the gateway's, `{api}` the host that
    /// came with the token, `{tld}` the bare ending. Regions are never written out, but in exceptions by data centre.
    pub base_url: Option<BaseDefinition>,
    /// Further places by name (`bulk`, `upload`); an API picks one with `base: bulk`.
    pub bases: Option<IndexMap<String, BaseDefinition>>,
    /// Where the service is offered. Everywhere unless said.
    pub regions: Option<RegionsDefinition>,
    /// The environments of the gateway that the service has beside production: `sandbox`, `developer`.
    pub environments: Option<Vec<Environment>>,
    /// The services that scopes belong to. The first is put before a scope (`tickets.READ` is asked for as
    /// `Desk.tickets.READ`); scopes of the others are written in full.
    pub scope_prefix: Option<Vec<String>>,
    /// What calls are signed with: `oauth` unless said, `none`, or a key of the service's own
    /// (`{ key: header Authorization, scheme: Zoho-enczapikey }`, `{ key: query apikey }`). With `[oauth, { key: … }]` a
    /// call has the key where the connection has one, and an access token otherwise.
    pub auth: Option<AuthDefinition>,
    /// How the service spells dates and times.
    pub times: Option<TimesDefinition>,
    /// How a list of scalars goes into a query or a form: joined by commas unless said.
    pub lists: Option<ListStyle>,
    /// What is chosen once per connection and goes with every call: an organisation, a portal, an account.
    pub connection: Option<IndexMap<String, ConnectionValueDefinition>>,
    /// Where the connector is right and Zoho's own definition says otherwise, for all APIs of the service, or in a group's
    /// file for those of the group: `{ header orgId: "live probes found the query parameter not honoured" }`.
    pub differs: Option<DiffersDefinition>,
    /// Words of an API for every API of the service (in `connector.yaml`) or of the group (in its file).
    pub defaults: Option<DefaultsDefinition>,
    /// How replies are judged. Every key may also stand in an API, for that API.
    pub responses: Option<ResponsesDefinition>,
    /// Styles of paging, by name; an API picks one with `paginate: name`. No style is called `incremental`.
    pub pagination: Option<IndexMap<String, StyleDefinition>>,
    /// Classes of limits, by name. `default` counts every call; an API counts to another with `rate: name`.
    pub rate_limits: Option<IndexMap<String, RateLimitDefinition>>,
    /// The types of bodies and records. A type's name begins with a capital.
    pub types: Option<IndexMap<String, ObjectExpr>>,
    /// The APIs, by name: `tickets.list`. The text before the first dot is the group.
    pub apis: Option<IndexMap<String, ApiDefinition>>,
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived reader, which `remote` puts beside the trait instead of into it.
        Self::deserialize(Strict(deserializer))
    }
}

/// Where a service, or an API, is offered: `{ not: [uk] }` or `{ only: [us, in] }`.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RegionsDefinition {
    /// Everywhere but in these data centres.
    pub not: Option<Vec<String>>,
    /// In these data centres only.
    pub only: Option<Vec<String>>,
}

/// A value that is chosen once per connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionValueDefinition {
    /// Where it goes: `header`, `query`, `path`, `body`; `none` for a value that only others need.
    pub r#in: Option<ConnectionPlace>,
    /// Its name on the wire, where that differs.
    pub r#as: Option<String>,
    /// Its type: `id` unless said. One with a default (`string = dd-MMM-yyyy`) is not asked for at sign-in.
    pub r#type: Option<String>,
    /// The API that lists the choices.
    pub discover: Option<String>,
    /// The member of a choice that is the value, from the record.
    pub value: Option<String>,
    /// The member of a choice that people know it by.
    pub label: Option<String>,
    /// `asked`: it goes only to APIs that say `with: [name]`.
    pub send: Option<Send>,
    /// What people must know to choose it: where the service shows it.
    pub note: Option<String>,
}

/// Where a value of the connection goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionPlace {
    /// A header.
    Header,
    /// A query parameter.
    Query,
    /// A `{name}` of the path or of the base URL.
    Path,
    /// A member of the JSON body.
    Body,
    /// Nowhere.
    None,
}

/// When a value of the connection is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Send {
    /// Only to APIs that say `with`.
    Asked,
}

/// How a service spells dates and times: a pattern such as `yyyy-MM-dd'T'HH:mm:ssXXX`, or `epoch_ms`. Where the
/// organisation chooses it, a value of the connection in braces stands for it, or for a part: `{date_format} HH:mm`. That
/// value goes `in: none` and has a default.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TimesDefinition {
    /// How it spells a day.
    pub date: Option<String>,
    /// How it spells a point in time.
    pub time: Option<String>,
}

/// Words of an API for every API of the service or of the group. Maps merge by key: the service's, the group's, the
/// verb's, the API's own last.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DefaultsDefinition {
    /// Types of path parameters; each counts where a path names it.
    pub path: Option<ObjectExpr>,
    /// Query parameters.
    pub query: Option<ObjectExpr>,
    /// Headers.
    pub headers: Option<ObjectExpr>,
    /// Whether forms are sent as multipart although they hold no file.
    pub multipart: Option<bool>,
    /// Words by verb.
    pub by_verb: Option<ByVerbDefinition>,
}

/// Default words of the APIs of each verb.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ByVerbDefinition {
    /// For `get`.
    pub get: Option<VerbDefaults>,
    /// For `post`.
    pub post: Option<VerbDefaults>,
    /// For `put`.
    pub put: Option<VerbDefaults>,
    /// For `patch`.
    pub patch: Option<VerbDefaults>,
    /// For `delete`.
    pub delete: Option<VerbDefaults>,
}

/// Default words of the APIs of one verb.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VerbDefaults {
    /// Query parameters.
    pub query: Option<ObjectExpr>,
    /// Headers.
    pub headers: Option<ObjectExpr>,
}

/// Values by name, as written.
pub type Values = IndexMap<String, Value>;
