//! Comparisons of small connectors with small definitions, one rule at a time.

use std::fs;

use clap::Parser;
use serde_json::{Value, json};
use zoho_connector::SourceFile;

use super::matching::Definition;
use super::ours::Ours;
use super::*;
use crate::definitions::documents::Documents;
use crate::definitions::openapi;

const HEAD: &str = "connector: shelf\ntitle: Zoho Shelf\nbase_url: https://shelf.{zoho}/api/v1\nscope_prefix: [Shelf]\n\
    connection: { orgId: { in: header } }\n\
    responses: { records: data, error: { code: errorCode, message: message } }\n\
    pagination: { offset: { offset: from, first: 0, limit: limit, max: 100, stop: short_page } }\n";

/// A connector of these APIs; words before `apis:` stand at the head.
fn ours(text: &str) -> Ours {
    let text = if text.contains("apis:") { format!("{HEAD}{text}") } else { format!("{HEAD}apis:\n{text}") };
    Ours::read(vec![SourceFile::new("shelf.yaml", text)]).unwrap()
}

fn definition(name: &str, value: &Value) -> Definition {
    let mut documents = Documents::default();
    documents.add("a.json", &value.to_string()).unwrap();
    Definition::of(name.to_owned(), openapi::operations(&documents))
}

/// A definition of one operation.
fn one(verb: &str, path: &str, operation: Value) -> Definition {
    definition("shelf", &json!({ "paths": { path: { verb: operation } } }))
}

fn judged(ours: &Ours, definitions: &[Definition]) -> Judged {
    compare(ours, definitions, &Wanted::default())
}

/// The keys and words of what nothing explains, without operations that are missing.
fn differences(apis: &str, definition: &Definition) -> Vec<String> {
    let judged = judged(&ours(apis), std::slice::from_ref(definition));
    let told = judged.unexplained.iter().filter(|one| !matches!(one.about, About::Operation(_)));
    told.map(|one| format!("{}: {}", one.written(), one.fact.words)).collect()
}

/// An operation with parameters, beside the organisation that goes with each.
fn with_parameters(parameters: &[Value]) -> Definition {
    let org = json!({ "in": "header", "name": "orgId", "schema": { "type": "string" } });
    let parameters: Vec<&Value> = std::iter::once(&org).chain(parameters).collect();
    one("get", "/api/v1/books", json!({ "parameters": parameters, "responses": { "200": {} } }))
}

#[test]
fn what_is_the_same_in_other_words_has_no_difference() {
    let definition = with_parameters(&[
        json!({ "in": "query", "name": "from", "schema": { "type": "integer", "minimum": 0 } }),
        json!({ "in": "query", "name": "limit", "schema": { "type": "integer", "maximum": 100 } }),
        json!({ "in": "query", "name": "ids", "schema": { "type": "string" } }),
        json!({ "in": "query", "name": "count", "schema": { "type": "string" } }),
        json!({ "in": "query", "name": "include", "schema": { "type": "string", "pattern": "^(a|b)(,(a|b))*$" } }),
        json!({ "in": "header", "name": "X-Language", "schema": { "type": "string" } }),
        json!({ "in": "header", "name": "Authorization", "schema": { "type": "string" } }),
    ]);
    let apis = "  books.list: { get: /books, scopes: [], query: { ids: [id], count: int, include: [a|b] }, \
        headers: { x-language: string }, paginate: offset, returns: [{ id!: id }] }";
    assert_eq!(differences(apis, &definition), [""; 0]);
}

