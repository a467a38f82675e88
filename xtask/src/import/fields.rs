//! Shared members: what create, update and reply of one thing have in common, as a type that all take over.

use super::apis::Api;
use super::clusters::{Cluster, Clusters, Thing};
use super::draft::type_text;
use crate::definitions::shape::{Member, Object, Shape};

/// Members that the bodies of a thing share.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    /// The name of their type.
    pub(crate) name: String,
    /// The members, none of them required.
    pub(crate) members: Vec<Member>,
    /// The cluster of the record.
    pub(crate) cluster: usize,
    /// The things whose bodies have them.
    pub(crate) things: Vec<Thing>,
    /// Whether the record has them too.
    pub(crate) in_record: bool,
}

impl Fields {
    /// Whether the body of an API takes them over: it makes or changes such a thing, and has all of them.
    pub(crate) fn are_in(&self, api: &Api) -> bool {
        let last = api.named.name.rsplit('.').next().unwrap_or_default();
        let writes =
            api.named.is_thing && ["create", "update", "replace", "upsert"].iter().any(|verb| last.starts_with(verb));
        writes
            && self.things.iter().any(|thing| is_of(thing, api))
            && api.core().is_some_and(|core| holds(core, &self.members))
    }
}

/// The shared members of all things, the largest of a record first.
pub(crate) fn find(apis: &[Api], clusters: &Clusters) -> Vec<Fields> {
    let mut found: Vec<Fields> = Vec::new();
    for (at, cluster) in clusters.list.iter().enumerate() {
        for thing in &cluster.things {
            let Some((members, in_record)) = of_thing(apis, cluster, thing) else { continue };
            let same = found.iter_mut().find(|fields| fields.cluster == at && text(&fields.members) == text(&members));
            match same {
                Some(fields) => fields.things.push(thing.clone()),
                None => found.push(Fields {
                    name: String::new(),
                    members,
                    cluster: at,
                    things: vec![thing.clone()],
                    in_record,
                }),
            }
        }
    }
    found.sort_by_key(|fields| (fields.cluster, !fields.in_record, std::cmp::Reverse(fields.members.len())));
    // A record takes over one type: the largest.
    for at in 1..found.len() {
        let taken = found[..at].iter().any(|fields| fields.cluster == found[at].cluster && fields.in_record);
        found[at].in_record &= !taken;
    }
    found
}

fn of_thing(apis: &[Api], cluster: &Cluster, thing: &Thing) -> Option<(Vec<Member>, bool)> {
    let body = |verbs: &[&str]| {
        let is_meant = |api: &&Api| {
            verbs.iter().any(|verb| api.named.name.ends_with(verb)) && api.named.is_thing && is_of(thing, api)
        };
        apis.iter().find(is_meant).and_then(Api::core)
    };
    shared(
        body(&[".create"]).or_else(|| body(&[".create_many"])),
        body(&[".update"]).or_else(|| body(&[".update_many"])),
        &cluster.object,
    )
}

fn is_of(thing: &Thing, api: &Api) -> bool {
    thing.noun == api.named.noun && thing.owner == api.named.owner && thing.group == api.group()
}

/// The members that go into a type of their own: four fifths of the shorter body, and all of them in the bodies. Whether
/// the record has four fifths of them, too.
fn shared(create: Option<&Object>, update: Option<&Object>, record: &Object) -> Option<(Vec<Member>, bool)> {
    let first = create.or(update)?;
    let bodies = [create, update].into_iter().flatten().count();
    let is_shared = |member: &&Member| match (create, update) {
        (Some(_), Some(update)) => {
            update.member(&member.name).is_some_and(|twin| bare(&twin.shape) == bare(&member.shape))
        }
        _ => record.member(&member.name).is_some_and(|twin| twin.shape.goes_with(&bare(&member.shape))),
    };
    let members: Vec<Member> = first
        .members
        .iter()
        .filter(is_shared)
        .map(|member| Member { required: false, default: None, ..member.clone() })
        .collect();
    let shorter = update.map_or(first.members.len(), |update| update.members.len().min(first.members.len()));
    let is_constant =
        |member: &Member| matches!(&member.shape, Shape::Choice { values, open: false } if values.len() == 1);
    let common = members.iter().filter(|member| record.member(&member.name).is_some()).count();
    let in_record = common * 5 >= members.len() * 4;
    let enough = members.len() > 2 && members.len() * 5 >= shorter * 4 && (in_record || bodies == 2);
    (enough && !members.iter().any(is_constant)).then_some((members, in_record))
}

/// Whether an object has all of some members.
fn holds(object: &Object, members: &[Member]) -> bool {
    members.iter().all(|member| object.member(&member.name).is_some_and(|own| bare(&own.shape) == bare(&member.shape)))
}

fn text(members: &[Member]) -> String {
    type_text(&Shape::Object(Object { hint: None, members: members.to_vec() }))
}

/// A shape without what is required.
pub(crate) fn bare(shape: &Shape) -> Shape {
    match shape {
        Shape::List(item, _) => Shape::List(Box::new(bare(item)), None),
        Shape::Object(object) => Shape::Object(bare_object(object)),
        other => other.clone(),
    }
}

/// An object without what is required.
pub(crate) fn bare_object(object: &Object) -> Object {
    let members = object.members.iter().map(|member| Member::new(&member.name, bare(&member.shape)));
    Object { hint: object.hint.clone(), members: members.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(names: &str, required: &str) -> Object {
        let member = |name: &str| Member {
            required: required.split(' ').any(|own| own == name),
            ..Member::new(name, Shape::String)
        };
        Object { hint: None, members: names.split(' ').map(member).collect() }
    }

    fn names(found: Option<(Vec<Member>, bool)>) -> Option<(String, bool)> {
        found.map(|(members, in_record)| {
            (members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(" "), in_record)
        })
    }

    #[test]
    fn four_fifths_are_enough_and_what_is_required_makes_no_difference() {
        let (create, update, record) = (object("a b c d e", "a"), object("a b c d f", ""), object("id a b c d", "id"));
        let found = names(shared(Some(&create), Some(&update), &record));
        assert_eq!(found, Some(("a b c d".into(), true)));
        assert_eq!(names(shared(Some(&create), Some(&object("a b f g h", "")), &record)), None);
    }

    #[test]
    fn bodies_share_though_the_record_does_not_and_one_body_shares_with_its_record() {
        let (create, other) = (object("a b c", ""), object("id x y", ""));
        assert_eq!(names(shared(Some(&create), Some(&create), &other)), Some(("a b c".into(), false)));
        assert_eq!(names(shared(Some(&create), None, &other)), None);
        assert_eq!(names(shared(Some(&create), None, &object("id a b c", ""))), Some(("a b c".into(), true)));
    }
}
