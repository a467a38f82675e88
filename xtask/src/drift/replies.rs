//! What comes back: where records are, what they hold, files.

use std::collections::{BTreeMap, BTreeSet};

use zoho_connector::differs::Aspect;
use zoho_connector::path::PathStep;
use zoho_connector::responses::RecordForm;
use zoho_connector::{Api, ReplyPath, Returns, Type};

use super::fits::Walk;
use super::ours::Ours;
use super::values::{Way, brief, short};
use super::{About, Adds, Difference, Fact};
use crate::definitions::operation::{Operation, Reply};
use crate::definitions::shape::{Member, Object, Shape};

/// Members of a reply that only say whether it went well.
const ACKNOWLEDGES: [&str; 5] = ["code", "message", "status", "status_code", "details"];

/// The replies of one definition: differences of types are told when all that give a type have been seen.
pub(super) struct Replies<'a> {
    ours: &'a Ours,
    /// For each type that comes back, the APIs that give it and the members that each has.
    uses: BTreeMap<String, Vec<(String, Object)>>,
    /// Differences in the members of types.
    of_types: Vec<Difference>,
    /// Members that an operation takes of a type that is sent, by the type that says them.
    taken: BTreeSet<(String, String)>,
}

impl<'a> Replies<'a> {
    pub(super) fn new(ours: &'a Ours) -> Self {
        Self { ours, uses: BTreeMap::new(), of_types: Vec::new(), taken: BTreeSet::new() }
    }

    /// Notes the members that an operation takes. Types that come back share them with what is sent, and have them right
    /// where either has them.
    pub(super) fn take(&mut self, members: impl IntoIterator<Item = (String, String)>) {
        self.taken.extend(members);
    }

    /// How an API's reply is read otherwise than an operation's says, apart from types.
    pub(super) fn compare(&mut self, api: &Api, operation: &Operation) -> Vec<Difference> {
        let whole = |words: &str| vec![Difference::of_api(&api.name, "reply", Fact::wrong(Aspect::Presence, words))];
        match (&api.returns, &operation.reply) {
            (_, Reply::Unknown) | (Returns::File, Reply::File) | (Returns::Nothing, Reply::Nothing) => Vec::new(),
            (Returns::File, Reply::Json(theirs)) if !is_acknowledgement(theirs) => {
                whole(&format!("the definition gives {}; here a file", brief(theirs)))
            }
            (Returns::Nothing, Reply::Json(theirs)) => match self.is_read(api, theirs) {
                true => Vec::new(),
                false => {
                    let fact = Fact::lack(
                        Aspect::Presence,
                        format!("the definition gives {}; here nothing is read", brief(theirs)),
                    );
                    vec![Difference::of_api(&api.name, "reply", fact)]
                }
            },
            (Returns::Nothing, Reply::File) => whole("the definition gives a file; here nothing is read"),
            (Returns::One(_) | Returns::Many(_), Reply::File) => whole("the definition gives a file"),
            // A status without content says that nothing comes; a 200 without any, that nothing was written down.
            (_, Reply::Nothing) if operation.statuses.iter().all(|status| !matches!(status, 200 | 201)) => {
                whole("the definition gives nothing")
            }
            (Returns::File, _) | (_, Reply::Nothing) => Vec::new(),
            (Returns::One(ty), Reply::Json(theirs)) => self.json(api, ty, false, operation, theirs),
            (Returns::Many(ty), Reply::Json(theirs)) => self.json(api, ty, true, operation, theirs),
        }
    }

    /// Whether what comes back says no more than the connector judges it by.
    fn is_read(&self, api: &Api, theirs: &Shape) -> bool {
        let around = around(api);
        let Shape::Object(object) = theirs else { return matches!(theirs, Shape::Map | Shape::Any) };
        let is_known = |member: &Member| ACKNOWLEDGES.contains(&member.name.as_str()) || around.contains(&member.name);
        object.members.iter().all(is_known)
    }

    fn json(&mut self, api: &Api, ty: &Type, many: bool, operation: &Operation, theirs: &Shape) -> Vec<Difference> {
        let (paths, form) = places(api, many);
        let whole = in_data(operation, theirs, many && !paths.iter().any(is_of_each));
        let theirs = whole.as_ref().unwrap_or(theirs);
        let mut found = Vec::new();
        let around = around(api);
        let around: &[String] = if paths.iter().all(is_whole) { &around } else { &[] };
        let mut reached = false;
        let mut missing = Vec::new();
        for path in &paths {
            match at(theirs, path) {
                At::Here(shape) => {
                    reached = true;
                    let shape = formed(shape, form);
                    let Some(shape) = shape else { continue };
                    // A list of records is said by its entries, and a path may lead to each of them.
                    let (shape, is_list) = match shape {
                        Shape::List(item, _) if many => (*item, true),
                        shape => (shape, is_of_each(path)),
                    };
                    if many && !is_list && !matches!(shape, Shape::Map | Shape::Any) {
                        let words = format!("at `{path}` the definition has one `{}`; here a list", brief(&shape));
                        found.push(Difference::of_api(&api.name, "reply", Fact::wrong(Aspect::Presence, words)));
                        continue;
                    }
                    found.extend(self.walk(api, ty, &shape, around));
                }
                At::Unsaid => reached = true,
                At::Nowhere(has) => missing.push((path, has)),
            }
        }
        if !reached && let Some((path, has)) = missing.first() {
            let words = format!("the definition's reply has nothing at `{path}`: it has {has}");
            found.push(Difference::of_api(&api.name, "reply", Fact::wrong(Aspect::Presence, words)));
        }
        found
    }

