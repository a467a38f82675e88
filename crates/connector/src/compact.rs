//! The compact form of a built-in connector: the same files as one JSON text each, without comments, which is read in a
//! fraction of the time. `cargo xtask codegen connectors` makes them from the YAML, and a test holds both together.
//!
//! A call needs little of a large service, so the texts are cut down first: to the APIs that the call may come to, and to
//! the types whose names stand in them. What is left is read and resolved as any definition.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of an object, as text.
type Members<'a> = IndexMap<&'a str, &'a RawValue>;

/// A file, as far as it is looked into.
struct File<'a> {
    words: Members<'a>,
    types: Members<'a>,
    apis: Members<'a>,
}

/// The member that says what the file is, which is no word of the language.
const COMMENT: &str = "$comment";

/// The compact form of a file: its members in their order, an entry of a section a line, so that differences can be read.
/// Before them stands what the file is.
pub fn text_of(file: &Value, comment: &str) -> String {
    let Some(sections) = file.as_object() else { return file.to_string() };
    let section = |(name, value): (&String, &Value)| {
        let entries = value.as_object().filter(|_| matches!(name.as_str(), "types" | "apis"));
        let value = entries.map_or_else(|| value.to_string(), |entries| object(entries.iter(), "\n"));
        format!("{}:{value}", Value::from(name.as_str()))
    };
    let comment = format!("{}:{}", Value::from(COMMENT), Value::from(comment));
    let lines: Vec<String> = std::iter::once(comment).chain(sections.iter().map(section)).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

fn object<'v, V: std::fmt::Display + 'v>(entries: impl Iterator<Item = (&'v String, V)>, line: &str) -> String {
    let entries: Vec<String> =
        entries.map(|(name, value)| format!("{line}{}:{value}", Value::from(name.as_str()))).collect();
    format!("{{{}}}", entries.join(","))
}

/// The text of a file without what is no word of the language. One that is not of this form is left as it is.
pub(crate) fn of_whole(text: &str) -> String {
    File::read(text).map_or_else(
        || text.to_owned(),
        |file| file.cut(&file.types.keys().copied().collect(), &file.apis.keys().copied().collect()),
    )
}

/// The texts of a service's file and of a group's with no more than a call of an API can come to: that API, those that it
/// names, for a write those that may tell whether it was carried out; and the types that are named anywhere in what is
/// left. Where a text is not of this form, or the API is not there, nothing.
pub(crate) fn of_call(texts: &[&str], api: &str) -> Option<Vec<String>> {
    let files = texts.iter().map(|text| File::read(text)).collect::<Option<Vec<_>>>()?;
    let apis = files.iter().find(|file| file.apis.contains_key(api))?.wanted(api)?;
    let mut types = HashSet::new();
    for file in &files {
        let words = file.words.values();
        let kept = file.apis.iter().filter(|(name, _)| apis.contains(*name)).map(|(_, text)| text);
        words.chain(kept).for_each(|text| note_types(&files, text.get(), &mut types));
    }
    Some(files.iter().map(|file| file.cut(&types, &apis)).collect())
}

/// Adds the types that a text names, and those that these name. A word that only happens to be a type's name costs a
/// little and harms nothing.
fn note_types<'a>(files: &[File<'a>], text: &'a str, found: &mut HashSet<&'a str>) {
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.starts_with(char::is_uppercase)) {
        let definition = files.iter().find_map(|file| file.types.get(word));
        if let Some(definition) = definition.filter(|_| found.insert(word)) {
            note_types(files, definition.get(), found);
        }
    }
}

