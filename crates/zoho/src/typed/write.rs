//! Writing: a value of Rust as JSON, for a request or for whoever keeps it.

use std::fmt::{self, Debug as _};

use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use zoho_core::{Record, exact_value};

/// What can be written as a JSON value.
pub trait ToRecord {
    /// Writes it.
    fn write(&self, out: &mut RecordWriter);

    /// Whether it stands for a member that is not there.
    fn is_absent(&self) -> bool {
        false
    }

    /// The JSON of it, with every digit.
    fn to_record(&self) -> Record
    where
        Self: Sized,
    {
        // Each part that is written is JSON.
        Record::from_text(RecordWriter::text_of(self, false))
    }

    /// The value of an argument: a decimal is text there, so that no digit is lost.
    ///
    /// # Errors
    /// What no value of an argument can hold, in words that go on from its name: a number in a [`Record`] with more digits
    /// than 64 bits hold, or more than 127 levels.
    fn to_argument(&self) -> Result<Value, String>
    where
        Self: Sized,
    {
        exact_value(&RecordWriter::text_of(self, true))
    }
}

/// JSON on its way.
#[derive(Debug)]
pub struct RecordWriter {
    text: String,
    /// Whether it becomes an argument.
    for_a_call: bool,
    /// Whether nothing stands yet in the object or list at hand.
    first: bool,
}

impl RecordWriter {
    fn text_of(value: &impl ToRecord, for_a_call: bool) -> String {
        let mut out = Self { text: String::new(), for_a_call, first: true };
        value.write(&mut out);
        out.text
    }

    /// Writes what is JSON as it is, and anything else as the text that it is, so that the whole stays JSON.
    fn json_or_text(&mut self, text: &str) {
        if serde_json::from_str::<&RawValue>(text).is_ok() { self.raw(text) } else { self.string(text) }
    }

    /// Writes JSON text as it is.
    pub(crate) fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// Writes a text, with its quotes.
    pub fn string(&mut self, text: &str) {
        // A text can always be written.
        self.text.push_str(&serde_json::to_string(text).unwrap_or_default());
    }

    /// Writes digits: a number, or for a call a text that is checked like one.
    pub(crate) fn digits(&mut self, digits: &str) {
        let is_number = digits.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if is_number && !self.for_a_call { self.json_or_text(digits) } else { self.string(digits) }
    }

    /// Begins an object.
    pub fn begin(&mut self) {
        self.open('{');
    }

    /// Ends an object: the members of another, that stand beside those that are there, and its brace. What is no object has
    /// no members.
    pub fn end(&mut self, extra: &Record) {
        for (name, value) in extra.members().unwrap_or_default() {
            self.member(&name, &value);
        }
        self.close('}');
    }

    /// Writes a list by its entries.
    pub(crate) fn list<T: ToRecord>(&mut self, entries: &[T]) {
        self.open('[');
        for entry in entries {
            self.separate();
            entry.write(self);
        }
        self.close(']');
    }

    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.first = true;
    }

    /// Whatever stands around it has something in it now.
    fn close(&mut self, bracket: char) {
        self.text.push(bracket);
        self.first = false;
    }

    fn separate(&mut self) {
        if !std::mem::replace(&mut self.first, false) {
            self.text.push(',');
        }
    }

    /// Writes a member, unless it is absent.
    pub fn member<T: ToRecord>(&mut self, name: &str, value: &T) {
        if !value.is_absent() {
            self.separate();
            self.string(name);
            self.text.push(':');
            value.write(self);
        }
    }

    /// Writes a member that lies elsewhere in memory.
    pub fn member_boxed<T: ToRecord>(&mut self, name: &str, value: &Option<Box<T>>) {
        if let Some(value) = value {
            self.member(name, &**value);
        }
    }
}

impl ToRecord for Record {
    fn write(&self, out: &mut RecordWriter) {
        out.json_or_text(self.as_str());
    }
}

impl<T: ToRecord> ToRecord for Option<T> {
    fn write(&self, out: &mut RecordWriter) {
        match self {
            Some(value) => value.write(out),
            None => out.raw("null"),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: ToRecord> ToRecord for Vec<T> {
    fn write(&self, out: &mut RecordWriter) {
        out.list(self);
    }
}

/// Serializes what can be written as a record: every `Serialize` of the bindings is this.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(value: &impl ToRecord, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_record().serialize(serializer)
}

/// Whether two say the same when they are written: every `PartialEq` of the bindings is this.
pub fn same<T: ToRecord>(one: &T, other: &T) -> bool {
    one.to_record() == other.to_record()
}

/// Shows the members that are there, under the names that the service gives them: every `Debug` of the bindings is this.
///
/// # Errors
/// Those of the formatter.
pub fn debug(name: &str, value: &impl ToRecord, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(name)?;
    f.write_str(" ")?;
    Shown(&value.to_record()).fmt(f)
}

/// A value that is shown part by part, so that `{:#?}` gives each a line.
struct Shown<'r>(&'r Record);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(members) = self.0.members() {
            let mut shown = f.debug_map();
            members.iter().for_each(|(name, value)| {
                shown.entry(name, &Shown(value));
            });
            return shown.finish();
        }
        match self.0.entries() {
            Some(entries) => f.debug_list().entries(entries.iter().map(Shown)).finish(),
            None => f.write_str(self.0.as_str()),
        }
    }
}
