//! `zohoctl clients`: what was registered. Secrets are never shown.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use zoho_connector::suggest::nearest;
use zoho_core::SavedClient;

use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::table::{Table, terminal_width};
use crate::runtime;
use crate::vault;

const EXAMPLES: &str = "\
Examples:
  zohoctl clients                        list them
  zohoctl clients list --output json     for a program; without secrets
  zohoctl clients remove old             forget one; its connections go on";

/// The arguments of `clients`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ClientsArgs {
    #[command(subcommand)]
    command: Option<ClientsCommand>,
}

#[derive(Debug, Subcommand)]
enum ClientsCommand {
    /// List the clients (the usual)
    List,
    /// Forget a client; connections that were made with it go on
    Remove(RemoveArgs),
}

/// The arguments of `clients remove`.
#[derive(Debug, Args)]
struct RemoveArgs {
    /// The client
    name: String,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &ClientsArgs) -> Result<Status> {
    runtime::block_on(async {
        match &args.command {
            None | Some(ClientsCommand::List) => list(context).await,
            Some(ClientsCommand::Remove(args)) => remove(context, &args.name).await,
        }
    })
}

async fn list(context: &Context) -> Result<Status> {
    let vault = vault::open(context).await?;
    let mut all = Vec::new();
    for name in vault.client_names().await? {
        all.extend(vault.client(&name).await?.map(|client| (name, client)));
    }
    if all.is_empty() {
        context.talk.say("No client is registered yet. `zohoctl register` walks through it.");
    }
    let values = || all.iter().map(|(name, client)| as_json(name, client)).collect();
    let text = || {
        let mut table = Table::new(&["NAME", "KIND", "CLIENT ID", "DATA CENTRE", "REDIRECT URL"]);
        for (name, client) in &all {
            let text = |word: &Option<String>| word.clone().unwrap_or_default();
            let own = client.secrets.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let center = if own.is_empty() {
                client.data_center.clone()
            } else {
                format!("{} (own secrets: {own})", client.data_center)
            };
            table.row([name.clone(), text(&client.kind), client.client_id.clone(), center, text(&client.redirect_uri)]);
        }
        if table.is_empty() { String::new() } else { table.render(terminal_width()) }
    };
    context.output.list(values, text)?;
    Ok(Status::Ok)
}

/// A client as JSON, without its secrets.
pub(super) fn as_json(name: &str, client: &SavedClient) -> Value {
    json!({
        "name": name,
        "kind": client.kind,
        "client_id": client.client_id,
        "data_center": client.data_center,
        "own_secrets": client.secrets.keys().collect::<Vec<_>>(),
        "redirect_uri": client.redirect_uri,
    })
}

async fn remove(context: &Context, name: &str) -> Result<Status> {
    let vault = vault::open_to_write(context).await?;
    if vault.remove_client(name).await? {
        context.talk.say(format!("Forgotten: the client `{name}`, in {}.", vault.place()));
        context.talk.say("Zoho still has it: it is deleted in the API console.");
        return Ok(Status::Ok);
    }
    let all = vault.client_names().await?;
    let near = nearest(name, all.iter().map(String::as_str));
    let problem = Problem::usage(format!("no client is called `{name}`"));
    Err(problem.maybe_hint(near.first().map(|near| format!("did you mean `{near}`?"))).into())
}
