//! Types: which objects get a name, and which.
//!
//! A type is worth a name where it is a record, is used twice, or does not fit in a line; else it is written in place.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use zoho_connector::types::is_type_name;

use super::apis::Api;
use super::clusters::{Clusters, cleaned};
use super::draft::Writer;
use super::fields::{self, Fields, bare_object};
use super::reply::Returns;
use super::selection::ChosenNames;
use super::sent;
use super::yaml::Node;
use crate::definitions::shape::{Member, Object, Shape};
use crate::definitions::words::{singular_of, type_name, words};

/// The longest object that is written in place wherever it is used.
pub(crate) const SHORT: usize = 40;

/// The longest object that is written in place where it is used once.
const LONG: usize = 90;

/// Stands for a name while it is not known which objects get one.
const SOME_NAME: &str = "SomeRecord";

/// How often it is decided which objects get a name, since a name makes the object around it shorter.
const ROUNDS: usize = 3;

/// The types of a connector, with the names of their members.
pub(crate) type KnownTypes = BTreeMap<String, BTreeSet<String>>;

/// The types of a draft.
#[derive(Debug, Default)]
pub(crate) struct Types {
    clusters: Clusters,
    /// The name of each cluster.
    names: Vec<Option<String>>,
    fields: Vec<Fields>,
    /// Objects that are only sent.
    sent: HashMap<Object, String>,
    written: Vec<Written>,
    /// What a person has to look at.
    pub(crate) remarks: Vec<String>,
}

/// A type to be written.
#[derive(Debug, Clone)]
struct Written {
    name: String,
    object: Object,
    over: Option<usize>,
    groups: BTreeSet<String>,
}

impl Types {
    /// Finds the types of APIs. Those of `known` are in the connector already.
    pub(crate) fn find(apis: &[Api], known: &KnownTypes, chosen: &ChosenNames) -> Self {
        let clusters = Clusters::find(apis);
        let fields = fields::find(apis, &clusters);
        let names = vec![None; clusters.list.len()];
        let mut types = Self { clusters, names, fields, ..Self::default() };
        let mut taken = choices_like_types(apis);
        types.name_clusters(&mut taken, known, chosen);
        types.add_sent(apis, &mut taken, chosen);
        types.collect(known);
        types.find_users(apis);
        types
    }

    /// The name of an object, where it has one.
    pub(crate) fn name_of(&self, object: &Object, is_reply: bool) -> Option<&str> {
        if let Some(name) = self.sent.get(object).filter(|_| !is_reply) {
            return Some(name);
        }
        self.clusters.of(object, is_reply).and_then(|at| self.names.get(at)?.as_deref())
    }

    /// The shared members that the body of an API takes over.
    pub(crate) fn shared(&self, api: &Api) -> Option<&Fields> {
        self.fields.iter().find(|fields| fields.are_in(api))
    }

    /// The types of a group, or of none: those that several groups use.
    pub(crate) fn of_group(&self, group: Option<&str>) -> Vec<(String, Node)> {
        let is_here = |written: &&Written| match group {
            Some(group) => written.groups.len() == 1 && written.groups.contains(group),
            None => written.groups.len() > 1,
        };
        let here = self.written.iter().filter(is_here);
        here.map(|written| (written.name.clone(), Node::Map(self.members(written)))).collect()
    }

    fn members(&self, written: &Written) -> Vec<(String, Node)> {
        let writer = Writer { types: self, fields: true };
        let object = key_first(&written.object);
        match written.over {
            Some(over) => writer.members_over(&self.fields[over].name, &self.fields[over].members, &object),
            None => writer.members(&object),
        }
    }

