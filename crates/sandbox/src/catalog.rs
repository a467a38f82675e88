//! The collections that a connector's APIs work on, and what each API does to which of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use indexmap::IndexMap;
use serde_json::Value;
use zoho_connector::types::RecordType;
use zoho_connector::{Api, Connector, Location, RequestPlace, Returns, Type, Verb};

use crate::hosts::Segment;
use crate::reply_path::text_of;
use crate::routes::place_of;
use crate::seed::{Hint, Meaning, meaning_of};

mod examples;
mod kind;
mod origins;
mod plan;
mod views;

use examples::{example_members, named_values};
use kind::kind_of;
pub(crate) use kind::{Kind, KindOrigin};
pub(crate) use views::{Tie, View};

/// What an API does.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) action: Action,
    /// The kind of collection that it does it to.
    pub(crate) kind: Option<usize>,
    /// Where the ids of the records are.
    pub(crate) ids: Ids,
}

/// Where an API has the ids of the records that it works on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ids {
    /// It has none.
    None,
    /// In the path, by name.
    Path(String),
    /// It is for those that fit its criteria.
    Matching,
    /// At a place; of a list's entries, `*` stands for each.
    Place(RequestPlace),
}

/// What an API does to records.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action {
    List,
    Read,
    Create,
    Update,
    Upsert {
        matching: Option<RequestPlace>,
    },
    Trash,
    Delete,
    Set(IndexMap<String, Value>),
    /// Puts records of a type into the list of them that a record has, or takes them out.
    Link(Link),
    /// Gives the bytes of a file.
    Download,
    /// Lists what a query in the body asks for.
    Query,
    /// Counts the records of the collection.
    Count,
    /// Gives the one thing that there is.
    Single,
    /// Starts a job.
    Start,
    /// Only says yes.
    Nothing,
}

/// What is put into a list, or taken out of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    /// The type of what is put there.
    pub(crate) of: String,
    /// Where the records are named that have the list; none where the path leads to the one.
    pub(crate) within: Option<RequestPlace>,
    pub(crate) out: bool,
}

/// The collections of a connector.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalog {
    pub(crate) kinds: Vec<Kind>,
    homes: HashMap<String, usize>,
    /// Paths below which records of a collection are to be had by their ids, although it lies elsewhere.
    aliases: Vec<(String, Vec<Segment>, usize)>,
    plans: HashMap<String, Plan>,
    /// The members and their values by which records are taken away.
    gone: BTreeSet<(String, String)>,
    hints: HashMap<String, Hint>,
    /// The types that are at home in a collection whose path needs no value but those of the connection, by name, with
    /// the kind.
    fixed: Vec<(String, usize)>,
    /// The lists of what is at home elsewhere, by kind.
    views: HashMap<usize, View>,
    /// The values that examples have for the names in paths.
    pub(crate) named: BTreeMap<String, Vec<String>>,
}

impl Catalog {
    /// Reads the collections out of a connector.
    pub(crate) fn new(connector: &Connector) -> Self {
        let mut catalog = Self { named: named_values(connector), ..Self::default() };
        catalog.add_listed(connector);
        catalog.add_read(connector);
        catalog.find_homes();
        for api in connector.apis.values() {
            let plan = catalog.make_plan(connector, api);
            if matches!(plan.action, Action::Trash | Action::Delete) {
                let constants = api.constants.iter().filter(|constant| constant.site.location == Location::Body);
                catalog.gone.extend(constants.map(|constant| (constant.site.wire.clone(), text_of(&constant.value))));
            }
            catalog.plans.insert(api.name.clone(), plan);
        }
        catalog.add_extra(connector);
        catalog.mark_origins(connector);
        catalog.mark_fields();
        catalog.mark_remains();
        catalog.mark_chosen(connector);
        catalog.mark_told(connector);
        catalog.note_hints(connector);
        catalog.note_views();
        catalog
    }

    /// What an API does.
    pub(crate) fn plan(&self, api: &str) -> Option<&Plan> {
        self.plans.get(api)
    }

    pub(crate) fn kind(&self, position: usize) -> Option<&Kind> {
        self.kinds.get(position)
    }

    /// Whether a value of a member says that a record is in the bin, or deleted.
    pub(crate) fn is_gone(&self, name: &str, value: &str) -> bool {
        self.gone.iter().any(|(member, gone)| member == name && gone == value)
    }

    /// The collection where the records of a type are at home.
    pub(crate) fn home(&self, type_name: &str) -> Option<usize> {
        self.homes.get(type_name).copied()
    }

