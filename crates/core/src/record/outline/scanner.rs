//! The one pass over a JSON text: every byte is checked, and where the parts are is noted.

use std::ops::Range;

use super::marks::Marks;
use super::{Part, Span};

/// Reads a text once.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    marks: Marks<'a>,
    at: usize,
    /// How many blanks were skipped.
    blanks: usize,
    /// How much was escaped.
    escapes: usize,
    /// The brackets that are open within a value: whether each is an object's.
    open: Vec<bool>,
}

/// What a text was.
pub(super) struct Read {
    /// Whether it is JSON.
    pub(super) is_json: bool,
    /// Whether anything is escaped in it.
    pub(super) has_escapes: bool,
    /// The memory of the brackets, for the next text.
    pub(super) open: Vec<bool>,
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of a text, with memory for its brackets.
    pub(super) fn new(text: &'a str, open: Vec<bool>) -> Self {
        let text = text.as_bytes();
        Self { text, marks: Marks::of(text), at: 0, blanks: 0, escapes: 0, open }
    }

    /// Reads all of it, and keeps its parts down to a depth.
    pub(super) fn read(mut self, parts: &mut Vec<Part>, depth: u8) -> Read {
        self.skip_blanks();
        let is_read = self.part(parts, 0..0, depth).is_some();
        self.skip_blanks();
        Read { is_json: is_read && self.at == self.text.len(), has_escapes: self.escapes > 0, open: self.open }
    }
}

impl Scanner<'_> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        if self.peek().is_some_and(|byte| byte <= b' ') {
            self.skip_all_blanks();
        }
    }

    #[cold]
    fn skip_all_blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
            self.blanks += 1;
        }
    }

    /// Takes a byte that has to be there.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// A value, with its parts down to a depth.
    fn part(&mut self, parts: &mut Vec<Part>, key: Range<usize>, depth: u8) -> Option<()> {
        let (index, start, blanks) = (parts.len(), self.at, self.blanks);
        let close = match self.peek()? {
            b'{' if depth > 0 => Some(b'}'),
            b'[' if depth > 0 => Some(b']'),
            _ => None,
        };
        parts.push(Part { span: Span::default(), key, inner: 0..0, is_open: close.is_some() });
        match close {
            Some(close) => self.inside(parts, close, depth - 1)?,
            None => self.value()?,
        }
        let (inner, span) = (index + 1..parts.len(), self.span(start, blanks));
        if let Some(part) = parts.get_mut(index) {
            (part.inner, part.span) = (inner, span);
        }
        Some(())
    }

    /// The members of an object or the entries of a list, one by one, up to the bracket that closes it.
    fn inside(&mut self, parts: &mut Vec<Part>, close: u8, depth: u8) -> Option<()> {
        self.at += 1;
        self.skip_blanks();
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            let mut key = 0..0;
            if close == b'}' {
                key.start = self.at;
                self.key()?;
                key.end = self.at;
                self.colon()?;
            }
            self.part(parts, key, depth)?;
            self.skip_blanks();
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(b',')?;
            self.skip_blanks();
        }
    }

    fn span(&self, start: usize, blanks: usize) -> Span {
        Span { start, end: self.at, is_compact: self.blanks == blanks }
    }

    /// A key, without the colon behind it.
    #[inline]
    fn key(&mut self) -> Option<()> {
        self.take(b'"')?;
        self.string()
    }

    /// The colon behind a key, up to the value.
    #[inline]
    fn colon(&mut self) -> Option<()> {
        self.skip_blanks();
        self.take(b':')?;
        self.skip_blanks();
        Some(())
    }

    /// Takes two bytes, if they are there: most of what stands between two strings.
    #[inline]
    fn takes(&mut self, two: [u8; 2]) -> bool {
        let is_there = self.text.get(self.at..).and_then(<[u8]>::first_chunk) == Some(&two);
        self.at += if is_there { 2 } else { 0 };
        is_there
    }

    /// Any value. Brackets are kept count of in a list and not on the stack, however deep they are. Alone it has the
    /// processor's registers for itself: within [`Scanner::part`] it takes a tenth longer.
    #[inline(never)]
    fn value(&mut self) -> Option<()> {
        self.open.clear();
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    self.string()?;
                }
                b'{' => {
                    self.at += 1;
                    self.skip_blanks();
                    if self.take(b'}').is_none() {
                        self.open.push(true);
                        self.key()?;
                        self.colon()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    self.skip_blanks();
                    if self.take(b']').is_none() {
                        self.open.push(false);
                        continue;
                    }
                }
                b'n' => self.word(b"null")?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                _ => self.number()?,
            }
            if self.open.last() == Some(&true) && self.texts()? {
                continue;
            }
            if self.close()? {
                return Some(());
            }
        }
    }

    /// The members behind a value, as long as they are texts. True before the value of one that is not.
    #[inline]
    fn texts(&mut self) -> Option<bool> {
        while self.takes(*b",\"") {
            self.string()?;
            if !self.takes(*b":\"") {
                self.colon()?;
                return Some(true);
            }
            self.string()?;
        }
        Some(false)
    }

    /// What is behind a value within open brackets: those that close, and what leads to the next value. True where the
    /// outermost value ends.
    #[inline]
    fn close(&mut self) -> Option<bool> {
        while let Some(is_object) = self.open.last().copied() {
            self.skip_blanks();
            match (self.peek()?, is_object) {
                (b',', is_object) => {
                    self.at += 1;
                    self.skip_blanks();
                    if is_object {
                        self.key()?;
                        self.colon()?;
                    }
                    return Some(false);
                }
                (b'}', true) | (b']', false) => {
                    self.at += 1;
                    self.open.pop();
                }
                _ => return None,
            }
        }
        Some(true)
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let end = self.at + word.len();
        (self.text.get(self.at..end)? == word).then(|| self.at = end)
    }

    fn number(&mut self) -> Option<()> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek()? {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits()?,
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// The rest of a string, with the quote at its end.
    #[inline]
    fn string(&mut self) -> Option<()> {
        loop {
            self.at = self.marks.next(self.at)?;
            if self.text.get(self.at) == Some(&b'"') {
                self.at += 1;
                return Some(());
            }
            self.escape()?;
        }
    }

    /// A backslash and what it stands before; nothing of a control character.
    #[cold]
    fn escape(&mut self) -> Option<()> {
        self.take(b'\\')?;
        self.escapes += 1;
        match self.peek()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' if self.text.get(self.at + 1..self.at + 5)?.iter().all(u8::is_ascii_hexdigit) => self.at += 5,
            _ => return None,
        }
        Some(())
    }
}
