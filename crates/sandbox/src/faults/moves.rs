//! Lists that move while they are read: records that were given come again.
//!
//! A reader that tells records apart by their ids loses none and gives none twice, as long as a record comes again within
//! the ids that it remembers. Nothing is put before what was given already, so that pages that are on their way side by
//! side fit together.

use std::collections::{BTreeMap, HashMap};

use super::{Due, FaultKind};
use crate::random::Random;

/// A record comes again at most so far behind where it was: readers remember the last 10,000 ids.
const REACH: usize = 9_000;

/// The lists that have been read, told apart by a number.
#[derive(Debug, Default)]
pub(crate) struct Moves(HashMap<u64, Moved>);

/// How one list has moved.
#[derive(Debug, Default)]
struct Moved {
    /// How far it has been given.
    given: usize,
    /// What comes again: at which place of the list as it is given, the record of which place of the list as it is.
    again: BTreeMap<usize, usize>,
}

impl Moves {
    /// The places of the list as it is of what is given from `start` on, and how long the list is with what comes again.
    pub(crate) fn give(
        &mut self,
        list: u64,
        due: Option<&Due>,
        start: usize,
        size: usize,
        total: usize,
    ) -> (Vec<usize>, usize) {
        let moved = self.0.entry(list).or_default();
        if let Some(due) = due {
            moved.shift(due, start, size, total);
        }
        let length = total + moved.again.len();
        let end = start.saturating_add(size).min(length);
        moved.given = moved.given.max(end);
        ((start..end).map(|place| moved.position(place)).collect(), length)
    }

    /// Lets all lists stand still again.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Moved {
    /// The place in the list as it is of a place in the list as it is given.
    fn position(&self, place: usize) -> usize {
        self.again.get(&place).copied().unwrap_or_else(|| place - self.again.range(..place).count())
    }

    fn shift(&mut self, due: &Due, start: usize, size: usize, total: usize) {
        let mut random = Random::part(due.roll, "moves");
        let mut below = |end: usize| usize::try_from(random.below(end as u64)).unwrap_or_default();
        let (length, from) = (total + self.again.len(), start.max(self.given));
        // What was not given yet, or is past the end, cannot come again.
        if start == 0 || from > length {
            return;
        }
        let (places, place) = match due.fault.fault {
            FaultKind::Repeat => {
                // Never a whole page, which would be no list that moves but one that stands.
                let count = (1 + below((size / 2).max(1))).min(from);
                (from - count..from, from)
            }
            FaultKind::Move => {
                let back = from - 1 - below(from.min(REACH / 2));
                (back..back + 1, from + below((length - from + 1).min(REACH / 2)))
            }
            _ => return,
        };
        // What comes again there is from further back.
        let front = from - self.again.range(..from).count();
        let near = |record: &usize| front - record <= REACH / 2;
        let records: Vec<usize> = places.map(|place| self.position(place)).filter(near).collect();
        self.insert(place, &records);
    }

    fn insert(&mut self, place: usize, records: &[usize]) {
        let behind = self.again.split_off(&place);
        self.again.extend(behind.into_iter().map(|(place, record)| (place + records.len(), record)));
        self.again.extend(records.iter().enumerate().map(|(at, record)| (place + at, *record)));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashSet, VecDeque};

    use super::*;
    use crate::faults::Fault;

    /// Reads a list of `total` in pages, up to four of them out of order, as a reader does that remembers 10,000.
    fn read(seed: u64, total: usize, size: usize) -> (Vec<usize>, usize) {
        let (mut random, mut moves) = (Random::new(seed, "test"), Moves::default());
        let (mut given, mut repeated, mut start) = (Vec::new(), 0, 0);
        let (mut order, mut seen) = (VecDeque::new(), HashSet::new());
        loop {
            let mut batch: Vec<usize> = (0..4).map(|page| start + page * size).collect();
            batch.rotate_left(usize::try_from(random.below(4)).unwrap());
            let mut pages = BTreeMap::new();
            for from in batch {
                let kind = if random.percent(50) { FaultKind::Repeat } else { FaultKind::Move };
                let due = random.percent(60).then(|| Due { fault: Fault::new(kind), roll: random.next() });
                pages.insert(from, moves.give(1, due.as_ref(), from, size, total));
            }
            for record in pages.values().flat_map(|(records, _)| records) {
                if !seen.insert(*record) {
                    repeated += 1;
                    continue;
                }
                given.push(*record);
                order.push_back(*record);
                if order.len() > 10_000 {
                    seen.remove(&order.pop_front().unwrap());
                }
            }
            start += 4 * size;
            if pages.values().any(|(records, _)| records.len() < size) {
                return (given, repeated);
            }
        }
    }

    #[test]
    fn a_reader_that_remembers_ids_loses_none_and_gives_none_twice() {
        for (seed, total, size) in [(1, 30_000, 100), (2, 2_345, 7), (3, 120, 50), (4, 5, 2), (5, 1, 1), (6, 0, 10)] {
            let (given, repeated) = read(seed, total, size);
            assert_eq!(given.len(), total, "{total} by {size}");
            assert!(given.iter().enumerate().all(|(place, record)| place == *record), "{total} by {size}");
            assert!(total < 1000 || repeated > 100, "{total} by {size}: {repeated}");
        }
    }

    #[test]
    fn a_list_stands_still_without_a_fault() {
        let mut moves = Moves::default();
        assert_eq!(moves.give(1, None, 4, 3, 6), (vec![4, 5], 6));
        assert_eq!(moves.give(1, None, 9, 3, 6), (vec![], 6));
        assert_eq!(moves.give(2, None, 0, usize::MAX, 2), (vec![0, 1], 2));
    }
}
