//! Arguments that lead somewhere: for each API the ids, and other names in its path, of records that there are.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use zoho_connector::{Api, Location, Parameter, RequestPlace, Type};

use super::ties::Tied;
use crate::catalog::{Ids, Kind};
use crate::hosts::Segment;
use crate::reply_path::text_of;
use crate::routes::place_of;
use crate::seed::World;
use crate::state::State;
use crate::store::Store;

/// How many records of a collection are tried, where a path leads further through one of them.
const TRIED: usize = 8;

/// The arguments that lead to records, of each API of a service by its name, or of one of them.
pub(crate) fn leads(state: &State, position: usize, one: Option<&str>) -> BTreeMap<String, Map<String, Value>> {
    let Some(world) = state.world(position) else { return BTreeMap::new() };
    let mut store = state.store();
    let mut search = Search { world, store: &mut store };
    let apis = world.connector.apis.values().filter(|api| one.is_none_or(|name| api.name == name));
    apis.map(|api| (api.name.clone(), search.arguments(api))).collect()
}

/// A path as far as it has been walked: its segments, each with a text.
type Walked = Vec<(Segment, String)>;

struct Search<'a> {
    world: World<'a>,
    store: &'a mut Store,
}

impl Search<'_> {
    fn arguments(&mut self, api: &Api) -> Map<String, Value> {
        let walked = self.walk(api, &place_of(api), &Walked::new()).unwrap_or_default();
        let argument = |parameter: &Parameter| {
            if parameter.is_at(Location::Path) {
                let is_it = |name: &str| parameter.is_in_path_as(name);
                let value = walked.iter().find_map(|(segment, text)| inner(segment, text, is_it));
                return Some((parameter.name.clone(), value?.into()));
            }
            let (ty, is_list) = match &parameter.ty {
                Type::List { item, .. } => (item.as_ref(), true),
                ty => (ty, false),
            };
            let wire = parameter.sites.first().filter(|_| *ty == Type::Id)?.wire.as_str();
            let id: Value = self.named(api, wire, &walked)?.into();
            Some((parameter.name.clone(), if is_list { Value::Array(vec![id]) } else { id }))
        };
        api.parameters.iter().filter_map(argument).collect()
    }

    /// The rest of a path, through records that there are.
    fn walk(&mut self, api: &Api, rest: &[Segment], walked: &Walked) -> Option<Walked> {
        let Some((first, rest)) = rest.split_first() else { return Some(walked.clone()) };
        self.texts(api, first, walked).into_iter().find_map(|text| {
            let further = walked.iter().cloned().chain([(first.clone(), text)]).collect();
            self.walk(api, rest, &further)
        })
    }

    /// What can stand in a segment of a path.
    fn texts(&mut self, api: &Api, segment: &Segment, walked: &Walked) -> Vec<String> {
        let (before, name, after) = match segment {
            Segment::Literal(text) => return vec![text.clone()],
            Segment::Value(name) => ("", name, ""),
            Segment::Mixed(before, name, after) => (before.as_str(), name, after.as_str()),
        };
        let found = match self.chosen(api, name) {
            Some(chosen) => vec![chosen],
            None => self.led_through(api, name, walked),
        };
        let found = if found.is_empty() { self.of_another(name).into_iter().collect() } else { found };
        found.into_iter().map(|text| format!("{before}{text}{after}")).collect()
    }

    /// A value for a name that is chosen: once for a connection, or by the API's example.
    fn chosen(&self, api: &Api, name: &str) -> Option<String> {
        let choice = self.world.choices(name).and_then(|choices| choices.into_iter().next());
        let own = || api.example.as_ref()?.get(name)?.as_str().map(str::to_owned);
        // An id of an example is none of a record here.
        choice.or_else(|| own().filter(|_| self.world.catalog.named.contains_key(name)))
    }

    /// A value that the example of another API has for a name.
    fn of_another(&self, name: &str) -> Option<String> {
        self.world.catalog.named.get(name)?.first().cloned()
    }

    /// What stands for the records of the collection that a path leads through next: of the one that it ends in so far,
    /// or that the API works on; where an id is wanted, of the one that its name means.
    fn led_through(&mut self, api: &Api, name: &str, walked: &Walked) -> Vec<String> {
        let front: Vec<Segment> = walked.iter().map(|(segment, _)| segment.clone()).collect();
        let catalog = self.world.catalog;
        let parameter = api.parameters.iter().find(|parameter| parameter.is_in_path_as(name));
        let is_id = parameter.is_none_or(|parameter| parameter.ty == Type::Id);
        let own = || catalog.plan(&api.name).filter(|plan| plan.ids == Ids::Path(name.to_owned()))?.kind;
        let meant = || catalog.keyed(name).or(catalog.hint(name).target);
        let kind = catalog.reached(&api.base, &front).or_else(own).or_else(|| meant().filter(|_| is_id));
        let names = |kind: &Kind| is_id || kind.told.contains_key(name) || kind.names().is_some();
        let kind = kind.filter(|kind| catalog.kind(*kind).is_some_and(names));
        kind.map_or_else(Vec::new, |kind| self.records(api, kind, name, walked))
    }

    /// What tells the first records of a collection apart, by the name that stands for one in a path.
    fn records(&mut self, api: &Api, kind: usize, name: &str, walked: &Walked) -> Vec<String> {
        let given = |name: &str| walked.iter().find_map(|(segment, text)| inner(segment, text, |own| own == name));
        let spot = self.world.spot_of(kind, walked, |name| {
            given(name).or_else(|| self.chosen(api, name)).or_else(|| self.of_another(name))
        });
        let places = match Tied::of(self.world, self.store, &spot) {
            Some(tied) => {
                let positions = tied.positions(self.world, self.store);
                positions.into_iter().map(|index| (tied.home.clone(), index)).collect()
            }
            None => self.store.members(self.world, &spot),
        };
        let text = |(spot, index): (_, usize)| {
            let kind = self.world.kind(&spot)?;
            let member = if kind.told.contains_key(name) { name } else { kind.key.as_deref()? };
            self.store.at(self.world, &spot, index)?.member(member).map(|value| text_of(&value))
        };
        places.into_iter().take(TRIED).filter_map(text).collect()
    }

    /// An id for an argument beside the path: of what the API works on, or of what the argument's name means.
    fn named(&mut self, api: &Api, wire: &str, walked: &Walked) -> Option<String> {
        let plan = self.world.catalog.plan(&api.name)?;
        let is_it = |place: &RequestPlace| place.name == wire && place.inner.is_empty();
        let kind = match &plan.ids {
            Ids::Place(place) if is_it(place) => plan.kind,
            _ => self.world.catalog.hint(wire).target,
        };
        self.records(api, kind?, wire, walked).into_iter().next()
    }
}

/// The value in a segment, where its name is one that is wanted.
fn inner(segment: &Segment, text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    match segment {
        Segment::Value(name) if is_wanted(name) => Some(text.to_owned()),
        Segment::Mixed(before, name, after) if is_wanted(name) => {
            text.strip_prefix(before.as_str())?.strip_suffix(after.as_str()).map(str::to_owned)
        }
        _ => None,
    }
}
