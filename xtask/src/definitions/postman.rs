//! Postman collections (v2.1): requests that somebody saved, and replies beside them.
//!
//! A collection says what was sent once, not what may be sent: parameters and members get the types that their names and
//! values tell, and nothing is required. Variables of hosts are filled in; those of paths and queries are parameters.

use std::collections::BTreeMap;

use serde_json::Value;
use zoho_connector::Verb;

use super::literals;
use super::openapi::{Found, NOT_PARAMETERS};
use super::operation::{Operation, Parameter, Place, Reply};
use super::scalars::of_name;
use super::shape::{Member, Merge, Object, Shape};
use super::words::{singular_of, words};

/// A number of so many digits is the id of something.
const ID_DIGITS: usize = 10;

/// Whether a document is a collection.
pub(crate) fn is_collection(document: &Value) -> bool {
    let info = |key: &str| document.get("info").and_then(|info| info.get(key));
    let schema = info("schema").and_then(Value::as_str).unwrap_or_default();
    document.get("item").is_some_and(Value::is_array) && (info("_postman_id").is_some() || schema.contains("postman"))
}

/// The operations of a collection.
pub(crate) fn operations(collection: &Value, source: &str) -> Found {
    let variables = collection.get("variable").and_then(Value::as_array).into_iter().flatten();
    let variables = variables.filter_map(|variable| Some((text(variable, "key")?, text(variable, "value")?)));
    let reader = Reader { variables: variables.collect(), source };
    let mut found = Found::default();
    reader.items(collection, &mut found);
    found
}

struct Reader<'a> {
    variables: BTreeMap<&'a str, &'a str>,
    source: &'a str,
}

impl Reader<'_> {
    fn items(&self, folder: &Value, found: &mut Found) {
        for item in folder.get("item").and_then(Value::as_array).into_iter().flatten() {
            match item.get("request") {
                Some(request) => self.request(item, request, found),
                None => self.items(item, found),
            }
        }
    }

    fn request(&self, item: &Value, request: &Value, found: &mut Found) {
        let method = text(request, "method").unwrap_or("GET");
        let verbs = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];
        let url = request.as_str().map(str::to_owned).or_else(|| request.get("url").map(address)).unwrap_or_default();
        let label = format!("{method} {url}");
        let Some(verb) = verbs.into_iter().find(|verb| verb.as_str().eq_ignore_ascii_case(method)) else {
            found.listed.push((label, "the language has no such verb".to_owned()));
            return;
        };
        let (address, query) = url.split_once('?').unwrap_or((&url, ""));
        let (server, path) = self.split(address);
        let mut operation = Operation { source: self.source.to_owned(), server, ..Operation::new(verb, &path) };
        operation.parameters.extend(path_parameters(&path));
        for (name, value) in pairs(request.get("url").and_then(|url| url.get("query")), query) {
            operation.parameters.push(parameter(Place::Query, &name, value.as_deref()));
        }
        for (name, value) in pairs(request.get("header"), "") {
            if !NOT_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) {
                operation.parameters.push(parameter(Place::Header, &name, value.as_deref()));
            }
        }
        if let Some(body) = request.get("body") {
            self.body(body, &mut operation);
        }
        replies(item, &mut operation);
        operation.remarks.push("a collection shows what was sent once: what it requires is not known".to_owned());
        found.operations.push(operation);
    }

    /// The server of an address, where it names one, and its path, with parameters in braces.
    fn split(&self, address: &str) -> (Option<String>, String) {
        let filled = self.filled_host(address);
        let (host, path) = match filled.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                (Some(format!("{scheme}://{host}")), path.to_owned())
            }
            None => {
                // Without a scheme the first part is the host, or a variable for it.
                let (host, path) = filled.split_once('/').unwrap_or((filled.as_str(), ""));
                (Some(format!("https://{host}")).filter(|_| host.contains('.')), path.to_owned())
            }
        };
        (host.filter(|host| !host.contains("{{")), with_parameters(&path))
    }

    /// An address whose host has its variables filled in, which may hold variables themselves.
    fn filled_host(&self, address: &str) -> String {
        let mut filled = address.to_owned();
        for _ in 0..4 {
            let host = filled.split_once("://").map_or(0, |(scheme, _)| scheme.len() + 3);
            let end = filled[host..].find('/').map_or(filled.len(), |at| host + at);
            let Some(start) = filled[..end].find("{{") else { break };
            let Some(close) = filled[start..].find("}}").map(|at| start + at) else { break };
            let Some(value) = self.variables.get(&filled[start + 2..close]) else { break };
            filled.replace_range(start..close + 2, value.trim_end_matches('/'));
        }
        filled
    }

    fn body(&self, body: &Value, operation: &mut Operation) {
        let mode = text(body, "mode").unwrap_or_default();
        match mode {
            "urlencoded" | "formdata" => {
                for field in body.get(mode).and_then(Value::as_array).into_iter().flatten() {
                    let Some(name) = text(field, "key").filter(|name| !name.is_empty()) else { continue };
                    let shape = match text(field, "type") {
                        Some("file") => Shape::File,
                        _ => shape_of(name, text(field, "value")),
                    };
                    put(&mut operation.form, Member::new(name, shape));
                }
            }
            "raw" => match json(text(body, "raw").unwrap_or_default()) {
                Some(value) => operation.body = Some(Shape::of_example(&value, "body", &of_name)),
                None if text(body, "raw").is_none_or(|raw| raw.trim().is_empty()) => {}
                None => operation.remarks.push("its body is no JSON: it is not known what it sends".to_owned()),
            },
            "file" => operation.body = Some(Shape::File),
            _ => {}
        }
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

/// An address as one text: as it is written, or put together from its parts. The query is read from its own list.
fn address(url: &Value) -> String {
    if let Some(whole) = url.as_str().or_else(|| text(url, "raw")).filter(|whole| !whole.is_empty()) {
        return whole.to_owned();
    }
    let joined = |key: &str, between: &str| match url.get(key) {
        Some(Value::Array(parts)) => {
            // A part of a path may be an object with its value.
            let parts = parts.iter().filter_map(|part| part.as_str().or_else(|| text(part, "value")));
            parts.collect::<Vec<_>>().join(between)
        }
        Some(part) => part.as_str().unwrap_or_default().trim_start_matches('/').to_owned(),
        None => String::new(),
    };
    let scheme = text(url, "protocol").map(|scheme| format!("{}://", scheme.trim_end_matches("://")));
    let port = text(url, "port").map(|port| format!(":{port}"));
    let host = joined("host", ".");
    let scheme = scheme.filter(|_| !host.is_empty()).unwrap_or_default();
    format!("{scheme}{host}{}/{}", port.unwrap_or_default(), joined("path", "/"))
}

/// A path with braces around its parameters: `:id`, `{{id}}`, `<id>`, and values that are written out.
fn with_parameters(path: &str) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut before = "";
    let mut done = String::new();
    for part in path.split('/') {
        let segment = match literals::kind(part) {
            Some(kind) => format!("{{{}}}", free(kind, before, &names)),
            None => segment(part),
        };
        names.extend(names_of(&segment).map(str::to_owned));
        if !segment.starts_with('{') {
            before = part;
        }
        done.push('/');
        done.push_str(&segment);
    }
    done
}