    fn name_clusters(&mut self, taken: &mut BTreeSet<String>, known: &KnownTypes, chosen: &ChosenNames) {
        let mut order: Vec<usize> = (0..self.clusters.list.len()).collect();
        order.sort_by_key(|at| {
            let cluster = &self.clusters.list[*at];
            let has_owner = cluster.main_thing().is_some_and(|thing| !thing.owner.is_empty());
            (!cluster.is_record(), has_owner, std::cmp::Reverse(cluster.uses), *at)
        });
        for _ in 0..ROUNDS {
            for at in order.iter().rev() {
                self.names[*at] = self.is_worth_a_name(*at).then(|| SOME_NAME.to_owned());
            }
        }
        for at in order {
            if self.names[at].is_none() {
                continue;
            }
            if let Some(name) =
                same_known(&self.clusters.list[at].object, known).filter(|_| !self.clusters.list[at].is_record())
            {
                self.names[at] = Some(name.clone());
                continue;
            }
            let name =
                chosen.type_name(free(usable(self.candidates(at), known, &self.clusters.list[at].object), taken));
            taken.insert(name.clone());
            self.remarks.extend(known.get(&name).and_then(|known| lacks(&name, known, &self.clusters.list[at].object)));
            self.name_fields(at, &name, taken, chosen);
            let replies = self.clusters.list[at].replies();
            if replies > 1 {
                self.remarks.push(format!("{name}: {replies} replies put together"));
            }
            self.names[at] = Some(name);
        }
    }

    /// What a cluster may be called, best first.
    fn candidates(&self, at: usize) -> Vec<String> {
        let cluster = &self.clusters.list[at];
        let noun = cluster.noun();
        let mut names = Vec::new();
        match cluster.main_thing() {
            Some(thing) => {
                let same = |(other, cluster): (usize, &super::clusters::Cluster)| {
                    other != at && self.names[other].is_some() && cluster.is_record() && cluster.noun() == noun
                };
                let is_shared = !thing.owner.is_empty()
                    && cluster.things.len() == 1
                    && !cluster.is_written()
                    && self.clusters.list.iter().enumerate().any(same);
                names.extend((!is_shared).then(|| type_name(&noun)));
                names.push(type_name(&[thing.owner.clone(), noun.clone()].concat()));
                names.push(type_name(&[singular_of(&words(&thing.group)), noun].concat()));
            }
            None => {
                names.push(type_name(&noun));
                names.extend(self.only_owner(at).map(|owner| type_name(&[owner, noun.clone()].concat())));
                names.push(format!("{}Summary", type_name(&noun)));
            }
        }
        names
            .extend(cluster.object.hint.as_deref().map(|hint| type_name(&cleaned(hint))).filter(|name| name.len() > 2));
        names
    }

    /// The words of the one record that an object is a member of.
    fn only_owner(&self, at: usize) -> Option<Vec<String>> {
        let holds = |object: &Object| {
            object
                .members
                .iter()
                .filter_map(|member| member.shape.object())
                .any(|inner| self.clusters.of(inner, false) == Some(at))
        };
        let mut owners = self.clusters.list.iter().filter(|cluster| holds(&cluster.object));
        let (owner, second) = (owners.next()?, owners.next());
        owner.main_thing().map(|thing| thing.noun.clone()).filter(|_| second.is_none())
    }

    /// Names the shared members of a record.
    fn name_fields(&mut self, at: usize, record: &str, taken: &mut BTreeSet<String>, chosen: &ChosenNames) {
        for fields in self.fields.iter_mut().filter(|fields| fields.cluster == at) {
            let own = fields
                .things
                .first()
                .map(|thing| type_name(&[thing.owner.clone(), thing.noun.clone()].concat()))
                .unwrap_or_default();
            let group = fields
                .things
                .first()
                .map(|thing| type_name(&[singular_of(&words(&thing.group)), thing.noun.clone()].concat()))
                .unwrap_or_default();
            let names = [record, &own, &group].map(|name| format!("{name}Fields"));
            fields.name = chosen.type_name(free(names.to_vec(), taken));
            taken.insert(fields.name.clone());
        }
    }

    fn is_worth_a_name(&self, at: usize) -> bool {
        let cluster = &self.clusters.list[at];
        let length = Writer { types: self, fields: false }.object_text(&cluster.object).len();
        let has_fields = self.fields.iter().any(|fields| fields.cluster == at);
        let record =
            cluster.is_record() && (has_fields || (cluster.object.has_key() && cluster.object.members.len() > 1));
        record || length > LONG || (cluster.uses > 1 && length > SHORT)
    }

