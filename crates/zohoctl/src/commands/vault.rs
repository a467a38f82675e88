//! `zohoctl vault`: where connections are kept, its key, and moving to another place.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;
use zoho_core::{KeyKind, Vault, VaultKey};

use crate::context::Context;
use crate::environment::{VAULT, VAULT_KEY, VAULT_PASSPHRASE};
use crate::exit::{Problem, Status};
use crate::output::print;
use crate::output::table::{Table, terminal_width};
use crate::{runtime, talk, vault};

const EXAMPLES: &str = "\
A vault is the system's keyring (`keyring`), encrypted files (`file`, `file:FOLDER`), or encrypted rows
in a PostgreSQL that many machines share (`postgres://USER:PASSWORD@HOST/DATABASE`). ZOHO_VAULT or `vault`
in config.yaml says which; else the first sign-in chooses, and says what it chose.

Examples:
  zohoctl vault                                where connections are kept
  export ZOHO_VAULT_KEY=$(zohoctl vault key)   a new key, for a machine without a keyring
  zohoctl vault move postgres://zoho@db/zoho   take everything to another vault
  zohoctl vault backup-key                     the key of this vault, for a safe place";

/// The arguments of `vault`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct VaultArgs {
    #[command(subcommand)]
    command: Option<VaultCommand>,
}

#[derive(Debug, Subcommand)]
enum VaultCommand {
    /// Say where connections are kept, and how that is opened (the usual)
    Status,
    /// Print a new key, to be set as ZOHO_VAULT_KEY; nothing is changed
    Key,
    /// Print the key of the vault, for a safe place. Whoever has it opens the vault
    BackupKey,
    /// Let a passphrase open the vault, in the place of what opens it now
    Passphrase,
    /// Take all connections and clients to another vault, and use that from now on
    Move(MoveArgs),
}

/// The arguments of `vault move`.
#[derive(Debug, Args)]
struct MoveArgs {
    /// The other vault: file, file:FOLDER, keyring, or postgres://…
    to: String,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &VaultArgs) -> Result<Status> {
    runtime::block_on(runtime::interruptible_any(async {
        match &args.command {
            None | Some(VaultCommand::Status) => status(context).await,
            Some(VaultCommand::Key) => key(context),
            Some(VaultCommand::BackupKey) => backup_key(context).await,
            Some(VaultCommand::Passphrase) => passphrase(context).await,
            Some(VaultCommand::Move(args)) => move_to(context, &args.to).await,
        }
    }))
}

async fn status(context: &Context) -> Result<Status> {
    let vault = vault::open(context).await?;
    let opened_by = opened_by(&vault).await?;
    let (connections, clients) = (vault.names().await?.len(), vault.client_names().await?.len());
    if context.output.wants_data() {
        let place = vault.place().to_string();
        let value = json!({ "place": place, "opened_by": opened_by, "connections": connections, "clients": clients });
        context.output.value(&value)?;
        return Ok(Status::Ok);
    }
    let mut table = Table::new(&[]);
    table.row(["kept in".to_owned(), vault.place().to_string()]);
    table.row(["opened by".to_owned(), opened_by.to_owned()]);
    table.row(["connections".to_owned(), connections.to_string()]);
    table.row(["clients".to_owned(), clients.to_string()]);
    print(&table.render(terminal_width()))?;
    Ok(Status::Ok)
}

async fn opened_by(vault: &Vault) -> Result<&'static str> {
    if vault.place().keeps_secrets() {
        return Ok("the keyring itself");
    }
    Ok(match vault.key_kind().await? {
        Some(KeyKind::Given) => "the key in ZOHO_VAULT_KEY",
        Some(KeyKind::Passphrase) => "a passphrase",
        Some(KeyKind::Keyring) => "a key in the system's keyring",
        _ => "nothing yet: nothing is kept",
    })
}

fn key(context: &Context) -> Result<Status> {
    print(&format!("{}\n", VaultKey::generate().expose()))?;
    context.talk.say(format!(
        "Set {VAULT_KEY} to it. Whoever has it opens the vault that it makes, and nobody else does: keep a copy."
    ));
    Ok(Status::Ok)
}

async fn backup_key(context: &Context) -> Result<Status> {
    let vault = vault::open(context).await?;
    if vault.place().keeps_secrets() {
        let message = format!("{} needs no key of ours", vault.place());
        return Err(Problem::usage(message)
            .hint("`zohoctl vault move file` takes everything to encrypted files")
            .into());
    }
    print(&format!("{}\n", vault.identity().await?.expose()))?;
    context.talk.say(format!("With {VAULT_KEY} set to it, the vault opens. Whoever has it can read every token."));
    Ok(Status::Ok)
}

async fn passphrase(context: &Context) -> Result<Status> {
    let vault = vault::open(context).await?;
    if vault.place().keeps_secrets() {
        return Err(Problem::usage(format!("{} has no passphrase of ours", vault.place())).into());
    }
    let words = vault::ask_new_passphrase()?;
    vault.set_passphrase(&words).await?;
    context.talk.say(format!("The passphrase opens {} now; {VAULT_PASSPHRASE} gives it to programs.", vault.place()));
    Ok(Status::Ok)
}

async fn move_to(context: &Context, to: &str) -> Result<Status> {
    let from = vault::open(context).await?;
    let target = vault::opened_to_write(context, to).await?;
    if from.place().to_string() == target.place().to_string() {
        return Err(Problem::usage(format!("connections are in {} already", from.place())).into());
    }
    if !target.names().await?.is_empty() || !target.client_names().await?.is_empty() {
        context.talk.warn(format!("{} holds something already: what has the same name is replaced", target.place()));
        if talk::can_ask() && talk::ask("Go on? [y/N]")?.as_deref() != Some("y") {
            return Err(Problem::usage("nothing was moved").into());
        }
    }
    // Everything is written there before anything is removed here.
    let moved = from.move_to(&target).await?;
    vault::remember(context, to)?;
    context.talk.say(format!(
        "{} connections and {} clients are now in {}.",
        moved.connections,
        moved.clients,
        target.place()
    ));
    if let Some(said) = &context.settings.vault
        && said != to
    {
        context.talk.warn(format!("{VAULT} or config.yaml still says another vault: change it to the new one"));
    }
    Ok(Status::Ok)
}
