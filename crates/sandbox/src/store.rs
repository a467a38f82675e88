//! What has become of the data: records made, changed and thrown away, and the bytes of files.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use crate::faults::Moves;
use crate::message::Upload;
use crate::random::hash;
use crate::reply_path::text_of;
use crate::seed::{Maker, Record, Spot, World};
use crate::service::Work;

/// All data, beside what only the seed knows.
#[derive(Debug, Default)]
pub(crate) struct Store {
    collections: HashMap<Spot, Collection>,
    files: HashMap<(usize, String), Vec<Upload>>,
    /// Where records are that have been moved: their first place, and the one where they are now.
    moves: HashMap<(Spot, usize), Spot>,
    /// How many files have been handed over before what they belong to.
    pub(crate) handed: usize,
    /// The ids of the records that callers have made: nothing lies within those from the start.
    made: HashSet<(usize, String)>,
    /// Jobs, by their ids.
    pub(crate) jobs: HashMap<(usize, String), Work>,
    /// Where records are whose keys the callers chose.
    named: HashMap<Spot, HashMap<String, usize>>,
    /// Which records callers have linked with which, and which links they have cut; by the kind of list and one of the
    /// two.
    links: HashMap<(usize, Place), BTreeMap<Place, bool>>,
    /// How often the data was changed.
    changes: u64,
    /// The list that was arranged last, and of which state of the data: its next page is likely to be asked for.
    arranged: Option<(String, u64, Arc<Arranged>)>,
    /// How lists have moved by faults.
    pub(crate) moving: Moves,
}

/// Where the records of a list are, in its order.
#[derive(Debug)]
pub(crate) struct Arranged {
    /// A number that tells the list from others.
    pub(crate) list: u64,
    /// Their collections.
    pub(crate) spots: Vec<Spot>,
    /// Each by the position of its collection among them, with its own position there.
    pub(crate) places: Vec<(usize, usize)>,
}

/// Where a record is.
pub(crate) type Place = (Spot, usize);

/// The records of a collection, in the order they were made.
#[derive(Debug)]
struct Collection(Vec<Slot>);

#[derive(Debug, Clone)]
enum Slot {
    /// As it was from the start.
    Seeded,
    /// Made or changed.
    Stored(Box<Record>),
    /// In the bin: no list has it, but it can be put back.
    Binned(Box<Record>),
    /// Gone for good.
    Gone,
}

impl Slot {
    fn is_live(&self) -> bool {
        matches!(self, Self::Seeded | Self::Stored(_))
    }
}

/// A record, of which only what is asked for is made.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    Seeded(Maker<'a>),
    Stored(&'a Record),
}

impl Found<'_> {
    /// A member; a path of names with dots leads into objects.
    pub(crate) fn member(&self, name: &str) -> Option<Value> {
        let own = |name: &str| match self {
            Self::Seeded(maker) => maker.named(name),
            Self::Stored(record) => record.get(name).cloned(),
        };
        own(name).or_else(|| {
            let (first, rest) = name.split_once('.')?;
            rest.split('.').try_fold(own(first)?, |value, part| value.get(part).cloned())
        })
    }

    /// The whole record.
    pub(crate) fn record(&self) -> Record {
        self.record_with(|_| true)
    }

    /// The members that are wanted.
    pub(crate) fn record_with(&self, wanted: impl Fn(&str) -> bool) -> Record {
        match self {
            Self::Seeded(maker) => maker.record(wanted),
            Self::Stored(record) => {
                let members = record.iter().filter(|(name, _)| wanted(name));
                members.map(|(name, value)| (name.clone(), value.clone())).collect()
            }
        }
    }
}

impl Store {
    fn collection(&mut self, world: World<'_>, spot: &Spot) -> &mut Collection {
        let (made, changes) = (&self.made, &mut self.changes);
        self.collections.entry(spot.clone()).or_insert_with(|| {
            // What is known of is in lists that do not say within what.
            *changes += 1;
            let within_made = spot.path.split('/').any(|part| made.contains(&(spot.connector, part.to_owned())));
            Collection(vec![Slot::Seeded; if within_made { 0 } else { world.count(spot) }])
        })
    }

    /// The positions of the records that are there.
    pub(crate) fn live(&mut self, world: World<'_>, spot: &Spot) -> Vec<usize> {
        let slots = self.collection(world, spot).0.iter().enumerate();
        slots.filter(|(_, slot)| slot.is_live()).map(|(index, _)| index).collect()
    }

