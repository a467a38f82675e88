//! Defects that peers have shipped, each as a connector that would have it.

use zoho_connector::definition::Definition;
use zoho_connector::load::load;
use zoho_connector::pagination::{PageKind, PageStop};
use zoho_connector::{Api, Connector, FailureKind};

use crate::support::{codes, rendered, shelf};

/// Asserts that a connector gets an error of a code.
fn refused(rest: &str, code: &str) {
    let (files, loaded) = shelf(rest);
    assert!(codes(&loaded).contains(&code), "`{code}` is not said of:\n{rest}\nbut:\n{}", rendered(&files, &loaded));
    let error = loaded
        .diagnostics
        .iter()
        .any(|fault| fault.code.as_str() == code && fault.severity == zoho_connector::Severity::Error);
    assert!(error, "`{code}` is an error");
}

fn accepted(rest: &str) -> Connector {
    let (files, loaded) = shelf(rest);
    assert!(loaded.diagnostics.is_empty(), "{}", rendered(&files, &loaded));
    loaded.connector.unwrap()
}

fn api<'a>(connector: &'a Connector, name: &str) -> &'a Api {
    connector.api(name).unwrap()
}

const BOOKS: &str = "types:\n  Book: { id!: id, title: string }\napis:\n  books.list: { get: /books, scopes: [], paginate: rows, returns: [Book] }\n";

/// Offset paging with pages of 50 and no size sent: the service's own page of 10 is shorter and ends the list.
#[test]
fn wanted_b1_a_size_that_is_declared_and_not_sent_is_refused() {
    for style in [
        "{ offset: from, max: 50, stop: short_page }",
        "{ page: page, min: 10, max: 50, more: info.more }",
        "{ offset: from, sizes: [10, 50], total: count }",
        "{ cursor: token, next: next, max: 50 }",
    ] {
        refused(&format!("pagination:\n  rows: {style}\n{BOOKS}"), "size-not-sent");
    }
    let rows = "pagination:\n  rows: { offset: from, limit: limit, max: 50, stop: short_page }\n";
    accepted(&format!("{rows}{BOOKS}"));
    let own = BOOKS.replace("paginate: rows", "paginate: { rows: { max: 20 } }");
    let unsized_rows = "pagination:\n  rows: { offset: from, total: count }\n";
    refused(&format!("{unsized_rows}{own}"), "size-not-sent");
}

/// The same connector ends a page by a size that nobody named.
#[test]
fn wanted_b1_a_short_page_without_a_size_is_refused() {
    refused(&format!("pagination:\n  rows: {{ offset: from, stop: short_page }}\n{BOOKS}"), "endless-pages");
}

/// A list whose selector takes the envelope for the records, and replies without a type.
#[test]
fn wanted_b2_a_list_without_a_path_to_its_records_is_refused() {
    let books = "types:\n  Book: { id!: id, title: string }\napis:\n  books.list: { get: /books, scopes: [], returns: [Book] }\n";
    let files = crate::support::files(
        "shelf",
        &format!("{}{books}", crate::support::SHELF.replace("responses: { records: data }\n", "")),
    );
    assert_eq!(codes(&load(&files)), ["no-records"]);
    accepted(books);
}

#[test]
fn wanted_b2_what_is_selected_and_what_is_returned_fit_together() {
    let rows = "pagination:\n  rows: { offset: from, limit: limit, max: 50, stop: short_page }\n";
    refused(&format!("{rows}{}", BOOKS.replace("returns: [Book]", "returns: Book")), "no-records");
    refused(&format!("{rows}{}", BOOKS.replace("returns: [Book]", "note: none")), "no-records");
    let chosen = "connection:\n  shop: { in: header, discover: shops.list, value: shopId }\ntypes:\n  Shop: { id!: id }\napis:\n  shops.list: { get: /shops, scopes: [], without: [shop], returns: [Shop] }\n";
    refused(chosen, "unknown-name");
    accepted(&chosen.replace("shopId", "id"));
}

/// The API's host follows the region, and another address is fixed to one.
#[test]
fn wanted_b4_a_data_centre_that_is_written_out_is_refused() {
    for url in [
        "https://accounts.zoho.com/oauth",
        "https://shelf.zoho.eu/api",
        "https://www.zohoapis.in/shelf",
        "https://shelf.zohocloud.ca",
    ] {
        refused(&format!("bases:\n  other: {url}\n"), "literal-region");
    }
    refused("bases:\n  other: { url: \"https://shelf.{zoho}/v2\", eu: https://shelf.zoho.com/v2 }\n", "literal-region");
    accepted("bases:\n  other: { url: \"https://shelf.{zoho}/v2\", ca: https://shelf.zohocloud.ca/v2 }\n");
}

