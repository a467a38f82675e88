//! The words for faults of shape.

use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::options;
use crate::source::{Route, Step};
use crate::suggest::did_you_mean;

/// What a fault speaks of: the last key of the route, and the position in a list.
pub(super) fn subject(route: &Route) -> String {
    let mut steps = route.0.iter().rev();
    match steps.next() {
        None => "the file".to_owned(),
        Some(Step::Key(key)) => format!("`{key}`"),
        Some(Step::Index(index)) => {
            let list = steps.find_map(|step| match step {
                Step::Key(key) => Some(&**key),
                Step::Index(_) => None,
            });
            format!("entry {} of `{}`", index + 1, list.unwrap_or_default())
        }
    }
}

/// Words of other languages for APIs, and what says the same here, if it may stand where the word stands.
const ELSEWHERE: [(&str, &[&str]); 20] = [
    ("method", &["get", "post", "put", "patch", "delete"]),
    ("verb", &["get", "post", "put", "patch", "delete"]),
    ("url", &["get", "post", "put", "patch", "delete", "base_url"]),
    ("endpoint", &["get", "post", "put", "patch", "delete", "base_url"]),
    ("host", &["base_url"]),
    ("server", &["base_url"]),
    ("servers", &["base_url"]),
    ("parameters", &["query", "headers", "path"]),
    ("params", &["query"]),
    ("requestBody", &["body"]),
    ("payload", &["body"]),
    ("response", &["returns", "responses"]),
    ("responses", &["returns"]),
    ("security", &["scopes"]),
    ("description", &["note", "summary"]),
    ("paths", &["apis"]),
    ("operations", &["apis"]),
    ("schemas", &["types"]),
    ("components", &["types"]),
    ("name", &["connector", "title"]),
];

/// What to say about a key that is not known.
pub(super) fn about_key(key: &str, known: &[String]) -> String {
    let names = || known.iter().map(String::as_str);
    if let Some((before, after)) = key.split_once(':')
        && names().any(|name| name == before)
    {
        return format!("write a blank after the colon: `{before}: {after}`");
    }
    if let Some(help) = did_you_mean(key, names()) {
        return help;
    }
    let elsewhere = ELSEWHERE.iter().find(|(word, _)| word.eq_ignore_ascii_case(key));
    let ours = elsewhere.map_or(&[][..], |(_, ours)| ours).iter().copied();
    let ours: Vec<&str> = ours.filter(|ours| names().any(|name| name == *ours)).collect();
    if !ours.is_empty() {
        return format!("here that is said by {}", alternatives(ours.into_iter()));
    }
    match known {
        [] => "no key is allowed here".to_owned(),
        known => format!("the keys here are {}", listed(known.iter().map(String::as_str))),
    }
}

/// The words for JSON types that a keyword `type` names.
pub(super) fn type_names(keyword: &Value) -> Vec<&str> {
    match keyword {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// `a text, a list or a map`.
pub(super) fn expected(types: &[&str]) -> String {
    let words: Vec<&str> = types.iter().map(|name| a_type(name)).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "something else".to_owned(),
    }
}

fn a_type(name: &str) -> &'static str {
    match name {
        "string" => "a text",
        "integer" => "a whole number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a map",
        "number" => "a number",
        _ => "nothing",
    }
}

/// What a value is, in words; `written` is its text where it is a scalar.
pub(super) fn actual(value: &Value, written: Option<(&str, bool)>) -> String {
    match value {
        Value::Null => "nothing stands there".to_owned(),
        Value::Bool(_) => format!("`{}` is a truth value", written.map_or("true", |(text, _)| text)),
        Value::Number(number) if number.is_f64() => {
            format!("`{}` is a number with a fraction", number_text(value, written))
        }
        Value::Number(_) => format!("`{}` is a number", number_text(value, written)),
        Value::String(text) => format!("`{}` is a text", shortened(text)),
        Value::Array(_) => "a list stands there".to_owned(),
        Value::Object(_) => "a map stands there".to_owned(),
    }
}

fn number_text(value: &Value, written: Option<(&str, bool)>) -> String {
    written.map_or_else(|| value.to_string(), |(text, _)| text.to_owned())
}

