//! The reference pages: a page for each service, for each fault, for the command, and for the language.

mod checks;
mod command;
mod connector;
mod language;
mod markdown;
mod session;

use anyhow::Result;

pub(crate) use markdown::anchor;

use super::{GeneratedFile, Service};

/// All pages below `docs/reference/`, the contents of the book, and the picture of the README.
pub(super) fn generate(services: &[Service]) -> Result<Vec<GeneratedFile>> {
    let mut files = connector::pages(services)?;
    files.extend(checks::pages()?);
    files.push(command::page()?);
    files.push(language::page()?);
    files.push(session::picture()?);
    Ok(files)
}
