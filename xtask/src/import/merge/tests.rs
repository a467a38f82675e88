//! What comes into a connector that is there, and what stays.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use zoho_connector::load::read;
use zoho_connector::sample::{SAMPLE_FILE, Sample, sample};
use zoho_connector::{Api, Connector};
use zoho_core::{Argument, Arguments, Connection, FilePart, Invocation, explain};

use super::*;
use crate::definitions::paths::{of_url, plain};
use crate::import::{LONG_FILE, run as import_into};

/// A definition of a small service.
const DEFINITION: &str = r##"{
  "openapi": "3.0.0", "servers": [{ "url": "https://shelf.zoho.com/api/v1" }],
  "paths": {
    "/books": {
      "get": { "security": [{ "o": ["Shelf.books.READ", "Shelf.search.READ"] }],
        "parameters": [
          { "name": "from", "in": "query", "schema": { "type": "integer", "minimum": 1 } },
          { "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": 50 } },
          { "name": "state", "in": "query", "schema": { "type": "string", "enum": ["lent", "here", "lost"] } },
          { "name": "shelf", "in": "query", "schema": { "type": "string" } } ],
        "responses": { "200": { "content": { "application/json": { "schema": { "properties": {
          "data": { "type": "array", "items": { "$ref": "#/components/schemas/book" } } } } } } } } },
      "post": { "security": [{ "o": ["Shelf.books.CREATE"] }],
        "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/fields" } } } },
        "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/book" } } } } } }
    },
    "/books/{bookId}": {
      "get": { "security": [{ "o": ["Shelf.books.READ"] }],
        "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/book" } } } } } },
      "delete": { "security": [{ "o": ["Shelf.books.DELETE"] }], "responses": { "204": {} } }
    },
    "/readers": {
      "get": { "security": [{ "o": ["Shelf.readers.READ"] }],
        "responses": { "200": { "content": { "application/json": { "schema": { "properties": {
          "data": { "type": "array", "items": { "type": "object", "properties": {
            "id": { "type": "string" }, "name": { "type": "string" }, "author": { "$ref": "#/components/schemas/author" } } } } } } } } } } }
    }
  },
  "components": { "schemas": {
    "fields": { "type": "object", "properties": { "title": { "type": "string" }, "pages": { "type": "integer" },
      "isbn": { "type": "string" } } },
    "author": { "type": "object", "properties": { "id": { "type": "string" }, "firstName": { "type": "string" },
      "lastName": { "type": "string" }, "email": { "type": "string", "format": "email" } } },
    "book": { "type": "object", "properties": { "id": { "type": "string" }, "title": { "type": "string" },
      "pages": { "type": "integer" }, "isbn": { "type": "string" }, "createdTime": { "type": "string", "format": "date-time" },
      "author": { "$ref": "#/components/schemas/author" } } }
  } }
}"##;

const SERVICE: &str = "\
# Written by hand.
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api/v1
scope_prefix: [Shelf]

responses: { records: data }  # seen live
pagination:
  offset: { offset: from, first: 1, limit: limit, max: 50, stop: short_page }
";

const BOOKS: &str = "\
# What stands on shelves.
types:
  # With what is written on them.
  BookFields: { title: string,   pages: string }  # as in replies, seen live
  Book: { ..: BookFields, id!: id, author: Author, createdTime: time }
  Author: { id!: id, firstName: string, lastName: string, email: email }

apis:
  # Everything that there is.
  books.all:
    get: /books
    scopes: [books.READ]  # the narrowest
    query:
      state: lent|here  # as in the shop
    paginate: offset
    returns: [Book]
    note: Slow in the evening.

  books.add:
    post: /books
    scopes: [books.CREATE]
    body: BookFields
    returns: Book
    example: { title: Momo }
";

struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("shelf")).unwrap();
        fs::write(folder.path().join("shelf.json"), DEFINITION).unwrap();
        Self { folder }
    }

    fn by_hand() -> Self {
        let shelf = Self::new();
        shelf.write("connector.yaml", SERVICE);
        shelf.write("books.yaml", BOOKS);
        shelf
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("shelf").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn texts(&self) -> BTreeMap<String, String> {
        texts_in(&self.folder.path().join("shelf"))
    }

    fn import(&self) -> Import {
        Import {
            into: Some(self.folder.path().join("shelf")),
            ..of("shelf", self.folder.path().join("shelf.json"), &[])
        }
    }
}

fn of(service: &str, source: PathBuf, connection: &[&str]) -> Import {
    Import {
        service: service.to_owned(),
        from: vec![source],
        select: None,
        names: None,
        connection: connection.iter().map(ToString::to_string).collect(),
        out: None,
        into: None,
        report: None,
    }
}

fn texts_in(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

#[test]
fn what_is_missing_comes_to_what_a_person_wrote_and_nothing_of_that_is_changed() {
    let shelf = Shelf::by_hand();
    let told = import_into(&shelf.import()).unwrap();
    let expected = "\
# What stands on shelves.
types:
  # With what is written on them.
  BookFields: { title: string, pages: string, isbn: string }  # as in replies, seen live
  Book: { ..: BookFields, id!: id, author: Author, createdTime: time }

apis:
  # Everything that there is.
  books.all:
    get: /books
    scopes: [books.READ|search.READ]  # the narrowest
    query:
      state: lent|here|lost  # as in the shop
      shelf: string
    paginate: offset
    returns: [Book]
    note: Slow in the evening.

  books.add:
    post: /books
    scopes: [books.CREATE]
    body: BookFields
    returns: Book
    example: { title: Momo }

  books.get:
    get: /books/{bookId}
    scopes: [books.READ]
    returns: Book

  books.delete:
    delete: /books/{bookId}
    scopes: [books.DELETE]
    destructive: true
";
    assert_eq!(shelf.text("books.yaml"), expected);
    // A type that another group names as well belongs to the service.
    let author = "\ntypes:\n  Author: { id!: id, firstName: string, lastName: string, email: email }\n";
    assert_eq!(shelf.text("connector.yaml"), format!("{SERVICE}{author}"));
    assert!(shelf.text("readers.yaml").contains("author: Author"), "{}", shelf.text("readers.yaml"));
    assert!(told.contains("shelf: 5 operations: 3 APIs and 4 other things added"), "{told}");
    assert!(told.contains("pages: the definition has `int`; here `string`"), "{told}");
}

#[test]
fn a_second_import_changes_no_byte_and_a_change_by_hand_survives_a_third() {
    for shelf in [Shelf::new(), Shelf::by_hand()] {
        import_into(&shelf.import()).unwrap();
        let first = shelf.texts();
        import_into(&shelf.import()).unwrap();
        assert_eq!(shelf.texts(), first);
        let books = shelf.text("books.yaml");
        let by_hand = books
            .replace("  books.get:\n", "  # One of them, by its number.\n  books.one:   # renamed\n")
            .replace("    destructive: true\n", "    destructive: true\n    note: It is gone at once.\n");
        assert_ne!(by_hand, books);
        shelf.write("books.yaml", &by_hand);
        let changed = shelf.texts();
        let told = import_into(&shelf.import()).unwrap();
        assert!(told.starts_with("shelf: 5 operations: 0 APIs and 0 other things added"), "{told}");
        assert_eq!(shelf.texts(), changed);
    }
}

#[test]
fn what_is_explained_is_left_as_it_is() {
    let shelf = Shelf::by_hand();
    let explained = BOOKS.replace(
        "    note: Slow in the evening.\n",
        "    note: Slow in the evening.\n    differs: { query shelf: a live client found it without effect }\n",
    );
    shelf.write("books.yaml", &explained);
    import_into(&shelf.import()).unwrap();
    assert!(!shelf.text("books.yaml").contains("shelf: string"), "{}", shelf.text("books.yaml"));
}

/// A definition with names that mean something to the language, or to the paths of differences.
fn with_odd_names() -> String {
    let parameters = r#"{ "name": "f.x", "in": "query", "schema": { "type": "string" } },
        { "name": "q!", "in": "query", "schema": { "type": "string" } },
        { "name": "..", "in": "query", "schema": { "type": "string" } },
        { "name": "sort", "in": "query", "required": true, "schema": { "enum": ["x", "-x"], "default": "-x" } },
        { "name": "shelf","#;
    let fields = r#""fields": { "type": "object", "properties": { "a.b": { "type": "string" }, "a": { "type": "object",
        "properties": { "p.q": { "type": "string" }, "r!": { "type": "string" } } },"#;
    let book =
        r#""book": { "type": "object", "properties": { "c.d": { "type": "integer" }, "e!": { "type": "integer" },"#;
    DEFINITION
        .replacen(r#"{ "name": "shelf","#, parameters, 1)
        .replacen(r#""fields": { "type": "object", "properties": {"#, fields, 1)
        .replacen(r#""book": { "type": "object", "properties": {"#, book, 1)
}

#[test]
fn a_member_is_added_under_its_own_name_with_its_default_or_told_where_that_cannot_be_written() {
    let shelf = Shelf::by_hand();
    let by_hand = BOOKS.replace("body: BookFields\n", "body: { title: string, pages: string, isbn: string }\n");
    shelf.write("books.yaml", &by_hand);
    fs::write(shelf.folder.path().join("shelf.json"), with_odd_names()).unwrap();
    let told = import_into(&shelf.import()).unwrap();
    let books = shelf.text("books.yaml");
    for added in [
        "      f.x: string\n",
        "      sort: x|-x = -x\n",
        "  Book: { ..: BookFields, id!: id, author: Author, createdTime: time, c.d: int, isbn: string }\n",
        "    body: { title: string, pages: string, isbn: string, a.b: string, a: { p.q: string } }\n",
    ] {
        assert!(books.contains(added), "{added}: {books}");
    }
    for left in ["books.all: query q!:", "books.all: query ..:", "type Book: type Book.e!:", "books.add: body a.r!:"] {
        assert!(told.contains(left), "{left} {told}");
    }
    assert!(["q!", "e!", "r!"].iter().all(|name| !books.contains(name)), "{books}");
    let first = shelf.texts();
    import_into(&shelf.import()).unwrap();
    assert_eq!(shelf.texts(), first);
}

#[test]
fn a_group_that_would_be_too_long_is_split() {
    let shelf = Shelf::by_hand();
    let long: String = (0..780).map(|n| format!("# Line {n}.\n")).collect();
    shelf.write("books.yaml", &format!("{long}\n{BOOKS}"));
    let pages = r#""/books/{bookId}/pages": { "get": { "responses": { "200": { "content": { "application/json": { "schema": {
        "properties": { "data": { "type": "array", "items": { "properties": { "id": { "type": "string" } } } } } } } } } } },
        "post": { "responses": { "204": {} } } }, "/readers""#;
    fs::write(shelf.folder.path().join("shelf.json"), DEFINITION.replacen("\"/readers\"", pages, 1)).unwrap();
    import_into(&shelf.import()).unwrap();
    assert!(shelf.text("books_pages.yaml").contains("  books_pages.list:\n    get: /books/{bookId}/pages\n"));
    let first = shelf.texts();
    import_into(&shelf.import()).unwrap();
    assert_eq!(shelf.texts(), first);
}