/// What to write instead of a value of the wrong type.
pub(super) fn about_type(
    route: &Route,
    types: &[&str],
    value: &Value,
    written: Option<(&str, bool)>,
) -> Option<String> {
    let wants = |name: &str| types.contains(&name);
    let text = written.map(|(text, _)| text).unwrap_or_default();
    let last = match route.0.last() {
        Some(Step::Key(key)) => &**key,
        _ => "",
    };
    match value {
        Value::Null => Some("write the value behind the colon, or take the key away; `null` is no value".to_owned()),
        Value::Number(_) | Value::Bool(_) if wants("string") => {
            Some(format!("put it in quotes, so that no reader makes a number or a truth value of it: `\"{text}\"`"))
        }
        Value::String(text) if types == ["boolean"] && is_yes(text) => {
            Some("write `true`: YAML 1.2 reads this word as a text".to_owned())
        }
        Value::String(text) if types == ["boolean"] && is_no(text) => {
            Some("write `false`: YAML 1.2 reads this word as a text".to_owned())
        }
        Value::String(text) if types == ["boolean"] && text.parse::<bool>().is_ok() => {
            Some(format!("write it without quotes: `{text}`"))
        }
        Value::String(text) if wants("integer") && text.parse::<u64>().is_ok() => {
            Some(format!("write it without quotes: `{text}`"))
        }
        Value::Object(_) if types == ["array"] => Some("a list is written in brackets: `[a, b]`".to_owned()),
        Value::String(text) if types == ["object"] && text.contains(' ') => {
            text.split_once(' ').map(|(key, rest)| format!("does a colon lack? `{{ {key}: {} }}`", shortened(rest)))
        }
        Value::String(_) if types == ["integer"] && route.0.last() == Some(&Step::Index(1)) => Some(
            "a list has entries of one type, and a second entry is its size: `[T, 50]`; choices are `[a|b]`".to_owned(),
        ),
        Value::String(text) if types == ["array"] => Some(format!("write a list: `{last}: [{}]`", shortened(text))),
        Value::Object(members) if wants("string") && members.len() == 1 && members.values().all(Value::is_null) => {
            Some("a text that begins with `{` stands in quotes".to_owned())
        }
        Value::Array(items) if wants("string") && !wants("array") && items.len() == 1 => {
            Some("write the one value without brackets".to_owned())
        }
        _ => None,
    }
}

/// What is wrong with a value that has the right type, and what to write instead.
pub(super) fn about_value(route: &Route, value: &Value, kind: &ValidationErrorKind) -> (String, Option<String>) {
    let subject = subject(route);
    match kind {
        ValidationErrorKind::Enum { .. } => {
            let options = options(kind);
            let given = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let names = || options.iter().map(String::as_str);
            let help = did_you_mean(&given, names()).unwrap_or_else(|| format!("write {}", alternatives(names())));
            (format!("{subject} cannot be `{}`", shortened(&given)), Some(help))
        }
        ValidationErrorKind::MinItems { .. } => (format!("{subject} is an empty list"), None),
        ValidationErrorKind::MinProperties { .. } => (format!("{subject} is an empty map"), None),
        ValidationErrorKind::MaxProperties { .. } => {
            (format!("{subject} takes one key, and has several"), Some("write one of them".to_owned()))
        }
        ValidationErrorKind::AdditionalItems { .. } | ValidationErrorKind::FalseSchema => {
            let message = format!("{subject} is one too many: a list type is `[T]` or `[T, 50]`");
            (message, Some("choices are written with bars: `a|b|c`".to_owned()))
        }
        ValidationErrorKind::Minimum { limit } => (format!("{subject} must be at least {limit}, and is {value}"), None),
        other => (format!("{subject} does not fit `{}`", other.keyword()), None),
    }
}

/// The words that YAML 1.1 takes for true.
pub(crate) fn is_yes(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "yes" | "on" | "y")
}

/// The words that YAML 1.1 takes for false.
pub(crate) fn is_no(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "no" | "off" | "n")
}

/// The first sentence of a description, without its full stop.
pub(super) fn first_sentence(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.split(". ").next().unwrap_or(line).trim_end_matches('.').to_owned()
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn alternatives<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The start of a text that is too long to be repeated.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= LONGEST && line.len() == text.len() {
        return text.to_owned();
    }
    let start: String = line.chars().take(LONGEST).collect();
    format!("{start}…")
}
