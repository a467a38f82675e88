//! The keys of services that are called without OAuth, or may be. A key is asked for without being shown, or is a line of
//! standard input; it is never an argument.

use anyhow::Result;
use zoho_connector::Connector;
use zoho_core::{Entry, Secret};

use super::{ConnectArgs, Plan};
use crate::exit::{Problem, Status};
use crate::talk;

/// The connection with the keys that its services need. What others of them had before stays.
pub(super) fn asked(args: &ConnectArgs, plan: &Plan, mut entry: Entry, before: Option<&Entry>) -> Result<Entry> {
    if let Some(before) = before {
        entry.tokens.keys = before.tokens.keys.clone();
    }
    for connector in &plan.connectors {
        let is_wanted = connector.api_key().is_some() && (args.way.api_key || !connector.takes_oauth());
        if is_wanted {
            entry.tokens = entry.tokens.with_key(&connector.name, asked_for(connector)?);
        }
    }
    Ok(entry)
}

fn asked_for(connector: &Connector) -> Result<Secret> {
    let key = talk::ask_hidden(&format!("API key of {}", connector.title))?.filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| {
        Problem::new(Status::SignIn, format!("no API key of {} is given", connector.title))
            .hint("give it on standard input; the service shows it in its settings")
    })?;
    // People copy it with the word that stands before it in a header.
    let scheme = connector.api_key().and_then(|key| key.scheme.as_deref()).unwrap_or_default();
    let bare = key.strip_prefix(scheme).unwrap_or(&key).trim();
    Ok(Secret::new(bare))
}
