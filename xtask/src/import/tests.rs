//! Whole imports: of a small service, and of Zoho's own definitions where they are at hand.

use std::collections::HashSet;

use serde_json::Value;

use super::*;

/// A definition in two files that refer to each other, with a sentence in each place that may hold one.
const BOOKS: &str = r##"{
  "openapi": "3.1.0",
  "servers": [{ "url": "https://shelf.zoho.com" }],
  "paths": {
    "/api/v1/books": {
      "parameters": [{ "$ref": "./common.yml#/parameters/orgId" }],
      "get": {
        "operationId": "listBooks", "summary": "Lists all the books that there are.",
        "description": "Lists all the books that there are, a page at a time.",
        "security": [{ "oauth": ["Shelf.books.READ", "Shelf.search.READ"] }],
        "parameters": [
          { "name": "from", "in": "query", "schema": { "type": "integer", "minimum": 1 } },
          { "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": 50 } },
          { "name": "state", "in": "query", "description": "The state of the books that are wanted.",
            "schema": { "type": "string", "enum": ["lent", "here"], "default": "here" } }
        ],
        "responses": { "204": {}, "200": { "content": { "application/json": { "schema": { "type": "object",
          "properties": { "data": { "type": "array", "items": { "$ref": "#/components/schemas/bookRow" } } } } } } } }
      },
      "post": {
        "operationId": "createBook", "security": [{ "oauth": ["Shelf.books.CREATE"] }],
        "requestBody": { "content": { "application/json": { "schema": { "allOf": [
          { "$ref": "#/components/schemas/bookFields" },
          { "type": "object", "required": ["shelfId", "kind"], "properties": {
            "shelfId": { "type": ["string", "integer"], "format": "int64" }, "kind": { "enum": ["book"] } } }] } } } },
        "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/book" } } } },
          "422": { "content": { "application/json": { "schema": { "properties": {
            "errorCode": { "type": "string" }, "message": { "type": "string" } } } } } } }
      }
    },
    "/api/v1/books/{bookId}": {
      "parameters": [{ "$ref": "./common.yml#/parameters/orgId" }],
      "get": { "security": [{ "oauth": ["Shelf.books.READ"] }],
        "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/book" } } } } } },
      "patch": { "security": [{ "oauth": ["Shelf.books.UPDATE"] }],
        "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/bookFields" } } } },
        "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/book" } } } } } },
      "head": { "responses": {} }
    },
    "/api/v1/books/moveToTrash": {
      "post": { "security": [{ "oauth": ["Shelf.books.DELETE"] }],
        "requestBody": { "content": { "application/json": { "schema": { "type": "object", "required": ["ids"],
          "properties": { "ids": { "type": "array", "maxItems": 50, "items": { "type": "string", "format": "int64" } } } } } } },
        "responses": { "200": { "content": { "application/json": { "schema": { "properties": { "results": { "type": "array",
          "items": { "properties": { "id": { "type": "string" }, "success": { "type": "boolean" },
            "errors": { "properties": { "errorCode": { "type": "string" } } } } } } } } } } } } }
    },
    "/api/v1/books/{id}/covers": {
      "parameters": [{ "$ref": "./common.yml#/parameters/orgId" }],
      "post": { "security": [{ "oauth": ["Shelf.books.UPDATE"] }],
        "requestBody": { "content": { "multipart/form-data": { "schema": { "type": "object", "required": ["file"],
          "properties": { "file": { "type": "string", "format": "binary" } } } } } }, "responses": { "204": {} } }
    },
    "/api/v1/books/{id}/covers/{coverId}/content": {
      "parameters": [{ "$ref": "./common.yml#/parameters/orgId" }],
      "get": { "security": [{ "oauth": ["Shelf.books.READ"] }],
        "responses": { "200": { "content": { "image/png": {} } } } }
    }
  },
  "components": { "schemas": {
    "bookFields": { "type": "object", "required": ["title"], "description": "What is written on a book and what is in it.",
      "properties": { "title": { "type": "string" }, "pages": { "type": "integer" }, "isbn": { "type": "string" },
        "author": { "$ref": "./common.yml#/schemas/author" } } },
    "bookRow": { "type": "object", "properties": { "id": { "type": "string" }, "title": { "type": "string" } } },
    "book": { "type": ["object", "null"], "properties": {
      "id": { "type": "string" }, "title": { "type": "string" }, "pages": { "type": ["integer", "null"] },
      "isbn": { "type": "string" }, "author": { "$ref": "./common.yml#/schemas/author" },
      "lentTo": { "oneOf": [{ "type": "null" }, { "$ref": "./common.yml#/schemas/author" }] },
      "createdTime": { "type": "string", "format": "date-time" } } }
  } }
}"##;

