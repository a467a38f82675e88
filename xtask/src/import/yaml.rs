//! YAML as a person writes it: in a line where it fits, else a line for each member, or lines that are filled.

use zoho_connector::edit::{self, WIDTH, in_quotes_where_needed as scalar};

/// A value to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A text, quoted where it has to be.
    Text(String),
    /// A number or a truth value, as it is.
    Plain(String),
    /// A list.
    List(Vec<Self>),
    /// A map.
    Map(Vec<(String, Self)>),
}

impl Node {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// The same, to be put into a file that is there; a map has a line for each member where it is long, if asked.
    pub(crate) fn to_edit(&self, long: Long) -> edit::Node {
        let inner = |node: &Self| node.to_edit(Long::Filled);
        match (self, long) {
            (Self::Text(text), _) => edit::Node::text(text),
            (Self::Plain(text), _) => edit::Node::plain(text),
            (Self::List(items), _) => edit::Node::list(items.iter().map(inner)),
            (Self::Map(members), Long::Filled) => edit::Node::map(members.iter().map(|(key, node)| (key, inner(node)))),
            (Self::Map(members), Long::Block) => {
                edit::Node::words(members.iter().map(|(key, node)| (key, inner(node))))
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Map(members) => members.is_empty(),
            _ => false,
        }
    }
}

/// How a map is written that does not fit in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Long {
    /// A line for each member.
    Block,
    /// Members one behind the other, in braces.
    Filled,
}

/// Writes a member of a map at an indent.
pub(crate) fn write(out: &mut String, indent: usize, key: &str, node: &Node, long: Long) {
    let head = format!("{}{}:", " ".repeat(indent), scalar(key, false));
    let short = format!("{head} {}", inline(node, false));
    let is_scalar = matches!(node, Node::Text(_) | Node::Plain(_));
    if let Node::Text(text) = node
        && short.chars().count() > WIDTH
        && scalar(text, false) == *text
    {
        fold(out, indent, &short);
        return;
    }
    if is_scalar || node.is_empty() || short.chars().count() <= WIDTH {
        out.push_str(&short);
        out.push('\n');
        return;
    }
    match (node, long) {
        (Node::Map(members), Long::Filled) => {
            out.push_str(&head);
            out.push_str(" {\n");
            fill(out, indent + 2, members.iter().map(|(key, node)| member(key, node)).collect(), " }");
        }
        (Node::Map(members), Long::Block) => {
            out.push_str(&head);
            out.push('\n');
            members.iter().for_each(|(key, node)| write(out, indent + 2, key, node, Long::Filled));
        }
        (Node::List(items), _) => {
            out.push_str(&head);
            // A list of one map is its type: the map is filled between the brackets.
            if let [Node::Map(members), rest @ ..] = items.as_slice() {
                let rest: String = rest.iter().map(|item| format!(", {}", inline(item, true))).collect();
                out.push_str(" [{\n");
                let parts = members.iter().map(|(key, node)| member(key, node)).collect();
                fill(out, indent + 2, parts, &format!(" }}{rest}]"));
            } else {
                out.push_str(" [\n");
                fill(out, indent + 2, items.iter().map(|item| inline(item, true)).collect(), "]");
            }
        }
        _ => {}
    }
}

/// Writes a long choice in several lines, each after the first deeper by two: a reader joins them with a blank, which
/// makes no difference behind a bar.
fn fold(out: &mut String, indent: usize, text: &str) {
    let mut line = String::new();
    for part in text.split_inclusive('|') {
        if !line.is_empty() && line.chars().count() + part.chars().count() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(indent + 2);
        }
        line.push_str(part);
    }
    out.push_str(&line);
    out.push('\n');
}