/// A template name that is not set is rendered as an empty text, and the request goes elsewhere.
#[test]
fn wanted_b5_a_name_that_is_not_set_is_an_error_and_never_an_empty_text() {
    refused("bases:\n  other: https://shelf.{zoho}/{portal}/api\n", "unknown-variable");
    refused("bases:\n  other: https://{shop}.{zoho}/api\n", "unknown-variable");
    refused("apis:\n  a.get: { get: /a, scopes: [\"modules.{module}.READ\"] }\n", "unknown-variable");
    refused("apis:\n  a.get: { get: \"/a/{}\", scopes: [] }\n", "invalid-expression");
    let connector = accepted("apis:\n  a.get: { get: \"/a/{id}\", scopes: [] }\n");
    let parameter = api(&connector, "a.get").parameter("id").unwrap();
    assert!(parameter.required, "a name in a path that nothing else gives is a required argument");
    let empty = api(&connector, "a.get").path.render(|_| Err::<String, _>("nothing is there for it"));
    assert_eq!(empty, Err("nothing is there for it"));
}

/// Whole top-level keys are copied from product to product, and one that sets a base address loses its paging.
#[test]
fn wanted_b7_what_an_api_changes_leaves_the_rest_of_its_style() {
    let rest = "
pagination:
  pages: { page: page, first: 1, limit: per_page, max: 200, stop: short_page, ceiling: 2000 }
bases:
  bulk: https://{api}/shelf/bulk
types:
  Book: { id!: id, title: string }
apis:
  books.list: { get: /books, scopes: [], paginate: { pages: { max: 50 } }, returns: [Book] }
  books.bulk: { get: /books, base: bulk, scopes: [], paginate: pages, records: books, returns: [Book] }
  books.find: { get: /find, scopes: [], paginate: { pages: { offset: from, first: 0 } }, returns: [Book] }
";
    let connector = accepted(rest);
    let list = api(&connector, "books.list").paginate.as_ref().unwrap();
    assert_eq!((list.max, list.ceiling, list.stop.page), (Some(50), Some(2000), Some(PageStop::Short)));
    assert!(matches!(list.kind, PageKind::Page { first: 1, .. }) && list.limit.is_some());
    let bulk = api(&connector, "books.bulk");
    assert_eq!(bulk.responses.records[0].to_string(), "books");
    assert_eq!(
        bulk.paginate.as_ref().map(|pages| pages.max),
        Some(Some(200)),
        "another base and other records leave the paging"
    );
    let find = api(&connector, "books.find").paginate.as_ref().unwrap();
    assert!(matches!(find.kind, PageKind::Offset { first: 0, .. }) && find.max == Some(200));
}

#[test]
fn wanted_b7_what_an_api_says_of_its_replies_leaves_the_rest_to_the_service() {
    let yaml = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api/v1
responses:
  records: data
  success: { code: 0 }
  error: { code: code, message: message }
  classify: { busy: [45] }
types:
  Book: { id!: id, title: string }
apis:
  books.list: { get: /books, scopes: [], records: books, error: { code: errorCode }, classify: { not_found: [46] }, returns: [Book] }
";
    let loaded = load(&crate::support::files("shelf", yaml));
    assert!(loaded.diagnostics.is_empty());
    let rules = &loaded.connector.as_ref().unwrap().api("books.list").unwrap().responses;
    assert_eq!(
        (rules.records[0].to_string(), rules.error.code[0].to_string()),
        ("books".to_owned(), "errorCode".to_owned())
    );
    assert_eq!(rules.error.message[0].to_string(), "message");
    assert!(rules.success.is_some());
    let kinds: Vec<FailureKind> = rules.classify.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [FailureKind::NotFound, FailureKind::Busy], "its own entries first, the service's behind them");
}

/// Five regions, and hosts put together from `accounts.zoho` and an ending.
#[test]
fn wanted_b21_a_host_from_an_ending_is_refused() {
    refused("bases:\n  other: https://shelf.zoho.{tld}/api\n", "literal-region");
    refused(
        "connection:\n  host: { in: path, type: string }\nbases:\n  other: https://shelf.zoho{host}/api\n",
        "literal-region",
    );
    refused(
        "connection:\n  host: { in: path, type: string }\nbases:\n  other: https://accounts.zoho.{host}/api\n",
        "literal-region",
    );
    let eleven = zoho_connector::DataCenters::built_in().ids().collect::<Vec<_>>().join(", ");
    accepted(&format!("regions: {{ only: [{eleven}] }}\nbases:\n  other: https://shelf.{{zoho}}/v2\n"));
}

/// A connector cannot say what is the same for all of Zoho, so it cannot get it wrong.
#[test]
fn wanted_b4_no_word_names_a_token_address() {
    for word in ["token_url", "accounts", "auth_url", "refresh_url"] {
        let yaml = format!("{word}: https://accounts.zoho.com/oauth/v2/token\n");
        assert!(serde_yaml::from_str::<Definition>(&yaml).is_err(), "{word}");
    }
}