#[test]
fn parameters_differ_by_place_name_need_type_and_choices() {
    let definition = with_parameters(&[
        json!({ "in": "query", "name": "state", "required": true, "schema": { "enum": ["lent", "here"] } }),
        json!({ "in": "query", "name": "sort", "schema": { "enum": ["title", "year"] } }),
        json!({ "in": "query", "name": "old", "schema": { "type": "boolean" } }),
        json!({ "in": "query", "name": "many", "schema": { "type": "integer" } }),
        json!({ "in": "header", "name": "X-Mode", "schema": { "type": "string" } }),
    ]);
    let apis = "  books.list: { get: /books, query: { state: lent|gone, sort: string, old: bool, many: string, \
        x-mode: string, own!: string } }";
    assert_eq!(
        differences(apis, &definition),
        [
            "query state required: the definition requires it",
            "query state choices: the definition also has the choices here; the definition does not have the choices gone",
            "query sort choices: the definition has the choices title|year; here `string`",
            "query many type: the definition has `int`; here `string`",
            "query x-mode: the definition has no such parameter, but `header x-mode`",
            "query own: the definition has no such parameter",
            "header X-Mode: the definition has it: `string`",
        ]
    );
    let apis = "  books.list: { get: /books, query: { state: =lent, sort!: title|year, many: int, old: bool }, \
        headers: { x-mode: string } }";
    assert_eq!(differences(apis, &definition), ["query sort required: the definition does not require it"]);
}

#[test]
fn what_the_connection_sends_elsewhere_is_told_for_all_apis_and_explained_at_the_head() {
    let parameter = json!({ "in": "query", "name": "orgId", "required": true, "schema": { "type": "string" } });
    let definition = one("get", "/books", json!({ "parameters": [parameter], "responses": {} }));
    let apis = "  books.list: { get: /books }";
    assert_eq!(
        differences(apis, &definition),
        [
            "query orgId: the definition requires it: `id`",
            "header orgId: the definition has no such header, but `query orgId`"
        ]
    );
    let head = "differs: { header orgId: probed, query orgId: probed }\napis:\n";
    assert_eq!(differences(&format!("{head}{apis}"), &definition), [""; 0]);
}

#[test]
fn operations_are_found_by_path_and_verb_and_those_without_an_api_are_missing() {
    let definition = definition(
        "shelf",
        &json!({ "servers": [{ "url": "https://shelf.zoho.com/api/v1" }], "paths": {
            "/books/{bookId}": { "get": {}, "delete": {}, "head": {} }, "/shelves": { "get": {} } } }),
    );
    let apis = "differs: { GET /shelves: of no use }\napis:\n  books.get: { get: '/books/{id}', without: [orgId] }\n  books.put: { put: '/books/{id}' }\n  pages.list: { get: /pages }";
    let judged = judged(&ours(apis), &[definition]);
    let told: Vec<String> = judged.unexplained.iter().map(|one| format!("{:?} {}", one.about, one.key())).collect();
    assert_eq!(
        told,
        [
            "Api(\"books.put\") verb",
            "Api(\"pages.list\") path",
            "Operation(\"DELETE /books/{bookId}\") DELETE /books/{}"
        ]
    );
    assert_eq!(judged.counts, [("shelf".to_owned(), 3, 1)]);
    assert_eq!(judged.explained.len(), 1);
}

#[test]
fn a_constant_chooses_among_the_operations_of_one_path() {
    let parameter =
        |value: &str| json!({ "in": "query", "name": "type", "required": true, "schema": { "enum": [value] } });
    let own = |name: &str| json!({ "in": "query", "name": name, "schema": { "type": "string" } });
    let definition = definition(
        "shelf",
        &json!({ "paths": {
            "/books#a": { "get": { "parameters": [parameter("a"), own("x")] } },
            "/books#b": { "get": { "parameters": [parameter("b"), own("y")] } } } }),
    );
    let apis = "  books.a: { get: /books, query: { type: =a, x: string }, without: [orgId] }";
    assert_eq!(differences(apis, &definition), [""; 0]);
    let apis = "  books.b: { get: /books, query: { type: =b, x: string }, without: [orgId] }";
    assert_eq!(
        differences(apis, &definition),
        ["query x: the definition has no such parameter", "query y: the definition has it: `string`"]
    );
}

#[test]
fn another_version_is_told_once_and_what_stands_behind_it_is_compared() {
    let parameter = |place: &str, name: &str| json!({ "in": place, "name": name, "schema": { "type": "string" } });
    let parameters = [parameter("path", "id"), parameter("path", "part"), parameter("query", "x")];
    let definition = one("get", "/api/v2/books/{id}", json!({ "parameters": parameters }));
    let apis = "  books.get: { get: '/books/{bookId}', without: [orgId], query: { part: string, y: string } }";
    assert_eq!(
        differences(apis, &definition),
        [
            "version: the definition has it in `v2`; here `v1`",
            "query y: the definition has no such parameter",
            "query x: the definition has it: `string`",
        ]
    );
}

