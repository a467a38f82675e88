//! Standard output: records, documents and tables.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use anyhow::Result;
use clap::ValueEnum;
use serde_json::Value;

use crate::exit::OutputClosed;
use crate::talk::Talk;

mod cells;
mod columns;
mod csv;
mod fields;
pub(crate) mod json;
pub(crate) mod jsonl;
mod records;
pub(crate) mod table;

use fields::Fields;
pub(crate) use records::RecordWriter;

/// How data is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// JSON for reading: the usual form on a terminal.
    Json,
    /// JSON lines, one record a line: the usual form in a pipe.
    Jsonl,
    /// Columns for reading, as wide as the terminal.
    Table,
    /// CSV for spreadsheets, with a header.
    Csv,
}

/// Prints data in the format that was asked for, or in the usual one.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The format that was asked for.
    pub(crate) format: Option<Format>,
    /// The members that were asked for; all of them where none is named.
    pub(crate) fields: Vec<String>,
    /// Standard error, for what is to be said of the data.
    pub(crate) talk: Talk,
}

impl Output {
    /// The format for records: what was asked for, else JSON on a terminal and JSON lines in a pipe.
    fn records_format(&self) -> Format {
        let usual = if io::stdout().is_terminal() { Format::Json } else { Format::Jsonl };
        self.format.unwrap_or(usual)
    }

    /// Whether a program, or a person with a wish of their own, wants data where a page of text is usual. A table is
    /// such a page already.
    pub(crate) fn wants_data(&self) -> bool {
        !self.fields.is_empty() || self.format.is_some_and(|format| format != Format::Table)
    }

    /// The members that were asked for, where any were.
    fn projection(&self) -> Option<Fields> {
        (!self.fields.is_empty()).then(|| Fields::new(&self.fields))
    }

    /// A writer for a stream of records.
    pub(crate) fn records(&self) -> RecordWriter<BufWriter<Stdout>> {
        self.records_as(self.records_format())
    }

    fn records_as(&self, format: Format) -> RecordWriter<BufWriter<Stdout>> {
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        RecordWriter::new(format, out, self.projection(), self.talk)
    }

    /// Prints one value.
    pub(crate) fn value(&self, value: &Value) -> Result<()> {
        self.document(value.to_string().as_bytes())
    }

    /// Prints one value, which is JSON text.
    pub(crate) fn document(&self, text: &[u8]) -> Result<()> {
        let mut stdout = BufWriter::new(io::stdout());
        let mut fields = self.projection();
        let projected = fields.as_mut().map(|fields| fields.project(text));
        let text = projected.as_deref().map_or(text, str::as_bytes);
        let written = match self.records_format() {
            Format::Json => json::pretty(&mut stdout, text, 0).and_then(|()| stdout.write_all(b"\n")),
            Format::Jsonl => jsonl::line(&mut stdout, text),
            Format::Table => stdout.write_all(table::of_members(&cells::row(text, None)).as_bytes()),
            Format::Csv => csv::one_row(&mut stdout, &cells::row(text, None)),
        };
        heard(written.and_then(|()| stdout.flush()))?;
        fields.iter().flat_map(Fields::missing).for_each(|missing| self.talk.warn(missing));
        Ok(())
    }

    /// Prints a list of things: as text unless data was asked for.
    pub(crate) fn list(&self, values: impl FnOnce() -> Vec<Value>, text: impl FnOnce() -> String) -> Result<()> {
        if !self.wants_data() {
            return print(&text());
        }
        let mut writer = self.records_as(self.format.unwrap_or(Format::Table));
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
