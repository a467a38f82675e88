//! The rows of a CSV as JSON text. The first line names the members: dots reach in, and under a name that ends with `:`
//! stands JSON. An empty cell says nothing of its member.

use std::io::BufRead;

use serde_json::value::RawValue;
use zoho_connector::{Connector, Type};
use zoho_core::CsvReader;

use super::{Fault, Take};
use crate::arguments::type_within;

/// Reads rows.
pub(super) struct Table<R> {
    rows: CsvReader<R>,
    columns: Vec<Column>,
    /// Whether each column is a member of its own, so that a row is written as it is read.
    is_flat: bool,
    text: String,
}

/// What the first line says of a column.
struct Column {
    /// Its name, without the `:`.
    path: String,
    steps: Vec<String>,
    ty: Type,
    is_json: bool,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(source: R, connector: &Connector, item: &Type) -> Result<Self, Fault> {
        let mut rows = CsvReader::new(source);
        let header = rows.row().map_err(|fault| fault.to_string())?.unwrap_or_default();
        let columns: Vec<Column> = header.iter().map(|name| Column::new(connector, item, name.trim())).collect();
        let mut paths: Vec<&str> = columns.iter().map(|column| column.path.as_str()).collect();
        paths.sort_unstable();
        let is_flat =
            columns.iter().all(|column| column.steps.len() == 1) && paths.windows(2).all(|pair| pair[0] != pair[1]);
        Ok(Self { rows, columns, is_flat, text: String::new() })
    }

    /// Gives the next row; whether there was one.
    pub(super) fn next(&mut self, take: &mut Take<'_>) -> Result<bool, Fault> {
        let line = self.rows.line();
        let Some(cells) = self.rows.row().map_err(|fault| fault.to_string())? else { return Ok(false) };
        self.row(&cells).map_err(|fault| format!("line {line}: {fault}"))?;
        take(&self.text).map(|()| true).map_err(|fault| format!("line {line}: {fault}"))
    }

    fn row(&mut self, cells: &[String]) -> Result<(), Fault> {
        if cells.len() > self.columns.len() {
            return Err(format!("it has {} cells, and the first line names {}", cells.len(), self.columns.len()));
        }
        self.text.clear();
        let given = self.columns.iter().zip(cells).filter(|(column, cell)| !column.path.is_empty() && !cell.is_empty());
        if !self.is_flat {
            let mut row = Node::Object(Vec::new());
            for (column, cell) in given {
                let mut value = String::new();
                column.write(cell, &mut value)?;
                row.put(&column.steps, value).map_err(|fault| format!("`{}` {fault}", column.path))?;
            }
            row.write(&mut self.text);
            return Ok(());
        }
        self.text.push('{');
        for (column, cell) in given {
            if self.text.len() > 1 {
                self.text.push(',');
            }
            push_text(&mut self.text, &column.path);
            self.text.push(':');
            column.write(cell, &mut self.text)?;
        }
        self.text.push('}');
        Ok(())
    }
}

impl Column {
    fn new(connector: &Connector, item: &Type, name: &str) -> Self {
        let (path, is_json) = name.strip_suffix(':').map_or((name, false), |path| (path, true));
        let steps: Vec<&str> = path.split('.').collect();
        let ty = type_within(connector, item, &steps);
        Self { path: path.to_owned(), ty, is_json, steps: steps.into_iter().map(str::to_owned).collect() }
    }

    /// Writes a cell as JSON, as far as its type says what it is: the engine reads the rest.
    fn write(&self, cell: &str, out: &mut String) -> Result<(), Fault> {
        let first = cell.trim_start().bytes().next();
        let begins_as_json = matches!(first, Some(b'{' | b'['));
        match &self.ty {
            _ if self.is_json => out.push_str(self.json(cell)?),
            Type::List { .. } if first == Some(b'[') => out.push_str(self.json(cell)?),
            Type::List { item, .. } if item.is_scalar() => {
                let entries = cell.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty());
                out.push('[');
                for (i, entry) in entries.enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    push_text(out, entry);
                }
                out.push(']');
            }
            Type::List { .. } if begins_as_json => out.extend(["[", self.json(cell)?, "]"]),
            Type::Map | Type::Record(_) | Type::Object(_) if begins_as_json => out.push_str(self.json(cell)?),
            _ => push_text(out, cell),
        }
        Ok(())
    }

    fn json<'c>(&self, cell: &'c str) -> Result<&'c str, Fault> {
        let json = serde_json::from_str::<&RawValue>(cell);
        json.map(RawValue::get).map_err(|fault| format!("`{}` is not JSON: {fault}", self.path))
    }
}

/// Adds a text in quotes.
fn push_text(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.extend(["\"", text, "\""]);
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

/// A row whose columns reach in.
enum Node {
    Nothing,
    /// JSON text.
    Text(String),
    Object(Vec<(String, Self)>),
    List(Vec<Self>),
}

impl Node {
    /// Puts a text at a place, making the objects and lists that lead there.
    fn put(&mut self, steps: &[String], text: String) -> Result<(), Fault> {
        let Some((step, rest)) = steps.split_first() else {
            let Self::Nothing = self else { return Err("is given twice".to_owned()) };
            *self = Self::Text(text);
            return Ok(());
        };
        if let Self::Nothing = self {
            *self = if step.parse::<usize>().is_ok() { Self::List(Vec::new()) } else { Self::Object(Vec::new()) };
        }
        match self {
            Self::List(list) => {
                let index = step.parse::<usize>().map_err(|_| inside(step))?;
                if index > list.len() {
                    return Err(format!("leaves out position {}", list.len()));
                }
                if index == list.len() {
                    list.push(Self::Nothing);
                }
                list[index].put(rest, text)
            }
            Self::Object(members) => {
                let at = members.iter().position(|(name, _)| name == step).unwrap_or_else(|| {
                    members.push((step.clone(), Self::Nothing));
                    members.len() - 1
                });
                members[at].1.put(rest, text)
            }
            _ => Err(inside(step)),
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Nothing => out.push_str("null"),
            Self::Text(text) => out.push_str(text),
            Self::Object(members) => {
                out.push('{');
                for (i, (name, node)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    push_text(out, name);
                    out.push(':');
                    node.write(out);
                }
                out.push('}');
            }
            Self::List(list) => {
                out.push('[');
                for (i, node) in list.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    node.write(out);
                }
                out.push(']');
            }
        }
    }
}

fn inside(step: &str) -> Fault {
    format!("goes inside a value that is no object (at `{step}`)")
}
