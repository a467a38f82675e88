//! Replies: what is around a record, and the record itself.

use zoho_connector::Verb;

use crate::definitions::operation::{Operation, Reply};
use crate::definitions::shape::{Object, Shape};
use crate::definitions::words::{singular_of, words};

/// Members that stand around what a reply is about.
const AROUND: [&str; 26] = [
    "summary",
    "code",
    "message",
    "status",
    "info",
    "page_context",
    "count",
    "total",
    "total_count",
    "totalCount",
    "hasMore",
    "has_more",
    "more_records",
    "links",
    "meta",
    "next_token",
    "sync_token",
    "has_sync",
    "page",
    "per_page",
    "limit",
    "from",
    "next_page_token",
    "instrumentation",
    "url",
    "status_code",
];

/// Members that only say whether it went well.
const ACKNOWLEDGES: [&str; 4] = ["code", "message", "status", "status_code"];

/// Flags that say whether more records follow.
const MORE: [&str; 6] = ["more_records", "has_more_page", "hasMore", "has_more", "has_next", "moreRecords"];

/// Members that are the token of the next page.
const NEXT: [&str; 3] = ["next_page_token", "next_token", "nextPageToken"];

/// What an API gives back, in the words of the language.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Answer {
    /// What it gives.
    pub(crate) returns: Returns,
    /// Where the records of a list are.
    pub(crate) records: Option<String>,
    /// Where the one record is.
    pub(crate) record: Option<String>,
    /// Where each record of a bulk reply has its result.
    pub(crate) outcomes: Option<Outcomes>,
    /// The flag that says whether more follows.
    pub(crate) more: Option<String>,
    /// The token of the next page.
    pub(crate) next: Option<String>,
    /// What a person has to look at.
    pub(crate) remarks: Vec<String>,
}

/// What is given.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Returns {
    /// Nothing that is read.
    #[default]
    Nothing,
    /// Bytes.
    File,
    /// One value.
    One(Shape),
    /// A list.
    Many(Shape),
}

impl Returns {
    /// The object that a record is.
    pub(crate) fn object(&self) -> Option<&Object> {
        match self {
            Self::One(shape) | Self::Many(shape) => match shape {
                Shape::Object(object) => Some(object),
                _ => None,
            },
            _ => None,
        }
    }
}

/// How the entries of a bulk reply say what became of their records.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Outcomes {
    /// Where the entries are.
    pub(crate) at: String,
    /// What an entry of success is like: a member and its value.
    pub(crate) success: (String, String),
    /// The record of an entry.
    pub(crate) record: Option<String>,
    /// The code of an entry.
    pub(crate) code: Option<String>,
    /// The message of an entry.
    pub(crate) message: Option<String>,
}

/// Reads the reply of an operation. `json_api` services put what their schemas say beside the id of a record.
pub(crate) fn answer(operation: &Operation, json_api: bool) -> Answer {
    let mut answer = read(operation, json_api);
    // What holds one list is a list.
    if let Returns::One(Shape::List(item, _)) = &answer.returns {
        answer.returns = Returns::Many((**item).clone());
        answer.records = answer.record.take().or(answer.records);
    }
    answer
}

fn read(operation: &Operation, json_api: bool) -> Answer {
    let only = |returns| Answer { returns, ..Answer::default() };
    match &operation.reply {
        Reply::Unknown => Answer { remarks: vec!["its reply is not said".to_owned()], ..Answer::default() },
        Reply::Nothing if operation.verb == Verb::Get => {
            Answer { remarks: vec!["it only reads, and the source does not say what".to_owned()], ..Answer::default() }
        }
        Reply::Nothing => Answer::default(),
        Reply::File => only(Returns::File),
        Reply::Json(Shape::Object(object)) if json_api && object.member("data").is_none() => lifted(operation, object),
        Reply::Json(Shape::Object(object)) => of_object(operation, object),
        Reply::Json(Shape::List(item, _)) => {
            Answer { records: Some(".".to_owned()), ..only(Returns::Many((**item).clone())) }
        }
        Reply::Json(shape) => only(Returns::One(shape.clone())),
    }
}

