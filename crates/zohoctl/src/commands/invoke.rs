//! `zohoctl invoke`: one call, and what comes back.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use zoho_connector::{Api, Connector, Returns};
use zoho_core::{Client, Invocation, Observer, Reply};

use super::apis;
use super::call::CallArgs;
use crate::connection::{self, ConnectionArgs};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::local::{self, LocalArgs};
use crate::runtime;
use crate::sending::{SendingArgs, keep_limits};

use write::Input;

mod checkpoint;
mod file;
mod har;
pub(crate) mod job;
mod list;
pub(crate) mod outcomes;
mod partial;
mod trace;
mod watch;
mod write;

const EXAMPLES: &str = "\
How arguments are written:
  status=Open              text, numbers, true or false: read as the argument's type
  ids=1,2   ids=1 ids=2    a list
  contact.lastName=Boyle   a member inside; data.0.Email=… inside a list
  data=@rows.jsonl         rows of a file: JSON lines, a JSON list, or CSV with a header, where a.b reaches in
                           and a: is JSON; @- from standard input. A list of any length is sent in parts
  file=@photo.png          a file to send
  assigneeId:=null         JSON as it is

Examples:
  zohoctl invoke desk tickets.list --sandbox --limit 5
  zohoctl invoke desk tickets.list --all status=Open > tickets.jsonl
  zohoctl invoke desk tickets.list --all --fields id,subject --out tickets.csv
  zohoctl invoke desk tickets.list --all --jq 'select(.priority == \"High\") | .id' --output raw
  zohoctl invoke desk tickets.list --all --concurrency 4 --out all.jsonl --checkpoint all.checkpoint
  zohoctl invoke desk tickets.create subject='No ink' departmentId=123 contactId=456
  zohoctl invoke crm records.insert module=Leads data=@leads.csv --receipt leads.receipt
  zohoctl invoke crm bulk_read.create query.module.api_name=Leads --out leads.jsonl
  zohoctl invoke desk tickets.attachments.download ticketId=1 attachmentId=2 --out .

Status: 0 done, 1 failed or some records refused, 2 wrong arguments, 3 sign-in needed, 4 not found,
5 try later, 6 sent and its end unknown, 130 Ctrl-C.";

/// The arguments of `invoke`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InvokeArgs {
    #[command(flatten)]
    call: CallArgs,

    /// Read a list to its end; without it, or --limit, one page is read
    #[arg(long, help_heading = "Reading")]
    all: bool,

    /// Stop after so many records
    #[arg(long, value_name = "N", help_heading = "Reading", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    #[command(flatten)]
    reading: list::ReadingArgs,

    #[command(flatten)]
    writing: write::WritingArgs,

    #[command(flatten)]
    job: job::JobArgs,

    /// Where the data goes: a file, which is there only when it is whole, in the format of its ending (.csv, .json,
    /// .jsonl); a folder, for a download; - for standard output
    #[arg(long, value_name = "FILE|DIR|-", help_heading = "Reading")]
    out: Option<PathBuf>,

    #[command(flatten)]
    sending: SendingArgs,

    /// Show each request and reply on standard error, with headers and times, without secrets
    #[arg(long, help_heading = "Sending")]
    trace: bool,

    /// Write every request and reply into a file that browsers read (HAR 1.2), without secrets
    #[arg(long, value_name = "FILE", help_heading = "Sending")]
    har: Option<PathBuf>,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    local: LocalArgs,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &InvokeArgs) -> Result<Status> {
    let (service, api) = args.call.names(context)?;
    let connector = Arc::new(connector_for_call(context, service, api)?);
    let found = apis::find(&connector, api)?;
    args.fit(context, found)?;
    // Where the file that an API gives goes is for its download to say: what is printed of it is not the file.
    let is_file = match &found.job {
        Some(job) => {
            job.has_result() && job::wants_file(context, job::is_known(&connector, found), args.out.as_deref())
        }
        None => found.returns == Returns::File,
    };
    let out = args.out.as_deref().filter(|_| !is_file);
    let context = &context.with_out(out);
    context.output.check()?;
    let watch = watch::Watch::new(context.talk, args)?;
    let input = Input::of(found, &args.call.arguments);
    let mut invocation = match &input {
        Some(input) => args.call.invocation_of_stream(&connector, api, &input.list, &input.words)?,
        None => args.call.invocation(&connector, api)?,
    };
    if invocation.api().name != api {
        context.talk.say(format!("the file is larger than {api} takes: it goes by {}", invocation.api().name));
    }
    if let (Some(limit), None) = (args.limit, args.call.page_size) {
        invocation = invocation.with_page_size(limit);
    }
    let result =
        runtime::block_on(async { send(context, args, &connector, invocation, input, watch.observer()).await });
    // However it ended: a call that fails is what somebody wants to look at.
    let kept = watch.finish();
    let status = result?;
    kept.map(|()| status)
}

