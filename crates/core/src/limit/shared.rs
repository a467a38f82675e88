//! What several processes of a machine know of limits: a small file that one of them has locked at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::table::Table;
use crate::error::{Error, ErrorKind};

/// The name of the file.
const FILE: &str = "limits.json";
/// The form of the file. One of another form is begun anew.
const FORM: u64 = 1;
/// The pause before a lock is tried again.
const PAUSE: Duration = Duration::from_millis(1);
/// How long another process may have the file. It needs some microseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The file.
#[derive(Debug, Clone)]
pub(super) struct LimitsFile {
    folder: PathBuf,
}

#[derive(Serialize)]
struct Written<'a> {
    form: u64,
    #[serde(flatten)]
    table: &'a Table,
}

#[derive(Deserialize)]
struct Found {
    form: u64,
    #[serde(flatten)]
    table: Table,
}

impl LimitsFile {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Changes what is in the file while nobody else can.
    pub(super) fn change<T>(&self, now: u64, change: impl FnOnce(&mut Table) -> T) -> Result<T, Error> {
        self.locked(|file| {
            let before = read(file)?;
            let mut table = parsed(&before);
            let result = change(&mut table);
            table.forget(now);
            let after = serde_json::to_vec(&Written { form: FORM, table: &table })?;
            if after != before {
                file.rewind()?;
                file.write_all(&after)?;
                file.set_len(after.len() as u64)?;
            }
            Ok(result)
        })
    }

    /// What is in the file; nothing where there is none.
    pub(super) fn read(&self) -> Result<Table, Error> {
        if !self.path().exists() {
            return Ok(Table::default());
        }
        self.locked(|file| Ok(parsed(&read(file)?)))
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    fn locked<T>(&self, work: impl FnOnce(&mut File) -> std::io::Result<T>) -> Result<T, Error> {
        self.open().and_then(|mut file| work(&mut file)).map_err(|error| {
            let message = format!("what is known of limits cannot be kept in {}: {error}", self.path().display());
            Error::new(ErrorKind::Io, message)
        })
    }

    /// The file, locked. The system unlocks it when it is closed, or when the process dies.
    fn open(&self) -> std::io::Result<File> {
        fs::create_dir_all(&self.folder)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.path())?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if begun.elapsed() > PATIENCE => {
                    return Err(std::io::Error::other("another process does not let go of it"));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
    }
}

fn read(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the bytes say. A file that was cut short, or is of another form, is as good as none.
fn parsed(bytes: &[u8]) -> Table {
    let found = serde_json::from_slice::<Found>(bytes).ok().filter(|found| found.form == FORM);
    found.map(|found| found.table).unwrap_or_default()
}
