//! JSON lines.

use std::io::{self, Write};

/// Writes JSON text that has no blanks between its parts.
pub(crate) fn compact(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    out.write_all(text)?;
    out.write_all(b"\n")
}

/// Writes JSON text on one line, without blanks between its parts; numbers and texts stay as they came.
pub(crate) fn line(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    for (at, byte) in text.iter().enumerate() {
        if quoted {
            quoted = *byte != b'"' || escaped;
            escaped = *byte == b'\\' && !escaped;
        } else if byte.is_ascii_whitespace() {
            out.write_all(&text[start..at])?;
            start = at + 1;
        } else {
            quoted = *byte == b'"';
        }
    }
    out.write_all(&text[start..])?;
    out.write_all(b"\n")
}
