//! Definition → [`Connector`]: inheritance worked out, names looked up, small grammars read.
//!
//! Every fault becomes a [`Diagnostic`] at its place, and resolving goes on with what is left. A name that stands for
//! something left out before (because its shape was wrong) is not reported again.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::connector::{Base, ConnectionValue, Connector, Location, Regions, Site, group_of};
use crate::definition::{
    BaseDefinition, ConnectionPlace, ConnectionValueDefinition, DefaultsDefinition, Definition, ObjectExpr,
    RegionsDefinition,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::{RateLimit, parse_duration, parse_range};
use crate::path::ReplyPath;
use crate::source::{FileId, Origin, Route};
use crate::suggest::did_you_mean;
use crate::template::Template;
use crate::time_format::TimeFormat;
use crate::types::{Field, RecordType, Scalar, Type};

mod api;
mod pagination;
mod parameters;
mod references;
mod responses;
mod types;

/// A file after reading: its place, its group, and what it says.
#[derive(Debug, Clone)]
pub struct ReadFile {
    /// The file.
    pub id: FileId,
    /// Its name without folder and ending: the group, in a folder.
    pub stem: String,
    /// What it says.
    pub definition: Definition,
}

/// What was left out before resolving since its shape is wrong: names that exist and are not to be called unknown.
#[derive(Debug, Clone, Default)]
pub struct LeftOut(BTreeSet<(String, String)>);

impl LeftOut {
    /// Notes that an entry of a section (`types`, `apis`, `pagination`, …) was left out.
    pub fn note(&mut self, section: &str, name: &str) {
        self.0.insert((section.to_owned(), name.to_owned()));
    }

    /// Whether an entry of a section was left out; the name `*` stands for the whole section.
    pub fn has(&self, section: &str, name: &str) -> bool {
        self.0.contains(&(section.to_owned(), name.to_owned()))
            || self.0.contains(&(section.to_owned(), "*".to_owned()))
    }
}

impl LeftOut {
    /// Whether anything of a section was left out.
    pub fn lacks(&self, section: &str) -> bool {
        self.0.iter().any(|(of, _)| of == section)
    }
}

/// How much of a connector is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All its files.
    Whole,
    /// The service and one group: APIs that others name may be elsewhere.
    Group,
}

/// Resolves the files of one connector.
///
/// The result is complete only where no diagnostic is an error. Without a file that says `connector` there is none.
pub fn resolve(
    files: &[ReadFile],
    left_out: &LeftOut,
    extent: Extent,
    faults: &mut Vec<Diagnostic>,
) -> Option<Connector> {
    let service = files.iter().find(|file| file.definition.connector.is_some())?;
    let mut resolver = Resolver {
        files,
        service,
        left_out,
        faults,
        types: IndexMap::new(),
        connection: IndexMap::new(),
        members_known: true,
    };
    resolver.types = resolver.all_types();
    resolver.connection = resolver.connection_values();
    let mut connector = resolver.service_words();
    for file in files {
        for (name, definition) in file.definition.apis.iter().flatten() {
            if let Some(api) = resolver.api(file, name, definition, &connector) {
                connector.apis.insert(name.clone(), api);
            }
        }
    }
    resolver.members_known = true;
    if extent == Extent::Whole {
        let used: Vec<String> =
            connector.apis.values().filter_map(|api| Some(api.paginate.as_ref()?.style.clone())).collect();
        resolver.unused_styles(&used);
        resolver.references(&connector);
    }
    Some(connector)
}

/// The members of a type with the places where they were written.
type PlacedFields = Vec<(Field, Origin)>;

struct Resolver<'a> {
    files: &'a [ReadFile],
    service: &'a ReadFile,
    left_out: &'a LeftOut,
    faults: &'a mut Vec<Diagnostic>,
    types: IndexMap<String, PlacedFields>,
    connection: IndexMap<String, ConnectionValue>,
    /// Whether all members of the API at hand are known: they are not where a type is missing.
    members_known: bool,
}

