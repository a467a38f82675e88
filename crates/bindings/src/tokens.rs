//! What a macro takes, in lines of its own: the formatter of Rust leaves that to whoever wrote the macro, so a text stands for
//! it while the rest is formatted.

/// What begins a text that stands for tokens. A literal spells this character, which no text has, by its number; only a mark
/// has it itself, so that none is found in what people wrote.
const TOKENS_MARK: &str = "\u{fdd0}";

/// Names with their texts, as a macro of the bindings takes them: a line each.
#[derive(Debug, Default)]
pub(crate) struct Pairs(String);

impl Pairs {
    /// One pair more.
    pub(crate) fn push(&mut self, name: &str, text: &str) {
        self.0.push_str(&format!("    {name}: {text:?},\n"));
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in braces.
    pub(crate) fn in_braces(&self) -> String {
        if self.is_empty() { "{}".to_owned() } else { format!("{{\n{}}}", self.0) }
    }
}

/// A text that stands for tokens, as a literal of Rust.
pub(crate) fn stand_in(tokens: &str) -> String {
    marked(TOKENS_MARK, tokens)
}

/// A literal of Rust that begins with a mark.
pub(crate) fn marked(mark: &str, text: &str) -> String {
    format!("\"{mark}{}", &format!("{text:?}")[1..])
}

/// Code with the tokens in the place of the texts that stand for them, each alone between the parentheses of its macro.
pub(crate) fn with_tokens(code: &str) -> String {
    replaced(code, TOKENS_MARK, |out, tokens, after| {
        // A long text was put on a line of its own.
        out.truncate(out.trim_end().len());
        let (_, indent) = column_and_indent(out);
        out.push_str(&tokens.replace('\n', &format!("\n{}", " ".repeat(indent))));
        Some(after.trim_start())
    })
}

/// Code in which `put` writes what stands for each literal with a mark. It gets the code before, the text, and the code
/// behind, and gives where to go on; a literal for which it gives nothing stays.
pub(crate) fn replaced<'c>(
    code: &'c str,
    mark: &str,
    put: impl Fn(&mut String, &str, &'c str) -> Option<&'c str>,
) -> String {
    let begin = format!("\"{mark}");
    let (mut out, mut rest) = (String::with_capacity(code.len()), code);
    while let Some((before, behind)) = rest.split_once(&begin) {
        out.push_str(before);
        rest = literal(behind).and_then(|(text, after)| put(&mut out, &text, after)).unwrap_or_else(|| {
            out.push_str(&begin);
            behind
        });
    }
    out.push_str(rest);
    out
}

/// The length of the last line, and of the blanks that it begins with.
pub(crate) fn column_and_indent(code: &str) -> (usize, usize) {
    let line = code.rsplit('\n').next().unwrap_or_default();
    (line.len(), line.len() - line.trim_start().len())
}

/// The text of a string without its first quote, and what stands behind it.
fn literal(behind: &str) -> Option<(String, &str)> {
    let mut escaped = false;
    let end = behind.char_indices().find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    let (end, _) = end?;
    let literal: syn::LitStr = syn::parse_str(&format!("\"{}\"", &behind[..end])).ok()?;
    Some((literal.value(), &behind[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_stand_in_the_place_of_their_text() {
        let mut pairs = Pairs::default();
        pairs.push("type_", "type");
        pairs.push("Say", "say \"x\" \\ {y}");
        let text = stand_in(&format!("A {}", pairs.in_braces()));
        let there = "    choice!(A {\n        type_: \"type\",\n        Say: \"say \\\"x\\\" \\\\ {y}\",\n    });\n";
        assert_eq!(with_tokens(&format!("    choice!({text});\n")), there);
        assert_eq!(with_tokens(&format!("    choice!(\n        {text}\n    );\n")), there);
        assert_eq!(Pairs::default().in_braces(), "{}");
        assert_eq!(with_tokens("call(\"1\")"), "call(\"1\")");
        assert_eq!(with_tokens("call(\"\u{fdd0}"), "call(\"\u{fdd0}");
        // A text of people is no mark.
        let text = format!("call({:?})", format!("{TOKENS_MARK}x"));
        assert_eq!(with_tokens(&text), text);
    }
}
