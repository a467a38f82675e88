//! Objects that are sent: how often each is, and what it may be called.

use std::collections::HashMap;

use super::apis::Api;
use super::clusters::{cleaned, noun_of};
use crate::definitions::shape::{Object, Shape};
use crate::definitions::words::{singular_of, type_name, words};

/// Members that are called by what they hold of any record.
const GENERIC: [&str; 6] = ["data", "records", "items", "entries", "details", "values"];

/// An object that is sent.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The object.
    pub(crate) object: Object,
    /// How often it is.
    pub(crate) uses: usize,
    /// Whether it is a whole body.
    pub(crate) is_body: bool,
    /// The words for it.
    noun: Vec<String>,
    /// The group of the first API that sends it, as a type's name.
    group: String,
    /// What the API does, of a whole body or what its one list holds.
    verb: &'static str,
}

/// The objects that APIs send, inner ones first, since their names make the outer ones shorter.
pub(crate) fn objects(apis: &[Api]) -> Vec<Sent> {
    let mut counts = Counts::default();
    for api in apis {
        if let Some(Shape::Object(object)) = &api.body {
            counts.add(object, api.named.noun.clone(), api, true);
        }
        let whole = api.body.iter().chain(api.operation.form.iter().map(|member| &member.shape));
        whole.filter_map(Shape::object).for_each(|object| counts.add_inner(object, api));
    }
    counts.sent.into_iter().rev().collect()
}

impl Sent {
    /// What its type may be called, best first.
    pub(crate) fn names(&self) -> Vec<String> {
        let noun = type_name(&self.noun);
        let whole = match self.verb {
            "create" => Some(format!("New{noun}")),
            "update" | "update_many" | "replace" => Some(format!("{noun}Changes")),
            _ => None,
        };
        let by_group = Some(format!("{}{noun}Input", self.group)).filter(|_| !noun.starts_with(&self.group));
        let hint = self.object.hint.as_deref().map(|hint| type_name(&cleaned(hint))).filter(|name| name.len() > 2);
        [whole, Some(format!("{noun}Input")), by_group, hint].into_iter().flatten().collect()
    }
}

#[derive(Default)]
struct Counts {
    sent: Vec<Sent>,
    places: HashMap<Object, usize>,
}

impl Counts {
    fn add_inner(&mut self, object: &Object, api: &Api) {
        for member in &object.members {
            let Some(inner) = member.shape.object() else { continue };
            let is_generic = api.core() == Some(inner) || GENERIC.contains(&member.name.as_str());
            let noun = if is_generic { api.named.noun.clone() } else { noun_of(&member.name) };
            self.add(inner, noun, api, false);
            self.add_inner(inner, api);
        }
    }

    fn add(&mut self, object: &Object, noun: Vec<String>, api: &Api, is_body: bool) {
        let last = api.named.name.rsplit('.').next().unwrap_or_default();
        let verbs = ["create", "update", "update_many", "replace"];
        let verb = verbs.into_iter().find(|verb| *verb == last && api.named.is_thing && noun == api.named.noun);
        let verb = verb.unwrap_or_default();
        if let Some(at) = self.places.get(object) {
            let known = &mut self.sent[*at];
            known.uses += 1;
            known.is_body |= is_body;
            known.verb = if known.verb == verb { verb } else { "" };
            return;
        }
        self.places.insert(object.clone(), self.sent.len());
        let group = type_name(&singular_of(&words(api.group())));
        self.sent.push(Sent { object: object.clone(), uses: 1, is_body, noun, group, verb });
    }
}
