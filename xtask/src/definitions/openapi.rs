//! OpenAPI 3.0 and 3.1: the operations of documents.

use serde_json::Value;
use zoho_connector::Verb;

use super::documents::{Broken, Documents, Spot};
use super::operation::{Operation, Parameter, Place, Reply};
use super::postman;
use super::scalars;
use super::schema::{Schemas, Way};
use super::shape::{Member, Shape};
use super::words::words;

/// Headers that the engine sends, or that HTTP settles.
pub(crate) const NOT_PARAMETERS: [&str; 4] = ["accept", "authorization", "content-type", "content-length"];

/// The longest default; a longer one is a sentence.
const LONGEST_DEFAULT: usize = 40;

/// What a source holds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Its operations, in its order.
    pub(crate) operations: Vec<Operation>,
    /// Operations that cannot be said, with the reason.
    pub(crate) listed: Vec<(String, String)>,
}

/// The operations of documents, in their order.
pub(crate) fn operations(documents: &Documents) -> Found {
    let mut reader = Reader { documents, schemas: Schemas::new(documents) };
    let mut found = Found::default();
    for (file, root) in documents.roots() {
        if postman::is_collection(root.value) {
            let more = postman::operations(root.value, &file.name);
            found.operations.extend(more.operations);
            found.listed.extend(more.listed);
            continue;
        }
        for (path, item) in root.get("paths").into_iter().flat_map(Spot::members) {
            for (key, spot) in item.members() {
                let Some(verb) = verb(key) else {
                    if matches!(key.as_str(), "head" | "options" | "trace") {
                        found.listed.push((
                            format!("{} {path}", key.to_uppercase()),
                            "the language has no such verb".to_owned(),
                        ));
                    }
                    continue;
                };
                let operation = reader.operation(verb, path, item, spot, root);
                found.operations.push(Operation { source: file.name.clone(), ..operation });
            }
        }
    }
    found
}

fn verb(key: &str) -> Option<Verb> {
    [Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete].into_iter().find(|verb| verb.key() == key)
}

struct Reader<'a> {
    documents: &'a Documents,
    schemas: Schemas<'a>,
}

impl<'a> Reader<'a> {
    fn operation(&mut self, verb: Verb, path: &str, item: Spot<'a>, spot: Spot<'a>, root: Spot<'a>) -> Operation {
        let mut operation = Operation::new(verb, path);
        let servers = [spot, item, root].into_iter().find_map(|at| at.get("servers")?.items().next());
        operation.server = servers.and_then(server_url);
        operation.id = spot.text("operationId").map(str::to_owned);
        let security = spot.get("security").or_else(|| root.get("security"));
        operation.scopes = scopes(security);
        operation.always = scopes_of_all(security);
        for parameter in [item, spot].into_iter().filter_map(|at| at.get("parameters")).flat_map(Spot::items) {
            self.parameter(parameter, &mut operation);
        }
        if let Some(body) = spot.get("requestBody") {
            self.request_body(body, &mut operation);
        }
        one_body(&mut operation);
        self.replies(spot, &mut operation);
        operation.remarks.extend(self.schemas.take_remarks());
        if spot.value.get("deprecated") == Some(&Value::Bool(true)) {
            operation.remarks.push("the source calls it deprecated".to_owned());
        }
        operation
    }