const COMMON: &str = "
parameters:
  orgId: { name: orgId, in: query, required: true, description: The organisation whose books these are., schema: { type: string } }
schemas:
  author:
    type: object
    properties: { id: { type: string }, firstName: { type: string }, lastName: { type: string }, email: { type: string, format: email } }
";

/// A folder with the definition, and what to import from it.
fn shelf(select: Option<&str>) -> (tempfile::TempDir, Import) {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("books.json"), BOOKS).unwrap();
    fs::write(source.join("common.yml"), COMMON).unwrap();
    let import = Import {
        service: "shelf".into(),
        from: vec![source],
        select: select.map(str::to_owned),
        names: None,
        connection: vec!["orgId".into()],
        out: Some(folder.path().join("shelf")),
        into: None,
        report: None,
    };
    (folder, import)
}

fn draft(import: &Import, file: &str) -> String {
    fs::read_to_string(import.out.as_ref().unwrap().join(file)).unwrap()
}

#[test]
fn a_small_service_becomes_what_a_person_would_write() {
    let (_folder, import) = shelf(None);
    let report = run(&import).unwrap();
    assert!(report.contains("\nshelf: 8 operations: 7 written, 1 listed\n"), "{report}");
    assert!(report.contains("HEAD /api/v1/books/{bookId}: the language has no such verb"), "{report}");
    let expected = format!(
        "{SCHEMA_LINE}{DRAFT_LINE}{}",
        r#"connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api/v1
scope_prefix: [Shelf]

connection:
  orgId: { in: query }

responses:
  records: data
  empty: [{ http: 204 }]
  error: { code: errorCode, message: message }
  outcomes: { success: { success: true }, code: errors.errorCode }

pagination:
  offset: { offset: from, first: 1, limit: limit, max: 50, stop: short_page }
"#
    );
    assert_eq!(draft(&import, "connector.yaml"), expected);
    let expected = format!(
        "{SCHEMA_LINE}{DRAFT_LINE}{}",
        r#"types:
  BookFields: { title: string, pages: int, isbn: string, author: Author }
  Book: { ..: BookFields, id!: id, lentTo: Author, createdTime: time }
  Author: { id!: id, firstName: string, lastName: string, email: email }

apis:
  books.list:
    get: /books
    scopes: [books.READ|search.READ]
    query: { state: lent|here = here }
    paginate: offset
    returns: [Book]

  books.get:
    get: /books/{bookId}
    scopes: [books.READ]
    returns: Book

  books.create:
    post: /books
    scopes: [books.CREATE]
    body: { ..: BookFields, shelfId!: id, kind: =book }
    required: [title]
    returns: Book

  books.update:
    patch: /books/{bookId}
    scopes: [books.UPDATE]
    body: BookFields
    required: [title]
    returns: Book

  books.move_to_trash:
    post: /books/moveToTrash
    scopes: [books.DELETE]
    without: [orgId]
    body: { ids!: [id, 50] }
    outcomes: results
    destructive: true

  books.covers.upload:
    post: /books/{bookId}/covers
    scopes: [books.UPDATE]
    form: { file!: file }

  books.covers.download:
    get: /books/{bookId}/covers/{coverId}/content
    scopes: [books.READ]
    returns: file
"#
    );
    assert_eq!(draft(&import, "books.yaml"), expected);
}

