//! Texts as Markdown has them.

/// A text in the type of a computer; nothing stays nothing.
pub(super) fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text if text.contains('`') => format!("`` {text} ``"),
        text => format!("`{text}`"),
    }
}

/// A text within a cell of a table, where a bar would end the cell and a line the row.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The anchor that GitHub, mdbook and others give to a heading.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A text of several paragraphs within an entry of a list.
pub(super) fn in_entry(text: &str) -> String {
    text.lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("  {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Lines end where their text ends, files with one line's end, and between two blocks there is one empty line.
pub(super) fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    format!("{}\n", lines.join("\n").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_github() {
        for (heading, expected) in [
            ("tickets.list", "ticketslist"),
            ("bulk_read.create", "bulk_readcreate"),
            ("Connection value", "connection-value"),
        ] {
            assert_eq!(anchor(heading), expected);
        }
    }

    #[test]
    fn what_would_end_a_cell_or_a_code_does_not() {
        assert_eq!(cell("`a|b`\nc"), "`a\\|b` c");
        assert_eq!((code("a"), code(""), code("`x`")), ("`a`".to_owned(), String::new(), "`` `x` ``".to_owned()));
        assert_eq!(tidy("\n\na  \n\n\n\nb\n\n"), "a\n\nb\n");
    }
}
