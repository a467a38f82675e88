//! What is printed, or goes into a file: records, documents, tables, and replies as they came.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Result;
use clap::ValueEnum;
use serde_json::Value;

use crate::exit::{OutputClosed, Problem};
use crate::talk::Talk;

mod cells;
mod columns;
mod csv;
mod fields;
mod jq;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod place;
mod records;
mod sink;
pub(crate) mod table;

use fields::Fields;
pub(crate) use jq::Jq;
pub(crate) use records::{RecordWriter, Written};
pub(crate) use sink::{Sink, Target};

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
    /// The reply's body as it came; with --jq, texts without their quotes.
    Raw,
}

impl Format {
    /// The format that the ending of a file's name asks for.
    pub(crate) fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "json" => Some(Self::Json),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Prints data in the format that was asked for, or in the usual one.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The format that was asked for.
    pub(crate) format: Option<Format>,
    /// The members that were asked for; all of them where none is named.
    pub(crate) fields: Vec<String>,
    /// What is done with each record before it is printed.
    pub(crate) jq: Option<Rc<Jq>>,
    /// The file that data goes into; standard output where there is none.
    pub(crate) out: Option<PathBuf>,
    /// Standard error, for what is to be said of the data.
    pub(crate) talk: Talk,
}

impl Output {
    /// What the options ask for, where they go together.
    pub(crate) fn new(format: Option<Format>, fields: &[String], jq: Option<&str>, talk: Talk) -> Result<Self> {
        let jq = jq.map(Jq::new).transpose()?.map(Rc::new);
        if !fields.is_empty() && jq.is_some() {
            let problem = Problem::usage("--fields and --jq both choose what is printed");
            return Err(problem.hint("--jq '{a, b: .c.d}' chooses members too").into());
        }
        if !fields.is_empty() && format == Some(Format::Raw) {
            let problem = Problem::usage("--fields is for records, and --output raw gives the reply as it came");
            return Err(problem.hint("--output jsonl prints records").into());
        }
        Ok(Self { format, fields: fields.to_vec(), jq, out: None, talk })
    }

    /// The same into a file; `-` is standard output.
    pub(crate) fn into_file(mut self, out: &Path) -> Self {
        self.out = (out != Path::new("-")).then(|| out.to_owned());
        self
    }

    /// Finds out before anything is sent whether the file can be written.
    pub(crate) fn check(&self) -> Result<()> {
        self.out.as_deref().map_or(Ok(()), Sink::check)
    }

    /// Whether data goes by on a terminal.
    pub(crate) fn is_seen(&self) -> bool {
        self.out.is_none() && io::stdout().is_terminal()
    }

    /// Whether the reply is wanted as it came.
    pub(crate) fn is_raw(&self) -> bool {
        self.format == Some(Format::Raw) && self.jq.is_none()
    }

    /// The format for records: what was asked for, or what the file's name asks for, else JSON on a terminal and JSON
    /// lines in a pipe.
    fn records_format(&self) -> Format {
        let usual = if self.is_seen() { Format::Json } else { Format::Jsonl };
        self.format.or_else(|| Format::of_name(self.out.as_deref()?)).unwrap_or(usual)
    }

    /// Whether a program, or a person with a wish of their own, wants data where a page of text is usual. A table is
    /// such a page already.
    pub(crate) fn wants_data(&self) -> bool {
        !self.fields.is_empty() || self.jq.is_some() || self.format.is_some_and(|format| format != Format::Table)
    }

    /// The members that were asked for, where any were.
    fn projection(&self) -> Option<Fields> {
        (!self.fields.is_empty()).then(|| Fields::new(&self.fields))
    }

    /// A writer for a stream of records.
    pub(crate) fn records(&self) -> Result<RecordWriter<Sink>> {
        self.records_as(self.records_format())
    }

    /// A writer for a stream of records that goes on behind what another run printed. A file grows in its place.
    pub(crate) fn records_behind(&self, written: &Written) -> Result<RecordWriter<Sink>> {
        let sink = Sink::grow(self.out.as_deref(), written.length.unwrap_or(0))?;
        Ok(self.records_into(self.records_format(), sink).behind(written))
    }

    /// What decides how records are printed, as text that is the same for the same options.
    pub(crate) fn likeness(&self) -> String {
        format!("{:?} {:?} {:?} {:?}", self.records_format(), self.fields, self.jq, self.out)
    }

