//! Records, printed one after the other.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anyhow::Result;

use super::cells::{Row, row};
use super::columns::TableWriter;
use super::csv::CsvWriter;
use super::fields::Fields;
use super::{Format, heard, json, jsonl};
use crate::talk::Talk;

/// The most rows that wait for the end of the first page, which decides the columns.
const PATIENCE: usize = 1000;
/// The most names that a remark lists.
const BRIEFLY: usize = 6;

/// Prints records, each as soon as it is there; columns and headers as soon as the first page is.
#[derive(Debug)]
pub(crate) struct RecordWriter<W: Write> {
    form: Form,
    out: W,
    fields: Option<Fields>,
    waiting: Vec<Row>,
    talk: Talk,
    written: u64,
    finished: bool,
}

#[derive(Debug)]
enum Form {
    Json,
    Jsonl,
    Csv(CsvWriter),
    Table(TableWriter),
}

impl<W: Write> RecordWriter<W> {
    /// A writer of a format, of all members or of those that were asked for.
    pub(super) fn new(format: Format, out: W, fields: Option<Fields>, talk: Talk) -> Self {
        let form = match format {
            Format::Json => Form::Json,
            Format::Jsonl => Form::Jsonl,
            Format::Csv => Form::Csv(CsvWriter::default()),
            Format::Table => Form::Table(TableWriter::new()),
        };
        Self { form, out, fields, waiting: Vec::new(), talk, written: 0, finished: false }
    }

    /// Prints a record, which is JSON text.
    pub(crate) fn record(&mut self, text: &[u8]) -> Result<()> {
        let first = self.written == 0;
        self.written += 1;
        if matches!(self.form, Form::Csv(_) | Form::Table(_)) {
            self.waiting.push(row(text, self.fields.as_mut()));
            return if self.waiting.len() < PATIENCE { Ok(()) } else { heard(self.rows()) };
        }
        let projected = self.fields.as_mut().map(|fields| fields.project(text));
        let text = projected.as_deref().map_or(text, str::as_bytes);
        heard(match self.form {
            Form::Json => json::element(&mut self.out, text, first),
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
            Form::Json | Form::Jsonl => Ok(()),
        }
    }

    /// Lets what was printed so far be seen: a page is at its end.
    pub(crate) fn flush(&mut self) -> Result<()> {
        heard(self.rows().and_then(|()| self.out.flush()))
    }

    /// How many records were printed.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Ends the list, which makes it whole JSON, and says what it does not show.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if self.finished {
            return Ok(());
        }
        self.finished = true;
        if matches!(self.form, Form::Json) {
            heard(json::end(&mut self.out, self.written == 0))?;
        }
        self.flush()?;
        self.remarks();
        Ok(())
    }

    fn remarks(&self) {
        match &self.fields {
            Some(fields) if self.written > 0 => fields.missing().iter().for_each(|missing| self.talk.warn(missing)),
            Some(_) => {}
            None => {
                let left_out = match &self.form {
                    Form::Csv(csv) => csv.left_out(),
                    Form::Table(table) => table.left_out(),
                    Form::Json | Form::Jsonl => return,
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
