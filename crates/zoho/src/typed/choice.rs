//! Values of a set that grows: what the definition names, and anything else as it came.

use zoho_core::Record;

use super::read::{FromRecord, Reading};
use super::write::{RecordWriter, ToRecord};

/// One of a set of values. A value that the definition does not name is kept in the variant `Other`.
pub trait Choice: for<'a> From<&'a str> {
    /// The value as the service spells it.
    fn value(&self) -> &str;
}

impl<C: Choice> FromRecord for C {
    fn read(record: &Record, reading: &mut Reading) -> Self {
        Self::from(&reading.wanted("text", record, record.text()).unwrap_or_default())
    }
}

impl<C: Choice> ToRecord for C {
    fn write(&self, out: &mut RecordWriter) {
        out.string(self.value());
    }
}
