//! Where words come from: what is said of an API is what the API was resolved to, for every API of the project, and each
//! way to inherit a word is called by its name.

use std::collections::BTreeSet;

use zoho_connector::pagination::{PageKind, PageStop};
use zoho_connector::provenance::{Provenance, Word};
use zoho_connector::{Api, Returns};

use crate::support::{connectors, files};

/// A word as it is told: its value, where it stands, whose it is, and whose it takes the place of.
fn told(yaml: &str, api: &str, name: &str) -> String {
    let files = files("shelf", yaml);
    let connector = zoho_connector::load::read(&files).unwrap();
    let all = Provenance::of(&files).words(connector.api(api).unwrap());
    let found: Vec<String> = all.iter().filter(|word| word.name == name).map(|word| tell(word, &files)).collect();
    found.join(" | ")
}

fn tell(word: &Word, files: &[zoho_connector::SourceFile]) -> String {
    let over = word.over.as_ref().map(|over| format!(", over {over}")).unwrap_or_default();
    let file = files[word.origin.file.0].stem();
    format!("{} ({}, {file}: {}{over})", word.value, word.origin.route, word.level)
}

const LARGE: &str = "\
# file: connector.yaml
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}
scope_prefix: [Shelf]
regions: { not: [uk] }
times: { date: yyyy-MM-dd, time: epoch_ms }
lists: json
rate_limits: { default: { per: [org], window: 1m, max: 100 }, slow: { per: [org], window: 1d, max: 5 } }
responses: { records: data, error: { code: code, message: message }, classify: { not_found: [7], invalid: [8] } }
pagination: { pages: { page: page, limit: size, max: 100, stop: short_page, cost: 2 }, tokens: { cursor: token, next: next } }
defaults: { headers: { X-All: =a }, by_verb: { get: { query: { view: =full } } } }
types: { BookFields: { title: string, isbn: string } }
# file: books.yaml
defaults: { headers: { X-Books: =b }, by_verb: { get: { headers: { X-Get: =c } } } }
apis:
  books.list: { get: /books, scopes: [], query: { since: date, ids: [id] }, rate: slow, paginate: pages, returns: [map] }
  books.few: { get: /few, scopes: [], paginate: { pages: { max: 50, offset: from } }, cost: 3, records: '.', error: { code: errorCode }, classify: { conflict: [9] }, regions: { only: [us] }, returns: [map] }
  books.create: { post: /books, scopes: [], body: BookFields }
";

#[test]
fn each_way_to_inherit_has_its_name() {
    for (api, name, expected) in [
        ("books.list", "paginate.max", "100 (pagination › pages › max, connector: the style `pages`)"),
        ("books.list", "paginate.cost", "2 (pagination › pages › cost, connector: the style `pages`)"),
        ("books.few", "paginate.cost", ""),
        ("books.few", "cost", "3 (apis › books.few › cost, books: the API, over the style `pages`)"),
        (
            "books.few",
            "paginate.max",
            "50 (apis › books.few › paginate › pages › max, books: the API, over the style `pages`)",
        ),
        ("books.few", "paginate.limit", "size (pagination › pages › limit, connector: the style `pages`)"),
        ("books.few", "paginate.page", ""),
        (
            "books.few",
            "paginate.offset",
            "from (apis › books.few › paginate › pages › offset, books: the API, over the style `pages`)",
        ),
        ("books.list", "records", "data (responses › records, connector: the service)"),
        ("books.few", "records", "\".\" (apis › books.few › records, books: the API, over the service)"),
        ("books.few", "error.code", "errorCode (apis › books.few › error › code, books: the API, over the service)"),
        ("books.few", "error.message", "message (responses › error › message, connector: the service)"),
        ("books.few", "classify.conflict", "[9] (apis › books.few › classify › conflict, books: the API)"),
        ("books.few", "classify.not_found", "[7] (responses › classify › not_found, connector: the service)"),
        ("books.few", "regions", "{ only: [us] } (apis › books.few › regions, books: the API, over the service)"),
        ("books.list", "regions", "{ not: [uk] } (regions, connector: the service)"),
        ("books.list", "header X-All", "=a (defaults › headers › X-All, connector: the defaults of the service)"),
        ("books.list", "header X-Books", "=b (defaults › headers › X-Books, books: the defaults of the group)"),
        (
            "books.list",
            "header X-Get",
            "=c (defaults › by_verb › get › headers › X-Get, books: the defaults of the group for get)",
        ),
        (
            "books.list",
            "query view",
            "=full (defaults › by_verb › get › query › view, connector: the defaults of the service for get)",
        ),
        ("books.list", "times.date", "yyyy-MM-dd (times › date, connector: the service)"),
        ("books.list", "times.time", ""),
        ("books.list", "lists", "json (lists, connector: the service)"),
        (
            "books.list",
            "rate_limits.slow",
            "{ per: [org], window: 1d, max: 5 } (rate_limits › slow, connector: the service)",
        ),
        ("books.few", "rate_limits.slow", ""),
        ("books.create", "body", "2 members (types › BookFields, connector: the type `BookFields`)"),
        ("books.create", "query view", ""),
    ] {
        assert_eq!(told(LARGE, api, name), expected, "{api} {name}");
    }
}

