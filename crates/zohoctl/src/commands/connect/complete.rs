//! What follows a sign-in that is kept: the values chosen, one call as a test, and what is said of it all.

use anyhow::Result;
use serde_json::{Value, json};

use super::choice::{self, Lacking};
use super::{Draft, trial};
use crate::commands::connections;
use crate::exit::Status;
use crate::output::table::shown;
use crate::state::State;

/// Chooses, tries, and says what there is now.
pub(super) async fn run(mut draft: Draft<'_>) -> Result<Status> {
    let lacking = choice::all(&mut draft).await;
    let (values, labels) = (draft.entry.connection.values.clone(), draft.entry.connection.labels.clone());
    draft
        .vault
        .change(&draft.plan.name, |saved| {
            saved.values = values;
            saved.labels = labels;
        })
        .await?;
    if draft.args.default {
        State::change(&draft.context.settings.config_folder, |state| {
            for service in draft.plan.services() {
                state.default_connections.insert(service, draft.plan.name.clone());
            }
        })?;
    }
    said(&draft);
    if lacking.is_err() {
        let services = draft.plan.services().join(" ");
        let line = format!("zohoctl connect {services} --finish{}", name_option(&draft));
        draft.context.talk.hint(format!("the sign-in is kept; `{line}` goes on from here"));
    }
    let lacking = lacking?;
    let tried = if lacking.is_empty() { trial::all(&draft).await } else { Ok(Vec::new()) };
    if draft.context.output.wants_data() {
        draft.context.output.value(&as_json(&draft, &lacking, tried.as_deref().unwrap_or_default()))?;
    }
    tried?;
    match lacking.as_slice() {
        [] => {
            trial::next(&draft);
            Ok(Status::Ok)
        }
        _ => Err(choice::problem(&lacking, &finishing(&draft, &lacking)).into()),
    }
}

/// What is there now, with where it is kept.
fn said(draft: &Draft<'_>) {
    let (talk, saved) = (draft.context.talk, &draft.entry.connection);
    let titles: Vec<&str> = draft.plan.connectors.iter().map(|connector| connector.title.as_str()).collect();
    let user = saved.user.as_ref().map(|user| format!(" as {}", shown(user))).unwrap_or_default();
    let chosen = connections::chosen(saved);
    let chosen = if chosen.is_empty() { String::new() } else { format!(", {chosen}") };
    talk.say(format!("Signed in to {} in {}{user}{chosen}.", titles.join(" and "), saved.data_center));
    talk.say(format!(
        "The connection is called `{}`, and its secrets are kept in {}.",
        draft.plan.name,
        draft.vault.place()
    ));
}

/// The one command that completes the connection.
fn finishing(draft: &Draft<'_>, lacking: &[Lacking]) -> String {
    let services = draft.plan.services().join(" ");
    let options: Vec<String> = lacking.iter().map(Lacking::option).collect();
    format!("zohoctl connect {services} --finish{} {}", name_option(draft), options.join(" "))
}

fn name_option(draft: &Draft<'_>) -> String {
    let is_usual = draft.plan.name == draft.plan.services().join("-");
    if is_usual { String::new() } else { format!(" --name {}", draft.plan.name) }
}

/// The connection as JSON, without its secrets.
fn as_json(draft: &Draft<'_>, lacking: &[Lacking], tried: &[String]) -> Value {
    let mut value = connections::as_json(&draft.plan.name, &draft.entry.connection);
    value["scopes"] = json!(draft.entry.tokens.scopes);
    value["keys"] = json!(draft.entry.tokens.keys.keys().collect::<Vec<_>>());
    value["kept_in"] = json!(draft.vault.place().to_string());
    value["tried"] = json!(tried);
    value["lacking"] = lacking.iter().map(Lacking::as_json).collect();
    value["finish"] = (!lacking.is_empty()).then(|| finishing(draft, lacking)).into();
    value
}
