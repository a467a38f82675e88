//! What goes beyond one request and one reply: jobs, incremental reads, and what an action does.

use indexmap::IndexMap;
use serde_json::Value;

use crate::condition::Condition;
use crate::path::{ReplyPath, RequestPlace};
use crate::responses::Outcomes;
use crate::source::Origin;
use crate::types::Type;

/// A job that an API starts: it is polled until it is done, then its result is fetched where it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Where the reply has the job's id, from the record.
    pub id: ReplyPath,
    /// The API that tells how far it is.
    pub poll: String,
    /// What a finished job is like.
    pub done: Vec<Condition>,
    /// What a failed one is like.
    pub failed: Vec<Condition>,
    /// What one is like that goes on; where it is empty, anything else goes on.
    pub pending: Vec<Condition>,
    /// The API that gives the result.
    pub fetch: Option<String>,
    /// Where the polled reply has the result's address.
    pub url: Option<ReplyPath>,
    /// Where a further job's request takes what is left, and where the polled reply has it.
    pub next: Option<(RequestPlace, ReplyPath)>,
    /// What is in the file at the address; a file that an API gives says it itself.
    pub contains: Option<Contains>,
    /// What the rows of the result are like, where they tell what became of what was sent.
    pub outcomes: Option<Outcomes>,
    /// Where it was written.
    pub origin: Origin,
}

impl Job {
    /// Whether it gives a result beside the state that it ends in.
    pub fn has_result(&self) -> bool {
        self.fetch.is_some() || self.url.is_some()
    }
}

/// What is in a file that holds records.
#[derive(Debug, Clone, PartialEq)]
pub struct Contains {
    /// How the file is made.
    pub form: FileForm,
    /// The type of a record.
    pub ty: Type,
}

/// How a file that holds records is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// Lines of a CSV, the first of which names the members.
    Csv,
    /// CSVs in a zip.
    CsvZip,
}

impl FileForm {
    /// The word of the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::CsvZip => "csv.zip",
        }
    }
}

/// The API that takes files larger than another does.
#[derive(Debug, Clone, PartialEq)]
pub struct Above {
    /// Its name.
    pub api: String,
    /// Its arguments, each with the argument of the other whose value it gets.
    pub arguments: IndexMap<String, String>,
    /// Its argument that has the file's name where nothing else gives it.
    pub name: Option<String>,
    /// Its argument that is a text used once.
    pub unique: Option<String>,
    /// Where it was written.
    pub origin: Origin,
}

/// How only what changed is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Incremental {
    /// The time of change, from the record.
    pub field: ReplyPath,
    /// Where the time goes.
    pub send: Option<RequestPlace>,
    /// How it is written there, with `{since}` and `{until}`.
    pub pattern: Option<String>,
    /// How far one read reaches back into the one before, in seconds.
    pub overlap: Option<u64>,
    /// Another API that does it.
    pub through: Option<String>,
    /// What asks for the records that changed first before the others.
    pub order: Vec<(RequestPlace, Value)>,
    /// Where it was written.
    pub origin: Origin,
}

/// What an action does to which records, where the verb and the path do not say it. The sandbox and the documentation
/// read it; of a bulk write it says the word that each outcome gets, and whether a record is found again (`upsert`).
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// What happens.
    pub action: EffectAction,
    /// The type whose collection it happens to.
    pub of: String,
    /// Where the ids are; the last path parameter unless said.
    pub ids: Option<RequestPlace>,
    /// The members that `set` changes.
    pub to: IndexMap<String, Value>,
    /// Where the names of the members are that decide an `upsert`.
    pub matching: Option<RequestPlace>,
    /// What the records are like that it is for, where no ids name them.
    pub like: IndexMap<String, Value>,
    /// Where the ids are of the records whose lists are changed by linking; the record in the path unless said.
    pub within: Option<RequestPlace>,
    /// Where the handles are of the uploaded files whose rows are the records.
    pub from: Option<RequestPlace>,
}

/// The verbs of `effect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectAction {
    /// Reads the collection.
    List,
    /// Reads one record.
    Read,
    /// Makes records.
    Create,
    /// Changes records by what is sent.
    Update,
    /// Changes the records that match, makes the others.
    Upsert,
    /// Moves records to the bin.
    Trash,
    /// Removes records.
    Delete,
    /// Changes fixed members of records.
    Set,
    /// Counts the records of a list.
    Count,
    /// Puts records into a list that another record has of them.
    Link,
    /// Takes records out of such a list.
    Unlink,
}
