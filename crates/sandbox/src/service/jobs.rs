//! Jobs: what is kept of one beside its record, and what its record says when it has ended.

use serde_json::{Map, Value};
use zoho_connector::condition::Condition;
use zoho_connector::jobs::Job;
use zoho_connector::types::{Field, RecordType};
use zoho_connector::{Connector, ReplyPath, Type};

use crate::catalog::Kind;
use crate::hosts::Segment;
use crate::message::Upload;
use crate::query::parse_json;
use crate::refusal::{Refusal, markers};
use crate::reply_path::set_at;
use crate::seed::{Record, Spot, World};

use super::CRITERIA;
use super::select::{self, Test};

/// After how many questions a job has ended.
const PATIENCE: u32 = 2;

/// A job, beside its record.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// The API that started it.
    pub(super) api: String,
    /// How often somebody has asked after it.
    pub(super) asked: u32,
    pub(super) has_ended: bool,
    /// What it is to write.
    pub(super) sheets: Vec<Sheet>,
    /// What it gives.
    pub(crate) file: Option<Upload>,
    pub(super) tally: Tally,
    /// Why it fails.
    pub(super) fault: Option<String>,
    /// The word by which the next job goes on, where this one left records.
    pub(super) left: Option<String>,
}

impl Work {
    /// Asks after the job; whether it is to end now.
    pub(super) fn is_due(&mut self) -> bool {
        self.asked = self.asked.saturating_add(1);
        self.asked >= PATIENCE && !self.has_ended
    }
}

/// The rows of a file that are to become records.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) spot: Spot,
    pub(super) deed: Deed,
    /// The members by which records are found again.
    pub(super) matching: Vec<String>,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Record>,
}

/// What becomes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Create,
    Update,
    Upsert,
}

/// How many records a job has read or written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) added: usize,
    pub(super) updated: usize,
    pub(super) skipped: usize,
    pub(super) total: usize,
    /// Whether it left records.
    pub(super) more: bool,
}

impl Tally {
    /// The number that a member of this name tells.
    fn number(self, name: &str) -> Option<usize> {
        let counts = [("added", self.added), ("updated", self.updated), ("skipped", self.skipped)];
        let own = counts.into_iter().find(|(word, _)| name.contains(word)).map(|(_, count)| count);
        own.or_else(|| (name.contains("count") || name.contains("per_page")).then_some(self.total))
    }
}

/// A job as it is when it has been started: with what was asked for where it has such members.
pub(super) fn started(job: &Job, record: Record) -> Record {
    // Without a word for "not yet", the first choice of a state is it, which a new record has.
    told(record, job.pending.first())
}

/// A job as it is when it has ended. `address` is where its result is.
pub(super) fn ended(world: World<'_>, spot: &Spot, record: Record, work: &Work, address: Option<String>) -> Record {
    let Some(job) = world.connector.api(&work.api).and_then(|api| api.job.as_ref()) else { return record };
    let condition = if work.fault.is_some() { job.failed.first() } else { job.done.first() };
    let mut record = told(record, condition);
    if work.fault.is_none()
        && let Some(kind) = world.kind(spot)
    {
        report(world.connector, &kind.record, &mut record, work.tally, address.as_deref());
        if let (Some(ReplyPath::Body(steps)), Some(address)) = (&job.url, address) {
            let mut value = Value::Object(record);
            set_at(&mut value, steps, address.into());
            record = as_record(value);
        }
        if let (Some((_, ReplyPath::Body(steps))), Some(word)) = (&job.next, &work.left) {
            let mut value = Value::Object(record);
            set_at(&mut value, steps, word.as_str().into());
            record = as_record(value);
        }
        // What the job did for each part of what was asked stands in the state that the whole is in.
        for part in record.clone().iter().filter_map(|(name, value)| Some((name, value.as_array()?))) {
            let Some(Type::List { item, .. }) = kind.record.field(part.0).map(|field| &field.ty) else { continue };
            let Some(object) = world.connector.object(item) else { continue };
            let entries = part.1.iter().map(|entry| match entry {
                Value::Object(members) => {
                    let mut entry = told(members.clone(), condition.filter(|_| object.field("status").is_some()));
                    report(world.connector, object, &mut entry, work.tally, None);
                    Value::Object(entry)
                }
                other => other.clone(),
            });
            record.insert(part.0.clone(), entries.collect());
        }
    }
    record
}

