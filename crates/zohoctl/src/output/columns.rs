//! Records as a table for people: columns by what the first page holds, as wide as the terminal has room for.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::cells::{Row, is_nested, text_of};
use super::table::{cut, padded, shown, terminal_width, width_of};
use crate::style::{HEADING, paint};

/// The width where standard output is no terminal.
const USUAL: usize = 120;
/// The blanks between two columns.
const GAP: usize = 2;
/// The narrowest that a column is cut to.
const NARROWEST: usize = 6;
/// As much of a text as is worth a column that nobody asked for.
const WORTH: usize = 30;
/// The least of a text that is worth one.
const LEAST: usize = 12;

/// A column: the name of its member, how wide it is, and whether its cells are never cut.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Column {
    name: String,
    width: usize,
    whole: bool,
}

/// Writes rows in columns that the first page decides.
#[derive(Debug)]
pub(crate) struct TableWriter {
    room: usize,
    coloured: bool,
    columns: Option<Vec<Column>>,
    left_out: BTreeSet<String>,
}

impl TableWriter {
    /// A writer for the terminal, or for a page of the usual width; for a file, where nobody sees it now.
    pub(crate) fn new(seen: bool) -> Self {
        if !seen {
            return Self::with_room(USUAL, false);
        }
        // Rows go to standard output as it is, which strips no colours.
        let coloured = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        Self::with_room(terminal_width().unwrap_or(USUAL), coloured)
    }

    /// A writer for lines of this width.
    fn with_room(room: usize, coloured: bool) -> Self {
        Self { room, coloured, columns: None, left_out: BTreeSet::new() }
    }

    /// Decides the columns, unless they are decided, and writes their names.
    pub(crate) fn begin(&mut self, out: &mut impl Write, names: Option<&[String]>, rows: &[Row]) -> io::Result<()> {
        if self.columns.is_some() || (names.is_none() && rows.is_empty()) {
            return Ok(());
        }
        let mut columns = match names {
            Some(names) => names.iter().map(|name| Column::of(name, rows)).collect(),
            None => chosen(rows, self.room),
        };
        narrow(&mut columns, self.room);
        self.left_out =
            rows.iter().flat_map(Row::keys).filter(|name| !columns.iter().any(|c| c.name == **name)).cloned().collect();
        let names = joined(columns.iter().map(|column| padded(&shown(&column.name), column.width)));
        writeln!(out, "{}", if self.coloured { paint(HEADING, names) } else { names })?;
        self.columns = Some(columns);
        Ok(())
    }

    /// Writes a row.
    pub(crate) fn row(&self, out: &mut impl Write, row: &Row) -> io::Result<()> {
        let cell = |column: &Column| {
            let text = row.get(&column.name).map(|value| shown(&text_of(value))).unwrap_or_default();
            // An id that is cut is no id, and a number that is cut is another number.
            let text = if column.whole { text } else { cut(&text, column.width) };
            padded(&text, column.width)
        };
        writeln!(out, "{}", joined(self.columns.iter().flatten().map(cell)))
    }

    /// The members of the first page that have no column.
    pub(crate) fn left_out(&self) -> &BTreeSet<String> {
        &self.left_out
    }
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
}

impl Column {
    /// How wide it is where texts are cut at `most`. Its name stays whole: it is what `--fields` takes.
    fn width_at(&self, most: usize) -> usize {
        if self.whole { self.width } else { self.width.min(most.max(width_of(&self.name))) }
    }

    fn of(name: &str, rows: &[Row]) -> Self {
        let values = || rows.iter().filter_map(|row| row.get(name)).filter(|value| *value != "null");
        let whole = values().next().is_some() && (values().all(|value| is_number(value)) || is_id(name, values()));
        let widest = values().map(|value| width_of(&shown(&text_of(value)))).max().unwrap_or(0);
        Self { name: name.to_owned(), width: widest.max(width_of(name)), whole }
    }
}

