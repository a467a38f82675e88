//! The data that a sandbox begins with: made from types and a seed, always the same, one record at a time.

mod members;
mod names;
mod wording;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};
use zoho_connector::{Connector, ReplyPath, Returns};

use crate::catalog::{Catalog, Kind, KindOrigin};
use crate::config::SandboxConfig;
use crate::hosts::Segment;
use crate::random::hash;
use crate::reply_path::{get, text_of};

pub(crate) use members::Maker;
pub(crate) use names::{Hint, Meaning, is_created, is_modified, meaning_of, plain};

/// A record: its members in the order of its type.
pub(crate) type Record = Map<String, Value>;

/// How many records a collection within a record begins with.
const WITHIN: usize = 3;
/// How many organisations there are.
const CHOICES: usize = 2;
/// When the first record was made (2024-07-01T08:00:00Z), and within which time all were.
const BEGIN_MS: i64 = 1_719_820_800_000;
const SPAN_MS: i64 = 500 * 86_400_000;

/// What the data is made from.
#[derive(Debug)]
pub(crate) struct Seed {
    seed: u64,
    records: BTreeMap<String, usize>,
    default_records: usize,
    catalogs: Vec<Catalog>,
    /// Of each connector, the collections whose paths need no value, by kind.
    fixed: Vec<HashMap<usize, Fixed>>,
}

/// A collection whose path needs no value, which many records point at.
#[derive(Debug)]
struct Fixed {
    spot: Spot,
    count: u64,
    prefix: u64,
}

/// One collection: the comments of the ticket 7.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Spot {
    /// The position of its connector.
    pub(crate) connector: usize,
    /// The position of its kind.
    pub(crate) kind: usize,
    /// Its path with all values: `/tickets/7/comments`.
    pub(crate) path: String,
}

/// A connector with the data that is made for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) seed: &'a Seed,
    pub(crate) position: usize,
    pub(crate) connector: &'a Connector,
    pub(crate) catalog: &'a Catalog,
}

impl Seed {
    pub(crate) fn new(config: &SandboxConfig) -> Self {
        let mut seed = Self {
            seed: config.seed,
            records: config.records.clone(),
            default_records: config.default_records,
            catalogs: config.connectors.iter().map(Catalog::new).collect(),
            fixed: Vec::new(),
        };
        seed.fixed = (0..config.connectors.len())
            .filter_map(|position| Some(seed.world(&config.connectors, position)?.fixed()))
            .collect();
        seed
    }

    /// The world of a connector.
    pub(crate) fn world<'a>(&'a self, connectors: &'a [Connector], position: usize) -> Option<World<'a>> {
        let (connector, catalog) = (connectors.get(position)?, self.catalogs.get(position)?);
        Some(World { seed: self, position, connector, catalog })
    }
}

/// The id of a record, from the number of its collection and its position there: 18 or 19 digits.
fn id_of(prefix: u64, index: usize) -> String {
    (prefix * 10_000_000 + 1000 + index as u64).to_string()
}