impl<'a> File<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut words: Members<'a> = serde_json::from_str(text).ok()?;
        words.shift_remove(COMMENT);
        let mut section = |name: &str| match words.shift_remove(name) {
            Some(section) => serde_json::from_str(section.get()).ok(),
            None => Some(Members::new()),
        };
        let (types, apis) = (section("types")?, section("apis")?);
        Some(Self { words, types, apis })
    }

    /// The APIs that a call of one can come to.
    fn wanted(&self, name: &str) -> Option<HashSet<&'a str>> {
        let mut wanted = HashSet::new();
        let mut open = vec![*self.apis.get_key_value(name)?.0];
        open.extend(self.telling(name));
        while let Some(name) = open.pop() {
            if wanted.insert(name) {
                let text = self.apis.get(name)?.get();
                let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
                open.extend(words.filter_map(|word| self.apis.get_key_value(word)).map(|(name, _)| *name));
            }
        }
        Some(wanted)
    }

    /// Of a write the APIs that may tell what became of it: those that read the same collection, or the same path, and
    /// searches.
    fn telling(&self, name: &str) -> Vec<&'a str> {
        let read = |text: &&'a RawValue| serde_json::from_str::<Members<'a>>(text.get()).unwrap_or_default();
        let own = self.apis.get(name).map(read).unwrap_or_default();
        if own.contains_key("get") {
            return Vec::new();
        }
        let path = ["post", "put", "patch", "delete"].iter().find_map(|verb| own.get(verb)).map(|path| path.get());
        let tells = |(other, text): &(&&'a str, &&'a RawValue)| {
            // Most APIs are not looked into further than this.
            text.get().contains("\"get\":") && {
                let other_words = read(text);
                let reads = other_words.get("get").map(|path| path.get());
                let same = collection(other) == collection(name) || reads == path;
                reads.is_some() && (same || other_words.contains_key("need"))
            }
        };
        self.apis.iter().filter(tells).map(|(name, _)| *name).collect()
    }

    /// Its text with these types and APIs alone.
    fn cut(&self, types: &HashSet<&str>, apis: &HashSet<&str>) -> String {
        let mut text = String::from("{");
        let mut put = |name: &str, value: &str| {
            if text.len() > 1 {
                text.push(',');
            }
            text.extend(["\"", name, "\":", value]);
        };
        self.words.iter().for_each(|(name, value)| put(name, value.get()));
        for (section, members, kept) in [("types", &self.types, types), ("apis", &self.apis, apis)] {
            let kept = members.iter().filter(|(name, _)| kept.contains(*name));
            let entries: Vec<String> = kept.map(|(name, value)| format!("\"{name}\":{value}")).collect();
            if !members.is_empty() {
                put(section, &format!("{{{}}}", entries.join(",")));
            }
        }
        text.push('}');
        text
    }
}

/// The name of an API without its last word.
fn collection(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(collection, _)| collection)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts() -> [String; 2] {
        let service = json!({
            "connector": "shelf", "title": "Shelf", "base_url": "https://shelf.{zoho}",
            "defaults": { "query": { "by": "Order" } },
            "types": { "Order": { "a": "string" }, "Book": { "..": "Thing", "pages": ["Page"] }, "Thing": { "id!": "id" }, "Page": { "text": "string" }, "Other": { "b": "int" } },
        });
        let group = json!({
            "apis": {
                "books.list": { "get": "/books", "returns": ["Book"] },
                "books.get": { "get": "/books/{id}", "returns": "Book" },
                "books.update": { "patch": "/books/{id}", "body": { "title": "string" } },
                "books.pages.list": { "get": "/books/{id}/pages", "returns": ["Page"] },
                "books.export": { "post": "/books/export", "job": { "poll": "books.jobs.get" } },
                "books.jobs.get": { "get": "/jobs/{id}", "returns": "Other" },
            },
        });
        [text_of(&service, "made"), text_of(&group, "made")]
    }

    fn left(api: &str) -> (Vec<String>, Vec<String>) {
        let texts = texts();
        let cut = of_call(&[&texts[0], &texts[1]], api).unwrap();
        let [service, group] = [0, 1].map(|at| serde_json::from_str::<Value>(&cut[at]).unwrap());
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect();
        (names(&group["apis"]), names(&service["types"]))
    }

    #[test]
    fn a_call_keeps_what_it_can_come_to_and_its_types() {
        for (api, apis, types) in [
            ("books.get", &["books.get"][..], &["Order", "Book", "Thing", "Page"][..]),
            ("books.pages.list", &["books.pages.list"], &["Order", "Page"]),
            ("books.update", &["books.list", "books.get", "books.update"], &["Order", "Book", "Thing", "Page"]),
            (
                "books.export",
                &["books.list", "books.get", "books.export", "books.jobs.get"],
                &["Order", "Book", "Thing", "Page", "Other"],
            ),
        ] {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
            assert_eq!(left(api), (owned(apis), owned(types)), "{api}");
        }
        let texts = texts();
        assert_eq!(of_call(&[&texts[0], &texts[1]], "books.burn"), None);
        assert_eq!(of_call(&["connector: shelf"], "books.get"), None);
    }

    #[test]
    fn the_text_is_the_same_value() {
        let value = json!({ "connector": "a\"b", "types": { "A": { "b": "int" } }, "apis": { "x.y": { "get": "/x" }, "x.z": {} } });
        let text = text_of(&value, "made");
        assert_eq!(serde_json::from_str::<Value>(&of_whole(&text)).unwrap(), value);
        assert_eq!((text.lines().count(), text.lines().nth(1)), (9, Some("\"$comment\":\"made\",")));
    }
}
