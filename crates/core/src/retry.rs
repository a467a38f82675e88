//! Whether a failed call is tried again: a decision without I/O.

use std::time::Duration;

use zoho_connector::FailureKind;

use crate::error::{Error, ErrorKind};

/// How often, and how long, calls are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most tries of one call, the first included.
    pub attempts: u32,
    /// The first pause; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause that is waited for. A service that wants more gets its error reported.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 4, pause: Duration::from_millis(500), longest: Duration::from_secs(60) }
    }
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Report it.
    Return,
    /// Try again after a pause.
    After(Duration),
}

impl RetryPolicy {
    /// Never again.
    pub fn none() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Decides. `repeatable` says whether the call may arrive twice; `chance` is between 0 and 1.
    pub(crate) fn decide(&self, error: &Error, repeatable: bool, attempt: u32, chance: f64) -> Verdict {
        if attempt >= self.attempts {
            return Verdict::Return;
        }
        // A call that the service turned away for being busy was not carried out, whatever it does.
        let again = match error.kind() {
            ErrorKind::Service(FailureKind::Busy) => true,
            ErrorKind::Service(FailureKind::Unavailable) | ErrorKind::Network | ErrorKind::Timeout => repeatable,
            _ => false,
        };
        if !again {
            return Verdict::Return;
        }
        let doubled = self.pause.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let pause = error.retry_after().unwrap_or_else(|| doubled.mul_f64(0.5 + chance / 2.0));
        if pause > self.longest { Verdict::Return } else { Verdict::After(pause) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error::new(kind, "it failed")
    }

    #[test]
    fn what_may_have_arrived_is_not_repeated() {
        let policy = RetryPolicy::default();
        for kind in [ErrorKind::Service(FailureKind::Unavailable), ErrorKind::Network, ErrorKind::Timeout] {
            assert_eq!(policy.decide(&error(kind), false, 1, 0.0), Verdict::Return);
            assert!(matches!(policy.decide(&error(kind), true, 1, 0.0), Verdict::After(_)));
        }
        let busy = error(ErrorKind::Service(FailureKind::Busy));
        assert!(matches!(policy.decide(&busy, false, 1, 0.0), Verdict::After(_)));
    }

    #[test]
    fn waiting_helps_only_where_it_helps() {
        let policy = RetryPolicy::default();
        for kind in [FailureKind::QuotaSpent, FailureKind::LockedOut, FailureKind::Invalid, FailureKind::MissingScope] {
            assert_eq!(policy.decide(&error(ErrorKind::Service(kind)), true, 1, 0.0), Verdict::Return);
        }
        let busy = || error(ErrorKind::Service(FailureKind::Busy));
        let wait = |seconds| busy().retry_after_of(Some(Duration::from_secs(seconds)));
        assert_eq!(policy.decide(&wait(3), true, 1, 0.9), Verdict::After(Duration::from_secs(3)));
        assert_eq!(policy.decide(&wait(3600), true, 1, 0.0), Verdict::Return);
        assert_eq!(policy.decide(&busy(), true, 4, 0.0), Verdict::Return);
    }
}
