//! Which API shows that a connection works: a list that needs nothing, and that the connection may read.

use std::collections::HashMap;

use zoho_connector::jobs::EffectAction;
use zoho_connector::{Api, Auth, Connector, Verb};
use zoho_core::{Arguments, Entry, missing_scopes};

/// A list that needs no arguments, of the group that has the most APIs: it is what the service is about.
pub(super) fn candidate<'c>(connector: &'c Connector, entry: &Entry) -> Option<&'c Api> {
    let mut sizes: HashMap<&str, usize> = HashMap::new();
    for api in connector.apis.values() {
        *sizes.entry(api.group()).or_default() += 1;
    }
    let fitting = connector.apis.values().filter(|api| can_be_tried(api) && is_open(connector, entry, api));
    // Of equal ones the first, as the connector has them.
    fitting.rev().max_by_key(|api| sizes.get(api.group()).copied())
}

fn can_be_tried(api: &Api) -> bool {
    let needs_nothing = api.need.is_empty()
        && api.parameters.iter().all(|parameter| !parameter.required || parameter.default.is_some());
    api.verb == Verb::Get && api.is_list() && needs_nothing && reads(api)
}

/// Whether the connection may call an API: it has the scopes or the key, and every value that goes with it.
pub(super) fn is_open(connector: &Connector, entry: &Entry, api: &Api) -> bool {
    let saved = &entry.connection;
    let values = saved.seen_by(&connector.name).values;
    let has_value = |name: &String| {
        values.contains_key(name) || connector.connection.get(name).is_some_and(|value| value.default.is_some())
    };
    let tokens = &entry.tokens;
    let has_key = tokens.keys.contains_key(&connector.name);
    let has_scopes = || {
        let gets_tokens = tokens.access.is_some() || tokens.refresh.is_some();
        gets_tokens && missing_scopes(api, &Arguments::new(), &tokens.granted()).is_empty()
    };
    let may = match &api.auth {
        Auth::None => true,
        Auth::Key(_) => has_key,
        Auth::OAuth => has_scopes(),
        Auth::OAuthOrKey(_) => has_key || has_scopes(),
    };
    let offered = connector.regions.offer(&saved.data_center) && api.regions.offer(&saved.data_center);
    may && offered && api.connection.iter().all(has_value)
}

/// Whether an API only reads.
pub(super) fn reads(api: &Api) -> bool {
    let reads = [EffectAction::List, EffectAction::Read, EffectAction::Count];
    api.effect.as_ref().map_or(api.verb == Verb::Get, |effect| reads.contains(&effect.action))
}