/// The name of a value in a path: its kind, with the word before it where that name is taken.
fn free(kind: &str, before: &str, taken: &[String]) -> String {
    let owner = singular_of(&words(before)).join("_");
    let longer = if owner.is_empty() { kind.to_owned() } else { format!("{owner}_{kind}") };
    let numbered = (2..).map(|n| format!("{longer}_{n}"));
    let names = [kind.to_owned(), longer.clone()].into_iter().chain(numbered);
    names.into_iter().find(|name| !taken.contains(name)).unwrap_or_default()
}

/// A segment of a path with its variables in braces.
fn segment(segment: &str) -> String {
    let named = |name: &str| format!("{{{}}}", name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_"));
    let bracketed = segment.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    if let Some(name) = segment.strip_prefix(':').or(bracketed).filter(|name| !name.is_empty()) {
        return named(name);
    }
    let mut done = String::new();
    let mut rest = segment;
    while let Some((before, (name, after))) = rest.split_once("{{").and_then(|(b, a)| Some((b, a.split_once("}}")?))) {
        done.push_str(before);
        done.push_str(&named(name));
        rest = after;
    }
    done + rest
}

/// The names in braces.
fn names_of(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

fn path_parameters(path: &str) -> Vec<Parameter> {
    let parameter = |name: &str| {
        let found = parameter(Place::Path, name, None);
        Parameter { member: Member { required: true, ..found.member }, ..found }
    };
    names_of(path).map(parameter).collect()
}

fn parameter(place: Place, name: &str, value: Option<&str>) -> Parameter {
    Parameter { place, member: Member::new(name, shape_of(name, value)), minimum: None, maximum: None }
}

/// Names and values: of a list of Postman's, or where there is none, of a query as text.
fn pairs(listed: Option<&Value>, query: &str) -> Vec<(String, Option<String>)> {
    let mut pairs: Vec<(String, Option<String>)> = Vec::new();
    let mut put = |name: &str, value: Option<&str>| {
        if !name.is_empty() && !pairs.iter().any(|(known, _)| known == name) {
            pairs.push((name.to_owned(), value.map(str::to_owned)));
        }
    };
    match listed.and_then(Value::as_array) {
        Some(listed) => listed.iter().for_each(|pair| put(text(pair, "key").unwrap_or_default(), text(pair, "value"))),
        None => query.split('&').for_each(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            put(name, Some(value));
        }),
    }
    pairs
}

/// The shape of a value that travels as text.
fn shape_of(name: &str, value: Option<&str>) -> Shape {
    // A variable or a note in angle brackets says nothing of the value.
    let value = value.filter(|value| !value.contains("{{") && !value.contains('<'));
    match value {
        Some("true" | "false") => Shape::Bool,
        Some(digits)
            if !digits.is_empty() && digits.len() < ID_DIGITS && digits.chars().all(|c| c.is_ascii_digit()) =>
        {
            match of_name(name, Some(digits)) {
                Shape::Id => Shape::Id,
                _ => Shape::Int,
            }
        }
        value => of_name(name, value),
    }
}

/// A body as people save it: JSON, perhaps with variables, comments on lines of their own, and a comma too many.
fn json(text: &str) -> Option<Value> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text = lines.collect::<Vec<_>>().join("\n");
    let without_variables = |text: &str| {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, (_, after))) = rest.split_once("{{").and_then(|(b, a)| Some((b, a.split_once("}}")?))) {
            out.push_str(before);
            // Within a text there is an odd number of quotes before it.
            out.push_str(if out.matches('"').count() % 2 == 1 { "x" } else { "null" });
            rest = after;
        }
        out + rest
    };
    let read = |text: &str| {
        // YAML reads JSON with a comma too many.
        serde_json::from_str(text).ok().or_else(|| serde_yaml::from_str(&text.replace('\t', " ")).ok())
    };
    let is_structure = |value: &Value| value.is_object() || value.is_array();
    read(&text).filter(is_structure).or_else(|| read(&without_variables(&text)).filter(is_structure))
}

