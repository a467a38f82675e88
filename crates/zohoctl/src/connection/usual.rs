//! The usual connection of a service, where none is named: the one that was said to be, the one that has the service's
//! name, or the only one.

use anyhow::Result;
use zoho_connector::Connector;
use zoho_core::{Entry, Vault};

use super::entry;
use crate::context::Context;
use crate::environment::CONNECTION;
use crate::exit::{Problem, Status};
use crate::state::State;

/// Finds it. Of several that are as good, none is guessed.
pub(super) async fn of_service(context: &Context, vault: &Vault, connector: &Connector) -> Result<(String, Entry)> {
    let service = &connector.name;
    let usual = State::read(&context.settings.config_folder)?.default_connections.shift_remove(service);
    if let Some(name) = usual {
        let entry = entry(vault, &name).await?;
        return Ok((name, entry));
    }
    // Among thousands of connections the one with the service's name is found without reading the others.
    if let Some(entry) = vault.get(service).await?
        && entry.connection.services.contains(service)
    {
        return Ok((service.clone(), entry));
    }
    only_one(vault, connector).await
}

async fn only_one(vault: &Vault, connector: &Connector) -> Result<(String, Entry)> {
    let mut fitting = Vec::new();
    for name in vault.names().await? {
        // Another process may have removed it meanwhile.
        let Some(entry) = vault.get(&name).await? else { continue };
        if entry.connection.services.contains(&connector.name) {
            fitting.push((name, entry));
        }
    }
    if fitting.len() > 1 {
        let names: Vec<String> = fitting.iter().map(|(name, _)| format!("`{name}`")).collect();
        let message = format!("there are {} connections for {}: {}", names.len(), connector.title, names.join(", "));
        let problem = Problem::usage(message).hint(format!("name one with --connection or {CONNECTION}"));
        return Err(problem.hint("`zohoctl connections default NAME` makes one the usual one").into());
    }
    fitting.pop().ok_or_else(|| {
        let problem = Problem::new(Status::SignIn, format!("there is no connection for {}", connector.title));
        let hint = format!("`zohoctl connect {}` signs in; `--sandbox` tries it without an account", connector.name);
        problem.hint(hint).into()
    })
}
