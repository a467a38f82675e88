//! Traps of YAML: what a text without quotes becomes although nobody meant it, and faults of form in plain words.

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic, Place, Severity, Spot};
use crate::source::{Document, FileId, Node, NodeKind, Origin, SyntaxFault, SyntaxKind};

/// A fault of form as a diagnostic, with what to write instead where the text around it tells.
pub(super) fn syntax_fault(file: FileId, text: &str, fault: SyntaxFault) -> Diagnostic {
    let fault = at_its_tab(text, fault);
    let at = |range| Place { file, spot: Spot::Bytes(range) };
    let code = match fault.kind {
        SyntaxKind::Syntax => Code::Syntax,
        SyntaxKind::DuplicateKey => Code::DuplicateKey,
        SyntaxKind::Refused => Code::YamlFeature,
    };
    let (message, help) = match fault.kind {
        SyntaxKind::Syntax => in_plain_words(text, fault.range.start, fault.message),
        _ => match fault.message.split_once(": ") {
            Some((message, help)) => (message.to_owned(), Some(help.to_owned())),
            None => (fault.message, None),
        },
    };
    let related = fault.first.into_iter().map(|range| (at(range), "first here".to_owned())).collect();
    Diagnostic {
        code,
        severity: Severity::Error,
        message,
        place: at(fault.range),
        label: None,
        related,
        help: help.into_iter().collect(),
    }
}

/// Faults of form without those that only follow from an earlier one on their line (`*all of them`).
pub(super) fn without_followers(text: &str, faults: Vec<SyntaxFault>) -> Vec<SyntaxFault> {
    let line = |fault: &SyntaxFault| crate::source::line_column(text, fault.range.start).0;
    let refused: Vec<usize> = faults.iter().filter(|fault| fault.kind == SyntaxKind::Refused).map(line).collect();
    faults.into_iter().filter(|fault| fault.kind != SyntaxKind::Syntax || !refused.contains(&line(fault))).collect()
}

/// How the reader ends what it says of a tab before a line that may go on from the text above.
const FOUND_A_TAB: &str = "found a tab";

/// A fault of a tab below a text, which the reader puts where the text begins, at the tab.
fn at_its_tab(text: &str, fault: SyntaxFault) -> SyntaxFault {
    let rest = text.get(fault.range.start..).filter(|_| fault.message.ends_with(FOUND_A_TAB)).unwrap_or_default();
    let is_indented_by_one = |line: &str| line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
    let mut start = fault.range.start;
    for line in rest.split_inclusive('\n') {
        // The first line goes on from the fault's place, and its beginning is not seen here.
        if start > fault.range.start && is_indented_by_one(line) {
            let tab = start + line.len() - line.trim_start_matches(' ').len();
            return SyntaxFault { range: tab..tab + 1, ..fault };
        }
        start += line.len();
    }
    fault
}

fn in_plain_words(text: &str, at: usize, message: String) -> (String, Option<String>) {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let line = before.rsplit('\n').next().unwrap_or_default();
    let rest = after.split('\n').next().unwrap_or_default();
    let previous = before.strip_suffix(line).unwrap_or_default().trim_end().rsplit('\n').next().unwrap_or_default();
    let next = rest.chars().next();
    if (next == Some('{') && line.ends_with(is_text)) || (line.ends_with('}') && next.is_some_and(is_text)) {
        return ("`{` begins a map, and this is meant as a text".to_owned(), Some(in_quotes(&word_around(line, rest))));
    }
    if let Some(first @ ('%' | '@' | '`' | '>' | '|' | '&' | '*' | '!')) = next
        && (line.ends_with(char::is_whitespace) || line.is_empty())
    {
        let meaning = match first {
            '>' | '|' => "announces a text on the lines below",
            _ => "has a meaning of its own in YAML",
        };
        return (format!("`{first}` at the beginning of a text {meaning}"), Some(in_quotes(rest.trim_end())));
    }
    if message.starts_with("mapping values are not allowed") {
        return a_second_colon(line, rest, previous);
    }
    if message.starts_with("tabs disallowed") || message.ends_with(FOUND_A_TAB) {
        return ("a tab: lines are indented by blanks".to_owned(), Some("write two blanks for each level".to_owned()));
    }
    if message.ends_with("did not find expected key") {
        let help =
            "a key begins in the same column as those before it in its map; a text that goes on stands in quotes";
        return ("this does not go on with the map above".to_owned(), Some(help.to_owned()));
    }
    (message, None)
}

