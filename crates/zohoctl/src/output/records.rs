//! Records, printed one after the other.

use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;

use anyhow::Result;
use serde::{Deserialize, Serialize};
use zoho_core::Record;

use super::cells::{Row, row};
use super::columns::TableWriter;
use super::csv::CsvWriter;
use super::fields::Fields;
use super::jq::Jq;
use super::sink::Target;
use super::{Format, heard, json, jsonl, unquoted};
use crate::talk::Talk;

/// The most rows that wait for the end of the first page, which decides the columns.
const PATIENCE: usize = 1000;
/// The most names that a remark lists.
const BRIEFLY: usize = 6;

/// How much was printed, so that another run can go on behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    /// How many bytes of the file are whole records; none of standard output.
    pub(crate) length: Option<u64>,
    /// How many records were given.
    pub(crate) read: u64,
    values: u64,
    bodies: u64,
    header: Option<Vec<String>>,
}

/// Prints records, each as soon as it is there; columns and headers as soon as the first page is.
#[derive(Debug)]
pub(crate) struct RecordWriter<W: Target> {
    form: Form,
    out: W,
    fields: Option<Fields>,
    jq: Option<Rc<Jq>>,
    waiting: Vec<Row>,
    talk: Talk,
    /// How many records were given.
    written: u64,
    /// How many values were printed: as many, unless an expression makes more or fewer of them.
    printed: u64,
    /// How many replies were printed as they came.
    bodies: u64,
    finished: bool,
}

#[derive(Debug)]
enum Form {
    Json,
    Jsonl,
    Csv(CsvWriter),
    Table(TableWriter),
    /// Texts without their quotes.
    Unquoted,
    /// Replies as they came: nothing is written of a record.
    Bodies,
}

impl<W: Target> RecordWriter<W> {
    /// A writer of a format, of all members or of those that were asked for.
    pub(super) fn new(format: Format, out: W, fields: Option<Fields>, talk: Talk) -> Self {
        let form = match format {
            Format::Json => Form::Json,
            Format::Jsonl => Form::Jsonl,
            Format::Csv => Form::Csv(CsvWriter::default()),
            Format::Table => Form::Table(TableWriter::new(out.is_seen())),
            Format::Raw => Form::Bodies,
        };
        let (waiting, jq) = (Vec::new(), None);
        Self { form, out, fields, jq, waiting, talk, written: 0, printed: 0, bodies: 0, finished: false }
    }

    /// The same writer, for what an expression makes of each record.
    pub(super) fn through(mut self, jq: Rc<Jq>) -> Self {
        if matches!(self.form, Form::Bodies) {
            self.form = Form::Unquoted;
        }
        self.jq = Some(jq);
        self
    }

    /// The same writer, to go on behind what another run printed.
    pub(super) fn behind(mut self, written: &Written) -> Self {
        (self.written, self.printed, self.bodies) = (written.read, written.values, written.bodies);
        if let Form::Csv(csv) = &mut self.form {
            *csv = CsvWriter::behind(written.header.clone());
        }
        self
    }

    /// How much is printed, and safe.
    pub(crate) fn settle(&mut self) -> Result<Written> {
        self.flush()?;
        let header = match &self.form {
            Form::Csv(csv) => csv.header().map(<[String]>::to_vec),
            _ => None,
        };
        let length = self.out.settle()?;
        Ok(Written { length, read: self.written, values: self.printed, bodies: self.bodies, header })
    }

    /// Prints the reply that the next records came in, where replies are wanted as they came. A line ends each but the
    /// last.
    pub(crate) fn body(&mut self, body: &[u8]) -> Result<()> {
        if !matches!(self.form, Form::Bodies) {
            return Ok(());
        }
        if self.bodies > 0 {
            heard(self.out.write_all(b"\n"))?;
        }
        self.bodies += 1;
        heard(self.out.write_all(body))
    }

    /// Prints a record of a reply.
    pub(crate) fn reply(&mut self, record: &Record) -> Result<()> {
        self.text(record.as_bytes(), record.is_compact())
    }

    /// Prints a record. One that has no blanks between its parts is a line as it is.
    pub(crate) fn text(&mut self, text: &[u8], is_compact: bool) -> Result<()> {
        let as_it_is = matches!(self.form, Form::Jsonl) && self.fields.is_none() && self.jq.is_none();
        if !(as_it_is && is_compact) {
            return self.record(text);
        }
        self.written += 1;
        self.printed += 1;
        heard(jsonl::compact(&mut self.out, text))
    }

    /// Prints a record, which is JSON text, or what the expression makes of it.
    pub(crate) fn record(&mut self, text: &[u8]) -> Result<()> {
        self.written += 1;
        match self.jq.clone() {
            Some(jq) => jq.run(text, |text| self.print(text)),
            None => self.print(text),
        }
    }