#[test]
fn json_api_is_compared_within_data_where_the_definition_leaves_that_out() {
    let book = json!({ "properties": { "type": { "enum": ["book"] }, "attributes": { "properties": {
        "title": { "type": "string" } } } } });
    let content = json!({ "application/vnd.api+json": { "schema": book } });
    let reply = json!({ "200": { "content": { "application/vnd.api+json": { "schema": { "properties": {
        "title": { "type": "string" } } } } } } });
    let definition = definition(
        "shelf",
        &json!({ "paths": { "/books": { "post": { "requestBody": { "content": content } }, "get": { "responses": reply } } } }),
    );
    let apis = "types: { Book: { title: string } }\napis:\n  \
        books.list: { get: /books, without: [orgId], records: { at: data, lift: attributes }, returns: [Book] }\n  \
        books.create: { post: /books, without: [orgId], body: { title: string }, wrap: { data: { type: =book, attributes: body } } }";
    assert_eq!(differences(apis, &definition), [""; 0]);
}

#[test]
fn members_that_are_sent_and_come_back_are_right_where_the_definition_has_them_on_one_side() {
    let sent = json!({ "properties": { "title": { "type": "string" }, "secret": { "type": "string" } } });
    let back = json!({ "properties": { "title": { "type": "string" } } });
    let operation = json!({ "requestBody": { "content": { "application/json": { "schema": sent } } },
        "responses": { "200": { "content": { "application/json": { "schema": back } } } } });
    let definition = one("post", "/books", operation);
    let apis = |extra: &str| {
        format!(
            "types:\n  Fields: {{ title: string, secret: string }}\n  Book: {{ ..: Fields{extra} }}\napis:\n  \
             books.create: {{ post: /books, without: [orgId], body: Fields, returns: Book }}"
        )
    };
    assert_eq!(differences(&apis(""), &definition), [""; 0]);
    assert_eq!(
        differences(&apis(", lent: bool"), &definition),
        ["type Book.lent: the definition has no such member in any reply"]
    );
}

#[test]
fn a_selection_is_asked_only_for_what_it_says() {
    let parameters = [
        json!({ "in": "query", "name": "x", "schema": { "type": "string" } }),
        json!({ "in": "query", "name": "y", "required": true, "schema": { "type": "string" } }),
    ];
    let reply = json!({ "200": { "content": { "application/json": { "schema": { "properties": { "a": { "type": "string" } } } } } } });
    let definition = definition(
        "shelf",
        &json!({ "paths": { "/books": { "get": { "parameters": parameters, "responses": reply } }, "/pages": { "get": {} } } }),
    );
    let ours = ours("  books.get: { get: /books, without: [orgId], returns: { b: string } }");
    let judged = compare(&ours, &[definition], &Wanted { contained: true, only: None });
    let keys: Vec<&str> = judged.unexplained.iter().map(Difference::key).collect();
    assert_eq!(keys, ["query y", "reply b"]);
}

#[test]
fn scopes_are_alternatives_but_where_a_path_searches() {
    let operation = json!({ "security": [{ "oauth": ["Shelf.books.READ", "Shelf.search.READ"] }] });
    let list = one("get", "/books", operation.clone());
    let search = one("get", "/books/search", operation);
    let api = |path: &str, scopes: &str| format!("  books.x: {{ get: {path}, without: [orgId], scopes: [{scopes}] }}");
    assert_eq!(differences(&api("/books", "search.READ|books.READ"), &list), [""; 0]);
    assert_eq!(differences(&api("/books/search", "'books.READ', search.READ"), &search), [""; 0]);
    assert_eq!(
        differences(&api("/books", "books.READ, search.READ"), &list),
        [
            "scopes all: the definition has shelf.books.READ|shelf.search.READ; here shelf.books.READ and shelf.search.READ"
        ]
    );
    assert_eq!(differences(&api("/books", "books.READ"), &list).len(), 1);
    assert_eq!(differences("  books.x: { get: /books, without: [orgId] }", &list).len(), 1);
}

