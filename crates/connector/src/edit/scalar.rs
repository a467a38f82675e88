//! Scalars that are new: in quotes where they would not be read as they are meant.

use super::Scalar;

impl Scalar {
    /// Whether it is a text however it looks.
    pub(super) fn is_quoted(&self) -> bool {
        self.raw.as_deref().is_some_and(|raw| raw.starts_with(['"', '\'', '|', '>']))
    }
}

/// A text as a scalar, in quotes where readers of YAML 1.1 or 1.2 would not read it as itself. `inside` brackets more has
/// to be quoted.
///
/// ```
/// use zoho_connector::edit::in_quotes_where_needed;
///
/// assert_eq!(in_quotes_where_needed("/tickets/{id}", false), "/tickets/{id}");
/// assert_eq!(in_quotes_where_needed("/tickets/{id}", true), "\"/tickets/{id}\"");
/// ```
pub fn in_quotes_where_needed(text: &str, inside: bool) -> String {
    if is_plain(text, inside) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a text is read as itself without quotes, by readers of YAML 1.1 and 1.2 alike.
pub(super) fn is_plain(text: &str, inside: bool) -> bool {
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"];
    let begins = |c: char| "-?:,[]{}#&*!|>'\"%@` ".contains(c);
    let is_number_like = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.chars().all(|c| c.is_ascii_hexdigit() || "+-.:_xXoO".contains(c));
    // `..` is the key of members that are taken over.
    text == ".."
        || !(text.is_empty()
            || text == "="
            || text == "<<"
            || text.starts_with(begins)
            || text.ends_with([' ', ':'])
            || text.contains(": ")
            || text.contains(" #")
            || text.contains(char::is_control)
            || (inside && text.contains([',', '[', ']', '{', '}']))
            || words.contains(&text.to_ascii_lowercase().as_str())
            || is_number_like)
}
