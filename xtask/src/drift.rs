//! Connectors beside definitions: what differs, what of it is explained, and explanations that explain nothing.
//!
//! ```text
//! cargo xtask drift desk --against zohodesk-oas/v1.0
//! ```
//!
//! Every difference is mended or explained. An explanation is an entry of `differs` in the YAML, with its reason: of an
//! API, at the head of a group's file for all its APIs, or of the service. One that explains nothing is an error.
//!
//! An explanation is of one aspect, so that it hides no other: `query sortBy` says why one side alone has the parameter,
//! `query sortBy choices` why its choices differ, `query sortBy type|required` why both its type and its need do. Each
//! aspect that it names must occur. A `*` in the name covers many members, but still only in the aspects named; with
//! `--explained` is printed how many.
//!
//! # What is compared
//!
//! - **Operations** by verb and path. Names in braces make no difference, and a path may begin at the host or below the
//!   base. Operations of one verb and path that send different constants are put together as far as the API's constants
//!   allow. What an API lacks is `path` or `verb`, or `version` where the definition has it in another one; an operation
//!   without an API is missing.
//! - **Parameters** by place and name: those that only one side has, whether they must be given, their choices, and types
//!   that say less than the definition's. What the connection, paging and incremental reads send counts as sent, a
//!   constant and a default as given. Headers of content and of signing are HTTP's and the engine's.
//! - **Scopes**: the definition's list means any of them, and all of them where the path searches, as everywhere here. A
//!   scope that covers another of the list adds nothing; scopes of many modules are the one that names the module. Where
//!   only this convention differs, the key is `scopes all`.
//! - **Bodies** member by member, in their envelope: names, whether required, types as JSON has them, choices, the most
//!   entries of a list. A PATCH sends what changes, so what the definition requires in one counts only in the entries of
//!   lists; nor does what it requires of a type that also comes back, which cannot say so. The `!` at an id of an object
//!   in a body is the mark of what tells entries apart.
//! - **Replies** from where the connector finds its records. A type is one for all its uses: a member is one too many where
//!   no operation that gives the type has it, nor takes it in a body that shares the type's members, and missing where an
//!   operation gives it and the type does not have it.
//! - **Paging**: the first page or record, the smallest and the largest size, where the definition bounds them.
//! - **Files**: bytes where the definition has bytes, forms where it has forms.
//!
//! # What is no difference
//!
//! - Texts of all kinds (`id`, `date`, `time`, `email`, `url`, `phone`, `duration`) where the definition says text; an `id`
//!   where it says a whole number; a choice of digits where it says a number; in replies an `int`, a `decimal` or a `bool`
//!   that comes as text, which is read the same way.
//! - `any` on either side, and a `map` where the definition names no members or is too deep to be followed.
//! - What the connector knows better: choices where the definition has text, and constants.
//! - What a reply has around its records, where the connector names it for paging, success and errors; choices in
//!   replies, which keep what they do not know; `nullable`; whether a reply's member is always there; error replies.
//! - What `readOnly` takes out of bodies and `writeOnly` out of replies; alternatives are one object with the members of
//!   all, and what only some of them require is not required. A reply that has only an example is read from that, and one
//!   of which nothing is said is not compared.
//! - A parameter of the path that the path has no place for: it can only stand in the query.
//! - References that lead nowhere: what they would say is missing, which is told, and is taken as `any`.
//!
//! With `--contained` the connector is a selection: operations, members, choices of replies and parameters that nobody must
//! give are no difference where it lacks them, only what it says and the definition contradicts.
//!
//! Several definitions are revisions of one: what one of them agrees with is no difference. One that lacks a member agrees
//! with nothing that is said of it.
//!
//! A connector may thus need several of them. That of Zoho CRM does, and must: the older revision of its OpenAPI names
//! `modules.ALL` alone where the newer one has READ, CREATE and the other scopes, and lacks the POST of notes and the body
//! of a conversion; the newer one lacks parameters that the older one has and calls use (`per_page`, `If-Modified-Since`,
//! `lar_id`). They contradict each other, so that what agrees with one of them differs from the other.

pub(crate) mod explain;
mod fits;
pub(crate) mod matching;
pub(crate) mod ours;
mod print;
mod replies;
mod requests;
mod values;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use zoho_connector::Library;
use zoho_connector::differs::Aspect;

use self::explain::Judged;
use self::matching::Definition;
use self::ours::Ours;
use crate::definitions::shape::Member;

/// The rules in short, for the help.
const RULES: &str = "\
What differs is mended in the YAML, or explained there by an entry of `differs` with its reason. An explanation that \
explains nothing is an error. The status is 1 where anything is left.\n\n\
Compared are operations (by verb and path), parameters (place, name, need, type, choices), scopes, bodies and replies \
(member by member), the first page and the sizes of pages, and files. No difference is: text of any kind where the \
definition says text; ids that it writes as numbers; numbers and truth values that come back as text; choices that it \
does not name; `any`; what a PATCH requires; members of a type that are sent on one side and come back on the other. \
All rules stand at the head of xtask/src/drift.rs.\n\n\
Keys: path, verb, version, scopes, `scopes all`, `paging first`, `paging min`, `paging max`, body, reply, `query NAME`, \
`header NAME`, `form NAME`, `path NAME`, `body A.B`, `reply A.B`; at the head of a file also `type NAME.MEMBER` and \
`GET /an/operation/left/out`. A name alone means that one side lacks it; behind it stands in what else it differs: \
`required`, `type`, `choices`, `length`, several as `type|choices`. A `*` stands for any letters of a name.";