/// JSON:API: the record is what the schema says, and a list where the path ends in a plural.
fn lifted(operation: &Operation, object: &Object) -> Answer {
    let last = last_words(operation);
    let is_list = operation.verb == Verb::Get && !ends_in_parameter(operation) && singular_of(&last) != last;
    let shape = Shape::Object(object.clone());
    Answer { returns: if is_list { Returns::Many(shape) } else { Returns::One(shape) }, ..Answer::default() }
}

fn of_object(operation: &Operation, object: &Object) -> Answer {
    let mut answer = Answer { more: path_of(object, &MORE), next: path_of(object, &NEXT), ..Answer::default() };
    if operation.verb != Verb::Get
        && let Some((outcomes, record)) = object.members.iter().find_map(|member| outcomes(&member.name, &member.shape))
    {
        answer.returns = record.map_or(Returns::Nothing, Returns::Many);
        answer.outcomes = Some(outcomes);
        return answer;
    }
    if let Some(inner) = within_data(operation, object) {
        return inner;
    }
    let mut inner: Vec<_> = object.members.iter().filter(|member| !AROUND.contains(&member.name.as_str())).collect();
    // Scalars beside `data` only tell about it.
    if inner.iter().all(|member| member.name == "data" || member.shape.is_scalar()) {
        inner.retain(|member| member.name == "data" || object.member("data").is_none());
    }
    let lists: Vec<_> = inner.iter().filter(|member| matches!(member.shape, Shape::List(..))).collect();
    match (inner.as_slice(), lists.as_slice()) {
        ([], _) if object.members.iter().all(|member| ACKNOWLEDGES.contains(&member.name.as_str())) => {
            let remark = "it only reads, and the source does not say what".to_owned();
            answer.remarks.extend((operation.verb == Verb::Get).then_some(remark));
        }
        ([], _) => answer.returns = Returns::One(Shape::Object(object.clone())),
        ([_], [list]) => of_list(operation, &list.name, &list.shape, &mut answer),
        ([one], []) if is_envelope(operation, object, &one.name) && one.shape.object().is_some() => {
            answer.record = Some(one.name.clone());
            answer.returns = Returns::One(one.shape.clone());
        }
        (_, lists) => {
            let named = lists.iter().find(|list| is_about(operation, &list.name));
            match named.filter(|_| operation.verb == Verb::Get && !ends_in_parameter(operation)) {
                Some(list) => {
                    let others: Vec<String> = inner
                        .iter()
                        .filter(|member| member.name != list.name)
                        .map(|member| format!("`{}`", member.name))
                        .collect();
                    answer.remarks.push(format!(
                        "`{}` is taken for its records, and {} left out",
                        list.name,
                        others.join(", ")
                    ));
                    of_list(operation, &list.name, &list.shape, &mut answer);
                }
                None => answer.returns = Returns::One(Shape::Object(without_acknowledgement(object))),
            }
        }
    }
    answer
}

/// What `data` holds, where that is an object around one list or one record.
fn within_data(operation: &Operation, object: &Object) -> Option<Answer> {
    let Shape::Object(data) = &object.member("data")?.shape else { return None };
    let others = object.members.iter().filter(|member| member.name != "data");
    let [only] = data.members.as_slice() else { return None };
    let is_list = matches!(only.shape, Shape::List(..));
    let is_record = matches!(only.shape, Shape::Object(_)) && is_about(operation, &only.name);
    if !(is_list || is_record)
        || !others.into_iter().all(|member| member.shape.is_scalar() || AROUND.contains(&member.name.as_str()))
    {
        return None;
    }
    let mut answer = Answer { more: path_of(object, &MORE), next: path_of(object, &NEXT), ..Answer::default() };
    let path = format!("data.{}", only.name);
    match &only.shape {
        Shape::List(..) => of_list(operation, &path, &only.shape, &mut answer),
        shape => {
            answer.record = Some(path);
            answer.returns = Returns::One(shape.clone());
        }
    }
    Some(answer)
}

