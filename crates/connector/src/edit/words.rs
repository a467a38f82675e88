//! The order of words: that of the schema, which is that of the types of the language.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{Collection, Entry, Kind, Line, Node, Style, Tree};
use crate::source::{Route, Step};

static SCHEMA: LazyLock<Value> = LazyLock::new(crate::schema::schema);

/// Puts all words of a file in order, and a blank line between APIs of several lines.
pub(super) fn sort(tree: &mut Tree) {
    sort_node(&mut tree.root, &SCHEMA);
    let Node::Collection(root) = &mut tree.root else { return };
    for section in root.entries.iter_mut().filter(|entry| entry.is_called("apis")) {
        if let Node::Collection(apis) = &mut section.value
            && apis.style == Style::Block
        {
            part_apis(apis);
        }
    }
}

/// Where a word belongs among those that are there; none where the order is a person's.
pub(super) fn place(parent: &Route, entries: &[Entry], word: &str) -> Option<usize> {
    let schema = parent.0.iter().try_fold(&*SCHEMA, below)?;
    let order = word_order(resolved(schema))?;
    let rank = |word: &str| order.keys().position(|known| known == word).unwrap_or(usize::MAX);
    let own = rank(word);
    entries.iter().position(|entry| entry.key.as_ref().is_some_and(|key| rank(&key.text) > own)).or(Some(entries.len()))
}

/// The schema one step further down.
fn below<'s>(schema: &'s Value, step: &Step) -> Option<&'s Value> {
    let schema = resolved(schema);
    match step {
        Step::Key(key) => {
            let named = schema.get("properties").and_then(|properties| properties.get(&**key));
            named.or_else(|| schema.get("additionalProperties"))
        }
        Step::Index(_) => schema.get("items"),
    }
}

fn resolved(schema: &Value) -> &Value {
    let target =
        schema.get("$ref").and_then(Value::as_str).and_then(|target| SCHEMA.pointer(target.strip_prefix('#')?));
    target.unwrap_or(schema)
}

/// The words of a map whose order is not a person's: those that the language names, where no others may be.
fn word_order(schema: &Value) -> Option<&Map<String, Value>> {
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    schema.get("properties").and_then(Value::as_object).filter(|_| is_closed)
}

fn sort_node(node: &mut Node, schema: &Value) {
    let Node::Collection(collection) = node else { return };
    for (at, entry) in collection.entries.iter_mut().enumerate() {
        let step = entry.key.as_ref().map_or(Step::Index(at), |key| Step::Key(key.text.as_str().into()));
        // Its kinds are tried in the order written.
        let is_tried_in_order = entry.is_called("classify");
        if let Some(schema) = below(schema, &step).filter(|_| !is_tried_in_order) {
            sort_node(&mut entry.value, schema);
        }
    }
    let Some(order) = word_order(resolved(schema)).filter(|_| collection.kind == Kind::Map) else { return };
    let rank = |entry: &Entry| {
        let word = entry.key.as_ref().map_or("", |key| key.text.as_str());
        order.keys().position(|known| known == word).unwrap_or(usize::MAX)
    };
    if collection.entries.is_sorted_by_key(rank) {
        return;
    }
    let first = collection.entries.first().map(rank);
    collection.entries.sort_by_key(rank);
    // Lines were chosen for another order.
    collection.entries.iter_mut().for_each(|entry| entry.begins_line = false);
    // A blank line before what is first now parts it from what was.
    if let [now, ..] = collection.entries.as_mut_slice()
        && now.lead.first() == Some(&Line::Blank)
    {
        now.lead.remove(0);
        if let Some(was) = collection.entries.iter_mut().skip(1).find(|entry| Some(rank(entry)) == first)
            && was.lead.first() != Some(&Line::Blank)
        {
            was.lead.insert(0, Line::Blank);
        }
    }
}

fn part_apis(apis: &mut Collection) {
    let mut after_block = false;
    for (at, entry) in apis.entries.iter_mut().enumerate() {
        if !entry.fits(2)
            && let Node::Collection(api) = &mut entry.value
            && api.kind == Kind::Map
            && api.opening.is_none()
            && !api.entries.is_empty()
        {
            api.style = Style::Block;
        }
        let is_block = matches!(&entry.value, Node::Collection(api) if api.style == Style::Block);
        if at > 0 && (is_block || after_block) && entry.lead.first() != Some(&Line::Blank) {
            entry.lead.insert(0, Line::Blank);
        }
        after_block = is_block;
    }
}

impl Entry {
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.key.as_ref().is_some_and(|key| key.text == name)
    }
}
