//! Documents as files in a folder of one's own: mode 0600 in 0700, written whole and put in place, one lock each.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind as IoErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::lock::Lock;
use super::{DocumentId, Documents, HeldDocument, Kind, blocking, file_name};
use crate::error::{Error, ErrorKind};
use crate::token_store::Pending;

/// The ending of a document's file: the format of its contents.
const ENDING: &str = ".age";
/// The largest document that is read; a real one has two thousand bytes.
const LARGEST: u64 = 1024 * 1024;

/// A folder of documents.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: Arc<Path>,
}

impl Folder {
    /// The documents in a folder, which need not exist yet.
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into().into() }
    }

    fn file_of(&self, id: &DocumentId) -> Result<PathBuf, Error> {
        Ok(self.path.join(format!("{}{ENDING}", file_name::encode(id)?)))
    }

    fn lock_of(&self, id: &DocumentId) -> Result<PathBuf, Error> {
        Ok(self.path.join(format!("{}.lock", file_name::encode(id)?)))
    }
}

impl Documents for Folder {
    fn read<'a>(&'a self, id: &'a DocumentId) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let (folder, file) = (Arc::clone(&self.path), self.file_of(id)?);
            blocking(move || read(&folder, &file)).await
        })
    }

    fn hold<'a>(&'a self, id: &DocumentId) -> Pending<'a, Box<dyn HeldDocument + 'a>> {
        let (folder, id) = (Arc::clone(&self.path), id.clone());
        Box::pin(async move {
            let file = self.file_of(&id)?;
            blocking({
                let folder = Arc::clone(&folder);
                move || make(&folder)
            })
            .await?;
            let lock = Arc::new(Lock::take(self.lock_of(&id)?, &id.to_string()).await?);
            let bytes = blocking({
                let (folder, file) = (Arc::clone(&folder), file.clone());
                move || read(&folder, &file)
            })
            .await?;
            Ok(Box::new(HeldFile { folder, file, bytes, lock }) as Box<dyn HeldDocument>)
        })
    }

    fn names(&self, kind: Kind) -> Pending<'_, Vec<String>> {
        let folder = Arc::clone(&self.path);
        Box::pin(blocking(move || names(&folder, kind)))
    }

    fn path_of(&self, id: &DocumentId) -> String {
        self.file_of(id).map_or_else(|_| id.to_string(), |file| file.display().to_string())
    }
}

struct HeldFile {
    folder: Arc<Path>,
    file: PathBuf,
    bytes: Option<Vec<u8>>,
    lock: Arc<Lock>,
}

impl HeldDocument for HeldFile {
    fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    fn write(&mut self, bytes: Vec<u8>) -> Pending<'_, ()> {
        Box::pin(async move {
            let (folder, file, lock) = (Arc::clone(&self.folder), self.file.clone(), Arc::clone(&self.lock));
            let written = blocking(move || {
                // The lock stays until the file is written, even where nobody waits for that any more.
                let _lock = lock;
                replace(&folder, &file, &bytes)?;
                Ok(bytes)
            });
            self.bytes = Some(written.await?);
            Ok(())
        })
    }

    fn remove(&mut self) -> Pending<'_, ()> {
        Box::pin(async move {
            let (folder, file, lock) = (Arc::clone(&self.folder), self.file.clone(), Arc::clone(&self.lock));
            blocking(move || {
                gone(fs::remove_file(&file)).map_err(|error| fault(&file, "removed", &error))?;
                sync_folder(&folder).map_err(|error| fault(&folder, "written", &error))?;
                lock.discard();
                Ok(())
            })
            .await?;
            self.bytes = None;
            Ok(())
        })
    }
}

/// Makes the folder where it is lacking, and looks at it where it is there.
pub(crate) fn make(folder: &Path) -> Result<(), Error> {
    if safe(folder)? {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| fault(folder, "made", &error))
}

/// Whether the folder is there, and is the owner's alone.
///
/// # Errors
/// [`ErrorKind::Vault`] where others can get at it.
fn safe(folder: &Path) -> Result<bool, Error> {
    let metadata = match fs::symlink_metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(fault(folder, "read", &error)),
    };
    if metadata.is_symlink() {
        let message = format!("{} is a symbolic link, which the vault does not follow", folder.display());
        return Err(Error::new(ErrorKind::Vault, message).with_hint("name the folder that it leads to"));
    }
    if !metadata.is_dir() {
        let message = format!("{} is no folder, so no vault can be in it", folder.display());
        return Err(Error::new(ErrorKind::Vault, message).with_hint("choose another place for the vault"));
    }
    owners_only(folder, &metadata, "700")?;
    Ok(true)
}

