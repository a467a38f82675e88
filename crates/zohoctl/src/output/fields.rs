//! The members of a record that were asked for by `--fields`: chosen here, after the reply, never in the request.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::value::RawValue;
use zoho_connector::suggest::did_you_mean;

/// How deep the names are collected among which the nearest is looked for.
const DEPTH: usize = 3;

/// The members of a JSON object, each as it came.
pub(crate) type Members<'a> = IndexMap<String, &'a RawValue>;

/// The members of a record, where it is an object.
pub(crate) fn members(text: &[u8]) -> Option<Members<'_>> {
    serde_json::from_slice(text).ok()
}

/// Names of members in the order in which they are wanted, and which of them were found so far.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    names: Vec<String>,
    found: Vec<bool>,
    known: BTreeSet<String>,
}

impl Fields {
    /// These names; dots in them reach in.
    pub(crate) fn new(names: &[String]) -> Self {
        Self { names: names.to_vec(), found: vec![false; names.len()], known: BTreeSet::new() }
    }

    /// The names.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The values of a record, in the order of the names. Where there is none, there is nothing.
    pub(crate) fn pick(&mut self, record: &[u8]) -> Vec<Option<String>> {
        let values: Vec<Option<String>> = match serde_json::from_slice::<&RawValue>(record) {
            Ok(record) => {
                self.names.iter().map(|name| reach(record, name).map(|value| value.get().to_owned())).collect()
            }
            Err(_) => vec![None; self.names.len()],
        };
        for (found, value) in self.found.iter_mut().zip(&values) {
            *found |= value.is_some();
        }
        if self.found.contains(&false) {
            collect(record, "", DEPTH, &mut self.known);
        }
        values
    }

    /// A record of these members alone, as JSON text. What a record lacks it does not get.
    pub(crate) fn project(&mut self, record: &[u8]) -> String {
        let values = self.pick(record);
        let member = |(name, value): (&String, Option<String>)| {
            Some(format!("{}:{}", serde_json::Value::from(name.as_str()), value?))
        };
        let members: Vec<String> = self.names.iter().zip(values).filter_map(member).collect();
        format!("{{{}}}", members.join(","))
    }

    /// What is to be said of each name that no record had.
    pub(crate) fn missing(&self) -> Vec<String> {
        let missing = self.names.iter().zip(&self.found).filter(|(_, found)| !**found).map(|(name, _)| name);
        let words = |name: &String| {
            let near = did_you_mean(name, self.known.iter().map(String::as_str));
            let near = near.map(|near| format!("; {near}")).unwrap_or_default();
            format!("no record has a member `{name}`{near}")
        };
        missing.map(words).collect()
    }
}

/// The value at a name. A member of just that name comes first: some names have dots of their own.
fn reach<'a>(value: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    if let Some(members) = members(value.get().as_bytes()) {
        if let Some(value) = members.get(name) {
            return Some(value);
        }
        return name.match_indices('.').find_map(|(at, _)| reach(members.get(&name[..at])?, &name[at + 1..]));
    }
    let entries: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let entry = entries.get(first.parse::<usize>().ok()?)?;
    rest.map_or(Some(entry), |rest| reach(entry, rest))
}

fn collect(record: &[u8], prefix: &str, depth: usize, known: &mut BTreeSet<String>) {
    for (name, value) in members(record).unwrap_or_default() {
        let name = format!("{prefix}{name}");
        if depth > 1 && value.get().starts_with('{') {
            collect(value.get().as_bytes(), &format!("{name}."), depth - 1, known);
        }
        known.insert(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn projected(names: &[&str], record: &str) -> String {
        Fields::new(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).project(record.as_bytes())
    }

    #[test]
    fn members_are_picked_in_order_and_stay_as_they_came() {
        let record = r#"{"id":"1","price":1.10,"of":{"name":"x \" y","n":[{"a":1},{"a":2}]},"Owner.name":"z"}"#;
        assert_eq!(projected(&["price", "id"], record), r#"{"price":1.10,"id":"1"}"#);
        assert_eq!(projected(&["of.name", "nothing", "of.n.1.a"], record), r#"{"of.name":"x \" y","of.n.1.a":2}"#);
        assert_eq!(projected(&["Owner.name", "of.n"], record), r#"{"Owner.name":"z","of.n":[{"a":1},{"a":2}]}"#);
        for odd in ["1", "[]", "\"id\"", "not json"] {
            assert_eq!(projected(&["id", "0.x"], odd), "{}");
        }
    }

    #[test]
    fn a_name_that_no_record_has_gets_the_nearest() {
        let mut fields = Fields::new(&["contact.lastNam".to_owned(), "id".to_owned(), "later".to_owned()]);
        fields.pick(br#"{"id":1,"contact":{"lastName":"x"}}"#);
        fields.pick(br#"{"later":null}"#);
        assert_eq!(
            fields.missing(),
            ["no record has a member `contact.lastNam`; did you mean `contact.lastName` or `contact`?"]
        );
    }
}