#[test]
fn pages_begin_and_end_where_the_definition_says() {
    let definition = with_parameters(&[
        json!({ "in": "query", "name": "from", "schema": { "type": "integer", "minimum": 1 } }),
        json!({ "in": "query", "name": "limit", "schema": { "type": "integer", "minimum": 10, "maximum": 200 } }),
    ]);
    let list = |paginate: &str| format!("  books.list: {{ get: /books, paginate: {paginate}, returns: [any] }}");
    assert_eq!(
        differences(&list("offset"), &definition),
        [
            "paging first: the definition's first is 1; here 0",
            "paging min: the definition's smallest size is 10; here nothing is said",
            "paging max: the definition's largest size is 200; here 100",
        ]
    );
    assert_eq!(differences(&list("{ offset: { first: 1, min: 10, max: 200 } }"), &definition), [""; 0]);
}

/// An operation that sends a body.
fn with_body(schema: Value) -> Definition {
    let content = json!({ "application/json": { "schema": schema } });
    one("post", "/books", json!({ "requestBody": { "content": content }, "responses": { "204": {} } }))
}

#[test]
fn bodies_differ_by_member_need_type_choices_and_length() {
    let definition = with_body(json!({ "required": ["title"], "properties": {
        "title": { "type": "string" }, "pages": { "type": "integer" }, "kind": { "enum": ["a", "b"] },
        "author": { "properties": { "name": { "type": "string" } } }, "read": { "type": "string", "readOnly": true },
        "tags": { "type": "array", "maxItems": 5, "items": { "type": "string" } } } }));
    let same = "{ title!: string, pages: int, kind: a|b, author: { name: string }, tags: [string, 5] }";
    let api = |body: &str| format!("  books.create: {{ post: /books, without: [orgId], body: {body} }}");
    assert_eq!(differences(&api(same), &definition), [""; 0]);
    assert_eq!(
        differences(
            &api("{ title: string, pages: string, kind: a|c, author: { nam: string }, tags: [string], x: int }"),
            &definition
        ),
        [
            "body title required: the definition requires it",
            "body pages type: the definition has `int`; here `string`",
            "body kind choices: the definition also has the choices b; the definition does not have the choices c",
            "body author.nam: the definition has no such member",
            "body author.name: the definition has it: `string`",
            "body tags length: the definition takes at most 5; here any number",
            "body x: the definition has no such member",
        ]
    );
    assert_eq!(differences(&api("map"), &definition).len(), 1);
}

#[test]
fn a_body_is_compared_in_its_envelope_and_by_the_types_it_is_made_of() {
    let definition = with_body(json!({ "properties": { "data": { "properties": { "type": { "enum": ["book"] },
        "attributes": { "properties": { "title": { "type": "string" } } } } } } }));
    let api = "types: { Fields: { title: string, year: int } }\napis:\n  books.create: { post: /books, without: [orgId], \
        body: { ..: Fields }, wrap: { data: { type: =books, attributes: body } }DIFFERS }";
    assert_eq!(
        differences(&api.replace("DIFFERS", ""), &definition),
        [
            "body data.type choices: `books` is always sent, and the definition has the choices book",
            "body data.attributes.year: the definition has no such member",
        ]
    );
    let explained = api.replace("DIFFERS", ", differs: { body data.* presence|choices: seen }");
    assert_eq!(differences(&explained, &definition), [""; 0]);
    let plain = with_body(json!({ "properties": { "title": { "type": "string" } } }));
    let by_type = "types: { Fields: { title: string, year: int } }\ndiffers: { type Fields.year: probed }\napis:\n  \
        books.create: { post: /books, without: [orgId], body: { ..: Fields } }";
    assert_eq!(differences(by_type, &plain), [""; 0]);
}

