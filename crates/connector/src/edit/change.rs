//! Changes of a tree.

use super::words::place;
use super::{Collection, Entry, Kind, Line, Node, Scalar, Style, Tree};
use crate::source::{Route, Step};

/// The value some steps below a node.
pub(super) fn find<'n>(node: &'n Node, steps: &[Step]) -> Option<&'n Node> {
    steps.iter().try_fold(node, |node, step| {
        let Node::Collection(collection) = node else { return None };
        collection.entries.get(collection.place_of(step)?).map(|entry| &entry.value)
    })
}

impl Tree {
    /// Sets the value at a route. What is there is replaced, its comments stay; a word that is new gets its place in the
    /// order of words, and any other key the last one. Maps that are missing on the way are made.
    ///
    /// `false` where the route leads through a scalar, or past the end of a list.
    pub fn set(&mut self, route: &Route, value: Node) -> bool {
        let Some((last, parent)) = route.0.split_last() else { return false };
        let Some(collection) = self.open(parent) else { return false };
        if let Some(at) = collection.place_of(last) {
            let entry = &mut collection.entries[at];
            entry.value = value;
            (entry.lines, entry.head) = (None, None);
            return true;
        }
        let Step::Key(key) = last else { return false };
        let at = place(&Route(parent.to_vec()), &collection.entries, key);
        collection.insert(at, Entry::new(Some(key), value))
    }

    /// Inserts a member before another one, or behind all where that is not there; `apart` by a blank line.
    ///
    /// `false` where there is no map at the route, or it has the key already.
    pub fn insert(&mut self, parent: &Route, before: Option<&str>, key: &str, value: Node, apart: bool) -> bool {
        let Some(collection) = self.open(&parent.0) else { return false };
        let at = before.and_then(|before| collection.place_of(&Step::Key(before.into())));
        let mut entry = Entry::new(Some(key), value);
        if apart && at != Some(0) && !collection.entries.is_empty() {
            entry.lead.push(Line::Blank);
        }
        // What was first has no blank line before it.
        if let Some(next) = at.filter(|at| apart && *at == 0).and_then(|_| collection.entries.first_mut()) {
            next.lead.insert(0, Line::Blank);
            next.lines = None;
        }
        collection.insert(at, entry)
    }

    /// Puts an entry at the end of the list at a route; `false` where there is none.
    pub fn push(&mut self, list: &Route, value: Node) -> bool {
        let Some(collection) = self.open(&list.0).filter(|collection| collection.kind == Kind::List) else {
            return false;
        };
        collection.add(None, Entry::new(None, value));
        true
    }

    /// Takes away what is at a route, with the comments that belong to it.
    pub fn remove(&mut self, route: &Route) -> Option<Node> {
        let (last, parent) = route.0.split_last()?;
        find(&self.root, &route.0)?;
        let collection = self.open(parent)?;
        let at = collection.place_of(last)?;
        Some(collection.entries.remove(at).value)
    }

    /// Takes the entry at a route away, to be given to another file.
    pub fn take(&mut self, route: &Route) -> Option<Entry> {
        let (last, parent) = route.0.split_last()?;
        find(&self.root, &route.0)?;
        let collection = self.open(parent)?;
        let at = collection.place_of(last)?;
        Some(collection.entries.remove(at).detached())
    }

    /// Puts an entry of another file behind all others of a map; `false` where its key is there already.
    pub fn give(&mut self, parent: &Route, entry: Entry) -> bool {
        self.open(&parent.0).is_some_and(|collection| collection.insert(None, entry))
    }

    /// The list or map at a route, to be changed: its lines are written anew. A map that is missing is made.
    fn open(&mut self, steps: &[Step]) -> Option<&mut Collection> {
        self.is_changed = true;
        let mut collection = match &mut self.root {
            Node::Collection(root) => root,
            Node::Scalar(_) => return None,
        };
        for (depth, step) in steps.iter().enumerate() {
            let at = match collection.place_of(step) {
                Some(at) => at,
                None => {
                    let Step::Key(key) = step else { return None };
                    let style = if depth == 0 { Style::Block } else { Style::Fitting };
                    let made = Node::Collection(Collection::new(Kind::Map, style, Vec::new()));
                    let at = place(&Route(steps[..depth].to_vec()), &collection.entries, key);
                    let mut entry = Entry::new(Some(key), made);
                    entry.lead.extend((depth == 0 && !collection.entries.is_empty()).then_some(Line::Blank));
                    collection.insert(at, entry).then(|| collection.place_of(step))??
                }
            };
            let entry = &mut collection.entries[at];
            entry.lines = None;
            let was_broken = entry.value.is_broken();
            collection = match &mut entry.value {
                Node::Collection(inner) => inner,
                Node::Scalar(_) => return None,
            };
            // A comment behind the brace of a long map is about its last line, which will not be the last.
            if was_broken
                && let Some(comment) = entry.trail.take()
                && let Some(last) = collection.entries.last_mut()
            {
                match last.trail {
                    Some(_) => entry.trail = Some(comment),
                    None => last.trail = Some(comment),
                }
            }
        }
        Some(collection)
    }
}

