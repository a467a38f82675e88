//! Reading a list to its end, page by page.

use futures_util::stream::{Stream, TryStreamExt, iter, try_unfold};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::record::Record;
use crate::request::Change;
use crate::response::{Looked, Reply};

pub(crate) mod cursor;

use cursor::{Cursor, Facts, Next};

/// The records of one reply, and what is known of the rest.
#[derive(Debug, Clone)]
pub struct Page {
    /// The records, in the service's order.
    pub records: Vec<Record>,
    /// Which page it is, from 1.
    pub number: u64,
    /// Whether more follows.
    pub more: bool,
    /// Whether the service has more and refuses to give it.
    pub cut: Option<Cut>,
}

/// A list that is cut: the service has more, and refuses to page further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How many records were read.
    pub after: u64,
    /// The number of records past which the service does not page.
    pub ceiling: u64,
}

/// A list being read, a page at a time.
#[derive(Debug)]
pub struct Pages {
    client: Client,
    invocation: Invocation,
    /// How the next page is asked for; none after the last.
    cursor: Option<Cursor>,
    number: u64,
    previous: Option<Vec<Record>>,
}

/// What asks for the first page of an invocation.
pub(crate) fn first_changes(invocation: &Invocation) -> Vec<Change> {
    let paginate = invocation.api().paginate.clone();
    paginate.map(|paginate| Cursor::first(paginate, invocation.page_size()).changes()).unwrap_or_default()
}

impl Pages {
    pub(crate) fn new(client: Client, invocation: Invocation) -> Self {
        let paginate = invocation.api().paginate.clone();
        let cursor = Some(match paginate {
            Some(paginate) => Cursor::first(paginate, invocation.page_size()),
            None => Cursor::only(),
        });
        Self { client, invocation, cursor, number: 0, previous: None }
    }

    /// The next page; none after the last.
    ///
    /// # Errors
    /// Whatever sending the request gives, and [`ErrorKind::Unexpected`] where the service gives the same page again.
    pub async fn next(&mut self) -> Result<Option<Page>, Error> {
        let Some(cursor) = self.cursor.take() else { return Ok(None) };
        let (reply, raw) = self.client.exchange(&self.invocation, &cursor.changes()).await?;
        let records = match reply {
            Reply::Records(records) => records,
            Reply::Record(record) => vec![record],
            Reply::Done | Reply::Outcomes(_) => Vec::new(),
        };
        if !records.is_empty() && self.previous.as_ref() == Some(&records) {
            let (connector, api) = (self.invocation.connector(), self.invocation.api());
            return Err(Error::new(
                ErrorKind::Unexpected,
                format!("the service gave the same page twice, after {} records", cursor.read()),
            )
            .operation_of(&connector.name, &api.name));
        }
        let looked = Looked::at(&raw);
        let facts = Facts::of(&cursor, records.len() as u64, &looked);
        let next = cursor.next(&facts);
        self.number += 1;
        let cut = match &next {
            Next::Cut { ceiling } => Some(Cut { after: cursor.read() + facts.count, ceiling: *ceiling }),
            _ => None,
        };
        if let Next::Page(next) = next {
            self.cursor = Some(*next);
        }
        self.previous = Some(records.clone());
        Ok(Some(Page { records, number: self.number, more: self.cursor.is_some() || cut.is_some(), cut }))
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
