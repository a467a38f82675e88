//! Rust as a list of tokens: as much of its lexical rules as tells code from comments, and strings from code.

/// A token, and the line that it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
}

/// What a [`Token`] is. Comments, documentation among them, are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word(String),
    /// A string of any kind: what stands between its quotes.
    Text(String),
    /// A number, a character, a lifetime: nothing that a rule asks about.
    Other,
    /// A sign.
    Sign(char),
}

/// The tokens of a text. A text that is not Rust gives some tokens too: it is the compiler's to refuse it.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text, line: 1, tokens: Vec::new() };
    while lexer.step() {}
    lexer.tokens
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<Token>,
}

impl<'a> Lexer<'a> {
    /// Takes one token or one gap; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if first.is_whitespace() {
            self.take(first.len_utf8());
        } else if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.take(block_comment(self.rest));
        } else if let Some((prefix, hashes)) = raw_string(self.rest) {
            self.raw_text(prefix, hashes);
        } else if let Some(prefix) = ["\"", "b\"", "c\""].into_iter().find(|start| self.rest.starts_with(start)) {
            self.text(prefix.len());
        } else if first == '\'' || self.rest.starts_with("b'") {
            let length = character_or_lifetime(self.rest);
            self.push(Kind::Other, length);
        } else if first.is_ascii_digit() {
            let length = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
            self.push(Kind::Other, length);
        } else if is_word(first) {
            self.word();
        } else {
            self.push(Kind::Sign(first), first.len_utf8());
        }
        true
    }

    fn word(&mut self) {
        let start = if self.rest.starts_with("r#") { 2 } else { 0 };
        let length = self.rest[start..].find(|c| !is_word(c)).map_or(self.rest.len(), |at| start + at);
        self.push(Kind::Word(self.rest[start..length].to_owned()), length);
    }

    /// A string that opens with `prefix` bytes and closes with a quote that no backslash stands before.
    fn text(&mut self, prefix: usize) {
        let mut escaped = false;
        let end = self.rest[prefix..].char_indices().find(|(_, c)| {
            let closes = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            closes
        });
        let end = end.map_or(self.rest.len(), |(at, _)| prefix + at);
        self.push(Kind::Text(self.rest[prefix..end].to_owned()), end + 1);
    }

    fn raw_text(&mut self, prefix: usize, hashes: usize) {
        let close = format!("\"{}", "#".repeat(hashes));
        let end = self.rest[prefix..].find(&close).map_or(self.rest.len(), |at| prefix + at);
        self.push(Kind::Text(self.rest[prefix..end].to_owned()), end + close.len());
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token { kind, line: self.line });
        self.take(length);
    }

    fn take(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.rest = rest;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment that may hold others.
fn block_comment(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        let next = text[at..].find(['/', '*']).map(|found| at + found);
        let Some(found) = next else { return text.len() };
        let step = if text[found..].starts_with("/*") {
            depth += 1;
            2
        } else if text[found..].starts_with("*/") {
            depth -= 1;
            2
        } else {
            1
        };
        at = found + step;
        if depth == 0 {
            return at;
        }
    }
}

/// The length of what opens a raw string, and the number of its hashes.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"]
        .into_iter()
        .find(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.trim_start_matches('#').starts_with('"')))?;
    let hashes = text[prefix.len()..].chars().take_while(|c| *c == '#').count();
    Some((prefix.len() + hashes + 1, hashes))
}

/// The length of `'a'`, `b'\''` or `'lifetime`.
fn character_or_lifetime(text: &str) -> usize {
    let start = if text.starts_with('b') { 2 } else { 1 };
    let mut chars = text[start..].chars();
    let (first, second) = (chars.next(), chars.next());
    match (first, second) {
        (Some('\\'), Some(escaped)) => {
            let from = start + 1 + escaped.len_utf8();
            text[from..].find('\'').map_or(text.len(), |at| from + at + 1)
        }
        (Some(c), Some('\'')) => start + c.len_utf8() + 1,
        _ => text[start..].find(|c| !is_word(c)).map_or(text.len(), |at| start + at),
    }
}

/// The tokens without those of tests: items under `#[cfg(test)]`, and everything where the file itself is under it.
/// Also the names of modules that stand in files of their own and are under it.
pub(super) fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        match attribute(&tokens[at..]) {
            Some(attribute) if attribute.inner && attribute.is_test => return (Vec::new(), Vec::new()),
            Some(attribute) if attribute.is_test => {
                at += attribute.length;
                modules.extend(module_in_a_file(&tokens[at..]));
                at += item(&tokens[at..]);
            }
            // What a documentation attribute says is documentation.
            Some(attribute) if attribute.is_doc => at += attribute.length,
            _ => {
                kept.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    (kept, modules)
}

struct Attribute {
    length: usize,
    inner: bool,
    is_test: bool,
    is_doc: bool,
}

fn attribute(tokens: &[Token]) -> Option<Attribute> {
    let sign = |at: usize, sign: char| tokens.get(at).is_some_and(|token| token.kind == Kind::Sign(sign));
    let word = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(Kind::Word(word)) => word.as_str(),
        _ => "",
    };
    let inner = sign(1, '!');
    let open = if inner { 2 } else { 1 };
    if !sign(0, '#') || !sign(open, '[') {
        return None;
    }
    let is_cfg = word(open + 1) == "cfg" && sign(open + 2, '(');
    let is_test = is_cfg && (word(open + 3) == "test" || word(open + 3) == "all" && word(open + 5) == "test");
    let is_doc = word(open + 1) == "doc";
    Some(Attribute { length: open + group(&tokens[open..]), inner, is_test, is_doc })
}

