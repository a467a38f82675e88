//! Which records of a collection a list gives, in which order, with which members.

use std::cmp::Ordering;

use serde_json::Value;
use zoho_connector::types::Field;
use zoho_connector::{Connector, Location, Type};

use crate::arguments::{Arguments, places_of};
use crate::catalog::Kind;
use crate::query::{Comparable, Expression, parse_criteria, parse_formula};
use crate::refusal::Refusal;
use crate::reply_path::text_of;
use crate::seed::{Meaning, Record, is_created, is_modified, meaning_of};
use crate::store::Found;
use crate::times;

use super::{CRITERIA, Call};

mod filters;

/// What stands for nothing in a wish.
const EMPTY: &str = "${empty}";

/// One wish of a call.
#[derive(Debug)]
pub(super) enum Test {
    /// A member is one of these; `*` stands for any text.
    Equal(String, Vec<String>),
    /// A member of `cf` or another map is this.
    Within(String, String, String),
    /// A time lies between two, in milliseconds.
    Between(String, i64, i64),
    /// A text stands in some member.
    Text(String),
    /// A text stands in some member of an object.
    InObject(String, String),
    /// Some mail address, or some telephone number, is this.
    Some(Meaning, String),
    Holds(Expression),
    /// Each of these is so.
    All(Vec<Self>),
}

/// What a call wants of a list. A parameter that has nothing to do with a member changes nothing.
pub(super) fn tests(call: &Call<'_>, arguments: &Arguments, kind: &Kind) -> Result<Vec<Test>, Refusal> {
    let paging: Vec<&str> = call.api.paginate.iter().flat_map(places_of).map(|place| place.name.as_str()).collect();
    let mut tests = Vec::new();
    for parameter in &call.api.parameters {
        let Some(site) = parameter.sites.first() else { continue };
        let wire = site.wire.as_str();
        // What tells which collection is meant is no wish for its records.
        let in_path = parameter.is_at(Location::Path) || kind.scope.as_deref() == Some(wire);
        let Some(value) = arguments.get(wire).filter(|_| !in_path && !paging.contains(&wire)) else { continue };
        if let Some(changed) = changed_since(call, kind, &site.location, wire, value) {
            tests.push(changed);
            continue;
        }
        tests.extend(test_of(call.connector, kind, wire, &parameter.ty, value)?);
    }
    if let Some((member, since)) = modified_since(call, kind) {
        tests.push(Test::Between(member, since.saturating_add(1), i64::MAX));
    }
    Ok(tests)
}

/// The wish that a member is this; nothing where it is null.
pub(super) fn is(name: &str, value: &Value) -> Test {
    Test::Equal(name.to_owned(), vec![if value.is_null() { EMPTY.to_owned() } else { text_of(value) }])
}

/// Where a list takes the time since which it is to have changes, the wish for those.
fn changed_since(call: &Call<'_>, kind: &Kind, location: &Location, wire: &str, value: &Value) -> Option<Test> {
    let incremental = call.api.incremental.as_ref()?;
    let place = incremental.send.as_ref()?;
    if incremental.pattern.is_some() || place.location != *location || place.name != wire {
        return None;
    }
    let field = kind.record.field(incremental.field.last_member()?)?;
    let own = call.api.parameters.iter().find(|parameter| parameter.name == wire).map(|parameter| &parameter.ty);
    let format = own.and_then(|ty| call.connector.spelling(ty)).or_else(|| call.connector.spelling(&field.ty));
    let since = times::read(value, format)?;
    Some(Test::Between(field.name.clone(), since, i64::MAX))
}

