//! Lists within a record of what is at home in a collection of its own: the tickets of a contact, the tags of a ticket.

use zoho_connector::Type;
use zoho_connector::types::Field;

use super::{Action, Catalog, Ids, Kind, KindOrigin, Plan};
use crate::hosts::Segment;
use crate::seed::plain;

/// A list within a record of what is at home elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    /// The kind of the collection where its records are at home.
    pub(crate) home: usize,
    pub(crate) tie: Tie,
}

/// What tells that a record is in such a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tie {
    /// This member of it points at the record that has the list.
    Member(String),
    /// Nothing in either record: the two are linked.
    Link,
}

impl Catalog {
    /// How a list has its records, where they are at home elsewhere.
    pub(crate) fn view(&self, kind: usize) -> Option<&View> {
        self.views.get(&kind)
    }

    /// Notes the lists of what is at home elsewhere. One in which records are made or changed is a home of its own.
    pub(super) fn note_views(&mut self) {
        let written: Vec<usize> =
            self.plans.values().filter(|plan| makes(&plan.action)).filter_map(|p| p.kind).collect();
        let views = (0..self.kinds.len()).filter(|position| !written.contains(position));
        self.views = views.filter_map(|position| Some((position, self.view_at(position)?))).collect();
    }

    fn view_at(&self, position: usize) -> Option<View> {
        let kind =
            self.kind(position).filter(|kind| !kind.type_name.is_empty() && kind.origin == KindOrigin::Seeded)?;
        let is_id = |segment: &Segment| matches!(segment, Segment::Value(name) if kind.ids.contains(name));
        let last = kind.segments.iter().rposition(is_id)?;
        let Some(Segment::Value(id)) = kind.segments.get(last) else { return None };
        let parent = self.at(&kind.base, kind.segments.get(..last)?).or_else(|| self.keyed(id))?;
        // One who follows, watches or owns is one of those who work with the account.
        let elsewhere = |home: &usize| *home != position && self.kind(*home).is_some_and(Kind::stands_alone);
        let home = self.home(&kind.type_name).filter(elsewhere);
        let home = home.or_else(|| self.hint(&kind.type_name).role().filter(elsewhere));
        let home = home.or_else(|| self.linked(position).filter(elsewhere))?;
        let fields = &self.kind(home)?.record.fields;
        let tie = self.pointing(fields, id, parent).filter(|_| home != parent);
        Some(View { home, tie: tie.map_or(Tie::Link, Tie::Member) })
    }

    /// The collection of what is linked in a list, by the name of the ids that it is linked by: the users for `userIds`.
    fn linked(&self, position: usize) -> Option<usize> {
        let of_list = |plan: &&Plan| plan.kind == Some(position) && matches!(plan.action, Action::Link(_));
        let targets = self.plans.values().filter(of_list).filter_map(|plan| match &plan.ids {
            Ids::Place(place) => {
                let last = place.inner.iter().rev().find(|part| *part != "*").unwrap_or(&place.name);
                self.hint(last).target
            }
            _ => None,
        });
        targets.min()
    }

    /// The member by which a record points at one of a collection: that of the name in the path, or one whose name means
    /// such records.
    fn pointing(&self, fields: &[Field], id: &str, parent: usize) -> Option<String> {
        let is_id = |field: &&Field| match &field.ty {
            Type::List { item, .. } => **item == Type::Id,
            ty => *ty == Type::Id,
        };
        let ids = || fields.iter().filter(is_id);
        let named = ids().find(|field| plain(&field.name) == plain(id) && id != "id");
        let meant = || ids().find(|field| self.hint(&field.name).target == Some(parent));
        named.or_else(meant).map(|field| field.name.clone())
    }
}

impl Kind {
    /// Whether its records lie within no other.
    fn stands_alone(&self) -> bool {
        self.ids.is_empty() && !self.segments.is_empty() && self.origin == KindOrigin::Seeded
    }
}

/// Whether an action needs a collection whose records are its own.
fn makes(action: &Action) -> bool {
    !matches!(action, Action::List | Action::Count | Action::Link(_))
}
