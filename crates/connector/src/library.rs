//! All connectors at hand: the built-in ones, and folders of the user beside or over them.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::connector::{Connector, group_of};
use crate::load::{ReadError, read, read_call, read_compact, read_compact_call};
use crate::source::SourceFile;
use crate::suggest::nearest;

/// The files of one built-in connector, as text in the program.
#[derive(Debug, Clone, Copy)]
pub struct Files {
    /// The connector's name.
    pub name: &'static str,
    /// Path (as shown) and text of each file, the service's own first.
    pub files: &'static [(&'static str, &'static str)],
    /// The compact form of each file, in the same order, which is read in their place; or none of any.
    pub compact: &'static [&'static str],
}

/// All connectors at hand.
#[derive(Debug, Clone, Default)]
pub struct Library {
    built_in: &'static [Files],
    folders: Vec<PathBuf>,
}

/// The files of a connector, and where they come from.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The connector's name.
    pub name: String,
    /// The files, the service's own first.
    pub files: Vec<SourceFile>,
    /// Whether they came with the program.
    pub built_in: bool,
}

/// Why there is no connector.
#[derive(Debug)]
#[non_exhaustive]
pub enum LibraryError {
    /// No connector has this name.
    Unknown {
        /// The name.
        name: String,
        /// The nearest names there are.
        near: Vec<String>,
    },
    /// A file could not be read.
    Io(PathBuf, io::Error),
    /// It is broken.
    Broken {
        /// Its name.
        name: String,
        /// What is wrong.
        error: ReadError,
    },
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, .. } => write!(f, "no connector is called `{name}`"),
            Self::Io(path, _) => write!(f, "cannot read {}", path.display()),
            Self::Broken { name, error } => write!(f, "the connector `{name}` is broken: {error}"),
        }
    }
}

impl std::error::Error for LibraryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, error) => Some(error),
            _ => None,
        }
    }
}

impl Library {
    /// A library of built-in connectors.
    pub fn new(built_in: &'static [Files]) -> Self {
        Self { built_in, folders: Vec::new() }
    }

    /// The same library with a folder of connectors over it: each entry is a file or a folder of files.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// The names of all connectors, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.built_in.iter().map(|files| files.name.to_owned()).collect();
        for folder in &self.folders {
            names.extend(connectors_in(folder).into_iter().map(|(name, _)| name));
        }
        names.sort();
        names.dedup();
        names
    }

    /// The files of a connector: the user's, or else the built-in ones.
    ///
    /// # Errors
    /// [`LibraryError::Unknown`] with the nearest names, or [`LibraryError::Io`].
    pub fn sources(&self, name: &str) -> Result<Sources, LibraryError> {
        for folder in self.folders.iter().rev() {
            if let Some((_, path)) = connectors_in(folder).into_iter().find(|(found, _)| found == name) {
                let mut files = files_of(&path)?;
                files.iter_mut().for_each(|file| file.found_by = Some(name.to_owned()));
                return Ok(Sources { name: name.to_owned(), files, built_in: false });
            }
        }
        match self.built_in.iter().find(|files| files.name == name) {
            Some(found) => Ok(Sources {
                name: name.to_owned(),
                files: found.files.iter().map(static_file).collect(),
                built_in: true,
            }),
            None => Err(self.unknown(name)),
        }
    }

    /// A whole connector.
    ///
    /// # Errors
    /// As [`Library::sources`], and [`LibraryError::Broken`].
    pub fn connector(&self, name: &str) -> Result<Connector, LibraryError> {
        if let Some(built_in) = self.built_in_of(name).filter(|files| !files.compact.is_empty()) {
            return read_compact(&built_in.compact_files()).map_err(|error| broken(name, error));
        }
        let sources = self.sources(name)?;
        read(&sources.files).map_err(|error| broken(name, error))
    }

    /// What one call needs of a connector: the service, the API, and the APIs that it names as far as they are in the
    /// same file. Of a connector of several files only the service's and the group's are read. Where the API is unknown it
    /// is not there.
    ///
    /// # Errors
    /// As [`Library::connector`].
    pub fn connector_for(&self, name: &str, api: &str) -> Result<Connector, LibraryError> {
        let group = group_of(api);
        if let Some(built_in) = self.built_in_of(name).filter(|files| !files.compact.is_empty()) {
            let files = of_call(built_in.compact_files(), group);
            return read_compact_call(&files, api).map_err(|error| broken(name, error));
        }
        let files = of_call(self.sources(name)?.files, group);
        read_call(&files, api).map_err(|error| broken(name, error))
    }

    /// The built-in connector of a name, where no folder has one in its place.
    fn built_in_of(&self, name: &str) -> Option<&'static Files> {
        let is_replaced = || {
            let mut folders = self.folders.iter();
            folders.any(|folder| connectors_in(folder).iter().any(|(found, _)| found == name))
        };
        self.built_in.iter().find(|files| files.name == name).filter(|_| !is_replaced())
    }

    fn unknown(&self, name: &str) -> LibraryError {
        let names = self.names();
        let near = nearest(name, names.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
        LibraryError::Unknown { name: name.to_owned(), near }
    }
}