fn test_of(connector: &Connector, kind: &Kind, wire: &str, ty: &Type, value: &Value) -> Result<Option<Test>, Refusal> {
    let text = text_of(value);
    if wire == CRITERIA {
        return criteria(connector, kind, wire, &text).map(Some);
    }
    if text.eq_ignore_ascii_case("all") && matches!(ty, Type::Choice { .. }) {
        return Ok(None);
    }
    if let Some(test) = filters::by_name(connector, kind, wire, ty, value) {
        return Ok(Some(test));
    }
    if let Some(member) = wire.strip_suffix("Range").and_then(|name| kind.record.field(name)) {
        return range(connector, member, wire, &text).map(Some);
    }
    if wire.starts_with("customField") && kind.record.field("cf").is_some() {
        return Ok(text
            .split_once(':')
            .map(|(name, value)| Test::Within("cf".to_owned(), name.to_owned(), value.to_owned())));
    }
    let Some(member) = member_for(kind, wire) else {
        let some = match ty {
            Type::Email => Some(Meaning::Email),
            Type::Phone => Some(Meaning::Phone),
            _ => None,
        };
        let in_object = object_before(kind, wire).map(|object| Test::InObject(object, text.clone()));
        return Ok(some.map(|meaning| Test::Some(meaning, text)).or(in_object));
    };
    let declared = kind.record.field(&member);
    // `dueDate=overdue` and the like are words for times, which are not compared.
    if declared.is_some_and(|field| matches!(field.ty, Type::Time(_) | Type::Date(_)))
        && !matches!(ty, Type::Time(_) | Type::Date(_))
    {
        return Ok(None);
    }
    if let (Some(field), Some(time)) =
        (declared, declared.and_then(|field| times::read(value, connector.spelling(&field.ty))))
    {
        // A pair of days: from the one to the other.
        match plain_start(wire) {
            "from" => return Ok(Some(Test::Between(field.name.clone(), time, i64::MAX))),
            "to" => return Ok(Some(Test::Between(field.name.clone(), i64::MIN, time))),
            _ => {}
        }
    }
    let wanted = match value {
        Value::Array(items) => items.iter().map(text_of).collect(),
        // A text with commas can be a list of labels, or one label with a comma in it.
        Value::String(whole) if matches!(ty, Type::String | Type::Id) && whole.contains(',') => {
            whole.split(',').map(|part| part.trim().to_owned()).chain([text]).collect()
        }
        _ => vec![text],
    };
    Ok(Some(Test::Equal(member, wanted)))
}

/// Criteria or a formula, with times in a spelling in which they can be compared.
pub(super) fn criteria(connector: &Connector, kind: &Kind, wire: &str, text: &str) -> Result<Test, Refusal> {
    let wrong = |fault| Refusal::invalid(wire, format!("The criteria cannot be read: {fault}."));
    let mut criteria = parse_criteria(text).or_else(|_| parse_formula(text)).map_err(wrong)?;
    comparable(connector, kind, &mut criteria);
    Ok(Test::Holds(criteria))
}

/// Times in a spelling in which they can be compared.
pub(super) fn comparable(connector: &Connector, kind: &Kind, criteria: &mut Expression) {
    criteria.each_value(&mut |member, value| {
        let field = kind.record.field(member);
        if let Some(time) = field.and_then(|field| instant(connector, field, &value.as_str().into())) {
            *value = time;
        }
    });
}

/// The first word of a name: `from` of `from_date` and `fromDate`.
fn plain_start(wire: &str) -> &str {
    wire.find(|c: char| !c.is_ascii_lowercase()).and_then(|end| wire.get(..end)).unwrap_or(wire)
}

/// A time of a record as everybody spells it, to be compared.
fn instant(connector: &Connector, field: &Field, value: &Value) -> Option<String> {
    let format = matches!(field.ty, Type::Time(_) | Type::Date(_)).then(|| connector.spelling(&field.ty))?;
    times::spell(times::read(value, format)?, None).as_str().map(str::to_owned)
}