/// Fills the object in which a finished job reports: how many records there are, that there is no more, and where.
fn report(connector: &Connector, ty: &RecordType, record: &mut Record, tally: Tally, address: Option<&str>) {
    for field in &ty.fields {
        let Some(object) = connector.object(&field.ty) else { continue };
        if !record.get(&field.name).is_none_or(Value::is_null) || object.key().is_some() {
            continue;
        }
        let value = |field: &Field| match &field.ty {
            Type::Int => tally.number(&field.name).unwrap_or(1).into(),
            Type::Bool => (tally.more && field.name.contains("more")).into(),
            Type::String | Type::Url if field.name.ends_with("url") => address.map_or(Value::Null, Value::from),
            _ => Value::Null,
        };
        let members: Map<String, Value> =
            object.fields.iter().map(|field| (field.name.clone(), value(field))).collect();
        record.insert(field.name.clone(), Value::Object(members));
    }
}

/// The collection that a job was asked for: the value that the request has for the last name in its path (`module`), or
/// a word of the request that is the last of its path.
pub(super) fn target(world: World<'_>, asked: &Value) -> Option<Spot> {
    let kinds = || world.catalog.kinds.iter().enumerate();
    let Some(by_name) = kinds().filter(|(_, kind)| kind.extra.is_some()).min_by_key(|(_, kind)| kind.segments.len())
    else {
        let words = texts(asked);
        let is_named = |kind: &Kind| matches!(kind.segments.last(), Some(Segment::Literal(word)) if words.contains(&word.as_str()));
        let named = kinds().filter(|(_, kind)| is_named(kind)).min_by_key(|(_, kind)| kind.segments.len())?;
        return Some(world.spot(named.0, |name| world.choices(name)?.into_iter().next()));
    };
    if let Some(Segment::Value(name)) = by_name.1.segments.last() {
        find(asked, name)?;
    }
    Some(world.spot(by_name.0, |name| first_text(find(asked, name)?)))
}

/// The criteria in what was asked: as JSON (`{ group_operator, group: […] }`, or one comparison), or as text. Criteria
/// that are an argument of their own are read with the others.
pub(super) fn criteria(world: World<'_>, kind: &Kind, asked: &Value) -> Result<Option<Test>, Refusal> {
    match find(asked, CRITERIA).filter(|_| asked.get(CRITERIA).is_none()) {
        Some(Value::String(text)) => select::criteria(world.connector, kind, CRITERIA, text).map(Some),
        Some(criteria @ Value::Object(_)) => {
            let wrong = |fault| Refusal::invalid(CRITERIA, format!("The criteria cannot be read: {fault}."));
            let mut criteria = parse_json(criteria).map_err(wrong)?;
            select::comparable(world.connector, kind, &mut criteria);
            Ok(Some(Test::Holds(criteria)))
        }
        _ => Ok(None),
    }
}

fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => members.values().find_map(first_text),
        _ => None,
    }
}

/// The texts that stand in an object, by themselves.
fn texts(value: &Value) -> Vec<&str> {
    value.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_str).collect()
}

/// The member of a name, at any depth.
pub(super) fn find<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| members.values().find_map(|member| find(member, name)))
}

/// The text behind `refuse:` somewhere in what was asked.
pub(super) fn wish(value: &Value, prefix: &str) -> Option<String> {
    match value {
        Value::String(text) => Some(text.strip_prefix(prefix)?.trim().to_owned()),
        Value::Array(items) => items.iter().find_map(|item| wish(item, prefix)),
        Value::Object(members) => members.values().find_map(|member| wish(member, prefix)),
        _ => None,
    }
}

/// A record that says what a condition wants to see.
fn told(record: Record, condition: Option<&Condition>) -> Record {
    let mut value = Value::Object(record);
    for (path, marker) in condition.into_iter().flat_map(markers) {
        if let ReplyPath::Body(steps) = path {
            set_at(&mut value, &steps, marker);
        }
    }
    as_record(value)
}

fn as_record(value: Value) -> Record {
    if let Value::Object(record) = value { record } else { Record::new() }
}
