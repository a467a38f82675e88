//! The arguments of an API: from its path, its declared parameters, the defaults that it inherits, and its body.

use indexmap::IndexMap;

use super::{PlacedFields, ReadFile, Resolver, marks_body, record_type};
use crate::connector::{Body, Carrier, Constant, Envelope, Location, Parameter, Site, Verb, WHOLE_BODY};
use crate::definition::{ApiDefinition, ByVerbDefinition, ObjectExpr, TypeExpr, VerbDefaults};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Origin;
use crate::suggest::did_you_mean;
use crate::template::Template;
use crate::types::{Field, Scalar, Type};

/// What an API is given and what it always sends.
#[derive(Default)]
pub(super) struct Inputs {
    pub(super) parameters: Vec<Parameter>,
    pub(super) constants: Vec<Constant>,
    pub(super) body: Option<Body>,
}

impl Resolver<'_> {
    pub(super) fn inputs(
        &mut self,
        file: &ReadFile,
        api: &ApiDefinition,
        verb: Verb,
        path: &Template,
        at: &Origin,
    ) -> Inputs {
        let mut inputs = Inputs::default();
        self.path_parameters(file, api, path, at, &mut inputs);
        let mut carrier = None;
        let mut dropped: Vec<&str> = Vec::new();
        for (location, word) in [(Location::Query, "query"), (Location::Header, "headers"), (Location::Form, "form")] {
            let mut declared = self.declared(file, api, verb, location, word, at);
            for name in api.drop.iter().flatten() {
                dropped.extend(declared.shift_remove(name).map(|_| name.as_str()));
            }
            for (name, (expr, origin)) in declared {
                match expr {
                    Declared::Member(_, expr) if is_marker(&expr) => {
                        carrier = Some(self.carrier(&name, &expr, location, &origin));
                    }
                    Declared::Member(key, expr) => {
                        let field = self.field(&key, &expr, &origin);
                        self.known_type(&expr, &origin);
                        self.add(field, location, origin, &mut inputs);
                    }
                    Declared::TakenOver(field) => self.add(field, location, origin, &mut inputs),
                }
            }
        }
        for (i, name) in api.drop.iter().flatten().enumerate().filter(|(_, name)| !dropped.contains(&name.as_str())) {
            let origin = at.key("drop");
            let origin = origin.index(i);
            self.unknown("defaults", "inherited query parameter or header", name, origin, &[]);
        }
        self.body(api, carrier, at, &mut inputs);
        inputs
    }

    fn path_parameters(
        &mut self,
        file: &ReadFile,
        api: &ApiDefinition,
        path: &Template,
        at: &Origin,
        inputs: &mut Inputs,
    ) {
        let defaults = self.defaults_for(file);
        let mut types: IndexMap<String, (TypeExpr, Origin)> = IndexMap::new();
        let inherited = defaults.iter().filter_map(|(id, defaults)| {
            Some((defaults.path.as_ref()?, Origin { file: *id, route: crate::Route::of(["defaults", "path"]) }))
        });
        let own = api.path.iter().map(|object| (object, at.key("path")));
        for (object, origin) in inherited.chain(own) {
            self.twins(object, &origin);
            for (key, expr) in &object.fields {
                types.insert(key.trim_end_matches('!').to_owned(), (expr.clone(), origin.key(key)));
            }
        }
        for key in api.path.iter().flat_map(|object| object.fields.keys()) {
            let name = key.trim_end_matches('!');
            if !path.values().any(|value| value == name) {
                let message = format!("the path has no `{{{name}}}`");
                let help = did_you_mean(name, path.values());
                self.report(
                    Diagnostic::error(Code::UnknownVariable, at.key("path").key(key), message)
                        .at_key()
                        .maybe_help(help),
                );
            }
        }
        for name in path.values().map(str::to_owned).collect::<Vec<_>>() {
            let of_connection = self
                .connection
                .get(&name)
                .is_some_and(|value| value.site.as_ref().is_some_and(|site| site.location == Location::Path));
            if of_connection {
                continue;
            }
            let (mut field, origin) = match types.get(&name) {
                Some((expr, origin)) => (self.field(&name, expr, origin), origin.clone()),
                None => (
                    Field { name: name.clone(), ty: Type::Id, required: true, default: None, constant: None },
                    at.clone(),
                ),
            };
            field.required = field.default.is_none();
            self.add(field, Location::Path, origin, inputs);
        }
    }

    /// The members declared for a location: the service's defaults, the group's, those of the verb, the API's own.
    fn declared(
        &mut self,
        file: &ReadFile,
        api: &ApiDefinition,
        verb: Verb,
        location: Location,
        word: &str,
        at: &Origin,
    ) -> IndexMap<String, (Declared, Origin)> {
        let mut sources: Vec<(ObjectExpr, Origin)> = Vec::new();
        let defaults = self.defaults_for(file);
        for (id, defaults) in &defaults {
            let object = match location {
                Location::Query => &defaults.query,
                Location::Header => &defaults.headers,
                _ => &None,
            };
            let origin = Origin { file: *id, route: crate::Route::of(["defaults", word]) };
            sources.extend(object.clone().map(|object| (object, origin)));
        }
        for (id, defaults) in &defaults {
            let of_verb = defaults.by_verb.as_ref().and_then(|by_verb| verb_defaults(by_verb, verb));
            let object = of_verb.and_then(|words| match location {
                Location::Query => words.query.clone(),
                Location::Header => words.headers.clone(),
                _ => None,
            });
            let origin = Origin { file: *id, route: crate::Route::of(["defaults", "by_verb", verb.key(), word]) };
            sources.extend(object.map(|object| (object, origin)));
        }
        let own = match location {
            Location::Query => &api.query,
            Location::Header => &api.headers,
            _ => &api.form,
        };
        sources.extend(own.clone().map(|object| (object, at.key(word))));
        let mut members = IndexMap::new();
        for (object, origin) in sources {
            self.twins(&object, &origin);
            let parents = ObjectExpr { extends: object.extends.clone(), fields: IndexMap::new() };
            for (field, place) in self.object(&parents, &origin) {
                members.insert(field.name.clone(), (Declared::TakenOver(field), place));
            }
            for (key, expr) in object.fields {
                let place = origin.key(&key);
                let name = key.trim_end_matches('!').to_owned();
                members.insert(name, (Declared::Member(key, expr), place));
            }
        }
        members
    }

    fn carrier(&mut self, key: &str, expr: &TypeExpr, location: Location, origin: &Origin) -> Carrier {
        let site = Site { location, wire: key.trim_end_matches('!').to_owned() };
        Carrier::Field(site, self.envelope(expr, origin))
    }

    /// What is put around a body: `body` marks the spot, everything else is constant.
    fn envelope(&mut self, expr: &TypeExpr, origin: &Origin) -> Envelope {
        match expr {
            TypeExpr::List(item, _) => Envelope::List(vec![self.envelope(item, origin)]),
            TypeExpr::Object(object) => {
                let members =
                    object.fields.iter().map(|(key, expr)| (key.clone(), self.envelope(expr, &origin.key(key))));
                Envelope::Object(members.collect())
            }
            TypeExpr::Text(text) => match self.scalar(text, origin) {
                Some(Scalar::Body) | None => Envelope::Body,
                Some(Scalar::Constant(value)) => Envelope::Constant(value),
                Some(Scalar::Type(..)) => {
                    let fault = Diagnostic::error(
                        Code::InvalidType,
                        origin.clone(),
                        format!("`{text}` is neither `body` nor a constant"),
                    );
                    self.report(
                        fault.help("an envelope holds `body` and constants (`=value`); arguments belong to the body"),
                    );
                    Envelope::Body
                }
            },
        }
    }

    fn body(&mut self, api: &ApiDefinition, carrier: Option<Carrier>, at: &Origin, inputs: &mut Inputs) {
        let wrapped = api.wrap.as_ref().map(|wrap| self.envelope(&TypeExpr::Object(wrap.clone()), &at.key("wrap")));
        let place = at.key("body");
        let Some(expr) = &api.body else {
            if carrier.is_some() || wrapped.is_some() {
                let message = "the API marks a spot for a body and declares none";
                self.report(Diagnostic::error(Code::Incomplete, at.clone(), message).at_key().help("add `body:`"));
            }
            return;
        };
        if api.wrap.as_ref().is_some_and(|wrap| !marks_body(wrap)) {
            let message = "the envelope has no spot for the body";
            self.report(
                Diagnostic::error(Code::Incomplete, at.key("wrap"), message)
                    .help("write `body` where it goes: `wrap: { data: body }`"),
            );
        }
        if carrier.is_none() && api.form.is_some() {
            let message = "a request has one body, and this API declares a form beside it";
            let fault = Diagnostic::error(Code::Incomplete, place.clone(), message);
            self.report(fault.help("mark the field that carries the body: `form: { data: body }`"));
        }
        let carrier = carrier.unwrap_or_else(|| Carrier::Body(wrapped.unwrap_or(Envelope::Body)));
        let (ty, members): (Type, Option<PlacedFields>) = match expr {
            TypeExpr::Object(object) => {
                self.known_type(expr, &place);
                let fields = self.object(object, &place);
                (Type::Object(record_type(&fields)), Some(fields))
            }
            expr => {
                let ty = self.ty(expr, &place);
                self.known_type(expr, &place);
                let members = match &ty {
                    Type::Record(name) => self.types.get(name).cloned(),
                    _ => None,
                };
                (ty, members)
            }
        };
        match members {
            Some(fields) => {
                for (field, origin) in fields {
                    self.add(field, Location::Body, origin, inputs);
                }
            }
            None => inputs.parameters.push(Parameter {
                name: WHOLE_BODY.to_owned(),
                sites: vec![Site { location: Location::Body, wire: String::new() }],
                ty: ty.clone(),
                required: true,
                default: None,
                origin: place,
            }),
        }
        inputs.body = Some(Body { ty, carrier });
    }

    /// Reports what cannot be the name of a header, and the header that the token is in.
    pub(super) fn header_name(&mut self, site: &Site, origin: &Origin) {
        let name = site.wire.as_str();
        if site.location != Location::Header || name.is_empty() {
            return;
        }
        let (message, help) = if name.eq_ignore_ascii_case("Authorization") {
            let message = format!("the token goes into the header `{name}`, and nothing else can");
            (message, "take it away; where a key takes the token's place, write `auth: { key: header Authorization }`")
        } else if !name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)) {
            (format!("`{name}` cannot be the name of a header"), "letters of a to z, digits and `-`: `X-Request-Id`")
        } else {
            return;
        };
        self.report(Diagnostic::error(Code::InvalidName, origin.clone(), message).at_key().help(help));
    }

    /// Adds a member as an argument or a constant. One name in two places is one argument sent in both.
    fn add(&mut self, field: Field, location: Location, origin: Origin, inputs: &mut Inputs) {
        let site = Site { location, wire: field.name.clone() };
        self.header_name(&site, &origin);
        if let Some(value) = field.constant {
            inputs.constants.push(Constant { site, value, origin });
            return;
        }
        let name = argument_name(&field.name);
        if name.is_empty() && !field.name.is_empty() {
            let message = format!("`{}` has no letter of a to z and no digit to call its argument by", field.name);
            let fault = Diagnostic::error(Code::InvalidName, origin, message).at_key();
            let help = match location {
                Location::Path => "take another word, which is for the caller alone: `/books/{book}`",
                _ => "take it away, or send it always: `name: =value`; only constants may be called so",
            };
            self.report(fault.help(help));
            return;
        }
        if let Some(twin) = inputs.parameters.iter_mut().find(|parameter| parameter.name == name) {
            if twin.sites.iter().all(|other| other.wire == site.wire && other.location != location) {
                twin.required |= field.required;
                twin.sites.push(site);
                return;
            }
            let message = format!("`{}` and `{}` would both be the argument `{name}`", twin.sites[0].wire, site.wire);
            let first = twin.origin.clone();
            self.report(
                Diagnostic::error(Code::ArgumentClash, origin, message).at_key().related(first, "the other one"),
            );
            return;
        }
        inputs.parameters.push(Parameter {
            name,
            sites: vec![site],
            ty: field.ty,
            required: field.required,
            default: field.default,
            origin,
        });
    }
}