/// A reply whose one list is its records, or holds its one record.
fn of_list(operation: &Operation, name: &str, shape: &Shape, answer: &mut Answer) {
    let Shape::List(item, _) = shape else { return };
    if operation.verb == Verb::Get && ends_in_parameter(operation) {
        answer.record = Some(format!("{name}.0"));
        answer.returns = Returns::One((**item).clone());
    } else if operation.verb != Verb::Get && singular_of(&words(name)) == words(name) && !name.starts_with("data") {
        // What is written comes back as a list of one, under the name of one.
        answer.record = Some(format!("{name}.0"));
        answer.returns = Returns::One((**item).clone());
    } else {
        answer.records = Some(name.to_owned());
        answer.returns = Returns::Many((**item).clone());
    }
}

/// Whether the one member of a reply is its record: `data`, or what the path is about, or all there is beside a code.
fn is_envelope(operation: &Operation, object: &Object, name: &str) -> bool {
    is_about(operation, name) || (object.member("code").is_some() && object.member("message").is_some())
}

/// Whether a member is called as the path's last words, in singular or plural, or `data`.
fn is_about(operation: &Operation, name: &str) -> bool {
    let own = singular_of(&words(name)).concat();
    name == "data" || own == singular_of(&last_words(operation)).concat()
}

fn last_words(operation: &Operation) -> Vec<String> {
    let last = operation.path.rsplit('/').find(|segment| !segment.is_empty() && !segment.starts_with('{'));
    words(last.unwrap_or_default())
}

/// Whether the path leads to one of a collection. Behind a literal every other parameter is one of it; a path that begins
/// with a parameter begins with a collection.
fn ends_in_parameter(operation: &Operation) -> bool {
    let segments: Vec<&str> = operation.path.split('/').filter(|segment| !segment.is_empty()).collect();
    let parameters = segments.iter().rev().take_while(|segment| segment.starts_with('{')).count();
    if parameters == segments.len() {
        parameters.is_multiple_of(2) && parameters > 0
    } else {
        !parameters.is_multiple_of(2)
    }
}

fn without_acknowledgement(object: &Object) -> Object {
    let told = object.member("code").is_some() && object.member("message").is_some();
    let kept = object.members.iter().filter(|member| !told || !ACKNOWLEDGES.contains(&member.name.as_str()));
    Object { hint: object.hint.clone(), members: kept.cloned().collect() }
}

/// The path to the first member of one of these names, at most one level down.
fn path_of(object: &Object, names: &[&str]) -> Option<String> {
    let own = object.members.iter().find(|member| names.contains(&member.name.as_str()) && member.shape.is_scalar());
    own.map(|member| member.name.clone()).or_else(|| {
        object.members.iter().find_map(|member| match &member.shape {
            Shape::Object(inner) => {
                let found = inner.members.iter().find(|member| names.contains(&member.name.as_str()))?;
                Some(format!("{}.{}", member.name, found.name))
            }
            _ => None,
        })
    })
}

