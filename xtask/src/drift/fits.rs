//! Objects beside the objects of a definition, member by member.

use std::collections::{BTreeMap, BTreeSet};

use zoho_connector::differs::Aspect;
use zoho_connector::{Field, Type};

use super::ours::Ours;
use super::requests::{constant, joined, lacking};
use super::values::{self, Way, short};
use super::{About, Difference, Fact};
use crate::definitions::shape::{Member, Object, Shape};

/// One walk through a body or a reply.
pub(super) struct Walk<'a> {
    ours: &'a Ours,
    api: &'a str,
    /// `body` or `reply`.
    place: &'static str,
    way: Way,
    /// Types that the outermost object takes over in place.
    pub(super) parents: Vec<&'a str>,
    /// Whether what is not sent stays as it is, so that the definition's needs are those of a whole.
    pub(super) partial: bool,
    /// How many types the walk is in that come back as well, and can say of no member that it must be sent.
    given: usize,
    /// Members that the outermost object may have beside those of the type.
    around: &'a [String],
    /// The differences of this API.
    pub(super) found: Vec<Difference>,
    /// What the definition has for types with a name, where something comes back.
    pub(super) uses: BTreeMap<String, Vec<Object>>,
    /// The members that the definition takes of types that are sent, by the type that says them.
    pub(super) taken: BTreeSet<(String, String)>,
}

impl<'a> Walk<'a> {
    /// A walk that begins.
    pub(super) fn new(ours: &'a Ours, api: &'a str, place: &'static str, way: Way, around: &'a [String]) -> Self {
        Self {
            ours,
            api,
            place,
            way,
            parents: Vec::new(),
            partial: false,
            given: 0,
            around,
            found: Vec::new(),
            uses: BTreeMap::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Notes a difference at a path; `of` is the type and the member that it is of.
    pub(super) fn tell(&mut self, path: &str, of: Option<(&str, &str)>, fact: Fact) {
        let own = if path.is_empty() { self.place.to_owned() } else { format!("{} {path}", self.place) };
        let mut difference = Difference::of_api(self.api, own, fact);
        if let Some((name, member)) = of {
            let of_types = self.ours.family(name).into_iter().map(|name| format!("type {name}.{member}"));
            match self.way {
                // What comes back is told of the type, for all that give it.
                Way::Read => {
                    difference.keys.splice(0..0, of_types);
                    difference.about = About::Type(name.to_owned());
                }
                Way::Text | Way::Sent => difference.keys.extend(of_types),
            }
        } else if !path.contains('.') {
            difference.keys.extend(self.parents.iter().map(|name| format!("type {name}.{path}")));
        }
        self.found.push(difference);
    }

    /// Compares a value; `of` is the type and the member that it is.
    pub(super) fn value(&mut self, ty: &'a Type, of: Option<(&str, &str)>, shape: &Shape, path: &str) {
        match (ty, shape) {
            (Type::List { item, max }, Shape::List(theirs, most)) => {
                if let Some(fact) = values::length(*max, *most, self.way) {
                    self.tell(path, of, fact);
                }
                let partial = std::mem::replace(&mut self.partial, false);
                self.value(item, of, theirs, path);
                self.partial = partial;
            }
            (Type::Map, Shape::Object(object)) if !object.members.is_empty() => {
                let names: Vec<&str> = object.members.iter().map(|member| member.name.as_str()).collect();
                let words = format!("the definition names its members: {}; here `map`", short(&names));
                self.tell(path, of, Fact::lack(Aspect::Type, words));
            }
            (Type::Record(name), Shape::Object(object)) => {
                let Some(record) = self.ours.connector.types.get(name) else { return };
                if self.way == Way::Read {
                    self.uses.entry(name.clone()).or_default().push(object.clone());
                }
                let given = usize::from(self.ours.is_given(name));
                self.given += given;
                self.members(&record.fields, Some(name), object, path);
                self.given -= given;
            }
            (Type::Object(record), Shape::Object(object)) => self.members(&record.fields, None, object, path),
            _ => {
                let fact = values::difference(&self.ours.connector, ty, shape, self.way);
                fact.into_iter().for_each(|fact| self.tell(path, of, fact));
            }
        }
    }

    /// Compares the members of an object. What comes back as a type with a name is asked for its names later, when all
    /// its uses are known.
    pub(super) fn members(&mut self, fields: &'a [Field], name: Option<&'a str>, object: &Object, path: &str) {
        let names_later = self.way == Way::Read && name.is_some();
        for field in fields {
            let at = joined(path, &field.name);
            let of = name.map(|name| (name, field.name.as_str()));
            match object.member(&field.name) {
                Some(member) => {
                    self.note_taken(name, path, &field.name);
                    self.member(field, member, of, &at);
                }
                None if names_later => {}
                None => self.tell(&at, of, Fact::wrong(Aspect::Presence, "the definition has no such member")),
            }
        }
        if names_later {
            return;
        }
        let is_known = |member: &Member| fields.iter().any(|field| field.name == member.name);
        let is_around = |member: &Member| path.is_empty() && self.around.contains(&member.name);
        let missing: Vec<&Member> =
            object.members.iter().filter(|member| !is_known(member) && !is_around(member)).collect();
        for member in missing {
            let of = name.map(|name| (name, member.name.as_str()));
            let required = member.required && !self.partial && self.given == 0;
            self.tell(&joined(path, &member.name), of, lacking(&Member { required, ..member.clone() }));
        }
    }

    /// Notes that the definition takes a member of a type, or of those that the body takes over in place.
    fn note_taken(&mut self, name: Option<&'a str>, path: &str, member: &str) {
        if self.way != Way::Sent {
            return;
        }
        let outermost = self.parents.clone().into_iter().filter(|_| path.is_empty());
        for name in name.into_iter().chain(outermost) {
            if self.ours.connector.types.get(name).is_some_and(|record| record.field(member).is_some()) {
                self.taken.insert((self.ours.declares(name, member).to_owned(), member.to_owned()));
            }
        }
    }

    fn member(&mut self, field: &'a Field, theirs: &Member, of: Option<(&str, &str)>, at: &str) {
        if self.way == Way::Sent {
            let always = field.required || field.default.is_some() || field.constant.is_some();
            // The id of an object in another is marked since it tells entries apart.
            let is_key = field.ty == Type::Id && at.contains('.');
            if field.required && !theirs.required && !is_key {
                self.tell(at, of, Fact::wrong(Aspect::Required, "the definition does not require it"));
            }
            if theirs.required && !always && !self.partial && self.given == 0 {
                self.tell(at, of, Fact::wrong(Aspect::Required, "the definition requires it"));
            }
            if let Some(value) = &field.constant {
                let fact = if value.is_null() { None } else { constant(value, &theirs.shape) };
                fact.into_iter().for_each(|fact| self.tell(at, of, fact));
                return;
            }
        }
        self.value(&field.ty, of, &theirs.shape, at);
    }
}
