//! Which operation an API is, and what has no partner.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use zoho_connector::differs::Aspect;
use zoho_connector::{Api, Location, Verb};

use super::ours::Ours;
use super::{About, Difference, Fact, Wanted, replies, requests};
use crate::definitions::documents::Documents;
use crate::definitions::openapi::{self, Found};
use crate::definitions::operation::{Operation, Place};
use crate::definitions::paths::{is_like, of_url, plain};
use crate::definitions::table;

/// A definition to compare with.
pub(crate) struct Definition {
    /// What it is called: the name of its file or folder.
    pub(super) name: String,
    /// Its operations.
    pub(crate) operations: Vec<Operation>,
}

/// What the comparison with one definition found.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// What the definition is called.
    pub(super) name: String,
    /// How many operations it has: of one verb and path there is one.
    pub(super) operations: usize,
    /// How many of them are APIs.
    pub(super) present: usize,
    /// The differences.
    pub(super) differences: Vec<Difference>,
    /// The APIs that are operations of it.
    pub(super) there: BTreeSet<About>,
    /// Of these the APIs of which it says more than verb and path, and the types in what they give.
    pub(super) known: BTreeSet<About>,
    /// What could not be read of it.
    pub(super) remarks: Vec<String>,
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// What cannot be read.
    pub(super) fn read(path: &Path, service: &str) -> Result<Self> {
        let is_table = path.extension().is_some_and(|ending| ending == "tsv");
        let found = match is_table {
            true => table::operations(path, service)?,
            false => openapi::operations(&Documents::read(&[path.to_owned()])?),
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::of(name, found))
    }

    /// A definition of what was found in it.
    pub(crate) fn of(name: String, found: Found) -> Self {
        let mut operations = found.operations;
        // Who speaks JSON:API somewhere speaks it everywhere.
        let json_api = operations.iter().any(|operation| operation.json_api);
        for operation in &mut operations {
            operation.json_api = json_api;
            out_of_path(operation);
        }
        Self { name, operations }
    }
}

/// A parameter of the path that the path has no place for can only stand in the query.
fn out_of_path(operation: &mut Operation) {
    let path = &operation.path;
    for parameter in operation.parameters.iter_mut().filter(|parameter| parameter.place == Place::Path) {
        if !path.contains(&format!("{{{}}}", parameter.member.name)) {
            parameter.place = Place::Query;
        }
    }
}

/// The operations of a definition by the paths that they may be asked for with.
struct Index<'a> {
    by_path: BTreeMap<String, Vec<&'a Operation>>,
}

impl<'a> Index<'a> {
    fn new(operations: &'a [Operation]) -> Self {
        let mut by_path: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
        for operation in operations {
            let mut add = |path: String| {
                let at = by_path.entry(path).or_default();
                if !at.iter().any(|known| std::ptr::eq(*known, operation)) {
                    at.push(operation);
                }
            };
            add(plain(&operation.path));
            add(whole_path(operation));
        }
        Self { by_path }
    }

    /// The operations at the path of an API in another version, with what stands for its own and for the other.
    fn in_other_version(&self, paths: &[String]) -> Option<(Vec<&'a Operation>, String, String)> {
        let (mine, rest) = paths.iter().find_map(|path| version_of(path))?;
        self.by_path.iter().find_map(|(path, operations)| {
            let (theirs, other) = version_of(path)?;
            (other == rest && theirs != mine).then(|| (operations.clone(), mine.to_owned(), theirs.to_owned()))
        })
    }

    /// The operations at the first of some paths that has any.
    fn at(&self, paths: &[String]) -> Vec<&'a Operation> {
        paths.iter().find_map(|path| self.by_path.get(path)).cloned().unwrap_or_default()
    }

    /// The operations whose paths have variables where an API has texts, or texts that are its choices.
    fn alike(&self, api: &Api, paths: &[String]) -> Vec<&'a Operation> {
        let whole = |path: &String| {
            self.by_path
                .iter()
                .filter(|(other, _)| is_alike(api, path, other))
                .flat_map(|(_, all)| all.clone())
                .collect()
        };
        paths.iter().map(whole).find(|found: &Vec<_>| !found.is_empty()).unwrap_or_default()
    }
}

/// The version in a path, and what stands behind it.
fn version_of(path: &str) -> Option<(&str, &str)> {
    let (before, _) = path.match_indices("/v").find(|(at, _)| {
        let version = path[at + 2..].split('/').next().unwrap_or_default();
        !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.')
    })?;
    let rest = &path[before + 1..];
    rest.find('/').map(|at| (&rest[..at], &rest[at..]))
}

