//! What the author of a connector has: a file to begin with, and the schema for an editor.

use insta::assert_snapshot;

use crate::support::Zohoctl;

#[test]
fn a_new_connector_passes_its_checks_and_says_what_comes_next() {
    let zohoctl = Zohoctl::new();
    assert_snapshot!(zohoctl.run(&["new", "shelf"]), @"
    status: 0
    --- stdout
    --- stderr
    Wrote shelf.yaml: a list, a get, a create and a download.
    What to look up in the documentation of the service is marked LOOK UP in it.

    Next:

      zohoctl schema --out connector.schema.json                 so that your editor knows the language
      zohoctl connectors check shelf.yaml --watch                while you write
      zohoctl try shelf.yaml items.list                          one call of a sandbox, and what is made of it
      zohoctl invoke shelf items.list --connectors . --sandbox   as it will be used
    ");
    zohoctl.ok(&["fmt", "--check", "shelf.yaml"]);
    let checked = zohoctl.ok(&["connectors", "check", "shelf.yaml"]);
    assert_eq!((checked.stdout.as_str(), checked.stderr.as_str()), ("", "1 connector, 4 APIs: no faults\n"));
    let text = std::fs::read_to_string(zohoctl.home().join("shelf.yaml")).unwrap();
    assert!(text.starts_with("# yaml-language-server: $schema=connector.schema.json\n"), "{text}");
    assert!(text.lines().all(|line| line.len() <= 120), "{text}");
    assert!(!text.contains("{service}") && !text.contains("{title}") && !text.contains("{file}"), "{text}");
}

#[test]
fn each_of_its_apis_works_in_the_sandbox() {
    let zohoctl = Zohoctl::new();
    zohoctl.ok(&["new", "shelf", "--out", "mine"]);
    let invoke = |words: &[&str]| {
        let always = ["--connectors", "mine", "invoke", "shelf"];
        zohoctl.ok(&[&always, words, &["--sandbox"]].concat())
    };
    let all = invoke(&["items.list", "--all"]).lines();
    assert!(all.len() > 1, "{all:?}");
    let id = format!("item_id={}", all[0]["id"].as_str().unwrap());
    assert_eq!(invoke(&["items.get", &id]).lines(), all[..1]);
    assert_eq!(invoke(&["items.create", "name=Ladder"]).lines()[0]["name"], "Ladder");
    invoke(&["items.download", &id, "--out", "item.pdf"]);
    assert!(std::fs::metadata(zohoctl.home().join("item.pdf")).unwrap().len() > 0);
    let lacking = ["--connectors", "mine", "invoke", "shelf", "items.create", "price=1", "--sandbox"];
    assert!(zohoctl.run(&lacking).stderr.contains("name"));
}

#[test]
fn what_is_said_of_a_new_connector_stands_in_it() {
    let zohoctl = Zohoctl::new();
    let words = ["--title", "My: \"Shelf\"", "--base-url", "https://shelf.{zoho}/api/v1", "--scope-prefix", "MyShelf"];
    zohoctl.ok(&[&["new", "my-shelf"], &words[..]].concat());
    let shown = zohoctl.json(&["--connectors", ".", "connectors", "show", "my-shelf", "--output", "json"]);
    assert_eq!((&shown["name"], &shown["title"]), (&"my-shelf".into(), &"My: \"Shelf\"".into()));
    assert_eq!(shown["bases"][""], "https://shelf.{zoho}/api/v1");
    assert_eq!(shown["scope_prefixes"][0], "MyShelf");
}

#[test]
fn nothing_is_overwritten_and_no_file_with_faults_is_made() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("shelf.yaml", "mine");
    zohoctl.write("folder/connector.yaml", "connector: folder");
    for words in [
        &["new", "shelf"][..],
        &["new", "folder"],
        &["new", "other", "--out", "folder"],
        &["new", "Shelf"],
        &["new", "other", "--base-url", "https://shelf.zoho.eu/api"],
        &["new", "other", "--base-url", "http://shelf.{zoho}/api"],
        &["new", "../other"],
    ] {
        let ran = zohoctl.run(words);
        assert_eq!(ran.status, 2, "{ran}");
        assert!(ran.stderr.starts_with("error: "), "{ran}");
    }
    assert_eq!(std::fs::read_to_string(zohoctl.home().join("shelf.yaml")).unwrap(), "mine");
    assert!(!zohoctl.home().join("other.yaml").exists() && !zohoctl.home().join("folder/other.yaml").exists());
    let ran = zohoctl.ok(&["new", "desk"]);
    assert!(ran.stderr.contains("a service called desk is built in"), "{ran}");
}

#[test]
fn a_schema_at_hand_is_named_by_its_path() {
    let zohoctl = Zohoctl::new();
    let schema = zohoctl.ok(&["schema"]).stdout;
    zohoctl.write("schemas/connector.schema.json", schema);
    let ran = zohoctl.ok(&["new", "shelf", "--out", "connectors/mine"]);
    assert!(!ran.stderr.contains("zohoctl schema"), "{ran}");
    let text = std::fs::read_to_string(zohoctl.home().join("connectors/mine/shelf.yaml")).unwrap();
    assert!(text.starts_with("# yaml-language-server: $schema=../../schemas/connector.schema.json\n"), "{text}");
}

#[test]
fn the_schemas_are_those_of_the_repository() {
    for (words, committed) in [
        (&["schema"][..], include_str!("../../schemas/connector.schema.json")),
        (&["schema", "--config"], include_str!("../../schemas/config.schema.json")),
    ] {
        let printed = Zohoctl::new().json(words);
        let mut committed: serde_json::Value = serde_json::from_str(committed).unwrap();
        committed.as_object_mut().unwrap().remove("$comment");
        assert_eq!(printed, committed);
    }
    let ran = Zohoctl::new().ok(&["schema", "--jq", ".title", "--output", "raw"]);
    assert_eq!(ran.stdout, "Connector of a Zoho service\n");
}

#[test]
fn bindings_are_made_of_a_whole_connector_however_it_is_named() {
    let zohoctl = Zohoctl::new();
    let head = "connector: shelf\ntitle: Zoho Shelf\nbase_url: https://shelf.{zoho}\nscope_prefix: [Shelf]\n";
    let books = "apis:\n  books.list: { get: /books, scopes: [], returns: [map], records: . }\n";
    zohoctl.write("shelf/connector.yaml", head);
    zohoctl.write("shelf/books.yaml", books);
    let whole = zohoctl.ok(&["bindings", "shelf"]).stdout;
    assert!(whole.contains("//! Zoho Shelf: 1 APIs.") && whole.contains("pub struct List(Call);"), "{whole}");
    for word in ["shelf/connector.yaml", "shelf/books.yaml"] {
        assert_eq!(zohoctl.ok(&["bindings", word]).stdout, whole);
    }
}
