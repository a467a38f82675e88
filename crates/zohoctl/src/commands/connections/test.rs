//! `zohoctl connections test`: one call of each service.

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Value, json};
use zoho_core::{Client, Invocation, TokenStore};

use crate::commands::trial;
use crate::connection::{self, entry};
use crate::context::Context;
use crate::exit::Status;
use crate::vault;

/// Calls each service of a connection once.
pub(super) async fn run(context: &Context, name: &str) -> Result<Status> {
    let vault = Arc::new(vault::open(context).await?);
    let entry = entry(&vault, name).await?;
    let mut results = Vec::new();
    let mut first_error = None;
    for service in &entry.connection.services {
        let connector = Arc::new(context.library.connector(service)?);
        let Some(api) = trial::candidate(&connector, &entry) else {
            context.talk.say(format!("{service}: no API can be called without arguments, so nothing was tried."));
            results.push(json!({ "service": service, "api": null, "worked": null }));
            continue;
        };
        let opened = entry.connection.seen_by(service).open_within(name, Arc::clone(&context.settings.data_centers))?;
        let client = Client::builder(Arc::clone(&connector), opened)
            .token_store(Arc::clone(&vault) as Arc<dyn TokenStore>)
            .transport(connection::transport()?)
            .build()?;
        let invocation = Invocation::new(&connector, &api.name, zoho_core::Arguments::new())?.with_page_size(1);
        let called = client.invoke(&invocation).await;
        results.push(json!({
            "service": service,
            "api": api.name,
            "worked": called.is_ok(),
            "error": called.as_ref().err().map(ToString::to_string),
        }));
        match called {
            Ok(_) => context.talk.say(format!("{service}: a call of {} worked.", api.name)),
            Err(error) => {
                context.talk.say(format!("{service}: {error}"));
                first_error.get_or_insert(error);
            }
        }
    }
    if context.output.wants_data() {
        context.output.value(&Value::from(results))?;
    }
    first_error.map_or(Ok(Status::Ok), |error| Err(error.into()))
}
