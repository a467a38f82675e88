//! `zohoctl connectors`: the services at hand, and whether their files are right.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use zoho_connector::library::Sources;
use zoho_connector::{Connector, describe};

use crate::catalog;
use crate::context::Context;
use crate::exit::Status;
use crate::output::print;
use crate::output::table::{Table, page_width, terminal_width, wrap};
use crate::style::{HEADING, NAME, paint};

pub(crate) mod check;

const EXAMPLES: &str = "\
Examples:
  zohoctl connectors list
  zohoctl connectors show desk
  zohoctl connectors check                       all of them, built-in and yours
  zohoctl connectors check my-service.yaml       a file, or a folder, before it is used
  zohoctl connectors check my-folder --watch     again whenever a file of it changes
  zohoctl --connectors ./mine connectors list    with a folder of your own";

/// Look at the services: list, show, check
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum ConnectorsCommand {
    /// List the services
    List,
    /// Show a service: where it lives, what a connection needs, its APIs
    Show(ShowArgs),
    /// Check connectors and show every fault in its place
    Check(check::CheckArgs),
}

/// The arguments of `connectors show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The service
    service: String,
}

/// Runs the command.
pub(crate) fn run(context: &Context, command: &ConnectorsCommand) -> Result<Status> {
    match command {
        ConnectorsCommand::List => list(context),
        ConnectorsCommand::Show(args) => show(context, args),
        ConnectorsCommand::Check(args) => check::run(context, args),
    }
}

/// A broken connector does not hide the others: it is listed as what it is.
fn list(context: &Context) -> Result<Status> {
    let mut rows = Vec::new();
    for name in context.library.names() {
        let built_in = context.library.sources(&name).is_ok_and(|sources| sources.built_in);
        rows.push((context.library.connector(&name), name, built_in));
    }
    let values = || {
        let value = |(connector, name, built_in): &(Result<Connector, _>, String, bool)| match connector {
            Ok(connector) => catalog::connector_json(connector, *built_in),
            Err(_) => json!({ "name": name, "source": catalog::source(*built_in), "broken": true }),
        };
        rows.iter().map(value).collect()
    };
    let text = || {
        let mut table = Table::new(&["NAME", "TITLE", "APIS", "SOURCE"]);
        for (connector, name, built_in) in &rows {
            let source = catalog::source(*built_in).to_owned();
            match connector {
                Ok(connector) => {
                    table.row([name.clone(), connector.title.clone(), connector.apis.len().to_string(), source]);
                }
                Err(_) => {
                    table.row([name.clone(), "broken: see `zohoctl connectors check`".into(), "-".into(), source]);
                }
            }
        }
        table.render(terminal_width())
    };
    context.output.list(values, text)?;
    Ok(Status::Ok)
}

fn show(context: &Context, args: &ShowArgs) -> Result<Status> {
    let sources = context.library.sources(&args.service)?;
    let connector = context.library.connector(&args.service)?;
    if context.output.wants_data() {
        context.output.value(&as_json(&connector, &sources))?;
    } else {
        print(&page(&connector, &sources, page_width()))?;
    }
    Ok(Status::Ok)
}

fn as_json(connector: &Connector, sources: &Sources) -> Value {
    let mut value = catalog::connector_json(connector, sources.built_in);
    let bases: Value = connector
        .bases
        .iter()
        .map(|(name, base)| (name.clone(), Value::from(base.url.to_string())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    value["bases"] = bases;
    value["environments"] = connector.environments.iter().map(|environment| environment.as_str()).collect();
    value["rate_limits"] = connector
        .rate_limits
        .values()
        .map(|limit| (limit.name.clone(), describe::limit(limit).into()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    value["regions"] = describe::regions(&connector.regions).into();
    value["scope_prefixes"] = connector.scope_prefixes.clone().into();
    value["auth"] = connector.auth.to_string().into();
    value["connection"] = connector
        .connection
        .values()
        .map(|value| json!({ "name": value.name, "chosen_from": value.discover, "default": value.default }))
        .collect();
    value["files"] = sources.files.iter().map(|file| file.path.clone()).collect();
    value["apis"] = connector.apis.keys().cloned().collect();
    value
}

fn page(connector: &Connector, sources: &Sources, width: usize) -> String {
    let mut text = format!("{}  {}\n", paint(HEADING, &connector.name), connector.title);
    if let Some(summary) = &connector.summary {
        text.push_str(&wrap(summary, width, 0));
    }
    text.push_str(&format!("\n{}", facts(connector, sources).indented(2).wrapped(width)));
    let mut numbers = Table::default().indented(2);
    for limit in connector.rate_limits.values() {
        numbers.row(["Limit".into(), limit.name.clone(), describe::limit(limit)]);
    }
    for (style, apis) in describe::paging_styles(connector) {
        let words = format!("{} ({})", describe::pagination(style), check::count(apis, "API"));
        numbers.row(["Paging".into(), style.style.clone(), words]);
    }
    if !numbers.is_empty() {
        text.push_str(&format!("\n{}", numbers.wrapped(width)));
    }
    text.push_str(&format!("\n{}\n", paint(HEADING, check::count(connector.apis.len(), "API"))));
    for (group, apis) in describe::groups(connector) {
        let names: Vec<&str> = apis.iter().map(|api| api.name.as_str()).collect();
        text.push_str(&format!("  {}\n{}", paint(NAME, group), wrap(&names.join(" "), width, 4)));
    }
    let name = &connector.name;
    text.push_str(&format!(
        "\n`zohoctl apis list {name}` has their paths, `zohoctl apis show {name} API` all about one.\n"
    ));
    text
}

fn facts(connector: &Connector, sources: &Sources) -> Table {
    let mut table = Table::default();
    for (name, base) in &connector.bases {
        let label = if name.is_empty() { "Address".to_owned() } else { format!("Address ({name})") };
        table.row([label, base.url.to_string()]);
        for (data_center, url) in &base.by_data_center {
            table.row([String::new(), format!("{url} in {data_center}")]);
        }
    }
    table.row(["Offered".into(), describe::regions(&connector.regions)]);
    if !connector.environments.is_empty() {
        table.row(["Environments".into(), describe::environments(connector)]);
    }
    for value in connector.connection.values() {
        table.row([
            "Connection".into(),
            format!("{}, which {}", value.name, describe::connection_value(connector, value)),
        ]);
    }
    if let Some(words) = describe::signed(&connector.auth) {
        table.row(["Signed".into(), words]);
    }
    if !connector.scope_prefixes.is_empty() {
        table.row(["Scopes of".into(), connector.scope_prefixes.join(", ")]);
    }
    if let Some(docs) = &connector.docs {
        table.row(["Docs".into(), docs.clone()]);
    }
    let files: Vec<&str> = sources.files.iter().map(|file| file.path.as_str()).collect();
    let folder = files.first().and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    let place = if files.len() > 1 { format!("{folder}/ ({} files)", files.len()) } else { files.join("") };
    table.row(["Source".into(), format!("{}, {place}", catalog::source(sources.built_in))]);
    table
}
