//! Downloads: into a file, into a folder under the service's name for it, or to standard output. A file is written
//! beside its place under a temporary name and moved there when it is whole.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::json;
use tempfile::NamedTempFile;
use zoho_core::{Client, Download, Invocation};

use crate::context::Context;
use crate::exit::Problem;
use crate::exit::Status;
use crate::output::heard;
use crate::progress::Progress;
use crate::runtime;

/// The name of a file that the service does not name.
const NAMELESS: &str = "download";

/// Downloads the file that an invocation gives.
pub(super) async fn save(
    context: &Context,
    client: &Client,
    invocation: &Invocation,
    out: Option<&Path>,
) -> Result<Status> {
    let to_stdout = out.map_or(!io::stdout().is_terminal(), |out| out == Path::new("-"));
    if out.is_none() && !to_stdout {
        let problem = Problem::usage(format!("{} gives a file: say where it goes", invocation.api().name));
        return Err(problem.hint("--out FILE, --out . for this folder, or --out - for standard output").into());
    }
    runtime::interruptible_any(async {
        let mut download = client.download(invocation).await?;
        match out {
            Some(out) if !to_stdout => into_file(context, &mut download, out).await,
            _ => {
                let mut stdout = io::stdout();
                copy(context, &mut download, |chunk| heard(stdout.write_all(chunk))).await?;
                heard(stdout.flush())
            }
        }
    })
    .await?;
    Ok(Status::Ok)
}

async fn into_file(context: &Context, download: &mut Download, out: &Path) -> Result<()> {
    let place = Place::of(out, download.file_name.as_deref())?;
    let mut file = temporary(&place.folder).with_context(|| format!("cannot write into {}", place.folder.display()))?;
    let size = copy(context, download, |chunk| Ok(file.write_all(chunk)?)).await?;
    let path = place.folder.join(&place.name);
    place.keep(file)?;
    context.talk.say(format!("saved {} ({size} bytes)", path.display()));
    context
        .output
        .value(&json!({ "path": path.display().to_string(), "size": size, "content_type": download.content_type }))
}

/// Copies the pieces as they come, and gives their number of bytes.
async fn copy(context: &Context, download: &mut Download, mut write: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let mut progress = Progress::new(context.talk.quiet);
    let mut size = 0;
    while let Some(chunk) = download.chunk().await? {
        write(&chunk)?;
        size += chunk.len() as u64;
        progress.show(|| match download.length {
            Some(length) => format!("{size} of {length} bytes"),
            None => format!("{size} bytes"),
        });
    }
    Ok(size)
}

/// Where a file goes.
struct Place {
    folder: PathBuf,
    name: PathBuf,
    /// Whether a file that is there already gives way: only where it was named.
    replaces: bool,
}

impl Place {
    /// A folder gets the service's name for the file, which the engine has made safe; anything else is the file.
    fn of(out: &Path, name: Option<&str>) -> Result<Self> {
        let is_folder = out.is_dir() || out.as_os_str().to_string_lossy().ends_with(['/', '\\']);
        if is_folder {
            std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {}", out.display()))?;
            return Ok(Self { folder: out.to_owned(), name: name.unwrap_or(NAMELESS).into(), replaces: false });
        }
        let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name =
            out.file_name().ok_or_else(|| Problem::usage(format!("{} is no place for a file", out.display())))?;
        Ok(Self { folder: parent.to_owned(), name: name.into(), replaces: true })
    }

    fn keep(self, file: NamedTempFile) -> Result<()> {
        let path = self.folder.join(&self.name);
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

/// A temporary file with the rights that any new file of the person's has.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".zohoctl-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_the_services_name_and_keeps_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let write = |out: &Path, name: Option<&str>| {
            let place = Place::of(out, name).unwrap();
            let mut file = temporary(&place.folder).unwrap();
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
}
