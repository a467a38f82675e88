//! One API, as written.

use indexmap::IndexMap;
use serde::Deserialize;

use super::auth::AuthDefinition;
use super::cost::CostDefinition;
use super::differs::DiffersDefinition;
use super::expressions::{ConditionExpr, Conditions, ObjectExpr, TypeExpr};
use super::pagination::PaginateDefinition;
use super::records::RecordsDefinition;
use super::responses::{ErrorDefinition, OutcomesDefinition, OutcomesWord};
use super::{RegionsDefinition, Values};
use crate::responses::FailureKind;

/// One API: exactly one of `get`, `post`, `put`, `patch`, `delete`, and what differs from the defaults.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiDefinition {
    /// The path of a GET. `{id}` in it is a required argument. Sent as written: a last slash counts.
    pub get: Option<String>,
    /// The path of a POST.
    pub post: Option<String>,
    /// The path of a PUT.
    pub put: Option<String>,
    /// The path of a PATCH.
    pub patch: Option<String>,
    /// The path of a DELETE.
    pub delete: Option<String>,
    /// The name of another base than `base_url`.
    pub base: Option<String>,
    /// Types of path parameters that are no `id`: `{ module: string }`.
    pub path: Option<ObjectExpr>,
    /// What it is signed with, where that differs from the service: `oauth`, `none`, `{ key: query apikey }`.
    pub auth: Option<AuthDefinition>,
    /// The scopes it needs, all of them; `a.READ|b.READ` in one entry means any of these. `[]`: none is needed.
    pub scopes: Option<Vec<String>>,
    /// Values of the connection that it wants although they are sent only when asked for (`send: asked`).
    pub with: Option<Vec<String>>,
    /// Values of the connection that it does without: `[orgId]` for the one call that lists the organisations.
    pub without: Option<Vec<String>>,
    /// Where it is offered, within the regions of the service.
    pub regions: Option<RegionsDefinition>,
    /// Defaults that it does without: inherited query parameters and headers, by name.
    pub drop: Option<Vec<String>>,
    /// Whether the form is sent as multipart although it holds no file.
    pub multipart: Option<bool>,
    /// Query parameters and their types: `{ status: open|closed, fields!: [string, 50] }`. A `!` marks what is
    /// required; `=value` is always sent and no argument; `T = value` is sent unless another value is given.
    pub query: Option<ObjectExpr>,
    /// Headers and their types, as in `query`.
    pub headers: Option<ObjectExpr>,
    /// Form fields and their types, as in `query`: multipart where one is a `file`, else URL-encoded. A field that holds
    /// `body` carries the body as JSON text: `{ data: { requests: body } }`.
    pub form: Option<ObjectExpr>,
    /// What is put around the body: an object in which `body` marks the spot, with constants beside it:
    /// `{ data: { type: =files, attributes: body } }`.
    pub wrap: Option<ObjectExpr>,
    /// The JSON body: an object, a type, `[T]`, `map`, or `file` for raw bytes.
    pub body: Option<TypeExpr>,
    /// The API that takes files larger than this one does.
    pub above: Option<AboveDefinition>,
    /// Members taken over from a shared type that this API requires: `[subject, departmentId]`.
    pub required: Option<Vec<String>>,
    /// Groups of arguments of which at least one is needed: `[criteria|email|word]`.
    pub need: Option<Vec<String>>,
    /// The list argument that is split to the size that the service takes (`data: [map, 100]`), the outcomes being joined.
    pub batch: Option<String>,
    /// How it pages: the name of a style, or the name with what this API changes: `{ offset: { max: 200 } }`.
    pub paginate: Option<PaginateDefinition>,
    /// Where the records of a list are: `data`; several paths are joined; `.` where the reply is the list.
    pub records: Option<RecordsDefinition>,
    /// Where the one record is: `data.0` where it comes as a list of one; `.` is the whole reply.
    pub record: Option<RecordsDefinition>,
    /// The answers that mean "nothing there": `[{ http: 204 }]`.
    pub empty: Option<Vec<ConditionExpr>>,
    /// What a 2xx must also be like to be a success: `{ code: 0 }`.
    pub success: Option<Conditions>,
    /// Where an error says its code, message and field.
    pub error: Option<ErrorDefinition>,
    /// Where the reply has a result for each record; a path is short for `{ at: path }`.
    pub outcomes: Option<OutcomesWord>,
    /// Answers of this API, sorted into kinds of failure; tried before those of the service.
    #[cfg_attr(feature = "check", schemars(with = "Option<crate::schema::Classify>"))]
    pub classify: Option<IndexMap<FailureKind, Vec<ConditionExpr>>>,
    /// What it gives back: `Type`, `[Type]`, `file`. Absent: nothing that is read.
    pub returns: Option<TypeExpr>,
    /// What is in a file that holds records, where it `returns: file`: `{ csv: Record }`, or `{ csv.zip: Record }` for a
    /// CSV in a zip. The first line of a CSV names the members.
    pub contains: Option<ContainsDefinition>,
    /// The job that it starts: `{ id: id, poll: exports.get, done: { state: DONE }, fetch: exports.result }`.
    pub job: Option<JobDefinition>,
    /// What a call costs, in the unit of its limit: `3`, `{ credits: 1, per: 10, of: data }` for a list argument, or
    /// steps by the records before the page, as `[3, 5 past 2000]`. What a style of paging says counts where this is absent.
    pub cost: Option<CostDefinition>,
    /// The class of limits that it counts to beside `default`.
    pub rate: Option<String>,
    /// How only what changed is read: `{ field: modifiedTime, send: query modifiedTimeRange, as: "{since},{until}" }`.
    pub incremental: Option<IncrementalDefinition>,
    /// What it does to which records, where verb and path do not say it. Read by the sandbox and the documentation, and of
    /// a bulk write for the word that each outcome gets, and for whether it finds its records again (`upsert`).
    pub effect: Option<EffectDefinition>,
    /// Whether a call may be repeated. GET, PUT and DELETE are unless said, POST and PATCH are not.
    pub idempotent: Option<bool>,
    /// Whether it deletes or overwrites what may not come back.
    pub destructive: Option<bool>,
    /// What surprises, in a sentence.
    pub note: Option<String>,
    /// Zoho's page about it.
    pub docs: Option<String>,
    /// Where it is right and Zoho's own definition says otherwise: `{ query fields: "in Zoho's documentation of the list" }`.
    pub differs: Option<DiffersDefinition>,
    /// Values for documentation, the request snapshot and the sandbox, by argument name. What is left out is made from
    /// the types. Ids and decimals stand in quotes.
    pub example: Option<Values>,
}

