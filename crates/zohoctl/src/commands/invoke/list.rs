//! A list: records are printed as they arrive, and what was left out is said.

use std::io::Write;
use std::pin::pin;

use anyhow::Result;
use zoho_core::{Client, Cut, Invocation, Page, Pages};

use super::InvokeArgs;
use crate::context::Context;
use crate::exit::Status;
use crate::output::RecordWriter;
use crate::progress::Progress;

/// Why a list ended.
enum End {
    /// It was read to its end.
    Whole,
    /// One page was asked for, and more follows.
    OnePage,
    /// The limit was reached, and more may follow.
    Limit,
    /// The service does not page further.
    Ceiling(Cut),
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
    let mut pages = client.pages(invocation)?;
    let mut writer = context.output.records();
    let end = stream(context, &mut pages, args, &mut writer).await?;
    // Whatever ended it, what was printed is a whole list of whole records.
    writer.finish()?;
    conclude(context, end, writer.written())
}

async fn stream(
    context: &Context,
    pages: &mut Pages,
    args: &InvokeArgs,
    writer: &mut RecordWriter<impl Write>,
) -> Result<End> {
    let mut progress = Progress::new(context.talk.quiet);
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    let mut read = 0;
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
        let left = args.limit.map(|limit| usize::try_from(limit - read).unwrap_or(usize::MAX));
        let printed = &page.records[..page.records.len().min(left.unwrap_or(usize::MAX))];
        for record in printed {
            writer.record(record.as_bytes())?;
        }
        writer.flush()?;
        read += printed.len() as u64;
        progress.show(|| format!("{read} records"));
        if let Some(end) = after(&page, args, printed.len(), left) {
            return Ok(end);
        }
    }
}

/// Whether a page was the last to read, and why.
fn after(page: &Page, args: &InvokeArgs, printed: usize, left: Option<usize>) -> Option<End> {
    let dropped = printed < page.records.len();
    if left.is_some_and(|left| printed >= left) {
        return Some(if dropped || page.more { End::Limit } else { End::Whole });
    }
    if let Some(cut) = page.cut {
        return Some(End::Ceiling(cut));
    }
    match (page.more, args.all || args.limit.is_some()) {
        (false, _) => Some(End::Whole),
        (true, false) => Some(End::OnePage),
        (true, true) => None,
    }
}

fn conclude(context: &Context, end: End, read: u64) -> Result<Status> {
    let records = if read == 1 { "1 record".to_owned() } else { format!("{read} records") };
    match end {
        End::Whole if read == 0 => context.talk.say("There are no records."),
        End::Whole => {}
        End::OnePage => {
            context.talk.say(format!("{records}, and more follow: --all reads them all, --limit N reads N"));
        }
        End::Limit => context.talk.say(format!("stopped after {records}, and more may follow: --all reads them all")),
        End::Ceiling(cut) => {
            context.talk.warn(format!("stopped after {records}: the service does not page past {}", cut.ceiling));
            context.talk.hint("narrow the list with its arguments, and read it in parts");
        }
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
