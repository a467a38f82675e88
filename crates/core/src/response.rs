//! Judging a reply by the connector's rules. No I/O.
//!
//! In this order: `outcomes`, `empty`, `success` (which narrows the 2xx), error. What fits none is an error, never an
//! empty list.

use std::borrow::Cow;
use std::sync::OnceLock;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::value::RawValue;
use zoho_connector::condition::{Condition, Subject};
use zoho_connector::responses::RecordForm;
use zoho_connector::{Api, Connector, FailureKind, ReplyPath, Returns};

use crate::error::{Error, ErrorKind};
use crate::record::outline::{Outline, Part, depth};
use crate::record::{Record, is_null, items, text_in, text_of};

mod failure;
mod form;
pub(crate) mod outcomes;

use outcomes::{Outcome, Reading};

/// A reply as it came.
#[derive(Debug, Clone)]
pub(crate) struct RawReply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What is where in the body, once somebody has looked; nothing of one that is not JSON.
    outline: OnceLock<Option<Outline>>,
}

impl RawReply {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body, outline: OnceLock::new() }
    }

    /// A body is read once, as deep as the first that looks wants it.
    fn outline(&self, depth: u8) -> Option<&Outline> {
        self.outline.get_or_init(|| Outline::read(&self.body, depth)).as_ref()
    }
}

/// What a reply says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Reply {
    /// It was done, and nothing is to be read.
    Done,
    /// One record.
    Record(Record),
    /// The records of a list, or of one page of it.
    Records(Vec<Record>),
    /// The results of each record of a bulk request, in its order.
    Outcomes(Vec<Outcome>),
}

/// A reply with what paths can find in it.
pub(crate) struct Looked<'a> {
    pub(crate) raw: &'a RawReply,
    outline: Option<&'a Outline>,
}

impl<'a> Looked<'a> {
    /// Reads a body, unless that was done before; one that is not JSON has nothing to find.
    pub(crate) fn at(raw: &'a RawReply) -> Self {
        Self { raw, outline: raw.outline(depth::RECORDS) }
    }

    /// The same of a reply of an API, as deep as its records or outcomes are.
    fn by(api: &Api, raw: &'a RawReply) -> Self {
        let below = |depth: u8, path: &ReplyPath| match path {
            ReplyPath::Body(steps) => u8::try_from(steps.len()).map_or(u8::MAX, |steps| steps.saturating_add(depth)),
            ReplyPath::Header(_) => 0,
        };
        let records = api.responses.records.iter().map(|path| below(depth::MEMBERS, path));
        let outcomes = api.responses.outcomes.iter().map(|outcomes| below(depth::RESULTS, &outcomes.at));
        let depth = records.chain(outcomes).max().unwrap_or(depth::RECORDS);
        Self { raw, outline: raw.outline(depth.min(depth::MOST)) }
    }

    fn is_json(&self) -> bool {
        self.outline.is_some()
    }

    /// The whole body, for those that want more of it than a member.
    fn json(&self) -> Option<&'a RawValue> {
        self.outline.and_then(|outline| outline.whole().value(&self.raw.body))
    }

    /// All values at a path.
    fn values(&self, path: &ReplyPath) -> Vec<&'a RawValue> {
        self.outline.map(|outline| outline.values(outline.whole(), &self.raw.body, path)).unwrap_or_default()
    }

    /// The value at a path that leads to one and not too deep, so that it is not read again.
    fn part(&self, path: &ReplyPath) -> Option<&'a Part> {
        self.outline.and_then(|outline| outline.at(outline.whole(), &self.raw.body, path))
    }

    /// The entries of a list, as records that share its memory.
    fn entries(&self, part: &Part) -> Vec<Record> {
        let body = &self.raw.body;
        match self.outline.filter(|_| part.is_open()) {
            Some(outline) => outline.inside(part).map(|entry| Record::at(body, entry.span)).collect(),
            // It lies deeper than was read.
            None => part
                .value(body)
                .map(items)
                .unwrap_or_default()
                .into_iter()
                .map(|value| Record::within(body, value))
                .collect(),
        }
    }

    /// The first value at a path, as text; `null` is absent.
    pub(crate) fn text(&self, path: &ReplyPath) -> Option<String> {
        match (path, self.part(path)) {
            (ReplyPath::Header(name), _) => {
                self.raw.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
            }
            (_, Some(part)) => part.scalar(&self.raw.body).map(Cow::into_owned),
            (path, None) => self.values(path).into_iter().find(|value| !is_null(value)).map(text_of),
        }
    }

    fn first_text(&self, paths: &[ReplyPath]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// Whether a condition holds. The error code is looked for at the paths of the error.
    fn holds(&self, condition: &Condition, code: &[ReplyPath]) -> bool {
        condition.holds(&|subject, found| match subject {
            Subject::Http => found(&self.raw.status.to_string()),
            Subject::Code => self.first_text(code).iter().for_each(|code| found(code)),
            Subject::Path(path @ ReplyPath::Header(_)) => self.text(path).iter().for_each(|value| found(value)),
            Subject::Path(path) => {
                let values = self.values(path).into_iter().filter(|value| !is_null(value));
                values.for_each(|value| found(&text_in(value)));
            }
        })
    }

    fn any(&self, conditions: &[Condition], code: &[ReplyPath]) -> bool {
        conditions.iter().any(|condition| self.holds(condition, code))
    }
}