impl Resolver<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    /// Reports a text that cannot be read, and gives nothing.
    fn unreadable<T>(&mut self, origin: &Origin, read: Result<T, String>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(message) => {
                self.report(Diagnostic::error(Code::InvalidExpression, origin.clone(), message));
                None
            }
        }
    }

    /// Reports a name that is not among `known`, unless its section left it out.
    fn unknown(&mut self, section: &str, what: &str, name: &str, origin: Origin, known: &[&str]) {
        if self.left_out.has(section, name) || (section == "members" && !self.members_known) {
            return;
        }
        let help = did_you_mean(name, known.iter().copied()).or_else(|| match known {
            [] => None,
            known if known.len() <= 12 => Some(format!("there are {}", known.join(", "))),
            _ => None,
        });
        self.report(
            Diagnostic::error(Code::UnknownName, origin, format!("no {what} is called `{name}`")).maybe_help(help),
        );
    }

    fn service_words(&mut self) -> Connector {
        let definition = &self.service.definition;
        let name = definition.connector.clone().unwrap_or_default();
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !good {
            let fault = Diagnostic::error(
                Code::InvalidName,
                self.at(["connector"]),
                format!("`{name}` cannot be the name of a connector"),
            );
            self.report(fault.help("lower-case letters, digits and `-`, beginning with a letter"));
        }
        for (word, present) in [("title", definition.title.is_some()), ("base_url", definition.base_url.is_some())] {
            if !present && !self.left_out.has(word, "*") {
                let fault = Diagnostic::error(
                    Code::MissingKey,
                    self.at(["connector"]),
                    format!("the connector does not say its `{word}`"),
                );
                self.report(fault.at_key());
            }
        }
        self.misplaced_words();
        let formats = definition.times.clone().unwrap_or_default();
        Connector {
            title: definition.title.clone().unwrap_or_else(|| name.clone()),
            name,
            summary: definition.summary.clone(),
            docs: definition.docs.clone(),
            bases: self.bases(),
            regions: self.regions(definition.regions.as_ref(), self.at(["regions"])),
            environments: definition.environments.clone().unwrap_or_default(),
            scope_prefixes: definition.scope_prefix.clone().unwrap_or_default(),
            date_format: self.time_format(formats.date.as_deref(), "date"),
            time_format: self.time_format(formats.time.as_deref(), "time"),
            lists: definition.lists.unwrap_or_default(),
            rate_limits: self.rate_limits(),
            types: self.types.iter().map(|(name, fields)| (name.clone(), record_type(fields))).collect(),
            connection: self.connection.clone(),
            apis: IndexMap::new(),
        }
    }

    fn at<const N: usize>(&self, keys: [&str; N]) -> Origin {
        Origin { file: self.service.id, route: Route::of(keys) }
    }

    /// Words of the service stand in one file only.
    fn misplaced_words(&mut self) {
        for file in self.files.iter().filter(|file| file.id != self.service.id) {
            let d = &file.definition;
            let words = [
                ("connector", d.connector.is_some()),
                ("title", d.title.is_some()),
                ("summary", d.summary.is_some()),
                ("docs", d.docs.is_some()),
                ("base_url", d.base_url.is_some()),
                ("bases", d.bases.is_some()),
                ("regions", d.regions.is_some()),
                ("environments", d.environments.is_some()),
                ("scope_prefix", d.scope_prefix.is_some()),
                ("connection", d.connection.is_some()),
                ("times", d.times.is_some()),
                ("lists", d.lists.is_some()),
                ("responses", d.responses.is_some()),
                ("pagination", d.pagination.is_some()),
                ("rate_limits", d.rate_limits.is_some()),
            ];
            for (word, _) in words.into_iter().filter(|(_, present)| *present) {
                let origin = Origin { file: file.id, route: Route::of([word]) };
                let message = format!("`{word}` is a word of the service, and this is the file of a group");
                let fault = Diagnostic::error(Code::MisplacedWord, origin, message).at_key();
                self.report(
                    fault.help("a group's file holds `apis`, `types` and `defaults`; move this to `connector.yaml`"),
                );
            }
        }
    }

    fn bases(&mut self) -> IndexMap<String, Base> {
        let definition = &self.service.definition;
        let usual = definition.base_url.iter().map(|base| (String::new(), base, self.at(["base_url"])));
        let named =
            definition.bases.iter().flatten().map(|(name, base)| (name.clone(), base, self.at(["bases", name])));
        let all: Vec<_> = usual.chain(named).collect();
        all.into_iter().filter_map(|(name, base, origin)| Some((name, self.base(base, origin)?))).collect()
    }

    fn base(&mut self, base: &BaseDefinition, origin: Origin) -> Option<Base> {
        let url = Template::parse(&base.url, true);
        let url = self.unreadable(&origin, url)?;
        self.known_variables(&url, &origin);
        let mut by_data_center = BTreeMap::new();
        for (id, text) in &base.by_data_center {
            let place = origin.key(id);
            let template = Template::parse(text, true);
            if let Some(template) = self.unreadable(&place, template) {
                self.known_variables(&template, &place);
                by_data_center.insert(id.clone(), template);
            }
            self.known_data_center(id, place);
        }
        Some(Base { url, by_data_center, origin })
    }

    /// A base URL may name values of the connection that go into the path.
    fn known_variables(&mut self, template: &Template, origin: &Origin) {
        for name in template.values() {
            let known = self
                .connection
                .get(name)
                .is_some_and(|value| value.site.as_ref().is_some_and(|s| s.location == Location::Path));
            if !known && !self.left_out.has("connection", name) {
                let hosts = crate::template::HostVariable::NAMES;
                let names = hosts.into_iter().chain(self.connection.keys().map(String::as_str));
                let help = did_you_mean(name, names).unwrap_or_else(|| {
                    "a URL knows {zoho}, {zohoapis}, {api}, {tld} and values of `connection` that go `in: path`"
                        .to_owned()
                });
                let message = format!("`{{{name}}}` is neither a host nor a value of the connection");
                self.faults.push(Diagnostic::error(Code::UnknownVariable, origin.clone(), message).help(help));
            }
        }
    }

    fn known_data_center(&mut self, id: &str, origin: Origin) {
        let table = crate::DataCenters::built_in();
        if table.get(id).is_none() {
            let known: Vec<&str> = table.ids().collect();
            self.unknown("data centers", "data centre", id, origin, &known);
        }
    }

    fn regions(&mut self, definition: Option<&RegionsDefinition>, origin: Origin) -> Regions {
        let Some(definition) = definition else { return Regions::All };
        let (word, list) = match (&definition.not, &definition.only) {
            (Some(list), None) => ("not", list),
            (None, Some(list)) => ("only", list),
            _ => {
                self.report(Diagnostic::error(
                    Code::Incomplete,
                    origin,
                    "`regions` is `{ not: [uk] }` or `{ only: [us, in] }`",
                ));
                return Regions::All;
            }
        };
        for (i, id) in list.iter().enumerate() {
            self.known_data_center(id, origin.key(word).index(i));
        }
        if word == "not" { Regions::Not(list.clone()) } else { Regions::Only(list.clone()) }
    }

    fn time_format(&mut self, text: Option<&str>, word: &str) -> Option<TimeFormat> {
        let origin = self.at(["times", word]);
        let format = TimeFormat::parse(text?);
        self.unreadable(&origin, format)
    }

    fn rate_limits(&mut self) -> IndexMap<String, RateLimit> {
        let mut limits = IndexMap::new();
        for (name, limit) in self.service.definition.rate_limits.iter().flatten() {
            let origin = self.at(["rate_limits", name]);
            let member = |word: &str| origin.key(word);
            let concurrent = limit.concurrent.as_ref().map(|text| parse_range(&text.0));
            let concurrent = concurrent.and_then(|range| self.unreadable(&member("concurrent"), range));
            let window = limit
                .window
                .as_deref()
                .map(parse_duration)
                .and_then(|window| self.unreadable(&member("window"), window));
            let lock =
                limit.lock.as_deref().map(parse_duration).and_then(|lock| self.unreadable(&member("lock"), lock));
            let remaining = limit.remaining.as_deref().map(header_name);
            let remaining = remaining.and_then(|header| self.unreadable(&member("remaining"), header));
            let limit = RateLimit {
                name: name.clone(),
                per: limit.per.clone(),
                concurrent,
                window,
                max: limit.max,
                lock,
                unit: limit.unit.clone(),
                remaining,
                origin,
            };
            limits.insert(name.clone(), limit);
        }
        limits
    }

    fn connection_values(&mut self) -> IndexMap<String, ConnectionValue> {
        let definitions = self.service.definition.connection.clone().unwrap_or_default();
        definitions.iter().map(|(name, value)| (name.clone(), self.connection_value(name, value))).collect()
    }

    fn connection_value(&mut self, name: &str, value: &ConnectionValueDefinition) -> ConnectionValue {
        let origin = self.at(["connection", name]);
        let location = match value.r#in {
            Some(ConnectionPlace::Header) => Some(Location::Header),
            Some(ConnectionPlace::Query) => Some(Location::Query),
            Some(ConnectionPlace::Path) => Some(Location::Path),
            Some(ConnectionPlace::Body) => Some(Location::Body),
            Some(ConnectionPlace::None) => None,
            None => {
                let message = format!("`{name}` does not say where it goes");
                let fault = Diagnostic::error(Code::Incomplete, origin.clone(), message).at_key();
                self.report(fault.help("add `in: header`, `query`, `path`, `body` or `none`"));
                None
            }
        };
        if value.discover.is_some() && value.value.is_none() {
            let message = format!("`{name}` is discovered, and does not say which member of a choice is its value");
            self.report(Diagnostic::error(Code::Incomplete, origin.clone(), message).at_key().help("add `value: id`"));
        }
        let site =
            location.map(|location| Site { location, wire: value.r#as.clone().unwrap_or_else(|| name.to_owned()) });
        ConnectionValue {
            name: name.to_owned(),
            site,
            discover: value.discover.clone(),
            value: self.reply_path(value.value.as_deref(), &origin, "value"),
            label: self.reply_path(value.label.as_deref(), &origin, "label"),
            ty: self.connection_type(value, &origin),
            asked: value.send.is_some(),
            origin,
        }
    }

    fn connection_type(&mut self, value: &ConnectionValueDefinition, origin: &Origin) -> Type {
        let Some(text) = value.r#type.as_deref() else { return Type::Id };
        let place = origin.key("type");
        match self.scalar(text, &place) {
            Some(Scalar::Type(ty, None)) if ty.is_scalar() => ty,
            Some(_) => {
                self.report(Diagnostic::error(Code::InvalidType, place, "a value of the connection is a scalar"));
                Type::Id
            }
            None => Type::Id,
        }
    }

    fn reply_path(&mut self, text: Option<&str>, origin: &Origin, word: &str) -> Option<ReplyPath> {
        let place = origin.key(word);
        let path = ReplyPath::parse(text?);
        self.unreadable(&place, path)
    }

    /// The defaults that count for an API of a file: the service's, then the group's.
    fn defaults_for(&self, file: &ReadFile) -> Vec<(FileId, DefaultsDefinition)> {
        let own = (file.id != self.service.id).then_some(file);
        [Some(self.service), own]
            .into_iter()
            .flatten()
            .filter_map(|file| Some((file.id, file.definition.defaults.clone()?)))
            .collect()
    }
}

fn record_type(fields: &PlacedFields) -> RecordType {
    RecordType { fields: fields.iter().map(|(field, _)| field.clone()).collect() }
}

fn header_name(text: &str) -> Result<String, String> {
    match ReplyPath::parse(text)? {
        ReplyPath::Header(name) => Ok(name),
        ReplyPath::Body(_) => Err(format!("`{text}` is not a header; write `header X-Name`")),
    }
}

/// The name of an API, checked: a group, a dot, and words of lower-case letters, digits and `_`.
fn is_api_name(name: &str) -> bool {
    let good = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    name.contains('.') && name.split('.').all(good) && group_of(name) != "connector"
}

/// Whether `body` stands somewhere in an object.
fn marks_body(object: &ObjectExpr) -> bool {
    use crate::definition::TypeExpr;
    fn marks(expr: &TypeExpr) -> bool {
        match expr {
            TypeExpr::Text(text) => text == "body",
            TypeExpr::List(item, _) => marks(item),
            TypeExpr::Object(object) => marks_body(object),
        }
    }
    object.fields.values().any(marks)
}
