//! A connector, resolved: complete, immutable, without inheritance.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::auth::{ApiKey, Auth};
use crate::data_center::Environment;
use crate::jobs::{Above, Contains, Effect, Incremental, Job};
use crate::limits::{Cost, RateLimit};
use crate::pagination::Pagination;
pub use crate::path::Location;
use crate::path::ReplyPath;
use crate::responses::ResponseRules;
use crate::scope::{Scope, ScopeChoice};
use crate::source::Origin;
use crate::template::Template;
use crate::time_format::{ServiceFormat, TimeFormat};
use crate::types::{RecordType, Type};

/// One Zoho service.
#[derive(Debug, Clone, PartialEq)]
pub struct Connector {
    /// Its name on the command line and in Rust.
    pub name: String,
    /// Its name in the world.
    pub title: String,
    /// What it is, in a sentence.
    pub summary: Option<String>,
    /// Zoho's page about its API.
    pub docs: Option<String>,
    /// Where it lives; an API that names no base uses the one called `""`.
    pub bases: IndexMap<String, Base>,
    /// Where it is offered.
    pub regions: Regions,
    /// The environments that it has beside production.
    pub environments: Vec<Environment>,
    /// The services that its scopes belong to; the first is put before a scope that names none.
    pub scope_prefixes: Vec<String>,
    /// What its calls are signed with, where an API does not say it.
    pub auth: Auth,
    /// What is chosen once per connection.
    pub connection: IndexMap<String, ConnectionValue>,
    /// How it spells a date.
    pub date_format: Option<ServiceFormat>,
    /// How it spells a time.
    pub time_format: Option<ServiceFormat>,
    /// How a list of scalars goes into a query or a form.
    pub lists: ListStyle,
    /// Its limits.
    pub rate_limits: IndexMap<String, RateLimit>,
    /// Its types.
    pub types: IndexMap<String, RecordType>,
    /// Its APIs.
    pub apis: IndexMap<String, Api>,
}

impl Connector {
    /// The API of this name.
    pub fn api(&self, name: &str) -> Option<&Api> {
        self.apis.get(name)
    }

    /// The object behind a type: an inline one, or the one that a name stands for.
    pub fn object<'a>(&'a self, ty: &'a Type) -> Option<&'a RecordType> {
        match ty {
            Type::Object(object) => Some(object),
            Type::Record(name) => self.types.get(name),
            _ => None,
        }
    }

    /// The spelling of a date or time type: its own, or else the service's. Where the organisation chooses it, the usual
    /// one.
    pub fn spelling<'a>(&'a self, ty: &'a Type) -> Option<&'a TimeFormat> {
        match ty {
            Type::Date(Some(format)) | Type::Time(Some(format)) => Some(format),
            _ => self.service_format(ty).map(|format| &format.usual),
        }
    }

    /// The spelling of a date or time type that the organisation chooses.
    pub fn chosen_spelling(&self, ty: &Type) -> Option<&ServiceFormat> {
        self.service_format(ty).filter(|format| format.chosen.is_some())
    }

    fn service_format(&self, ty: &Type) -> Option<&ServiceFormat> {
        match ty {
            Type::Date(None) => self.date_format.as_ref(),
            Type::Time(None) => self.time_format.as_ref(),
            _ => None,
        }
    }

    /// The key that some of its APIs are signed with, or may be.
    pub fn api_key(&self) -> Option<&ApiKey> {
        self.auth.key().or_else(|| self.apis.values().find_map(|api| api.auth.key()))
    }

    /// Whether some of its APIs are signed with an access token, or may be.
    pub fn takes_oauth(&self) -> bool {
        self.apis.values().any(|api| api.auth.takes_oauth())
    }

    /// The values of the connection that somebody must choose: those without a default.
    pub fn values_to_choose(&self) -> impl Iterator<Item = &ConnectionValue> {
        self.connection.values().filter(|value| value.default.is_none())
    }
}

/// Where a service lives.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// The URL.
    pub url: Template,
    /// Its exceptions, by data centre.
    pub by_data_center: BTreeMap<String, Template>,
    /// Where it was written.
    pub origin: Origin,
}

impl Base {
    /// The URL for a data centre.
    pub fn url_for(&self, data_center: &str) -> &Template {
        self.by_data_center.get(data_center).unwrap_or(&self.url)
    }
}

/// Where a service, or an API, is offered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Regions {
    /// Everywhere.
    #[default]
    All,
    /// Everywhere but in these data centres.
    Not(Vec<String>),
    /// In these data centres only.
    Only(Vec<String>),
}

impl Regions {
    /// Whether it is offered in a data centre.
    pub fn offer(&self, data_center: &str) -> bool {
        let among = |list: &[String]| list.iter().any(|id| id.eq_ignore_ascii_case(data_center));
        match self {
            Self::All => true,
            Self::Not(list) => !among(list),
            Self::Only(list) => among(list),
        }
    }
}

/// How a list of scalars goes into a query or a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ListStyle {
    /// Joined by commas.
    #[default]
    Comma,
    /// As JSON text.
    Json,
    /// The parameter once for each entry.
    Repeat,
}

/// A value that is chosen once per connection: an organisation, a portal, an account.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionValue {
    /// Its name.
    pub name: String,
    /// Where it goes, and under which name; none for a value that only others refer to.
    pub site: Option<Site>,
    /// The API that lists the choices.
    pub discover: Option<String>,
    /// The member of a choice that is the value, from the record.
    pub value: Option<ReplyPath>,
    /// The member of a choice that people know it by.
    pub label: Option<ReplyPath>,
    /// Its type.
    pub ty: Type,
    /// The value where nobody chose one. Such a value is not asked for.
    pub default: Option<String>,
    /// Whether it is sent only to APIs that ask for it.
    pub asked: bool,
    /// What people must know to choose it.
    pub note: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// A place on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where.
    pub location: Location,
    /// The name there.
    pub wire: String,
}