/// Judges a reply of an API.
///
/// # Errors
/// [`ErrorKind::Service`] and [`ErrorKind::Refused`] where the service says no, [`ErrorKind::Unexpected`] where the
/// reply is neither success nor error as declared.
pub(crate) fn judge(connector: &Connector, api: &Api, raw: &RawReply) -> Result<Reply, Error> {
    judge_reply(connector, api, raw).map_err(|error| error.operation_of(&connector.name, &api.name))
}

fn judge_reply(connector: &Connector, api: &Api, raw: &RawReply) -> Result<Reply, Error> {
    let looked = Looked::by(api, raw);
    let rules = &api.responses;
    let reading = rules.outcomes.as_ref().map(|outcomes| Reading::new(connector, api, outcomes));
    if let Some(entries) = reading.and_then(|reading| reading.of_reply(&looked)) {
        return Ok(Reply::Outcomes(entries));
    }
    if looked.any(&rules.empty, &rules.error.code) || raw.status == 304 {
        return nothing_there(api, raw);
    }
    if !is_success(api, &looked) {
        return Err(failure::of(api, &looked));
    }
    content(api, &looked)
}

/// What "nothing there" means: an empty list, one record that is not there, or that all is done.
fn nothing_there(api: &Api, raw: &RawReply) -> Result<Reply, Error> {
    match api.returns {
        Returns::Many(_) => Ok(Reply::Records(Vec::new())),
        Returns::Nothing => Ok(Reply::Done),
        // An unsafe call that answers with nothing was carried out; a reading one found nothing.
        Returns::One(_) | Returns::File if api.verb != zoho_connector::Verb::Get => Ok(Reply::Done),
        _ if raw.status == 304 => Ok(Reply::Done),
        _ => {
            Err(Error::new(ErrorKind::Service(FailureKind::NotFound), "there is no such record").status_of(raw.status))
        }
    }
}

/// Whether a reply is a success. A file is one by its status alone, unless it is JSON where the rules can be asked.
fn is_success(api: &Api, looked: &Looked<'_>) -> bool {
    let rules = &api.responses;
    if !(200..300).contains(&looked.raw.status) {
        return false;
    }
    match &rules.success {
        Some(_) if api.returns == Returns::File && !looked.is_json() => takes_status(api, looked.raw.status),
        Some(_) if looked.raw.body.is_empty() => api.returns == Returns::Nothing,
        Some(conditions) => looked.any(conditions, &rules.error.code),
        None => true,
    }
}

/// Whether a status is one that `success` allows. Of a file there is nothing else to look at.
pub(crate) fn takes_status(api: &Api, status: u16) -> bool {
    let success = api.responses.success.as_ref();
    success.is_none_or(|conditions| conditions.iter().any(|condition| condition.allows_status(status)))
}

fn content(api: &Api, looked: &Looked<'_>) -> Result<Reply, Error> {
    match &api.returns {
        Returns::Nothing | Returns::File => Ok(Reply::Done),
        Returns::Many(_) => records(api, looked).map(Reply::Records),
        Returns::One(_) => {
            let path = api.responses.record.clone().unwrap_or(ReplyPath::Body(Vec::new()));
            let value = looked.values(&path).into_iter().find(|value| !is_null(value));
            match value.and_then(|value| one_record(&api.responses.record_form, looked, value)) {
                Some(record) => Ok(Reply::Record(record)),
                None => Err(failure::unexpected(looked, &format!("has no record at `{path}`"))),
            }
        }
    }
}

/// The one record at a value, in the form of an object.
fn one_record(form: &RecordForm, looked: &Looked<'_>, value: &RawValue) -> Option<Record> {
    match form {
        RecordForm::Plain => Some(Record::within(&looked.raw.body, value)),
        form => form::records(form, looked.json()?, value).into_iter().next(),
    }
}

