//! What a job gives: a file with records, read one after the other.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use serde_json::Value;
use zip::ZipArchive;
use zoho_connector::{Connector, Type};

use crate::csv::CsvReader;
use crate::download::Download;
use crate::error::{Error, ErrorKind};
use crate::invocation::Invocation;
use crate::record::Record;
use crate::response::outcomes::{Outcome, Reading};
use crate::value::is_decimal;

/// As much of a file as is read at once.
const BUFFER: usize = 1 << 16;

/// What a zip begins with.
const ZIP: &[u8] = b"PK";

/// The records in the result of a job. A number, `true` and `false` are such in JSON where the connector has the member of
/// such a type, an empty cell is `null`, and everything else is text, as it stands in the file.
#[derive(Debug)]
pub struct JobRecords {
    connector: Arc<Connector>,
    ty: Type,
    /// The files that are still to be read, the next one last.
    files: Vec<File>,
    reader: Option<(CsvReader<BufReader<File>>, Vec<String>)>,
}

impl JobRecords {
    /// Reads a file to the disk.
    pub(super) async fn read(mut download: Download, connector: &Arc<Connector>, ty: &Type) -> Result<Self, Error> {
        let mut file = tempfile::tempfile().map_err(|fault| on_disk(&fault))?;
        while let Some(chunk) = download.chunk().await? {
            file.write_all(&chunk).map_err(|fault| on_disk(&fault))?;
        }
        let files = files(file)?;
        Ok(Self { connector: Arc::clone(connector), ty: ty.clone(), files, reader: None })
    }

    fn row(&mut self) -> Result<Option<Record>, Error> {
        loop {
            let Some((reader, header)) = &mut self.reader else {
                let Some(file) = self.files.pop() else { return Ok(None) };
                let mut reader = CsvReader::new(BufReader::with_capacity(BUFFER, file));
                let header = reader.row().map_err(|fault| wrong(&fault))?.unwrap_or_default();
                self.reader = Some((reader, header));
                continue;
            };
            match reader.row().map_err(|fault| wrong(&fault))? {
                Some(cells) => return Ok(Some(record(&self.connector, &self.ty, header, &cells))),
                None => self.reader = None,
            }
        }
    }
}

impl Iterator for JobRecords {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.row().transpose()
    }
}

/// What became of the records that a job wrote.
#[derive(Debug)]
pub struct JobOutcomes {
    records: JobRecords,
    start: Invocation,
    index: usize,
}

impl JobOutcomes {
    pub(super) fn new(records: JobRecords, start: Invocation) -> Self {
        Self { records, start, index: 0 }
    }
}

impl Iterator for JobOutcomes {
    type Item = Result<Outcome, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let api = self.start.api();
        let rules = api.job.as_ref()?.outcomes.as_ref()?;
        let row = self.records.next()?;
        let index = self.index;
        self.index += 1;
        Some(row.map(|row| Reading::new(self.start.connector(), api, rules).of_row(index, &row)))
    }
}

/// The CSVs in a file: itself, or those that a zip holds, the first one last.
fn files(mut file: File) -> Result<Vec<File>, Error> {
    let mut first = [0; 2];
    let rewind = |file: &mut File| file.seek(SeekFrom::Start(0)).map(|_| ()).map_err(|fault| on_disk(&fault));
    rewind(&mut file)?;
    let read = file.read(&mut first).map_err(|fault| on_disk(&fault))?;
    rewind(&mut file)?;
    if first[..read] != *ZIP {
        return Ok(vec![file]);
    }
    let mut archive = ZipArchive::new(BufReader::with_capacity(BUFFER, file)).map_err(|fault| wrong(&fault))?;
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|fault| wrong(&fault))?;
        let is_csv = entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with(".csv"));
        if !entry.is_file() || !is_csv {
            continue;
        }
        let mut unpacked = tempfile::tempfile().map_err(|fault| on_disk(&fault))?;
        std::io::copy(&mut entry, &mut unpacked).map_err(|fault| wrong(&fault))?;
        rewind(&mut unpacked)?;
        files.push(unpacked);
    }
    if files.is_empty() {
        return Err(wrong(&"it holds no CSV"));
    }
    files.reverse();
    Ok(files)
}

fn on_disk(fault: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("the result of the job cannot be kept on the disk: {fault}"))
}

fn wrong(fault: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Unexpected, format!("the result of the job cannot be read: {fault}"))
}

/// A row as a record.
fn record(connector: &Connector, ty: &Type, header: &[String], cells: &[String]) -> Record {
    let object = connector.object(ty);
    let mut text = String::from("{");
    for (at, name) in header.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        let cell = cells.get(at).map_or("", String::as_str);
        let field = object.and_then(|object| object.field(name));
        text.push_str(&json(field.map(|field| &field.ty), cell));
    }
    text.push('}');
    Record::from_text(text)
}

/// A cell as JSON.
fn json(ty: Option<&Type>, cell: &str) -> String {
    match ty {
        _ if cell.is_empty() => "null".to_owned(),
        Some(Type::Int | Type::Decimal) if is_decimal(cell) => cell.to_owned(),
        Some(Type::Bool) if matches!(cell, "true" | "false") => cell.to_owned(),
        _ => Value::from(cell).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    #[test]
    fn cells_are_what_the_connector_says() {
        let yaml = "
connector: t
title: T
base_url: https://t.{zoho}
types: { Row: { id!: id, count: int, price: decimal, open: bool, note: string } }
";
        let connector = read(&[SourceFile::new("t.yaml", yaml)]).unwrap();
        let header = ["id", "count", "price", "open", "note", "Owner.name"].map(str::to_owned);
        let row = |cells: [&str; 6]| {
            record(&connector, &Type::Record("Row".into()), &header, &cells.map(str::to_owned)).to_line()
        };
        assert_eq!(
            row(["00123", "5", "1.10", "true", "say \"x\"", "5"]),
            r#"{"id":"00123","count":5,"price":1.10,"open":true,"note":"say \"x\"","Owner.name":"5"}"#
        );
        assert_eq!(
            row(["", "many", "", "TRUE", "", ""]),
            r#"{"id":null,"count":"many","price":null,"open":"TRUE","note":null,"Owner.name":null}"#
        );
    }
}
