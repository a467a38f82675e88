//! One member of a record, found without reading the rest of it. The record was checked when its reply was read.

/// The JSON text of a member of an object; none where the record is no object, or has no such member.
pub(crate) fn raw<'a>(record: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut at = blanks(record, 0);
    if record.get(at) != Some(&b'{') {
        return None;
    }
    loop {
        at = blanks(record, at + 1);
        if record.get(at) != Some(&b'"') {
            return None;
        }
        let key_end = string(record, at);
        let key = record.get(at + 1..key_end.checked_sub(1)?)?;
        let value = blanks(record, blanks(record, key_end) + 1);
        let end = value_end(record, value);
        if key == name.as_bytes() {
            return record.get(value..end);
        }
        at = blanks(record, end);
        if record.get(at) != Some(&b',') {
            return None;
        }
    }
}

/// A string or a number as the text that it stands for; none of any other value, and of a string with escapes.
pub(crate) fn scalar(raw: &[u8]) -> Option<&[u8]> {
    match raw {
        [b'"', text @ .., b'"'] => (!text.contains(&b'\\')).then_some(text),
        [b'-' | b'0'..=b'9', ..] => Some(raw),
        _ => None,
    }
}

fn blanks(text: &[u8], from: usize) -> usize {
    from + text.iter().skip(from).take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The position behind a string that begins here.
fn string(text: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// The position behind a value that begins here.
fn value_end(text: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at = string(text, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            b',' if depth == 0 => return at,
            byte if depth == 0 && byte.is_ascii_whitespace() => return at,
            _ => {
                at += 1;
                continue;
            }
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(record: &str, name: &str) -> Option<String> {
        raw(record.as_bytes(), name).map(|raw| String::from_utf8(raw.to_vec()).unwrap())
    }

    #[test]
    fn a_member_is_found_behind_any_others() {
        let record =
            r#" { "a" : {"id":"no","b":["]",{"id":1}]} , "n":1.10,"t":true,"x":"\"id\":\\", "id" :"77" , "z":[] } "#;
        for (name, value) in [
            ("id", Some(r#""77""#)),
            ("a", Some(r#"{"id":"no","b":["]",{"id":1}]}"#)),
            ("n", Some("1.10")),
            ("t", Some("true")),
            ("x", Some(r#""\"id\":\\""#)),
            ("z", Some("[]")),
            ("b", None),
        ] {
            assert_eq!(found(record, name).as_deref(), value, "{name}");
        }
        for record in ["[]", "", "{}", "1", r#"{"a":1}"#, r#"{"a"#, r#"{"id""#, r#"{"id":"#] {
            assert!(found(record, "id").is_none_or(|value| value.is_empty()), "{record}");
        }
        assert_eq!(found(r#"{"id":12}"#, "id").as_deref(), Some("12"));
    }

    #[test]
    fn texts_and_numbers_are_scalars() {
        for (raw, text) in
            [(r#""7""#, Some("7")), ("7", Some("7")), ("null", None), ("{}", None), (r#""a\n""#, None), ("", None)]
        {
            assert_eq!(scalar(raw.as_bytes()), text.map(str::as_bytes), "{raw}");
        }
    }
}
