//! `connect --finish`: the organisation of a connection that is there, chosen without another sign-in.

use std::sync::Arc;

use anyhow::Result;
use zoho_core::{Entry, Vault};

use super::{ConnectArgs, Draft, Plan, complete, covers, there};
use crate::context::Context;
use crate::exit::Status;

/// Chooses what is missing, or what was named.
pub(super) async fn run(
    context: &Context,
    args: &ConnectArgs,
    plan: &Plan,
    vault: Arc<Vault>,
    before: Option<Entry>,
) -> Result<Status> {
    let entry = there(plan, before)?;
    covers(plan, &entry.connection)?;
    complete::run(Draft { context, args, plan, vault, entry }).await
}
