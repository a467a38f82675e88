//! `name=value` words and `--json`, read into arguments. Which of them an API has, and whether they are right, is for
//! the engine to say: here only the shape of the words is judged, and all that is wrong with it is said at once.
//!
//! | written | is |
//! | --- | --- |
//! | `status=Open` | text, which the engine reads as the parameter's type |
//! | `ids=1,2` or `ids=1 ids=2` | a list |
//! | `data={"a": 1}`, `data=[…]` | JSON, where the parameter is an object or a list |
//! | `contact.lastName=Boyle`, `data.0.Email=…` | a member inside an object or a list |
//! | `assigneeId:=null` | JSON, whatever the parameter is |
//! | `description=@notes.txt` | the content of a file; `@-` is standard input, `@@x` the text `@x` |
//! | `data=@rows.jsonl` | the rows of a file, where the parameter is a list of objects: JSON lines, a list, or CSV |
//! | `file=@photo.png` | a file to send, where the parameter is one |

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value};
use zoho_connector::connector::WHOLE_BODY;
use zoho_connector::{Api, Connector, Parameter, Type};
use zoho_core::{Argument, Arguments, FilePart, exact_value};

use crate::exit::Problem;
use crate::rows::Rows;

/// Reads the words of a call, and the body that `--json` gives.
pub(crate) fn read(connector: &Connector, api: &Api, words: &[String], json: Option<&str>) -> Result<Arguments> {
    let mut reader = Reader { connector, api, stdin_used: false, values: Map::new(), files: BTreeMap::new() };
    let mut faults = Vec::new();
    let body = json.and_then(|text| reader.body(text).map_err(|fault| faults.push(fault)).ok());
    for word in words {
        if let Err(fault) = reader.word(word) {
            faults.push(fault);
        }
    }
    if !faults.is_empty() {
        let problem = match faults.as_slice() {
            [one] => Problem::usage(one),
            _ => Problem::usage("several arguments cannot be read").details(faults),
        };
        return Err(problem
            .hint(format!("`zohoctl apis show {} {}` lists its arguments", connector.name, api.name))
            .into());
    }
    let mut arguments = Arguments::new();
    if let Some(body) = body {
        arguments.insert(WHOLE_BODY, body);
    }
    reader.values.into_iter().for_each(|(name, value)| arguments.insert(name, value));
    reader.files.into_iter().for_each(|(name, files)| arguments.insert(name, Argument::Files(files)));
    Ok(arguments)
}

struct Reader<'a> {
    connector: &'a Connector,
    api: &'a Api,
    stdin_used: bool,
    values: Map<String, Value>,
    files: BTreeMap<String, Vec<FilePart>>,
}

type Reading<T> = Result<T, String>;

impl<'a> Reader<'a> {
    fn body(&mut self, text: &str) -> Reading<Value> {
        if self.api.body.is_none() {
            return Err(format!(
                "--json gives a body, and {} has none; write its arguments as name=value",
                self.api.name
            ));
        }
        let text = match (text, text.strip_prefix('@')) {
            ("-", _) => self.content("-")?,
            (_, Some(path)) => self.content(path)?,
            _ => text.to_owned(),
        };
        exact_value(&text).map_err(|fault| format!("--json {fault}"))
    }