#[test]
fn no_sentence_of_the_source_gets_into_a_draft() {
    let (_folder, import) = shelf(None);
    let (files, _) = drafted_files(&import, import.out.as_deref()).unwrap();
    let mut sentences = Vec::new();
    collect_sentences(&serde_json::from_str(BOOKS).unwrap(), &mut sentences);
    assert!(sentences.len() > 3, "{sentences:?}");
    assert_eq!(copied(&sentences, &files), Vec::<String>::new());
    let copy = BTreeMap::from([("a.yaml".to_owned(), "note: Lists all the books that there are".to_owned())]);
    assert_eq!(copied(&sentences, &copy).len(), 1);
}

#[test]
fn names_that_mean_something_where_they_are_written_are_left_out_and_told() {
    let (folder, import) = shelf(None);
    let odd = BOOKS
        .replacen(
            r#"{ "name": "state","#,
            r#"{ "name": "state!", "in": "query", "schema": {} }, { "name": "state","#,
            1,
        )
        .replacen(r#""pages": { "type": "integer" }, "isbn""#, r#""..": { "type": "integer" }, "isbn!""#, 1);
    fs::write(folder.path().join("source/books.json"), odd).unwrap();
    let report = run(&import).unwrap();
    assert!(report.contains("books.list: `state!` cannot be written as a name: left out"), "{report}");
    assert!(report.contains("`..` cannot be written as a name: left out; `isbn!` cannot be written"), "{report}");
    let books = draft(&import, "books.yaml");
    assert!(books.contains("query: { state: lent|here = here }"), "{books}");
    assert!(books.contains("body: { title!: string, author: Author, shelfId!: id, kind: =book }"), "{books}");
}

#[test]
fn a_path_with_two_arguments_of_one_name_is_listed_and_a_draft_that_does_not_load_writes_no_file() {
    let (folder, import) = shelf(None);
    let (id, twice) = (
        r#""/api/v1/books/{id}/covers""#,
        r#""/api/v1/films/{x-y}/{x_y}": { "get": {} }, "/api/v1/tapes/{x!}": { "get": {} }, "#,
    );
    fs::write(folder.path().join("source/books.json"), BOOKS.replacen(id, &format!("{twice}{id}"), 1)).unwrap();
    let report = run(&import).unwrap();
    assert!(report.contains("two parts of its path would be the argument `x_y`"), "{report}");
    assert!(report.contains("\nshelf: 10 operations: 7 written, 3 listed\n"), "{report}");
    assert!(report.contains("/tapes/{x!} (books.json): its path cannot be written"), "{report}");
    let out = import.out.as_ref().unwrap();
    let own = draft(&import, "connector.yaml").replace(DRAFT_LINE, "") + "types: { Odd: { a: Nowhere } }\n";
    fs::write(out.join("connector.yaml"), own).unwrap();
    fs::write(out.join("films.yaml"), format!("{DRAFT_LINE}apis: {{}}\n")).unwrap();
    let told = run(&import).unwrap_err().to_string();
    assert!(told.starts_with("the draft does not load") && out.join("films.yaml").exists(), "{told}");
}

#[test]
fn a_selection_and_chosen_names_are_kept_to() {
    let (folder, import) = shelf(Some("/books/{id}*"));
    let names = folder.path().join("names");
    fs::write(&names, "post /books/{id}/covers books.cover\ntype Book Volume\n").unwrap();
    let import = Import { names: Some(names), ..import };
    let report = run(&import).unwrap();
    assert!(report.contains("\nshelf: 8 operations: 4 asked for, 4 written, 1 listed\n"), "{report}");
    let books = draft(&import, "books.yaml");
    assert!(
        books.contains("books.cover:") && books.contains("returns: Volume") && !books.contains("books.list"),
        "{books}"
    );
}

#[test]
fn a_persons_connector_is_kept_to_and_its_files_are_never_written_over() {
    let (_folder, import) = shelf(None);
    let out = import.out.clone().unwrap();
    let own = "connector: shelf\ntitle: Zoho Shelf\nbase_url: https://shelf.{zoho}/api/v1\nscope_prefix: [Shelf]\n\
        connection: { org: { in: header, as: orgId, discover: books.list, value: id } }\n\
        responses: { records: data, error: { code: errorCode, message: message } }\n\
        pagination: { mine: { offset: from, first: 0, limit: limit, max: 50, stop: short_page } }\n\
        types:\n  Person: { id!: id, firstName: string, lastName: string, email: email }\n";
    fs::create_dir(&out).unwrap();
    fs::write(out.join("connector.yaml"), own).unwrap();
    run(&import).unwrap();
    let books = draft(&import, "books.yaml");
    assert!(books.contains("paginate: { mine: { first: 1 } }") && books.contains("author: Person"), "{books}");
    assert!(books.contains("without: [org]") && !books.contains("Author:"), "{books}");
    assert_eq!(draft(&import, "connector.yaml"), own);
    // Once more over the draft, and then into what a person made of it.
    run(&import).unwrap();
    let own = books.replace(DRAFT_LINE, "# Mine.\n");
    fs::write(out.join("books.yaml"), &own).unwrap();
    let told = run(&import).unwrap();
    assert!(told.starts_with("shelf: 7 operations: 0 APIs and 0 other things added"), "{told}");
    assert_eq!(draft(&import, "books.yaml"), own);
}

#[test]
fn a_table_gives_what_it_has() {
    let (folder, import) = shelf(None);
    let table = folder.path().join("operations.tsv");
    let rows = "service\tmethod\tpath\toperation_id_or_name\tscopes\n\
        shelf\tGET\t/api/v1/books\tlist\tShelf.books.READ\nshelf\tDELETE\t/api/v1/books/{id}\t\tShelf.books.DELETE\n";
    fs::write(&table, rows).unwrap();
    let import = Import { from: vec![table], ..import };
    assert!(run(&import).unwrap().contains("\nshelf: 2 operations: 2 written, 0 listed\n"));
    let books = draft(&import, "books.yaml");
    assert!(books.contains("  books.delete:\n    delete: /books/{id}\n    scopes: [books.DELETE]\n"), "{books}");
}

/// Requests that somebody saved, with what they were about written out in their paths.
const COLLECTION: &str = r#"{
  "info": { "_postman_id": "1", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
  "variable": [{ "key": "domain", "value": "shelf.zoho.com" }],
  "item": [
    { "request": { "method": "GET", "url": "https://{{domain}}/api/v1/readers/jane@example.com" },
      "response": [{ "code": 200, "body": "{\"name\": \"x\", \"lent\": {\"1093639000422588023\": {\"title\": \"x\"}, \"1093639000422588024\": {\"title\": \"y\"}}}" }] },
    { "request": { "method": "DELETE", "url": "https://{{domain}}/api/v1/readers/john@example.com" } },
    { "request": { "method": "PUT", "url": "https://{{domain}}/api/v1/domains/track.example.com/verify" } },
    { "request": { "method": "GET", "url": "https://{{domain}}/api/v1/books/1093639000422588023/pages/1093639000422588075" },
      "response": [{ "code": 200, "body": "{\"id\": \"1093639000422588075\", \"text\": \"x\"}" }] },
    { "request": { "method": "GET", "url": "https://{{domain}}/api/v1/books/:bookId" } }
  ]
}"#;

#[test]
fn what_a_collection_has_written_out_in_paths_names_no_api() {
    let (folder, import) = shelf(None);
    let source = folder.path().join("collection.json");
    fs::write(&source, COLLECTION).unwrap();
    run(&Import { from: vec![source], connection: Vec::new(), ..import.clone() }).unwrap();
    let out = import.out.as_ref().unwrap();
    let files = library::files_of(out).unwrap();
    let connector = load(&files).connector.unwrap();
    let apis = connector.apis.values().map(|api| format!("{} {} {}", api.name, api.verb, api.path));
    let mut apis: Vec<String> = apis.collect();
    apis.sort();
    assert_eq!(
        apis,
        [
            "books.get GET /books/{id}",
            "books.pages.get GET /books/{id}/pages/{page_id}",
            "domains.verify.update PUT /domains/{domain}/verify",
            "readers.delete DELETE /readers/{email}",
            "readers.get GET /readers/{email}",
        ]
    );
    assert!(draft(&import, "readers.yaml").contains("returns: { name: string, lent: map }"));
    assert!(draft(&import, "readers.yaml").contains("path: { email: email }"), "{}", draft(&import, "readers.yaml"));
}

/// The sentences of five words and more in the descriptions and summaries of a source.
fn collect_sentences(value: &Value, sentences: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) if matches!(key.as_str(), "description" | "summary") => {
                        let parts =
                            text.split(['.', '!', '?', '\n']).map(|part| part.split_whitespace().collect::<Vec<_>>());
                        sentences.extend(parts.filter(|words| words.len() > 4).map(|words| words.join(" ")));
                    }
                    value => collect_sentences(value, sentences),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_sentences(item, sentences)),
        _ => {}
    }
}