/// The records of a list: the entries at each path, joined. A path that is missing is no empty list.
fn records(api: &Api, looked: &Looked<'_>) -> Result<Vec<Record>, Error> {
    let rules = &api.responses;
    let mut records = Vec::new();
    let mut found = false;
    for path in &rules.records {
        match looked.part(path).filter(|_| rules.records_form == RecordForm::Plain) {
            Some(part) => found |= add_part(looked, part, &mut records),
            None => {
                looked.values(path).into_iter().for_each(|value| found |= add_value(api, looked, value, &mut records));
            }
        }
    }
    if found {
        return Ok(records);
    }
    let paths: Vec<String> = rules.records.iter().map(|path| format!("`{path}`")).collect();
    Err(failure::unexpected(looked, &format!("has no list at {}", paths.join(" or "))))
}

/// Adds the records of a value: its entries, or the one that it is. Whether it can be a list at all.
fn add_part(looked: &Looked<'_>, part: &Part, records: &mut Vec<Record>) -> bool {
    match part.text(&looked.raw.body) {
        [b'{', ..] => records.push(Record::at(&looked.raw.body, part.span)),
        [b'[', ..] => records.extend(looked.entries(part)),
        text => return text == b"null",
    }
    true
}

/// The same, of a value that lies deeper, or in another form.
fn add_value(api: &Api, looked: &Looked<'_>, value: &RawValue, records: &mut Vec<Record>) -> bool {
    let plain = |value: &RawValue| Record::within(&looked.raw.body, value);
    let is_object = value.get().starts_with('{');
    match (&api.responses.records_form, looked.json()) {
        (RecordForm::Plain, _) | (_, None) if is_object => records.push(plain(value)),
        (RecordForm::Plain, _) | (_, None) => records.extend(items(value).into_iter().map(plain)),
        (form, Some(whole)) => records.extend(form::records(form, whole, value)),
    }
    is_object || value.get().starts_with('[') || is_null(value)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    fn connector() -> Connector {
        let yaml = "
connector: test
title: Zoho Test
base_url: https://test.{zoho}
scope_prefix: [Test]
responses:
  records: data
  empty: [{ http: 204 }, { http: 404, code: 3100 }]
  success: { status: { not: error } }
  error: { code: code, message: message, field: details.name }
  outcomes: { success: { code: SUCCESS }, record: details, code: code, message: message, field: details.api_name }
  classify:
    unauthenticated: [{ http: 401, code: DEAD }]
    missing_scope: [{ http: 401, code: SCOPE }]
    quota_spent: [{ http: 429, code: DAY }]
types: { T: { id!: id } }
apis:
  t.list: { get: /t, scopes: [], returns: [T] }
  t.get: { get: '/t/{id}', scopes: [], record: data.0, returns: T }
  t.insert: { post: /t, scopes: [], body: { data!: [map, 2] }, batch: data, outcomes: data, returns: [T] }
  t.remove: { delete: '/t/{id}', scopes: [] }
  t.deep: { get: /deep, scopes: [], records: response.result, returns: [T] }
  t.deepest: { get: /deepest, scopes: [], records: a.b.c.d.e.f.g.h.i, returns: [T] }
  t.insert_deep: { post: /deep, scopes: [], body: { data!: [map, 2] }, batch: data, outcomes: response.result, returns: [T] }
";
        read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    fn judged(api: &str, status: u16, body: &str) -> String {
        judged_with(api, status, body, &[])
    }

    fn judged_with(api: &str, status: u16, body: &str, headers: &[(&'static str, &'static str)]) -> String {
        let connector = connector();
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let raw = RawReply::new(status, headers, Bytes::copy_from_slice(body.as_bytes()));
        match judge(&connector, &connector.apis[api], &raw) {
            Ok(reply) => format!("{reply:?}"),
            Err(error) => format!("{:?} | {error} | {}", error.kind(), error.excerpt().unwrap_or_default()),
        }
    }

    #[test]
    fn records_come_from_where_the_connector_says() {
        assert_eq!(
            judged("t.list", 200, r#"{"data":[{"id":"1"},{"id":"2"}]}"#),
            r#"Records([{"id":"1"}, {"id":"2"}])"#
        );
        assert_eq!(judged("t.list", 204, ""), "Records([])");
        assert_eq!(judged("t.list", 404, r#"{"code":3100}"#), "Records([])");
        assert_eq!(judged("t.list", 200, r#"{"data":[]}"#), "Records([])");
        assert_eq!(judged("t.get", 200, r#"{"data":[{"id":"1"}]}"#), r#"Record({"id":"1"})"#);
        assert_eq!(judged("t.remove", 204, ""), "Done");
    }

    #[test]
    fn records_and_outcomes_are_found_however_deep_they_lie() {
        let (list, two) = (r#"[{"id":"1"},{"id":"2"}]"#, r#"Records([{"id":"1"}, {"id":"2"}])"#);
        assert_eq!(judged("t.deep", 200, &format!(r#"{{"response":{{"result":{list}}}}}"#)), two);
        let (open, close) =
            ("abcdefghi".chars().map(|name| format!("{{\"{name}\":")).collect::<String>(), "}".repeat(9));
        assert_eq!(judged("t.deepest", 200, &format!("{open}{list}{close}")), two);
        let results = r#"{"response":{"result":[{"code":"SUCCESS","details":{"id":"1"}},{"code":"X"}]}}"#;
        let said = judged("t.insert_deep", 200, results);
        assert!(said.contains("status: Created, id: Some(\"1\")") && said.contains("status: Failed"), "{said}");
    }

    #[test]
    fn what_is_neither_success_nor_error_is_never_an_empty_list() {
        assert_eq!(
            judged("t.list", 200, r#"{"tickets":[]}"#),
            "Unexpected | test t.list: the reply has no list at `data` (HTTP 200) | {\"tickets\":[]}"
        );
        assert_eq!(
            judged("t.list", 200, "<html>sign in"),
            "Unexpected | test t.list: the reply is not JSON (HTTP 200) | <html>sign in"
        );
        assert_eq!(
            judged("t.list", 200, r#"{"data":[{"id""#),
            "Unexpected | test t.list: the reply is not JSON (HTTP 200) | {\"data\":[{\"id\""
        );
        assert_eq!(
            judged("t.list", 302, ""),
            "Unexpected | test t.list: the reply is neither a success nor an error of the service (HTTP 302) | "
        );
        assert_eq!(judged("t.get", 204, ""), "Service(NotFound) | test t.get: there is no such record (HTTP 204) | ");
    }

    #[test]
    fn errors_are_sorted_by_the_connector_first() {
        let dead = r#"{"code":"DEAD","message":"no","status":"error","details":{"name":"x"}}"#;
        assert_eq!(
            judged("t.list", 401, dead),
            "Service(Unauthenticated) | test t.list: no (HTTP 401, code DEAD, field x) | "
        );
        assert_eq!(
            judged("t.list", 401, r#"{"code":"SCOPE","message":"no"}"#),
            "Service(MissingScope) | test t.list: no (HTTP 401, code SCOPE) | "
        );
        assert_eq!(
            judged("t.list", 429, r#"{"code":"DAY","message":"spent"}"#),
            "Service(QuotaSpent) | test t.list: spent (HTTP 429, code DAY) | "
        );
        assert_eq!(
            judged("t.list", 429, r#"{"code":"OTHER","message":"slow"}"#),
            "Service(Busy) | test t.list: slow (HTTP 429, code OTHER) | "
        );
        assert_eq!(
            judged("t.list", 200, r#"{"status":"error","code":"ODD","message":"no"}"#),
            "Refused | test t.list: no (HTTP 200, code ODD) | "
        );
        assert_eq!(
            judged("t.list", 502, "<html>"),
            "Service(Unavailable) | test t.list: the service answered with HTTP 502 (HTTP 502) | <html>"
        );
    }

    #[test]
    fn outcomes_come_before_errors_whatever_the_status() {
        let mixed = r#"{"data":[{"code":"SUCCESS","details":{"id":"1"}},{"code":"INVALID_DATA","message":"bad","status":"error","details":{"api_name":"Email"}}]}"#;
        for status in [200, 207, 400] {
            let said = judged("t.insert", status, mixed);
            assert!(said.starts_with("Outcomes([Outcome { index: 0, status: Created"), "{said}");
            assert!(
                said.contains("code: Some(\"INVALID_DATA\"), message: Some(\"bad\"), field: Some(\"Email\")"),
                "{said}"
            );
        }
        assert!(judged("t.insert", 401, r#"{"code":"DEAD","message":"no"}"#).starts_with("Service(Unauthenticated)"));
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        use http::header::{DATE, RETRY_AFTER};
        let connector = connector();
        let wait = |headers: &[(http::HeaderName, &str)]| {
            let headers = headers.iter().map(|(name, text)| (name.clone(), text.parse().unwrap())).collect();
            let raw = RawReply::new(429, headers, Bytes::new());
            let error = judge(&connector, &connector.apis["t.list"], &raw).unwrap_err();
            error.retry_after().map(|wait| wait.as_secs())
        };
        let date = (DATE, "Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(wait(&[(RETRY_AFTER, "7")]), Some(7));
        assert_eq!(wait(&[date.clone(), (RETRY_AFTER, "Wed, 21 Oct 2026 07:29:30 GMT")]), Some(90));
        assert_eq!(wait(&[date, (RETRY_AFTER, "Wed, 21 Oct 2026 07:00:00 GMT")]), Some(0));
        assert_eq!(wait(&[(RETRY_AFTER, "Wed, 21 Oct 2026 07:29:30 GMT")]), None);
        assert_eq!(wait(&[(RETRY_AFTER, "soon")]), None);
    }
}
