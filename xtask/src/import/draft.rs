//! Drafts: APIs and types as YAML, in the order that a person writes their words.

use super::apis::Api;
use super::changes;
use super::fields::bare;
use super::paging::{Kind, Paging};
use super::reply::{Outcomes, Returns};
use super::service::Service;
use super::types::{SHORT, Types};
use super::yaml::{Long, Node, inline, write};
use crate::definitions::operation::Place;
use crate::definitions::scopes;
use crate::definitions::shape::{Member, Object, Shape};

/// First words of actions after which something is gone.
const DESTROYS: [&str; 7] = ["delete", "trash", "empty", "erase", "anonymize", "purge", "wipe"];

/// Writes shapes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    /// The types that have names.
    pub(crate) types: &'a Types,
    /// Whether shared members are taken over from their type.
    pub(crate) fields: bool,
}

/// A body, and what is required of its shared members.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) node: Node,
    required: Vec<String>,
}

impl Writer<'_> {
    /// What comes back, as a type.
    pub(crate) fn reply(&self, shape: &Shape) -> Node {
        match shape {
            Shape::Object(object) => self.object(object, self.types.name_of(object, true)),
            other => self.inner(other),
        }
    }

    /// A shape inside of another, as a type.
    pub(crate) fn inner(&self, shape: &Shape) -> Node {
        match shape {
            Shape::List(item, max) => {
                let max = max.iter().map(|max| Node::Plain(max.to_string()));
                Node::List([self.inner(item)].into_iter().chain(max).collect())
            }
            Shape::Object(object) => {
                let name = self.types.name_of(object, false);
                self.object(object, name.filter(|_| self.object_text(object).len() > SHORT))
            }
            scalar => Node::text(scalar_text(scalar)),
        }
    }

    fn object(&self, object: &Object, name: Option<&str>) -> Node {
        name.map_or_else(|| Node::Map(self.members(object)), Node::text)
    }

    /// The members of an object.
    pub(crate) fn members(&self, object: &Object) -> Vec<(String, Node)> {
        object.members.iter().map(|member| self.member(member)).collect()
    }

    /// The members of an object of which some are taken over.
    pub(crate) fn members_over(&self, over: &str, taken: &[Member], object: &Object) -> Vec<(String, Node)> {
        if !self.fields {
            return self.members(object);
        }
        let is_taken = |member: &Member| {
            let same = |shared: &Member| {
                shared.name == member.name && self.inner(&bare(&shared.shape)) == self.inner(&bare(&member.shape))
            };
            !member.required && taken.iter().any(same)
        };
        let own = object.members.iter().filter(|member| !is_taken(member)).map(|member| self.member(member));
        std::iter::once(("..".to_owned(), Node::text(over))).chain(own).collect()
    }

    /// An object in one line.
    pub(crate) fn object_text(&self, object: &Object) -> String {
        inline(&Node::Map(self.members(object)), true)
    }

    fn member(&self, member: &Member) -> (String, Node) {
        if let (Shape::Choice { values, open: false }, true) = (&member.shape, member.required)
            && let [only] = values.as_slice()
        {
            return (member.name.clone(), Node::text(format!("={only}")));
        }
        marked(member, self.inner(&member.shape))
    }

    /// The body of an API, where it sends one.
    pub(crate) fn body(&self, api: &Api) -> Option<Body> {
        let plain = |node| Some(Body { node, required: Vec::new() });
        let object = match api.body.as_ref()? {
            Shape::Any => return plain(Node::text("map")),
            Shape::Object(object) => object,
            other => return plain(self.inner(other)),
        };
        let shared = self.types.shared(api).filter(|_| self.fields);
        let (Some(fields), Some(core)) = (shared, api.core()) else {
            return plain(
                self.object(
                    object,
                    self.types.name_of(object, false).filter(|_| self.object_text(object).len() > SHORT),
                ),
            );
        };
        let is_taken = |member: &Member| fields.members.iter().any(|shared| shared.name == member.name);
        if core == object {
            let required = object
                .members
                .iter()
                .filter(|member| is_taken(member) && member.required)
                .map(|member| member.name.clone());
            return Some(Body {
                node: self.over(&fields.name, core, |member| !is_taken(member)),
                required: required.collect(),
            });
        }
        // Inside of a list, a member that is required is written again.
        let inner = self.over(&fields.name, core, |member| !is_taken(member) || member.required);
        let outer = object.members.iter().map(|member| match &member.shape {
            Shape::List(item, max) if item.object() == Some(core) => {
                let max = max.iter().map(|max| Node::Plain(max.to_string()));
                (self.member(member).0, Node::List([inner.clone()].into_iter().chain(max).collect()))
            }
            _ => self.member(member),
        });
        plain(Node::Map(outer.collect()))
    }

    /// A type, with the members of an object that it does not have.
    fn over(&self, name: &str, object: &Object, is_own: impl Fn(&Member) -> bool) -> Node {
        let own: Vec<(String, Node)> =
            object.members.iter().filter(|member| is_own(member)).map(|member| self.member(member)).collect();
        match own.is_empty() {
            true => Node::text(name),
            false => Node::Map(std::iter::once(("..".to_owned(), Node::text(name))).chain(own).collect()),
        }
    }
}