/// The whole path of an operation, from the host on.
fn whole_path(operation: &Operation) -> String {
    let server = operation.server.as_deref().map_or("", of_url).trim_end_matches('/');
    plain(&format!("{server}{}", operation.path))
}

/// Whether a path of a definition is that of an API but for segments which one side writes out.
fn is_alike(api: &Api, path: &str, other: &str) -> bool {
    let (mine, theirs): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), other.split('/').collect());
    let mut choices = api.path.values().map(|name| api.parameter(name).map(|parameter| &parameter.ty));
    mine.len() == theirs.len()
        && mine.iter().zip(&theirs).all(|(mine, theirs)| match (*mine, *theirs) {
            ("{}", other) => {
                let ty = choices.next().flatten();
                let is_choice = |values: &[String]| values.iter().any(|value| value == other);
                other == "{}" || matches!(ty, Some(zoho_connector::Type::Choice { values, .. }) if is_choice(values))
            }
            (mine, other) => mine == other || (other == "{}" && !mine.is_empty()),
        })
}

/// The paths that an API may have in a definition: the whole one, that below the base, and those between.
pub(super) fn paths_of(ours: &Ours, api: &Api) -> Vec<String> {
    let base = ours.connector.bases.get(&api.base).map(|base| base.url.to_string()).unwrap_or_default();
    let segments: Vec<&str> = of_url(&base).split('/').filter(|segment| !segment.is_empty()).collect();
    let tail = |from: usize| plain(&format!("{}{}", segments[from..].join("/"), api.path));
    (0..=segments.len()).map(tail).collect()
}

/// Compares APIs with the operations of one definition.
pub(super) fn compare(ours: &Ours, apis: &[&Api], definition: &Definition, wanted: &Wanted<'_>) -> Compared {
    let index = Index::new(&definition.operations);
    let mut compared = Compared { name: definition.name.clone(), ..Compared::default() };
    let mut present: BTreeSet<(Verb, String)> = BTreeSet::new();
    let mut replies = replies::Replies::new(ours);
    for api in apis {
        let paths = paths_of(ours, api);
        let exact = index.at(&paths);
        let mut at_path = if exact.is_empty() { index.alike(api, &paths) } else { exact };
        if at_path.is_empty()
            && let Some((operations, mine, theirs)) = index.in_other_version(&paths)
        {
            let words = format!("the definition has it in `{theirs}`; here `{mine}`");
            compared.differences.push(Difference::of_api(&api.name, "version", Fact::wrong(Aspect::Presence, words)));
            at_path = operations;
        }
        let same_verb: Vec<&Operation> = at_path.iter().copied().filter(|other| other.verb == api.verb).collect();
        if same_verb.is_empty() {
            compared.differences.push(without_operation(api, &at_path));
            continue;
        }
        let fitting = fitting(api, &same_verb);
        present.extend(fitting.iter().map(|operation| (operation.verb, whole_path(operation))));
        compared.there.insert(About::Api(api.name.clone()));
        let Some(operation) = together(&fitting) else { continue };
        compared.remarks.extend(operation.remarks.iter().filter(|remark| remark.contains("is not there")).cloned());
        if !operation.only_path {
            compared.known.insert(About::Api(api.name.clone()));
            let (differences, taken) = requests::compare(ours, api, &operation);
            compared.differences.extend(differences);
            replies.take(taken);
            compared.differences.extend(replies.compare(api, &operation));
        }
    }
    let (of_types, types) = replies.of_types();
    compared.differences.extend(of_types);
    compared.known.extend(types);
    let all: BTreeMap<(Verb, String), &Operation> = definition
        .operations
        .iter()
        .rev()
        .map(|operation| ((operation.verb, whole_path(operation)), operation))
        .collect();
    compared.operations = all.len();
    compared.present = all.keys().filter(|key| present.contains(*key)).count();
    let asked = |operation: &&Operation| is_asked_for(ours, operation, wanted.only);
    let missing = all.iter().filter(|(key, _)| !present.contains(*key)).map(|(_, operation)| *operation).filter(asked);
    compared.differences.extend(missing.map(|operation| missing_operation(ours, operation)));
    compared.differences.retain(|difference| !(wanted.contained && difference.fact.is_lack));
    compared.remarks.sort();
    compared.remarks.dedup();
    compared
}