    fn word(&mut self, word: &str) -> Reading<()> {
        let Some((name, text)) = word.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(format!("`{word}` is not an argument; write it as name=value"));
        };
        let (path, is_json) = name.strip_suffix(':').map_or((name, false), |name| (name, true));
        let mut steps = path.split('.');
        let first = steps.next().unwrap_or_default();
        let parameter = self.parameter(first);
        let (first, ty) =
            parameter.map_or((first, Type::Any), |parameter| (parameter.name.as_str(), parameter.ty.clone()));
        let steps: Vec<&str> = steps.collect();
        if ty.is_file() {
            return self.file(path, first, text);
        }
        let ty = type_within(self.connector, &ty, &steps);
        let value = if is_json { json(path, text)? } else { self.value(path, &ty, text)? };
        let repeatable = matches!(ty, Type::List { .. });
        put(self.values.entry(first).or_insert(Value::Null), &steps, value, repeatable)
            .map_err(|fault| format!("`{path}` {fault}"))
    }

    fn parameter(&self, name: &str) -> Option<&'a Parameter> {
        let by_wire =
            || self.api.parameters.iter().find(|parameter| parameter.sites.iter().any(|site| site.wire == name));
        self.api.parameter(name).or_else(by_wire)
    }

    fn value(&mut self, name: &str, ty: &Type, text: &str) -> Reading<Value> {
        let from_file = match text.strip_prefix('@') {
            Some(rest) if rest.starts_with('@') => return Ok(Value::from(rest)),
            Some(path) => Some(self.content(path)?),
            None => None,
        };
        match (ty, from_file) {
            (Type::List { item, .. }, Some(text)) if !item.is_scalar() => self.rows(name, item, text),
            (ty, Some(text)) => typed(name, ty, &text),
            (ty, None) => typed(name, ty, text),
        }
    }

    /// The rows of a file.
    fn rows(&self, name: &str, item: &Type, text: String) -> Reading<Value> {
        let named = |fault: String| format!("`{name}`: {fault}");
        let source = Box::new(std::io::Cursor::new(text.into_bytes()));
        let mut rows = Rows::new(source, self.connector, item).map_err(named)?;
        let mut all = Vec::new();
        let mut take = |row: &str| exact_value(row).map(|row| all.push(row)).map_err(serde::de::Error::custom);
        while rows.next(&mut take).map_err(named)? {}
        Ok(Value::Array(all))
    }

    fn file(&mut self, path: &str, name: &str, text: &str) -> Reading<()> {
        let Some(source) = text.strip_prefix('@') else {
            return Err(format!(
                "`{path}` takes a file; write {path}=@{}",
                if text.is_empty() { "PATH" } else { text }
            ));
        };
        let mut part = if source == "-" {
            let mut bytes = Vec::new();
            self.stdin()?.read_to_end(&mut bytes).map_err(|error| format!("cannot read standard input: {error}"))?;
            FilePart::bytes("stdin", bytes)
        } else {
            std::fs::metadata(source).map_err(|error| format!("`{path}`: cannot read {source}: {error}"))?;
            FilePart::path(source)
        };
        part.content_type = media_type(Path::new(source)).map(str::to_owned);
        self.files.entry(name.to_owned()).or_default().push(part);
        Ok(())
    }

    fn content(&mut self, path: &str) -> Reading<String> {
        if path == "-" {
            let mut text = String::new();
            self.stdin()?.read_to_string(&mut text).map_err(|error| format!("cannot read standard input: {error}"))?;
            return Ok(text);
        }
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))
    }

    fn stdin(&mut self) -> Reading<std::io::Stdin> {
        if std::mem::replace(&mut self.stdin_used, true) {
            return Err("standard input can be used once".to_owned());
        }
        Ok(std::io::stdin())
    }
}

fn json(name: &str, text: &str) -> Reading<Value> {
    exact_value(text).map_err(|fault| format!("`{name}` {fault}"))
}

/// The type of a member inside a value; anything where the connector does not say.
pub(crate) fn type_within(connector: &Connector, ty: &Type, steps: &[&str]) -> Type {
    let Some((step, rest)) = steps.split_first() else { return ty.clone() };
    if let (Type::List { item, .. }, Ok(_)) = (ty, step.parse::<usize>()) {
        return type_within(connector, item, rest);
    }
    match connector.object(ty).and_then(|object| object.field(step)) {
        Some(field) => type_within(connector, &field.ty, rest),
        None => Type::Any,
    }
}

/// A text as a value of a type, as far as the text says what it is: the engine reads the rest.
fn typed(name: &str, ty: &Type, text: &str) -> Reading<Value> {
    let begins_as_json = text.trim_start().starts_with(['{', '[']);
    match ty {
        Type::List { .. } if text.trim_start().starts_with('[') => json(name, text),
        Type::List { item, .. } if item.is_scalar() => {
            let entries = text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
            Ok(entries.map(Value::from).collect())
        }
        Type::List { .. } if begins_as_json => Ok(Value::Array(vec![json(name, text)?])),
        Type::Map | Type::Any | Type::Record(_) | Type::Object(_) if begins_as_json => json(name, text),
        _ => Ok(Value::from(text)),
    }
}

/// Puts a value at a place inside another, making the objects and lists that lead there.
fn put(target: &mut Value, steps: &[&str], value: Value, repeatable: bool) -> Reading<()> {
    let Some((step, rest)) = steps.split_first() else {
        return match (target, value) {
            (target @ Value::Null, value) => {
                *target = value;
                Ok(())
            }
            (Value::Array(list), Value::Array(more)) if repeatable => {
                list.extend(more);
                Ok(())
            }
            _ => Err("is given twice".to_owned()),
        };
    };
    match (target, step.parse::<usize>()) {
        (target @ (Value::Null | Value::Array(_)), Ok(index)) => {
            if target.is_null() {
                *target = Value::Array(Vec::new());
            }
            let Value::Array(list) = target else { return Ok(()) };
            if index > list.len() {
                return Err(format!("leaves out position {}", list.len()));
            }
            if index == list.len() {
                list.push(Value::Null);
            }
            put(&mut list[index], rest, value, repeatable)
        }
        (target @ (Value::Null | Value::Object(_)), _) => {
            if target.is_null() {
                *target = Value::Object(Map::new());
            }
            let Value::Object(members) = target else { return Ok(()) };
            put(members.entry(*step).or_insert(Value::Null), rest, value, repeatable)
        }
        _ => Err(format!("goes inside a value that is no object (at `{step}`)")),
    }
}