/// A definition with types of many members: some that books and readers share, and as many of films.
fn of_many_types(count: usize) -> String {
    let mut paths = serde_json::Map::new();
    for n in 0..count {
        for (group, of) in [("books", "shared"), ("readers", "shared"), ("films", "own")] {
            let member = |at: usize| (format!("member_{at}_of_{of}_{n}"), json!({ "type": "string" }));
            let mut members: serde_json::Map<String, Value> = (0..180).map(member).collect();
            members.insert("id".to_owned(), json!({ "type": "string" }));
            let content = json!({ "application/json": { "schema": { "properties": members } } });
            paths.insert(
                format!("/{group}/part{n}"),
                json!({ "get": { "responses": { "200": { "content": content } } } }),
            );
        }
    }
    json!({ "servers": [{ "url": "https://shelf.zoho.com/api/v1" }], "paths": paths }).to_string()
}

#[test]
fn no_file_is_too_long_and_a_second_import_changes_no_byte_of_any() {
    let shelf = Shelf::new();
    let source = shelf.folder.path().join("shelf.json");
    fs::write(&source, of_many_types(25)).unwrap();
    import_into(&shelf.import()).unwrap();
    let first = shelf.texts();
    let names: Vec<&String> = first.keys().collect();
    let expected = [
        "books.yaml",
        "connector-types-2.yaml",
        "connector-types.yaml",
        "connector.yaml",
        "films-types-2.yaml",
        "films-types.yaml",
        "films.yaml",
        "readers.yaml",
    ];
    assert_eq!(names, expected);
    let long: Vec<_> =
        first.iter().filter(|(_, text)| text.lines().count() > LONG_FILE).map(|(name, _)| name).collect();
    assert!(long.is_empty(), "{long:?}");
    import_into(&shelf.import()).unwrap();
    assert!(shelf.texts() == first);
    // What comes later finds a place in the last of them, and leaves the rest as it was.
    fs::write(&source, of_many_types(26)).unwrap();
    import_into(&shelf.import()).unwrap();
    let second = shelf.texts();
    assert_eq!(second.keys().collect::<Vec<_>>(), expected);
    assert_eq!(second["connector-types.yaml"], first["connector-types.yaml"]);
    assert!(second["connector-types-2.yaml"].starts_with(&first["connector-types-2.yaml"]));
    import_into(&shelf.import()).unwrap();
    assert!(shelf.texts() == second);
}

