//! A lock that all processes of a machine see: a file that one of them has locked.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::folder::fault;
use crate::error::{Error, ErrorKind};

/// The first pause before a lock is tried again, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(25));
/// How long somebody else may have it. A refresh takes seconds at worst.
const PATIENCE: Duration = Duration::from_secs(180);

/// A locked file. The system unlocks it when this is dropped, or when the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes the lock, and waits for it where somebody else has it. Trying again and again instead of waiting in the
    /// system leaves no thread behind when nobody wants the lock any more.
    pub(crate) async fn take(path: PathBuf, what: &str) -> Result<Self, Error> {
        let begun = Instant::now();
        let mut pause = PAUSES.0;
        loop {
            if let Some(file) = attempt(&path).map_err(|error| fault(&path, "locked", &error))? {
                return Ok(Self { path, _file: file });
            }
            if begun.elapsed() > PATIENCE {
                let message = format!("another process has held the {what} for {} s", PATIENCE.as_secs());
                return Err(
                    Error::new(ErrorKind::Io, message).with_hint(format!("see which one holds {}", path.display()))
                );
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Takes the file away with what it was for. Who waits for it notices, and takes the one that comes after it.
    pub(crate) fn discard(&self) {
        // Where it stays, it is empty and in nobody's way.
        drop(fs::remove_file(&self.path));
    }
}

/// The locked file, or nothing where somebody else has it.
fn attempt(path: &PathBuf) -> std::io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) if is_still(&file, path) => Ok(Some(file)),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a file is still the one under its name: somebody may have removed it between opening and locking.
#[cfg(unix)]
fn is_still(file: &File, path: &PathBuf) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(held), Ok(named)) => identity(held) == identity(named),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still(_file: &File, _path: &PathBuf) -> bool {
    // A file that is open is not removed here.
    true
}
