//! `zohoctl try`: one call of an API that is still being written, and what its file makes of the reply.

use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use zoho_connector::diagnostic::render::{Paint, render};
use zoho_connector::load::{Loaded, load};
use zoho_connector::source::{Route, Step};
use zoho_connector::suggest::did_you_mean;
use zoho_connector::{Connector, Diagnostic, Returns, Severity, SourceFile};
use zoho_core::{Client, Error, Invocation, Page, Reply, Request, RetryPolicy};

use super::call;
use crate::connection::{self, Chosen, ConnectionArgs};
use crate::context::Context;
use crate::exit::{self, Problem, Status};
use crate::local;
use crate::output::print;
use crate::runtime;
use crate::sources;

mod guess;
mod members;
mod page;
mod seen;
mod understood;

use seen::Seen;
use understood::Understood;

const EXAMPLES: &str = "\
The call goes to a local Zoho that is made from the file, unless --connection or --endpoint names another. It is sent
once: a failure is shown, and not tried again. Shown are the request, the reply, what was taken for records, which page
is next and why, which kind of error it is and why, and what of the records the types do not name.

Examples:
  zohoctl try shelf.yaml items.list
  zohoctl try shelf.yaml items.list status=active --page-size 2 --records 5
  zohoctl try shelf.yaml items.get item_id=42 --connection shelf
  cat shelf.yaml | zohoctl try - items.list --output json
  zohoctl try shelf.yaml items.list --output raw          the body of the reply, as it came";

/// The arguments of `try`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TryArgs {
    /// The connector: a file, a folder, the name of one at hand, or - for standard input
    #[arg(value_name = "FILE|DIR|NAME|-")]
    connector: String,

    /// The API, as `items.list`
    #[arg(value_name = "API")]
    wanted: Option<String>,

    /// Its arguments, as `invoke` takes them
    #[arg(value_name = "NAME=VALUE")]
    arguments: Vec<String>,

    /// The whole body: JSON text, @file, or - for standard input
    #[arg(long, value_name = "TEXT|@FILE|-", allow_hyphen_values = true)]
    json: Option<String>,

    /// How many records to ask for in one request, within the service's bounds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    page_size: Option<u64>,

    /// How many records each list of the local Zoho has
    #[arg(long, value_name = "N", conflicts_with_all = ["connection", "endpoint"])]
    records: Option<usize>,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// What a call gave.
pub(crate) enum Gave {
    /// A page of a list, and the request of the next one.
    Page(Box<Page>, Option<Box<Request>>),
    /// Anything else that is no file.
    Reply(Reply),
    /// A file: the name and the media type that the service says, and how long it is.
    File { name: Option<String>, media_type: Option<String>, size: u64 },
}

/// Runs the command.
pub(crate) fn run(context: &Context, args: &TryArgs) -> Result<Status> {
    let source = sources::one(context, &args.connector)?;
    let Some(connector) = sound(context, args, &source.files)? else { return Ok(Status::Failed) };
    let connector = Arc::new(connector);
    let wanted = args.wanted.as_deref().unwrap_or_default();
    if connector.api(wanted).is_none() {
        return Err(without_api(&connector, wanted).into());
    }
    let invocation = call::checked(&connector, wanted, &args.arguments, args.json.as_deref(), args.page_size);
    let invocation = invocation.map_err(exit::of_arguments)?;
    let seen = Arc::new(Seen::default());
    let gave = runtime::block_on(runtime::interruptible_any(send(context, args, &invocation, &seen)))?;
    let understood = Understood::of(&source.files, &invocation, args.page_size, &seen, &gave);
    if context.output.is_raw() {
        context.output.reply(&seen.body())?;
    } else if context.output.wants_data() {
        context.output.value(&page::as_json(&understood))?;
    } else {
        print(&page::text(&understood))?;
    }
    gave.map(|_| Status::Ok).map_err(Into::into)
}