/// The member that a parameter is about: of the same name, or `roleId` for `roleIds` and `assigneeId` for `assignee`.
fn member_for(kind: &Kind, wire: &str) -> Option<String> {
    let known =
        |name: &str| kind.record.field(name).is_some() || kind.extra.iter().flatten().any(|extra| extra == name);
    if known(wire) {
        return Some(wire.to_owned());
    }
    if wire == "ids" {
        return kind.key.clone();
    }
    let forms = [wire.strip_suffix('s').unwrap_or(wire).to_owned(), format!("{wire}Id"), format!("{wire}_id")];
    let found = forms.into_iter().find(|name| known(name));
    // A module's records have members that are named like the parameter, but for the case: `email`.
    let extra = || kind.extra.iter().flatten().find(|extra| extra.eq_ignore_ascii_case(wire)).cloned();
    found.or_else(extra)
}

/// The object whose text a parameter is about: `contact` for `contactName`.
fn object_before(kind: &Kind, wire: &str) -> Option<String> {
    let is_object = |field: &&Field| matches!(field.ty, Type::Record(_) | Type::Object(_));
    let objects = kind.record.fields.iter().filter(is_object);
    let before = objects.filter(|field| {
        wire.strip_prefix(field.name.as_str())
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
    });
    before.map(|field| field.name.clone()).next()
}

/// Two times with a comma between.
fn range(connector: &Connector, member: &Field, wire: &str, text: &str) -> Result<Test, Refusal> {
    let time = |text: &str| times::read(&text.trim().into(), connector.spelling(&member.ty));
    let ends = text.split_once(',').and_then(|(from, to)| Some((time(from)?, time(to)?)));
    match ends {
        Some((from, to)) => Ok(Test::Between(member.name.clone(), from, to)),
        None => Err(Refusal::invalid(wire, format!("'{wire}' must be two times with a comma between."))),
    }
}

/// The time since which changes are asked for, and the member that tells when a record was changed.
pub(super) fn modified_since(call: &Call<'_>, kind: &Kind) -> Option<(String, i64)> {
    let text = call.request.header("if-modified-since")?;
    let is_time = |field: &&Field| matches!(field.ty, Type::Time(_));
    let field = kind.record.fields.iter().filter(is_time).find(|field| is_modified(&field.name));
    let field = field.or_else(|| kind.record.fields.iter().filter(is_time).find(|field| !is_created(&field.name)))?;
    Some((field.name.clone(), times::read(&text.into(), call.connector.spelling(&field.ty))?))
}

/// Whether a record is what a call wants.
pub(super) fn fits(connector: &Connector, kind: &Kind, tests: &[Test], found: &Found<'_>) -> bool {
    tests.iter().all(|test| match test {
        Test::Equal(member, wanted) => {
            found.member(member).is_some_and(|value| wanted.iter().any(|wanted| equals(&value, wanted)))
        }
        Test::Within(map, name, wanted) => found
            .member(map)
            .and_then(|map| map.get(name).cloned())
            .is_some_and(|value| matches_text(&text_of(&value), wanted)),
        Test::Between(member, from, to) => {
            let format = kind.record.field(member).and_then(|field| connector.spelling(&field.ty));
            let time = found.member(member).and_then(|value| times::read(&value, format));
            time.is_some_and(|time| time >= *from && time <= *to)
        }
        Test::Text(text) => contains(&Value::Object(found.record()), &text.replace('*', "").to_lowercase()),
        Test::InObject(member, text) => {
            found.member(member).is_some_and(|value| contains(&value, &text.replace('*', "").to_lowercase()))
        }
        Test::Some(meaning, wanted) => {
            let record = found.record();
            record.iter().any(|(name, value)| meaning_of(name) == *meaning && equals(value, wanted))
        }
        Test::All(tests) => fits(connector, kind, tests, found),
        Test::Holds(expression) => expression.holds(&|name| {
            let value = found.member(name)?;
            let time = kind.record.field(name).and_then(|field| instant(connector, field, &value));
            Some(time.map_or(value, Value::from))
        }),
    })
}

pub(super) fn equals(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| equals(item, wanted)),
        Value::Null => wanted == EMPTY,
        value => matches_text(&text_of(value), wanted),
    }
}

/// Whether a text is a pattern's, in which `*` stands for any text. Case does not count.
fn matches_text(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    last.map_or(rest.is_empty(), |last| text.ends_with(last))
}

