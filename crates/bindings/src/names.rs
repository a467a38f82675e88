//! Names: what a name of Zoho's is in Rust. Every decision about a name is in this file, and its table of examples is the
//! test below.
//!
//! - Words begin at capitals, at the end of an abbreviation (`photoURLType` is `photo`, `URL`, `Type`), and behind whatever
//!   is no letter or digit.
//! - What would begin with a digit gets `_` before it. A keyword gets `_` behind it.
//! - Signs that tell two values apart are words at the front (`-modifiedTime` is `MinusModifiedTime`), and parts elsewhere
//!   (`a/b` is `AB`). A value without any letter or digit is spelled by its signs, and one without anything is `Empty`.
//! - Of two that become one name, the later gets `_2` behind it, or `2` where words are joined.
//! - A type with a name that bindings use for themselves (`Record`, `String`) gets its service's before it.

use std::collections::HashSet;

use unicode_ident::{is_xid_continue, is_xid_start};

/// The names that generated code uses for itself, or that every program has.
const TAKEN_TYPES: [&str; 33] = [
    "Argument",
    "Box",
    "Call",
    "Choice",
    "Client",
    "Connector",
    "Date",
    "Decimal",
    "Default",
    "Download",
    "Err",
    "Error",
    "FilePart",
    "Files",
    "FromRecord",
    "Id",
    "IntoSession",
    "Job",
    "Members",
    "Mismatch",
    "None",
    "Ok",
    "Option",
    "Outcome",
    "Outcomes",
    "Pages",
    "Record",
    "RecordWriter",
    "Records",
    "Result",
    "Sending",
    "Serialize",
    "Service",
];

/// More of them.
const TAKEN_TYPES_TOO: [&str; 14] = [
    "Send",
    "Serializer",
    "Session",
    "Some",
    "Stream",
    "String",
    "Time",
    "ToRecord",
    "TypedApi",
    "Vec",
    "From",
    "Into",
    "IntoIterator",
    "Self",
];

/// The keywords of Rust, those that it has kept for later among them.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A name of a value, a method or a module: `department_id`.
pub(crate) fn snake(name: &str) -> String {
    safe(words(name).join("_").to_lowercase())
}

/// A name of a type or a variant: `DepartmentId`.
pub(crate) fn pascal(name: &str) -> String {
    safe(words(name).iter().map(|word| capital(word)).collect())
}

/// A name of a static: `OFFICE_INTEGRATOR`.
pub(crate) fn constant(name: &str) -> String {
    safe(words(name).join("_").to_uppercase())
}

/// The variant of a choice's value. Words in capitals alone are words (`ON_HOLD` is `OnHold`).
pub(crate) fn variant(value: &str) -> String {
    let signs = signs_before(value);
    pascal(&format!("{signs} {value}"))
}

/// Whether a name of a type is one that generated code uses for itself.
pub(crate) fn is_taken_type(name: &str) -> bool {
    TAKEN_TYPES.contains(&name) || TAKEN_TYPES_TOO.contains(&name)
}

/// The signs that a value begins with, as words; those of all of it where it has nothing else.
fn signs_before(value: &str) -> String {
    let signs: String = value.chars().take_while(|c| !is_of_a_name(*c)).collect();
    signs.chars().filter_map(sign).collect::<Vec<_>>().join(" ")
}

fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '-' => "Minus",
        '+' => "Plus",
        '*' => "Star",
        '%' => "Percent",
        '<' => "Less",
        '>' => "Greater",
        '=' => "Equal",
        '!' => "Not",
        '#' => "Hash",
        '@' => "At",
        '&' => "And",
        '/' => "Slash",
        '.' => "Dot",
        _ => return None,
    })
}

/// Whether a letter or digit may stand in a name of Rust: `²` and `½` may not.
fn is_of_a_name(c: char) -> bool {
    c != '_' && is_xid_continue(c)
}

/// The words of a name, as they are written.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in name.split(|c: char| !is_of_a_name(c)) {
        split_part(part, &mut words);
    }
    if words.is_empty() { vec!["Empty".to_owned()] } else { words }
}

/// Splits letters and digits at capitals: before one that follows a small letter or a digit, and before the last of several
/// that a small letter follows. `IDs` is one word.
fn split_part(part: &str, words: &mut Vec<String>) {
    let chars: Vec<char> = part.chars().collect();
    let mut word = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let is_plural = chars.get(at + 1) == Some(&'s') && chars.get(at + 2).is_none_or(|next| next.is_uppercase());
        let next_is_small = chars.get(at + 1).is_some_and(|next| next.is_lowercase()) && !is_plural;
        let begins = c.is_uppercase() && before.is_some_and(|before| !before.is_uppercase() || next_is_small);
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(*c);
    }
    if !word.is_empty() {
        words.push(word);
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars.flat_map(char::to_lowercase)).collect()
}