    /// Objects that are sent: a member's type where one says the same, else types of their own.
    fn add_sent(&mut self, apis: &[Api], taken: &mut BTreeSet<String>, chosen: &ChosenNames) {
        let shared: HashSet<&Shape> =
            apis.iter().filter(|api| self.shared(api).is_some()).filter_map(|api| api.body.as_ref()).collect();
        for sent in sent::objects(apis) {
            let length = Writer { types: self, fields: false }.object_text(&sent.object).len();
            let is_shared = shared.contains(&Shape::Object(sent.object.clone()));
            let least = if sent.is_body || sent.uses < 2 { LONG } else { SHORT };
            if length <= least || is_shared || (sent.is_body && sent.uses < 2) {
                continue;
            }
            let name = self.same_member(&sent.object).unwrap_or_else(|| {
                let name = chosen.type_name(free(sent.names(), taken));
                taken.insert(name.clone());
                name
            });
            self.sent.insert(sent.object, name);
        }
    }

    /// The type of a member that says all that an object which is sent does, where that requires nothing.
    fn same_member(&self, object: &Object) -> Option<String> {
        let requires = object.members.iter().any(|member| member.required && member.shape != Shape::Id);
        let plain = bare_object(object);
        let count = plain.members.len();
        let same = |(at, cluster): &(usize, &super::clusters::Cluster)| {
            !cluster.is_record()
                && self.names[*at].is_some()
                && cluster.object.members.len() == count
                && plain.common(&cluster.object) == count
        };
        self.clusters
            .list
            .iter()
            .enumerate()
            .find(same)
            .filter(|_| !requires)
            .and_then(|(at, _)| self.names[at].clone())
    }

    /// Collects the types to be written.
    fn collect(&mut self, known: &KnownTypes) {
        let mut written: Vec<Written> = Vec::new();
        let mut put = |name: &str, object: &Object, over: Option<usize>| {
            if !known.contains_key(name) && !written.iter().any(|known| known.name == name) {
                written.push(Written { name: name.to_owned(), object: object.clone(), over, groups: BTreeSet::new() });
            }
        };
        for (at, cluster) in self.clusters.list.iter().enumerate() {
            let Some(name) = &self.names[at] else { continue };
            let own = self.fields.iter().enumerate().filter(|(_, fields)| fields.cluster == at);
            let over = own.clone().find(|(_, fields)| fields.in_record).map(|(at, _)| at);
            own.for_each(|(_, fields)| {
                put(&fields.name, &Object { hint: None, members: fields.members.clone() }, None);
            });
            put(name, &cluster.object, over);
        }
        let mut sent: Vec<(&Object, &String)> = self.sent.iter().collect();
        sent.sort_by_key(|(_, name)| name.as_str());
        sent.iter().for_each(|(object, name)| put(name, object, None));
        self.written = written;
    }

    /// Notes the groups that use each type; one that none uses is not written.
    fn find_users(&mut self, apis: &[Api]) {
        let places: HashMap<&str, usize> =
            self.written.iter().enumerate().map(|(at, written)| (written.name.as_str(), at)).collect();
        let uses: Vec<BTreeSet<usize>> = self
            .written
            .iter()
            .map(|written| {
                let mut found = BTreeSet::new();
                names_in(&Node::Map(self.members(written)), &places, &mut found);
                found
            })
            .collect();
        let mut groups: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for api in apis {
            let mut open = BTreeSet::new();
            self.nodes_of(api).iter().for_each(|node| names_in(node, &places, &mut open));
            let mut seen = BTreeSet::new();
            while let Some(at) = open.pop_first() {
                if seen.insert(at) {
                    groups.entry(at).or_default().insert(api.group().to_owned());
                    open.extend(&uses[at]);
                }
            }
        }
        for (at, written) in self.written.iter_mut().enumerate() {
            written.groups = groups.remove(&at).unwrap_or_default();
        }
        self.written.retain(|written| !written.groups.is_empty());
    }

