//! The pages of each service: what it is and how it is reached, a page for each group of APIs, and one for the types that
//! groups share.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Serialize;
use zoho_bindings::Bindings;
use zoho_connector::differs::{Explanation, Reach, explanations_of};
use zoho_connector::{Api, Code, Connector, Parameter, Returns, Type, describe};
use zohoctl::curl_sample;

use super::markdown::{anchor, cell, code, tidy};
use crate::codegen::{GeneratedFile, Service, render};

const INDEX: &str = include_str!("../../../templates/docs/connectors.md.hbs");
const PAGE: &str = include_str!("../../../templates/docs/connector.md.hbs");
const GROUP: &str = include_str!("../../../templates/docs/group.md.hbs");
const SUMMARY: &str = include_str!("../../../templates/docs/summary.md.hbs");
const TYPES: &str = include_str!("../../../templates/docs/types.md.hbs");

/// The folder of the pages.
const FOLDER: &str = "docs/reference/connectors";
/// The page of the types that groups share. No group can be called so: the names of APIs have no hyphen.
const SHARED_TYPES: &str = "shared-types.md";

/// What the templates of the index and of the book's contents see.
#[derive(Serialize)]
struct Index {
    services: Vec<Page>,
    /// The codes of faults, which have a page each.
    checks: Vec<&'static str>,
}

/// What the template of a service's page sees.
#[derive(Serialize)]
struct Page {
    name: String,
    title: String,
    summary: String,
    docs: Option<String>,
    /// How many APIs there are, and what they are called: `35 APIs`.
    count: String,
    facts: Vec<Fact>,
    connection: Vec<Fact>,
    limits: Vec<Fact>,
    paging: Vec<Style>,
    /// Where it differs from Zoho's own definition, apart from single APIs.
    differs: Vec<Fact>,
    groups: Vec<Group>,
    /// The types that several groups share.
    types: Vec<TypeView>,
    has_types: bool,
}

#[derive(Serialize)]
struct Fact {
    name: String,
    text: String,
}

#[derive(Serialize)]
struct Style {
    name: String,
    text: String,
    apis: usize,
}

/// What the template of a group's page sees.
#[derive(Serialize)]
struct Group {
    name: String,
    /// The service's title.
    title: String,
    /// The name of its page.
    file: String,
    /// The client's variable in the examples in Rust.
    variable: String,
    apis: Vec<ApiView>,
    /// The types that only this group uses.
    types: Vec<TypeView>,
}

#[derive(Serialize)]
struct ApiView {
    name: String,
    anchor: String,
    verb: &'static str,
    path: String,
    url: String,
    /// As the table of the service's page has it: without a link.
    returns: String,
    /// What is said of one that is.
    destructive: Option<&'static str>,
    note: Option<String>,
    facts: Vec<Fact>,
    differs: Vec<Fact>,
    arguments: Vec<Argument>,
    example: String,
    /// The statements of a Rust program that uses the bindings.
    rust: String,
    curl: String,
}

#[derive(Serialize)]
struct Argument {
    name: String,
    place: String,
    need: String,
    ty: String,
}

#[derive(Serialize)]
struct TypeView {
    name: String,
    members: Vec<String>,
}

/// The index, the pages, and the contents of the book.
pub(super) fn pages(services: &[Service]) -> Result<Vec<GeneratedFile>> {
    let services = services.iter().map(page).collect::<Result<_>>()?;
    let index = Index { services, checks: Code::ALL.iter().map(|code| code.as_str()).collect() };
    let contents = render::markdown("docs/SUMMARY.md", &tidy(&render::template(SUMMARY, &index)?));
    let mut files = vec![contents, filled("README.md", INDEX, &index)?];
    for page in &index.services {
        files.push(filled(&format!("{}/README.md", page.name), PAGE, page)?);
        for group in &page.groups {
            files.push(filled(&format!("{}/{}", page.name, group.file), GROUP, group)?);
        }
        if page.has_types {
            files.push(filled(&format!("{}/{SHARED_TYPES}", page.name), TYPES, page)?);
        }
    }
    Ok(files)
}

fn filled(path: &str, template: &str, view: &impl Serialize) -> Result<GeneratedFile> {
    Ok(render::markdown(&format!("{FOLDER}/{path}"), &tidy(&render::template(template, view)?)))
}

