//! A connector and its APIs in words: what a person reads about them in a terminal and in the reference pages.
//!
//! Nothing here reads more than a resolved [`Connector`], and nothing here knows of colours or widths: whoever shows
//! the words decides how. Sentences have neither a capital nor a full stop, so that they fit behind a heading and into
//! a cell of a table.
//!
//! ```
//! use zoho_connector::{SourceFile, describe, load::read};
//!
//! let yaml = r#"
//! connector: bookshelf
//! title: Zoho Bookshelf
//! base_url: https://bookshelf.{zoho}/api/v1
//! scope_prefix: [ZohoBookshelf]
//! responses: { records: data }
//! apis:
//!   books.get: { get: '/books/{bookId}', scopes: [books.READ], returns: map, example: { bookId: '215' } }
//! "#;
//! let connector = read(&[SourceFile::new("bookshelf.yaml", yaml)]).unwrap();
//! let api = connector.api("books.get").unwrap();
//! assert_eq!(describe::url(&connector, api), "https://bookshelf.{zoho}/api/v1/books/{bookId}");
//! assert_eq!(describe::scopes(api), "ZohoBookshelf.books.READ");
//! assert_eq!(describe::example::line(&connector, api), "zohoctl invoke bookshelf books.get bookId=215");
//! ```

use serde_json::Value;

use crate::connector::{Api, Connector, Parameter, Regions, Returns};
use crate::pagination::{Beyond, PageKind, PageStop, Pagination};
use crate::scope::Scope;

mod auth;
mod connection;
pub mod example;
mod limits;
mod more;
pub mod types;

pub use auth::{api_key, signed};
pub use connection::{chosen_formats, connection_value, dates};
pub use limits::{cost, limit, limits};
pub use more::{above, batch, incremental, job};

/// The address of an API, with its names in braces.
pub fn url(connector: &Connector, api: &Api) -> String {
    let base = connector.bases.get(&api.base).map(|base| base.url.to_string()).unwrap_or_default();
    format!("{base}{}", api.path)
}

/// The scopes that an API needs: alternatives joined by "or".
pub fn scopes(api: &Api) -> String {
    scopes_with(api, |name| Some(format!("{{{name}}}")))
}

/// As [`scopes`], with the names in braces filled.
pub fn scopes_with(api: &Api, value: impl Fn(&str) -> Option<String>) -> String {
    match api.scopes.as_deref() {
        None => "not known".to_owned(),
        Some([]) => "none".to_owned(),
        Some(entries) => {
            let entry = |choice: &Vec<Scope>| {
                choice.iter().map(|scope| scope.with(&value).to_string()).collect::<Vec<_>>().join(" or ")
            };
            entries.iter().map(entry).collect::<Vec<_>>().join(", ")
        }
    }
}

/// What an API gives back, in the language's words.
pub fn returns(api: &Api) -> String {
    match &api.returns {
        Returns::Nothing => "nothing".to_owned(),
        Returns::One(ty) => ty.to_string(),
        Returns::Many(ty) => format!("[{ty}]"),
        Returns::File => match &api.contains {
            Some(contains) => format!("file of {}: {}", contains.form.as_str(), contains.ty),
            None => "file".to_owned(),
        },
    }
}

/// Where the data centre decides whether a service or an API is there.
pub fn regions(regions: &Regions) -> String {
    match regions {
        Regions::All => "every data centre".to_owned(),
        Regions::Not(list) => format!("every data centre but {}", list.join(", ")),
        Regions::Only(list) => format!("only {}", list.join(", ")),
    }
}

/// The environments that a service has: production, and those beside it.
pub fn environments(connector: &Connector) -> String {
    let others = connector.environments.iter().map(|environment| environment.as_str());
    std::iter::once("production").chain(others.filter(|name| *name != "production")).collect::<Vec<_>>().join(", ")
}

/// The APIs of a service by group, in the order of its files.
pub fn groups(connector: &Connector) -> Vec<(&str, Vec<&Api>)> {
    let mut groups: Vec<(&str, Vec<&Api>)> = Vec::new();
    for api in connector.apis.values() {
        match groups.iter_mut().find(|(group, _)| *group == api.group()) {
            Some((_, apis)) => apis.push(api),
            None => groups.push((api.group(), vec![api])),
        }
    }
    groups
}

