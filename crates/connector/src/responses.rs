//! How replies are judged: where records are, what success is, and which kind of failure an answer means.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::path::ReplyPath;

/// The rules that judge a reply, complete for one API.
///
/// A reply is judged in this order: `outcomes`, `empty`, `success` (which narrows the 2xx), error. What fits none is
/// an error, never an empty list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResponseRules {
    /// Where a list's records are; several paths are joined.
    pub records: Vec<ReplyPath>,
    /// The form that the entries of a list come in.
    pub records_form: RecordForm,
    /// Where the one record is.
    pub record: Option<ReplyPath>,
    /// The form that the one record comes in.
    pub record_form: RecordForm,
    /// What a 2xx must also be like to be a success.
    pub success: Option<Vec<Condition>>,
    /// The answers that mean "nothing there".
    pub empty: Vec<Condition>,
    /// Where an error says what it says.
    pub error: ErrorShape,
    /// The results of each record of a bulk request.
    pub outcomes: Option<Outcomes>,
    /// The service's answers, sorted into kinds of failure; tried in order.
    pub classify: Vec<(FailureKind, Condition)>,
    /// Whether the service refuses query parameters that it does not know.
    pub refuses_unknown_parameters: bool,
}

/// The form that records come in, where it is not one object a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum RecordForm {
    /// As they are.
    #[default]
    Plain,
    /// The members of this member are lifted beside the others (JSON:API's `attributes`); a lifted one wins.
    Lifted(String),
    /// Each entry is an object whose keys are the ids of the records that stand behind them.
    Keyed {
        /// The member that the key becomes, where the record lacks it.
        key: String,
        /// The position of the record, where a list stands behind the key.
        each: Option<usize>,
    },
    /// Rows of values by id, and a map that says which column is which member.
    Columns {
        /// Where the map of columns is, from the whole reply.
        columns: ReplyPath,
        /// The member that the row's id becomes.
        key: String,
        /// Where the order of the ids is, from the whole reply.
        order: Option<ReplyPath>,
    },
}

/// Where an error says its code, its message and the field that is at fault; the first path that is there counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ErrorShape {
    /// The code.
    pub code: Vec<ReplyPath>,
    /// The message.
    pub message: Vec<ReplyPath>,
    /// The field at fault.
    pub field: Vec<ReplyPath>,
}

/// The results of each record of a bulk request. The paths start at an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcomes {
    /// The list of entries, from the whole reply.
    pub at: ReplyPath,
    /// What an entry of success is like.
    pub success: Vec<Condition>,
    /// The record of an entry.
    pub record: Option<ReplyPath>,
    /// The code, message and field of an entry.
    pub error: ErrorShape,
    /// The id of an entry; where it is not said, that of its record.
    pub id: Option<ReplyPath>,
    /// What an entry of success is like whose record is new.
    pub created: Vec<Condition>,
    /// What one is like whose record was changed.
    pub updated: Vec<Condition>,
    /// What one is like whose record was so already.
    pub unchanged: Vec<Condition>,
}

/// The kinds of failure: a closed list, each with one behaviour and one cure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// The token is missing or dead: it is refreshed once, then this is reported.
    Unauthenticated,
    /// The token lacks a scope.
    MissingScope,
    /// The organisation is not the token's, or is missing.
    WrongOrganization,
    /// The user may not do this.
    Forbidden,
    /// The organisation's edition does not include this.
    NotInEdition,
    /// There is no such thing.
    NotFound,
    /// The request is wrong.
    Invalid,
    /// It is already there, or has changed meanwhile.
    Conflict,
    /// The body or the file is too large.
    TooLarge,
    /// Too many calls at this moment: waiting briefly helps.
    Busy,
    /// Shut out for a while: trying prolongs it.
    LockedOut,
    /// The day's quota is spent.
    QuotaSpent,
    /// The service does not answer properly.
    Unavailable,
}

impl FailureKind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::Unauthenticated,
        Self::MissingScope,
        Self::WrongOrganization,
        Self::Forbidden,
        Self::NotInEdition,
        Self::NotFound,
        Self::Invalid,
        Self::Conflict,
        Self::TooLarge,
        Self::Busy,
        Self::LockedOut,
        Self::QuotaSpent,
        Self::Unavailable,
    ];

    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::MissingScope => "missing_scope",
            Self::WrongOrganization => "wrong_organization",
            Self::Forbidden => "forbidden",
            Self::NotInEdition => "not_in_edition",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::TooLarge => "too_large",
            Self::Busy => "busy",
            Self::LockedOut => "locked_out",
            Self::QuotaSpent => "quota_spent",
            Self::Unavailable => "unavailable",
        }
    }

    /// What the kind means, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Unauthenticated => "The token is missing or dead: it is refreshed once, then this is reported.",
            Self::MissingScope => "The token lacks a scope.",
            Self::WrongOrganization => "The organisation is not the token's, or is missing.",
            Self::Forbidden => "The user may not do this.",
            Self::NotInEdition => "The organisation's edition does not include this.",
            Self::NotFound => "There is no such thing.",
            Self::Invalid => "The request is wrong.",
            Self::Conflict => "It is already there, or has changed meanwhile.",
            Self::TooLarge => "The body or the file is too large.",
            Self::Busy => "Too many calls at this moment: waiting briefly helps.",
            Self::LockedOut => "Shut out for a while: trying prolongs it.",
            Self::QuotaSpent => "The day's quota is spent.",
            Self::Unavailable => "The service does not answer properly.",
        }
    }

    /// The first guess from an HTTP status, where the connector says nothing.
    pub fn guess(status: u16) -> Option<Self> {
        Some(match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            409 | 412 => Self::Conflict,
            413 => Self::TooLarge,
            429 => Self::Busy,
            400..=499 => Self::Invalid,
            500..=599 => Self::Unavailable,
            _ => return None,
        })
    }
}

impl std::fmt::Display for FailureKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The entries of `classify` of one place, in the order written.
pub type Classify = IndexMap<FailureKind, Vec<Condition>>;

#[cfg(test)]
mod tests {
    use super::FailureKind;

    #[test]
    fn serde_and_display_use_one_word() {
        for kind in FailureKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