impl Collection {
    fn insert(&mut self, at: Option<usize>, entry: Entry) -> bool {
        let is_new =
            entry.key.as_ref().is_some_and(|key| self.place_of(&Step::Key(key.text.as_str().into())).is_none());
        if self.kind == Kind::Map && is_new {
            self.add(at, entry);
        }
        self.kind == Kind::Map && is_new
    }

    fn add(&mut self, at: Option<usize>, entry: Entry) {
        self.entries.insert(at.unwrap_or(self.entries.len()), entry);
    }

    fn place_of(&self, step: &Step) -> Option<usize> {
        match step {
            Step::Key(key) => self.entries.iter().position(|entry| entry.is_called(key)),
            Step::Index(index) => Some(*index).filter(|index| self.kind == Kind::List && *index < self.entries.len()),
        }
    }

    fn new(kind: Kind, style: Style, entries: Vec<Entry>) -> Self {
        Self { kind, style, entries, opening: None, tail: Vec::new(), column: None, tail_lines: None }
    }
}

impl Entry {
    fn new(key: Option<&str>, value: Node) -> Self {
        let key = key.map(|key| Scalar { text: key.to_owned(), raw: None });
        Self { lead: Vec::new(), key, value, trail: None, begins_line: false, lines: None, head: None }
    }
}

impl Entry {
    /// The same without places in a source.
    fn detached(mut self) -> Self {
        (self.lines, self.head) = (None, None);
        if let Node::Collection(inner) = &mut self.value {
            (inner.column, inner.tail_lines) = (None, None);
            inner.entries = std::mem::take(&mut inner.entries).into_iter().map(Self::detached).collect();
        }
        self
    }
}

impl Node {
    /// A text, quoted where it has to be.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Scalar(Scalar { text: text.into(), raw: None })
    }

    /// A number or a truth value.
    pub fn plain(value: impl Into<String>) -> Self {
        let text = value.into();
        Self::Scalar(Scalar { raw: Some(text.clone()), text })
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let entries = items.into_iter().map(|item| Entry::new(None, item)).collect();
        Self::Collection(Collection::new(Kind::List, Style::Flow, entries))
    }

    /// A map in braces, the members one behind the other where it is long.
    pub fn map<K: AsRef<str>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Collection(Collection::new(Kind::Map, Style::Flow, members_of(members)))
    }

    /// A map in braces, with a line for each member where it is long.
    pub fn words<K: AsRef<str>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Collection(Collection::new(Kind::Map, Style::Fitting, members_of(members)))
    }

    /// A map with a line for each member.
    pub fn block<K: AsRef<str>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Collection(Collection::new(Kind::Map, Style::Block, members_of(members)))
    }

    /// The text of a scalar.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Scalar(scalar) => Some(&scalar.text),
            Self::Collection(_) => None,
        }
    }

    /// The keys and values of a map.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.entries().iter().filter_map(|entry| Some((entry.key.as_ref()?.text.as_str(), &entry.value)))
    }

    /// The entries of a list.
    pub fn items(&self) -> impl Iterator<Item = &Self> {
        self.entries().iter().filter(|entry| entry.key.is_none()).map(|entry| &entry.value)
    }

    /// The value of a map's member.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Whether it stands in braces over several lines.
    fn is_broken(&self) -> bool {
        matches!(self, Self::Collection(collection) if collection.style != Style::Block)
            && self.entries().iter().any(|entry| entry.begins_line)
    }

    fn entries(&self) -> &[Entry] {
        match self {
            Self::Collection(collection) => &collection.entries,
            Self::Scalar(_) => &[],
        }
    }
}

