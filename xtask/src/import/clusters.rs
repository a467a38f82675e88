//! Objects that are one type, though each reply shows other parts of them.
//!
//! Replies of one noun are one record: all that a reply has may be missing. Objects inside of records are one type where
//! they are equal, or nearly so.

use std::collections::HashMap;

use super::apis::Api;
use super::draft::type_text;
use super::reply::Returns;
use crate::definitions::shape::{Merge, Object, Shape};
use crate::definitions::words::{singular_of, words};

/// How often new objects, made by putting objects together, are looked through.
const ROUNDS: usize = 4;

/// Words of a schema's name that say nothing about the record.
const NOISE: [&str; 27] = [
    "response", "request", "json", "payload", "data", "details", "detail", "list", "array", "arr", "object", "obj",
    "get", "create", "update", "add", "a", "an", "the", "template", "input", "output", "schema", "wrapper", "res",
    "common", "minimal",
];

/// What a bulk reply tells of a record that was written, where it is not the record.
const WRITTEN: &str = "written";

/// Objects that are one type.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cluster {
    /// All of their members.
    pub(crate) object: Object,
    /// The things that it is the record of; none of an object that is only a member.
    pub(crate) things: Vec<Thing>,
    /// What members of it are called, with how often they are.
    pub(crate) nouns: Vec<(Vec<String>, usize)>,
    /// How often it is a reply or a member.
    pub(crate) uses: usize,
}

/// What a record is called by the paths that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thing {
    /// The group of the API.
    pub(crate) group: String,
    /// The words before its own, where they are needed.
    pub(crate) owner: Vec<String>,
    /// Its own words.
    pub(crate) noun: Vec<String>,
    /// How many APIs give it.
    pub(crate) count: usize,
}

/// The clusters of a draft.
#[derive(Debug, Default)]
pub(crate) struct Clusters {
    /// The clusters, records first.
    pub(crate) list: Vec<Cluster>,
    /// The cluster of each object that a reply is.
    records: HashMap<Object, usize>,
    /// The cluster of each object that is a member.
    members: HashMap<Object, usize>,
}

impl Clusters {
    /// Finds the clusters of what APIs give.
    pub(crate) fn find(apis: &[Api]) -> Self {
        let mut clusters = Self::default();
        clusters.add_records(apis);
        clusters.join_owners();
        clusters.add_members();
        clusters.count_uses(apis);
        clusters
    }

    /// The cluster of an object that is a reply, or a member.
    pub(crate) fn of(&self, object: &Object, is_reply: bool) -> Option<usize> {
        let (first, second) = if is_reply { (&self.records, &self.members) } else { (&self.members, &self.records) };
        first.get(object).or_else(|| second.get(object).filter(|_| is_reply)).copied()
    }

    /// Records: what things are, from the fullest reply to the others, then what actions give.
    fn add_records(&mut self, apis: &[Api]) {
        let rank = |api: &&Api| {
            let is_one = matches!(api.answer.returns, Returns::One(_)) && api.named.name.ends_with(".get");
            (!api.named.is_thing, !is_one, !api.named.name.ends_with(".list"))
        };
        let mut ordered: Vec<&Api> = apis.iter().filter(|api| api.answer.returns.object().is_some()).collect();
        ordered.sort_by_key(rank);
        for api in ordered {
            let Some(object) = api.answer.returns.object() else { continue };
            let written = api.answer.outcomes.is_some();
            let found = match api.named.is_thing && !written {
                true => self.list.iter().position(|cluster| cluster.is_of(api) && is_view(object, &cluster.object)),
                false => self
                    .list
                    .iter()
                    .position(|cluster| cluster.is_in(api.group()) && is_most_of(object, &cluster.object)),
            };
            let is_written = |cluster: &Cluster| written && cluster.is_written() && is_view(object, &cluster.object);
            let found = found.or_else(|| self.list.iter().position(is_written));
            let (owner, noun) = match written {
                true => (api.named.noun.clone(), vec![WRITTEN.to_owned()]),
                false => (api.named.owner.clone(), api.named.noun.clone()),
            };
            let thing = Thing { group: api.group().to_owned(), owner, noun, count: 1 };
            let at = found.or_else(|| self.records.get(object).copied()).unwrap_or_else(|| {
                self.list.push(Cluster { object: object.clone(), ..Cluster::default() });
                self.list.len() - 1
            });
            let cluster = &mut self.list[at];
            cluster.object = std::mem::take(&mut cluster.object).with(object.clone(), Merge::Both);
            cluster.name_thing(thing, api.named.is_thing && !written);
            self.records.entry(object.clone()).or_insert(at);
        }
    }