    /// The collection of a path: the one that is written so, or else one where a caller chooses what is written here.
    pub(crate) fn at(&self, base: &str, segments: &[Segment]) -> Option<usize> {
        let fits = |kind: &Kind| {
            let each = || kind.segments.iter().zip(segments).all(|(own, found)| own.is_chosen(&kind.ids, found));
            !segments.is_empty() && kind.base == base && kind.segments.len() == segments.len() && each()
        };
        self.written(segments).or_else(|| self.kinds.iter().position(fits))
    }

    /// The collection of a path, or the one whose records are to be had by their ids below it.
    pub(crate) fn reached(&self, base: &str, segments: &[Segment]) -> Option<usize> {
        self.at(base, segments).or_else(|| self.alias(base, segments))
    }

    fn alias(&self, base: &str, segments: &[Segment]) -> Option<usize> {
        self.aliases.iter().find(|(other, path, _)| other == base && same_shape(path, segments)).map(|alias| alias.2)
    }

    /// The collection whose records are told apart by a member of this name: the messages for `messageId`.
    pub(crate) fn keyed(&self, name: &str) -> Option<usize> {
        let kinds = self.kinds.iter().enumerate().filter(|(_, kind)| kind.key.as_deref() == Some(name) && name != "id");
        kinds.min_by_key(|(_, kind)| kind.segments.len()).map(|(position, _)| position)
    }

    /// The collection in which the files of such a record are: within one that is named by its key, with files' names.
    pub(crate) fn files_of(&self, kind: &Kind) -> Option<(usize, &Kind)> {
        let key = kind.key.as_deref().filter(|key| *key != "id")?;
        let has_files = |other: &Kind| {
            let named = other.record.fields.iter().any(|field| meaning_of(&field.name) == Meaning::FileName);
            named && other.key.is_some() && other.ids.contains(key)
        };
        self.kinds.iter().enumerate().find(|(_, other)| has_files(other))
    }

    /// The collection whose path is written so, but for the names in it.
    fn written(&self, segments: &[Segment]) -> Option<usize> {
        self.kinds.iter().position(|kind| !kind.segments.is_empty() && same_shape(&kind.segments, segments))
    }

