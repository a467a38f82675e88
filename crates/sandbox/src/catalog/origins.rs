//! Where the records of each collection come from.

use serde_json::Value;
use zoho_connector::sample::given;
use zoho_connector::{Api, Connector, Location, Parameter, Type};

use super::{Action, Catalog, Ids, Kind, KindOrigin};
use crate::hosts::Segment;
use crate::seed::{Meaning, meaning_of};

impl Catalog {
    pub(super) fn mark_origins(&mut self, connector: &Connector) {
        let at = |catalog: &Self, api: &str| catalog.plan(api).and_then(|plan| plan.kind);
        for value in connector.connection.values() {
            if let Some(kind) = value.discover.as_deref().and_then(|api| at(self, api)) {
                self.set_origin(kind, KindOrigin::Choices);
            }
        }
        for api in connector.apis.values() {
            if let Some(kind) = api.job.as_ref().and_then(|_| at(self, &api.name)) {
                self.set_origin(kind, KindOrigin::Jobs);
            }
        }
        for (name, values) in self.named.clone() {
            let is_of = |type_name: &str| type_name.eq_ignore_ascii_case(&name.replace('_', ""));
            let known = self.homes.iter().find(|(type_name, _)| is_of(type_name)).map(|(_, kind)| *kind);
            let known = known.or_else(|| self.listing(&name)).filter(|_| !values.is_empty());
            if let Some(kind) = known {
                self.set_origin(kind, KindOrigin::Names(values));
            }
        }
    }

    /// Where a new record must be sent with its key, callers choose the keys of all.
    pub(super) fn mark_chosen(&mut self, connector: &Connector) {
        for api in connector.apis.values() {
            let Some(plan) = self.plan(&api.name).filter(|plan| plan.action == Action::Create) else { continue };
            let Some(kind) = plan.kind.filter(|kind| {
                let kind = self.kind(*kind).filter(|kind| kind.origin == KindOrigin::Seeded);
                kind.and_then(|kind| kind.key.as_deref()).is_some_and(|key| sends(connector, api, key))
            }) else {
                continue;
            };
            self.set_origin(kind, KindOrigin::Chosen);
        }
    }

    /// A name in a path that is a member of the records which it leads to tells them apart, beside their key.
    pub(super) fn mark_told(&mut self, connector: &Connector) {
        for api in connector.apis.values() {
            let Some(plan) = self.plan(&api.name) else { continue };
            let (Some(position), Ids::Path(name)) = (plan.kind, plan.ids.clone()) else { continue };
            let is_it = |parameter: &&Parameter| parameter.ty != Type::Id && parameter.is_in_path_as(&name);
            let Some(parameter) = api.parameters.iter().find(is_it) else { continue };
            let tells = |kind: &Kind| {
                let is_other = kind.key.as_ref() != Some(&name) && kind.record.field(&name).is_some();
                is_other && kind.origin == KindOrigin::Seeded
            };
            if let Some(kind) = self.kinds.get_mut(position).filter(|kind| tells(kind)) {
                let values = kind.told.entry(name).or_default();
                let example = given(api, parameter).and_then(Value::as_str).map(str::to_owned);
                values.extend(example.filter(|example| !values.contains(example)));
            }
        }
    }

    /// The collection without ids in its path whose records have a name of this name: the forms for `formLinkName`.
    fn listing(&self, name: &str) -> Option<usize> {
        let tells = |kind: &Kind| {
            let is_text = kind.record.field(name).is_some_and(|field| field.ty == Type::String);
            is_text && kind.ids.is_empty() && meaning_of(name) == Meaning::Name
        };
        self.kinds.iter().position(tells)
    }

    /// A list called `deleted` below a collection is of what was thrown away there.
    pub(super) fn mark_remains(&mut self) {
        for position in 0..self.kinds.len() {
            let Some(kind) = self.kinds.get(position) else { continue };
            let Some((Segment::Literal(last), before)) = kind.segments.split_last() else { continue };
            if last == "deleted"
                && let Some(of) = self.at(&kind.base, before)
            {
                self.set_origin(position, KindOrigin::Remains(of));
            }
        }
    }

    /// The list of what was thrown away of a collection.
    pub(crate) fn remains_of(&self, kind: usize) -> Option<usize> {
        self.kinds.iter().position(|other| other.origin == KindOrigin::Remains(kind))
    }

    /// Where a type describes fields, those of a record whose fields a caller's account decides.
    pub(super) fn mark_fields(&mut self) {
        let described = self.kinds.iter().filter(|kind| kind.extra.is_some()).min_by_key(|kind| kind.segments.len());
        let names = described.map(|kind| {
            let declared = kind.record.fields.iter().map(|field| field.name.clone());
            declared.chain(kind.extra.iter().flatten().cloned()).collect()
        });
        if let (Some(kind), Some(names)) = (self.home("Field"), names) {
            self.set_origin(kind, KindOrigin::Names(names));
        }
    }

    fn set_origin(&mut self, kind: usize, origin: KindOrigin) {
        if let Some(kind) = self.kinds.get_mut(kind) {
            kind.origin = origin;
        }
    }
}

/// Whether an API must be given a member of what it makes: as an argument in the body, or in each entry of a list that is
/// all the body has. A list beside other arguments holds parts of what is made, whose members are their own.
fn sends(connector: &Connector, api: &Api, name: &str) -> bool {
    let body: Vec<&Parameter> = api.parameters.iter().filter(|parameter| parameter.is_at(Location::Body)).collect();
    if let [Parameter { ty: Type::List { item, .. }, .. }] = body[..] {
        let object = connector.object(item);
        return object.and_then(|object| object.field(name)).is_some_and(|field| field.required);
    }
    body.iter()
        .any(|parameter| parameter.name == name && parameter.required && !matches!(parameter.ty, Type::List { .. }))
}