/// What was saved of replies.
fn replies(item: &Value, operation: &mut Operation) {
    let mut said = Reply::Unknown;
    for reply in item.get("response").and_then(Value::as_array).into_iter().flatten() {
        let Some(status) = reply.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok()) else {
            continue;
        };
        if !operation.statuses.contains(&status) {
            operation.statuses.push(status);
        }
        let body = json(text(reply, "body").unwrap_or_default());
        match (status, body) {
            (200..300, Some(body)) => {
                let shape = Shape::of_example(&body, "reply", &of_name);
                said = match said {
                    Reply::Json(known) => Reply::Json(known.with(shape, Merge::Either)),
                    other => other.or(Reply::Json(shape)),
                };
            }
            (204, None) => said = said.or(Reply::Nothing),
            (200..300, None) if is_file(reply) => said = said.or(Reply::File),
            (400..500, Some(Value::Object(members))) if operation.error.is_empty() => {
                operation.error = members.keys().cloned().collect();
            }
            _ => {}
        }
    }
    operation.reply = said;
}

/// Whether a reply's headers say that it is neither JSON nor a page.
fn is_file(reply: &Value) -> bool {
    let kind = pairs(reply.get("header"), "").into_iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.and_then(|(_, value)| value).unwrap_or_default();
    !kind.is_empty() && !["json", "html", "xml", "text/plain"].iter().any(|other| kind.contains(other))
}

