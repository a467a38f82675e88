//! Checks above the schema: each looks at a resolved connector for one kind of fault.
//!
//! A check is a file of its own. The comment at its head is its page in the documentation: what it does, why, an
//! example that it refuses and one that it accepts, both of which tests run.

mod bad_example;
mod batch_without_size;
mod choice_of_types;
mod endless_pages;
mod file_in_json;
mod foreign_host;
mod incremental_field;
mod literal_region;
mod no_records;
mod no_scopes;
mod reading_post;
mod required_default;
mod same_request;
mod size_not_sent;
mod unclear_difference;
mod unused_type;
mod urls;
mod walk;
mod wrong_file;

use crate::connector::Connector;
use crate::definition::ApiDefinition;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::{LeftOut, ReadFile};

/// What a check looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The connector, resolved as far as it could be.
    pub connector: &'a Connector,
    /// Its files, as written.
    pub files: &'a [ReadFile],
    /// What was left out: nothing is to be said that only follows from its absence.
    pub left_out: &'a LeftOut,
}

impl<'a> Subject<'a> {
    /// An API as written.
    fn written(&self, name: &str) -> Option<&'a ApiDefinition> {
        self.files.iter().find_map(|file| file.definition.apis.as_ref()?.get(name))
    }
}

/// A check: reports what it finds.
type Check = fn(&Subject<'_>, &mut Vec<Diagnostic>);

/// All checks, in the order of their codes.
const CHECKS: [Check; 17] = [
    literal_region::check,
    foreign_host::check,
    unused_type::check,
    choice_of_types::check,
    no_records::check,
    size_not_sent::check,
    endless_pages::check,
    no_scopes::check,
    same_request::check,
    reading_post::check,
    required_default::check,
    file_in_json::check,
    batch_without_size::check,
    incremental_field::check,
    bad_example::check,
    wrong_file::check,
    unclear_difference::check,
];

/// Runs all checks.
pub fn check(subject: &Subject<'_>, faults: &mut Vec<Diagnostic>) {
    for check in CHECKS {
        check(subject, faults);
    }
}

/// Whether a type may have members that are not known, since something that it takes over is missing.
fn members_are_unsure(subject: &Subject<'_>, faults: &[Diagnostic]) -> bool {
    let missing = |fault: &Diagnostic| matches!(fault.code, Code::UnknownType | Code::TypeCycle);
    subject.left_out.lacks("members") || faults.iter().any(missing)
}
