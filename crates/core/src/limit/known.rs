//! What is known of limits, for people and programs to look at.

use serde::Serialize;
use zoho_connector::FailureKind;

use super::call::PARTS_OF_KEY;
use super::table::Table;

/// What is known of one limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KnownLimit {
    /// The service.
    pub service: String,
    /// The class of limits, as the connector calls it.
    pub class: String,
    /// The data centre or endpoint, and the environment where it is not production.
    pub place: String,
    /// Whose calls are counted together, in words.
    pub who: String,
    /// What was used of the window by those who share these limits; others may have used more.
    pub used: Option<u64>,
    /// What the service said is left, and when, in milliseconds since 1970.
    pub left: Option<(u64, u64)>,
    /// Why the service has said that nothing is to be tried.
    pub refused: Option<FailureKind>,
    /// Until when, in milliseconds since 1970; none where it is not known.
    pub until: Option<u64>,
    /// How many calls at once were learnt to be allowed.
    pub at_once: Option<u64>,
    /// How many calls are under way.
    pub running: u64,
}

/// What a table knows, sorted by service and class.
pub(super) fn of(table: &mut Table, now: u64) -> Vec<KnownLimit> {
    let mut known: Vec<KnownLimit> = table
        .accounts
        .iter_mut()
        .filter_map(|(key, account)| {
            let mut parts = key.splitn(PARTS_OF_KEY, '\t').map(str::to_owned);
            let shut = account.observed.shut(now);
            Some(KnownLimit {
                service: parts.next()?,
                class: parts.next()?,
                place: parts.next()?,
                who: parts.next()?,
                used: account.window.counted(now),
                left: account.observed.left,
                refused: shut.map(|shut| shut.kind),
                until: shut.filter(|shut| shut.known).map(|shut| shut.until),
                at_once: account.gate.learnt(),
                running: account.gate.running(),
            })
        })
        .collect();
    known.sort_by(|a, b| (&a.service, &a.class, &a.place, &a.who).cmp(&(&b.service, &b.class, &b.place, &b.who)));
    known
}
