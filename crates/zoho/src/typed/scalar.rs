//! Scalars: read from what services send for them, which is not always what they say.
//!
//! Numbers and truth values are also read from text, and text from numbers, with every digit. An empty text where a number,
//! an id or a time may be is none: many services send one for what has no value.

use zoho_core::{Date, Decimal, Id, Record, Time};

use super::read::{FromRecord, Mismatch};
use super::write::{RecordWriter, ToRecord};

/// Whether a value means that there is none, where no text is wanted.
fn is_nothing(record: &Record) -> bool {
    matches!(record.as_str().trim(), "null" | "\"\"")
}

impl FromRecord for String {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        record.text().map(Self::from).ok_or_else(|| Mismatch::wanted("text", record))
    }
}

impl ToRecord for String {
    fn write(&self, out: &mut RecordWriter) {
        out.string(self);
    }
}

impl FromRecord for i64 {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        let number = record.text().and_then(|text| text.trim().parse().ok());
        number.ok_or_else(|| Mismatch::wanted("a whole number", record))
    }

    fn is_nothing(record: &Record) -> bool {
        is_nothing(record)
    }
}

impl ToRecord for i64 {
    fn write(&self, out: &mut RecordWriter) {
        out.raw(&self.to_string());
    }
}

impl FromRecord for bool {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        let truth = record.text().and_then(|text| text.trim().parse().ok());
        truth.ok_or_else(|| Mismatch::wanted("true or false", record))
    }

    fn is_nothing(record: &Record) -> bool {
        is_nothing(record)
    }
}

impl ToRecord for bool {
    fn write(&self, out: &mut RecordWriter) {
        out.raw(if *self { "true" } else { "false" });
    }
}

impl FromRecord for Decimal {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        let number = record.text().and_then(|text| Self::read(text.trim()));
        number.ok_or_else(|| Mismatch::wanted("a number", record))
    }

    fn is_nothing(record: &Record) -> bool {
        is_nothing(record)
    }
}

impl ToRecord for Decimal {
    fn write(&self, out: &mut RecordWriter) {
        out.digits(self.as_str());
    }
}

impl FromRecord for Id {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        let is_truth = |text: &str| text == "true" || text == "false";
        let quoted = record.as_str().trim_start().starts_with('"');
        let text = record.text().filter(|text| quoted || !is_truth(text));
        text.map(|text| Self::from(text.as_ref())).ok_or_else(|| Mismatch::wanted("an id", record))
    }

    fn is_nothing(record: &Record) -> bool {
        is_nothing(record)
    }
}

impl ToRecord for Id {
    fn write(&self, out: &mut RecordWriter) {
        out.string(self.as_str());
    }
}

macro_rules! times {
    ($($name:ident: $what:literal)*) => { $(
        impl FromRecord for $name {
            fn from_record(record: &Record) -> Result<Self, Mismatch> {
                record.text().map(|text| Self::from(text.as_ref())).ok_or_else(|| Mismatch::wanted($what, record))
            }

            fn is_nothing(record: &Record) -> bool {
                is_nothing(record)
            }
        }

        impl ToRecord for $name {
            fn write(&self, out: &mut RecordWriter) {
                out.string(self.as_str());
            }
        }
    )* };
}

times!(Date: "a date" Time: "a time");
