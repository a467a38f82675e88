//! CSV (RFC 4180), read row by row however long the file is.

use std::io::{self, BufRead};

/// Reads the rows of a CSV. A cell in quotes may hold commas, line ends, and quotes that are doubled; empty lines are left
/// out, and so is a byte order mark.
///
/// ```
/// let mut rows = zoho_core::CsvReader::new(&b"id,name\n1,\"Boyle, \"\"P.\"\"\"\n"[..]);
/// assert_eq!(rows.row().unwrap().unwrap(), ["id", "name"]);
/// assert_eq!(rows.row().unwrap().unwrap(), ["1", "Boyle, \"P.\""]);
/// assert!(rows.row().unwrap().is_none());
/// ```
#[derive(Debug)]
pub struct CsvReader<R> {
    reader: R,
    /// The line that is read next, from 1.
    line: u64,
    begun: bool,
}

/// Where in a row the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// At the begin of a cell.
    Begin,
    /// In a cell without quotes.
    Plain,
    /// In a cell with quotes.
    Quoted,
    /// Behind a quote that ends a cell, or is the first of two.
    Quote,
}

/// A row in the making.
struct Row {
    cells: Vec<String>,
    cell: Vec<u8>,
    at: At,
    /// How many lines it goes over.
    lines: u64,
}

impl<R: BufRead> CsvReader<R> {
    /// A reader of a CSV.
    pub fn new(reader: R) -> Self {
        Self { reader, line: 1, begun: false }
    }

    /// The line that the next row begins at, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The cells of the next row; none after the last.
    ///
    /// # Errors
    /// Where the file cannot be read, and [`io::ErrorKind::InvalidData`] where it is no text in UTF-8 or ends in quotes.
    pub fn row(&mut self) -> io::Result<Option<Vec<String>>> {
        if !std::mem::replace(&mut self.begun, true) && self.reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.reader.consume(3);
        }
        loop {
            let Some(cells) = self.next_line()? else { return Ok(None) };
            if cells.len() > 1 || cells.first().is_some_and(|cell| !cell.is_empty()) {
                return Ok(Some(cells));
            }
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<String>>> {
        let mut row = Row { cells: Vec::new(), cell: Vec::new(), at: At::Begin, lines: 0 };
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                let line = self.line;
                return row.end_of_file(line);
            }
            let mut ended = false;
            let mut used = 0;
            for byte in buffer {
                used += 1;
                if row.take(*byte).map_err(|fault| at_line(self.line, fault))? {
                    ended = true;
                    break;
                }
            }
            self.reader.consume(used);
            if ended {
                self.line += row.lines;
                return Ok(Some(row.cells));
            }
        }
    }
}

impl Row {
    /// Takes a byte; whether it ends the row.
    fn take(&mut self, byte: u8) -> Result<bool, &'static str> {
        match (self.at, byte) {
            (At::Begin, b'"') => self.at = At::Quoted,
            (At::Quote, b'"') => {
                self.cell.push(b'"');
                self.at = At::Quoted;
            }
            (At::Quoted, b'"') => self.at = At::Quote,
            (At::Quoted, byte) => {
                self.lines += u64::from(byte == b'\n');
                self.cell.push(byte);
            }
            (_, b',') => self.end_cell()?,
            (_, b'\n') => {
                self.lines += 1;
                if self.at != At::Quote && self.cell.last() == Some(&b'\r') {
                    self.cell.pop();
                }
                self.end_cell()?;
                return Ok(true);
            }
            // The line end that follows a cell in quotes.
            (At::Quote, b'\r') => {}
            (_, byte) => {
                self.cell.push(byte);
                self.at = At::Plain;
            }
        }
        Ok(false)
    }

    fn end_cell(&mut self) -> Result<(), &'static str> {
        let cell = String::from_utf8(std::mem::take(&mut self.cell)).map_err(|_| "it is no text in UTF-8")?;
        self.cells.push(cell);
        self.at = At::Begin;
        Ok(())
    }

    fn end_of_file(mut self, line: u64) -> io::Result<Option<Vec<String>>> {
        if self.at == At::Quoted {
            return Err(at_line(line, "a cell begins with a quote and does not end"));
        }
        if self.cells.is_empty() && self.cell.is_empty() && self.at == At::Begin {
            return Ok(None);
        }
        self.end_cell().map_err(|fault| at_line(line, fault))?;
        Ok(Some(self.cells))
    }
}

fn at_line(line: u64, fault: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("line {line}: {fault}"))
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn rows(text: &[u8], buffer: usize) -> io::Result<Vec<Vec<String>>> {
        let mut reader = CsvReader::new(BufReader::with_capacity(buffer, text));
        std::iter::from_fn(|| reader.row().transpose()).collect()
    }

    #[test]
    fn cells_are_read_whatever_is_in_them_and_wherever_the_buffer_ends() {
        let text = "\u{feff}a,b\r\n1,\"x, \"\"y\"\"\r\nz\"\r\n\n,\"\"\n\"\",é\nlast,2".as_bytes();
        let expected = [["a", "b"], ["1", "x, \"y\"\r\nz"], ["", ""], ["", "é"], ["last", "2"]];
        for buffer in [3, 4, 5, 7, 64] {
            assert_eq!(rows(text, buffer).unwrap(), expected, "{buffer}");
        }
        assert!(rows(b"", 8).unwrap().is_empty());
        assert_eq!(rows(b"a\n\"\"\n", 8).unwrap(), [["a"]]);
    }

    #[test]
    fn what_is_no_csv_is_said_with_its_line() {
        assert_eq!(
            rows(b"a\nb\n\"c\nd", 8).unwrap_err().to_string(),
            "line 3: a cell begins with a quote and does not end"
        );
        assert_eq!(rows(b"a\n\xff\n", 8).unwrap_err().to_string(), "line 2: it is no text in UTF-8");
    }

    #[test]
    fn lines_are_counted_over_cells_that_span_them() {
        let mut reader = CsvReader::new(&b"a\n\"x\ny\"\nb\n"[..]);
        let lines: Vec<u64> = std::iter::from_fn(|| {
            let line = reader.line();
            reader.row().unwrap().map(|_| line)
        })
        .collect();
        assert_eq!(lines, [1, 2, 4]);
    }
}
