//! `zohoctl connections`: the sign-ins that were made. Secrets are never shown.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use zoho_connector::suggest::nearest;
use zoho_core::SavedConnection;

use crate::connection;
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::table::{Table, terminal_width};

const EXAMPLES: &str = "\
Examples:
  zohoctl connections                        list them
  zohoctl connections list --output json     for a program; without secrets
  zohoctl connections remove desk            forget one and its tokens";

/// The arguments of `connections`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ConnectionsArgs {
    #[command(subcommand)]
    command: Option<ConnectionsCommand>,
}

#[derive(Debug, Subcommand)]
enum ConnectionsCommand {
    /// List the connections (the usual)
    List,
    /// Forget a connection and its tokens
    Remove(RemoveArgs),
}

/// The arguments of `connections remove`.
#[derive(Debug, Args)]
struct RemoveArgs {
    /// The connection
    name: String,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &ConnectionsArgs) -> Result<Status> {
    match &args.command {
        None | Some(ConnectionsCommand::List) => list(context),
        Some(ConnectionsCommand::Remove(args)) => remove(context, &args.name),
    }
}

fn list(context: &Context) -> Result<Status> {
    let store = connection::store(context);
    let all = store.connections()?;
    if all.is_empty() {
        context.talk.say("There are no connections yet. `zohoctl connect SERVICE` makes one.");
    }
    let values = || all.iter().map(|(name, saved)| as_json(name, saved)).collect();
    let text = || {
        let mut table = Table::new(&["NAME", "SERVICES", "DATA CENTRE", "CHOSEN", "ENDPOINT"]);
        for (name, saved) in &all {
            let endpoint = saved.endpoint.clone().unwrap_or_default();
            table.row([name.clone(), saved.services.join(", "), saved.data_center.clone(), chosen(saved), endpoint]);
        }
        if table.is_empty() { String::new() } else { table.render(terminal_width()) }
    };
    context.output.list(values, text)?;
    Ok(Status::Ok)
}

/// The values of a connection, with what people know them by.
pub(super) fn chosen(saved: &SavedConnection) -> String {
    let value = |(name, value): (&String, &String)| match saved.labels.get(name) {
        Some(label) => format!("{label} ({name} {value})"),
        None => format!("{name} {value}"),
    };
    saved.values.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// A connection as JSON, without its secrets.
pub(super) fn as_json(name: &str, saved: &SavedConnection) -> Value {
    json!({
        "name": name,
        "services": saved.services,
        "data_center": saved.data_center,
        "environment": saved.environment,
        "client_id": saved.client_id,
        "values": saved.values,
        "labels": saved.labels,
        "endpoint": saved.endpoint,
        "trusted_hosts": saved.trusted_hosts,
    })
}

fn remove(context: &Context, name: &str) -> Result<Status> {
    let store = connection::store(context);
    if store.remove(name)? {
        context.talk.say(format!("Forgotten: `{name}` and its tokens, in {}.", store.path().display()));
        context.talk.say("Zoho still knows the grant: it is revoked in the Zoho account, among the connected apps.");
        return Ok(Status::Ok);
    }
    let all = store.connections()?;
    let near = nearest(name, all.keys().map(String::as_str));
    let problem = Problem::usage(format!("no connection is called `{name}`"));
    Err(problem.maybe_hint(near.first().map(|near| format!("did you mean `{near}`?"))).into())
}
