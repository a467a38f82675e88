//! A part of a bulk write in the making: records as JSON text, read once, checked, and put together as they are sent.

use std::sync::Arc;

use zoho_connector::{Connector, Type};

use crate::error::{ArgumentFault, ErrorKind};
use crate::record::outline::{self, Outline, depth};
use crate::response::outcomes::{Outcome, OutcomeStatus};
use crate::value::chosen::Formats;
use crate::value::text::Writer;

/// Bytes that a record may have more than the first of its part, when memory is taken for all of them.
const EACH: usize = 16;
/// Bytes that are taken at once at most, before they are needed.
const AT_ONCE: usize = 1 << 18;

/// What every record of a bulk write has to be, and how it is spelt.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) connector: Arc<Connector>,
    pub(super) item: Type,
    pub(super) formats: Formats,
}

impl Shape {
    /// How much is looked at of a record.
    fn depth(&self) -> u8 {
        let is_looked_into = matches!(self.item, Type::List { .. }) || self.connector.object(&self.item).is_some();
        if is_looked_into { depth::MEMBERS } else { depth::WHOLE }
    }
}

/// Records that go out together. They can be put in on any thread: what a record costs is done with when it is in.
#[derive(Debug, Clone)]
pub struct Batch {
    shape: Arc<Shape>,
    size: usize,
    /// The records that can be sent, with commas between them.
    rows: String,
    /// How many records were put in.
    len: usize,
    /// The outcomes of those that cannot be sent, at their positions here.
    wrong: Vec<Outcome>,
    /// Of the record that was put in last.
    outline: Outline,
}

impl Batch {
    pub(super) fn new(shape: Arc<Shape>, size: usize) -> Self {
        Self { shape, size, rows: String::new(), len: 0, wrong: Vec::new(), outline: Outline::default() }
    }

    /// Puts a record in, as JSON text. It is checked as far as the connector says what it has to be; what it does not say
    /// goes out as it is, digit for digit. A record that is not as it has to be is not sent, and its outcome says why.
    ///
    /// # Errors
    /// Where it is no JSON; then it is not in.
    pub fn add(&mut self, record: &str) -> Result<(), serde_json::Error> {
        if !self.outline.reread(record, self.shape.depth()) {
            return Err(outline::fault(record));
        }
        let start = self.rows.len();
        match start {
            // The others will be of about its length.
            0 => self.rows.reserve(self.size.saturating_mul(record.len() + EACH).min(AT_ONCE)),
            _ => self.rows.push(','),
        }
        let mut faults = Vec::new();
        let Shape { connector, item, formats } = &*self.shape;
        Writer { connector, formats }.value(item, record, &self.outline, &mut self.rows, &mut faults);
        let mut faults = faults.into_iter().map(|fault| fault.of_argument(""));
        if let Some(first) = faults.next() {
            self.rows.truncate(start);
            self.wrong.push(wrong(self.len, &first, faults.next().is_some()));
        }
        self.len += 1;
        Ok(())
    }

    /// How many records are in it.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none is in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether it has as many as the service takes at once.
    pub fn is_full(&self) -> bool {
        self.len >= self.size
    }

    /// The text of the good records, their positions, and the outcomes of the others, where the first one stands at
    /// `start`.
    pub(super) fn from(mut self, start: usize) -> (String, Vec<usize>, Vec<Outcome>) {
        let mut wrong = self.wrong.iter().map(|outcome| outcome.index).peekable();
        let good = (0..self.len).filter(|index| wrong.next_if_eq(index).is_none());
        let positions = good.map(|index| start + index).collect();
        self.wrong.iter_mut().for_each(|outcome| outcome.index += start);
        (self.rows, positions, self.wrong)
    }
}

/// The outcome of a record that is not as the connector says: it was not sent.
fn wrong(index: usize, fault: &ArgumentFault, more: bool) -> Outcome {
    let at = fault.argument.trim_start_matches('.');
    let name = if at.is_empty() { "the record".to_owned() } else { format!("`{at}`") };
    let help = fault.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let more = if more { ", among other faults" } else { "" };
    Outcome {
        message: Some(format!("it was not sent: {name} {}{help}{more}", fault.message)),
        field: (!at.is_empty()).then(|| at.to_owned()),
        kind: Some(ErrorKind::Arguments),
        ..Outcome::of(index, OutcomeStatus::Failed)
    }
}
