//! A page for each service: what it is, how it is reached, and all its APIs.

use anyhow::Result;
use serde::Serialize;
use zoho_connector::differs::{Explanation, Reach, explanations_of};
use zoho_connector::{Api, Connector, Parameter, Returns, Type, describe};

use super::markdown::{anchor, cell, code, tidy};
use crate::codegen::{GeneratedFile, Service, render};

const INDEX: &str = include_str!("../../../templates/docs/connectors.md.hbs");
const PAGE: &str = include_str!("../../../templates/docs/connector.md.hbs");

/// What the template of the index sees.
#[derive(Serialize)]
struct Index {
    services: Vec<Page>,
}

/// What the template of a page sees.
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
    types: Vec<TypeView>,
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

#[derive(Serialize)]
struct Group {
    name: String,
    apis: Vec<ApiView>,
}

#[derive(Serialize)]
struct ApiView {
    name: String,
    anchor: String,
    verb: &'static str,
    path: String,
    url: String,
    /// As a link to the type where there is one.
    returns: String,
    destructive: bool,
    note: Option<String>,
    facts: Vec<Fact>,
    differs: Vec<Fact>,
    arguments: Vec<Argument>,
    example: String,
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

/// The index and the pages.
pub(super) fn pages(services: &[Service]) -> Result<Vec<GeneratedFile>> {
    let pages: Result<Vec<Page>> = services.iter().map(page).collect();
    let index = Index { services: pages? };
    let mut files =
        vec![render::markdown("docs/reference/connectors/README.md", &tidy(&render::template(INDEX, &index)?))];
    for page in &index.services {
        let text = tidy(&render::template(PAGE, page)?);
        files.push(render::markdown(&format!("docs/reference/connectors/{}.md", page.name), &text));
    }
    Ok(files)
}

fn page(service: &Service) -> Result<Page> {
    let connector = &service.connector;
    let explained = explanations_of(&service.sources.files)?;
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
        differs: differences(&explained, |reach| !matches!(reach, Reach::Api(_))),
        groups: describe::groups(connector)
            .into_iter()
            .map(|(name, apis)| group(connector, name, &apis, &explained))
            .collect(),
        types: types(connector),
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

fn group(connector: &Connector, name: &str, apis: &[&Api], explained: &[Explanation]) -> Group {
    Group { name: name.to_owned(), apis: apis.iter().map(|api| api_view(connector, api, explained)).collect() }
}

fn api_view(connector: &Connector, api: &Api, explained: &[Explanation]) -> ApiView {
    ApiView {
        name: api.name.clone(),
        anchor: anchor(&api.name),
        verb: api.verb.as_str(),
        path: code(&api.path.to_string()),
        url: describe::url(connector, api),
        returns: cell(&returns(connector, api)),
        destructive: api.destructive,
        note: api.note.clone(),
        facts: api_facts(connector, api),
        differs: differences(explained, |reach| matches!(reach, Reach::Api(name) if *name == api.name)),
        arguments: api.parameters.iter().map(|parameter| argument(connector, api, parameter)).collect(),
        example: describe::example::line(connector, api),
    }
}

/// What is to be known of an API beside its arguments.
fn api_facts(connector: &Connector, api: &Api) -> Vec<Fact> {
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
    facts.push(("Returns", returns(connector, api)));
    facts.extend(describe::facts(connector, api));
    facts.push(("Repeat", describe::repeat(api).to_owned()));
    facts.extend(api.docs.as_ref().map(|url| ("Zoho's page", format!("<{url}>"))));
    facts.into_iter().map(|(name, text)| Fact { name: name.to_owned(), text }).collect()
}

fn returns(connector: &Connector, api: &Api) -> String {
    match &api.returns {
        Returns::Nothing => "nothing".to_owned(),
        Returns::One(ty) | Returns::Many(ty) => type_link(connector, ty, &describe::returns(api)),
        Returns::File => "a file".to_owned(),
    }
}

/// A type as the language writes it; where it is one of the connector's, with a link to it.
fn type_link(connector: &Connector, ty: &Type, text: &str) -> String {
    match ty {
        Type::Record(name) if connector.types.contains_key(name) => format!("[{}](#{})", code(text), anchor(name)),
        Type::List { item, .. } => type_link(connector, item, text),
        _ => code(text),
    }
}

fn argument(connector: &Connector, api: &Api, parameter: &Parameter) -> Argument {
    Argument {
        name: code(&parameter.name),
        place: describe::places(parameter),
        need: cell(&describe::need(api, parameter)),
        ty: cell(&type_link(connector, &parameter.ty, &parameter.ty.to_string())),
    }
}

/// The types, sorted by name: whoever looks for one knows how it is called.
fn types(connector: &Connector) -> Vec<TypeView> {
    let view = |(name, object)| TypeView { name: String::clone(name), members: describe::types::members_of(object) };
    let mut types: Vec<TypeView> = connector.types.iter().map(view).collect();
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
  books.burn: { delete: '/books/{bookId}', scopes: [books.DELETE], destructive: true, note: Ashes do not come back., differs: { query force: \"tried\" } }
differs: { header orgId: probed }
";
        let files = vec![SourceFile::new("connectors/shelf.yaml", yaml)];
        let connector = read(&files).unwrap();
        let service = Service { sources: Sources { name: "shelf".to_owned(), files, built_in: false }, connector };
        let [index, page] = <[_; 2]>::try_from(pages(&[service]).unwrap()).unwrap();
        assert!(index.text.contains("| [`shelf`](shelf.md) | Zoho Shelf | 3 APIs |"), "{}", index.text);
        for part in [
            "# Zoho Shelf\n",
            "| Address | `https://shelf.{zoho}/api` |",
            "| `orgId` | goes with every call (header); chosen from shelves.list at sign-in |",
            "| `default` | 500 credits in a day; for each organisation |",
            "| [`books.list`](#bookslist) | GET | `/books` | [`[Book]`](#book) |",
            "### books.list\n\n`GET https://shelf.{zoho}/api/books`\n",
            "- Scopes: `Shelf.books.READ` or `Shelf.all.READ`\n",
            "- Limits: costs 3 credits\n",
            "| `sort` | query |  | `title\\|id` |",
            "**It destroys something.** Ashes do not come back.\n",
            "$ zohoctl invoke shelf books.burn bookId=ID\n",
            "- Differs from Zoho's definition in `query force`: tried\n",
            "| `header orgId` | probed |",
            "### Book\n\n```yaml\nid!: id\ntitle: string\n```\n",
        ] {
            assert!(page.text.contains(part), "{part:?} is not in:\n{}", page.text);
        }
    }
}
