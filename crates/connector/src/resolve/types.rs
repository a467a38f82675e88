//! Types: the type grammar read, and shared members taken over.

use indexmap::IndexMap;

use super::{PlacedFields, Resolver, record_type};
use crate::definition::{ObjectExpr, TypeExpr};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Origin, Route};
use crate::suggest::did_you_mean;
use crate::types::{Field, Scalar, Type, is_type_name, parse_scalar};

/// The types of all files, as written, with their places.
type Written<'a> = IndexMap<&'a str, (&'a ObjectExpr, Origin)>;

impl Resolver<'_> {
    /// Every type of every file, with the members of those that it takes over.
    pub(super) fn all_types(&mut self) -> IndexMap<String, PlacedFields> {
        let files = self.files;
        let mut written: Written<'_> = IndexMap::new();
        for file in files {
            for (name, object) in file.definition.types.iter().flatten() {
                let origin = Origin { file: file.id, route: Route::of(["types", name]) };
                if !is_type_name(name) {
                    let fault = Diagnostic::error(
                        Code::InvalidName,
                        origin.clone(),
                        format!("`{name}` cannot be the name of a type"),
                    );
                    self.report(
                        fault.at_key().help("a type's name begins with a capital and has letters and digits only"),
                    );
                }
                if let Some((_, first)) = written.get(name.as_str()) {
                    let fault =
                        Diagnostic::error(Code::DefinedTwice, origin, format!("the type `{name}` is defined twice"));
                    self.report(fault.at_key().related(first.clone(), "first here"));
                    continue;
                }
                written.insert(name, (object, origin));
            }
        }
        for name in written.keys() {
            self.take_over(name, &written, &mut Vec::new());
        }
        // Members name types that may stand further down, so they are looked up when all names are known.
        for (object, origin) in written.values() {
            self.known_types(object, origin, &written);
        }
        let mut done = std::mem::take(&mut self.types);
        written.keys().filter_map(|name| done.swap_remove_entry(*name)).collect()
    }

    /// Resolves a type behind those whose members it takes over, itself or in an object within it. The path leads to it:
    /// names of types, each with the place where it names the next.
    fn take_over<'a>(&mut self, name: &'a str, written: &Written<'a>, path: &mut Vec<(&'a str, Origin)>) {
        if self.types.contains_key(name) {
            return;
        }
        let Some(&(object, ref origin)) = written.get(name) else { return };
        if let Some((_, place)) = path.iter().find(|(known, _)| *known == name) {
            let circle = path.iter().map(|(name, _)| *name).chain([name]).collect::<Vec<_>>().join(" → ");
            let fault = Diagnostic::error(
                Code::TypeCycle,
                place.clone(),
                format!("types take over each other's members in a circle: {circle}"),
            );
            self.report(fault);
            return;
        }
        for (parent, place) in parents(object, origin) {
            path.push((name, place));
            self.take_over(parent, written, path);
            path.pop();
        }
        let fields = self.object(object, origin);
        self.types.insert(name.to_owned(), fields);
    }

    /// Reports members that stand twice in one object, with `!` and without: only one of the two would count.
    pub(super) fn twins(&mut self, object: &ObjectExpr, origin: &Origin) {
        let marked = object.fields.keys().filter_map(|key| Some((key, key.strip_suffix('!')?)));
        for (key, name) in marked.filter(|(_, name)| object.fields.contains_key(*name)) {
            let place = |key: &str| (object.fields.get_index_of(key), origin.key(key));
            let (mut first, mut second) = (place(key), place(name));
            if second.0 < first.0 {
                (first, second) = (second, first);
            }
            let message = format!("the member `{name}` stands twice, with `!` and without");
            let fault = Diagnostic::error(Code::DuplicateKey, second.1, message).at_key();
            let help = format!("keep one of them: `{name}!` where it must be given");
            self.report(fault.related(first.1, "first here").help(help));
        }
    }

    /// The members of an object: those taken over first, own members winning over them in place.
    fn merged(&mut self, object: &ObjectExpr, origin: &Origin, inherited: Vec<PlacedFields>) -> PlacedFields {
        let mut fields: PlacedFields = Vec::new();
        let mut put = |entry: (Field, Origin)| match fields.iter_mut().find(|(field, _)| field.name == entry.0.name) {
            Some(twin) => *twin = entry,
            None => fields.push(entry),
        };
        inherited.into_iter().flatten().for_each(&mut put);
        self.twins(object, origin);
        for (key, expr) in &object.fields {
            put((self.field(key, expr, &origin.key(key)), origin.key(key)));
        }
        fields
    }

    /// The members of an object. A type that is not resolved yet was reported where the circle is that it stands in.
    pub(super) fn object(&mut self, object: &ObjectExpr, origin: &Origin) -> PlacedFields {
        let mut inherited = Vec::new();
        for (i, parent) in object.extends.iter().enumerate() {
            match self.types.get(parent) {
                Some(fields) => inherited.push(fields.clone()),
                None => {
                    let files = self.files;
                    let known = files.iter().flat_map(|file| file.definition.types.iter().flatten());
                    let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
                    if !known.contains(&parent.as_str()) {
                        self.unknown_type(parent, extends_place(origin, object, i), &known);
                    }
                }
            }
        }
        self.merged(object, origin, inherited)
    }

    /// One member: `name!: T = v`.
    pub(super) fn field(&mut self, key: &str, expr: &TypeExpr, origin: &Origin) -> Field {
        let (name, required) = match key.strip_suffix('!') {
            Some(name) => (name, true),
            None => (key, false),
        };
        if name.is_empty() {
            self.report(Diagnostic::error(Code::InvalidName, origin.clone(), "a member has no name").at_key());
        } else if name.ends_with('!') {
            let fault = Diagnostic::error(Code::InvalidName, origin.clone(), format!("`{key}` has more than one `!`"));
            self.report(fault.at_key().help(format!("write `{}!`", name.trim_end_matches('!'))));
        }
        let mut field = Field { name: name.to_owned(), ty: Type::Any, required, default: None, constant: None };
        match expr {
            TypeExpr::Text(text) => match self.scalar(text, origin) {
                Some(Scalar::Type(ty, default)) => (field.ty, field.default) = (ty, default),
                Some(Scalar::Constant(value)) => (field.ty, field.constant) = (type_of(&value), Some(value)),
                Some(Scalar::Body) => self.misplaced_body(origin),
                None => {}
            },
            expr => {
                field.ty = self.ty(expr, origin);
                field.constant = all_constant(&field.ty);
            }
        }
        field
    }

    /// A type expression that is no member: `returns`, `body`, the entries of a list.
    pub(super) fn ty(&mut self, expr: &TypeExpr, origin: &Origin) -> Type {
        match expr {
            TypeExpr::Text(text) => match self.scalar(text, origin) {
                Some(Scalar::Type(ty, None)) => ty,
                Some(Scalar::Body) => {
                    self.misplaced_body(origin);
                    Type::Any
                }
                Some(_) => {
                    self.report(Diagnostic::error(
                        Code::InvalidType,
                        origin.clone(),
                        format!("`{text}` is a value, and a type is wanted here"),
                    ));
                    Type::Any
                }
                None => Type::Any,
            },
            TypeExpr::List(item, max) => {
                let place = origin.index(0);
                Type::List { item: Box::new(self.ty(item, &place)), max: *max }
            }
            TypeExpr::Object(object) => {
                let fields = self.object(object, origin);
                Type::Object(record_type(&fields))
            }
        }
    }

    /// Reads a scalar of the type grammar, reporting what is wrong with it.
    pub(super) fn scalar(&mut self, text: &str, origin: &Origin) -> Option<Scalar> {
        match parse_scalar(text) {
            Ok(scalar) => Some(scalar),
            Err(fault) => {
                let diagnostic = Diagnostic::error(Code::InvalidType, origin.clone(), fault.message);
                self.report(diagnostic.maybe_help(fault.help));
                None
            }
        }
    }

    /// Reports the names of types in an expression that are not defined.
    pub(super) fn known_type(&mut self, expr: &TypeExpr, origin: &Origin) {
        let known: Vec<String> = self.types.keys().cloned().collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.known_in(expr, origin, &known);
    }

    fn known_types(&mut self, object: &ObjectExpr, origin: &Origin, written: &Written<'_>) {
        let known: Vec<&str> = written.keys().copied().collect();
        for (key, expr) in &object.fields {
            self.known_in(expr, &origin.key(key), &known);
        }
    }

    fn known_in(&mut self, expr: &TypeExpr, origin: &Origin, known: &[&str]) {
        match expr {
            TypeExpr::Text(text) => {
                if let Ok(Scalar::Type(Type::Record(name), _)) = parse_scalar(text)
                    && !known.contains(&name.as_str())
                {
                    self.unknown_type(&name, origin.clone(), known);
                }
            }
            TypeExpr::List(item, _) => {
                self.known_in(item, &origin.index(0), known);
            }
            TypeExpr::Object(object) => {
                for (key, expr) in &object.fields {
                    self.known_in(expr, &origin.key(key), known);
                }
            }
        }
    }

    fn unknown_type(&mut self, name: &str, origin: Origin, known: &[&str]) {
        if self.left_out.has("types", name) {
            return;
        }
        let help = did_you_mean(name, known.iter().copied());
        let help = help.unwrap_or_else(|| format!("define it under `types: {{ {name}: {{ … }} }}`"));
        self.report(
            Diagnostic::error(Code::UnknownType, origin, format!("the type `{name}` is not defined")).help(help),
        );
    }

    fn misplaced_body(&mut self, origin: &Origin) {
        let fault = Diagnostic::error(
            Code::InvalidType,
            origin.clone(),
            "`body` marks the spot where the declared body goes, and none goes here",
        );
        self.report(fault.help("`body` stands inside `wrap`, `query` or `form` of an API that declares a `body`"));
    }
}

