//! Bindings of connectors that people wrote as they please: what comes is Rust, and says what they wrote.

use zoho_connector::{SourceFile, load};

use super::*;

/// Bindings of a connector, in one file, which is Rust or is not made at all.
fn file(yaml: &str) -> String {
    let connector = load::read(&[SourceFile::new("bookshelf.yaml", yaml.to_owned())]).unwrap();
    let source = Source::Include(vec![("bookshelf.yaml".to_owned(), "../bookshelf.yaml".to_owned())]);
    let style =
        Style { import: "zoho::typed".to_owned(), path: "crate::bookshelf".to_owned(), fence: "ignore".to_owned() };
    Bindings::new(&connector).file(&source, &style).unwrap()
}

fn bookshelf(rest: &str) -> String {
    format!(
        "connector: bookshelf\ntitle: Zoho Bookshelf\nbase_url: https://bookshelf.{{zoho}}/api/v1\nscope_prefix: [ZohoBookshelf]\n{rest}"
    )
}

#[test]
fn texts_with_marks_stay_what_they_are() {
    let made = file(&bookshelf(
        r#"
types: { Book: { id!: id, unit: "m²|km|\"x\"" } }
apis:
  books.create:
    post: /books
    scopes: [books.CREATE]
    note: 'The sign "¶'
    body: { law!: string, o: string, map: map }
    returns: Book
    example: { law: "§ 5", o: "¶ 1", map: { "§": "\"§\"" } }
"#,
    ));
    assert!(made.contains(r#".create("§ 5")"#) && made.contains(r#".set_o("¶ 1")"#), "{made}");
    assert!(made.contains("/// The sign \"¶\n"), "{made}");
    assert!(made.contains(r#"json!({ "§": "\"§\"" })"#), "{made}");
    assert!(made.contains("M: \"m²\",\n") && made.contains("X: \"\\\"x\\\"\",\n"), "{made}");
}

#[test]
fn names_of_rusts_own_are_free_for_groups_and_apis() {
    let api = |name: &str| {
        let path = name.replace('.', "/");
        format!("  {name}: {{ get: /{path}, scopes: [books.READ], returns: map }}\n")
    };
    let made = file(&bookshelf(&format!("apis:\n{}{}{}", api("std.get"), api("zoho.get"), api("messages.send"))));
    assert!(made.contains("pub mod std_2 {") && made.contains("pub mod zoho_2 {"), "{made}");
    assert!(made.contains("pub struct SendApi(Call);"), "{made}");
}
