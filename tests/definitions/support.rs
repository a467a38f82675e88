//! Connectors to test with: those of the project, and those that a test writes.

use std::path::{Path, PathBuf};

use zoho_connector::SourceFile;
use zoho_connector::diagnostic::render::{Paint, render};
use zoho_connector::library::files_of;
use zoho_connector::load::{Loaded, load};

/// A connector of the project: its name and its files.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) files: Vec<SourceFile>,
}

/// All connectors of the project.
pub(crate) fn connectors() -> Vec<Named> {
    let root = root().join("connectors");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.join("connector.yaml").is_file() || path.extension().is_some_and(|ending| ending == "yaml")
    });
    paths.sort();
    let named = |path: &PathBuf| Named { name: stem(path), files: read(path) };
    let found: Vec<Named> = paths.iter().map(named).collect();
    assert!(found.len() >= 3, "the connectors have been found");
    found
}

/// The files of the folder `bad`, each a connector with mistakes.
pub(crate) fn bad() -> Vec<Named> {
    let folder = root().join("tests/definitions/bad");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    let text = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    paths.iter().map(|path| Named { name: stem(path), files: files(&stem(path), &text(path)) }).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The files of a connector, with paths that are the same on every machine.
fn read(path: &Path) -> Vec<SourceFile> {
    let mut files = files_of(path).unwrap();
    for file in &mut files {
        file.path = file.path.rsplit("connectors/").next().unwrap().to_owned();
    }
    files
}

/// One text as the files of a connector: a line `# file: name.yaml` begins another one.
pub(crate) fn files(name: &str, text: &str) -> Vec<SourceFile> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("# file: ") {
            Some(path) => files.push((format!("{name}/{}", path.trim()), String::new())),
            None if files.is_empty() => files.push((format!("{name}.yaml"), line.to_owned())),
            None => files.last_mut().unwrap().1.push_str(line),
        }
    }
    files.into_iter().map(|(path, text)| SourceFile::new(path, text)).collect()
}

/// The service's words of a small connector, for tests that write the rest.
pub(crate) const SHELF: &str = "\
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api/v1
scope_prefix: [ZohoShelf]
responses: { records: data }
";

/// A connector that is the text behind [`SHELF`].
pub(crate) fn shelf(rest: &str) -> (Vec<SourceFile>, Loaded) {
    let files = files("shelf", &format!("{SHELF}{rest}"));
    let loaded = load(&files);
    (files, loaded)
}

/// The codes of a connector's diagnostics, in their order.
pub(crate) fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

/// The diagnostics as people see them.
pub(crate) fn rendered(files: &[SourceFile], loaded: &Loaded) -> String {
    render(files, &loaded.diagnostics, Paint::Plain)
}
