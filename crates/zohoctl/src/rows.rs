//! Records in a file, read one after the other however many there are: JSON lines, a JSON list, or a CSV whose first line
//! names the members. Which one it is, its first byte says. They are given as JSON text, and none is made a tree of.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use zoho_connector::{Connector, Type};

mod elements;
mod table;

use elements::Elements;
use table::Table;

/// As much of a file as is read at once.
const BUFFER: usize = 1 << 16;

/// Reads records.
pub(crate) struct Rows(Form);

type Source = BufReader<Box<dyn Read + Send>>;

/// Takes the text of a record, and says whether it is JSON.
pub(crate) type Take<'t> = dyn FnMut(&str) -> Result<(), serde_json::Error> + 't;

enum Form {
    Json(Elements<Source>),
    Csv(Table<Source>),
    /// Values without members, several a line.
    Words(Source, VecDeque<String>),
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

impl Rows {
    /// The records of a file, each of a type.
    pub(crate) fn new(source: Box<dyn Read + Send>, connector: &Connector, item: &Type) -> Result<Self, Fault> {
        let mut source = BufReader::with_capacity(BUFFER, source);
        let first = first_byte(&mut source).map_err(|fault| fault.to_string())?;
        Ok(Self(match first {
            Some(b'{' | b'[' | b'"') => Form::Json(Elements::new(source, first == Some(b'['))),
            _ if item.is_scalar() => Form::Words(source, VecDeque::new()),
            _ => Form::Csv(Table::new(source, connector, item)?),
        }))
    }

    /// Gives the next record; whether there was one.
    pub(crate) fn next(&mut self, take: &mut Take<'_>) -> Result<bool, Fault> {
        match &mut self.0 {
            Form::Json(elements) => elements.next(take),
            Form::Csv(table) => table.next(take),
            Form::Words(source, waiting) => {
                while waiting.is_empty() {
                    let mut line = String::new();
                    if source.read_line(&mut line).map_err(|fault| fault.to_string())? == 0 {
                        return Ok(false);
                    }
                    let words = line.split(',').map(str::trim).filter(|word| !word.is_empty());
                    waiting.extend(words.map(|word| serde_json::Value::from(word).to_string()));
                }
                let word = waiting.pop_front().unwrap_or_default();
                take(&word).map(|()| true).map_err(|fault| fault.to_string())
            }
        }
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
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
        let mut rows = Rows::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), &connector, item)?;
        let mut all = Vec::new();
        while rows.next(&mut |row| serde_json::from_str(row).map(|row| all.push(row)))? {}
        Ok(all)
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
            format!("{one}\n\n  {two}"),
            format!("{one}\r\n{two} \r\n"),
            format!("{}\n{two}", one.replace(':', "\n:\n")),
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
    fn numbers_keep_their_digits_and_cells_reach_into_lists() {
        let connector = connector();
        let given = |text: &str| {
            let mut rows = Rows::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), &connector, &Type::Map)?;
            let mut all = String::new();
            while rows.next(&mut |row| {
                all.push_str(row);
                serde_json::from_str::<Value>(row).map(drop)
            })? {}
            Ok::<String, Fault>(all)
        };
        let line = r#"{"n":12345678901234567890.12345678901234567890}"#;
        assert_eq!(given(line).unwrap(), line);
        assert_eq!(given("n:\n12345678901234567890.5\n").unwrap(), r#"{"n":12345678901234567890.5}"#);
        let text = "a.0.b:,a.1.b:,a.1.c,d\n1.10,2,\"x\"\"\",\n,,,y\n";
        assert_eq!(given(text).unwrap(), r#"{"a":[{"b":1.10},{"b":2,"c":"x\""}]}{"d":"y"}"#);
        for (text, fault) in [
            ("a.1.b\nx\n", "line 2: `a.1.b` leaves out position 0"),
            ("a,a\nx,y\n", "line 2: `a` is given twice"),
            ("a,a.b\nx,y\n", "line 2: `a.b` goes inside a value that is no object (at `b`)"),
        ] {
            assert_eq!(given(text).unwrap_err(), fault);
        }
        assert_eq!(given("a,a.b\nx,\n").unwrap(), r#"{"a":"x"}"#);
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