/// A member's key with its mark, and its type with its default: what has a default need not be given.
pub(crate) fn marked(member: &Member, ty: Node) -> (String, Node) {
    let mark = if member.required && member.default.is_none() { "!" } else { "" };
    let node = match (ty, &member.default) {
        (Node::Text(text), Some(default)) => Node::text(format!("{text} = {default}")),
        (node, _) => node,
    };
    (format!("{}{mark}", member.name), node)
}

/// A scalar as the type grammar writes it.
fn scalar_text(shape: &Shape) -> String {
    match shape {
        Shape::Choice { values, open } => {
            let end = match (values.len(), open) {
                (_, true) => "|*",
                (1, false) => "|",
                _ => "",
            };
            format!("{}{end}", values.join("|"))
        }
        Shape::Int => "int".to_owned(),
        Shape::Decimal => "decimal".to_owned(),
        Shape::Bool => "bool".to_owned(),
        Shape::Id => "id".to_owned(),
        Shape::Date => "date".to_owned(),
        Shape::Time => "time".to_owned(),
        Shape::Email => "email".to_owned(),
        Shape::Url => "url".to_owned(),
        Shape::Phone => "phone".to_owned(),
        Shape::Map => "map".to_owned(),
        Shape::Any => "any".to_owned(),
        Shape::File => "file".to_owned(),
        Shape::String | Shape::List(..) | Shape::Object(_) => "string".to_owned(),
    }
}

/// A shape in one line, without the names of types.
pub(crate) fn type_text(shape: &Shape) -> String {
    inline(&Writer { types: &Types::default(), fields: false }.inner(shape), false)
}

/// An API's entry, and what is remarkable in it.
pub(crate) fn api(api: &Api, types: &Types, service: &Service) -> (String, Vec<String>) {
    let (words, remarks) = words_of(api, types, service);
    let mut text = format!("  {}:\n", api.named.name);
    for (word, node) in words {
        let long = if word == "body" && matches!(node, Node::List(_)) { Long::Filled } else { Long::Block };
        write(&mut text, 4, word, &node, long);
    }
    (text, remarks)
}

