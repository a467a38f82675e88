//! `zohoctl schema`: the JSON Schema of the connector language, for editors.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::config;
use crate::context::Context;
use crate::exit::Status;

const EXAMPLES: &str = "\
An editor with a YAML language server completes the words, shows what each means and marks what is wrong, in a file
that begins with

  # yaml-language-server: $schema=connector.schema.json

Examples:
  zohoctl schema --out connector.schema.json
  zohoctl schema | jq '.properties | keys'
  zohoctl schema --config --out ~/.config/zohoctl/config.schema.json";

/// The arguments of `schema`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SchemaArgs {
    /// The schema of `config.yaml`, the configuration of zohoctl, instead
    #[arg(long)]
    config: bool,

    /// The file that it goes into
    #[arg(long, value_name = "FILE|-")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &SchemaArgs) -> Result<Status> {
    let context = context.with_out(args.out.as_deref());
    let schema = if args.config { config::schema() } else { zoho_connector::schema::schema() };
    if context.output.wants_data() {
        context.output.value(&schema)?;
    } else {
        // For reading, also in a file or a pipe: that is where it mostly goes.
        let text = serde_json::to_string_pretty(&schema).context("cannot write the schema as JSON")?;
        context.output.reply(format!("{text}\n").as_bytes())?;
    }
    Ok(Status::Ok)
}
