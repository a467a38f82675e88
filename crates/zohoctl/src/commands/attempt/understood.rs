//! What a connector makes of a reply, with the place in its files where each part of it is said.

use serde_json::Value;
use zoho_connector::condition::{Condition, Subject};
use zoho_connector::pagination::{PageKind, PageStop};
use zoho_connector::provenance::{Provenance, Word};
use zoho_connector::{Api, FailureKind, Pagination, ReplyPath, Returns, SourceFile, Type};
use zoho_core::{Error, ErrorKind, Exchange, Invocation, Page, Record, Reply, Request};

use super::seen::Seen;
use super::{Gave, members::Members};
use crate::commands::explain::place;

/// A call and what was made of it.
pub(super) struct Understood<'a> {
    pub(super) exchange: Option<Exchange>,
    /// What was understood: a heading, and words about it.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The records, as JSON.
    pub(super) records: Vec<Value>,
    /// The request of the next page.
    pub(super) next: Option<String>,
    /// What went wrong.
    pub(super) failure: Option<&'a Error>,
    pub(super) invocation: &'a Invocation,
}

impl<'a> Understood<'a> {
    /// Puts together what the connector made of a call, and why.
    pub(super) fn of(
        files: &[SourceFile],
        invocation: &'a Invocation,
        page_size: Option<u64>,
        seen: &Seen,
        gave: &'a Result<Gave, Error>,
    ) -> Self {
        let api = invocation.api();
        let words = Provenance::of(files).words(api);
        let exchange = seen.exchange();
        let looking = Looking { files, words, api, reply: Whole::of(exchange.as_ref()) };
        let mut understood =
            Self { exchange, facts: Vec::new(), records: Vec::new(), next: None, failure: None, invocation };
        match gave {
            Ok(Gave::Page(page, next)) => {
                understood.records = page.records.iter().map(Record::to_value).collect();
                understood.facts.push(("Records", looking.records(page)));
                understood.facts.push(("Next page", looking.next(page, next.as_deref(), page_size)));
                understood.next = next.as_ref().map(|request| request.url.to_string());
            }
            Ok(Gave::Reply(reply)) => understood.reply(&looking, reply),
            Ok(Gave::File { name, media_type, size }) => {
                let name = name.as_deref().unwrap_or("without a name");
                let media_type = media_type.as_deref().unwrap_or("of no media type");
                understood.facts.push(("File", format!("{name}, {media_type}, {size} bytes")));
            }
            Err(error) => {
                understood.failure = Some(error);
                understood.facts.extend(looking.failure(error));
            }
        }
        understood
    }

    fn reply(&mut self, looking: &Looking<'_>, reply: &Reply) {
        match reply {
            Reply::Record(record) => {
                self.records = vec![record.to_value()];
                self.facts
                    .push(("Record", format!("at {}", looking.path("record", looking.api.responses.record.as_ref()))));
            }
            Reply::Records(records) => {
                self.records = records.iter().map(Record::to_value).collect();
                self.facts.push(("Records", records.len().to_string()));
            }
            Reply::Outcomes(outcomes) => {
                let count = |word: &str| outcomes.iter().filter(|one| one.status.as_str() == word).count();
                let kinds = ["created", "updated", "unchanged", "failed"].map(|word| (word, count(word)));
                let kinds = kinds.iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{count} {word}"));
                let at = looking.api.responses.outcomes.as_ref().map(|outcomes| &outcomes.at);
                let at = looking.path("outcomes.at", at);
                self.facts.push((
                    "Outcomes",
                    format!("{} at {at}: {}", outcomes.len(), kinds.collect::<Vec<_>>().join(", ")),
                ));
                self.records = outcomes.iter().filter_map(|one| Some(one.record.as_ref()?.to_value())).collect();
            }
            _ => self.facts.push(("Done", "a success, and nothing of it is read".to_owned())),
        }
    }

    /// What of the records the types do not say, or say otherwise.
    pub(super) fn members(&self) -> Option<Members<'_>> {
        let api = self.invocation.api();
        let ty = match &api.returns {
            Returns::One(ty) | Returns::Many(ty) if api.responses.outcomes.is_none() => ty,
            _ => return None,
        };
        let is_object = matches!(ty, Type::Record(_) | Type::Object(_) | Type::Map | Type::Any);
        (is_object && !self.records.is_empty()).then(|| Members::of(self.invocation.connector(), ty, &self.records))
    }
}

