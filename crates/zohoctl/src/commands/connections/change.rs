//! `zohoctl connections rename`, `default` and `remove`.

use anyhow::Result;
use zoho_core::{Revoked, Vault, revoke};

use crate::connection::{self, entry};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::state::State;
use crate::vault;

/// Gives a connection another name.
pub(super) async fn rename(context: &Context, old: &str, new: &str) -> Result<Status> {
    let vault = vault::open(context).await?;
    let services = entry(&vault, old).await?.connection.services;
    if new.trim().is_empty() {
        return Err(Problem::usage("a connection needs a name").into());
    }
    if vault.get(new).await?.is_some() {
        let problem = Problem::usage(format!("there is a connection called `{new}` already"));
        return Err(problem.hint(format!("`zohoctl connections remove {new}` forgets it")).into());
    }
    vault.rename(old, new).await?;
    State::change(&context.settings.config_folder, |state| {
        for service in services {
            if let Some(usual) = state.default_connections.get_mut(&service).filter(|usual| *usual == old) {
                new.clone_into(usual);
            }
        }
    })?;
    context.talk.say(format!("`{old}` is now `{new}`."));
    Ok(Status::Ok)
}

/// Makes a connection the usual one of its services.
pub(super) async fn make_default(context: &Context, name: &str) -> Result<Status> {
    let vault = vault::open(context).await?;
    let services = entry(&vault, name).await?.connection.services;
    let words = services.join(", ");
    State::change(&context.settings.config_folder, |state| {
        state.default_connections.extend(services.into_iter().map(|service| (service, name.to_owned())));
    })?;
    context.talk.say(format!("`{name}` is used for {words} where no connection is named."));
    Ok(Status::Ok)
}

/// Forgets a connection; its grant is ended at Zoho where that is asked for.
pub(super) async fn remove(context: &Context, name: &str, at_zoho: bool) -> Result<Status> {
    let vault = vault::open(context).await?;
    if at_zoho {
        end_grant(context, &vault, name).await?;
    }
    if !vault.remove(name).await? {
        // The error names the nearest connection that there is.
        entry(&vault, name).await?;
    }
    State::change(&context.settings.config_folder, |state| state.default_connections.retain(|_, usual| usual != name))?;
    context.talk.say(format!("Forgotten: `{name}` and its tokens, in {}.", vault.place()));
    if !at_zoho {
        context.talk.say(
            "Zoho still knows the grant: it is ended by --revoke, or in the Zoho account among the connected apps.",
        );
    }
    Ok(Status::Ok)
}

async fn end_grant(context: &Context, vault: &Vault, name: &str) -> Result<()> {
    let entry = entry(vault, name).await?;
    let Some(refresh) = &entry.tokens.refresh else {
        context.talk.say(format!("`{name}` has no refresh token that could be revoked."));
        return Ok(());
    };
    let table = std::sync::Arc::clone(&context.settings.data_centers);
    let opened = entry.connection.open_within(name, table)?;
    match revoke(&opened, &connection::transport()?, refresh).await? {
        Revoked::Ended => context.talk.say(format!("Zoho has ended the grant of `{name}`.")),
        Revoked::Unknown => context.talk.say(format!("Zoho does not know the grant of `{name}` any more.")),
    }
    Ok(())
}
