//! Files of records: CSV (RFC 4180), as it is or in a zip.

use std::io::{Cursor, Read, Write};

use bytes::Bytes;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::message::Upload;
use crate::reply_path::text_of;
use crate::seed::Record;

/// The most bytes that are taken out of a zip.
const MOST: u64 = 256 * 1024 * 1024;

/// Records as CSV in a zip, with these members as columns.
pub(crate) fn pack(stem: &str, columns: &[String], records: &[Record]) -> Upload {
    let text = csv(columns, records);
    let zipped = zipped(&format!("{stem}.csv"), text.as_bytes());
    match zipped {
        Ok(bytes) => Upload { name: format!("{stem}.zip"), media: "application/zip".to_owned(), bytes: bytes.into() },
        // Nothing that is written to memory fails; the records are there all the same.
        Err(_) => {
            Upload { name: format!("{stem}.csv"), media: "text/csv;charset=utf-8".to_owned(), bytes: Bytes::from(text) }
        }
    }
}

fn zipped(name: &str, content: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))?;
    archive.write_all(content)?;
    Ok(archive.finish()?.into_inner())
}

/// The rows of a file that was uploaded: of the CSV in a zip, or of a CSV. What is wrong with it, in a sentence.
pub(crate) fn rows(file: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let content = if file.starts_with(b"PK") { unzipped(file)? } else { file.to_vec() };
    let text = String::from_utf8(content).map_err(|_| "The file is no text in UTF-8.".to_owned())?;
    parse(text.trim_start_matches('\u{feff}'))
}

fn unzipped(file: &[u8]) -> Result<Vec<u8>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("The zip cannot be read: {error}.");
    let is_file = |name: zip::result::ZipResult<std::borrow::Cow<'_, str>>| name.is_ok_and(|name| !name.ends_with('/'));
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|error| wrong(&error))?;
    let named = (0..archive.len()).find(|at| archive.name_for_index(*at).is_some_and(is_file));
    let entry = archive.by_index(named.ok_or("The zip is empty.")?).map_err(|error| wrong(&error))?;
    let mut content = Vec::new();
    entry.take(MOST).read_to_end(&mut content).map_err(|error| wrong(&error))?;
    Ok(content)
}

/// Rows of cells; a cell in quotes may hold commas, line ends, and quotes that are doubled.
fn parse(text: &str) -> Result<Vec<Vec<String>>, String> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted && rest.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    if quoted {
        return Err("A quote in the file is open.".to_owned());
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
    Ok(rows)
}

fn csv(columns: &[String], records: &[Record]) -> String {
    let cell = |text: String| {
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    let line = |cells: Vec<String>| cells.into_iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n";
    let mut file = line(columns.to_vec());
    for record in records {
        let value = |name: &String| match record.get(name) {
            Some(Value::Object(members)) => members.get("id").map(text_of).unwrap_or_default(),
            Some(value) => text_of(value),
            None => String::new(),
        };
        file.push_str(&line(columns.iter().map(value).collect()));
    }
    file
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_packed_can_be_read() {
        let record =
            json!({ "a": "x,\"y\"\nz", "b": { "id": "7" }, "c": null, "d": "é" }).as_object().cloned().unwrap();
        let columns = ["a", "b", "c", "d"].map(str::to_owned);
        assert_eq!(csv(&columns, std::slice::from_ref(&record)), "a,b,c,d\r\n\"x,\"\"y\"\"\nz\",7,,é\r\n");
        let file = pack("leads", &columns, &[record]);
        assert_eq!((file.name.as_str(), file.media.as_str()), ("leads.zip", "application/zip"));
        assert_eq!(rows(&file.bytes).unwrap(), [["a", "b", "c", "d"], ["x,\"y\"\nz", "7", "", "é"]]);
    }

    #[test]
    fn any_csv_is_read_and_what_is_none_is_refused() {
        assert_eq!(rows("\u{feff}a,b\n1,2\n\n3,\"\"".as_bytes()).unwrap(), [["a", "b"], ["1", "2"], ["3", ""]]);
        for file in [&b"a,\"b"[..], b"\xff\xfe", b"PK\x03\x04nothing"] {
            assert!(rows(file).is_err(), "{file:?}");
        }
    }
}
