//! Zoho's own OpenAPI files, as far as they name parameters.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use zoho_connector::{Api, Connector, Location};

use crate::compare::paths_of;
use crate::table::plain_path;

/// A name, and where it goes.
pub(crate) type Placed = (Location, String);

/// The names of all operations that the files describe.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    operations: BTreeMap<(String, String), Names>,
}

/// The names that one operation knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Query parameters and headers; the latter in small letters.
    known: BTreeSet<(u8, String)>,
    /// Those of them that it cannot do without.
    required: BTreeSet<(u8, String)>,
    /// The members of its JSON body.
    body: Members,
    /// The fields of its form.
    form: Members,
}

/// The members that a schema knows.
#[derive(Debug, Clone, Default, PartialEq)]
enum Members {
    /// There is no such body.
    #[default]
    Nothing,
    /// These, and no others.
    Closed(BTreeSet<String>),
    /// Any.
    Open,
}

impl Names {
    /// Whether the operation knows a name. The names of a path do not travel, so any is known.
    pub(crate) fn know(&self, (location, name): &Placed) -> bool {
        match location {
            Location::Path => true,
            Location::Query | Location::Header => self.known.contains(&key(*location, name)),
            Location::Body => self.body.hold(name),
            Location::Form => self.form.hold(name),
        }
    }

    /// What it requires and nobody sends.
    pub(crate) fn missing(&self, sent: &[Placed]) -> Vec<Placed> {
        let sent: BTreeSet<_> = sent.iter().map(|(location, name)| key(*location, name)).collect();
        let location = |rank: u8| if rank == rank_of(Location::Query) { Location::Query } else { Location::Header };
        self.required.difference(&sent).map(|(rank, name)| (location(*rank), name.clone())).collect()
    }

    /// What either of two descriptions of one operation knows; required is what both require.
    fn join(&mut self, other: Self) {
        self.known.extend(other.known);
        self.required.retain(|name| other.required.contains(name));
        self.body.join(other.body);
        self.form.join(other.form);
    }
}

impl Members {
    fn hold(&self, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Closed(names) => names.contains(name),
            Self::Open => true,
        }
    }

    fn join(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Closed(names), Self::Closed(others)) => names.extend(others),
            (Self::Nothing, other) | (_, other @ Self::Open) => *self = other,
            (_, Self::Nothing) | (Self::Open, _) => {}
        }
    }
}

fn rank_of(location: Location) -> u8 {
    u8::from(location == Location::Header)
}

fn key(location: Location, name: &str) -> (u8, String) {
    let header = location == Location::Header;
    (rank_of(location), if header { name.to_ascii_lowercase() } else { name.to_owned() })
}

impl Documents {
    /// Reads these sets of a service's folder: each a folder of JSON or YAML files.
    pub(crate) fn read(folder: &Path, sets: &BTreeSet<&str>) -> Result<Self, String> {
        let mut documents = Self::default();
        for set in sets {
            documents.add(&read_set(&folder.join(set))?);
        }
        Ok(documents)
    }

    /// Takes the files of a set, by name.
    pub(crate) fn add(&mut self, files: &BTreeMap<String, Value>) {
        for (file, document) in files {
            for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
                for (verb, operation) in item.as_object().into_iter().flatten() {
                    if let "get" | "post" | "put" | "patch" | "delete" = verb.as_str() {
                        let names = Reader { files, file }.names(item, operation);
                        self.operations
                            .entry((verb.to_ascii_uppercase(), plain_path(path)))
                            .and_modify(|known| known.join(names.clone()))
                            .or_insert(names);
                    }
                }
            }
        }
    }

    /// The names of the operation that an API is, where the files describe it.
    pub(crate) fn names(&self, connector: &Connector, api: &Api) -> Option<Names> {
        let at = |path: String| self.operations.get(&(api.verb.as_str().to_owned(), path)).cloned();
        paths_of(connector, api).into_iter().filter_map(at).reduce(|mut names, others| {
            names.join(others);
            names
        })
    }
}

fn read_set(folder: &Path) -> Result<BTreeMap<String, Value>, String> {
    let cannot = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let text =
            std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let value = match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => serde_json::from_str(&text).map_err(|error| error.to_string()),
            Some("yaml" | "yml") => serde_yaml::from_str(&text).map_err(|error| error.to_string()),
            _ => continue,
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        files.insert(name, value.map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(files)
}

/// One file of a set, which may refer to the others.
#[derive(Clone, Copy)]
struct Reader<'a> {
    files: &'a BTreeMap<String, Value>,
    file: &'a str,
}

/// Schemas refer to schemas, and some to themselves.
const DEEPEST: usize = 12;

impl<'a> Reader<'a> {
    fn names(self, item: &'a Value, operation: &'a Value) -> Names {
        let mut names = Names::default();
        let lists = [item.get("parameters"), operation.get("parameters")];
        for parameter in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
            let Some((_, parameter)) = self.follow(parameter) else { continue };
            let Some(name) = parameter.get("name").and_then(Value::as_str) else { continue };
            let placed = match parameter.get("in").and_then(Value::as_str) {
                Some("query") => key(Location::Query, name),
                Some("header") => key(Location::Header, name),
                _ => continue,
            };
            if parameter.get("required").and_then(Value::as_bool).unwrap_or_default() {
                names.required.insert(placed.clone());
            }
            names.known.insert(placed);
        }
        self.bodies(operation, &mut names);
        names
    }

    fn bodies(self, operation: &'a Value, names: &mut Names) {
        let Some((reader, body)) = operation.get("requestBody").and_then(|body| self.follow(body)) else { return };
        for (kind, content) in body.get("content").and_then(Value::as_object).into_iter().flatten() {
            let members = content.get("schema").map(|schema| reader.members(schema, DEEPEST));
            // A body that names no members at all, a list or a file for example, may have any.
            let members = members.filter(|members| *members != Members::Nothing).unwrap_or(Members::Open);
            match kind.as_str() {
                "multipart/form-data" | "application/x-www-form-urlencoded" => names.form.join(members),
                _ => names.body.join(members),
            }
        }
    }

    /// What a value is, or what it refers to, with the file that this stands in.
    fn follow(self, value: &'a Value) -> Option<(Self, &'a Value)> {
        let (mut reader, mut value) = (self, value);
        for _ in 0..DEEPEST {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Some((reader, value)) };
            let (file, pointer) = reference.split_once('#')?;
            if !file.is_empty() {
                reader.file = file.trim_start_matches("./");
            }
            value = reader.files.get(reader.file)?.pointer(pointer)?;
        }
        None
    }

    /// The members of an object: its own, and those of all that it is made of or may be. What cannot be followed, and
    /// what says so, may have any.
    fn members(self, schema: &'a Value, depth: usize) -> Members {
        let Some((reader, schema)) = self.follow(schema).filter(|_| depth > 0) else { return Members::Open };
        let mut members = Members::Nothing;
        for part in ["allOf", "oneOf", "anyOf"].iter().filter_map(|word| schema.get(word)?.as_array()).flatten() {
            members.join(reader.members(part, depth - 1));
        }
        let own = schema.get("properties").and_then(Value::as_object).filter(|own| !own.is_empty());
        members.join(own.map_or(Members::Nothing, |own| Members::Closed(own.keys().cloned().collect())));
        let any = schema.get("patternProperties").is_some()
            || schema.get("additionalProperties").is_some_and(|any| *any != Value::Bool(false));
        if any { Members::Open } else { members }
    }
}
