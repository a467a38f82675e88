//! Scopes: the service's prefix off, alternatives in one entry, on searches an entry each.

use std::collections::BTreeMap;

use zoho_connector::Scope;

use crate::definitions::operation::Operation;
use crate::definitions::words::{singular, words};

/// So many scopes of one area are one for each module.
const MODULES: usize = 4;

/// The services that the scopes of operations belong to, the most common first.
pub(crate) fn prefixes(operations: &[Operation]) -> Vec<String> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let scopes = operations.iter().flat_map(|operation| operation.scopes.iter().flatten());
    for (at, scope) in scopes.enumerate() {
        let parts: Vec<&str> = scope.split('.').collect();
        if parts.len() > 2 && parts[0].starts_with(|c: char| c.is_ascii_uppercase()) {
            counts.entry(parts[0]).or_insert((0, at)).0 += 1;
        }
    }
    let mut found: Vec<(&str, (usize, usize))> = counts.into_iter().collect();
    found.sort_by_key(|(_, (count, at))| (std::cmp::Reverse(*count), *at));
    found.into_iter().map(|(prefix, _)| prefix.to_owned()).collect()
}

/// The entries of `scopes`, and what cannot be said.
pub(crate) fn entries(operation: &Operation, group: &str, prefixes: &[String]) -> (Option<Vec<String>>, Vec<String>) {
    let mut remarks = Vec::new();
    let Some(scopes) = &operation.scopes else { return (None, vec!["its scopes are not said".to_owned()]) };
    let (mut good, mut always): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for scope in scopes {
        let is_always = operation.always.iter().any(|known| known.eq_ignore_ascii_case(scope));
        let short = shortened(&with_path_names(scope, &operation.path), prefixes);
        match Scope::parse(&short, prefixes) {
            Ok(_) if good.iter().chain(&always).any(|known| known.eq_ignore_ascii_case(&short)) => {}
            Ok(_) if is_always => always.push(short),
            Ok(_) => good.push(short),
            Err(_) => remarks.push(format!("`{scope}` is no scope of this service: left out")),
        }
    }
    if good.is_empty() && always.is_empty() && !scopes.is_empty() {
        return (None, remarks);
    }
    good = narrowest(&by_module(good, &operation.path));
    good.sort_by_key(|scope| (!is_about(scope, group), scope.starts_with("settings.")));
    let searches = operation.path.split('/').any(|segment| segment.starts_with("search"));
    if !searches && good.len() > 1 {
        good = vec![good.join("|")];
    }
    good.extend(always);
    (Some(good), remarks)
}

/// Scopes that differ in their module alone are one: where the path names the module the scope of that, else the scope
/// of all modules, where there is one.
fn by_module(scopes: Vec<String>, path: &str) -> Vec<String> {
    let names: Vec<&str> = path.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    let module = names.iter().find(|name| words(name).iter().any(|word| word == "module"));
    for at in 1..3 {
        let rests: Vec<Option<String>> = scopes.iter().map(|scope| without_part(scope, at)).collect();
        let count = |rest: &String| rests.iter().flatten().filter(|other| *other == rest).count();
        let Some(most) = rests.iter().flatten().max_by_key(|rest| count(rest)).filter(|rest| count(rest) >= MODULES)
        else {
            continue;
        };
        let one = match module {
            Some(module) => with_part(most, at, &format!("{{{module}}}")),
            None if scopes.contains(most) => most.clone(),
            None => return scopes,
        };
        let others = scopes.iter().zip(&rests).filter(|(scope, rest)| rest.as_ref() != Some(most) && *scope != most);
        return std::iter::once(one).chain(others.map(|(scope, _)| scope.clone())).collect();
    }
    scopes
}

fn without_part(scope: &str, at: usize) -> Option<String> {
    let mut parts: Vec<&str> = scope.split('.').collect();
    (parts.len() > at + 1).then(|| {
        parts.remove(at);
        parts.join(".")
    })
}

fn with_part(scope: &str, at: usize, part: &str) -> String {
    let mut parts: Vec<&str> = scope.split('.').collect();
    parts.insert(at, part);
    parts.join(".")
}

/// Scopes without those that allow all that another does: whoever has the wider one has the narrower, too.
pub(crate) fn narrowest(scopes: &[String]) -> Vec<String> {
    let scope = |text: &str| Scope::granted(text);
    let is_wide = |wide: &&String| {
        let narrower =
            |other: &&String| other != wide && scope(wide).covers(&scope(other)) && !scope(other).covers(&scope(wide));
        scopes.iter().any(|other| narrower(&other))
    };
    scopes.iter().filter(|scope| !is_wide(scope)).cloned().collect()
}

