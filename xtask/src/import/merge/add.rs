//! What a connector lacks, at its place in the files.

use std::collections::{BTreeMap, BTreeSet};

use zoho_connector::definition::TypeExpr;
use zoho_connector::edit::Node;
use zoho_connector::source::Step;
use zoho_connector::types::is_type_name;
use zoho_connector::{Connector, Route, Type};

use super::files::Files;
use crate::definitions::shape::{Member, Object, Shape};
use crate::drift::ours::Ours;
use crate::drift::{About, Adds, Difference};
use crate::import::draft::{marked, type_text};
use crate::import::yaml::{self, Long};
use crate::import::{apart::owner, unwritable};

/// Something that a connector lacks, or says otherwise.
#[derive(Debug)]
pub(super) struct Lack {
    /// Where: an API or a type, and the key of the difference.
    about: About,
    key: String,
    /// The APIs that it is found in.
    pub(super) apis: Vec<String>,
    adds: Option<Adds>,
    what: String,
}

impl Lack {
    /// Whether it is a parameter with one of some names.
    pub(super) fn is_named(&self, names: &[&str]) -> bool {
        matches!(&self.adds, Some(Adds::Member(member)) if names.contains(&member.name.as_str()))
    }

    /// What is left, for a person.
    pub(super) fn words(&self) -> String {
        match &self.about {
            About::Api(name) => format!("{name}: {}: {}", self.key, self.what),
            About::Type(name) => format!("type {name}: {}: {}", self.key, self.what),
            About::Operation(name) => format!("{name}: {}", self.what),
        }
    }
}

/// Differences as lacks. What every API that sends a type lacks is lacked by the type.
pub(super) fn spread(ours: &Ours, differences: &[Difference]) -> Vec<Lack> {
    let mut senders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for api in ours.connector.apis.values() {
        for name in body_types(ours, &api.name) {
            senders.entry(name).or_default().insert(&api.name);
        }
    }
    let mut lacking: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for one in differences {
        if let (About::Api(api), Some(member)) = (&one.about, outermost(one)) {
            for name in body_types(ours, api) {
                lacking.entry((name, member)).or_default().insert(api);
            }
        }
    }
    let lack = |one: &Difference| {
        let own = Lack {
            about: one.about.clone(),
            key: one.key().to_owned(),
            apis: one.apis.clone(),
            adds: one.fact.adds.clone(),
            what: one.fact.words.clone(),
        };
        let (About::Api(api), Some(member)) = (&one.about, outermost(one)) else { return own };
        let is_of_all = |name: &&str| lacking.get(&(*name, member)) == senders.get(name);
        let optional = matches!(&one.fact.adds, Some(Adds::Member(member)) if !member.required);
        match body_types(ours, api).into_iter().filter(|_| optional).find(is_of_all) {
            Some(name) => Lack { about: About::Type(name.to_owned()), key: format!("type {name}.{member}"), ..own },
            None => own,
        }
    };
    let mut lacks: Vec<Lack> = differences.iter().map(lack).collect();
    // What comes to a type that others take over comes to those as well.
    let is_taken_over = |lack: &Lack| match &lack.about {
        About::Type(name) => senders.contains_key(name.as_str()),
        _ => false,
    };
    lacks.sort_by_key(|lack| !is_taken_over(lack));
    lacks
}

/// The member of a body that a difference is of, where it is one of the outermost. Dots lead into it, but for those of
/// the name of a new one.
fn outermost(one: &Difference) -> Option<&str> {
    let is_outermost = |path: &&str| match &one.fact.adds {
        Some(Adds::Member(member)) => *path == member.name,
        _ => !path.contains('.'),
    };
    one.key().strip_prefix("body ").filter(is_outermost)
}

