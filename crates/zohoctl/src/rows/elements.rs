//! The values of a JSON text that holds many: lines, one behind the other over several lines, or a list.

use std::io::{self, BufRead, Read};

use super::{Fault, Take};

/// What a line was.
enum Line {
    /// A record, which was taken.
    Taken,
    /// None any more.
    End,
    /// No record alone.
    Other,
}

/// A source of which the first bytes were read before and are to be read again.
struct Refilled<R> {
    first: Vec<u8>,
    at: usize,
    source: R,
}

impl<R> Refilled<R> {
    /// Whether nothing is left of what was put back, so that a line begins.
    fn is_at_line(&self) -> bool {
        self.at == self.first.len()
    }

    fn put_back(&mut self, bytes: Vec<u8>) {
        (self.first, self.at) = (bytes, 0);
    }
}

impl<R: BufRead> Read for Refilled<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Refilled<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.first.get(self.at..) {
            Some(rest) if !rest.is_empty() => Ok(rest),
            _ => self.source.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        if self.is_at_line() {
            self.source.consume(count);
        } else {
            self.at += count;
        }
    }
}

/// The values of a JSON text that holds many: one behind the other, or in a list.
pub(super) struct Elements<R> {
    source: Refilled<R>,
    is_list: bool,
    begun: bool,
    /// The line that is being read, from 1, and the one that the last value began at.
    line: u64,
    began: u64,
    /// The line of a record, to be used again.
    buffer: Vec<u8>,
}

impl<R: BufRead> Elements<R> {
    pub(super) fn new(source: R, is_list: bool) -> Self {
        let source = Refilled { first: Vec::new(), at: 0, source };
        Self { source, is_list, begun: false, line: 1, began: 1, buffer: Vec::new() }
    }

    /// Gives the next value; whether there was one. Mostly it is a line.
    pub(super) fn next(&mut self, take: &mut Take<'_>) -> Result<bool, Fault> {
        if !self.is_list && self.source.is_at_line() {
            match self.line(take)? {
                Line::Taken => return Ok(true),
                Line::End => return Ok(false),
                // It goes over several lines, or there are several on one.
                Line::Other => self.source.put_back(std::mem::take(&mut self.buffer)),
            }
        }
        let Some(text) = self.element()? else { return Ok(false) };
        let text =
            std::str::from_utf8(&text).map_err(|fault| format!("line {}: it is not UTF-8: {fault}", self.began))?;
        take(text).map(|()| true).map_err(|fault| format!("line {}: it is not JSON: {fault}", self.began))
    }

    fn line(&mut self, take: &mut Take<'_>) -> Result<Line, Fault> {
        loop {
            self.buffer.clear();
            let count = self.source.source.read_until(b'\n', &mut self.buffer).map_err(|fault| fault.to_string())?;
            if count == 0 {
                return Ok(Line::End);
            }
            let Ok(text) = std::str::from_utf8(&self.buffer) else { return Ok(Line::Other) };
            let text = text.trim_ascii();
            if !text.is_empty() && take(text).is_err() {
                return Ok(Line::Other);
            }
            self.line += u64::from(self.buffer.ends_with(b"\n"));
            if !text.is_empty() {
                return Ok(Line::Taken);
            }
        }
    }

    /// The text of the next value, up to where it ends by its brackets and quotes.
    fn element(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        if self.is_list && !std::mem::replace(&mut self.begun, true) {
            self.source.consume(1);
        }
        match self.between()? {
            None if self.is_list => return Err(format!("line {}: the list does not end", self.line)),
            Some(b']') if self.is_list => return Ok(None),
            None => return Ok(None),
            Some(_) => {}
        }
        self.began = self.line;
        let (mut text, mut depth, mut quoted, mut escaped) = (Vec::new(), 0_usize, false, false);
        loop {
            let buffer = self.source.fill_buf().map_err(|fault| fault.to_string())?;
            if buffer.is_empty() {
                return Ok(Some(text));
            }
            let mut ended = false;
            let mut used = buffer.len();
            for (at, byte) in buffer.iter().enumerate() {
                self.line += u64::from(*byte == b'\n');
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => {
                        quoted = !quoted;
                        ended = !quoted && depth == 0;
                    }
                    _ if quoted => {}
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        ended = depth == 0;
                    }
                    // A number or a word ends where something else begins.
                    b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                        self.line -= u64::from(*byte == b'\n');
                        used = at;
                        break;
                    }
                    _ => {}
                }
                if ended {
                    used = at + 1;
                    break;
                }
            }
            text.extend_from_slice(&buffer[..used]);
            let is_whole = ended || used < buffer.len();
            self.source.consume(used);
            if is_whole {
                return Ok(Some(text));
            }
        }
    }

    /// Leaves out what stands between two values, and shows the byte behind it.
    fn between(&mut self) -> Result<Option<u8>, Fault> {
        loop {
            let buffer = self.source.fill_buf().map_err(|fault| fault.to_string())?;
            let Some(byte) = buffer.first().copied() else { return Ok(None) };
            if !(byte.is_ascii_whitespace() || self.is_list && byte == b',') {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.source.consume(1);
        }
    }
}
