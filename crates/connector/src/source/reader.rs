//! From YAML's events to a tree with places; the only module that knows the reader of YAML.

use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span};

use super::{Document, Node, NodeKind, SyntaxFault, SyntaxKind};

/// Reads a text into a tree, with its comments where they are asked for, and the faults that do not stop the reading.
///
/// # Errors
/// Where there is no tree at all, the one fault that stopped the reader, after those found before it.
pub(super) fn read(text: &str, comments: bool) -> Result<(Document, Vec<SyntaxFault>), Vec<SyntaxFault>> {
    let events = Parser::new_from_str_with_options(text, options(comments));
    let mut reader = Reader { faults: Vec::new(), comments: Vec::new(), events, text };
    match reader.document() {
        Ok(root) => {
            reader.comments.sort_by_key(|comment| comment.start);
            Ok((Document { root, comments: reader.comments }, reader.faults))
        }
        Err(fault) => {
            reader.faults.push(fault);
            Err(reader.faults)
        }
    }
}

/// Deeper nesting than any connector needs; it keeps the reader from exhausting the stack.
const DEEPEST: usize = 64;

fn options(comments: bool) -> Options {
    let mut options = Options::default();
    options.emit_comments = comments;
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = true;
    options
}

struct Reader<'a> {
    events: Parser<'a, granit_parser::StrInput<'a>>,
    faults: Vec<SyntaxFault>,
    comments: Vec<Range<usize>>,
    text: &'a str,
}

type Read<T> = Result<T, SyntaxFault>;

impl<'a> Reader<'a> {
    fn document(&mut self) -> Read<Node> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd | Event::DocumentEnd, span) => {
                    return Ok(Node { range: self.bytes(&span), kind: NodeKind::Map(Vec::new()) });
                }
                (event, span) => {
                    let root = self.node(event, &span, 0)?;
                    self.after_document()?;
                    return Ok(root);
                }
            }
        }
    }

    fn after_document(&mut self) -> Read<()> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd, _) => {}
                (Event::DocumentStart(..), span) => {
                    self.refuse(self.bytes(&span), "a second document in one file: a connector's file holds one");
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Read<Node> {
        let range = self.bytes(span);
        if depth > DEEPEST {
            return Err(fault(SyntaxKind::Refused, format!("nested more than {DEEPEST} levels deep"), range));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.properties(span, anchor, tag.is_some());
                let plain = matches!(style, ScalarStyle::Plain);
                Ok(Node { range, kind: NodeKind::Scalar { text: text.into_owned(), plain } })
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.properties(span, anchor, tag.is_some());
                self.list(range.start, depth)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.properties(span, anchor, tag.is_some());
                self.map(range.start, depth)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let message = "an alias (`*name`): write the value out, or share it as a type or a default; quote a text that begins with `*`";
                self.refuse(range.clone(), message);
                Ok(Node { range, kind: NodeKind::Scalar { text: String::new(), plain: false } })
            }
            _ => Err(fault(SyntaxKind::Syntax, "a value is missing".to_owned(), range)),
        }
    }

    fn list(&mut self, start: usize, depth: usize) -> Read<Node> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, span) => {
                    let end = self.bytes(&span).end.max(items.last().map_or(start, |n: &Node| n.range.end));
                    return Ok(Node { range: start..end, kind: NodeKind::List(items) });
                }
                (event, span) => items.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, start: usize, depth: usize) -> Read<Node> {
        let mut entries: Vec<(Node, Node)> = Vec::new();
        loop {
            match self.next()? {
                (Event::MappingEnd, span) => {
                    let last = entries.last().map_or(start, |(_, v)| v.range.end);
                    let flow = self.text.as_bytes().get(start) == Some(&b'{');
                    let end = if flow { self.bytes(&span).end.max(last) } else { last };
                    return Ok(Node { range: start..end, kind: NodeKind::Map(entries) });
                }
                (event, span) => {
                    let key = self.node(event, &span, depth + 1)?;
                    let (event, span) = self.next()?;
                    let value = self.node(event, &span, depth + 1)?;
                    self.key(&key, &entries);
                    entries.push((key, value));
                }
            }
        }
    }

    fn key(&mut self, key: &Node, entries: &[(Node, Node)]) {
        let NodeKind::Scalar { text, .. } = &key.kind else {
            self.faults.push(fault(SyntaxKind::Refused, "a key must be a name".to_owned(), key.range.clone()));
            return;
        };
        if text == "<<" {
            let message = "`<<` (a merged map): write the members out, or share them by `..: Type`".to_owned();
            self.faults.push(fault(SyntaxKind::Refused, message, key.range.clone()));
        }
        let twin = entries.iter().find(|(k, _)| matches!(&k.kind, NodeKind::Scalar { text: t, .. } if t == text));
        if let Some((first, _)) = twin {
            let mut twice =
                fault(SyntaxKind::DuplicateKey, format!("the key `{text}` stands twice"), key.range.clone());
            twice.first = Some(first.range.clone());
            self.faults.push(twice);
        }
    }

    fn properties(&mut self, span: &Span, anchor: usize, tagged: bool) {
        let node = self.bytes(span);
        if anchor != 0 {
            self.refuse(
                self.mark_before('&', &node),
                "an anchor (`&name`): write the value out, or share it as a type or a default",
            );
        }
        if tagged {
            self.refuse(
                self.mark_before('!', &node),
                "a tag (`!name`): values carry no tags; quote a text that begins with `!`",
            );
        }
    }

    /// The word that begins with a mark and stands before a node.
    fn mark_before(&self, mark: char, node: &Range<usize>) -> Range<usize> {
        let before = self.text.get(..node.start).unwrap_or_default();
        let Some(last) = before.rfind(mark) else { return node.clone() };
        let start = before[..=last].trim_end_matches(mark).len();
        let length = self.text[start..].find(char::is_whitespace).unwrap_or(self.text.len() - start);
        start..start + length
    }

    fn refuse(&mut self, range: Range<usize>, message: &str) {
        self.faults.push(fault(SyntaxKind::Refused, message.to_owned(), range));
    }

    fn next(&mut self) -> Read<(Event<'a>, Span)> {
        loop {
            match self.events.next() {
                Some(Ok((Event::Anchor(..), _))) => {}
                Some(Ok((Event::Comment(..), span))) => {
                    let comment = self.bytes(&span);
                    self.comments.push(comment);
                }
                Some(Ok(found)) => return Ok(found),
                Some(Err(error)) => {
                    let at = self.byte_of(*error.marker());
                    return Err(fault(SyntaxKind::Syntax, plain_words(&error.to_string()), at..at));
                }
                None => {
                    let end = self.text.len();
                    return Err(fault(SyntaxKind::Syntax, "the file ends too early".to_owned(), end..end));
                }
            }
        }
    }

    fn bytes(&self, span: &Span) -> Range<usize> {
        let (start, end) = (self.byte_of(span.start), self.byte_of(span.end));
        start..end.max(start)
    }

    fn byte_of(&self, mark: granit_parser::Marker) -> usize {
        let byte = mark
            .byte_offset()
            .unwrap_or_else(|| self.text.char_indices().nth(mark.index()).map_or(self.text.len(), |(at, _)| at));
        byte.min(self.text.len())
    }
}

fn fault(kind: SyntaxKind, message: String, range: Range<usize>) -> SyntaxFault {
    SyntaxFault { kind, message, range, first: None }
}

/// The reader's message without its own account of the place, which is shown with the source.
fn plain_words(message: &str) -> String {
    message.split(" at ").next().unwrap_or(message).trim().to_owned()
}
