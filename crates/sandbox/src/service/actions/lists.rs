//! Lists: of a collection, of what a query asks for, and their length.

use std::sync::Arc;

use serde_json::{Value, json};
use zoho_connector::{Returns, Type};

use super::Act;
use crate::answers::Answer;
use crate::catalog::Kind;
use crate::paging::window;
use crate::query::{Select, parse_select};
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::Spot;
use crate::service::select;
use crate::service::ties::{self, Tied};
use crate::store::{Arranged, Store};

impl<'a> Act<'a> {
    pub(super) fn list(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        asked: Option<&Select>,
    ) -> Result<Answer, Refusal> {
        let world = self.world;
        let mut tests = select::tests(self.call, self.arguments, kind)?;
        if let Some(condition) = asked.and_then(|asked| asked.condition.clone()) {
            tests.push(select::Test::Holds(condition));
        }
        let order = match asked {
            Some(asked) => asked.order.clone(),
            None => select::sorting(self.arguments, kind).into_iter().collect(),
        };
        let arranged = self.arranged(store, spot, kind, &tests, &order);
        let (spots, places) = (&arranged.spots, &arranged.places);
        if places.is_empty() && select::modified_since(self.call, kind).is_some() {
            return Ok(Answer::NotModified);
        }
        let total = places.len();
        let window = self
            .call
            .api
            .paginate
            .as_ref()
            .map(|style| window(style, self.call.request, self.arguments))
            .transpose()?;
        let (start, size) = window.map_or((0, usize::MAX), |window| (window.start, window.size));
        let (chosen, total) = store.moving.give(arranged.list, self.call.due, start, size, total);
        let list = spot;
        let mut records = Vec::new();
        for (at, index) in chosen.into_iter().filter_map(|place| places.get(place).copied()) {
            let Some(spot) = spots.get(at) else { continue };
            let Some(found) = store.at(world, spot, index) else { continue };
            records.push(Value::Object(match asked {
                Some(asked) => select::projected(kind, &found, asked.members.iter().cloned()),
                None => {
                    let record = select::shown(self.call, self.arguments, kind, &found);
                    self.addressed(spot, kind, ties::shown(world, list, kind, spot, index, record))
                }
            }));
        }
        Ok(Answer::List { records, window, total })
    }

    /// A list of what is no record: some values.
    pub(super) fn values(&self) -> Answer {
        let Returns::Many(item) = &self.call.api.returns else { return Answer::Done };
        let thing = self.world.thing(&self.call.request.path);
        let records = (0..5).map(|position| thing.value(&format!("value.{position}"), item, None)).collect();
        Answer::List { records, window: None, total: 5 }
    }

    /// A list that a query in the body asks for.
    pub(super) fn query(&self, store: &mut Store) -> Result<Answer, Refusal> {
        let place = self.call.api.paginate.as_ref().and_then(|style| style.place());
        let text = place
            .and_then(|place| self.arguments.at(self.call.request, place))
            .map(|value| text_of(&value))
            .unwrap_or_default();
        let field = place.map_or("query", |place| place.name.as_str());
        let asked = parse_select(&text)
            .map_err(|fault| Refusal::invalid(field, format!("The query cannot be read: {fault}.")))?;
        let kinds = self.world.catalog.kinds.iter().enumerate();
        let chosen = kinds.filter(|(_, kind)| kind.extra.is_some()).min_by_key(|(_, kind)| kind.segments.len());
        let Some((position, kind)) = chosen else { return Ok(self.values()) };
        let spot = self.world.spot(position, |_| Some(asked.from.clone()));
        self.list(store, &spot, kind, Some(&asked))
    }

    /// Where the records of a list are, in its order.
    fn arranged(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        tests: &[select::Test],
        order: &[(String, bool)],
    ) -> Arc<Arranged> {
        let list = format!("{spot:?} {tests:?} {order:?}");
        if let Some(arranged) = store.arranged(&list) {
            return arranged;
        }
        let (spots, mut places) = self.places(store, spot, kind, tests);
        if !order.is_empty() {
            select::sort(&mut places, order, |(at, index), member| {
                spots.get(at).and_then(|spot| store.at(self.world, spot, index)?.member(member))
            });
        }
        store.keep_arranged(list, spots, places)
    }

    /// Where the records are that a list has, which tests they must pass: the collections, and each by its position
    /// among them with its own position there.
    fn places(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        tests: &[select::Test],
    ) -> (Vec<Spot>, Vec<(usize, usize)>) {
        let (world, connector) = (self.world, self.call.connector);
        let (mut owners, mut places): (Vec<Spot>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
        if let Some(tied) = Tied::of(world, store, spot) {
            places = tied.positions(world, store).into_iter().map(|index| (0, index)).collect();
            owners.push(tied.home);
        } else {
            // A list whose path does not say within what has the records of all that are known.
            let known = if spot.is_open() { store.known(world, spot) } else { Vec::new() };
            let spots = if known.is_empty() { vec![spot.clone()] } else { known };
            for (owner, index) in spots.iter().flat_map(|spot| store.members(world, spot)).collect::<Vec<_>>() {
                if owners.last() != Some(&owner) {
                    owners.push(owner);
                }
                places.push((owners.len() - 1, index));
            }
        }
        if !tests.is_empty() {
            places.retain(|(at, index)| {
                let found = owners.get(*at).and_then(|spot| store.at(world, spot, *index));
                found.is_some_and(|found| select::fits(connector, kind, tests, &found))
            });
        }
        (owners, places)
    }

    /// How many records a list of the same call would have.
    pub(super) fn count(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        let tests = select::tests(self.call, self.arguments, kind)?;
        let count = self.places(store, spot, kind, &tests).1.len();
        let Returns::One(ty) = &self.call.api.returns else { return Ok(Answer::Done) };
        let Some(object) = self.call.connector.object(ty) else { return Ok(Answer::One(json!({ "count": count }))) };
        let member = |field: &zoho_connector::Field| {
            (field.name.clone(), if field.ty == Type::Int { count.into() } else { Value::Null })
        };
        Ok(Answer::One(Value::Object(object.fields.iter().map(member).collect())))
    }
}
