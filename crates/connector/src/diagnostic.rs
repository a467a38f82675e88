//! Faults of connectors: what is wrong, where, and what to write instead.

use std::ops::Range;

use serde::Serialize;

use crate::source::{FileId, Origin, Route};

#[cfg(feature = "check")]
pub mod json;
#[cfg(feature = "check")]
pub(crate) mod places;
#[cfg(feature = "check")]
pub mod render;

/// One fault of a connector.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Its name.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What is shown at the place, beside the excerpt.
    pub label: Option<String>,
    /// Other places that belong to it, each with what is to be said there.
    pub related: Vec<(Place, String)>,
    /// What to write instead.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error at the value of a place.
    pub fn error(code: Code, origin: Origin, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            place: Place { file: origin.file, spot: Spot::Value(origin.route) },
            label: None,
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A warning at the value of a place.
    pub fn warning(code: Code, origin: Origin, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, origin, message) }
    }

    /// The same fault, shown at the key of its place instead of the value.
    #[must_use]
    pub fn at_key(mut self) -> Self {
        if let Spot::Value(route) = self.place.spot {
            self.place.spot = Spot::Key(route);
        }
        self
    }

    /// The same fault with what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same fault with what to write instead, where there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help.extend(help);
        self
    }

    /// The same fault with another place that belongs to it.
    #[must_use]
    pub fn related(mut self, origin: Origin, words: impl Into<String>) -> Self {
        self.related.push((Place { file: origin.file, spot: Spot::Key(origin.route) }, words.into()));
        self
    }
}

/// Where a fault is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The spot in it.
    pub spot: Spot,
}

/// A spot in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// The value at a route.
    Value(Route),
    /// The key at a route.
    Key(Route),
    /// A range of bytes.
    Bytes(Range<usize>),
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It may be meant so.
    Warning,
    /// The connector is not what it says.
    Error,
}

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $text:literal, )+) => {
        /// The name of a fault: the last part of its page's address, and what an editor shows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $( $(#[doc = $doc])+ $variant, )+
        }

        impl Code {
            /// All codes, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it is printed.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// What the code means, in a sentence.
            pub fn summary(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

codes! {
    /// The text is not YAML.
    Syntax = "syntax",
    /// A key stands twice in one map.
    DuplicateKey = "duplicate-key",
    /// An anchor, an alias, a merged map, a tag or a second document: YAML that the language does without.
    YamlFeature = "yaml-feature",
    /// A text without quotes that a comment cuts off.
    CutText = "cut-text",
    /// A text without quotes that readers of YAML take for different things.
    AmbiguousText = "ambiguous-text",
    /// A key that the language does not have.
    UnknownKey = "unknown-key",
    /// A value of the wrong shape.
    Shape = "shape",
    /// A key that must be there is missing.
    MissingKey = "missing-key",
    /// A word of the service stands in the file of a group, or a file lacks the service's words.
    MisplacedWord = "misplaced-word",
    /// A text that is no type.
    InvalidType = "invalid-type",
    /// A type that is not defined.
    UnknownType = "unknown-type",
    /// Types that take over each other's members in a circle.
    TypeCycle = "type-cycle",
    /// A name that cannot be one: of a service, an API, a type, a style, a header or an argument.
    InvalidName = "invalid-name",
    /// A path, a place, a condition, a length of time or a pattern that cannot be read.
    InvalidExpression = "invalid-expression",
    /// An API without a verb, or with several.
    Verb = "verb",
    /// A word that names a style, a base, a limit, an API, an argument or a value that is not there.
    UnknownName = "unknown-name",
    /// A name in braces that is neither a path parameter, a value of the connection nor a host.
    UnknownVariable = "unknown-variable",
    /// Two arguments of one API that would have the same name.
    ArgumentClash = "argument-clash",
    /// An API or a type that stands in two files.
    DefinedTwice = "defined-twice",
    /// A word that is incomplete, or says two things at once.
    Incomplete = "incomplete",
    /// A region that is written out in a URL.
    LiteralRegion = "literal-region",
    /// A URL that is not HTTPS, or that names a host outside Zoho's domains.
    ForeignHost = "foreign-host",
    /// A type that nothing uses.
    UnusedType = "unused-type",
    /// Choices that are all names of types.
    ChoiceOfTypes = "choice-of-types",
    /// A list without a path to its records.
    NoRecords = "no-records",
    /// A page size that is declared and never sent.
    SizeNotSent = "size-not-sent",
    /// A paged API with nothing that ends it.
    EndlessPages = "endless-pages",
    /// An API that does not say its scopes.
    NoScopes = "no-scopes",
    /// A scope that is malformed, or of a service that the connector does not name.
    Scope = "scope",
    /// Two APIs with the same verb, path, constants and required parameters.
    SameRequest = "same-request",
    /// A POST that only reads and does not say whether it may be repeated.
    ReadingPost = "reading-post",
    /// A required parameter with a default.
    RequiredDefault = "required-default",
    /// A file inside a JSON body.
    FileInJson = "file-in-json",
    /// A batch over a list that has no size.
    BatchWithoutSize = "batch-without-size",
    /// An incremental field that the records lack.
    IncrementalField = "incremental-field",
    /// An example that its own API would refuse.
    BadExample = "bad-example",
    /// An API in the file of another group.
    WrongFile = "wrong-file",
    /// A difference from Zoho's definition that is not named as one, or has no reason.
    UnclearDifference = "unclear-difference",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
