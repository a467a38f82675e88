//! What stands in brackets and braces: in a line where it fits, else in lines that are filled, or that somebody chose.

use super::scalar::in_quotes_where_needed;
use super::{Collection, Comment, Entry, Kind, Line, Node, Scalar, Style, WIDTH};

/// Characters, as a person counts them.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// A value in one line; none where it has comments or several lines. `inside` brackets, more has to be quoted.
pub(super) fn inline(node: &Node, inside: bool) -> Option<String> {
    match node {
        Node::Scalar(scalar) => scalar.line(inside),
        Node::Collection(collection) => collection.inline(),
    }
}

impl Scalar {
    /// The scalar as it is written.
    pub(super) fn written(&self, inside: bool) -> String {
        self.raw.clone().unwrap_or_else(|| in_quotes_where_needed(&self.text, inside))
    }

    /// A key as it is written, in one line.
    pub(super) fn key(&self, inside: bool) -> String {
        self.line(inside).unwrap_or_else(|| in_quotes_where_needed(&self.text, inside))
    }

    fn line(&self, inside: bool) -> Option<String> {
        Some(self.written(inside)).filter(|text| !text.contains('\n'))
    }

    /// The lines of a scalar, each but the first with its indent. What was read keeps its lines; what is new is broken
    /// where a choice is too long: a reader joins the lines with a blank, which makes no difference behind a bar.
    pub(super) fn lines(&self, inside: bool, column: usize, indent: usize) -> Vec<String> {
        let written = self.written(inside);
        let deeper = " ".repeat(indent + 2);
        if self.raw.is_some() {
            let mut lines = written.lines();
            let first = lines.next().unwrap_or_default().trim_end().to_owned();
            let further = lines.map(|line| format!("{deeper}{}", line.trim()).trim_end().to_owned());
            return std::iter::once(first).chain(further).collect();
        }
        let is_foldable = written.contains('|') && !written.starts_with('"');
        if !is_foldable || column + width(&written) < WIDTH {
            return vec![written];
        }
        let (mut lines, mut line) = (Vec::new(), String::new());
        for part in written.split_inclusive('|') {
            let used = if lines.is_empty() { column } else { 0 };
            // A comma or a closing brace follows the last one.
            if used + width(&line) + width(part) + 2 > WIDTH && !line.trim().is_empty() {
                lines.push(std::mem::replace(&mut line, deeper.clone()));
            }
            line.push_str(part);
        }
        lines.push(line);
        lines
    }
}

impl Comment {
    /// The comment with what stands before it.
    pub(super) fn written(&self) -> String {
        match &self.before {
            Some(before) => format!("{before}{}", self.text),
            None => format!("  {}", with_blank(&self.text)),
        }
    }
}

/// A comment with a blank behind its `#`.
pub(super) fn with_blank(comment: &str) -> String {
    match comment.strip_prefix('#') {
        Some(text) if text.starts_with(char::is_alphanumeric) => format!("# {text}"),
        _ => comment.to_owned(),
    }
}

impl Collection {
    fn inline(&self) -> Option<String> {
        if self.opening.is_some() || !self.tail.is_empty() || self.style == Style::Block {
            return None;
        }
        let entries: Option<Vec<String>> = self.entries.iter().map(Entry::inline).collect();
        let entries = entries?;
        Some(match self.kind {
            Kind::Map if entries.is_empty() => "{}".to_owned(),
            Kind::Map => format!("{{ {} }}", entries.join(", ")),
            Kind::List => format!("[{}]", entries.join(", ")),
        })
    }

    fn brackets(&self) -> (&'static str, &'static str) {
        match self.kind {
            Kind::Map => ("{", " }"),
            Kind::List => ("[", "]"),
        }
    }

    /// The lines of a list or map that does not fit into one; it opens on a line with this indent. Each line but the
    /// first has its indent.
    pub(super) fn lines(&self, indent: usize) -> Vec<String> {
        let (open, close) = self.brackets();
        let mut filling = Filling { lines: Vec::new(), line: String::new(), indent: indent + 2, refills: false };
        let mut entries = self.entries.as_slice();
        match self.hugged() {
            // A list of one map is its type: the map is filled between the brackets.
            Some(first) => {
                let mut lines = first.lines(indent);
                filling.line = lines.pop().unwrap_or_default();
                filling.lines = lines;
                if let Some(line) = filling.lines.first_mut() {
                    line.insert_str(0, open);
                }
                entries = &entries[1..];
                if !entries.is_empty() {
                    filling.line.push(',');
                }
            }
            None => {
                let comment = self.opening.as_ref().map(Comment::written).unwrap_or_default();
                filling.lines.push(format!("{open}{comment}"));
            }
        }
        let last = entries.len().saturating_sub(1);
        for (at, entry) in entries.iter().enumerate() {
            filling.entry(entry, if at == last { "" } else { "," }, if at == last { close.len() } else { 0 });
        }
        filling.close(&self.tail, close, indent)
    }

