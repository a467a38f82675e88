//! `zohoctl connections show` and `scopes`: everything about a connection that is no secret.

use anyhow::Result;
use serde_json::{Value, json};
use zoho_core::{Clock, Entry, Grant, Tokens};

use super::list::{as_json, chosen};
use crate::connection::entry;
use crate::context::Context;
use crate::exit::Status;
use crate::output::print;
use crate::output::table::{Table, terminal_width};
use crate::vault;

/// Shows one connection.
pub(super) async fn run(context: &Context, name: &str) -> Result<Status> {
    let vault = vault::open(context).await?;
    let entry = entry(&vault, name).await?;
    let now = Clock::System.now();
    if context.output.wants_data() {
        let mut value = as_json(name, &entry.connection);
        if let Some(members) = value.as_object_mut() {
            members.insert("tokens".to_owned(), tokens_as_json(&entry.tokens, now));
            members.insert("vault".to_owned(), vault.place().to_string().into());
        }
        context.output.value(&value)?;
        return Ok(Status::Ok);
    }
    let saved = &entry.connection;
    let mut table = Table::new(&[]);
    let mut row = |what: &str, words: String| {
        if !words.is_empty() {
            table.row([what.to_owned(), words]);
        }
    };
    row("connection", name.to_owned());
    row("services", saved.services.join(", "));
    row("who", saved.user.clone().unwrap_or_default());
    row("data centre", saved.data_center.clone());
    row("environment", saved.environment.as_str().to_owned());
    row("chosen", chosen(saved));
    row("client", saved.client_id.clone());
    row("endpoint", saved.endpoint.clone().unwrap_or_default());
    row("trusted hosts", saved.trusted_hosts.join(", "));
    for (i, words) in about_tokens(&entry, now).into_iter().enumerate() {
        row(if i == 0 { "token" } else { " " }, words);
    }
    row(
        "scopes",
        match entry.tokens.scopes.len() {
            0 => "nobody has said what was granted".to_owned(),
            count => format!("{count}, which `zohoctl connections scopes {name}` lists"),
        },
    );
    row("kept in", vault.place().to_string());
    print(&table.render(terminal_width()))?;
    Ok(Status::Ok)
}

/// Prints the scopes, a line each.
pub(super) async fn scopes(context: &Context, name: &str) -> Result<Status> {
    let vault = vault::open(context).await?;
    let entry = entry(&vault, name).await?;
    let scopes = &entry.tokens.scopes;
    if scopes.is_empty() {
        context
            .talk
            .say(format!("Nobody has said what was granted to `{name}`: its token was given, not consented to here."));
    }
    let values = || scopes.iter().map(|scope| Value::from(scope.as_str())).collect();
    let text = || scopes.iter().map(|scope| format!("{scope}\n")).collect();
    context.output.list(values, text)?;
    Ok(Status::Ok)
}

/// Sentences about the tokens.
fn about_tokens(entry: &Entry, now: u64) -> Vec<String> {
    let tokens = &entry.tokens;
    let mut words = vec![match &tokens.grant {
        Grant::RefreshToken if tokens.refresh.is_some() => {
            "a refresh token is kept, which does not end by itself".to_owned()
        }
        Grant::RefreshToken => "no refresh token is kept".to_owned(),
        Grant::ClientCredentials { .. } => "the client itself gets tokens (client credentials)".to_owned(),
    }];
    words.extend(tokens.access.as_ref().map(|access| match access.expires_at.checked_sub(now) {
        Some(left) if left > 0 => format!("the access token ends in {} min", left.div_ceil(60)),
        _ => "the access token has ended; the next call gets another".to_owned(),
    }));
    words.push(format!(
        "{} of {} refreshes in the last ten minutes",
        tokens.recent_refreshes(now),
        Tokens::MOST_REFRESHES
    ));
    if let Some(until) = tokens.refreshes_again_at(now) {
        words.push(format!("Zoho gives no new access token for another {} min", (until - now).div_ceil(60)));
    }
    words
}

fn tokens_as_json(tokens: &Tokens, now: u64) -> Value {
    json!({
        "has_refresh_token": tokens.refresh.is_some(),
        "grant": match &tokens.grant {
            Grant::ClientCredentials { .. } => "client_credentials",
            Grant::RefreshToken => "refresh_token",
        },
        "access_token_ends_at": tokens.access.as_ref().map(|access| access.expires_at),
        "refreshes_in_ten_minutes": tokens.recent_refreshes(now),
        "blocked_until": tokens.refreshes_again_at(now),
        "scopes": tokens.scopes,
        "keys_of": tokens.keys.keys().collect::<Vec<_>>(),
    })
}
