//! Schemas: what OpenAPI says of a value, as a [`Shape`].

use std::collections::HashSet;

use serde_json::Value;

use super::documents::{Broken, Documents, Spot};
use super::readings::Readings;
use super::scalars::{self, scalar};
use super::shape::{Member, Merge, Object, Shape};

/// The most members that a schema may have in all; a larger one is written less deep.
const LARGEST: usize = 400;

/// How deep objects are read, at most.
const DEEPEST: usize = 6;

/// The keys by which a schema says what a value is like; the others describe it, or restrict it further.
const TELLING: [&str; 9] =
    ["type", "properties", "patternProperties", "items", "enum", "const", "allOf", "oneOf", "anyOf"];

/// Reads schemas, and keeps what is worth a remark.
#[derive(Debug)]
pub(crate) struct Schemas<'a> {
    documents: &'a Documents,
    /// The schemas that are being read, one of which refers to itself where it comes again, and those that were.
    readings: Readings,
    remarks: Vec<String>,
}

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is sent: what is read only is left out, lists have their most entries.
    Sent,
    /// It comes back: nothing is required of it.
    Read,
}

impl<'a> Schemas<'a> {
    pub(crate) fn new(documents: &'a Documents) -> Self {
        Self { documents, readings: Readings::default(), remarks: Vec::new() }
    }

    /// What is remarkable in the schemas that were read since the last call.
    pub(crate) fn take_remarks(&mut self) -> Vec<String> {
        once(std::mem::take(&mut self.remarks))
    }

    /// The shape of a schema. `name` is the name of the value, which tells much of it.
    pub(crate) fn shape(&mut self, spot: Spot<'a>, name: &str, way: Way) -> Shape {
        let target = match self.documents.resolve(spot) {
            Ok(target) => target,
            Err(Broken(reference)) => {
                self.remarks.push(format!("`{name}` refers to `{reference}`, which is not there: taken as `any`"));
                return Shape::Any;
            }
        };
        let place = std::ptr::from_ref(target.value);
        if self.readings.meets(place) {
            self.remarks.push(format!("`{name}` refers to itself: taken as `map`"));
            return Shape::Map;
        }
        let key = (place, way == Way::Sent, name.to_owned());
        if let Some((shape, remarks)) = self.readings.find(&key) {
            self.remarks.extend(remarks);
            return shape;
        }
        let before = std::mem::take(&mut self.remarks);
        self.readings.begin(place);
        let mut shape = self.read(target, name, way);
        if shape.size() > LARGEST {
            let depth = (1..DEEPEST).rev().find(|depth| shape.clone().cut(*depth).size() <= LARGEST).unwrap_or(1);
            shape = shape.cut(depth);
            self.remarks.push(format!(
                "`{name}` holds more than {LARGEST} members: what is {depth} levels deep in it is a `map`"
            ));
        }
        if let (Shape::Object(object), Some(hint)) = (&mut shape, target.text("title").or(target.key)) {
            object.hint = Some(hint.to_owned());
        }
        let remarks = once(std::mem::replace(&mut self.remarks, before));
        self.readings.end(key, &shape, &remarks);
        self.remarks.extend(remarks);
        shape
    }

    fn read(&mut self, spot: Spot<'a>, name: &str, way: Way) -> Shape {
        let parts: Vec<Spot<'a>> = spot.get("allOf").into_iter().flat_map(Spot::items).collect();
        let alternatives: Vec<Spot<'a>> =
            ["oneOf", "anyOf"].into_iter().filter_map(|key| spot.get(key)).flat_map(Spot::items).collect();
        // Some files list the schemas that an object is made of under `properties`.
        let listed: Vec<Spot<'a>> =
            spot.get("properties").into_iter().flat_map(Spot::items).filter(|item| item.value.is_object()).collect();
        let own = spot.get("properties").is_some_and(|properties| properties.value.is_object())
            || spot.get("items").is_some();
        let mut shapes = Vec::new();
        shapes.extend(own.then(|| self.plain(spot, name, way)));
        for part in parts.into_iter().chain(listed) {
            if self.says_a_shape(part) {
                shapes.push(self.shape(part, name, way));
            }
        }
        // Alternatives that only say what is required hold for what is said beside them, and none of it is always required.
        if alternatives.iter().any(|one| self.says_a_shape(*one)) {
            shapes.push(self.alternatives(&alternatives, name, way));
        }
        let mut shape = match shapes.into_iter().reduce(|a, b| a.with(b, Merge::Both)) {
            Some(shape) => shape,
            None => self.plain(spot, name, way),
        };
        if let (Shape::Object(object), Way::Sent) = (&mut shape, way) {
            let required = self.required(spot, DEEPEST);
            object.members.iter_mut().for_each(|member| member.required |= required.contains(&member.name.as_str()));
        }
        shape
    }