#[test]
fn what_is_told_is_what_counts() {
    let mut seen = 0;
    for connector in connectors() {
        let resolved = zoho_connector::load::read(&connector.files).unwrap();
        let provenance = Provenance::of(&connector.files);
        for api in resolved.apis.values() {
            agrees(api, &provenance.words(api));
            seen += 1;
        }
    }
    assert!(seen > 300, "the APIs have been found");
}

fn value<'w>(words: &'w [Word], name: &str) -> Option<&'w str> {
    words.iter().find(|word| word.name == name).map(|word| word.value.trim_matches('"'))
}

fn agrees(api: &Api, words: &[Word]) {
    let name = &api.name;
    if let Some(pagination) = &api.paginate {
        let number = |word: &str| value(words, word).map(|text| text.parse::<u64>().unwrap());
        assert_eq!(number("paginate.max"), pagination.max, "{name}");
        assert_eq!(number("paginate.min"), pagination.min, "{name}");
        assert_eq!(number("paginate.ceiling"), pagination.ceiling, "{name}");
        let (kind, first) = match &pagination.kind {
            PageKind::Page { first, .. } => ("page", Some(*first)),
            PageKind::Offset { first, .. } => ("offset", Some(*first)),
            PageKind::Cursor { .. } => ("cursor", None),
            PageKind::Link { .. } => ("link", None),
        };
        let kinds: Vec<&str> = ["page", "offset", "cursor", "link"]
            .into_iter()
            .filter(|kind| value(words, &format!("paginate.{kind}")).is_some())
            .collect();
        assert_eq!(kinds, [kind], "{name}");
        assert!(first.is_none_or(|first| number("paginate.first").unwrap_or(0) == first), "{name}");
        let stop = pagination.stop.page.map(|page| if page == PageStop::Short { "short_page" } else { "empty_page" });
        assert_eq!(value(words, "paginate.stop"), stop, "{name}");
        let more = pagination.stop.more.as_ref().map(ToString::to_string);
        assert_eq!(value(words, "paginate.more").map(str::to_owned), more, "{name}");
    }
    let rules = &api.responses;
    if matches!(api.returns, Returns::Many(_)) {
        assert_eq!(value(words, "records").is_some(), !rules.records.is_empty(), "{name}");
    }
    if let ([path], Some(written)) = (rules.records.as_slice(), value(words, "records")) {
        assert!(written.contains(&path.to_string()), "{name}: {written}");
    }
    for (word, paths) in [
        ("error.code", &rules.error.code),
        ("error.message", &rules.error.message),
        ("error.field", &rules.error.field),
    ] {
        assert_eq!(value(words, word).is_some(), !paths.is_empty(), "{name}: {word}");
        assert!(paths.iter().all(|path| value(words, word).is_some_and(|value| value.contains(&path.to_string()))));
    }
    assert_eq!(value(words, "success").is_some(), rules.success.is_some(), "{name}");
    let kinds: BTreeSet<&str> = rules.classify.iter().map(|(kind, _)| kind.as_str()).collect();
    let told: BTreeSet<&str> = words.iter().filter_map(|word| word.name.strip_prefix("classify.")).collect();
    assert_eq!(kinds, told, "{name}");
}
