//! `connect --add`: more scopes for a connection that is there.

use std::sync::Arc;

use anyhow::Result;
use zoho_connector::Scope;
use zoho_core::{Entry, Loopback, RefreshToken, Revoked, SavedConnection, SignedIn, Vault, revoke};

use super::client;
use super::sign_in::{asked, home, sign_in, terminal};
use super::way::{self, Way};
use super::{ConnectArgs, Draft, Plan, complete, there};
use crate::commands::register::PORT;
use crate::connection::{self, data_center_of_word};
use crate::context::Context;
use crate::exit::Status;
use crate::runtime;

/// Adds what was asked for.
pub(super) async fn run(
    context: &Context,
    args: &ConnectArgs,
    plan: &Plan,
    vault: Arc<Vault>,
    before: Option<Entry>,
) -> Result<Status> {
    let before = there(plan, before)?;
    let client = client::choose(&vault, args, Some(Way::Browser), Some(&before.connection)).await?;
    let home = home(context, args, &client, Some(&before.connection))?;
    let scopes = asked(context, args, plan)?;
    let granted = before.tokens.granted();
    let is_new = |scope: &&Scope| !granted.iter().any(|have| have.covers(scope));
    let entry = if !granted.is_empty() && scopes.iter().filter(is_new).count() == 0 {
        context.talk.say("All of it is granted already.");
        Entry { connection: joined(&before.connection, plan, before.connection.user.clone()), ..before.clone() }
    } else {
        let sign_in = sign_in(context, &client, home, &before.connection, scopes)?;
        let signed_in = SignedIn {
            tokens: before.tokens.clone(),
            data_center: data_center_of_word(context, &before.connection.data_center)?.clone(),
            user: before.connection.user.clone(),
        };
        let port = way::port_of(&way::redirect_uri(&args.way, &client)).unwrap_or(PORT);
        let person = terminal(context, args, &client, Way::Browser);
        let place = Loopback { port, ..Loopback::default() };
        let now = runtime::interruptible(sign_in.add_scopes(&signed_in, &place, &person)).await?;
        let connection =
            SavedConnection { data_center: now.data_center.id.clone(), ..joined(&before.connection, plan, now.user) };
        Entry { connection, tokens: now.tokens }
    };
    vault.put(&plan.name, &entry).await?;
    end_old(context, &before, &entry).await;
    complete::run(Draft { context, args, plan, vault, entry }).await
}

/// The connection with the services that it now signs in to as well.
fn joined(before: &SavedConnection, plan: &Plan, user: Option<String>) -> SavedConnection {
    let mut saved = SavedConnection { user, ..before.clone() };
    saved.services.extend(plan.services().into_iter().filter(|service| !before.services.contains(service)));
    saved
}

/// A new consent gave another refresh token. The one before has no use any more, and takes one of twenty places.
async fn end_old(context: &Context, before: &Entry, now: &Entry) {
    let old: Option<&RefreshToken> =
        before.tokens.refresh.as_ref().filter(|old| now.tokens.refresh.as_ref() != Some(old));
    let Some(old) = old else { return };
    let ended = async {
        let connection = before.connection.open_within("", Arc::clone(&context.settings.data_centers))?;
        anyhow::Ok(revoke(&connection, &connection::transport()?, old).await?)
    };
    match ended.await {
        Ok(Revoked::Ended | Revoked::Unknown) => {}
        Err(error) => context.talk.warn(format!("the refresh token from before could not be ended: {error}")),
    }
}
