//! From a tree to a text: anew, or with what was not changed as it was.

use super::flow::{inline, width, with_blank};
use super::{Collection, Comment, Entry, Kind, Line, Node, Scalar, Style, Tree, WIDTH};

/// The whole file anew.
pub(super) fn anew(tree: &Tree) -> String {
    let mut printer = Printer { out: String::new(), source: None };
    for line in tree.source.get(tree.preamble.clone()).unwrap_or_default().lines() {
        match line.trim() {
            "" => printer.blank(),
            comment if comment.starts_with('#') => printer.line(0, &with_blank(comment)),
            other => printer.line(0, other),
        }
    }
    printer.root(&tree.root);
    let end = printer.out.trim_end().len();
    printer.out.truncate(end);
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    printer.out
}

/// The file, with what was changed written anew.
pub(super) fn changed(tree: &Tree) -> String {
    let out = tree.source.get(tree.preamble.clone()).unwrap_or_default().to_owned();
    let mut printer = Printer { out, source: Some(&tree.source) };
    printer.root(&tree.root);
    printer.out
}

struct Printer<'a> {
    out: String,
    /// The text that was read, where what was not changed stays.
    source: Option<&'a str>,
}

impl Printer<'_> {
    fn root(&mut self, root: &Node) {
        match root {
            Node::Collection(collection) if collection.style == Style::Block => self.block(collection, 0),
            node => self.value("", node, None, 0),
        }
    }

    /// A line for each entry, or several.
    fn block(&mut self, collection: &Collection, indent: usize) {
        for (at, entry) in collection.entries.iter().enumerate() {
            match (self.source, &entry.lines) {
                (Some(source), Some(lines)) => self.as_it_was(source.get(lines.clone()).unwrap_or_default()),
                _ => self.entry(entry, indent, at == 0),
            }
        }
        match (self.source, &collection.tail_lines) {
            (Some(source), Some(lines)) => self.as_it_was(source.get(lines.clone()).unwrap_or_default()),
            _ => self.between(&collection.tail, indent),
        }
    }

    fn as_it_was(&mut self, lines: &str) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(lines);
    }

    fn entry(&mut self, entry: &Entry, indent: usize, is_first: bool) {
        if let (Some(source), Some(head), Node::Collection(inner)) = (self.source, &entry.head, &entry.value)
            && inner.style == Style::Block
        {
            let head = source.get(head.clone()).unwrap_or_default();
            if entry.lead.first() == Some(&Line::Blank) && !head.trim_start_matches(' ').starts_with('\n') {
                self.line(0, "");
            }
            self.as_it_was(head);
            self.block(inner, inner.column.unwrap_or(indent + 2));
            return;
        }
        let lead = if is_first && indent > 0 { without_first_blank(&entry.lead) } else { &entry.lead };
        self.between(lead, indent);
        let head = match &entry.key {
            Some(key) => format!("{}:", key.key(false)),
            None => "-".to_owned(),
        };
        self.value(&head, &entry.value, entry.trail.as_ref(), indent);
    }

    /// A value behind its key.
    fn value(&mut self, head: &str, value: &Node, trail: Option<&Comment>, indent: usize) {
        let comment = trail.map(Comment::written).unwrap_or_default();
        let blank = if head.is_empty() { "" } else { " " };
        let begin = format!("{}{head}{blank}", " ".repeat(indent));
        if let Node::Scalar(scalar) = value {
            self.lines(&begin, scalar_lines(scalar, width(&begin), indent), &comment);
            return;
        }
        let one_line = inline(value, false).map(|value| format!("{begin}{value}"));
        match (value, one_line) {
            (Node::Collection(_), Some(line)) if width(&line) + width(&comment) <= WIDTH => {
                self.line(0, &format!("{line}{comment}"));
            }
            (Node::Collection(inner), _) if inner.style == Style::Flow || inner.entries.is_empty() => {
                self.lines(&begin, inner.lines(indent), &comment);
            }
            (Node::Collection(inner), _) => self.inner_block(head, inner, &comment, indent),
            (Node::Scalar(_), _) => {}
        }
    }

    fn inner_block(&mut self, head: &str, inner: &Collection, comment: &str, indent: usize) {
        let starts_with_comment =
            inner.entries.first().is_some_and(|first| first.lead.iter().any(|line| matches!(line, Line::Comment(_))));
        if head == "-" && inner.kind == Kind::Map && comment.is_empty() && !starts_with_comment {
            let mut within = Printer { out: String::new(), source: None };
            within.block(inner, indent + 2);
            let within = within.out.trim_start();
            self.out.push_str(&format!("{}- {within}", " ".repeat(indent)));
            return;
        }
        self.line(indent, &format!("{head}{comment}"));
        self.block(inner, indent + 2);
    }

    fn lines(&mut self, begin: &str, lines: Vec<String>, comment: &str) {
        let last = lines.len().saturating_sub(1);
        for (at, line) in lines.into_iter().enumerate() {
            let begin = if at == 0 { begin } else { "" };
            let comment = if at == last { comment } else { "" };
            let line = format!("{begin}{line}");
            self.line(0, &format!("{}{comment}", line.trim_end()));
        }
    }

    /// Comments and blank lines.
    fn between(&mut self, lines: &[Line], indent: usize) {
        for line in lines {
            match line {
                Line::Blank => self.blank(),
                Line::Comment(comment) => self.line(indent, &with_blank(comment)),
            }
        }
    }

    /// One blank line, however many are asked for.
    fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.line(0, "");
        }
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.as_it_was(&" ".repeat(indent));
        self.out.push_str(text);
        self.out.push('\n');
    }
}

fn without_first_blank(lead: &[Line]) -> &[Line] {
    match lead {
        [Line::Blank, rest @ ..] => rest,
        lead => lead,
    }
}

/// The lines of a scalar of several lines. Those of a block keep their own indents to each other.
fn scalar_lines(scalar: &Scalar, column: usize, indent: usize) -> Vec<String> {
    let written = scalar.written(false);
    if !written.starts_with(['|', '>']) {
        return scalar.lines(false, column, indent);
    }
    let mut lines = written.split('\n');
    let head = lines.next().unwrap_or_default();
    // With an indent that is written out, or lines that begin deeper than the others, nothing may be moved.
    let own =
        lines.clone().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min();
    let own = own.filter(|_| !head.contains(|c: char| c.is_ascii_digit())).unwrap_or_default();
    let deeper = if own == 0 { String::new() } else { " ".repeat(indent + 2) };
    let further = lines.map(|line| format!("{deeper}{}", line.get(own..).unwrap_or_default()).trim_end().to_owned());
    std::iter::once(head.to_owned()).chain(further).collect()
}