/// `: ` where no key can be: inside a text, or because the line above lacks its own.
fn a_second_colon(line: &str, rest: &str, previous: &str) -> (String, Option<String>) {
    if let Some((key, value)) = line.trim_start().split_once(": ") {
        let help = format!("put the text in quotes: `{key}: \"{}{}\"`", value.trim_start(), rest.trim_end());
        return ("`: ` inside a text without quotes begins a map".to_owned(), Some(help));
    }
    let above = previous.trim();
    if let Some((key, _)) = above.split_once(": ").filter(|_| column(line) > column(previous)) {
        let below = line.trim();
        let message = format!("`{below}` begins in another column than `{key}` above it");
        let help = format!("begin it in the column of `{key}`; a text that goes on over lines stands in quotes");
        return (message, Some(help));
    }
    let help = match above.split_once(':') {
        Some((key, value)) if !value.is_empty() => format!("write a blank after the colon: `{key}: {value}`"),
        _ => match above.split_once(' ') {
            Some((key, value)) => format!("does the line above lack a colon? `{key}: {value}`"),
            None => "does the line above lack its `: `?".to_owned(),
        },
    };
    ("a key goes on from the line above, which is not complete".to_owned(), Some(help))
}

/// The column that a line begins in, from 0.
fn column(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a character at a brace makes it a part of a text.
fn is_text(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '{' | '}' | '[' | ']' | ',' | '#' | '"' | '\'')
}

/// The text around a place, as far as it was meant as one.
fn word_around(line: &str, rest: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"' | '\'');
    let start = line.rfind(ends).map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let end = rest.find(ends).unwrap_or(rest.len());
    let word = format!("{}{}", &line[start..], &rest[..end]);
    let surplus = word.matches('}').count().saturating_sub(word.matches('{').count());
    word.strip_suffix(&"}".repeat(surplus)).unwrap_or(&word).to_owned()
}

fn in_quotes(text: &str) -> String {
    let quote = if text.contains('"') { '\'' } else { '"' };
    format!("put the text in quotes: `{quote}{text}{quote}`")
}

/// Texts without quotes that a comment cuts off, or that readers of YAML take for different things.
pub(super) fn warnings(file: FileId, text: &str, document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    each_scalar(document.root(), false, &[], &mut |node, scalar, is_key| {
        if !matches!(node.kind, NodeKind::Scalar { plain: true, .. }) {
            return;
        }
        let fault = cut(text, &node.range).or_else(|| ambiguous(scalar, is_key));
        if let Some((code, message, help)) = fault {
            let place = Place { file, spot: Spot::Bytes(node.range.clone()) };
            let warning = Diagnostic::warning(code, Origin::default(), message).help(help);
            found.push(Diagnostic { place, ..warning });
        }
    });
    found
}

/// Texts with a carriage return that a `\r` puts there: no line of what is made of a connector can hold one. What is
/// sent may: a constant, and an example.
pub(super) fn carriage_returns(file: FileId, document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    each_scalar(document.root(), false, &["example"], &mut |node, scalar, _| {
        if scalar.contains('\r') && !scalar.starts_with('=') {
            let place = Place { file, spot: Spot::Bytes(node.range.clone()) };
            let message = "a carriage return (`\\r`) inside a text";
            let fault = Diagnostic::error(Code::Shape, Origin::default(), message).help("a line ends with `\\n` alone");
            found.push(Diagnostic { place, ..fault });
        }
    });
    found
}

/// Calls for each scalar, and says whether it is a key. What stands behind one of the keys `left_out` is not looked at.
fn each_scalar<'n>(node: &'n Node, is_key: bool, left_out: &[&str], call: &mut impl FnMut(&'n Node, &'n str, bool)) {
    match &node.kind {
        NodeKind::Scalar { text, .. } => call(node, text, is_key),
        NodeKind::List(items) => items.iter().for_each(|item| each_scalar(item, false, left_out, call)),
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                each_scalar(key, true, left_out, call);
                if !matches!(&key.kind, NodeKind::Scalar { text, .. } if left_out.contains(&text.as_str())) {
                    each_scalar(value, false, left_out, call);
                }
            }
        }
    }
}

