//! What was used of a window that slides: at most so many calls, or credits, in so much time.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Into how many parts a window is cut: calls within one part are remembered together.
const PARTS: u64 = 60;
/// The most that is added to a window, since calls take unlike times on their way.
const LONGEST_MARGIN: u64 = 2000;

/// How long a window is, in milliseconds, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) length: u64,
    pub(super) max: u64,
}

impl Span {
    /// For how long a use counts.
    fn lasts(self) -> u64 {
        self.length + (self.length / 50).min(LONGEST_MARGIN)
    }
}

/// What was used, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Window {
    parts: VecDeque<Use>,
    /// For how long a use counts, as the last one had it.
    lasts: u64,
}

/// Uses within one part of a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Use {
    first: u64,
    last: u64,
    cost: u64,
}

impl Window {
    /// What counts at a time.
    pub(super) fn used(&mut self, span: Span, now: u64) -> u64 {
        self.lasts = span.lasts();
        self.forget(now);
        self.parts.iter().map(|part| part.cost).sum()
    }

    /// When so much more can be used, where that is not now. What costs more than a window takes has it for itself.
    pub(super) fn free_at(&mut self, span: Span, now: u64, cost: u64) -> Option<u64> {
        let mut over = (self.used(span, now) + cost).saturating_sub(span.max);
        if over == 0 {
            return None;
        }
        let mut at = None;
        for part in &self.parts {
            at = Some(part.last + span.lasts());
            over = over.saturating_sub(part.cost);
            if over == 0 {
                break;
            }
        }
        at
    }

    /// Writes a use down.
    pub(super) fn add(&mut self, span: Span, now: u64, cost: u64) {
        match self.parts.back_mut() {
            Some(part) if now < part.first.saturating_add(span.length / PARTS) => {
                part.last = part.last.max(now);
                part.cost += cost;
            }
            _ => self.parts.push_back(Use { first: now, last: now, cost }),
        }
    }

    /// Takes back what was not used after all, or what the service does not count.
    pub(super) fn give_back(&mut self, mut cost: u64) {
        while let Some(part) = self.parts.back_mut().filter(|_| cost > 0) {
            let taken = part.cost.min(cost);
            part.cost -= taken;
            cost -= taken;
            if part.cost == 0 {
                self.parts.pop_back();
            }
        }
    }

    /// Makes it agree with what the service says is left. Where calls are under way it may not have counted them yet:
    /// then only more can be believed to be used, not less.
    pub(super) fn correct(&mut self, span: Span, now: u64, left: u64, others_under_way: bool) {
        let (ours, theirs) = (self.used(span, now), span.max.saturating_sub(left));
        if theirs > ours {
            self.add(span, now, theirs - ours);
        } else if !others_under_way {
            self.give_back(ours - theirs);
        }
    }

    /// What still counts at a time; none where nothing was ever used.
    pub(super) fn counted(&mut self, now: u64) -> Option<u64> {
        self.forget(now);
        (self.lasts > 0).then(|| self.parts.iter().map(|part| part.cost).sum())
    }

    pub(super) fn is_empty(&mut self, now: u64) -> bool {
        self.forget(now);
        self.parts.is_empty()
    }

    /// Forgets what no longer counts, and what a clock wrote that was wrong.
    fn forget(&mut self, now: u64) {
        self.parts.retain(|part| part.last.saturating_add(self.lasts) > now && part.last <= now + LONGEST_MARGIN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Span = Span { length: 60_000, max: 100 };

    /// However calls come, no minute of the service's has more of them than it takes, and time is not wasted either.
    #[test]
    fn no_minute_has_more_than_it_takes() {
        let mut window = Window::default();
        let (mut now, mut sent): (u64, Vec<u64>) = (1_800_000_000_000, Vec::new());
        for call in 0..2000_u64 {
            now += call % 7 * 40;
            while let Some(at) = window.free_at(MINUTE, now, 1) {
                assert!(at > now, "it waits for nothing");
                now = at;
            }
            window.add(MINUTE, now, 1);
            sent.push(now);
        }
        for pair in sent.windows(101) {
            assert!(pair[100] - pair[0] >= 60_000, "101 calls in {} ms", pair[100] - pair[0]);
        }
        let minutes = (now - sent[0]) / 60_000;
        assert!(minutes <= 21, "2,000 calls took {minutes} minutes");
        assert!(window.parts.len() <= 62, "{} parts are kept", window.parts.len());
    }

    #[test]
    fn what_costs_more_than_a_window_has_it_for_itself() {
        let mut window = Window::default();
        assert_eq!(window.free_at(MINUTE, 1000, 500), None);
        window.add(MINUTE, 1000, 500);
        assert_eq!(window.free_at(MINUTE, 2000, 1), Some(1000 + 60_000 + 1200));
    }

    #[test]
    fn the_service_knows_better() {
        let mut window = Window::default();
        window.add(MINUTE, 1000, 10);
        window.correct(MINUTE, 1000, 20, true);
        assert_eq!(window.used(MINUTE, 1000), 80);
        window.correct(MINUTE, 1000, 90, true);
        assert_eq!(window.used(MINUTE, 1000), 80);
        window.correct(MINUTE, 1000, 90, false);
        assert_eq!(window.used(MINUTE, 1000), 10);
    }

    #[test]
    fn a_clock_that_went_back_blocks_nobody() {
        let mut window = Window::default();
        window.add(MINUTE, 10_000_000, 100);
        assert_eq!(window.free_at(MINUTE, 5_000_000, 1), None);
    }
}