fn members_of<K: AsRef<str>>(members: impl IntoIterator<Item = (K, Node)>) -> Vec<Entry> {
    members.into_iter().map(|(key, value)| Entry::new(Some(key.as_ref()), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELF: &str = "\
# About the file.
connector: shelf

types:
    Book: { id!: id,   title: string }  # as lists have it
    Long: {
      id!: id, a_member_with_a_long_name: string,
      another: int }  # about the last
    Plain:
        id!: id   # kept

apis:
    books.list: # the list
        get:  /books
        # About the scopes.
        scopes: [books.READ]
";

    fn changed(change: impl FnOnce(&mut Tree)) -> String {
        let mut tree = Tree::parse(SHELF).unwrap();
        change(&mut tree);
        Tree::parse(&tree.text()).unwrap().text()
    }

    /// The lines of a text that are not in the sample, and those of the sample that are gone.
    fn lines(text: &str) -> (Vec<&str>, Vec<&'static str>) {
        let of = |text: &'static str| text.lines().collect::<Vec<_>>();
        let gone = of(SHELF).into_iter().filter(|line| !text.lines().any(|other| other == *line)).collect();
        (text.lines().filter(|line| !SHELF.lines().any(|other| other == *line)).collect(), gone)
    }

    #[test]
    fn only_the_lines_around_a_change_are_written_anew() {
        let text = changed(|tree| assert!(tree.set(&Route::of(["types", "Book", "pages"]), Node::text("int"))));
        let expected = (
            vec!["    Book: { id!: id, title: string, pages: int }  # as lists have it"],
            vec!["    Book: { id!: id,   title: string }  # as lists have it"],
        );
        assert_eq!(lines(&text), expected);
        let text = changed(|tree| assert!(tree.set(&Route::of(["types", "Plain", "pages"]), Node::text("int"))));
        assert_eq!(lines(&text), (vec!["        pages: int"], vec![]));
    }

    #[test]
    fn a_word_gets_its_place_and_a_comment_stays_with_its_line() {
        let text = changed(|tree| {
            assert!(tree.set(&Route::of(["apis", "books.list", "query", "state"]), Node::text("open|closed")));
            assert!(tree.set(&Route::of(["apis", "books.list", "base"]), Node::text("bulk")));
        });
        let (new, gone) = lines(&text);
        assert_eq!((new, gone), (vec!["        base: bulk", "        query: { state: open|closed }"], vec![]));
        let at = |line: &str| text.lines().position(|other| other.trim() == line).unwrap();
        assert!(at("get:  /books") < at("base: bulk") && at("base: bulk") < at("# About the scopes."));
        let text = changed(|tree| assert!(tree.set(&Route::of(["types", "Long", "more"]), Node::text("string"))));
        assert!(text.contains("another: int,  # about the last\n      more: string }\n"), "{text}");
    }

    #[test]
    fn apis_stand_apart_and_before_the_one_that_is_named() {
        let api = || Node::words([("get", Node::text("/books/{id}")), ("returns", Node::text("Book"))]);
        let apis = Route::of(["apis"]);
        let text = changed(|tree| assert!(tree.insert(&apis, None, "books.get", api(), true)));
        assert!(text.ends_with("\n\n    books.get: { get: \"/books/{id}\", returns: Book }\n"), "{text}");
        let text = changed(|tree| {
            assert!(tree.insert(&apis, Some("books.list"), "books.get", api(), true));
            assert!(!tree.insert(&apis, None, "books.list", api(), true), "it is there");
        });
        assert!(text.contains("apis:\n    books.get: {"), "{text}");
        assert!(text.contains("}\n\n    books.list: # the list\n"), "{text}");
    }

    #[test]
    fn what_is_taken_away_takes_its_comments_along() {
        let text = changed(|tree| {
            let route = Route::of(["apis", "books.list", "scopes"]);
            assert!(tree.remove(&route).is_some() && tree.remove(&route).is_none());
        });
        assert_eq!(lines(&text), (vec![], vec!["        # About the scopes.", "        scopes: [books.READ]"]));
    }

    #[test]
    fn sections_and_maps_that_are_missing_are_made() {
        let mut tree = Tree::parse("# About the file.\napis:\n  a.b: { get: /a }\n").unwrap();
        assert!(tree.set(&Route::of(["types", "Book", "id!"]), Node::text("id")));
        assert!(tree.set(&Route::of(["types", "Book", "tags"]), Node::list([Node::text("string"), Node::plain("50")])));
        assert!(tree.push(&Route::of(["types", "Book", "tags"]), Node::text("a, b")));
        assert!(!tree.set(&Route::of(["types", "Book", "id!", "deeper"]), Node::text("id")));
        assert_eq!(
            tree.text(),
            "types:\n  Book: { id!: id, tags: [string, 50, \"a, b\"] }\n# About the file.\napis:\n  a.b: { get: /a }\n"
        );
    }
}