/// The API that each operation of a definition is, by the numbers of the operations.
pub(crate) fn apis_of(ours: &Ours, operations: &[Operation]) -> BTreeMap<usize, String> {
    let index = Index::new(operations);
    let number = |operation: &Operation| operations.iter().position(|other| std::ptr::eq(other, operation));
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    let mut present: BTreeMap<(Verb, String), String> = BTreeMap::new();
    for api in ours.connector.apis.values() {
        let paths = paths_of(ours, api);
        let exact = index.at(&paths);
        let at_path = if exact.is_empty() { index.alike(api, &paths) } else { exact };
        let same_verb: Vec<&Operation> = at_path.into_iter().filter(|other| other.verb == api.verb).collect();
        for operation in fitting(api, &same_verb) {
            present.entry((operation.verb, whole_path(operation))).or_insert_with(|| api.name.clone());
            if let Some(at) = number(operation) {
                found.entry(at).or_insert_with(|| api.name.clone());
            }
        }
    }
    // What no constants tell apart is one operation, however often a definition has it.
    for (at, operation) in operations.iter().enumerate() {
        if let Some(name) = present.get(&(operation.verb, whole_path(operation))) {
            found.entry(at).or_insert_with(|| name.clone());
        }
    }
    found
}

/// Whether an operation without an API belongs to what is asked for. A pattern of names means groups that are in its path.
fn is_asked_for(ours: &Ours, operation: &Operation, only: Option<&str>) -> bool {
    let Some(pattern) = only else { return true };
    pattern.contains('/') && names_of(ours, operation).iter().any(|path| is_like(&plain(pattern), path))
}

fn without_operation(api: &Api, at_path: &[&Operation]) -> Difference {
    if at_path.is_empty() {
        let words = format!("the definition has no operation at {}", api.path);
        return Difference::of_api(&api.name, "path", Fact::wrong(Aspect::Presence, words));
    }
    let verbs: BTreeSet<&str> = at_path.iter().map(|operation| operation.verb.as_str()).collect();
    let verbs = verbs.into_iter().collect::<Vec<_>>().join(", ");
    let words = format!("the definition has {verbs} {}, and no {}", api.path, api.verb);
    Difference::of_api(&api.name, "verb", Fact::wrong(Aspect::Presence, words))
}

/// The paths of an operation that an explanation may name: as in the definition, from the host, and below our bases.
fn names_of(ours: &Ours, operation: &Operation) -> Vec<String> {
    let whole = whole_path(operation);
    let bases = ours.connector.bases.values().map(|base| plain(of_url(&base.url.to_string()).trim_end_matches('/')));
    let below =
        bases.filter_map(|base| whole.strip_prefix(&base).filter(|rest| rest.starts_with('/')).map(str::to_owned));
    let mut names: Vec<String> = below.collect();
    names.extend([plain(&operation.path), whole.clone()]);
    names.dedup();
    names
}

fn missing_operation(ours: &Ours, operation: &Operation) -> Difference {
    let names = names_of(ours, operation);
    Difference {
        about: About::Operation(format!("{} {}", operation.verb, operation.path)),
        keys: names.iter().map(|path| format!("{} {path}", operation.verb)).collect(),
        apis: Vec::new(),
        fact: Fact::lack(Aspect::Presence, format!("no API is this operation ({})", operation.source)),
    }
}

/// The operations whose constants go with those of an API; all where none do.
fn fitting<'a>(api: &Api, operations: &[&'a Operation]) -> Vec<&'a Operation> {
    let agrees = |operation: &&&Operation| {
        operation.constants().iter().all(|(name, value)| {
            let mut own = constants_of(api).filter(|(own, _)| own == name).peekable();
            own.peek().is_none() || own.any(|(_, mine)| mine.contains(value))
        })
    };
    let fitting: Vec<&Operation> = operations.iter().filter(agrees).copied().collect();
    if fitting.is_empty() { operations.to_vec() } else { fitting }
}

/// The values that an API always sends, and the choices that it has, by name.
fn constants_of(api: &Api) -> impl Iterator<Item = (&str, Vec<String>)> {
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let constants =
        api.constants.iter().map(move |constant| (constant.site.wire.as_str(), vec![text(&constant.value)]));
    let choices = api.parameters.iter().filter_map(|parameter| match &parameter.ty {
        zoho_connector::Type::Choice { values, open: false, .. } if !parameter.is_at(Location::Path) => {
            Some((parameter.sites.first()?.wire.as_str(), values.clone()))
        }
        _ => None,
    });
    constants.chain(choices)
}

/// One operation that says what several of one verb and path say.
fn together(operations: &[&Operation]) -> Option<Operation> {
    let (first, rest) = operations.split_first()?;
    let mut whole = (*first).clone();
    rest.iter().for_each(|other| whole.absorb((*other).clone()));
    if !rest.is_empty() {
        // What one of several does not take, another call of the same API may leave out.
        let is_required = |place, name: &str| {
            operations.iter().all(|one| {
                one.parameters.iter().any(|p| p.place == place && p.member.name == name && p.member.required)
            })
        };
        for parameter in &mut whole.parameters {
            parameter.member.required = is_required(parameter.place, &parameter.member.name);
        }
    }
    Some(whole)
}