    /// What a member's name tells; of an entry of a list (`actions.0`) what the list's name does.
    pub(crate) fn hint(&self, name: &str) -> Cow<'_, Hint> {
        let name = name.split('.').next().unwrap_or(name);
        self.hints.get(name).map_or_else(|| Cow::Owned(Hint::new(name, &self.fixed)), Cow::Borrowed)
    }

    /// The kinds of the collections whose paths need no value.
    pub(crate) fn fixed(&self) -> impl Iterator<Item = usize> {
        let all = self.fixed.iter().map(|(_, kind)| *kind);
        all.filter(|kind| self.kind(*kind).is_some_and(|kind| kind.scope.is_none()))
    }

    /// Lists without an effect of their own are collections.
    fn add_listed(&mut self, connector: &Connector) {
        for api in connector.apis.values().filter(|api| api.effect.is_none() && api.verb == Verb::Get) {
            if let Returns::Many(item) = &api.returns {
                self.add(connector, api, place_of(api), item);
            }
        }
    }

    /// What can be read by an id is in a collection too, although no API may list it.
    fn add_read(&mut self, connector: &Connector) {
        for api in connector.apis.values().filter(|api| api.effect.is_none() && api.verb == Verb::Get) {
            let mut segments = place_of(api);
            if let (Returns::One(ty), Some(Segment::Value(_))) = (&api.returns, segments.pop())
                && self.at(&api.base, &segments).is_none()
            {
                match self.listed(ty) {
                    Some(kind) => self.aliases.push((api.base.clone(), segments, kind)),
                    None => self.add(connector, api, segments, ty),
                }
            }
        }
        for api in connector.apis.values() {
            let Some(effect) = &api.effect else { continue };
            if !self.kinds.iter().any(|kind| kind.type_name == effect.of)
                && let Some(record) = connector.types.get(&effect.of)
            {
                self.kinds.push(kind_of("", Vec::new(), BTreeSet::new(), effect.of.clone(), record.clone()));
            }
        }
    }

    /// The collection in which records of a type are listed, the shortest path first.
    fn listed(&self, ty: &Type) -> Option<usize> {
        let Type::Record(name) = ty else { return None };
        let kinds = self.kinds.iter().enumerate().filter(|(_, kind)| kind.type_name == *name);
        kinds.min_by_key(|(_, kind)| kind.segments.len()).map(|(position, _)| position)
    }

    fn add(&mut self, connector: &Connector, api: &Api, segments: Vec<Segment>, ty: &Type) {
        let Some(record) = connector.object(ty) else { return };
        if self.written(&segments).is_some() {
            return;
        }
        let type_name = if let Type::Record(name) = ty { name.clone() } else { String::new() };
        let in_path =
            |name: &str| segments.iter().any(|segment| matches!(segment, Segment::Value(value) if value == name));
        let ids = api.parameters.iter().filter(|parameter| parameter.ty == Type::Id);
        let ids = ids
            .flat_map(|parameter| &parameter.sites)
            .map(|site| site.wire.clone())
            .filter(|name| in_path(name))
            .collect();
        let kind = kind_of(&api.base, segments, ids, type_name, record.clone());
        let scope = self.scope_of(api);
        self.kinds.push(Kind { paginated: api.paginate.is_some(), scope, ..kind });
    }

    /// What a list must be asked for, where that is a name which the paths of other collections have.
    fn scope_of(&self, api: &Api) -> Option<String> {
        let is_name = |parameter: &&zoho_connector::Parameter| {
            let known = self.named.get(&parameter.name).is_some_and(|values| !values.is_empty());
            known && parameter.required && parameter.is_at(Location::Query) && !parameter.is_at(Location::Path)
        };
        api.parameters.iter().find(is_name).map(|parameter| parameter.name.clone())
    }

    /// A type is at home in the collection with the shortest path.
    fn find_homes(&mut self) {
        for (position, kind) in self.kinds.iter().enumerate().filter(|(_, kind)| !kind.type_name.is_empty()) {
            let length = |at: usize| self.kinds.get(at).map_or(usize::MAX, |kind| kind.segments.len());
            let shorter = self.homes.get(&kind.type_name).is_none_or(|other| length(position) < length(*other));
            if shorter {
                self.homes.insert(kind.type_name.clone(), position);
            }
        }
    }

    fn add_extra(&mut self, connector: &Connector) {
        let mut by_type: HashMap<String, Vec<String>> = HashMap::new();
        for api in connector.apis.values() {
            // What is sent to an action of another sort is no record.
            let of_records = |plan: &&Plan| {
                !matches!(plan.action, Action::Nothing | Action::Single | Action::Start | Action::Link(_))
            };
            let plan = self.plan(&api.name).filter(of_records);
            if let Some(kind) = plan.and_then(|plan| self.kind(plan.kind?)) {
                let names = by_type.entry(kind.type_name.clone()).or_default();
                for name in example_members(api) {
                    if kind.record.field(&name).is_none() && !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
        }
        for kind in &mut self.kinds {
            let chosen = matches!(kind.segments.last(), Some(Segment::Value(name)) if !kind.ids.contains(name));
            kind.extra = chosen.then(|| by_type.get(&kind.type_name).cloned().unwrap_or_default());
        }
    }

    fn note_hints(&mut self, connector: &Connector) {
        let is_known = |segment: &Segment| match segment {
            Segment::Literal(_) => true,
            Segment::Value(name) | Segment::Mixed(_, name, _) => connector.connection.contains_key(name),
        };
        let is_fixed = |kind: &Kind| kind.segments.iter().all(is_known);
        let homes = self.homes.iter().filter(|(_, at)| self.kinds.get(**at).is_some_and(is_fixed));
        self.fixed = homes.map(|(name, at)| (name.clone(), *at)).collect();
        self.fixed.sort();
        let of_types = connector.types.values().chain(self.kinds.iter().map(|kind| &kind.record));
        let mut names = BTreeSet::new();
        of_types.for_each(|ty| note_names(ty, &mut names));
        names.extend(self.kinds.iter().flat_map(|kind| kind.extra.iter().flatten().cloned()));
        self.hints = names.into_iter().map(|name| (name.clone(), Hint::new(&name, &self.fixed))).collect();
    }
}

impl Segment {
    /// Whether a segment of a collection's path fits another's: written the same, or a name of which this is a value.
    fn is_chosen(&self, ids: &BTreeSet<String>, found: &Self) -> bool {
        match (self, found) {
            (Self::Literal(own), Self::Literal(found)) => own == found,
            (Self::Value(name), Self::Literal(_)) => !ids.contains(name),
            (Self::Literal(_), _) => false,
            _ => true,
        }
    }
}

/// Whether two paths are the same but for the names in them.
fn same_shape(a: &[Segment], b: &[Segment]) -> bool {
    let same = |(a, b): (&Segment, &Segment)| match (a, b) {
        (Segment::Literal(a), Segment::Literal(b)) => a == b,
        (Segment::Literal(_), _) | (_, Segment::Literal(_)) => false,
        _ => true,
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// The names of a type's members, and of the objects in it.
fn note_names(ty: &RecordType, names: &mut BTreeSet<String>) {
    for field in &ty.fields {
        names.insert(field.name.clone());
        if let Type::Object(inner) = &field.ty {
            note_names(inner, names);
        }
    }
}
