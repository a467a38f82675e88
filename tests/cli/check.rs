//! Connectors that are right, and connectors that are not.

use insta::assert_snapshot;

use crate::support::Zohoctl;

const BROKEN: &str = "\
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api/v1
scope_prefix: [Shelf]
responses: { records: data }
pagination:
  offset: { offset: from, first: 0, limit: limit, max: 100, stop: short_page }
types:
  Book: { id!: id, title: strin }
apis:
  books.list: { get: /books, scopes: [books.READ], paginat: offset, returns: [Book] }
  books.get: { get: '/books/{id}', scopes: [books.READ], returns: Bok }
";

#[test]
fn all_built_in_connectors_are_right() {
    let ran = Zohoctl::new().ok(&["connectors", "check"]);
    assert!(ran.stdout.is_empty(), "{ran}");
    let names = Zohoctl::new().lines(&["connectors", "list", "--output", "jsonl"]);
    let apis: u64 = names.iter().map(|connector| connector["api_count"].as_u64().unwrap()).sum();
    assert_eq!(ran.stderr, format!("{} connectors, {apis} APIs: no faults\n", names.len()));
}

#[test]
fn every_fault_is_shown_in_its_place() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("shelf.yaml", BROKEN);
    assert_snapshot!(zohoctl.run(&["connectors", "check", "shelf.yaml"]), @"
    status: 1
    --- stdout
    error[invalid-type]: `strin` is not a type
     --> shelf.yaml:9:27
      |
    9 |   Book: { id!: id, title: strin }
      |                           ^^^^^
      |
      = help: did you mean `string`?

    error[unknown-key]: `books.list` has no key `paginat`
      --> shelf.yaml:11:52
       |
    11 |   books.list: { get: /books, scopes: [books.READ], paginat: offset, returns: [Book] }
       |                                                    ^^^^^^^
       |
       = help: did you mean `paginate`?

    error[unknown-type]: the type `Bok` is not defined
      --> shelf.yaml:12:67
       |
    12 |   books.get: { get: '/books/{id}', scopes: [books.READ], returns: Bok }
       |                                                                   ^^^
       |
       = help: did you mean `Book`?

    --- stderr
    1 connector, 1 API: 3 errors
    ");
}

#[test]
fn faults_are_data_for_editors() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("mine/shelf.yaml", BROKEN);
    let ran = zohoctl.run(&["connectors", "check", "mine", "--format", "json", "--quiet"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""), "{ran}");
    let faults: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let fault = |code: &str| faults.as_array().unwrap().iter().find(|fault| fault["code"] == code).unwrap().clone();
    assert_eq!((fault("unknown-key")["line"].as_u64(), fault("unknown-key")["column"].as_u64()), (Some(11), Some(52)));
    assert_eq!(fault("invalid-type")["line"], 9);
}

#[test]
fn faults_are_annotations_of_a_pull_request() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("shelf.yaml", BROKEN);
    assert_snapshot!(zohoctl.run(&["connectors", "check", "shelf.yaml", "--format", "github"]), @"
    status: 1
    --- stdout
    ::error file=shelf.yaml,line=9,col=27,endLine=9,title=invalid-type::`strin` is not a type%0Ahelp: did you mean `string`?
    ::error file=shelf.yaml,line=11,col=52,endLine=11,title=unknown-key::`books.list` has no key `paginat`%0Ahelp: did you mean `paginate`?
    ::error file=shelf.yaml,line=12,col=67,endLine=12,title=unknown-type::the type `Bok` is not defined%0Ahelp: did you mean `Book`?
    --- stderr
    1 connector, 1 API: 3 errors
    ");
}

#[test]
fn a_broken_connector_of_the_users_hides_no_other() {
    let zohoctl = Zohoctl::new();
    zohoctl.write(".config/zohoctl/connectors/shelf.yaml", BROKEN);
    let ran = zohoctl.ok(&["connectors", "list"]);
    let row = |name: &str| ran.stdout.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    assert!(row("desk").contains("built in"), "{ran}");
    assert!(row("shelf").contains("broken: see `zohoctl connectors check`"), "{ran}");
    let ran = zohoctl.ok(&["apis", "search", "tickets.trash"]);
    assert!(ran.stdout.contains("tickets.trash") && ran.stderr.contains("`shelf` is left out"), "{ran}");
    assert_eq!(zohoctl.run(&["connectors", "check"]).status, 1);
    assert_eq!(zohoctl.run(&["invoke", "shelf", "books.list"]).status, 1);
}

#[test]
fn what_cannot_be_checked_is_said() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("empty/readme.txt", "");
    assert_snapshot!(zohoctl.run(&["connectors", "check", "empty"]), @"
    status: 2
    --- stdout
    --- stderr
    error: empty holds no connector
    hint: a connector is a file NAME.yaml, or a folder with a connector.yaml
    ");
    assert_snapshot!(zohoctl.run(&["connectors", "check", "./nowhere.yaml"]), @"
    status: 1
    --- stdout
    --- stderr
    error: cannot read ./nowhere.yaml: No such file or directory (os error 2)
    ");
    assert_snapshot!(zohoctl.run(&["connectors", "check", "deks"]), @"
    status: 2
    --- stdout
    --- stderr
    error: no connector is called `deks`
    hint: did you mean `desk`?
    ");
    assert_snapshot!(zohoctl.run(&["--connectors", "nowhere", "connectors", "list"]), @"
    status: 2
    --- stdout
    --- stderr
    error: nowhere is not a folder of connectors
    hint: it is given by --connectors, ZOHO_CONNECTORS or config.yaml
    ");
}