fn put(members: &mut Vec<Member>, member: Member) {
    let mut object = Object { hint: None, members: std::mem::take(members) };
    object.put(member, Merge::Either);
    *members = object.members;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shelf() -> Value {
        json!({
            "info": { "_postman_id": "1", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
            "variable": [{ "key": "base", "value": "https://{{domain}}/api/v1" }, { "key": "domain", "value": "shelf.zoho.com" }],
            "item": [{ "name": "Books", "item": [
                { "name": "a", "request": { "method": "GET", "header": [
                    { "key": "Authorization", "value": "x" }, { "key": "orgId", "value": "7" }],
                  "url": { "raw": "{{base}}/books?from=1&state={{state}}", "query": [
                    { "key": "from", "value": "1" }, { "key": "state", "value": "{{state}}", "disabled": true }] } },
                  "response": [{ "code": 200, "body": "{\"data\": [{\"id\": \"1093639000422588023\", \"pages\": 3}]}" },
                    { "code": 404, "body": "{\"errorCode\": \"x\"}" }] },
                { "name": "b", "request": { "method": "POST", "url": "{{base}}/books/:bookId/pages/1093639000422588023",
                  "body": { "mode": "raw", "raw": "{\n // a note\n \"title\": \"{{title}}\", \"pages\": {{pages}},\n \"tags\": [\"x\",],\n}" } } },
                { "name": "c", "request": { "method": "POST", "url": { "raw": "https://{{domain}}/upload" },
                  "body": { "mode": "formdata", "formdata": [
                    { "key": "file", "type": "file", "src": "a" }, { "key": "isPublic", "value": "true" }] } } },
                { "name": "d", "request": { "method": "PROPFIND", "url": "{{base}}/books" } }
            ] }]
        })
    }

    #[test]
    fn an_address_without_its_text_is_put_together_from_its_parts() {
        let collection = json(
            r#"{ "item": [{ "request": { "method": "GET", "url": { "protocol": "https", "host": ["shelf", "zoho", "com"],
                "path": ["api", "v1", "books", ":id"], "query": [{ "key": "x", "value": null }] } } },
                { "request": { "url": { "host": "{{base}}", "path": "/books" } } }],
                "variable": [{ "key": "base", "value": "https://shelf.zoho.eu/api/v1" }] }"#,
        );
        let found = operations(&collection.unwrap(), "a.json");
        let told = found.operations.iter().map(|one| (one.server.as_deref().unwrap(), one.label()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("https://shelf.zoho.com", "GET /api/v1/books/{id}".to_owned()),
                ("https://shelf.zoho.eu", "GET /api/v1/books".to_owned()),
            ]
        );
        assert_eq!(found.operations[0].at(Place::Query).map(|one| one.member.name.as_str()).collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn requests_are_operations_with_what_was_sent() {
        assert!(is_collection(&shelf()) && !is_collection(&json!({ "info": {}, "paths": {} })));
        let found = operations(&shelf(), "shelf.json");
        let labels: Vec<String> = found.operations.iter().map(Operation::label).collect();
        assert_eq!(labels, ["GET /api/v1/books", "POST /api/v1/books/{bookId}/pages/{id}", "POST /upload"]);
        assert_eq!(found.listed.len(), 1);
        let [list, create, upload] = found.operations.as_slice() else { panic!("three operations") };
        assert_eq!(list.server.as_deref(), Some("https://shelf.zoho.com"));
        let shapes =
            |place| list.at(place).map(|p| format!("{}: {}", p.member.name, p.member.shape)).collect::<Vec<_>>();
        assert_eq!(shapes(Place::Query), ["from: int", "state: string"]);
        assert_eq!(shapes(Place::Header), ["orgId: id"]);
        assert_eq!((list.statuses.as_slice(), list.error.as_slice()), (&[200, 404][..], &["errorCode".to_owned()][..]));
        let Reply::Json(reply) = &list.reply else { panic!("no reply") };
        assert_eq!(reply.to_string(), "{ data: [{ id: id, pages: int }] }");
        let body = create.body.as_ref().map(ToString::to_string);
        assert_eq!(body.as_deref(), Some("{ title: string, pages: any, tags: [string] }"));
        let form: Vec<String> = upload.form.iter().map(|m| format!("{}: {}", m.name, m.shape)).collect();
        assert_eq!(form, ["file: file", "isPublic: bool"]);
    }

    #[test]
    fn values_in_paths_are_parameters_and_keys_that_are_ids_name_no_members() {
        let request = |method: &str, url: &str, reply: &str| {
            json!({ "request": { "method": method, "url": format!("https://shelf.zoho.com/api/v1/{url}") },
                "response": [{ "code": 200, "body": reply }] })
        };
        let collection = json!({ "info": { "_postman_id": "2" }, "item": [
            request("GET", "readers/jane@example.com", "{\"books\": {\"1093639000422588023\": {\"title\": \"x\"}}}"),
            request("PUT", "domains/track.example.com/pages/:page", "{}"),
            request("GET", "books/1093639000422588023/pages/1093639000422588075/v2", "{\"7\": 1, \"title\": \"x\"}"),
            request("GET", "books/<key>/copy-{{number}}.pdf", "{\"1001\": 1, \"1002\": 2}"),
        ] });
        let found = operations(&collection, "shelf.json");
        let labels: Vec<String> = found.operations.iter().map(Operation::label).collect();
        assert_eq!(
            labels,
            [
                "GET /api/v1/readers/{email}",
                "PUT /api/v1/domains/{domain}/pages/{page}",
                "GET /api/v1/books/{id}/pages/{page_id}/v2",
                "GET /api/v1/books/{key}/copy-{number}.pdf",
            ]
        );
        let shapes = |at: usize| {
            let path = found.operations[at].at(Place::Path);
            path.map(|parameter| parameter.member.shape.to_string()).collect::<Vec<_>>()
        };
        assert_eq!((shapes(0), shapes(2)), (vec!["email".to_owned()], vec!["id".to_owned(), "id".to_owned()]));
        let reply = |at: usize| match &found.operations[at].reply {
            Reply::Json(shape) => shape.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(reply(0).to_string(), "{ books: map }");
        assert_eq!(reply(2).to_string(), "{ 7: int, title: string }");
        assert_eq!(reply(3), Shape::Map);
    }
}
