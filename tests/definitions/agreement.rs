//! The JSON Schema and serde accept the same files: an editor and the program never disagree.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use zoho_connector::definition::Definition;
use zoho_connector::schema::schema;
use zoho_connector::shape;

use crate::random::Random;
use crate::support::{bad, connectors};

const EVERYTHING: &str = include_str!("everything.yaml");

fn everything() -> Value {
    serde_yaml::from_str(EVERYTHING).unwrap()
}

/// Whether serde reads a value.
fn serde_reads(value: &Value) -> bool {
    serde_json::from_value::<Definition>(value.clone()).is_ok()
}

fn agree(value: &Value, what: &str) {
    assert_eq!(shape::fits(value), serde_reads(value), "schema and serde differ about {what}:\n{value}");
}

#[test]
fn on_every_file_good_and_bad() {
    let mut accepted = 0;
    for connector in connectors().into_iter().chain(bad()) {
        for file in connector.files {
            if let Ok(value) = serde_yaml::from_str::<Value>(&file.text) {
                agree(&value, &file.path);
                accepted += usize::from(shape::fits(&value));
            }
        }
    }
    assert!(accepted > 20, "most files have the right shape");
}

/// The sample below is only worth something while it has every word.
#[test]
fn the_sample_has_every_word_of_the_schema() {
    let mut words = BTreeSet::new();
    words_of_schema(&schema(), &mut words);
    let mut used = BTreeSet::new();
    keys_of(&everything(), &mut used);
    let missing: Vec<&String> = words.difference(&used).collect();
    assert!(missing.is_empty(), "everything.yaml lacks {missing:?}");
    agree(&everything(), "the sample");
    assert!(shape::fits(&everything()));
}

fn words_of_schema(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                words.extend(properties.keys().cloned());
            }
            members.values().for_each(|value| words_of_schema(value, words));
        }
        Value::Array(items) => items.iter().for_each(|item| words_of_schema(item, words)),
        _ => {}
    }
}

fn keys_of(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            keys.extend(members.keys().cloned());
            members.values().for_each(|value| keys_of(value, keys));
        }
        Value::Array(items) => items.iter().for_each(|item| keys_of(item, keys)),
        _ => {}
    }
}

/// What is put in place of a value, one after the other.
fn substitutes() -> Vec<Value> {
    let texts = json!(["", "text", "short_page", "header", "get"]);
    let numbers = json!([0, 1, -1, 1.0, 1.5, 18_446_744_073_709_551_615_u64, 1e300]);
    let lists =
        json!([[], ["a"], [1], [0.5], [[]], [{}], ["a", "b"], ["a", 1], ["a", 0], ["a", 1, 2], [null], [["a"], 5]]);
    let maps = json!([
        {}, { "a": "b" }, { "a": 1 }, { "a": [] }, { "a": {} }, { "a": "b", "c": "d" }, { "not": 1 }, { "not": [] },
        { "not": { "not": 1 } }, { "not": 1, "present": true }, { "present": true }, { "present": "yes" }, { "url": "u" },
        { "at": "a" }, { "at": [] }, { "..": "A" }, { "..": [] }, { "..": 1 }, { "http": 200 }, { "a": { "max": 0 } },
        { "get": { "query": {} } },
    ]);
    let mut all = vec![Value::Null, Value::Bool(true)];
    for list in [texts, numbers, lists, maps] {
        all.extend(list.as_array().unwrap().iter().cloned());
    }
    all
}

#[test]
fn on_every_value_of_the_sample_replaced_by_every_other() {
    let sample = everything();
    let substitutes = substitutes();
    let mut judged = 0;
    for pointer in pointers(&sample) {
        let mut changed = sample.clone();
        for substitute in &substitutes {
            changed.pointer_mut(&pointer).unwrap().clone_from(substitute);
            agree(&changed, &format!("{pointer} as {substitute}"));
            judged += 1;
        }
    }
    assert!(judged > 10_000);
}

#[test]
fn on_every_map_of_the_sample_with_a_key_too_many_or_too_few() {
    let sample = everything();
    for pointer in pointers(&sample) {
        let Some(members) = sample.pointer(&pointer).and_then(Value::as_object) else { continue };
        let with = |members: Map<String, Value>| {
            let mut changed = sample.clone();
            *changed.pointer_mut(&pointer).unwrap() = Value::Object(members);
            changed
        };
        for value in [json!("text"), json!(1), json!({}), json!({ "get": "/a" })] {
            let mut more = members.clone();
            more.insert("surplus".to_owned(), value);
            agree(&with(more), &format!("{pointer} with a key more"));
        }
        for key in members.keys() {
            let mut less = members.clone();
            less.remove(key);
            agree(&with(less), &format!("{pointer} without {key}"));
        }
    }
}

#[test]
fn on_files_of_the_connectors_with_values_exchanged() {
    let files: Vec<Value> = connectors()
        .into_iter()
        .flat_map(|connector| connector.files)
        .map(|file| serde_yaml::from_str(&file.text).unwrap())
        .collect();
    let substitutes = substitutes();
    let mut random = Random::new(3);
    for _ in 0..2_000 {
        let mut changed = random.one_of(&files).clone();
        let pointer = random.one_of(&pointers(&changed)).clone();
        changed.pointer_mut(&pointer).unwrap().clone_from(random.one_of(&substitutes));
        agree(&changed, &pointer);
    }
}

/// The JSON pointers of all values inside a value.
fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    below(value, "", &mut found);
    found
}

fn below(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        _ => Vec::new(),
    };
    for (step, child) in children {
        let pointer = format!("{at}/{step}");
        found.push(pointer.clone());
        below(child, &pointer, found);
    }
}

#[test]
fn a_key_with_nothing_behind_it_is_refused_everywhere() {
    let sample = everything();
    for pointer in pointers(&sample) {
        let mut changed = sample.clone();
        *changed.pointer_mut(&pointer).unwrap() = Value::Null;
        let free = ["/example/", "/to/", "/where/", "/order/"].iter().any(|values| pointer.contains(values));
        assert_eq!(shape::fits(&changed), free, "{pointer}");
    }
}

#[test]
fn the_schema_has_no_keyword_whose_errors_nobody_can_read() {
    let text = schema().to_string();
    for keyword in ["\"anyOf\"", "\"oneOf\"", "\"allOf\"", "\"null\"", "\"format\"", "\"not\":{\"type\""] {
        assert!(!text.contains(keyword), "{keyword}");
    }
    let mut undescribed = Vec::new();
    described(&schema(), "", &mut undescribed);
    assert!(undescribed.is_empty(), "without a description: {undescribed:?}");
}

/// Every key that a file may have is described, at the key or at what it refers to.
fn described(schema: &Value, at: &str, undescribed: &mut Vec<String>) {
    let Value::Object(members) = schema else { return };
    if let Some(Value::Object(properties)) = members.get("properties") {
        let silent = properties.iter().filter(|(_, schema)| schema.get("description").is_none());
        undescribed
            .extend(silent.filter(|(_, schema)| schema.get("$ref").is_none()).map(|(key, _)| format!("{at}/{key}")));
    }
    for (key, schema) in members {
        described(schema, &format!("{at}/{key}"), undescribed);
    }
}