    /// Records of one noun in several groups are one type where they are nearly the same.
    fn join_owners(&mut self) {
        for at in (1..self.list.len()).rev() {
            let twin = (0..at).find(|other| {
                let (a, b) = (&self.list[*other], &self.list[at]);
                let same_noun = a.noun() == b.noun()
                    || (b.main_thing().is_some_and(|thing| thing.noun.ends_with(&a.noun()) && !a.noun().is_empty()));
                same_noun && (is_nearly(&a.object, &b.object) || is_part(&b.object, &a.object))
            });
            let Some(twin) = twin else { continue };
            let gone = self.list.remove(at);
            let kept = &mut self.list[twin];
            kept.object = std::mem::take(&mut kept.object).with(gone.object, Merge::Both);
            gone.things.into_iter().for_each(|thing| kept.name_thing(thing, true));
            for place in self.records.values_mut() {
                *place = if *place == at { twin } else { *place - usize::from(*place > at) };
            }
        }
    }

    /// The objects inside of records, until none is new.
    fn add_members(&mut self) {
        for _ in 0..ROUNDS {
            let known = self.members.len() + self.records.len();
            for at in 0..self.list.len() {
                if !self.list[at].things.is_empty() {
                    self.records.entry(self.list[at].object.clone()).or_insert(at);
                } else {
                    self.members.entry(self.list[at].object.clone()).or_insert(at);
                }
            }
            let mut objects: Vec<Object> = self.list.iter().map(|cluster| cluster.object.clone()).collect();
            objects.extend(in_order(self.records.keys().chain(self.members.keys()).cloned().collect()));
            objects.iter().for_each(|object| self.visit(object));
            if self.members.len() + self.records.len() == known {
                return;
            }
        }
    }

    fn visit(&mut self, object: &Object) {
        for member in &object.members {
            let Some(inner) = member.shape.object() else { continue };
            if self.members.contains_key(inner) {
                continue;
            }
            let noun = noun_of(&member.name);
            let found = self.list.iter().position(|cluster| cluster.takes(inner, &noun));
            let at = found.unwrap_or_else(|| {
                self.list.push(Cluster { object: inner.clone(), ..Cluster::default() });
                self.list.len() - 1
            });
            let cluster = &mut self.list[at];
            cluster.object = std::mem::take(&mut cluster.object).with(inner.clone(), Merge::Both);
            cluster.call(noun);
            self.members.insert(inner.clone(), at);
            self.visit(inner);
        }
    }

    /// How often each type is used: by replies, and as a member.
    fn count_uses(&mut self, apis: &[Api]) {
        let mut uses: Vec<(usize, Vec<String>)> = Vec::new();
        for object in apis.iter().filter_map(|api| api.answer.returns.object()) {
            uses.extend(self.of(object, true).map(|at| (at, Vec::new())));
        }
        for member in self.list.iter().flat_map(|cluster| &cluster.object.members) {
            let at = member.shape.object().and_then(|inner| self.of(inner, false));
            uses.extend(at.map(|at| (at, noun_of(&member.name))));
        }
        for (at, noun) in uses {
            self.list[at].uses += 1;
            self.list[at].call(noun);
        }
    }
}

impl Cluster {
    /// Whether replies are it.
    pub(crate) fn is_record(&self) -> bool {
        !self.things.is_empty()
    }

    /// How many APIs give it.
    pub(crate) fn replies(&self) -> usize {
        self.things.iter().map(|thing| thing.count).sum()
    }

    /// The thing that it is most often the record of: one without an owner before others.
    pub(crate) fn main_thing(&self) -> Option<&Thing> {
        let rank = |(at, thing): &(usize, &Thing)| (thing.owner.is_empty(), thing.count, std::cmp::Reverse(*at));
        self.things.iter().enumerate().max_by_key(rank).map(|(_, thing)| thing)
    }

    /// The words of its name: of a record its own, else those that members of it have most often.
    pub(crate) fn noun(&self) -> Vec<String> {
        if let Some(thing) = self.main_thing() {
            return thing.noun.clone();
        }
        let best = self.nouns.iter().rev().max_by_key(|(_, count)| *count);
        best.map(|(noun, _)| noun.clone()).unwrap_or_default()
    }

    /// Whether it is the record of an API.
    pub(crate) fn is_of(&self, api: &Api) -> bool {
        self.things
            .iter()
            .any(|thing| thing.noun == api.named.noun && thing.owner == api.named.owner && thing.group == api.group())
    }

    /// Whether it is what bulk replies tell of a record that was written.
    pub(crate) fn is_written(&self) -> bool {
        self.things.iter().any(|thing| thing.noun == [WRITTEN])
    }

    fn is_in(&self, group: &str) -> bool {
        self.things.iter().any(|thing| thing.group == group)
    }

    /// Notes a thing that it is the record of. What only an action gives counts as none, where there is another.
    fn name_thing(&mut self, thing: Thing, is_thing: bool) {
        let same = |known: &Thing| known.group == thing.group && known.owner == thing.owner && known.noun == thing.noun;
        match self.things.iter().position(same) {
            Some(at) => self.things[at].count += thing.count,
            None if is_thing || self.things.is_empty() => self.things.push(thing),
            None => self.things[0].count += thing.count,
        }
    }