    /// Where the records are that a collection has now, with those that were moved into it.
    pub(crate) fn members(&mut self, world: World<'_>, spot: &Spot) -> Vec<(Spot, usize)> {
        let own = self.live(world, spot).into_iter().map(|index| (spot.clone(), index));
        let own: Vec<_> = own.filter(|place| self.moves.get(place).is_none_or(|now| now == spot)).collect();
        let is_here = |(place, now): (&(Spot, usize), &Spot)| (now == spot && place.0 != *spot).then(|| place.clone());
        let mut others: Vec<_> = self.moves.iter().filter_map(is_here).collect();
        others.retain(|(spot, index)| {
            self.collections.get(spot).and_then(|slots| slots.0.get(*index)).is_some_and(Slot::is_live)
        });
        others.sort();
        own.into_iter().chain(others).collect()
    }

    /// Moves a record to another collection of its kind. It keeps its id.
    pub(crate) fn relocate(&mut self, place: (Spot, usize), now: Spot) {
        self.changes += 1;
        self.moves.insert(place, now);
    }

    /// The collections of records of the same type that anybody has asked for.
    pub(crate) fn known(&self, world: World<'_>, spot: &Spot) -> Vec<Spot> {
        let name = world.kind(spot).map(|kind| &kind.type_name).filter(|name| !name.is_empty());
        let same = |other: &&Spot| {
            other.connector == spot.connector && name.is_some() && world.kind(other).map(|kind| &kind.type_name) == name
        };
        let mut spots: Vec<Spot> = self.collections.keys().filter(same).cloned().collect();
        spots.sort();
        spots
    }

    /// Where a record is that is there: in the collection, or, where no path says in which, in any of its type.
    pub(crate) fn find(&mut self, world: World<'_>, spot: &Spot, id: &str, bin: bool) -> Option<(Spot, usize)> {
        if let Some(index) = self.position_in(world, spot, id, bin) {
            return Some((spot.clone(), index));
        }
        let kind = world.kind(spot)?;
        let stands_alone = kind.ids.is_empty() && kind.scope.is_none();
        if kind.type_name.is_empty() || !(stands_alone || spot.is_open()) {
            return None;
        }
        let mut others = self.known(world, spot).into_iter().chain(world.candidates(spot.kind));
        others
            .find_map(|other| Some((self.position_in(world, &other, id, bin)?, other)))
            .map(|(index, spot)| (spot, index))
    }

