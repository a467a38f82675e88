//! A connector and its APIs in words, and as JSON for programs.

use serde_json::{Value, json};
use zoho_connector::connector::ConnectionValue;
use zoho_connector::pagination::{Beyond, PageKind, PageStop};
use zoho_connector::{Api, Connector, Pagination, Parameter, Regions, ReplyPath, Returns, Scope, Type};

pub(crate) mod example;
pub(crate) mod types;

/// The address of an API, with its names in braces.
pub(crate) fn url(connector: &Connector, api: &Api) -> String {
    let base = connector.bases.get(&api.base).map(|base| base.url.to_string()).unwrap_or_default();
    format!("{base}{}", api.path)
}

/// The scopes that an API needs: alternatives joined by "or".
pub(crate) fn scopes(api: &Api) -> String {
    scopes_with(api, |name| Some(format!("{{{name}}}")))
}

/// As [`scopes`], with the names in braces filled.
pub(crate) fn scopes_with(api: &Api, value: impl Fn(&str) -> Option<String>) -> String {
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
pub(crate) fn returns(api: &Api) -> String {
    match &api.returns {
        Returns::Nothing => "nothing".to_owned(),
        Returns::One(ty) => ty.to_string(),
        Returns::Many(ty) => format!("[{ty}]"),
        Returns::File => "file".to_owned(),
    }
}

/// Where the data centre decides whether a service or an API is there.
pub(crate) fn regions(regions: &Regions) -> String {
    match regions {
        Regions::All => "every data centre".to_owned(),
        Regions::Not(list) => format!("every data centre but {}", list.join(", ")),
        Regions::Only(list) => format!("only {}", list.join(", ")),
    }
}

/// Where a value of the connection goes and how it is chosen.
pub(crate) fn connection_value(value: &ConnectionValue) -> String {
    let place = match &value.site {
        None => "is not sent itself".to_owned(),
        Some(site) if site.wire == value.name => format!("goes with every call ({})", site.location),
        Some(site) => format!("goes with every call ({} {})", site.location, site.wire),
    };
    let place = if value.asked { place.replace("with every call", "with the calls that ask for it") } else { place };
    match &value.discover {
        Some(api) => format!("{place}; chosen from {api} at sign-in"),
        None => format!("{place}; given by --set {}=…", value.name),
    }
}

/// How an API pages, in a sentence without a full stop.
pub(crate) fn pagination(pagination: &Pagination) -> String {
    let kind = match &pagination.kind {
        PageKind::Page { at, first } => format!("page number in {at}, from {first}"),
        PageKind::Offset { at, first } => format!("offset in {at}, from {first}"),
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

/// Whether a call may be sent again.
pub(crate) fn repeat(api: &Api) -> &'static str {
    if api.idempotent { "may be sent again where no answer came" } else { "is never sent again where no answer came" }
}

/// Where a parameter goes: `query`, `body`, `path and body`.
pub(crate) fn places(parameter: &Parameter) -> String {
    parameter.sites.iter().map(|site| site.location.to_string()).collect::<Vec<_>>().join(" and ")
}

/// What must be known about a parameter beside its type.
pub(crate) fn need(api: &Api, parameter: &Parameter) -> String {
    let group = api.need.iter().find(|group| group.contains(&parameter.name));
    match (&parameter.default, group) {
        (Some(Value::String(text)), _) => format!("{text} unless given"),
        (Some(default), _) => format!("{default} unless given"),
        (None, _) if parameter.required => "required".to_owned(),
        (None, Some(group)) => format!("one of {}", group.join(", ")),
        (None, None) => String::new(),
    }
}

/// A connector as JSON, without its APIs.
pub(crate) fn connector_json(connector: &Connector, built_in: bool) -> Value {
    json!({
        "name": connector.name,
        "title": connector.title,
        "summary": connector.summary,
        "docs": connector.docs,
        "api_count": connector.apis.len(),
        "source": source(built_in),
    })
}

/// An API as JSON.
pub(crate) fn api_json(connector: &Connector, api: &Api) -> Value {
    let argument = |parameter: &Parameter| {
        json!({
            "name": parameter.name,
            "type": parameter.ty.to_string(),
            "in": parameter.sites.iter().map(|site| site.location.as_str()).collect::<Vec<_>>(),
            "required": parameter.required && parameter.default.is_none(),
            "default": parameter.default,
            "choices": choices(&parameter.ty),
        })
    };
    let scopes = api.scopes.as_ref().map(|entries| {
        let texts = |choice: &Vec<Scope>| choice.iter().map(ToString::to_string).collect::<Vec<_>>();
        entries.iter().map(texts).collect::<Vec<_>>()
    });
    json!({
        "service": connector.name,
        "name": api.name,
        "method": api.verb.as_str(),
        "url": url(connector, api),
        "scopes": scopes,
        "arguments": api.parameters.iter().map(argument).collect::<Vec<_>>(),
        "need": api.need,
        "returns": returns(api),
        "records": api.responses.records.iter().map(ReplyPath::to_string).collect::<Vec<_>>(),
        "paging": api.paginate.as_ref().map(pagination),
        "connection": api.connection,
        "repeatable": api.idempotent,
        "destructive": api.destructive,
        "note": api.note,
        "docs": api.docs.as_ref().or(connector.docs.as_ref()),
        "example": example::line(connector, api),
    })
}

/// Where a connector comes from.
pub(crate) fn source(built_in: bool) -> &'static str {
    if built_in { "built in" } else { "yours" }
}

fn choices(ty: &Type) -> Option<&[String]> {
    match ty {
        Type::Choice { values, .. } => Some(values),
        Type::List { item, .. } => choices(item),
        _ => None,
    }
}
