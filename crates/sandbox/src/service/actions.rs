//! Carrying out what an API does.

use serde_json::Value;
use zoho_connector::{FailureKind, Returns, Type};

use crate::answers::Answer;
use crate::arguments::Arguments;
use crate::catalog::{Action, Ids, Kind, KindOrigin, Plan};
use crate::hosts::Segment;
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::routes::segments_of;
use crate::seed::{Record, Spot, World};
use crate::state::State;
use crate::store::Store;

use super::records::{Workshop, refuse_on_wish};
use super::{Call, download, jobs, links, select};

mod lists;
mod writes;

/// Carries out a call.
pub(super) fn act(state: &State, call: &Call<'_>, arguments: &Arguments) -> Result<Answer, Refusal> {
    let Some(world) = state.world(call.position) else { return Ok(Answer::Done) };
    let Some(plan) = world.catalog.plan(&call.api.name) else { return Ok(Answer::Done) };
    let path = concrete_path(call);
    let value = |name: &str| call.path.get(name).cloned().or_else(|| arguments.get(name).map(text_of));
    let spot = plan.kind.map(|kind| world.spot_of(kind, &path, value));
    let mut store = state.store();
    let act = Act { world, call, arguments, plan, path, now_ms: state.clock.now_ms() };
    act.check_names()?;
    if let Some(spot) = &spot {
        act.check_parents(&mut store, spot)?;
    }
    match spot.as_ref().and_then(|spot| Some((spot, world.kind(spot)?))) {
        Some((spot, kind)) => act.on_collection(&mut store, spot, kind),
        None => act.on_nothing(&mut store),
    }
}

/// The segments of the API's path, each with what the call has there.
fn concrete_path(call: &Call<'_>) -> Vec<(Segment, String)> {
    let value = |name: &str| call.path.get(name).cloned().unwrap_or_default();
    let text = |segment: &Segment| match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Value(name) => value(name),
        Segment::Mixed(before, name, after) => format!("{before}{}{after}", value(name)),
    };
    segments_of(call.api).into_iter().map(|segment| (segment.clone(), text(&segment))).collect()
}

/// One call that is being carried out.
struct Act<'a> {
    world: World<'a>,
    call: &'a Call<'a>,
    arguments: &'a Arguments,
    plan: &'a Plan,
    path: Vec<(Segment, String)>,
    now_ms: i64,
}

impl<'a> Act<'a> {
    fn on_collection(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        match &self.plan.action {
            Action::List => self.list(store, spot, kind, None),
            Action::Query => self.query(store),
            Action::Count => self.count(store, spot, kind),
            Action::Read => self.read(store, spot, kind),
            Action::Download => self.download(store, Some(spot)),
            Action::Create => self.write(spot, kind, |entry| self.create(store, spot, kind, entry)),
            Action::Update => self.update_all(store, spot, kind),
            Action::Upsert { matching } => {
                let names = self.matching(matching.as_ref());
                self.write(spot, kind, |entry| self.upsert(store, spot, kind, entry, &names))
            }
            Action::Trash | Action::Delete => self.each_id(store, spot, kind, |store, index| {
                self.throw_away(store, spot, kind, index);
                None
            }),
            Action::Set(to) => {
                let changes = to.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
                self.each_id(store, spot, kind, |store, index| self.change(store, spot, kind, index, &changes))
            }
            Action::Start => self.start(store, spot, kind),
            Action::Single | Action::Nothing => self.beside(store, spot),
        }
    }

    fn on_nothing(&self, store: &mut Store) -> Result<Answer, Refusal> {
        match &self.plan.action {
            Action::Query => self.query(store),
            Action::Download => self.download(store, None),
            Action::List => Ok(self.values()),
            _ => Ok(self.thing()),
        }
    }

    /// A name in the path that a caller chooses must look like those that there are.
    fn check_names(&self) -> Result<(), Refusal> {
        for (name, known) in self.world.catalog.named.iter().filter(|(_, known)| !known.is_empty()) {
            let Some(value) = self.call.path.get(name) else { continue };
            let capital = |text: &str| text.starts_with(|c: char| c.is_ascii_uppercase());
            let plausible = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && known.iter().any(|other| capital(other) == capital(value));
            if !plausible {
                return Err(Refusal::invalid(name, format!("There is no {name} '{value}'.")));
            }
        }
        Ok(())
    }

    /// What a collection lies within must be there.
    fn check_parents(&self, store: &mut Store, spot: &Spot) -> Result<(), Refusal> {
        let mut inner = spot.clone();
        while let Some((outer, id)) = self.world.parent(&inner) {
            if store.position(self.world, &outer, &id).is_none() {
                return Err(Refusal::not_found(format!("There is no {id} in {}.", outer.path)));
            }
            inner = outer;
        }
        Ok(())
    }

