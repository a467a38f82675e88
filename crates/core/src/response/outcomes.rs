//! What became of each record of a bulk request.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::value::RawValue;
use zoho_connector::condition::{Condition, Subject};
use zoho_connector::jobs::EffectAction;
use zoho_connector::responses::Outcomes;
use zoho_connector::{Api, Connector, FailureKind, ReplyPath, Returns, Type, Verb};

use super::Looked;
use crate::error::ErrorKind;
use crate::record::outline::{Outline, Part, depth};
use crate::record::{Record, is_null, items, text_in};

/// What became of one record of a bulk request.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The position of the record among those that were given, from 0.
    pub index: usize,
    /// What became of it.
    pub status: OutcomeStatus,
    /// Its id, where the service says it.
    pub id: Option<String>,
    /// What the service says of the record: its id, its times.
    pub record: Option<Record>,
    /// The service's code.
    pub code: Option<String>,
    /// The service's message.
    pub message: Option<String>,
    /// The field at fault.
    pub field: Option<String>,
    /// What kind of thing went wrong, where something did.
    pub kind: Option<ErrorKind>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutcomeStatus {
    /// It is new.
    Created,
    /// It was there, and was changed.
    Updated,
    /// It was so already.
    Unchanged,
    /// It was carried out.
    Done,
    /// The service refused it, or it was wrong before it was sent.
    Failed,
    /// It was sent and no reply came that tells: it may have been carried out.
    Unknown,
    /// It was not sent, since something went wrong before that would have gone wrong again.
    NotSent,
}

impl OutcomeStatus {
    /// The word for it: `created`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::NotSent => "unsent",
        }
    }

    /// Whether it is as it was to be.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Created | Self::Updated | Self::Unchanged | Self::Done)
    }
}

impl std::fmt::Display for OutcomeStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Outcome {
    /// An outcome with nothing but its status.
    pub(crate) fn of(index: usize, status: OutcomeStatus) -> Self {
        Self { index, status, id: None, record: None, code: None, message: None, field: None, kind: None }
    }

    /// The outcome of a removal that was asked for again, since the first reply was lost: who looks for what was removed a
    /// moment ago finds nothing, and that is what was wanted.
    pub(crate) fn gone_before(self) -> Self {
        let is_gone = self.kind == Some(ErrorKind::Service(FailureKind::NotFound));
        if is_gone { Self::of(self.index, OutcomeStatus::Done) } else { self }
    }

    /// Whether it failed by something that passes, so that sending it again may help.
    pub fn may_pass(&self) -> bool {
        self.status == OutcomeStatus::NotSent
            || self.status == OutcomeStatus::Failed && self.kind.is_some_and(ErrorKind::may_pass)
    }
}

