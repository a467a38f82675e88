//! Drafts of connectors from what Zoho publishes: OpenAPI, or a plain table of operations.
//!
//! Only facts are taken: verbs, paths, parameters, types, choices, scopes. No sentence and no example of the source gets
//! into a draft. What the language cannot say, or a definition does not, is in the report.
//!
//! ```text
//! cargo xtask import desk --from zohodesk-oas/v1.0 --connection orgId --select wanted.txt --out draft --report report.txt
//! ```
//!
//! With `--into`, what a connector lacks is added to its files, by [`merge`].
//!
//! The steps of a draft: [`definitions`](crate::definitions) reads operations; [`bases`] splits off what stands before every path; [`reply`]
//! finds the records in what comes back; [`names`] gives each its name; [`apis`] takes out what the connection sends and
//! what pages; [`clusters`], [`fields`] and [`types`] find what is one type; [`draft`] and [`service`] write it. A file that
//! would be too long has its types in files beside it ([`apart`]), and a group with too many APIs becomes several
//! ([`split`]). What has a name that cannot be written is left out ([`unwritable`]). Where a person's `connector.yaml` is
//! in the folder, [`known`] reads what the draft keeps to.

mod apart;
mod apis;
mod bases;
mod changes;
mod clusters;
mod draft;
mod fields;
mod known;
mod merge;
mod names;
mod paging;
mod reply;
mod report;
mod selection;
mod sent;
mod service;
mod split;
#[cfg(test)]
mod tests;
mod types;
mod unwritable;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use zoho_connector::{Severity, SourceFile, library, load::load};

use self::apis::Api;
use self::names::Subject;
use self::report::Report;
use self::selection::{ChosenNames, Selection};
use self::service::{DRAFT_LINE, SCHEMA_LINE, Service};
use self::types::Types;
use self::yaml::Node;
use crate::definitions::documents::Documents;
use crate::definitions::openapi::{self, Found};
use crate::definitions::operation::Operation;
use crate::definitions::scopes;
use crate::definitions::shape::Shape;
use crate::definitions::table;
use crate::definitions::words::{self, Spelling};

/// The file of the service.
const SERVICE_FILE: &str = "connector.yaml";

/// The longest file that a person likes to read.
const LONG_FILE: usize = 800;