impl Files {
    /// Its compact files, under the paths of those that they were made from.
    fn compact_files(&self) -> Vec<SourceFile> {
        let paths = self.files.iter().map(|(path, _)| path);
        let files = paths.zip(self.compact);
        files.map(|(path, text)| SourceFile::new(*path, Cow::Borrowed(*text))).collect()
    }
}

fn broken(name: &str, error: ReadError) -> LibraryError {
    LibraryError::Broken { name: name.to_owned(), error }
}

/// The files that have what an API of a group may need: the service's, which comes first, and the group's. All of them where
/// the group has none of its own.
fn of_call(mut files: Vec<SourceFile>, group: &str) -> Vec<SourceFile> {
    if files.iter().skip(1).any(|file| file.stem() == group) {
        let mut at = 0..;
        files.retain(|file| at.next() == Some(0) || [group, "connector"].contains(&file.owner()));
    }
    files
}

fn static_file((path, text): &(&'static str, &'static str)) -> SourceFile {
    SourceFile::new(*path, Cow::Borrowed(*text))
}

/// The connectors in a folder: files ending in `.yaml`, and folders with a `connector.yaml`.
fn connectors_in(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.path();
            let is_connector = if path.is_dir() { path.join("connector.yaml").is_file() } else { is_yaml(&path) };
            let name = path.file_stem()?.to_str()?.to_owned();
            is_connector.then_some((name, path))
        })
        .collect();
    found.sort();
    found
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
}

/// The files of the connector at a path: the file itself, or those of the folder, `connector.yaml` first.
///
/// # Errors
/// [`LibraryError::Io`] where a file cannot be read.
pub fn files_of(path: &Path) -> Result<Vec<SourceFile>, LibraryError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |error| LibraryError::Io(path, error)
    };
    let mut paths = Vec::new();
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(io(path))? {
            let entry = entry.map_err(io(path))?.path();
            if entry.is_file() && is_yaml(&entry) {
                paths.push(entry);
            }
        }
        paths.sort_by_key(|path| (path.file_stem().is_some_and(|stem| stem != "connector"), path.clone()));
    } else {
        paths.push(path.to_owned());
    }
    paths
        .into_iter()
        .map(|path| {
            // As people name it: a file of this folder by its name alone.
            let shown = path.strip_prefix(".").unwrap_or(&path).display().to_string();
            Ok(SourceFile::new(shown, std::fs::read_to_string(&path).map_err(io(&path))?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [(&str, &str); 5] = [
        ("shelf/connector.yaml", "connector: shelf\ntitle: Zoho Shelf\nbase_url: https://shelf.{zoho}\n"),
        ("shelf/books.yaml", "apis:\n  books.get: { get: '/books/{id}', returns: Book }\n"),
        ("shelf/books-types.yaml", "types:\n  Book: { id!: id, by: Person }\n"),
        ("shelf/connector-types.yaml", "types:\n  Person: { name: string }\n"),
        ("shelf/films-types.yaml", "types:\n  Film: { by: Person }\n"),
    ];

    #[test]
    fn a_call_reads_all_files_of_its_service_and_of_its_group_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("shelf")).unwrap();
        for (path, text) in FILES {
            std::fs::write(folder.path().join(path), text).unwrap();
        }
        let library = Library::default().with_folder(folder.path());
        let connector = library.connector_for("shelf", "books.get").unwrap();
        assert_eq!(connector.types.keys().collect::<Vec<_>>(), ["Book", "Person"]);
        assert_eq!(library.connector("shelf").unwrap().types.len(), 3);
    }

    #[test]
    fn a_connector_that_calls_itself_otherwise_than_its_file_or_folder_is_broken() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("cupboard")).unwrap();
        for (path, text) in [("cupboard/connector.yaml", FILES[0].1), ("chest.yaml", FILES[0].1)] {
            std::fs::write(folder.path().join(path), text).unwrap();
        }
        let library = Library::default().with_folder(folder.path());
        for (name, words) in [
            ("cupboard", "the connector is called `shelf`, and its folder is called `cupboard`"),
            ("chest", "the connector is called `shelf`, and its file is called `chest.yaml`"),
        ] {
            for found in [library.connector(name), library.connector_for(name, "books.get")] {
                assert!(found.unwrap_err().to_string().ends_with(words));
            }
            // A file by itself may be called as one likes.
            let path = if name == "chest" { "chest.yaml" } else { "cupboard" };
            assert_eq!(read(&files_of(&folder.path().join(path)).unwrap()).unwrap().name, "shelf");
        }
    }

    #[cfg(feature = "check")]
    #[test]
    fn what_to_call_a_connector_is_said_at_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("chest.yaml"), FILES[0].1).unwrap();
        let files = Library::default().with_folder(folder.path()).sources("chest").unwrap().files;
        let faults = crate::load::load(&files).diagnostics;
        let [fault] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!(fault.code.as_str(), "invalid-name");
        assert_eq!(fault.place.spot, crate::diagnostic::Spot::Value(crate::Route::of(["connector"])));
        assert_eq!(fault.help, ["write `connector: chest`, or call the file `shelf.yaml`"]);
    }
}
