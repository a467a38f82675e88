//! One connector against the table and the documents.

use std::fmt;

use zoho_connector::connector::{Carrier, Envelope};
use zoho_connector::pagination::Beyond;
use zoho_connector::{Api, Connector, Location, Pagination, RequestPlace};

use crate::documents::{Documents, Placed};
use crate::table::{Table, plain_path};

/// A way in which an API is not the operation that others know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub(crate) service: String,
    pub(crate) api: String,
    /// `path` (nobody knows it), `verb` (the path has others), `query name` (nobody knows it there), `missing query
    /// name` (all require it, and it is not sent).
    pub(crate) what: String,
    /// The same in a sentence.
    pub(crate) words: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.service, self.api, self.words)
    }
}

/// All differences of a connector.
pub(crate) fn connector(connector: &Connector, table: &Table, documents: &Documents) -> Vec<Difference> {
    connector.apis.values().flat_map(|one| api(connector, one, table, documents)).collect()
}

fn api(connector: &Connector, api: &Api, table: &Table, documents: &Documents) -> Vec<Difference> {
    let difference = |what: String, words: String| Difference {
        service: connector.name.clone(),
        api: api.name.clone(),
        what,
        words,
    };
    let verbs = table.verbs_at(&connector.name, &paths_of(connector, api));
    if verbs.is_empty() {
        return vec![difference("path".to_owned(), format!("the table has no operation at {}", api.path))];
    }
    if !verbs.contains(api.verb.as_str()) {
        let others = verbs.into_iter().collect::<Vec<_>>().join(", ");
        let words = format!("the table knows {others} of {}, and no {}", api.path, api.verb);
        return vec![difference("verb".to_owned(), words)];
    }
    let Some(names) = documents.names(connector, api) else { return Vec::new() };
    let sent = sent(connector, api);
    let unknown = sent.iter().filter(|placed| !names.know(placed)).map(|(location, name)| {
        difference(format!("{location} {name}"), format!("the operation has no `{name}` in its {location}"))
    });
    let missing = names.missing(&sent).into_iter().map(|(location, name)| {
        difference(format!("missing {location} {name}"), format!("the operation requires `{name}` in its {location}"))
    });
    unknown.chain(missing).collect()
}

/// The paths that an API may have in a list: the whole one, that below the base, and those between.
pub(crate) fn paths_of(connector: &Connector, api: &Api) -> Vec<String> {
    let base = connector.bases.get(&api.base).map(|base| base.url.to_string()).unwrap_or_default();
    let base = base.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let segments: Vec<&str> = base.split('/').filter(|segment| !segment.is_empty()).collect();
    let tail = |from: usize| plain_path(&format!("{}{}", segments[from..].join("/"), api.path));
    (0..=segments.len()).map(tail).collect()
}

/// All names that a call of an API may send, each once.
fn sent(connector: &Connector, api: &Api) -> Vec<Placed> {
    let mut sent: Vec<Placed> = Vec::new();
    for site in api.parameters.iter().flat_map(|parameter| &parameter.sites) {
        sent.push((site.location, site.wire.clone()));
    }
    sent.extend(api.constants.iter().map(|constant| (constant.site.location, constant.site.wire.clone())));
    match api.body.as_ref().map(|body| &body.carrier) {
        // The members are inside something else, which is what travels under a name.
        Some(Carrier::Field(site, _)) => in_place_of_members(&mut sent, [(site.location, site.wire.clone())]),
        Some(Carrier::Body(Envelope::Object(members))) => {
            in_place_of_members(&mut sent, members.iter().map(|(name, _)| (Location::Body, name.clone())));
        }
        _ => {}
    }
    for value in api.connection.iter().filter_map(|name| connector.connection.get(name)?.site.as_ref()) {
        sent.push((value.location, value.wire.clone()));
    }
    sent.extend(api.paginate.iter().flat_map(places_of));
    sent.extend(api.incremental.iter().filter_map(|incremental| incremental.send.as_ref()).map(placed));
    // Definitions in OpenAPI do not list the headers of content as parameters.
    sent.retain(|(location, name)| !(name.is_empty() || *location == Location::Header && is_of_content(name)));
    sent.sort_by_key(|(location, name)| (location.as_str(), name.clone()));
    sent.dedup();
    sent
}

fn is_of_content(header: &str) -> bool {
    header.eq_ignore_ascii_case("accept") || header.eq_ignore_ascii_case("content-type")
}

