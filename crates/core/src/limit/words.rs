//! A call that is not sent since a limit is reached, in words.

use std::time::Duration;

use zoho_connector::limits::RateLimit;
use zoho_connector::{FailureKind, describe};

use super::table::Reason;
use crate::error::{Error, ErrorKind};

/// The error of a call that may not go yet.
pub(super) fn refusal(limit: Option<&RateLimit>, reason: &Reason, now: u64) -> Error {
    let when = in_words(reason.until);
    let message = match (&reason.shut, limit) {
        (Some(shut), _) => match (shut.kind, shut.known) {
            (FailureKind::QuotaSpent, true) => format!("the quota is spent; it returns at {when}"),
            (FailureKind::QuotaSpent, false) => {
                "the quota is spent, and the service did not say when it returns".into()
            }
            (FailureKind::LockedOut, true) => format!("the service shuts this caller out until {when}"),
            (FailureKind::LockedOut, false) => "the service shuts this caller out, and did not say for how long".into(),
            _ => format!("the service wants to be left alone until {when}"),
        },
        (None, Some(limit)) => format!("the limit is reached ({}); there is room at {when}", describe::limit(limit)),
        (None, None) => format!("the limit is reached; there is room at {when}"),
    };
    let hint = match reason.shut.map(|shut| shut.kind) {
        Some(FailureKind::LockedOut) => "nothing was sent, since trying would prolong it",
        Some(FailureKind::QuotaSpent) => "nothing was sent; others who call for the same organisation spend it too",
        _ => "nothing was sent; it goes by itself where it may wait for so long",
    };
    let is_known = reason.shut.is_none_or(|shut| shut.known);
    let wait = is_known.then(|| Duration::from_millis(reason.until.saturating_sub(now)));
    Error::new(ErrorKind::Limit, message).with_hint(hint).retry_after_of(wait)
}

/// A time for people, always in UTC.
pub(super) fn in_words(milliseconds: u64) -> String {
    let time = i64::try_from(milliseconds).ok().and_then(|time| jiff::Timestamp::from_millisecond(time).ok());
    time.map_or_else(
        || format!("{} s after 1970", milliseconds / 1000),
        |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}