    fn print(&mut self, text: &[u8]) -> Result<()> {
        let first = self.printed == 0;
        self.printed += 1;
        if matches!(self.form, Form::Csv(_) | Form::Table(_)) {
            self.waiting.push(row(text, self.fields.as_mut()));
            return if self.waiting.len() < PATIENCE { Ok(()) } else { heard(self.rows()) };
        }
        let projected = self.fields.as_mut().map(|fields| fields.project(text));
        let text = projected.as_deref().map_or(text, str::as_bytes);
        heard(match self.form {
            Form::Json => json::element(&mut self.out, text, first),
            Form::Unquoted => unquoted(&mut self.out, text),
            Form::Bodies => Ok(()),
            _ => jsonl::line(&mut self.out, text),
        })
    }

    /// Prints the rows that wait.
    fn rows(&mut self) -> io::Result<()> {
        let names = self.fields.as_ref().map(Fields::names);
        let waiting = std::mem::take(&mut self.waiting);
        match &mut self.form {
            Form::Csv(csv) => {
                csv.begin(&mut self.out, names, &waiting)?;
                waiting.iter().try_for_each(|row| csv.row(&mut self.out, row))
            }
            Form::Table(table) => {
                table.begin(&mut self.out, names, &waiting)?;
                waiting.iter().try_for_each(|row| table.row(&mut self.out, row))
            }
            Form::Json | Form::Jsonl | Form::Unquoted | Form::Bodies => Ok(()),
        }
    }

    /// Lets what was printed so far be seen: a page is at its end.
    pub(crate) fn flush(&mut self) -> Result<()> {
        heard(self.rows().and_then(|()| self.out.flush()))
    }

    /// How many records were read, each of which was printed.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Ends the list, which makes it whole JSON, keeps it, and says what it does not show.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if self.finished {
            return Ok(());
        }
        self.give_up()?;
        let path = self.out.keep()?;
        self.remarks();
        if let Some(path) = path {
            let records = if self.written == 1 { "1 record".to_owned() } else { format!("{} records", self.written) };
            self.talk.say(format!("saved {} ({records})", path.display()));
        }
        Ok(())
    }

    /// Ends the list where it could not be read whole. What was printed is whole records in whole JSON; into a file it
    /// does not come.
    pub(crate) fn give_up(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.finished, true) {
            return Ok(());
        }
        if matches!(self.form, Form::Json) {
            heard(self.rows().and_then(|()| json::end(&mut self.out, self.printed == 0)))?;
        }
        self.flush()
    }

    fn remarks(&self) {
        match &self.fields {
            Some(fields) if self.printed > 0 => fields.missing().iter().for_each(|missing| self.talk.warn(missing)),
            Some(_) => {}
            None => {
                let left_out = match &self.form {
                    Form::Csv(csv) => csv.left_out(),
                    Form::Table(table) => table.left_out(),
                    _ => return,
                };
                if !left_out.is_empty() {
                    self.talk.say(format!("not shown: {}; --fields a,b.c chooses the columns", listed(left_out)));
                }
            }
        }
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(BRIEFLY).map(String::as_str).collect();
    match names.len().saturating_sub(BRIEFLY) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, records: &[&str]) -> String {
        let mut out = Vec::new();
        let mut writer = RecordWriter::new(format, &mut out, None, Talk { quiet: true });
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

    #[test]
    fn csv_has_the_scalar_members_of_the_first_page_and_quotes_what_needs_it() {
        let records =
            [r#"{"id":"1","of":{"a":1},"text":"a \"b\", c"}"#, r#"{"id":"2","n":1.10,"of":null,"text":"x\ny"}"#];
        let text = "id,text,n\r\n1,\"a \"\"b\"\", c\",\r\n2,\"x\ny\",1.10\r\n";
        assert_eq!(written(Format::Csv, &records), text);
        assert_eq!(written(Format::Csv, &["1", "\"a,b\""]), "value\r\n1\r\n\"a,b\"\r\n");
        assert_eq!(written(Format::Csv, &[]), "");
    }

    #[test]
    fn members_that_are_named_are_the_header_even_of_nothing() {
        let names = ["of.a".to_owned(), "of".to_owned()];
        let csv = |records: &[&str]| {
            let mut out = Vec::new();
            let fields = Some(Fields::new(&names));
            let mut writer = RecordWriter::new(Format::Csv, &mut out, fields, Talk { quiet: true });
            records.iter().for_each(|record| writer.record(record.as_bytes()).unwrap());
            writer.finish().unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(csv(&[r#"{"of":{ "a":1,"b":[2, 3] }}"#]), "of.a,of\r\n1,\"{\"\"a\"\":1,\"\"b\"\":[2,3]}\"\r\n");
        assert_eq!(csv(&[]), "of.a,of\r\n");
    }

    #[test]
    fn a_later_page_keeps_the_columns_of_the_first() {
        let mut out = Vec::new();
        let mut writer = RecordWriter::new(Format::Csv, &mut out, None, Talk { quiet: true });
        writer.record(br#"{"a":1}"#).unwrap();
        writer.flush().unwrap();
        writer.record(br#"{"b":2,"a":{"c":3}}"#).unwrap();
        writer.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\r\n1\r\n\"{\"\"c\"\":3}\"\r\n");
    }
}
