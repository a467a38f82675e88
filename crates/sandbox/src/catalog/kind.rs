//! Kinds of collections.

use std::collections::{BTreeMap, BTreeSet};

use zoho_connector::Type;
use zoho_connector::types::RecordType;

use crate::hosts::Segment;
use crate::seed::{Meaning, meaning_of};

/// A kind of collection: the comments of a ticket, for whichever ticket.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    /// The base that its path is below.
    pub(crate) base: String,
    /// Its path, with names where a call fills in values; empty where no path leads to it.
    pub(crate) segments: Vec<Segment>,
    /// The names in the path that are ids of other records.
    pub(crate) ids: BTreeSet<String>,
    /// The name of its records' type, where the type has one.
    pub(crate) type_name: String,
    pub(crate) record: RecordType,
    /// The member that tells records apart.
    pub(crate) key: Option<String>,
    /// Other members by which paths tell records apart (the language of a translation), each with the values that
    /// examples have for it.
    pub(crate) told: BTreeMap<String, Vec<String>>,
    /// Members that records have although the type does not name them: those of the connector's examples. Only a
    /// collection whose path ends in a name that a caller chooses (a module) has them.
    pub(crate) extra: Option<Vec<String>>,
    pub(crate) origin: KindOrigin,
    /// The name of what its list must be asked for in the query, where that is a name which paths have: the tags of a
    /// module. There is one such collection for each value.
    pub(crate) scope: Option<String>,
    /// Whether its list comes in pages.
    pub(crate) paginated: bool,
}

impl Kind {
    /// The names that its records have, where they are those that a path can have in a place.
    pub(crate) fn named(&self) -> Option<&[String]> {
        if let KindOrigin::Names(names) = &self.origin { Some(names) } else { None }
    }

    /// What its records are called, where that is what tells them apart: a report by its link name.
    pub(crate) fn names(&self) -> Option<&[String]> {
        match (&self.origin, &self.key) {
            (KindOrigin::Names(names), Some(key)) if meaning_of(key) == Meaning::Name => Some(names),
            _ => None,
        }
    }
}

/// Where the records of a collection come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KindOrigin {
    /// They are there from the start.
    Seeded,
    /// They are what a value of a connection is chosen from.
    Choices,
    /// They name what a path can have in a place: modules.
    Names(Vec<String>),
    /// They are jobs, which only callers make.
    Jobs,
    /// Callers make them, and choose their keys.
    Chosen,
    /// They tell which records of the collection of this kind were thrown away.
    Remains(usize),
}

pub(super) fn kind_of(
    base: &str,
    segments: Vec<Segment>,
    ids: BTreeSet<String>,
    type_name: String,
    record: RecordType,
) -> Kind {
    let key = record
        .key()
        .or_else(|| record.fields.iter().find(|field| field.ty == Type::Id))
        .map(|field| field.name.clone());
    Kind {
        base: base.to_owned(),
        segments,
        ids,
        type_name,
        key,
        told: BTreeMap::new(),
        record,
        extra: None,
        scope: None,
        origin: KindOrigin::Seeded,
        paginated: false,
    }
}