type Trap = (Code, String, String);

/// A comment has two blanks before it and one behind its `#`; anything else may be a text that was cut.
fn cut(text: &str, range: &Range<usize>) -> Option<Trap> {
    let rest = text.get(range.end..)?.split('\n').next()?;
    let comment = rest.trim_start_matches([' ', '\t']);
    let blanks = rest.len() - comment.len();
    let behind = comment.strip_prefix('#')?;
    if range.is_empty() || blanks == 0 || (blanks >= 2 && !behind.starts_with(|c: char| !c.is_whitespace())) {
        return None;
    }
    let message = format!("the text ends before ` #`: `{}` is a comment", comment.trim_end());
    let help = "put a text that holds ` #` in quotes; write two blanks before a comment, and one behind its `#`";
    Some((Code::CutText, message, help.to_owned()))
}

fn ambiguous(text: &str, is_key: bool) -> Option<Trap> {
    let what = taken_for(text, is_key)?;
    let message = format!("`{text}` without quotes is {what}");
    Some((Code::AmbiguousText, message, format!("put it in quotes: `\"{text}\"`")))
}

/// What some reader of YAML takes a plain text for, where that is a surprise.
fn taken_for(text: &str, is_key: bool) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "yes" | "no" | "on" | "off") {
        return Some("a truth value to some readers of YAML, and a text to others");
    }
    if is_key && matches!(lower.as_str(), "true" | "false" | "null" | "~") {
        return Some("no text to some readers of YAML, and a key is a text");
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(digits.to_ascii_lowercase().as_str(), ".inf" | ".nan") {
        return Some("a number that JSON has not");
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let only = |allowed: &[char]| digits.chars().all(|c| c.is_ascii_digit() || allowed.contains(&c));
    match digits {
        _ if is_key && only(&['.', '_', ':']) => Some("a number to some readers of YAML, and a key is a text"),
        _ if ["0x", "0o", "0b"].into_iter().any(|radix| digits.starts_with(radix)) => {
            Some("a number in another notation")
        }
        _ if only(&[]) && digits.len() > 1 && digits.starts_with('0') => {
            Some("a number to some readers of YAML, who drop its zeros")
        }
        _ if only(&[]) && digits.len() > 15 => Some("a number, and too long for readers that keep 15 digits of one"),
        _ if only(&['_']) && digits.contains('_') => Some("a number to some readers of YAML, and a text to others"),
        _ if only(&[':']) && digits.contains(':') => {
            Some("a number of base 60 to some readers of YAML, and a text to others")
        }
        _ if only(&['.']) && digits.matches('.').count() == 1 && digits.ends_with(['0', '.']) => {
            Some("a number, which loses the end of what is written")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_words_that_readers_take_for_different_things() {
        for text in [
            "no",
            "On",
            "YES",
            "0012",
            "12:30",
            "1.10",
            "1_000",
            "0x1F",
            "215000000006907000",
            "12345678901234567890",
            "+0012",
            ".inf",
            "-.INF",
            ".nan",
        ] {
            assert!(taken_for(text, false).is_some(), "{text}");
        }
        for text in ["none", "1", "200", "-5", "0", "1.5", "v1.10", "10..20", "5m", "2026-01-31", "1.2.0", "true"] {
            assert_eq!(taken_for(text, false), None, "{text}");
        }
        for key in ["29", "true", "no", "1.5"] {
            assert!(taken_for(key, true).is_some(), "{key}");
        }
        assert_eq!(taken_for("v29", true), None);
    }

    #[test]
    fn the_word_around_a_brace_is_what_was_meant_as_a_text() {
        assert_eq!(word_around("  a: [modules.", "{module}.READ, b]"), "modules.{module}.READ");
        assert_eq!(word_around("  a: { get: /a/", "{id}}"), "/a/{id}");
        assert_eq!(word_around("    get: {id}", "/a"), "{id}/a");
        assert_eq!(word_around("  é: é", "{é}"), "é{é}");
    }
}
