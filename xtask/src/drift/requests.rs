//! What is asked for: parameters, forms, bodies, scopes, pages.

use std::collections::BTreeSet;

use serde_json::Value;
use zoho_connector::connector::{Carrier, Envelope};
use zoho_connector::differs::Aspect;
use zoho_connector::pagination::{Beyond, PageKind};
use zoho_connector::{Api, Field, Location, Pagination, RequestPlace, Scope, Type, Verb};

use super::fits::Walk;
use super::ours::Ours;
use super::values::{self, Way, brief};
use super::{Adds, Difference, Fact};
use crate::definitions::operation::{Operation, Parameter, Place};
use crate::definitions::scopes;
use crate::definitions::shape::{Member, Object, Shape};

/// One value that a call may send outside of its JSON body.
struct Sent<'a> {
    location: Location,
    wire: &'a str,
    /// Its type; none where the engine or the connection sends it.
    ty: Option<&'a Type>,
    constant: Option<&'a Value>,
    /// Whether it must be given.
    required: bool,
    /// Whether it goes with every call.
    always: bool,
}

/// How an API asks otherwise than an operation, and the members that the operation takes of types.
pub(super) fn compare(ours: &Ours, api: &Api, operation: &Operation) -> (Vec<Difference>, BTreeSet<(String, String)>) {
    let sent = sent(ours, api);
    let mut found = Vec::new();
    let mut add = |key: String, fact: Fact| found.push(Difference::of_api(&api.name, key, fact));
    path_parameters(ours, api, operation, &mut add);
    for (location, place) in [(Location::Query, Place::Query), (Location::Header, Place::Header)] {
        let theirs: Vec<&Member> = operation.at(place).map(|parameter| &parameter.member).collect();
        members(ours, location, &sent, &theirs, operation, &mut add);
    }
    let has_form = sent.iter().any(|one| one.location == Location::Form);
    match (operation.form.is_empty(), has_form) {
        (false, true) => {
            members(ours, Location::Form, &sent, &operation.form.iter().collect::<Vec<_>>(), operation, &mut add);
        }
        (false, false) => {
            let names: Vec<&str> = operation.form.iter().map(|member| member.name.as_str()).collect();
            add(
                "form *".to_owned(),
                Fact::wrong(Aspect::Presence, format!("the definition sends a form with {}", values::short(&names))),
            );
        }
        (true, true) if operation.body.is_some() => {
            add("body".to_owned(), Fact::wrong(Aspect::Presence, "the definition sends JSON; here it is a form"));
        }
        (true, true) => members(ours, Location::Form, &sent, &[], operation, &mut add),
        (true, false) => {}
    }
    scopes_of(ours, api, operation, &mut add);
    paging(api, operation, &mut add);
    let (of_body, taken) = body(ours, api, operation, has_form);
    found.extend(of_body);
    (found, taken)
}

/// All that a call may send outside of its JSON body.
fn sent<'a>(ours: &'a Ours, api: &'a Api) -> Vec<Sent<'a>> {
    let mut all: Vec<Sent<'_>> = Vec::new();
    for parameter in &api.parameters {
        for site in parameter.sites.iter().filter(|site| !matches!(site.location, Location::Body | Location::Path)) {
            all.push(Sent {
                location: site.location,
                wire: &site.wire,
                ty: Some(&parameter.ty),
                constant: None,
                required: parameter.required,
                always: parameter.required || parameter.default.is_some(),
            });
        }
    }
    let engine = |location, wire, always| Sent { location, wire, ty: None, constant: None, required: false, always };
    for constant in api.constants.iter().filter(|constant| constant.site.location != Location::Body) {
        let sent = engine(constant.site.location, constant.site.wire.as_str(), true);
        all.push(Sent { constant: Some(&constant.value), ..sent });
    }
    if let Some(Carrier::Field(site, _)) = api.body.as_ref().map(|body| &body.carrier) {
        all.push(engine(site.location, &site.wire, true));
    }
    let values = api.connection.iter().filter_map(|name| ours.connection_site(name));
    all.extend(values.map(|site| engine(site.location, site.wire.as_str(), true)));
    let places = api.paginate.iter().flat_map(places_of).chain(api.incremental.iter().filter_map(|i| i.send.as_ref()));
    all.extend(places.map(|place| engine(place.location, place.name.as_str(), false)));
    all.retain(|one| one.location != Location::Body && !(one.location == Location::Header && is_of_content(one.wire)));
    all
}

