//! `zohoctl connections list`.

use anyhow::Result;
use serde_json::{Value, json};
use zoho_core::SavedConnection;

use crate::context::Context;
use crate::exit::Status;
use crate::output::table::{Table, terminal_width};
use crate::state::State;
use crate::vault;

/// Lists the connections with what tells them apart.
pub(super) async fn run(context: &Context) -> Result<Status> {
    let vault = vault::open(context).await?;
    let mut all = Vec::new();
    for name in vault.names().await? {
        all.extend(vault.get(&name).await?.map(|entry| (name, entry.connection)));
    }
    if all.is_empty() {
        context.talk.say("There are no connections yet. `zohoctl connect SERVICE` makes one.");
    }
    let usual = State::read(&context.settings.config_folder)?.default_connections;
    let values = || all.iter().map(|(name, saved)| as_json(name, saved)).collect();
    let text = || {
        let mut table = Table::new(&["NAME", "SERVICES", "DATA CENTRE", "CHOSEN", "WHO", "ENDPOINT"]);
        for (name, saved) in &all {
            let service = |service: &String| {
                if usual.get(service) == Some(name) { format!("{service} (default)") } else { service.clone() }
            };
            let services: Vec<String> = saved.services.iter().map(service).collect();
            let (who, endpoint) = (saved.user.clone().unwrap_or_default(), saved.endpoint.clone().unwrap_or_default());
            table.row([name.clone(), services.join(", "), saved.data_center.clone(), chosen(saved), who, endpoint]);
        }
        if table.is_empty() { String::new() } else { table.render(terminal_width()) }
    };
    context.output.list(values, text)?;
    Ok(Status::Ok)
}

/// The values of a connection, with what people know them by.
pub(in crate::commands) fn chosen(saved: &SavedConnection) -> String {
    let value = |(name, value): (&String, &String)| match saved.labels.get(name) {
        Some(label) => format!("{label} ({name} {value})"),
        None => format!("{name} {value}"),
    };
    saved.values.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// A connection as JSON, without its secrets.
pub(in crate::commands) fn as_json(name: &str, saved: &SavedConnection) -> Value {
    json!({
        "name": name,
        "services": saved.services,
        "data_center": saved.data_center,
        "environment": saved.environment,
        "client_id": saved.client_id,
        "user": saved.user,
        "values": saved.values,
        "labels": saved.labels,
        "endpoint": saved.endpoint,
        "trusted_hosts": saved.trusted_hosts,
    })
}