/// A scope without the first prefix, which stands before it anyway.
fn shortened(scope: &str, prefixes: &[String]) -> String {
    let mut short = scope.trim();
    let Some(first) = prefixes.first() else { return short.to_owned() };
    while let Some(rest) = short.get(first.len()..).and_then(|rest| rest.strip_prefix('.')) {
        if !short[..first.len()].eq_ignore_ascii_case(first) || !rest.contains('.') {
            break;
        }
        short = rest;
    }
    short.to_owned()
}

/// Names in braces as the path has them; one that the path lacks is the path's module, or is left out.
fn with_path_names(scope: &str, path: &str) -> String {
    let names: Vec<&str> = path.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    let module = names.iter().find(|name| words(name).iter().any(|word| word == "module"));
    let part = |part: &str| match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
        Some(name) if names.contains(&name) => Some(part.to_owned()),
        Some(name) if words(name).iter().any(|word| word == "module") => module.map(|module| format!("{{{module}}}")),
        Some(_) => None,
        None => Some(part.to_owned()),
    };
    scope.split('.').filter_map(part).collect::<Vec<_>>().join(".")
}

/// Whether a scope's area is the group: the narrowest of several stands first.
fn is_about(scope: &str, group: &str) -> bool {
    let area = scope.rsplit_once('.').map_or(scope, |(area, _)| area);
    area.split('.').any(|part| {
        let one = |text: &str| words(text).iter().map(|word| singular(word)).collect::<String>();
        one(part) == one(group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_alternatives_name_is_an_entry_of_its_own() {
        let scopes = ["Shelf.modules.Films.READ", "Shelf.notes.READ", "Shelf.modules.Books.READ"];
        let operation = Operation {
            scopes: Some(scopes.map(str::to_owned).to_vec()),
            always: vec!["Shelf.notes.READ".to_owned()],
            ..Operation::new(Verb::Get, "/notes")
        };
        let (entries, _) = entries(&operation, "notes", &["Shelf".to_owned()]);
        assert_eq!(entries.unwrap(), ["modules.Films.READ|modules.Books.READ", "notes.READ"]);
    }
    use zoho_connector::Verb;

    fn read(path: &str, scopes: &[&str]) -> (Option<Vec<String>>, usize) {
        let scopes = Some(scopes.iter().map(ToString::to_string).collect());
        let operation = Operation { scopes, ..Operation::new(Verb::Get, path) };
        let (entries, remarks) = entries(&operation, "tasks", &["Desk".into(), "ZohoSearch".into()]);
        (entries, remarks.len())
    }

    #[test]
    fn any_of_several_will_do_but_a_search_needs_all() {
        let scopes = ["Desk.activities.READ", "Desk.tasks.READ", "desk.TASKS.read"];
        assert_eq!(read("/tasks", &scopes).0.unwrap(), ["tasks.READ|activities.READ"]);
        assert_eq!(read("/tasks/search", &scopes).0.unwrap(), ["tasks.READ", "activities.READ"]);
        assert_eq!(read("/x", &[]).0.unwrap(), [""; 0]);
    }

    #[test]
    fn odd_scopes_are_set_right_or_left_out() {
        let read = |scope: &str| read("/{module}/{id}", &[scope]);
        assert_eq!(read("Desk.Desk.settings.READ").0.unwrap(), ["settings.READ"]);
        assert_eq!(read("settings.CREATE").0.unwrap(), ["settings.CREATE"]);
        assert_eq!(read("ZohoSearch.securesearch.READ").0.unwrap(), ["ZohoSearch.securesearch.READ"]);
        assert_eq!(read("Desk.modules.{module_API_name}.READ").0.unwrap(), ["modules.{module}.READ"]);
        assert_eq!(read("Desk.modules.{other}.READ").0.unwrap(), ["modules.READ"]);
        assert_eq!(read("ZohoCRM.users.READ"), (None, 1));
    }

    #[test]
    fn a_scope_for_each_module_is_the_scope_of_the_paths_module() {
        let scopes = [
            "Desk.modules.Leads.READ",
            "Desk.modules.Deals.READ",
            "Desk.modules.Notes.READ",
            "Desk.modules.a.READ",
            "Desk.modules.READ",
        ];
        assert_eq!(read("/{module}/{id}", &scopes).0.unwrap(), ["modules.{module}.READ"]);
        assert_eq!(read("/x", &scopes).0.unwrap(), ["modules.READ"]);
        assert_eq!(read("/x", &scopes[..4]).0.unwrap().len(), 1);
        assert_eq!(read("/x", &["Desk.a.ALL", "Desk.a.READ"]).0.unwrap(), ["a.READ"]);
    }

    #[test]
    fn the_prefix_of_most_is_first() {
        let scopes = ["Desk.a.READ", "ZohoSearch.b.READ", "Desk.c.READ", "settings.READ"].map(str::to_owned).to_vec();
        let operation = Operation { scopes: Some(scopes), ..Operation::new(Verb::Get, "/a") };
        assert_eq!(prefixes(&[operation]), ["Desk", "ZohoSearch"]);
    }
}