    fn workshop(&self, kind: &'a Kind) -> Workshop<'a> {
        Workshop { world: self.world, kind, now_ms: self.now_ms }
    }

    fn read(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        let id = self.only_id()?;
        let position = self.position(store, spot, &id)?;
        let Some(found) = store.at(self.world, spot, position) else { return Err(Refusal::not_found("It is gone.")) };
        if let Some((member, since)) = select::modified_since(self.call, kind) {
            let format = kind.record.field(&member).and_then(|field| self.call.connector.spelling(&field.ty));
            if found
                .member(&member)
                .and_then(|value| crate::times::read(&value, format))
                .is_some_and(|changed| changed <= since)
            {
                return Ok(Answer::NotModified);
            }
        }
        let record = self.addressed(spot, kind, select::shown(self.call, self.arguments, kind, &found));
        let record =
            if kind.origin == KindOrigin::Jobs { jobs::polled(self.world, store, spot, &id, record) } else { record };
        Ok(self.one(record))
    }

    /// A record with the address where its file is, where it gives one.
    fn addressed(&self, spot: &Spot, kind: &Kind, mut record: Record) -> Record {
        if record.contains_key("href")
            && let Some(id) = kind.key.as_ref().and_then(|key| record.get(key)).map(text_of)
            && let Some(address) = links::address(self.world, self.call, spot, &id)
        {
            record.insert("href".to_owned(), address.into());
        }
        record
    }

    /// The answer with a record, where the API gives one.
    fn one(&self, record: Record) -> Answer {
        if self.call.api.returns == Returns::Nothing {
            Answer::Done
        } else {
            Answer::One(Value::Object(self.as_returned(record)))
        }
    }

    /// The members that the API's own type names, where that is another than the record's.
    fn as_returned(&self, record: Record) -> Record {
        let (Returns::One(ty) | Returns::Many(ty)) = &self.call.api.returns else { return record };
        let same = self
            .plan
            .kind
            .and_then(|kind| self.world.catalog.kind(kind))
            .is_some_and(|kind| *ty == Type::Record(kind.type_name.clone()));
        match self.call.connector.object(ty) {
            Some(object) if !same => object
                .fields
                .iter()
                .filter_map(|field| Some((field.name.clone(), record.get(&field.name)?.clone())))
                .collect(),
            _ => record,
        }
    }

    fn download(&self, store: &mut Store, spot: Option<&Spot>) -> Result<Answer, Refusal> {
        let id = self.only_id()?;
        if let Some(spot) = spot
            && let Some(record) = store.get(self.world, spot, &id).map(|found| found.record()).filter(jobs::is_job)
        {
            return jobs::result(self.world, store, &record).map(Answer::File);
        }
        let outer = self.outer();
        let outer = outer.as_ref().map(|(spot, id)| (spot, id.as_str()));
        download::file(self.world, store, spot, &id, outer).map(Answer::File)
    }

    /// The record that the path leads through before its last id.
    fn outer(&self) -> Option<(Spot, String)> {
        let values = self.path.iter().enumerate().filter(|(_, (segment, _))| !matches!(segment, Segment::Literal(_)));
        let (position, (_, id)) = values.rev().nth(1)?;
        let front = self.path.get(..position)?;
        let segments: Vec<Segment> = front.iter().map(|(segment, _)| segment.clone()).collect();
        let kind = self.world.catalog.at(&self.call.api.base, &segments)?;
        Some((self.world.spot_of(kind, front, |name| self.call.path.get(name).cloned()), id.clone()))
    }

    fn start(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        let Some(job) = &self.call.api.job else { return Ok(Answer::Done) };
        let workshop = self.workshop(kind);
        let asked = self.arguments.body.clone();
        let record = store.add(self.world, spot, |index| {
            jobs::started(job, workshop.make(&self.world.maker(spot, index), &Record::new(), &[]), &asked)
        });
        let shown = record.into_iter().filter(|(name, _)| !name.starts_with('_')).collect();
        Ok(self.one(shown))
    }

    /// Something that belongs to a record, and is none: the record must be there.
    fn beside(&self, store: &mut Store, spot: &Spot) -> Result<Answer, Refusal> {
        if let Ids::Path(name) = &self.plan.ids
            && let Some(id) = self.call.path.get(name)
        {
            self.position(store, spot, id)?;
        }
        Ok(self.thing())
    }

    /// What the API gives, made up from its type, with what was sent in it.
    fn thing(&self) -> Answer {
        let (Returns::One(ty) | Returns::Many(ty)) = &self.call.api.returns else { return Answer::Done };
        let thing = self.world.thing(&self.call.request.path);
        let Some(object) = self.call.connector.object(ty) else { return Answer::One(thing.value("value", ty, None)) };
        if let Some((_, entries)) = self.arguments.entries(self.call.api) {
            let made = |entry: &Value| match entry {
                Value::Object(members) => refuse_on_wish(members).map(|()| thing.object(object)),
                _ => Ok(thing.object(object)),
            };
            return Answer::Outcomes(entries.iter().map(made).collect());
        }
        let mut record = thing.object(object);
        for (name, value) in self.arguments.body.as_object().into_iter().flatten() {
            if record.contains_key(name) {
                record.insert(name.clone(), value.clone());
            }
        }
        Answer::One(Value::Object(record))
    }

    /// The ids of the records that the call names.
    fn ids(&self) -> Vec<String> {
        match &self.plan.ids {
            Ids::None => Vec::new(),
            Ids::Path(name) => self.call.path.get(name).cloned().into_iter().collect(),
            Ids::Place(place) => match self.arguments.at(self.call.request, place) {
                Some(Value::Array(ids)) => ids.iter().map(text_of).collect(),
                Some(text) => {
                    text_of(&text).split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
                }
                None => Vec::new(),
            },
        }
    }

    fn only_id(&self) -> Result<String, Refusal> {
        self.ids().into_iter().next().ok_or_else(|| Refusal::new(FailureKind::Invalid, "No record is named."))
    }

    fn position(&self, store: &mut Store, spot: &Spot, id: &str) -> Result<usize, Refusal> {
        store
            .position(self.world, spot, id)
            .ok_or_else(|| Refusal::not_found(format!("There is no {id} in {}.", spot.path)))
    }
}