/// Refuses what others than the owner can read or write.
#[cfg(unix)]
fn owners_only(path: &Path, metadata: &fs::Metadata, mode: &str) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    let shown = path.display();
    let message = format!("{shown} can be read or changed by other users of this machine, so it is not used");
    Err(Error::new(ErrorKind::Vault, message).with_hint(format!("take that away with: chmod {mode} {}", quoted(path))))
}

#[cfg(not(unix))]
fn owners_only(_path: &Path, _metadata: &fs::Metadata, _mode: &str) -> Result<(), Error> {
    Ok(())
}

/// A path for a shell.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-%+@:,".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn read(folder: &Path, file: &Path) -> Result<Option<Vec<u8>>, Error> {
    if !safe(folder)? {
        return Ok(None);
    }
    match fs::symlink_metadata(file) {
        Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(file, "read", &error)),
        Ok(metadata) if metadata.is_symlink() => {
            let message = format!("{} is a symbolic link, which the vault does not follow", file.display());
            return Err(Error::new(ErrorKind::Vault, message).with_hint("put the file itself in its place"));
        }
        Ok(_) => {}
    }
    let opened = match File::open(file) {
        // Taken away in the meantime.
        Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| fault(file, "read", &error))?,
    };
    let metadata = opened.metadata().map_err(|error| fault(file, "read", &error))?;
    owners_only(file, &metadata, "600")?;
    let mut bytes = Vec::new();
    opened.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| fault(file, "read", &error))?;
    if bytes.len() as u64 > LARGEST {
        let message = format!("{} is damaged: it is larger than a document ever is", file.display());
        return Err(Error::new(ErrorKind::Vault, message).with_hint("bring it back from a backup, or remove it"));
    }
    Ok(Some(bytes))
}

/// Writes a file whole beside its place, and puts it there: whatever happens, the old one or the new one is there.
fn replace(folder: &Path, file: &Path, bytes: &[u8]) -> Result<(), Error> {
    make(folder)?;
    let beside = file.with_extension("new");
    let written = write_new(&beside, bytes).and_then(|()| fs::rename(&beside, file)).and_then(|()| sync_folder(folder));
    written.map_err(|error| {
        // Half a file takes the space that may be lacking; where it cannot be removed either, the next write does it.
        drop(fs::remove_file(&beside));
        fault(file, "written", &error)
    })
}

/// A file that was not there before, so that no link is followed; what a killed process left there is removed.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    gone(fs::remove_file(path))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The name of a file is safe on disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The result of a removal, where what is not there is as good as removed.
fn gone(removed: std::io::Result<()>) -> std::io::Result<()> {
    match removed {
        Err(error) if error.kind() == IoErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn names(folder: &Path, kind: Kind) -> Result<Vec<String>, Error> {
    if !safe(folder)? {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| fault(folder, "read", &error))? {
        let file = entry.map_err(|error| fault(folder, "read", &error))?.file_name();
        let name = file.to_str().and_then(|file| file.strip_suffix(ENDING));
        names.extend(name.and_then(|name| file_name::decode(kind, name)));
    }
    names.sort_unstable();
    Ok(names)
}

/// What the system said about a file, with what to do.
pub(crate) fn fault(path: &Path, what: &str, error: &std::io::Error) -> Error {
    let hint = match error.kind() {
        IoErrorKind::StorageFull | IoErrorKind::QuotaExceeded | IoErrorKind::FileTooLarge => {
            "make room on the disk; what was kept before is still there"
        }
        IoErrorKind::ReadOnlyFilesystem => "choose a place for the vault on a disk that can be written",
        IoErrorKind::PermissionDenied => "give the folder to the user who runs this, or choose another place",
        _ => "see to the disk, or choose another place for the vault; nothing was changed",
    };
    Error::new(ErrorKind::Io, format!("{} cannot be {what}: {error}", path.display())).with_hint(hint)
}
