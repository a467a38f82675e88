//! Reading a list to its end, page by page.
//!
//! What is promised: the records of a list come in the service's order, none of them twice within the last 10,000 (or
//! at all, where all ids are kept), and all of them where the list stands still. Where it moves while it is read:
//! - A record that is added, or moves back, may come again, which its id tells; it is given once.
//! - A record that is deleted moves those behind it forward. Where pages have numbers, as many records may be left out
//!   as were deleted before the page at hand, unless the service sorts by what never changes and new records come last.
//!   Nothing in a reply tells. Tokens and links do not have that fault.
//! - Past a ceiling, windows of the time of change go from the oldest to the newest, so that a record which is changed
//!   meanwhile is met again in a later window.
//!
//! A list that the service refuses to give whole is marked as cut, with the reason.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{Stream, TryStreamExt, iter, try_unfold};
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::record::Record;
use crate::request::{Change, Request, build};
use crate::response::Reply;

mod ahead;
pub(crate) mod checkpoint;
mod cursor;
mod member;
mod seen;
#[cfg(test)]
mod simulation;
pub(crate) mod walk;
mod window;

use ahead::Ahead;
use checkpoint::Checkpoint;
use cursor::Cursor;
use walk::Walk;

/// The records of one reply, and what is known of the rest.
#[derive(Debug, Clone)]
pub struct Page {
    /// The records, in the service's order.
    pub records: Vec<Record>,
    /// Which page it is, from 1.
    pub number: u64,
    /// Whether another page can be read.
    pub more: bool,
    /// How many records of the reply were left out, since they came before.
    pub repeated: u64,
    /// Whether the service has more in this place and refuses to give it. What it does give may follow all the same.
    pub cut: Option<Cut>,
    /// The body of the reply as it came.
    pub body: Bytes,
}

/// A list that is cut: the service has more, and refuses to give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// How many records were given until then.
    pub after: u64,
    /// The number of records past which the service does not page.
    pub ceiling: u64,
    /// Why the limit cannot be passed.
    pub reason: CutReason,
}

/// Why a list does not go on past a limit of its service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CutReason {
    /// Nobody knows a way.
    Ceiling,
    /// More records than that have this one time of change, which is the smallest window.
    Instant(String),
    /// The records came in no order of their time of change, and the service does not take a window's end.
    Order,
    /// The records do not have this member, which tells when they were changed.
    NoTime(String),
    /// The service did not keep to the windows of time that it was asked for.
    Windows,
    /// This argument cannot be read as a window of time.
    Argument(String),
    /// The records have no id that tells them apart.
    NoId,
}

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ceiling = self.ceiling;
        match &self.reason {
            CutReason::Ceiling => write!(f, "the service does not page past {ceiling}"),
            CutReason::Instant(time) => {
                write!(
                    f,
                    "more than {ceiling} records were changed at {time}, and the service gives no more of one time"
                )
            }
            CutReason::Order => write!(
                f,
                "the service does not page past {ceiling}, and its records came in no order of their time of change"
            ),
            CutReason::NoTime(field) => write!(
                f,
                "the service does not page past {ceiling}, and these records have no `{field}` to go on by: ask for it"
            ),
            CutReason::Windows => write!(
                f,
                "the service does not page past {ceiling}, and it did not keep to the windows of time it was asked for"
            ),
            CutReason::Argument(name) => write!(
                f,
                "the service does not page past {ceiling}, and `{name}` is no window of time that could be narrowed"
            ),
            CutReason::NoId => {
                write!(
                    f,
                    "the service does not page past {ceiling}, and these records have no id to tell them apart by"
                )
            }
        }
    }
}

/// A list being read, a page at a time.
#[derive(Debug)]
pub struct Pages {
    client: Client,
    invocation: Arc<Invocation>,
    walk: Walk,
    ahead: Ahead,
    concurrency: usize,
    limit: Option<u64>,
}

/// What asks for the first page of an invocation.
pub(crate) fn first_changes(invocation: &Invocation) -> Vec<Change> {
    let paginate = invocation.api().paginate.clone().map(Arc::new);
    paginate.map(|paginate| Cursor::first(paginate, invocation.page_size()).changes()).unwrap_or_default()
}

impl Pages {
    pub(crate) fn new(client: Client, invocation: Invocation) -> Self {
        let walk = Walk::begin(&invocation, client.now_in_milliseconds());
        Self { client, invocation: Arc::new(invocation), walk, ahead: Ahead::default(), concurrency: 1, limit: None }
    }

