//! Tables of text, for people.

use crate::style::{HEADING, paint};

/// Columns of text under headings.
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
        let widths = self.widths();
        let mut text = String::new();
        if !self.headings.is_empty() {
            let headings: Vec<String> = self.headings.iter().map(|heading| (*heading).to_owned()).collect();
            let line = self.line(&headings, &widths, width);
            let (blanks, words) = line.split_at(self.indent.min(line.len()));
            text.push_str(&format!("{blanks}{}\n", paint(HEADING, words)));
        }
        for row in &self.rows {
            text.push_str(&self.line(row, &widths, width));
            text.push('\n');
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.headings.iter().map(|heading| heading.len()).collect();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
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
                line.push_str(&format!("{cell:column$}  "));
            }
        }
        let line = line.trim_end();
        width.map_or_else(|| line.to_owned(), |width| cut(line, width))
    }
}

/// The width of the terminal that standard output is, if it is one.
pub(crate) fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout())
        .map(|(width, _)| usize::from(width.0))
        .filter(|width| *width >= 20)
}

fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let kept: String = line.chars().take(width - 1).collect();
    format!("{kept}…")
}

/// Breaks a text into lines of at most `width`, each after `indent` blanks.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    fill(text.split_whitespace(), "", width, indent)
}

/// Lists things on lines of at most `width`, with commas between; none is broken.
pub(crate) fn wrap_list<'a>(things: impl IntoIterator<Item = &'a str>, width: usize, indent: usize) -> String {
    fill(things, ",", width, indent)
}

fn fill<'a>(pieces: impl IntoIterator<Item = &'a str>, mark: &str, width: usize, indent: usize) -> String {
    let mut lines = vec![String::new()];
    for piece in pieces {
        let room = |line: &String| {
            indent + line.chars().count() + mark.len() + 1 + piece.chars().count() + mark.len() <= width
        };
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(piece),
            Some(line) if room(line) => line.push_str(&format!("{mark} {piece}")),
            Some(line) => {
                line.push_str(mark);
                lines.push(piece.to_owned());
            }
            None => {}
        }
    }
    let blanks = " ".repeat(indent);
    lines.iter().map(|line| format!("{blanks}{line}\n")).collect()
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
    fn long_text_is_broken_at_blanks() {
        assert_eq!(wrap("one two three", 9, 2), "  one two\n  three\n");
        assert_eq!(wrap("unbreakable", 4, 0), "unbreakable\n");
        assert_eq!(wrap_list(["a: b", "c", "d"], 8, 1), " a: b,\n c, d\n");
    }
}
