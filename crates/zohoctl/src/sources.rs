//! Connectors as people name them: the name of one at hand, a file, a folder, a folder of connectors, or standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use zoho_connector::library::{LibraryError, Sources, files_of};
use zoho_connector::{Library, SourceFile};

use crate::context::Context;
use crate::exit::Problem;

/// Whether a word is a path and not a name.
pub(crate) fn looks_like_path(word: &str) -> bool {
    word.contains(['/', '\\']) || word.ends_with(".yaml") || word.ends_with(".yml") || word == "."
}

/// The connectors that a word names: one at hand, or those at a path.
pub(crate) fn named(context: &Context, word: &str) -> Result<Vec<Sources>> {
    let path = Path::new(word);
    match context.library.sources(word) {
        Ok(sources) if !looks_like_path(word) => Ok(vec![sources]),
        Err(LibraryError::Unknown { .. }) if looks_like_path(word) || path.exists() => at_path(path),
        Ok(_) => at_path(path),
        Err(error) => Err(error.into()),
    }
}

/// The one connector that a word names; `-` is a file on standard input.
pub(crate) fn one(context: &Context, word: &str) -> Result<Sources> {
    if word == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read the connector from standard input")?;
        return Ok(Sources {
            name: word.to_owned(),
            files: vec![SourceFile::new("stdin.yaml", text)],
            built_in: false,
        });
    }
    let mut all = named(context, word)?;
    if all.len() == 1 {
        return Ok(all.swap_remove(0));
    }
    let names: Vec<&str> = all.iter().map(|sources| sources.name.as_str()).collect();
    Err(Problem::usage(format!("{word} holds several connectors: say which")).details([names.join(" ")]).into())
}

/// The connector at a path, or the connectors in a folder of connectors. The file of a group stands for its connector.
pub(crate) fn at_path(path: &Path) -> Result<Vec<Sources>> {
    let above = path.parent().filter(|above| path.is_file() && above.join("connector.yaml").is_file());
    let path = match above {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        above => above.unwrap_or(path),
    };
    let folder_of_connectors = path.is_dir() && !path.join("connector.yaml").is_file();
    if !folder_of_connectors {
        let name = SourceFile::new(path.display().to_string(), "").stem().to_owned();
        return Ok(vec![Sources { name, files: files_of(path)?, built_in: false }]);
    }
    let library = Library::new(&[]).with_folder(PathBuf::from(path));
    let names = library.names();
    if names.is_empty() {
        let problem = Problem::usage(format!("{} holds no connector", path.display()));
        return Err(problem.hint("a connector is a file NAME.yaml, or a folder with a connector.yaml").into());
    }
    names.iter().map(|name| Ok(library.sources(name)?)).collect()
}