/// The sentences that stand in files.
fn copied(sentences: &[String], files: &BTreeMap<String, String>) -> Vec<String> {
    let text: String =
        files.values().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect();
    let words: HashSet<&str> = text.split([' ', '\n']).collect();
    let may_be = |sentence: &&String| sentence.split(' ').all(|word| words.contains(word));
    sentences.iter().filter(may_be).filter(|sentence| text.contains(sentence.as_str())).cloned().collect()
}

/// How many operations documents have, counted without the importer.
fn count_operations(documents: &Documents) -> usize {
    let verbs = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
    let paths = documents.roots().filter_map(|(_, root)| root.value.get("paths")?.as_object());
    paths
        .flat_map(|paths| paths.values())
        .filter_map(Value::as_object)
        .flat_map(|item| item.keys())
        .filter(|key| verbs.contains(&key.as_str()))
        .count()
}

/// Imports a definition of Zoho's and checks that nothing is lost, that the draft loads, and that it copies no sentence.
fn assert_imports(specs: &Path, service: &str, source: &str, connection: &[&str]) {
    let import = Import {
        service: service.to_owned(),
        from: vec![specs.join(source)],
        select: None,
        names: None,
        connection: connection.iter().map(ToString::to_string).collect(),
        out: None,
        into: None,
        report: None,
    };
    let (files, report) = drafted_files(&import, import.out.as_deref()).unwrap();
    let documents = Documents::read(&import.from).unwrap();
    assert_eq!(report.operations, count_operations(&documents), "{service}");
    assert_eq!(report.written.len() + report.listed.len(), report.operations, "{service}: {:#?}", report.listed);
    let names: HashSet<&String> = report.written.iter().collect();
    assert_eq!(names.len(), report.written.len(), "{service}: two APIs have one name");
    let errors: Vec<&String> = report.diagnostics.iter().filter(|line| line.starts_with("error")).collect();
    assert!(errors.is_empty(), "{service}: {errors:#?}");
    let mut sentences = Vec::new();
    documents.roots().for_each(|(_, root)| collect_sentences(root.value, &mut sentences));
    assert_eq!(copied(&sentences, &files), Vec::<String>::new(), "{service}");
}

