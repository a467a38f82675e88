//! Reading: a JSON value as a value of Rust.

use std::borrow::Cow;
use std::fmt;

use zoho_core::{Error, ErrorKind, Record};

/// What can be read from a JSON value.
pub trait FromRecord: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// Where in the value something is of another type.
    fn from_record(record: &Record) -> Result<Self, Mismatch>;

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

/// The members of an object, taken out one after the other.
#[derive(Debug)]
pub struct Members<'a> {
    members: Vec<(Cow<'a, str>, Record)>,
    /// Where the next one is looked for first: mostly they come in the order of the definition.
    next: usize,
}

impl<'a> Members<'a> {
    /// The members of an object.
    ///
    /// # Errors
    /// Where it is none.
    pub fn of(record: &'a Record) -> Result<Self, Mismatch> {
        let members = record.members().ok_or_else(|| Mismatch::wanted("an object", record))?;
        Ok(Self { members, next: 0 })
    }

    /// Takes a member out. Of two with one name the last counts.
    ///
    /// # Errors
    /// Where it is of another type, or is not there and has to be.
    pub fn take<T: FromRecord>(&mut self, name: &str) -> Result<T, Mismatch> {
        match self.remove(name) {
            Some(value) => T::from_record(&value).map_err(|mismatch| mismatch.inside(name)),
            None => T::absent().ok_or_else(|| Mismatch { at: name.to_owned(), message: "is missing".to_owned() }),
        }
    }

    /// Takes a member out that holds what it stands in, so that it lies elsewhere in memory.
    ///
    /// # Errors
    /// As [`Members::take`].
    pub fn take_boxed<T: FromRecord>(&mut self, name: &str) -> Result<Option<Box<T>>, Mismatch> {
        self.take::<Option<T>>(name).map(|value| value.map(Box::new))
    }

    fn remove(&mut self, name: &str) -> Option<Record> {
        let (before, behind) = self.members.split_at(self.next.min(self.members.len()));
        let is_it = |(key, _): &(Cow<'_, str>, Record)| key == name;
        let at = behind.iter().position(is_it).map(|at| at + before.len()).or_else(|| before.iter().position(is_it))?;
        self.next = at;
        let (mut last, (_, mut value)) = (at, self.members.remove(at));
        while let Some(again) = self.members.iter().position(is_it) {
            let (_, other) = self.members.remove(again);
            if again >= last {
                (last, value) = (again, other);
            }
        }
        Some(value)
    }

    /// What was not taken, as it came.
    pub fn rest(self) -> Record {
        if self.members.is_empty() {
            return Record::default();
        }
        Record::of_members(self.members.iter().map(|(name, value)| (name.as_ref(), value)))
    }
}

impl FromRecord for Record {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        Ok(record.clone())
    }
}

impl FromRecord for () {
    fn from_record(_: &Record) -> Result<Self, Mismatch> {
        Ok(())
    }
}

impl<T: FromRecord> FromRecord for Option<T> {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        if T::is_nothing(record) { Ok(None) } else { T::from_record(record).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromRecord> FromRecord for Vec<T> {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        let entries = record.entries().ok_or_else(|| Mismatch::wanted("a list", record))?;
        let read = |(at, entry)| T::from_record(entry).map_err(|mismatch| mismatch.inside(&usize::to_string(&at)));
        entries.iter().enumerate().map(read).collect()
    }
}