    /// The first of a list's entries, where it opens on the same line.
    fn hugged(&self) -> Option<&Self> {
        let first = self.entries.first().filter(|_| self.kind == Kind::List && self.opening.is_none())?;
        let is_free = first.lead.is_empty() && first.trail.is_none() && !first.begins_line;
        match &first.value {
            Node::Collection(collection) if is_free && collection.style != Style::Block => Some(collection),
            _ => None,
        }
    }
}

impl Entry {
    /// Whether it fits into a line with this indent, its comment with it.
    pub(super) fn fits(&self, indent: usize) -> bool {
        let comment = self.trail.as_ref().map_or(0, |comment| width(&comment.written()));
        let key = self.key.as_ref().map_or(0, |key| width(&key.key(false)) + 2);
        inline(&self.value, false).is_some_and(|value| indent + key + width(&value) + comment <= WIDTH)
    }

    fn inline(&self) -> Option<String> {
        if self.trail.is_some() || !self.lead.is_empty() {
            return None;
        }
        let value = inline(&self.value, true)?;
        Some(match &self.key {
            Some(key) => format!("{}: {value}", key.key(true)).trim_end().to_owned(),
            None => value,
        })
    }

    /// The lines of an entry within brackets, without its comments.
    fn flow_lines(&self, indent: usize) -> Vec<String> {
        let head = self.key.as_ref().map(|key| format!("{}: ", key.key(true))).unwrap_or_default();
        let one_line = inline(&self.value, true).filter(|value| indent + width(&head) + width(value) < WIDTH);
        let mut lines = match (&self.value, one_line) {
            (_, Some(value)) => vec![value],
            (Node::Scalar(scalar), None) => scalar.lines(true, indent + width(&head), indent),
            (Node::Collection(collection), None) => collection.lines(indent),
        };
        if let Some(first) = lines.first_mut() {
            *first = format!("{head}{first}").trim_end().to_owned();
        }
        lines
    }
}

/// Lines that are being filled.
struct Filling {
    lines: Vec<String>,
    /// The line that is open, with its indent; nothing where none is.
    line: String,
    indent: usize,
    /// Whether a line was too long, so that those behind it are filled anew up to the next comment.
    refills: bool,
}

impl Filling {
    /// `after` follows the entry, and room for what closes the whole is left.
    fn entry(&mut self, entry: &Entry, after: &str, room: usize) {
        let indent = " ".repeat(self.indent);
        for line in &entry.lead {
            if let Line::Comment(comment) = line {
                self.flush();
                self.refills = false;
                self.lines.push(format!("{indent}{}", with_blank(comment)));
            }
        }
        let mut parts = entry.flow_lines(self.indent);
        let last = parts.pop().unwrap_or_default();
        let comment = entry.trail.as_ref().map(Comment::written).unwrap_or_default();
        let first = parts.first().cloned().unwrap_or_else(|| format!("{last}{after}{comment}"));
        let room = if parts.is_empty() { room } else { 0 };
        if entry.begins_line && !self.refills {
            self.flush();
        } else if !self.line.is_empty() && width(&self.line) + 1 + width(&first) + room > WIDTH {
            self.refills = true;
            self.flush();
        }
        self.line.push_str(if self.line.is_empty() { &indent } else { " " });
        for part in parts {
            self.line.push_str(&part);
            self.flush();
        }
        self.line.push_str(&last);
        self.line.push_str(after);
        if entry.trail.is_some() {
            self.line.push_str(&comment);
            self.flush();
            self.refills = false;
        }
    }

    fn flush(&mut self) {
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }

    fn close(mut self, tail: &[Line], close: &str, indent: usize) -> Vec<String> {
        for line in tail {
            if let Line::Comment(comment) = line {
                self.flush();
                self.lines.push(format!("{}{}", " ".repeat(self.indent), with_blank(comment)));
            }
        }
        if self.line.is_empty() {
            self.lines.push(format!("{}{}", " ".repeat(indent), close.trim_start()));
        } else {
            self.line.push_str(close);
            self.flush();
        }
        self.lines
    }
}