/// How an API pages, in a sentence without a full stop.
pub fn pagination(pagination: &Pagination) -> String {
    let kind = match &pagination.kind {
        PageKind::Page { at, first } => format!("page number in {at}, beginning at {first}"),
        PageKind::Offset { at, first } => format!("offset in {at}, beginning at {first}"),
        PageKind::Cursor { at, next } => format!("token in {at}, read at {next}"),
        PageKind::Link { next } => format!("link read at {next}"),
    };
    let size = match (pagination.size(), &pagination.limit) {
        (Some(size), Some(limit)) => format!("; up to {size} records, asked for in {limit}"),
        (Some(size), None) => format!("; up to {size} records"),
        _ => String::new(),
    };
    format!("{kind}{size}{}{}", page_end(pagination), beyond(pagination))
}

/// The styles of paging that a service's APIs use, each as most of them use it, with their number.
pub fn paging_styles(connector: &Connector) -> Vec<(&Pagination, usize)> {
    let mut styles: Vec<Vec<&Pagination>> = Vec::new();
    for used in connector.apis.values().filter_map(|api| api.paginate.as_ref()) {
        match styles.iter_mut().find(|same| same[0].style == used.style) {
            Some(same) => same.push(used),
            None => styles.push(vec![used]),
        }
    }
    styles.into_iter().filter_map(usual_form).collect()
}

/// The form that most have, and how many there are.
fn usual_form(same: Vec<&Pagination>) -> Option<(&Pagination, usize)> {
    let count = |one: &Pagination| same.iter().filter(|other| pagination(other) == pagination(one)).count();
    // Of equals the first: `max_by_key` takes the last.
    let usual = same.iter().rev().copied().max_by_key(|one| count(one))?;
    Some((usual, same.len()))
}

fn page_end(pagination: &Pagination) -> String {
    let stop = &pagination.stop;
    let flag = stop.more.as_ref().map(|path| format!("; goes on while {path} is true"));
    let total = stop.total.as_ref().map(|path| format!("; {path} tells how many there are"));
    let page = stop.page.map(|page| match page {
        PageStop::Short => "; a page that is not full is the last".to_owned(),
        PageStop::Empty => "; an empty page ends it".to_owned(),
    });
    flag.into_iter().chain(total).chain(page).collect()
}

fn beyond(pagination: &Pagination) -> String {
    let Some(ceiling) = pagination.ceiling else { return String::new() };
    match &pagination.beyond {
        None => format!("; the service stops at {ceiling} records"),
        Some(Beyond::Style(style)) => format!("; past {ceiling} records by `{}`", style.style),
        Some(Beyond::Incremental) => format!("; past {ceiling} records by windows of time"),
    }
}

/// What an API has that not all have, each under its heading: how it pages, what changed, its job, how it is split, its
/// limits, and where it is offered.
pub fn facts(connector: &Connector, api: &Api) -> Vec<(&'static str, String)> {
    let all = [
        ("Signed", signed(&api.auth)),
        ("Pages", api.paginate.as_ref().map(pagination)),
        ("Changes", api.incremental.as_ref().map(incremental)),
        ("Job", api.job.as_ref().map(job)),
        ("Batch", batch(api)),
        ("Files", above(connector, api)),
        ("Dates", dates(connector, api)),
        ("Limits", limits(connector, api)),
        ("Offered", (api.regions != Regions::All).then(|| regions(&api.regions))),
    ];
    all.into_iter().filter_map(|(heading, words)| Some((heading, words?))).collect()
}

/// What is said of an API that is `destructive`.
pub const DESTRUCTIVE: &str = "Destructive: what it deletes or overwrites may not come back.";

/// Whether a call may be sent again.
pub fn repeat(api: &Api) -> &'static str {
    if api.idempotent { "may be sent again where no answer came" } else { "is never sent again where no answer came" }
}

/// Where a parameter goes: `query`, `body`, `path and body`.
pub fn places(parameter: &Parameter) -> String {
    parameter.sites.iter().map(|site| site.location.to_string()).collect::<Vec<_>>().join(" and ")
}

/// What must be known about a parameter beside its type.
pub fn need(api: &Api, parameter: &Parameter) -> String {
    let group = api.need.iter().find(|group| group.contains(&parameter.name));
    match (&parameter.default, group) {
        (Some(Value::String(text)), _) => format!("{text} unless given"),
        (Some(default), _) => format!("{default} unless given"),
        (None, _) if parameter.required => "required".to_owned(),
        (None, Some(group)) => format!("one of {}", group.join(", ")),
        (None, None) => String::new(),
    }
}
