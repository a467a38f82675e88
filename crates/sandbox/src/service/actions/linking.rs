//! Putting records into a list that another record has of them, and taking them out.

use serde_json::Value;
use zoho_connector::{Location, Returns, Type};

use super::Act;
use crate::answers::Answer;
use crate::catalog::{Ids, Kind, Link};
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::{Meaning, Record, Spot, meaning_of, plain};
use crate::service::records::{Workshop, refuse_on_wish};
use crate::service::ties::Tied;
use crate::store::{Place, Store};

impl<'a> Act<'a> {
    /// Links what the call names with the record in its path, or with each of those that it names beside it.
    pub(super) fn link(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, link: &Link) -> Result<Answer, Refusal> {
        match &link.within {
            None => self.link_in_list(store, spot, kind, link),
            Some(place) => {
                let found = self.arguments.at(self.call.request, place);
                let ids: Vec<String> = found.iter().flat_map(|ids| each(ids)).map(text_of).collect();
                let results = ids.iter().map(|id| self.link_in_member(store, spot, kind, id, link));
                self.outcomes(results.collect())
            }
        }
    }

    fn link_in_list(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, link: &Link) -> Result<Answer, Refusal> {
        let Some(list) = Tied::of(self.world, store, spot) else {
            return self.link_at_home(store, spot, kind, link);
        };
        let found = |name: &String| {
            let entry = self.entry_of(name);
            refuse_on_wish(&entry)?;
            self.target(store, &list.home, name, &entry, !link.out)
        };
        let found: Vec<Result<usize, Refusal>> = self.named_ids().iter().map(found).collect();
        self.check_all(&found)?;
        let mut linked = |index| {
            match list.member() {
                Some(member) => self.point(store, &list, member, index, link.out),
                None => list.link(store, index, !link.out),
            }
            store.at(self.world, &list.home, index).map(|found| found.record()).unwrap_or_default()
        };
        self.outcomes(found.into_iter().map(|found| found.map(&mut linked)).collect())
    }

    /// Where no outcome is told of each, all are linked or none.
    fn check_all<T>(&self, found: &[Result<T, Refusal>]) -> Result<(), Refusal> {
        match found.iter().find_map(|found| found.as_ref().err()) {
            Some(refusal) if self.call.api.responses.outcomes.is_none() => Err(refusal.clone()),
            _ => Ok(()),
        }
    }

    /// Has a record point at the one that has the list, or no longer: it is in the list by what it says itself.
    fn point(&self, store: &mut Store, list: &Tied<'_>, member: &str, index: usize, out: bool) {
        let Some(kind) = self.world.kind(&list.home) else { return };
        let is_list = kind.record.field(member).is_some_and(|field| matches!(field.ty, Type::List { .. }));
        let id: Value = list.id().into();
        let mut sent = Record::new();
        if is_list {
            let known = store.at(self.world, &list.home, index).and_then(|found| found.member(member));
            let mut ids = known.and_then(|known| known.as_array().cloned()).unwrap_or_default();
            ids.retain(|other| *other != id);
            ids.extend((!out).then_some(id));
            sent.insert(member.to_owned(), Value::Array(ids));
        } else {
            sent.insert(member.to_owned(), if out { Value::Null } else { id });
            // What stands beside the id would make a record of its own.
            let beside = member.strip_suffix("Id").or_else(|| member.strip_suffix("_id"));
            if let Some(name) = beside.filter(|name| out && kind.record.field(name).is_some()) {
                sent.insert(name.to_owned(), Value::Null);
            }
        }
        self.change(store, &list.home, kind, index, &sent);
    }

    /// Puts records that are in other lists of this kind into this one too, or takes them out of it.
    fn link_at_home(&self, store: &mut Store, spot: &Spot, kind: &'a Kind, link: &Link) -> Result<Answer, Refusal> {
        let anywhere = self.world.spot(spot.kind, |name| {
            let own = Some(name).filter(|name| !kind.ids.contains(*name));
            own.and_then(|name| self.world.chosen(spot, name))
        });
        let found = |id: &String| {
            refuse_on_wish(&self.entry_of(id))?;
            let here = store.find(self.world, spot, id, false);
            let found = here.or_else(|| store.find(self.world, &anywhere, id, false).filter(|_| !link.out));
            found.ok_or_else(|| Refusal::not_found(format!("There is no {id} in {}.", spot.path)))
        };
        let found: Vec<Result<Place, Refusal>> = self.named_ids().iter().map(found).collect();
        self.check_all(&found)?;
        let mut linked = |(home, index): Place| {
            let record = store.at(self.world, &home, index).map(|found| found.record()).unwrap_or_default();
            if link.out {
                store.remove(self.world, &home, index);
            } else if home != *spot {
                store.add(self.world, spot, |_| record.clone());
            }
            record
        };
        self.outcomes(found.into_iter().map(|found| found.map(&mut linked)).collect())
    }