    /// What a spot refers to; where that is nothing, a remark.
    fn resolve(&self, spot: Spot<'a>, operation: &mut Operation) -> Option<Spot<'a>> {
        match self.documents.resolve(spot) {
            Ok(target) => Some(target),
            Err(Broken(reference)) => {
                operation.remarks.push(format!("`{reference}` is not there: what it would say is missing"));
                None
            }
        }
    }

    fn parameter(&mut self, spot: Spot<'a>, operation: &mut Operation) {
        let Some(spot) = self.resolve(spot, operation) else { return };
        let (Some(name), Some(place)) = (spot.text("name"), spot.text("in")) else { return };
        let content =
            spot.get("content").and_then(|content| content.members().next()).and_then(|(_, media)| media.get("schema"));
        let schema = spot.get("schema").or(content);
        let target = schema.and_then(|schema| self.resolve(schema, operation));
        let shape = match schema {
            Some(schema) => self.schemas.shape(schema, name, Way::Sent),
            None => scalars::of_name(name, None),
        };
        let shape = match (shape, target) {
            (Shape::Any, _) => Shape::String,
            (Shape::String, Some(target)) => scalars::choice_of_digits(target.value).unwrap_or(Shape::String),
            (shape, _) => shape,
        };
        let number = |key: &str| target.and_then(|target| target.value.get(key)?.as_u64());
        let flag = |key: &str| spot.value.get(key) == Some(&Value::Bool(true));
        let default = target.and_then(|target| default_of(target.value.get("default")?, &shape));
        let member = Member { required: flag("required"), default, ..Member::new(name, shape) };
        // A file in the query is how some generators write the part of a form.
        if place == "body" || place == "formData" || member.shape.is_file() {
            operation.form.push(member);
            return;
        }
        let place = match place {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" if !NOT_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) => Place::Header,
            _ => return,
        };
        let member = if place == Place::Query { with_lists(member) } else { member };
        let parameter = Parameter { place, member, minimum: number("minimum"), maximum: number("maximum") };
        operation.parameters.retain(|known| known.place != place || known.member.name != name);
        operation.parameters.push(parameter);
    }

    fn request_body(&mut self, spot: Spot<'a>, operation: &mut Operation) {
        let Some(spot) = self.resolve(spot, operation) else { return };
        let medias: Vec<(&String, Spot<'a>)> = spot.get("content").into_iter().flat_map(Spot::members).collect();
        let form = medias.iter().find(|(name, _)| name.contains("form"));
        let json = medias.iter().find(|(name, _)| name.contains("json") || name.as_str() == "*/*");
        if form.is_some() && json.is_some() {
            operation.remarks.push("it takes JSON or a form: the form is left out".to_owned());
        }
        if let Some((media, content)) = json {
            operation.json_api = media.contains("vnd.api");
            operation.body = content.get("schema").map(|schema| self.schemas.shape(schema, "body", Way::Sent));
        } else if let Some((_, content)) = form {
            match content.get("schema").map(|schema| self.schemas.shape(schema, "form", Way::Sent)) {
                Some(Shape::Object(object)) => operation.form.extend(object.members),
                _ => operation.remarks.push("the fields of its form are not said".to_owned()),
            }
        } else if let Some((media, _)) = medias.first() {
            operation.body = Some(Shape::File);
            operation.remarks.push(format!("its body is `{media}`: taken as raw bytes"));
        }
    }

    fn replies(&mut self, spot: Spot<'a>, operation: &mut Operation) {
        let replies: Vec<(&String, Spot<'a>)> = spot.get("responses").into_iter().flat_map(Spot::members).collect();
        operation.statuses = replies.iter().filter_map(|(status, _)| status.parse().ok()).collect();
        let good = |status: &str| status.starts_with('2');
        let has_good = replies.iter().any(|(status, _)| good(status));
        let mut said = Reply::Unknown;
        for (status, reply) in &replies {
            if good(status) || (status.as_str() == "default" && !has_good) {
                let Some(reply) = self.resolve(*reply, operation) else { continue };
                said = said.or(self.reply(reply));
            } else if operation.error.is_empty() && status.starts_with('4') {
                operation.error = self.error(*reply);
            }
        }
        operation.reply = said;
    }

    fn reply(&mut self, spot: Spot<'a>) -> Reply {
        let medias: Vec<(&String, Spot<'a>)> = spot.get("content").into_iter().flat_map(Spot::members).collect();
        let json = medias.iter().find(|(name, _)| name.contains("json") || name.as_str() == "*/*");
        match (json, medias.first()) {
            (Some((_, content)), _) => match content.get("schema") {
                Some(schema) if is_bytes(schema.value) => Reply::File,
                Some(schema) => Reply::Json(self.schemas.shape(schema, "reply", Way::Read)),
                None => example_of(*content).map_or(Reply::Unknown, Reply::Json),
            },
            (None, Some(_)) => Reply::File,
            (None, None) => Reply::Nothing,
        }
    }

    /// The names of the members of an error.
    fn error(&mut self, spot: Spot<'a>) -> Vec<String> {
        let Ok(spot) = self.documents.resolve(spot) else { return Vec::new() };
        let shape = match self.reply(spot) {
            Reply::Json(shape) => shape,
            _ => return Vec::new(),
        };
        let _ = self.schemas.take_remarks();
        shape
            .object()
            .map(|object| object.members.iter().map(|member| member.name.clone()).collect())
            .unwrap_or_default()
    }
}

/// A text of several ids in a query is a list.
fn with_lists(member: Member) -> Member {
    let is_list = member.shape == Shape::Id && words(&member.name).last().is_some_and(|word| word == "ids");
    let shape = if is_list { Shape::List(Box::new(Shape::Id), None) } else { member.shape };
    Member { shape, ..member }
}

/// A request has one body: a file that would stand beside JSON is left out.
fn one_body(operation: &mut Operation) {
    if operation.body.is_some() && !operation.form.is_empty() {
        let names: Vec<String> = operation.form.drain(..).map(|member| format!("`{}`", member.name)).collect();
        operation.remarks.push(format!("it takes JSON, or a form with {}: the form is left out", names.join(", ")));
    }
}

/// A body that is bytes, though its media type says JSON.
fn is_bytes(schema: &Value) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("binary")
}

/// The shape of the first example, where a reply has no schema.
fn example_of(content: Spot<'_>) -> Option<Shape> {
    let listed = content
        .get("examples")
        .and_then(|examples| examples.members().next())
        .and_then(|(_, example)| example.get("value"));
    let example = content.get("example").or(listed)?;
    (!example.value.is_string()).then(|| Shape::of_example(example.value, "reply", &scalars::of_name))
}

/// A default as JSON text, where it fits the shape and is no sentence.
fn default_of(value: &Value, shape: &Shape) -> Option<String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fits = match shape {
        Shape::Int => text.parse::<i64>().is_ok(),
        Shape::Bool => matches!(text.as_str(), "true" | "false"),
        Shape::Choice { values, .. } => values.contains(&text),
        shape => {
            shape.is_scalar()
                && value.is_string()
                && text.len() <= LONGEST_DEFAULT
                && !text.trim().is_empty()
                && !text.contains(' ')
        }
    };
    fits.then_some(text)
}

/// The URL of a server, its variables replaced by their defaults.
fn server_url(server: Spot<'_>) -> Option<String> {
    let mut url = server.text("url")?.to_owned();
    for (name, variable) in server.get("variables").into_iter().flat_map(Spot::members) {
        url = url.replace(&format!("{{{name}}}"), variable.text("default").unwrap_or_default());
    }
    Some(url)
}

/// The scopes of a security requirement, each once. An empty list of requirements needs none; one that names a scheme
/// without scopes does not say.
fn scopes(security: Option<Spot<'_>>) -> Option<Vec<String>> {
    let security = security?;
    let scopes = once(security.items().flat_map(scopes_of));
    (!scopes.is_empty() || security.items().next().is_none()).then_some(scopes)
}

/// The scopes that each of several requirements names. What one requirement lists is read as alternatives, which is what
/// Zoho means by it; where there are several, they are the alternatives.
fn scopes_of_all(security: Option<Spot<'_>>) -> Vec<String> {
    let requirements: Vec<Vec<String>> = security.into_iter().flat_map(Spot::items).map(scopes_of).collect();
    let in_all =
        |scope: &String| requirements.iter().all(|one| one.iter().any(|known| known.eq_ignore_ascii_case(scope)));
    match requirements.as_slice() {
        [first, _, ..] => first.iter().filter(|scope| in_all(scope)).cloned().collect(),
        _ => Vec::new(),
    }
}

fn scopes_of(requirement: Spot<'_>) -> Vec<String> {
    let listed = requirement.members().flat_map(|(_, listed)| listed.items()).filter_map(|scope| scope.value.as_str());
    let scopes = listed.flat_map(|scope| scope.split([',', ' '])).map(str::trim).filter(|scope| !scope.is_empty());
    once(scopes.map(str::to_owned))
}

fn once(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in all {
        if !scopes.iter().any(|known| known.eq_ignore_ascii_case(&scope)) {
            scopes.push(scope);
        }
    }
    scopes
}
