//! What every command starts from: settings, the connectors at hand, and the ways to print.

use std::path::Path;

use anyhow::Result;
use zoho_connector::Library;

use crate::cli::GlobalArgs;
use crate::output::Output;
use crate::settings::Settings;
use crate::talk::Talk;

/// Settings, connectors and printers.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The settings.
    pub(crate) settings: Settings,
    /// The connectors at hand.
    pub(crate) library: Library,
    /// Standard error.
    pub(crate) talk: Talk,
    /// Standard output.
    pub(crate) output: Output,
}

impl Context {
    /// Puts it together. No connector is read yet.
    pub(crate) fn open(args: &GlobalArgs) -> Result<Self> {
        let settings = Settings::resolve(args)?;
        let library = Library::new(zoho_connectors::ALL);
        let library = settings.connector_folders.iter().fold(library, |library, folder| library.with_folder(folder));
        let talk = Talk { quiet: settings.quiet };
        let output = Output::new(args.output, &args.fields, args.jq.as_deref(), talk)?;
        Ok(Self { settings, library, talk, output })
    }

    /// The same, with data going into a file where one is named.
    pub(crate) fn with_out(&self, out: Option<&Path>) -> Self {
        let mut context = self.clone();
        context.output = out.into_iter().fold(context.output, Output::into_file);
        context
    }
}