/// Writes parts one behind the other, as many in a line as fit.
fn fill(out: &mut String, indent: usize, parts: Vec<String>, end: &str) {
    let mut line = " ".repeat(indent);
    let last = parts.len().saturating_sub(1);
    for (at, part) in parts.into_iter().enumerate() {
        let part = if at == last { format!("{part}{end}") } else { format!("{part},") };
        let is_first = line.len() == indent;
        if !is_first && line.chars().count() + 1 + part.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = " ".repeat(indent);
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(&part);
        if line.chars().count() > WIDTH && !part.contains(['"', '{', '[']) {
            fold(out, indent, &line);
            line = " ".repeat(indent);
        }
    }
    if !line.trim().is_empty() {
        out.push_str(&line);
        out.push('\n');
    }
}

fn member(key: &str, node: &Node) -> String {
    format!("{}: {}", scalar(key, true), inline(node, true))
}

/// A value in one line; `inside` brackets, more has to be quoted.
pub(crate) fn inline(node: &Node, inside: bool) -> String {
    match node {
        Node::Text(text) => scalar(text, inside),
        Node::Plain(text) => text.clone(),
        Node::List(items) => {
            format!("[{}]", items.iter().map(|item| inline(item, true)).collect::<Vec<_>>().join(", "))
        }
        Node::Map(members) if members.is_empty() => "{}".to_owned(),
        Node::Map(members) => {
            format!("{{ {} }}", members.iter().map(|(key, node)| member(key, node)).collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(key: &str, node: &Node, long: Long) -> String {
        let mut out = String::new();
        write(&mut out, 2, key, node, long);
        out
    }

    fn map(count: usize) -> Node {
        Node::Map((0..count).map(|n| (format!("member{n:02}"), Node::text("string"))).collect())
    }

    #[test]
    fn what_fits_stands_in_a_line() {
        assert_eq!(written("query", &map(2), Long::Block), "  query: { member00: string, member01: string }\n");
        let block = written("query", &map(7), Long::Block);
        assert!(block.starts_with("  query:\n    member00: string\n    member01: string\n"), "{block}");
        let filled = written("Type", &map(12), Long::Filled);
        assert!(filled.starts_with("  Type: {\n    member00: string, member01: string,"), "{filled}");
        assert!(filled.ends_with("member11: string }\n") && filled.lines().all(|line| line.len() <= WIDTH), "{filled}");
        let list = written("returns", &Node::List(vec![map(12)]), Long::Block);
        let most = written("data", &Node::List(vec![map(12), Node::Plain("50".into())]), Long::Block);
        assert!(most.ends_with("member11: string }, 50]\n"), "{most}");
        assert!(list.starts_with("  returns: [{\n") && list.ends_with(" }]\n"), "{list}");
    }

    #[test]
    fn everything_is_read_as_it_was_meant() {
        let texts = [
            "/tickets/{ticketId}",
            "modules.{module}.READ",
            "a|b|*",
            "=files",
            "=51",
            "no",
            "12:30",
            "0012",
            "1.10",
            "On Hold",
            "*",
            "",
            "a: b",
            "a #b",
            "-x",
            "- x",
            "@x",
            "\"q\"",
            "a\\b",
            "page[limit]",
            "x,y",
            "215000000006907",
            "=\"51\"",
            "..",
            "line\nbreak",
            "1|2",
            "int = 5",
            "é",
            "2026-01-01",
            "{since},{until}",
            "a:b",
            "=",
            "key:",
            "1e3",
            "Yes",
        ];
        for text in texts {
            let inside = format!("{{ {}: [{}] }}", scalar(text, true), scalar(text, true));
            let read: serde_json::Value = serde_yaml::from_str(&inside).unwrap();
            assert_eq!(read, serde_json::json!({ text: [text] }), "{inside}");
            let outside = format!("{}: {}\n", scalar(text, false), scalar(text, false));
            let read: serde_json::Value = serde_yaml::from_str(&outside).unwrap();
            assert_eq!(read, serde_json::json!({ text: text }), "{outside}");
        }
    }
}
