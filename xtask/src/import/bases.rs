//! Bases: what stands before every path is split off, and path parameters get one name per place.

use std::collections::{BTreeMap, HashMap};

use super::apis::words_of_argument;
use crate::definitions::operation::{Operation, Place};
use crate::definitions::scalars::is_id;
use crate::definitions::shape::Shape;
use crate::definitions::words::{singular_of, words};

/// How deep a version may stand in a path to belong to the base.
const DEEPEST_VERSION: usize = 4;

/// The place of a service, or a further one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Its name; empty for the usual one.
    pub(crate) name: String,
    /// Its URL, with the language's variables for hosts.
    pub(crate) url: String,
    /// Whether the source names its host.
    pub(crate) is_certain: bool,
}

impl Base {
    fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.split_once('/').map_or("", |(_, path)| path.trim_end_matches('/'))
    }
}

/// Splits the bases off the paths, and says for each operation which base it has: those of `known`, or else one found.
/// The usual base comes first.
pub(crate) fn split(service: &str, operations: &mut [Operation], known: &[Base]) -> (Vec<Base>, Vec<String>) {
    let parts: Vec<(Base, String)> = operations.iter().map(|operation| part(service, operation)).collect();
    let mut counts: Vec<(Base, usize)> = Vec::new();
    for (base, _) in &parts {
        match counts.iter_mut().find(|(other, _)| other.url == base.url) {
            Some((_, count)) => *count += 1,
            None => counts.push((base.clone(), 1)),
        }
    }
    // The first of those that are most.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let usual = counts.iter().find(|(_, count)| *count == most).map(|(base, _)| base.clone());
    let mut bases: Vec<Base> = usual.into_iter().collect();
    let mut names = Vec::with_capacity(operations.len());
    for (operation, (base, path)) in operations.iter_mut().zip(parts) {
        // A bare table has paths of which only some carry the base.
        let bare = operation.server.is_none() && base.path().is_empty();
        operation.path = path;
        names.push(if bare { String::new() } else { name_of(base, &mut bases, known) });
    }
    (bases, names)
}

/// The name of a base: a known one's, or else the one found for it.
fn name_of(base: Base, found: &mut Vec<Base>, known: &[Base]) -> String {
    let same = known
        .iter()
        .find(|other| other.url == base.url)
        .or_else(|| known.iter().find(|other| other.path() == base.path()));
    if let Some(known) = same {
        return known.name.clone();
    }
    if let Some(found) = found.iter().find(|other| other.url == base.url) {
        return found.name.clone();
    }
    let usual = found.first().map(|usual| words(&usual.url)).unwrap_or_default();
    let own: Vec<String> =
        words(&base.url).into_iter().filter(|word| !usual.contains(word) && !is_version(word)).collect();
    let mut name = if own.is_empty() { words(base.path()).join("_") } else { own.join("_") };
    if name.is_empty() {
        "root".clone_into(&mut name);
    }
    found.push(Base { name: name.clone(), ..base });
    name
}

/// The base of an operation, and its path below that.
fn part(service: &str, operation: &Operation) -> (Base, String) {
    let server = operation.server.as_deref().unwrap_or_default();
    let rest = server.split_once("://").map_or(server, |(_, rest)| rest);
    let (host, server_path) = rest.split_once('/').unwrap_or((rest, ""));
    let before: Vec<&str> = server_path.split('/').filter(|part| !part.is_empty()).collect();
    let path = operation.path.trim_start_matches('/');
    let all: Vec<&str> = before.iter().copied().chain(path.split('/')).collect();
    let version = all.iter().take(DEEPEST_VERSION).position(|part| is_version(part)).map_or(0, |at| at + 1);
    let length = version.max(before.len());
    let (prefix, below) = all.split_at(length.min(all.len()));
    let template = host_template(host);
    let is_certain = template.is_some();
    let host = template.unwrap_or_else(|| format!("{service}.{{zoho}}"));
    let prefix = prefix.join("/").replace("{version}", "v1");
    let slash = if prefix.is_empty() { "" } else { "/" };
    (
        Base { name: String::new(), url: format!("https://{host}{slash}{prefix}"), is_certain },
        format!("/{}", below.join("/")),
    )
}

/// The host in the language's variables, where it is one of Zoho's.
fn host_template(host: &str) -> Option<String> {
    let host = host.split(':').next().unwrap_or(host);
    let at = |domain: &str| host.find(domain).filter(|at| *at == 0 || host[..*at].ends_with('.'));
    if let Some(at) = at("zohoapis.") {
        return Some(if matches!(&host[..at], "" | "www.") {
            "{api}".to_owned()
        } else {
            format!("{}{{zohoapis}}", &host[..at])
        });
    }
    at("zoho.").map(|at| format!("{}{{zoho}}", &host[..at]))
}