/// A declared member: as written, or taken over from a type.
enum Declared {
    /// The key and the expression.
    Member(String, TypeExpr),
    TakenOver(Field),
}

/// Whether an expression holds the mark `body`.
fn is_marker(expr: &TypeExpr) -> bool {
    match expr {
        TypeExpr::Text(text) => text == "body",
        TypeExpr::List(item, _) => is_marker(item),
        TypeExpr::Object(object) => marks_body(object),
    }
}

fn verb_defaults(by_verb: &ByVerbDefinition, verb: Verb) -> Option<&VerbDefaults> {
    match verb {
        Verb::Get => by_verb.get.as_ref(),
        Verb::Post => by_verb.post.as_ref(),
        Verb::Put => by_verb.put.as_ref(),
        Verb::Patch => by_verb.patch.as_ref(),
        Verb::Delete => by_verb.delete.as_ref(),
    }
}

/// The argument for a name on the wire: every run of other characters is one `_`, outer ones are cut.
pub(super) fn argument_name(wire: &str) -> String {
    let mut name = String::new();
    for c in wire.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::argument_name;

    #[test]
    fn argument_names() {
        for (wire, name) in [
            ("filter[type]", "filter_type"),
            ("If-Modified-Since", "If_Modified_Since"),
            ("_all", "all"),
            ("limit", "limit"),
        ] {
            assert_eq!(argument_name(wire), name);
        }
    }
}
