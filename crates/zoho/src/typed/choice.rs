//! Values of a set that grows: what the definition names, and anything else as it came.

use zoho_core::Record;

use super::read::{FromRecord, Mismatch};
use super::write::{RecordWriter, ToRecord};

/// One of a set of values. A value that the definition does not name is kept in the variant `Other`.
pub trait Choice: for<'a> From<&'a str> {
    /// The value as the service spells it.
    fn value(&self) -> &str;
}

impl<C: Choice> FromRecord for C {
    fn from_record(record: &Record) -> Result<Self, Mismatch> {
        record.text().map(|text| Self::from(text.as_ref())).ok_or_else(|| Mismatch::wanted("text", record))
    }
}

impl<C: Choice> ToRecord for C {
    fn write(&self, out: &mut RecordWriter) {
        out.string(self.value());
    }
}
