//! `zohoctl completions`: what a shell completes. Names of services and APIs are asked of the command itself, so that
//! connectors of the user's own are among them.

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use clap_complete::Shell;

use crate::context::Context;
use crate::exit::Status;
use crate::output::heard;

/// Completes the names of services and APIs, for the shells that can.
const BASH: &str = include_str!("completions/names.bash");
const ZSH: &str = include_str!("completions/names.zsh");
const FISH: &str = include_str!("completions/names.fish");

const EXAMPLES: &str = "\
Examples:
  zohoctl completions bash > ~/.local/share/bash-completion/completions/zohoctl
  zohoctl completions zsh > \"${fpath[1]}/_zohoctl\"        a folder of your fpath, before compinit
  zohoctl completions fish > ~/.config/fish/completions/zohoctl.fish
  zohoctl completions powershell >> $PROFILE
  zohoctl completions elvish >> ~/.config/elvish/rc.elv

bash, zsh and fish also complete the names of services and APIs, those of your own connectors included.
A new shell has them.";

/// The arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell: bash, zsh, fish, powershell or elvish
    #[arg(hide_possible_values = true)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(_context: &Context, args: &CompletionsArgs) -> Result<Status> {
    let mut stdout = io::stdout().lock();
    heard(stdout.write_all(script(args.shell).as_bytes()).and_then(|()| stdout.flush()))?;
    Ok(Status::Ok)
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut crate::command(), "zohoctl", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        Shell::Bash => format!("{script}\n{BASH}"),
        Shell::Fish => format!("{script}\n{FISH}"),
        Shell::Zsh => with_names(&script),
        _ => script,
    }
}

/// The script of zsh, in which an argument that is a service or an API is completed by a function of ours.
fn with_names(script: &str) -> String {
    let (head, rest) = script.split_once('\n').unwrap_or((script, ""));
    let mut lines = vec![head.to_owned(), ZSH.to_owned()];
    lines.extend(rest.lines().map(|line| {
        let is = |name: &str| line.starts_with(&format!("'::{name} -- ")) || line.starts_with(&format!("':{name} -- "));
        let is_services = line.starts_with("'*::services -- ") || line.starts_with("'*:services -- ");
        match (is("service") || is_services, is("api")) {
            (true, _) => line.replacen(":_default'", ":_zohoctl_services'", 1),
            (_, true) => line.replacen(":_default'", ":_zohoctl_apis'", 1),
            _ => line.to_owned(),
        }
    }));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zsh_completes_services_and_apis_where_they_stand() {
        let script = script(Shell::Zsh);
        let count = |function: &str| script.matches(&format!(":{function}'")).count();
        // invoke, explain, apis list, apis show, connectors show, connect, sandbox, limits; and invoke, explain, apis show.
        assert_eq!((count("_zohoctl_services"), count("_zohoctl_apis")), (8, 3), "{script}");
        assert!(script.starts_with("#compdef zohoctl\n"), "{script}");
    }
}
