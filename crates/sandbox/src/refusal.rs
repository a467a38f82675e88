//! Saying no as a service does: the connector's own answer for a kind of failure, at the connector's own places.

use serde_json::Value;
use zoho_connector::condition::{Condition, Expected, Subject};
use zoho_connector::{Connector, FailureKind, ReplyPath, ResponseRules};

use crate::message::Reply;
use crate::reply_path::{Draft, from_text};

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
    /// The parameter or member at fault.
    pub(crate) field: Option<String>,
    /// Another status and code than the connector's.
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
}

impl Refusal {
    /// A refusal of a kind.
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, status: None, code: None }
    }

    /// A refusal of a wrong request, for the sake of one parameter.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(FailureKind::Invalid, message) }
    }

    /// The refusal of what is not there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(FailureKind::NotFound, message)
    }

    /// The reply that says it.
    pub(crate) fn reply(&self, rules: &ResponseRules) -> Reply {
        let entry = entry_of(rules, self.kind);
        let mut draft = Draft::default();
        for (path, value) in entry.into_iter().flat_map(markers) {
            draft.set(&path, value);
        }
        if let Some(path) = rules.error.code.first() {
            let declared = entry.and_then(Condition::code).map(from_text);
            let code = self.code.as_deref().map(from_text).or(declared);
            draft.set(path, code.unwrap_or_else(|| code_for(rules, self.kind)));
        }
        if let Some(path) = rules.error.message.first() {
            draft.set(path, self.message.clone().into());
        }
        if let (Some(path), Some(field)) = (rules.error.field.first(), &self.field) {
            draft.set(path, field.clone().into());
        }
        let status = self.status.or(entry.and_then(Condition::http)).unwrap_or_else(|| status_for(self.kind));
        deny_success(rules, status, &mut draft);
        draft.into_reply(status)
    }
}

/// The rules of a service, as the API with the fewest words of its own has them.
pub(crate) fn service_rules(connector: &Connector) -> ResponseRules {
    let plainest = connector.apis.values().map(|api| &api.responses).min_by_key(|rules| rules.classify.len());
    plainest.cloned().unwrap_or_default()
}

/// The first entry of a kind, which is what the service answers with.
pub(crate) fn entry_of(rules: &ResponseRules, kind: FailureKind) -> Option<&Condition> {
    rules.classify.iter().find(|(entry, _)| *entry == kind).map(|(_, condition)| condition)
}

/// What a condition wants to see at its paths.
pub(crate) fn markers(condition: &Condition) -> Vec<(ReplyPath, Value)> {
    let marker = |test: &zoho_connector::condition::Test| match (&test.subject, &test.expected) {
        (Subject::Path(path), Expected::Any(values)) => Some((path.clone(), from_text(values.first()?))),
        (Subject::Path(path), Expected::Present(true)) => Some((path.clone(), Value::Bool(true))),
        _ => None,
    };
    condition.all.iter().filter_map(marker).collect()
}

/// Writes what keeps a reply from looking like a success.
fn deny_success(rules: &ResponseRules, status: u16, draft: &mut Draft) {
    let tests = rules.success.iter().flatten().flat_map(|condition| &condition.all);
    for test in tests {
        let Subject::Path(path) = &test.subject else { continue };
        let value = match &test.expected {
            Expected::Not(values) => values.first().map(|value| from_text(value)),
            Expected::Any(values) => Some(otherwise(values, status)),
            Expected::Present(_) => None,
        };
        if let Some(value) = value.filter(|_| !draft.has(path)) {
            draft.set(path, value);
        }
    }
}

/// What stands where a success has one of these values: the status where they are statuses, another number where they
/// are numbers, else a word.
fn otherwise(values: &[String], status: u16) -> Value {
    let numbers: Vec<u16> = values.iter().filter_map(|value| value.parse().ok()).collect();
    if numbers.len() < values.len() || numbers.is_empty() {
        return "failure".into();
    }
    let other = if numbers.iter().all(|number| (100..600).contains(number)) { status } else { 1 };
    if numbers.contains(&other) {
        numbers.iter().max().map_or(1, |most| u64::from(*most) + 1).into()
    } else {
        other.into()
    }
}

/// A code for a kind that the connector has no entry for: a number where the service's codes are numbers.
fn code_for(rules: &ResponseRules, kind: FailureKind) -> Value {
    let numeric = |condition: &Condition| condition.code().is_some_and(|code| code.parse::<i64>().is_ok());
    let among = rules.classify.iter().map(|(_, condition)| condition).chain(rules.success.iter().flatten());
    if among.into_iter().any(numeric) { status_for(kind).into() } else { kind.as_str().to_ascii_uppercase().into() }
}

/// The status of a kind where the connector names none.
fn status_for(kind: FailureKind) -> u16 {
    match kind {
        FailureKind::Unauthenticated => 401,
        FailureKind::MissingScope | FailureKind::WrongOrganization | FailureKind::Forbidden => 403,
        FailureKind::NotInEdition | FailureKind::LockedOut => 403,
        FailureKind::NotFound => 404,
        FailureKind::Conflict => 409,
        FailureKind::TooLarge => 413,
        FailureKind::Busy | FailureKind::QuotaSpent => 429,
        FailureKind::Unavailable => 500,
        _ => 400,
    }
}

#[cfg(test)]
mod tests {
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    fn said(responses: &str, refusal: &Refusal) -> String {
        let yaml = format!(
            "
connector: test
title: Test
base_url: https://test.{{zoho}}
responses: {responses}
apis: {{ a.b: {{ get: /a, scopes: [] }} }}
"
        );
        let connector = read(&[SourceFile::new("test.yaml", yaml)]).unwrap();
        let reply = refusal.reply(&service_rules(&connector));
        format!("{} {}", reply.status.as_u16(), String::from_utf8_lossy(&reply.body))
    }

    #[test]
    fn a_refusal_is_in_the_words_of_the_service() {
        let invalid = Refusal::invalid("limit", "too large");
        for (responses, expected) in [
            (
                "{ error: { code: errorCode, message: message, field: errors.*.fieldName }, classify: { invalid: [{ http: 422, code: BAD }, OTHER] } }",
                r#"422 {"errorCode":"BAD","message":"too large","errors":[{"fieldName":"limit"}]}"#,
            ),
            (
                "{ success: { code: 0, status: success }, error: { code: code, message: message }, classify: { unauthenticated: [9041] } }",
                r#"400 {"code":400,"message":"too large","status":"failure"}"#,
            ),
            (
                "{ success: { status: { not: error } }, error: { code: code, message: message }, classify: { invalid: [WRONG] } }",
                r#"400 {"code":"WRONG","message":"too large","status":"error"}"#,
            ),
            ("{ error: { message: response.message } }", r#"400 {"response":{"message":"too large"}}"#),
        ] {
            assert_eq!(said(responses, &invalid), expected);
        }
    }
}