fn is_version(part: &str) -> bool {
    let digits = part.strip_prefix('v').unwrap_or_default();
    part == "{version}"
        || (digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Gives the path parameters of one place one name: the one that most operations have for it.
/// Values of the connection keep theirs.
pub(crate) fn name_parameters(operations: &mut [Operation], connection: &[String]) {
    let mut counts: HashMap<String, BTreeMap<String, (usize, usize)>> = HashMap::new();
    for operation in operations.iter() {
        for (place, name) in places(&operation.path) {
            let names = counts.entry(place).or_default();
            let order = names.len();
            names.entry(name).or_insert((0, order)).0 += 1;
        }
    }
    let best = |place: &str| {
        let names = counts.get(place)?;
        names.iter().max_by_key(|(_, (count, order))| (*count, usize::MAX - order)).map(|(name, _)| name.clone())
    };
    for operation in operations {
        let renamed: Vec<(String, String)> =
            places(&operation.path).into_iter().filter_map(|(place, name)| Some((name, best(&place)?))).collect();
        let renamed: Vec<(String, String)> =
            renamed.into_iter().filter(|(name, _)| !connection.contains(name)).collect();
        let same = |a: &str, b: &str| words_of_argument(a) == words_of_argument(b);
        let twice =
            renamed.iter().enumerate().any(|(i, (_, new))| renamed[..i].iter().any(|(_, other)| same(other, new)));
        if !twice {
            rename(operation, &renamed);
        }
    }
}

fn rename(operation: &mut Operation, renamed: &[(String, String)]) {
    let new_name = |old: &str| renamed.iter().find(|(name, _)| name == old).map(|(_, new)| new.clone());
    let braces = |text: &str| {
        let mut parts = text.split('{');
        let mut done = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            done = format!("{done}{{{}}}{rest}", new_name(name).unwrap_or_else(|| name.to_owned()));
        }
        done
    };
    operation.path = braces(&operation.path);
    for scope in operation.scopes.iter_mut().flatten() {
        *scope = braces(scope);
    }
    for parameter in operation.parameters.iter_mut().filter(|parameter| parameter.place == Place::Path) {
        if let Some(name) = new_name(&parameter.member.name) {
            parameter.member.name = name;
        }
        if parameter.member.shape == Shape::String && names_its_thing(&parameter.member.name, &operation.path) {
            parameter.member.shape = Shape::Id;
        }
    }
}

/// Whether a path parameter is called as the one that it means: `/roles/{role}`, `/{module}/{record}`, `/a/{roleId}`.
fn names_its_thing(name: &str, path: &str) -> bool {
    let before =
        path.split(&format!("/{{{name}}}")).next().and_then(|before| before.rsplit('/').next()).unwrap_or_default();
    name == "record" || is_id(name) || (!before.is_empty() && singular_of(&words(before)) == words(name))
}

/// The parameters of a path: the path before each, its parameters blank, and its name.
fn places(path: &str) -> Vec<(String, String)> {
    let mut before = String::new();
    let mut places = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                before.push_str("/{}");
                places.push((before.clone(), name.to_owned()));
            }
            None => before = format!("{before}/{segment}"),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use zoho_connector::Verb;

    use super::*;

    fn operations(paths: &[(&str, &str)]) -> Vec<Operation> {
        let operation = |(server, path): &(&str, &str)| Operation {
            server: (!server.is_empty()).then(|| (*server).to_owned()),
            ..Operation::new(Verb::Get, path)
        };
        paths.iter().map(operation).collect()
    }

    #[test]
    fn a_base_ends_with_its_version_and_the_most_common_is_the_usual_one() {
        let mut all = operations(&[
            ("https://www.zohoapis.com/crm/v8", "/Leads"),
            ("https://zohoapis.eu/crm/v8", "/Leads/{id}"),
            ("https://zohoapis.com", "/crm/bulk/v8/read"),
        ]);
        let (bases, names) = split("crm", &mut all, &[]);
        let urls: Vec<(&str, &str)> = bases.iter().map(|base| (base.name.as_str(), base.url.as_str())).collect();
        assert_eq!(urls, [("", "https://{api}/crm/v8"), ("bulk", "https://{api}/crm/bulk/v8")]);
        assert_eq!(names, ["", "", "bulk"]);
        assert_eq!(all.iter().map(|o| o.path.as_str()).collect::<Vec<_>>(), ["/Leads", "/Leads/{id}", "/read"]);
    }

    #[test]
    fn a_base_that_is_known_keeps_its_name() {
        let mut all = operations(&[("", "/api/v1/tickets"), ("https://search.zoho.com", "/api/v2/tickets")]);
        let known = [Base { name: String::new(), url: "https://desk.{zoho}/api/v1".into(), is_certain: true }];
        let (bases, names) = split("desk", &mut all, &known);
        assert_eq!(names, ["", "search"]);
        assert_eq!((bases[0].is_certain, bases[0].url.as_str()), (false, "https://desk.{zoho}/api/v1"));
    }

    #[test]
    fn parameters_of_one_place_have_one_name() {
        let mut all =
            operations(&[("", "/t/{id}"), ("", "/t/{ticketId}/c"), ("", "/t/{ticketId}/c/{id}"), ("", "/{a}/{b}")]);
        all[0].scopes = Some(vec!["A.{id}.READ".into()]);
        name_parameters(&mut all, &[]);
        assert_eq!(
            all.iter().map(|o| o.path.as_str()).collect::<Vec<_>>(),
            ["/t/{ticketId}", "/t/{ticketId}/c", "/t/{ticketId}/c/{id}", "/{a}/{b}"]
        );
        assert_eq!(all[0].scopes, Some(vec!["A.{ticketId}.READ".into()]));
        let mut all = operations(&[("", "/t/{a_b}"), ("", "/t/{a_b}"), ("", "/t/{c}/u/{a-b}")]);
        name_parameters(&mut all, &[]);
        assert_eq!(all[2].path, "/t/{c}/u/{a-b}");
    }
}
