//! `zohoctl explain`: the request that would be sent, and where each part of it comes from. Nothing is sent.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};
use zoho_connector::connector::ConnectionValue;
use zoho_connector::provenance::{Level, Provenance};
use zoho_connector::source::{Document, line_column};
use zoho_connector::{Api, Auth, Connector, Origin, SourceFile, describe};
use zoho_core::{Connection, Content, Invocation, Request};

use super::call::CallArgs;
use super::invoke;
use crate::connection::{self, ConnectionArgs, as_usage};
use crate::context::Context;

use crate::environment;
use crate::exit::{Problem, Status};
use crate::output::json::pretty;
use crate::output::table::{Table, cut};
use crate::runtime;
use crate::style::{DIM, HEADING, paint};

mod program;
pub(crate) mod sample;

/// The longest value that is shown beside its place.
const VALUE: usize = 60;

const EXAMPLES: &str = "\
Nothing is sent, and no connection is needed: without one, the data centre is `us` and values such as
the organisation are placeholders.

Examples:
  zohoctl explain desk tickets.list status=Open
  zohoctl explain crm records.insert module=Leads data.0.Last_Name=Boyle --data-center eu
  zohoctl explain sign requests.list --output json
  zohoctl explain desk tickets.list --as curl            with the token in ZOHO_ACCESS_TOKEN
  zohoctl explain books contacts.list --as python --out contacts.py";

/// The arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    call: CallArgs,

    /// Write a program that makes the same call: curl, rust, python or deluge. It takes the access token from
    /// ZOHO_ACCESS_TOKEN, or a key from `ZOHO_API_KEY`
    #[arg(long = "as", value_enum, value_name = "LANGUAGE", hide_possible_values = true)]
    language: Option<program::Language>,

    /// The file that it goes into
    #[arg(long, value_name = "FILE|-")]
    out: Option<PathBuf>,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Where a part of the request comes from.
struct Part {
    what: String,
    file: String,
    line: usize,
    why: String,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &ExplainArgs) -> Result<Status> {
    let context = &context.with_out(args.out.as_deref());
    if args.language.is_some() && context.output.wants_data() {
        return Err(Problem::usage("--as writes a program, and --output, --fields and --jq are for data").into());
    }
    let (service, api) = args.call.names(context)?;
    // A program names no place. For places it is the whole connector, so that its files are those of `sources`.
    let connector = Arc::new(match args.language {
        Some(_) => invoke::connector(context, service, api)?,
        None => context.library.connector(service)?,
    });
    let invocation = args.call.invocation(&connector, api)?;
    let (connection, placeholders) = connection_for(context, &connector, &args.connection)?;
    let request = zoho_core::explain(&invocation, &connection)?;
    let scopes = describe::scopes_with(invocation.api(), |name| given(&invocation, name).map(|value| text(&value)));
    if let Some(language) = args.language {
        let folders = &context.settings.connector_folders;
        let setting = program::Setting { scopes: &scopes, folders, page_size: args.call.page_size };
        let program = program::write(language, &invocation, &connection, &request, &setting)?;
        // As it is: what looks like a colour may be a part of an argument.
        context.output.reply(program.as_bytes())?;
        placeholders.iter().for_each(|name| context.talk.warn(placeholder(&connection, name)));
        return Ok(Status::Ok);
    }
    let sources = context.library.sources(service)?;
    let parts = parts(&invocation, &connection, &sources.files, &placeholders);
    if context.output.wants_data() {
        context.output.value(&as_json(&connector, invocation.api(), &request, &parts, &scopes))?;
    } else {
        context.output.text(&page(&connector, invocation.api(), &request, &parts, &scopes))?;
    }
    Ok(Status::Ok)
}

fn placeholder(connection: &Connection, name: &str) -> String {
    let value = connection.values.get(name).map(String::as_str).unwrap_or_default();
    format!("{value} is a placeholder for {name}: --set {name}=VALUE gives it, or --connection NAME")
}