/// The types that a body is, or takes over, as it is written.
fn body_types<'a>(ours: &'a Ours, api: &'a str) -> Vec<&'a str> {
    match ours.written_body(api) {
        Some(TypeExpr::Text(name)) if is_type_name(name) => vec![name.as_str()],
        Some(TypeExpr::Object(object)) => object.extends.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Adds what is lacking, and says where; nothing where it contradicts the connector, or has no place in it.
pub(super) fn add(files: &mut Files, ours: &Ours, lack: &Lack) -> Option<String> {
    let adds = lack.adds.as_ref()?;
    let (file, route) = match &lack.about {
        About::Operation(_) => return None,
        About::Type(name) => {
            let member = lack.key.split_once('.')?.1;
            let is_there = |of: &&str| {
                let members =
                    files.holder("types", of).and_then(|file| files.tree(file)?.get(&Route::of(["types", *of])));
                members.is_some_and(|members| members.get(member).is_some())
            };
            if matches!(adds, Adds::Member(_)) && ours.family(name).iter().any(is_there) {
                return None;
            }
            let owner = if matches!(adds, Adds::Choices(_)) { ours.declares(name, member) } else { name.as_str() };
            (files.holder("types", owner)?.to_owned(), Route::of(["types", owner, member]))
        }
        About::Api(name) => of_api(files, name, &lack.key, adds)?,
    };
    let is_done = match adds {
        Adds::Member(member) => add_member(files, &ours.connector, &file, &route, member),
        Adds::Choices(values) => add_choices(files, &file, &route, values),
        Adds::Scopes(entries) => {
            let node = Node::list(entries.iter().map(Node::text));
            files.tree_mut(&file)?.set(&route, node)
        }
        Adds::Alternatives(scopes) => {
            let tree = files.tree_mut(&file)?;
            let known = tree.get(&route)?.items().next()?.as_text()?.to_owned();
            let text = [known].into_iter().chain(scopes.iter().cloned()).collect::<Vec<_>>().join("|");
            tree.set(&route.index(0), Node::text(text))
        }
    };
    is_done.then(|| format!("{file}: {route}"))
}

/// The place of what an API lacks.
fn of_api(files: &Files, name: &str, key: &str, adds: &Adds) -> Option<(String, Route)> {
    let file = files.holder("apis", name)?.to_owned();
    let api = Route::of(["apis", name]);
    let (place, path) = key.split_once(' ').unwrap_or((key, ""));
    let word = match place {
        "header" => "headers",
        "query" | "form" | "path" | "scopes" => place,
        "body" if !path.is_empty() => return of_body(files, &file, &api.key("body"), path, adds),
        _ => return None,
    };
    Some((file, if path.is_empty() { api.key(word) } else { api.key(word).key(path) }))
}

/// The place of a member of a body, through lists and types.
fn of_body(files: &Files, file: &str, body: &Route, path: &str, adds: &Adds) -> Option<(String, Route)> {
    let (mut file, mut at) = (file.to_owned(), body.clone());
    let mut rest = path;
    loop {
        let is_new = matches!(adds, Adds::Member(member) if member.name == rest);
        loop {
            let node = files.tree(&file)?.get(&at)?;
            match node.as_text() {
                Some(name) if is_type_name(name) => {
                    // A type that others use as well is not for this API to change.
                    if is_new && at == *body {
                        return Some((file, at.key(rest)));
                    }
                    let holder = files.holder("types", name)?.to_owned();
                    (file, at) = (holder, Route::of(["types", name]));
                }
                Some(_) => return None,
                None if node.items().next().is_some() => at = at.index(0),
                None => break,
            }
        }
        if is_new {
            return Some((file, at.key(rest)));
        }
        let (key, behind) = step(files.tree(&file)?.get(&at)?, rest)?;
        at = at.key(key);
        match behind {
            Some(behind) => rest = behind,
            None => return Some((file, at)),
        }
    }
}

/// The one key of a map that begins a path, and what is behind it: names may have dots themselves.
fn step<'p>(node: &Node, path: &'p str) -> Option<(String, Option<&'p str>)> {
    let parts = path.match_indices('.').map(|(at, _)| (&path[..at], Some(&path[at + 1..]))).chain([(path, None)]);
    let mut steps = parts.filter_map(|(name, behind)| {
        let keys = [name.to_owned(), format!("{name}!")];
        keys.into_iter().find(|key| node.get(key).is_some()).map(|key| (key, behind))
    });
    steps.next().filter(|_| steps.next().is_none())
}

/// Puts a member into the map that the route leads through; `false` where its name cannot be written.
fn add_member(files: &mut Files, connector: &Connector, file: &str, route: &Route, member: &Member) -> bool {
    let Some((Step::Key(_), parent)) = route.0.split_last() else { return false };
    if !unwritable::is_writable(&member.name) {
        return false;
    }
    let parent = Route(parent.to_vec());
    // A type that comes back as well can say of no member that it must be sent.
    let is_sent = route.0.first() == Some(&Step::Key("apis".into()));
    let mut member = Member { required: member.required && is_sent, ..member.clone() };
    // What is left out of it is found lacking in the next round, and told then.
    unwritable::keep(&mut member.shape, &mut Vec::new());
    let (key, node) = Names { files, connector, file }.member(&member);
    let node = node.to_edit(Long::Filled);
    let Some(tree) = files.tree_mut(file) else { return false };
    // A body that is a type becomes that type and the member.
    if let Some(name) = tree.get(&parent).and_then(Node::as_text).map(str::to_owned) {
        return tree.set(&parent, Node::words([("..".to_owned(), Node::text(name)), (key, node)]));
    }
    tree.set(&parent.key(key), node)
}

/// The types that a file may name.
struct Names<'a> {
    files: &'a Files,
    connector: &'a Connector,
    file: &'a str,
}