/// The types that an object takes over, itself or in an object within it, with the places that name them.
fn parents<'a>(object: &'a ObjectExpr, origin: &Origin) -> Vec<(&'a str, Origin)> {
    fn within<'a>(expr: &'a TypeExpr, origin: &Origin) -> Vec<(&'a str, Origin)> {
        match expr {
            TypeExpr::Text(_) => Vec::new(),
            TypeExpr::List(item, _) => within(item, &origin.index(0)),
            TypeExpr::Object(object) => parents(object, origin),
        }
    }
    let own = object.extends.iter().enumerate().map(|(i, name)| (name.as_str(), extends_place(origin, object, i)));
    own.chain(object.fields.iter().flat_map(|(key, expr)| within(expr, &origin.key(key)))).collect()
}

fn extends_place(origin: &Origin, object: &ObjectExpr, index: usize) -> Origin {
    let place = origin.key("..");
    if object.extends.len() == 1 { place } else { place.index(index) }
}

/// The value of an object in which everything is constant: nothing of it can be given, and all of it is always sent.
fn all_constant(ty: &Type) -> Option<serde_json::Value> {
    let Type::Object(object) = ty else { return None };
    let members: Option<serde_json::Map<_, _>> =
        object.fields.iter().map(|field| Some((field.name.clone(), field.constant.clone()?))).collect();
    members.filter(|members| !members.is_empty()).map(serde_json::Value::Object)
}