/// What the pages of a service's groups need to know of the whole service.
struct Whole<'c> {
    /// The group of each type that one group alone uses, and whose page shows it.
    groups: BTreeMap<&'c str, &'c str>,
    /// Where the connector differs from Zoho's own definition.
    explained: Vec<Explanation>,
    /// Its typed Rust.
    bindings: Bindings<'c>,
}

impl<'c> Whole<'c> {
    fn of(connector: &'c Connector, explained: Vec<Explanation>) -> Self {
        let mut groups: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for api in connector.apis.values() {
            for (name, _) in describe::types::named_by(connector, api) {
                let group = groups.entry(name).or_insert(Some(api.group()));
                *group = group.filter(|known| *known == api.group());
            }
        }
        let groups = groups.into_iter().filter_map(|(name, group)| Some((name, group?))).collect();
        Self { groups, explained, bindings: Bindings::new(connector) }
    }

    /// What a group's page links a type to.
    fn link(&self, name: &str) -> String {
        let page = if self.groups.contains_key(name) { "" } else { SHARED_TYPES };
        format!("{page}#{}", anchor(name))
    }
}

fn page(service: &Service) -> Result<Page> {
    let connector = &service.connector;
    let whole = Whole::of(connector, explanations_of(&service.sources.files)?);
    let groups = describe::groups(connector).into_iter().map(|(name, apis)| group(connector, &whole, name, &apis));
    let shared = types(connector, |name| !whole.groups.contains_key(name));
    let fact = |name: &str, text: String| Fact { name: name.to_owned(), text: cell(&text) };
    let count = connector.apis.len();
    let style = |(style, apis): (&zoho_connector::Pagination, usize)| Style {
        name: style.style.clone(),
        text: cell(&describe::pagination(style)),
        apis,
    };
    Ok(Page {
        name: connector.name.clone(),
        title: connector.title.clone(),
        summary: connector.summary.clone().unwrap_or_default(),
        docs: connector.docs.clone(),
        count: if count == 1 { "1 API".to_owned() } else { format!("{count} APIs") },
        facts: facts(connector),
        connection: connector
            .connection
            .values()
            .map(|value| fact(&value.name, describe::connection_value(connector, value)))
            .collect(),
        limits: connector.rate_limits.values().map(|limit| fact(&limit.name, describe::limit(limit))).collect(),
        paging: describe::paging_styles(connector).into_iter().map(style).collect(),
        differs: differences(&whole.explained, |reach| !matches!(reach, Reach::Api(_))),
        groups: groups.collect::<Result<_>>()?,
        has_types: !shared.is_empty(),
        types: shared,
    })
}

/// What differs from Zoho's own definition, with the reasons.
fn differences(explained: &[Explanation], counts: impl Fn(&Reach) -> bool) -> Vec<Fact> {
    let fact = |one: &Explanation| {
        let of = match &one.reach {
            Reach::Group(group) => format!(" (APIs of {})", code(group)),
            Reach::Service | Reach::Api(_) => String::new(),
        };
        Fact { name: format!("{}{of}", cell(&code(&one.written))), text: cell(&one.reason) }
    };
    explained.iter().filter(|one| counts(&one.reach)).map(fact).collect()
}

/// Where a service lives and where it is offered.
fn facts(connector: &Connector) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name: String, text: String| facts.push(Fact { name, text: cell(&text) });
    for (name, base) in &connector.bases {
        let label = if name.is_empty() { "Address".to_owned() } else { format!("Address `{name}`") };
        let exceptions =
            base.by_data_center.iter().map(|(center, url)| format!("; in `{center}` {}", code(&url.to_string())));
        add(label, format!("{}{}", code(&base.url.to_string()), exceptions.collect::<String>()));
    }
    add("Offered".to_owned(), describe::regions(&connector.regions));
    if !connector.environments.is_empty() {
        add("Environments".to_owned(), describe::environments(connector));
    }
    if let Some(words) = describe::signed(&connector.auth) {
        add("Signed".to_owned(), words);
    }
    let prefixes: Vec<String> = connector.scope_prefixes.iter().map(|prefix| code(prefix)).collect();
    if !prefixes.is_empty() {
        add("Scopes of".to_owned(), prefixes.join(", "));
    }
    facts
}

