//! Making, changing and taking away records.

use serde_json::Value;
use zoho_connector::connector::WHOLE_BODY;
use zoho_connector::{FailureKind, Location, RequestPlace, Type};

use super::{Act, within};
use crate::answers::Answer;
use crate::arguments::inside;
use crate::catalog::{Action, Ids, Kind, KindOrigin};
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::{Meaning, Record, Spot, meaning_of};
use crate::service::links::link;
use crate::service::records::{Workshop, refuse_on_wish};
use crate::service::select;
use crate::store::Store;
use crate::times;

impl<'a> Act<'a> {
    /// Writes each record of the request alone, or the one that there is.
    pub(super) fn write(
        &self,
        spot: &Spot,
        kind: &'a Kind,
        mut one: impl FnMut(&Record) -> Result<Record, Refusal>,
    ) -> Result<Answer, Refusal> {
        let workshop = self.workshop(kind);
        if let Some((wire, entries)) = self.arguments.entries(self.call.api) {
            let ty = self.item_type(wire);
            let mut entry = |entry: &Value| workshop.judge(ty, entry).and_then(|sent| one(&sent));
            let results: Vec<_> = entries.iter().map(&mut entry).collect();
            return Ok(Answer::Outcomes(
                results.into_iter().map(|result| result.map(|record| self.as_returned(record))).collect(),
            ));
        }
        let sent = self.sent(kind);
        refuse_on_wish(&sent)?;
        let record = self.addressed(spot, kind, one(&sent)?);
        Ok(if self.call.api.responses.outcomes.is_some() {
            Answer::Outcomes(vec![Ok(self.as_returned(record))])
        } else {
            self.one(record)
        })
    }

