//! Types that would make a file too long stand in files beside it: `connector-types.yaml`, `tickets-types.yaml`.

use std::collections::BTreeMap;

use super::LONG_FILE;
use super::service::{DRAFT_LINE, SCHEMA_LINE};
use super::yaml::{Long, Node, write};

/// A type with its name.
pub(super) type NamedType = (String, Node);

/// The files of a group, or of the service, that `whole` writes with types in it: one where that is not too long, else it
/// without types and files of these.
pub(super) fn files(
    owner: &str,
    types: &[NamedType],
    whole: impl Fn(&[NamedType]) -> String,
) -> BTreeMap<String, String> {
    let text = whole(types);
    if types.is_empty() || text.lines().count() <= LONG_FILE {
        return BTreeMap::from([(format!("{owner}.yaml"), text)]);
    }
    let mut parts: Vec<String> = Vec::new();
    for (name, node) in types {
        let entry = entry(name, node);
        let has_room = |part: &&mut String| part.lines().count() + entry.lines().count() <= LONG_FILE;
        match parts.last_mut().filter(has_room) {
            Some(part) => part.push_str(&entry),
            None => parts.push(format!("{SCHEMA_LINE}{DRAFT_LINE}types:\n{entry}")),
        }
    }
    let beside = parts.into_iter().enumerate().map(|(at, part)| (name(owner, at), part));
    beside.chain([(format!("{owner}.yaml"), whole(&[]))]).collect()
}

/// The name of a file of types, the first of an owner being number 0.
pub(super) fn name(owner: &str, number: usize) -> String {
    if number == 0 { format!("{owner}-types.yaml") } else { format!("{owner}-types-{}.yaml", number + 1) }
}

/// Whose file one of this name is: a group's, or the service's.
pub(super) fn owner(file: &str) -> &str {
    file.split(['-', '.']).next().unwrap_or(file)
}

/// A type as it stands in a section of types.
pub(super) fn entry(name: &str, node: &Node) -> String {
    let mut text = String::new();
    write(&mut text, 2, name, node, Long::Filled);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(count: usize) -> Vec<NamedType> {
        (0..count).map(|n| (format!("T{n}"), Node::Map(vec![("id!".to_owned(), Node::text("id"))]))).collect()
    }

    #[test]
    fn a_file_that_is_too_long_has_its_types_beside_it_in_as_many_files_as_they_need() {
        let whole = |types: &[NamedType]| {
            let entries: String = types.iter().map(|(name, node)| entry(name, node)).collect();
            format!("{}types:\n{entries}", "# A line.\n".repeat(300))
        };
        let lengths = |count: usize| {
            let files = files("books", &types(count), whole);
            files.into_iter().map(|(name, text)| (name, text.lines().count())).collect::<Vec<_>>()
        };
        let own = |name: &str, lines: usize| (name.to_owned(), lines);
        assert_eq!(lengths(499), [own("books.yaml", 800)]);
        assert_eq!(lengths(500), [own("books-types.yaml", 503), own("books.yaml", 301)]);
        assert_eq!(
            lengths(900),
            [own("books-types-2.yaml", 106), own("books-types.yaml", 800), own("books.yaml", 301)]
        );
        assert_eq!((owner("books-types-2.yaml"), owner("books.yaml")), ("books", "books"));
    }
}
