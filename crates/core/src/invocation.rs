//! One API with checked arguments.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use tempfile::TempPath;
use tokio::io::{AsyncRead, AsyncWriteExt};
use zoho_connector::connector::WHOLE_BODY;
use zoho_connector::sample::{SAMPLE_FILE, Sample, sample};
use zoho_connector::suggest::{did_you_mean, nearest};
use zoho_connector::{Api, Connector, Parameter, RequestPlace, Type};

use crate::error::{ArgumentFault, Error, ErrorKind};
use crate::request::set_within;
use crate::upload::other_way;
use crate::value;

/// A value given for a parameter.
#[derive(Debug, Clone)]
pub enum Argument {
    /// A JSON value.
    Value(Value),
    /// One or more files.
    Files(Vec<FilePart>),
}

impl<T: Into<Value>> From<T> for Argument {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

/// A file to send.
#[derive(Debug, Clone)]
pub struct FilePart {
    /// The name that the service sees.
    pub name: String,
    /// Its media type; `application/octet-stream` unless said.
    pub content_type: Option<String>,
    /// Where its bytes are.
    pub source: FileSource,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone)]
pub enum FileSource {
    /// In memory.
    Bytes(Bytes),
    /// In a file, which is read while it is sent.
    Path(PathBuf),
    /// In a file of its own, which is gone with the last of its clones.
    Spooled(Arc<TempPath>),
}

impl FilePart {
    /// A file from memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { name: name.into(), content_type: None, source: FileSource::Bytes(bytes.into()) }
    }

    /// A file from the disk, under its own name.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
        Self { name, content_type: None, source: FileSource::Path(path) }
    }

    /// A file from a reader, under a name. It is read to its end and kept on the disk meanwhile: what is sent has a size,
    /// and may have to be sent again.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where it cannot be read, or not be kept.
    pub async fn read_from(name: impl Into<String>, mut reader: impl AsyncRead + Unpin) -> Result<Self, Error> {
        let fault = |error: std::io::Error| {
            Error::new(ErrorKind::Io, format!("the file cannot be read: {error}")).caused_by(error)
        };
        let (file, path) = tempfile::NamedTempFile::new().map_err(fault)?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        tokio::io::copy(&mut reader, &mut file).await.map_err(fault)?;
        file.flush().await.map_err(fault)?;
        Ok(Self { name: name.into(), content_type: None, source: FileSource::Spooled(Arc::new(path)) })
    }

    /// The file on the disk, where it is in one.
    pub fn on_disk(&self) -> Option<&Path> {
        match &self.source {
            FileSource::Bytes(_) => None,
            FileSource::Path(path) => Some(path),
            FileSource::Spooled(path) => Some(path),
        }
    }

    /// Its size in bytes, where it can be told.
    pub fn size(&self) -> Option<u64> {
        match &self.source {
            FileSource::Bytes(bytes) => Some(bytes.len() as u64),
            _ => std::fs::metadata(self.on_disk()?).ok().map(|meta| meta.len()),
        }
    }
}

impl From<PathBuf> for FilePart {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for FilePart {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

/// Arguments by name, not yet checked.
#[derive(Debug, Clone, Default)]
pub struct Arguments(IndexMap<String, Argument>);

impl Arguments {
    /// No arguments.
    pub fn new() -> Self {
        Self::default()
    }

    /// The sample arguments of an API, as [`sample`](zoho_connector::sample::sample) has them; its file is in memory. For
    /// documentation and tests.
    pub fn sample(connector: &Connector, api: &Api) -> Self {
        let value = |sample| match sample {
            Sample::Value(value) => value.into(),
            Sample::File => Argument::Files(vec![FilePart::bytes(SAMPLE_FILE.0, SAMPLE_FILE.1)]),
        };
        Self(sample(connector, api).into_iter().map(|(name, given)| (name, value(given))).collect())
    }

    /// The same arguments with one more. A name is the argument's (`filter_type`) or the wire's (`filter[type]`).
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Argument>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// Adds an argument, replacing one of the same name.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Argument>) {
        self.0.insert(name.into(), value.into());
    }

    /// The argument of this name.
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.0.get(name)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All arguments, in the order given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Argument)> {
        self.0.iter().map(|(name, argument)| (name.as_str(), argument))
    }
}

/// One API with checked arguments, ready to be sent, and not sent yet.
#[derive(Debug, Clone)]
pub struct Invocation {
    connector: Arc<Connector>,
    /// The position of its API among the connector's: it is asked for a dozen times in a call.
    api: usize,
    /// Checked values, in the service's spelling, by argument name.
    arguments: IndexMap<String, Argument>,
    page_size: Option<u64>,
    /// What is sent in place of a list that is empty in the arguments.
    rows: Option<Arc<Rows>>,
}

