//! Files that are brought into the one form.

use insta::assert_snapshot;

use crate::support::Zohoctl;

const UNTIDY: &str = "\
connector:   shelf
title: Zoho Shelf # the shelf
base_url: https://shelf.{zoho}/api/v1
apis:
    books.list:
        returns: [ Book ]
        # Where they are.
        get: /books
types: { Book: { id!: id } }
";

const TIDY: &str = "\
connector: shelf
title: Zoho Shelf # the shelf
base_url: https://shelf.{zoho}/api/v1
types: { Book: { id!: id } }
apis:
  books.list:
    # Where they are.
    get: /books
    returns: [Book]
";

#[test]
fn files_are_written_anew_once() {
    let zohoctl = Zohoctl::new();
    let path = zohoctl.write("mine/shelf.yaml", UNTIDY);
    zohoctl.write("mine/large/connector.yaml", "connector: large\n");
    zohoctl.write("mine/large/books.yaml", "apis: {}\n\n\n");
    assert_eq!(zohoctl.ok(&["fmt", "mine"]).stderr, "3 files: 2 files written anew\n");
    assert_eq!(std::fs::read_to_string(path).unwrap(), TIDY);
    assert_eq!(zohoctl.ok(&["fmt", "mine", "--check"]).stderr, "3 files: nothing to change\n");
}

#[test]
fn a_check_shows_what_differs_and_writes_nothing() {
    let zohoctl = Zohoctl::new();
    let path = zohoctl.write("shelf.yaml", UNTIDY);
    assert_snapshot!(zohoctl.run(&["fmt", "--check", "shelf.yaml"]), @"
    status: 1
    --- stdout
    shelf.yaml
    @@ -1,9 +1,9 @@
    -connector:   shelf
    +connector: shelf
     title: Zoho Shelf # the shelf
     base_url: https://shelf.{zoho}/api/v1
    +types: { Book: { id!: id } }
     apis:
    -    books.list:
    -        returns: [ Book ]
    -        # Where they are.
    -        get: /books
    -types: { Book: { id!: id } }
    +  books.list:
    +    # Where they are.
    +    get: /books
    +    returns: [Book]
    --- stderr
    1 file: 1 file would be written anew
    ");
    assert_eq!(std::fs::read_to_string(path).unwrap(), UNTIDY);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let zohoctl = Zohoctl::new();
    assert_eq!(zohoctl.run_with_input(&["fmt", "-"], UNTIDY).stdout, TIDY);
    assert_eq!(zohoctl.run_with_input(&["fmt", "-", "--check"], UNTIDY).status, 1);
    assert_eq!(zohoctl.run_with_input(&["fmt", "-", "--check"], TIDY).status, 0);
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone_with_its_fault_shown() {
    let zohoctl = Zohoctl::new();
    let path = zohoctl.write("shelf.yaml", "connector: shelf\ntitle: [1\n");
    assert_snapshot!(zohoctl.run(&["fmt", "shelf.yaml"]), @"
    status: 1
    --- stdout
    error[syntax]: unclosed bracket '['
     --> shelf.yaml:2:8
      |
    2 | title: [1
      |        ^

    --- stderr
    1 file: 1 file left alone, which cannot be read
    ");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "connector: shelf\ntitle: [1\n");
    assert_snapshot!(zohoctl.run(&["fmt"]), @"
    status: 2
    --- stdout
    --- stderr
    error: there is no folder of connectors of yours
    hint: name files or folders: `zohoctl fmt my-service.yaml`
    ");
}

#[test]
fn yaml_of_others_is_left_alone() {
    let zohoctl = Zohoctl::new();
    let foreign = "services:\n    web: {image:   x}\n";
    zohoctl.write("docker-compose.yaml", foreign);
    zohoctl.ok(&["new", "shelf"]);
    let ran = zohoctl.ok(&["fmt", "."]);
    assert!(ran.stderr.contains("docker-compose.yaml: left alone, since it is of no connector\n"), "{ran}");
    assert!(ran.stderr.ends_with("2 files: 1 of no connector\n"), "{ran}");
    let ran = zohoctl.run(&["fmt", "docker-compose.yaml"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert_eq!(std::fs::read_to_string(zohoctl.home().join("docker-compose.yaml")).unwrap(), foreign);
}
