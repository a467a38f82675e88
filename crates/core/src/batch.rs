//! Bulk writes: any number of records, sent in parts of the size that the service takes, with one outcome for each
//! record, in the order given.
//!
//! What is promised: an outcome is true. A record is [`OutcomeStatus::Failed`] only where it is certain that it was not
//! carried out, and [`OutcomeStatus::Unknown`] where a part was sent and no answer came that tells. Nothing is sent
//! twice that may have arrived, unless the API may be repeated. No more parts are held in memory than are on their way.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream::{FuturesOrdered, StreamExt};
use serde_json::Value;
use zoho_connector::{Api, FailureKind, Location, Type};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::invocation::{Invocation, Rows};
use crate::response::Reply;
use crate::response::outcomes::{Outcome, OutcomeStatus};
use crate::value::chosen::Formats;

mod part;

pub use part::Batch;
use part::Shape;

/// After so many parts in a row that failed whole the rest is not sent: it would fail too.
const PATIENCE: u32 = 5;

/// The list argument of an API that is split into parts, and the size of one.
pub fn batch_of(api: &Api) -> Option<(&str, usize)> {
    let name = api.batch.as_deref().filter(|_| api.responses.outcomes.is_some())?;
    let size = usize::try_from(api.parameter(name)?.ty.max_items()?).ok().filter(|size| *size > 0)?;
    Some((name, size))
}

/// A bulk write under way.
///
/// ```no_run
/// # async fn run(client: zoho_core::Client, rows: impl Iterator<Item = serde_json::Value>) -> Result<(), zoho_core::Error> {
/// use zoho_core::{Arguments, Invocation};
///
/// // The list is empty: its records come one part after the other.
/// let arguments = Arguments::new().with("module", "Leads").with("data", serde_json::json!([]));
/// let invocation = Invocation::new(client.connector(), "records.insert", arguments)?;
/// let mut write = client.bulk_write(invocation)?;
/// let mut rows = rows.peekable();
/// while rows.peek().is_some() && write.stopped().is_none() {
///     write.send(rows.by_ref().take(write.size()).collect());
///     for outcome in write.next().await.unwrap_or_default() {
///         println!("{} {}", outcome.index, outcome.status);
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct BulkWrite {
    client: Client,
    invocation: Invocation,
    list: String,
    shape: Arc<Shape>,
    /// Whether the list is a part of the body, where its text can stand.
    is_in_body: bool,
    size: usize,
    concurrency: usize,
    running: FuturesOrdered<Pin<Box<dyn Future<Output = Part> + Send>>>,
    /// How many records were given.
    given: usize,
    in_a_row: u32,
    stopped: Option<Error>,
}

/// What became of a part.
struct Part {
    outcomes: Vec<Outcome>,
    /// Why it failed whole.
    error: Option<Error>,
}

impl BulkWrite {
    pub(crate) fn new(client: Client, invocation: Invocation) -> Result<Self, Error> {
        let api = invocation.api();
        let Some((list, size)) = batch_of(api) else {
            return Err(Error::new(ErrorKind::Arguments, "it takes no list of any length")
                .operation_of(&invocation.connector().name, &api.name));
        };
        let list = list.to_owned();
        let parameter = api.parameter(&list);
        let item = match parameter.map(|parameter| &parameter.ty) {
            Some(Type::List { item, .. }) => (**item).clone(),
            _ => Type::Any,
        };
        let is_in_body =
            parameter.is_some_and(|parameter| parameter.sites.iter().all(|site| site.location == Location::Body));
        let formats = Formats::of(invocation.connector(), client.connection())?;
        let shape = Arc::new(Shape { connector: Arc::clone(invocation.connector()), item, formats });
        Ok(Self {
            client,
            invocation,
            list,
            shape,
            is_in_body,
            size,
            concurrency: 1,
            running: FuturesOrdered::new(),
            given: 0,
            in_a_row: 0,
            stopped: None,
        })
    }

    /// Sends so many parts side by side; their outcomes come in order all the same. Records that depend on each other must
    /// not stand in different parts then.
    #[must_use]
    pub fn with_concurrency(mut self, parts: usize) -> Self {
        self.concurrency = parts.max(1);
        self
    }

    /// The positions of the next records begin here: another run did those before.
    #[must_use]
    pub fn behind(mut self, records: usize) -> Self {
        self.given = records;
        self
    }

    /// How many records a part has at most.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether a part can be sent now, beside those that are on their way.
    pub fn has_room(&self) -> bool {
        self.stopped.is_none() && self.running.len() < self.concurrency
    }

    /// Whether nothing is on its way.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Why nothing more is sent, where what went wrong would go wrong again: no sign-in, a spent quota, or several parts
    /// in a row that failed whole.
    pub fn stopped(&self) -> Option<&Error> {
        self.stopped.as_ref()
    }

    /// As [`BulkWrite::stopped`], for whoever is done with the write.
    pub fn into_stopped(self) -> Option<Error> {
        self.stopped
    }

    /// An empty part, to put records into as JSON text.
    pub fn batch(&self) -> Batch {
        Batch::new(Arc::clone(&self.shape), self.size)
    }

    /// Sends a part of at most [`BulkWrite::size`] records. It goes out when [`BulkWrite::next`] is waited for.
    pub fn send(&mut self, records: Vec<Value>) {
        let mut batch = self.batch();
        for record in records {
            // A value is written as JSON.
            drop(batch.add(&record.to_string()));
        }
        self.send_batch(batch);
    }