#[test]
fn forms_and_json_are_not_the_same_and_files_are_files() {
    let form = |schema: Value| {
        let content = json!({ "multipart/form-data": { "schema": { "properties": schema } } });
        one("post", "/books", json!({ "requestBody": { "content": content }, "responses": { "204": {} } }))
    };
    let upload = form(json!({ "file": { "type": "string", "format": "binary" } }));
    let api = |words: &str| format!("  books.send: {{ post: /books, without: [orgId], {words} }}");
    assert_eq!(differences(&api("form: { file: file }"), &upload), [""; 0]);
    assert_eq!(
        differences(&api("form: { file: string }"), &upload),
        ["form file type: the definition has `file`; here `string`"]
    );
    assert_eq!(differences(&api("body: { file: string }"), &upload), ["form *: the definition sends a form with file"]);
    let json = with_body(json!({ "properties": { "title": { "type": "string" } } }));
    assert_eq!(
        differences(&api("form: { title: string }"), &json),
        ["body: the definition sends JSON; here it is a form"]
    );
    let bytes = one("get", "/books", json!({ "responses": { "200": { "content": { "image/png": {} } } } }));
    assert_eq!(differences("  books.cover: { get: /books, without: [orgId], returns: file }", &bytes), [""; 0]);
    assert_eq!(
        differences("  books.cover: { get: /books, without: [orgId], returns: map }", &bytes),
        ["reply: the definition gives a file"]
    );
}

/// A definition of operations that answer with JSON.
fn with_replies(replies: &[(&str, Value)]) -> Definition {
    let operation = |schema: &Value| json!({ "get": { "responses": { "200": { "content": { "application/json": { "schema": schema } } } } } });
    let paths: serde_json::Map<String, Value> =
        replies.iter().map(|(path, schema)| ((*path).to_owned(), operation(schema))).collect();
    definition("shelf", &json!({ "paths": paths }))
}

#[test]
fn a_type_is_compared_with_all_that_gives_it() {
    let row = json!({ "properties": { "data": { "type": "array", "items": { "properties": {
        "id": { "type": "string" }, "title": { "type": "string" }, "shelf": { "properties": { "name": { "type": "string" } } } } } } } });
    let whole = json!({ "properties": { "id": { "type": "string" }, "pages": { "type": "string" }, "old": { "type": "object",
        "properties": { "a": { "type": "string" } } } } });
    let definition = with_replies(&[("/books", row), ("/books/{id}", whole)]);
    let apis = "types:\n  Base: { id!: id, lent: bool }\n  Book: { ..: Base, title: string, pages: int, shelf: Shelf }\n  Shelf: { name: bool, room: string }\n\
        apis:\n  books.list: { get: /books, without: [orgId], returns: [Book] }\n  books.get: { get: '/books/{id}', without: [orgId], returns: Book }";
    assert_eq!(
        differences(apis, &definition),
        [
            "type Base.lent: the definition has no such member in any reply",
            "type Book.old: the definition has it: `{ a }`",
            "type Shelf.room: the definition has no such member in any reply",
        ]
    );
    let explained = format!("differs: {{ type Base.lent: seen, type Book.old: gone, type *.room: seen }}\n{apis}");
    assert_eq!(differences(&explained, &definition), [""; 0]);
}

#[test]
fn records_are_where_the_definition_has_them_and_what_is_around_them_is_not_compared() {
    let reply = json!({ "properties": { "errorCode": { "type": "string" }, "books": { "type": "array", "items": { "properties": {
        "id": { "type": "integer" } } } } } });
    let definition = with_replies(&[("/books", reply)]);
    let api = |words: &str| format!("  books.list: {{ get: /books, without: [orgId], {words} }}");
    assert_eq!(differences(&api("records: books, returns: [{ id!: id }]"), &definition), [""; 0]);
    assert_eq!(
        differences(&api("returns: [{ id!: id }]"), &definition),
        ["reply: the definition's reply has nothing at `data`: it has errorCode, books"]
    );
    assert_eq!(
        differences(&api("records: books, returns: [{ id!: id, name: string }]"), &definition),
        ["reply name: the definition has no such member"]
    );
    assert_eq!(differences(&api("returns: { books: [{ id!: id }], errorCode: string }"), &definition), [""; 0]);
    assert_eq!(differences(&api("returns: map"), &definition).len(), 1);
    assert_eq!(differences(&api("cost: 1"), &definition).len(), 1);
}