impl<'a> World<'a> {
    pub(crate) fn kind(&self, spot: &Spot) -> Option<&'a Kind> {
        self.catalog.kind(spot.kind)
    }

    /// The collection of a kind, the names in its path filled in by `value`; `-` where that gives nothing.
    pub(crate) fn spot(&self, kind: usize, value: impl Fn(&str) -> Option<String>) -> Spot {
        let segments = self.catalog.kind(kind).map_or(&[][..], |kind| &kind.segments);
        let fill = |name: &str| value(name).unwrap_or_else(|| "-".to_owned());
        let text = |segment: &Segment| match segment {
            Segment::Literal(text) => text.clone(),
            Segment::Value(name) => fill(name),
            Segment::Mixed(before, name, after) => format!("{before}{}{after}", fill(name)),
        };
        let path: String = segments.iter().map(|segment| format!("/{}", text(segment))).collect();
        let type_name = self.catalog.kind(kind).map_or("", |kind| &kind.type_name);
        let path = if path.is_empty() { format!("~{type_name}") } else { path };
        let path = format!("{path}{}", self.scope(kind, fill));
        Spot { connector: self.position, kind, path }
    }

    /// What the path of a collection has behind it, where a value in the query tells which one is meant.
    fn scope(&self, kind: usize, value: impl Fn(&str) -> String) -> String {
        let scope = self.catalog.kind(kind).and_then(|kind| kind.scope.as_deref());
        scope.map(|name| format!("?{name}={}", value(name))).unwrap_or_default()
    }

    /// The value that a collection's path has for a name which is no id: the module that it is of.
    pub(crate) fn chosen(&self, spot: &Spot, name: &str) -> Option<String> {
        let kind = self.kind(spot)?;
        let (path, scope) = spot.path.split_once('?').unwrap_or((&spot.path, ""));
        let own = scope.split_once('=').filter(|(own, _)| *own == name).map(|(_, value)| value);
        let mut segments = kind.segments.iter().zip(path.trim_start_matches('/').split('/'));
        let is_named = |segment: &Segment| matches!(segment, Segment::Value(own) if own == name);
        let found = own.or_else(|| segments.find(|(segment, _)| is_named(segment)).map(|(_, part)| part));
        found.filter(|value| !matches!(*value, "-" | "*")).map(str::to_owned)
    }

    /// The collection of a kind within a record, the names in its path filled in by `value`.
    pub(crate) fn spot_within(&self, kind: usize, value: impl Fn(&str) -> Option<String>) -> Spot {
        self.without_detours(self.spot(kind, value))
    }

    /// The collection of a kind that a call is for: what stands in the call's path where the paths agree, else filled
    /// in by name.
    pub(crate) fn spot_of(
        &self,
        kind: usize,
        path: &[(Segment, String)],
        value: impl Fn(&str) -> Option<String>,
    ) -> Spot {
        let length = self.catalog.kind(kind).map_or(0, |kind| kind.segments.len());
        let front = path.get(..length).filter(|_| length > 0).unwrap_or_default();
        let segments: Vec<Segment> = front.iter().map(|(segment, _)| segment.clone()).collect();
        if length > 0 && self.catalog.kind(kind).and_then(|kind| self.catalog.at(&kind.base, &segments)) == Some(kind) {
            let path: String = front.iter().map(|(_, text)| format!("/{text}")).collect();
            let scope = self.scope(kind, |name| value(name).unwrap_or_else(|| "-".to_owned()));
            let path = format!("{path}{scope}");
            return self.without_detours(Spot { connector: self.position, kind, path });
        }
        self.spot_within(kind, value)
    }

    /// The value that the path of a collection has for an id, or for the last id in it.
    pub(crate) fn within(&self, spot: &Spot, name: Option<&str>) -> Option<String> {
        let kind = self.kind(spot).filter(|kind| !kind.segments.is_empty())?;
        let parts: Vec<&str> = spot.path.trim_start_matches('/').split('/').collect();
        let is_meant = |segment: &Segment| match segment {
            Segment::Value(own) => kind.ids.contains(own) && name.is_none_or(|name| name == own),
            _ => false,
        };
        let position = kind.segments.iter().rposition(is_meant)?;
        parts.get(position).filter(|part| !matches!(**part, "-" | "*")).map(|part| (*part).to_owned())
    }

    /// The same collection within another record.
    pub(crate) fn moved(&self, spot: &Spot, id: &str) -> Option<Spot> {
        let kind = self.kind(spot)?;
        let is_id = |segment: &Segment| matches!(segment, Segment::Value(name) if kind.ids.contains(name));
        let position = kind.segments.iter().rposition(is_id)?;
        let parts = spot.path.trim_start_matches('/').split('/').enumerate();
        let path = parts.map(|(at, part)| format!("/{}", if at == position { id } else { part })).collect();
        Some(Spot { path, ..spot.clone() })
    }

    /// A collection within a record that is known without the other ids in the path (a message, whatever folder the
    /// path leads through): it is the same one for all of them.
    fn without_detours(&self, mut spot: Spot) -> Spot {
        let Some(kind) = self.kind(&spot) else { return spot };
        let is_id = |segment: &Segment| matches!(segment, Segment::Value(name) if kind.ids.contains(name));
        let Some(position) = kind.segments.iter().rposition(is_id) else { return spot };
        let front = kind.segments.get(..position).unwrap_or_default();
        let keyed = match kind.segments.get(position) {
            Some(Segment::Value(name)) => self.catalog.keyed(name),
            _ => None,
        };
        if keyed.is_none_or(|keyed| keyed == spot.kind) || self.catalog.at(&kind.base, front).is_some() {
            return spot;
        }
        let parts = spot.path.trim_start_matches('/').split('/').enumerate();
        let detour = |at: usize| at < position && kind.segments.get(at).is_some_and(is_id);
        spot.path = parts.map(|(at, part)| format!("/{}", if detour(at) { "*" } else { part })).collect();
        spot
    }

    /// The collection that the records of a collection lie within a record of, and that record's id.
    pub(crate) fn parent(&self, spot: &Spot) -> Option<(Spot, String)> {
        let kind = self.kind(spot)?;
        let is_id = |segment: &Segment| matches!(segment, Segment::Value(name) if kind.ids.contains(name));
        let position = kind.segments.iter().rposition(is_id)?;
        let parts: Vec<&str> = spot.path.trim_start_matches('/').split('/').collect();
        let id = (*parts.get(position)?).to_owned();
        if let Some(parent) = self.catalog.at(&kind.base, kind.segments.get(..position)?) {
            let path = parts.get(..position)?.iter().map(|part| format!("/{part}")).collect();
            return Some((Spot { connector: spot.connector, kind: parent, path }, id));
        }
        let Some(Segment::Value(name)) = kind.segments.get(position) else { return None };
        let values = kind.segments.iter().zip(&parts);
        let value = |wanted: &str| {
            let named = |segment: &Segment| matches!(segment, Segment::Value(name) if name == wanted);
            values
                .clone()
                .find(|(segment, _)| named(segment))
                .map(|(_, part)| (*part).to_owned())
                .filter(|part| part != "*")
        };
        let parent = self.catalog.keyed(name).filter(|parent| *parent != spot.kind)?;
        Some((self.spot(parent, value), id))
    }

    /// How many records a collection begins with.
    pub(crate) fn count(&self, spot: &Spot) -> usize {
        let Some(kind) = self.kind(spot) else { return 0 };
        let of_service = format!("{}.{}", self.connector.name, kind.type_name);
        // What lies within something that no list has is as long as any other list, if it comes in pages.
        let within = !kind.ids.is_empty() && (!kind.paginated || self.parent(spot).is_some());
        let named = [(spot.path.as_str(), true), (of_service.as_str(), !within), (kind.type_name.as_str(), !within)];
        let asked = named.into_iter().filter(|(_, counts)| *counts).find_map(|(key, _)| self.seed.records.get(key));
        match (&kind.origin, asked) {
            (KindOrigin::Jobs | KindOrigin::Chosen | KindOrigin::Remains(_), _) => 0,
            (_, Some(count)) => *count,
            (KindOrigin::Choices, None) => CHOICES,
            (KindOrigin::Names(values), None) => values.len(),
            (KindOrigin::Seeded, None) if within => WITHIN,
            (KindOrigin::Seeded, None) => self.seed.default_records,
        }
    }

    fn fixed(&self) -> HashMap<usize, Fixed> {
        let fixed = |kind| {
            let spot = self.spot(kind, |name| self.choices(name)?.into_iter().next());
            (kind, Fixed { count: self.count(&spot) as u64, prefix: self.prefix(&spot.path), spot })
        };
        self.catalog.fixed().map(fixed).collect()
    }

    fn target(&self, hint: &Hint) -> Option<&'a Fixed> {
        self.seed.fixed.get(self.position)?.get(&hint.target?).filter(|fixed| fixed.count > 0)
    }

    /// The collection that a member of this name points into.
    pub(crate) fn pointed_at(&self, name: &str) -> Option<&'a Spot> {
        self.target(&self.catalog.hint(name)).map(|fixed| &fixed.spot)
    }

    /// A number for a collection, in front of the numbers of its records.
    fn prefix(&self, path: &str) -> u64 {
        let number = hash(hash(self.seed.seed, self.connector.name.as_bytes()), path.as_bytes());
        10_000_000_000 + number % 890_000_000_000
    }

    /// The position that an id stands for.
    pub(crate) fn index(&self, spot: &Spot, id: &str) -> Option<usize> {
        let names = self.kind(spot).and_then(Kind::names);
        if let Some(position) = names.and_then(|names| names.iter().position(|name| name == id)) {
            return Some(position);
        }
        let number: u64 = id.parse().ok()?;
        let serial = number.checked_sub(self.prefix(&spot.path) * 10_000_000)?.checked_sub(1000)?;
        usize::try_from(serial).ok().filter(|serial| *serial < 9_000_000)
    }

    /// What makes the members of a record.
    pub(crate) fn maker(&self, spot: &'a Spot, index: usize) -> Maker<'a> {
        self.maker_at(Cow::Borrowed(spot), index)
    }

    /// The same, of a collection that is only passing by.
    pub(crate) fn maker_of(&self, spot: Spot, index: usize) -> Maker<'a> {
        self.maker_at(Cow::Owned(spot), index)
    }

    fn maker_at(&self, spot: Cow<'a, Spot>, index: usize) -> Maker<'a> {
        let known = self.seed.fixed.get(self.position).and_then(|fixed| fixed.get(&spot.kind));
        let count = known.map_or_else(|| self.count(&spot) as u64, |fixed| fixed.count);
        let step = (SPAN_MS / i64::try_from(count.max(1)).unwrap_or(1)).max(1);
        let index_ms = i64::try_from(index).unwrap_or(0);
        Maker::new(*self, spot, index, BEGIN_MS + index_ms.saturating_mul(step), step)
    }

    /// What makes the members of a thing that is in no collection.
    pub(crate) fn thing(&self, path: &str) -> Maker<'a> {
        let nowhere = Spot { connector: self.position, kind: usize::MAX, path: path.to_owned() };
        Maker::new(*self, Cow::Owned(nowhere), 0, BEGIN_MS, SPAN_MS)
    }

    /// The values that a value of a connection can have; none where there is nothing to choose from.
    pub(crate) fn choices(&self, name: &str) -> Option<Vec<String>> {
        let value = self.connector.connection.get(name)?;
        let api = self.connector.api(value.discover.as_deref()?)?;
        let plan = self.catalog.plan(&api.name)?;
        let steps = match value.value.as_ref()? {
            ReplyPath::Body(steps) => steps,
            ReplyPath::Header(_) => return None,
        };
        let Some(kind) = plan.kind else {
            let Returns::One(ty) = &api.returns else { return None };
            let only = self.thing(&api.path.to_string()).object(self.connector.object(ty)?);
            return Some(vec![text_of(get(&Value::Object(only), steps)?)]);
        };
        let mut choices = Vec::new();
        for spot in self.spots(kind, name) {
            for index in 0..self.count(&spot) {
                let record = Value::Object(self.maker_of(spot.clone(), index).record(|_| true));
                choices.extend(get(&record, steps).map(text_of).filter(|choice| !choices.contains(choice)));
            }
        }
        Some(choices)
    }

    /// The collections of a kind for every choice of the connection. A list of choices may itself be for another
    /// choice; a circle ends at the name whose choices are asked for.
    fn spots(&self, kind: usize, asked: &str) -> Vec<Spot> {
        let mut filled: Vec<BTreeMap<String, String>> = vec![BTreeMap::new()];
        for segment in self.catalog.kind(kind).map_or(&[][..], |kind| &kind.segments) {
            let Segment::Value(name) = segment else { continue };
            let Some(choices) = Some(name).filter(|name| *name != asked).and_then(|name| self.choices(name)) else {
                continue;
            };
            let with = |values: &BTreeMap<String, String>| {
                let with = |choice: &String| {
                    let mut values = values.clone();
                    values.insert(name.clone(), choice.clone());
                    values
                };
                choices.iter().map(with).collect::<Vec<_>>()
            };
            filled = filled.iter().flat_map(with).collect();
        }
        filled.iter().map(|values| self.spot(kind, |name| values.get(name).cloned())).collect()
    }

    /// The collections of a kind within the records of the collections that need no value. One that lies within a
    /// record which no collection of its own leads to may be in any of them.
    pub(crate) fn candidates(&self, kind: usize) -> Vec<Spot> {
        let Some(of) = self.catalog.kind(kind).filter(|kind| kind.ids.len() == 1) else { return Vec::new() };
        let fixed = self.seed.fixed.get(self.position).into_iter().flat_map(HashMap::values);
        let ids = fixed.flat_map(|fixed| (0..fixed.count).map(move |index| (fixed.prefix, index)));
        let chosen: BTreeMap<&str, String> = self
            .connector
            .connection
            .keys()
            .filter_map(|name| Some((name.as_str(), self.choices(name)?.into_iter().next()?)))
            .collect();
        let spot = |(prefix, index)| {
            let id = id_of(prefix, usize::try_from(index).unwrap_or_default());
            let value = |name: &str| if of.ids.contains(name) { Some(id.clone()) } else { chosen.get(name).cloned() };
            self.spot(kind, value)
        };
        ids.map(spot).collect()
    }
}

impl Spot {
    /// Whether its path has a value that nobody has given.
    pub(crate) fn is_open(&self) -> bool {
        self.path.split('/').any(|part| part == "-")
    }
}
