//! What each API does, by its effect, or else by its verb and path.

use zoho_connector::jobs::{Effect, EffectAction};
use zoho_connector::{Api, Connector, Location, Returns, Type, Verb};

use super::{Action, Catalog, Ids, Link, Plan, same_shape};
use crate::hosts::Segment;
use crate::routes::place_of;
use crate::service::CRITERIA;

impl Catalog {
    pub(super) fn make_plan(&self, connector: &Connector, api: &Api) -> Plan {
        let segments = place_of(api);
        let ids = last_value(&segments).map_or(Ids::None, |(name, _)| Ids::Path(name));
        let plan = |action, kind, ids| Plan { action, kind, ids };
        if let Some(effect) = api.effect.as_ref().filter(|_| api.job.is_none()) {
            let linked = matches!(effect.action, EffectAction::Link | EffectAction::Unlink);
            if linked {
                let ids = effect.ids.clone().map_or(Ids::None, Ids::Place);
                return plan(effect_action(api, effect), self.linking(api, effect, &segments), ids);
            }
            if effect.action == EffectAction::Count {
                return plan(Action::Count, self.written(&segments).or_else(|| self.home(&effect.of)), Ids::None);
            }
            let ids = effect.ids.clone().map_or(ids, Ids::Place);
            let ids = if effect.like.is_empty() { ids } else { Ids::Matching };
            return plan(effect_action(api, effect), self.home(&effect.of), ids);
        }
        if let Some(job) = &api.job {
            let polled = connector.api(&job.poll).map(place_of);
            return plan(Action::Start, polled.and_then(|path| self.at(&api.base, path.split_last()?.1)), Ids::None);
        }
        let (last, before) = match segments.split_last() {
            Some((last, before)) => (last, before),
            None => return plan(Action::Nothing, None, Ids::None),
        };
        let by_id = matches!(last, Segment::Value(_)).then(|| self.reached(&api.base, before)).flatten();
        let whole = self.written(&segments).or_else(|| self.alias(&api.base, &segments));
        match (api.verb, &api.returns) {
            (_, Returns::File) => plan(Action::Download, self.of_last_value(&api.base, &segments), ids),
            (Verb::Get, Returns::Many(_)) => plan(Action::List, whole, Ids::None),
            (Verb::Post, Returns::Many(_)) if api.paginate.is_some() => plan(Action::Query, whole, Ids::None),
            (Verb::Get, Returns::One(ty)) if by_id.is_some_and(|kind| self.is_of(ty, kind)) => {
                plan(Action::Read, by_id, ids)
            }
            (Verb::Get, Returns::One(_)) => self.single(&api.base, &segments),
            (Verb::Put | Verb::Patch | Verb::Delete, _) if whole.is_some() && by_id.is_none() && has_criteria(api) => {
                let action = if api.verb == Verb::Delete { Action::Delete } else { Action::Update };
                plan(action, whole, Ids::Matching)
            }
            (Verb::Post, _) if whole.is_some() && by_id.is_none() => plan(Action::Create, whole, Ids::None),
            (Verb::Put | Verb::Patch, _) if by_id.is_some() => plan(Action::Update, by_id, ids),
            (Verb::Delete, _) if by_id.is_some() => plan(Action::Delete, by_id, ids),
            (_, Returns::One(_)) => plan(Action::Single, self.of_last_value(&api.base, &segments), ids),
            _ => plan(Action::Nothing, self.of_last_value(&api.base, &segments), ids),
        }
    }

