//! One call of each service, to see that the connection works, and the line that makes it again.

use anyhow::Result;
use zoho_connector::{Connector, describe};
use zoho_core::{Arguments, Invocation};

use super::Draft;
use crate::commands::trial::{candidate, is_open};
use crate::runtime;

/// Reads a record of each service, and gives what was called. A service that has nothing to try was tried by finding the
/// connection's values, or is not tried.
pub(super) async fn all(draft: &Draft<'_>) -> Result<Vec<String>> {
    let mut tried = Vec::new();
    for connector in &draft.plan.connectors {
        let Some(api) = candidate(connector, &draft.entry) else { continue };
        let invocation = Invocation::new(connector, &api.name, Arguments::new())?.with_page_size(1);
        match runtime::interruptible(draft.client(connector)?.invoke(&invocation)).await {
            Ok(_) => draft.context.talk.say(format!("A call of {} {} worked.", connector.name, api.name)),
            Err(error) => {
                let talk = draft.context.talk;
                talk.warn(format!(
                    "the connection is kept, but a first call of {} {} failed",
                    connector.name, api.name
                ));
                return Err(error);
            }
        }
        tried.push(format!("{} {}", connector.name, api.name));
    }
    Ok(tried)
}

/// What to run next: a line for each service.
pub(super) fn next(draft: &Draft<'_>) {
    let talk = draft.context.talk;
    let lines: Vec<String> = draft.plan.connectors.iter().filter_map(|connector| line(draft, connector)).collect();
    if !lines.is_empty() {
        talk.say("\nNext:\n");
        lines.iter().for_each(|line| talk.say(format!("  {line}")));
        talk.say("");
    }
}

fn line(draft: &Draft<'_>, connector: &Connector) -> Option<String> {
    let is_usual = draft.plan.name == connector.name || draft.args.default;
    let option = if is_usual { String::new() } else { format!(" --connection {}", draft.plan.name) };
    if let Some(api) = candidate(connector, &draft.entry) {
        return Some(format!("zohoctl invoke {} {} --limit 5{option}", connector.name, api.name));
    }
    let api = connector.apis.values().find(|api| is_open(connector, &draft.entry, api))?;
    Some(format!("{}{option}", describe::example::line(connector, api)))
}