/// Definitions in OpenAPI do not list the headers of content as parameters.
fn is_of_content(header: &str) -> bool {
    header.eq_ignore_ascii_case("accept") || header.eq_ignore_ascii_case("content-type")
}

fn places_of(pagination: &Pagination) -> Vec<&RequestPlace> {
    let mut places: Vec<&RequestPlace> = pagination.place().into_iter().chain(&pagination.limit).collect();
    if let Some(Beyond::Style(next)) = &pagination.beyond {
        places.extend(places_of(next));
    }
    places
}

/// The parameters of a path, by their order.
fn path_parameters(ours: &Ours, api: &Api, operation: &Operation, add: &mut dyn FnMut(String, Fact)) {
    let of_path = |name: &str| operation.at(Place::Path).find(|parameter| parameter.member.name == name);
    let theirs: Vec<Option<&Parameter>> =
        operation.path.split('{').skip(1).filter_map(|part| part.split('}').next()).map(of_path).collect();
    let mine: Vec<&str> = api.path.values().collect();
    // Where one side writes a part out, the order says nothing.
    if mine.len() != theirs.len() {
        return;
    }
    for (name, theirs) in mine.into_iter().zip(theirs) {
        let (Some(parameter), Some(theirs)) = (api.parameter(name), theirs) else { continue };
        if let Some(fact) = values::difference(&ours.connector, &parameter.ty, &theirs.member.shape, Way::Text) {
            add(format!("path {name}"), fact);
        }
    }
}

/// What goes to one place, name by name.
fn members(
    ours: &Ours,
    location: Location,
    sent: &[Sent<'_>],
    theirs: &[&Member],
    operation: &Operation,
    add: &mut dyn FnMut(String, Fact),
) {
    let same = |a: &str, b: &str| a == b || (location == Location::Header && a.eq_ignore_ascii_case(b));
    let mine: Vec<&Sent<'_>> = sent.iter().filter(|one| one.location == location).collect();
    let mut told: Vec<&str> = Vec::new();
    for one in &mine {
        let key = format!("{location} {}", one.wire);
        match theirs.iter().find(|member| same(&member.name, one.wire)) {
            Some(theirs) => {
                facets(ours, one, theirs).into_iter().for_each(|fact| add(key.clone(), fact));
            }
            None if told.contains(&one.wire) => {}
            None => {
                told.push(one.wire);
                let elsewhere = elsewhere(location, one.wire, operation);
                add(
                    key,
                    Fact::wrong(Aspect::Presence, format!("the definition has no such {}{elsewhere}", thing(location))),
                );
            }
        }
    }
    for theirs in theirs.iter().filter(|member| !mine.iter().any(|one| same(one.wire, &member.name))) {
        add(format!("{location} {}", theirs.name), lacking(theirs));
    }
}

/// A member that only the definition has.
pub(super) fn lacking(member: &Member) -> Fact {
    let fact = match member.required {
        true => Fact::wrong(Aspect::Presence, format!("the definition requires it: `{}`", brief(&member.shape))),
        false => Fact::lack(Aspect::Presence, format!("the definition has it: `{}`", brief(&member.shape))),
    };
    fact.adding(Adds::Member(member.clone()))
}

fn thing(location: Location) -> &'static str {
    match location {
        Location::Form => "field",
        Location::Header => "header",
        Location::Body => "member",
        Location::Query | Location::Path => "parameter",
    }
}

