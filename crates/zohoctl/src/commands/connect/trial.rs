//! One call, to see that the connection works.

use std::sync::Arc;

use anyhow::Result;
use zoho_connector::{Api, Connector, Verb};
use zoho_core::{Arguments, Client, Invocation, missing_scopes};

use super::SignedIn;
use crate::connection;
use crate::context::Context;

/// Reads a record of the first list that can be read without arguments. A service without such a list was tried by
/// finding the connection's values, or is not tried.
pub(super) async fn call(context: &Context, connector: &Arc<Connector>, signed_in: SignedIn) -> Result<()> {
    let granted = signed_in.tokens.granted();
    let readable = |api: &&Api| can_be_tried(api) && missing_scopes(api, &Arguments::new(), &granted).is_empty();
    let Some(api) = connector.apis.values().find(readable) else { return Ok(()) };
    let client = Client::builder(Arc::clone(connector), signed_in.connection)
        .tokens(signed_in.tokens)
        .transport(connection::transport()?)
        .build()?;
    let invocation = Invocation::new(connector, &api.name, Arguments::new())?.with_page_size(1);
    match client.invoke(&invocation).await {
        Ok(_) => context.talk.say(format!("A call of {} worked.", api.name)),
        Err(error) => {
            context.talk.warn(format!("the connection is kept, but a first call of {} failed", api.name));
            return Err(error.into());
        }
    }
    context.talk.hint(format!("`zohoctl invoke {} {}` prints what it gives", connector.name, api.name));
    Ok(())
}

/// A list that needs nothing, and that is not the one which the connection's values came from.
fn can_be_tried(api: &Api) -> bool {
    let needs_nothing = api.need.is_empty()
        && api.parameters.iter().all(|parameter| !parameter.required || parameter.default.is_some());
    api.verb == Verb::Get && api.is_list() && needs_nothing
}
