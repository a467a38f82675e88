//! Carrying out what an API does.

use serde_json::Value;
use zoho_connector::{FailureKind, Returns, Type};

use crate::answers::Answer;
use crate::arguments::Arguments;
use crate::catalog::{Action, Ids, Kind, KindOrigin, Plan};
use crate::hosts::Segment;
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::routes::place_of;
use crate::seed::{Meaning, Record, Spot, World, meaning_of};
use crate::state::State;
use crate::store::{Place, Store};

use super::records::{Workshop, refuse_on_wish};
use super::{Call, download, links, select};

mod each;
mod linking;
mod lists;
mod within;
mod work;
mod writes;

/// Carries out a call.
pub(super) fn act(state: &State, call: &Call<'_>, arguments: &Arguments) -> Result<Answer, Refusal> {
    let Some(world) = state.world(call.position) else { return Ok(Answer::Done) };
    let Some(plan) = world.catalog.plan(&call.api.name) else { return Ok(Answer::Done) };
    let path = concrete_path(call);
    let spot =
        plan.kind.map(|kind| world.spot_of(kind, &path, |name| within::value(world, call, arguments, kind, name)));
    let mut store = state.store();
    let act = Act { world, call, arguments, plan, path, now_ms: state.clock.now_ms() };
    act.check_names()?;
    if let Some(spot) = &spot {
        act.check_parents(&mut store, spot)?;
    }
    act.check_told(&mut store)?;
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
    place_of(call.api).into_iter().map(|segment| (segment.clone(), text(&segment))).collect()
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
            Action::Create => match self.each_of(kind) {
                Some(each) => self.create_each(store, spot, kind, &each),
                None => self.write(spot, kind, |entry| self.create(store, spot, kind, entry)),
            },
            Action::Update => self.update_all(store, spot, kind),
            Action::Upsert { matching } => {
                let names = self.matching(matching.as_ref());
                self.write(spot, kind, |entry| self.upsert(store, spot, kind, entry, &names))
            }
            Action::Trash | Action::Delete => self.each_id(store, spot, kind, |store, spot, index| {
                self.throw_away(store, spot, kind, index);
                None
            }),
            Action::Set(to) => {
                let changes = to.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
                self.each_id(store, spot, kind, |store, spot, index| self.change(store, spot, kind, index, &changes))
            }
            Action::Link(link) => self.link(store, spot, kind, link),
            Action::Start => self.start(store, spot, kind),
            Action::Single | Action::Nothing => self.beside(store, spot),
        }
    }

    fn on_nothing(&self, store: &mut Store) -> Result<Answer, Refusal> {
        match &self.plan.action {
            Action::Query => self.query(store),
            Action::Download => self.download(store, None),
            Action::List => Ok(self.values()),
            _ => match self.thing() {
                Answer::One(Value::Object(mut thing)) => {
                    self.hand_over(store, &mut thing);
                    Ok(Answer::One(Value::Object(thing)))
                }
                other => Ok(other),
            },
        }
    }

    /// Keeps a file that goes up before what it belongs to, under the first member that the reply must have: by that it
    /// is named later.
    fn hand_over(&self, store: &mut Store, thing: &mut Record) {
        let (Some((_, file)), Returns::One(ty)) = (self.arguments.files.first(), &self.call.api.returns) else {
            return;
        };
        let Some(object) = self.call.connector.object(ty) else { return };
        let Some(handle) = object.fields.iter().find(|field| field.required) else { return };
        let id = self.world.thing(&format!("{}#{}", self.place(), store.handed)).key();
        store.handed += 1;
        store.keep(self.world.position, &id, file.clone());
        thing.insert(handle.name.clone(), id.into());
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
            if id != "-" && !self.is_beside(&outer, &id) && store.find(self.world, &outer, &id, false).is_none() {
                return Err(Refusal::not_found(format!("There is no {id} in {}.", outer.path)));
            }
            inner = outer;
        }
        Ok(())
    }

    /// What the path leads through by another member than the key must be there as well: an article in a language.
    fn check_told(&self, store: &mut Store) -> Result<(), Refusal> {
        for (position, (segment, value)) in self.path.iter().enumerate() {
            let Segment::Value(name) = segment else { continue };
            let front = self.path.get(..position).unwrap_or_default();
            let segments: Vec<Segment> = front.iter().map(|(segment, _)| segment.clone()).collect();
            let Some(at) = self.world.catalog.at(&self.call.api.base, &segments) else { continue };
            if !self.world.catalog.kind(at).is_some_and(|kind| kind.told.contains_key(name)) {
                continue;
            }
            let spot = self.world.spot_of(at, front, |name| self.call.path.get(name).cloned());
            let found = store.told(self.world, &spot, name, value, true);
            if found.is_none() && store.find(self.world, &spot, value, true).is_none() {
                return Err(Refusal::not_found(format!("There is no {value} in {}.", spot.path)));
            }
        }
        Ok(())
    }

    /// Whether an id is that of the one thing which a record has beside its collections: the backlog beside the
    /// sprints of a project, which stands for a sprint too.
    fn is_beside(&self, spot: &Spot, id: &str) -> bool {
        let record = self.world.parent(spot).map(|(outer, id)| format!("{}/{id}", outer.path));
        record.is_some_and(|record| self.world.thing(&record).key() == id)
    }

    fn workshop(&self, kind: &'a Kind) -> Workshop<'a> {
        Workshop { world: self.world, kind, now_ms: self.now_ms }
    }

    fn read(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        let id = self.only_id()?;
        let (spot, position) = &self.position(store, spot, &id)?;
        let Some(found) = store.at(self.world, spot, *position) else { return Err(Refusal::not_found("It is gone.")) };
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
        let record = if kind.origin == KindOrigin::Jobs { self.polled(store, spot, &id, record) } else { record };
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

    /// The members that the API's own type names, where that is another than the record's. Its key is the record's, by
    /// whatever name, and what else goes by another name is told by what it means.
    fn as_returned(&self, record: Record) -> Record {
        let (Returns::One(ty) | Returns::Many(ty)) = &self.call.api.returns else { return record };
        let kind = self.plan.kind.and_then(|kind| self.world.catalog.kind(kind));
        let same = kind.is_some_and(|kind| *ty == Type::Record(kind.type_name.clone()));
        let Some(object) = self.call.connector.object(ty).filter(|_| !same) else { return record };
        let own_key = object.key().map(|key| key.name.as_str());
        let key = kind.and_then(|kind| record.get(kind.key.as_deref()?));
        let given = self.file_name(&Record::new());
        let file = self.arguments.files.first().map(|(_, file)| given.unwrap_or_else(|| file.name.clone()).into());
        let value = |name: &str| {
            let own = record.get(name).or_else(|| key.filter(|_| own_key == Some(name)));
            let own = own.or_else(|| within::like(&record, name)).cloned();
            own.or_else(|| file.clone().filter(|_| meaning_of(name) == Meaning::FileName))
        };
        // A list of objects that have the record's key says of the record what they have members for.
        let listed = |field: &zoho_connector::Field| {
            let Type::List { item, .. } = &field.ty else { return None };
            let entry = self.call.connector.object(item)?;
            entry.field(kind?.key.as_deref()?)?;
            let member = |field: &zoho_connector::Field| (field.name.clone(), value(&field.name).unwrap_or_default());
            Some(Value::Array(vec![Value::Object(entry.fields.iter().map(member).collect())]))
        };
        let member = |field: &zoho_connector::Field| listed(field).or_else(|| value(&field.name));
        object.fields.iter().filter_map(|field| Some((field.name.clone(), member(field)?))).collect()
    }

    fn download(&self, store: &mut Store, spot: Option<&Spot>) -> Result<Answer, Refusal> {
        let id = self.only_id()?;
        let found = spot.and_then(|spot| self.found(store, spot, &id, false)).map(|(spot, _)| spot);
        let spot = found.as_ref().or(spot);
        if let Some(spot) = spot.filter(|_| store.jobs.contains_key(&(self.world.position, id.clone()))) {
            return self.job_file(store, spot, &id).map(Answer::File);
        }
        if let Some(file) = self.slot_of(&id).and_then(|slot| store.files(self.world.position, &slot).first()) {
            return Ok(Answer::File(file.clone()));
        }
        let outer = self.outer();
        let outer = outer.as_ref().map(|(spot, id)| (spot, id.as_str()));
        download::file(self.world, store, spot, &id, outer).map(Answer::File)
    }

    /// Where a file is kept that belongs to a record by what its path goes on with: the field of it, or `attachment`.
    fn slot_of(&self, id: &str) -> Option<String> {
        let words = ["upload", "download", "content"];
        let position = self.path.iter().rposition(|(_, text)| text == id)?;
        let rest = self.path.get(position + 1..)?.iter().map(|(_, text)| text.as_str());
        let rest: Vec<&str> = rest.filter(|text| !words.contains(text)).collect();
        (!rest.is_empty()).then(|| format!("{id}/{}", rest.join("/")))
    }

    /// Keeps the files of a change with its record.
    fn keep_files(&self, store: &mut Store, id: &str) {
        for (_, file) in &self.arguments.files {
            let slot = self.slot_of(id).unwrap_or_else(|| id.to_owned());
            store.keep_only(self.world.position, &slot, file.clone());
        }
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

    /// Something that belongs to a record, and is none: the record must be there.
    fn beside(&self, store: &mut Store, spot: &Spot) -> Result<Answer, Refusal> {
        let mut known = Record::new();
        if let Ids::Path(name) = &self.plan.ids
            && let Some(id) = self.call.path.get(name)
        {
            let (spot, index) = self.position(store, spot, id)?;
            self.keep_files(store, id);
            known = store.at(self.world, &spot, index).map(|found| found.record()).unwrap_or_default();
        }
        let Answer::One(Value::Object(mut thing)) = self.thing() else { return Ok(self.thing()) };
        self.hand_over(store, &mut thing);
        // What the record has as well is the same there.
        for (name, value) in &mut thing {
            if let Some(own) = known.get(name).filter(|own| !own.is_null() && *name != "id") {
                *value = own.clone();
            }
        }
        Ok(Answer::One(Value::Object(thing)))
    }

    /// The path below the base, without a slash at the end.
    fn place(&self) -> String {
        self.path.iter().map(|(_, text)| format!("/{text}")).collect()
    }

    /// What the API gives, made up from its type, with what was sent in it.
    fn thing(&self) -> Answer {
        let (Returns::One(ty) | Returns::Many(ty)) = &self.call.api.returns else { return Answer::Done };
        let thing = self.world.thing(&self.place());
        let Some(object) = self.call.connector.object(ty) else { return Answer::One(thing.value("value", ty, None)) };
        if let Some((_, entries)) = self.arguments.entries(self.call.api) {
            let made = |entry: &Value| match entry {
                Value::Object(members) => refuse_on_wish(members).map(|()| thing.object(object)),
                _ => Ok(thing.object(object)),
            };
            return Answer::Outcomes(entries.iter().map(made).collect());
        }
        let mut record = thing.object(object);
        if let Some((_, file)) = self.arguments.files.first() {
            let name = self.file_name(&Record::new()).unwrap_or_else(|| file.name.clone());
            for field in object.fields.iter().filter(|field| meaning_of(&field.name) == Meaning::FileName) {
                record.insert(field.name.clone(), name.clone().into());
            }
        }
        for (name, value) in self.arguments.body.as_object().into_iter().flatten() {
            if record.contains_key(name) {
                record.insert(name.clone(), value.clone());
            }
        }
        let record = Value::Object(record);
        match &self.call.api.returns {
            Returns::Many(_) => Answer::List { records: vec![record], window: None, total: 1 },
            _ => Answer::One(record),
        }
    }

    /// The ids of the records that the call names, or whose members are as it wants them.
    fn ids(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Vec<String>, Refusal> {
        if self.plan.ids != Ids::Matching {
            return Ok(self.named_ids());
        }
        let mut tests = select::tests(self.call, self.arguments, kind)?;
        let like = self.call.api.effect.iter().flat_map(|effect| &effect.like);
        tests.extend(like.map(|(name, value)| select::is(name, value)));
        let mut ids = Vec::new();
        for index in store.live(self.world, spot) {
            let Some(found) = store.at(self.world, spot, index) else { continue };
            if select::fits(self.call.connector, kind, &tests, &found) {
                ids.extend(kind.key.as_deref().and_then(|key| found.member(key)).map(|id| text_of(&id)));
            }
        }
        Ok(ids)
    }

    fn named_ids(&self) -> Vec<String> {
        match &self.plan.ids {
            Ids::None | Ids::Matching => Vec::new(),
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
        self.named_ids().into_iter().next().ok_or_else(|| Refusal::new(FailureKind::Invalid, "No record is named."))
    }

    /// Where a record is: in the collection, or in one of its type where the call does not say in which.
    fn position(&self, store: &mut Store, spot: &Spot, id: &str) -> Result<(Spot, usize), Refusal> {
        let bin = match &self.plan.action {
            Action::Delete => true,
            Action::Set(_) => self.can_restore(),
            _ => false,
        };
        let missing = || Refusal::not_found(format!("There is no {id} in {}.", spot.path));
        self.found(store, spot, id, bin).ok_or_else(missing)
    }

    /// Where the record is that the call names, by its key or by the member that the path names.
    fn found(&self, store: &mut Store, spot: &Spot, id: &str, bin: bool) -> Option<Place> {
        store.find(self.world, spot, id, bin).or_else(|| {
            let Ids::Path(name) = &self.plan.ids else { return None };
            self.world.kind(spot).filter(|kind| kind.told.contains_key(name))?;
            store.told(self.world, spot, name, id, bin)
        })
    }

    /// Whether the call can take a record out of the bin: where the same request with other values puts it there.
    fn can_restore(&self) -> bool {
        let same = |api: &&zoho_connector::Api| api.verb == self.call.api.verb && api.path == self.call.api.path;
        let trashes = |api: &zoho_connector::Api| {
            self.world.catalog.plan(&api.name).is_some_and(|plan| plan.action == Action::Trash)
        };
        self.call.connector.apis.values().filter(same).any(trashes)
    }
}
