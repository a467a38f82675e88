//! Connectors' files as texts that are changed: what is not touched stays as it was written, to the byte.
//!
//! A [`Tree`] has every value of a file with the comments and blank lines that belong to it. A comment belongs to the
//! entry below it, or to the one at whose end it stands. [`Tree::set`] and [`Tree::remove`] change a value at a
//! [`Route`]; [`Tree::text`] is the file again, in which only the smallest lines around a change are written anew.
//! [`format`] writes all of it anew, in the one form that files have here.

mod change;
mod flow;
mod parse;
mod print;
mod same;
mod scalar;
mod words;

use std::ops::Range;

use crate::source::{Route, SyntaxFault, SyntaxKind};

pub use scalar::in_quotes_where_needed;

/// The longest line, in characters.
pub const WIDTH: usize = 120;

/// A file of a connector, as a text that can be changed.
#[derive(Debug, Clone)]
pub struct Tree {
    source: String,
    /// What stands before the first entry: the lines that are about the file.
    preamble: Range<usize>,
    root: Node,
    is_changed: bool,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A scalar.
    Scalar(Scalar),
    /// A list or a map.
    Collection(Collection),
}

/// A scalar.
#[derive(Debug, Clone, PartialEq)]
pub struct Scalar {
    /// The text that it means.
    pub text: String,
    /// How it is written; a scalar that is new has its text alone, and is quoted where it has to be.
    raw: Option<String>,
}

/// A list or a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    kind: Kind,
    style: Style,
    entries: Vec<Entry>,
    /// A comment behind the opening bracket.
    opening: Option<Comment>,
    /// Comments behind the last entry.
    tail: Vec<Line>,
    /// Where the lines of a block begin in the source.
    column: Option<usize>,
    /// The lines of the tail in the source.
    tail_lines: Option<Range<usize>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Map,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// A line for each entry.
    Block,
    /// In brackets or braces.
    Flow,
    /// In braces where it fits into a line, else a line for each entry.
    Fitting,
}

/// An entry of a list or a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What stands before it, on lines of its own.
    lead: Vec<Line>,
    /// Its key; none in a list.
    key: Option<Scalar>,
    /// Its value.
    value: Node,
    /// The comment at its end; of a block, at the end of its first line.
    trail: Option<Comment>,
    /// Whether it begins a line within brackets.
    begins_line: bool,
    /// Its lines in the source, with those before it. None where it was changed or is new.
    lines: Option<Range<usize>>,
    /// Of a block: its lines in the source up to the first of what is in it.
    head: Option<Range<usize>>,
}

/// A line between entries.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    /// A comment, from its `#` on.
    Comment(String),
    /// Nothing.
    Blank,
}

/// A comment at the end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Comment {
    /// From its `#` on.
    text: String,
    /// What stands before it, where it may be a part of the text that it ends: that is for a person to say, so it stays.
    before: Option<String>,
}

impl Tree {
    /// Reads a file.
    ///
    /// # Errors
    /// What is not YAML, or YAML that the language does without: such a file cannot be written anew.
    pub fn parse(text: &str) -> Result<Self, Vec<SyntaxFault>> {
        parse::parse(text)
    }

    /// The whole file as a value.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The value at a route.
    pub fn get(&self, route: &Route) -> Option<&Node> {
        change::find(&self.root, &route.0)
    }

    /// The file as a text: what was not changed is as it was.
    pub fn text(&self) -> String {
        if self.is_changed { print::changed(self) } else { self.source.clone() }
    }
}

/// A file in the form that files have here. The order of words is that of the schema; that of names, of members and of
/// lists stays, as do comments, quotes, and the lines that somebody chose for a long map.
///
/// # Errors
/// As [`Tree::parse`].
///
/// ```
/// use zoho_connector::edit::format;
///
/// let text = "apis:\n    books.list:\n        scopes: [ books.READ ] # any\n        get:   /books\n";
/// assert_eq!(format(text).unwrap(), "apis:\n  books.list:\n    get: /books\n    scopes: [books.READ]  # any\n");
/// ```
pub fn format(text: &str) -> Result<String, Vec<SyntaxFault>> {
    let mut tree = Tree::parse(text)?;
    words::sort(&mut tree);
    let written = print::anew(&tree);
    match Tree::parse(&written) {
        Ok(anew) if same::means_the_same(&tree.root, &anew.root) => Ok(written),
        _ => Err(vec![SyntaxFault {
            kind: SyntaxKind::Refused,
            message: "YAML that cannot be written in one form: write it as other files are".to_owned(),
            range: 0..0,
            first: None,
        }]),
    }
}
