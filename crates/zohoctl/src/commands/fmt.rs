//! `zohoctl fmt`: connectors' files in the one form.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Args;
use similar::{ChangeTag, TextDiff};
use zoho_connector::diagnostic::render::{Paint, render};
use zoho_connector::library::files_of;
use zoho_connector::{SourceFile, edit, load};

use super::connectors::check::count;
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::print;
use crate::sources::at_path;
use crate::style::{ERROR, HINT, NAME, paint};

const EXAMPLES: &str = "\
Examples:
  zohoctl fmt my-service.yaml
  zohoctl fmt connectors/desk             the files of one connector
  zohoctl fmt --check connectors          write nothing, and fail if something differs
  zohoctl fmt - < draft.yaml              from standard input to standard output";

/// The arguments of `fmt`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FmtArgs {
    /// Files, connectors' folders, or folders of connectors; `-` for standard input; your own folders unless given
    #[arg(value_name = "PATH")]
    paths: Vec<String>,

    /// Write nothing: show what differs, and fail if anything does
    #[arg(long)]
    check: bool,
}

/// What was found, over all files.
#[derive(Debug, Default)]
struct Found {
    files: usize,
    differ: usize,
    faulty: usize,
    /// Those that are of no connector.
    foreign: usize,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &FmtArgs) -> Result<Status> {
    let mut found = Found::default();
    for file in files(context, &args.paths)? {
        found.files += 1;
        if !is_of_a_connector(&file) {
            found.foreign += 1;
            context.talk.say(format!("{}: left alone, since it is of no connector", file.path));
            continue;
        }
        let anew = match edit::format(&file.text) {
            Ok(anew) => anew,
            Err(faults) => {
                found.faulty += 1;
                let faults = load::syntax_faults(&file, faults);
                print(&render(std::slice::from_ref(&file), &faults, Paint::Coloured))?;
                continue;
            }
        };
        let differs = anew != file.text;
        found.differ += usize::from(differs);
        match (file.path.as_str(), args.check) {
            (_, true) if differs => print(&difference(&file.path, &file.text, &anew))?,
            ("-", false) => print(&anew)?,
            (path, false) if differs => replace(Path::new(path), &anew)?,
            _ => {}
        }
    }
    context.talk.say(found.summary(args.check));
    let failed =
        found.faulty > 0 || (found.foreign > 0 && found.foreign == found.files) || (args.check && found.differ > 0);
    Ok(if failed { Status::Failed } else { Status::Ok })
}

impl Found {
    fn summary(&self, check: bool) -> String {
        let differ = match (self.differ, check) {
            (0, _) if self.faulty > 0 || self.foreign > 0 => None,
            (0, _) => Some("nothing to change".to_owned()),
            (differ, true) => Some(format!("{} would be written anew", count(differ, "file"))),
            (differ, false) => Some(format!("{} written anew", count(differ, "file"))),
        };
        let faulty =
            (self.faulty > 0).then(|| format!("{} left alone, which cannot be read", count(self.faulty, "file")));
        let foreign = (self.foreign > 0).then(|| format!("{} of no connector", self.foreign));
        let told: Vec<String> = differ.into_iter().chain(faulty).chain(foreign).collect();
        format!("{}: {}", count(self.files, "file"), told.join("; "))
    }
}

/// The files that are meant.
fn files(context: &Context, paths: &[String]) -> Result<Vec<SourceFile>> {
    let own = &context.settings.connector_folders;
    if paths.is_empty() && !own.iter().any(|folder| folder.is_dir()) {
        let problem = Problem::usage("there is no folder of connectors of yours");
        return Err(problem.hint("name files or folders: `zohoctl fmt my-service.yaml`").into());
    }
    let mut files = Vec::new();
    for folder in own.iter().filter(|folder| paths.is_empty() && folder.is_dir()) {
        files.extend(at_path(folder)?.into_iter().flat_map(|sources| sources.files));
    }
    for path in paths {
        if path == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
            files.push(SourceFile::new("-", text));
        } else if Path::new(path).is_file() {
            files.extend(files_of(Path::new(path))?);
        } else {
            files.extend(at_path(Path::new(path))?.into_iter().flat_map(|sources| sources.files));
        }
    }
    Ok(files)
}

/// Whether a file has a word of the language at its beginning: a folder may hold YAML of others.
fn is_of_a_connector(file: &SourceFile) -> bool {
    let is_word = |line: &str| {
        let word = line.split(':').next().unwrap_or_default().trim_end().trim_matches(['"', '\'']);
        ["connector", "apis", "types"].contains(&word)
    };
    file.text.trim_start_matches('\u{feff}').lines().any(is_word)
}

/// Puts a text in a file's place, all of it or nothing.
fn replace(path: &Path, text: &str) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let path = fs::canonicalize(path)?;
        let mut beside = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(&path))?;
        beside.write_all(text.as_bytes())?;
        beside.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
        beside.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// The lines that differ, with three around them.
fn difference(path: &str, text: &str, anew: &str) -> String {
    let diff = TextDiff::from_lines(text, anew);
    let mut out = format!("{}\n", paint(NAME, path));
    for hunk in diff.unified_diff().iter_hunks() {
        out.push_str(&format!("{}\n", hunk.header()));
        for change in hunk.iter_changes() {
            let line = change.to_string_lossy();
            let line = line.trim_end_matches('\n');
            out.push_str(&match change.tag() {
                ChangeTag::Delete => format!("{}\n", paint(ERROR, format!("-{line}"))),
                ChangeTag::Insert => format!("{}\n", paint(HINT, format!("+{line}"))),
                ChangeTag::Equal => format!(" {line}\n"),
            });
        }
    }
    out
}