#[test]
fn what_does_not_load_is_not_written() {
    let shelf = Shelf::by_hand();
    shelf.write("books.yaml", &BOOKS.replace("returns: Book\n", "returns: Boook\n"));
    let before = shelf.texts();
    assert!(import_into(&shelf.import()).is_err());
    assert_eq!(shelf.texts(), before);
}

/// Imports a definition of Zoho's twice, and once more behind a change by hand; then every operation is asked for.
fn assert_stable(specs: &Path, service: &str, source: &str, connection: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let import = Import { into: Some(folder.path().to_owned()), ..of(service, specs.join(source), connection) };
    import_into(&import).unwrap();
    let first = texts_in(folder.path());
    import_into(&import).unwrap();
    assert!(texts_in(folder.path()) == first, "{service}: a second import changes something");
    let (name, text) = first.iter().find(|(name, text)| *name != SERVICE_FILE && text.contains("    get: ")).unwrap();
    let by_hand = text.replacen("    get: ", "    # Seen live.\n    note: By hand.\n    get:   ", 1);
    fs::write(folder.path().join(name), by_hand).unwrap();
    let changed = texts_in(folder.path());
    import_into(&import).unwrap();
    assert!(texts_in(folder.path()) == changed, "{service}: a change by hand does not survive");
    assert_round_trip(&import, folder.path());
}

/// From the YAML to requests, and from each request back to the operation that its API is.
fn assert_round_trip(import: &Import, folder: &Path) {
    let files = Files::read(folder).unwrap();
    let found = source(import).unwrap();
    let apis = apis_of(&files.ours().unwrap(), &found.operations);
    let connector = Arc::new(read(&files.sources()).unwrap());
    let mut reached: BTreeSet<(String, String)> = BTreeSet::new();
    for api in connector.apis.values() {
        let request = request(&connector, api);
        let at = asked_by(&found.operations, &request.0, &request.1);
        let own: Vec<&String> = at.iter().filter_map(|at| apis.get(at)).collect();
        assert!(
            own.iter().any(|name| **name == api.name) || is_twin(&connector, api, &own),
            "{}: {request:?}",
            api.name
        );
        reached.extend(at.iter().map(|at| key(&found.operations[*at])));
    }
    let all: BTreeSet<(String, String)> = found.operations.iter().map(key).collect();
    let writable = |(_, path): &&(String, String)| !path.contains([' ', '\\']) && !path.contains("oauth");
    let missing: Vec<_> = all.difference(&reached).filter(writable).collect();
    assert!(missing.is_empty(), "no request is {missing:?}");
}