/// The connection that a call would use; where there is none, one of placeholders.
fn connection_for(
    context: &Context,
    connector: &Connector,
    args: &ConnectionArgs,
) -> Result<(Connection, Vec<String>)> {
    let wanted = args.connection.is_some() || environment::read(environment::CONNECTION).is_some();
    if let Ok(chosen) = runtime::block_on(connection::find(context, connector, args)) {
        return Ok((chosen.connection, Vec::new()));
    } else if wanted {
        runtime::block_on(connection::find(context, connector, args))?;
    }
    let center = connection::data_center(args).unwrap_or_else(|| "us".to_owned());
    let table = Arc::clone(&context.settings.data_centers);
    let mut connection = Connection::within("explain", &center, table).map_err(as_usage)?;
    connection.endpoint = connection::endpoint(args)?;
    connection::values::apply(connector, args, None, &mut connection)?;
    let missing: Vec<String> = connector
        .values_to_choose()
        .map(|value| &value.name)
        .filter(|name| !connection.values.contains_key(*name))
        .cloned()
        .collect();
    for name in &missing {
        connection.values.insert(name.clone(), name.to_ascii_uppercase());
    }
    Ok((connection, missing))
}

/// Every part of the request that the caller did not give, with its place in the connector's files.
fn parts(invocation: &Invocation, connection: &Connection, files: &[SourceFile], placeholders: &[String]) -> Vec<Part> {
    let (connector, api) = (invocation.connector(), invocation.api());
    let mut parts = Vec::new();
    let mut add = |what: String, origin: &Origin, why: String| {
        let (file, line) = place(files, origin);
        parts.push(Part { what, file, line, why });
    };
    add(format!("{} {}", api.verb, api.path), &api.origin, "the API".to_owned());
    if let Some(base) = connector.bases.get(&api.base) {
        add("address".to_owned(), &base.origin, base.url.to_string());
    }
    if let Some(words) = describe::signed(&api.auth) {
        add("signature".to_owned(), &api.origin, words);
    }
    for value in api.connection.iter().filter_map(|name| connector.connection.get(name)) {
        add(site_of(value), &value.origin, reason(value, placeholders));
    }
    for (what, format) in describe::chosen_formats(connector, api) {
        for value in format.names().filter_map(|name| connector.connection.get(name)) {
            add(what.to_owned(), &value.origin, spelling(value, connection));
        }
    }
    for constant in &api.constants {
        add(
            format!("{} {}", constant.site.location, constant.site.wire),
            &constant.origin,
            format!("always {}", text(&constant.value)),
        );
    }
    for parameter in &api.parameters {
        let default = parameter
            .default
            .as_ref()
            .filter(|_| given(invocation, &parameter.name).as_ref() == parameter.default.as_ref());
        if let Some(default) = default {
            add(
                format!("{} {}", describe::places(parameter), parameter.name),
                &parameter.origin,
                format!("{} unless given", text(default)),
            );
        }
    }
    inherited(api, files, &mut parts);
    parts
}

/// Adds the words that come from elsewhere than the API, and those of its own that count instead of another's.
fn inherited(api: &Api, files: &[SourceFile], parts: &mut Vec<Part>) {
    let said = parts.len();
    for word in Provenance::of(files).words(api) {
        let level = match &word.over {
            Some(over) if word.level == Level::Own => format!("its own, over {over}"),
            Some(over) => format!("from {}, over {over}", word.level),
            None if word.level == Level::Own => continue,
            None => format!("from {}", word.level),
        };
        match parts.iter_mut().take(said).find(|part| part.what == word.name) {
            Some(part) => part.why.push_str(&format!(", {level}")),
            None => {
                let (file, line) = place(files, &word.origin);
                parts.push(Part { what: word.name, file, line, why: format!("{}, {level}", cut(&word.value, VALUE)) });
            }
        }
    }
}

fn spelling(value: &ConnectionValue, connection: &Connection) -> String {
    match (connection.values.get(&value.name), &value.default) {
        (Some(chosen), _) => format!("{} is {chosen}", value.name),
        (None, default) => format!("{} is {} unless given", value.name, default.as_deref().unwrap_or_default()),
    }
}

fn site_of(value: &ConnectionValue) -> String {
    value.site.as_ref().map_or_else(|| value.name.clone(), |site| format!("{} {}", site.location, site.wire))
}

fn reason(value: &ConnectionValue, placeholders: &[String]) -> String {
    let chosen =
        if placeholders.contains(&value.name) { "a placeholder: chosen at sign-in" } else { "from the connection" };
    match &value.discover {
        Some(api) => format!("{chosen}, from {api}"),
        None => chosen.to_owned(),
    }
}

