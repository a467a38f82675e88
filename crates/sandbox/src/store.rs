//! What has become of the data: records made, changed and thrown away, and the bytes of files.

use std::collections::HashMap;

use serde_json::Value;

use crate::message::Upload;
use crate::reply_path::text_of;
use crate::seed::{Maker, Record, Spot, World};

/// All data, beside what only the seed knows.
#[derive(Debug, Default)]
pub(crate) struct Store {
    collections: HashMap<Spot, Collection>,
    files: HashMap<(usize, String), Vec<Upload>>,
    /// How often a job was asked after.
    pub(crate) polls: HashMap<(usize, String), u32>,
}

/// The records of a collection, in the order they were made.
#[derive(Debug)]
struct Collection(Vec<Slot>);

#[derive(Debug, Clone)]
enum Slot {
    /// As it was from the start.
    Seeded,
    /// Made or changed.
    Stored(Box<Record>),
    /// In the bin, or gone for good.
    Gone,
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
        self.collections.entry(spot.clone()).or_insert_with(|| Collection(vec![Slot::Seeded; world.count(spot)]))
    }

    /// The positions of the records that are there.
    pub(crate) fn live(&mut self, world: World<'_>, spot: &Spot) -> Vec<usize> {
        let slots = self.collection(world, spot).0.iter().enumerate();
        slots.filter(|(_, slot)| !matches!(slot, Slot::Gone)).map(|(index, _)| index).collect()
    }

    /// How many records there ever were, which is the position of the next.
    pub(crate) fn count(&mut self, world: World<'_>, spot: &Spot) -> usize {
        self.collection(world, spot).0.len()
    }

    /// The record at a position.
    pub(crate) fn at<'a>(&'a mut self, world: World<'a>, spot: &'a Spot, index: usize) -> Option<Found<'a>> {
        match self.collection(world, spot).0.get(index)? {
            Slot::Seeded => Some(Found::Seeded(world.maker(spot, index))),
            Slot::Stored(record) => Some(Found::Stored(record)),
            Slot::Gone => None,
        }
    }

    /// The position of a record that is there, by its id.
    pub(crate) fn position(&mut self, world: World<'_>, spot: &Spot, id: &str) -> Option<usize> {
        let index = world.index(&spot.path, id)?;
        let slot = self.collection(world, spot).0.get(index)?;
        (!matches!(slot, Slot::Gone)).then_some(index)
    }

    /// A record that is there, by its id.
    pub(crate) fn get<'a>(&'a mut self, world: World<'a>, spot: &'a Spot, id: &str) -> Option<Found<'a>> {
        let index = self.position(world, spot, id)?;
        self.at(world, spot, index)
    }

    /// Adds a record, which is made for its position.
    pub(crate) fn add(&mut self, world: World<'_>, spot: &Spot, make: impl FnOnce(usize) -> Record) -> Record {
        let slots = &mut self.collection(world, spot).0;
        let record = make(slots.len());
        slots.push(Slot::Stored(Box::new(record.clone())));
        record
    }

    /// Puts a changed record in the place of the old one.
    pub(crate) fn put(&mut self, world: World<'_>, spot: &Spot, index: usize, record: Record) {
        if let Some(slot) = self.collection(world, spot).0.get_mut(index) {
            *slot = Slot::Stored(Box::new(record));
        }
    }

    /// Takes a record away.
    pub(crate) fn remove(&mut self, world: World<'_>, spot: &Spot, index: usize) {
        if let Some(slot) = self.collection(world, spot).0.get_mut(index) {
            *slot = Slot::Gone;
        }
    }

    /// Keeps a file with a record.
    pub(crate) fn keep(&mut self, connector: usize, id: &str, file: Upload) {
        self.files.entry((connector, id.to_owned())).or_default().push(file);
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
