//! How many access tokens Zoho gives: ten in ten minutes for a refresh token, then none for the rest of the time.
//!
//! Of the numbers that Zoho's pages name this is the smallest. Asking on in spite of a refusal prolongs it, so what
//! was asked for is written down beside the tokens, where everybody who shares them sees it.

use std::time::Duration;

use super::token::Tokens;
use crate::error::{Error, ErrorKind};

/// The time in which requests for tokens are counted, in seconds.
const WINDOW: u64 = 600;
/// How many there may be in it.
const MOST: usize = 10;

impl Tokens {
    /// How many access tokens Zoho gives for a refresh token in ten minutes.
    pub const MOST_REFRESHES: usize = MOST;

    /// How many access tokens were asked for in the ten minutes before a time, in seconds since 1970.
    pub fn recent_refreshes(&self, now: u64) -> usize {
        counting(self, now).count()
    }

    /// Until when Zoho gives no further access token, in seconds since 1970, where that is so at a time: since it said so,
    /// or since all that it gives were asked for.
    pub fn refreshes_again_at(&self, now: u64) -> Option<u64> {
        blocked_until(self, now)
    }
}

/// The requests that still count at a time. One that lies further ahead than the window was written by a clock that
/// was wrong, and would block for as long as it was wrong.
fn counting(tokens: &Tokens, now: u64) -> impl Iterator<Item = u64> + '_ {
    tokens.refreshes.iter().copied().filter(move |&time| now.abs_diff(time) < WINDOW)
}

/// Until when no token may be asked for, where that is so.
fn blocked_until(tokens: &Tokens, now: u64) -> Option<u64> {
    let told = tokens.blocked_until.filter(|&until| until > now && until - now <= WINDOW);
    let mut times: Vec<u64> = counting(tokens, now).collect();
    times.sort_unstable();
    let spent = times.len().checked_sub(MOST).and_then(|oldest| times.get(oldest)).map(|time| time + WINDOW);
    told.max(spent)
}

/// Whether a token may be asked for now.
///
/// # Errors
/// [`ErrorKind::TokenLimit`] where it may not, with how long to wait.
pub(crate) fn may_ask(tokens: &Tokens, now: u64) -> Result<(), Error> {
    match blocked_until(tokens, now) {
        None => Ok(()),
        Some(until) => Err(limit_reached(until, now)),
    }
}

/// The tokens with one more request written down, and those that no longer count forgotten.
pub(crate) fn asked(tokens: &Tokens, now: u64) -> Tokens {
    let refreshes = counting(tokens, now).chain([now]).collect();
    Tokens { refreshes, ..tokens.clone() }
}

/// The tokens after Zoho has said that there were too many requests: others have spent what this ledger does not know.
pub(crate) fn throttled(tokens: &Tokens, now: u64) -> Tokens {
    Tokens { blocked_until: Some(now + WINDOW), ..tokens.clone() }
}

/// The refusal, in words.
pub(crate) fn limit_reached(until: u64, now: u64) -> Error {
    let message = format!("Zoho gives no further access token for this connection until {}", in_words(until));
    Error::new(ErrorKind::TokenLimit, message)
        .with_hint(
            "Zoho gives ten in ten minutes, and asking on prolongs the wait; calls go on by themselves after that",
        )
        .retry_after_of(Some(Duration::from_secs(until.saturating_sub(now))))
}

/// A time for people, always in UTC.
fn in_words(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map_or_else(|| format!("{seconds} s after 1970"), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn after(times: impl IntoIterator<Item = u64>) -> Tokens {
        times.into_iter().fold(Tokens::default(), |tokens, time| asked(&tokens, time))
    }

    #[test]
    fn the_eleventh_in_ten_minutes_is_refused_until_the_first_is_forgotten() {
        let ten = after((0..10).map(|count| NOW + count * 20));
        let now = NOW + 200;
        let error = may_ask(&ten, now).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TokenLimit);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(400)));
        assert!(error.to_string().ends_with("until 2027-01-15 08:10:00 UTC"), "{error}");
        assert!(may_ask(&ten, NOW + 600).is_ok());
        assert!(may_ask(&after((0..9).map(|count| NOW + count)), now).is_ok());
    }

    #[test]
    fn what_no_longer_counts_is_forgotten() {
        assert_eq!(after([NOW, NOW + 700]).refreshes, [NOW + 700]);
    }

    #[test]
    fn a_throttled_answer_blocks_for_ten_minutes() {
        let tokens = throttled(&Tokens::default(), NOW);
        assert_eq!(may_ask(&tokens, NOW + 1).unwrap_err().retry_after(), Some(Duration::from_secs(599)));
        assert!(may_ask(&tokens, NOW + 600).is_ok());
    }

    /// What was written by a clock that was a day ahead does not block for a day.
    #[test]
    fn a_wrong_clock_does_not_block_for_long() {
        let ahead = Tokens { blocked_until: Some(NOW + 86_400 + 600), ..after((0..10).map(|n| NOW + 86_400 + n)) };
        assert!(may_ask(&ahead, NOW).is_ok());
    }
}
