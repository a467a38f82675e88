//! `try`: one call of an API that is still being written, and what its file makes of the reply.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Zohoctl;
use crate::support::scripted::{Scripted, json as answer};

const SHELF: &str = "\
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api/v1
scope_prefix: [Shelf]
times: { time: \"yyyy-MM-dd'T'HH:mm:ssXXX\" }
responses:
  records: data
  record: data
  error: { code: code, message: message }
  classify:
    not_found: [{ http: 404, code: 7 }]
pagination:
  pages: { page: page, first: 1, limit: per_page, max: 3, more: info.more }
types:
  Address: { zip: string }
  Book: { id!: id, title: string, price: decimal, state: new|used, printed: time, address: Address, isbn: string }
apis:
  books.list: { get: /books, scopes: [books.READ], paginate: pages, returns: [Book] }
  books.all: { get: /books/all, scopes: [books.READ], returns: [Book] }
  books.get: { get: '/books/{id}', scopes: [books.READ], returns: Book }
  books.create: { post: /books, scopes: [books.CREATE], body: { title!: string }, returns: map }
  books.cover: { get: '/books/{id}/cover', scopes: [books.READ], returns: file }
";

fn zohoctl() -> Zohoctl {
    let zohoctl = Zohoctl::new();
    zohoctl.write("shelf.yaml", SHELF);
    zohoctl
}

/// A server that gives one answer.
fn answering(status: u16, body: &str) -> Scripted {
    let body = body.to_owned();
    Scripted::start(move |_, stream| {
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        Ok(true)
    })
}

/// `try` of an API of the shelf against a server.
fn tried(server: &Scripted, words: &[&str]) -> String {
    let zohoctl = zohoctl()
        .with("ZOHO_CLIENT_ID", "1000.C")
        .with("ZOHO_CLIENT_SECRET", "secret")
        .with("ZOHO_REFRESH_TOKEN", "1000.r");
    let always = ["try", "shelf.yaml"];
    let ran = zohoctl.run(&[&always, words, &["--endpoint", &server.address]].concat());
    let ran = ran.to_string().replace(&server.address, "[SERVER]");
    // How long it took is not the same every time.
    ran.lines()
        .map(|line| match line.split_once(" bytes, ") {
            Some((head, rest)) if rest.ends_with(" ms") => format!("{head} bytes, [TIME]\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn the_sandbox_answers_a_file_that_nobody_has_installed() {
    let zohoctl = zohoctl();
    let shown = zohoctl.json(&["try", "shelf.yaml", "books.list", "--records", "5", "--output", "json"]);
    assert_eq!(shown["request"]["url"], "https://shelf.zoho.com/api/v1/books?page=1&per_page=3");
    assert_eq!(shown["request"]["headers"]["authorization"], "Zoho-oauthtoken [hidden]");
    assert_eq!((shown["reply"]["status"].as_u64(), shown["records"].as_array().unwrap().len()), (Some(200), 3));
    assert_eq!(shown["next"], "https://shelf.zoho.com/api/v1/books?page=2&per_page=3");
    assert_eq!(
        shown["understood"]["next_page"],
        "query page = 2: `info.more` is `true` (paginate.more, shelf.yaml:13)"
    );
    assert_eq!(shown["types"], json!({ "unnamed": [], "differing": [], "absent": [] }));

    let id = shown["records"][0]["id"].as_str().unwrap();
    let page = zohoctl.ok(&["try", "shelf.yaml", "books.get", &format!("id={id}"), "--records", "5"]);
    assert!(page.stdout.contains("at `data` (record, shelf.yaml:8)"), "{page}");
    let page = zohoctl.ok(&["try", "shelf.yaml", "books.cover", &format!("id={id}"), "--records", "5"]);
    assert!(page.stdout.contains("File"), "{page}");
    let raw = zohoctl.ok(&["try", "shelf.yaml", "books.list", "--output", "raw"]).stdout;
    assert!(serde_json::from_str::<serde_json::Value>(&raw).unwrap()["data"].is_array(), "{raw}");
}

#[test]
fn a_file_on_standard_input_a_folder_and_a_name_are_connectors_too() {
    let zohoctl = zohoctl();
    let ran = zohoctl.run_with_input(&["try", "-", "books.list"], SHELF);
    assert!(ran.status == 0 && ran.stdout.contains("stdin.yaml:7"), "{ran}");
    zohoctl.ok(&["try", "desk", "tickets.list"]);
    let (service, apis) = SHELF.split_once("apis:\n").unwrap();
    zohoctl.write("large/connector.yaml", service);
    zohoctl.write("large/books.yaml", format!("apis:\n{apis}"));
    for word in ["large", "large/books.yaml", "large/connector.yaml"] {
        zohoctl.ok(&["try", word, "books.list"]);
    }
    let ran = zohoctl.run(&["try", ".", "books.list"]);
    assert!(ran.status == 2 && ran.stderr.contains("several connectors"), "{ran}");
    let ran = zohoctl.run(&["try", "shelf.yaml"]);
    assert!(ran.status == 2 && ran.stderr.contains("books.cover"), "{ran}");
    let ran = zohoctl.run(&["try", "shelf.yaml", "books.lists"]);
    assert!(ran.status == 2 && ran.stderr.contains("did you mean `books.list`?"), "{ran}");
    let ran = zohoctl.run(&["try", "shelf.yaml", "books.create"]);
    assert!(ran.status == 2 && ran.stderr.contains("title"), "{ran}");
}

#[test]
fn faults_matter_where_they_are_about_the_api() {
    let zohoctl = zohoctl();
    zohoctl.write("broken.yaml", SHELF.replace("books.get: { get", "books.get: { got"));
    let ran = zohoctl.ok(&["try", "broken.yaml", "books.list"]);
    assert!(ran.stderr.contains("other APIs have"), "{ran}");
    let ran = zohoctl.run(&["try", "broken.yaml", "books.get", "id=1"]);
    assert!(ran.status == 1 && ran.stdout.contains("error[unknown-key]"), "{ran}");
    assert!(ran.stderr.contains("nothing was sent"), "{ran}");
}

#[test]
fn what_the_types_do_not_say_is_shown_as_it_would_be_written() {
    let body = json!({ "info": { "more": false }, "data": [
        { "id": "1", "title": "a", "price": "1,50", "state": "lost", "printed": "2026-01-31", "sku": "A-1",
          "address": { "zip": "1", "street": "x" }, "tags": ["a"] },
        { "id": "2", "title": 7, "price": 2.5, "state": "new", "printed": "2026-01-31T10:00:00+05:30", "sku": null,
          "owner_id": 4000123 },
    ] });
    let server = answering(200, &body.to_string());
    assert_snapshot!(tried(&server, &["books.list"]), @r#"
    status: 0
    --- stdout
    GET https://shelf.zoho.com/api/v1/books?page=1&per_page=3
    host: shelf.zoho.com
    authorization: Zoho-oauthtoken [hidden]
    accept: application/json

    200 OK, 283 bytes, [TIME]
    content-type: application/json
    content-length: 283
      {
        "info": {
          "more": false
        },
        "data": [
          {
            "id": "1",
            "title": "a",
            "price": "1,50",
            "state": "lost",
            "printed": "2026-01-31",
            "sku": "A-1",
            "address": {
              "zip": "1",
              "street": "x"
            },
            "tags": [
              "a"
            ]
          },
          {
            "id": "2",
            "title": 7,
            "price": 2.5,
            "state": "new",
            "printed": "2026-01-31T10:00:00+05:30",
            "sku": null,
            "owner_id": 4000123
          }
        ]
      }

    Understood
      Records    2 at `data` (records, shelf.yaml:7)
      Next page  none: `info.more` is `false` (paginate.more, shelf.yaml:13)

    Types
      Book does not name:
        sku: string     # in 2 of 2
        tags: [string]  # in 1 of 2
        owner_id: id    # in 1 of 2
      Address does not name:
        street: string  # in 1 of 1
      Other than written:
        Book.price    is written as `decimal`, and came as text (`"1,50"`)                          once
        Book.state    is one of `new|used`, and came as `"lost"`; where there are others, add `|*`  once
        Book.printed  is spelled `yyyy-MM-dd'T'HH:mm:ssXXX`, and came as `"2026-01-31"`             once
        Book.title    is written as `string`, and came as a whole number (`7`)                      once
      Book names what did not come:
        isbn
    --- stderr
    "#);
}

#[test]
fn an_error_is_sorted_before_the_reader_s_eyes() {
    let server = answering(404, r#"{ "code": 7, "message": "No such book" }"#);
    assert_snapshot!(tried(&server, &["books.get", "id=1"]), @r#"
    status: 4
    --- stdout
    GET https://shelf.zoho.com/api/v1/books/1
    host: shelf.zoho.com
    authorization: Zoho-oauthtoken [hidden]
    accept: application/json

    404 Not Found, 40 bytes, [TIME]
    content-type: application/json
    content-length: 40
      {
        "code": 7,
        "message": "No such book"
      }

    Understood as an error
      Kind     not_found (classify.not_found, shelf.yaml:11)
      Code     7, at `code` (error.code, shelf.yaml:9)
      Message  No such book, at `message` (error.message, shelf.yaml:9)
    --- stderr
    error: shelf books.get: No such book (HTTP 404, code 7)
    "#);
    let server = answering(503, r#"{ "error": "down" }"#);
    let said = tried(&server, &["books.list"]);
    assert!(said.contains("unavailable, by the HTTP status alone: no entry of `classify` fits"), "{said}");
    assert!(said.contains("none at `code` (error.code, shelf.yaml:9)"), "{said}");
    assert_eq!(server.asked().len(), 1, "a call that is tried is sent once");
}

#[test]
fn a_reply_of_another_form_says_where_its_lists_are() {
    let server = answering(200, r#"{ "books": [{ "id": "1" }], "meta": { "tags": [{}] } }"#);
    let said = tried(&server, &["books.all"]);
    assert!(said.contains("neither a success nor an error, as this file describes them"), "{said}");
    assert!(said.contains("the reply has lists at `books`, `meta.tags`"), "{said}");
}

#[test]
fn a_body_goes_out_and_a_record_without_a_type_is_proposed_one() {
    let server = Scripted::start(|asked, stream| {
        assert_eq!(String::from_utf8_lossy(&asked.body), r#"{"title":"New"}"#);
        answer(stream, r#"{ "data": { "book_id": "1", "title": "New", "lines": [{ "rate": 1.5 }] } }"#)
    });
    let said = tried(&server, &["books.create", "title=New"]);
    for line in ["\"title\": \"New\"", "the record does not name:", "book_id: id", "lines: [{ rate: decimal }]"] {
        assert!(said.contains(line), "{line} is not in\n{said}");
    }
    assert!(!said.contains("1000.a"), "{said}");
}
