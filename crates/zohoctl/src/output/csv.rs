//! CSV as RFC 4180 has it: lines end in CR and LF, and what needs quotes gets them.

use std::collections::BTreeSet;
use std::io::{self, Write};

use indexmap::IndexSet;

use super::cells::{Row, is_nested, text_of};

/// Writes rows under a header that the first page decides.
#[derive(Debug, Default)]
pub(crate) struct CsvWriter {
    header: Option<Vec<String>>,
    left_out: BTreeSet<String>,
}

impl CsvWriter {
    /// The header, once it is written.
    pub(crate) fn header(&self) -> Option<&[String]> {
        self.header.as_deref()
    }

    /// A writer for what follows a header that is written.
    pub(crate) fn behind(header: Option<Vec<String>>) -> Self {
        Self { header, left_out: BTreeSet::new() }
    }

    /// Writes the header, unless it is written: the names that were asked for, else the members of the rows of the
    /// first page whose values are no lists and no objects.
    pub(crate) fn begin(&mut self, out: &mut impl Write, names: Option<&[String]>, rows: &[Row]) -> io::Result<()> {
        if self.header.is_some() {
            return Ok(());
        }
        if names.is_none() && rows.is_empty() {
            return Ok(());
        }
        let header = names.map_or_else(|| scalar_members(rows), <[String]>::to_vec);
        line(out, header.iter().map(String::as_str))?;
        self.header = Some(header);
        Ok(())
    }

    /// Writes a row. A list or an object is written as JSON text.
    pub(crate) fn row(&mut self, out: &mut impl Write, row: &Row) -> io::Result<()> {
        let header = self.header.get_or_insert_default();
        for (name, value) in row {
            if value != "null" && !header.contains(name) && !self.left_out.contains(name) {
                self.left_out.insert(name.clone());
            }
        }
        let cells: Vec<String> =
            header.iter().map(|name| row.get(name).map(|value| text_of(value)).unwrap_or_default()).collect();
        line(out, cells.iter().map(String::as_str))
    }

    /// The members that have no column.
    pub(crate) fn left_out(&self) -> &BTreeSet<String> {
        &self.left_out
    }
}

/// Writes one record: a header of all its members, and a row.
pub(crate) fn one_row(out: &mut impl Write, row: &Row) -> io::Result<()> {
    let names: Vec<String> = row.keys().cloned().collect();
    let mut writer = CsvWriter::default();
    writer.begin(out, Some(&names), &[])?;
    writer.row(out, row)
}

fn scalar_members(rows: &[Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, value) in rows.iter().flatten() {
        if !is_nested(value) && !names.contains(name) {
            names.push(name.clone());
        }
    }
    // Records of lists and objects alone are written all the same.
    if names.is_empty() {
        return rows.iter().flatten().map(|(name, _)| name.clone()).collect::<IndexSet<_>>().into_iter().collect();
    }
    // A member that is nested in one record and empty in another is a nested one.
    names.retain(|name| {
        let values = || rows.iter().filter_map(|row| row.get(name));
        !values().any(|value| is_nested(value)) || values().any(|value| value != "null" && !is_nested(value))
    });
    names
}

fn line<'a>(out: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        if cell.contains(['"', ',', '\r', '\n']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}