    /// Fetches so many pages side by side where the style of paging allows it, and one ahead where it does not. They come
    /// in order all the same, and no more of them are held in memory. Of one, which is the usual, nothing is fetched
    /// before it is asked for. At its end a list may be asked for pages that it does not have.
    #[must_use]
    pub fn with_concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.max(1);
        self
    }

    /// Ends the list after so many records, and asks for no page that is not needed for them.
    #[must_use]
    pub fn with_limit(mut self, records: u64) -> Self {
        self.limit = Some(records);
        self
    }

    /// Remembers the ids of all records and not only of the last 10,000, so that none is given twice however the list
    /// moves. It takes some 50 bytes for each.
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.walk.keep_all();
        self
    }

    /// Goes on where another read stopped.
    ///
    /// # Errors
    /// [`ErrorKind::Arguments`] where the checkpoint is of another call or of another version of the connector.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Result<Self, Error> {
        let (connector, api) = (self.invocation.connector(), self.invocation.api());
        let refused =
            |words: &str| Err(Error::new(ErrorKind::Arguments, words).operation_of(&connector.name, &api.name));
        if !checkpoint.is_of(&self.client, &self.invocation) {
            return refused("the checkpoint is of another call, of other arguments, or of another organisation");
        }
        if self.walk.restore(checkpoint.state).is_none() {
            return refused("the checkpoint does not fit how this list pages: the connector has changed");
        }
        Ok(self)
    }

    /// Where the read stands, behind the last page that was given.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(&self.client, &self.invocation, self.walk.cursor().is_none(), self.walk.state())
    }

    /// The request of the page that comes next, without sending it; none after the last.
    ///
    /// # Errors
    /// As sending it, where it cannot be built.
    pub fn upcoming(&self) -> Result<Option<Request>, Error> {
        let Some(cursor) = self.walk.cursor() else { return Ok(None) };
        build(&self.invocation, self.client.connection(), None, &self.walk.changes(cursor)).map(Some)
    }

    /// How many records were given, those before a checkpoint included.
    pub fn given(&self) -> u64 {
        self.walk.given()
    }

    /// How many records were left out, since they came before; without those that windows of time overlap by.
    pub fn repeated(&self) -> u64 {
        self.walk.repeated()
    }

    /// Why the list is not whole, where so far it is not: the last of the reasons.
    pub fn cut(&self) -> Option<&Cut> {
        self.walk.cut()
    }

    /// The next page; none after the last. After an error the same page is asked for again.
    ///
    /// # Errors
    /// Whatever sending the request gives, and [`ErrorKind::Unexpected`] where the service gives the same page again.
    pub async fn next(&mut self) -> Result<Option<Page>, Error> {
        let page = self.page().await;
        match page {
            // What is on its way behind a page that failed is not wanted until that one is there.
            Err(error) => {
                self.ahead.clear();
                let (connector, api) = (self.invocation.connector(), self.invocation.api());
                Err(error.operation_of(&connector.name, &api.name))
            }
            page => page,
        }
    }

    async fn page(&mut self) -> Result<Option<Page>, Error> {
        self.send_ahead();
        let Some(cursor) = self.walk.cursor().cloned() else { return Ok(None) };
        let (reply, raw) = match self.ahead.take(&cursor).await {
            Some(reply) => reply?,
            None => self.client.exchange(&self.invocation, &self.walk.changes(&cursor)).await?,
        };
        let mut page = self.walk.take(records_of(reply), &raw, self.client.now_in_milliseconds())?;
        self.hold_limit(&mut page);
        match self.walk.cursor() {
            Some(next) => self.ahead.keep_from(next),
            None => self.ahead.clear(),
        }
        self.send_ahead();
        Ok(Some(page))
    }

    /// Sends for as many pages as may be on their way.
    fn send_ahead(&mut self) {
        if self.concurrency < 2 {
            return;
        }
        while self.ahead.len() < self.concurrency {
            let next = match self.ahead.last() {
                Some(last) => last.ahead(self.walk.total()),
                None => self.walk.cursor().cloned(),
            };
            let Some(next) = next.filter(|next| self.is_wanted(next)) else { return };
            let changes = self.walk.changes(&next);
            self.ahead.send(&self.client, &self.invocation, next, changes);
        }
    }

    /// Whether a page is needed for the records that were asked for.
    fn is_wanted(&self, next: &Cursor) -> bool {
        let before = next.read().saturating_sub(self.walk.cursor().map_or(0, Cursor::read));
        self.limit.is_none_or(|limit| self.walk.given() + before < limit)
    }

    /// Cuts off what is past the limit, and ends the list there.
    fn hold_limit(&mut self, page: &mut Page) {
        let Some(limit) = self.limit.filter(|limit| self.walk.given() >= *limit) else { return };
        let over = self.walk.given() - limit;
        let keep = page.records.len().saturating_sub(usize::try_from(over).unwrap_or(usize::MAX));
        page.more |= keep < page.records.len();
        page.records.truncate(keep);
        self.walk.end(limit);
    }

    /// The records of all pages, as a stream.
    pub fn records(self) -> impl Stream<Item = Result<Record, Error>> {
        try_unfold(self, |mut pages| async move {
            let page = pages.next().await?;
            Ok(page.map(|page| (iter(page.records.into_iter().map(Ok)), pages)))
        })
        .try_flatten()
    }
}

fn records_of(reply: Reply) -> Vec<Record> {
    match reply {
        Reply::Records(records) => records,
        Reply::Record(record) => vec![record],
        Reply::Done | Reply::Outcomes(_) => Vec::new(),
    }
}
