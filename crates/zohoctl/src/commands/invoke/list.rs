//! A list: records are printed as they arrive, and what was left out is said.

use std::path::PathBuf;
use std::pin::pin;

use anyhow::Result;
use clap::Args;
use zoho_core::{Client, Cut, Invocation, Page, Pages};

use super::InvokeArgs;
use super::checkpoint::{Keeper, Start};
use crate::context::Context;
use crate::exit::{Problem, Status};
use crate::output::{RecordWriter, Target};
use crate::progress::Progress;

/// How a list is read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading")]
pub(super) struct ReadingArgs {
    /// Fetch so many pages at once where pages have numbers, or one ahead where they have not; of a bulk write, send so
    /// many parts at once. What comes is in order all the same
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..=100))]
    concurrency: Option<u16>,

    /// Give no record twice however the list moves: all ids are remembered, and not only the last 10,000
    #[arg(long)]
    distinct: bool,

    /// Write down in FILE how far the list is read, and go on from there when the same command is run again. With --out
    /// nothing is lost or repeated however it was stopped; on standard output the last page may come twice
    #[arg(long, value_name = "FILE", requires = "all", conflicts_with = "limit")]
    checkpoint: Option<PathBuf>,
}

impl ReadingArgs {
    /// How many requests go out at once.
    pub(super) fn concurrency(&self) -> usize {
        self.concurrency.map_or(1, usize::from)
    }

    /// Refuses options that would do nothing for what is no list.
    pub(super) fn fit(&self, is_list: bool, is_stream: bool, api: &str) -> Result<()> {
        let given = [
            ("--concurrency", self.concurrency.is_some() && !is_stream),
            ("--distinct", self.distinct),
            ("--checkpoint", self.checkpoint.is_some()),
        ];
        match given.iter().find(|(_, given)| *given && !is_list) {
            Some((option, _)) => Err(Problem::usage(format!("{option} is for lists, and {api} gives none")).into()),
            None => Ok(()),
        }
    }
}

/// Why a list ended.
enum End {
    /// There is no more of it.
    Whole,
    /// One page was asked for, and more follows.
    OnePage,
    /// The limit was reached, and more may follow.
    Limit,
    /// A person ended it.
    Interrupted,
    /// A page failed.
    Failed(zoho_core::Error),
}

/// Prints the records of a list.
pub(super) async fn print(
    context: &Context,
    client: &Client,
    invocation: Invocation,
    args: &InvokeArgs,
) -> Result<Status> {
    let call = format!("{} {}", invocation.connector().name, invocation.api().name);
    let mut pages = pages(client, invocation, args)?;
    let Some(path) = &args.reading.checkpoint else {
        let mut writer = context.output.records()?;
        let end = stream(context, &mut pages, args, &mut writer, None).await?;
        finish(&end, &mut writer)?;
        return conclude(context, end, &pages, writer.written());
    };
    let (mut keeper, start) = Keeper::open(context, path, call)?;
    let (written, mut pages) = match start {
        Start::Anew => (Default::default(), pages),
        Start::Behind(written, checkpoint) => {
            context.talk.say(format!("going on behind {}", counted(written.read)));
            let resumed = pages.resume(*checkpoint).map_err(|error| {
                let problem = Problem::usage(format!("{} does not fit: {error}", path.display()));
                problem.hint("run the same command as before to go on, or name another file to begin anew")
            })?;
            (written, resumed)
        }
        Start::Finished(written) => {
            let read = counted(written.read);
            context.talk.say(format!("{} says that all is done: {read}", path.display()));
            context.talk.hint("to read the list again, remove it");
            return Ok(Status::Ok);
        }
    };
    let mut writer = context.output.records_behind(&written)?;
    let end = stream(context, &mut pages, args, &mut writer, Some(&mut keeper)).await?;
    // Before the end of the list is printed: a run that goes on goes on there.
    keeper.save(&pages, &mut writer, false)?;
    finish(&end, &mut writer)?;
    match end {
        End::Whole => keeper.save(&pages, &mut writer, true)?,
        _ => context.talk.hint(format!("run the same command again to go on: {} knows where", path.display())),
    }
    conclude(context, end, &pages, writer.written())
}