/// The error of a call that names no API, or one that is not there, with those there are.
fn without_api(connector: &Connector, wanted: &str) -> Problem {
    let problem = match wanted {
        "" => Problem::usage(format!("say which API of {}", connector.title)),
        wanted => Problem::usage(format!("{} has no API `{wanted}`", connector.title)),
    };
    let near = did_you_mean(wanted, connector.apis.keys().map(String::as_str));
    problem.details(call::listed(connector.apis.keys().cloned())).maybe_hint(near)
}

/// The connector, where the file says enough for this API. What is wrong in it is shown, and does not matter where it is
/// about other APIs only.
fn sound(context: &Context, args: &TryArgs, files: &[SourceFile]) -> Result<Option<Connector>> {
    let Loaded { connector, diagnostics } = load(files);
    let is_elsewhere = |fault: &Diagnostic| is_of_another(fault, args.wanted.as_deref());
    let (elsewhere, matters): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(is_elsewhere);
    let is_error = |fault: &&Diagnostic| fault.severity == Severity::Error;
    if matters.iter().any(|fault| is_error(&fault)) {
        print(&render(files, &matters, Paint::Coloured))?;
        context.talk.say("the connector has faults; nothing was sent");
        return Ok(None);
    }
    let others = elsewhere.iter().filter(is_error).count();
    if others > 0 {
        let check = format!("zohoctl connectors check {}", args.connector);
        context.talk.warn(format!(
            "other APIs have {}: `{check}` shows them",
            super::connectors::check::count(others, "fault")
        ));
    }
    connector.map(Some).ok_or_else(|| Problem::usage("no file says `connector: name`").into())
}

/// Whether a fault is about another API than the one that is wanted.
fn is_of_another(fault: &Diagnostic, wanted: Option<&str>) -> bool {
    use zoho_connector::diagnostic::Spot;
    let (Spot::Value(Route(steps)) | Spot::Key(Route(steps))) = &fault.place.spot else { return false };
    match steps.as_slice() {
        [Step::Key(apis), Step::Key(name), ..] => &**apis == "apis" && wanted.is_some_and(|wanted| wanted != &**name),
        _ => false,
    }
}

/// Sends the call once. What came of it is for the page; what keeps it from being sent at all is an error.
async fn send(
    context: &Context,
    args: &TryArgs,
    invocation: &Invocation,
    seen: &Arc<Seen>,
) -> Result<Result<Gave, Error>> {
    let connector = invocation.connector();
    let is_real = args.connection.connection.is_some() || args.connection.endpoint.is_some();
    let (chosen, _sandbox): (Chosen, _) = if is_real {
        (connection::choose(context, connector, &args.connection).await?, None)
    } else {
        let (chosen, sandbox) = local::start(connector, &args.connection, args.records).await?;
        (chosen, Some(sandbox))
    };
    let client = Client::builder(Arc::clone(connector), chosen.connection)
        .token_store(chosen.tokens)
        .transport(connection::transport()?)
        .retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() })
        .observer(Arc::clone(seen) as _)
        .build()?;
    let gave = call(&client, invocation).await;
    // What was never sent has no reply to look at.
    if seen.is_empty() { Ok(Ok(gave?)) } else { Ok(gave) }
}

async fn call(client: &Client, invocation: &Invocation) -> Result<Gave, Error> {
    let api = invocation.api();
    match &api.returns {
        Returns::Many(_) if api.responses.outcomes.is_none() => {
            let mut pages = client.pages(invocation.clone())?;
            match pages.next().await? {
                Some(page) => Ok(Gave::Page(Box::new(page), pages.upcoming()?.map(Box::new))),
                None => Ok(Gave::Reply(Reply::Records(Vec::new()))),
            }
        }
        Returns::File => {
            let mut download = client.download(invocation).await?;
            let mut size = 0;
            while let Some(chunk) = download.chunk().await? {
                size += chunk.len() as u64;
            }
            Ok(Gave::File { name: download.file_name.clone(), media_type: download.content_type.clone(), size })
        }
        _ => client.invoke(invocation).await.map(Gave::Reply),
    }
}