fn group(connector: &Arc<Connector>, whole: &Whole<'_>, name: &str, apis: &[&Api]) -> Result<Group> {
    Ok(Group {
        name: name.to_owned(),
        title: connector.title.clone(),
        file: format!("{name}.md"),
        variable: whole.bindings.module_name().to_owned(),
        apis: apis.iter().map(|api| api_view(connector, whole, api)).collect::<Result<_>>()?,
        types: types(connector, |known| whole.groups.get(known) == Some(&name)),
    })
}

fn api_view(connector: &Arc<Connector>, whole: &Whole<'_>, api: &Api) -> Result<ApiView> {
    let lacking = |what: &str| format!("no {what} for {} {}", connector.name, api.name);
    let curl = curl_sample(connector, api).with_context(|| lacking("curl"))?;
    let rust = whole.bindings.example(&api.name).with_context(|| lacking("Rust"))?;
    Ok(ApiView {
        name: api.name.clone(),
        anchor: anchor(&api.name),
        verb: api.verb.as_str(),
        path: code(&api.path.to_string()),
        url: describe::url(connector, api),
        returns: cell(&code(&describe::returns(api))),
        destructive: api.destructive.then_some(describe::DESTRUCTIVE),
        note: api.note.clone(),
        facts: api_facts(connector, whole, api),
        differs: differences(&whole.explained, |reach| matches!(reach, Reach::Api(name) if *name == api.name)),
        arguments: api.parameters.iter().map(|parameter| argument(whole, api, parameter)).collect(),
        example: describe::example::line(connector, api),
        rust: rust.trim_end().to_owned(),
        curl: curl.trim_end().to_owned(),
    })
}

/// What is to be known of an API beside its arguments.
fn api_facts(connector: &Connector, whole: &Whole<'_>, api: &Api) -> Vec<Fact> {
    let scopes = match api.scopes.as_deref() {
        None | Some([]) => describe::scopes(api),
        Some(entries) => {
            let any = |choice: &Vec<zoho_connector::Scope>| {
                choice.iter().map(|scope| code(scope.as_str())).collect::<Vec<_>>().join(" or ")
            };
            entries.iter().map(any).collect::<Vec<_>>().join(", ")
        }
    };
    let connection: Vec<String> = api.connection.iter().map(|name| code(name)).collect();
    let mut facts = vec![("Scopes", scopes)];
    facts.extend((!connection.is_empty()).then(|| ("Of the connection", connection.join(", "))));
    facts.push(("Returns", returns(whole, api)));
    facts.extend(describe::facts(connector, api));
    facts.push(("Repeat", describe::repeat(api).to_owned()));
    facts.extend(api.docs.as_ref().map(|url| ("Zoho's page", format!("<{url}>"))));
    facts.into_iter().map(|(name, text)| Fact { name: name.to_owned(), text }).collect()
}

fn returns(whole: &Whole<'_>, api: &Api) -> String {
    match &api.returns {
        Returns::Nothing => "nothing".to_owned(),
        Returns::One(ty) | Returns::Many(ty) => type_link(whole, ty, &describe::returns(api)),
        Returns::File => "a file".to_owned(),
    }
}

/// A type as the language writes it; where it is one of the connector's, with a link to it.
fn type_link(whole: &Whole<'_>, ty: &Type, text: &str) -> String {
    match ty {
        Type::Record(name) => format!("[{}]({})", code(text), whole.link(name)),
        Type::List { item, .. } => type_link(whole, item, text),
        _ => code(text),
    }
}

fn argument(whole: &Whole<'_>, api: &Api, parameter: &Parameter) -> Argument {
    Argument {
        name: code(&parameter.name),
        place: describe::places(parameter),
        need: cell(&describe::need(api, parameter)),
        ty: cell(&type_link(whole, &parameter.ty, &parameter.ty.to_string())),
    }
}

/// Some of the types, sorted by name: whoever looks for one knows how it is called.
fn types(connector: &Connector, is_wanted: impl Fn(&str) -> bool) -> Vec<TypeView> {
    let wanted = connector.types.iter().filter(|(name, _)| is_wanted(name));
    let view = |(name, object)| TypeView { name: String::clone(name), members: describe::types::members_of(object) };
    let mut types: Vec<TypeView> = wanted.map(view).collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    types
}

