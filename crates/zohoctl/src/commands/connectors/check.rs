//! `zohoctl connectors check`: every fault of connectors, in its place.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use zoho_connector::diagnostic::json::json;
use zoho_connector::diagnostic::render::{Paint, render};
use zoho_connector::library::{LibraryError, Sources, files_of};
use zoho_connector::{Library, Severity, SourceFile, load};

use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::print;

mod github;

/// The arguments of `connectors check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Names of connectors, or paths of files and folders; all at hand unless given
    #[arg(value_name = "NAME|PATH")]
    targets: Vec<String>,

    /// `human` for excerpts with places, `json` for editors, `github` for annotations of a pull request
    #[arg(long, value_enum, default_value = "human", hide_possible_values = true)]
    format: CheckFormat,
}

/// How faults are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    Human,
    Json,
    Github,
}

/// What checking found, over all connectors.
#[derive(Debug, Default)]
struct Found {
    connectors: usize,
    apis: usize,
    errors: usize,
    warnings: usize,
}

/// Runs the command.
pub(super) fn run(context: &Context, args: &CheckArgs) -> Result<Status> {
    let mut found = Found::default();
    let mut documents = Vec::new();
    for target in targets(context, &args.targets)? {
        let load::Loaded { connector, diagnostics: faults } = load::load(&target.files);
        found.connectors += 1;
        found.apis += connector.map_or(0, |connector| connector.apis.len());
        found.errors += faults.iter().filter(|fault| fault.severity == Severity::Error).count();
        found.warnings += faults.iter().filter(|fault| fault.severity == Severity::Warning).count();
        match args.format {
            CheckFormat::Human => print(&render(&target.files, &faults, Paint::Coloured))?,
            CheckFormat::Github => print(&github::annotations(&json(&target.files, &faults)))?,
            CheckFormat::Json => documents.extend(json(&target.files, &faults)),
        }
    }
    if args.format == CheckFormat::Json {
        let text = serde_json::to_string_pretty(&documents).context("cannot write the faults as JSON")?;
        print(&format!("{text}\n"))?;
    }
    context.talk.say(found.summary());
    Ok(if found.errors > 0 { Status::Failed } else { Status::Ok })
}

impl Found {
    fn summary(&self) -> String {
        let faults = match (self.errors, self.warnings) {
            (0, 0) => "no faults".to_owned(),
            (0, warnings) => count(warnings, "warning"),
            (errors, 0) => count(errors, "error"),
            (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
        };
        format!("{}, {}: {faults}", count(self.connectors, "connector"), count(self.apis, "API"))
    }
}

/// A number of things, in words.
pub(super) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// The connectors that are meant: a name is one at hand, anything that looks like a path is a file or a folder.
fn targets(context: &Context, words: &[String]) -> Result<Vec<Sources>> {
    if words.is_empty() {
        return context.library.names().iter().map(|name| Ok(context.library.sources(name)?)).collect();
    }
    let mut all = Vec::new();
    for word in words {
        let path = Path::new(word);
        let looks_like_path = word.contains(['/', '\\']) || word.ends_with(".yaml") || word.ends_with(".yml");
        match context.library.sources(word) {
            Ok(sources) if !looks_like_path => all.push(sources),
            Err(LibraryError::Unknown { .. }) if looks_like_path || path.exists() => all.extend(at_path(path)?),
            Ok(_) => all.extend(at_path(path)?),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(all)
}

/// The connector at a path, or the connectors in a folder of connectors.
fn at_path(path: &Path) -> Result<Vec<Sources>> {
    let folder_of_connectors = path.is_dir() && !path.join("connector.yaml").is_file();
    if !folder_of_connectors {
        let name = SourceFile::new(path.display().to_string(), "").stem().to_owned();
        return Ok(vec![Sources { name, files: files_of(path)?, built_in: false }]);
    }
    let library = Library::new(&[]).with_folder(PathBuf::from(path));
    let names = library.names();
    if names.is_empty() {
        let problem = Problem::usage(format!("{} holds no connector", path.display()));
        return Err(problem.hint("a connector is a file NAME.yaml, or a folder with a connector.yaml").into());
    }
    names.iter().map(|name| Ok(library.sources(name)?)).collect()
}
