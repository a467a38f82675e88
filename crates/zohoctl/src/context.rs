//! What every command starts from: settings, the connectors at hand, and the ways to print.

use anyhow::Result;
use zoho_connector::Library;

use crate::cli::GlobalArgs;
use crate::output::Output;
use crate::settings::Settings;
use crate::talk::Talk;

/// Settings, connectors and printers.
#[derive(Debug)]
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
        let output = Output { format: args.output, fields: args.fields.clone(), talk };
        Ok(Self { settings, library, talk, output })
    }
}
