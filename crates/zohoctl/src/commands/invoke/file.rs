//! Downloads: into a file, into a folder under the service's name for it, or to standard output.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use serde_json::json;
use zoho_core::{Client, Download, Invocation};

use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::heard;
use crate::output::place::Place;
use crate::progress::Progress;
use crate::runtime;

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
        keep(context, &mut download, out).await
    })
    .await?;
    Ok(Status::Ok)
}

/// Writes a file to where it goes; to standard output where nothing is named.
pub(super) async fn keep(context: &Context, download: &mut Download, out: Option<&Path>) -> Result<()> {
    match out {
        Some(out) if out != Path::new("-") => into_file(context, download, out).await,
        _ => {
            let mut stdout = io::stdout();
            copy(context, download, |chunk| heard(stdout.write_all(chunk))).await?;
            heard(stdout.flush())
        }
    }
}

async fn into_file(context: &Context, download: &mut Download, out: &Path) -> Result<()> {
    let place = Place::within(out, download.file_name.as_deref())?;
    let mut file = place.open()?;
    let size = copy(context, download, |chunk| Ok(file.write_all(chunk)?)).await?;
    place.keep(file)?;
    let path = place.path().display().to_string();
    context.talk.say(format!("saved {path} ({size} bytes)"));
    if context.output.is_raw() {
        return Ok(());
    }
    context.output.value(&json!({ "path": path, "size": size, "content_type": download.content_type }))
}

/// Copies the pieces as they come, and gives their number of bytes.
async fn copy(context: &Context, download: &mut Download, mut write: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let mut progress = Progress::new(context.talk.quiet, false);
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
