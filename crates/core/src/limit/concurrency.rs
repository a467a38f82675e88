//! How many calls run at once: counted, and learnt where the service's edition decides.

use serde::{Deserialize, Serialize};

/// How long calls of another process count that says nothing any more, in milliseconds.
const LEASE: u64 = 120_000;
/// The most patience that being refused teaches.
const SLOWEST: u64 = 64;

/// Who runs how many calls. A process that dies is forgotten when its lease ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Gate {
    leases: Vec<Lease>,
    /// How many may run at once, as far as it was learnt.
    learnt: Option<u64>,
    /// How many successes one more costs; none were counted against it before the first refusal.
    #[serde(default)]
    slowness: u64,
    #[serde(default)]
    successes: u64,
    /// Counts refusals, so that those of calls that ran side by side teach once.
    #[serde(default)]
    lesson: u64,
}

/// The calls of one process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Lease {
    by: u64,
    count: u64,
    until: u64,
}

/// The place of one call in a gate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Whether it took the last place, so that its success says something.
    full: bool,
    lesson: u64,
}

impl Gate {
    /// How many may run at once.
    pub(super) fn allowed(&self, range: (u64, u64)) -> u64 {
        self.learnt.unwrap_or(range.0).min(range.1).max(1)
    }

    /// How many may run at once, as far as it was learnt.
    pub(super) fn learnt(&self) -> Option<u64> {
        self.learnt
    }

    /// How many run.
    pub(super) fn running(&self) -> u64 {
        self.leases.iter().map(|lease| lease.count).sum()
    }

    /// Whether there is a place for one more.
    pub(super) fn is_free(&mut self, range: Option<(u64, u64)>, by: u64, now: u64) -> bool {
        self.leases.retain(|lease| lease.by == by || (lease.until > now && lease.until <= now + LEASE));
        range.is_none_or(|range| self.running() < self.allowed(range))
    }

    /// Takes a place.
    pub(super) fn enter(&mut self, range: Option<(u64, u64)>, by: u64, now: u64) -> Place {
        let until = now + LEASE;
        match self.leases.iter_mut().find(|lease| lease.by == by) {
            Some(lease) => *lease = Lease { by, count: lease.count + 1, until },
            None => self.leases.push(Lease { by, count: 1, until }),
        }
        let full = range.is_some_and(|range| self.running() >= self.allowed(range));
        Place { full, lesson: self.lesson }
    }

    /// Gives a place back.
    pub(super) fn leave(&mut self, by: u64, now: u64) {
        if let Some(lease) = self.leases.iter_mut().find(|lease| lease.by == by) {
            *lease = Lease { by, count: lease.count.saturating_sub(1), until: now + LEASE };
        }
        self.leases.retain(|lease| lease.count > 0);
    }

    /// A call was answered although all places were taken, when it began or when it ended: there may be more of them. Until the first refusal every
    /// such success opens one, so that a large edition is not kept waiting; after it, ever fewer do.
    pub(super) fn went_well(&mut self, range: (u64, u64), place: Place) {
        let allowed = self.allowed(range);
        let is_full = place.full || self.running() >= allowed;
        if !is_full || place.lesson != self.lesson {
            return;
        }
        self.successes += 1;
        if self.successes > allowed * self.slowness && allowed < range.1 {
            self.successes = 0;
            self.learnt = Some(allowed + 1);
        }
    }

    /// A call was refused for being one too many: a quarter of the places are closed. The least that is declared is no
    /// bound, for others may call the same service.
    pub(super) fn was_busy(&mut self, range: (u64, u64), place: Place) {
        if place.lesson != self.lesson {
            return;
        }
        let allowed = self.allowed(range);
        self.learnt = Some((allowed * 3 / 4).min(allowed - 1).max(1));
        self.lesson += 1;
        self.successes = 0;
        self.slowness = (self.slowness * 2).clamp(1, SLOWEST);
    }

    pub(super) fn is_new(&self) -> bool {
        self.leases.is_empty() && self.learnt.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: (u64, u64) = (5, 25);

    /// Rounds of as many calls as are let in, against a service that takes so many at once.
    fn rounds(gate: &mut Gate, capacity: u64, count: usize) -> (u64, u64) {
        let (mut carried_out, mut refused) = (0, 0);
        for _ in 0..count {
            let mut places = Vec::new();
            while gate.is_free(Some(RANGE), 1, 0) {
                places.push(gate.enter(Some(RANGE), 1, 0));
            }
            for (position, place) in places.into_iter().enumerate() {
                if (position as u64) < capacity {
                    gate.went_well(RANGE, place);
                    carried_out += 1;
                } else {
                    gate.was_busy(RANGE, place);
                    refused += 1;
                }
                gate.leave(1, 0);
            }
        }
        (carried_out, refused)
    }

    #[test]
    fn it_begins_low_and_finds_the_edition() {
        let mut gate = Gate::default();
        assert_eq!(gate.allowed(RANGE), 5);
        let (_, refused) = rounds(&mut gate, 25, 60);
        assert_eq!((gate.allowed(RANGE), refused), (25, 0));

        let mut gate = Gate::default();
        let (carried_out, refused) = rounds(&mut gate, 10, 300);
        assert!((7..=11).contains(&gate.allowed(RANGE)), "{}", gate.allowed(RANGE));
        assert!(refused * 20 < carried_out, "{refused} refused, {carried_out} carried out");
    }

    #[test]
    fn it_goes_below_what_is_declared_where_others_call_too() {
        let mut gate = Gate::default();
        rounds(&mut gate, 2, 200);
        assert!(gate.allowed(RANGE) <= 3, "{}", gate.allowed(RANGE));
    }

    #[test]
    fn a_process_that_died_is_forgotten() {
        let (mut gate, one) = (Gate::default(), Some((1, 1)));
        gate.enter(one, 7, 0);
        assert!(!gate.is_free(one, 8, LEASE - 1));
        assert!(gate.is_free(one, 8, LEASE));
    }
}
