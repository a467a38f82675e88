//! `zohoctl connections`: the sign-ins that were made. Secrets are never shown.

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::context::Context;
use crate::exit::Status;
use crate::runtime;

mod change;
mod list;
mod show;
mod test;

pub(super) use list::{as_json, chosen};

const EXAMPLES: &str = "\
Examples:
  zohoctl connections                        list them
  zohoctl connections show desk              one, with its scopes and the life of its token
  zohoctl connections test desk              call the service once
  zohoctl connections default desk-eu        use it where none is named
  zohoctl connections remove desk --revoke   forget it, and end the grant at Zoho

Where they are kept, `zohoctl vault` tells; none of these prints a secret.";

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
    /// Show one: whose it is, what was chosen and granted, how its token is
    Show(NameArgs),
    /// Call each of its services once, to see that it works
    Test(NameArgs),
    /// Print what was granted, a scope a line
    Scopes(NameArgs),
    /// Give it another name
    Rename(RenameArgs),
    /// Make it the one that is used for its services where none is named
    Default(NameArgs),
    /// Forget a connection and its tokens
    Remove(RemoveArgs),
}

/// A connection's name.
#[derive(Debug, Args)]
struct NameArgs {
    /// The connection
    name: String,
}

/// The arguments of `connections rename`.
#[derive(Debug, Args)]
struct RenameArgs {
    /// The connection
    name: String,
    /// Its new name
    new_name: String,
}

/// The arguments of `connections remove`.
#[derive(Debug, Args)]
struct RemoveArgs {
    /// The connection
    name: String,
    /// End the grant at Zoho too: every copy of its refresh token stops working
    #[arg(long)]
    revoke: bool,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &ConnectionsArgs) -> Result<Status> {
    runtime::block_on(runtime::interruptible_any(async {
        match &args.command {
            None | Some(ConnectionsCommand::List) => list::run(context).await,
            Some(ConnectionsCommand::Show(args)) => show::run(context, &args.name).await,
            Some(ConnectionsCommand::Test(args)) => test::run(context, &args.name).await,
            Some(ConnectionsCommand::Scopes(args)) => show::scopes(context, &args.name).await,
            Some(ConnectionsCommand::Rename(args)) => change::rename(context, &args.name, &args.new_name).await,
            Some(ConnectionsCommand::Default(args)) => change::make_default(context, &args.name).await,
            Some(ConnectionsCommand::Remove(args)) => change::remove(context, &args.name, args.revoke).await,
        }
    }))
}