#[test]
fn zohos_own_definitions_are_imported_whole() {
    #[expect(clippy::disallowed_methods, reason = "the definitions are Zoho's, and lie outside of this repository")]
    let Some(specs) = std::env::var_os("ZOHO_SPECS") else {
        println!("skipped: ZOHO_SPECS names no folder with Zoho's definitions");
        return;
    };
    let specs = PathBuf::from(specs);
    assert_imports(&specs, "desk", "desk/zohodesk-oas-v1.0", &["orgId"]);
    assert_imports(&specs, "crm", "crm/crm-oas-v8.0-2026copy", &[]);
    assert_imports(&specs, "crm", "crm/crm-oas-v8.0-head", &[]);
    assert_imports(&specs, "books", "books/books-openapi-all-brunyee", &["organization_id"]);
    assert_imports(&specs, "inventory", "inventory/inventory-openapi-all-ae", &["organization_id"]);
    assert_imports(&specs, "workdrive", "workdrive/workdrive-openapi-omin8tor", &[]);
    assert_imports(&specs, "creator", "creator/creator-openapi-ae", &[]);
    assert_imports(&specs, "cliq", "cliq/cliq-openapi-all-ae", &[]);
    assert_imports(&specs, "analytics", "analytics/analytics-oas-v2.0", &["ZANALYTICS-ORGID"]);
}