/// What to compare, and with what.
#[derive(Debug, Args)]
#[command(after_help = RULES)]
pub(crate) struct Drift {
    /// The service's name: `desk`
    service: String,
    /// Definitions, each an OpenAPI file, a folder of them, or a table of operations (.tsv); several are revisions of one
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    against: Vec<PathBuf>,
    /// The connector is a selection: what it lacks is no difference, only what it has and the definition contradicts
    #[arg(long)]
    contained: bool,
    /// Compare only these: a pattern of the names or paths of APIs (`tickets.*`, `/tickets*`)
    #[arg(long, value_name = "PATTERN")]
    only: Option<String>,
    /// The folder of connectors; the workspace's unless given
    #[arg(long, value_name = "FOLDER")]
    connectors: Option<PathBuf>,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Form::Text)]
    output: Form,
    /// Print the differences that are explained, too, and how many each key with a `*` explains
    #[arg(long)]
    explained: bool,
}

/// How to print what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

/// What a comparison came to.
pub(crate) struct Outcome {
    /// What to print.
    pub(crate) text: String,
    /// Whether everything is the same or explained.
    pub(crate) is_good: bool,
}

/// Compares a connector with definitions.
///
/// # Errors
/// What cannot be read, a service that is not there, and a definition without operations.
pub(crate) fn run(root: &std::path::Path, drift: &Drift) -> Result<Outcome> {
    let folder = drift.connectors.clone().unwrap_or_else(|| root.join("connectors"));
    let sources = Library::default().with_folder(&folder).sources(&drift.service);
    let sources = sources.with_context(|| format!("there is no such connector in {}", folder.display()))?;
    let ours = Ours::read(sources.files)?;
    let mut definitions = Vec::new();
    for path in &drift.against {
        let definition = Definition::read(path, &drift.service)?;
        if definition.operations.is_empty() {
            bail!("{} holds no operation of `{}`", path.display(), drift.service);
        }
        definitions.push(definition);
    }
    let wanted = Wanted { only: drift.only.as_deref(), contained: drift.contained };
    let judged = compare(&ours, &definitions, &wanted);
    let text = match drift.output {
        Form::Text => print::text(&ours, &judged, drift.explained),
        Form::Json => print::json(&ours, &judged),
    };
    Ok(Outcome { text, is_good: judged.is_good() })
}

/// What is asked of a comparison.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    /// A pattern of the APIs to compare.
    only: Option<&'a str>,
    /// Whether the connector is a selection.
    contained: bool,
}

/// One way in which a connector is not as a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// What it is about.
    pub(crate) about: About,
    /// What may be named to explain it, without its aspect; the first is the one to write.
    keys: Vec<String>,
    /// The APIs that it is found in.
    pub(crate) apis: Vec<String>,
    /// What differs.
    pub(crate) fact: Fact,
}

/// What differs, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) words: String,
    /// The aspect in which it differs.
    aspect: Aspect,
    /// Whether the connector only says less than the definition, and nothing wrong.
    is_lack: bool,
    /// What the connector would have to say in addition, where nothing that it says is contradicted.
    pub(crate) adds: Option<Adds>,
}

/// What a definition says beyond a connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Adds {
    /// A parameter or a member.
    Member(Member),
    /// Choices.
    Choices(Vec<String>),
    /// The entries of `scopes`, where there is none.
    Scopes(Vec<String>),
    /// Scopes that do as well as those of the one entry.
    Alternatives(Vec<String>),
}

impl Fact {
    /// What the connector says is not what the definition says.
    fn wrong(aspect: Aspect, words: impl Into<String>) -> Self {
        Self { words: words.into(), aspect, is_lack: false, adds: None }
    }

    /// The connector says less.
    fn lack(aspect: Aspect, words: impl Into<String>) -> Self {
        Self { words: words.into(), aspect, is_lack: true, adds: None }
    }

    /// The same with what the connector would have to say in addition.
    fn adding(self, adds: Adds) -> Self {
        Self { adds: Some(adds), ..self }
    }
}

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// An API.
    Api(String),
    /// A type, wherever it is used.
    Type(String),
    /// An operation that has no API.
    Operation(String),
}

impl Difference {
    /// A difference of one API.
    fn of_api(api: &str, key: impl Into<String>, fact: Fact) -> Self {
        Self { about: About::Api(api.to_owned()), keys: vec![key.into()], apis: vec![api.to_owned()], fact }
    }

    /// Whether it is of the same aspect of the same place as another.
    fn is_as(&self, other: &Self) -> bool {
        self.about == other.about && self.key() == other.key() && self.aspect() == other.aspect()
    }

    /// In what it differs. What has no name differs as a whole.
    fn aspect(&self) -> Aspect {
        if self.key().contains(' ') { self.fact.aspect } else { Aspect::Presence }
    }

    /// What differs, without the aspect.
    pub(crate) fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }

    /// The key to write.
    pub(crate) fn written(&self) -> String {
        match self.aspect() {
            Aspect::Presence => self.key().to_owned(),
            aspect => format!("{} {aspect}", self.key()),
        }
    }
}

/// Compares with each definition, keeps what none of them agrees with, and looks for explanations.
pub(crate) fn compare(ours: &Ours, definitions: &[Definition], wanted: &Wanted<'_>) -> Judged {
    let apis: Vec<_> = ours.connector.apis.values().filter(|api| is_wanted(api, wanted.only)).collect();
    let compared: Vec<_> =
        definitions.iter().map(|definition| matching::compare(ours, &apis, definition, wanted)).collect();
    explain::judge(ours, compared, wanted)
}

/// Whether an API is among those to compare.
fn is_wanted(api: &zoho_connector::Api, only: Option<&str>) -> bool {
    use crate::definitions::paths::{is_like, plain};
    let Some(pattern) = only else { return true };
    if pattern.contains('/') {
        is_like(&plain(pattern), &plain(&api.path.to_string()))
    } else {
        is_like(pattern, &api.name)
    }
}