#[test]
fn one_of_several_definitions_that_agrees_is_enough() {
    let list = |name: &str| {
        let parameter = json!({ "in": "query", "name": name, "schema": { "type": "string" } });
        one("get", "/books", json!({ "parameters": [parameter] }))
    };
    let ours = ours(
        "  books.list: { get: /books, without: [orgId], query: { new: string } }\n  books.get: { get: '/books/{id}', without: [orgId] }",
    );
    assert_eq!(judged(&ours, &[list("old")]).unexplained.len(), 3);
    let both = judged(&ours, &[list("old"), list("new")]);
    assert_eq!(both.unexplained.iter().map(Difference::key).collect::<Vec<_>>(), ["path"]);
    let third = one("get", "/books/{bookId}", json!({}));
    assert_eq!(judged(&ours, &[list("new"), third]).unexplained, []);
}

#[test]
fn an_explanation_hides_no_other_aspect_and_is_an_error_where_an_aspect_does_not_occur() {
    let definition = with_parameters(&[
        json!({ "in": "query", "name": "state", "required": true, "schema": { "enum": ["lent", "here"] } }),
        json!({ "in": "query", "name": "old", "schema": { "type": "boolean" } }),
    ]);
    let judge = |differs: &str| {
        let ours = ours(&format!(
            "  books.list: {{ get: /books, query: {{ state: lent|, old: int }}, differs: {{ {differs} }} }}"
        ));
        let judged = judged(&ours, std::slice::from_ref(&definition));
        let left: Vec<String> = judged.unexplained.iter().map(Difference::written).collect();
        let dead: Vec<String> = judged.dead.iter().map(|(_, aspect)| aspect.to_string()).collect();
        (left.join(", "), dead.join(", "), print::text(&ours, &judged, true))
    };
    let of = |differs: &str| {
        let (left, dead, _) = judge(differs);
        (left, dead)
    };
    let own = |left: &str, dead: &str| (left.to_owned(), dead.to_owned());
    assert_eq!(of(""), own("query state required, query state choices, query old type", ""));
    assert_eq!(of("query state: seen"), own("query state required, query state choices, query old type", "presence"));
    assert_eq!(of("query state choices: seen"), own("query state required, query old type", ""));
    assert_eq!(of("query state required|type: seen"), own("query state choices, query old type", "type"));
    assert_eq!(of("query * required|type|choices: seen"), own("", ""));
    let (_, _, text) = judge("query * required|choices: seen, query old type|length: probed");
    assert!(
        text.contains("shelf.yaml:9: `query old type|length` explains nothing in `length`: take it out\n"),
        "{text}"
    );
    assert!(text.contains("shelf.yaml:9: `query * required|choices` explains 2\n"), "{text}");
}

#[test]
fn a_definition_that_lacks_a_member_agrees_with_nothing_that_is_said_of_it() {
    let list = |schema: Value| {
        let parameter = json!({ "in": "query", "name": "x", "schema": schema });
        one("get", "/books", json!({ "parameters": [parameter] }))
    };
    let ours = ours("  books.list: { get: /books, without: [orgId], query: { x: int } }");
    let without = one("get", "/books", json!({ "parameters": [] }));
    let left = |definitions: &[Definition]| {
        judged(&ours, definitions).unexplained.iter().map(Difference::written).collect::<Vec<_>>()
    };
    let (other, same) = (|| list(json!({ "type": "boolean" })), list(json!({ "type": "integer" })));
    assert_eq!(left(&[without, other()]), ["query x type"]);
    assert_eq!(left(&[other(), same]), [""; 0]);
}

#[test]
fn an_explanation_of_nothing_is_an_error_where_it_was_asked_for() {
    let definition = one("get", "/books", json!({}));
    let apis = "differs: { query x: seen }\napis:\n  books.list: { get: /books, without: [orgId], differs: { query y: seen } }";
    let ours = ours(apis);
    let judged = judged(&ours, std::slice::from_ref(&definition));
    assert!(judged.unexplained.is_empty() && !judged.is_good());
    assert_eq!(judged.dead.len(), 2);
    let text = print::text(&ours, &judged, false);
    assert!(text.contains("shelf.yaml:10: `query y` explains nothing: take it out\n"), "{text}");
    assert!(
        text.ends_with(
            "shelf: 1 of 1 operations present, 0 differences explained, 0 unexplained, 2 explanations explain nothing"
        ),
        "{text}"
    );
    let only =
        |pattern| compare(&ours, std::slice::from_ref(&definition), &Wanted { only: Some(pattern), contained: false });
    assert_eq!((only("books.*").dead.len(), only("shelves.*").dead.len(), only("/books").dead.len()), (1, 0, 1));
}

