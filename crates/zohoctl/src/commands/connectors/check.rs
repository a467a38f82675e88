//! `zohoctl connectors check`: every fault of connectors, in its place.

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use zoho_connector::diagnostic::json::json;
use zoho_connector::diagnostic::render::{Paint, render};
use zoho_connector::library::Sources;
use zoho_connector::{Severity, load};

use crate::context::Context;
use crate::exit::Status;
use crate::output::print;
use crate::sources;

mod github;
mod watch;

/// The arguments of `connectors check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Names of connectors, or paths of files and folders; all at hand unless given
    #[arg(value_name = "NAME|PATH")]
    targets: Vec<String>,

    /// `human` for excerpts with places, `json` for editors, `github` for annotations of a pull request
    #[arg(long, value_enum, default_value = "human", hide_possible_values = true)]
    format: CheckFormat,

    /// Check again whenever a file changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
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
    if args.watch {
        return watch::run(context, args);
    }
    let found = args.check(&targets(context, args)?)?;
    context.talk.say(found.summary());
    Ok(if found.errors > 0 { Status::Failed } else { Status::Ok })
}

/// The connectors that are meant.
fn targets(context: &Context, args: &CheckArgs) -> Result<Vec<Sources>> {
    if args.targets.is_empty() {
        return context.library.names().iter().map(|name| Ok(context.library.sources(name)?)).collect();
    }
    let named = args.targets.iter().map(|word| sources::named(context, word));
    Ok(named.collect::<Result<Vec<_>>>()?.concat())
}

impl CheckArgs {
    /// Checks connectors, and prints what is wrong with them.
    fn check(&self, targets: &[Sources]) -> Result<Found> {
        let mut found = Found::default();
        let mut documents = Vec::new();
        for target in targets {
            let load::Loaded { connector, diagnostics: faults } = load::load(&target.files);
            found.connectors += 1;
            found.apis += connector.map_or(0, |connector| connector.apis.len());
            found.errors += faults.iter().filter(|fault| fault.severity == Severity::Error).count();
            found.warnings += faults.iter().filter(|fault| fault.severity == Severity::Warning).count();
            match self.format {
                CheckFormat::Human => print(&render(&target.files, &faults, Paint::Coloured))?,
                CheckFormat::Github => print(&github::annotations(&json(&target.files, &faults)))?,
                CheckFormat::Json => documents.extend(json(&target.files, &faults)),
            }
        }
        if self.format == CheckFormat::Json {
            // Of many rounds each is a line.
            let write = if self.watch { serde_json::to_string } else { serde_json::to_string_pretty };
            let text = write(&documents).context("cannot write the faults as JSON")?;
            print(&format!("{text}\n"))?;
        }
        Ok(found)
    }
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
pub(crate) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}
