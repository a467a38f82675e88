//! Writing what a call has come to at the places where the connector says it is.

mod form;

use serde_json::Value;
use zoho_connector::condition::{Condition, Expected, Subject};
use zoho_connector::responses::Outcomes;
use zoho_connector::{FailureKind, ReplyPath};

use crate::message::{Reply, Upload};
use crate::paging::{Window, write_rest};
use crate::refusal::{Refusal, entry_of, markers};
use crate::reply_path::{Draft, from_text, set_at};
use crate::seed::Record;
use crate::service::Call;

/// What a call has come to.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A part of a list, and how long the list is.
    List {
        records: Vec<Value>,
        window: Option<Window>,
        total: usize,
    },
    One(Value),
    /// What became of each record of a request.
    Outcomes(Vec<Result<Record, Refusal>>),
    File(Upload),
    /// Nothing is said but that it is done.
    Done,
    /// Nothing has changed since the time that was sent.
    NotModified,
}

/// The reply that says it.
pub(crate) fn reply(call: &Call<'_>, answer: Answer) -> Reply {
    let rules = &call.api.responses;
    let mut draft = Draft::default();
    let whole = ReplyPath::Body(Vec::new());
    match answer {
        Answer::NotModified => return Reply::empty(304),
        Answer::File(file) => return file_reply(file),
        Answer::Outcomes(entries) => return outcomes_reply(call, entries),
        Answer::Done => {
            say_success(call, &whole, &mut draft);
            return if draft.body.is_null() { Reply::empty(204) } else { draft.into_reply(200) };
        }
        Answer::List { records, .. } if records.is_empty() && !rules.empty.is_empty() => return empty_reply(call),
        Answer::List { records, window, total } => {
            let path = rules.records.first().unwrap_or(&whole);
            say_success(call, path, &mut draft);
            form::write(call, &mut draft, path, &rules.records_form, records, true);
            if let (Some(style), Some(window)) = (&call.api.paginate, window) {
                write_rest(style, call.request, window, total, &mut draft);
            }
        }
        Answer::One(record) => {
            let path = rules.record.as_ref().unwrap_or(&whole);
            say_success(call, path, &mut draft);
            form::write(call, &mut draft, path, &rules.record_form, vec![record], false);
        }
    }
    draft.into_reply(200)
}

/// Writes what the connector tells a success by, for a reply that has its records at a path.
fn say_success(call: &Call<'_>, records: &ReplyPath, draft: &mut Draft) {
    let rules = &call.api.responses;
    if let Some(condition) = success_for(rules.success.as_deref().unwrap_or_default(), records) {
        if let (Some(path), Some(code)) = (rules.error.code.first(), condition.code()) {
            draft.set(path, from_text(code));
        }
        for (path, value) in markers(condition) {
            draft.set(&path, value);
        }
    }
}

/// Of several forms of success, the one that fits a reply: what looks into the member where its records are, or else
/// what looks at the top.
fn success_for<'c>(conditions: &'c [Condition], records: &ReplyPath) -> Option<&'c Condition> {
    let depth_below = |path: &ReplyPath| match (path, records) {
        (ReplyPath::Body(own), ReplyPath::Body(other)) if own.first() == other.first() => 0,
        (ReplyPath::Body(own), _) => own.len(),
        (ReplyPath::Header(_), _) => 1,
    };
    let depth = |condition: &&Condition| {
        let paths = condition.all.iter().filter_map(|test| match &test.subject {
            Subject::Path(path) => Some(depth_below(path)),
            _ => None,
        });
        paths.max().unwrap_or(0)
    };
    conditions.iter().min_by_key(depth)
}

/// The service's answer for an empty list.
fn empty_reply(call: &Call<'_>) -> Reply {
    let rules = &call.api.responses;
    let Some(condition) = rules.empty.first() else { return Reply::empty(204) };
    let mut draft = Draft::default();
    if let (Some(path), Some(code)) = (rules.error.code.first(), condition.code()) {
        draft.set(path, from_text(code));
    }
    for (path, value) in markers(condition) {
        draft.set(&path, value);
    }
    let status = condition.http().unwrap_or(200);
    if status == 204 { Reply::empty(204) } else { draft.into_reply(status) }
}

/// 200 where all went well, 207 where some did, and the status of a wrong request where none did.
fn outcomes_reply(call: &Call<'_>, entries: Vec<Result<Record, Refusal>>) -> Reply {
    let Some(rules) = &call.api.responses.outcomes else { return Reply::empty(204) };
    let failed = entries.iter().filter(|entry| entry.is_err()).count();
    let status = match failed {
        0 => 200,
        failed if failed < entries.len() => 207,
        _ => entry_of(&call.api.responses, FailureKind::Invalid).and_then(Condition::http).unwrap_or(400),
    };
    let list = entries.into_iter().map(|entry| match entry {
        Ok(record) => success_entry(rules, record),
        Err(refusal) => failure_entry(call, rules, &refusal),
    });
    let mut draft = Draft::default();
    draft.set(&rules.at, list.collect());
    draft.into_reply(status)
}

fn success_entry(rules: &Outcomes, record: Record) -> Value {
    let mut entry = Value::Null;
    for condition in rules.success.iter().take(1) {
        if let (Some(path), Some(code)) = (rules.error.code.first(), condition.code()) {
            put(&mut entry, path, from_text(code));
        }
        markers(condition).into_iter().for_each(|(path, value)| put(&mut entry, &path, value));
    }
    if let Some(path) = rules.error.message.first() {
        put(&mut entry, path, "done".into());
    }
    put(&mut entry, rules.record.as_ref().unwrap_or(&ReplyPath::Body(Vec::new())), Value::Object(record));
    entry
}

fn failure_entry(call: &Call<'_>, rules: &Outcomes, refusal: &Refusal) -> Value {
    let mut entry = Value::Null;
    let conditions = call.api.responses.classify.iter().filter(|(kind, _)| *kind == refusal.kind);
    let code = refusal
        .code
        .clone()
        .or_else(|| conditions.filter_map(|(_, condition)| condition.code()).next().map(str::to_owned));
    if let Some(path) = rules.error.code.first() {
        put(
            &mut entry,
            path,
            code.map_or_else(|| refusal.kind.as_str().to_ascii_uppercase().into(), |code| from_text(&code)),
        );
    }
    if let Some(path) = rules.error.message.first() {
        put(&mut entry, path, refusal.message.clone().into());
    }
    if let (Some(path), Some(field)) = (rules.error.field.first(), &refusal.field) {
        put(&mut entry, path, field.clone().into());
    }
    for test in rules.success.iter().flat_map(|condition| &condition.all) {
        if let (Subject::Path(path), Expected::Any(_)) = (&test.subject, &test.expected) {
            put(&mut entry, path, "error".into());
        }
    }
    entry
}

fn put(entry: &mut Value, path: &ReplyPath, value: Value) {
    if let ReplyPath::Body(steps) = path {
        set_at(entry, steps, value);
    }
}

/// The reply with a file.
pub(crate) fn file_reply(file: Upload) -> Reply {
    let plain: String =
        file.name.chars().map(|c| if c.is_ascii() && !c.is_control() && c != '"' { c } else { '_' }).collect();
    let escaped = percent_encoding::utf8_percent_encode(&file.name, percent_encoding::NON_ALPHANUMERIC);
    let mut reply = Reply::of(200, &file.media, file.bytes);
    reply.set("content-disposition", &format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}"));
    reply
}
