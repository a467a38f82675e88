//! Scopes: which are needed, and which are missing.

use zoho_connector::{Api, Connector, Scope};

use crate::invocation::{Argument, Arguments};

/// The least scopes for some APIs of a connector, and for finding the values of the connection that go with them.
///
/// A name in braces (`ZohoCRM.modules.{module}.READ`) that no value is known for gives the scope of the whole area.
pub fn scopes_for<'a>(connector: &'a Connector, apis: impl IntoIterator<Item = &'a Api>) -> Vec<Scope> {
    let apis: Vec<&Api> = apis.into_iter().collect();
    let goes_with_one = |name: &String| apis.iter().any(|api| api.connection.contains(name));
    let values = connector.connection.values().filter(|value| !value.asked || goes_with_one(&value.name));
    let discover = values.filter_map(|value| connector.api(value.discover.as_deref()?));
    let mut scopes: Vec<Scope> = Vec::new();
    for api in discover.chain(apis.iter().copied()) {
        for scope in api.scopes_to_ask(|_| None) {
            if !scopes.iter().any(|have| have.covers(&scope)) {
                scopes.retain(|have| !scope.covers(have));
                scopes.push(scope);
            }
        }
    }
    scopes
}

/// The scopes of an API that are not among those granted. Empty where nobody has said what was granted.
pub fn missing_scopes(api: &Api, arguments: &Arguments, granted: &[Scope]) -> Vec<Scope> {
    if granted.is_empty() {
        return Vec::new();
    }
    let value = |name: &str| match arguments.get(name) {
        Some(Argument::Value(value)) => value.as_str().map(str::to_owned),
        _ => None,
    };
    let entries = api.scopes.as_deref().unwrap_or_default();
    let missing =
        |choice: &&Vec<Scope>| !choice.iter().any(|scope| granted.iter().any(|have| have.covers(&scope.with(value))));
    entries.iter().filter(missing).filter_map(|choice| choice.first()).map(|scope| scope.with(value)).collect()
}

#[cfg(test)]
mod tests {
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    fn connector() -> Connector {
        let yaml = "
connector: test
title: Test
base_url: https://test.{zoho}
scope_prefix: [T]
responses: { records: data }
connection: { org: { in: header, discover: orgs.list, value: id } }
types: { O: { id!: id } }
apis:
  orgs.list: { get: /orgs, scopes: [basic.READ], without: [org], returns: [O] }
  a.list: { get: '/{module}', path: { module: string }, scopes: ['modules.{module}.READ'], returns: [O] }
  a.all: { get: /all, scopes: [modules.ALL|search.READ], returns: [O] }
";
        read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    #[test]
    fn the_least_scopes_cover_what_is_named_and_what_must_be_found() {
        let connector = connector();
        let texts = |apis: &[&str]| {
            scopes_for(&connector, apis.iter().map(|name| &connector.apis[*name]))
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&["a.list"]), ["T.basic.READ", "T.modules.READ"]);
        assert_eq!(texts(&["a.list", "a.all"]), ["T.basic.READ", "T.modules.ALL"]);
    }

    #[test]
    fn what_is_missing_is_named_with_its_arguments() {
        let connector = connector();
        let arguments = Arguments::new().with("module", "Leads");
        let missing = |granted: &str| missing_scopes(&connector.apis["a.list"], &arguments, &[Scope::granted(granted)]);
        assert_eq!(missing("T.basic.READ")[0].as_str(), "T.modules.Leads.READ");
        assert!(missing("T.modules.READ").is_empty() && missing("T.modules.ALL").is_empty());
        assert!(missing_scopes(&connector.apis["a.list"], &arguments, &[]).is_empty());
    }
}
