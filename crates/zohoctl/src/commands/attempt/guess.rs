//! A type in the words of the language, from values that came.

use serde_json::Value;

/// The deepest that an object is written in place; what lies deeper is a `map`.
const DEEPEST: usize = 2;

/// The type that fits values of a member. It is a proposal: a number of few digits may be an id, and a text that is the
/// same everywhere a choice.
pub(super) fn of(name: &str, values: &[&Value]) -> String {
    at_depth(name, values, 0)
}

fn at_depth(name: &str, values: &[&Value], depth: usize) -> String {
    let there: Vec<&Value> = values.iter().copied().filter(|value| !value.is_null()).collect();
    let all = |is: fn(&Value) -> bool| there.iter().all(|value| is(value));
    let texts: Option<Vec<&str>> = there.iter().map(|value| value.as_str()).collect();
    match texts {
        _ if there.is_empty() => "any".to_owned(),
        Some(texts) => of_texts(name, &texts).to_owned(),
        None if all(Value::is_boolean) => "bool".to_owned(),
        None if all(is_integer) && is_id_name(name) => "id".to_owned(),
        None if all(is_integer) => "int".to_owned(),
        None if all(Value::is_number) => "decimal".to_owned(),
        None if all(Value::is_array) => {
            let items: Vec<&Value> = there.iter().filter_map(|value| value.as_array()).flatten().collect();
            if items.is_empty() { "[any]".to_owned() } else { format!("[{}]", at_depth(name, &items, depth)) }
        }
        None if all(Value::is_object) && depth < DEEPEST => object(&there, depth),
        None if all(Value::is_object) => "map".to_owned(),
        None => "any".to_owned(),
    }
}

fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64()
}

/// An object with the members of all of them, in the order in which they came.
fn object(values: &[&Value], depth: usize) -> String {
    let mut names: Vec<&String> = Vec::new();
    for name in values.iter().filter_map(|value| value.as_object()).flat_map(|object| object.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() || names.iter().any(|name| !is_plain(name)) {
        return "map".to_owned();
    }
    let member = |name: &&String| {
        let of_member: Vec<&Value> = values.iter().filter_map(|value| value.get(name.as_str())).collect();
        format!("{name}: {}", at_depth(name, &of_member, depth + 1))
    };
    format!("{{ {} }}", names.iter().map(member).collect::<Vec<_>>().join(", "))
}

/// Whether a name can stand in YAML as it is.
pub(super) fn is_plain(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.$".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(good)
}

fn is_id_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "id" || lower.ends_with("_id") || name.ends_with("Id") || name.ends_with("ID") || lower == "zuid"
}

fn of_texts(name: &str, texts: &[&str]) -> &'static str {
    let there: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    let all = |is: fn(&str) -> bool| !there.is_empty() && there.iter().all(|text| is(text));
    let lower = name.to_ascii_lowercase();
    match () {
        () if (is_id_name(name) && !there.iter().any(|text| text.contains(' '))) || all(is_long_number) => "id",
        () if all(is_date) => "date",
        () if all(is_time) => "time",
        () if all(|text| text.starts_with("https://") || text.starts_with("http://")) => "url",
        () if all(|text| text.contains('@') && !text.contains(' ')) => "email",
        () if all(is_decimal) => "decimal",
        () if all(|text| text == "true" || text == "false") => "bool",
        () if lower.contains("phone") || lower.contains("mobile") => "phone",
        () => "string",
    }
}

/// A number too long to be counted with.
fn is_long_number(text: &str) -> bool {
    text.len() >= 15 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.split_once('.').is_some_and(|(whole, part)| {
        let good = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        good(whole) && good(part)
    })
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_time(text: &str) -> bool {
    let has_clock = |text: &str| text.as_bytes().get(10).is_some_and(|byte| *byte == b'T' || *byte == b' ');
    has_clock(text) && text.get(..10).is_some_and(is_date)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_tell_their_type() {
        for (name, values, expected) in [
            ("name", json!(["a", "", null]), "string"),
            ("count", json!([1, 2]), "int"),
            ("price", json!([1, 2.5]), "decimal"),
            ("price", json!(["1.20", "3.00"]), "decimal"),
            ("version", json!(["1.2.3"]), "string"),
            ("item_id", json!([1, 2]), "id"),
            ("ownerId", json!(["4000123"]), "id"),
            ("parent", json!(["4000000000000012345"]), "id"),
            ("active", json!([true, false]), "bool"),
            ("day", json!(["2026-01-31"]), "date"),
            ("at", json!(["2026-01-31T10:00:00+0530", "2026-01-31 10:00"]), "time"),
            ("link", json!(["https://a.b/c"]), "url"),
            ("reply_to", json!(["ann@example.com"]), "email"),
            ("mobile", json!(["+49 1"]), "phone"),
            ("tags", json!([["a"], []]), "[string]"),
            ("tags", json!([[]]), "[any]"),
            ("mixed", json!(["a", 1]), "any"),
            ("none", json!([null]), "any"),
            ("address", json!([{ "zip": "1" }, { "street": null, "zip": "2" }]), "{ zip: string, street: any }"),
            ("lines", json!([[{ "rate": 1.5 }]]), "[{ rate: decimal }]"),
            ("custom", json!([{ "a b": 1 }]), "map"),
            ("deep", json!([{ "a": { "b": { "c": 1 } } }]), "{ a: { b: map } }"),
        ] {
            let values: Vec<&Value> = values.as_array().unwrap().iter().collect();
            assert_eq!(of(name, &values), expected, "{name}");
        }
    }
}
