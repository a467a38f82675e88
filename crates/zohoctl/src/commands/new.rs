//! `zohoctl new`: a connector to begin with, which passes its checks and says what is to be looked up.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use zoho_connector::describe::example::quote;
use zoho_connector::load::load;
use zoho_connector::{Severity, SourceFile};

use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::print;

/// The file to begin with; words in braces that [`Words`] names are filled in.
const SKELETON: &str = include_str!("new/connector.yaml");

/// The file of the JSON Schema, beside the connector or in `schemas/` of a folder above.
const SCHEMA: &str = "connector.schema.json";

const EXAMPLES: &str = "\
The file passes its checks as it is, and the sandbox answers it. What has to be looked up in the service's own
documentation is marked LOOK UP in it.

Examples:
  zohoctl new shelf                                                   shelf.yaml, in this folder
  zohoctl new shelf --out connectors --title 'Zoho Shelf' --scope-prefix ZohoShelf
  zohoctl new shelf --base-url 'https://shelf.{zoho}/api/v1'
  zohoctl new shelf --out - | zohoctl try - items.list";

/// The arguments of `new`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NewArgs {
    /// Its name on the command line: lower-case letters, digits and `-`
    #[arg(value_name = "SERVICE")]
    name: String,

    /// The folder that its file goes into; - for standard output
    #[arg(long, value_name = "DIR|-", default_value = ".", hide_default_value = true)]
    out: PathBuf,

    /// Its name in the world; `Zoho Shelf` for shelf unless given
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// The address that all its paths begin with, without a region: `https://shelf.{zoho}/api/v1`
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// What its scopes begin with; `ZohoShelf` for shelf unless given
    #[arg(long, value_name = "WORD")]
    scope_prefix: Option<String>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &NewArgs) -> Result<Status> {
    let file = format!("{}.yaml", args.name);
    let is_printed = args.out == Path::new("-");
    let folder = if is_printed { Path::new(".") } else { &args.out };
    let path = if folder == Path::new(".") { PathBuf::from(&file) } else { folder.join(&file) };
    let schema = schema_for(folder);
    let text = skeleton(args, &path.display().to_string(), schema.as_deref().unwrap_or(SCHEMA));
    sound(&file, &text)?;
    if is_printed {
        print(&text)?;
        return Ok(Status::Ok);
    }
    fits_into(folder, &args.name)?;
    create(&path, &text)?;
    if context.library.sources(&args.name).is_ok_and(|sources| sources.built_in) {
        let name = &args.name;
        context
            .talk
            .warn(format!("a service called {name} is built in; where this file is at hand, it takes its place"));
    }
    context.talk.say(next(args, folder, &path, schema.is_some()));
    Ok(Status::Ok)
}

/// The skeleton with its words filled in.
fn skeleton(args: &NewArgs, shown: &str, schema: &str) -> String {
    let in_title = args.name.split('-').map(capitalised).collect::<Vec<_>>();
    let title = args.title.clone().unwrap_or_else(|| format!("Zoho {}", in_title.join(" ")));
    let base_url = args.base_url.clone().unwrap_or_else(|| format!("https://{{api}}/{}/v1", args.name));
    let scope_prefix = args.scope_prefix.clone().unwrap_or_else(|| format!("Zoho{}", in_title.concat()));
    let words = [
        ("{schema}", schema.to_owned()),
        ("{file}", shown.to_owned()),
        ("{service}", args.name.clone()),
        ("title: {title}", format!("title: {}", scalar(&title))),
        ("{title}", title.replace(['\n', '\r'], " ")),
        ("{base_url}", scalar(&base_url)),
        ("[{scope_prefix}]", format!("[{}]", scalar(&scope_prefix))),
        ("{scope_prefix}", scope_prefix),
    ];
    words.iter().fold(SKELETON.to_owned(), |text, (word, value)| text.replace(word, value))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A text as YAML: plain where nothing in it could be taken for something else.
fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with([' ', ':'])
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str())
        && text.chars().all(|c| c.is_alphanumeric() || " -_./:{}".contains(c))
        && !text.contains(": ");
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// Refuses what would make a file with faults: a name or an address that the language does not take.
fn sound(file: &str, text: &str) -> Result<()> {
    let faults = load(&[SourceFile::new(file, text.to_owned())]).diagnostics;
    let Some(worst) = faults.iter().map(|fault| fault.severity).max() else { return Ok(()) };
    let lines = faults.iter().map(|fault| {
        let help: String = fault.help.iter().map(|help| format!("; {help}")).collect();
        format!("{}{help}", fault.message)
    });
    let kind = if worst == Severity::Error { "faults" } else { "warnings" };
    Err(Problem::usage(format!("the connector would have {kind}; nothing was written")).details(lines).into())
}

