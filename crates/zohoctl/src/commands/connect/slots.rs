//! The twenty refresh tokens that Zoho keeps for a person and a client: one more silently kills the first, and whatever
//! installation uses it.

use anyhow::Result;
use zoho_core::Vault;

use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::talk;

/// How many refresh tokens of one person and one client Zoho keeps.
const MOST: usize = 20;
/// The most connections that are looked at. With more of them they belong to many people, and say nothing of one.
const FEW: usize = 500;

/// Warns before a sign-in that may push out another one, as far as this vault knows of them.
pub(super) async fn warn(context: &Context, vault: &Vault, client_id: &str) -> Result<()> {
    let names = vault.names().await?;
    if names.len() < MOST || names.len() > FEW {
        return Ok(());
    }
    let mut of_client = Vec::new();
    for name in names {
        let entry = vault.get(&name).await?;
        if entry.is_some_and(|entry| entry.connection.client_id == client_id && entry.tokens.refresh.is_some()) {
            of_client.push(name);
        }
    }
    if of_client.len() < MOST {
        return Ok(());
    }
    let count = of_client.len();
    context.talk.warn(format!("{count} connections use the client {client_id} already, and Zoho keeps {MOST} for a person: if all are yours, this sign-in ends the oldest of them without a word"));
    context
        .talk
        .hint("use one of them with --connection, add to one with `zohoctl connect --add`, or register another client");
    if !talk::can_ask() {
        return Ok(());
    }
    match talk::ask("Sign in all the same? [y/N]")?.map(|answer| answer.to_ascii_lowercase()).as_deref() {
        Some("y" | "yes") => Ok(()),
        _ => Err(Problem::new(Status::SignIn, "nobody agreed to end the oldest connection").into()),
    }
}