fn key(operation: &Operation) -> (String, String) {
    (operation.verb.as_str().to_owned(), plain(&operation.path))
}

/// Whether the API that an operation is has the verb and the path of another one, which sends other constants.
fn is_twin(connector: &Connector, api: &Api, own: &[&String]) -> bool {
    let same = |name: &&String| {
        connector.apis.get(name.as_str()).is_some_and(|other| {
            other.verb == api.verb && plain(&other.path.to_string()) == plain(&api.path.to_string())
        })
    };
    own.iter().any(same)
}

/// The verb and the path of the request of an API.
fn request(connector: &Arc<Connector>, api: &Api) -> (String, String) {
    let mut arguments = Arguments::new();
    for (name, value) in sample(connector, api) {
        let file = || FilePart::bytes(SAMPLE_FILE.0, Bytes::from_static(SAMPLE_FILE.1.as_bytes()));
        match value {
            Sample::Value(value) => arguments.insert(name, value),
            Sample::File => arguments.insert(name, Argument::Files(vec![file()])),
        };
    }
    let mut connection = Connection::new("test", "us").unwrap();
    connection.values =
        connector.values_to_choose().map(|value| (value.name.clone(), "7000000000001".to_owned())).collect();
    let invocation = Invocation::new(connector, &api.name, arguments).unwrap_or_else(|error| panic!("{error}"));
    let request = explain(&invocation, &connection).unwrap_or_else(|error| panic!("{}: {error}", api.name));
    let url = request.url.to_string();
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let path = rest.split_once('/').map_or("", |(_, path)| path).split('?').next().unwrap_or_default();
    (request.method.to_string(), format!("/{path}"))
}

/// The operations that a request is: those whose path fits its end with the fewest variables.
fn asked_by(operations: &[Operation], verb: &str, path: &str) -> Vec<usize> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let fit = |operation: &Operation| {
        let server = operation.server.as_deref().map_or("", of_url);
        let own = plain(&format!("{server}{}", operation.path));
        let own: Vec<&str> = own.split('/').filter(|segment| !segment.is_empty()).collect();
        let tail = segments.get(segments.len().checked_sub(own.len())?..)?;
        let fits = own.iter().zip(tail).all(|(own, asked)| own == asked || *own == "{}");
        fits.then(|| own.iter().filter(|own| **own != "{}").count())
    };
    let fitting: Vec<(usize, usize)> = operations
        .iter()
        .enumerate()
        .filter(|(_, operation)| operation.verb.as_str() == verb)
        .filter_map(|(at, operation)| Some((at, fit(operation)?)))
        .collect();
    let best = fitting.iter().map(|(_, fit)| *fit).max();
    fitting.into_iter().filter(|(_, fit)| Some(*fit) == best).map(|(at, _)| at).collect()
}

#[test]
fn zohos_own_definitions_are_imported_twice_without_a_byte_and_asked_for_whole() {
    #[expect(clippy::disallowed_methods, reason = "the definitions are Zoho's, and lie outside of this repository")]
    let Some(specs) = std::env::var_os("ZOHO_SPECS") else {
        println!("skipped: ZOHO_SPECS names no folder with Zoho's definitions");
        return;
    };
    let specs = PathBuf::from(specs);
    assert_stable(&specs, "desk", "desk/zohodesk-oas-v1.0", &["orgId"]);
    assert_stable(&specs, "books", "books/books-openapi-all-brunyee", &["organization_id"]);
    assert_stable(&specs, "campaigns", "campaigns/campaigns-postman-ae", &[]);
}