/// A name that Rust takes.
fn safe(name: String) -> String {
    if name.starts_with(|c: char| !is_xid_start(c)) {
        return format!("_{name}");
    }
    if KEYWORDS.contains(&name.as_str()) || name == "Self" { format!("{name}_") } else { name }
}

/// The names of one place, each of which is there once.
#[derive(Debug, Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// A place where some names are taken.
    pub(crate) fn with(taken: &[&str]) -> Self {
        Self(taken.iter().map(|name| (*name).to_owned()).collect())
    }

    /// A name for a value, a method or a module, as near to the wanted one as it is free.
    pub(crate) fn snake(&mut self, wanted: String) -> String {
        self.free(wanted, "_")
    }

    /// A name for a type or a variant.
    pub(crate) fn pascal(&mut self, wanted: String) -> String {
        self.free(wanted, "")
    }

    fn free(&mut self, wanted: String, joint: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}{joint}{number}"));
        let name = std::iter::once(wanted.clone()).chain(numbered).find(|name| !self.0.contains(name));
        let name = name.unwrap_or(wanted);
        self.0.insert(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_values_and_methods() {
        for (name, expected) in [
            ("departmentId", "department_id"),
            ("photoURL", "photo_url"),
            ("fullContentURL", "full_content_url"),
            ("isFCRTicket", "is_fcr_ticket"),
            ("departmentIds", "department_ids"),
            ("accountIDs", "account_ids"),
            ("Last_Name", "last_name"),
            ("customField1", "custom_field1"),
            ("_all", "all"),
            ("$currency_symbol", "currency_symbol"),
            ("filter_type", "filter_type"),
            ("previewurl", "previewurl"),
            ("HTMLBody", "html_body"),
            ("type", "type_"),
            ("self", "self_"),
            ("move", "move_"),
            ("async", "async_"),
            ("360view", "_360view"),
            ("2fa", "_2fa"),
            ("x-once", "x_once"),
            ("", "empty"),
            ("größe", "größe"),
            ("m²", "m"),
            ("½", "empty"),
            ("日本", "日本"),
        ] {
            assert_eq!(snake(name), expected, "{name}");
        }
    }

    #[test]
    fn names_of_types_and_variants() {
        for (name, expected) in [
            ("On Hold", "OnHold"),
            ("ON_HOLD", "OnHold"),
            ("END_USER", "EndUser"),
            ("EMAIL", "Email"),
            ("plainText", "PlainText"),
            ("text/html", "TextHtml"),
            ("1", "_1"),
            ("15", "_15"),
            ("last7days", "Last7days"),
            ("-modifiedTime", "MinusModifiedTime"),
            ("modifiedTime", "ModifiedTime"),
            ("+5", "Plus5"),
            ("<=", "LessEqual"),
            ("*", "Star"),
            ("", "Empty"),
            ("self", "Self_"),
            ("true", "True"),
            ("Support and Maintenance", "SupportAndMaintenance"),
            ("_all", "All"),
            ("km²", "Km"),
            ("①", "Empty"),
        ] {
            assert_eq!(variant(name), expected, "{name}");
        }
        assert_eq!(pascal("office-integrator"), "OfficeIntegrator");
        assert_eq!(pascal("time_entries.list"), "TimeEntriesList");
        assert_eq!(constant("office-integrator"), "OFFICE_INTEGRATOR");
        assert!(["Record", "Send", "Connector"].iter().all(|name| is_taken_type(name)) && !is_taken_type("Ticket"));
    }

    #[test]
    fn of_two_that_become_one_the_later_is_numbered() {
        let mut names = Names::with(&["extra"]);
        let made: Vec<String> =
            ["orgId", "org_id", "extra", "OrgID"].iter().map(|name| names.snake(snake(name))).collect();
        assert_eq!(made, ["org_id", "org_id_2", "extra_2", "org_id_3"]);
        let mut names = Names::default();
        let made: Vec<String> =
            ["On Hold", "ON_HOLD", "on-hold"].iter().map(|name| names.pascal(variant(name))).collect();
        assert_eq!(made, ["OnHold", "OnHold2", "OnHold3"]);
    }
}