impl Names<'_> {
    /// A shape as a type: an object with the members of a type that the file may name is that type.
    fn node(&self, shape: &Shape) -> yaml::Node {
        match shape {
            Shape::List(item, max) => {
                let max = max.iter().map(|max| yaml::Node::Plain(max.to_string()));
                yaml::Node::List([self.node(item)].into_iter().chain(max).collect())
            }
            Shape::Object(object) => match self.same(object) {
                Some(name) => yaml::Node::text(name),
                None => yaml::Node::Map(object.members.iter().map(|member| self.member(member)).collect()),
            },
            scalar => yaml::Node::text(type_text(scalar)),
        }
    }

    fn member(&self, member: &Member) -> (String, yaml::Node) {
        marked(member, self.node(&member.shape))
    }

    fn same(&self, object: &Object) -> Option<&str> {
        let may_name = |name: &str| {
            let holder = self.files.holder("types", name);
            holder.is_some_and(|holder| owner(holder) == owner(self.file) || owner(holder) == "connector")
        };
        let same = self.connector.types.iter().find(|(name, ty)| is_same(object, ty) && may_name(name));
        same.map(|(name, _)| name.as_str())
    }
}

/// Whether an object has the members of a type, all of them and no others.
fn is_same(object: &Object, ty: &zoho_connector::RecordType) -> bool {
    let goes = |member: &Member| {
        ty.fields
            .iter()
            .any(|field| field.name == member.name && is_object(&field.ty) == member.shape.object().is_some())
    };
    object.members.len() > 2 && object.members.len() == ty.fields.len() && object.members.iter().all(goes)
}

fn is_object(ty: &Type) -> bool {
    match ty {
        Type::List { item, .. } => is_object(item),
        Type::Record(_) | Type::Object(_) => true,
        _ => false,
    }
}

/// Adds choices to those that are written at a place.
fn add_choices(files: &mut Files, file: &str, route: &Route, values: &[String]) -> bool {
    let Some(tree) = files.tree_mut(file) else { return false };
    let Some((Step::Key(name), parent)) = route.0.split_last() else { return false };
    let parent = Route(parent.to_vec());
    let required = format!("{}!", name.trim_end_matches('!'));
    let Some(mut at) =
        [name.to_string(), required].into_iter().map(|key| parent.key(key)).find(|at| tree.get(at).is_some())
    else {
        return false;
    };
    if tree.get(&at).is_some_and(|node| node.items().next().is_some()) {
        at = at.index(0);
    }
    let Some(text) = tree.get(&at).and_then(Node::as_text).filter(|text| text.contains('|')).map(str::to_owned) else {
        return false;
    };
    let (choices, default) = text.split_once(" = ").map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    let known: Vec<&str> = choices.split('|').map(str::trim).filter(|value| !value.is_empty()).collect();
    let new = values.iter().map(String::as_str).filter(|value| !known.contains(value));
    let all: Vec<&str> = known.iter().copied().chain(new).collect();
    let default = default.map(|default| format!(" = {default}")).unwrap_or_default();
    tree.set(&at, Node::text(format!("{}{default}", all.join("|"))))
}