/// The reply as a whole, for what is asked of it beside the records.
struct Whole {
    status: u16,
    headers: Vec<(String, String)>,
    body: Record,
}

impl Whole {
    fn of(exchange: Option<&Exchange>) -> Self {
        let reply = exchange.and_then(|exchange| exchange.reply.as_ref());
        let body = reply.map(|reply| String::from_utf8_lossy(&reply.body.bytes).into_owned());
        Self {
            status: reply.map_or(0, |reply| reply.status),
            headers: reply.map(|reply| reply.headers.clone()).unwrap_or_default(),
            body: Record::from_text(body.unwrap_or_default()),
        }
    }

    fn text(&self, path: &ReplyPath) -> Option<String> {
        match path {
            ReplyPath::Header(name) => {
                let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.clone())
            }
            path => self.body.text_at(path).filter(|text| text != "null"),
        }
    }

    fn holds(&self, condition: &Condition, code: &[ReplyPath]) -> bool {
        condition.holds(&|subject, found| {
            let value = match subject {
                Subject::Http => Some(self.status.to_string()),
                Subject::Code => code.iter().find_map(|path| self.text(path)),
                Subject::Path(path) => self.text(path),
            };
            value.iter().for_each(|value| found(value));
        })
    }
}

struct Looking<'a> {
    files: &'a [SourceFile],
    words: Vec<Word>,
    api: &'a Api,
    reply: Whole,
}