/// A folder may be one connector, of which this would become a group; and the service may be there in another form.
fn fits_into(folder: &Path, name: &str) -> Result<()> {
    if folder.join("connector.yaml").is_file() {
        let problem =
            Problem::usage(format!("{} is itself a connector: its files are groups of APIs", folder.display()));
        return Err(problem.hint("name the folder above, or another one, with --out").into());
    }
    let others = [folder.join(name), folder.join(format!("{name}.yml"))];
    let there = others.iter().find(|other| other.is_file() || other.join("connector.yaml").is_file());
    there.map_or(Ok(()), |other| Err(taken(other)))
}

fn create(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(taken(path)),
        written => written.with_context(|| format!("cannot write {}", path.display())),
    }
}

fn taken(path: &Path) -> anyhow::Error {
    let problem = Problem::usage(format!("{} is there already; nothing was written", path.display()));
    problem.hint("give another name, or another folder by --out").into()
}

/// The path to the language's schema from a folder, where one is at hand: beside the file, or kept in `schemas/` above.
fn schema_for(folder: &Path) -> Option<String> {
    if folder.join(SCHEMA).is_file() {
        return Some(SCHEMA.to_owned());
    }
    let full = std::path::absolute(folder).ok()?;
    let up = full.ancestors().position(|above| above.join("schemas").join(SCHEMA).is_file())?;
    Some(format!("{}schemas/{SCHEMA}", "../".repeat(up)))
}

/// What to do with the file.
fn next(args: &NewArgs, folder: &Path, path: &Path, has_schema: bool) -> String {
    let (name, shown) = (&args.name, quote(&path.display().to_string()));
    let mut steps = Vec::new();
    if !has_schema {
        let schema = quote(&path.with_file_name(SCHEMA).display().to_string());
        steps.push((format!("zohoctl schema --out {schema}"), "so that your editor knows the language"));
    }
    let folder = quote(&folder.display().to_string());
    steps.extend([
        (format!("zohoctl connectors check {shown} --watch"), "while you write"),
        (format!("zohoctl try {shown} items.list"), "one call of a sandbox, and what is made of it"),
        (format!("zohoctl invoke {name} items.list --connectors {folder} --sandbox"), "as it will be used"),
    ]);
    let width = steps.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    let steps: String = steps.iter().map(|(command, why)| format!("  {command:width$}   {why}\n")).collect();
    format!(
        "Wrote {shown}: a list, a get, a create and a download.\n\
         What to look up in the documentation of the service is marked LOOK UP in it.\n\nNext:\n\n{steps}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_where_it_could_be_read_as_something_else() {
        for (text, written) in [
            ("Zoho Shelf", "Zoho Shelf"),
            ("https://shelf.{zoho}/api/v1", "https://shelf.{zoho}/api/v1"),
            ("no", "\"no\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("12", "\"12\""),
            ("a \"b\"", "\"a \\\"b\\\"\""),
            ("", "\"\""),
            ("a:", "\"a:\""),
        ] {
            assert_eq!(scalar(text), written);
            let read: serde_json::Value = serde_yaml::from_str(&format!("x: {}", scalar(text))).unwrap();
            assert_eq!(read["x"], text);
        }
    }
}
