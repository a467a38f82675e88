//! The page of each code in the documentation: what it means, why, an example that has the fault and one that has not.
//!
//! The page of a check is the comment at the head of its file; those of loading and resolving are files of their own.

use std::sync::LazyLock;

use crate::diagnostic::Code;

macro_rules! pages {
    ($($code:ident => $path:literal,)+) => {
        fn source(code: Code) -> &'static str {
            match code {
                $(Code::$code => include_str!($path),)+
            }
        }
    };
}

pages! {
    Syntax => "pages/syntax.md",
    DuplicateKey => "pages/duplicate-key.md",
    YamlFeature => "pages/yaml-feature.md",
    CutText => "pages/cut-text.md",
    AmbiguousText => "pages/ambiguous-text.md",
    UnknownKey => "pages/unknown-key.md",
    Shape => "pages/shape.md",
    MissingKey => "pages/missing-key.md",
    MisplacedWord => "pages/misplaced-word.md",
    InvalidType => "pages/invalid-type.md",
    UnknownType => "pages/unknown-type.md",
    TypeCycle => "pages/type-cycle.md",
    InvalidName => "pages/invalid-name.md",
    InvalidExpression => "pages/invalid-expression.md",
    Verb => "pages/verb.md",
    UnknownName => "pages/unknown-name.md",
    UnknownVariable => "pages/unknown-variable.md",
    ArgumentClash => "pages/argument-clash.md",
    DefinedTwice => "pages/defined-twice.md",
    Incomplete => "pages/incomplete.md",
    LiteralRegion => "check/literal_region.rs",
    ForeignHost => "check/foreign_host.rs",
    UnusedType => "check/unused_type.rs",
    ChoiceOfTypes => "check/choice_of_types.rs",
    NoRecords => "check/no_records.rs",
    SizeNotSent => "check/size_not_sent.rs",
    EndlessPages => "check/endless_pages.rs",
    NoScopes => "check/no_scopes.rs",
    Scope => "pages/scope.md",
    SameRequest => "check/same_request.rs",
    ReadingPost => "check/reading_post.rs",
    RequiredDefault => "check/required_default.rs",
    FileInJson => "check/file_in_json.rs",
    BatchWithoutSize => "check/batch_without_size.rs",
    IncrementalField => "check/incremental_field.rs",
    BadExample => "check/bad_example.rs",
    WrongFile => "check/wrong_file.rs",
    UnclearDifference => "check/unclear_difference.rs",
}

impl Code {
    /// The code's page in the documentation, as Markdown.
    ///
    /// ```
    /// use zoho_connector::Code;
    /// assert!(Code::UnknownKey.page().starts_with("# A key that the language does not have"));
    /// ```
    pub fn page(self) -> &'static str {
        static PAGES: LazyLock<Vec<String>> =
            LazyLock::new(|| Code::ALL.iter().map(|code| markdown(source(*code))).collect());
        let position = Self::ALL.iter().position(|code| *code == self);
        position.and_then(|at| PAGES.get(at)).map_or("", String::as_str)
    }
}

/// The comment at the head of a Rust file without its marks; any other text as it is.
fn markdown(text: &str) -> String {
    if !text.starts_with("//!") {
        return text.to_owned();
    }
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}
