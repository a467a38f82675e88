//! Two readers of YAML see every file: one gives places, the other values. Where they would take a text for different
//! things, the file has a diagnostic that says so.

use serde_json::{Number, Value};
use zoho_connector::load::load;
use zoho_connector::source::{Document, Node, NodeKind};

use crate::support::{bad, codes, connectors, shelf};

/// A tree as a value, by the rules of YAML 1.2's core schema. Nothing where it has no value: a key that is a list.
fn value_of(node: &Node) -> Option<Value> {
    match &node.kind {
        NodeKind::Scalar { text, plain: false } => Some(Value::String(text.clone())),
        NodeKind::Scalar { text, plain: true } => Some(core(text)),
        NodeKind::List(items) => items.iter().map(value_of).collect(),
        NodeKind::Map(entries) => entries
            .iter()
            .map(|(key, value)| match &key.kind {
                NodeKind::Scalar { text, .. } => Some((text.clone(), value_of(value)?)),
                _ => None,
            })
            .collect(),
    }
}

fn core(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let all = |digits: &str| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    if all(digits) {
        let whole = text.strip_prefix('+').unwrap_or(text);
        let number = whole.parse::<u64>().map(Number::from).or_else(|_| whole.parse::<i64>().map(Number::from)).ok();
        return number.or_else(|| Number::from_f64(whole.parse().ok()?)).map_or(Value::Null, Value::Number);
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(number) = text.strip_prefix(prefix).and_then(|digits| u64::from_str_radix(digits, radix).ok()) {
            return number.into();
        }
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_float = (all(whole) || whole.is_empty())
        && (all(fraction) || fraction.is_empty())
        && !(whole.is_empty() && fraction.is_empty())
        && all(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    match text.parse().ok().filter(|_| is_float).and_then(Number::from_f64) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

#[test]
fn both_readers_read_the_same_in_every_file() {
    let mut compared = 0;
    for connector in connectors().into_iter().chain(bad()) {
        let found = codes(&load(&connector.files));
        for file in &connector.files {
            let Ok((document, faults)) = Document::parse(&file.text) else {
                assert!(serde_yaml::from_str::<Value>(&file.text).is_err(), "{} is YAML to one reader", file.path);
                continue;
            };
            // Of what is refused anyway, such as merged maps, the readers may think as they like.
            if !faults.is_empty() {
                continue;
            }
            let other: Value = serde_yaml::from_str(&file.text).unwrap();
            let same = value_of(document.root()).as_ref() == Some(&other);
            assert!(same || found.contains(&"ambiguous-text"), "{}", file.path);
            compared += usize::from(same);
        }
    }
    assert!(compared > 40, "{compared} files were compared");
}

#[test]
fn what_they_take_for_different_things_has_a_diagnostic() {
    let mut differ = 0;
    for text in [
        "no",
        "on",
        "yes",
        "off",
        "true",
        "True",
        "null",
        "Null",
        "~",
        "0012",
        "-0012",
        "+12",
        "12:30",
        "1.10",
        "1.5",
        "1e3",
        ".5",
        "5.",
        "1_000",
        "0x1F",
        "0o17",
        "0b11",
        "215000000006907000",
        "12345678901234567890",
        "123456789012345678901234",
        ".inf",
        ".nan",
        "2026-01-31",
        "1.2.3",
        "10:30:00",
        "=",
        "-",
        "a: b",
    ] {
        let yaml = format!(
            "apis:\n  books.get: {{ get: /books, scopes: [], query: {{ q: any }}, example: {{ q: {text} }} }}\n"
        );
        let (files, loaded) = shelf(&yaml);
        let second = serde_yaml::from_str::<Value>(&files[0].text);
        let Ok((document, _)) = Document::parse(&files[0].text) else {
            assert!(codes(&loaded).contains(&"syntax"), "{text}");
            continue;
        };
        let same = second.is_ok_and(|second| value_of(document.root()) == Some(second));
        let told = codes(&loaded).iter().any(|code| ["ambiguous-text", "syntax"].contains(code));
        assert!(same || told, "{text}: the readers differ and nothing is said");
        differ += usize::from(!same);
    }
    assert!(differ > 0, "the readers do differ");
}
