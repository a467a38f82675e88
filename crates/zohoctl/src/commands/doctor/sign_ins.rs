//! The connections themselves: whether each can be opened, and how its tokens are.

use std::sync::Arc;

use anyhow::Result;
use zoho_core::{Clock, Connection, Entry, Grant, Vault};

use super::Finding;
use crate::context::Context;

/// Looks at the connections that are named, or at all, and gives those that can be opened with their services.
pub(super) async fn of(
    context: &Context,
    vault: &Vault,
    wanted: &[String],
    findings: &mut Vec<Finding>,
) -> Result<Vec<(Connection, Vec<String>)>> {
    let mut good = Vec::new();
    let names = if wanted.is_empty() { vault.names().await.unwrap_or_default() } else { wanted.to_vec() };
    for name in names {
        let what = format!("connection `{name}`");
        let entry = match vault.get(&name).await {
            Ok(Some(entry)) => entry,
            Ok(None) => {
                findings.push(Finding::poor(what, "there is none", "`zohoctl connections` lists those there are"));
                continue;
            }
            Err(error) => {
                findings.push(Finding::bad(what, &error));
                continue;
            }
        };
        match entry.connection.open_within(&name, Arc::clone(&context.settings.data_centers)) {
            Ok(opened) => {
                findings.push(tokens(what, &entry));
                good.push((opened, entry.connection.services.clone()));
            }
            Err(error) => findings.push(Finding::bad(what, &error)),
        }
    }
    Ok(good)
}

fn tokens(what: String, entry: &Entry) -> Finding {
    let (saved, tokens, now) = (&entry.connection, &entry.tokens, Clock::System.now());
    let where_to = format!("{} in {}", saved.services.join(", "), saved.data_center);
    let again = || format!("`zohoctl connect {}` signs in again", saved.services.join(" "));
    let renews = tokens.refresh.is_some() || matches!(tokens.grant, Grant::ClientCredentials { .. });
    if !renews && tokens.keys.is_empty() {
        return Finding::poor(what, format!("{where_to}, and nothing gets it a new token"), again());
    }
    if let Some(until) = tokens.blocked_until.filter(|until| *until > now) {
        let minutes = (until - now).div_ceil(60);
        let words = format!("{where_to}; Zoho gives no new token for another {minutes} min");
        return Finding::poor(what, words, "wait: trying prolongs it");
    }
    let life = match tokens.access.as_ref().and_then(|access| access.expires_at.checked_sub(now)) {
        Some(left) if left > 0 => format!("its access token ends in {} min", left.div_ceil(60)),
        _ => "the next call gets a new access token".to_owned(),
    };
    Finding::good(what, format!("{where_to}; {life}"))
}
