//! Where the parts of a JSON text are, found and checked in one pass, down to a depth that is asked for. What lies deeper is
//! checked and not kept.
//!
//! It accepts exactly what `serde_json` accepts as a raw value, which a test holds it to. It is the one pass that a page
//! of a list costs: which of its members are there, and where its records begin and end, is known from it.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::value::RawValue;
use zoho_connector::ReplyPath;
use zoho_connector::path::PathStep;

use super::find_steps;

mod marks;
mod scanner;

use scanner::Scanner;

/// The parts of a JSON text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outline {
    /// The outermost value, and behind each value what it has inside.
    parts: Vec<Part>,
    /// Whether anything is escaped in it; if not, what is between quotes is what it says.
    has_escapes: bool,
    /// The memory of [`Scanner::open`], kept for the next text.
    open: Vec<bool>,
}

/// A value in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it is.
    pub(crate) span: Span,
    /// Where its name is, with its quotes, where it is the member of an object.
    key: Range<usize>,
    /// The parts inside it, where they are kept.
    inner: Range<usize>,
    /// Whether they are.
    is_open: bool,
}

/// Where a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its first byte.
    pub(crate) start: usize,
    /// The byte behind its last.
    pub(crate) end: usize,
    /// Whether there are no blanks between its parts.
    pub(crate) is_compact: bool,
}

/// So many bytes a part has at least, on the average, where all of them are kept.
const EACH: usize = 40;

/// How many levels of parts are kept below the outermost value.
pub(crate) mod depth {
    /// None: whether it is JSON at all.
    pub(crate) const WHOLE: u8 = 0;
    /// The members of an object, or the entries of a list.
    pub(crate) const MEMBERS: u8 = 1;
    /// The records of a page: the entries of a list that is a member.
    pub(crate) const RECORDS: u8 = 2;
    /// The entries of a list, of each its members, and theirs.
    pub(crate) const RESULTS: u8 = 3;
    /// As many as are kept at all.
    pub(crate) const MOST: u8 = 8;
}

impl Outline {
    /// Reads a text; nothing where it is no JSON.
    pub(crate) fn read(text: &[u8], depth: u8) -> Option<Self> {
        // Once for all of it: at the end of a text without other faults no character is cut.
        Self::of(std::str::from_utf8(text).ok()?, depth)
    }

    /// The same of a text that is known to be UTF-8.
    pub(crate) fn of(text: &str, depth: u8) -> Option<Self> {
        let mut outline = Self::default();
        outline.reread(text, depth).then_some(outline)
    }

    /// Becomes the outline of another text, in the memory that it has. Where that is no JSON, it is of no use until the next
    /// one, and says so.
    pub(crate) fn reread(&mut self, text: &str, depth: u8) -> bool {
        self.parts.clear();
        if depth > depth::RESULTS {
            self.parts.reserve(text.len() / EACH);
        }
        let read = Scanner::new(text, std::mem::take(&mut self.open)).read(&mut self.parts, depth);
        (self.open, self.has_escapes) = (read.open, read.has_escapes);
        read.is_json
    }

    /// All of it.
    pub(crate) fn whole(&self) -> &Part {
        const NOTHING: &Part =
            &Part { span: Span { start: 0, end: 0, is_compact: false }, key: 0..0, inner: 0..0, is_open: false };
        self.parts.first().unwrap_or(NOTHING)
    }

