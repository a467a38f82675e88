//! "Did you mean": the nearest of a set of names.

/// The names of `known` that are near to `word`, the nearest first, at most three.
///
/// Two names are near when few letters differ, or when one is a part of the other.
///
/// ```
/// let near = zoho_connector::suggest::nearest("tickets.lst", ["tickets.list", "agents.list"]);
/// assert_eq!(near, ["tickets.list"]);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = word.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .filter_map(|name| {
            let other = name.to_lowercase();
            let contains = lower.len() >= 3 && other.len() >= 3 && (other.contains(&lower) || lower.contains(&other));
            let score = strsim::jaro_winkler(&lower, &other).max(if contains { 0.85 } else { 0.0 });
            let close = strsim::damerau_levenshtein(&lower, &other) <= 1 + lower.len() / 5;
            (score >= 0.84 && (close || contains || score >= 0.9)).then_some((score, name))
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// `did you mean `a` or `b`?`, or nothing where no name is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = nearest(word, known);
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    (!quoted.is_empty()).then(|| format!("did you mean {}?", quoted.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, nearest};

    #[test]
    fn finds_what_a_finger_missed_and_nothing_else() {
        let known = ["query", "headers", "returns", "paginate"];
        assert_eq!(nearest("qurey", known), ["query"]);
        assert_eq!(nearest("header", known), ["headers"]);
        assert!(nearest("zebra", known).is_empty());
        assert_eq!(did_you_mean("return", known).as_deref(), Some("did you mean `returns`?"));
    }
}
