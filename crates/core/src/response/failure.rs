//! A reply that says no, sorted and put into words.

use std::time::Duration;

use zoho_connector::{Api, FailureKind};

use super::Looked;
use crate::error::{Error, ErrorKind};

/// The most characters of a reply that an error shows.
const EXCERPT: usize = 300;

/// The error of a reply that is no success.
pub(super) fn of(api: &Api, looked: &Looked<'_>) -> Error {
    let rules = &api.responses;
    let status = looked.raw.status;
    let code = looked.first_text(&rules.error.code);
    let message = looked.first_text(&rules.error.message);
    let sorted =
        rules.classify.iter().find(|(_, condition)| looked.holds(condition, &rules.error.code)).map(|(kind, _)| *kind);
    let kind = match (sorted.or_else(|| FailureKind::guess(status)), &code, &message) {
        (Some(kind), ..) => ErrorKind::Service(kind),
        (None, None, None) => return unexpected(looked, ""),
        (None, ..) => ErrorKind::Refused,
    };
    let said_nothing = message.is_none();
    let words = message.unwrap_or_else(|| match &code {
        Some(code) => format!("the service answered {code}"),
        None => format!("the service answered with HTTP {status}"),
    });
    let error = Error::new(kind, words)
        .status_of(status)
        .code_of(code)
        .field_of(looked.first_text(&rules.error.field))
        .retry_after_of(retry_after(looked));
    let error = if said_nothing { error.excerpt_of(excerpt(&looked.raw.body)) } else { error };
    let error = if !looked.is_json() { error.garbled() } else { error };
    match hint(kind) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// The error of a reply that is neither success nor error as declared.
pub(super) fn unexpected(looked: &Looked<'_>, what: &str) -> Error {
    let words = match (looked.is_json(), what) {
        (false, _) if !looked.raw.body.is_empty() && (200..300).contains(&looked.raw.status) => {
            "the reply is not JSON".to_owned()
        }
        (false, _) if looked.raw.body.is_empty() && !what.is_empty() => "the reply is empty".to_owned(),
        (_, "") => "the reply is neither a success nor an error of the service".to_owned(),
        (_, what) => format!("the reply {what}"),
    };
    let error =
        Error::new(ErrorKind::Unexpected, words).status_of(looked.raw.status).excerpt_of(excerpt(&looked.raw.body));
    if !looked.is_json() { error.garbled() } else { error }
}

/// The start of a body, for a person to look at.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * EXCERPT)]);
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(EXCERPT).collect();
    if text.chars().count() > EXCERPT || body.len() > 4 * EXCERPT { format!("{clean}…") } else { clean }
}

/// How long the service wants to be left alone: in seconds, or as a date, which is compared with the reply's own.
fn retry_after(looked: &Looked<'_>) -> Option<Duration> {
    let text = |name| looked.raw.headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(http::header::RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = |text| jiff::fmt::rfc2822::parse(text).ok().map(|time| time.timestamp());
    let seconds = time(asked)?.as_second() - time(text(http::header::DATE)?)?.as_second();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn hint(kind: ErrorKind) -> Option<&'static str> {
    let ErrorKind::Service(kind) = kind else { return None };
    Some(match kind {
        FailureKind::Unauthenticated => "the access token is not accepted; connect again",
        FailureKind::MissingScope => "the connection lacks a scope that this API needs; connect again with it",
        FailureKind::WrongOrganization => {
            "the token belongs to another organisation than the one that was sent; choose that one"
        }
        FailureKind::NotInEdition => "the organisation's edition does not include this",
        FailureKind::Busy => "too many calls at once; try again in a moment",
        FailureKind::LockedOut => "the service shuts this caller out for a while, and trying prolongs it",
        FailureKind::QuotaSpent => "the day's quota is spent; it returns with the next window",
        FailureKind::Unavailable => "the service has trouble; try again later",
        _ => return None,
    })
}