/// The type of a constant, for those who print it.
fn type_of(value: &serde_json::Value) -> Type {
    match value {
        serde_json::Value::Bool(_) => Type::Bool,
        serde_json::Value::Number(_) => Type::Int,
        serde_json::Value::String(_) => Type::String,
        _ => Type::Any,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::diagnostic::{Code, Spot};
    use crate::load::load;
    use crate::{SourceFile, Type, load::read};

    const HEAD: &str = "connector: test\ntitle: Test\nbase_url: https://test.{zoho}\n";

    #[test]
    fn an_object_within_a_type_takes_over_members_wherever_they_are_written() {
        let yaml = format!(
            "{HEAD}types:\n  Book: {{ by: {{ ..: Person, role: string }}, pages: [{{ ..: [Leaf, Person] }}] }}\n  \
             Leaf: {{ ..: Numbered }}\n  Person: {{ id!: id }}\n  Numbered: {{ number: int }}\n"
        );
        let connector = read(&[SourceFile::new("test.yaml", yaml)]).unwrap();
        let names = |member: &str| {
            let ty = match &connector.types["Book"].field(member).unwrap().ty {
                Type::List { item, .. } => (**item).clone(),
                ty => ty.clone(),
            };
            let Type::Object(object) = ty else { panic!("{member} is no object") };
            object.fields.into_iter().map(|field| field.name).collect::<Vec<_>>()
        };
        assert_eq!(
            (names("by"), names("pages")),
            (vec!["id".into(), "role".into()], vec!["number".into(), "id".into()])
        );
        assert_eq!(connector.types.keys().collect::<Vec<_>>(), ["Book", "Leaf", "Person", "Numbered"]);
    }

    #[test]
    fn a_circle_through_an_object_is_told_once_and_an_unknown_type_within_one_too() {
        let faults = |types: &str| {
            let file = SourceFile::new("test.yaml", format!("{HEAD}types:\n{types}"));
            let faults = load(&[file]).diagnostics.into_iter().filter(|fault| fault.code != Code::UnusedType);
            let place = |spot: Spot| match spot {
                Spot::Value(route) => route.to_string(),
                other => format!("{other:?}"),
            };
            faults.map(|fault| (fault.code, place(fault.place.spot))).collect::<Vec<_>>()
        };
        assert_eq!(
            faults("  A: { b: [{ ..: B }] }\n  B: { ..: A }\n"),
            [(Code::TypeCycle, "types › A › b › 1 › ..".to_owned())]
        );
        assert_eq!(
            faults("  A: { b: { ..: C } }\n  B: { c: int }\n"),
            [(Code::UnknownType, "types › A › b › ..".to_owned())]
        );
    }

    #[test]
    fn an_object_of_constants_is_a_constant() {
        let yaml = "
connector: test
title: Test
base_url: https://test.{zoho}
types: { Change: { id!: id, attributes: { status: =51, by: { whom: =me } }, open: { a: =1, b: int } } }
";
        let connector = read(&[SourceFile::new("test.yaml", yaml)]).unwrap();
        let change = &connector.types["Change"];
        assert_eq!(change.field("attributes").unwrap().constant, Some(json!({ "status": 51, "by": { "whom": "me" } })));
        assert_eq!(change.field("open").unwrap().constant, None);
    }
}