/// The words of an API's entry, and what is remarkable in it.
pub(crate) fn words_of(api: &Api, types: &Types, service: &Service) -> (Vec<(&'static str, Node)>, Vec<String>) {
    let (scopes, mut remarks) = scopes::entries(&api.operation, api.group(), &service.prefixes);
    let mut words: Vec<(&str, Node)> = vec![(api.operation.verb.key(), Node::text(&api.operation.path))];
    words.extend((!api.base.is_empty()).then(|| ("base", Node::text(&api.base))));
    words.extend(scopes.map(|scopes| ("scopes", Node::texts(scopes))));
    words.extend(Some(("without", Node::texts(service.without(api)))).filter(|(_, names)| !names.is_empty()));
    words.extend(inputs(api, types, service));
    words.extend(api.paging.as_ref().map(|paging| ("paginate", paginate(paging, api, service))));
    words.extend(reply(api, types, service));
    words.extend(changes::of(api).map(|changes| ("incremental", changes.node())));
    words.extend(effect(api, types));
    words.extend(destroys(api).then(|| ("destructive", Node::Plain("true".to_owned()))));
    remarks.extend(api.operation.remarks.iter().chain(&api.answer.remarks).cloned());
    remarks.extend(accepted(api));
    (words, remarks)
}

/// What goes into the request.
fn inputs(api: &Api, types: &Types, service: &Service) -> Vec<(&'static str, Node)> {
    let writer = Writer { types, fields: true };
    let of = |place| -> Vec<(String, Node)> {
        let parameters =
            api.operation.at(place).filter(|parameter| place != Place::Path || !service.knows_path(&parameter.member));
        parameters
            .map(|parameter| {
                let required = parameter.member.required && place != Place::Path;
                writer.member(&Member { required, ..parameter.member.clone() })
            })
            .collect()
    };
    let form = api.operation.form.iter().map(|member| writer.member(member)).collect();
    let mut words = vec![
        ("path", Node::Map(of(Place::Path))),
        ("query", Node::Map(of(Place::Query))),
        ("headers", Node::Map(of(Place::Header))),
        ("form", Node::Map(form)),
    ];
    if let Some(body) = writer.body(api) {
        words.push(("body", body.node));
        words.extend(api.wrapped_as.as_ref().map(|kind| {
            let data = vec![
                ("type".to_owned(), Node::text(format!("={kind}"))),
                ("attributes".to_owned(), Node::text("body")),
            ];
            ("wrap", Node::Map(vec![("data".to_owned(), Node::Map(data))]))
        }));
        words.push(("required", Node::texts(body.required)));
    }
    words.retain(|(_, node)| !node.is_empty());
    words
}

/// The style of paging, with what this list changes of it.
fn paginate(paging: &Paging, api: &Api, service: &Service) -> Node {
    let Some((name, style)) = service.style_of(paging, api) else {
        return Node::text(paging.style.kind.key());
    };
    let changed = |own: Option<u64>, general: Option<u64>| own.filter(|own| Some(*own) != general);
    let changes: Vec<(String, Node)> = [
        ("first", changed(paging.first, style.first).filter(|_| paging.style.kind != Kind::Cursor)),
        ("min", changed(paging.min, style.min)),
        ("max", changed(paging.max, style.max)),
    ]
    .into_iter()
    .filter_map(|(word, value)| Some((word.to_owned(), Node::Plain(value?.to_string()))))
    .collect();
    match changes.is_empty() {
        true => Node::text(name),
        false => Node::Map(vec![(name.to_owned(), Node::Map(changes))]),
    }
}

/// What comes back.
fn reply(api: &Api, types: &Types, service: &Service) -> Vec<(&'static str, Node)> {
    let writer = Writer { types, fields: true };
    let mut words = Vec::new();
    let answer = &api.answer;
    if let Some(outcomes) = &answer.outcomes {
        words.push(("outcomes", outcomes_node(outcomes, service.outcomes.as_ref())));
    }
    let is_list = matches!(answer.returns, Returns::Many(_)) && answer.outcomes.is_none();
    let records = answer.records.as_ref().filter(|records| is_list && service.records.as_ref() != Some(records));
    words.extend(records.map(|records| ("records", Node::text(records))));
    let is_one = matches!(answer.returns, Returns::One(_));
    if is_one && answer.record != service.record {
        words.push(("record", Node::text(answer.record.as_deref().unwrap_or("."))));
    }
    match &answer.returns {
        Returns::Nothing => {}
        Returns::File => words.push(("returns", Node::text("file"))),
        Returns::One(shape) => words.push(("returns", writer.reply(shape))),
        Returns::Many(shape) => words.push(("returns", Node::List(vec![writer.reply(shape)]))),
    }
    words
}

/// Where the results of a bulk reply are; how an entry looks, where the service's entries look otherwise.
fn outcomes_node(outcomes: &Outcomes, general: Option<&Outcomes>) -> Node {
    let same = general.is_some_and(|general| Outcomes { at: outcomes.at.clone(), ..general.clone() } == *outcomes);
    if same {
        return Node::text(&outcomes.at);
    }
    let mut members = vec![("at".to_owned(), Node::text(&outcomes.at))];
    members.extend(entry_of(outcomes));
    Node::Map(members)
}

/// How an entry of a bulk reply looks.
pub(crate) fn entry_of(outcomes: &Outcomes) -> Vec<(String, Node)> {
    let (member, value) = &outcomes.success;
    let value = if value == "true" { Node::Plain(value.clone()) } else { Node::text(value) };
    let mut members = vec![("success".to_owned(), Node::Map(vec![(member.clone(), value)]))];
    let rest = [("record", &outcomes.record), ("code", &outcomes.code), ("message", &outcomes.message)];
    members.extend(rest.into_iter().filter_map(|(word, path)| Some((word.to_owned(), Node::text(path.as_ref()?)))));
    members
}

/// A search reads the collection of its records.
fn effect(api: &Api, types: &Types) -> Option<(&'static str, Node)> {
    let searches = api.named.name.ends_with(".search") && matches!(api.answer.returns, Returns::Many(_));
    let name = types.name_of(api.answer.returns.object()?, true).filter(|_| searches)?;
    Some(("effect", Node::Map(vec![("list".to_owned(), Node::text(name))])))
}

fn destroys(api: &Api) -> bool {
    let last = api.named.name.rsplit('.').next().unwrap_or_default();
    let words: Vec<&str> = last.split('_').collect();
    let acts = words.first().is_some_and(|first| DESTROYS.contains(first)) || words.ends_with(&["to", "trash"]);
    api.operation.verb == zoho_connector::Verb::Delete || (acts && api.operation.verb != zoho_connector::Verb::Get)
}

/// A reply that only accepts may be the start of a job.
fn accepted(api: &Api) -> Option<String> {
    let only = api.operation.statuses.iter().filter(|status| (200..300).contains(*status)).eq([&202]);
    only.then(|| "it answers 202 and may start a `job`".to_owned())
}