    fn walk(&mut self, api: &Api, ty: &Type, shape: &Shape, around: &[String]) -> Vec<Difference> {
        let mut walk = Walk::new(self.ours, &api.name, "reply", Way::Read, around);
        walk.value(ty, None, shape, "");
        let (found, uses) = (walk.found, walk.uses);
        for (name, objects) in uses {
            let mut objects = objects;
            // The reply as a whole may be a type, with what is around records beside its members.
            objects.iter_mut().for_each(|object| {
                let is_whole = matches!(ty, Type::Record(own) if *own == name);
                object.members.retain(|member| !(is_whole && around.contains(&member.name)));
            });
            self.uses.entry(name).or_default().extend(objects.into_iter().map(|object| (api.name.clone(), object)));
        }
        let (of_types, own): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| matches!(one.about, About::Type(_)));
        self.of_types.extend(of_types);
        own
    }

    /// The differences of types, each once, and the types that were seen.
    pub(super) fn of_types(self) -> (Vec<Difference>, BTreeSet<About>) {
        let mut all: Vec<Difference> = Vec::new();
        for one in self.of_types.iter().cloned().chain(self.names()) {
            match all
                .iter_mut()
                .find(|known| known.about == one.about && known.keys == one.keys && known.fact == one.fact)
            {
                Some(known) => known.apis.extend(one.apis),
                None => all.push(one),
            }
        }
        for one in &mut all {
            one.apis.sort();
            one.apis.dedup();
        }
        let families = self.uses.keys().flat_map(|name| self.ours.family(name));
        let types = families.map(|name| About::Type(name.to_owned())).collect();
        (all, types)
    }

    /// Members that only the type or only the definition has.
    fn names(&self) -> Vec<Difference> {
        let mut found = Vec::new();
        // What some operation has of a member, by the type that says it.
        let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut said: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for (name, uses) in &self.uses {
            let Some(record) = self.ours.connector.types.get(name) else { continue };
            for field in &record.fields {
                let declared = (self.ours.declares(name, &field.name), field.name.as_str());
                for (api, object) in uses {
                    said.entry(declared).or_default().insert(api);
                    if object.member(&field.name).is_some() {
                        seen.insert(declared);
                    }
                }
            }
            let mut told: BTreeMap<&str, Difference> = BTreeMap::new();
            for (api, object) in uses {
                for member in object.members.iter().filter(|member| record.field(&member.name).is_none()) {
                    let one = told.entry(&member.name).or_insert_with(|| Difference {
                        about: About::Type(name.clone()),
                        keys: self
                            .ours
                            .family(name)
                            .into_iter()
                            .map(|of| format!("type {of}.{}", member.name))
                            .collect(),
                        apis: Vec::new(),
                        fact: Fact::lack(
                            Aspect::Presence,
                            format!("the definition has it: `{}`", brief(&member.shape)),
                        )
                        .adding(Adds::Member(Member { required: false, ..member.clone() })),
                    });
                    one.apis.push(api.clone());
                }
            }
            found.extend(told.into_values());
        }
        let is_taken = |(name, member): &(&str, &str)| self.taken.contains(&((*name).to_owned(), (*member).to_owned()));
        for ((name, member), apis) in said.into_iter().filter(|(of, _)| !seen.contains(of) && !is_taken(of)) {
            found.push(Difference {
                about: About::Type(name.to_owned()),
                keys: self.ours.family(name).into_iter().map(|of| format!("type {of}.{member}")).collect(),
                apis: apis.into_iter().map(str::to_owned).collect(),
                fact: Fact::wrong(Aspect::Presence, "the definition has no such member in any reply"),
            });
        }
        found
    }
}

/// A reply of JSON:API, of which some definitions say only what is inside `data`.
fn in_data(operation: &Operation, theirs: &Shape, many: bool) -> Option<Shape> {
    let object = theirs.object().filter(|object| operation.json_api && object.member("data").is_none())?;
    let record = Shape::Object(object.clone());
    let data = if many { Shape::List(Box::new(record), None) } else { record };
    Some(Shape::Object(Object { hint: None, members: vec![Member::new("data", data)] }))
}

