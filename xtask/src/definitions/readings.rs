//! Schemas that were read before.
//!
//! What a schema comes to depends on the schemas around it that are being read: one of these that comes again is not
//! followed. A reading thus holds again only where it meets the same of them, so that no order of paths changes a shape.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::shape::Shape;

/// The most readings of one schema that are kept apart. Where many refer to each other there would be more than anybody
/// waits for: one that has so many is then taken as it was read first.
const MOST: usize = 16;

/// A schema, by its place in memory.
pub(super) type Place = *const Value;

/// A schema, the direction, and the name of the value.
pub(super) type Key = (Place, bool, String);

/// The schemas that are being read, and those that were.
#[derive(Debug, Default)]
pub(super) struct Readings {
    open: Vec<Open>,
    known: HashMap<Key, Vec<Reading>>,
}

/// A schema that is being read.
#[derive(Debug)]
struct Open {
    place: Place,
    seen: Seen,
}

/// What a reading came upon.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// Schemas around it, which were not followed.
    met: HashSet<Place>,
    /// The schema and all in it.
    read: HashSet<Place>,
}

/// What a schema came to.
#[derive(Debug)]
struct Reading {
    seen: Seen,
    shape: Shape,
    remarks: Vec<String>,
}

impl Readings {
    /// Whether a schema is being read, so that it refers to itself here.
    pub(super) fn meets(&mut self, place: Place) -> bool {
        let is_open = self.is_open(place);
        if let Some(open) = self.open.last_mut().filter(|_| is_open) {
            open.seen.met.insert(place);
        }
        is_open
    }

    /// What a schema came to before, where it would come to the same here.
    pub(super) fn find(&mut self, key: &Key) -> Option<(Shape, Vec<String>)> {
        let all = self.known.get(key)?;
        let holds = |reading: &&Reading| {
            reading.seen.met.iter().all(|place| self.is_open(*place))
                && !self.open.iter().any(|open| reading.seen.read.contains(&open.place))
        };
        let found = all.iter().find(holds).or_else(|| all.first().filter(|_| all.len() >= MOST))?;
        let met: Vec<Place> = found.seen.met.iter().copied().filter(|place| self.is_open(*place)).collect();
        if let Some(open) = self.open.last_mut() {
            open.seen.met.extend(met);
            open.seen.read.extend(&found.seen.read);
        }
        Some((found.shape.clone(), found.remarks.clone()))
    }

    /// Begins to read a schema.
    pub(super) fn begin(&mut self, place: Place) {
        self.open.push(Open { place, seen: Seen::default() });
    }

    /// Ends the reading that was begun last.
    pub(super) fn end(&mut self, key: Key, shape: &Shape, remarks: &[String]) {
        let Some(Open { place, mut seen }) = self.open.pop() else { return };
        seen.met.remove(&place);
        seen.read.insert(place);
        if let Some(around) = self.open.last_mut() {
            around.seen.met.extend(&seen.met);
            around.seen.read.extend(&seen.read);
        }
        let reading = Reading { seen, shape: shape.clone(), remarks: remarks.to_vec() };
        self.known.entry(key).or_default().push(reading);
    }

    fn is_open(&self, place: Place) -> bool {
        self.open.iter().any(|open| open.place == place)
    }
}
