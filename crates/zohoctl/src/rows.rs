//! Records in a file, read one after the other however many there are: JSON lines, a JSON list, or a CSV whose first line
//! names the members. Which one it is, its first byte says.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value};
use zoho_connector::{Connector, Type};
use zoho_core::CsvReader;

use crate::arguments;

/// As much of a file as is read at once.
const BUFFER: usize = 1 << 16;

/// Reads records.
pub(crate) struct Rows<'a> {
    form: Form,
    connector: &'a Connector,
    item: &'a Type,
}

type Source = BufReader<Box<dyn Read + Send>>;

enum Form {
    Json(Elements),
    Csv(CsvReader<Source>, Vec<String>),
    /// Values without members, several a line.
    Words(Source, std::collections::VecDeque<Value>),
}

/// What is wrong with a file, in a sentence that names the line.
pub(crate) type Fault = String;

/// Opens a file, or standard input for `-`.
pub(crate) fn open(path: &str) -> Result<Box<dyn Read + Send>, Fault> {
    match path {
        "-" => Ok(Box::new(io::stdin())),
        path => File::open(Path::new(path)).map(|file| Box::new(file) as _).map_err(|fault| unreadable(path, &fault)),
    }
}

fn unreadable(path: &str, fault: &io::Error) -> Fault {
    let path = if path == "-" { "standard input" } else { path };
    format!("cannot read {path}: {fault}")
}

impl<'a> Rows<'a> {
    /// The records of a file, each of a type.
    pub(crate) fn new(source: Box<dyn Read + Send>, connector: &'a Connector, item: &'a Type) -> Result<Self, Fault> {
        let mut source = BufReader::with_capacity(BUFFER, source);
        let first = first_byte(&mut source).map_err(|fault| fault.to_string())?;
        let form = match first {
            Some(b'{' | b'[' | b'"') => Form::Json(Elements::new(source, first == Some(b'['))),
            _ if item.is_scalar() => Form::Words(source, std::collections::VecDeque::new()),
            _ => {
                let mut rows = CsvReader::new(source);
                let header = rows.row().map_err(|fault| fault.to_string())?.unwrap_or_default();
                Form::Csv(rows, header.iter().map(|name| name.trim().to_owned()).collect())
            }
        };
        Ok(Self { form, connector, item })
    }

    fn row(&mut self) -> Result<Option<Value>, Fault> {
        match &mut self.form {
            Form::Json(elements) => elements.next_value(),
            Form::Csv(rows, header) => {
                let line = rows.line();
                let Some(cells) = rows.row().map_err(|fault| fault.to_string())? else { return Ok(None) };
                let row = record(self.connector, self.item, header, cells);
                row.map(Some).map_err(|fault| format!("line {line}: {fault}"))
            }
            Form::Words(source, waiting) => {
                while waiting.is_empty() {
                    let mut line = String::new();
                    if source.read_line(&mut line).map_err(|fault| fault.to_string())? == 0 {
                        return Ok(None);
                    }
                    let words = line.split(',').map(str::trim).filter(|word| !word.is_empty());
                    waiting.extend(words.map(Value::from));
                }
                Ok(waiting.pop_front())
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Value, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.row().transpose()
    }
}

/// The first byte that is no blank; what is before it is left out.
fn first_byte(source: &mut Source) -> io::Result<Option<u8>> {
    if source.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        source.consume(3);
    }
    loop {
        let buffer = source.fill_buf()?;
        let blanks = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let (first, is_end) = (buffer.get(blanks).copied(), buffer.is_empty());
        source.consume(blanks);
        if first.is_some() || is_end {
            return Ok(first);
        }
    }
}

/// A row of a CSV as a record. An empty cell says nothing of its member; under a name that ends with `:` stands JSON.
fn record(connector: &Connector, item: &Type, header: &[String], cells: Vec<String>) -> Result<Value, Fault> {
    if cells.len() > header.len() {
        return Err(format!("it has {} cells, and the first line names {}", cells.len(), header.len()));
    }
    let mut row = Value::Object(Map::new());
    for (name, cell) in header.iter().zip(cells).filter(|(name, cell)| !name.is_empty() && !cell.is_empty()) {
        arguments::put_member(connector, item, &mut row, name, &cell)?;
    }
    Ok(row)
}

/// The values of a JSON text that holds many: one behind the other, or in a list.
struct Elements {
    source: Source,
    is_list: bool,
    begun: bool,
    /// The line that is being read, from 1, and the one that the last value began at.
    line: u64,
    began: u64,
}

impl Elements {
    fn new(source: Source, is_list: bool) -> Self {
        Self { source, is_list, begun: false, line: 1, began: 1 }
    }

