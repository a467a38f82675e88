//! Where a file goes. It is written beside its place under a temporary name and moved there when it is whole, so that a
//! run that fails leaves nothing behind and what was there stays.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

use crate::exit::Problem;

/// The name of a file that the service does not name.
const NAMELESS: &str = "download";

/// A folder, and the name of a file in it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    folder: PathBuf,
    name: PathBuf,
    /// Whether a file that is there already gives way: only where it was named.
    replaces: bool,
}

impl Place {
    /// The place of a file that was named. A link leads to the file that it names.
    pub(crate) fn named(out: &Path) -> Result<Self> {
        if is_folder(out) {
            let problem = Problem::usage(format!("{} is a folder", out.display()));
            return Err(problem.hint("name the file, as --out tickets.jsonl").into());
        }
        let linked = out.is_symlink().then(|| out.canonicalize().ok()).flatten();
        let out = linked.as_deref().unwrap_or(out);
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name =
            out.file_name().ok_or_else(|| Problem::usage(format!("{} is no place for a file", out.display())))?;
        Ok(Self { folder: parent.to_owned(), name: name.into(), replaces: true })
    }

    /// The place of a file that the service may name, which the engine has made safe: a folder gets it under that name,
    /// anything else is the file.
    pub(crate) fn within(out: &Path, name: Option<&str>) -> Result<Self> {
        if !is_folder(out) {
            return Self::named(out);
        }
        std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
        Ok(Self { folder: out.to_owned(), name: name.unwrap_or(NAMELESS).into(), replaces: false })
    }

    /// The file's path.
    pub(crate) fn path(&self) -> PathBuf {
        if self.folder == Path::new(".") { self.name.clone() } else { self.folder.join(&self.name) }
    }

    /// A file beside the place, with the rights of the one that is there, or else those that any new file of the
    /// person's has.
    pub(crate) fn open(&self) -> Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".zohoctl-");
        if let Some(permissions) = permissions(std::fs::metadata(self.path()).ok().as_ref()) {
            builder.permissions(permissions);
        }
        builder.tempfile_in(&self.folder).with_context(|| format!("cannot write into {}", self.folder.display()))
    }

    /// The path of a hidden file beside the place that belongs to it.
    pub(crate) fn beside(&self, what: &str) -> PathBuf {
        let mut name = std::ffi::OsString::from(".");
        name.push(&self.name);
        name.push(format!(".zohoctl-{what}"));
        self.folder.join(name)
    }

    /// Moves a whole file from beside the place to it, with the rights of the one that is there.
    pub(crate) fn take(&self, from: &Path) -> Result<()> {
        let path = self.path();
        let moved = || {
            if let Some(old) = std::fs::metadata(&path).ok().filter(|old| !old.permissions().readonly()) {
                std::fs::set_permissions(from, old.permissions())?;
            }
            std::fs::rename(from, &path)
        };
        moved().with_context(|| format!("cannot write {}", path.display()))
    }

    /// Moves a whole file to the place.
    pub(crate) fn keep(&self, file: NamedTempFile) -> Result<()> {
        let path = self.path();
        let kept = if self.replaces { file.persist(&path) } else { file.persist_noclobber(&path) };
        match kept {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                let problem = Problem::usage(format!("{} is there already", path.display()));
                Err(problem.hint(format!("--out {} replaces it", path.display())).into())
            }
            Err(error) => Err(error.error).with_context(|| format!("cannot write {}", path.display())),
        }
    }
}

/// Whether a path is a folder, into which a file goes under the service's name for it.
pub(crate) fn is_folder(out: &Path) -> bool {
    out.is_dir() || out.as_os_str().to_string_lossy().ends_with(['/', '\\'])
}

/// What a file is made with: a temporary one would be its owner's alone.
#[cfg(unix)]
fn permissions(old: Option<&Metadata>) -> Option<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let mode = old.map_or(0o666, |old| old.permissions().mode() & 0o777);
    Some(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn permissions(_old: Option<&Metadata>) -> Option<std::fs::Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_folder_takes_the_services_name_and_keeps_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let write = |out: &Path, name: Option<&str>| {
            let place = Place::within(out, name).unwrap();
            let mut file = place.open().unwrap();
            file.write_all(b"new").unwrap();
            place.keep(file)
        };
        write(folder.path(), Some("a.pdf")).unwrap();
        assert_eq!(std::fs::read(folder.path().join("a.pdf")).unwrap(), b"new");
        assert!(write(folder.path(), Some("a.pdf")).unwrap_err().to_string().ends_with("a.pdf is there already"));
        write(&folder.path().join("a.pdf"), Some("ignored")).unwrap();
        write(folder.path(), None).unwrap();
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a.pdf", "download"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_keeps_its_rights_and_its_link() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real"), folder.path().join("link"));
        std::fs::write(&file, "old").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let place = Place::named(&link).unwrap();
        let mut new = place.open().unwrap();
        new.write_all(b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"old");
        place.keep(new).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
