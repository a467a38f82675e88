//! Files, and the places in them. Only the module `reader` knows YAML's marks.
//!
//! A fault speaks of a [`Route`] (`apis › tickets.list › paginate`); a [`Document`] turns it into a range of bytes at
//! the very end, from the text. So resolving and checking stay free of offsets.

mod reader;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

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
    /// The name that its connector is found by in a folder of connectors, where it was found by one.
    pub found_by: Option<String>,
}

impl SourceFile {
    /// A file from its shown path and its text.
    pub fn new(path: impl Into<String>, text: impl Into<Cow<'static, str>>) -> Self {
        Self { path: path.into(), text: text.into(), found_by: None }
    }

    /// The file's name without folder and ending: `tickets` for `desk/tickets.yaml`.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path);
        name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
    }

    /// Whose file it is in a folder: `connector`, which is the service's, or a group's name.
    pub fn owner(&self) -> &str {
        owner_of(self.stem())
    }
}

/// Whose file one of this name is: a `-` in the name stands before what tells several files of one owner apart.
pub(crate) fn owner_of(stem: &str) -> &str {
    stem.split_once('-').map_or(stem, |(owner, _)| owner)
}

/// One step of a [`Route`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A member of a map. Many routes go through one member, and share its name.
    Key(Arc<str>),
    /// A position in a list, from 0.
    Index(usize),
}

/// A symbolic place in a file: the keys and positions that lead to it from the top.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Route(pub Vec<Step>);

impl Route {
    /// The route that goes on from this one to the member `key`.
    #[must_use]
    pub fn key(&self, key: impl AsRef<str>) -> Self {
        self.with(Step::Key(key.as_ref().into()))
    }

    /// The route that goes on from this one to the position `index`.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// The route made of these member names.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self(keys.into_iter().map(|key| Step::Key(key.into())).collect())
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

impl Origin {
    /// The place of the member `key` below this one.
    #[must_use]
    pub fn key(&self, key: impl AsRef<str>) -> Self {
        Self { file: self.file, route: self.route.key(key) }
    }

    /// The place of the entry `index` below this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self { file: self.file, route: self.route.index(index) }
    }
}

/// What is wrong with a text that is not YAML, or is YAML that the language refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    comments: Vec<Range<usize>>,
}

impl Document {
    /// Reads a text, giving the tree as far as it can be read and all faults of form.
    ///
    /// # Errors
    /// Where there is no tree at all, the one fault that stopped the reader, after those found before it.
    pub fn parse(text: &str) -> Result<(Self, Vec<SyntaxFault>), Vec<SyntaxFault>> {
        reader::read(text, false)
    }

    /// As [`Document::parse`], with the comments.
    ///
    /// # Errors
    /// As [`Document::parse`].
    #[cfg(feature = "check")]
    pub fn with_comments(text: &str) -> Result<(Self, Vec<SyntaxFault>), Vec<SyntaxFault>> {
        reader::read(text, true)
    }

    /// The bytes of each comment from its `#` to the end of its line, in order; none unless they were asked for.
    pub fn comments(&self) -> &[Range<usize>] {
        &self.comments
    }

    /// The whole tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The node at a route, where there is one.
    pub fn node(&self, route: &Route) -> Option<&Node> {
        route.0.iter().try_fold(&self.root, |node, step| Some(child(node, step)?.1))
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
                entries.iter().find(|(key, _)| matches!(&key.kind, NodeKind::Scalar { text, .. } if *text == **name));
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
