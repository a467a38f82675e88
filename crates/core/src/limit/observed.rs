//! What replies have said of a limit: what is left, and until when nothing is to be tried.

use std::time::Duration;

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use zoho_connector::FailureKind;
use zoho_connector::limits::RateLimit;

/// How long nothing is tried where the service has said no and not for how long, in milliseconds: one call a minute
/// asks whether the quota has returned.
const UNTIL_ASKED_AGAIN: u64 = 60_000;
/// The longest time for which a service is believed to shut out, in milliseconds: a day, and what clocks differ by.
const LONGEST: u64 = 25 * 3_600_000;

/// What replies have said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Observed {
    /// What was left, and when that was said.
    #[serde(default)]
    pub(super) left: Option<(u64, u64)>,
    /// Why, and until when, nothing is to be tried.
    #[serde(default)]
    shut: Option<Shut>,
}

/// Nothing is to be tried for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shut {
    /// What the service said.
    pub(super) kind: FailureKind,
    /// Until when, in milliseconds since 1970.
    pub(super) until: u64,
    /// Whether the service, or its connector, says that it ends then.
    pub(super) known: bool,
}

impl Observed {
    /// What shuts out at a time.
    pub(super) fn shut(&mut self, now: u64) -> Option<Shut> {
        self.shut = self.shut.filter(|shut| shut.until > now && shut.until <= now + LONGEST);
        self.shut
    }

    /// Writes down what a refusal means for the calls to come.
    pub(super) fn refused(&mut self, shut: Shut, now: u64) {
        let lasting = self.shut(now).filter(|before| before.known && before.until > shut.until);
        self.shut = Some(lasting.unwrap_or(shut));
    }

    pub(super) fn is_empty(&mut self, now: u64) -> bool {
        self.shut(now).is_none() && self.left.is_none_or(|(_, at)| at + LONGEST < now)
    }
}

/// For how long a refusal shuts out. Being busy does so only where the service says for how long.
pub(super) fn shut_by(kind: FailureKind, asked: Option<Duration>, limit: Option<&RateLimit>, now: u64) -> Option<Shut> {
    // Some services write 0 where they do not know.
    let asked = asked.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(LONGEST)).filter(|wait| *wait > 0);
    let lock = limit.and_then(|limit| limit.lock).map(|seconds| seconds.saturating_mul(1000));
    let known = match kind {
        FailureKind::LockedOut => asked.or(lock),
        FailureKind::QuotaSpent | FailureKind::Busy => asked,
        _ => return None,
    };
    let wait = match (known, kind) {
        (Some(wait), _) => wait.min(LONGEST),
        (None, FailureKind::Busy) => return None,
        (None, _) => UNTIL_ASKED_AGAIN,
    };
    Some(Shut { kind, until: now + wait, known: known.is_some() })
}

/// What a header says is left: its first number.
pub(super) fn left(headers: &HeaderMap, name: &str) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).map_or(text, |end| &text[..end]);
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    fn wait(kind: FailureKind, asked: Option<u64>) -> Option<(u64, bool)> {
        let shut = shut_by(kind, asked.map(Duration::from_secs), None, NOW)?;
        Some(((shut.until - NOW) / 1000, shut.known))
    }

    #[test]
    fn each_refusal_shuts_out_in_its_own_way() {
        assert_eq!(wait(FailureKind::QuotaSpent, Some(3600)), Some((3600, true)));
        assert_eq!(wait(FailureKind::QuotaSpent, None), Some((60, false)));
        assert_eq!(wait(FailureKind::QuotaSpent, Some(0)), Some((60, false)));
        assert_eq!(wait(FailureKind::LockedOut, None), Some((60, false)));
        assert_eq!(wait(FailureKind::Busy, Some(3)), Some((3, true)));
        assert_eq!(wait(FailureKind::Busy, None), None);
        assert_eq!(wait(FailureKind::Invalid, Some(3)), None);
        assert_eq!(wait(FailureKind::QuotaSpent, Some(u64::MAX)), Some((25 * 3600, true)));
    }

    #[test]
    fn what_is_known_outlasts_what_is_guessed() {
        let mut observed = Observed::default();
        let of = |asked| shut_by(FailureKind::QuotaSpent, asked, None, NOW).unwrap();
        observed.refused(of(Some(Duration::from_secs(3600))), NOW);
        observed.refused(of(None), NOW);
        assert_eq!(observed.shut(NOW).unwrap().until, NOW + 3_600_000);
        assert_eq!(observed.shut(NOW + 3_600_000), None);
        observed.refused(of(Some(Duration::from_secs(3600))), NOW);
        assert_eq!(observed.shut(NOW - 1_000_000_000), None, "a clock that was wrong shuts nobody out");
    }

    #[test]
    fn what_is_left_is_a_number_at_the_start() {
        for (text, number) in [("42", Some(42)), (" 7 ", Some(7)), ("98/100", Some(98)), ("many", None), ("", None)] {
            let headers = [(http::HeaderName::from_static("x-left"), text.parse().unwrap())].into_iter().collect();
            assert_eq!(left(&headers, "X-Left"), number, "{text}");
        }
    }
}