/// Whether a value is a number, or a text of digits: ids are such texts.
fn is_number(json: &str) -> bool {
    let text = json.trim_matches('"');
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b".-+".contains(&byte))
}

/// Whether a column's name says that it holds ids, and its values could be some.
fn is_id<'a>(name: &str, mut values: impl Iterator<Item = &'a String>) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let named = last == "id" || ["Id", "_id", "ID"].iter().any(|ending| last.ends_with(ending));
    named && values.all(|value| !is_nested(value) && !value.contains(' '))
}

/// The columns that nobody chose: the id, then what the records hold in their order, as long as there is room.
fn chosen(rows: &[Row], room: usize) -> Vec<Column> {
    let mut names: Vec<&String> = Vec::new();
    for (name, value) in rows.iter().flatten() {
        if !is_nested(value) && value != "null" && value != "\"\"" && !names.contains(&name) {
            names.push(name);
        }
    }
    let mut columns: Vec<Column> = names.into_iter().map(|name| Column::of(name, rows)).collect();
    if let Some(at) =
        columns.iter().position(|column| column.name == "id").or_else(|| columns.iter().position(|c| c.whole))
    {
        columns[..=at].rotate_right(1);
    }
    let mut left = room + GAP;
    columns.retain(|column| {
        let room_for = |most: usize| GAP + column.width_at(most);
        // The last column may be narrower than it would like to be.
        let fits = room_for(LEAST) <= left;
        left = if fits { left.saturating_sub(room_for(WORTH)) } else { 0 };
        fits
    });
    columns
}

/// Makes the widest columns narrower until all fit, as far as that goes.
fn narrow(columns: &mut [Column], room: usize) {
    let gaps = GAP * columns.len().saturating_sub(1);
    let at_most = |columns: &[Column], most: usize| columns.iter().map(|column| column.width_at(most)).sum::<usize>();
    let widest = columns.iter().filter(|column| !column.whole).map(|column| column.width).max().unwrap_or(0);
    let most = (NARROWEST..=widest).rev().find(|most| gaps + at_most(columns, *most) <= room).unwrap_or(NARROWEST);
    for column in columns {
        column.width = column.width_at(most);
    }
}

#[cfg(test)]
mod tests {
    use super::super::cells::row;
    use super::*;

    fn table(room: usize, names: Option<&[&str]>, records: &[&str]) -> (String, Vec<String>) {
        let rows: Vec<Row> = records.iter().map(|record| row(record.as_bytes(), None)).collect();
        let names = names.map(|names| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let (mut out, mut writer) = (Vec::new(), TableWriter::with_room(room, false));
        writer.begin(&mut out, names.as_deref(), &rows).unwrap();
        rows.iter().for_each(|row| writer.row(&mut out, row).unwrap());
        (String::from_utf8(out).unwrap(), writer.left_out().iter().cloned().collect())
    }

    const RECORDS: [&str; 2] = [
        r#"{"subject":"A long subject that is cut","id":"215000000081003","contact":{"x":1},"status":"Open","n":null}"#,
        r#"{"subject":"Short","id":"215000000081004","status":"Closed"}"#,
    ];

    #[test]
    fn the_id_comes_first_and_is_never_cut() {
        let (text, left_out) = table(36, None, &RECORDS);
        assert_eq!(text, "id               subject\n215000000081003  A long subject tha…\n215000000081004  Short\n");
        assert_eq!(left_out, ["contact", "n", "status"]);
        let (text, _) = table(20, Some(&["status", "subject", "id"]), &RECORDS);
        assert_eq!(text, "status  subject  id\nOpen    A long…  215000000081003\nClosed  Short    215000000081004\n");
    }

    #[test]
    fn what_would_move_the_cursor_is_shown_as_a_blank() {
        let (text, _) = table(80, None, &[r#"{"a":"one\ntwo\u001b[31m","b":"漢字","c":1}"#]);
        assert_eq!(text, "c  a             b\n1  one two [31m  漢字\n");
    }
}