    fn next_value(&mut self) -> Result<Option<Value>, Fault> {
        let Some(text) = self.element()? else { return Ok(None) };
        let wrong = |fault: serde_json::Error| format!("line {}: it is not JSON: {fault}", self.began);
        serde_json::from_slice(&text).map(Some).map_err(wrong)
    }

    /// The text of the next value, up to where it ends by its brackets and quotes.
    fn element(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        if self.is_list && !std::mem::replace(&mut self.begun, true) {
            self.source.consume(1);
        }
        match self.between()? {
            None if self.is_list => return Err(format!("line {}: the list does not end", self.line)),
            Some(b']') if self.is_list => return Ok(None),
            None => return Ok(None),
            Some(_) => {}
        }
        self.began = self.line;
        let (mut text, mut depth, mut quoted, mut escaped) = (Vec::new(), 0_usize, false, false);
        loop {
            let buffer = self.source.fill_buf().map_err(|fault| fault.to_string())?;
            if buffer.is_empty() {
                return Ok(Some(text));
            }
            let mut ended = false;
            let mut used = buffer.len();
            for (at, byte) in buffer.iter().enumerate() {
                self.line += u64::from(*byte == b'\n');
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => {
                        quoted = !quoted;
                        ended = !quoted && depth == 0;
                    }
                    _ if quoted => {}
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        ended = depth == 0;
                    }
                    // A number or a word ends where something else begins.
                    b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                        self.line -= u64::from(*byte == b'\n');
                        used = at;
                        break;
                    }
                    _ => {}
                }
                if ended {
                    used = at + 1;
                    break;
                }
            }
            text.extend_from_slice(&buffer[..used]);
            let is_whole = ended || used < buffer.len();
            self.source.consume(used);
            if is_whole {
                return Ok(Some(text));
            }
        }
    }

    /// Leaves out what stands between two values, and shows the byte behind it.
    fn between(&mut self) -> Result<Option<u8>, Fault> {
        loop {
            let buffer = self.source.fill_buf().map_err(|fault| fault.to_string())?;
            let Some(byte) = buffer.first().copied() else { return Ok(None) };
            if !(byte.is_ascii_whitespace() || self.is_list && byte == b',') {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.source.consume(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zoho_connector::{SourceFile, load};

    use super::*;

    fn connector() -> Connector {
        let yaml = "
connector: test
title: Zoho Test
base_url: https://test.{zoho}
types: { Line: { name: string, count: int, tags: [string], owner: { id: id }, cf: map } }
";
        load::read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    fn read(text: &str, item: &Type) -> Result<Vec<Value>, Fault> {
        let connector = connector();
        Rows::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), &connector, item)?.collect()
    }

    fn line() -> Type {
        Type::Record("Line".into())
    }

    #[test]
    fn json_is_read_in_lines_and_in_a_list() {
        let rows = [json!({ "a": "}\",{\"" }), json!({ "b": [1, { "c": null }] })];
        let [one, two] = [rows[0].to_string(), rows[1].to_string()];
        for text in [
            format!("{one}\n{two}\n"),
            format!("\u{feff} {one}{two}"),
            format!("[{one},{two}]"),
            format!("[\n  {one} ,\r\n{two}\n]\n"),
        ] {
            assert_eq!(read(&text, &Type::Map).unwrap(), rows, "{text}");
        }
        assert!(read("[]", &Type::Map).unwrap().is_empty() && read("", &Type::Map).unwrap().is_empty());
        assert_eq!(read("[\"1\", 2,true]", &Type::Id).unwrap(), [json!("1"), json!(2), json!(true)]);
        assert_eq!(read("1,2\n3\n", &Type::Id).unwrap(), [json!("1"), json!("2"), json!("3")]);
    }

    #[test]
    fn a_csv_gives_members_by_their_types() {
        let text = "name,count,tags,owner.id,cf.x:,cf.y\nBoyle,5,\"a,b\",7,null,1\n,,,,,\nAda,,,,\"[1,2]\",\n";
        let expected = [
            json!({ "name": "Boyle", "count": "5", "tags": ["a", "b"], "owner": { "id": "7" }, "cf": { "x": null, "y": "1" } }),
            json!({}),
            json!({ "name": "Ada", "cf": { "x": [1, 2] } }),
        ];
        assert_eq!(read(text, &line()).unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, fault) in [
            ("{\"a\":1}\n{\"a\":}\n", "line 2: it is not JSON: expected value at line 1 column 6"),
            ("[{\"a\":1},\n{\"a\":2}\n", "line 3: the list does not end"),
            ("name,count\nx,1\ny,2,3\n", "line 3: it has 3 cells, and the first line names 2"),
            ("name,cf.x:\nx,{\n", "line 2: `cf.x` is not JSON: EOF while parsing an object at line 1 column 1"),
        ] {
            assert_eq!(read(text, &line()).unwrap_err(), fault, "{text}");
        }
    }
}
