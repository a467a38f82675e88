//! Parameters whose names say what they do with which member: `date_before`, `rate_less_than`, `search[name]`.

use serde_json::Value;
use zoho_connector::types::Field;
use zoho_connector::{Connector, Type};

use super::{Test, member_for};
use crate::catalog::Kind;
use crate::query::{Expression, Operator};
use crate::reply_path::text_of;
use crate::seed::{is_created, is_modified, plain};
use crate::times;

const DAY_MS: i64 = 86_400_000;

/// What a parameter of such a name wants; none where it has another.
pub(super) fn by_name(connector: &Connector, kind: &Kind, wire: &str, ty: &Type, value: &Value) -> Option<Test> {
    let text = text_of(value);
    part_of_text(kind, wire, &text)
        .or_else(|| search(kind, wire, ty, &text))
        .or_else(|| time(connector, kind, wire, ty, value))
        .or_else(|| number(kind, wire, &text))
        .or_else(|| state(kind, wire, &text))
}

/// A part of a member's text: `name_contains`, `name_startswith`.
fn part_of_text(kind: &Kind, wire: &str, text: &str) -> Option<Test> {
    let member = |name: &str| kind.record.field(name).map(|field| field.name.clone());
    if let Some(name) = wire.strip_suffix("_startswith") {
        return Some(Test::Equal(member(name)?, vec![format!("{text}*")]));
    }
    Some(Test::InObject(member(wire.strip_suffix("_contains")?)?, text.to_owned()))
}

/// A text that is looked for everywhere (`searchStr`, `_all`), in a member (`search[name]`), or where it says itself
/// (`searchKey=subject:freight::sender:maren`).
fn search(kind: &Kind, wire: &str, ty: &Type, text: &str) -> Option<Test> {
    let everywhere = || Some(Test::Text(text.to_owned()));
    if ["_all", "word"].contains(&wire) {
        return everywhere();
    }
    if *ty != Type::String || !plain(wire).starts_with("search") || text.starts_with(['{', '[']) {
        return None;
    }
    if let Some(name) = wire.strip_prefix("search[").and_then(|rest| rest.strip_suffix(']')) {
        return member_for(kind, name).map(|member| Test::InObject(member, text.to_owned())).or_else(everywhere);
    }
    if !plain(wire).ends_with("key") || !text.contains(':') {
        return everywhere();
    }
    let one = |condition: &str| match condition.split_once(':') {
        Some((name, part)) => match member_for(kind, name).or_else(|| begun(kind, name)) {
            Some(member) => Test::InObject(member, part.to_owned()),
            None => Test::Text(part.to_owned()),
        },
        None => Test::Text(condition.to_owned()),
    };
    Some(Test::All(text.split("::").map(one).collect()))
}

/// The member whose name begins so: `toAddress` for `to`.
fn begun(kind: &Kind, name: &str) -> Option<String> {
    let begins =
        |field: &&Field| field.name.strip_prefix(name).is_some_and(|rest| rest.starts_with(char::is_uppercase));
    kind.record.fields.iter().find(begins).map(|field| field.name.clone())
}

/// A time before, after or at which a member must lie: `date_start`, `due_date_before`, `modifiedAfter`. A day as the
/// name of a time is any time of that day.
fn time(connector: &Connector, kind: &Kind, wire: &str, ty: &Type, value: &Value) -> Option<Test> {
    if !matches!(ty, Type::Time(_) | Type::Date(_)) {
        return None;
    }
    let at = times::read(value, connector.spelling(ty))?;
    let last = if matches!(ty, Type::Date(_)) { at.saturating_add(DAY_MS - 1) } else { at };
    let spans: [(&[&str], i64, i64); 4] = [
        (&["_start", "Start"], at, i64::MAX),
        (&["_end", "End"], i64::MIN, last),
        (&["_after", "After"], last.saturating_add(1), i64::MAX),
        (&["_before", "Before"], i64::MIN, at.saturating_sub(1)),
    ];
    for (endings, from, to) in spans {
        if let Some(name) = endings.iter().find_map(|ending| wire.strip_suffix(ending)) {
            return Some(Test::Between(time_member(kind, name)?, from, to));
        }
    }
    let is_day = matches!(ty, Type::Date(_)) && kind.record.field(wire).is_none();
    Some(Test::Between(time_member(kind, wire).filter(|_| is_day)?, at, last))
}

/// The time that a name means: `created_time` for `created_date`, `modifiedTime` for `modified`.
fn time_member(kind: &Kind, name: &str) -> Option<String> {
    let is_time = |field: &&Field| matches!(field.ty, Type::Time(_) | Type::Date(_));
    let times = || kind.record.fields.iter().filter(is_time);
    let stem = |name: &str| plain(name).trim_end_matches("time").trim_end_matches("date").to_owned();
    let own = times().find(|field| field.name == name);
    let same = || times().find(|field| stem(&field.name) == stem(name));
    let made = || times().find(|field| is_created(name) && is_created(&field.name));
    let changed = || times().find(|field| is_modified(name) && is_modified(&field.name));
    own.or_else(same).or_else(made).or_else(changed).map(|field| field.name.clone())
}

/// A number that a member must be less or greater than: `rate_less_than`.
fn number(kind: &Kind, wire: &str, text: &str) -> Option<Test> {
    let operators = [
        ("_less_than", Operator::Less),
        ("_less_equals", Operator::LessOrEqual),
        ("_greater_than", Operator::Greater),
        ("_greater_equals", Operator::GreaterOrEqual),
    ];
    let found = operators.into_iter().find_map(|(ending, operator)| Some((wire.strip_suffix(ending)?, operator)));
    let (name, operator) = found?;
    let member = kind.record.field(name)?.name.clone();
    Some(Test::Holds(Expression::Compare { member, operator, values: vec![text.to_owned()] }))
}

/// A state with the name of its member before it: `filter_by=Status.Paid`.
fn state(kind: &Kind, wire: &str, text: &str) -> Option<Test> {
    let (name, state) = text.split_once('.').filter(|_| plain(wire) == "filterby")?;
    let field = kind.record.fields.iter().find(|field| plain(&field.name) == plain(name))?;
    let Type::Choice { values, .. } = &field.ty else { return None };
    let value = values.iter().find(|value| plain(value) == plain(state))?;
    Some(Test::Equal(field.name.clone(), vec![value.clone()]))
}