/// The entries of a list as JSON text: checked, in the service's spelling, with commas between them.
#[derive(Debug)]
pub(crate) struct Rows {
    /// The argument that the list is.
    pub(crate) list: String,
    pub(crate) text: String,
}

impl Invocation {
    /// Checks arguments for an API: unknown, missing, of the wrong type, not among the choices; all at once. Where a file is
    /// larger than the API takes and the connector names another that takes it, the invocation is one of that.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownApi`] with the nearest names, or [`ErrorKind::Arguments`] with every fault.
    pub fn new(connector: &Arc<Connector>, api: &str, arguments: Arguments) -> Result<Self, Error> {
        let found = connector.api(api).ok_or_else(|| unknown_api(connector, api))?;
        match other_way(connector, found, &arguments) {
            Some((other, arguments)) => Self::of(connector, &connector.apis[other], arguments),
            None => Self::of(connector, found, arguments),
        }
    }

    fn of(connector: &Arc<Connector>, found: &Api, arguments: Arguments) -> Result<Self, Error> {
        let api = &found.name;
        let mut faults = Vec::new();
        let arguments = check(connector, found, arguments, &mut faults);
        if !faults.is_empty() {
            let error = Error::with_arguments(faults).operation_of(&connector.name, api);
            return Err(error.with_hint(format!("the arguments of {api} are {}", signature(found))));
        }
        let api = connector.apis.get_index_of(api).ok_or_else(|| unknown_api(connector, api))?;
        Ok(Self { connector: Arc::clone(connector), api, arguments, page_size: None, rows: None })
    }

    /// An invocation of arguments that were checked before.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownApi`].
    pub(crate) fn checked(
        connector: &Arc<Connector>,
        api: &str,
        arguments: IndexMap<String, Argument>,
    ) -> Result<Self, Error> {
        let api = connector.apis.get_index_of(api).ok_or_else(|| unknown_api(connector, api))?;
        Ok(Self { connector: Arc::clone(connector), api, arguments, page_size: None, rows: None })
    }

    /// The checked arguments, in the order of the call.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (&str, &Argument)> {
        self.arguments.iter().map(|(name, argument)| (name.as_str(), argument))
    }

    /// The same invocation with a value at a place of its request.
    pub(crate) fn putting(&self, place: &RequestPlace, value: Value) -> Self {
        let is_there = |parameter: &&Parameter| {
            parameter.sites.iter().any(|site| site.location == place.location && site.wire == place.name)
        };
        let Some(parameter) = self.api().parameters.iter().find(is_there) else { return self.clone() };
        let mut whole = self.value(&parameter.name).cloned().unwrap_or(Value::Null);
        set_within(&mut whole, &place.inner, value);
        self.replacing(&parameter.name, whole)
    }

    /// The same invocation with a wish for the size of its pages, which is held within the service's bounds.
    #[must_use]
    pub fn with_page_size(mut self, size: u64) -> Self {
        self.page_size = Some(size);
        self
    }

    /// The connector.
    pub fn connector(&self) -> &Arc<Connector> {
        &self.connector
    }

    /// The API.
    ///
    /// # Panics
    /// Never: an invocation is only made for an API that is there.
    pub fn api(&self) -> &Api {
        &self.connector.apis[self.api]
    }

    /// The checked argument of this name.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.get(name)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        match self.arguments.get(name) {
            Some(Argument::Value(value)) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn page_size(&self) -> Option<u64> {
        self.page_size
    }

    /// The same invocation with the entries of a list that goes in the body.
    pub(crate) fn with_rows(&self, rows: Rows) -> Self {
        Self { rows: Some(Arc::new(rows)), ..self.clone() }
    }

    /// The entries that it was given so.
    pub(crate) fn rows(&self) -> Option<&Rows> {
        self.rows.as_deref()
    }

    /// The same invocation with one checked value replaced; for the parts of a batch, and for dates.
    pub(crate) fn replacing(&self, name: &str, value: Value) -> Self {
        let mut part = self.clone();
        part.arguments.insert(name.to_owned(), Argument::Value(value));
        part
    }
}

fn unknown_api(connector: &Connector, api: &str) -> Error {
    let names = connector.apis.keys().map(String::as_str);
    let near = nearest(api, names.clone());
    let error = Error::new(ErrorKind::UnknownApi, format!("{} has no API `{api}`", connector.title));
    match near.as_slice() {
        [] => error.with_hint(format!("there are {}", names.take(8).collect::<Vec<_>>().join(", "))),
        near => error.with_hint(format!("did you mean {}?", near.join(" or "))),
    }
}

