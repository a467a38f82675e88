//! JSON for reading. The text of numbers and strings stays as it came: nothing is parsed into a tree and back.

use std::io::{self, Write};

/// Writes JSON text with its parts on lines of their own, as far in as `depth` says.
pub(crate) fn pretty(out: &mut impl Write, text: &[u8], depth: usize) -> io::Result<()> {
    let mut depth = depth;
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        let length = match byte {
            byte if byte.is_ascii_whitespace() => 1,
            b'{' | b'[' => match closed(after) {
                Some(length) => {
                    out.write_all(&[byte, if byte == b'{' { b'}' } else { b']' }])?;
                    1 + length
                }
                None => {
                    depth += 1;
                    out.write_all(&[byte])?;
                    new_line(out, depth)?;
                    1
                }
            },
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(out, depth)?;
                out.write_all(&[byte])?;
                1
            }
            b',' => {
                out.write_all(b",")?;
                new_line(out, depth)?;
                1
            }
            b':' => {
                out.write_all(b": ")?;
                1
            }
            _ => {
                let length = scalar(rest);
                out.write_all(&rest[..length])?;
                length
            }
        };
        rest = &rest[length..];
    }
    Ok(())
}

/// Writes an element of a list that is printed as it arrives.
pub(crate) fn element(out: &mut impl Write, text: &[u8], first: bool) -> io::Result<()> {
    out.write_all(if first { b"[\n  " } else { b",\n  " })?;
    pretty(out, text, 1)
}

/// Ends such a list.
pub(crate) fn end(out: &mut impl Write, empty: bool) -> io::Result<()> {
    out.write_all(if empty { b"[]\n" } else { b"\n]\n" })
}

fn new_line(out: &mut impl Write, depth: usize) -> io::Result<()> {
    out.write_all(b"\n")?;
    (0..depth).try_for_each(|_| out.write_all(b"  "))
}

/// The length up to the closing bracket, where nothing but blanks stand before it.
fn closed(text: &[u8]) -> Option<usize> {
    let at = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    matches!(text[at], b'}' | b']').then_some(at + 1)
}

/// The length of the string, number or word that a text begins with.
fn scalar(text: &[u8]) -> usize {
    if text[0] != b'"' {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:]}".contains(byte);
        return text.iter().position(ends).unwrap_or(text.len()).max(1);
    }
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            _ => escaped = *byte == b'\\' && !escaped,
        }
    }
    text.len()
}