/// One API of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// Its name: `tickets.list`.
    pub name: String,
    /// The verb.
    pub verb: Verb,
    /// The name of its base.
    pub base: String,
    /// The path below the base, sent as written.
    pub path: Template,
    /// What it is signed with.
    pub auth: Auth,
    /// The scopes it needs, all of them; none known where it does not say. Without OAuth there are none.
    pub scopes: Option<Vec<ScopeChoice>>,
    /// What a caller gives: path, query, headers, form, body members, in this order.
    pub parameters: Vec<Parameter>,
    /// What is always sent.
    pub constants: Vec<Constant>,
    /// The JSON body, where there is one.
    pub body: Option<Body>,
    /// Whether a form is sent as multipart although it holds no file.
    pub multipart: bool,
    /// Groups of arguments of which at least one is needed.
    pub need: Vec<Vec<String>>,
    /// What it gives back.
    pub returns: Returns,
    /// What is in the file that it gives, where that holds records.
    pub contains: Option<Contains>,
    /// The API that takes larger files.
    pub above: Option<Above>,
    /// How it pages.
    pub paginate: Option<Pagination>,
    /// How its replies are judged.
    pub responses: ResponseRules,
    /// The list argument that is split to the service's size.
    pub batch: Option<String>,
    /// The values of the connection that go with it.
    pub connection: Vec<String>,
    /// Where it is offered, within the regions of the connector.
    pub regions: Regions,
    /// The class of limits that it counts to beside `default`.
    pub rate: Option<String>,
    /// What a call costs, in the unit of its limit.
    pub cost: Option<Cost>,
    /// What it does, where verb and path do not say it.
    pub effect: Option<Effect>,
    /// Whether a call may be repeated.
    pub idempotent: bool,
    /// Whether it deletes or overwrites what may not come back.
    pub destructive: bool,
    /// How only what changed is read.
    pub incremental: Option<Incremental>,
    /// The job that it starts.
    pub job: Option<Job>,
    /// Values for the documentation, the request snapshot and the sandbox.
    pub example: Option<IndexMap<String, Value>>,
    /// What surprises.
    pub note: Option<String>,
    /// Zoho's page about it.
    pub docs: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

impl Api {
    /// The text before the first dot of its name.
    pub fn group(&self) -> &str {
        group_of(&self.name)
    }

    /// The parameter of this argument name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Whether it gives a list.
    pub fn is_list(&self) -> bool {
        matches!(self.returns, Returns::Many(_))
    }

    /// The one scope of each entry that a sign-in asks for: the first alternative, the names in braces filled by
    /// `value`.
    pub fn scopes_to_ask(&self, value: impl Fn(&str) -> Option<String>) -> Vec<Scope> {
        let entries = self.scopes.as_deref().unwrap_or_default();
        entries.iter().filter_map(|choice| choice.first()).map(|scope| scope.with(&value)).collect()
    }
}

/// The group of an API: the text before the first dot.
pub fn group_of(api: &str) -> &str {
    api.split('.').next().unwrap_or(api)
}

/// An HTTP verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Verb {
    /// The verb as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The key of the language.
    pub fn key(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }

    /// Whether a call may be repeated by HTTP's own rules.
    pub fn is_idempotent(self) -> bool {
        matches!(self, Self::Get | Self::Put | Self::Delete)
    }
}

impl std::fmt::Display for Verb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a caller gives to an API: an argument, and where it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The name of the argument: the name on the wire with every run of other characters as `_`.
    pub name: String,
    /// Where it goes; one name in two places is one argument sent in both.
    pub sites: Vec<Site>,
    /// Its type.
    pub ty: Type,
    /// Whether it must be given.
    pub required: bool,
    /// What is sent where it is not given.
    pub default: Option<Value>,
    /// The body goes into it: the argument is the place of an [`Envelope`], given by the body's members.
    pub origin: Origin,
}

impl Parameter {
    /// Whether it goes to this location.
    pub fn is_at(&self, location: Location) -> bool {
        self.sites.iter().any(|site| site.location == location)
    }

    /// Whether it is what stands for a name in the path.
    pub fn is_in_path_as(&self, name: &str) -> bool {
        self.sites.iter().any(|site| site.location == Location::Path && site.wire == name)
    }
}

/// A value that is always sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// Where it goes.
    pub site: Site,
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub origin: Origin,
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Its type. The members of an object are arguments of their own; any other body is one argument called `body`.
    pub ty: Type,
    /// What carries it.
    pub carrier: Carrier,
}

/// What carries a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Carrier {
    /// The request's body, in this envelope.
    Body(Envelope),
    /// A query parameter or form field, as JSON text in this envelope.
    Field(Site, Envelope),
}

/// What is put around a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Envelope {
    /// The body itself.
    Body,
    /// A value that is always sent.
    Constant(Value),
    /// An object.
    Object(Vec<(String, Self)>),
    /// A list.
    List(Vec<Self>),
}

/// The name of the argument that stands for a whole body which is no object.
pub const WHOLE_BODY: &str = "body";

/// What an API gives back.
#[derive(Debug, Clone, PartialEq)]
pub enum Returns {
    /// Nothing that is read: any success will do.
    Nothing,
    /// One value.
    One(Type),
    /// A list of values.
    Many(Type),
    /// A file.
    File,
}
