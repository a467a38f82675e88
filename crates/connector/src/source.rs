//! Files, and the places in them: the only module that knows YAML's marks.
//!
//! A fault speaks of a [`Route`] (`apis › tickets.list › paginate`); a [`Document`] turns it into a range of bytes at
//! the very end, from the text. So resolving and checking stay free of offsets.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span};

/// The place of a file in the list of files that a connector was loaded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FileId(pub usize);

/// One YAML file: its name as it is shown to people, and its text.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as it is printed, for example `connectors/desk/tickets.yaml`.
    pub path: String,
    /// The text.
    pub text: Cow<'static, str>,
}

impl SourceFile {
    /// A file from its shown path and its text.
    pub fn new(path: impl Into<String>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// The file's name without folder and ending: `tickets` for `desk/tickets.yaml`.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path);
        name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
    }
}

/// One step of a [`Route`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A member of a map.
    Key(String),
    /// A position in a list, from 0.
    Index(usize),
}

/// A symbolic place in a file: the keys and positions that lead to it from the top.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Route(pub Vec<Step>);

impl Route {
    /// The route that goes on from this one to the member `key`.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.into()));
        Self(steps)
    }

    /// The route that goes on from this one to the position `index`.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Index(index));
        Self(steps)
    }

    /// The route made of these member names.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.to_owned())).collect())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(" › ")?;
            }
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::Index(index) => write!(f, "{}", index + 1)?,
            }
        }
        Ok(())
    }
}

/// Where a value was written: the file and the route in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The file.
    pub file: FileId,
    /// The place in it.
    pub route: Route,
}

/// What is wrong with a text that is not YAML, or is YAML that the language refuses.
#[derive(Debug, Clone)]
pub struct SyntaxFault {
    /// Which rule is broken.
    pub kind: SyntaxKind,
    /// What happened, in words.
    pub message: String,
    /// The place, in bytes.
    pub range: Range<usize>,
    /// For a duplicate key: where it stands first.
    pub first: Option<Range<usize>>,
}

/// The kinds of [`SyntaxFault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyntaxKind {
    /// Not YAML.
    Syntax,
    /// A key that stands twice in one map.
    DuplicateKey,
    /// An anchor, an alias, `<<`, a tag, a second document: YAML that the language does without.
    Refused,
}

/// A node of a YAML file with its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// The bytes of the node.
    pub range: Range<usize>,
    /// What it is.
    pub kind: NodeKind,
}

/// What a [`Node`] is.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// A scalar: its text, and whether it was written without quotes.
    Scalar {
        /// The text after escapes.
        text: String,
        /// Whether it stands without quotes, so that YAML may read a number or a boolean.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written.
    Map(Vec<(Node, Node)>),
}

/// A YAML file as a tree with places.
#[derive(Debug, Clone)]
pub struct Document {
    root: Node,
}

impl Document {
    /// Reads a text, giving the tree as far as it can be read and all faults of form.
    ///
    /// # Errors
    /// Where there is no tree at all, the one fault that stopped the reader, after those found before it.
    pub fn parse(text: &str) -> Result<(Self, Vec<SyntaxFault>), Vec<SyntaxFault>> {
        let mut reader =
            Reader { faults: Vec::new(), events: Parser::new_from_str_with_options(text, options()), text };
        match reader.document() {
            Ok(root) => Ok((Self { root }, reader.faults)),
            Err(fault) => {
                reader.faults.push(fault);
                Err(reader.faults)
            }
        }
    }

    /// The whole tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The bytes of the value at a route; of its nearest ancestor where it does not exist.
    pub fn value_range(&self, route: &Route) -> Range<usize> {
        self.find(route).1.range.clone()
    }

    /// The bytes of the key at a route (of a list's entry, its value); of the nearest ancestor where there is none.
    pub fn key_range(&self, route: &Route) -> Range<usize> {
        let (key, value) = self.find(route);
        key.unwrap_or(value).range.clone()
    }

    /// The scalar at a route: its text, and whether it was written without quotes.
    pub fn scalar(&self, route: &Route) -> Option<(&str, bool)> {
        let mut node = &self.root;
        for step in &route.0 {
            node = child(node, step)?.1;
        }
        match &node.kind {
            NodeKind::Scalar { text, plain } => Some((text, *plain)),
            _ => None,
        }
    }

    /// The last key of the map at a route that begins at or before a byte.
    pub fn key_before(&self, route: &Route, byte: usize) -> Option<&str> {
        let mut node = &self.root;
        for step in &route.0 {
            node = child(node, step)?.1;
        }
        let NodeKind::Map(entries) = &node.kind else { return None };
        entries.iter().rev().find_map(|(key, _)| match &key.kind {
            NodeKind::Scalar { text, .. } if key.range.start <= byte => Some(text.as_str()),
            _ => None,
        })
    }

    fn find(&self, route: &Route) -> (Option<&Node>, &Node) {
        let (mut key, mut node) = (None, &self.root);
        for step in &route.0 {
            match child(node, step) {
                Some(found) => (key, node) = found,
                // A list of one may be written as the one value.
                None if *step == Step::Index(0) && !matches!(node.kind, NodeKind::List(_)) => {}
                None => break,
            }
        }
        (key, node)
    }
}

/// The node one step further down, with its key where it has one.
fn child<'n>(node: &'n Node, step: &Step) -> Option<(Option<&'n Node>, &'n Node)> {
    match (&node.kind, step) {
        (NodeKind::Map(entries), Step::Key(name)) => {
            let entry =
                entries.iter().find(|(key, _)| matches!(&key.kind, NodeKind::Scalar { text, .. } if text == name));
            entry.map(|(key, value)| (Some(key), value))
        }
        (NodeKind::List(items), Step::Index(index)) => items.get(*index).map(|item| (None, item)),
        _ => None,
    }
}

/// The line and column of a byte, both from 1; the column counts characters.
pub fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// Deeper nesting than any connector needs; it keeps the reader from exhausting the stack.
const DEEPEST: usize = 64;

fn options() -> Options {
    let mut options = Options::default();
    options.emit_comments = false;
    options.emit_anchor_events = true;
    options.emit_unresolved_aliases = true;
    options
}

struct Reader<'a> {
    events: Parser<'a, granit_parser::StrInput<'a>>,
    faults: Vec<SyntaxFault>,
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
