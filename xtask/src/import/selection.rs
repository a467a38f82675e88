//! What to import, and names that a person chose.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::definitions::operation::Operation;

/// Which operations to import: patterns of API names or paths, where `*` stands for any text.
#[derive(Debug, Default)]
pub(crate) struct Selection(Option<Vec<String>>);

impl Selection {
    /// Reads `--select`: a pattern, or the name of a file with one in each line.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn read(argument: Option<&str>) -> Result<Self> {
        let Some(argument) = argument else { return Ok(Self(None)) };
        if !Path::new(argument).is_file() {
            return Ok(Self(Some(vec![argument.to_owned()])));
        }
        let text = fs::read_to_string(argument).with_context(|| format!("cannot read {argument}"))?;
        Ok(Self(Some(lines(&text).map(str::to_owned).collect())))
    }

    /// Whether an operation of this name is wanted.
    pub(crate) fn wants(&self, name: &str, operation: &Operation) -> bool {
        let Some(patterns) = &self.0 else { return true };
        patterns.iter().any(|pattern| fits(pattern, name, operation))
    }

    /// The patterns that want nothing.
    pub(crate) fn idle(&self, operations: &[(&str, &Operation)]) -> Vec<String> {
        let patterns = self.0.iter().flatten();
        let idle = |pattern: &&String| !operations.iter().any(|(name, operation)| fits(pattern, name, operation));
        patterns.filter(idle).cloned().collect()
    }
}

/// The lines of a file that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split(" #").next().unwrap_or(line).trim())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a pattern means an operation: `tickets.*`, `/tickets/*`, `POST /tickets`. Names in braces make no difference.
fn fits(pattern: &str, name: &str, operation: &Operation) -> bool {
    if !pattern.contains('/') {
        return matches(pattern, name);
    }
    let (verb, path) = pattern.split_once(' ').map_or((None, pattern), |(verb, path)| (Some(verb), path.trim()));
    let same_verb = verb.is_none_or(|verb| verb.eq_ignore_ascii_case(operation.verb.as_str()));
    let variant = operation.variant.as_ref().map(|variant| format!("#{variant}")).unwrap_or_default();
    let whole = format!("{}{variant}", operation.path);
    same_verb && [&operation.path, &whole].into_iter().any(|own| matches(&blank(path), &blank(own)))
}

/// A path whose parameters have no names.
fn blank(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |done, part| format!("{done}{{}}{}", part.split_once('}').map_or("", |(_, rest)| rest)))
}

/// Whether a text is as a pattern says; `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| matches(after, &rest[at..]))
        }),
    }
}

/// Names that a person chose.
#[derive(Debug, Default)]
pub(crate) struct ChosenNames {
    apis: Vec<(String, String)>,
    types: BTreeMap<String, String>,
}

impl ChosenNames {
    /// Reads `--names`: in each line a verb, a path and the API's name, or `type`, a type's name and a better one.
    ///
    /// # Errors
    /// A file that cannot be read, or a line that is neither.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("cannot read {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut names = Self::default();
        for line in lines(text) {
            match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                ["type", old, new] => drop(names.types.insert((*old).to_owned(), (*new).to_owned())),
                [verb, path, name] if path.contains('/') && name.contains('.') => {
                    names.apis.push((format!("{verb} {path}"), (*name).to_owned()));
                }
                _ => {
                    bail!("`{line}` is neither a verb, a path and a name (`get /myinfo agents.me`) nor `type Old New`")
                }
            }
        }
        Ok(names)
    }

    /// The chosen names by the number of the operation.
    pub(crate) fn of(&self, operations: &[Operation]) -> BTreeMap<usize, String> {
        let chosen = |operation: &Operation| self.apis.iter().find(|(pattern, _)| fits(pattern, "", operation));
        operations.iter().enumerate().filter_map(|(at, operation)| Some((at, chosen(operation)?.1.clone()))).collect()
    }

    /// The name that a person chose for a type.
    pub(crate) fn type_name(&self, name: String) -> String {
        self.types.get(&name).cloned().unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use zoho_connector::Verb;

    use super::*;

    #[test]
    fn patterns_mean_names_and_paths() {
        let operation = Operation::new(Verb::Post, "/tickets/{ticketId}/move");
        for pattern in ["tickets.move", "tickets.*", "/tickets/{id}/move", "POST /tickets/*", "*.move"] {
            assert!(fits(pattern, "tickets.move", &operation), "{pattern}");
        }
        for pattern in ["tickets", "GET /tickets/{id}/move", "/tickets", "tasks.*"] {
            assert!(!fits(pattern, "tickets.move", &operation), "{pattern}");
        }
    }

    #[test]
    fn names_are_chosen_by_operation_and_type() {
        let names =
            ChosenNames::parse("# a comment\nget /myinfo agents.me  # mine\ntype AgentDetail Person\n").unwrap();
        let operations = [Operation::new(Verb::Get, "/agents"), Operation::new(Verb::Get, "/myinfo")];
        assert_eq!(names.of(&operations), BTreeMap::from([(1, "agents.me".to_owned())]));
        assert_eq!(
            (names.type_name("AgentDetail".into()), names.type_name("Agent".into())),
            ("Person".into(), "Agent".into())
        );
        assert!(ChosenNames::parse("get myinfo agents.me").is_err());
    }
}