    /// The members of an object, or the entries of a list, in their order; nothing of any other value, and of one that lies
    /// deeper than was read.
    pub(crate) fn inside(&self, part: &Part) -> Inside<'_> {
        Inside { parts: &self.parts, at: part.inner.start, end: part.inner.end }
    }

    /// A member of an object. Of two with one name the last counts, as everywhere.
    pub(crate) fn member<'o>(&'o self, part: &Part, text: &[u8], name: &str) -> Option<&'o Part> {
        let is_named = |member: &&Part| {
            if self.has_escapes {
                return is_key(text.get(member.key.clone()), name);
            }
            // Most are told by their length.
            member.key.len() == name.len() + 2
                && text.get(member.key.start + 1..member.key.end - 1) == Some(name.as_bytes())
        };
        self.inside(part).filter(is_named).last()
    }

    /// The value at a path from a part on, as far as the path leads to one value, and not deeper than was read.
    pub(crate) fn at<'o>(&'o self, part: &'o Part, text: &[u8], path: &ReplyPath) -> Option<&'o Part> {
        let ReplyPath::Body(steps) = path else { return None };
        steps.iter().try_fold(part, |part, step| match step {
            PathStep::Member(name) => self.member(part, text, name),
            PathStep::Index(index) if part.is_list(text) => self.inside(part).nth(*index),
            _ => None,
        })
    }

    /// All values at a path from a part on, of which only what it leads into is read again.
    pub(crate) fn values<'t>(&self, part: &Part, text: &'t [u8], path: &ReplyPath) -> Vec<&'t RawValue> {
        let ReplyPath::Body(steps) = path else { return Vec::new() };
        let (mut part, mut rest) = (part, steps.as_slice());
        while let Some((PathStep::Member(name), deeper)) = rest.split_first()
            && part.is_open
        {
            let Some(member) = self.member(part, text, name) else { return Vec::new() };
            (part, rest) = (member, deeper);
        }
        part.value(text).map(|value| find_steps(value, rest)).unwrap_or_default()
    }
}

/// The parts inside another.
pub(crate) struct Inside<'o> {
    parts: &'o [Part],
    at: usize,
    end: usize,
}

impl<'o> Iterator for Inside<'o> {
    type Item = &'o Part;

    #[inline]
    fn next(&mut self) -> Option<&'o Part> {
        let part = self.parts.get(self.at).filter(|_| self.at < self.end)?;
        self.at = part.inner.end;
        Some(part)
    }
}

impl Part {
    /// Its text.
    pub(crate) fn text<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.span.start..self.span.end).unwrap_or_default()
    }

    /// Whether it is a list.
    pub(crate) fn is_list(&self, text: &[u8]) -> bool {
        text.get(self.span.start) == Some(&b'[')
    }

    /// Whether what is inside it was kept.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Its name, where it is the member of an object.
    pub(crate) fn name<'t>(&self, text: &'t [u8]) -> Option<Cow<'t, str>> {
        text.get(self.key.clone()).and_then(unquoted)
    }

    /// Its name as it is written, with its quotes.
    pub(crate) fn key<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.key.clone()).unwrap_or_default()
    }

    /// A string without its quotes, anything else as written; nothing of `null`.
    pub(crate) fn scalar<'t>(&self, text: &'t [u8]) -> Option<Cow<'t, str>> {
        match self.text(text) {
            b"null" => None,
            string @ [b'"', ..] => unquoted(string),
            other => std::str::from_utf8(other).ok().map(Cow::Borrowed),
        }
    }

    /// Its value, to look deeper into.
    pub(crate) fn value<'t>(&self, text: &'t [u8]) -> Option<&'t RawValue> {
        serde_json::from_slice(self.text(text)).ok()
    }
}

/// What a string says. A half of a surrogate pair is no character: what stands for it stays then.
pub(crate) fn unquoted(string: &[u8]) -> Option<Cow<'_, str>> {
    let [b'"', plain @ .., b'"'] = string else { return None };
    if plain.contains(&b'\\')
        && let Ok(text) = serde_json::from_slice(string)
    {
        return Some(Cow::Owned(text));
    }
    std::str::from_utf8(plain).ok().map(Cow::Borrowed)
}

/// Why a text is no JSON, in the words of the other reader, which judges alike.
pub(crate) fn fault(text: &str) -> serde_json::Error {
    let fault = serde_json::from_str::<&RawValue>(text).err();
    fault.unwrap_or_else(|| serde::de::Error::custom("it cannot be read"))
}

