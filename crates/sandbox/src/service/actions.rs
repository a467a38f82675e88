//! Carrying out what an API does.

use serde_json::Value;
use zoho_connector::connector::WHOLE_BODY;
use zoho_connector::{FailureKind, Location, RequestPlace, Returns, Type};

use crate::answers::Answer;
use crate::arguments::{Arguments, inside};
use crate::catalog::{Action, Ids, Kind, KindOrigin, Plan};
use crate::hosts::Segment;
use crate::paging::window;
use crate::query::{Select, parse_select};
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::routes::segments_of;
use crate::seed::{Record, Spot, World};
use crate::state::State;
use crate::store::Store;

use super::records::{Workshop, refuse_on_wish};
use super::{Call, download, jobs, select};

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
                store.remove(self.world, spot, index);
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
            let plausible = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && known.iter().any(|other| capital(other) == capital(value));
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

    fn list(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, asked: Option<&Select>) -> Result<Answer, Refusal> {
        let (world, connector) = (self.world, self.call.connector);
        let mut tests = select::tests(self.call, self.arguments, kind)?;
        if let Some(condition) = asked.and_then(|asked| asked.condition.clone()) {
            tests.push(select::Test::Holds(condition));
        }
        let mut positions = store.live(world, spot);
        if !tests.is_empty() {
            positions.retain(|index| store.at(world, spot, *index).is_some_and(|found| select::fits(connector, kind, &tests, &found)));
        }
        if positions.is_empty() && select::modified_since(self.call, kind).is_some() {
            return Ok(Answer::NotModified);
        }
        let order = match asked {
            Some(asked) => asked.order.clone(),
            None => select::sorting(self.arguments, kind).into_iter().collect(),
        };
        if !order.is_empty() {
            select::sort(&mut positions, &order, |index, member| store.at(world, spot, index).and_then(|found| found.member(member)));
        }
        let total = positions.len();
        let window = self.call.api.paginate.as_ref().map(|style| window(style, self.call.request, self.arguments)).transpose()?;
        let (start, size) = window.map_or((0, usize::MAX), |window| (window.start, window.size));
        let mut records = Vec::new();
        for index in positions.into_iter().skip(start).take(size) {
            let Some(found) = store.at(world, spot, index) else { continue };
            records.push(Value::Object(match asked {
                Some(asked) => select::projected(kind, &found, asked.members.iter().cloned()),
                None => select::shown(self.call, self.arguments, kind, &found),
            }));
        }
        Ok(Answer::List { records, window, total })
    }

    /// A list of what is no record: some values.
    fn values(&self) -> Answer {
        let Returns::Many(item) = &self.call.api.returns else { return Answer::Done };
        let thing = self.world.thing(&self.call.request.path);
        let records = (0..5).map(|position| thing.value(&format!("value.{position}"), item, None)).collect();
        Answer::List { records, window: None, total: 5 }
    }

    /// A list that a query in the body asks for.
    fn query(&self, store: &mut Store) -> Result<Answer, Refusal> {
        let place = self.call.api.paginate.as_ref().and_then(|style| style.place());
        let text = place.and_then(|place| self.arguments.at(self.call.request, place)).map(|value| text_of(&value)).unwrap_or_default();
        let field = place.map_or("query", |place| place.name.as_str());
        let asked = parse_select(&text).map_err(|fault| Refusal::invalid(field, format!("The query cannot be read: {fault}.")))?;
        let kinds = self.world.catalog.kinds.iter().enumerate();
        let chosen = kinds.filter(|(_, kind)| kind.extra.is_some()).min_by_key(|(_, kind)| kind.segments.len());
        let Some((position, kind)) = chosen else { return Ok(self.values()) };
        let spot = self.world.spot(position, |_| Some(asked.from.clone()));
        self.list(store, &spot, kind, Some(&asked))
    }

    fn count(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        let tests = select::tests(self.call, self.arguments, kind)?;
        let positions = store.live(self.world, spot);
        let fits = |index: &usize| store.at(self.world, spot, *index).is_some_and(|found| select::fits(self.call.connector, kind, &tests, &found));
        let count = if tests.is_empty() { positions.len() } else { positions.iter().copied().filter(fits).count() };
        let Returns::One(ty) = &self.call.api.returns else { return Ok(Answer::Done) };
        let members = self.call.connector.object(ty).map_or(&[][..], |object| &object.fields);
        let member = |field: &zoho_connector::Field| (field.name.clone(), if field.ty == Type::Int { count.into() } else { Value::Null });
        Ok(Answer::One(Value::Object(members.iter().map(member).collect())))
    }

    fn read(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        let id = self.only_id()?;
        let position = self.position(store, spot, &id)?;
        let Some(found) = store.at(self.world, spot, position) else { return Err(Refusal::not_found("It is gone.")) };
        if let Some((member, since)) = select::modified_since(self.call, kind) {
            let format = kind.record.field(&member).and_then(|field| self.call.connector.spelling(&field.ty));
            if found.member(&member).and_then(|value| crate::times::read(&value, format)).is_some_and(|changed| changed <= since) {
                return Ok(Answer::NotModified);
            }
        }
        let record = select::shown(self.call, self.arguments, kind, &found);
        let record = if kind.origin == KindOrigin::Jobs { jobs::polled(self.world, store, spot, &id, record) } else { record };
        Ok(self.one(record))
    }

    /// The answer with a record, where the API gives one.
    fn one(&self, record: Record) -> Answer {
        if self.call.api.returns == Returns::Nothing { Answer::Done } else { Answer::One(Value::Object(self.as_returned(record))) }
    }

    /// The members that the API's own type names, where that is another than the record's.
    fn as_returned(&self, record: Record) -> Record {
        let (Returns::One(ty) | Returns::Many(ty)) = &self.call.api.returns else { return record };
        let same = self.plan.kind.and_then(|kind| self.world.catalog.kind(kind)).is_some_and(|kind| *ty == Type::Record(kind.type_name.clone()));
        match self.call.connector.object(ty) {
            Some(object) if !same => {
                object.fields.iter().filter_map(|field| Some((field.name.clone(), record.get(&field.name)?.clone()))).collect()
            }
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
        let kind = self.world.catalog.at(&segments)?;
        Some((self.world.spot_of(kind, front, |name| self.call.path.get(name).cloned()), id.clone()))
    }

    /// Writes each record of the request alone, or the one that there is.
    fn write(&self, _spot: &Spot, kind: &'a Kind, mut one: impl FnMut(&Record) -> Result<Record, Refusal>) -> Result<Answer, Refusal> {
        let workshop = self.workshop(kind);
        if let Some((wire, entries)) = self.arguments.entries(self.call.api) {
            let ty = self.item_type(wire);
            let mut entry = |entry: &Value| workshop.judge(ty, entry).and_then(|sent| one(&sent));
            let results: Vec<_> = entries.iter().map(&mut entry).collect();
            return Ok(Answer::Outcomes(results.into_iter().map(|result| result.map(|record| self.as_returned(record))).collect()));
        }
        let sent = self.sent(kind);
        refuse_on_wish(&sent)?;
        let record = one(&sent)?;
        Ok(if self.call.api.responses.outcomes.is_some() { Answer::Outcomes(vec![Ok(self.as_returned(record))]) } else { self.one(record) })
    }

    fn item_type(&self, wire: &str) -> Option<&'a Type> {
        let parameter = self.call.api.parameters.iter().find(|parameter| parameter.sites.iter().any(|site| site.wire == wire))?;
        match &parameter.ty {
            Type::List { item, .. } => Some(item.as_ref()),
            _ => None,
        }
    }

    fn create(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, sent: &Record) -> Result<Record, Refusal> {
        let files: Vec<_> = self.arguments.files.iter().map(|(_, file)| file.clone()).collect();
        let workshop = self.workshop(kind);
        let record = store.add(self.world, spot, |index| workshop.make(&self.world.maker(spot, index), sent, &files));
        if let Some(id) = Store::id_of(self.world, spot, &record) {
            for (position, file) in files.into_iter().enumerate() {
                // What a file became within the record has an id of its own, by which it can be had as well.
                if let Some(inner) = inner_id(&record, position, &file.name) {
                    store.keep(self.world.position, &inner, file.clone());
                }
                store.keep(self.world.position, &id, file);
            }
        }
        Ok(record)
    }

    fn change(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, index: usize, sent: &Record) -> Option<Record> {
        let mut record = store.at(self.world, spot, index)?.record();
        self.workshop(kind).change(&self.world.maker(spot, index), &mut record, sent);
        store.put(self.world, spot, index, record.clone());
        Some(record)
    }

    fn update(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, id: &str, sent: &Record) -> Result<Record, Refusal> {
        let index = self.position(store, spot, id)?;
        self.check_unmodified(store, spot, kind, index)?;
        self.change(store, spot, kind, index, sent).ok_or_else(|| Refusal::not_found("It is gone."))
    }

    /// A change that is asked for only where nobody else has made one since.
    fn check_unmodified(&self, store: &mut Store, spot: &Spot, kind: &Kind, index: usize) -> Result<(), Refusal> {
        let Some((member, since)) = select::modified_since(self.call, kind) else { return Ok(()) };
        let format = kind.record.field(&member).and_then(|field| self.call.connector.spelling(&field.ty));
        let changed = store.at(self.world, spot, index).and_then(|found| crate::times::read(&found.member(&member)?, format));
        if !changed.is_some_and(|changed| changed > since) {
            return Ok(());
        }
        let mut refusal = Refusal::new(FailureKind::Conflict, "The record has been changed since.");
        let classified = self.call.api.responses.classify.iter().find(|(kind, condition)| *kind == FailureKind::Conflict && condition.http() == Some(412));
        refusal.status = Some(412);
        refusal.code = classified.and_then(|(_, condition)| condition.code()).map(str::to_owned);
        Err(refusal)
    }

    fn update_all(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        if self.arguments.entries(self.call.api).is_some() {
            let within = self.path_within_entry();
            return self.write(spot, kind, |entry| {
                let id = inside(&Value::Object(entry.clone()), &within).map(|id| text_of(&id));
                let id = id.ok_or_else(|| Refusal::invalid(within.last().map_or("id", String::as_str), "The record has no id."))?;
                self.update(store, spot, kind, &id, entry)
            });
        }
        let ids = self.ids();
        let sent = self.sent(kind);
        refuse_on_wish(&sent)?;
        let mut last = None;
        for id in &ids {
            last = Some(self.update(store, spot, kind, id, &sent)?);
        }
        match last {
            Some(record) => Ok(self.one(record)),
            None => Err(Refusal::new(FailureKind::Invalid, "No record is named.")),
        }
    }

    /// Where an entry of a list has its id: what the place of the ids has behind the `*`.
    fn path_within_entry(&self) -> Vec<String> {
        let place = if let Ids::Place(place) = &self.plan.ids { Some(place) } else { None };
        let behind = place.and_then(|place| place.inner.split(|part| part == "*").nth(1)).map(<[String]>::to_vec);
        behind.unwrap_or_else(|| vec!["id".to_owned()])
    }

    fn upsert(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, sent: &Record, names: &[String]) -> Result<Record, Refusal> {
        if let Some(id) = kind.key.as_deref().and_then(|key| sent.get(key)).map(text_of) {
            return self.update(store, spot, kind, &id, sent);
        }
        let names: Vec<&String> = names.iter().filter(|name| sent.contains_key(*name)).collect();
        let positions = if names.is_empty() { Vec::new() } else { store.live(self.world, spot) };
        let same = |index: &usize| {
            let found = store.at(self.world, spot, *index);
            found.is_some_and(|found| names.iter().all(|name| found.member(name).is_some_and(|value| Some(&value) == sent.get(*name))))
        };
        match positions.into_iter().find(same) {
            Some(index) => self.change(store, spot, kind, index, sent).ok_or_else(|| Refusal::not_found("It is gone.")),
            None => self.create(store, spot, kind, sent),
        }
    }

    /// The members that decide an upsert: those that the call names, or else the mail address.
    fn matching(&self, place: Option<&RequestPlace>) -> Vec<String> {
        let named = place.and_then(|place| self.arguments.at(self.call.request, place));
        match named {
            Some(Value::Array(names)) => names.iter().map(text_of).collect(),
            Some(name) => vec![text_of(&name)],
            None => ["Email", "email"].map(str::to_owned).to_vec(),
        }
    }

    /// Does something to each record that the call names: to all of them or to none, unless each has its own outcome.
    fn each_id(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, mut one: impl FnMut(&mut Store, usize) -> Option<Record>) -> Result<Answer, Refusal> {
        let ids = self.ids();
        if ids.is_empty() {
            return Err(Refusal::new(FailureKind::Invalid, "No record is named."));
        }
        let positions: Vec<_> = ids.iter().map(|id| self.position(store, spot, id)).collect();
        if self.call.api.responses.outcomes.is_none() && let Some(Err(refusal)) = positions.iter().find(|position| position.is_err()) {
            return Err(refusal.clone());
        }
        let mut results = Vec::new();
        for (id, position) in ids.iter().zip(positions) {
            let named = || kind.key.iter().map(|key| (key.clone(), id.as_str().into())).collect::<Record>();
            results.push(position.map(|index| one(store, index).unwrap_or_else(named)));
        }
        if self.call.api.responses.outcomes.is_some() {
            return Ok(Answer::Outcomes(results.into_iter().map(|result| result.map(|record| self.as_returned(record))).collect()));
        }
        match results.into_iter().next_back() {
            Some(Ok(record)) => Ok(self.one(record)),
            _ => Ok(Answer::Done),
        }
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

    /// What was sent of a record: the body's members, the form's, and those of the query that the record has.
    fn sent(&self, kind: &Kind) -> Record {
        let mut sent = Record::new();
        let ids = if let Ids::Place(place) = &self.plan.ids { Some(place) } else { None };
        for parameter in &self.call.api.parameters {
            let Some(site) = parameter.sites.first() else { continue };
            let wanted = match site.location {
                Location::Body | Location::Form => true,
                Location::Query => kind.record.field(&site.wire).is_some(),
                Location::Header | Location::Path => false,
            };
            let is_id = ids.is_some_and(|place| place.location == site.location && place.name == site.wire);
            if let Some(value) = self.arguments.values.get(&site.wire).filter(|_| wanted && !is_id) {
                sent.insert(site.wire.clone(), value.clone());
            }
        }
        if let Some(Value::Object(members)) = self.arguments.get(WHOLE_BODY) {
            sent.extend(members.clone());
        }
        if let Value::Object(members) = &self.arguments.body {
            let undeclared = members.iter().filter(|(name, _)| ids.is_none_or(|place| place.name != **name));
            for (name, value) in undeclared {
                sent.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        sent
    }

    /// The ids of the records that the call names.
    fn ids(&self) -> Vec<String> {
        match &self.plan.ids {
            Ids::None => Vec::new(),
            Ids::Path(name) => self.call.path.get(name).cloned().into_iter().collect(),
            Ids::Place(place) => match self.arguments.at(self.call.request, place) {
                Some(Value::Array(ids)) => ids.iter().map(text_of).collect(),
                Some(text) => text_of(&text).split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect(),
                None => Vec::new(),
            },
        }
    }

    fn only_id(&self) -> Result<String, Refusal> {
        self.ids().into_iter().next().ok_or_else(|| Refusal::new(FailureKind::Invalid, "No record is named."))
    }

    fn position(&self, store: &mut Store, spot: &Spot, id: &str) -> Result<usize, Refusal> {
        store.position(self.world, spot, id).ok_or_else(|| Refusal::not_found(format!("There is no {id} in {}.", spot.path)))
    }
}

/// The id of the entry that a file became, in the record's first list whose entries are files.
fn inner_id(record: &Record, position: usize, file: &str) -> Option<String> {
    let named = |entry: &Value| entry.as_object().is_some_and(|members| members.values().any(|value| value.as_str() == Some(file)));
    let lists = record.values().filter_map(Value::as_array);
    let entry = lists.filter_map(|list| list.get(position)).find(|entry| named(entry))?;
    let members = entry.as_object()?;
    members.iter().find(|(name, _)| name.to_ascii_lowercase().ends_with("id")).map(|(_, id)| text_of(id))
}