#[cfg(test)]
mod tests {
    use zoho_connector::SourceFile;
    use zoho_connector::library::Sources;
    use zoho_connector::load::read;

    use super::*;

    #[test]
    fn a_page_has_what_a_caller_must_know() {
        let yaml = "
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api
scope_prefix: [Shelf]
connection: { orgId: { in: header, discover: shelves.list, value: id, label: name } }
responses: { records: data }
rate_limits: { default: { per: [org], window: 1d, max: 500, unit: credits } }
pagination: { offset: { offset: from, first: 0, limit: limit, max: 100, stop: short_page } }
types: { Book: { id!: id, title: string }, Shelf: { id!: id, name: string } }
apis:
  shelves.list: { get: /shelves, scopes: [basic.READ], without: [orgId], returns: [Shelf] }
  books.list: { get: /books, scopes: [books.READ|all.READ], query: { sort: title|id }, paginate: offset, cost: 3, returns: [Book] }
  books.shelf: { get: '/books/{bookId}/shelf', scopes: [books.READ], returns: Shelf }
  books.burn: { delete: '/books/{bookId}', scopes: [books.DELETE], destructive: true, note: Ashes do not come back. }
";
        let files = vec![SourceFile::new("connectors/shelf.yaml", yaml)];
        let connector = read(&files).unwrap();
        let sources = Sources { name: "shelf".to_owned(), files, built_in: false };
        let service = Service { sources, connector: Arc::new(connector) };
        let made = pages(&[service]).unwrap();
        let expected = ["SUMMARY", "README", "shelf/README", "shelf/shelves", "shelf/books", "shelf/shared-types"];
        let names =
            made.iter().map(|page| page.path.trim_start_matches("docs/").trim_start_matches("reference/connectors/"));
        assert_eq!(names.collect::<Vec<_>>(), expected.map(|name| format!("{name}.md")));
        assert_parts(
            &made[0],
            &[
                "- [Zoho Shelf](reference/connectors/shelf/README.md)\n  - [shelves](reference/connectors/shelf/shelves.md)\n",
                "  - [Shared types](reference/connectors/shelf/shared-types.md)\n",
            ],
        );
        assert_parts(&made[1], &["| [`shelf`](shelf/README.md) | Zoho Shelf | 4 APIs |"]);
        assert_parts(
            &made[2],
            &[
                "# Zoho Shelf\n",
                "| Address | `https://shelf.{zoho}/api` |",
                "| `orgId` | goes with every call (header); chosen from shelves.list at sign-in |",
                "| `default` | 500 credits in a day; for each organisation |",
                "**[books](books.md)**\n",
                "| [`books.list`](books.md#bookslist) | GET | `/books` | `[Book]` |",
            ],
        );
        assert_parts(
            &made[4],
            &[
                "The APIs of `books` of [Zoho Shelf](README.md). In Rust, `shelf` is its [client](../../../guide/rust.md).",
                "| [`books.list`](#bookslist) | GET | `/books` |",
                "## books.list\n\n`GET https://shelf.{zoho}/api/books`\n",
                "- Scopes: `Shelf.books.READ` or `Shelf.all.READ`\n",
                "- Returns: [`[Book]`](#book)\n",
                "- Returns: [`Shelf`](shared-types.md#shelf)\n",
                "- Limits: costs 3 credits\n",
                "| `sort` | query |  | `title\\|id` |",
                "**Destructive: what it deletes or overwrites may not come back.** Ashes do not come back.\n",
                "$ zohoctl invoke shelf books.burn bookId=ID\n",
                "```rust\nshelf.books().burn(\"4000000000001\").send().await?;\n```\n",
                "```sh\ncurl --silent --show-error --fail-with-body 'https://shelf.zoho.com/api/books/",
                "  --header 'orgId: ORGID'",
                "### Book\n\n```yaml\nid!: id\ntitle: string\n```\n",
            ],
        );
        assert_parts(&made[5], &["# Types of Zoho Shelf\n", "## Shelf\n\n```yaml\nid!: id\n"]);
    }

    fn assert_parts(page: &GeneratedFile, parts: &[&str]) {
        for part in parts {
            assert!(page.text.contains(part), "{part:?} is not in:\n{}", page.text);
        }
    }
}