/// Whether a key, with its quotes, is a name.
fn is_key(key: Option<&[u8]>, name: &str) -> bool {
    match key {
        Some([b'"', key @ .., b'"']) if !key.contains(&b'\\') => key == name.as_bytes(),
        Some(key) => serde_json::from_slice::<Cow<'_, str>>(key).is_ok_and(|key| key == name),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the two readers agree on a text, and on where its parts are, however deep they are kept.
    fn agree(text: &[u8]) -> bool {
        let raw = serde_json::from_slice::<&RawValue>(text).ok();
        [depth::WHOLE, depth::MEMBERS, depth::RECORDS, depth::MOST].into_iter().all(|depth| {
            match (Outline::read(text, depth), raw) {
                (Some(outline), Some(raw)) => agree_inside(&outline, outline.whole(), text, raw, depth),
                (None, None) => true,
                _ => false,
            }
        })
    }

    fn agree_inside(outline: &Outline, part: &Part, text: &[u8], raw: &RawValue, depth: u8) -> bool {
        let inside: Vec<&Part> = outline.inside(part).collect();
        let is_same = part.text(text) == raw.get().as_bytes();
        if depth == 0 || !raw.get().starts_with(['{', '[']) {
            return is_same && inside.is_empty();
        }
        let entries = serde_json::from_str::<Vec<&RawValue>>(raw.get()).unwrap_or_default();
        let members = serde_json::from_str::<indexmap::IndexMap<String, &RawValue>>(raw.get()).unwrap_or_default();
        let is_inside = |part: &Part, raw: &RawValue| agree_inside(outline, part, text, raw, depth - 1);
        is_same
            && part.is_list(text) == raw.get().starts_with('[')
            && (!part.is_list(text) || inside.len() == entries.len())
            && entries.iter().zip(&inside).all(|(raw, part)| is_inside(part, raw))
            && members.iter().all(|(name, raw)| is_inside(outline.member(part, text, name).unwrap(), raw))
            && inside.iter().all(|part| part.name(text).is_none_or(|name| members.contains_key(name.as_ref())))
    }

    #[test]
    fn what_is_json_and_what_is_not_is_the_same_for_both_readers() {
        let good = [
            r#"{"data":[{"id":"1","a":{"b":[1,2,{"c":null}]}},{"id":"2"},[],{}],"info":{"more":true}}"#,
            " [1, -0.5e+10, \"x\\u00e4\\\"\", true , false,null ] ",
            "{}",
            "[]",
            "0",
            "-1E5",
            "\"\u{7f}ä漢\u{10ffff}\"",
            r#"{"a":1,"a":2,"\u0061":3,"":4}"#,
            "{\"data\" : [ { \"a\" : 1 } , 2 ] , \"b\":[\n\t]}\r\n",
            r#""\ud800""#,
        ];
        let bad = [
            "",
            " ",
            "{",
            "[",
            "{]",
            "[}",
            "[1,]",
            "{,}",
            "[,]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "[1 2]",
            "01",
            "-",
            "1.",
            "1e",
            ".5",
            "+1",
            "nul",
            "truefalse",
            "\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\u{1}\"",
            "\"\n\"",
            "1 1",
            "[1]]",
            "NaN",
            "'a'",
            "{\"a\":1 \"b\":2}",
            "[\"\\\"]",
            "{\"a\":[1}",
            "\u{feff}1",
            "[1]\u{c}",
        ];
        for text in good {
            assert!(Outline::read(text.as_bytes(), depth::RECORDS).is_some() && agree(text.as_bytes()), "{text}");
        }
        for text in bad {
            assert!(Outline::read(text.as_bytes(), depth::RECORDS).is_none() && agree(text.as_bytes()), "{text}");
        }
        for text in [&b"\"\xff\""[..], b"\"\xe4\xb8\"", b"[\"\xed\xa0\x80\"]", b"\xc3"] {
            assert!(Outline::read(text, depth::RECORDS).is_none() && agree(text), "{text:?}");
        }
    }

    /// Bodies with one byte, or a few, changed, left out or doubled: the two readers never differ.
    #[test]
    fn broken_bodies_are_broken_for_both_readers() {
        let body = br#"{"data":[{"id":"18920000","text":"a \"b\" \u00e4 \\ longer than eight","n":[1.50,-2e3,{"x":null}],"t":true},{}, {"k":[]}],"more":false,"of":{"count":"12"}}"#;
        let bytes = b"{}[]\",:\\ 0-.eEtfnu\x00\x1f\x80\xff\n1a";
        for at in 0..body.len() {
            for byte in bytes {
                let mut changed = body.to_vec();
                changed[at] = *byte;
                assert!(agree(&changed), "{}", String::from_utf8_lossy(&changed));
                let mut doubled = body.to_vec();
                doubled.insert(at, *byte);
                assert!(agree(&doubled), "{}", String::from_utf8_lossy(&doubled));
            }
            let mut shorter = body.to_vec();
            shorter.remove(at);
            assert!(agree(&shorter) && agree(&body[..at]) && agree(&body[at..]), "{at}");
        }
    }

    #[test]
    fn random_texts_of_json_characters_are_judged_alike() {
        let alphabet = b"{}[]\"\",,::\\ 01-.eE\"a";
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..60_000 {
            let mut text = Vec::new();
            loop {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                text.push(alphabet[(state >> 8) as usize % alphabet.len()]);
                if state.is_multiple_of(9) {
                    break;
                }
            }
            assert!(agree(&text), "{}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn brackets_may_be_of_any_depth() {
        let deep = format!("{{\"data\":{}1{}}}", "[".repeat(300_000), "]".repeat(300_000));
        assert!(Outline::read(deep.as_bytes(), depth::RECORDS).is_some());
        assert!(Outline::read(&deep.as_bytes()[..300_000], depth::RECORDS).is_none());
    }

    #[test]
    fn a_part_without_blanks_is_said_to_be_compact() {
        let text = br#"{"data":[{"a":"x y"},{"a": 1}, {"b":[2,3]},[ ]]}"#;
        let outline = Outline::read(text, depth::RECORDS).unwrap();
        let data = outline.member(outline.whole(), text, "data").unwrap();
        let compact: Vec<bool> = outline.inside(data).map(|part| part.span.is_compact).collect();
        assert_eq!(compact, [true, false, true, false]);
    }

    #[test]
    fn nothing_is_lost_of_a_string_that_is_no_text() {
        let text = br#"{"\ud800":"\udfff","a":"b\n","c":"\u00e4"}"#;
        let outline = Outline::read(text, depth::MEMBERS).unwrap();
        let members =
            outline.inside(outline.whole()).map(|part| (part.name(text).unwrap(), part.scalar(text).unwrap()));
        let members: Vec<String> = members.map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(members, ["\\ud800=\\udfff", "a=b\n", "c=\u{e4}"]);
    }

    #[test]
    fn a_path_is_followed_over_what_was_kept_and_beyond() {
        let text = r#"{"a":{"b":[{"c":{"d":[1,{"e":"x\ny"}]}},{"c":null}]},"a b":5}"#.as_bytes();
        for depth in [depth::WHOLE, depth::MEMBERS, depth::RECORDS, depth::MOST] {
            let outline = Outline::read(text, depth).unwrap();
            for (path, found) in [
                ("a.b.0.c.d.1.e", r#""x\ny""#),
                ("a.b.0.c.d.0", "1"),
                ("a.b.*.c", r#"{"d":[1,{"e":"x\ny"}]} null"#),
                ("a.b.2", ""),
                ("a.0", ""),
                ("b", ""),
                ("a.b.c", ""),
            ] {
                let path = ReplyPath::parse(path).unwrap();
                let values: Vec<&str> =
                    outline.values(outline.whole(), text, &path).iter().map(|raw| raw.get()).collect();
                assert_eq!(values.join(" "), found, "{path} {depth}");
                if let Some(part) = outline.at(outline.whole(), text, &path) {
                    assert_eq!(part.text(text), found.as_bytes(), "{path} {depth}");
                }
            }
        }
    }
}
