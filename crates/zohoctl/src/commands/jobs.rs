//! `zohoctl jobs`: jobs that were started and whose results were not fetched yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zoho_core::{Connection, Job, JobHandle};

use super::invoke::{connector_for_call, job};
use crate::connection::{self, ConnectionArgs};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::json_file;
use crate::output::table::{Table, terminal_width};
use crate::runtime;
use crate::sending::{SendingArgs, keep_limits};
use crate::whose::Whose;

const EXAMPLES: &str = "\
Examples:
  zohoctl invoke crm bulk_read.create query.module.api_name=Leads --detach
  zohoctl jobs                               those that were started and not fetched
  zohoctl jobs resume 554023000000568002     wait for one, and print its records
  zohoctl jobs resume 554023000000568002 --out leads.zip
  zohoctl jobs forget 554023000000568002

A job is noted when it starts, and forgotten when its result is fetched or it has failed; so one whose command was
stopped is there too. Zoho keeps a result for a day or a few.";

/// The form of the file of a job. Another one is of another version of the command.
const FORM: u32 = 1;

/// The arguments of `jobs`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct JobsArgs {
    #[command(subcommand)]
    command: Option<JobsCommand>,
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// List the jobs that were started and not fetched (the usual)
    List,
    /// Wait for a job, and print its records or save its file
    Resume(Box<ResumeArgs>),
    /// Forget a job; at the service it goes on
    Forget {
        /// The id of the job
        id: String,
    },
}

/// The arguments of `jobs resume`.
#[derive(Debug, Args)]
struct ResumeArgs {
    /// The id of the job
    id: String,

    /// Where the data goes: records in the format of the file's ending (.csv, .json, .jsonl), else the file as it comes;
    /// a folder, for the file under the service's name; - for standard output
    #[arg(long, value_name = "FILE|DIR|-")]
    out: Option<PathBuf>,

    #[command(flatten)]
    sending: SendingArgs,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// A job that was started.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    form: u32,
    /// When it was started, as ISO 8601 has it.
    started: String,
    connection: String,
    #[serde(flatten)]
    whose: Whose,
    job: JobHandle,
}

impl Kept {
    #[expect(clippy::disallowed_methods, reason = "when it was is for people to read; nothing is decided by it")]
    pub(crate) fn new(job: &Job, connection: &Connection) -> Self {
        let (name, whose) = (connection.name.clone(), Whose::of(connection));
        Self { form: FORM, started: format!("{:.3}", Timestamp::now()), connection: name, whose, job: job.handle() }
    }
}

/// Where jobs are noted: a file for each, in a folder of the configuration.
#[derive(Debug)]
pub(crate) struct Shelf(PathBuf);

impl Shelf {
    pub(crate) fn of(context: &Context) -> Self {
        Self(context.settings.config_folder.join("jobs"))
    }

    fn file(&self, kept: &Kept) -> PathBuf {
        let safe = |text: &str| {
            let letter = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
            text.chars().map(letter).take(100).collect::<String>()
        };
        self.0.join(format!("{}-{}.json", safe(&kept.job.service), safe(&kept.job.id)))
    }

    /// Notes a job. Its file is its owner's alone, since it has what was asked for.
    pub(crate) fn keep(&self, kept: &Kept) -> Result<()> {
        let path = self.file(kept);
        json_file::write(&path, kept)
            .with_context(|| format!("the job {} has begun, and {} cannot be written", kept.job.id, path.display()))
    }

    /// Forgets a job.
    pub(crate) fn forget(&self, kept: &Kept) -> Result<()> {
        let path = self.file(kept);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", path.display()))
            }
            _ => Ok(()),
        }
    }

    /// All jobs, the first one first.
    fn all(&self) -> Result<Vec<Kept>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.0).into_iter().flatten().flatten() {
            all.extend(read(&entry.path())?);
        }
        all.sort_by(|one, other| one.started.cmp(&other.started));
        Ok(all)
    }

    fn find(&self, id: &str) -> Result<Kept> {
        let mut found: Vec<Kept> = self.all()?.into_iter().filter(|kept| kept.job.id == id).collect();
        match (found.pop(), found.is_empty()) {
            (Some(kept), true) => Ok(kept),
            (Some(_), false) => Err(Problem::usage(format!("several services have a job {id}")).into()),
            (None, _) => {
                let problem = Problem::new(Status::NotFound, format!("no job {id} was started here and not fetched"));
                Err(problem.hint("`zohoctl jobs` lists those there are").into())
            }
        }
    }
}

/// The job of a file; none of a file that is none.
fn read(path: &Path) -> Result<Option<Kept>> {
    if path.extension().is_none_or(|ending| ending != "json") {
        return Ok(None);
    }
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_slice(&text).ok().filter(|kept: &Kept| kept.form == FORM))
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &JobsArgs) -> Result<Status> {
    let shelf = Shelf::of(context);
    match &args.command {
        None | Some(JobsCommand::List) => list(context, &shelf.all()?),
        Some(JobsCommand::Resume(args)) => resume(context, &shelf, args),
        Some(JobsCommand::Forget { id }) => {
            shelf.forget(&shelf.find(id)?)?;
            context.talk.say(format!("the job {id} is forgotten"));
            Ok(Status::Ok)
        }
    }
}

fn list(context: &Context, all: &[Kept]) -> Result<Status> {
    if all.is_empty() {
        context.talk.say("No job waits to be fetched.");
    }
    let value = |kept: &Kept| {
        json!({
            "job": kept.job.id, "service": kept.job.service, "api": kept.job.api,
            "started": kept.started, "connection": kept.connection,
        })
    };
    let text = || {
        let mut table = Table::new(&["JOB", "SERVICE", "API", "STARTED", "CONNECTION"]);
        for kept in all {
            let (job, started) = (&kept.job, kept.started.clone());
            table.row([job.id.clone(), job.service.clone(), job.api.clone(), started, kept.connection.clone()]);
        }
        if table.is_empty() { String::new() } else { table.render(terminal_width()) }
    };
    context.output.list(|| all.iter().map(value).collect(), text)?;
    Ok(Status::Ok)
}

fn resume(context: &Context, shelf: &Shelf, args: &ResumeArgs) -> Result<Status> {
    let kept = shelf.find(&args.id)?;
    let connector = Arc::new(connector_for_call(context, &kept.job.service, &kept.job.api)?);
    runtime::block_on(async {
        let chosen = connection::choose(context, &connector, &args.connection).await?;
        kept.whose.is_over(&format!("the job {}", args.id), &chosen.connection)?;
        let client = args.sending.client(context, &connector, chosen, None)?;
        let status = job::finish(context, client.resume_job(kept.job.clone())?, args.out.as_deref()).await;
        keep_limits(context, &client);
        if status.as_ref().err().is_none_or(|error| !job::is_open(error)) {
            shelf.forget(&kept)?;
        }
        status
    })
}