    /// What an API says of types.
    fn nodes_of(&self, api: &Api) -> Vec<Node> {
        let writer = Writer { types: self, fields: true };
        let mut nodes: Vec<Node> = api.operation.form.iter().map(|member| writer.inner(&member.shape)).collect();
        if let Returns::One(shape) | Returns::Many(shape) = &api.answer.returns {
            nodes.push(writer.reply(shape));
        }
        nodes.extend(writer.body(api).map(|body| body.node));
        nodes
    }
}

/// The type of the connector that has nearly the same members.
fn same_known<'a>(object: &Object, known: &'a KnownTypes) -> Option<&'a String> {
    let own: BTreeSet<&String> = object.members.iter().map(|member| &member.name).collect();
    let same = |members: &BTreeSet<String>| {
        let common = members.iter().filter(|name| own.contains(name)).count();
        let longer = own.len().max(members.len());
        longer > 2 && common * 5 >= longer * 4
    };
    known.iter().find(|(_, members)| same(members)).map(|(name, _)| name)
}

/// What a type of the connector lacks of what the source says.
fn lacks(name: &str, known: &BTreeSet<String>, object: &Object) -> Option<String> {
    let missing: Vec<&str> =
        object.members.iter().map(|member| member.name.as_str()).filter(|name| !known.contains(*name)).collect();
    (!missing.is_empty()).then(|| format!("{name} is the connector's own, and lacks {}", missing.join(", ")))
}

/// The numbers of the types that a node names.
fn names_in(node: &Node, places: &HashMap<&str, usize>, found: &mut BTreeSet<usize>) {
    match node {
        Node::Text(text) => found.extend(places.get(text.as_str())),
        Node::List(items) => items.iter().for_each(|item| names_in(item, places, found)),
        Node::Map(members) => members.iter().for_each(|(_, node)| names_in(node, places, found)),
        Node::Plain(_) => {}
    }
}

/// Names without those of types of the connector that are something else.
fn usable(names: Vec<String>, known: &KnownTypes, object: &Object) -> Vec<String> {
    let is_other = |name: &String| {
        known.get(name).is_some_and(|members| {
            let common = object.members.iter().filter(|member| members.contains(&member.name)).count();
            common * 2 < object.members.len().min(members.len())
        })
    };
    let first = names.first().cloned().unwrap_or_default();
    let usable: Vec<String> = names.into_iter().filter(|name| !is_other(name)).collect();
    if usable.is_empty() { vec![format!("{first}Entry")] } else { usable }
}

/// The first name that is free, or the first with a number.
fn free(names: Vec<String>, taken: &BTreeSet<String>) -> String {
    let first = names.first().cloned().unwrap_or_default();
    let numbered = (2..).map(|n| format!("{first}{n}"));
    names.into_iter().chain(numbered).find(|name| is_type_name(name) && !taken.contains(name)).unwrap_or(first)
}

/// The object with the member first by which records are told apart.
fn key_first(object: &Object) -> Object {
    let is_key = |member: &&Member| member.required && member.shape == Shape::Id;
    let (key, rest): (Vec<&Member>, Vec<&Member>) = object.members.iter().partition(is_key);
    Object { hint: None, members: key.into_iter().chain(rest).cloned().collect() }
}

/// Values that are the only one of a choice: a type of that name would read as if the choice were between types.
fn choices_like_types(apis: &[Api]) -> BTreeSet<String> {
    fn collect(shape: &Shape, found: &mut BTreeSet<String>) {
        match shape {
            Shape::Choice { values, .. } if values.len() == 1 => found.extend(values.iter().cloned()),
            Shape::List(item, _) => collect(item, found),
            Shape::Object(object) => object.members.iter().for_each(|member| collect(&member.shape, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for api in apis {
        let parameters = api.operation.parameters.iter().map(|parameter| &parameter.member).chain(&api.operation.form);
        parameters.map(|member| &member.shape).chain(&api.body).for_each(|shape| collect(shape, &mut found));
        if let Returns::One(shape) | Returns::Many(shape) = &api.answer.returns {
            collect(shape, &mut found);
        }
    }
    found
}
