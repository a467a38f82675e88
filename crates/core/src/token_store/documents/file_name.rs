//! The name of a document as the name of a file: any text, on any file system, and back.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{DocumentId, Kind};
use crate::error::{Error, ErrorKind};

/// What stays as it is. Upper-case letters do not: some file systems do not tell them apart.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');
const ESCAPED: &AsciiSet = &upper_case(PLAIN);
/// The longest name; file systems take 255 bytes, and endings are to come.
const LONGEST: usize = 240;

const fn upper_case(set: &AsciiSet) -> AsciiSet {
    let mut letters = set.add(b'A');
    let mut letter = b'B';
    while letter <= b'Z' {
        letters = letters.add(letter);
        letter += 1;
    }
    letters
}

/// The file's name, without its ending.
pub(crate) fn encode(id: &DocumentId) -> Result<String, Error> {
    let name = format!("{}.{}", id.kind.as_str(), utf8_percent_encode(&id.name, ESCAPED).to_string().to_lowercase());
    if name.len() > LONGEST || id.name.is_empty() {
        let message = format!("`{}` cannot be the name of a {}", id.name, id.kind.as_str());
        return Err(
            Error::new(ErrorKind::Connection, message).with_hint("choose a shorter one, of at least one letter")
        );
    }
    Ok(name)
}

/// The document's name, where a file is one of a kind.
pub(crate) fn decode(kind: Kind, file: &str) -> Option<String> {
    let name = file.strip_prefix(kind.as_str())?.strip_prefix('.')?;
    let name = percent_decode_str(name).decode_utf8().ok()?.into_owned();
    // What is not written as this writes it was put there by somebody else.
    let id = DocumentId { kind, name };
    (encode(&id).ok()? == file).then_some(id.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_name_and_stays_in_the_folder() {
        for name in
            ["desk", "Desk", "../../etc/passwd", ".", "..", "a/b\\c", "con", "a b\n", "%2e", "日本", "x.lock", "\0"]
        {
            let id = DocumentId::new(Kind::Connection, name);
            let file = encode(&id).unwrap();
            assert!(
                file.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-%".contains(&b)),
                "{file}"
            );
            assert_eq!(decode(Kind::Connection, &file).as_deref(), Some(name));
            assert_eq!(decode(Kind::Client, &file), None);
        }
    }

    #[test]
    fn names_that_differ_in_case_only_have_files_that_differ_in_more() {
        let file = |name| encode(&DocumentId::new(Kind::Connection, name)).unwrap();
        assert_eq!((file("desk").as_str(), file("Desk").as_str()), ("connection.desk", "connection.%44esk"));
    }

    #[test]
    fn what_is_too_long_or_empty_is_refused() {
        for name in [String::new(), "a".repeat(300)] {
            assert!(encode(&DocumentId::new(Kind::Connection, &name)).is_err());
        }
    }
}
