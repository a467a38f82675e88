//! The side of the connector: what it says, where it says it, and what it explains.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, anyhow};
use zoho_connector::definition::{Definition, ObjectExpr, TypeExpr};
use zoho_connector::differs::{Explanation, explanations};
use zoho_connector::load::read;
use zoho_connector::resolve::ReadFile;
use zoho_connector::source::{Document, line_column};
use zoho_connector::{Connector, FileId, Origin, Returns, Route, Site, SourceFile, Type};

/// A connector with its files.
pub(crate) struct Ours {
    /// What it says.
    pub(crate) connector: Connector,
    /// What it explains.
    pub(super) explanations: Vec<Explanation>,
    files: Vec<SourceFile>,
    documents: Vec<Option<Document>>,
    written: Vec<ReadFile>,
    /// The types as written, with their files.
    types: BTreeMap<String, (FileId, ObjectExpr)>,
    /// The types that come back.
    given: BTreeSet<String>,
}

impl Ours {
    /// Reads the files of a connector.
    ///
    /// # Errors
    /// The first fault of a file.
    pub(crate) fn read(files: Vec<SourceFile>) -> Result<Self> {
        let connector = read(&files).map_err(|error| anyhow!("{error}")).context("the connector is broken")?;
        let mut written = Vec::new();
        for (i, file) in files.iter().enumerate() {
            let definition: Definition =
                serde_yaml::from_str(&file.text).with_context(|| format!("cannot read {}", file.path))?;
            written.push(ReadFile { id: FileId(i), stem: file.stem().to_owned(), definition });
        }
        let named = |file: &ReadFile| {
            let id = file.id;
            let types = file.definition.types.clone().unwrap_or_default();
            types.into_iter().map(move |(name, object)| (name, (id, object)))
        };
        let types = written.iter().flat_map(named).collect();
        let documents =
            files.iter().map(|file| Document::parse(&file.text).ok().map(|(document, _)| document)).collect();
        let explanations = explanations(&written);
        Ok(Self { given: given(&connector), connector, explanations, files, documents, written, types })
    }

    /// The file and the line of a place.
    pub(super) fn place(&self, origin: &Origin) -> (String, usize) {
        let Some(file) = self.files.get(origin.file.0) else { return (String::new(), 0) };
        let document = self.documents.get(origin.file.0).and_then(Option::as_ref);
        let byte = document.map_or(0, |document| document.key_range(&origin.route).start);
        (file.path.clone(), line_column(&file.text, byte).0)
    }

    /// Whether a type comes back, itself or in another: it says of no member then that it must be sent.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.given.contains(name)
    }

    /// Where a type is written.
    pub(super) fn type_origin(&self, name: &str) -> Option<Origin> {
        let (file, _) = self.types.get(name)?;
        Some(Origin { file: *file, route: Route::of(["types", name]) })
    }

    /// A type, and those whose members it takes over.
    pub(crate) fn family<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let mut family = vec![name];
        let mut at = 0;
        while let Some(name) = family.get(at) {
            let parents = self.types.get(*name).map(|(_, object)| object.extends.as_slice()).unwrap_or_default();
            for parent in parents {
                if !family.contains(&parent.as_str()) {
                    family.push(parent);
                }
            }
            at += 1;
        }
        family
    }

    /// The type that says a member which a type has: the type itself, or one that it takes over.
    pub(crate) fn declares<'a>(&'a self, name: &'a str, member: &str) -> &'a str {
        let mut at = name;
        // The last of several wins; a type that takes itself over was refused when the connector was read.
        while let Some((_, object)) = self.types.get(at) {
            if has(object, member) {
                return at;
            }
            let holds =
                |parent: &&String| self.connector.types.get(*parent).is_some_and(|of| of.field(member).is_some());
            match object.extends.iter().rev().find(holds) {
                Some(parent) => at = parent,
                None => return name,
            }
        }
        name
    }

    /// Where a value of the connection goes.
    pub(super) fn connection_site(&self, name: &str) -> Option<&Site> {
        self.connector.connection.get(name)?.site.as_ref()
    }

    /// The body of an API as it is written.
    pub(crate) fn written_body(&self, api: &str) -> Option<&TypeExpr> {
        let api = self.written.iter().find_map(|file| file.definition.apis.as_ref()?.get(api));
        api?.body.as_ref()
    }

    /// The types whose members the body of an API takes over in place.
    pub(crate) fn body_parents(&self, api: &str) -> Vec<&str> {
        let api = self.written.iter().find_map(|file| file.definition.apis.as_ref()?.get(api));
        match api.and_then(|api| api.body.as_ref()) {
            Some(TypeExpr::Object(object)) => object.extends.iter().flat_map(|name| self.family(name)).collect(),
            _ => Vec::new(),
        }
    }
}

/// The types that APIs give, and those in them.
fn given(connector: &Connector) -> BTreeSet<String> {
    let mut open: Vec<&Type> = Vec::new();
    for api in connector.apis.values() {
        match &api.returns {
            Returns::One(ty) | Returns::Many(ty) => open.push(ty),
            Returns::Nothing | Returns::File => {}
        }
    }
    let mut given = BTreeSet::new();
    while let Some(ty) = open.pop() {
        match ty {
            Type::List { item, .. } => open.push(item),
            Type::Object(object) => open.extend(object.fields.iter().map(|field| &field.ty)),
            Type::Record(name) if given.insert(name.clone()) => {
                let record = connector.types.get(name);
                open.extend(record.into_iter().flat_map(|record| &record.fields).map(|field| &field.ty));
            }
            _ => {}
        }
    }
    given
}

fn has(object: &ObjectExpr, member: &str) -> bool {
    object.fields.keys().any(|key| key.strip_suffix('!').unwrap_or(key) == member)
}
