//! Lists within a record of what is at home elsewhere: which records are in them, from the start and by linking.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::select::equals;
use crate::catalog::{Kind, Tie, View};
use crate::hosts::Segment;
use crate::seed::{Record, Spot, World};
use crate::store::{Place, Store};

/// How far apart records are in their collections that are linked from the start: who is dealt one card is dealt three.
const STEPS: [usize; 3] = [0, 1, 7];

/// The list that a record has of what is at home elsewhere.
#[derive(Debug)]
pub(super) struct Tied<'a> {
    /// The kind of the list.
    kind: usize,
    /// Where its records are at home.
    pub(super) home: Spot,
    /// The record that has the list.
    parent: Place,
    id: String,
    tie: &'a Tie,
}

impl<'a> Tied<'a> {
    /// What a collection is such a list of; none where its records are its own.
    pub(super) fn of(world: World<'a>, store: &mut Store, spot: &Spot) -> Option<Self> {
        let View { home, tie } = world.catalog.view(spot.kind)?;
        let (outer, id) = world.parent(spot)?;
        let index = store.position(world, &outer, &id)?;
        Some(Self { kind: spot.kind, home: home_of(world, spot, *home), parent: (outer, index), id, tie })
    }

    /// The member by which records say that they are in the list; none where they come in and go out by linking.
    pub(super) fn member(&self) -> Option<&'a str> {
        match self.tie {
            Tie::Member(name) => Some(name),
            Tie::Link => None,
        }
    }

    /// The id of the record that has the list.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The positions at home of the records in the list.
    pub(super) fn positions(&self, world: World<'_>, store: &mut Store) -> Vec<usize> {
        match self.tie {
            Tie::Member(name) => {
                let mut positions = store.live(world, &self.home);
                let points =
                    |found: crate::store::Found<'_>| found.member(name).is_some_and(|id| equals(&id, &self.id));
                positions.retain(|index| store.at(world, &self.home, *index).is_some_and(points));
                positions
            }
            Tie::Link => {
                let (outer, index) = &self.parent;
                let counts = (world.count(outer), world.count(&self.home));
                let mut positions = dealt(*index, counts, outer.path.cmp(&self.home.path));
                for ((spot, position), linked) in store.linked(self.kind, &self.parent) {
                    if spot == self.home {
                        let _ = if linked { positions.insert(position) } else { positions.remove(&position) };
                    }
                }
                // What is in the bin is in no list.
                store.live(world, &self.home).into_iter().filter(|index| positions.contains(index)).collect()
            }
        }
    }

    /// Puts a record into the list, or takes it out.
    pub(super) fn link(&self, store: &mut Store, index: usize, linked: bool) {
        store.link(self.kind, &self.parent, &(self.home.clone(), index), linked);
    }
}

/// The collection where the records of such a list are at home: of the names that a caller chooses, the last is the
/// last of the list's own path (the contacts of an account), the others are those of the same name.
fn home_of(world: World<'_>, spot: &Spot, home: usize) -> Spot {
    let last = |kind: Option<&Kind>| match kind.and_then(|kind| kind.segments.last()) {
        Some(Segment::Value(name)) => Some(name.clone()),
        _ => None,
    };
    let both = last(world.kind(spot)).and_then(|_| last(world.catalog.kind(home)));
    world.spot(home, |name| match spot.path.rsplit('/').next() {
        Some(value) if both.as_deref() == Some(name) => Some(value.to_owned()),
        _ => world.chosen(spot, name).or_else(|| world.choices(name)?.into_iter().next()),
    })
}

/// The positions of the records of another collection that one is linked with from the start. Seen from there, it is
/// among those that they are linked with. `counts` are those of its own collection and of the other.
fn dealt(index: usize, counts: (usize, usize), order: Ordering) -> BTreeSet<usize> {
    let (own, others) = counts;
    if index >= own || others == 0 {
        return BTreeSet::new();
    }
    if order.is_eq() {
        let around = STEPS.iter().flat_map(|step| [index + step, index + own - step % own]);
        return around.map(|position| position % own).filter(|position| *position != index).collect();
    }
    // Each of the larger collection is linked with three of the smaller.
    if own < others || (own == others && order.is_lt()) {
        let first = |step: &usize| (index + own - step % own) % own;
        STEPS.iter().flat_map(|step| (first(step)..others).step_by(own)).collect()
    } else {
        STEPS.iter().map(|step| (index + step) % others).collect()
    }
}

/// A record as such a list shows it: with the members that the list's type has, where that is another type.
pub(super) fn shown(world: World<'_>, spot: &Spot, kind: &Kind, home: &Spot, index: usize, record: Record) -> Record {
    if world.kind(home).is_none_or(|home| home.type_name == kind.type_name) {
        return record;
    }
    let maker = world.maker_of(spot.clone(), index);
    let value = |name: &str| record.get(name).cloned().or_else(|| maker.named(name));
    kind.record.fields.iter().filter_map(|field| Some((field.name.clone(), value(&field.name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_is_linked_from_both_sides() {
        for counts in [(5, 40), (40, 5), (12, 12), (1, 3), (2, 2)] {
            for order in [Ordering::Less, Ordering::Greater, Ordering::Equal] {
                let counts = if order.is_eq() { (counts.0, counts.0) } else { counts };
                let pairs: usize = (0..counts.0).map(|one| dealt(one, counts, order).len()).sum();
                assert!(pairs > 0 || counts == (1, 1), "{counts:?}");
                for one in 0..counts.0 {
                    for other in dealt(one, counts, order) {
                        let back = dealt(other, (counts.1, counts.0), order.reverse());
                        assert!(other < counts.1 && back.contains(&one), "{one} {other} {counts:?} {order:?}");
                    }
                }
            }
        }
    }
}
