//! `zohoctl`: Zoho from a terminal.
//!
//! Standard output is data, standard error is talk. Every command reads the same way: its words are parsed
//! ([`command`]), settings are put together from flags, environment and files, the command runs, and one place turns
//! an error into words, hints and a status.
//!
//! This is the only crate that prints, reads the environment, and ends a process.
//!
//! What a status means is in [`STATUSES`].

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

mod arguments;
mod catalog;
mod cli;
mod commands;
mod config;
mod connection;
mod context;
pub mod environment;
mod exit;
mod json_file;
mod local;
mod output;
mod progress;
mod receipt;
mod rows;
mod runtime;
mod sending;
mod settings;
mod sources;
mod state;
mod style;
mod talk;
mod vault;
mod whose;

pub use commands::explain::sample::curl as curl_sample;
pub use config::schema as config_schema;
pub use exit::STATUSES;

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
