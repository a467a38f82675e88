//! Jobs: started by one API, asked after by another, and done the second time somebody asks.

use serde_json::Value;
use zoho_connector::condition::Condition;
use zoho_connector::jobs::Job;
use zoho_connector::{Connector, ReplyPath, Type};

use crate::hosts::Segment;
use crate::message::Upload;
use crate::refusal::{Refusal, markers};
use crate::reply_path::{set_at, text_of};
use crate::seed::{Record, Spot, World};
use crate::store::{Found, Store};

use super::download::csv;

/// The member of a stored job that keeps what was asked for; it never leaves the sandbox.
const ASKED: &str = "_asked";

/// A job as it is when it has been started.
pub(super) fn started(job: &Job, mut record: Record, asked: &Value) -> Record {
    let mut value = Value::Object(std::mem::take(&mut record));
    // Without a word for "not yet", the first choice of a state is it, which a new record has.
    put(&mut value, job.pending.first());
    let mut record = as_record(value);
    record.insert(ASKED.to_owned(), asked.clone());
    record
}

/// A job as a caller sees it: pending when it is asked after for the first time, done from then on.
pub(super) fn polled(world: World<'_>, store: &mut Store, spot: &Spot, id: &str, mut record: Record) -> Record {
    let asked = record.remove(ASKED);
    let polls = store.polls.entry((spot.connector, id.to_owned())).or_default();
    *polls += 1;
    if *polls < 2 {
        return record;
    }
    let Some(job) = job_of(world.connector, spot, world) else { return record };
    let mut value = Value::Object(record);
    put(&mut value, job.done.first());
    let mut record = as_record(value);
    let count =
        asked.as_ref().and_then(|asked| target(world, asked)).map_or(0, |target| store.live(world, &target).len());
    report(world, spot, &mut record, count);
    record
}

/// What a finished job gives: the records that it was asked for, as CSV.
pub(super) fn result(world: World<'_>, store: &mut Store, record: &Record) -> Result<Upload, Refusal> {
    let asked = record.get(ASKED).cloned().unwrap_or_default();
    let target = target(world, &asked)
        .ok_or_else(|| Refusal::not_found("The job was asked for no collection that there is."))?;
    let positions = store.live(world, &target);
    let wanted = find(&asked, "fields").and_then(Value::as_array);
    let kind = world.kind(&target);
    let all = || {
        kind.into_iter().flat_map(|kind| {
            kind.record.fields.iter().map(|field| field.name.clone()).chain(kind.extra.iter().flatten().cloned())
        })
    };
    let columns: Vec<String> = match wanted {
        Some(fields) => fields.iter().map(text_of).collect(),
        None => all().collect(),
    };
    let row = |found: Found<'_>| {
        columns.iter().filter_map(|name| Some((name.clone(), found.member(name)?))).collect::<Record>()
    };
    let rows: Vec<Record> =
        positions.into_iter().filter_map(|index| store.at(world, &target, index).map(row)).collect();
    Ok(Upload {
        name: "result.csv".to_owned(),
        media: "text/csv;charset=utf-8".to_owned(),
        bytes: csv(&columns, &rows),
    })
}

/// Whether a record is a job.
pub(super) fn is_job(record: &Record) -> bool {
    record.contains_key(ASKED)
}

fn job_of<'a>(connector: &'a Connector, spot: &Spot, world: World<'_>) -> Option<&'a Job> {
    let starts = |api: &&zoho_connector::Api| {
        api.job.is_some() && world.catalog.plan(&api.name).is_some_and(|plan| plan.kind == Some(spot.kind))
    };
    connector.apis.values().find(starts)?.job.as_ref()
}

/// Fills the object in which a finished job reports: how many records there are, and that there is no more.
fn report(world: World<'_>, spot: &Spot, record: &mut Record, count: usize) {
    let fields = world.kind(spot).map_or(&[][..], |kind| &kind.record.fields);
    for field in fields {
        let Some(object) = world.connector.object(&field.ty) else { continue };
        if !record.get(&field.name).is_none_or(Value::is_null) || object.key().is_some() {
            continue;
        }
        let value = |field: &zoho_connector::Field| match &field.ty {
            Type::Int if field.name.contains("count") || field.name.contains("per_page") => count.into(),
            Type::Int => 1.into(),
            Type::Bool => false.into(),
            _ => Value::Null,
        };
        let members = object.fields.iter().map(|field| (field.name.clone(), value(field))).collect();
        record.insert(field.name.clone(), Value::Object(members));
    }
}

/// The collection that a job was asked for: the value that the request has for the last name in its path (`module`).
fn target(world: World<'_>, asked: &Value) -> Option<Spot> {
    let kinds = world.catalog.kinds.iter().enumerate();
    let by_name = kinds.filter(|(_, kind)| kind.extra.is_some()).min_by_key(|(_, kind)| kind.segments.len())?;
    if let Some(Segment::Value(name)) = by_name.1.segments.last() {
        find(asked, name)?;
    }
    Some(world.spot(by_name.0, |name| first_text(find(asked, name)?)))
}

fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => members.values().find_map(first_text),
        _ => None,
    }
}

/// The member of a name, at any depth.
fn find<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| members.values().find_map(|member| find(member, name)))
}

fn put(record: &mut Value, condition: Option<&Condition>) {
    for (path, value) in condition.into_iter().flat_map(markers) {
        if let ReplyPath::Body(steps) = path {
            set_at(record, &steps, value);
        }
    }
}

fn as_record(value: Value) -> Record {
    if let Value::Object(record) = value { record } else { Record::new() }
}