/// Where else an operation has a name.
fn elsewhere(location: Location, name: &str, operation: &Operation) -> String {
    let of_parameter = operation.parameters.iter().find(|parameter| parameter.member.name.eq_ignore_ascii_case(name));
    let place = of_parameter.map(|parameter| match parameter.place {
        Place::Path => Location::Path,
        Place::Query => Location::Query,
        Place::Header => Location::Header,
    });
    let in_form = operation.form.iter().any(|member| member.name == name).then_some(Location::Form);
    let in_body = operation.body.as_ref().and_then(Shape::object).and_then(|body| body.member(name));
    let place = place.or(in_form).or(in_body.map(|_| Location::Body)).filter(|place| *place != location);
    place.map_or_else(String::new, |place| format!(", but `{place} {name}`"))
}

/// Whether it must be given, and what it may be.
fn facets(ours: &Ours, one: &Sent<'_>, theirs: &Member) -> Vec<Fact> {
    let mut facts = Vec::new();
    // That a file is sent goes without saying where one is uploaded.
    if one.required && !theirs.required && !theirs.shape.is_file() {
        facts.push(Fact::wrong(Aspect::Required, "the definition does not require it"));
    }
    if theirs.required && !one.always && one.ty.is_some() {
        facts.push(Fact::wrong(Aspect::Required, "the definition requires it"));
    }
    facts.extend(one.constant.and_then(|value| constant(value, &theirs.shape)));
    facts.extend(one.ty.and_then(|ty| values::difference(&ours.connector, ty, &theirs.shape, Way::Text)));
    facts
}

/// A constant that is none of the choices.
pub(super) fn constant(value: &Value, shape: &Shape) -> Option<Fact> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match shape {
        Shape::Choice { values, open: false } if !values.contains(&text) => Some(Fact::wrong(
            Aspect::Choices,
            format!("`{text}` is always sent, and the definition has the choices {}", brief(shape)),
        )),
        _ => None,
    }
}

/// Scopes, as alternatives and as needs.
fn scopes_of(ours: &Ours, api: &Api, operation: &Operation, add: &mut dyn FnMut(String, Fact)) {
    let prefixes = &ours.connector.scope_prefixes;
    let (Some(theirs), _) = scopes::entries(operation, api.group(), prefixes) else { return };
    let parse =
        |text: &str| Scope::parse(text, prefixes).map_or_else(|_| text.to_owned(), |scope| scope.as_str().to_owned());
    let entry = |entry: &String| sorted(entry.split('|').map(|scope| comparable(&parse(scope))).collect());
    let theirs_sorted = sorted(theirs.iter().map(entry).collect());
    let mine: Option<Vec<Vec<String>>> = api.scopes.as_ref().map(|entries| {
        let narrow = |choice: &Vec<Scope>| {
            let texts: Vec<String> = choice.iter().map(|scope| scope.as_str().to_owned()).collect();
            sorted(scopes::narrowest(&texts).iter().map(|scope| comparable(scope)).collect())
        };
        sorted(entries.iter().map(narrow).collect())
    });
    if mine.as_ref() == Some(&theirs_sorted) {
        return;
    }
    let flat = |entries: &[Vec<String>]| sorted(entries.iter().flatten().cloned().collect::<Vec<_>>());
    // Of the same scopes a definition does not say for certain whether all are needed, or any.
    let same = mine.as_ref().is_some_and(|mine| flat(mine) == flat(&theirs_sorted));
    let shown = |entries: &[Vec<String>]| match entries {
        [] => "none".to_owned(),
        entries => entries.iter().map(|choice| choice.join("|")).collect::<Vec<_>>().join(" and "),
    };
    let own = mine.as_deref().map_or_else(|| "nothing is said".to_owned(), shown);
    let fact = Fact::wrong(Aspect::Presence, format!("the definition has {}; here {own}", shown(&theirs_sorted)));
    let new = |mine: &[String], text: &String| {
        let new = text.split('|').filter(|scope| !mine.contains(&comparable(&parse(scope))));
        new.map(str::to_owned).collect::<Vec<_>>()
    };
    let adds = match (mine.as_deref(), theirs_sorted.as_slice(), theirs.as_slice()) {
        (None, ..) => Some(Adds::Scopes(theirs.clone())),
        (Some([mine]), [sorted], [text]) if mine.iter().all(|scope| sorted.contains(scope)) => {
            Some(Adds::Alternatives(new(mine, text)))
        }
        _ => None,
    };
    let key = if same { "scopes all" } else { "scopes" };
    add(key.to_owned(), Fact { adds: adds.filter(|_| !same), ..fact });
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values.dedup();
    values
}