/// Where the records of an API are, and the form they come in.
fn places(api: &Api, many: bool) -> (Vec<ReplyPath>, &RecordForm) {
    let rules = &api.responses;
    if let Some(outcomes) = &rules.outcomes {
        let (ReplyPath::Body(steps), Some(ReplyPath::Body(inner))) = (&outcomes.at, &outcomes.record) else {
            return (vec![outcomes.at.clone()], &RecordForm::Plain);
        };
        let steps = steps.iter().cloned().chain([PathStep::Each]).chain(inner.iter().cloned()).collect();
        return (vec![ReplyPath::Body(steps)], &RecordForm::Plain);
    }
    if many {
        let whole = ReplyPath::Body(Vec::new());
        let paths = if rules.records.is_empty() { vec![whole] } else { rules.records.clone() };
        return (paths, &rules.records_form);
    }
    (vec![rules.record.clone().unwrap_or_else(|| ReplyPath::Body(Vec::new()))], &rules.record_form)
}

fn is_of_each(path: &ReplyPath) -> bool {
    matches!(path, ReplyPath::Body(steps) if steps.contains(&PathStep::Each))
}

fn is_whole(path: &ReplyPath) -> bool {
    matches!(path, ReplyPath::Body(steps) if steps.is_empty())
}

/// What a path leads to.
enum At<'a> {
    /// This.
    Here(&'a Shape),
    /// Something of which nothing is said.
    Unsaid,
    /// Nothing; the names that are there instead.
    Nowhere(String),
}

fn at<'a>(shape: &'a Shape, path: &ReplyPath) -> At<'a> {
    let ReplyPath::Body(steps) = path else { return At::Unsaid };
    let mut at = shape;
    for step in steps {
        at = match (step, at) {
            (_, Shape::Any | Shape::Map) => return At::Unsaid,
            (PathStep::Member(name), Shape::Object(object)) => match object.member(name) {
                Some(member) => &member.shape,
                None => {
                    let names: Vec<&str> = object.members.iter().map(|member| member.name.as_str()).collect();
                    return At::Nowhere(short(&names));
                }
            },
            (PathStep::Index(_) | PathStep::Each, Shape::List(item, _)) => item,
            (PathStep::Each, other) => other,
            (_, other) => return At::Nowhere(format!("`{}`", brief(other))),
        };
    }
    if matches!(at, Shape::Any | Shape::Map) { At::Unsaid } else { At::Here(at) }
}

/// Records as the connector reads them; none where a form cannot be seen in a definition.
fn formed(shape: &Shape, form: &RecordForm) -> Option<Shape> {
    match form {
        RecordForm::Plain => Some(shape.clone()),
        RecordForm::Lifted(name) => Some(lifted(shape, name)),
        RecordForm::Keyed { .. } | RecordForm::Columns { .. } => None,
    }
}

/// The members of one member beside the others.
fn lifted(shape: &Shape, name: &str) -> Shape {
    match shape {
        Shape::List(item, max) => Shape::List(Box::new(lifted(item, name)), *max),
        Shape::Object(object) => {
            let Some(Shape::Object(inner)) = object.member(name).map(|member| &member.shape) else {
                return shape.clone();
            };
            let mut members = inner.members.clone();
            let is_free = |member: &&Member| member.name != name && inner.member(&member.name).is_none();
            members.extend(object.members.iter().filter(is_free).cloned());
            Shape::Object(Object { hint: None, members })
        }
        other => other.clone(),
    }
}

fn is_acknowledgement(shape: &Shape) -> bool {
    let Shape::Object(object) = shape else { return false };
    object.members.iter().all(|member| ACKNOWLEDGES.contains(&member.name.as_str()))
}

/// The outermost members of a reply that the connector reads for something else than records.
fn around(api: &Api) -> Vec<String> {
    let rules = &api.responses;
    let mut names: Vec<String> = Vec::new();
    let mut add = |path: &ReplyPath| {
        if let ReplyPath::Body(steps) = path
            && let Some(PathStep::Member(name)) = steps.first()
        {
            names.push(name.clone());
        }
    };
    let error = &rules.error;
    error.code.iter().chain(&error.message).for_each(&mut add);
    rules.outcomes.iter().for_each(|outcomes| add(&outcomes.at));
    if let Some(pagination) = &api.paginate {
        pagination.stop.more.iter().chain(&pagination.stop.total).for_each(&mut add);
        if let zoho_connector::pagination::PageKind::Cursor { next, .. }
        | zoho_connector::pagination::PageKind::Link { next } = &pagination.kind
        {
            add(next);
        }
    }
    names
}
