//! Reading: a JSON value as a value of Rust.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;
use zoho_core::{Error, ErrorKind, Record};

/// What can be read from a JSON value.
pub trait FromRecord: Sized {
    /// Reads it. What is of another type is noted in `reading`, and something stands for it that nobody gets to see.
    ///
    /// No member ends the reading of those behind it: a struct of fifty members would have fifty ways out, each with its
    /// own members to drop, and most of the time that its bindings take to compile would go there.
    fn read(record: &Record, reading: &mut Reading) -> Self;

    /// Reads it.
    ///
    /// # Errors
    /// Where in the value something is of another type: the first such place.
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        let mut reading = Reading::default();
        let value = Self::read(record, &mut reading);
        reading.end(value)
    }

    /// What stands for a member that is not there, where something does.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether a value means that there is none: `null`, and an empty text where no text is wanted.
    fn is_nothing(record: &Record) -> bool {
        record.is_null()
    }
}

/// Where a value is of another type than its definition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    at: String,
    message: String,
}

impl Mismatch {
    /// A value that must be something else: `must be a number, and is "x"`.
    pub fn wanted(what: &str, found: &Record) -> Self {
        let found = match found.as_str().trim().as_bytes() {
            b"null" => "null".to_owned(),
            [b'{', ..] => "an object".to_owned(),
            [b'[', ..] => "a list".to_owned(),
            _ => found.as_str().chars().take(60).collect(),
        };
        Self { at: String::new(), message: format!("must be {what}, and is {found}") }
    }

    /// The same, of a value within another: a member, or the position of an entry.
    #[must_use]
    pub fn inside(mut self, step: &str) -> Self {
        self.at = if self.at.is_empty() { step.to_owned() } else { format!("{step}.{}", self.at) };
        self
    }

    /// The members and positions that lead to it, joined by dots; empty for the whole value.
    pub fn at(&self) -> &str {
        &self.at
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.at.is_empty() { "the record" } else { &self.at };
        write!(f, "`{at}` {}", self.message)
    }
}

impl std::error::Error for Mismatch {}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        let error = Self::new(ErrorKind::Unexpected, mismatch.to_string())
            .with_hint("the reply differs from its definition: read it as `Record`, which takes anything");
        error.field_of((!mismatch.at.is_empty()).then_some(mismatch.at))
    }
}

/// How a reading goes: whether all was of the type that its definition says, and else where not.
#[derive(Debug, Default)]
pub struct Reading {
    mismatch: Option<Mismatch>,
}

impl Reading {
    /// Notes a value of another type. The first one counts.
    pub fn note(&mut self, mismatch: Mismatch) {
        self.mismatch.get_or_insert(mismatch);
    }

    /// What was read of a value; where that is nothing, it is noted what it must have been.
    pub fn wanted<T>(&mut self, what: &str, found: &Record, read: Option<T>) -> Option<T> {
        if read.is_none() {
            self.note(Mismatch::wanted(what, found));
        }
        read
    }

    /// What was read, where all was of its type.
    pub(super) fn end<T>(self, value: T) -> Result<T, Mismatch> {
        self.mismatch.map_or(Ok(value), Err)
    }

    /// Reads the entries of a list.
    pub(super) fn entries<T: FromRecord>(&mut self, entries: &[Record]) -> Vec<T> {
        entries.iter().enumerate().map(|(at, entry)| self.within(at, entry)).collect()
    }

    /// Reads a value that stands within another.
    fn within<T: FromRecord>(&mut self, step: impl fmt::Display, record: &Record) -> T {
        let mut inner = Self::default();
        let value = T::read(record, &mut inner);
        if let Some(mismatch) = inner.mismatch {
            self.note(mismatch.inside(&step.to_string()));
        }
        value
    }
}

/// The members of an object, taken out one after the other.
#[derive(Debug)]
pub struct Members<'a> {
    reading: &'a mut Reading,
    members: Vec<(Cow<'a, str>, Record)>,
}

impl<'a> Members<'a> {
    /// The members of an object; none where it is no object, which is noted.
    pub fn of(record: &'a Record, reading: &'a mut Reading) -> Self {
        let members = reading.wanted("an object", record, record.members()).unwrap_or_default();
        Self { reading, members }
    }

    /// Takes a member out. Of two with one name the last counts. It is noted where it is of another type, or is not there
    /// and has to be.
    pub fn take<T: FromRecord>(&mut self, name: &str) -> T {
        match self.remove(name) {
            Some(value) => self.reading.within(name, &value),
            None => T::absent().unwrap_or_else(|| {
                self.reading.note(Mismatch { at: name.to_owned(), message: "is missing".to_owned() });
                T::read(&Record::from(Value::Null), &mut Reading::default())
            }),
        }
    }

    /// Takes a member out that holds what it stands in, so that it lies elsewhere in memory.
    pub fn take_boxed<T: FromRecord>(&mut self, name: &str) -> Option<Box<T>> {
        self.take::<Option<T>>(name).map(Box::new)
    }

    fn remove(&mut self, name: &str) -> Option<Record> {
        let is_it = |(key, _): &(Cow<'_, str>, Record)| key == name;
        // Mostly they come in the order of the definition, so that it is the first.
        let first = self.members.iter().position(is_it)?;
        let last = self.members.iter().rposition(is_it)?;
        let (_, value) = self.members.remove(last);
        if last > first {
            self.members.retain(|member| !is_it(member));
        }
        Some(value)
    }

    /// What was not taken, as it came.
    pub fn rest(&self) -> Record {
        if self.members.is_empty() {
            return Record::default();
        }
        Record::of_members(self.members.iter().map(|(name, value)| (name.as_ref(), value)))
    }
}

impl FromRecord for Record {
    fn read(record: &Record, _: &mut Reading) -> Self {
        record.clone()
    }
}

impl FromRecord for () {
    fn read(_: &Record, _: &mut Reading) -> Self {}
}

impl<T: FromRecord> FromRecord for Option<T> {
    fn read(record: &Record, reading: &mut Reading) -> Self {
        if T::is_nothing(record) { None } else { Some(T::read(record, reading)) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromRecord> FromRecord for Vec<T> {
    fn read(record: &Record, reading: &mut Reading) -> Self {
        let entries = reading.wanted("a list", record, record.entries()).unwrap_or_default();
        reading.entries(&entries)
    }
}

/// A struct with nothing in it but what has to be, and that empty: every `Default` of the bindings is this.
pub fn blank<T: FromRecord>() -> T {
    T::read(&Record::default(), &mut Reading::default())
}
