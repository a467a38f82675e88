//! Imports into a connector that is there: what it lacks is added, and nothing that it says is changed.
//!
//! Operations are recognised by verb and path, whatever a person called them. What the comparison of `drift` finds that
//! a connector only lacks is added at its place: parameters, members, choices, scopes. Operations that no API is are
//! drafted beside the types that are there, and put into the file of their group. What contradicts a connector is told,
//! never changed; what an entry of `differs` explains is left as it is.
//!
//! Added is until nothing is left to add, so that the same import a second time changes no byte.

mod add;
mod files;
mod share;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};

use self::add::Lack;
pub(super) use self::files::Files;
use super::report::Report;
use super::{Import, SERVICE_FILE, asked_for, draft_of_missing, drafted_files, source};
use crate::definitions::openapi::Found;
use crate::definitions::operation::Operation;
use crate::drift::matching::{Definition, apis_of};
use crate::drift::{self, Wanted};

/// More rounds than any import needs: what is added may be compared deeper in the next one.
const ROUNDS: usize = 6;

/// What an import added to a connector, and what it left.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// APIs that are new.
    pub(super) apis: Vec<String>,
    /// Parameters, members, choices and scopes that are new, with their places.
    pub(super) additions: BTreeSet<String>,
    /// What contradicts the connector, or has no place in it.
    pub(super) left: BTreeSet<String>,
    /// What the drafting of new APIs told.
    pub(super) report: Report,
}

/// Imports into the folder of a connector, which need not be there yet.
///
/// # Errors
/// What cannot be read or written, and what would not load. Nothing is written then.
pub(super) fn run(import: &Import, folder: &Path) -> Result<String> {
    let found = source(import)?;
    let mut files = Files::read(folder)?;
    let merged = merged(import, &found, &mut files)?;
    let written = files.write(folder)?;
    let text = merged.text(&import.service, found.operations.len(), &written);
    let Some(report) = &import.report else { return Ok(text) };
    std::fs::write(report, &text).with_context(|| format!("cannot write {}", report.display()))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Adds to files what they lack.
///
/// # Errors
/// Files that do not load, before or after.
pub(super) fn merged(import: &Import, found: &Found, files: &mut Files) -> Result<Merged> {
    let mut merged = Merged::default();
    if !files.has(SERVICE_FILE) {
        let (drafted, report) = drafted_files(import, None)?;
        merged.apis.extend(report.written.iter().cloned());
        merged.report = report;
        drafted.into_iter().try_for_each(|(name, text)| files.put_draft(&name, &text))?;
    }
    for _ in 0..ROUNDS {
        let before = files.texts();
        new_apis(import, found, files, &mut merged)?;
        additions(import, found, files, &mut merged)?;
        share::share(files)?;
        if files.texts() == before {
            break;
        }
    }
    let faults = files.faults();
    if !faults.is_empty() {
        bail!("what would be written does not load\n{}", faults.join("\n"));
    }
    Ok(merged)
}

/// Operations that say which API they are.
fn recognised(found: &Found, files: &Files) -> Result<Vec<Operation>> {
    let apis = apis_of(&files.ours()?, &found.operations);
    let named = |(at, operation): (usize, &Operation)| Operation { api: apis.get(&at).cloned(), ..operation.clone() };
    Ok(found.operations.iter().enumerate().map(named).collect())
}

fn new_apis(import: &Import, found: &Found, files: &mut Files, merged: &mut Merged) -> Result<()> {
    let operations = recognised(found, files)?;
    if operations.iter().all(|operation| operation.api.is_some()) {
        return Ok(());
    }
    let draft = draft_of_missing(import, operations, files)?;
    for api in &draft.apis {
        if files.add_api(api)? {
            merged.apis.push(api.name.clone());
        }
    }
    for (group, name, node) in &draft.types {
        files.add_type(group.as_deref(), name, node)?;
    }
    if merged.report.operations == 0 {
        merged.report = draft.report;
    }
    Ok(())
}

/// Adds what the comparison finds that the connector only lacks.
fn additions(import: &Import, found: &Found, files: &mut Files, merged: &mut Merged) -> Result<()> {
    let ours = files.ours()?;
    let operations = Found { operations: found.operations.clone(), ..Found::default() };
    let definition = Definition::of("the definition".to_owned(), operations);
    let judged = drift::compare(&ours, &[definition], &Wanted::default());
    merged.left.clear();
    let lacks = add::spread(&ours, &judged.unexplained);
    let asked = asked_for(import, &recognised(found, files)?)?;
    let is_asked = |lack: &Lack| asked.as_ref().is_none_or(|asked| lack.apis.iter().any(|api| asked.contains(api)));
    // What the connection sends is no parameter of an API, wherever an operation has it.
    let sites = ours.connector.connection.values().filter_map(|value| value.site.as_ref());
    let connection: Vec<&str> =
        sites.map(|site| site.wire.as_str()).chain(import.connection.iter().map(String::as_str)).collect();
    let is_own = |lack: &Lack| !lack.is_named(&connection);
    for lack in lacks.into_iter().filter(is_asked).filter(is_own) {
        match add::add(files, &ours, &lack) {
            Some(place) => {
                merged.additions.insert(place);
            }
            None => {
                merged.left.insert(lack.words());
            }
        }
    }
    Ok(())
}

impl Merged {
    fn text(&self, service: &str, operations: usize, written: &[String]) -> String {
        let mut text = format!(
            "{service}: {operations} operations: {} APIs and {} other things added, {} left",
            self.apis.len(),
            self.additions.len(),
            self.left.len()
        );
        let mut section = |title: &str, lines: Vec<&String>| {
            if !lines.is_empty() {
                text.push_str(&format!("\n\n{title} ({})", lines.len()));
                lines.iter().for_each(|line| text.push_str(&format!("\n  {line}")));
            }
        };
        section("new APIs", self.apis.iter().collect());
        section("added", self.additions.iter().collect());
        section("left as they are, for `cargo xtask drift` and a person", self.left.iter().collect());
        let listed: Vec<String> = self.report.listed.iter().map(|(what, why)| format!("{what}: {why}")).collect();
        section("operations that are no APIs", listed.iter().collect());
        let remarks = self.report.remarks.iter().map(|(api, remarks)| format!("{api}: {}", remarks.join("; ")));
        let remarks: Vec<String> = remarks.chain(self.report.types.iter().cloned()).collect();
        section("for a person to look at", remarks.iter().collect());
        section("files written", written.iter().collect());
        text
    }
}