/// What to import, and where to.
#[derive(Debug, Clone, Args)]
pub(crate) struct Import {
    /// The service's name: `desk`
    service: String,
    /// OpenAPI files, folders of them, or a table of operations (.tsv)
    #[arg(long, required = true, num_args = 1..)]
    from: Vec<PathBuf>,
    /// Import only these: a pattern of names or paths (`tickets.*`, `/tickets/*`), or a file with one in each line
    #[arg(long)]
    select: Option<String>,
    /// A file with names: `get /myinfo agents.me` or `type AgentDetail Agent` in each line
    #[arg(long)]
    names: Option<PathBuf>,
    /// Parameters that are chosen once per connection: `orgId`
    #[arg(long, value_delimiter = ',')]
    connection: Vec<String>,
    /// The folder for the draft; a connector.yaml that a person wrote there is kept to
    #[arg(long)]
    out: Option<PathBuf>,
    /// The folder of a connector that is added to: what it says stays, and what it lacks comes to it
    #[arg(long, conflicts_with = "out")]
    into: Option<PathBuf>,
    /// The file for the report; printed where it is not given
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Imports, and gives what to print.
///
/// # Errors
/// What cannot be read or written, and a draft that does not load.
pub(crate) fn run(import: &Import) -> Result<String> {
    if let Some(folder) = into(import)? {
        return merge::run(import, folder);
    }
    let (files, report) = drafted_files(import, import.out.as_deref())?;
    // What does not load is not written; the report says why.
    if let Some(out) = import.out.as_ref().filter(|_| !report.has_errors) {
        write_files(out, &files)?;
    }
    let text = match &import.report {
        Some(path) => {
            fs::write(path, report.text()).with_context(|| format!("cannot write {}", path.display()))?;
            format!("{}\n{}", report.summary(), report.lengths())
        }
        None => report.text(),
    };
    if report.has_errors {
        bail!("the draft does not load\n{}\n{}", report.diagnostics.join("\n"), report.summary());
    }
    Ok(text)
}

/// The folder of the connector that is added to: that of `--into`, or of `--out` where a person has files of groups.
fn into(import: &Import) -> Result<Option<&Path>> {
    let Some(out) = &import.out else { return Ok(import.into.as_deref()) };
    let is_a_persons = a_persons(out)?.keys().any(|name| name != SERVICE_FILE);
    Ok(Some(out.as_path()).filter(|_| is_a_persons))
}

/// The files of a draft by name, and the report. What a person's `connector.yaml` in the folder says is kept to.
fn drafted_files(import: &Import, out: Option<&Path>) -> Result<(BTreeMap<String, String>, Report)> {
    let known = out.map(known::read).transpose()?.flatten();
    let splits = import.into.is_some();
    let Draft { service, apis, types, mut report } = draft(import, source(import)?, known, &|_| 0, splits)?;
    let mut files = group_files(&apis, &types, &service, &mut report);
    let shared = types.of_group(None);
    report.type_lines += lines_of(&shared);
    files.extend(apart::files("connector", &shared, |shared| match service.is_known {
        false => service.file(&import.service, shared),
        true => known::with_types(&service.text, shared),
    }));
    check(out, &files, &mut report)?;
    Ok((files, report))
}

/// APIs with their types, before they are written.
struct Draft {
    service: Service,
    apis: Vec<Api>,
    types: Types,
    report: Report,
}

/// Drafts the operations that are no API yet. `lines` says how many lines the file of a group has already.
fn draft(
    import: &Import,
    found: Found,
    known: Option<Service>,
    lines: &dyn Fn(&str) -> usize,
    splits: bool,
) -> Result<Draft> {
    let Found { mut operations, listed } = found;
    let mut report = Report {
        service: import.service.clone(),
        operations: operations.len() + listed.len(),
        listed,
        ..Report::default()
    };
    let is_known = known.is_some();
    let mut service = known.unwrap_or_default();
    let (bases, mut base_names) = bases::split(&import.service, &mut operations, &service.bases);
    if !is_known {
        service.bases = bases;
        service.prefixes = scopes::prefixes(&operations);
    }
    let chosen = import.connection.iter().filter(|name| !service.connection.iter().any(|(_, wire)| wire == *name));
    let chosen: Vec<(String, String)> = chosen.map(|name| (name.clone(), name.clone())).collect();
    service.connection.extend(chosen);
    let connection: Vec<String> = service.connection.iter().map(|(_, wire)| wire.clone()).collect();
    bases::name_parameters(&mut operations, &connection);
    operations.iter_mut().for_each(unwritable::leave_out);
    drop_unwritable(&mut operations, &mut base_names, &service, &mut report);
    service.bases.retain(|base| is_known || base_names.contains(&base.name));
    let mut apis = named(import, &operations, base_names, &service, &mut report)?;
    service.learn(&mut apis, &operations);
    let chosen = ChosenNames::read(import.names.as_deref())?;
    let mut types = Types::find(&apis, &service.types, &chosen);
    while splits && split::longest(&mut apis, &types, &service, lines) {
        types = Types::find(&apis, &service.types, &chosen);
    }
    report.types.clone_from(&types.remarks);
    report.service_remarks.extend(service.remarks());
    Ok(Draft { service, apis, types, report })
}

/// An API that is new in a connector: its name, and its words.
struct NewApi {
    name: String,
    words: Vec<(&'static str, Node)>,
}

/// What is new in a connector.
struct Missing {
    apis: Vec<NewApi>,
    /// Types, with the group that alone uses each.
    types: Vec<(Option<String>, String, Node)>,
    report: Report,
}

/// Drafts the operations that no API of a connector is, beside its types.
fn draft_of_missing(import: &Import, operations: Vec<Operation>, files: &merge::Files) -> Result<Missing> {
    let known = known::of_files(&files.sources())?;
    let found = Found { operations, ..Found::default() };
    let Draft { service, mut apis, types, mut report } =
        draft(import, found, known, &|group| files.lines(group), true)?;
    let mut all: Vec<&Api> = apis.iter().collect();
    in_reading_order(&mut all);
    let order: Vec<String> = all.iter().map(|api| api.named.name.clone()).collect();
    apis.sort_by_key(|api| order.iter().position(|name| *name == api.named.name));
    let groups: BTreeSet<&str> = apis.iter().map(Api::group).collect();
    let mut new_types: Vec<(Option<String>, String, Node)> = Vec::new();
    for group in groups.into_iter().map(Some).chain([None]) {
        let of_group = types.of_group(group);
        new_types.extend(of_group.into_iter().map(|(name, node)| (group.map(str::to_owned), name, node)));
    }
    let mut new = Vec::new();
    for api in &apis {
        let (words, remarks) = draft::words_of(api, &types, &service);
        report.written.push(api.named.name.clone());
        report.remarks.extend((!remarks.is_empty()).then(|| (api.named.name.clone(), remarks)));
        new.push(NewApi { name: api.named.name.clone(), words });
    }
    Ok(Missing { apis: new, types: new_types, report })
}

/// The APIs that are asked for among those that operations are; none where all are.
fn asked_for(import: &Import, operations: &[Operation]) -> Result<Option<BTreeSet<String>>> {
    if import.select.is_none() {
        return Ok(None);
    }
    let selection = Selection::read(import.select.as_deref())?;
    let names = operations.iter().filter_map(|operation| {
        let name = operation.api.as_ref()?;
        selection.wants(name, operation).then(|| name.clone())
    });
    Ok(Some(names.collect()))
}

fn source(import: &Import) -> Result<Found> {
    let (tables, files): (Vec<PathBuf>, Vec<PathBuf>) =
        import.from.iter().cloned().partition(|path| path.extension().is_some_and(|ending| ending == "tsv"));
    let mut found = if files.is_empty() { Found::default() } else { openapi::operations(&Documents::read(&files)?) };
    for table in &tables {
        let more = table::operations(table, &import.service)?;
        found.operations.extend(more.operations);
        found.listed.extend(more.listed);
    }
    if found.operations.is_empty() {
        bail!("there is no operation in what `--from` names");
    }
    Ok(found)
}

/// Lists operations that cannot be written, and puts together those of one verb and path that ask for the same.
fn drop_unwritable(
    operations: &mut Vec<Operation>,
    base_names: &mut Vec<String>,
    service: &Service,
    report: &mut Report,
) {
    let mut first: BTreeMap<(String, zoho_connector::Verb, String, Vec<String>), usize> = BTreeMap::new();
    let mut kept: Vec<(Operation, String)> = Vec::new();
    for (operation, base) in std::mem::take(operations).into_iter().zip(std::mem::take(base_names)) {
        let label = format!("{} ({})", operation.label(), operation.source);
        if let Some(reason) = unwritable(&operation, &base, service) {
            report.listed.push((label, reason));
            continue;
        }
        let key = (base.clone(), operation.verb, operation.path.clone(), operation.signature());
        match first.get(&key) {
            Some(at) => {
                let reason = format!("put together with {} ({})", kept[*at].0.label(), kept[*at].0.source);
                report.listed.push((label, reason));
                kept[*at].0.absorb(operation);
            }
            None => {
                first.insert(key, kept.len());
                kept.push((operation, base));
            }
        }
    }
    (*operations, *base_names) = kept.into_iter().unzip();
}

/// Why an operation cannot be written.
fn unwritable(operation: &Operation, base: &str, service: &Service) -> Option<String> {
    let braces = |c: char| operation.path.matches(c).count();
    let is_broken = braces('{') != braces('}') || operation.path.contains([' ', '\\']);
    if is_broken || !unwritable::names_in(&operation.path).all(unwritable::is_writable) {
        return Some("its path cannot be written".to_owned());
    }
    if format!("{base}{}", operation.path).contains("oauth/v2") || base.contains("oauth") {
        return Some("signing in is the engine's".to_owned());
    }
    let connection: Vec<&str> = service.connection.iter().map(|(_, wire)| wire.as_str()).collect();
    if let Some(name) = unwritable::twice(&operation.path, &connection) {
        return Some(format!("two parts of its path would be the argument `{name}`"));
    }
    let has_base = service.bases.iter().any(|known| known.name == base);
    (!has_base).then(|| format!("the connector has no base for it ({base})"))
}

/// Names all operations, and puts together the APIs that are selected.
fn named(
    import: &Import,
    operations: &[Operation],
    bases: Vec<String>,
    service: &Service,
    report: &mut Report,
) -> Result<Vec<Api>> {
    let connection: Vec<String> = service.connection.iter().map(|(_, wire)| wire.clone()).collect();
    let selection = Selection::read(import.select.as_deref())?;
    let chosen = ChosenNames::read(import.names.as_deref())?;
    let (answers, json_api) = apis::answers(operations);
    let paths: Vec<String> = operations.iter().map(|operation| without_values(&operation.path, &connection)).collect();
    let constants: Vec<Option<String>> = operations.iter().map(constant_of).collect();
    let subjects: Vec<Subject<'_>> = operations
        .iter()
        .zip(&answers)
        .zip(&bases)
        .zip(paths.iter().zip(&constants))
        .map(|(((operation, answer), base), (path, constant))| Subject {
            verb: operation.verb,
            path,
            constant: constant.as_deref(),
            base: if says_something(base, &import.service) { base } else { "" },
            variant: operation.variant.as_deref(),
            gives: apis::gives(answer),
            uploads: operation.form.iter().any(|member| member.shape.is_file()) || operation.body == Some(Shape::File),
        })
        .collect();
    let spelling = Spelling::of(operations.iter().filter_map(|operation| operation.id.as_deref()));
    let mut given = chosen.of(operations);
    given.extend(operations.iter().enumerate().filter_map(|(at, operation)| Some((at, operation.api.clone()?))));
    let names = names::name_all(&subjects, &spelling, &given);
    let pairs: Vec<(&str, &Operation)> = names.iter().map(|named| named.name.as_str()).zip(operations).collect();
    report.service_remarks.extend(
        selection.idle(&pairs).into_iter().map(|pattern| format!("nothing is meant by `{pattern}` of the selection")),
    );
    let mut apis = Vec::new();
    for (((named, operation), base), answer) in names.into_iter().zip(operations).zip(bases).zip(answers) {
        if operation.api.is_none() && selection.wants(&named.name, operation) {
            report.collisions.extend(named.instead_of.clone().map(|other| (named.name.clone(), other)));
            apis.push(apis::api(named, operation.clone(), base, answer, &connection, json_api));
        }
    }
    report.selected = import.select.is_some().then_some(apis.len());
    Ok(apis)
}

/// A path without the values of the connection, which say nothing about what it leads to.
fn without_values(path: &str, connection: &[String]) -> String {
    let is_value = |segment: &&str| connection.iter().any(|name| *segment == format!("{{{name}}}"));
    path.split('/').filter(|segment| !is_value(segment)).collect::<Vec<_>>().join("/")
}

/// The one value that an operation always sends.
fn constant_of(operation: &Operation) -> Option<String> {
    let signature = operation.signature();
    let mut constants = signature.iter().filter_map(|member| member.split_once('='));
    constants.next().map(|(_, value)| value.to_owned()).filter(|_| constants.next().is_none())
}

/// Whether the name of a base is one that a person would put before a group: no version, and not the service's own.
fn says_something(base: &str, service: &str) -> bool {
    let words = words::words(base);
    !base.is_empty() && base != "root" && words.iter().all(|word| word != service && word.len() > 2)
}

/// The files of the groups. In a group, the APIs of one collection stand together, and reading comes before writing.
fn group_files(apis: &[Api], types: &Types, service: &Service, report: &mut Report) -> BTreeMap<String, String> {
    let mut groups: BTreeMap<&str, Vec<&Api>> = BTreeMap::new();
    for api in apis {
        groups.entry(api.group()).or_default().push(api);
    }
    let mut files = BTreeMap::new();
    for (group, mut apis) in groups {
        in_reading_order(&mut apis);
        let own = types.of_group(Some(group));
        report.type_lines += lines_of(&own);
        let mut entries: Vec<String> = Vec::new();
        for api in &apis {
            let (entry, remarks) = draft::api(api, types, service);
            report.lines.push(entry.lines().count());
            report.written.push(api.named.name.clone());
            report.remarks.extend((!remarks.is_empty()).then(|| (api.named.name.clone(), remarks)));
            entries.push(entry);
        }
        let entries = entries.join("\n");
        let of_group = apart::files(group, &own, |own| {
            let types: String = own.iter().map(|(name, node)| apart::entry(name, node)).collect();
            let section = if types.is_empty() { String::new() } else { format!("types:\n{types}\n") };
            format!("{SCHEMA_LINE}{DRAFT_LINE}{section}apis:\n{entries}")
        });
        let lines = of_group[&format!("{group}.yaml")].lines().count();
        if lines > LONG_FILE {
            report
                .service_remarks
                .push(format!("{group}.yaml has {lines} lines: some of its APIs may belong to a group of their own"));
        }
        files.extend(of_group);
    }
    files
}

/// How many lines types have.
fn lines_of(types: &[apart::NamedType]) -> usize {
    types.iter().map(|(name, node)| apart::entry(name, node).lines().count()).sum()
}

fn in_reading_order(apis: &mut Vec<&Api>) {
    let verbs = ["list", "get", "create", "upload", "update", "replace", "delete"];
    let collection = |api: &Api| api.named.name.rsplit_once('.').map_or("", |(collection, _)| collection).to_owned();
    let mut order: Vec<String> = Vec::new();
    for api in apis.iter() {
        let own = collection(api);
        if !order.contains(&own) {
            order.push(own);
        }
    }
    // The group's own APIs stand before those of what it holds.
    order.sort_by_key(|collection| collection.contains('.'));
    apis.sort_by_key(|api| {
        let verb = api.named.name.rsplit('.').next().unwrap_or_default();
        let rank = verbs.iter().position(|known| *known == verb).unwrap_or(verbs.len());
        (order.iter().position(|known| *known == collection(api)), rank)
    });
}

/// Loads the draft as a connector, with the files that a person wrote beside it.
fn check(out: Option<&Path>, files: &BTreeMap<String, String>, report: &mut Report) -> Result<()> {
    let mut all = files.clone();
    for (name, text) in out.map(a_persons).transpose()?.unwrap_or_default() {
        all.entry(name).or_insert(text);
    }
    let first = all.remove_entry(SERVICE_FILE).into_iter();
    let sources: Vec<SourceFile> = first.chain(all).map(|(name, text)| SourceFile::new(name, text)).collect();
    for diagnostic in load(&sources).diagnostics {
        report.has_errors |= diagnostic.severity == Severity::Error;
        let file = sources.get(diagnostic.place.file.0).map_or("", |file| file.path.as_str());
        let kind = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        report.diagnostics.push(format!("{kind}: {file}: {}", diagnostic.message));
    }
    Ok(())
}

/// The files of a folder that are no drafts.
fn a_persons(out: &Path) -> Result<BTreeMap<String, String>> {
    if !out.is_dir() {
        return Ok(BTreeMap::new());
    }
    let files = library::files_of(out).map_err(|error| anyhow::anyhow!("{error}"))?;
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
    let own = files.into_iter().filter(|file| !file.text.contains(DRAFT_LINE));
    Ok(own.map(|file| (name(&file.path), file.text.into_owned())).collect())
}

/// Writes the files of a draft, never over a person's: of the service's file, only what was drafted there changes.
fn write_files(out: &Path, files: &BTreeMap<String, String>) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let own = a_persons(out)?;
    let mine: Vec<&str> =
        files.keys().map(String::as_str).filter(|name| own.contains_key(*name) && *name != SERVICE_FILE).collect();
    if !mine.is_empty() {
        bail!(
            "{} has files that are no drafts ({}): give another `--out`, or leave their groups out by `--select`",
            out.display(),
            mine.join(", ")
        );
    }
    let old = library::files_of(out).map_err(|error| anyhow::anyhow!("{error}"))?;
    for file in old.iter().filter(|file| file.text.contains(DRAFT_LINE)) {
        fs::remove_file(&file.path).with_context(|| format!("cannot remove {}", file.path))?;
    }
    for (name, text) in files.iter().filter(|(name, text)| own.get(*name) != Some(text)) {
        let path = out.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
