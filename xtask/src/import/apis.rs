//! APIs: operations with names, answers and paging, ready to be written.

use zoho_connector::Verb;

use super::names::{Gives, Named};
use super::paging::{self, Paging};
use super::reply::{self, Answer, Returns};
use crate::definitions::operation::{Operation, Parameter, Place, attributes};
use crate::definitions::scalars;
use crate::definitions::shape::{Member, Object, Shape};
use crate::definitions::words::words;

/// One API of a draft.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    /// Its name, and what its record is called.
    pub(crate) named: Named,
    /// What is left of the operation: paging and values of the connection are taken out.
    pub(crate) operation: Operation,
    /// The name of its base.
    pub(crate) base: String,
    /// What it gives back.
    pub(crate) answer: Answer,
    /// How it pages.
    pub(crate) paging: Option<Paging>,
    /// Its body without what is around it.
    pub(crate) body: Option<Shape>,
    /// The `type` of a JSON:API envelope around its body.
    pub(crate) wrapped_as: Option<String>,
    /// Values of the connection that it does without.
    pub(crate) without: Vec<String>,
}

impl Api {
    /// The text before the first dot of its name.
    pub(crate) fn group(&self) -> &str {
        self.named.name.split('.').next().unwrap_or_default()
    }

    /// The members of its body that are shared with other APIs: those of the body, or of the one list of objects in it.
    pub(crate) fn core(&self) -> Option<&Object> {
        let object = match self.body.as_ref()? {
            Shape::Object(object) => object,
            other => return other.object(),
        };
        let lists: Vec<&Member> = object.members.iter().filter(|member| member.shape.object().is_some()).collect();
        match lists.as_slice() {
            [only] if matches!(only.shape, Shape::List(..)) && object.members.len() <= 4 => only.shape.object(),
            _ => Some(object),
        }
    }
}

/// What an operation gives, for its name.
pub(crate) fn gives(answer: &Answer) -> Gives {
    match answer.returns {
        Returns::File => Gives::File,
        Returns::Many(_) => Gives::List,
        _ => Gives::Other,
    }
}

/// Puts an API together. `connection` are parameters that are chosen once per connection.
pub(crate) fn api(
    named: Named,
    mut operation: Operation,
    base: String,
    mut answer: Answer,
    connection: &[String],
    json_api: bool,
) -> Api {
    let without = take_connection(&mut operation, connection);
    let paging = matches!(answer.returns, Returns::Many(_)).then(|| paging::take(&mut operation, &answer)).flatten();
    if operation.verb != Verb::Get {
        answer.more = None;
    }
    complete_path(&mut operation, connection);
    let mut wrapped_as = None;
    let body = operation.body.take().map(|body| match (body, json_api) {
        (Shape::Object(object), true) => {
            let (body, kind) = unwrapped(object, &operation.path, named.is_thing);
            wrapped_as = kind;
            body
        }
        (body, _) => body,
    });
    let body = body.map(|body| if body == Shape::File { body } else { without_files(body, &mut operation.remarks) });
    if wrapped_as.is_some() {
        operation.remarks.push("the `type` of what it sends is taken from its path".to_owned());
    }
    let body = body.map(|body| demand_less(body, operation.verb, &mut operation.remarks));
    operation.remarks.extend(constants(&operation, body.as_ref()));
    mark_returned(&mut answer.returns, &named.noun);
    let mut api = Api { named, operation, base, answer, paging, body, wrapped_as, without };
    drop_clashes(&mut api);
    api
}

/// Takes out what the connection sends; gives the values that the source does not name here.
fn take_connection(operation: &mut Operation, connection: &[String]) -> Vec<String> {
    let is_value = |parameter: &&Parameter| connection.contains(&parameter.member.name);
    let named: Vec<String> = operation.parameters.iter().filter(is_value).map(|p| p.member.name.clone()).collect();
    operation.parameters.retain(|parameter| !is_value(&parameter));
    connection.iter().filter(|name| !named.contains(name)).cloned().collect()
}

/// Declares the parameters that the path names and the source forgot, and drops those that it does not name.
fn complete_path(operation: &mut Operation, connection: &[String]) {
    let names: Vec<String> =
        operation.path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
    operation.parameters.retain(|parameter| parameter.place != Place::Path || names.contains(&parameter.member.name));
    for name in names {
        let declared = operation.at(Place::Path).any(|parameter| parameter.member.name == name);
        if !declared && !connection.contains(&name) {
            let member = Member { required: true, ..Member::new(&name, scalars::of_name(&name, None)) };
            operation.parameters.push(Parameter { place: Place::Path, member, minimum: None, maximum: None });
        }
    }
}

/// The attributes of a JSON:API body, and the type that stands beside them.
fn unwrapped(object: Object, path: &str, is_thing: bool) -> (Shape, Option<String>) {
    let Some(attributes) = attributes(&object).cloned() else { return (Shape::Object(object), None) };
    let data = match object.member("data").map(|member| &member.shape) {
        Some(Shape::Object(data)) => data,
        _ => &object,
    };
    let mut literals = path.split('/').filter(|segment| !segment.is_empty() && !segment.starts_with('{'));
    // An action is done to what its path begins with.
    let last = if is_thing { literals.next_back() } else { literals.next() };
    let kind = data.member("type").and_then(|member| match &member.shape {
        Shape::Choice { values, .. } if values.len() == 1 => values.first().cloned(),
        _ => None,
    });
    (Shape::Object(attributes), kind.or_else(|| last.map(str::to_owned)))
}