fn in_place_of_members(sent: &mut Vec<Placed>, carriers: impl IntoIterator<Item = Placed>) {
    sent.retain(|(location, _)| *location != Location::Body);
    sent.extend(carriers);
}

fn places_of(pagination: &Pagination) -> Vec<Placed> {
    let own = pagination.place().into_iter().chain(&pagination.limit).map(placed);
    let beyond = match &pagination.beyond {
        Some(Beyond::Style(next)) => places_of(next),
        Some(Beyond::Incremental) | None => Vec::new(),
    };
    own.chain(beyond).collect()
}

fn placed(place: &RequestPlace) -> Placed {
    (place.location, place.name.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use zoho_connector::SourceFile;
    use zoho_connector::load::read;

    use super::*;

    const TABLE: &str = "service\tmethod\tpath\tsource\n\
        bookshelf\tGET\t/api/v1/books\tofficial; zoho/oas@1:a.json; sets=oas\n\
        bookshelf\tPOST\t/api/v1/books\tofficial; zoho/oas@1:a.json; sets=oas\n\
        bookshelf\tGET\t/books/:bookId\tcommunity; a/b@1:a.json; sets=list\n\
        bookshelf\tDELETE\t/books/{id}\tcommunity-lowtrust; a/b@1:a.json; sets=list\n\
        other\tGET\t/shelves\tofficial; zoho/oas@1:a.json; sets=oas\n";

    const HEAD: &str = "connector: bookshelf\ntitle: Bookshelf\nbase_url: https://bookshelf.{zoho}/api/v1\n\
        pagination: { offset: { offset: from, first: 0, limit: limit, max: 100, stop: short_page } }\napis:\n";

    fn documents() -> Documents {
        let list = json!({ "parameters": [
            { "$ref": "./common.json#/components/parameters/shelf" },
            { "in": "query", "name": "from" },
            { "in": "query", "name": "limit" },
            { "in": "header", "name": "X-Language" },
        ] });
        let content =
            json!({ "application/json": { "schema": { "allOf": [{ "$ref": "#/components/schemas/Book" }] } } });
        let book = json!({ "properties": { "title": {}, "pages": {} }, "additionalProperties": false });
        let files = BTreeMap::from([
            (
                "a.json".to_owned(),
                json!({
                    "paths": { "/api/v1/books": { "get": list, "post": { "requestBody": { "content": content } } } },
                    "components": { "schemas": { "Book": book } },
                }),
            ),
            (
                "common.json".to_owned(),
                json!({ "components": { "parameters": {
                "shelf": { "in": "query", "name": "shelf", "required": true },
            } } }),
            ),
        ]);
        let mut documents = Documents::default();
        documents.add(&files);
        documents
    }

    fn differences(apis: &str) -> Vec<String> {
        let source = SourceFile::new("bookshelf.yaml", format!("{HEAD}{apis}\n"));
        let found = connector(&read(&[source]).unwrap(), &Table::parse(TABLE).unwrap(), &documents());
        found.into_iter().map(|difference| difference.what).collect()
    }

    #[test]
    fn what_is_right_has_no_difference() {
        for apis in [
            "  books.list: { get: /books, query: { shelf!: string }, headers: { x-language: string }, paginate: offset }",
            "  books.create: { post: /books, body: { title: string, pages: int } }",
            "  books.get: { get: '/books/{id}' }",
        ] {
            assert_eq!(differences(apis), [""; 0], "{apis}");
        }
    }

    #[test]
    fn a_wrong_path_verb_and_parameter_are_found() {
        for (apis, expected) in [
            ("  books.list: { get: /book, query: { shelf!: string } }", vec!["path"]),
            ("  books.list: { get: '/books/{id}/pages' }", vec!["path"]),
            ("  shelves.list: { get: /shelves }", vec!["path"]),
            ("  books.update: { put: '/books/{id}' }", vec!["verb"]),
            ("  books.delete: { delete: '/books/{id}' }", vec!["verb"]),
            ("  books.list: { get: /books, query: { shelf!: string, shlef: string } }", vec!["query shlef"]),
            ("  books.list: { get: /books, headers: { shelf: string } }", vec!["header shelf", "missing query shelf"]),
            ("  books.create: { post: /books, body: { titel: string } }", vec!["body titel"]),
            ("  books.create: { post: /books, body: { title: string }, wrap: { data: body } }", vec!["body data"]),
            ("  books.create: { post: /books, form: { title: string } }", vec!["form title"]),
        ] {
            assert_eq!(differences(apis), expected, "{apis}");
        }
    }
}
