//! Small files of JSON that the command keeps for itself.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

/// Writes a value whole beside the file and puts it in its place, so that whoever reads, or a crash, finds the old one or
/// the new one. The folder is made where it is lacking.
pub(crate) fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut beside, value)?;
    beside.write_all(b"\n")?;
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}
