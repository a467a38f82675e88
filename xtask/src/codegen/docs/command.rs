//! The page of the command: every command with its arguments, as its own help has them.

use anyhow::Result;
use clap::{Arg, Command};
use serde::Serialize;

use super::markdown::{cell, code, tidy};
use crate::codegen::{GeneratedFile, render};

const PAGE: &str = include_str!("../../../templates/docs/cli.md.hbs");

/// What the template sees.
#[derive(Serialize)]
struct Page {
    commands: Vec<CommandView>,
    variables: Vec<Row>,
    statuses: Vec<Row>,
}

#[derive(Serialize)]
struct CommandView {
    name: String,
    about: String,
    usage: String,
    arguments: Vec<Argument>,
    after: String,
}

#[derive(Serialize)]
struct Argument {
    term: String,
    text: String,
}

#[derive(Serialize)]
struct Row {
    name: String,
    text: String,
}

/// `docs/reference/cli.md`.
pub(super) fn page() -> Result<GeneratedFile> {
    let mut root = zohoctl::command();
    root.build();
    let mut commands = Vec::new();
    walk(&root, true, &mut commands);
    let row = |name: String, text: &str| Row { name, text: cell(text) };
    let page = Page {
        commands,
        variables: zohoctl::environment::ALL.iter().map(|(name, text)| row((*name).to_owned(), text)).collect(),
        statuses: zohoctl::STATUSES.iter().map(|(status, text)| row(status.to_string(), text)).collect(),
    };
    Ok(render::markdown("docs/reference/cli.md", &tidy(&render::template(PAGE, &page)?)))
}

/// A command, then those below it.
fn walk(command: &Command, is_root: bool, views: &mut Vec<CommandView>) {
    views.push(view(command, is_root));
    let below = command.get_subcommands().filter(|command| command.get_name() != "help" && !command.is_hide_set());
    below.for_each(|command| walk(command, false, views));
}

fn view(command: &Command, is_root: bool) -> CommandView {
    // What every command takes is said once, at the root; and that there is help needs no saying.
    let own = |argument: &&Arg| {
        let of_clap = matches!(argument.get_id().as_str(), "help" | "version");
        !argument.is_hide_set() && !of_clap && (is_root || !argument.is_global_set())
    };
    CommandView {
        name: command.get_bin_name().unwrap_or(command.get_name()).to_owned(),
        about: command.get_about().map(ToString::to_string).unwrap_or_default(),
        usage: command.clone().render_usage().to_string().trim_start_matches("Usage: ").to_owned(),
        arguments: command.get_arguments().filter(own).map(argument).collect(),
        after: command.get_after_help().map(ToString::to_string).unwrap_or_default(),
    }
}

fn argument(argument: &Arg) -> Argument {
    let values =
        argument.get_value_names().unwrap_or_default().iter().map(|name| format!("<{name}>")).collect::<String>();
    let takes_value = argument.get_action().takes_values();
    let names = argument.get_short().map(|short| format!("-{short}"));
    let names: Vec<String> = names.into_iter().chain(argument.get_long().map(|long| format!("--{long}"))).collect();
    let term = match (names.is_empty(), takes_value) {
        (true, _) => values,
        (false, true) => format!("{} {values}", names.join(", ")),
        (false, false) => names.join(", "),
    };
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    Argument { term: cell(&code(&term)), text: cell(&help) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_is_there_once_and_what_all_take_is_said_once() {
        let page = super::page().unwrap().text;
        for heading in ["## `zohoctl`\n", "## `zohoctl invoke`\n", "## `zohoctl connectors check`\n"] {
            assert_eq!(page.matches(heading).count(), 1, "{heading}");
        }
        assert_eq!(page.matches("| `--connectors <DIR>` |").count(), 1);
        assert_eq!(page.matches("| `--help` |").count(), 0);
        assert!(page.contains("| `ZOHO_CLIENT_ID` |") && page.contains("| 130 | ended by Ctrl-C |"), "{page}");
    }
}
