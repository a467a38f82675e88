//! Connectors with mistakes, as people make them, and what they are told.

use std::collections::BTreeSet;

use zoho_connector::Code;
use zoho_connector::diagnostic::json::json;
use zoho_connector::diagnostic::render::{Paint, render, summary};
use zoho_connector::load::load;
use zoho_connector::source::line_column;

use crate::support::{bad, codes, rendered};

#[test]
fn what_is_said_of_every_bad_connector() {
    let all = bad();
    assert!(all.len() >= 25);
    for connector in all {
        let loaded = load(&connector.files);
        assert!(!loaded.diagnostics.is_empty(), "{} has a fault", connector.name);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "bad/snapshots" }, {
            insta::assert_snapshot!(connector.name, rendered(&connector.files, &loaded));
        });
    }
}

#[test]
fn every_code_is_given_by_some_bad_connector() {
    let given: BTreeSet<&str> = bad().iter().flat_map(|connector| codes(&load(&connector.files))).collect();
    let missing: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).filter(|code| !given.contains(code)).collect();
    assert!(missing.is_empty(), "no bad connector has {missing:?}");
}

#[test]
fn diagnostics_come_by_file_and_place_and_none_twice() {
    for connector in bad() {
        let found = json(&connector.files, &load(&connector.files).diagnostics);
        let files: Vec<&str> = connector.files.iter().map(|file| file.path.as_str()).collect();
        let place = |value: &serde_json::Value| {
            let file = files.iter().position(|path| Some(*path) == value["file"].as_str()).unwrap();
            (file, value["line"].as_u64().unwrap(), value["column"].as_u64().unwrap())
        };
        assert!(found.is_sorted_by_key(place), "{}", connector.name);
        let texts: BTreeSet<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), found.len(), "{}", connector.name);
    }
}

#[test]
fn the_machine_form_says_the_same_with_columns_in_characters() {
    let connector = bad().into_iter().find(|connector| connector.name == "other_scripts").unwrap();
    let loaded = load(&connector.files);
    let text = &connector.files[0].text;
    for (value, diagnostic) in json(&connector.files, &loaded.diagnostics).iter().zip(&loaded.diagnostics) {
        assert_eq!(value["code"], diagnostic.code.as_str());
        assert_eq!(value["message"], diagnostic.message);
        assert_eq!(value["page"], format!("checks/{}.md", diagnostic.code));
        let line = text.lines().nth(usize::try_from(value["line"].as_u64().unwrap()).unwrap() - 1).unwrap();
        assert!(value["column"].as_u64().unwrap() <= line.chars().count() as u64, "{value}");
    }
    assert_eq!(line_column("é本📚x", "é本📚".len()), (1, 4));
}

#[test]
fn colours_are_for_terminals_and_the_summary_counts() {
    let connector = bad().into_iter().find(|connector| connector.name == "scopes").unwrap();
    let diagnostics = load(&connector.files).diagnostics;
    assert!(render(&connector.files, &diagnostics, Paint::Coloured).contains("\u{1b}["));
    assert!(!render(&connector.files, &diagnostics, Paint::Plain).contains('\u{1b}'));
    assert_eq!(summary(&connector.files, &diagnostics), "5 errors, 1 warning in 1 file");
    assert_eq!(summary(&connector.files, &[]), "no faults in 1 file");
}
