//! From a text to a tree: each comment and blank line gets to the entry that it belongs to.

use std::ops::Range;

use super::{Collection, Comment, Entry, Kind, Line, Node, Scalar, Style, Tree};
use crate::source::{Document, Node as Read, NodeKind, SyntaxFault};

/// Reads a file.
///
/// # Errors
/// All faults of form.
pub(super) fn parse(text: &str) -> Result<Tree, Vec<SyntaxFault>> {
    let (document, faults) = Document::with_comments(text)?;
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut builder = Builder { text, comments: document.comments(), next: 0, at: 0 };
    builder.at = builder.preamble(document.root());
    let preamble = 0..builder.at;
    let mut root = builder.node(document.root(), None, usize::MAX);
    if let Node::Collection(collection) = &mut root {
        builder.rest(collection);
    }
    Ok(Tree { source: text.to_owned(), preamble, root, is_changed: false })
}

struct Builder<'a> {
    text: &'a str,
    comments: &'a [Range<usize>],
    /// The first comment that has no place yet.
    next: usize,
    /// The end of what has a place already.
    at: usize,
}

impl Builder<'_> {
    /// The end of the lines that are about the file: directives, the line for editors, and comments that a blank line
    /// parts from the first entry.
    fn preamble(&mut self, root: &Read) -> usize {
        let first = self.line_start(root.range.start);
        let before = self.text.get(..first).unwrap_or_default();
        let mut end = 0;
        let mut at = 0;
        for line in before.split_inclusive('\n') {
            at += line.len();
            let is_about_the_file =
                line.trim().is_empty() || line.starts_with(['%', '-']) || line.starts_with("# yaml-language-server:");
            if is_about_the_file {
                end = at;
            }
        }
        self.next = self.comments.iter().take_while(|comment| comment.start < end).count();
        end
    }

    /// `parent` is the column of the block around it, `until` the beginning of what follows.
    fn node(&mut self, node: &Read, parent: Option<usize>, until: usize) -> Node {
        match &node.kind {
            NodeKind::Scalar { text, .. } => Node::Scalar(self.scalar(node.range.clone(), text)),
            NodeKind::List(items) => {
                let entries: Vec<(Option<&Read>, &Read)> = items.iter().map(|item| (None, item)).collect();
                Node::Collection(self.collection(node, Kind::List, &entries, parent, until))
            }
            NodeKind::Map(members) => {
                let entries: Vec<(Option<&Read>, &Read)> =
                    members.iter().map(|(key, value)| (Some(key), value)).collect();
                Node::Collection(self.collection(node, Kind::Map, &entries, parent, until))
            }
        }
    }

    /// A scalar as it is written, which is read up to its end.
    fn scalar(&mut self, mut range: Range<usize>, text: &str) -> Scalar {
        // The lines of a block begin behind its head.
        let head = self.block_head(range.start);
        range.start = head.unwrap_or(range.start);
        let raw = self.text.get(range.clone()).unwrap_or_default();
        let keeps_blanks = head.is_some() && raw.lines().next().is_some_and(|head| head.contains('+'));
        let raw = match raw.rfind('\n') {
            Some(end) if keeps_blanks => &raw[..end],
            _ => raw.trim_end(),
        };
        let end = range.start + raw.len();
        // What looks like a comment at the head of a block is a part of how the block is written.
        while self.comments.get(self.next).is_some_and(|comment| comment.start < end) {
            self.next += 1;
        }
        self.at = self.at.max(end);
        Scalar { text: text.to_owned(), raw: Some(raw.to_owned()) }
    }

    /// The `|` or `>` that stands before a text of several lines.
    fn block_head(&self, start: usize) -> Option<usize> {
        let before = self.text.get(self.at..start)?;
        let head = before.find(|c: char| !matches!(c, ' ' | '-' | '\n'))?;
        before[head..].starts_with(['|', '>']).then_some(self.at + head)
    }

    fn collection(
        &mut self,
        node: &Read,
        kind: Kind,
        entries: &[(Option<&Read>, &Read)],
        parent: Option<usize>,
        until: usize,
    ) -> Collection {
        let bracket = self.text.as_bytes().get(node.range.start);
        let is_flow = matches!(bracket, Some(b'{' | b'['));
        let style = if is_flow { Style::Flow } else { Style::Block };
        let column = (!is_flow).then(|| node.range.start - self.line_start(node.range.start));
        let mut collection =
            Collection { kind, style, entries: Vec::new(), opening: None, tail: Vec::new(), column, tail_lines: None };
        if is_flow {
            self.at = self.at.max(node.range.start + 1);
            collection.opening = self.comment_on_line();
        }
        for (at, (key, value)) in entries.iter().enumerate() {
            let next = entries.get(at + 1).map(|(key, value)| key.unwrap_or(value).range.start);
            let entry = self.entry(*key, value, style, column.or(parent), next.unwrap_or(until));
            collection.entries.push(entry);
        }
        if is_flow {
            let end = node.range.end.saturating_sub(1).max(self.at);
            collection.tail = self.lines_until(end, |_| true);
            self.at = self.at.max(node.range.end);
        } else {
            let from = self.line_after(self.at);
            let own = column.unwrap_or_default();
            let is_inside = |column: usize| column >= own && parent.is_none_or(|parent| column > parent);
            collection.tail = self.lines_until(until, is_inside);
            if !collection.tail.is_empty() {
                collection.tail_lines = Some(from..self.line_after(self.at));
            }
        }
        collection
    }

    fn entry(&mut self, key: Option<&Read>, value: &Read, style: Style, column: Option<usize>, until: usize) -> Entry {
        let start = key.map_or(value.range.start, |key| key.range.start).max(self.at);
        let lines_from = self.line_after(self.at);
        let begins_line = self.text.get(self.at..start).is_some_and(|between| between.contains('\n'));
        let lead_end = if style == Style::Block { self.line_start(start).max(self.at) } else { start };
        let mut lead = self.lines_until(lead_end, |_| true);
        lead.extend(self.has_blank(lead_end).then_some(Line::Blank));
        let is_whole_lines = style == Style::Block && (begins_line || self.line_start(start) == lines_from);
        let mut trail = None;
        if key.is_some() || self.block_head(start).is_none() {
            self.at = self.at.max(start);
        }
        let key = key.map(|key| self.key(key));
        if key.is_some() {
            self.at = self.past_colon(self.at);
        }
        let is_empty = value.range.is_empty();
        if !is_empty && value.range.start > self.at && self.block_head(value.range.start).is_none() {
            let is_block = self.is_block(value);
            let comment = self.comment_on_line_before(value.range.start);
            match comment {
                Some(comment) if is_block => trail = Some(comment),
                Some(comment) => lead.push(Line::Comment(comment.text)),
                None => {}
            }
            if !is_block {
                lead.extend(
                    self.lines_until(value.range.start, |_| true).into_iter().filter(|line| *line != Line::Blank),
                );
            }
        }
        let head = is_whole_lines.then(|| lines_from..self.line_after(self.at)).filter(|_| self.is_block(value));
        let value = if is_empty {
            Node::Scalar(Scalar { text: String::new(), raw: Some(String::new()) })
        } else {
            self.node(value, column, until)
        };
        if !matches!(&value, Node::Collection(Collection { style: Style::Block, .. })) {
            trail = self.comment_on_line();
        }
        let lines = is_whole_lines.then(|| lines_from..self.line_after(self.at));
        Entry { lead, key, value, trail, begins_line, lines, head }
    }

    fn key(&mut self, key: &Read) -> Scalar {
        match &key.kind {
            NodeKind::Scalar { text, .. } => self.scalar(key.range.clone(), text),
            _ => Scalar { text: String::new(), raw: self.text.get(key.range.clone()).map(str::to_owned) },
        }
    }

    fn is_block(&self, node: &Read) -> bool {
        let is_collection = match &node.kind {
            NodeKind::Scalar { .. } => false,
            NodeKind::List(items) => !items.is_empty(),
            NodeKind::Map(members) => !members.is_empty(),
        };
        is_collection && !matches!(self.text.as_bytes().get(node.range.start), Some(b'{' | b'['))
    }

    /// What is left behind the last entry of the file.
    fn rest(&mut self, root: &mut Collection) {
        let from = root.tail_lines.clone().map_or_else(|| self.line_after(self.at), |lines| lines.start);
        root.tail.extend(self.lines_until(usize::MAX, |_| true));
        root.tail_lines = Some(from..self.text.len());
    }

    /// Comments and blank lines up to a place, as far as their columns are wanted.
    fn lines_until(&mut self, end: usize, is_wanted: impl Fn(usize) -> bool) -> Vec<Line> {
        let mut lines = Vec::new();
        while let Some(comment) = self.comments.get(self.next).filter(|comment| comment.start < end).cloned() {
            if !is_wanted(comment.start - self.line_start(comment.start)) {
                return lines;
            }
            if self.has_blank(comment.start) {
                lines.push(Line::Blank);
            }
            lines.push(Line::Comment(self.text.get(comment.clone()).unwrap_or_default().trim_end().to_owned()));
            self.next += 1;
            self.at = self.at.max(comment.end);
        }
        lines
    }

    /// Whether a blank line stands between what has a place already and a place on a later line.
    fn has_blank(&self, upto: usize) -> bool {
        let between = self.text.get(self.at..upto).unwrap_or_default();
        // The first piece ends a line, unless one begins there; the last one is the indent of what follows.
        let skipped = usize::from(self.at != self.line_start(self.at));
        let pieces: Vec<&str> = between.split('\n').skip(skipped).collect();
        pieces.iter().rev().skip(1).any(|line| line.trim().is_empty())
    }

    /// The comment on the line of what was read last.
    fn comment_on_line(&mut self) -> Option<Comment> {
        self.comment_on_line_before(usize::MAX)
    }

    fn comment_on_line_before(&mut self, end: usize) -> Option<Comment> {
        let comment = self.comments.get(self.next).filter(|comment| comment.start < end).cloned()?;
        let between = self.text.get(self.at..comment.start)?;
        let is_here = between.chars().all(|c| matches!(c, ' ' | '\t' | ','));
        if !is_here {
            return None;
        }
        let text = self.text.get(comment.clone())?.trim_end().to_owned();
        let is_after_text = !between.contains(',') && !self.text.get(..self.at)?.ends_with(['}', ']', '"', '\'', ':']);
        let is_doubtful = is_after_text && (between.len() == 1 || text[1..].starts_with(|c: char| !c.is_whitespace()));
        self.next += 1;
        self.at = comment.end;
        Some(Comment { text, before: is_doubtful.then(|| between.to_owned()) })
    }

    fn past_colon(&self, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start().len();
        if rest.trim_start().starts_with(':') { from + blanks + 1 } else { from }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
    }

    /// The beginning of the next line; of this one where nothing stands before the place.
    fn line_after(&self, at: usize) -> usize {
        if at == self.line_start(at) {
            return at;
        }
        self.text.get(at..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |newline| at + newline + 1)
    }
}