    /// The collection of the records whose lists change, where they are named beside the path; else the list that the
    /// path's record has.
    fn linking(&self, api: &Api, effect: &Effect, segments: &[Segment]) -> Option<usize> {
        if effect.within.is_some() {
            return (1..segments.len()).rev().find_map(|length| self.at(&api.base, segments.get(..length)?));
        }
        // What is linked may stand in the path itself: behind the list that it goes into.
        let linked = effect.ids.as_ref().filter(|place| place.location == Location::Path).map(|place| &place.name);
        let is_linked = |segment: &Segment| matches!(segment, Segment::Value(name) if Some(name) == linked);
        let end = segments.iter().rposition(is_linked).unwrap_or(segments.len());
        let segments = segments.get(..end)?;
        let own = |position: &usize| self.kind(*position).is_some_and(|kind| kind.type_name == effect.of);
        let (_, value) = last_value(segments)?;
        let record = segments.get(..=value)?;
        let within = |kind: &super::Kind| {
            let front = kind.segments.get(..record.len());
            kind.type_name == effect.of
                && kind.segments.len() > record.len()
                && front.is_some_and(|f| same_shape(f, record))
        };
        self.written(segments).filter(own).or_else(|| self.kinds.iter().position(within))
    }

    /// Whether a type tells of a collection's records: not where it is an object of its own with another key.
    fn is_of(&self, ty: &Type, kind: usize) -> bool {
        let (Type::Object(object), Some(kind)) = (ty, self.kind(kind)) else { return true };
        object.key().is_none_or(|key| kind.record.field(&key.name).is_some())
    }

    /// A GET of one thing that no id tells apart: the number of a collection's records, or the one thing there is.
    fn single(&self, base: &str, segments: &[Segment]) -> Plan {
        let counts = matches!(segments.last(), Some(Segment::Literal(word)) if word == "count");
        let counted =
            (1..segments.len()).rev().find_map(|length| self.at(base, segments.get(..length)?)).filter(|_| counts);
        match counted {
            Some(kind) => Plan { action: Action::Count, kind: Some(kind), ids: Ids::None },
            None => {
                let ids = last_value(segments).map_or(Ids::None, |(name, _)| Ids::Path(name));
                Plan { action: Action::Single, kind: self.of_last_value(base, segments), ids }
            }
        }
    }

    /// The collection that the last value of a path is an id of.
    fn of_last_value(&self, base: &str, segments: &[Segment]) -> Option<usize> {
        let (name, position) = last_value(segments)?;
        self.reached(base, segments.get(..position)?).or_else(|| self.keyed(&name))
    }
}

fn effect_action(api: &Api, effect: &Effect) -> Action {
    match effect.action {
        EffectAction::List => Action::List,
        EffectAction::Read if api.returns == Returns::File => Action::Download,
        EffectAction::Read => Action::Read,
        EffectAction::Create => Action::Create,
        EffectAction::Update => Action::Update,
        EffectAction::Upsert => Action::Upsert { matching: effect.matching.clone() },
        EffectAction::Trash => Action::Trash,
        EffectAction::Delete => Action::Delete,
        EffectAction::Set => Action::Set(effect.to.clone()),
        EffectAction::Count => Action::Count,
        EffectAction::Link | EffectAction::Unlink => Action::Link(Link {
            of: effect.of.clone(),
            within: effect.within.clone(),
            out: effect.action == EffectAction::Unlink,
        }),
    }
}

/// Whether an API is for the records that fit criteria.
fn has_criteria(api: &Api) -> bool {
    api.parameters.iter().any(|parameter| parameter.name == CRITERIA)
}