/// JSON holds no files: such a member is taken as text.
fn without_files(shape: Shape, remarks: &mut Vec<String>) -> Shape {
    match shape {
        Shape::File => {
            remarks.push("its JSON holds a file: taken as text".to_owned());
            Shape::String
        }
        Shape::List(item, max) => Shape::List(Box::new(without_files(*item, remarks)), max),
        Shape::Object(mut object) => {
            for member in &mut object.members {
                member.shape = without_files(std::mem::replace(&mut member.shape, Shape::Any), remarks);
            }
            Shape::Object(object)
        }
        other => other,
    }
}

/// Nearly all members of an object are never required: a source that says so tells what its editor shows, and of a change
/// it demands what must be there already.
fn demand_less(shape: Shape, verb: Verb, remarks: &mut Vec<String>) -> Shape {
    match shape {
        Shape::List(item, max) => Shape::List(Box::new(demand_less(*item, verb, remarks)), max),
        Shape::Object(mut object) => {
            let is_demanded = |member: &&Member| member.required && !is_constant(member);
            let (demanded, all) = (object.members.iter().filter(is_demanded).count(), object.members.len());
            let too_much = demanded > 4 && demanded * 4 >= all * 3 || (verb == Verb::Patch && demanded > 3);
            if too_much {
                remarks.push(format!("{demanded} of {all} members are required by the source: left out"));
            }
            for member in &mut object.members {
                member.required &= !too_much || is_constant(member);
                member.shape = demand_less(std::mem::replace(&mut member.shape, Shape::Any), verb, remarks);
            }
            Shape::Object(object)
        }
        other => other,
    }
}

fn is_constant(member: &Member) -> bool {
    member.required && matches!(&member.shape, Shape::Choice { values, open: false } if values.len() == 1)
}

/// What is sent always: a definition that takes an example for all there is shows here.
fn constants(operation: &Operation, body: Option<&Shape>) -> Vec<String> {
    let body = body.and_then(|body| match body {
        Shape::Object(object) => Some(&object.members),
        _ => None,
    });
    let members = operation
        .parameters
        .iter()
        .map(|parameter| &parameter.member)
        .chain(&operation.form)
        .chain(body.into_iter().flatten());
    members
        .filter_map(|member| match &member.shape {
            Shape::Choice { values, .. } if is_constant(member) => {
                Some(format!("`{}` is always sent as `{}`", member.name, values[0]))
            }
            _ => None,
        })
        .collect()
}

fn mark_returned(returns: &mut Returns, noun: &[String]) {
    if let Returns::One(shape) | Returns::Many(shape) = returns {
        mark_keys(shape, noun);
    }
}

/// Marks the id of each record in a reply, by which records are told apart: `id`, or in a tax `tax_id`.
fn mark_keys(shape: &mut Shape, noun: &[String]) {
    match shape {
        Shape::List(item, _) => mark_keys(item, noun),
        Shape::Object(object) => {
            let own = [noun, &["id".to_owned()]].concat();
            let key = object.members.iter().position(|member| member.name == "id");
            let key =
                key.or_else(|| object.members.iter().position(|member| words(&member.name).concat() == own.concat()));
            let first = object.members.iter().position(|member| member.shape == Shape::Id);
            let key = key.or(first.filter(|at| is_own_key(&object.members[*at].name, noun)));
            for (at, member) in object.members.iter_mut().enumerate() {
                if key == Some(at) && matches!(member.shape, Shape::Id | Shape::String | Shape::Int) {
                    member.shape = Shape::Id;
                    member.required = true;
                }
                mark_keys(&mut member.shape, &crate::definitions::words::singular_of(&words(&member.name)));
            }
        }
        _ => {}
    }
}

/// Whether the first id of a record is its own: its name ends as the noun does, or the noun as its name.
fn is_own_key(name: &str, noun: &[String]) -> bool {
    let mut own = words(name);
    let is_id = own.pop().is_some_and(|last| last == "id");
    let (own, noun) = (own.concat(), noun.concat());
    is_id && !own.is_empty() && !noun.is_empty() && (own.ends_with(&noun) || noun.ends_with(&own))
}

/// Leaves out parameters whose argument would be called as another's: they cannot be told apart by a caller.
fn drop_clashes(api: &mut Api) {
    let mut taken: Vec<(String, String)> = Vec::new();
    let mut clashes = Vec::new();
    let mut is_free = |wire: &str| {
        let name = words_of_argument(wire);
        match taken.iter().find(|(known, _)| *known == name) {
            Some((_, other)) if other != wire => {
                clashes.push(format!("`{wire}` would be the same argument as `{other}`: left out"));
                false
            }
            _ => {
                taken.push((name, wire.to_owned()));
                true
            }
        }
    };
    for place in [Place::Path, Place::Query, Place::Header] {
        api.operation.parameters.retain(|parameter| parameter.place != place || is_free(&parameter.member.name));
    }
    api.operation.form.retain(|member| is_free(&member.name));
    if let Some(Shape::Object(object)) = &mut api.body {
        object.members.retain(|member| is_free(&member.name));
    }
    api.operation.remarks.extend(clashes);
}

/// The argument for a name on the wire: every run of other characters is one `_`, outer ones are cut.
pub(super) fn words_of_argument(wire: &str) -> String {
    let parts: Vec<&str> = wire.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.join("_")
}

/// What is wanted of every operation before it is named: its answer.
pub(crate) fn answers(operations: &[Operation]) -> (Vec<Answer>, bool) {
    let json_api = operations.iter().any(|operation| operation.json_api);
    (operations.iter().map(|operation| reply::answer(operation, json_api)).collect(), json_api)
}