/// The part of the connector that the call needs; all of it where the name is unknown, to find the nearest ones.
pub(crate) fn connector(context: &Context, service: &str, api: &str) -> Result<Connector> {
    let part = context.library.connector_for(service, api)?;
    if part.api(api).is_some() {
        return Ok(part);
    }
    Ok(context.library.connector(service)?)
}

/// The same, with the APIs that this one goes on by: those of its job, and the one for larger files.
pub(crate) fn connector_for_call(context: &Context, service: &str, api: &str) -> Result<Connector> {
    let part = connector(context, service, api)?;
    let above = part.api(api).and_then(|api| api.above.as_ref()).map(|above| above.api.as_str());
    let is_there = zoho_core::job_apis(&part, api).chain(above).all(|other| part.api(other).is_some());
    if is_there { Ok(part) } else { Ok(context.library.connector(service)?) }
}

impl InvokeArgs {
    /// Refuses options that would do nothing for this API.
    fn fit(&self, context: &Context, api: &Api) -> Result<()> {
        let is_file = api.returns == Returns::File;
        let is_list = api.is_list() && api.responses.outcomes.is_none();
        let fault = |option: &str, kind: &str, gives: &str| {
            Problem::usage(format!("{option} is for {kind}, and {} gives {gives}", api.name))
        };
        if self.all && !is_list {
            return Err(fault("--all", "lists", "none").into());
        }
        if self.limit.is_some() && !is_list {
            return Err(fault("--limit", "lists", "none").into());
        }
        let is_stream = Input::of(api, &self.call.arguments).is_some();
        if self.writing.receipt.is_some() && !is_stream {
            let problem = Problem::usage("--receipt is for records that come from a file");
            return Err(problem.hint("as data=@leads.csv, for an API that takes a list of any length").into());
        }
        if is_stream && context.output.is_raw() {
            let problem = Problem::usage("--output raw gives one reply, and the records go in many requests");
            return Err(problem.hint("--output jsonl gives the outcome of each record").into());
        }
        if self.job.detach && api.job.is_none() {
            return Err(
                Problem::usage(format!("--detach is for APIs that start a job, and {} starts none", api.name)).into()
            );
        }
        self.reading.fit(is_list, is_stream, &api.name)?;
        if is_file && !context.output.fields.is_empty() {
            return Err(fault("--fields", "records", "a file").into());
        }
        if is_file && context.output.jq.is_some() {
            return Err(fault("--jq", "records", "a file").into());
        }
        if self.limit.is_some() && context.output.is_raw() {
            let problem = Problem::usage("--limit counts records, and --output raw gives whole replies");
            return Err(problem.hint("--page-size asks for so many in one reply").into());
        }
        Ok(())
    }
}

async fn send(
    context: &Context,
    args: &InvokeArgs,
    connector: &Arc<Connector>,
    invocation: Invocation,
    input: Option<Input>,
    observer: Option<Arc<dyn Observer>>,
) -> Result<Status> {
    // A sandbox in the process lives as long as this.
    let (chosen, _sandbox) = if args.local.sandbox {
        let whole = context.library.connector(&connector.name)?;
        let (chosen, sandbox) = local::start(&whole, &args.connection, args.local.sandbox_records).await?;
        (chosen, Some(sandbox))
    } else {
        (connection::choose(context, connector, &args.connection).await?, None)
    };
    let client = args.sending.client(context, connector, chosen, observer)?;
    let status = carry_out(context, args, &client, invocation, input).await;
    if !args.local.sandbox {
        keep_limits(context, &client);
    }
    status
}

/// Carries a call out in the way that suits what it gives.
async fn carry_out(
    context: &Context,
    args: &InvokeArgs,
    client: &Client,
    invocation: Invocation,
    input: Option<Input>,
) -> Result<Status> {
    if let Some(input) = input {
        return write::run(context, client, invocation, input, args).await;
    }
    if invocation.api().job.is_some() {
        return job::run(context, client, &invocation, args).await;
    }
    match &invocation.api().returns {
        Returns::Many(_) if invocation.api().responses.outcomes.is_none() => {
            list::print(context, client, invocation, args).await
        }
        Returns::File => file::save(context, client, &invocation, args.out.as_deref()).await,
        _ => one(context, client, &invocation).await,
    }
}

/// A call that gives one record, the outcomes of many, or nothing.
async fn one(context: &Context, client: &Client, invocation: &Invocation) -> Result<Status> {
    if context.output.is_raw() {
        let body = runtime::interruptible(client.body(invocation)).await?;
        context.output.reply(&body)?;
        return Ok(Status::Ok);
    }
    let reply = runtime::interruptible(client.invoke(invocation)).await?;
    match reply {
        Reply::Record(record) => context.output.document(record.as_bytes())?,
        Reply::Outcomes(all) => return outcomes::print(context, &all),
        Reply::Records(records) => {
            let mut writer = context.output.records()?;
            records.iter().try_for_each(|record| writer.record(record.as_bytes()))?;
            writer.finish()?;
        }
        _ => context.talk.say(format!("{} is done; the service gives nothing back.", invocation.api().name)),
    }
    Ok(Status::Ok)
}
