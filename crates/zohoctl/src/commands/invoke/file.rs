//! Downloads: into a file, into a folder under the service's name for it, or to standard output.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use serde_json::json;
use zoho_core::{Client, Download, Invocation};

use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::heard;
use crate::output::place::{Place, is_folder};
use crate::progress::Progress;
use crate::runtime;

use super::partial::Partial;

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
    let named = out.filter(|out| *out != Path::new("-") && !is_folder(out));
    let place = named.map(Place::named).transpose()?;
    let partial = place.map(|place| Partial::of(&place, client, invocation)).transpose()?.flatten();
    match partial {
        Some(partial) => resumable(context, client, invocation, partial).await?,
        None => {
            runtime::interruptible_any(async {
                let mut download = client.download(invocation).await?;
                keep(context, &mut download, out).await
            })
            .await?;
        }
    }
    Ok(Status::Ok)
}

/// Downloads into a file, behind what an earlier run has of it, so that a later one can go on with what this one has.
async fn resumable(context: &Context, client: &Client, invocation: &Invocation, mut partial: Partial) -> Result<()> {
    let result = runtime::interruptible_any(async {
        let mut download = match partial.begun() {
            Some(begun) => client.resume_download(invocation, &begun).await?,
            None => client.download(invocation).await?,
        };
        if download.from() > 0 {
            context.talk.say(format!("going on behind the {} bytes that are there", download.from()));
        }
        let file = partial.begin(&download)?;
        let size = copy(context, &mut download, |chunk| Ok(file.write_all(chunk)?)).await?;
        Ok((size, download.content_type))
    });
    match result.await {
        Ok((size, content_type)) => {
            let path = partial.keep()?;
            saved(context, &path, size, content_type.as_deref())
        }
        Err(error) => {
            if partial.is_resumable() {
                context.talk.hint("run the same command again to go on behind what is there");
            }
            Err(error)
        }
    }
}

/// Says where a file is.
fn saved(context: &Context, path: &Path, size: u64, content_type: Option<&str>) -> Result<()> {
    let path = path.display().to_string();
    context.talk.say(format!("saved {path} ({size} bytes)"));
    if context.output.is_raw() {
        return Ok(());
    }
    context.output.value(&json!({ "path": path, "size": size, "content_type": content_type }))
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
    saved(context, &place.path(), size, download.content_type.as_deref())
}

/// Copies the pieces as they come, and gives their number of bytes.
async fn copy(context: &Context, download: &mut Download, mut write: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let mut progress = Progress::new(context.talk.quiet, false);
    let mut size = download.from();
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