#[test]
fn broken_references_and_replies_of_success_alone_are_met() {
    let definition = one(
        "get",
        "/books",
        json!({ "parameters": [{ "$ref": "https://example.com/other/raw/main/common.json#/components/parameters/x" }],
            "responses": { "200": { "content": { "application/json": { "schema": { "properties": {
                "data": { "type": "array", "items": { "$ref": "https://example.com/other/raw/main/book.json#/book" } } } } } } } } }),
    );
    let ours =
        ours("types: { Book: { id!: id } }\napis:\n  books.list: { get: /books, without: [orgId], returns: [Book] }");
    let judged = judged(&ours, &[definition]);
    assert!(judged.is_good(), "{judged:?}");
    assert_eq!(judged.remarks.len(), 2, "{:?}", judged.remarks);
    assert!(
        print::text(&ours, &judged, false).contains("note: in the definition `data` refers to `https://example.com/")
    );
}

#[test]
fn every_connector_agrees_with_the_definitions_at_hand() {
    #[expect(clippy::disallowed_methods, reason = "the definitions are Zoho's, and lie outside of this repository")]
    let Some(specs) = std::env::var_os("ZOHO_SPECS") else {
        println!("skipped: ZOHO_SPECS names no folder with definitions to compare the connectors with");
        return;
    };
    let root = crate::files::root().unwrap();
    let list = fs::read_to_string(root.join(".ci/definitions")).unwrap();
    let mut differing = Vec::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let mut drift = Program::try_parse_from(std::iter::once("drift").chain(line.split(' '))).unwrap().drift;
        drift.against.iter_mut().for_each(|path| *path = std::path::Path::new(&specs).join(&*path));
        let outcome = run(&root, &drift).unwrap();
        differing.extend((!outcome.is_good).then_some(outcome.text));
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[derive(Parser)]
struct Program {
    #[command(flatten)]
    drift: Drift,
}

#[test]
fn the_command_reads_a_folder_prints_both_forms_and_says_whether_all_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("connectors")).unwrap();
    let yaml = "  books.list: { get: /books, without: [orgId], query: { x: string, y: string }, differs: { query x: probed } }\n";
    fs::write(at("connectors/shelf.yaml"), format!("{HEAD}apis:\n{yaml}")).unwrap();
    fs::write(at("shelf.json"), json!({ "paths": { "/books": { "get": {} } } }).to_string()).unwrap();
    let run = |more: &[&str]| {
        let mut words = vec![
            "drift".to_owned(),
            "shelf".to_owned(),
            "--against".to_owned(),
            at("shelf.json").display().to_string(),
        ];
        words.extend(["--connectors".to_owned(), at("connectors").display().to_string()]);
        words.extend(more.iter().map(ToString::to_string));
        run(folder.path(), &Program::try_parse_from(words).unwrap().drift)
    };
    let outcome = run(&[]).unwrap();
    assert!(!outcome.is_good);
    assert!(
        outcome.text.ends_with(
            "shelf.yaml:9: books.list\n  query y: the definition has no such parameter\n\n\
             shelf: 1 of 1 operations present, 1 difference explained, 1 unexplained"
        ),
        "{}",
        outcome.text
    );
    assert!(run(&["--explained"]).unwrap().text.contains("    explained: probed\n"));
    let outcome = run(&["--output", "json"]).unwrap();
    let value: Value = serde_json::from_str(&outcome.text).unwrap();
    assert_eq!((&value["explained"], &value["unexplained"]), (&json!(1), &json!(1)));
    assert_eq!(value["differences"][0]["key"], "query y");
    assert_eq!(value["differences"][1]["reason"], "probed");
    assert_eq!(value["differences"][0]["line"], 9);
    fs::write(at("shelf.json"), "{}").unwrap();
    assert!(run(&[]).err().unwrap().to_string().contains("holds no operation of `shelf`"));
}