/// The arguments of an API for people: required ones first, optional ones in brackets.
fn signature(api: &Api) -> String {
    let (required, optional): (Vec<_>, Vec<_>) = api.parameters.iter().partition(|parameter| is_wanted(parameter));
    let required = required.into_iter().map(|parameter| parameter.name.clone());
    let optional = optional.into_iter().map(|parameter| format!("[{}]", parameter.name));
    let all: Vec<String> = required.chain(optional).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn is_wanted(parameter: &Parameter) -> bool {
    parameter.required && parameter.default.is_none()
}

fn check(
    connector: &Connector,
    api: &Api,
    given: Arguments,
    faults: &mut Vec<ArgumentFault>,
) -> IndexMap<String, Argument> {
    let mut checked = IndexMap::new();
    for (name, argument) in spread(api, given).0 {
        match parameter_named(api, &name) {
            Some(parameter) => {
                if let Some(argument) = check_one(connector, api, parameter, argument, faults) {
                    checked.insert(parameter.name.clone(), argument);
                }
            }
            None => faults.push(unknown_argument(api, &name)),
        }
    }
    for parameter in &api.parameters {
        if checked.contains_key(&parameter.name) || faults.iter().any(|fault| fault.argument == parameter.name) {
            continue;
        }
        if let Some(default) = &parameter.default {
            checked.insert(parameter.name.clone(), Argument::Value(default.clone()));
        } else if parameter.required {
            faults.push(ArgumentFault {
                argument: parameter.name.clone(),
                message: "is missing".to_owned(),
                help: Some(value::with_article(&parameter.ty)),
            });
        }
    }
    for group in api.need.iter().filter(|group| !group.iter().any(|name| checked.contains_key(name))) {
        let message = "is missing".to_owned();
        faults.push(ArgumentFault {
            argument: group.join(" or "),
            message,
            help: Some("one of these is needed".to_owned()),
        });
    }
    checked
}

/// A whole body given as one argument becomes arguments of its own where the body's members are arguments.
fn spread(api: &Api, given: Arguments) -> Arguments {
    let whole_is_argument = api.parameter(WHOLE_BODY).is_some();
    if whole_is_argument || api.body.is_none() {
        return given;
    }
    let mut arguments = Arguments::new();
    for (name, argument) in given.0 {
        match argument {
            Argument::Value(Value::Object(members)) if name == WHOLE_BODY => {
                for (member, value) in members {
                    arguments.0.entry(member).or_insert(Argument::Value(value));
                }
            }
            argument => {
                arguments.0.insert(name, argument);
            }
        }
    }
    arguments
}

fn parameter_named<'a>(api: &'a Api, name: &str) -> Option<&'a Parameter> {
    api.parameter(name)
        .or_else(|| api.parameters.iter().find(|parameter| parameter.sites.iter().any(|site| site.wire == name)))
}

fn unknown_argument(api: &Api, name: &str) -> ArgumentFault {
    let known = api.parameters.iter().map(|parameter| parameter.name.as_str());
    let paged = api.paginate.as_ref().is_some_and(|paginate| {
        paginate
            .limit
            .iter()
            .chain(paginate.place())
            .any(|place| place.name == name || place.inner.last().is_some_and(|last| last == name))
    });
    let help = if paged {
        Some("paging is done for you: say how many records you want, or a page size".to_owned())
    } else {
        did_you_mean(name, known)
    };
    ArgumentFault { argument: name.to_owned(), message: "is not an argument of it".to_owned(), help }
}

fn check_one(
    connector: &Connector,
    api: &Api,
    parameter: &Parameter,
    argument: Argument,
    faults: &mut Vec<ArgumentFault>,
) -> Option<Argument> {
    let fault =
        |message: String, help: Option<String>| ArgumentFault { argument: parameter.name.clone(), message, help };
    match argument {
        Argument::Files(files) if parameter.ty.is_file() => {
            check_files(parameter, &files).into_iter().for_each(|message| faults.push(fault(message, None)));
            Some(Argument::Files(files))
        }
        Argument::Files(_) => {
            faults.push(fault(format!("takes {}, and a file was given", value::with_article(&parameter.ty)), None));
            None
        }
        Argument::Value(_) if parameter.ty.is_file() => {
            faults.push(fault("takes a file".to_owned(), Some(format!("write {}=@path", parameter.name))));
            None
        }
        Argument::Value(value) => {
            let mut inner = Vec::new();
            let value = value::check(connector, &unbounded(api, parameter), value, &mut inner);
            let good = inner.is_empty();
            faults.extend(inner.into_iter().map(|fault| fault.of_argument(&parameter.name)));
            good.then_some(Argument::Value(value))
        }
    }
}

/// The type to check against: the list that a batch splits has no largest size.
fn unbounded(api: &Api, parameter: &Parameter) -> Type {
    match &parameter.ty {
        Type::List { item, .. } if api.batch.as_deref() == Some(&parameter.name) => {
            Type::List { item: item.clone(), max: None }
        }
        ty => ty.clone(),
    }
}

