//! Loading: read, shape, resolve, check, in that order.
//!
//! [`read`] is the short way for connectors that have been checked before (the built-in ones); `load` reports every
//! fault that it can see and needs the feature `check`.

#[cfg(feature = "check")]
mod checked;
#[cfg(feature = "check")]
mod traps;

use std::fmt;

use crate::compact;
use crate::connector::Connector;
use crate::definition::Definition;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::resolve::{Extent, LeftOut, ReadFile, resolve};
#[cfg(feature = "check")]
use crate::source::SyntaxFault;
use crate::source::{FileId, Origin, Route, SourceFile};

/// Why [`read`] gave no connector. `load` says it better.
#[derive(Debug, Clone)]
pub struct ReadError {
    message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

/// Reads a connector that is known to be good, without its schema and its checks.
///
/// # Errors
/// The first fault, where it is not good after all.
pub fn read(files: &[SourceFile]) -> Result<Connector, ReadError> {
    read_extent(files, Extent::Whole)
}

/// As [`read`], with no more than a call of one API needs: of the APIs that one, and those it names as far as they are in
/// these files. Where the name is unknown there is none.
///
/// # Errors
/// The first fault.
pub fn read_call(files: &[SourceFile], api: &str) -> Result<Connector, ReadError> {
    read_extent(files, Extent::Call(api))
}

/// As [`read`], of files in their compact form.
pub(crate) fn read_compact(files: &[SourceFile]) -> Result<Connector, ReadError> {
    let definitions = definitions(files, |text| serde_json::from_str(&compact::of_whole(text)))?;
    resolved(files, &definitions, Extent::Whole)
}

/// As [`read_call`], of files in their compact form, of which only what the call can come to is read.
pub(crate) fn read_compact_call(files: &[SourceFile], api: &str) -> Result<Connector, ReadError> {
    let texts: Vec<&str> = files.iter().map(|file| file.text.as_ref()).collect();
    // Where the API is not there, its lack is told of all the others.
    let whole = || texts.iter().map(|text| compact::of_whole(text)).collect();
    let cut = compact::of_call(&texts, api).unwrap_or_else(whole);
    let cut = files.iter().zip(cut).map(|(file, text)| SourceFile::new(file.path.clone(), text));
    let definitions = definitions(&cut.collect::<Vec<_>>(), |text| serde_json::from_str(text))?;
    resolved(files, &definitions, Extent::Call(api))
}

fn read_extent(files: &[SourceFile], extent: Extent<'_>) -> Result<Connector, ReadError> {
    let definitions = definitions(files, |text| serde_yaml::from_str(text))?;
    resolved(files, &definitions, extent)
}

fn definitions<E: fmt::Display>(
    files: &[SourceFile],
    read: impl Fn(&str) -> Result<Definition, E>,
) -> Result<Vec<ReadFile>, ReadError> {
    let file = |(i, file): (usize, &SourceFile)| {
        let definition = read(&file.text).map_err(|error| ReadError { message: format!("{}: {error}", file.path) })?;
        Ok(ReadFile { id: FileId(i), stem: file.stem().to_owned(), definition })
    };
    files.iter().enumerate().map(file).collect()
}

fn resolved(files: &[SourceFile], definitions: &[ReadFile], extent: Extent<'_>) -> Result<Connector, ReadError> {
    let mut faults: Vec<Diagnostic> = misnamed(files, definitions).into_iter().collect();
    let connector = resolve(definitions, &LeftOut::default(), extent, &mut faults);
    if let Some(fault) = faults.iter().find(|fault| fault.severity == Severity::Error) {
        let path = files.get(fault.place.file.0).map_or("", |file| file.path.as_str());
        return Err(ReadError { message: format!("{path}: {}", fault.message) });
    }
    connector.ok_or_else(|| ReadError { message: "no file says `connector: name`".to_owned() })
}

/// A connector that calls itself otherwise than its file or folder is called: it would be found by the one name, and be
/// known by the other.
fn misnamed(files: &[SourceFile], definitions: &[ReadFile]) -> Option<Diagnostic> {
    let service = definitions.iter().find(|file| file.definition.connector.is_some())?;
    let name = service.definition.connector.as_deref()?;
    let file = files.get(service.id.0)?;
    let found_by = file.found_by.as_deref().filter(|found_by| *found_by != name)?;
    let (what, wanted) = match file.stem() {
        stem if stem == found_by => (format!("file is called `{found_by}.yaml`"), format!("file `{name}.yaml`")),
        _ => (format!("folder is called `{found_by}`"), format!("folder `{name}`")),
    };
    let origin = Origin { file: service.id, route: Route::of(["connector"]) };
    let fault =
        Diagnostic::error(Code::InvalidName, origin, format!("the connector is called `{name}`, and its {what}"));
    Some(fault.help(format!("write `connector: {found_by}`, or call the {wanted}")))
}

/// What [`load`] gives: the connector as far as it could be read, and all faults that were seen.
#[cfg(feature = "check")]
#[derive(Debug)]
pub struct Loaded {
    /// The connector; complete only where no diagnostic is an error. None where no file says its name.
    pub connector: Option<Connector>,
    /// The faults, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Faults of a file's form, in plain words and with what to write instead.
#[cfg(feature = "check")]
pub fn syntax_faults(file: &SourceFile, faults: Vec<SyntaxFault>) -> Vec<Diagnostic> {
    let faults = traps::without_followers(&file.text, faults);
    faults.into_iter().map(|fault| traps::syntax_fault(FileId(0), &file.text, fault)).collect()
}

/// Reads a connector and reports every fault that can be seen: not YAML, not the language, not consistent.
///
/// What has a fault is left out and the rest is still looked at, without faults that merely follow.
///
/// ```
/// use zoho_connector::{SourceFile, load::load};
///
/// let yaml = "connector: shelf\nbase_url: https://shelf.{zoho}\ntitel: Shelf\n";
/// let loaded = load(&[SourceFile::new("shelf.yaml", yaml)]);
/// assert_eq!(loaded.diagnostics[0].help, ["did you mean `title`?"]);
/// ```
#[cfg(feature = "check")]
pub fn load(files: &[SourceFile]) -> Loaded {
    checked::load(files)
}
