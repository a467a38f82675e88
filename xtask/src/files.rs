//! The files of the working tree, as text.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A text file of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextFile {
    /// Its path from the root, with `/` between the parts.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

impl TextFile {
    /// The ending of its name: `rs`.
    pub(crate) fn ending(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// Its name without folder.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Hidden folders that belong to the project. Others are an editor's, or version control's.
const HIDDEN: [&str; 3] = [".cargo", ".ci", ".config"];

/// The root of the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map(Path::to_owned).context("the package `xtask` has no folder above it")
}

/// All text files below the root, sorted; what cargo builds and what insta has not been told about is left out.
pub(crate) fn tree(root: &Path) -> Result<Vec<TextFile>> {
    let mut files = Vec::new();
    collect(root, root, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read the folder {}", folder.display()))?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let kind = entry.file_type().with_context(|| format!("cannot read {}", path.display()))?;
        if kind.is_dir() {
            if name != "target" && (!name.starts_with('.') || HIDDEN.contains(&name.as_str())) {
                collect(root, &path, files)?;
            }
        } else if kind.is_file() && !name.ends_with(".snap.new") && !name.ends_with(".pending-snap") {
            files.extend(read(root, &path)?);
        }
    }
    Ok(())
}

/// The file as text; nothing where it is none.
fn read(root: &Path, path: &Path) -> Result<Option<TextFile>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8(bytes).ok().map(|text| TextFile { path: relative(root, path), text }))
}

/// A path from the root, with `/` between the parts on every system.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