fn given(invocation: &Invocation, name: &str) -> Option<Value> {
    match invocation.argument(name) {
        Some(zoho_core::Argument::Value(value)) => Some(value.clone()),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The file and the line of a place.
pub(super) fn place(files: &[SourceFile], origin: &Origin) -> (String, usize) {
    let Some(file) = files.get(origin.file.0) else { return (String::new(), 0) };
    let byte = Document::parse(&file.text).map_or(0, |(document, _)| document.key_range(&origin.route).start);
    (file.path.clone(), line_column(&file.text, byte).0)
}

/// The address as it is called, a key in it hidden.
fn address(api: &Api, request: &Request) -> String {
    match &api.auth {
        Auth::Key(key) if key.is_in_query() => {
            let mark = if request.url.query().is_some() { '&' } else { '?' };
            format!("{}{mark}{}=[hidden]", request.url, key.site.wire)
        }
        _ => request.url.to_string(),
    }
}

/// The header that signs a call, the token or the key in it hidden.
fn signature(api: &Api) -> Option<(String, String)> {
    match &api.auth {
        Auth::OAuth | Auth::OAuthOrKey(_) => Some(("Authorization".to_owned(), "Zoho-oauthtoken [hidden]".to_owned())),
        Auth::Key(key) if !key.is_in_query() => Some((key.site.wire.clone(), key.value("[hidden]"))),
        Auth::Key(_) | Auth::None => None,
    }
}

/// The headers as they are sent, the token hidden.
fn headers(api: &Api, request: &Request) -> Vec<(String, String)> {
    let form = match &request.content {
        Content::UrlEncoded(_) => Some("application/x-www-form-urlencoded"),
        Content::Multipart(_) => Some("multipart/form-data"),
        _ => None,
    };
    let form = form.map(|media_type| ("Content-Type".to_owned(), media_type.to_owned()));
    signature(api).into_iter().chain(request.headers.iter().cloned()).chain(form).collect()
}

fn page(connector: &Connector, api: &Api, request: &Request, parts: &[Part], scopes: &str) -> String {
    let mut text = format!("{} {}\n", paint(HEADING, request.method), address(api, request));
    for (name, value) in headers(api, request) {
        text.push_str(&format!("{name}: {value}\n"));
    }
    let body = body(request);
    if !body.is_empty() {
        text.push_str(&format!("\n{}\n", body.trim_end()));
    }
    let mut table = Table::default().indented(2);
    for part in parts {
        table.row([part.what.clone(), format!("{}:{}", part.file, part.line), paint(DIM, &part.why)]);
    }
    text.push_str(&format!("\n{}\n{}\n", paint(HEADING, "Where it comes from"), table.render(None)));
    text.push_str(&facts(connector, api, scopes));
    text
}

fn facts(connector: &Connector, api: &Api, scopes: &str) -> String {
    let mut table = Table::default();
    table.row(["Scopes".into(), scopes.to_owned()]);
    table.row(["Repeat".into(), describe::repeat(api).to_owned()]);
    if let Some(pagination) = &api.paginate {
        table.row(["Pages".into(), describe::pagination(pagination)]);
    }
    table.row([
        "Offered".into(),
        describe::regions(if api.regions == zoho_connector::Regions::All { &connector.regions } else { &api.regions }),
    ]);
    table.render(None)
}

/// The body for reading: JSON with its parts on lines of their own.
fn body(request: &Request) -> String {
    let Content::Json(json) = &request.content else { return request.body_text() };
    let mut out = Vec::new();
    match pretty(&mut out, json.as_bytes(), 0) {
        Ok(()) => String::from_utf8(out).unwrap_or_else(|_| json.clone()),
        Err(_) => json.clone(),
    }
}

fn as_json(connector: &Connector, api: &Api, request: &Request, parts: &[Part], scopes: &str) -> Value {
    let headers: serde_json::Map<_, _> =
        headers(api, request).into_iter().map(|(name, value)| (name, Value::from(value))).collect();
    let part = |part: &Part| json!({ "what": part.what, "file": part.file, "line": part.line, "why": part.why });
    let body = match &request.content {
        Content::Empty => Value::Null,
        Content::Json(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        _ => request.body_text().into(),
    };
    json!({
        "service": connector.name,
        "api": api.name,
        "method": request.method.as_str(),
        "url": address(api, request),
        "headers": headers,
        "body": body,
        "scopes": scopes,
        "repeatable": api.idempotent,
        "paging": api.paginate.as_ref().map(describe::pagination),
        "from": parts.iter().map(part).collect::<Vec<_>>(),
    })
}