/// The number of tokens of the group that opens at the first one.
fn group(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Sign('(' | '[' | '{') => depth += 1,
            Kind::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The number of tokens of an item, with its attributes: to its `;`, or to the end of its braces. A member, a variant
/// or an arm ends at its comma, or before the brace that closes what it stands in.
fn item(tokens: &[Token]) -> usize {
    let mut at = 0;
    while let Some(attribute) = attribute(&tokens[at..]) {
        at += attribute.length;
    }
    let is_item = tokens.get(at).is_some_and(|token| matches!(&token.kind, Kind::Word(word) if begins_item(word)));
    while let Some(token) = tokens.get(at) {
        match token.kind {
            Kind::Sign(';') => return at + 1,
            Kind::Sign(',') if !is_item => return at + 1,
            Kind::Sign('}') => return at,
            Kind::Sign('{') => return at + group(&tokens[at..]),
            Kind::Sign('(' | '[') => at += group(&tokens[at..]),
            _ => at += 1,
        }
    }
    at
}

fn begins_item(word: &str) -> bool {
    const WORDS: [&str; 16] = [
        "async",
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "let",
        "macro_rules",
        "mod",
        "pub",
        "static",
        "struct",
        "trait",
        "type",
        "unsafe",
        "use",
    ];
    WORDS.contains(&word)
}

fn module_in_a_file(tokens: &[Token]) -> Option<String> {
    let length = item(tokens);
    match &tokens[..length] {
        [
            ..,
            Token { kind: Kind::Word(keyword), .. },
            Token { kind: Kind::Word(name), .. },
            Token { kind: Kind::Sign(';'), .. },
        ] if keyword == "mod" => Some(name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str) -> Vec<String> {
        strings(&tokens(code))
    }

    fn strings(tokens: &[Token]) -> Vec<String> {
        let text = |token: &Token| match &token.kind {
            Kind::Text(text) => Some(text.clone()),
            _ => None,
        };
        tokens.iter().filter_map(text).collect()
    }

    #[test]
    fn strings_of_every_kind_are_found_with_their_contents() {
        for (code, expected) in [
            (r#"f("a", "b\"c", "")"#, vec!["a", r#"b\"c"#, ""]),
            (r#""ends in a backslash \\" + "b""#, vec![r"ends in a backslash \\", "b"]),
            (r###"r"a" r#"b "quoted" c"# br##"d"# e"##"###, vec!["a", r#"b "quoted" c"#, r##"d"# e"##]),
            (r#"b"bytes" c"for C""#, vec!["bytes", "for C"]),
            ("\"over\ntwo lines\"", vec!["over\ntwo lines"]),
        ] {
            assert_eq!(texts(code), expected, "{code}");
        }
    }

    #[test]
    fn comments_characters_lifetimes_and_raw_names_are_no_strings() {
        for code in [
            "// \"a\"\n/// \"b\"\n//! \"c\"",
            "/* \"a\" /* \"b\" */ \"c\" */",
            r#"'"' b'"' '\'' '"'"#,
            "fn f<'a>(x: &'a str) {}",
            "let r#type = r#match;",
            "1.0e3 0x22 1_000",
        ] {
            assert_eq!(texts(code), Vec::<String>::new(), "{code}");
        }
        assert_eq!(texts(r#"'"' "a" '\u{22}' "b" &'static "c""#), ["a", "b", "c"]);
    }

    #[test]
    fn tokens_know_their_lines() {
        let lines: Vec<usize> = tokens("a\n/* \n */ b \"c\nd\"\ne").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 3, 3, 5]);
    }

    #[test]
    fn what_is_under_test_is_left_out() {
        for (code, expected) in [
            (r#"#[cfg(test)] mod tests { fn f() { "a" } } fn g() { "b" }"#, vec!["b"]),
            (r#"#[cfg(test)] #[allow(unused)] fn f<A, B>(x: [A; 2]) -> B { "a" } const C: &str = "b";"#, vec!["b"]),
            (r#"struct S { #[cfg(test)] a: T<"a">, b: U<"b"> }"#, vec!["b"]),
            (r#"match x { #[cfg(test)] "a" => 1, "b" => 2 }"#, vec!["b"]),
            (r#"#[cfg(all(test, unix))] use a::{b, c}; const C: &str = "b";"#, vec!["b"]),
            (r#"#![cfg(test)] const C: &str = "b";"#, vec![]),
            (r#"#[doc = "a"] const C: &str = "b"; #[doc(alias = "c")] fn f() {}"#, vec!["b"]),
            (r#"#[cfg(feature = "b")] fn f() { "c" }"#, vec!["b", "c"]),
            (r#"#[cfg(not(test))] fn f() { "b" }"#, vec!["b"]),
        ] {
            assert_eq!(strings(&without_tests(&tokens(code)).0), expected, "{code}");
        }
    }

    #[test]
    fn modules_of_tests_in_files_of_their_own_are_named() {
        let modules = without_tests(&tokens("#[cfg(test)] pub(crate) mod tests; #[cfg(test)] mod b { } mod c;")).1;
        assert_eq!(modules, ["tests"]);
    }

    #[test]
    fn what_is_no_rust_does_no_harm() {
        for code in ["\"open", "r#\"open", "/* open", "'", "b'", "#[", "#[cfg(test)]", "'\\", "}", "r#"] {
            without_tests(&tokens(code));
        }
    }
}