/// The media type by the ending of a name, for the files that people mostly send.
fn media_type(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "txt" | "log" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "json" => "application/json",
        "xml" => "application/xml",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => return None,
    })
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
scope_prefix: [Test]
types: { Person: { name: string, tags: [string], cf: map, lines: [{ price: decimal }] } }
apis:
  people.create: { post: /people, scopes: [], query: { ids: [id], note: string }, body: { person: Person, rows: [map] } }
  files.add: { post: /files, scopes: [], form: { file!: [file] } }
  people.list: { get: /people, scopes: [] }
";
        load::read(&[SourceFile::new("test.yaml", yaml)]).unwrap()
    }

    fn try_reading(api: &str, words: &[&str], json: Option<&str>) -> Result<Arguments> {
        let connector = connector();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        read(&connector, connector.api(api).unwrap(), &words, json)
    }

    fn values(words: &[&str], json: Option<&str>) -> Value {
        let arguments = try_reading("people.create", words, json).unwrap();
        let value = |argument: &Argument| match argument {
            Argument::Value(value) => value.clone(),
            Argument::Files(_) => panic!("no file was given"),
        };
        arguments.iter().map(|(name, argument)| (name.to_owned(), value(argument))).collect::<Map<_, _>>().into()
    }

    fn fault(api: &str, words: &[&str], json: Option<&str>) -> String {
        try_reading(api, words, json).unwrap_err().to_string()
    }

    #[test]
    fn words_become_values() {
        for (words, expected) in [
            (&["note=a=b"][..], json!({ "note": "a=b" })),
            (&["note={x}"], json!({ "note": "{x}" })),
            (&["note=@@me"], json!({ "note": "@me" })),
            (&["ids=1,2", "ids=3"], json!({ "ids": ["1", "2", "3"] })),
            (&["ids=[\"1,5\"]"], json!({ "ids": ["1,5"] })),
            (
                &["person.name=Ann", "person.tags=a", "person.tags=b"],
                json!({ "person": { "name": "Ann", "tags": ["a", "b"] } }),
            ),
            (
                &["person.lines.0.price=1.10", "person.lines.1.price=2"],
                json!({ "person": { "lines": [{ "price": "1.10" }, { "price": "2" }] } }),
            ),
            (&["rows={\"a\":1}", "rows={\"a\":2}"], json!({ "rows": [{ "a": 1 }, { "a": 2 }] })),
            (&["rows.0.Last_Name=Boyle", "rows.0.Sum:=5"], json!({ "rows": [{ "Last_Name": "Boyle", "Sum": 5 }] })),
            (
                &["person={\"name\":\"Ann\"}", "person.cf.x=1"],
                json!({ "person": { "name": "Ann", "cf": { "x": "1" } } }),
            ),
            (&["note:=null"], json!({ "note": null })),
            (&["unknown=x"], json!({ "unknown": "x" })),
        ] {
            assert_eq!(values(words, None), expected, "{words:?}");
        }
    }

    #[test]
    fn a_body_comes_from_json_and_single_members_are_put_over_it() {
        let body = Some(r#"{"person":{"name":"Ann"}}"#);
        assert_eq!(values(&["note=x"], body), json!({ "body": { "person": { "name": "Ann" } }, "note": "x" }));
    }

    #[test]
    fn a_file_of_rows_is_a_list_or_lines() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["[{\"a\":1},{\"a\":2}]", "{\"a\":1}\n{\"a\":2}\n"] {
            let path = folder.path().join("rows");
            std::fs::write(&path, text).unwrap();
            let word = format!("rows=@{}", path.display());
            assert_eq!(values(&[&word], None), json!({ "rows": [{ "a": 1 }, { "a": 2 }] }));
        }
    }

    #[test]
    fn files_are_sent_under_their_name_and_type() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, "x").unwrap();
        let word = format!("file=@{}", path.display());
        let arguments = try_reading("files.add", &[&word, &word], None).unwrap();
        let Some(Argument::Files(files)) = arguments.get("file") else { panic!("no files") };
        assert_eq!(
            (files.len(), files[0].name.as_str(), files[0].content_type.as_deref()),
            (2, "a.pdf", Some("application/pdf"))
        );
    }

    #[test]
    fn every_word_that_cannot_be_read_is_named() {
        for (words, expected) in [
            (&["Open"][..], "`Open` is not an argument; write it as name=value"),
            (&["=x"], "`=x` is not an argument; write it as name=value"),
            (&["note=a", "note=b"], "`note` is given twice"),
            (&["rows=[{"], "`rows` is not JSON: EOF while parsing an object at line 1 column 2"),
            (&["rows.3.a=1"], "`rows.3.a` leaves out position 0"),
            (&["note=a", "note.b=c"], "`note.b` goes inside a value that is no object (at `b`)"),
            (&["Open", "=x"], "several arguments cannot be read"),
        ] {
            assert_eq!(fault("people.create", words, None), expected);
        }
        assert!(fault("files.add", &["file=a.txt"], None).contains("write file=@a.txt"));
        assert!(fault("files.add", &["file=@/no/such/file"], None).contains("cannot read /no/such/file"));
        assert!(fault("people.list", &[], Some("{}")).contains("has none"));
        assert!(fault("people.create", &[], Some("{")).contains("--json is not JSON"));
    }
}
