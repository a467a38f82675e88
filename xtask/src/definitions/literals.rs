//! Values that somebody wrote out where a name belongs: ids, mail addresses, domains.
//!
//! What is saved of calls has them in paths and as keys of objects. A name there would be the name of one thing of one
//! organisation.

/// The fewest digits of a number that is an id; a shorter one may be a version.
const SHORTEST_NUMBER: usize = 4;

/// The fewest letters and digits of an id that has both.
const SHORTEST_MIXED: usize = 16;

/// Endings of domains as they stand in examples. Any other may be the ending of a file, or a part of a name.
const ENDINGS: [&str; 22] = [
    "com", "net", "org", "io", "in", "eu", "info", "biz", "co", "app", "dev", "test", "example", "de", "uk", "ca",
    "au", "jp", "cn", "sa", "fr", "us",
];

/// What a text that is a value would be called: `id`, `email`, `domain`, `ip`. None where it is a name.
pub(crate) fn kind(text: &str) -> Option<&'static str> {
    let is_address = |at: &str| text.split_once(at).is_some_and(|(who, domain)| !who.is_empty() && !domain.is_empty());
    match text {
        _ if is_id(text) => Some("id"),
        _ if is_address("@") || is_address("%40") => Some("email"),
        _ if text.parse::<std::net::Ipv4Addr>().is_ok() => Some("ip"),
        _ if is_domain(text) => Some("domain"),
        _ => None,
    }
}

/// Whether a text is an id: a long number, or letters and digits that no word is made of.
pub(crate) fn is_id(text: &str) -> bool {
    if text.len() >= SHORTEST_NUMBER && text.chars().all(|c| c.is_ascii_digit()) {
        return true;
    }
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).count();
    text.len() >= SHORTEST_MIXED && runs > 2 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_names() {
        for (text, expected) in [
            ("1093639000422588023", Some("id")),
            ("20240", Some("id")),
            ("3z5e1c0f7b6a4d2e9f8c7b6a5d4e3f2a1", Some("id")),
            ("6f9619ff-8b86-d011-b42d-00c04fc964ff", Some("id")),
            ("jane.doe@example.com", Some("email")),
            ("jane%40example.com", Some("email")),
            ("track.example.com", Some("domain")),
            ("example.co.uk", Some("domain")),
            ("10.0.0.7", Some("ip")),
            ("v2", None),
            ("8", None),
            ("v2.1", None),
            ("books", None),
            ("books.json", None),
            ("record.create", None),
            ("bulk-write-2fa", None),
            ("markAsReadInAllFolders", None),
            ("@", None),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }
}
