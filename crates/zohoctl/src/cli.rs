//! The tree of commands. Each command's own arguments live with it in `commands`.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::{
    apis, attempt, bindings, completions, connect, connections, connectors, doctor, explain, fmt, invoke, jobs, limits,
    new, register, retry, sandbox, schema, vault,
};
use crate::context::Context;
use crate::exit::Status;
use crate::output::Format;

const EXAMPLES: &str = "\
Examples:
  zohoctl invoke desk tickets.list --sandbox --limit 5   five tickets, without an account
  zohoctl connect desk --data-center eu                  sign in
  zohoctl invoke desk tickets.list --all status=Open     every open ticket, a line each when piped
  zohoctl apis search attachment                         which service has an API for it

`zohoctl COMMAND --help` has each command's own examples.";

/// Zoho from a terminal: sign in, find an API, invoke it.
#[derive(Debug, Parser)]
#[command(name = "zohoctl", bin_name = "zohoctl", version, about, after_help = EXAMPLES, styles = crate::style::help())]
#[command(max_term_width = 110)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,

    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct GlobalArgs {
    /// How to print data: json, jsonl, table, csv, or raw: the body as it came
    #[arg(long, global = true, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    pub(crate) output: Option<Format>,

    /// Print these members only, in this order; dots reach in
    #[arg(long, global = true, value_delimiter = ',', value_name = "A,B.C", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) fields: Vec<String>,

    /// Print what a jq expression makes of each record; raw prints bare texts
    #[arg(long, global = true, value_name = "EXPR")]
    pub(crate) jq: Option<String>,

    /// A folder of connectors, over the built-in ones [env: ZOHO_CONNECTORS]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) connectors: Vec<PathBuf>,

    /// When to use colours: auto, always, never
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub(crate) color: ColorWhen,

    /// Say nothing but errors on standard error
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorWhen {
    /// Makes it so for every stream of the process.
    pub(crate) fn write_global(self) {
        use anstream::ColorChoice;
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Send a call and print what comes back
    Invoke(Box<invoke::InvokeArgs>),
    /// Send again what of a bulk write failed and may pass
    Retry(retry::RetryArgs),
    /// Look at the jobs that were started: list, resume, forget
    Jobs(jobs::JobsArgs),
    /// Show the request that `invoke` would send, and where each part of it comes from
    Explain(explain::ExplainArgs),
    /// Find an API: list, search, show
    #[command(subcommand)]
    Apis(apis::ApisCommand),
    /// Look at the services: list, show, check
    #[command(subcommand)]
    Connectors(connectors::ConnectorsCommand),
    /// Say what a service allows in which time, and what is left
    Limits(limits::LimitsArgs),
    /// Register a client: a walk through Zoho's API console
    Register(register::RegisterArgs),
    /// Look at the clients that were registered: list, remove
    Clients(register::clients::ClientsArgs),
    /// Sign in to a service, or to several
    Connect(Box<connect::ConnectArgs>),
    /// Look at the sign-ins that were made
    Connections(connections::ConnectionsArgs),
    /// Say where sign-ins are kept, and move them
    Vault(vault::VaultArgs),
    /// Look at everything that a call needs, and say what is wrong
    Doctor(doctor::DoctorArgs),
    /// Run a local Zoho to test against
    Sandbox(sandbox::SandboxArgs),
    /// Write a connector to begin with, for a service that is not here
    New(new::NewArgs),
    /// Call an API of a file that is being written, and show what is made of the reply
    Try(attempt::TryArgs),
    /// Bring connectors' files into the one form
    Fmt(fmt::FmtArgs),
    /// Make typed Rust of a connector of your own
    Bindings(bindings::BindingsArgs),
    /// Write the JSON Schema of connectors, for an editor
    Schema(schema::SchemaArgs),
    /// Write the completions of a shell
    Completions(completions::CompletionsArgs),
}

impl Cli {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<Status> {
        let context = Context::open(&self.global)?;
        match self.command {
            Command::Invoke(args) => invoke::run(&context, &args),
            Command::Jobs(args) => jobs::run(&context, &args),
            Command::Retry(args) => retry::run(&context, &args),
            Command::Explain(args) => explain::run(&context, &args),
            Command::Apis(command) => apis::run(&context, &command),
            Command::Connectors(command) => connectors::run(&context, &command),
            Command::Fmt(args) => fmt::run(&context, &args),
            Command::Limits(args) => limits::run(&context, &args),
            Command::Register(args) => register::run(&context, &args),
            Command::Clients(args) => register::clients::run(&context, &args),
            Command::Connect(args) => connect::run(&context, &args),
            Command::Connections(args) => connections::run(&context, &args),
            Command::Vault(args) => vault::run(&context, &args),
            Command::Doctor(args) => doctor::run(&context, &args),
            Command::Sandbox(args) => sandbox::run(&context, &args),
            Command::New(args) => new::run(&context, &args),
            Command::Try(args) => attempt::run(&context, &args),
            Command::Schema(args) => schema::run(&context, &args),
            Command::Bindings(args) => bindings::run(&context, &args),
            Command::Completions(args) => completions::run(&context, &args),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }
}
