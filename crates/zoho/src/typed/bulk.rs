//! Bulk writes, typed: records that come one after the other, and what became of each.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::{Stream, StreamExt, unfold};
use serde_json::Value;
use zoho_core::{BulkWrite, Error, Outcome};

use super::call::Call;
use super::write::ToRecord;

type Values = Pin<Box<dyn Stream<Item = Value> + Send>>;
type Boxed = Pin<Box<dyn Stream<Item = Result<Outcome, Error>> + Send>>;

/// What becomes of each record of a bulk write, in their order, while they are read and sent.
///
/// It ends with an error where nothing more is sent, since what went wrong would go wrong again: the records that have no
/// outcome by then were not sent.
#[must_use = "nothing is sent before it is asked for"]
pub struct Outcomes {
    call: Option<(Call, Values)>,
    parts: usize,
    running: Option<Boxed>,
}

impl Outcomes {
    pub(super) fn new<T: ToRecord>(call: Call, records: impl Stream<Item = T> + Send + 'static) -> Self {
        // What no argument can hold is text there: its record is refused, and those around it are sent.
        let written =
            |record: T| record.to_argument().unwrap_or_else(|_| Value::String(record.to_record().as_str().to_owned()));
        let values: Values = Box::pin(records.map(written));
        Self { call: Some((call, values)), parts: 1, running: None }
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
            let Some((call, values)) = call else { return Box::pin(futures_util::stream::empty()) };
            let write = call.invocation().and_then(|(client, invocation)| client.bulk_write(invocation));
            match write {
                Ok(write) => Box::pin(outcomes(write.with_concurrency(parts), values)),
                Err(fault) => Box::pin(futures_util::stream::iter([Err(fault)])),
            }
        })
    }
}

struct Running {
    write: BulkWrite,
    /// None once it is at its end.
    values: Option<Values>,
    told: VecDeque<Outcome>,
}

fn outcomes(write: BulkWrite, values: Values) -> impl Stream<Item = Result<Outcome, Error>> + Send {
    let running = Running { write, values: Some(values), told: VecDeque::new() };
    unfold(Some(running), |running| async move {
        let mut running = running?;
        while running.told.is_empty() {
            running.send().await;
            match running.write.next().await {
                Some(outcomes) => running.told.extend(outcomes),
                // A part of records that were all wrong before goes nowhere, so only an end ends it.
                None if running.values.is_none() || running.write.stopped().is_some() => {
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
            let Some(values) = &mut self.values else { return };
            let part: Vec<Value> = values.by_ref().take(self.write.size()).collect().await;
            if part.len() < self.write.size() {
                self.values = None;
            }
            if !part.is_empty() {
                self.write.send(part);
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