fn pages(client: &Client, invocation: Invocation, args: &InvokeArgs) -> Result<Pages> {
    let mut pages = client.pages(invocation)?.with_concurrency(args.reading.concurrency.map_or(1, usize::from));
    // Without --all or --limit one page is read, and none ahead.
    if !args.all && args.limit.is_none() {
        pages = pages.with_concurrency(1);
    }
    if let Some(limit) = args.limit {
        pages = pages.with_limit(limit);
    }
    if args.reading.distinct {
        pages = pages.distinct();
    }
    Ok(pages)
}

async fn stream(
    context: &Context,
    pages: &mut Pages,
    args: &InvokeArgs,
    writer: &mut RecordWriter<impl Target>,
    mut keeper: Option<&mut Keeper>,
) -> Result<End> {
    let mut progress = Progress::new(context.talk.quiet, context.output.is_seen());
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    loop {
        let page = tokio::select! {
            page = pages.next() => page,
            _ = &mut interrupt => return Ok(End::Interrupted),
        };
        let page = match page {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(End::Whole),
            Err(error) => return Ok(End::Failed(error)),
        };
        writer.body(&page.body)?;
        for record in &page.records {
            writer.reply(record)?;
        }
        writer.flush()?;
        if let Some(keeper) = keeper.as_deref_mut() {
            keeper.page(pages, writer)?;
        }
        progress.show(|| counted(pages.given()));
        if let Some(end) = after(&page, pages, args) {
            return Ok(end);
        }
    }
}

/// Whether a page was the last to read, and why.
fn after(page: &Page, pages: &Pages, args: &InvokeArgs) -> Option<End> {
    if args.limit.is_some_and(|limit| pages.given() >= limit) {
        return Some(if page.more || page.cut.is_some() { End::Limit } else { End::Whole });
    }
    match (page.more, args.all || args.limit.is_some()) {
        (false, _) => Some(End::Whole),
        (true, false) => Some(End::OnePage),
        (true, true) => None,
    }
}

fn finish(end: &End, writer: &mut RecordWriter<impl Target>) -> Result<()> {
    match end {
        End::Interrupted | End::Failed(_) => writer.give_up(),
        _ => writer.finish(),
    }
}

fn counted(records: u64) -> String {
    if records == 1 { "1 record".to_owned() } else { format!("{records} records") }
}

fn conclude(context: &Context, end: End, pages: &Pages, read: u64) -> Result<Status> {
    let records = counted(read);
    if pages.repeated() > 0 {
        let times = if pages.repeated() == 1 { "1 record".to_owned() } else { format!("{} records", pages.repeated()) };
        context.talk.say(format!("the list moved: {times} came again, and each is given once"));
    }
    match end {
        End::Whole => {
            if let Some(cut) = pages.cut() {
                return Ok(said_cut(context, cut, &records));
            }
            if read == 0 {
                context.talk.say("There are no records.");
            }
        }
        End::OnePage => {
            context.talk.say(format!("{records}, and more follow: --all reads them all, --limit N reads N"));
        }
        End::Limit => context.talk.say(format!("stopped after {records}, and more may follow: --all reads them all")),
        End::Interrupted => {
            context.talk.say(format!("stopped by Ctrl-C after {records}"));
            return Ok(Status::Interrupted);
        }
        End::Failed(error) if read > 0 => {
            context.talk.say(format!("stopped after {records}, which were printed"));
            return Err(error.into());
        }
        End::Failed(error) => return Err(error.into()),
    }
    Ok(Status::Ok)
}

/// A list that was to be read whole, and is not: a script must notice.
fn said_cut(context: &Context, cut: &Cut, records: &str) -> Status {
    context.talk.warn(format!("the list is not whole, it has {records}: {cut}"));
    context.talk.hint("narrow the list with its arguments, and read it in parts");
    Status::Failed
}