/// What an action does: exactly one verb, whose value is the type it happens to.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EffectDefinition {
    /// Reads the collection of this type.
    pub list: Option<String>,
    /// Reads one record of this type.
    pub read: Option<String>,
    /// Makes records of this type.
    pub create: Option<String>,
    /// Changes records of this type by what is sent.
    pub update: Option<String>,
    /// Changes the records that match, makes the others.
    pub upsert: Option<String>,
    /// Moves records of this type to the bin.
    pub trash: Option<String>,
    /// Removes records of this type.
    pub delete: Option<String>,
    /// Changes fixed members of records of this type: those of `to`.
    pub set: Option<String>,
    /// Counts the records of this type that a list of the same call would have.
    pub count: Option<String>,
    /// Puts records of this type into the list of them that another record has: the tags of a ticket, the campaigns of a
    /// lead. `ids` names them, the path or `within` the record that has the list.
    pub link: Option<String>,
    /// Takes records of this type out of such a list. They stay where they are at home.
    pub unlink: Option<String>,
    /// Where the ids are (`body ticketIds`), of what is linked also the names; the last path parameter unless said.
    pub ids: Option<String>,
    /// Where the ids are of the records whose lists `link` and `unlink` change (`body ids`); the record that the path
    /// leads to unless said.
    pub within: Option<String>,
    /// Where the handles of uploaded files are whose rows are the records: `body resource.*.file_id`. A job writes them
    /// when it is done; an argument that says `insert`, `update` or `upsert` narrows what it does.
    pub from: Option<String>,
    /// The members that `set` changes, with their values.
    pub to: Option<Values>,
    /// Where the names of the members are that decide an `upsert`.
    pub r#match: Option<String>,
    /// What the records are like that `update`, `set`, `trash` or `delete` is for, where no ids name them:
    /// `{ isSpam: true }`. Arguments narrow them as they narrow a list.
    pub r#where: Option<Values>,
}

/// How only what changed is read.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct IncrementalDefinition {
    /// The time of change, from the record.
    pub field: String,
    /// Where the time goes: `header If-Modified-Since`. The place need not be declared.
    pub send: Option<String>,
    /// How it is written there: `"{since},{until}"`.
    pub r#as: Option<String>,
    /// How far one read reaches back into the one before: `2m`.
    pub overlap: Option<String>,
    /// Another API that does it.
    pub through: Option<String>,
    /// What asks for the records that changed first before the others: `{ sort_by: Modified_Time, sort_order: asc }`.
    /// Past a ceiling a list without `{until}` goes on by it, from the last time on.
    pub order: Option<Values>,
}

/// A job that an API starts.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct JobDefinition {
    /// Where the reply has the job's id, from the record.
    pub id: String,
    /// The API that tells how far it is.
    pub poll: String,
    /// What a finished job is like.
    pub done: Conditions,
    /// What a failed one is like.
    pub failed: Option<Conditions>,
    /// What one is like that goes on.
    pub pending: Option<Conditions>,
    /// The API that gives the result. Without it and `url`, what the job comes to is the state that it ends in.
    pub fetch: Option<String>,
    /// Where the polled reply has the result's address; followed only to Zoho's domains.
    pub url: Option<String>,
    /// A further job for what is left: the place of its request, and where the polled reply has the value:
    /// `{ body query.page_token: result.next_page_token }`.
    pub next: Option<IndexMap<String, String>>,
    /// What is in the file at `url`, as an API says it of what it returns. A file that `fetch` gives says it itself.
    pub contains: Option<ContainsDefinition>,
    /// What the rows of the result are like, where they tell what became of what was sent. The paths start at a row.
    pub outcomes: Option<OutcomesDefinition>,
}

/// What is in a file that holds records: exactly one form, and the type of its records.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ContainsDefinition {
    /// Lines of a CSV.
    pub csv: Option<TypeExpr>,
    /// Lines of the CSVs in a zip.
    #[serde(rename = "csv.zip")]
    pub csv_zip: Option<TypeExpr>,
}

/// The API that takes larger files, and how its arguments come from this one's.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "check", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AboveDefinition {
    /// Its name.
    pub api: String,
    /// Its arguments, each with the argument here whose value it gets: `{ x-parent_id: parent_id, body: content }`. Text in
    /// a header is URL-encoded.
    pub with: IndexMap<String, String>,
    /// The argument of it that has the file's name where nothing else gives it.
    pub name: Option<String>,
    /// The argument of it that is to be a text used once.
    pub unique: Option<String>,
}
