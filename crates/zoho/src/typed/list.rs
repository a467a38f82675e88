//! Lists, typed: record by record or page by page.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::TryStreamExt;
use futures_util::stream::{Stream, StreamExt, iter, try_unfold};
use zoho_core::{Checkpoint, Cut, Error, Record};

use super::read::{FromRecord, Mismatch, Reading};

/// The records of one page, typed.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The records, in the service's order.
    pub records: Vec<T>,
    /// Which page it is, from 1.
    pub number: u64,
    /// Whether another page can be read.
    pub more: bool,
    /// Whether the service has more in this place and refuses to give it.
    pub cut: Option<Cut>,
}

/// Whose list it is, for what is said of a record that differs.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) service: String,
    pub(super) api: &'static str,
}

impl Operation {
    fn error(&self, mismatch: Mismatch) -> Error {
        Error::from(mismatch).operation_of(&self.service, self.api)
    }
}

/// A list being read, a page at a time.
///
/// An argument that is wrong is told when the first page is asked for.
#[must_use = "nothing is read before it is asked for"]
pub struct Pages<T> {
    state: Result<zoho_core::Pages, Option<Error>>,
    operation: Operation,
    records: PhantomData<fn() -> T>,
}

impl<T: FromRecord> Pages<T> {
    pub(super) fn of(operation: Operation, pages: Result<zoho_core::Pages, Error>) -> Self {
        Self { state: pages.map_err(Some), operation, records: PhantomData }
    }

    fn changed(self, change: impl FnOnce(zoho_core::Pages) -> zoho_core::Pages) -> Self {
        Self { state: self.state.map(change), ..self }
    }

    /// Fetches so many pages side by side where the style of paging allows it, and one ahead where it does not. They come
    /// in order all the same.
    pub fn with_concurrency(self, pages: usize) -> Self {
        self.changed(|list| list.with_concurrency(pages))
    }

    /// Ends the list after so many records, and asks for no page that is not needed for them.
    pub fn with_limit(self, records: u64) -> Self {
        self.changed(|list| list.with_limit(records))
    }

    /// Goes on where another read stopped.
    ///
    /// # Errors
    /// Where the checkpoint is of another call or of another version of the connector.
    pub fn resume(self, checkpoint: Checkpoint) -> Result<Self, Error> {
        let state = match self.state {
            Ok(list) => Ok(list.resume(checkpoint)?),
            fault => fault,
        };
        Ok(Self { state, ..self })
    }

    /// Where the read stands, behind the last page that was given; nothing where the arguments are wrong.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.state.as_ref().ok().map(zoho_core::Pages::checkpoint)
    }

    /// Why the list is not whole, where so far it is not.
    pub fn cut(&self) -> Option<&Cut> {
        self.state.as_ref().ok().and_then(zoho_core::Pages::cut)
    }

    /// The next page; none after the last.
    ///
    /// # Errors
    /// What went wrong, with what to do next. Where a record differs from its definition, the page is lost to this read:
    /// the one behind it comes next.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        let list = match &mut self.state {
            Ok(list) => list,
            Err(fault) => return fault.take().map_or(Ok(None), Err),
        };
        let Some(page) = list.next().await? else { return Ok(None) };
        let mut reading = Reading::default();
        let records = reading.entries(&page.records);
        let records = reading.end(records).map_err(|mismatch| self.operation.error(mismatch))?;
        Ok(Some(Page { records, number: page.number, more: page.more, cut: page.cut }))
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pages").field(&self.state).finish()
    }
}

type Boxed<T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>;

/// The records of a list as a stream. [`Records::try_next`] needs no other crate; with `futures` it is a `Stream`.
///
/// A record that differs from its definition is an error that names the member; the records behind it come all the same.
#[must_use = "nothing is read before it is asked for"]
pub struct Records<T> {
    /// The list before it is read.
    pages: Pages<T>,
    running: Option<Boxed<T>>,
}

impl<T: FromRecord + 'static> Records<T> {
    pub(super) fn of(pages: Pages<T>) -> Self {
        Self { pages, running: None }
    }

    /// Fetches so many pages side by side, as [`Pages::with_concurrency`].
    pub fn with_concurrency(self, pages: usize) -> Self {
        Self { pages: self.pages.with_concurrency(pages), ..self }
    }

    /// Ends the list after so many records, and asks for no page that is not needed for them.
    pub fn with_limit(self, records: u64) -> Self {
        Self { pages: self.pages.with_limit(records), ..self }
    }

    /// The next record; none after the last.
    ///
    /// # Errors
    /// What went wrong, with what to do next.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        self.running().next().await.transpose()
    }

    /// All records, in memory.
    ///
    /// # Errors
    /// What went wrong first.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(record) = self.try_next().await? {
            all.push(record);
        }
        Ok(all)
    }

    fn running(&mut self) -> &mut Boxed<T> {
        let Self { pages, running } = self;
        running.get_or_insert_with(|| Box::pin(stream(pages)))
    }
}

/// The records of a list, each read by itself: one that differs from its definition takes no other with it.
fn stream<T: FromRecord>(pages: &mut Pages<T>) -> impl Stream<Item = Result<T, Error>> + Send + use<T> {
    let state = std::mem::replace(&mut pages.state, Err(None));
    let operation = pages.operation.clone();
    let untyped = Pages::<Record> { state, operation: operation.clone(), records: PhantomData };
    try_unfold(untyped, |mut pages| async move {
        let page = pages.next().await?;
        Ok::<_, Error>(page.map(|page| (iter(page.records.into_iter().map(Ok::<_, Error>)), pages)))
    })
    .try_flatten()
    .map(move |record| T::from_record(&record?).map_err(|mismatch| operation.error(mismatch)))
}

impl<T: FromRecord + 'static> Stream for Records<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.running().poll_next_unpin(context)
    }
}

impl<T> fmt::Debug for Records<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}
