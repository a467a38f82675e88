//! Differences from Zoho's own definition that a connector explains: what differs, and why.
//!
//! Calls never ask for them. They are read for the comparison with a definition and for the reference pages.

use std::fmt;

use crate::connector::{Verb, group_of};
use crate::resolve::ReadFile;
use crate::source::{FileId, Origin, Route, SourceFile};

/// What differs: the text before the colon of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    what: String,
    aspects: Vec<Aspect>,
}

/// In what a parameter or a member differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// That it is there: one side alone has it. Also what differs as a whole, as a path does.
    Presence,
    /// Whether it must be given.
    Required,
    /// Its type.
    Type,
    /// Its choices, or its constant value.
    Choices,
    /// How many entries a list takes at most.
    Length,
}

impl Aspect {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Presence, Self::Required, Self::Type, Self::Choices, Self::Length];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Required => "required",
            Self::Type => "type",
            Self::Choices => "choices",
            Self::Length => "length",
        }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Words that are a whole key.
const ALONE: [&str; 10] =
    ["path", "verb", "version", "scopes", "scopes all", "paging first", "paging min", "paging max", "body", "reply"];

/// Words that a name stands behind.
const PLACES: [&str; 6] = ["path", "query", "header", "form", "body", "reply"];

/// The verbs of operations that are left out.
const VERBS: [Verb; 5] = [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete];

/// What is said of a key that is none.
const FORMS: &str = "`path`, `verb`, `version`, `scopes`, `scopes all`, `paging first`, `paging min`, `paging max`, `body`, \
    `reply`, or a place and a name: `query sortBy`, `header orgId`, `form file`, `path id`, `body contact.name`, \
    `reply isFollowing`; behind the name, in what it differs if not in being there: `query sortBy choices`, \
    `body contact.name type|required`";

/// What is said of a key that is none at the head of a file.
const FORMS_AT_HEAD: &str =
    "`type Ticket.isFollowing`, `GET /a/path/left/out`, or what an API may say, for all of them";

impl Key {
    /// Reads a key. At the head of a file more can be said than in an API.
    ///
    /// # Errors
    /// What a key can be.
    pub fn parse(text: &str, at_head: bool) -> Result<Self, String> {
        let (word, rest) = text.split_once(' ').map_or((text, ""), |(word, rest)| (word, rest.trim()));
        let whole = |what: String| Self { what, aspects: vec![Aspect::Presence] };
        let alone = if rest.is_empty() { word.to_owned() } else { format!("{word} {rest}") };
        if ALONE.contains(&alone.as_str()) {
            return Ok(whole(alone));
        }
        let is_operation = VERBS.iter().any(|verb| verb.as_str() == word) && rest.starts_with('/');
        let (name, aspects) = rest.split_once(' ').map_or((rest, None), |(name, aspects)| (name, Some(aspects.trim())));
        let is_type =
            word == "type" && name.split_once('.').is_some_and(|(of, member)| !of.is_empty() && !member.is_empty());
        let is_place = !name.is_empty() && PLACES.contains(&word);
        if (is_type || is_operation) && !at_head {
            return Err(
                "what holds for all uses of a type, and what is left out, stands at the head of a file".to_owned()
            );
        }
        if is_operation {
            return Ok(whole(alone));
        }
        if !is_type && !is_place {
            return Err(if at_head {
                format!("what differs is {FORMS}; {FORMS_AT_HEAD}")
            } else {
                format!("what differs is {FORMS}")
            });
        }
        let aspects = aspects.map_or_else(|| Ok(vec![Aspect::Presence]), read_aspects)?;
        Ok(Self { what: format!("{word} {name}"), aspects })
    }

    /// What differs, without the aspects.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// In what it differs.
    pub fn aspects(&self) -> &[Aspect] {
        &self.aspects
    }

    /// Whether it means a difference. A `*` stands for any letters of a name.
    ///
    /// ```
    /// use zoho_connector::differs::{Aspect, Key};
    /// let key = Key::parse("query customField* type|choices", false).unwrap();
    /// assert!(key.means("query customField1", Aspect::Type) && !key.means("query sortBy", Aspect::Type));
    /// assert!(!key.means("query customField1", Aspect::Required));
    /// ```
    pub fn means(&self, what: &str, aspect: Aspect) -> bool {
        self.aspects.contains(&aspect) && is_like(&self.what, what)
    }
}

/// The aspects behind a name. That something is there is what a name alone means.
fn read_aspects(text: &str) -> Result<Vec<Aspect>, String> {
    let read = |word: &str| {
        let known = Aspect::ALL.into_iter().find(|aspect| aspect.as_str() == word);
        known.ok_or_else(|| {
            let all = Aspect::ALL.map(|aspect| format!("`{aspect}`")).join(", ");
            format!("`{word}` is nothing in which a parameter or a member differs: there are {all}")
        })
    };
    let aspects: Vec<Aspect> = text.split('|').map(read).collect::<Result<_, _>>()?;
    match aspects.as_slice() {
        [Aspect::Presence] => Err("without an aspect a key means just that it is there".to_owned()),
        _ => Ok(aspects),
    }
}

/// Whether a text is as a pattern says; `*` stands for any letters.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| is_like(after, &rest[at..]))
        }),
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if self.aspects != [Aspect::Presence] {
            let words: Vec<&str> = self.aspects.iter().map(|aspect| aspect.as_str()).collect();
            write!(f, " {}", words.join("|"))?;
        }
        Ok(())
    }
}

/// For which APIs an explanation counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Those of the service.
    Service,
    /// Those of a group.
    Group(String),
    /// One.
    Api(String),
}

