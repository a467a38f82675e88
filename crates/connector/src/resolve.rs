//! Definition → [`Connector`]: inheritance worked out, names looked up, small grammars read.
//!
//! Every fault becomes a [`Diagnostic`] at its place, and resolving goes on with what is left. A name that stands for
//! something left out before (because its shape was wrong) is not reported again.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::connector::{Base, ConnectionValue, Connector, Location, Regions};
use crate::definition::{BaseDefinition, DefaultsDefinition, Definition, ObjectExpr, RegionsDefinition};
use crate::diagnostic::{Code, Diagnostic};
use crate::path::ReplyPath;
use crate::source::{FileId, Origin, Route};
use crate::suggest::did_you_mean;
use crate::template::Template;
use crate::types::{Field, RecordType};

mod api;
mod auth;
mod connection;
mod effect;
mod files;
mod limits;
mod pagination;
mod parameters;
mod paths;
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
pub enum Extent<'a> {
    /// All its files.
    Whole,
    /// What a call of one API needs: that API, and those it names, as far as they are in these files.
    Call(&'a str),
}

/// Resolves the files of one connector.
///
/// The result is complete only where no diagnostic is an error. Without a file that says `connector` there is none.
pub fn resolve(
    files: &[ReadFile],
    left_out: &LeftOut,
    extent: Extent<'_>,
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
    match extent {
        Extent::Whole => resolver.all_apis(&mut connector),
        Extent::Call(name) => resolver.apis_of_call(name, &mut connector),
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
    fn all_apis(&mut self, connector: &mut Connector) {
        for file in self.files {
            for (name, definition) in file.definition.apis.iter().flatten() {
                if let Some(api) = self.api(file, name, definition, connector) {
                    connector.apis.insert(name.clone(), api);
                }
            }
        }
    }

    /// One API, and those that it names: to put all of a group together would be most of what a read costs. A write
    /// comes with its whole group, in which is what tells whether it was carried out.
    fn apis_of_call(&mut self, name: &str, connector: &mut Connector) {
        let written = self.files.iter().find_map(|file| file.definition.apis.as_ref()?.get(name));
        if written.is_some_and(|api| api.get.is_none()) {
            return self.all_apis(connector);
        }
        let mut wanted = vec![name.to_owned()];
        while let Some(name) = wanted.pop() {
            if connector.apis.contains_key(&name) {
                continue;
            }
            let written = self.files.iter().find_map(|file| Some((file, file.definition.apis.as_ref()?.get(&name)?)));
            let api = written.and_then(|(file, definition)| self.api(file, &name, definition, connector));
            if let Some(api) = api {
                wanted.extend(references::references_of(&api).into_iter().map(|(name, _)| name));
                connector.apis.insert(name, api);
            }
        }
    }

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
        self.scope_prefixes();
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
            auth: definition.auth.as_ref().and_then(|words| self.auth(words, &self.at(["auth"]))).unwrap_or_default(),
            date_format: self.time_format(formats.date.as_deref(), "date"),
            time_format: self.time_format(formats.time.as_deref(), "time"),
            lists: definition.lists.unwrap_or_default(),
            rate_limits: self.rate_limits(),
            types: self.types.iter().map(|(name, fields)| (name.clone(), record_type(fields))).collect(),
            connection: self.connection.clone(),
            apis: IndexMap::new(),
        }
    }

    /// What scopes begin with is one name, as in `Desk.tickets.READ`.
    fn scope_prefixes(&mut self) {
        let definition = &self.service.definition;
        for (i, prefix) in definition.scope_prefix.iter().flatten().enumerate() {
            if prefix.is_empty() || !prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
                let message = format!("`{prefix}` cannot be what a scope begins with");
                let fault = Diagnostic::error(Code::Scope, self.at(["scope_prefix"]).index(i), message);
                self.report(fault.help(
                    "it is the part before the first dot: `Desk` of `Desk.tickets.READ`; each is an entry of its own",
                ));
            }
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
                ("auth", d.auth.is_some()),
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
        let place = if base.by_data_center.is_empty() { origin.clone() } else { origin.key("url") };
        let url = self.url(&base.url, &place)?;
        self.known_variables(&url, &origin);
        let mut by_data_center = BTreeMap::new();
        for (id, text) in &base.by_data_center {
            let place = origin.key(id);
            if let Some(template) = self.url(text, &place) {
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

/// The name of an API, checked: a group, a dot, and words of lower-case letters, digits and `_`.
fn is_api_name(name: &str) -> bool {
    let good = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    name.contains('.') && name.split('.').all(good)
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