    /// Notes a word for it.
    fn call(&mut self, noun: Vec<String>) {
        if noun.is_empty() {
            return;
        }
        match self.nouns.iter_mut().find(|(known, _)| *known == noun) {
            Some((_, count)) => *count += 1,
            None => self.nouns.push((noun, 1)),
        }
    }

    /// Whether an object that is a member belongs to it.
    fn takes(&self, object: &Object, noun: &[String]) -> bool {
        if self.is_record() {
            return self.noun() == noun && is_nearly(&self.object, object);
        }
        let (ours, theirs) = (self.object.members.len(), object.members.len());
        let common = self.object.common(object);
        let called = self.nouns.iter().any(|(known, _)| known == noun);
        let same_name = called && common * 5 >= ours.min(theirs) * 4 && common * 2 >= ours.max(theirs);
        let alike = ours.max(theirs) > 3 && is_nearly(&self.object, object);
        self.object.clashes(object) == 0 && common > 1 && (same_name || alike)
    }
}

/// Whether an object shows a part of a record, or the record a part of it.
fn is_view(object: &Object, record: &Object) -> bool {
    let common = object.common(record);
    common * 2 >= object.members.len().min(record.members.len()) && object.clashes(record) * 4 <= common
}

/// Whether nearly all of an object is in a record.
fn is_most_of(object: &Object, record: &Object) -> bool {
    object.members.len() > 2 && object.common(record) * 5 >= object.members.len() * 4
}

/// Whether an object is a part of a record, and large enough to be sure.
fn is_part(object: &Object, record: &Object) -> bool {
    let (common, length) = (object.common(record), object.members.len());
    length > 4 && length <= record.members.len() && common * 10 >= length * 9 && object.clashes(record) == 0
}

/// Whether two objects have nearly the same members.
fn is_nearly(a: &Object, b: &Object) -> bool {
    let longer = a.members.len().max(b.members.len());
    longer > 2 && a.common(b) * 5 >= longer * 4 && a.clashes(b) == 0
}

/// The words for the object that a member is.
pub(crate) fn noun_of(member: &str) -> Vec<String> {
    let mut own = words(member);
    while own.len() > 1
        && own
            .last()
            .is_some_and(|word| matches!(word.as_str(), "details" | "detail" | "info" | "data" | "list" | "object"))
    {
        own.pop();
    }
    singular_of(&own)
}

/// The words of a schema's name that say something.
pub(crate) fn cleaned(hint: &str) -> Vec<String> {
    let mut own = words(hint);
    own.retain(|word| !NOISE.contains(&word.as_str()));
    singular_of(&own)
}

/// Objects in an order that does not depend on how a table keeps them.
fn in_order(mut objects: Vec<Object>) -> Vec<Object> {
    objects.sort_by_cached_key(|object| type_text(&Shape::Object(object.clone())));
    objects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::shape::Member;

    fn object(members: &[(&str, Shape)]) -> Object {
        Object { hint: None, members: members.iter().map(|(name, shape)| Member::new(*name, shape.clone())).collect() }
    }

    #[test]
    fn a_row_and_a_detail_are_one_record_but_a_count_is_another() {
        let detail =
            object(&[("id", Shape::Id), ("name", Shape::String), ("email", Shape::Email), ("age", Shape::Int)]);
        let row = object(&[("id", Shape::Id), ("name", Shape::String)]);
        assert!(is_view(&row, &detail) && !is_nearly(&row, &detail) && !is_most_of(&row, &detail));
        assert!(!is_view(&object(&[("count", Shape::Int)]), &detail));
        let other = object(&[("id", Shape::Id), ("name", Shape::Bool), ("email", Shape::Bool), ("age", Shape::Bool)]);
        assert!(!is_view(&other, &detail));
    }

    #[test]
    fn members_of_one_name_are_one_type_where_one_has_most_of_the_other() {
        let person = object(&[("id", Shape::Id), ("firstName", Shape::String), ("lastName", Shape::String)]);
        let longer = object(&[
            ("id", Shape::Id),
            ("firstName", Shape::String),
            ("lastName", Shape::String),
            ("email", Shape::Email),
            ("photo", Shape::Url),
        ]);
        let cluster = Cluster { object: person, nouns: vec![(vec!["owner".into()], 1)], ..Cluster::default() };
        assert!(cluster.takes(&longer, &["owner".into()]));
        assert!(!cluster.takes(&longer, &["creator".into()]));
    }

    #[test]
    fn what_says_nothing_is_cut_from_names() {
        assert_eq!(noun_of("layoutDetails"), ["layout"]);
        assert_eq!(cleaned("getTicketsResponse"), ["ticket"]);
    }
}