/// A list whose entries say what became of each record, and the shape of the record where an entry holds it.
fn outcomes(name: &str, shape: &Shape) -> Option<(Outcomes, Option<Shape>)> {
    let Shape::List(item, _) = shape else { return None };
    let Shape::Object(entry) = &**item else { return None };
    let has = |name: &str| entry.member(name).is_some();
    if has("code") && has("status") && (has("details") || has("message")) {
        let record = entry
            .member("details")
            .map(|member| member.shape.clone())
            .filter(|shape| matches!(shape, Shape::Object(_)));
        let outcomes = Outcomes {
            at: name.to_owned(),
            success: ("status".to_owned(), "success".to_owned()),
            record: has("details").then(|| "details".to_owned()),
            code: Some("code".to_owned()),
            message: has("message").then(|| "message".to_owned()),
        };
        return Some((outcomes, record));
    }
    let errors = ["errors", "error"].into_iter().find(|name| has(name))?;
    (entry.member("success")?.shape == Shape::Bool).then(|| {
        let inner = entry.member(errors).and_then(|member| member.shape.object());
        let within = |names: [&str; 2]| {
            let found = names.into_iter().find(|name| inner.is_some_and(|inner| inner.member(name).is_some()))?;
            Some(format!("{errors}.{found}"))
        };
        let outcomes = Outcomes {
            at: name.to_owned(),
            success: ("success".to_owned(), "true".to_owned()),
            record: None,
            code: within(["errorCode", "code"]),
            message: within(["errorMessage", "message"]),
        };
        (outcomes, None)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::scalars;
    use serde_json::json;

    fn answer_to(verb: Verb, path: &str, reply: serde_json::Value) -> Answer {
        let shape = Shape::of_example(&reply, "reply", &scalars::of_name);
        answer(&Operation { reply: Reply::Json(shape), ..Operation::new(verb, path) }, false)
    }

    #[test]
    fn records_are_found_where_they_are() {
        let tax = json!({ "tax_id": "1", "tax_name": "a" });
        let list = answer_to(
            Verb::Get,
            "/taxes",
            json!({ "code": 0, "message": "", "taxes": [tax], "page_context": { "has_more_page": true } }),
        );
        assert_eq!(
            (list.records.as_deref(), list.more.as_deref()),
            (Some("taxes"), Some("page_context.has_more_page"))
        );
        assert!(matches!(list.returns, Returns::Many(Shape::Object(_))));
        let one = answer_to(Verb::Get, "/taxes/{id}", json!({ "code": 0, "message": "", "tax": tax }));
        assert_eq!(one.record.as_deref(), Some("tax"));
        let first = answer_to(Verb::Get, "/fields/{id}", json!({ "fields": [tax] }));
        assert_eq!(first.record.as_deref(), Some("fields.0"));
        assert_eq!(answer_to(Verb::Get, "/{module}", json!({ "data": [tax] })).records.as_deref(), Some("data"));
        assert_eq!(answer_to(Verb::Get, "/{module}/{id}", json!({ "data": [tax] })).record.as_deref(), Some("data.0"));
        assert_eq!(answer_to(Verb::Put, "/taxes/{id}", json!({ "tax": [tax] })).record.as_deref(), Some("tax.0"));
        assert_eq!(answer_to(Verb::Get, "/x", json!([tax])).records.as_deref(), Some("."));
    }

    #[test]
    fn what_only_says_that_it_went_well_is_nothing_and_a_count_is_something() {
        assert_eq!(answer_to(Verb::Post, "/x", json!({ "code": 0, "message": "" })).returns, Returns::Nothing);
        assert!(matches!(answer_to(Verb::Get, "/x/count", json!({ "count": 1 })).returns, Returns::One(_)));
    }

    #[test]
    fn data_around_one_list_is_looked_into() {
        let list =
            answer_to(Verb::Get, "/workspaces", json!({ "status": "", "data": { "workspaces": [{ "id": "1" }] } }));
        assert_eq!(list.records.as_deref(), Some("data.workspaces"));
        let one = answer_to(Verb::Get, "/chats/{id}", json!({ "type": "chat", "data": { "id": "1", "name": "a" } }));
        assert_eq!(one.record.as_deref(), Some("data"));
    }

    #[test]
    fn of_two_lists_the_one_that_the_path_is_about_is_taken_and_said() {
        let two = json!({ "users": [{ "id": "1" }], "groups": [{ "id": "1" }] });
        let list = answer_to(Verb::Get, "/users", two.clone());
        assert_eq!((list.records.as_deref(), list.remarks.len()), (Some("users"), 1));
        assert!(matches!(answer_to(Verb::Get, "/members", two).returns, Returns::One(_)));
    }

    #[test]
    fn entries_that_tell_what_became_of_a_record_are_outcomes() {
        let mass = answer_to(
            Verb::Post,
            "/x/moveToTrash",
            json!({ "results": [{ "success": true, "id": "1", "errors": { "errorCode": "a" } }] }),
        );
        let outcomes = mass.outcomes.unwrap();
        assert_eq!((outcomes.at.as_str(), outcomes.code.as_deref()), ("results", Some("errors.errorCode")));
        let written = answer_to(
            Verb::Post,
            "/x",
            json!({ "data": [{ "code": "SUCCESS", "status": "success", "message": "", "details": { "id": "1" } }] }),
        );
        assert_eq!(written.outcomes.unwrap().record.as_deref(), Some("details"));
        assert!(matches!(written.returns, Returns::Many(_)));
    }
}