    fn records_as(&self, format: Format) -> Result<RecordWriter<Sink>> {
        Ok(self.records_into(format, Sink::open(self.out.as_deref())?))
    }

    fn records_into(&self, format: Format, sink: Sink) -> RecordWriter<Sink> {
        let writer = RecordWriter::new(format, sink, self.projection(), self.talk);
        self.jq.iter().fold(writer, |writer, jq| writer.through(Rc::clone(jq)))
    }

    /// Prints one value.
    pub(crate) fn value(&self, value: &Value) -> Result<()> {
        if self.is_raw() {
            let problem = Problem::usage("--output raw gives the reply of a service, and nothing is sent here");
            return Err(problem.hint("--output json prints the same as JSON").into());
        }
        self.document(value.to_string().as_bytes())
    }

    /// Prints one value, which is JSON text.
    pub(crate) fn document(&self, text: &[u8]) -> Result<()> {
        let format = self.records_format();
        if self.jq.is_some() && matches!(format, Format::Table | Format::Csv) {
            let mut writer = self.records_as(format)?;
            writer.record(text)?;
            return writer.finish();
        }
        let mut sink = Sink::open(self.out.as_deref())?;
        match &self.jq {
            Some(jq) => jq.run(text, |text| heard(one(&mut sink, format, text)))?,
            None => self.projected(&mut sink, format, text)?,
        }
        self.keep(sink)
    }

    fn keep(&self, mut sink: Sink) -> Result<()> {
        heard(sink.flush())?;
        let path = sink.keep()?;
        path.iter().for_each(|path| self.talk.say(format!("saved {}", path.display())));
        Ok(())
    }

    fn projected(&self, out: &mut impl Write, format: Format, text: &[u8]) -> Result<()> {
        let mut fields = self.projection();
        let projected = fields.as_mut().map(|fields| fields.project(text));
        heard(one(out, format, projected.as_deref().map_or(text, str::as_bytes)))?;
        fields.iter().flat_map(Fields::missing).for_each(|missing| self.talk.warn(missing));
        Ok(())
    }

    /// Prints a reply as it came.
    pub(crate) fn reply(&self, body: &[u8]) -> Result<()> {
        let mut sink = Sink::open(self.out.as_deref())?;
        heard(sink.write_all(body))?;
        self.keep(sink)
    }

    /// Prints text that is for reading: a page, a program.
    pub(crate) fn text(&self, text: &str) -> Result<()> {
        if self.out.is_none() {
            return print(text);
        }
        self.reply(anstream::adapter::strip_str(text).to_string().as_bytes())
    }

    /// Prints a list of things: as text unless data was asked for.
    pub(crate) fn list(&self, values: impl FnOnce() -> Vec<Value>, text: impl FnOnce() -> String) -> Result<()> {
        if !self.wants_data() {
            return print(&text());
        }
        if self.is_raw() {
            return self.value(&Value::Null);
        }
        let usual = if self.jq.is_some() { self.records_format() } else { Format::Table };
        let mut writer = self.records_as(self.format.unwrap_or(usual))?;
        for value in values() {
            writer.record(value.to_string().as_bytes())?;
        }
        writer.finish()
    }
}

/// Writes one document.
fn one(out: &mut impl Write, format: Format, text: &[u8]) -> io::Result<()> {
    match format {
        Format::Json => json::pretty(out, text, 0).and_then(|()| out.write_all(b"\n")),
        Format::Jsonl => jsonl::line(out, text),
        Format::Table => out.write_all(table::of_members(&cells::row(text, None)).as_bytes()),
        Format::Csv => csv::one_row(out, &cells::row(text, None)),
        Format::Raw => unquoted(out, text),
    }
}

/// Writes a text without its quotes, and anything else as JSON on one line.
fn unquoted(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    match serde_json::from_slice::<String>(text) {
        Ok(text) => writeln!(out, "{text}"),
        Err(_) => jsonl::line(out, text),
    }
}

/// Prints text to standard output, without its colours where they are not wanted.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout();
    heard(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Turns a broken pipe into the quiet end that it is, and says of any other fault what it was about.
pub(crate) fn heard(written: io::Result<()>) -> Result<()> {
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => OutputClosed.into(),
        _ => anyhow::Error::new(error).context("the output cannot be written"),
    })
}