impl Reach {
    /// Whether it counts for an API.
    pub fn includes(&self, api: &str) -> bool {
        match self {
            Self::Service => true,
            Self::Group(group) => group_of(api) == group,
            Self::Api(name) => name == api,
        }
    }
}

/// One entry of `differs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Where it counts.
    pub reach: Reach,
    /// What differs; where that cannot be read, what is wrong with it.
    pub key: Result<Key, String>,
    /// What differs, as written.
    pub written: String,
    /// Why.
    pub reason: String,
    /// Where it was written.
    pub origin: Origin,
}

/// The entries of files that have been read before, in their order.
pub fn explanations(files: &[ReadFile]) -> Vec<Explanation> {
    let mut all = Vec::new();
    for file in files {
        let definition = &file.definition;
        let has_apis = definition.apis.as_ref().is_some_and(|apis| !apis.is_empty());
        let is_group = definition.connector.is_none() && has_apis;
        let reach = if is_group { Reach::Group(file.stem.clone()) } else { Reach::Service };
        let at = Origin { file: file.id, route: Route::of(["differs"]) };
        all.extend(definition.differs.iter().flat_map(|entries| read(entries, &reach, &at)));
        for (name, api) in definition.apis.iter().flatten() {
            let at = Origin { file: file.id, route: Route::of(["apis", name, "differs"]) };
            all.extend(api.differs.iter().flat_map(|entries| read(entries, &Reach::Api(name.clone()), &at)));
        }
    }
    all
}

/// The entries of the files of a connector.
///
/// # Errors
/// The first file that is not YAML, or not of the language.
pub fn explanations_of(files: &[SourceFile]) -> Result<Vec<Explanation>, serde_yaml::Error> {
    let file = |(i, file): (usize, &SourceFile)| -> Result<ReadFile, serde_yaml::Error> {
        let definition = serde_yaml::from_str(&file.text)?;
        Ok(ReadFile { id: FileId(i), stem: file.stem().to_owned(), definition })
    };
    Ok(explanations(&files.iter().enumerate().map(file).collect::<Result<Vec<_>, _>>()?))
}

fn read(entries: &crate::definition::DiffersDefinition, reach: &Reach, at: &Origin) -> Vec<Explanation> {
    let entry = |(written, reason): (&String, &String)| Explanation {
        reach: reach.clone(),
        key: Key::parse(written, !matches!(reach, Reach::Api(_))),
        written: written.clone(),
        reason: reason.clone(),
        origin: at.key(written),
    };
    entries.0.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_places_and_names_and_a_few_words() {
        for good in [
            "path",
            "verb",
            "version",
            "scopes",
            "scopes all",
            "paging max",
            "reply",
            "query sortBy",
            "header orgId",
            "body a.b",
            "body type",
            "body type type",
            "reply x* presence|choices",
        ] {
            assert!(Key::parse(good, false).is_ok(), "{good}");
        }
        for at_head in ["type Ticket.isFollowing", "GET /api/v1/x", "type *.x", "type *.x length"] {
            assert!(Key::parse(at_head, true).is_ok() && Key::parse(at_head, false).is_err(), "{at_head}");
        }
        for bad in [
            "",
            "sortBy",
            "query",
            "query a b",
            "query a presence",
            "query a type choices",
            "query a type|b",
            "type Ticket",
            "GET",
            "get /x",
            "scopes tickets.READ",
            "paging",
            "cookie a",
        ] {
            assert!(Key::parse(bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_means_the_aspects_that_it_names_and_without_any_that_something_is_there() {
        for (key, means) in [
            ("body a.b", "presence"),
            ("body a.b type", "type"),
            ("body a.* required|length", "required length"),
            ("body * presence|choices", "presence choices"),
            ("body", ""),
        ] {
            let read = Key::parse(key, false).unwrap();
            let meant = Aspect::ALL.into_iter().filter(|aspect| read.means("body a.b", *aspect));
            assert_eq!(meant.map(Aspect::as_str).collect::<Vec<_>>().join(" "), means, "{key}");
            assert_eq!(read.to_string(), key);
        }
    }

    #[test]
    fn a_star_stands_for_any_letters() {
        for (key, what, means) in [
            ("query a", "query a", true),
            ("query a", "query ab", false),
            ("query a*", "query ab", true),
            ("reply *.at", "reply x.y.at", true),
            ("reply *.at", "reply x.atom", false),
            ("type *.a*c", "type T.abc", true),
            ("type *.a*c", "type T.abcd", false),
        ] {
            assert_eq!(Key::parse(key, true).unwrap().means(what, Aspect::Presence), means, "{key} {what}");
        }
    }

    #[test]
    fn an_entry_counts_for_the_service_a_group_or_an_api() {
        let files = [
            SourceFile::new("x/connector.yaml", "connector: x\ndiffers: { header org: probed }\n"),
            SourceFile::new(
                "x/books.yaml",
                "differs: { type Book.a: seen }\napis:\n  books.get: { get: /books, differs: { scopes: tried } }\n",
            ),
            SourceFile::new("x/differs.yaml", "differs: { GET /books/old: gone }\n"),
        ];
        let found = explanations_of(&files).unwrap();
        let reaches: Vec<Reach> = found.iter().map(|entry| entry.reach.clone()).collect();
        let (group, api) = (Reach::Group("books".into()), Reach::Api("books.get".into()));
        assert_eq!(reaches, [Reach::Service, group.clone(), api.clone(), Reach::Service]);
        assert!(group.includes("books.list") && !group.includes("shelves.list") && !api.includes("books.list"));
    }
}
