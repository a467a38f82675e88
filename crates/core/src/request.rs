//! Building a request: an API, its arguments and a connection become a method, a URL, headers and a body. No I/O.

use std::fmt;

use serde_json::Value;
use url::Url;
use zoho_connector::template::Part as TemplatePart;
use zoho_connector::{Api, Carrier, Connector, Location, RequestPlace, Type, Verb};

use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::hosts::host_of;
use crate::invocation::{Argument, FilePart, Invocation};
use crate::value::chosen::spelled;
use crate::value::encode;

mod body;
mod fields;

use fields::Fields;
pub(crate) use fields::{PATH, encode_pairs, set_within};

/// A request, complete but for the access token.
#[derive(Debug, Clone)]
pub struct Request {
    /// The verb.
    pub method: Verb,
    /// Zoho's URL, before an endpoint takes its place.
    pub url: Url,
    /// The headers; the access token is not among them.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub content: Content,
}

/// The body of a [`Request`].
#[derive(Debug, Clone)]
pub enum Content {
    /// None.
    Empty,
    /// JSON text.
    Json(String),
    /// A form in URL encoding.
    UrlEncoded(Vec<(String, String)>),
    /// A form in parts.
    Multipart(Vec<Part>),
    /// The bytes of a file.
    File(FilePart),
}

/// A part of a multipart form.
#[derive(Debug, Clone)]
pub enum Part {
    /// A field.
    Text(String, String),
    /// A file.
    File(String, FilePart),
}

/// What paging changes of a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// A value at a place.
    Set(RequestPlace, Value),
    /// A text behind the value that is there.
    Append(RequestPlace, String),
    /// The URL that the last reply gave, instead of the built one.
    Follow(Url),
}

/// The request that an invocation stands for, without sending it: with its first page asked for, where it pages.
///
/// # Errors
/// As sending it: [`ErrorKind::Connection`] where a value of the connection is missing, [`ErrorKind::NotOffered`].
pub fn explain(invocation: &Invocation, connection: &Connection) -> Result<Request, Error> {
    let changes = crate::page::first_changes(invocation);
    build(invocation, connection, None, &changes)
}

/// Builds a request. `api_host` is the host of the `api_domain` that came with the token.
pub(crate) fn build(
    invocation: &Invocation,
    connection: &Connection,
    api_host: Option<&str>,
    changes: &[Change],
) -> Result<Request, Error> {
    let (connector, api) = (invocation.connector(), invocation.api());
    spelled(invocation, connection)
        .and_then(|invocation| build_parts(&invocation, connector, api, connection, api_host, changes))
        .map_err(|error| error.operation_of(&connector.name, &api.name))
}

/// Whether a request can be built: the service is offered, every value of the connection is chosen, dates can be spelled, and
/// the path has all its parts. The body is left out, so this costs next to nothing.
pub(crate) fn ready(invocation: &Invocation, connection: &Connection) -> Result<(), Error> {
    let (connector, api) = (invocation.connector(), invocation.api());
    let all = || {
        offered(connector, api, connection)?;
        for name in &api.connection {
            connection_value(connector, connection, name)?;
        }
        let invocation = &*spelled(invocation, connection)?;
        address(invocation, connector, api, connection, None).map(|_| ())
    };
    all().map_err(|error: Error| error.operation_of(&connector.name, &api.name))
}

fn build_parts(
    invocation: &Invocation,
    connector: &Connector,
    api: &Api,
    connection: &Connection,
    api_host: Option<&str>,
    changes: &[Change],
) -> Result<Request, Error> {
    offered(connector, api, connection)?;
    let mut fields = collect_fields(invocation, connector, api, connection)?;
    let json = body::json(invocation, connector, api, connection, changes)?;
    for change in changes {
        fields.change(change);
    }
    let followed = changes.iter().find_map(|change| match change {
        Change::Follow(url) => Some(url.clone()),
        _ => None,
    });
    let url = match followed {
        Some(url) => url,
        None => with_query(address(invocation, connector, api, connection, api_host)?, &fields)?,
    };
    let content = body::content(invocation, api, json, &fields);
    let mut headers = fields.headers();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
        headers.push((
            "Accept".to_owned(),
            if api.returns == zoho_connector::Returns::File { "*/*" } else { "application/json" }.to_owned(),
        ));
    }
    if matches!(content, Content::Json(_)) && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
    {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    }
    Ok(Request { method: api.verb, url, headers, content })
}

/// A call to a data centre where the service is not offered is refused before it is sent.
fn offered(connector: &Connector, api: &Api, connection: &Connection) -> Result<(), Error> {
    let center = &connection.data_center;
    if connector.regions.offer(&center.id) && api.regions.offer(&center.id) {
        return Ok(());
    }
    let what = if connector.regions.offer(&center.id) { &api.name } else { &connector.title };
    Err(Error::new(ErrorKind::NotOffered, format!("{what} is not offered in {} ({})", center.name, center.id)))
}