    /// Whether a schema says what a value is like, and not only what is required of it or how it is described.
    fn says_a_shape(&self, spot: Spot<'a>) -> bool {
        self.documents.resolve(spot).map_or(true, |target| TELLING.iter().any(|key| target.get(key).is_some()))
    }

    /// The names that a schema requires, itself or by one of its parts: any part may require what another one declares.
    fn required(&self, spot: Spot<'a>, depth: usize) -> Vec<&'a str> {
        let Some(target) = self.documents.resolve(spot).ok().filter(|_| depth > 0) else { return Vec::new() };
        let own = target.get("required").into_iter().flat_map(Spot::items).filter_map(|name| name.value.as_str());
        let parts = target.get("allOf").into_iter().flat_map(Spot::items);
        own.chain(parts.flat_map(|part| self.required(part, depth - 1))).collect()
    }

    /// One of several: objects are put together, as are lists and choices; what does not go together is anything.
    fn alternatives(&mut self, alternatives: &[Spot<'a>], name: &str, way: Way) -> Shape {
        let is_null = |spot: &Spot<'a>| types_of(spot.value).as_slice() == ["null"];
        let mut shapes: Vec<Shape> = Vec::new();
        for spot in alternatives.iter().filter(|spot| !is_null(spot)) {
            // One that only requires is an object of which the others say the members.
            let only_requires = !self.says_a_shape(*spot) && !self.required(*spot, 1).is_empty();
            shapes.push(match only_requires {
                true => Shape::Object(Object::default()),
                false => self.shape(*spot, name, way),
            });
        }
        // An error among the replies of a success is judged by the service's own rules.
        let is_error = |shape: &Shape| shape.object().is_some_and(|object| object.member("errorCode").is_some());
        if way == Way::Read && !shapes.iter().all(is_error) {
            shapes.retain(|shape| !is_error(shape));
        }
        let count = shapes.len();
        let merged = shapes.into_iter().reduce(|a, b| a.with(b, Merge::Either)).unwrap_or(Shape::Any);
        match &merged {
            _ if count < 2 => {}
            Shape::Any => self.remarks.push(format!("`{name}` is one of {count} that do not go together: `any`")),
            Shape::Object(_) => {
                self.remarks.push(format!("`{name}` is one of {count} objects: their members are put together"));
            }
            _ => {}
        }
        merged
    }

    fn plain(&mut self, spot: Spot<'a>, name: &str, way: Way) -> Shape {
        let mut types = types_of(spot.value);
        types.retain(|ty| *ty != "null");
        let is_object = spot.get("properties").is_some() || spot.get("patternProperties").is_some();
        if types.is_empty() {
            let listed = spot.get("enum").or_else(|| spot.get("const")).is_some();
            types.push(if spot.get("items").is_some() {
                "array"
            } else if is_object {
                "object"
            } else if listed {
                "string"
            } else {
                // Of a value that was always null when the schema was made, only the name is known.
                let named = scalars::of_name(name, None);
                return if named == Shape::String { Shape::Any } else { named };
            });
        }
        match types.as_slice() {
            ["object"] | ["json"] => self.object(spot, way),
            ["array"] | ["list"] => self.list(spot, name, way),
            types if types.iter().any(|ty| matches!(*ty, "object" | "array")) => Shape::Any,
            types => {
                let shape = scalar(types, spot.value, name);
                if way == Way::Sent && scalars::loses_choices(spot.value, &shape) {
                    self.remarks.push(format!("the choices of `{name}` are too many, or cannot be written: left out"));
                }
                if shape == Shape::File && way == Way::Read { Shape::String } else { shape }
            }
        }
    }

    fn list(&mut self, spot: Spot<'a>, name: &str, way: Way) -> Shape {
        let item = spot.get("items").map_or(Shape::Any, |items| self.shape(items, name, way));
        let most = spot.get("maxItems").and_then(|max| max.value.as_u64());
        let max = most.filter(|most| way == Way::Sent && (1..=1000).contains(most));
        // A list of a list of choices is one that the source wrote as text with commas.
        match item {
            Shape::List(inner, None) if spot.get("items").is_some_and(|items| types_of(items.value) == ["string"]) => {
                Shape::List(inner, max)
            }
            item => Shape::List(Box::new(item), max),
        }
    }

    fn object(&mut self, spot: Spot<'a>, way: Way) -> Shape {
        let required: Vec<&str> =
            spot.get("required").into_iter().flat_map(Spot::items).filter_map(|name| name.value.as_str()).collect();
        let unwanted = if way == Way::Sent { "readOnly" } else { "writeOnly" };
        let mut object = Object::default();
        for (name, schema) in spot.get("properties").into_iter().flat_map(Spot::members) {
            let flag = |key: &str| {
                self.documents.resolve(schema).is_ok_and(|target| target.value.get(key) == Some(&Value::Bool(true)))
            };
            if flag(unwanted) || name.trim().is_empty() || !schema.value.is_object() {
                continue;
            }
            let shape = self.shape(schema, name, way);
            let required = way == Way::Sent && required.contains(&name.as_str());
            object.members.push(Member { required, ..Member::new(name, shape) });
        }
        // Members that are called by numbers are entries of a map.
        let is_entry = |member: &Member| member.name.chars().all(|c| c.is_ascii_digit());
        if object.members.iter().all(is_entry) { Shape::Map } else { Shape::Object(object) }
    }
}

/// Remarks, each once.
fn once(remarks: Vec<String>) -> Vec<String> {
    let mut known = HashSet::new();
    remarks.into_iter().filter(|remark| known.insert(remark.clone())).collect()
}

/// The names of the types of a schema.
fn types_of(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(ty)) => vec![ty],
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shape of a schema as it is written, and the remarks.
    fn read(schema: &str, way: Way) -> (String, Vec<String>) {
        let mut documents = Documents::default();
        let file = format!(
            r##"{{ "s": {schema}, "person": {{ "type": ["null", "object"], "properties": {{ "id": {{ "type": "string" }}, "name": {{ "type": "string" }} }} }},
            "tree": {{ "properties": {{ "child": {{ "$ref": "#/tree" }} }} }} }}"##
        );
        documents.add("a.json", &file).unwrap();
        let (_, root) = documents.roots().next().unwrap();
        let mut schemas = Schemas::new(&documents);
        let shape = schemas.shape(root.get("s").unwrap(), "s", way);
        (shape.to_string(), schemas.take_remarks())
    }

    #[test]
    fn parts_are_put_together_and_references_followed() {
        let schema = r##"{ "allOf": [{ "$ref": "#/person" }, { "type": "object", "properties": { "age": { "type": "integer" } } }] }"##;
        assert_eq!(read(schema, Way::Read), ("{ id: id, name: string, age: int }".into(), vec![]));
    }

    #[test]
    fn parts_that_say_no_shape_require_and_take_nothing_away() {
        let person = r##"{ "$ref": "#/person" }"##;
        for schema in [
            format!(r#"{{ "allOf": [{person}, {{ "required": ["name"] }}] }}"#),
            format!(r#"{{ "allOf": [{person}], "required": ["name"] }}"#),
            format!(
                r#"{{ "allOf": [{{ "description": "x", "additionalProperties": false }}, {{ "allOf": [{{ "required": ["name"] }}] }}, {person}] }}"#
            ),
        ] {
            assert_eq!(read(&schema, Way::Sent), ("{ id: id, name!: string }".into(), vec![]), "{schema}");
            assert_eq!(read(&schema, Way::Read), ("{ id: id, name: string }".into(), vec![]), "{schema}");
        }
        let any = r##"{ "allOf": [{ "$ref": "#/person" }, { "properties": { "name": {} } }] }"##;
        assert_eq!(read(any, Way::Sent).0, "{ id: id, name: string }");
    }

    #[test]
    fn alternatives_that_only_require_leave_an_object_as_it_is() {
        let properties = r#""type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" } }"#;
        for key in ["oneOf", "anyOf"] {
            let schema = format!(r#"{{ {properties}, "{key}": [{{ "required": ["a"] }}, {{ "required": ["b"] }}] }}"#);
            assert_eq!(read(&schema, Way::Sent), ("{ a: string, b: string }".into(), vec![]));
        }
        let mixed = format!(
            r#"{{ {properties}, "oneOf": [{{ "required": ["a"] }}, {{ "required": ["c"], "properties": {{ "c": {{ "type": "integer" }} }} }}] }}"#
        );
        assert_eq!(read(&mixed, Way::Sent).0, "{ a: string, b: string, c: int }");
    }

    #[test]
    fn alternatives_are_put_together_where_they_go_together() {
        let objects = r##"{ "oneOf": [{ "$ref": "#/person" }, { "type": "null" }, { "properties": { "id": { "type": "string" }, "x": { "type": "boolean" } } }] }"##;
        let (shape, remarks) = read(objects, Way::Read);
        assert_eq!(shape, "{ id: id, name: string, x: bool }");
        assert_eq!(remarks, ["`s` is one of 2 objects: their members are put together"]);
        let (shape, remarks) = read(r##"{ "anyOf": [{ "$ref": "#/person" }, { "type": "string" }] }"##, Way::Read);
        assert_eq!((shape.as_str(), remarks.len()), ("any", 1));
    }

    #[test]
    fn what_is_required_is_so_when_it_is_sent() {
        let schema = r#"{ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" },
            "b": { "type": "string", "readOnly": true }, "c": { "type": "string", "writeOnly": true } } }"#;
        assert_eq!(read(schema, Way::Sent).0, "{ a!: string, c: string }");
        assert_eq!(read(schema, Way::Read).0, "{ a: string, b: string }");
    }

    #[test]
    fn objects_of_any_members_are_maps_and_loops_are_cut() {
        for schema in [
            r#"{ "type": "object", "additionalProperties": { "type": "string" } }"#,
            r#"{ "type": "object", "patternProperties": { "[a-z]+": { "type": "string" } }, "additionalProperties": false }"#,
            r#"{ "type": "object" }"#,
            r#"{ "type": "object", "properties": { "3060320000000666022": { "type": "string" } } }"#,
        ] {
            assert_eq!(read(schema, Way::Read).0, "map");
        }
        let (shape, remarks) = read(r##"{ "$ref": "#/tree" }"##, Way::Read);
        assert_eq!((shape.as_str(), remarks.len()), ("{ child: map }", 1));
        assert_eq!(read(r##"{ "$ref": "#/nowhere" }"##, Way::Read).1.len(), 1);
    }

    #[test]
    fn a_schema_is_read_alike_whatever_was_read_before_it() {
        let file = r##"{ "a": { "properties": { "id": { "type": "string" }, "b": { "$ref": "#/b" } } },
            "b": { "properties": { "y": { "type": "integer" }, "in": { "properties": { "a": { "$ref": "#/a" } } }, "c": { "$ref": "#/c" } } },
            "c": { "properties": { "b": { "$ref": "#/b" } } } }"##;
        let mut documents = Documents::default();
        documents.add("a.json", file).unwrap();
        let (_, root) = documents.roots().next().unwrap();
        let alone = |key: &str| Schemas::new(&documents).shape(root.get(key).unwrap(), "s", Way::Read);
        assert_eq!(alone("c").to_string(), "{ b: { y: int, in: { a: { id: id, b: map } }, c: map } }");
        for order in [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"]] {
            let mut schemas = Schemas::new(&documents);
            for key in order {
                assert_eq!(schemas.shape(root.get(key).unwrap(), "s", Way::Read), alone(key), "{key} of {order:?}");
            }
        }
    }

    #[test]
    fn schemas_that_all_refer_to_each_other_are_read_in_time() {
        let references: Vec<String> = (0..16).map(|n| format!(r##""p{n}": {{ "$ref": "#/s{n}" }}"##)).collect();
        let schemas: Vec<String> =
            (0..16).map(|n| format!(r#""s{n}": {{ "properties": {{ {} }} }}"#, references.join(","))).collect();
        let mut documents = Documents::default();
        documents.add("a.json", &format!("{{ {} }}", schemas.join(","))).unwrap();
        let (_, root) = documents.roots().next().unwrap();
        let shape = Schemas::new(&documents).shape(root.get("s0").unwrap(), "s", Way::Read);
        assert!(shape.object().is_some_and(|object| object.members.len() == 16));
    }

    #[test]
    fn of_what_is_always_null_the_name_tells() {
        let schema = r#"{ "properties": { "created_time": { "type": "null" }, "tooltip": { "type": ["null"] } } }"#;
        assert_eq!(read(schema, Way::Read).0, "{ created_time: time, tooltip: any }");
    }

    #[test]
    fn lists_say_their_most_entries_where_they_are_sent() {
        let schema = r#"{ "type": ["array", "null"], "maxItems": 50, "items": { "enum": ["a", "b"] } }"#;
        assert_eq!(read(schema, Way::Sent).0, "[a|b, 50]");
        assert_eq!(read(schema, Way::Read).0, "[a|b]");
    }

    #[test]
    fn schemas_listed_as_properties_are_parts() {
        let schema = r#"{ "type": "object", "properties": [{ "title": "File", "properties": { "type": { "type": "text" } } }] }"#;
        assert_eq!(read(schema, Way::Sent).0, "{ type: string }");
    }
}