    /// Changes the member of a record that is the list.
    fn link_in_member(
        &self,
        store: &mut Store,
        spot: &Spot,
        kind: &'a Kind,
        id: &str,
        link: &Link,
    ) -> Result<Record, Refusal> {
        let (spot, position) = &self.position(store, spot, id)?;
        let of = |name: &str| plain(name).trim_end_matches('s') == plain(&link.of);
        let field = kind.record.fields.iter().find(|field| of(&field.name));
        let (Some(field), Some(home)) = (field, self.world.catalog.home(&link.of)) else {
            return Err(Refusal::not_found(format!("Such a record has no list of {}.", link.of)));
        };
        let home = self.world.spot(home, |name| self.world.chosen(spot, name));
        let over =
            self.arguments.values.iter().any(|(name, value)| plain(name) == "overwrite" && *value == Value::Bool(true));
        let known = store.at(self.world, spot, *position).and_then(|found| found.member(&field.name));
        let mut entries = known.and_then(|known| known.as_array().cloned()).filter(|_| !over).unwrap_or_default();
        for name in self.named_ids() {
            let entry = self.entry_of(&name);
            refuse_on_wish(&entry)?;
            let is_it = |entry: &Value| {
                entry.as_object().is_some_and(|members| members.values().any(|value| value.as_str() == Some(&*name)))
            };
            let there = entries.iter().any(is_it);
            if link.out {
                entries.retain(|entry| !is_it(entry));
            } else if !there {
                let index = self.target(store, &home, &name, &entry, true)?;
                let record = store.at(self.world, &home, index).map(|found| found.record()).unwrap_or_default();
                entries.push(Value::Object(self.summary(&field.ty, record)));
            }
        }
        let mut sent = Record::new();
        sent.insert(field.name.clone(), Value::Array(entries.clone()));
        let changed = self.change(store, spot, kind, *position, &sent);
        let mut changed = changed.ok_or_else(|| Refusal::not_found("It is gone."))?;
        // The reply calls the list as it likes.
        let (Returns::One(ty) | Returns::Many(ty)) = &self.call.api.returns else { return Ok(changed) };
        for field in self.call.connector.object(ty).iter().flat_map(|object| &object.fields) {
            if matches!(field.ty, Type::List { .. }) && of(&field.name) {
                changed.insert(field.name.clone(), Value::Array(entries.clone()));
            }
        }
        Ok(changed)
    }

    /// The position of the record that a call names by its id or its name. One that is named and is not there is made
    /// where that is wanted.
    fn target(&self, store: &mut Store, home: &Spot, name: &str, entry: &Record, make: bool) -> Result<usize, Refusal> {
        if let Some(index) = store.position(self.world, home, name) {
            return Ok(index);
        }
        let missing = || Refusal::not_found(format!("There is no {name} in {}.", home.path));
        let kind = self.world.kind(home).filter(|_| !self.names_ids()).ok_or_else(missing)?;
        let called =
            kind.record.fields.iter().find(|field| meaning_of(&field.name) == Meaning::Name).ok_or_else(missing)?;
        let same = |value: Value| text_of(&value).to_lowercase() == name.to_lowercase();
        for index in store.live(self.world, home) {
            if store.at(self.world, home, index).and_then(|found| found.member(&called.name)).is_some_and(same) {
                return Ok(index);
            }
        }
        if !make {
            return Err(missing());
        }
        let mut sent = entry.clone();
        sent.insert(called.name.clone(), name.into());
        let workshop = Workshop { world: self.world, kind, now_ms: self.now_ms };
        store.add(self.world, home, |index| workshop.make(&self.world.maker(home, index), &sent, &[]));
        Ok(store.count(self.world, home) - 1)
    }

    /// Whether the call names what it links by ids: the place where they are says so.
    fn names_ids(&self) -> bool {
        let Ids::Place(place) = &self.plan.ids else { return true };
        let last = place.inner.iter().rev().find(|part| *part != "*").unwrap_or(&place.name);
        let last = plain(last);
        place.location == Location::Path || last.ends_with("id") || last.ends_with("ids")
    }

    /// The entry of the call's lists in which something is named.
    fn entry_of(&self, name: &str) -> Record {
        let entries = self.arguments.values.values().filter_map(Value::as_array).flatten().filter_map(Value::as_object);
        let names = |entry: &&Record| entry.values().any(|value| text_of(value) == name);
        entries.into_iter().find(names).cloned().unwrap_or_default()
    }

    fn summary(&self, list: &Type, record: Record) -> Record {
        let Type::List { item, .. } = list else { return record };
        let Some(object) = self.call.connector.object(item) else { return record };
        let members = object.fields.iter().map(|field| &field.name);
        members.map(|name| (name.clone(), record.get(name).cloned().unwrap_or_default())).collect()
    }

    /// What became of each, where the reply says it; else all of them, or what is wrong with the first.
    fn outcomes(&self, results: Vec<Result<Record, Refusal>>) -> Result<Answer, Refusal> {
        if self.call.api.responses.outcomes.is_some() {
            let returned = |result: Result<Record, Refusal>| result.map(|record| self.as_returned(record));
            return Ok(Answer::Outcomes(results.into_iter().map(returned).collect()));
        }
        let records = results.into_iter().collect::<Result<Vec<_>, _>>()?;
        let total = records.len();
        Ok(match &self.call.api.returns {
            Returns::Nothing => Answer::Done,
            Returns::Many(_) => {
                let records = records.into_iter().map(|record| Value::Object(self.as_returned(record))).collect();
                Answer::List { records, window: None, total }
            }
            _ => records.into_iter().next_back().map_or(Answer::Done, |record| self.one(record)),
        })
    }
}

/// The ids in a list, or the one id.
fn each(ids: &Value) -> Vec<&Value> {
    ids.as_array().map_or_else(|| vec![ids], |all| all.iter().collect())
}