    /// The same of records that were put together as text.
    pub fn send_batch(&mut self, batch: Batch) {
        let start = self.given;
        self.given += batch.len();
        let (rows, positions, outcomes) = batch.from(start);
        self.push(self.part(rows), positions, outcomes);
    }

    /// The invocation of a part.
    fn part(&self, rows: String) -> Invocation {
        if self.is_in_body {
            return self.invocation.with_rows(Rows { list: self.list.clone(), text: rows });
        }
        // In a query there are ids, and other scalars.
        let values: Vec<Value> = serde_json::from_str(&format!("[{rows}]")).unwrap_or_default();
        self.invocation.replacing(&self.list, Value::Array(values))
    }

    /// Puts a part on its way.
    fn push(&mut self, part: Invocation, positions: Vec<usize>, outcomes: Vec<Outcome>) {
        let client = self.client.clone();
        self.running.push_back(Box::pin(async move { sent(&client, &part, positions, outcomes).await }));
    }

    /// The outcomes of the next part; none where nothing is on its way. Waiting for it can be given up and begun again.
    pub async fn next(&mut self) -> Option<Vec<Outcome>> {
        let part = self.running.next().await?;
        self.in_a_row = if part.error.is_some() { self.in_a_row + 1 } else { 0 };
        if let Some(error) = part.error
            && self.stopped.is_none()
            && (concerns_all(&error) || self.in_a_row >= PATIENCE)
        {
            self.stopped = Some(error);
        }
        Some(part.outcomes)
    }
}

impl std::fmt::Debug for BulkWrite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkWrite").field("api", &self.invocation.api().name).field("given", &self.given).finish()
    }
}

/// Sends a part and gives what became of it, the records that were wrong before among them.
async fn sent(client: &Client, part: &Invocation, positions: Vec<usize>, mut outcomes: Vec<Outcome>) -> Part {
    let mut error = None;
    if !positions.is_empty() {
        match client.exchange(part, &[]).await {
            Ok((Reply::Outcomes(entries), _)) if entries.len() == positions.len() => {
                let placed = positions.iter().zip(entries);
                outcomes.extend(placed.map(|(index, entry)| Outcome { index: *index, ..entry }));
            }
            Ok(_) => {
                let words = "the reply does not have one result for each record";
                let fault = Error::new(ErrorKind::Unexpected, words);
                outcomes.extend(positions.iter().map(|index| failed(*index, &fault)));
                error = Some(fault);
            }
            Err(fault) => {
                outcomes.extend(positions.iter().map(|index| failed(*index, &fault)));
                error = Some(fault);
            }
        }
        outcomes.sort_by_key(|outcome| outcome.index);
    }
    Part { outcomes, error }
}

/// The outcome of a record whose part failed whole.
fn failed(index: usize, error: &Error) -> Outcome {
    let status = if error.may_have_arrived() { OutcomeStatus::Unknown } else { OutcomeStatus::Failed };
    Outcome {
        code: error.code().map(str::to_owned),
        message: Some(error.to_string()),
        field: error.field().map(str::to_owned),
        kind: Some(error.kind()),
        ..Outcome::of(index, status)
    }
}

/// Whether what went wrong goes wrong with every further part.
fn concerns_all(error: &Error) -> bool {
    use FailureKind as Kind;
    match error.kind() {
        ErrorKind::Service(kind) => matches!(
            kind,
            Kind::Unauthenticated
                | Kind::MissingScope
                | Kind::WrongOrganization
                | Kind::Forbidden
                | Kind::NotInEdition
                | Kind::NotFound
                | Kind::LockedOut
                | Kind::QuotaSpent
        ),
        ErrorKind::Network => !error.may_have_arrived(),
        ErrorKind::Timeout | ErrorKind::Unknown | ErrorKind::Unexpected | ErrorKind::Refused => false,
        _ => true,
    }
}

/// The parts of an invocation whose list is larger than the service takes; none where it fits in one request, or the API
/// gives no outcomes that could be joined.
pub(crate) fn parts(invocation: &Invocation) -> Option<usize> {
    let (name, size) = batch_of(invocation.api())?;
    let entries = invocation.value(name)?.as_array()?.len();
    (entries > size).then(|| entries.div_ceil(size))
}

/// Sends a list of any length and gives every outcome. What was done before a part failed is not lost, and what was not
/// sent is said.
///
/// # Errors
/// Where nothing was sent: what went wrong with the first part.
pub(crate) async fn run(client: &Client, invocation: &Invocation) -> Result<Vec<Outcome>, Error> {
    let mut write = BulkWrite::new(client.clone(), invocation.clone())?;
    let entries = invocation.value(&write.list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    write.invocation = invocation.replacing(&write.list, Value::Array(Vec::new()));
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(entries.len());
    for part in entries.chunks(write.size) {
        let positions = outcomes.len()..outcomes.len() + part.len();
        if write.stopped.is_some() {
            outcomes.extend(positions.map(not_sent));
            continue;
        }
        // The invocation was checked as a whole.
        let values = write.invocation.replacing(&write.list, Value::Array(part.to_vec()));
        write.push(values, positions.collect(), Vec::new());
        outcomes.extend(write.next().await.unwrap_or_default());
        let nothing_came = || outcomes.iter().all(|outcome| outcome.status == OutcomeStatus::Failed);
        if let Some(error) = write.stopped.take_if(|_| outcomes.len() == part.len() && nothing_came()) {
            return Err(error);
        }
    }
    Ok(outcomes)
}

fn not_sent(index: usize) -> Outcome {
    let message = Some("it was not sent, since what went wrong before it would have gone wrong again".to_owned());
    Outcome { message, ..Outcome::of(index, OutcomeStatus::NotSent) }
}