/// A scope as it can be compared: case does not count, nor how a path parameter is called.
fn comparable(scope: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_ascii_lowercase() };
    let parts: Vec<String> = scope.split('.').map(part).collect();
    match parts.split_last() {
        Some((operation, area)) => format!("{}.{}", area.join("."), operation.to_ascii_uppercase()),
        None => scope.to_owned(),
    }
}

/// The first page or record, and the bounds of the size.
fn paging(api: &Api, operation: &Operation, add: &mut dyn FnMut(String, Fact)) {
    let Some(pagination) = &api.paginate else { return };
    let named = |place: &RequestPlace| {
        let of_query = operation.at(Place::Query).find(|parameter| parameter.member.name == place.name);
        of_query.filter(|_| place.location == Location::Query && place.inner.is_empty())
    };
    let mut differs = |key: &str, what: &str, theirs: Option<u64>, mine: Option<u64>| {
        if theirs.is_some() && theirs != mine {
            let mine = mine.map_or_else(|| "nothing is said".to_owned(), |mine| mine.to_string());
            let words = format!("the definition's {what} is {}; here {mine}", theirs.unwrap_or_default());
            add(format!("paging {key}"), Fact::wrong(Aspect::Presence, words));
        }
    };
    if let PageKind::Page { at, first } | PageKind::Offset { at, first } = &pagination.kind {
        let bound = named(at).and_then(|parameter| parameter.minimum);
        differs("first", "first", bound, Some(*first));
    }
    if let Some(limit) = pagination.limit.as_ref().and_then(named) {
        differs("min", "smallest size", limit.minimum.filter(|least| *least > 1), pagination.min);
        differs("max", "largest size", limit.maximum, pagination.size());
    }
}

/// The JSON body.
fn body(
    ours: &Ours,
    api: &Api,
    operation: &Operation,
    has_form: bool,
) -> (Vec<Difference>, BTreeSet<(String, String)>) {
    let own = api.body.as_ref().and_then(|body| match &body.carrier {
        Carrier::Body(envelope) => Some((&body.ty, envelope)),
        Carrier::Field(..) => None,
    });
    let words = match (own, &operation.body) {
        (Some((ty, envelope)), Some(theirs)) => {
            let fields = body_fields(ours, api, ty);
            let mut walk = Walk::new(ours, &api.name, "body", Way::Sent, &[]);
            walk.parents = ours.body_parents(&api.name);
            walk.partial = api.verb == Verb::Patch;
            let whole = in_data(operation, envelope, theirs);
            let content = Content { ty, fields: fields.as_deref() };
            enveloped(envelope, &content, whole.as_ref().unwrap_or(theirs), "", &mut walk);
            return (walk.found, walk.taken);
        }
        (None, Some(theirs)) if !has_form => {
            let needs = theirs.object().is_none_or(|object| object.members.iter().any(|member| member.required));
            let words = format!("the definition sends {}", brief(theirs));
            let fact = if needs { Fact::wrong(Aspect::Presence, words) } else { Fact::lack(Aspect::Presence, words) };
            return (vec![Difference::of_api(&api.name, "body", fact)], BTreeSet::new());
        }
        (Some(_), None) if operation.form.is_empty() => "the definition sends no body",
        _ => return (Vec::new(), BTreeSet::new()),
    };
    (vec![Difference::of_api(&api.name, "body", Fact::wrong(Aspect::Presence, words))], BTreeSet::new())
}