/// How the outcomes of an API are read.
pub(crate) struct Reading<'a> {
    rules: &'a Outcomes,
    api: &'a Api,
    /// The member that is the id of what is returned.
    key: Option<&'a str>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(connector: &'a Connector, api: &'a Api, rules: &'a Outcomes) -> Self {
        let returned = match &api.returns {
            Returns::Many(ty) | Returns::One(ty) => connector.object(ty),
            _ => None,
        };
        let key = returned.and_then(|object| object.fields.iter().find(|field| field.required && field.ty == Type::Id));
        Self { rules, api, key: key.map(|field| field.name.as_str()) }
    }

    /// The outcomes of a reply, where it has a list of them.
    pub(super) fn of_reply(&self, looked: &Looked<'_>) -> Option<Vec<Outcome>> {
        let (body, outline, at) = (&looked.raw.body, looked.outline?, &self.rules.at);
        if let Some(list) = looked.part(at).filter(|part| part.is_open()) {
            let entries = outline.inside(list).map(|part| Entry { body, outline, part });
            let outcomes = entries.enumerate().map(|(index, entry)| self.entry(looked.raw.status, index, &entry));
            return list.is_list(body).then(|| outcomes.collect());
        }
        let list = looked.values(at).into_iter().find(|value| value.get().starts_with('['))?;
        let rows = items(list).into_iter().map(|value| Record::within(body, value));
        let outcome = |(index, row): (usize, Record)| match Outline::of(row.as_str(), depth::RECORDS) {
            Some(outline) => self.entry(looked.raw.status, index, &Entry::of(&row, &outline)),
            None => Outcome::of(index, OutcomeStatus::Unknown),
        };
        Some(rows.enumerate().map(outcome).collect())
    }

    /// The outcome that a row of a job's result tells.
    pub(crate) fn of_row(&self, index: usize, row: &Record) -> Outcome {
        match Outline::of(row.as_str(), depth::RECORDS) {
            Some(outline) => {
                Outcome { record: Some(row.clone()), ..self.outcome(index, &Entry::of(row, &outline), None) }
            }
            None => Outcome::of(index, OutcomeStatus::Unknown),
        }
    }

    fn entry(&self, http: u16, index: usize, entry: &Entry<'_>) -> Outcome {
        let mut outcome = self.outcome(index, entry, Some(http));
        let Some(path) = self.rules.record.as_ref().filter(|_| outcome.status.is_good()) else { return outcome };
        let part = entry.at(path);
        let Some(record) = entry.record(part, path) else { return outcome };
        if let (None, Some(key)) = (&self.rules.id, self.key) {
            outcome.id = entry.member(part, &record, key);
        }
        Outcome { record: Some(record), ..outcome }
    }

    fn outcome(&self, index: usize, entry: &Entry<'_>, http: Option<u16>) -> Outcome {
        let rules = self.rules;
        let text = |paths: &[ReplyPath]| paths.iter().find_map(|path| entry.text(path));
        let code = text(&rules.error.code);
        let holds = |condition: &Condition| {
            condition.holds(&|subject, found| match subject {
                Subject::Http => http.iter().for_each(|status| found(&status.to_string())),
                Subject::Code => code.iter().for_each(|code| found(code)),
                Subject::Path(path) => entry.text(path).iter().for_each(|value| found(value)),
            })
        };
        let done = rules.success.iter().any(holds);
        let kind = || self.api.responses.classify.iter().find(|(_, condition)| holds(condition)).map(|(kind, _)| *kind);
        let (status, kind) = match done {
            true => (self.good(&holds), None),
            false => (OutcomeStatus::Failed, Some(kind().map_or(ErrorKind::Refused, ErrorKind::Service))),
        };
        let owned = |paths: &[ReplyPath]| text(paths).map(Cow::into_owned);
        let id = rules.id.as_ref().filter(|_| done).and_then(|path| entry.text(path));
        Outcome {
            status,
            kind,
            id: id.filter(|id| !id.is_empty()).map(Cow::into_owned),
            code: code.map(Cow::into_owned),
            message: owned(&rules.error.message),
            field: if done { None } else { owned(&rules.error.field) },
            ..Outcome::of(index, status)
        }
    }

    /// What became of a record that was carried out: as its entry says, or else as the API does.
    fn good(&self, holds: &dyn Fn(&Condition) -> bool) -> OutcomeStatus {
        let Outcomes { created, updated, unchanged, .. } = self.rules;
        let words = [
            (OutcomeStatus::Created, created),
            (OutcomeStatus::Updated, updated),
            (OutcomeStatus::Unchanged, unchanged),
        ];
        let told = words.iter().find(|(_, when)| when.iter().any(holds)).map(|(status, _)| *status);
        let is_told = words.iter().any(|(_, when)| !when.is_empty());
        told.unwrap_or_else(|| if is_told { OutcomeStatus::Done } else { done_by(self.api) })
    }
}

/// What a success of an API is.
fn done_by(api: &Api) -> OutcomeStatus {
    match (api.effect.as_ref().map(|effect| effect.action), api.verb) {
        (Some(EffectAction::Create), _) | (None, Verb::Post) => OutcomeStatus::Created,
        (Some(EffectAction::Update | EffectAction::Set), _) | (None, Verb::Put | Verb::Patch) => OutcomeStatus::Updated,
        _ => OutcomeStatus::Done,
    }
}

/// The result of one record, which was read together with the others.
struct Entry<'a> {
    body: &'a Bytes,
    outline: &'a Outline,
    part: &'a Part,
}

impl<'a> Entry<'a> {
    /// A result that was read alone.
    fn of(row: &'a Record, outline: &'a Outline) -> Self {
        Self { body: row.bytes(), outline, part: outline.whole() }
    }

    /// The part at a path that leads to one and not too deep.
    fn at(&self, path: &ReplyPath) -> Option<&'a Part> {
        self.outline.at(self.part, self.body, path)
    }

    /// The value at a path, as text; `null` is absent.
    fn text(&self, path: &ReplyPath) -> Option<Cow<'a, str>> {
        match self.at(path) {
            Some(part) => part.scalar(self.body),
            None => self.deeper(path).map(text_in),
        }
    }

    /// The value at a path, or of the part there, as a record that shares its memory; `null` is absent.
    fn record(&self, part: Option<&Part>, path: &ReplyPath) -> Option<Record> {
        match part {
            Some(part) => Some(Record::at(self.body, part.span)).filter(|record| record.as_bytes() != b"null"),
            None => self.deeper(path).map(|value| Record::within(self.body, value)),
        }
    }

    /// A member of a record, as text.
    fn member(&self, part: Option<&Part>, record: &Record, name: &str) -> Option<String> {
        match part.filter(|part| part.is_open()) {
            Some(part) => {
                let member = self.outline.member(part, self.body, name)?;
                member.scalar(self.body).map(Cow::into_owned)
            }
            None => record.get(name)?.text().map(Cow::into_owned),
        }
    }

    fn deeper(&self, path: &ReplyPath) -> Option<&'a RawValue> {
        self.outline.values(self.part, self.body, path).into_iter().find(|value| !is_null(value))
    }
}
