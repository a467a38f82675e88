//! The shape of a file against the JSON Schema: every fault at once, each at its place and in plain words.

mod words;

use std::sync::LazyLock;

use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Document, FileId, Origin, Route, Step};
use crate::suggest::nearest;

/// A fault of shape, and the place of the value that has to go for the rest to be read.
#[derive(Debug, Clone)]
pub struct ShapeFault {
    /// The value that has the fault.
    pub route: Route,
    /// The fault.
    pub diagnostic: Diagnostic,
    /// For a key that is not known: the one that was probably meant.
    pub meant: Option<Route>,
}

/// The schema as data, and what judges by it.
struct Judge {
    schema: Value,
    validator: Option<Validator>,
}

static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
    let schema = crate::schema::schema();
    let validator = jsonschema::options().should_validate_formats(false).build(&schema).ok();
    Judge { schema, validator }
});

/// Whether a file's value has the shape that the schema asks for.
pub fn fits(value: &Value) -> bool {
    JUDGE.validator.as_ref().is_some_and(|validator| validator.is_valid(&with_floats_marked(value)))
}

/// All faults of shape of a file's value. `document` tells how values were written.
pub fn faults(file: FileId, value: &Value, document: &Document) -> Vec<ShapeFault> {
    let judge = &*JUDGE;
    let Some(validator) = &judge.validator else { return Vec::new() };
    let judged = with_floats_marked(value);
    let mut found = Vec::new();
    for error in validator.iter_errors(&judged) {
        let seen = Seen {
            file,
            value,
            document,
            schema: &judge.schema,
            route: route_to(value, error.instance_path().as_str()),
        };
        seen.tell(&error, &mut found);
    }
    without_followers(found)
}

/// Faults without the missing keys that are there under a name with a slip in it.
fn without_followers(found: Vec<ShapeFault>) -> Vec<ShapeFault> {
    let meant: Vec<Route> = found.iter().filter_map(|fault| fault.meant.clone()).collect();
    let follows = |fault: &ShapeFault| fault.diagnostic.code == Code::MissingKey && meant.contains(&fault.route);
    found.into_iter().filter(|fault| !follows(fault)).collect()
}

/// JSON Schema calls `1.0` a whole number; the language, which compares numbers as text, does not.
fn with_floats_marked(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::from(0.5),
        Value::Array(items) => items.iter().map(with_floats_marked).collect(),
        Value::Object(members) => Value::Object(
            members.iter().map(|(key, value)| (key.clone(), with_floats_marked(value))).collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

/// The route that a JSON pointer means in a value.
fn route_to(value: &Value, pointer: &str) -> Route {
    let mut route = Route::default();
    let mut at = Some(value);
    for part in pointer.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        let step = match at {
            Some(Value::Array(_)) => Step::Index(name.parse().unwrap_or(0)),
            _ => Step::Key(name.into()),
        };
        at = at.and_then(|at| child(at, &step));
        route.0.push(step);
    }
    route
}

/// The value one step further down.
pub(crate) fn child<'v>(value: &'v Value, step: &Step) -> Option<&'v Value> {
    match step {
        Step::Key(key) => value.get(&**key),
        Step::Index(index) => value.get(index),
    }
}

/// What is at hand to say one fault in words.
struct Seen<'a> {
    file: FileId,
    value: &'a Value,
    document: &'a Document,
    schema: &'a Value,
    route: Route,
}

impl Seen<'_> {
    fn tell(&self, error: &ValidationError<'_>, found: &mut Vec<ShapeFault>) {
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let known = self.known_keys(error);
                found.extend(unexpected.iter().map(|key| self.unknown_key(key, &known)));
            }
            ValidationErrorKind::PropertyNames { error: inner } => {
                let known = options(inner.kind());
                let key = inner.instance().as_str().unwrap_or_default().to_owned();
                found.push(self.unknown_key(&key, &known));
            }
            ValidationErrorKind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                let message = format!("{} lacks `{key}`", words::subject(&self.route));
                let help = self.meaning(error, key).map(|meaning| format!("`{key}`: {meaning}"));
                let diagnostic = self.fault(Code::MissingKey, message).at_key().maybe_help(help);
                found.push(diagnostic.into_fault(&self.route.key(key)));
            }
            ValidationErrorKind::Type { .. } => found.push(self.wrong_type(error)),
            kind => found.push(self.other(kind)),
        }
    }

    fn origin(&self) -> Origin {
        Origin { file: self.file, route: self.route.clone() }
    }

    fn fault(&self, code: Code, message: String) -> Diagnostic {
        Diagnostic::error(code, self.origin(), message)
    }

    /// The node of the schema that holds the keyword of an error.
    fn schema_node(&self, error: &ValidationError<'_>) -> Option<&Value> {
        let pointer = error.schema_path().as_str();
        self.schema.pointer(pointer.rsplit_once('/').map_or("", |(node, _)| node))
    }

    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<String> {
        let properties = self.schema_node(error).and_then(|node| node.get("properties")).and_then(Value::as_object);
        properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
    }

    /// The first sentence of a key's description.
    fn meaning(&self, error: &ValidationError<'_>, key: &str) -> Option<String> {
        let description = self.schema_node(error)?.get("properties")?.get(key)?.get("description")?.as_str()?;
        Some(words::first_sentence(description))
    }

    fn unknown_key(&self, key: &str, known: &[String]) -> ShapeFault {
        let route = self.route.key(key);
        let message = format!("{} has no key `{key}`", words::subject(&self.route));
        let origin = Origin { file: self.file, route: route.clone() };
        let diagnostic = Diagnostic::error(Code::UnknownKey, origin, message).at_key();
        let diagnostic = diagnostic.help(words::about_key(key, known));
        let meant = nearest(key, known.iter().map(String::as_str)).first().map(|meant| self.route.key(*meant));
        ShapeFault { meant, ..diagnostic.into_fault(&route) }
    }

    fn wrong_type(&self, error: &ValidationError<'_>) -> ShapeFault {
        let expected = self.schema.pointer(error.schema_path().as_str()).map(words::type_names).unwrap_or_default();
        let actual = self.at_route();
        let written = self.document.scalar(&self.route);
        let message = format!(
            "{} must be {}, and {}",
            words::subject(&self.route),
            words::expected(&expected),
            words::actual(actual, written)
        );
        let help = words::about_type(&self.route, &expected, actual, written);
        self.fault(Code::Shape, message).maybe_help(help).into_fault(&self.route)
    }

    fn at_route(&self) -> &Value {
        self.route.0.iter().try_fold(self.value, child).unwrap_or(&Value::Null)
    }

    fn other(&self, kind: &ValidationErrorKind) -> ShapeFault {
        let (message, help) = words::about_value(&self.route, self.at_route(), kind);
        self.fault(Code::Shape, message).maybe_help(help).into_fault(&self.route)
    }
}

impl Diagnostic {
    fn into_fault(self, route: &Route) -> ShapeFault {
        ShapeFault { route: route.clone(), diagnostic: self, meant: None }
    }
}

/// The values that an error says are allowed.
fn options(kind: &ValidationErrorKind) -> Vec<String> {
    match kind {
        ValidationErrorKind::Enum { options } => {
            options.as_array().into_iter().flatten().filter_map(|option| Some(option.as_str()?.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}