    /// Where a record is that is there, by another member than its key; of several the one that was made last.
    pub(crate) fn told(
        &mut self,
        world: World<'_>,
        spot: &Spot,
        member: &str,
        value: &str,
        bin: bool,
    ) -> Option<Place> {
        let slots = self.collection(world, spot).0.iter().enumerate();
        let there = slots.filter(|(_, slot)| slot.is_live() || (bin && matches!(slot, Slot::Binned(_))));
        let there: Vec<usize> = there.map(|(index, _)| index).collect();
        let is_it = |found: Found<'_>| {
            found.member(member).is_some_and(|own| !value.is_empty() && text_of(&own).eq_ignore_ascii_case(value))
        };
        let index = there.into_iter().rev().find(|index| self.at(world, spot, *index).is_some_and(is_it))?;
        Some((spot.clone(), index))
    }

    /// The position of a record that is there, or where that is wanted in the bin.
    fn position_in(&mut self, world: World<'_>, spot: &Spot, id: &str, bin: bool) -> Option<usize> {
        let chosen = || self.named.get(spot)?.get(id).copied();
        let index = world.index(spot, id).or_else(chosen)?;
        let slot = self.collection(world, spot).0.get(index)?;
        (slot.is_live() || (bin && matches!(slot, Slot::Binned(_)))).then_some(index)
    }

    /// How many records there ever were, which is the position of the next.
    pub(crate) fn count(&mut self, world: World<'_>, spot: &Spot) -> usize {
        self.collection(world, spot).0.len()
    }

    /// A list as it was arranged for the last page of it, where nothing was changed since.
    pub(crate) fn arranged(&self, list: &str) -> Option<Arc<Arranged>> {
        let (last, changes, arranged) = self.arranged.as_ref()?;
        (last == list && *changes == self.changes).then(|| Arc::clone(arranged))
    }

    /// Keeps a list as it was arranged.
    pub(crate) fn keep_arranged(
        &mut self,
        list: String,
        spots: Vec<Spot>,
        places: Vec<(usize, usize)>,
    ) -> Arc<Arranged> {
        let arranged = Arc::new(Arranged { list: hash(0, list.as_bytes()), spots, places });
        self.arranged = Some((list, self.changes, Arc::clone(&arranged)));
        arranged
    }

    /// The record at a position.
    pub(crate) fn at<'a>(&'a mut self, world: World<'a>, spot: &'a Spot, index: usize) -> Option<Found<'a>> {
        match self.collection(world, spot).0.get(index)? {
            Slot::Seeded => Some(Found::Seeded(world.maker(spot, index))),
            Slot::Stored(record) | Slot::Binned(record) => Some(Found::Stored(record)),
            Slot::Gone => None,
        }
    }

    /// The position of a record that is there, by its id.
    pub(crate) fn position(&mut self, world: World<'_>, spot: &Spot, id: &str) -> Option<usize> {
        self.position_in(world, spot, id, false)
    }

    /// A record that is there, by its id.
    pub(crate) fn get<'a>(&'a mut self, world: World<'a>, spot: &'a Spot, id: &str) -> Option<Found<'a>> {
        let index = self.position(world, spot, id)?;
        self.at(world, spot, index)
    }

    /// Adds a record, which is made for its position.
    pub(crate) fn add(&mut self, world: World<'_>, spot: &Spot, make: impl FnOnce(usize) -> Record) -> Record {
        self.changes += 1;
        let slots = &mut self.collection(world, spot).0;
        let record = make(slots.len());
        slots.push(Slot::Stored(Box::new(record.clone())));
        if let Some(id) = Self::id_of(world, spot, &record) {
            let index = self.count(world, spot) - 1;
            if world.index(spot, &id) != Some(index) {
                self.named.entry(spot.clone()).or_default().insert(id.clone(), index);
            }
            self.made.insert((spot.connector, id));
        }
        record
    }

    /// Links two records in the lists of a kind, or cuts the link.
    pub(crate) fn link(&mut self, kind: usize, one: &Place, other: &Place, linked: bool) {
        self.changes += 1;
        for (from, to) in [(one, other), (other, one)] {
            self.links.entry((kind, from.clone())).or_default().insert(to.clone(), linked);
        }
    }

    /// What callers have linked with a record, and what they have parted from it.
    pub(crate) fn linked(&self, kind: usize, with: &Place) -> BTreeMap<Place, bool> {
        self.links.get(&(kind, with.clone())).cloned().unwrap_or_default()
    }

    /// Puts a changed record in the place of the old one.
    pub(crate) fn put(&mut self, world: World<'_>, spot: &Spot, index: usize, record: Record) {
        self.changes += 1;
        if let Some(slot) = self.collection(world, spot).0.get_mut(index) {
            *slot = Slot::Stored(Box::new(record));
        }
    }

    /// Puts a record into the bin.
    pub(crate) fn bin(&mut self, world: World<'_>, spot: &Spot, index: usize, record: Record) {
        self.changes += 1;
        if let Some(slot) = self.collection(world, spot).0.get_mut(index) {
            *slot = Slot::Binned(Box::new(record));
        }
    }

    /// Takes a record away.
    pub(crate) fn remove(&mut self, world: World<'_>, spot: &Spot, index: usize) {
        self.changes += 1;
        if let Some(slot) = self.collection(world, spot).0.get_mut(index) {
            *slot = Slot::Gone;
        }
    }

    /// Keeps a file with a record.
    pub(crate) fn keep(&mut self, connector: usize, id: &str, file: Upload) {
        self.files.entry((connector, id.to_owned())).or_default().push(file);
    }

    /// Keeps a file with a record in place of those before.
    pub(crate) fn keep_only(&mut self, connector: usize, id: &str, file: Upload) {
        self.files.insert((connector, id.to_owned()), vec![file]);
    }

    /// The files that are kept with a record.
    pub(crate) fn files(&self, connector: usize, id: &str) -> &[Upload] {
        self.files.get(&(connector, id.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The id of a record.
    pub(crate) fn id_of(world: World<'_>, spot: &Spot, record: &Record) -> Option<String> {
        let key = world.kind(spot)?.key.as_deref()?;
        record.get(key).map(text_of)
    }
}