/// Query, headers and form: arguments, constants and values of the connection.
fn collect_fields(
    invocation: &Invocation,
    connector: &Connector,
    api: &Api,
    connection: &Connection,
) -> Result<Fields, Error> {
    let mut fields = Fields::new(connector.lists);
    for name in &api.connection {
        let Some(site) = connector.connection.get(name).and_then(|value| value.site.as_ref()) else { continue };
        if matches!(site.location, Location::Path | Location::Body) {
            continue;
        }
        fields.put(site.location, &site.wire, connection_value(connector, connection, name)?.into());
    }
    for constant in api.constants.iter().filter(|constant| constant.site.location != Location::Body) {
        fields.put(constant.site.location, &constant.site.wire, encode::plain(&constant.value));
    }
    for parameter in &api.parameters {
        for site in parameter.sites.iter().filter(|site| !matches!(site.location, Location::Path | Location::Body)) {
            match invocation.argument(&parameter.name) {
                Some(Argument::Value(value)) => fields.argument(connector, site, &parameter.ty, value),
                Some(Argument::Files(files)) => fields.files(&site.wire, files),
                None => {}
            }
        }
    }
    if let Some(zoho_connector::Body { ty, carrier: Carrier::Field(site, envelope) }) = &api.body {
        let text = body::within(invocation, api, ty, envelope);
        // A list is asked for with its page alone; an empty object beside it would say nothing.
        if text != "{}" || api.verb != Verb::Get {
            fields.put(site.location, &site.wire, text);
        }
    }
    Ok(fields)
}

/// The value that was chosen for the connection.
pub(crate) fn connection_value<'c>(
    connector: &'c Connector,
    connection: &'c Connection,
    name: &str,
) -> Result<&'c str, Error> {
    connection.value(connector, name).ok_or_else(|| {
        let error =
            Error::new(ErrorKind::Connection, format!("{} needs `{name}`, and none was chosen", connector.title));
        let discover = connector.connection.get(name).and_then(|value| value.discover.as_deref());
        error.with_hint(match discover {
            Some(api) => format!("`{api}` lists the choices; connecting asks for one"),
            None => format!("set {name} for this connection"),
        })
    })
}

/// The address of an API, without a query.
fn address(
    invocation: &Invocation,
    connector: &Connector,
    api: &Api,
    connection: &Connection,
    api_host: Option<&str>,
) -> Result<String, Error> {
    let base = connector
        .bases
        .get(&api.base)
        .ok_or_else(|| Error::new(ErrorKind::Connection, format!("the connector has no base `{}`", api.base)))?;
    let fill = |part: &TemplatePart| match part {
        TemplatePart::Literal(text) => Ok(text.clone()),
        TemplatePart::Host(variable) => Ok(host_of(*variable, connection, api_host)),
        TemplatePart::Value(name) => path_value(invocation, connector, connection, name),
    };
    let mut text = base.url_for(&connection.data_center.id).render(fill)?;
    text.truncate(text.trim_end_matches('/').len());
    text.push_str(&api.path.render(fill)?);
    Ok(text)
}

fn with_query(mut text: String, fields: &Fields) -> Result<Url, Error> {
    fields.add_query(&mut text);
    Url::parse(&text).map_err(|error| Error::new(ErrorKind::Connection, format!("`{text}` is not a URL: {error}")))
}

/// A value in a path, escaped: an argument, or a value of the connection.
fn path_value(
    invocation: &Invocation,
    connector: &Connector,
    connection: &Connection,
    name: &str,
) -> Result<String, Error> {
    let parameter = invocation.api().parameters.iter().find(|parameter| parameter.is_in_path_as(name));
    let text = match parameter.and_then(|parameter| invocation.value(&parameter.name)) {
        Some(value) => encode::plain(value),
        None => connection_value(connector, connection, name)?.to_owned(),
    };
    // A dot segment would change the path however it is escaped.
    if matches!(text.as_str(), "" | "." | "..") {
        return Err(Error::new(ErrorKind::Arguments, format!("`{name}` cannot be `{text}`: it is a part of the path")));
    }
    Ok(fields::escape(&text, fields::PATH))
}

impl Request {
    /// The body as text: JSON or an encoded form as it is, the parts of a form one a line, files by name and size.
    pub fn body_text(&self) -> String {
        match &self.content {
            Content::Empty => String::new(),
            Content::Json(text) => text.clone(),
            Content::UrlEncoded(pairs) => fields::encode_pairs(pairs),
            Content::Multipart(parts) => parts.iter().map(|part| format!("{part}\n")).collect(),
            Content::File(file) => format!("{}\n", file_text(file)),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(name, value) => write!(f, "{name}: {value}"),
            Self::File(name, file) => write!(f, "{name}: {}", file_text(file)),
        }
    }
}

fn file_text(file: &FilePart) -> String {
    match file.size() {
        Some(size) => format!("<file {}, {size} bytes>", file.name),
        None => format!("<file {}>", file.name),
    }
}

/// Whether a type goes into a query, header or form as JSON text.
fn is_json(ty: &Type) -> bool {
    matches!(ty, Type::Record(_) | Type::Object(_) | Type::Map | Type::Any)
}
