//! Whether two texts mean the same, and have the same comments.

use super::{Collection, Comment, Entry, Line, Node};

/// Whether two trees have the same values in the same order, with the same comments.
pub(super) fn means_the_same(one: &Node, other: &Node) -> bool {
    same_node(one, other) && comments_of(one) == comments_of(other)
}

fn same_node(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Scalar(one), Node::Scalar(other)) => one.text == other.text && one.is_quoted() == other.is_quoted(),
        (Node::Collection(one), Node::Collection(other)) => {
            one.kind == other.kind
                && one.entries.len() == other.entries.len()
                && one.entries.iter().zip(&other.entries).all(|(one, other)| same_entry(one, other))
        }
        _ => false,
    }
}

fn same_entry(one: &Entry, other: &Entry) -> bool {
    let key = |entry: &Entry| entry.key.as_ref().map(|key| key.text.clone());
    key(one) == key(other) && same_node(&one.value, &other.value)
}

/// The texts of all comments, sorted: one that belongs to the brace of a map may come to its last member.
fn comments_of(node: &Node) -> Vec<String> {
    let mut found = Vec::new();
    collect(node, &mut found);
    found.sort();
    found
}

fn collect(node: &Node, found: &mut Vec<String>) {
    let Node::Collection(Collection { entries, opening, tail, .. }) = node else { return };
    let text = |comment: &Comment| comment.text.trim_start_matches(['#', ' ']).to_owned();
    let lines = entries.iter().flat_map(|entry| &entry.lead).chain(tail);
    found.extend(lines.filter_map(|line| match line {
        Line::Comment(comment) => Some(comment.trim_start_matches(['#', ' ']).to_owned()),
        Line::Blank => None,
    }));
    found.extend(entries.iter().filter_map(|entry| entry.trail.as_ref()).chain(opening).map(text));
    entries.iter().for_each(|entry| collect(&entry.value, found));
}
