//! The results of each record of a bulk request.

use serde_json::value::RawValue;
use zoho_connector::ReplyPath;
use zoho_connector::condition::{Condition, Subject};
use zoho_connector::responses::Outcomes;

use super::Looked;
use crate::record::{Record, find, is_null, items, text_of};

/// What became of one record of a bulk request.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The position of the record in the request, from 0.
    pub index: usize,
    /// What became of it.
    pub status: OutcomeStatus,
    /// What the service says of the record: its id, its times.
    pub record: Option<Record>,
    /// The service's code.
    pub code: Option<String>,
    /// The service's message.
    pub message: Option<String>,
    /// The field at fault.
    pub field: Option<String>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutcomeStatus {
    /// It was carried out.
    Done,
    /// The service refused it.
    Failed,
    /// It was sent and no reply came: it may have been carried out.
    Unknown,
    /// It was not sent, since a part of the batch before it failed.
    NotSent,
}

/// The outcomes of a reply, where it has a list of them.
pub(super) fn read(rules: &Outcomes, looked: &Looked<'_>) -> Option<Vec<Outcome>> {
    let list = looked.values(&rules.at).into_iter().find(|value| value.get().starts_with('['))?;
    Some(items(list).into_iter().enumerate().map(|(index, entry)| outcome(rules, looked, index, entry)).collect())
}

fn outcome(rules: &Outcomes, looked: &Looked<'_>, index: usize, entry: &RawValue) -> Outcome {
    let text = |paths: &[ReplyPath]| paths.iter().find_map(|path| first(entry, path));
    let holds = |condition: &Condition| {
        condition.holds(&|subject| match subject {
            Subject::Http => vec![looked.raw.status.to_string()],
            Subject::Code => text(&rules.error.code).into_iter().collect(),
            Subject::Path(path) => first(entry, path).into_iter().collect(),
        })
    };
    let done = rules.success.iter().any(holds);
    let record = rules.record.as_ref().and_then(|path| find(entry, path).into_iter().find(|value| !is_null(value)));
    Outcome {
        index,
        status: if done { OutcomeStatus::Done } else { OutcomeStatus::Failed },
        record: record.filter(|_| done).map(|raw| Record::within(&looked.raw.body, raw)),
        code: text(&rules.error.code),
        message: text(&rules.error.message),
        field: text(&rules.error.field).filter(|_| !done),
    }
}

fn first(entry: &RawValue, path: &ReplyPath) -> Option<String> {
    find(entry, path).into_iter().find(|value| !is_null(value)).map(text_of)
}
