//! `zohoctl`: Zoho from a terminal.
//!
//! Standard output is data, standard error is talk. Every command reads the same way: its words are parsed
//! ([`command`]), settings are put together from flags, environment and files, the command runs, and one place turns
//! an error into words, hints and a status.
//!
//! This is the only crate that prints, reads the environment, and ends a process.
//!
//! | status | meaning |
//! | --- | --- |
//! | 0 | it worked |
//! | 1 | it did not; or some records of a bulk write were refused, or a connector has faults |
//! | 2 | the command line is wrong; nothing was sent |
//! | 3 | a sign-in is needed, or the token may not do this |
//! | 4 | there is no such thing |
//! | 5 | a limit is reached or the service does not answer: try later |
//! | 130 | ended by Ctrl-C |

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

mod arguments;
mod cli;
mod commands;
mod connection;
mod context;
mod describe;
pub mod environment;
mod exit;
mod output;
mod progress;
mod runtime;
mod settings;
mod style;
mod talk;

/// The tree of commands, for documentation and completions.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// Parses the process's arguments, runs the command, and gives the status to end with.
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::parse_error(&error),
    };
    cli.global.color.write_global();
    match cli.run() {
        Ok(status) => status.into(),
        Err(error) => exit::report(&error).into(),
    }
}
