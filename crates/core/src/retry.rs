//! Whether a failed call is tried again: a decision without I/O.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use zoho_connector::FailureKind;

use crate::error::{Error, ErrorKind};

pub(crate) mod unknown;

/// How often, and how long, calls are tried again.
///
/// What may be tried again is not for a policy to say: a call that may have been carried out, and must not be twice, is
/// never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most tries of one call, the first included.
    pub attempts: u32,
    /// The first pause is at most this long; each further one at most twice as long as the one before. Pauses are
    /// drawn evenly from nothing to that (full jitter), so that many callers do not all come back at once.
    pub pause: Duration,
    /// The longest pause of that kind. For how long a limit is waited for is
    /// [`ClientBuilder::max_wait`](crate::ClientBuilder::max_wait)'s to say.
    pub longest: Duration,
    /// How many further tries all calls of a client have between them. Each call that succeeds gives one back, so a
    /// service with a few faults is read to the end, and one that is down is not asked four times for each call.
    pub budget: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 4, pause: Duration::from_millis(500), longest: Duration::from_secs(30), budget: 50 }
    }
}

/// What is to be known of a failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure<'a> {
    pub(crate) error: &'a Error,
    /// Whether the call may arrive twice.
    pub(crate) repeatable: bool,
    /// Which try it was, from 1.
    pub(crate) attempt: u32,
    /// For how long the service takes no call, where that is known.
    pub(crate) shut_for: Option<Duration>,
    /// A number between 0 and 1.
    pub(crate) chance: f64,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Report it.
    Return,
    /// Try again after a pause.
    After(Duration),
    /// Try again as soon as the service takes calls, which is after so long.
    WhenOpen(Duration),
}

impl RetryPolicy {
    /// Never again.
    pub fn none() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Decides.
    pub(crate) fn decide(&self, failure: Failure<'_>) -> Verdict {
        let Failure { error, repeatable, attempt, shut_for, chance } = failure;
        if attempt >= self.attempts {
            return Verdict::Return;
        }
        let again = match error.kind() {
            // Who was turned away was not served, whatever the call does.
            ErrorKind::Service(FailureKind::Busy) => {
                return shut_for.map_or(self.pause(attempt, chance), Verdict::WhenOpen);
            }
            // Waiting helps where its end is known, and nothing else does.
            ErrorKind::Service(FailureKind::QuotaSpent | FailureKind::LockedOut) => {
                return shut_for.map_or(Verdict::Return, Verdict::WhenOpen);
            }
            ErrorKind::Network | ErrorKind::Timeout => repeatable || error.is_unsent(),
            ErrorKind::Service(FailureKind::Unavailable) => repeatable,
            ErrorKind::Unexpected => repeatable && error.is_garbled(),
            _ => false,
        };
        match (again, error.retry_after()) {
            (false, _) => Verdict::Return,
            (true, Some(asked)) => Verdict::WhenOpen(asked),
            (true, None) => self.pause(attempt, chance),
        }
    }

    fn pause(&self, attempt: u32, chance: f64) -> Verdict {
        let doubled = self.pause.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        Verdict::After(doubled.min(self.longest).mul_f64(chance))
    }
}

/// The further tries that the calls of a client have between them.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicU32,
    most: u32,
}

impl Budget {
    pub(crate) fn new(most: u32) -> Self {
        Self { left: AtomicU32::new(most), most }
    }

    /// Takes a try, where there is one.
    pub(crate) fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// A call succeeded.
    pub(crate) fn earn(&self) {
        if self.left.load(Ordering::Relaxed) < self.most {
            // Two at once may give one too many, which is no harm.
            self.left.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "it failed")
    }

    fn of(error: &Error, repeatable: bool) -> Failure<'_> {
        Failure { error, repeatable, attempt: 1, shut_for: None, chance: 0.5 }
    }

    /// A peer's client sent a POST again on whatever status it thought worth it.
    #[test]
    fn wanted_b15_what_may_have_arrived_is_not_repeated() {
        let policy = RetryPolicy::default();
        for kind in [ErrorKind::Service(FailureKind::Unavailable), ErrorKind::Network, ErrorKind::Timeout] {
            assert_eq!(policy.decide(of(&error(kind), false)), Verdict::Return);
            assert!(matches!(policy.decide(of(&error(kind), true)), Verdict::After(_)));
        }
        for kind in [ErrorKind::Network, ErrorKind::Timeout] {
            assert!(matches!(policy.decide(of(&error(kind).unsent(), false)), Verdict::After(_)));
        }
        let busy = error(ErrorKind::Service(FailureKind::Busy));
        assert!(matches!(policy.decide(of(&busy, false)), Verdict::After(_)));
        let gateway = || error(ErrorKind::Unexpected).garbled();
        assert_eq!(policy.decide(of(&gateway(), false)), Verdict::Return);
        assert!(matches!(policy.decide(of(&gateway(), true)), Verdict::After(_)));
        assert_eq!(policy.decide(of(&error(ErrorKind::Unexpected), true)), Verdict::Return);
    }

    #[test]
    fn waiting_helps_only_where_it_helps() {
        let policy = RetryPolicy::default();
        for kind in FailureKind::ALL {
            let error = error(ErrorKind::Service(kind));
            let waits = matches!(kind, FailureKind::Busy | FailureKind::Unavailable);
            assert_eq!(policy.decide(of(&error, true)) != Verdict::Return, waits, "{kind}");
        }
        let opens = Some(Duration::from_secs(3));
        for kind in [FailureKind::Busy, FailureKind::QuotaSpent, FailureKind::LockedOut] {
            let error = error(ErrorKind::Service(kind));
            let failure = Failure { shut_for: opens, ..of(&error, false) };
            assert_eq!(policy.decide(failure), Verdict::WhenOpen(Duration::from_secs(3)));
            assert_eq!(policy.decide(Failure { attempt: 4, ..failure }), Verdict::Return);
        }
    }

    #[test]
    fn pauses_are_drawn_from_the_whole_range() {
        let policy = RetryPolicy::default();
        let busy = error(ErrorKind::Service(FailureKind::Busy));
        let pause = |attempt, chance| policy.decide(Failure { attempt, chance, ..of(&busy, true) });
        assert_eq!(pause(1, 0.0), Verdict::After(Duration::ZERO));
        assert_eq!(pause(1, 1.0), Verdict::After(Duration::from_millis(500)));
        assert_eq!(pause(3, 1.0), Verdict::After(Duration::from_secs(2)));
        let patient = RetryPolicy { attempts: 100, ..policy };
        assert_eq!(
            patient.decide(Failure { attempt: 99, chance: 1.0, ..of(&busy, true) }),
            Verdict::After(Duration::from_secs(30))
        );
    }

    #[test]
    fn a_budget_is_spent_by_failures_and_filled_by_successes() {
        let budget = Budget::new(2);
        assert!(budget.take() && budget.take() && !budget.take());
        budget.earn();
        assert!(budget.take() && !budget.take());
        (0..9).for_each(|_| budget.earn());
        assert!(budget.take() && budget.take() && !budget.take());
    }
}
