//! Bulk writes, typed: records that come one after the other, and what became of each.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{Stream, StreamExt, unfold};
use zoho_core::{BulkWrite, Error, Outcome, Record};

use super::call::Call;
use super::write::ToRecord;

/// Records as JSON text, which keeps every digit.
type Texts = Pin<Box<dyn Stream<Item = Record> + Send>>;
type Boxed = Pin<Box<dyn Stream<Item = Result<Outcome, Error>> + Send>>;

/// What becomes of each record of a bulk write, in their order, while they are read and sent.
///
/// It ends with an error where nothing more is sent, since what went wrong would go wrong again: the records that have no
/// outcome by then were not sent.
#[must_use = "nothing is sent before it is asked for"]
pub struct Outcomes {
    call: Option<(Call, Texts)>,
    parts: usize,
    running: Option<Boxed>,
}

impl Outcomes {
    pub(super) fn new<T: ToRecord>(call: Call, records: impl Stream<Item = T> + Send + 'static) -> Self {
        let texts: Texts = Box::pin(records.map(|record| record.to_record()));
        Self { call: Some((call, texts)), parts: 1, running: None }
    }

    /// Sends so many parts side by side; their outcomes come in order all the same. Records that depend on each other must
    /// not stand in different parts then.
    pub fn with_concurrency(mut self, parts: usize) -> Self {
        self.parts = parts.max(1);
        self
    }

    /// The outcome of the next record; none after the last.
    ///
    /// # Errors
    /// Why nothing more is sent.
    pub async fn try_next(&mut self) -> Result<Option<Outcome>, Error> {
        self.running().next().await.transpose()
    }

    fn running(&mut self) -> &mut Boxed {
        let (call, parts) = (self.call.take(), self.parts);
        self.running.get_or_insert_with(|| {
            let Some((call, texts)) = call else { return Box::pin(futures_util::stream::empty()) };
            let write = call.invocation().and_then(|(client, invocation)| client.bulk_write(invocation));
            match write {
                Ok(write) => Box::pin(outcomes(write.with_concurrency(parts), texts)),
                Err(fault) => Box::pin(futures_util::stream::iter([Err(fault)])),
            }
        })
    }
}

struct Running {
    write: BulkWrite,
    /// None once it is at its end.
    texts: Option<Texts>,
    told: VecDeque<Outcome>,
}

fn outcomes(write: BulkWrite, texts: Texts) -> impl Stream<Item = Result<Outcome, Error>> + Send {
    let running = Running { write, texts: Some(texts), told: VecDeque::new() };
    unfold(Some(running), |running| async move {
        let mut running = running?;
        while running.told.is_empty() {
            running.send().await;
            match running.write.next().await {
                Some(outcomes) => running.told.extend(outcomes),
                // A part of records that were all wrong before goes nowhere, so only an end ends it.
                None if running.texts.is_none() || running.write.stopped().is_some() => {
                    return running.write.into_stopped().map(|fault| (Err(fault), None));
                }
                None => {}
            }
        }
        running.told.pop_front().map(|outcome| (Ok(outcome), Some(running)))
    })
}

impl Running {
    /// Reads and sends as many parts as may be on their way.
    async fn send(&mut self) {
        while self.write.has_room() {
            let Some(texts) = &mut self.texts else { return };
            let mut part = self.write.batch();
            while !part.is_full() {
                let Some(record) = texts.next().await else {
                    self.texts = None;
                    break;
                };
                // What a writer has written is JSON.
                drop(part.add(record.as_str()));
            }
            if !part.is_empty() {
                self.write.send_batch(part);
            }
        }
    }
}

impl Stream for Outcomes {
    type Item = Result<Outcome, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.running().poll_next_unpin(context)
    }
}

impl fmt::Debug for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes").field("parts", &self.parts).finish_non_exhaustive()
    }
}
