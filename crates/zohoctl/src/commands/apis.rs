//! `zohoctl apis`: what the services offer.

use anyhow::Result;
use clap::{Args, Subcommand};
use zoho_connector::suggest::nearest;
use zoho_connector::{Api, Connector, describe};

use crate::catalog;
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::print;
use crate::output::table::{Table, page_width, terminal_width};

mod page;

const EXAMPLES: &str = "\
Examples:
  zohoctl apis list desk                 the APIs of a service
  zohoctl apis search attachment         over all services: names, paths and notes
  zohoctl apis show crm records.list     one API with its arguments and an example
  zohoctl apis list crm --output csv --fields name,method,url,destructive > apis.csv";

/// Find an API: list, search, show
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum ApisCommand {
    /// List the APIs of a service
    List(ListArgs),
    /// Search the APIs of all services
    Search(SearchArgs),
    /// Show an API: arguments, scopes, paging, an example
    Show(ShowArgs),
}

/// The arguments of `apis list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The service
    service: String,
}

/// The arguments of `apis search`.
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words that must all be there, in the name, the path or the note
    #[arg(required = true)]
    words: Vec<String>,
}

/// The arguments of `apis show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The service
    service: String,
    /// The API
    api: String,
    /// Show the types that its types are made of, too
    #[arg(long)]
    types: bool,
}

/// Runs the command.
pub(crate) fn run(context: &Context, command: &ApisCommand) -> Result<Status> {
    match command {
        ApisCommand::List(args) => list(context, args),
        ApisCommand::Search(args) => search(context, args),
        ApisCommand::Show(args) => show(context, args),
    }
}

/// The API of a name, or an error with the nearest ones.
pub(crate) fn find<'a>(connector: &'a Connector, name: &str) -> Result<&'a Api> {
    if let Some(api) = connector.api(name) {
        return Ok(api);
    }
    let near = nearest(name, connector.apis.keys().map(String::as_str));
    let problem = Problem::usage(format!("{} has no API `{name}`", connector.title));
    Err(match near.as_slice() {
        [] => problem.hint(format!("`zohoctl apis list {}` names those there are", connector.name)),
        near => problem.hint(format!(
            "did you mean {}?",
            near.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
        )),
    }
    .into())
}

fn list(context: &Context, args: &ListArgs) -> Result<Status> {
    let connector = context.library.connector(&args.service)?;
    let values = || connector.apis.values().map(|api| catalog::api_json(&connector, api)).collect();
    context.output.list(values, || table_of(&connector, terminal_width()))?;
    Ok(Status::Ok)
}

/// A table of a service's APIs.
pub(crate) fn table_of(connector: &Connector, width: Option<usize>) -> String {
    let mut table = Table::new(&["API", "METHOD", "PATH", "RETURNS"]);
    for api in connector.apis.values() {
        table.row([api.name.clone(), api.verb.to_string(), api.path.to_string(), describe::returns(api)]);
    }
    table.render(width)
}

fn search(context: &Context, args: &SearchArgs) -> Result<Status> {
    let words: Vec<String> =
        args.words.iter().flat_map(|words| words.split_whitespace()).map(str::to_lowercase).collect();
    let mut hits = Vec::new();
    for name in context.library.names() {
        // A broken connector of somebody's does not hide the others.
        let connector = match context.library.connector(&name) {
            Ok(connector) => connector,
            Err(error) => {
                context.talk.warn(format!("`{name}` is left out: {error}"));
                continue;
            }
        };
        let found = connector.apis.values().filter_map(|api| Some((rank(&connector, api, &words)?, api.clone())));
        let found: Vec<(usize, Api)> = found.collect();
        hits.extend(found.into_iter().map(|(rank, api)| (rank, connector.clone(), api)));
    }
    hits.sort_by(|a, b| (a.0, &a.1.name, &a.2.name).cmp(&(b.0, &b.1.name, &b.2.name)));
    if hits.is_empty() {
        let problem =
            Problem::new(Status::NotFound, format!("no API has {} in its name, its path or its note", quoted(&words)));
        return Err(problem.hint("try fewer or shorter words").into());
    }
    let text = || {
        let mut table = Table::new(&["SERVICE", "API", "METHOD", "PATH"]);
        for (_, connector, api) in &hits {
            table.row([connector.name.clone(), api.name.clone(), api.verb.to_string(), api.path.to_string()]);
        }
        table.render(terminal_width())
    };
    context.output.list(|| hits.iter().map(|(_, connector, api)| catalog::api_json(connector, api)).collect(), text)?;
    Ok(Status::Ok)
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" and ")
}

/// How well an API fits, the best being 0; nothing where a word is nowhere.
fn rank(connector: &Connector, api: &Api, words: &[String]) -> Option<usize> {
    let name = format!("{} {}", connector.name, api.name).to_lowercase();
    let path = api.path.to_string().to_lowercase();
    let note = format!("{} {}", connector.title, api.note.as_deref().unwrap_or_default()).to_lowercase();
    words.iter().map(|word| [&name, &path, &note].iter().position(|text| text.contains(word.as_str()))).sum()
}

fn show(context: &Context, args: &ShowArgs) -> Result<Status> {
    let connector = context.library.connector(&args.service)?;
    let api = find(&connector, &args.api)?;
    if context.output.wants_data() {
        context.output.value(&catalog::api_json(&connector, api))?;
    } else {
        print(&page::page(&connector, api, args.types, page_width()))?;
    }
    Ok(Status::Ok)
}