/// The last name in a path, and where it stands.
fn last_value(segments: &[Segment]) -> Option<(String, usize)> {
    let position = segments.iter().rposition(|segment| !matches!(segment, Segment::Literal(_)))?;
    match segments.get(position)? {
        Segment::Value(name) | Segment::Mixed(_, name, _) => Some((name.clone(), position)),
        Segment::Literal(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use zoho_connector::{library::files_of, load::read};

    use super::*;

    /// What an API does, and to which collection: `Read /tickets by ticketId`.
    fn plan_of(catalog: &Catalog, api: &str) -> String {
        let plan = catalog.plan(api).unwrap();
        let action = format!("{:?}", plan.action);
        let kind = plan.kind.and_then(|kind| catalog.kind(kind)).map_or("-".to_owned(), |kind| {
            let text = |segment: &Segment| match segment {
                Segment::Literal(text) => format!("/{text}"),
                Segment::Value(name) | Segment::Mixed(_, name, _) => format!("/{{{name}}}"),
            };
            kind.segments.iter().map(text).collect()
        });
        let ids = match &plan.ids {
            Ids::None => String::new(),
            Ids::Matching => " by criteria".to_owned(),
            Ids::Path(name) => format!(" by {name}"),
            Ids::Place(place) => format!(" by {place}"),
        };
        format!("{} {kind}{ids}", action.split([' ', '(']).next().unwrap_or_default())
    }

    #[test]
    fn every_api_works_on_the_collection_that_it_should() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors");
        for (connector, api, plan) in [
            ("desk", "tickets.list", "List /tickets"),
            ("desk", "tickets.search", "List /tickets"),
            ("desk", "tickets.get", "Read /tickets by ticketId"),
            ("desk", "tickets.create", "Create /tickets"),
            ("desk", "tickets.update", "Update /tickets by ticketId"),
            ("desk", "tickets.trash", "Trash /tickets by body ticketIds"),
            ("desk", "tickets.empty_spam", "Delete /tickets by criteria"),
            ("desk", "tickets.close_many", "Set /tickets by body ids"),
            ("desk", "tickets.mark_as_read", "Set /tickets by ticketId"),
            ("desk", "tickets.comments.create", "Create /tickets/{ticketId}/comments"),
            ("desk", "tickets.comments.delete", "Delete /tickets/{ticketId}/comments by commentId"),
            ("desk", "tickets.attachments.download", "Download /tickets/{ticketId}/attachments by attachmentId"),
            ("desk", "tickets.tags.add", "Link /tickets/{ticketId}/tags by body tags"),
            ("desk", "contacts.accounts.remove_one", "Link /contacts/{contactId}/accounts by path accountId"),
            ("desk", "accounts.slas.add", "Link /accounts/{accountId}/sla by path slaId"),
            ("desk", "agents.get_by_email", "Read /agents by emailId"),
            ("desk", "articles.translations.trash", "Trash /articles/{articleId}/translations by locale"),
            ("desk", "bulk_export.create", "Start /bulkExport"),
            ("crm", "records.list", "List /{module}"),
            ("crm", "records.unlink", "Link /{module}/{record_id}/{related_list} by query ids"),
            ("crm", "tags.add", "Link /{module} by body tags.*.name"),
            ("crm", "bulk_write.create", "Start /write"),
            ("crm", "records.upsert", "Upsert /{module} by module"),
            ("crm", "records.update", "Update /{module} by body data.*.id"),
            ("crm", "records.delete", "Trash /{module} by query ids"),
            ("crm", "records.count", "Count /{module}"),
            ("crm", "records.related", "List /{module}/{record_id}/{related_list}"),
            ("crm", "attachments.download", "Download /{module}/{record_id}/Attachments by path id"),
            ("crm", "bulk_read.create", "Start /read"),
            ("crm", "bulk_read.get", "Read /read by id"),
            ("crm", "bulk_read.result", "Download /read by id"),
            ("crm", "coql.query", "Query -"),
            ("crm", "org.get", "Single -"),
            ("crm", "leads.convert", "Nothing /{module} by id"),
            ("sign.yaml", "requests.update", "Update /requests by request_id"),
            ("sign.yaml", "requests.delete", "Trash /requests by request_id"),
            ("sign.yaml", "requests.download", "Download /requests by request_id"),
            ("sign.yaml", "requests.field_data", "Single /requests by request_id"),
            ("sign.yaml", "documents.download", "Download - by document_id"),
            ("sprints.yaml", "items.count", "Count /team/{team}/projects/{projectId}/sprints/{sprintId}/item"),
        ] {
            let catalog = Catalog::new(&read(&files_of(&folder.join(connector)).unwrap()).unwrap());
            assert_eq!(plan_of(&catalog, api), plan, "{connector} {api}");
        }
    }
}
