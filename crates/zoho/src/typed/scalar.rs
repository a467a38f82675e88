//! Scalars: read from what services send for them, which is not always what they say.
//!
//! Numbers and truth values are also read from text, and text from numbers, with every digit. An empty text where a number,
//! an id or a time may be is none: many services send one for what has no value.

use zoho_core::{Date, Decimal, Id, Record, Time};

use super::read::{FromRecord, Reading};
use super::write::{RecordWriter, ToRecord};

/// Whether a value means that there is none, where no text is wanted.
fn is_nothing(record: &Record) -> bool {
    matches!(record.as_str().trim(), "null" | "\"\"")
}

impl FromRecord for String {
    fn read(record: &Record, reading: &mut Reading) -> Self {
        reading.wanted("text", record, record.text().map(Self::from)).unwrap_or_default()
    }
}

impl ToRecord for String {
    fn write(&self, out: &mut RecordWriter) {
        out.string(self);
    }
}

impl FromRecord for i64 {
    fn read(record: &Record, reading: &mut Reading) -> Self {
        let number = record.text().and_then(|text| text.trim().parse().ok());
        reading.wanted("a whole number", record, number).unwrap_or_default()
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
    fn read(record: &Record, reading: &mut Reading) -> Self {
        let truth = record.text().and_then(|text| text.trim().parse().ok());
        reading.wanted("true or false", record, truth).unwrap_or_default()
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
    fn read(record: &Record, reading: &mut Reading) -> Self {
        let number = record.text().and_then(|text| Self::read(text.trim()));
        reading.wanted("a number", record, number).unwrap_or_default()
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
    fn read(record: &Record, reading: &mut Reading) -> Self {
        let is_truth = |text: &str| text == "true" || text == "false";
        let quoted = record.as_str().trim_start().starts_with('"');
        let text = record.text().filter(|text| quoted || !is_truth(text));
        Self::from(reading.wanted("an id", record, text).unwrap_or_default().as_ref())
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
            fn read(record: &Record, reading: &mut Reading) -> Self {
                Self::from(reading.wanted($what, record, record.text()).unwrap_or_default().as_ref())
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
