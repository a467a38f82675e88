//! Tables of text, for people.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::cells::{Row, text_of};
use crate::style::{HEADING, paint};

/// The narrowest that a column is broken to.
const NARROWEST: usize = 24;

/// Columns of text under headings: for what the command itself has to say.
#[derive(Debug, Default)]
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    indent: usize,
}

impl Table {
    /// A table with these headings.
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), ..Self::default() }
    }

    /// The same table, this far in.
    pub(crate) fn indented(mut self, indent: usize) -> Self {
        self.indent = indent;
        self
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as text. The last column is cut at `width` where one is given.
    pub(crate) fn render(&self, width: Option<usize>) -> String {
        self.render_with(&self.widths(), width)
    }

    fn render_with(&self, widths: &[usize], width: Option<usize>) -> String {
        let mut text = String::new();
        if !self.headings.is_empty() {
            let headings: Vec<String> = self.headings.iter().map(|heading| (*heading).to_owned()).collect();
            let line = self.line(&headings, widths, width);
            let (blanks, words) = line.split_at(self.indent.min(line.len()));
            text.push_str(&format!("{blanks}{}\n", paint(HEADING, words)));
        }
        for row in &self.rows {
            text.push_str(&self.line(row, widths, width));
            text.push('\n');
        }
        text
    }

    /// The table as text, the last column broken into lines that stand under each other.
    pub(crate) fn wrapped(&self, width: usize) -> String {
        let widths = self.widths();
        let before: usize = self.indent + widths.iter().rev().skip(1).map(|column| column + 2).sum::<usize>();
        let room = width.saturating_sub(before).max(NARROWEST);
        let rows = self.rows.iter().map(|row| {
            let (last, cells) =
                row.split_last().map_or((String::new(), Vec::new()), |(last, cells)| (last.clone(), cells.to_vec()));
            (broken(&last, room), cells)
        });
        let mut text = Self { rows: Vec::new(), headings: self.headings.clone(), indent: self.indent };
        for (lines, cells) in rows {
            for (i, line) in lines.into_iter().enumerate() {
                let blank = vec![String::new(); cells.len()];
                text.rows.push(if i == 0 { &cells } else { &blank }.iter().cloned().chain([line]).collect());
            }
        }
        text.render_with(&widths, None)
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.headings.iter().map(|heading| heading.len()).collect();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(width_of(cell));
            }
        }
        widths
    }

    fn line(&self, cells: &[String], widths: &[usize], width: Option<usize>) -> String {
        let mut line = " ".repeat(self.indent);
        for (i, (cell, column)) in cells.iter().zip(widths).enumerate() {
            if i + 1 == cells.len() {
                line.push_str(cell);
            } else {
                line.push_str(&format!("{}  ", padded(cell, *column)));
            }
        }
        let line = line.trim_end();
        width.map_or_else(|| line.to_owned(), |width| cut(line, width))
    }
}

/// The members of one record, each on a line.
pub(crate) fn of_members(row: &Row) -> String {
    let mut table = Table::default();
    for (name, value) in row {
        table.row([shown(name), shown(&text_of(value))]);
    }
    table.render(terminal_width())
}

/// The width of the terminal that standard output is, if it is one.
pub(crate) fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout())
        .map(|(width, _)| usize::from(width.0))
        .filter(|width| *width >= 20)
}

/// How many cells of a terminal a text takes.
pub(crate) fn width_of(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// A text with blanks behind it, up to a width.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(width_of(text))))
}

/// A text without anything that would move the cursor: data is no command to a terminal.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text of at most this width; what is cut off is marked.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| {
        let wide = c.width().unwrap_or(0);
        let fits = wide <= left;
        left = if fits { left - wide } else { 0 };
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{kept}…")
}

/// The width of a page of text: the terminal's, as long as lines of that length can be read.
pub(crate) fn page_width() -> usize {
    terminal_width().unwrap_or(100).min(120)
}

/// Breaks a text behind blanks and bars, and a type of several members behind its commas and bars, into lines of at
/// most `width` where a piece is not longer.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(text) {
        match lines.last_mut() {
            Some(line) if line.is_empty() || width_of(line) + width_of(piece.trim_end()) <= width => {
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The parts of a text that stay whole.
fn pieces(text: &str) -> Vec<String> {
    let of_members = text.contains("{ ") && text.contains(": ");
    let mut pieces: Vec<String> = Vec::new();
    for piece in text.split_inclusive([' ', '|']) {
        let whole = |last: &String| !of_members || last.ends_with(", ") || last.ends_with('|');
        match pieces.last_mut() {
            Some(last) if !whole(last) => last.push_str(piece),
            _ => pieces.push(piece.to_owned()),
        }
    }
    pieces
}

/// Breaks a text into lines of at most `width`, each after `indent` blanks.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let lines = broken(text, width.saturating_sub(indent));
    lines.iter().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect()
}

/// Lists things on lines of at most `width`, with commas between; only one that is longer is broken.
pub(crate) fn wrap_list<'a>(things: impl IntoIterator<Item = &'a str>, width: usize, indent: usize) -> String {
    let room = width.saturating_sub(indent).max(NARROWEST);
    let mut lines = vec![String::new()];
    for thing in things {
        match lines.last_mut() {
            Some(line) if line.is_empty() => {}
            Some(line) if width_of(line) + width_of(thing) + 3 <= room => line.push_str(", "),
            Some(line) => {
                line.push(',');
                lines.push(String::new());
            }
            None => {}
        }
        let mut pieces =
            if width_of(thing) > room { broken(thing, room - 2) } else { vec![thing.to_owned()] }.into_iter();
        if let (Some(line), Some(first)) = (lines.last_mut(), pieces.next()) {
            line.push_str(&first);
        }
        lines.extend(pieces.map(|piece| format!("  {piece}")));
    }
    lines.iter().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let mut table = Table::new(&["A", "LONG"]).indented(2);
        table.row(["one".into(), "x".into()]);
        table.row(["é".into(), "yyyyyyyyyy".into()]);
        assert_eq!(
            anstream::adapter::strip_str(&table.render(None)).to_string(),
            "  A    LONG\n  one  x\n  é    yyyyyyyyyy\n"
        );
        assert!(table.render(Some(12)).ends_with("  é    yyyy…\n"));
    }

    #[test]
    fn the_last_column_is_broken_where_it_is_wide() {
        let mut table = Table::new(&["A", "TYPE"]);
        table.row(["one".into(), "alpha|beta|gamma|delta|epsilon".into()]);
        table.row(["two".into(), "{ x: string, y: int }".into()]);
        let text = anstream::adapter::strip_str(&table.wrapped(30)).to_string();
        assert_eq!(text, "A    TYPE\none  alpha|beta|gamma|delta|\n     epsilon\ntwo  { x: string, y: int }\n");
    }

    #[test]
    fn long_text_is_broken_at_blanks() {
        assert_eq!(wrap("one two three", 9, 2), "  one two\n  three\n");
        assert_eq!(wrap("unbreakable", 4, 0), "unbreakable\n");
        assert_eq!(wrap_list(["a: bcdefghijklmnopqrs", "c", "de"], 25, 1), " a: bcdefghijklmnopqrs,\n c, de\n");
        let object = "{ name: string, size: int, of: map }";
        assert_eq!(wrap_list(["a", object], 26, 0), "a,\n{ name: string,\n  size: int, of: map }\n");
    }
}