fn contains(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found.to_lowercase().contains(text),
        Value::Array(items) => items.iter().any(|item| contains(item, text)),
        Value::Object(members) => members.values().any(|member| contains(member, text)),
        _ => false,
    }
}

/// The member that a call wants a list sorted by, and whether from the largest.
pub(super) fn sorting(arguments: &Arguments, kind: &Kind) -> Option<(String, bool)> {
    let named = ["sortBy", "sort_by", "sort_column"].iter().find_map(|name| arguments.get(name));
    let text = text_of(named?);
    let (from_largest, name) = match text.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, text.as_str()),
    };
    let turned = arguments.get("sort_order").or_else(|| arguments.get("sortOrder")).map(text_of);
    let descending = turned.is_some_and(|order| order.to_ascii_lowercase().starts_with('d'));
    member_for(kind, name).map(|member| (member, from_largest || descending))
}

/// Sorts positions by members, of which `look` gives the values. Equal ones keep their order, absent ones come last.
pub(super) fn sort<P: Copy>(
    positions: &mut [P],
    by: &[(String, bool)],
    mut look: impl FnMut(P, &str) -> Option<Value>,
) {
    let mut key = |position: P, member: &str| {
        look(position, member).filter(|value| !value.is_null()).map(|value| Comparable::new(&text_of(&value)))
    };
    let mut keys: Vec<(P, Vec<Option<Comparable>>)> = positions
        .iter()
        .map(|position| (*position, by.iter().map(|(member, _)| key(*position, member)).collect()))
        .collect();
    keys.sort_by(|(_, a), (_, b)| {
        let mut parts = a.iter().zip(b).zip(by).map(|((a, b), (_, from_largest))| match (a, b) {
            (Some(a), Some(b)) if *from_largest => b.compare(a),
            (Some(a), Some(b)) => a.compare(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        parts.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    for (place, (position, _)) in positions.iter_mut().zip(keys) {
        *place = position;
    }
}

/// A record with the members that a call asks for.
pub(super) fn shown(call: &Call<'_>, arguments: &Arguments, kind: &Kind, found: &Found<'_>) -> Record {
    if let Some(Value::Array(asked)) = arguments.get("fields") {
        return projected(kind, found, asked.iter().map(text_of));
    }
    let Some(choices) = include_choices(call) else { return found.record() };
    let asked: Vec<String> = match arguments.get("include") {
        Some(Value::Array(asked)) => asked.iter().map(text_of).collect(),
        Some(value) => vec![text_of(value)],
        None => Vec::new(),
    };
    found.record_with(|name| {
        choices.iter().filter(|choice| names_member(choice, name)).all(|choice| asked.contains(choice))
    })
}

/// The key and the members of these names.
pub(super) fn projected(kind: &Kind, found: &Found<'_>, names: impl Iterator<Item = String>) -> Record {
    let key = kind.key.clone();
    let mut record = Record::new();
    for name in key.into_iter().chain(names) {
        if let Some(value) = found.member(&name) {
            record.insert(name, value);
        }
    }
    record
}

fn include_choices<'a>(call: &'a Call<'_>) -> Option<&'a [String]> {
    match &call.api.parameter("include")?.ty {
        Type::Choice { values, .. } => Some(values),
        Type::List { item, .. } => match item.as_ref() {
            Type::Choice { values, .. } => Some(values),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a choice of `include` adds a member: `contacts` the contact.
fn names_member(choice: &str, member: &str) -> bool {
    choice == member || choice.strip_suffix('s') == Some(member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_stars() {
        for (text, pattern, fits) in [
            ("Blank pages", "blank*", true),
            ("Blank pages", "*PAGES", true),
            ("Blank pages", "b*a*s", true),
            ("Blank pages", "blank", false),
            ("Blank pages", "*x*", false),
            ("aa", "a*aa", false),
            ("", "*", true),
        ] {
            assert_eq!(matches_text(text, pattern), fits, "{text} {pattern}");
        }
    }
}