/// A body of JSON:API, of which some definitions say only what is inside `data`.
fn in_data(operation: &Operation, envelope: &Envelope, theirs: &Shape) -> Option<Shape> {
    let Envelope::Object(members) = envelope else { return None };
    let object = theirs.object().filter(|object| operation.json_api && object.member("data").is_none())?;
    let (_, inner) = members.iter().find(|(name, _)| name == "data")?;
    let record = Shape::Object(object.clone());
    let data = if matches!(inner, Envelope::List(_)) { Shape::List(Box::new(record), None) } else { record };
    let data = Member { required: true, ..Member::new("data", data) };
    Some(Shape::Object(Object { hint: None, members: vec![data] }))
}

/// What stands in an envelope: a type, and where it is an object its members as the API has them.
struct Content<'a> {
    ty: &'a Type,
    fields: Option<&'a [Field]>,
}

/// A body in its envelope.
fn enveloped<'a>(envelope: &Envelope, content: &Content<'a>, theirs: &Shape, path: &str, walk: &mut Walk<'a>) {
    match envelope {
        Envelope::Body => match (content.fields, theirs) {
            (Some(fields), Shape::Object(object)) => walk.members(fields, named(content.ty), object, path),
            _ => walk.value(content.ty, None, theirs, path),
        },
        Envelope::Constant(value) => {
            if let Some(fact) = constant(value, theirs) {
                walk.tell(path, None, fact);
            }
        }
        Envelope::List(items) => match theirs {
            Shape::List(item, _) => {
                items.iter().for_each(|inner| enveloped(inner, content, item, path, walk));
            }
            Shape::Any => {}
            other => {
                walk.tell(
                    path,
                    None,
                    Fact::wrong(Aspect::Type, format!("the definition has `{}`; here a list", brief(other))),
                );
            }
        },
        Envelope::Object(members) => {
            let Shape::Object(object) = theirs else {
                if !matches!(theirs, Shape::Any | Shape::Map) {
                    walk.tell(
                        path,
                        None,
                        Fact::wrong(Aspect::Type, format!("the definition has `{}`; here an object", brief(theirs))),
                    );
                }
                return;
            };
            for (name, inner) in members {
                let at = joined(path, name);
                match object.member(name) {
                    Some(member) => enveloped(inner, content, &member.shape, &at, walk),
                    None => walk.tell(&at, None, Fact::wrong(Aspect::Presence, "the definition has no such member")),
                }
            }
            for member in object.members.iter().filter(|member| !members.iter().any(|(name, _)| *name == member.name)) {
                walk.tell(&joined(path, &member.name), None, lacking(member));
            }
        }
    }
}

/// A path that goes on to a member.
pub(super) fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn named(ty: &Type) -> Option<&str> {
    match ty {
        Type::Record(name) => Some(name),
        _ => None,
    }
}

/// The members of a body as the API has them: it may require more than its type does, and the connection adds its own.
fn body_fields(ours: &Ours, api: &Api, ty: &Type) -> Option<Vec<Field>> {
    let mut fields = ours.connector.object(ty)?.fields.clone();
    for field in &mut fields {
        let at_body = |site: &zoho_connector::Site| site.location == Location::Body && site.wire == field.name;
        if let Some(parameter) = api.parameters.iter().find(|parameter| parameter.sites.iter().any(at_body)) {
            field.required = parameter.required;
        }
    }
    let values = api.connection.iter().filter_map(|name| ours.connection_site(name));
    fields.extend(values.filter(|site| site.location == Location::Body).map(|site| Field {
        name: site.wire.clone(),
        ty: Type::Any,
        required: false,
        default: None,
        constant: Some(Value::Null),
    }));
    // What marks the page in a body is the engine's.
    let places = api.paginate.iter().flat_map(places_of).filter(|place| place.location == Location::Body);
    for place in places.filter(|place| !fields.iter().any(|field| field.name == place.name)).collect::<Vec<_>>() {
        fields.push(Field { name: place.name.clone(), ty: Type::Any, required: false, default: None, constant: None });
    }
    Some(fields)
}