fn check_files(parameter: &Parameter, files: &[FilePart]) -> Vec<String> {
    let (item, max) = match &parameter.ty {
        Type::List { item, max } => (&**item, *max),
        ty => (ty, Some(1)),
    };
    let mut messages = Vec::new();
    if let Some(max) = max.filter(|max| files.len() as u64 > *max) {
        messages.push(format!("takes at most {max} files, and {} were given", files.len()));
    }
    for file in files {
        if let Type::File { max_bytes: Some(max) } = item
            && let Some(size) = file.size().filter(|size| size > max)
        {
            messages.push(format!(
                "{} has {size} bytes, and the service takes {}",
                file.name,
                zoho_connector::types::size_text(*max)
            ));
        }
        if file.size().is_none() {
            messages.push(format!("{} cannot be read", file.name));
        }
    }
    messages
}

/// The members of the body, in the order of the definition; for those who build it.
pub(crate) fn body_members(invocation: &Invocation) -> Map<String, Value> {
    let api = invocation.api();
    let members = api.parameters.iter().filter_map(|parameter| {
        let site = parameter.sites.iter().find(|site| site.location == zoho_connector::Location::Body)?;
        Some((site.wire.clone(), invocation.value(&parameter.name)?.clone()))
    });
    let constants = api.constants.iter().filter(|constant| constant.site.location == zoho_connector::Location::Body);
    members.chain(constants.map(|constant| (constant.site.wire.clone(), constant.value.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use zoho_connector::{SourceFile, load::read};

    use super::*;

    fn connector() -> Arc<Connector> {
        let yaml = "
connector: test
title: Zoho Test
base_url: https://test.{zoho}
scope_prefix: [Test]
responses: { records: data }
pagination: { offset: { offset: from, limit: limit, max: 100, stop: short_page } }
types: { Ticket: { id!: id, subject: string, status: open|closed } }
apis:
  tickets.list: { get: /tickets, scopes: [], query: { status: open|closed, 'filter[type]': string }, paginate: offset, returns: [Ticket] }
  tickets.create: { post: /tickets, scopes: [], body: { ..: Ticket, due: time, lines: [{ name!: string }, 2] }, required: [subject], returns: Ticket }
  tickets.search: { get: /tickets/search, scopes: [], query: { word: string, email: email }, need: [word|email], returns: [Ticket] }
  files.add: { post: /files, scopes: [], form: { file!: file <= 1KB } }
";
        Arc::new(read(&[SourceFile::new("test.yaml", yaml)]).unwrap())
    }

    fn faults(api: &str, arguments: Arguments) -> Vec<String> {
        match Invocation::new(&connector(), api, arguments) {
            Ok(_) => Vec::new(),
            Err(error) => error.arguments().iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn all_faults_are_said_at_once_with_names_and_suggestions() {
        let arguments =
            Arguments::new().with("statsu", "open").with("lines", json!([{ "nam": "x" }])).with("id", json!({}));
        assert_eq!(
            faults("tickets.create", arguments),
            [
                "`statsu` is not an argument of it (did you mean `status`?)",
                "`lines.0.nam` is not a member here (did you mean `name`?)",
                "`lines.0.name` is missing",
                "`id` must be an id, as text, and is an object",
                "`subject` is missing (a `string`)",
            ]
        );
    }

    #[test]
    fn choices_needs_and_paging_are_explained() {
        assert_eq!(
            faults("tickets.list", Arguments::new().with("status", "opne").with("limit", 5)),
            [
                "`status` must be one of open, closed, and is `opne` (did you mean `open`?)",
                "`limit` is not an argument of it (paging is done for you: say how many records you want, or a page size)",
            ]
        );
        assert_eq!(
            faults("tickets.search", Arguments::new()),
            ["`word` or `email` is missing (one of these is needed)"]
        );
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_before_it_is_sent() {
        let big = Argument::Files(vec![FilePart::bytes("a.bin", vec![0; 2000])]);
        assert_eq!(
            faults("files.add", Arguments::new().with("file", big)),
            ["`file` a.bin has 2000 bytes, and the service takes 1KB"]
        );
        assert_eq!(faults("files.add", Arguments::new().with("file", "x")), ["`file` takes a file (write file=@path)"]);
    }

    #[test]
    fn a_name_on_the_wire_and_a_whole_body_are_understood() {
        assert!(faults("tickets.list", Arguments::new().with("filter[type]", "x")).is_empty());
        assert!(
            faults("tickets.create", Arguments::new().with("body", json!({ "id": "1", "subject": "x" }))).is_empty()
        );
    }

    #[test]
    fn an_unknown_api_gets_the_nearest_names() {
        let error = Invocation::new(&connector(), "tickets.lst", Arguments::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownApi);
        assert_eq!(error.hint(), Some("did you mean tickets.list?"));
    }
}
