//! Words: names of a source taken apart, and put together as ours.

use std::collections::{BTreeMap, BTreeSet};

/// Words whose last `s` makes no plural.
const NO_PLURAL: [&str; 14] = [
    "address",
    "access",
    "analysis",
    "business",
    "progress",
    "process",
    "series",
    "settings",
    "status",
    "statistics",
    "metrics",
    "news",
    "previous",
    "preferences",
];

/// Plurals that no rule makes.
const IRREGULAR: [(&str, &str); 7] = [
    ("people", "person"),
    ("children", "child"),
    ("analyses", "analysis"),
    ("statuses", "status"),
    ("addresses", "address"),
    ("taxes", "tax"),
    ("movies", "movie"),
];

/// The words of a name, in small letters: `communityTopics`, `bulk-import` and `SLAId` have two each.
pub(crate) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(at + 1);
        let rises = letter.is_ascii_uppercase() && before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        // The last capital of `SLAId` begins a word, the last of `teamIDs` does not.
        let ends_capitals = letter.is_ascii_uppercase()
            && before.is_some_and(|c| c.is_ascii_uppercase())
            && after.is_some_and(char::is_ascii_lowercase)
            && !(after == Some(&'s') && letters.get(at + 2).is_none_or(|c| !c.is_ascii_lowercase()));
        if (rises || ends_capitals) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter.to_ascii_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// A word without its plural.
pub(crate) fn singular(word: &str) -> String {
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return (*one).to_owned();
    }
    if NO_PLURAL.contains(&word) || word.len() < 4 {
        return word.to_owned();
    }
    let cut = |end: &str, with: &str| word.strip_suffix(end).map(|stem| format!("{stem}{with}"));
    for end in ["sses", "shes", "ches", "xes", "zzes"] {
        if word.ends_with(end) {
            return word[..word.len() - 2].to_owned();
        }
    }
    let kept = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if kept { word.to_owned() } else { cut("ies", "y").or_else(|| cut("s", "")).unwrap_or_else(|| word.to_owned()) }
}

/// Words with the last of them without its plural.
pub(crate) fn singular_of(words: &[String]) -> Vec<String> {
    let mut one = words.to_vec();
    if let Some(last) = one.last_mut() {
        *last = singular(last);
    }
    one
}

/// The name of a type: each word with a capital, nothing between them. One that would not begin with a letter gets one.
pub(crate) fn type_name(words: &[String]) -> String {
    let capital = |word: &String| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    let name: String = words.iter().map(capital).collect();
    if name.starts_with(|c: char| c.is_ascii_uppercase()) { name } else { format!("T{name}") }
}

/// Short words that may be a part of a word that is written together.
const PARTICLES: [&str; 7] = ["of", "by", "in", "to", "as", "an", "on"];

/// Words that a source writes together in its paths and apart elsewhere: `bankaccounts` and `list_bank_accounts`.
#[derive(Debug, Default)]
pub(crate) struct Spelling(BTreeMap<String, Vec<String>>);

impl Spelling {
    /// Learns from names that are made of several words.
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let names: Vec<Vec<String>> = names.map(words).collect();
        let whole: BTreeSet<String> = names.iter().flatten().map(|word| singular(word)).collect();
        let mut known = BTreeMap::new();
        for (length, name) in (2..=4).flat_map(|length| names.iter().map(move |name| (length, name))) {
            for run in name.windows(length) {
                let is_word = |part: &String| part.len() > 2 || PARTICLES.contains(&part.as_str());
                // What is written together somewhere is one word.
                if !run.iter().all(is_word) || whole.contains(&singular(&run.concat())) {
                    continue;
                }
                let mut plural = run.to_vec();
                plural[length - 1].push('s');
                known.entry(run.concat()).or_insert_with(|| run.to_vec());
                known.entry(plural.concat()).or_insert(plural);
            }
        }
        Self(known)
    }

    /// The words of a name; one that is known to be several is taken apart.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        let found = words(name);
        match found.as_slice() {
            [one] if one.len() > 6 => self.0.get(one).cloned().unwrap_or(found),
            _ => found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (name, expected) in [
            ("communityTopics", "community topics"),
            ("markAsUnRead", "mark as un read"),
            ("SLAId", "sla id"),
            ("teamIDs", "team ids"),
            ("bulk-import", "bulk import"),
            ("Appointments__s", "appointments s"),
            ("__timeline", "timeline"),
            ("track1099", "track1099"),
            ("page[limit]", "page limit"),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn plurals_are_cut() {
        for (many, one) in [
            ("tickets", "ticket"),
            ("activities", "activity"),
            ("taxes", "tax"),
            ("boxes", "box"),
            ("statuses", "status"),
            ("status", "status"),
            ("addresses", "address"),
            ("branches", "branch"),
            ("analysis", "analysis"),
            ("settings", "settings"),
            ("sms", "sms"),
            ("expenses", "expense"),
        ] {
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn types_are_named_by_their_words() {
        assert_eq!(type_name(&singular_of(&words("communityTopics"))), "CommunityTopic");
        assert_eq!(type_name(&words("2fa")), "T2fa");
    }

    #[test]
    fn a_path_is_spelled_as_its_operations_are() {
        let names = ["list_bank_accounts", "get_chart_of_account", "getBluePrints", "createBlueprint", "reInvite"];
        let spelling = Spelling::of(names.into_iter());
        assert_eq!(spelling.words("bankaccounts"), ["bank", "accounts"]);
        assert_eq!(spelling.words("chartofaccounts"), ["chart", "of", "accounts"]);
        for word in ["contacts", "blueprints", "reinvite"] {
            assert_eq!(spelling.words(word), [word]);
        }
    }
}
