//! A job: started, waited for, and its records printed or its file saved; of one without a result, its last state printed.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use serde_json::json;
use zoho_connector::Api;
use zoho_core::{Client, Invocation, Job};

use super::outcomes::Tally;
use super::{InvokeArgs, file};
use crate::commands::jobs::{Kept, Shelf};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::Format;
use crate::progress::Progress;
use crate::runtime;

/// How a job is run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Jobs")]
pub(super) struct JobArgs {
    /// Start the job and do not wait for it; `zohoctl jobs resume` fetches what it gives
    #[arg(long, conflicts_with_all = ["sandbox"])]
    pub(super) detach: bool,
}

/// Whether the file that a job gives is wanted, and not its records.
pub(crate) fn wants_file(context: &Context, is_known: bool, out: Option<&Path>) -> bool {
    let named = || {
        let out = out.filter(|out| *out != Path::new("-"));
        out.is_some_and(|out| context.output.format.is_none() && Format::of_name(out).is_none())
    };
    !is_known || context.output.is_raw() || named()
}

/// Whether what is in the result of an API's job is known.
pub(crate) fn is_known(connector: &zoho_connector::Connector, api: &Api) -> bool {
    let Some(job) = &api.job else { return false };
    let fetched = job.fetch.as_ref().and_then(|fetch| connector.api(fetch)?.contains.as_ref());
    fetched.or(job.contains.as_ref()).is_some()
}

/// Whether an API's job gives anything beside the state that it ends in.
fn has_result(api: &Api) -> bool {
    api.job.as_ref().is_some_and(zoho_connector::jobs::Job::has_result)
}

/// Refuses to print a file of which nobody knows what is in it.
fn has_place(context: &Context, is_known: bool, out: Option<&Path>) -> Result<()> {
    if is_known || out.is_some() || context.output.is_raw() {
        return Ok(());
    }
    let problem = Problem::usage("the result of the job is a file, of which nobody has said what is in it");
    Err(problem.hint("--out FILE or --out . says where it goes").into())
}

/// Starts a job, and runs it to its end.
pub(super) async fn run(
    context: &Context,
    client: &Client,
    invocation: &Invocation,
    args: &InvokeArgs,
) -> Result<Status> {
    if !args.job.detach && has_result(invocation.api()) {
        has_place(context, is_known(invocation.connector(), invocation.api()), args.out.as_deref())?;
    }
    let job = runtime::interruptible(client.job(invocation)).await?;
    // A sandbox in the process ends with it, and so do its jobs.
    let shelf = (!args.local.sandbox).then(|| Shelf::of(context));
    let kept = Kept::new(&job, client.connection());
    if let Some(shelf) = &shelf {
        shelf.keep(&kept)?;
    }
    let (id, api) = (job.id().to_owned(), &invocation.api().name);
    if args.job.detach {
        context.output.value(&json!({ "job": id, "service": invocation.connector().name, "api": api }))?;
        context.talk.hint(format!("`zohoctl jobs resume {id}` waits for it and fetches what it gives"));
        return Ok(Status::Ok);
    }
    context.talk.say(format!("the job {id} has begun"));
    let status = finish(context, job, args.out.as_deref()).await;
    match (&status, &shelf) {
        (Ok(_), Some(shelf)) => shelf.forget(&kept)?,
        (Err(error), Some(_)) if is_open(error) => {
            context.talk.hint(format!("`zohoctl jobs resume {id}` goes on with it"));
        }
        (Err(_), Some(shelf)) => shelf.forget(&kept)?,
        (_, None) => {}
    }
    status
}

/// Whether a job may still give its result after a failure.
pub(crate) fn is_open(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<zoho_core::Error>().map(zoho_core::Error::kind);
    refused != Some(zoho_core::ErrorKind::Refused)
}

/// Waits for a job, and prints its records or saves its file; then goes on with the jobs for what it left.
pub(crate) async fn finish(context: &Context, job: Job, out: Option<&Path>) -> Result<Status> {
    if !job.has_result() {
        return state(&context.with_out(out), job).await;
    }
    let is_known = job.contains().is_some();
    if wants_file(context, is_known, out) {
        has_place(context, is_known, out)?;
        return files(context, job, out).await;
    }
    let context = &context.with_out(out);
    let mut writer = context.output.records()?;
    let mut tally = job.tells_outcomes().then(Tally::default);
    let mut progress = Progress::new(context.talk.quiet, context.output.is_seen());
    let mut next = Some(job);
    while let Some(mut job) = next {
        wait(&mut progress, &mut job).await?;
        if let Some(tally) = &mut tally {
            for outcome in runtime::interruptible(job.outcomes()).await? {
                tally.print(&mut writer, &[outcome?])?;
            }
        } else {
            for record in runtime::interruptible(job.records()).await? {
                writer.record(record?.as_bytes())?;
                let read = writer.written();
                progress.show(|| format!("{read} records"));
            }
        }
        writer.flush()?;
        next = runtime::interruptible(job.next()).await?;
    }
    progress.clear();
    writer.finish()?;
    let Some(tally) = tally else { return Ok(Status::Ok) };
    context.talk.say(tally.summary());
    Ok(if tally.is_good() { Status::Ok } else { Status::Failed })
}

/// Prints the state that a job ends in.
async fn state(context: &Context, mut job: Job) -> Result<Status> {
    let mut progress = Progress::new(context.talk.quiet, false);
    wait(&mut progress, &mut job).await?;
    progress.clear();
    if let Some(record) = job.record() {
        context.output.document(record.as_bytes())?;
    }
    Ok(Status::Ok)
}

/// Saves the file of a job, and of each job behind it.
async fn files(context: &Context, job: Job, out: Option<&Path>) -> Result<Status> {
    let mut progress = Progress::new(context.talk.quiet, false);
    let (mut next, mut number) = (Some(job), 1);
    while let Some(mut job) = next {
        wait(&mut progress, &mut job).await?;
        progress.clear();
        let mut download = runtime::interruptible(job.download()).await?;
        let out = out.map(|out| numbered(out, number));
        runtime::interruptible_any(file::keep(context, &mut download, out.as_deref())).await?;
        next = runtime::interruptible(job.next()).await?;
        number += 1;
    }
    Ok(Status::Ok)
}

/// The name of the file of a further job: `leads-2.zip`.
fn numbered(out: &Path, number: usize) -> PathBuf {
    let is_name = number > 1 && out != Path::new("-") && !out.is_dir();
    let stem = out.file_stem().filter(|_| is_name).map(|stem| stem.to_string_lossy().into_owned());
    let Some(stem) = stem else { return out.to_owned() };
    let ending = out.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    out.with_file_name(format!("{stem}-{number}{ending}"))
}

async fn wait(progress: &mut Progress, job: &mut Job) -> Result<()> {
    let id = job.id().to_owned();
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(500));
    let mut waiting = std::pin::pin!(runtime::interruptible(job.wait()));
    loop {
        tokio::select! {
            done = &mut waiting => return done,
            _ = tick.tick() => progress.show(|| format!("waiting for the job {id}")),
        }
    }
}
