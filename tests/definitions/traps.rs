//! The traps of YAML: each gives a diagnostic that names it and says what to write.

use crate::support::{codes, rendered, shelf};

/// An API in flow or block form that a trap is put into.
fn check(rest: &str, code: &str, words: &[&str]) {
    let (files, loaded) = shelf(rest);
    let text = rendered(&files, &loaded);
    assert!(codes(&loaded).contains(&code), "`{code}` is not said of:\n{rest}\nbut:\n{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not said of:\n{rest}\nbut:\n{text}");
    }
}

fn api(line: &str) -> String {
    format!("apis:\n  books.list:\n    get: /books\n    scopes: []\n    {line}\n")
}

#[test]
fn a_name_in_braces_without_quotes() {
    check("apis:\n  books.get: { get: /books/{id}, scopes: [] }\n", "syntax", &["`\"/books/{id}\"`"]);
    check("apis:\n  books.get: { get: /books/{id}}\n", "syntax", &["`\"/books/{id}\"`"]);
    check(&api("with: [a.{b}.c]"), "syntax", &["`\"a.{b}.c\"`"]);
    check(&api("base: {zoho}/books"), "syntax", &["`\"{zoho}/books\"`"]);
    check(&api("base: {zoho}"), "shape", &["a text that begins with `{` stands in quotes"]);
}

#[test]
fn a_text_that_begins_with_a_mark_of_yaml() {
    check(&api("note: !important thing"), "yaml-feature", &["quote a text that begins with `!`"]);
    check(&api("note: %20 is a blank"), "syntax", &["`%` at the beginning", "`\"%20 is a blank\"`"]);
    check(&api("note: @all of them"), "syntax", &["`@` at the beginning", "`\"@all of them\"`"]);
    check(&api("note: > 5 of them"), "syntax", &["`>` at the beginning", "`\"> 5 of them\"`"]);
    check(&api("note: *all of them"), "yaml-feature", &["quote a text that begins with `*`"]);
    check(&api("note: `code` here"), "syntax", &["``` at the beginning"]);
    check(&api("note: &name of it"), "yaml-feature", &["an anchor (`&name`)"]);
}

#[test]
fn a_colon_inside_a_text() {
    check(&api("note: one thing: another"), "syntax", &["`note: \"one thing: another\"`"]);
}

#[test]
fn a_colon_without_its_blank() {
    check("pagination:\n  rows: {offset:from, limit: limit}\n", "unknown-key", &["`offset: from`"]);
    check("apis:\n  books.list:\n    get:/books\n    scopes: []\n", "syntax", &["`get: /books`"]);
    check("apis:\n  books.list:\n    get /books\n    scopes: []\n", "syntax", &["`get: /books`"]);
}

#[test]
fn a_number_sign_behind_a_text() {
    check(&api("note: shelf #5 of ten"), "cut-text", &["`#5 of ten` is a comment"]);
    check(&api("note: shelf # five"), "cut-text", &["`# five` is a comment"]);
    check(&api("note: shelf  #5"), "cut-text", &["`#5` is a comment"]);
    check(&api("with: [a #b\n      ]"), "cut-text", &["`#b` is a comment"]);
    let (files, loaded) = shelf(&api("note: shelf  # five\n    # four\n    docs: \"https://shelf.zoho.com/#5\" #6"));
    assert!(loaded.diagnostics.is_empty(), "{}", rendered(&files, &loaded));
}

#[test]
fn words_that_are_truth_values_to_some() {
    check(&api("idempotent: yes"), "shape", &["write `true`"]);
    check(&api("destructive: no"), "shape", &["write `false`"]);
    for word in ["no", "on", "yes", "off", "No", "ON"] {
        check(&api(&format!("note: {word}")), "ambiguous-text", &["truth value", &format!("`\"{word}\"`")]);
    }
    check("regions: { only: [no] }\n", "ambiguous-text", &["`\"no\"`"]);
    check(&api("query: { on: string }"), "ambiguous-text", &["`\"on\"`"]);
}

#[test]
fn digits_that_are_numbers_to_some() {
    check(&api("note: 29"), "shape", &["must be a text, and `29` is a number", "`\"29\"`"]);
    check(&api("note: 1.10"), "shape", &["`\"1.10\"`"]);
    for digits in
        ["0012", "12:30", "1_000", "1.10", "4000000000000000001", "12345678901234567890", "123456789012345678901234"]
    {
        let line = format!("query: {{ n: any }}\n    example: {{ n: {digits} }}");
        check(&api(&line), "ambiguous-text", &[&format!("`\"{digits}\"`")]);
    }
    check(&api("query: { 29: string }"), "ambiguous-text", &["`\"29\"`"]);
}

#[test]
fn nothing_is_no_value() {
    check(&api("note:"), "shape", &["nothing stands there", "`null` is no value"]);
    check(&api("note: null"), "shape", &["`null` is no value"]);
    check(&api("note: ~"), "shape", &["`null` is no value"]);
}

#[test]
fn tabs_and_indentation() {
    check("apis:\n\tbooks.list:\n    get: /books\n", "syntax", &["a tab"]);
    check("apis:\n  books.list:\n    get: /books\n   scopes: []\n", "syntax", &["the same column"]);
}

#[test]
fn anchors_merges_tags_and_second_documents() {
    check("types: &all\n  Book: { id!: id }\n", "yaml-feature", &["an anchor"]);
    check("apis:\n  <<: { a: 1 }\n", "yaml-feature", &["`..: Type`"]);
    check("types:\n  Book: !map { id!: id }\n", "yaml-feature", &["a tag"]);
    check("---\nconnector: other\n", "yaml-feature", &["a second document"]);
}

#[test]
fn a_key_that_stands_twice_is_shown_with_both_places() {
    check(&api("scopes: [books.READ]"), "duplicate-key", &["the key `scopes` stands twice", "first here"]);
}

#[test]
fn a_mark_of_byte_order_is_named() {
    let files = crate::support::files("shelf", &format!("\u{feff}{}", crate::support::SHELF));
    let loaded = zoho_connector::load::load(&files);
    assert_eq!(codes(&loaded), ["syntax"]);
    assert!(loaded.diagnostics[0].message.contains("byte order mark"));
}

#[test]
fn line_ends_of_another_system_are_not_shown() {
    let text = "connector: shelf\r\ntitle: Zoho Shelf\r\ntitle: é\r\nbase_url: 5\r\n";
    let files = crate::support::files("shelf", text);
    let text = rendered(&files, &zoho_connector::load::load(&files));
    assert!(!text.contains('\r') && !text.contains('␍'), "{text}");
    assert!(text.contains("3 | title: é\n  | ^^^^^") && text.contains("shelf.yaml:4:11"), "{text}");
}