    pub(super) fn item_type(&self, wire: &str) -> Option<&'a Type> {
        let parameter =
            self.call.api.parameters.iter().find(|parameter| parameter.sites.iter().any(|site| site.wire == wire))?;
        match &parameter.ty {
            Type::List { item, .. } => Some(item.as_ref()),
            _ => None,
        }
    }

    pub(super) fn create(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        sent: &Record,
    ) -> Result<Record, Refusal> {
        // Whose key the caller chose, and is there, is made anew by being changed.
        if let Some(id) =
            kind.key.as_deref().filter(|_| kind.origin == KindOrigin::Chosen).and_then(|key| sent.get(key))
            && let Some(index) = store.position(self.world, spot, &text_of(id))
        {
            return self.change(store, spot, kind, index, sent).ok_or_else(|| Refusal::not_found("It is gone."));
        }
        let mut files: Vec<_> = self.arguments.files.iter().map(|(_, file)| file.clone()).collect();
        if let (Some(name), [file]) = (self.file_name(sent), files.as_mut_slice()) {
            file.name = name;
        }
        let workshop = self.workshop(kind);
        let index = store.count(self.world, spot);
        let mut record = workshop.make(&self.world.maker(spot, index), sent, &files);
        link(self.world, store, kind, self.now_ms, &mut record);
        let record = store.add(self.world, spot, |_| record);
        if let Some(id) = Store::id_of(self.world, spot, &record) {
            for (position, file) in files.into_iter().enumerate() {
                // What a file became within the record has an id of its own, by which it can be had as well.
                if let Some(inner) = inner_id(&record, position, &file.name) {
                    store.keep(self.world.position, &inner, file.clone());
                }
                store.keep(self.world.position, &id, file);
            }
            self.take_handed(store, kind, &id, sent);
        }
        Ok(record)
    }

    /// Puts the files that a record was sent with by their handles (they went up before it) where the files of such a
    /// record are listed.
    fn take_handed(&self, store: &mut Store, kind: &Kind, id: &str, sent: &Record) {
        let entries = sent.values().filter_map(Value::as_array).flatten().filter_map(Value::as_object);
        let handles: Vec<String> = entries.flat_map(|entry| entry.values()).map(text_of).collect();
        let world = self.world;
        let named = |name: &str| {
            if Some(name) == kind.key.as_deref() { Some(id.to_owned()) } else { self.call.path.get(name).cloned() }
        };
        for handle in handles.iter().filter(|handle| !handle.is_empty()) {
            let Some(file) = store.files(world.position, handle).first().cloned() else { continue };
            let Some((position, list)) = world.catalog.files_of(kind) else { continue };
            let spot = world.spot_within(position, named);
            let workshop = Workshop { world, kind: list, now_ms: self.now_ms };
            let files = [file.clone()];
            let made =
                store.add(world, &spot, |index| workshop.make(&world.maker(&spot, index), &Record::new(), &files));
            if let Some(id) = Store::id_of(world, &spot, &made) {
                store.keep(world.position, &id, file);
            }
        }
    }

    /// The name that a call gives to its file beside it.
    pub(super) fn file_name(&self, sent: &Record) -> Option<String> {
        let tells = |parameter: &&zoho_connector::Parameter| {
            parameter.ty == Type::String && meaning_of(&parameter.name) == Meaning::FileName
        };
        let site = self.call.api.parameters.iter().find(tells)?.sites.first()?;
        let name = self.arguments.get(&site.wire).or_else(|| sent.get(&site.wire)).map(text_of)?;
        Some(percent_encoding::percent_decode_str(&name).decode_utf8_lossy().into_owned())
    }

    pub(super) fn change(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        index: usize,
        sent: &Record,
    ) -> Option<Record> {
        let mut record = store.at(self.world, spot, index)?.record();
        self.workshop(kind).change(&self.world.maker(spot, index), &mut record, sent);
        link(self.world, store, kind, self.now_ms, &mut record);
        store.put(self.world, spot, index, record.clone());
        Some(record)
    }

    pub(super) fn update(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        id: &str,
        sent: &Record,
    ) -> Result<Record, Refusal> {
        let (spot, index) = &self.position(store, spot, id)?;
        self.check_unmodified(store, spot, kind, *index)?;
        self.keep_files(store, id);
        let parent = sent.iter().find(|(name, _)| within::is_parent(name)).map(|(_, id)| text_of(id));
        if let Some(now) = parent.and_then(|parent| self.world.moved(spot, &parent)) {
            store.relocate((spot.clone(), *index), now);
        }
        self.change(store, spot, kind, *index, sent).ok_or_else(|| Refusal::not_found("It is gone."))
    }

    /// A change that is asked for only where nobody else has made one since.
    pub(super) fn check_unmodified(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &Kind,
        index: usize,
    ) -> Result<(), Refusal> {
        let Some((member, since)) = select::modified_since(self.call, kind) else { return Ok(()) };
        let format = kind.record.field(&member).and_then(|field| self.call.connector.spelling(&field.ty));
        let changed =
            store.at(self.world, spot, index).and_then(|found| crate::times::read(&found.member(&member)?, format));
        if changed.is_none_or(|changed| changed <= since) {
            return Ok(());
        }
        let mut refusal = Refusal::new(FailureKind::Conflict, "The record has been changed since.");
        let classified = self
            .call
            .api
            .responses
            .classify
            .iter()
            .find(|(kind, condition)| *kind == FailureKind::Conflict && condition.http() == Some(412));
        refusal.status = Some(412);
        refusal.code = classified.and_then(|(_, condition)| condition.code()).map(str::to_owned);
        Err(refusal)
    }

    pub(super) fn update_all(&self, store: &mut Store, spot: &Spot, kind: &'a Kind) -> Result<Answer, Refusal> {
        if self.arguments.entries(self.call.api).is_some() {
            let within = self.path_within_entry();
            return self.write(spot, kind, |entry| {
                let id = inside(&Value::Object(entry.clone()), &within).map(|id| text_of(&id));
                let id = id.ok_or_else(|| {
                    Refusal::invalid(within.last().map_or("id", String::as_str), "The record has no id.")
                })?;
                self.update(store, spot, kind, &id, entry)
            });
        }
        let ids = self.ids(store, spot, kind)?;
        let sent = self.sent(kind);
        refuse_on_wish(&sent)?;
        if self.call.api.responses.outcomes.is_some() && self.plan.ids == Ids::Matching {
            let results = ids.iter().map(|id| self.update(store, spot, kind, id, &sent));
            return Ok(Answer::Outcomes(results.map(|result| Ok(self.as_returned(result?))).collect()));
        }
        let mut last = None;
        for id in &ids {
            last = Some(self.update(store, spot, kind, id, &sent)?);
        }
        match last {
            Some(record) if self.call.api.responses.outcomes.is_some() => {
                Ok(Answer::Outcomes(vec![Ok(self.as_returned(record))]))
            }
            Some(record) => Ok(self.one(record)),
            None => Err(Refusal::new(FailureKind::Invalid, "No record is named.")),
        }
    }

    /// Where an entry of a list has its id: what the place of the ids has behind the `*`.
    pub(super) fn path_within_entry(&self) -> Vec<String> {
        let place = if let Ids::Place(place) = &self.plan.ids { Some(place) } else { None };
        let behind = place.and_then(|place| place.inner.split(|part| part == "*").nth(1)).map(<[String]>::to_vec);
        behind.unwrap_or_else(|| vec!["id".to_owned()])
    }

    pub(super) fn upsert(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        sent: &Record,
        names: &[String],
    ) -> Result<Record, Refusal> {
        if let Some(id) = kind.key.as_deref().and_then(|key| sent.get(key)).map(text_of) {
            return self.update(store, spot, kind, &id, sent);
        }
        match self.same(store, spot, sent, names) {
            Some(index) => self.change(store, spot, kind, index, sent).ok_or_else(|| Refusal::not_found("It is gone.")),
            None => self.create(store, spot, kind, sent),
        }
    }

    /// The record whose members of these names are as they were sent.
    pub(super) fn same(&self, store: &mut Store, spot: &Spot, sent: &Record, names: &[String]) -> Option<usize> {
        let names: Vec<&String> = names.iter().filter(|name| sent.contains_key(*name)).collect();
        let positions = if names.is_empty() { Vec::new() } else { store.live(self.world, spot) };
        positions.into_iter().find(|index| {
            store.at(self.world, spot, *index).is_some_and(|found| {
                names.iter().all(|name| found.member(name).is_some_and(|value| Some(&value) == sent.get(*name)))
            })
        })
    }

    /// The members that decide an upsert: those that the call names, or else the mail address.
    pub(super) fn matching(&self, place: Option<&RequestPlace>) -> Vec<String> {
        let named = place.and_then(|place| self.arguments.at(self.call.request, place));
        match named {
            Some(Value::Array(names)) => names.iter().map(text_of).collect(),
            Some(name) => vec![text_of(&name)],
            None => ["Email", "email"].map(str::to_owned).to_vec(),
        }
    }

    /// Takes a record away, and notes it where the service lists what is gone.
    pub(super) fn throw_away(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, index: usize) {
        let gone = store.at(self.world, spot, index).map(|found| found.record()).unwrap_or_default();
        if self.plan.action == Action::Trash {
            store.bin(self.world, spot, index, gone.clone());
        } else {
            store.remove(self.world, spot, index);
        }
        let Some(position) = self.world.catalog.remains_of(spot.kind) else { return };
        let Some(remains) = self.world.catalog.kind(position) else { return };
        let list = Spot { kind: position, path: format!("{}/deleted", spot.path), ..spot.clone() };
        let mut note = Record::new();
        for field in &remains.record.fields {
            let value = match &field.ty {
                Type::Id => kind.key.as_ref().and_then(|key| gone.get(key)).cloned().unwrap_or_default(),
                Type::Time(_) => times::spell(self.now_ms, self.call.connector.spelling(&field.ty)),
                Type::String if meaning_of(&field.name) == Meaning::FullName => name_of(&gone),
                _ => Value::Null,
            };
            note.insert(field.name.clone(), value);
        }
        store.add(self.world, &list, |_| note);
    }

    /// Does something to each record that the call names: to all of them or to none, unless each has its own outcome.
    pub(super) fn each_id(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        mut one: impl FnMut(&mut Store, &Spot, usize) -> Option<Record>,
    ) -> Result<Answer, Refusal> {
        let ids = self.ids(store, spot, kind)?;
        if ids.is_empty() && self.plan.ids != Ids::Matching {
            return Err(Refusal::new(FailureKind::Invalid, "No record is named."));
        }
        let positions: Vec<_> = ids.iter().map(|id| self.position(store, spot, id)).collect();
        if self.call.api.responses.outcomes.is_none()
            && let Some(Err(refusal)) = positions.iter().find(|position| position.is_err())
        {
            return Err(refusal.clone());
        }
        let mut results = Vec::new();
        for (id, position) in ids.iter().zip(positions) {
            let named = || kind.key.iter().map(|key| (key.clone(), id.as_str().into())).collect::<Record>();
            if position.is_ok() {
                self.keep_files(store, id);
            }
            results.push(position.map(|(spot, index)| one(store, &spot, index).unwrap_or_else(named)));
        }
        if self.call.api.responses.outcomes.is_some() {
            return Ok(Answer::Outcomes(
                results.into_iter().map(|result| result.map(|record| self.as_returned(record))).collect(),
            ));
        }
        match results.into_iter().next_back() {
            Some(Ok(record)) => Ok(self.one(record)),
            _ => Ok(Answer::Done),
        }
    }

    /// What was sent of a record: the body's members, the form's, and those of the query and the headers that the
    /// record has. Where the record stands in a member of its own, as it does in replies, only that.
    pub(super) fn sent(&self, kind: &'a Kind) -> Record {
        if let Some(Value::Object(record)) = self.record_member(kind).and_then(|name| self.arguments.get(name)) {
            return record.clone();
        }
        let mut sent = Record::new();
        let ids = if let Ids::Place(place) = &self.plan.ids { Some(place) } else { None };
        for parameter in &self.call.api.parameters {
            let Some(site) = parameter.sites.first() else { continue };
            let Some(value) = self.arguments.values.get(&site.wire) else { continue };
            if ids.is_some_and(|place| place.location == site.location && place.name == site.wire) {
                continue;
            }
            let name = within::member_for(kind, &site.wire, site.location == Location::Header);
            let name = match (site.location, name) {
                (Location::Path, _) | (Location::Header | Location::Query, None) => continue,
                (_, Some(field)) => {
                    sent.insert(field.name.clone(), within::fitted(&field.ty, value.clone()));
                    continue;
                }
                (_, None) => site.wire.clone(),
            };
            sent.insert(name, value.clone());
        }
        if let Some(Value::Object(members)) = self.arguments.get(WHOLE_BODY) {
            sent.extend(members.clone());
        }
        if let Value::Object(members) = &self.arguments.body {
            let declared = |name: &str| self.arguments.values.contains_key(name);
            let undeclared = members.iter().filter(|(name, _)| !declared(name) && ids.is_none_or(|p| p.name != **name));
            for (name, value) in undeclared {
                sent.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        sent
    }

    /// The member of the body that is the record: the one in which replies have it, where it takes any members.
    fn record_member(&self, kind: &Kind) -> Option<&'a str> {
        let rules = &self.call.api.responses;
        let outcome = rules.outcomes.as_ref().and_then(|outcomes| outcomes.record.as_ref());
        let name = outcome.into_iter().chain(&rules.record).find_map(|path| path.last_member())?;
        let is_map = |parameter: &zoho_connector::Parameter| {
            parameter.ty == Type::Map && parameter.is_at(Location::Body) && parameter.name == name
        };
        (kind.record.field(name).is_none() && self.call.api.parameters.iter().any(is_map)).then_some(name)
    }
}

/// What a record is called: its whole name, else its last name, else its subject or title.
fn name_of(record: &Record) -> Value {
    let wanted = [Meaning::FullName, Meaning::LastName, Meaning::Name, Meaning::Company, Meaning::Subject];
    let named = |meaning| record.iter().find(|(name, value)| meaning_of(name) == meaning && value.is_string());
    wanted.into_iter().find_map(named).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The id of the entry that a file became, in the record's first list whose entries are files.
fn inner_id(record: &Record, position: usize, file: &str) -> Option<String> {
    let named = |entry: &Value| {
        entry.as_object().is_some_and(|members| members.values().any(|value| value.as_str() == Some(file)))
    };
    let lists = record.values().filter_map(Value::as_array);
    let entry = lists.filter_map(|list| list.get(position)).find(|entry| named(entry))?;
    let members = entry.as_object()?;
    members.iter().find(|(name, _)| name.to_ascii_lowercase().ends_with("id")).map(|(_, id)| text_of(id))
}
