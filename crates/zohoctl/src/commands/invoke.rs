//! `zohoctl invoke`: one call, and what comes back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use zoho_connector::{Api, Connector, Returns};
use zoho_core::{Client, Invocation, OutcomeStatus, Reply};

use super::apis;
use super::call::CallArgs;
use crate::connection::{self, ConnectionArgs};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::runtime;

mod file;
mod list;
mod local;
mod outcomes;
mod trace;

const EXAMPLES: &str = "\
How arguments are written:
  status=Open              text, numbers, true or false: read as the argument's type
  ids=1,2   ids=1 ids=2    a list
  contact.lastName=Boyle   a member inside; data.0.Email=… inside a list
  data=@rows.json          from a file (JSON, or JSON lines); @- from standard input
  file=@photo.png          a file to send
  assigneeId:=null         JSON as it is

Examples:
  zohoctl invoke desk tickets.list --sandbox --limit 5
  zohoctl invoke desk tickets.list --all status=Open > tickets.jsonl
  zohoctl invoke desk tickets.list --all --output csv --fields id,subject > tickets.csv
  zohoctl invoke desk tickets.create subject='No ink' departmentId=123 contactId=456
  zohoctl invoke crm records.insert module=Leads data=@leads.jsonl
  zohoctl invoke desk tickets.attachments.download ticketId=1 attachmentId=2 --out .

Status: 0 done, 1 failed or some records refused, 2 wrong arguments, 3 sign-in needed, 4 not found,
5 try later, 130 Ctrl-C.";

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

    /// Where a downloaded file goes: a file, a folder (under the service's name for it), or - for standard output
    #[arg(long, value_name = "FILE|DIR|-", help_heading = "Reading")]
    out: Option<PathBuf>,

    /// The longest time for one request, in seconds, with its further tries
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,

    /// Show each request and reply on standard error, without secrets
    #[arg(long)]
    trace: bool,

    #[command(flatten)]
    connection: ConnectionArgs,

    #[command(flatten)]
    local: local::LocalArgs,
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &InvokeArgs) -> Result<Status> {
    let (service, api) = args.call.names(context)?;
    let connector = Arc::new(connector(context, service, api)?);
    let found = apis::find(&connector, api)?;
    args.fit(context, found)?;
    let mut invocation = args.call.invocation(&connector, api)?;
    if let (Some(limit), None) = (args.limit, args.call.page_size) {
        invocation = invocation.with_page_size(limit);
    }
    runtime::block_on(async { send(context, args, &connector, invocation).await })
}

/// The part of the connector that the call needs; all of it where the name is unknown, to find the nearest ones.
fn connector(context: &Context, service: &str, api: &str) -> Result<Connector> {
    let part = context.library.connector_for(service, api)?;
    if part.api(api).is_some() {
        return Ok(part);
    }
    Ok(context.library.connector(service)?)
}

impl InvokeArgs {
    /// Refuses options that would do nothing for this API.
    fn fit(&self, context: &Context, api: &Api) -> Result<()> {
        let is_file = api.returns == Returns::File;
        let is_list = api.is_list() && api.responses.outcomes.is_none();
        let fault =
            |option: &str, kind: &str| Problem::usage(format!("{option} is for {kind}, and {} gives none", api.name));
        if self.all && !is_list {
            return Err(fault("--all", "lists").into());
        }
        if self.limit.is_some() && !is_list {
            return Err(fault("--limit", "lists").into());
        }
        if is_file && !context.output.fields.is_empty() {
            return Err(Problem::usage(format!("--fields is for records, and {} gives a file", api.name)).into());
        }
        if self.out.is_some() && !is_file {
            return Err(fault("--out", "files").hint("standard output can go into a file: > FILE").into());
        }
        Ok(())
    }
}

async fn send(
    context: &Context,
    args: &InvokeArgs,
    connector: &Arc<Connector>,
    invocation: Invocation,
) -> Result<Status> {
    // A sandbox in the process lives as long as this.
    let (chosen, _sandbox) = if args.local.sandbox {
        let (chosen, sandbox) = local::start(context, connector, args).await?;
        (chosen, Some(sandbox))
    } else {
        (connection::choose(context, connector, &args.connection)?, None)
    };
    let client = client(args, connector, chosen)?;
    match &invocation.api().returns {
        Returns::Many(_) if invocation.api().responses.outcomes.is_none() => {
            list::print(context, &client, invocation, args).await
        }
        Returns::File => file::save(context, &client, &invocation, args.out.as_deref()).await,
        _ => one(context, &client, &invocation).await,
    }
}

fn client(args: &InvokeArgs, connector: &Arc<Connector>, chosen: connection::Chosen) -> Result<Client> {
    let mut builder = Client::builder(Arc::clone(connector), chosen.connection)
        .token_store(chosen.tokens)
        .transport(connection::transport()?);
    if let Some(seconds) = args.timeout {
        builder = builder.deadline(Duration::from_secs(seconds));
    }
    if args.trace {
        builder = builder.observer(Arc::new(trace::Trace));
    }
    Ok(builder.build()?)
}

/// A call that gives one record, the outcomes of many, or nothing.
async fn one(context: &Context, client: &Client, invocation: &Invocation) -> Result<Status> {
    let reply = runtime::interruptible(client.invoke(invocation)).await?;
    match reply {
        Reply::Record(record) => context.output.document(record.as_bytes())?,
        Reply::Outcomes(all) => return outcomes::print(context, &all),
        Reply::Records(records) => {
            let mut writer = context.output.records();
            records.iter().try_for_each(|record| writer.record(record.as_bytes()))?;
            writer.finish()?;
        }
        _ => context.talk.say(format!("{} is done; the service gives nothing back.", invocation.api().name)),
    }
    Ok(Status::Ok)
}

/// The status that a bulk write ends with.
fn status_of(all: &[zoho_core::Outcome]) -> Status {
    if all.iter().all(|outcome| outcome.status == OutcomeStatus::Done) { Status::Ok } else { Status::Failed }
}
