//! Standard output: records, documents and tables.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use anyhow::Result;
use clap::ValueEnum;
use serde_json::Value;

use crate::exit::OutputClosed;

pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod table;

/// How data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// JSON for reading: the usual form on a terminal.
    Json,
    /// JSON lines, one record a line: the usual form in a pipe.
    Jsonl,
}

/// Prints data in the format that was asked for, or in the usual one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// The format that was asked for.
    pub(crate) format: Option<Format>,
}

impl Output {
    /// The format for records: what was asked for, else JSON on a terminal and JSON lines in a pipe.
    pub(crate) fn records_format(self) -> Format {
        let usual = if io::stdout().is_terminal() { Format::Json } else { Format::Jsonl };
        self.format.unwrap_or(usual)
    }

    /// A writer for a stream of records.
    pub(crate) fn records(self) -> RecordWriter<BufWriter<Stdout>> {
        RecordWriter::new(self.records_format(), BufWriter::with_capacity(1 << 16, io::stdout()))
    }

    /// Prints one value.
    pub(crate) fn value(self, value: &Value) -> Result<()> {
        self.document(value.to_string().as_bytes())
    }

    /// Prints one value, which is JSON text.
    pub(crate) fn document(self, text: &[u8]) -> Result<()> {
        let mut stdout = BufWriter::new(io::stdout());
        let written = match self.records_format() {
            Format::Json => json::pretty(&mut stdout, text, 0).and_then(|()| stdout.write_all(b"\n")),
            Format::Jsonl => jsonl::line(&mut stdout, text),
        };
        heard(written.and_then(|()| stdout.flush()))
    }

    /// Prints a list of things: as text unless a format was asked for.
    pub(crate) fn list(self, values: impl FnOnce() -> Vec<Value>, text: impl FnOnce() -> String) -> Result<()> {
        let Some(format) = self.format else { return print(&text()) };
        let mut writer = RecordWriter::new(format, BufWriter::new(io::stdout()));
        for value in values() {
            writer.record(value.to_string().as_bytes())?;
        }
        writer.finish()
    }
}

/// Prints text to standard output, without its colours where they are not wanted.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout();
    heard(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Turns a broken pipe into the quiet end that it is.
pub(crate) fn heard(written: io::Result<()>) -> Result<()> {
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => OutputClosed.into(),
        _ => anyhow::Error::new(error).context("cannot write to standard output"),
    })
}

/// Prints records one after the other, each as soon as it is there.
#[derive(Debug)]
pub(crate) struct RecordWriter<W: Write> {
    format: Format,
    out: W,
    written: u64,
    finished: bool,
}

impl<W: Write> RecordWriter<W> {
    /// A writer of a format.
    pub(crate) fn new(format: Format, out: W) -> Self {
        Self { format, out, written: 0, finished: false }
    }

    /// Prints a record, which is JSON text.
    pub(crate) fn record(&mut self, text: &[u8]) -> Result<()> {
        let first = self.written == 0;
        self.written += 1;
        heard(match self.format {
            Format::Json => json::element(&mut self.out, text, first),
            Format::Jsonl => jsonl::line(&mut self.out, text),
        })
    }

    /// Lets what was printed so far be seen.
    pub(crate) fn flush(&mut self) -> Result<()> {
        heard(self.out.flush())
    }

    /// How many records were printed.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Ends the list, which makes it whole JSON.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if self.format == Format::Json && !self.finished {
            heard(json::end(&mut self.out, self.written == 0))?;
        }
        self.finished = true;
        self.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, RecordWriter};

    fn written(format: Format, records: &[&str]) -> String {
        let mut out = Vec::new();
        let mut writer = RecordWriter::new(format, &mut out);
        for record in records {
            writer.record(record.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_are_compact_and_keep_what_a_parser_would_change() {
        let records = ["{ \"id\": \"1\",\n \"price\": 1.10 }", r#"{"a":"x  \" y"}"#];
        assert_eq!(written(Format::Jsonl, &records), "{\"id\":\"1\",\"price\":1.10}\n{\"a\":\"x  \\\" y\"}\n");
        assert_eq!(written(Format::Jsonl, &[]), "");
    }

    #[test]
    fn a_list_of_any_length_is_json() {
        for records in [&[][..], &[r#"{"id":1,"tags":[],"of":{}}"#], &["1", r#"[{"a":[1,2]}]"#, "\"x:{,\""]] {
            let text = written(Format::Json, records);
            let list: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
            let given: Vec<serde_json::Value> =
                records.iter().map(|record| serde_json::from_str(record).unwrap()).collect();
            assert_eq!(list, given);
            let whole = if given.is_empty() { "[]".to_owned() } else { serde_json::to_string_pretty(&given).unwrap() };
            assert_eq!(text, format!("{whole}\n"));
        }
    }
}
