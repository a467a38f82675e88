//! The reviewed list of differences, each with its reason.

use serde::Deserialize;

use crate::compare::Difference;

/// The list.
pub(crate) struct Differences {
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Entry {
    service: String,
    /// The name of an API, or `*` for what holds of all that it is found in.
    api: String,
    what: String,
    reason: String,
}

impl Entry {
    fn explains(&self, difference: &Difference) -> bool {
        let same_api = self.api == "*" || self.api == difference.api;
        self.service == difference.service && same_api && self.what == difference.what
    }
}

impl Differences {
    /// Reads the list.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let entries: Vec<Entry> = serde_yaml::from_str(text).map_err(|error| format!("differences.yaml: {error}"))?;
        match entries.iter().find(|entry| entry.reason.trim().is_empty()) {
            Some(entry) => Err(format!("differences.yaml: {} {} has no reason", entry.service, entry.api)),
            None => Ok(Self { entries }),
        }
    }

    /// Whether the entries stand in order, each once.
    pub(crate) fn is_sorted(&self) -> bool {
        let key = |entry: &Entry| (entry.service.clone(), entry.api.clone(), entry.what.clone());
        self.entries.windows(2).all(|pair| key(&pair[0]) < key(&pair[1]))
    }

    /// The differences that no entry explains, with the entry to add, and the entries that explain nothing any more.
    pub(crate) fn faults(&self, found: &[Difference]) -> Vec<String> {
        let unexplained =
            found.iter().filter(|difference| !self.entries.iter().any(|entry| entry.explains(difference)));
        let idle = self.entries.iter().filter(|entry| !found.iter().any(|difference| entry.explains(difference)));
        unexplained.map(unexplained_words).chain(idle.map(idle_words)).collect()
    }
}

fn unexplained_words(difference: &Difference) -> String {
    let Difference { service, api, what, .. } = difference;
    format!(
        "{difference}\n  mend the connector; or, if it is right, add to tests/operations/differences.yaml:\n  \
         - {{ service: {service}, api: {api}, what: {what}, reason: \"why the connector is right\" }}"
    )
}

fn idle_words(entry: &Entry) -> String {
    let Entry { service, api, what, .. } = entry;
    format!(
        "{service} {api}: nothing differs in `{what}` any more; take the entry out of tests/operations/differences.yaml"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(api: &str, what: &str) -> Difference {
        Difference { service: "bookshelf".into(), api: api.into(), what: what.into(), words: "it differs".into() }
    }

    fn faults(entries: &str, found: &[Difference]) -> Vec<String> {
        Differences::parse(entries).unwrap().faults(found)
    }

    #[test]
    fn an_unexplained_difference_prints_the_entry_that_would_explain_it() {
        let found = [difference("books.list", "query shelf")];
        let [fault] = <[_; 1]>::try_from(faults("[]", &found)).unwrap();
        let entry = fault.lines().last().unwrap().trim().replace("why the connector is right", "it is");
        assert_eq!(faults(&entry, &found), [""; 0]);
    }

    #[test]
    fn an_entry_that_explains_nothing_is_a_fault() {
        let entries = "- { service: bookshelf, api: books.list, what: verb, reason: it was so }";
        assert_eq!(faults(entries, &[difference("books.list", "verb")]), [""; 0]);
        let faults = faults(entries, &[difference("books.get", "verb")]);
        assert!(faults[0].contains("books.get") && faults[1].contains("take the entry out"), "{faults:?}");
    }

    #[test]
    fn a_star_stands_for_all_apis_that_differ_so() {
        let entries = "- { service: bookshelf, api: '*', what: verb, reason: it is so }";
        assert_eq!(faults(entries, &[difference("books.get", "verb"), difference("books.list", "verb")]), [""; 0]);
        assert_eq!(faults(entries, &[]).len(), 1);
    }

    #[test]
    fn an_entry_without_a_reason_or_with_an_unknown_key_is_refused() {
        for entry in ["{ service: a, api: b.c, what: verb, reason: ' ' }", "{ service: a, api: b.c, what: verb }"] {
            assert!(Differences::parse(&format!("- {entry}")).is_err(), "{entry}");
        }
        assert!(Differences::parse("- { service: a, api: b.c, what: verb, reason: r, why: x }").is_err());
    }
}