impl Looking<'_> {
    /// The file and the line where a word is said, in brackets.
    fn said(&self, name: &str) -> String {
        let Some(word) = self.words.iter().find(|word| word.name == name) else { return String::new() };
        let (file, line) = place(self.files, &word.origin);
        format!(" ({name}, {file}:{line})")
    }

    fn path(&self, word: &str, path: Option<&ReplyPath>) -> String {
        let path = path.map_or_else(|| ".".to_owned(), ToString::to_string);
        format!("`{path}`{}", self.said(word))
    }

    fn records(&self, page: &Page) -> String {
        let rules = &self.api.responses;
        let code = &rules.error.code;
        if page.records.is_empty() && rules.empty.iter().any(|condition| self.reply.holds(condition, code)) {
            return format!("none: the answer means that nothing is there{}", self.said("empty"));
        }
        let paths: Vec<String> = rules.records.iter().map(|path| format!("`{path}`")).collect();
        format!("{} at {}{}", page.records.len(), paths.join(" and "), self.said("records"))
    }

    /// Which page is next, and why, or why none is.
    fn next(&self, page: &Page, next: Option<&Request>, wish: Option<u64>) -> String {
        let Some(pagination) = &self.api.paginate else {
            return "none: the API does not say `paginate`".to_owned();
        };
        let reasons = self.reasons(pagination, page, wish);
        let reasons = reasons.join("; ");
        match (next, &page.cut) {
            (_, Some(cut)) => format!("none: {cut}{}", self.said("paginate.ceiling")),
            (Some(next), None) => format!("{}: {reasons}", asked_with(pagination, next)),
            (None, None) => format!("none: {reasons}"),
        }
    }

    /// What of the reply decides on the next page.
    fn reasons(&self, pagination: &Pagination, page: &Page, wish: Option<u64>) -> Vec<String> {
        let mut reasons = Vec::new();
        if let PageKind::Cursor { next, .. } | PageKind::Link { next } = &pagination.kind {
            let word = if matches!(pagination.kind, PageKind::Link { .. }) { "paginate.link" } else { "paginate.next" };
            let there =
                if self.reply.text(next).is_some_and(|text| !text.is_empty()) { "is there" } else { "is not there" };
            reasons.push(format!("`{next}` {there}{}", self.said(word)));
        }
        if let Some(path) = &pagination.stop.more {
            let flag = self.reply.text(path).map_or_else(|| "is not there".to_owned(), |flag| format!("is `{flag}`"));
            reasons.push(format!("`{path}` {flag}{}", self.said("paginate.more")));
        }
        let count = page.records.len() as u64 + page.repeated;
        if let Some(path) = &pagination.stop.total {
            let total =
                self.reply.text(path).map_or_else(|| "is not there".to_owned(), |total| format!("is `{total}`"));
            reasons.push(format!("`{path}` {total}, and {count} came{}", self.said("paginate.total")));
        }
        let size = wish.map_or_else(|| pagination.size(), |wish| Some(pagination.size_near(wish)));
        match (pagination.stop.page, size) {
            _ if pagination.stop.more.is_some() => {}
            (Some(PageStop::Short), Some(size)) if count < size => {
                reasons
                    .push(format!("{count} records are fewer than the {size} asked for{}", self.said("paginate.stop")));
            }
            (Some(PageStop::Short), Some(size)) => {
                reasons.push(format!("the page is full, with {count} of {size}{}", self.said("paginate.stop")));
            }
            (Some(PageStop::Empty), _) => {
                let what = if count == 0 { "the page is empty" } else { "the page is not empty" };
                reasons.push(format!("{what}{}", self.said("paginate.stop")));
            }
            _ => {}
        }
        reasons
    }

    /// What kind of error it is, what says so, and what would help.
    fn failure(&self, error: &Error) -> Vec<(&'static str, String)> {
        let rules = &self.api.responses;
        let mut facts = vec![("Kind", self.kind(error))];
        let found = |paths: &[ReplyPath]| {
            let path = paths.iter().find(|path| self.reply.text(path).is_some());
            path.map(|path| (path.to_string(), self.reply.text(path).unwrap_or_default()))
        };
        for (heading, word, paths) in [
            ("Code", "error.code", &rules.error.code),
            ("Message", "error.message", &rules.error.message),
            ("Field", "error.field", &rules.error.field),
        ] {
            if let Some((path, text)) = found(paths) {
                facts.push((heading, format!("{text}, at `{path}`{}", self.said(word))));
            } else if !paths.is_empty() && heading != "Field" {
                let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
                facts.push((heading, format!("none at {}{}", paths.join(" or "), self.said(word))));
            }
        }
        if error.kind() == ErrorKind::Unexpected {
            let lists = lists_in(&self.reply.body.to_value());
            if self.api.is_list() && !lists.is_empty() {
                facts.push(("Lists", format!("the reply has lists at {}: `records` names the one", lists.join(", "))));
            }
        }
        facts
    }

    fn kind(&self, error: &Error) -> String {
        let rules = &self.api.responses;
        let ErrorKind::Service(kind) = error.kind() else {
            return match error.kind() {
                ErrorKind::Refused => "refused, for a reason that `classify` does not sort".to_owned(),
                ErrorKind::Unexpected => "neither a success nor an error, as this file describes them".to_owned(),
                kind => format!("{kind:?}").to_lowercase(),
            };
        };
        let by = rules.classify.iter().find(|(_, condition)| self.reply.holds(condition, &rules.error.code));
        match by {
            Some((sorted, _)) if *sorted == kind => format!("{kind}{}", self.said(&format!("classify.{kind}"))),
            _ if FailureKind::guess(self.reply.status) == Some(kind) => {
                format!("{kind}, by the HTTP status alone: no entry of `classify` fits")
            }
            _ => kind.to_string(),
        }
    }
}

/// What the next page is asked for with.
fn asked_with(pagination: &Pagination, next: &Request) -> String {
    let Some(place) = pagination.place() else { return next.url.to_string() };
    let in_query = next.url.query_pairs().find(|(name, _)| *name == place.name).map(|(_, value)| value.into_owned());
    in_query.map_or_else(|| place.to_string(), |value| format!("{place} = {value}"))
}

/// The lists of objects in a reply, by their paths.
fn lists_in(body: &Value) -> Vec<String> {
    fn look(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Array(items) if items.iter().all(Value::is_object) => found.push(format!("`{path}`")),
            Value::Object(members) => {
                for (name, value) in members {
                    let path = if path == "." { name.clone() } else { format!("{path}.{name}") };
                    look(value, &path, found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    look(body, ".", &mut found);
    found.truncate(8);
    found
}
