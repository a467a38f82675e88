//! The files of a source, and the references between them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The most references that lead to one value.
const LONGEST_CHAIN: usize = 16;

/// The files of a source.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    files: Vec<Document>,
    by_name: BTreeMap<String, usize>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its name without folder.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) value: Value,
}

/// A value in a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot<'a> {
    /// The number of the file, which references without a file's name mean.
    pub(crate) document: usize,
    /// The value.
    pub(crate) value: &'a Value,
    /// The last part of the reference that led here.
    pub(crate) key: Option<&'a str>,
}

impl<'a> Spot<'a> {
    /// The value of a key.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        self.value.get(key).map(|value| self.of(value))
    }

    /// Another value of the same file.
    pub(crate) fn of(self, value: &'a Value) -> Self {
        Self { document: self.document, value, key: None }
    }

    /// The entries of a list.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        self.value.as_array().into_iter().flatten().map(move |value| self.of(value))
    }

    /// The members of an object.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'a String, Self)> {
        self.value.as_object().into_iter().flatten().map(move |(key, value)| (key, self.of(value)))
    }

    /// The text of a key.
    pub(crate) fn text(self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }
}

/// A reference that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) String);

impl Documents {
    /// Reads files, and the files of folders that are JSON or YAML.
    ///
    /// # Errors
    /// A path that cannot be read, or a file that is neither.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut documents = Self::default();
        for path in paths {
            for file in files_of(path)? {
                let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                documents.add(&name, &text).with_context(|| format!("cannot read {}", file.display()))?;
            }
        }
        if documents.files.is_empty() {
            bail!("there is no .json, .yaml or .yml in what `--from` names");
        }
        Ok(documents)
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> Result<()> {
        let value = if name.ends_with(".json") { serde_json::from_str(text)? } else { serde_yaml::from_str(text)? };
        refuse_old(&value)?;
        self.by_name.insert(name.to_owned(), self.files.len());
        self.files.push(Document { name: name.to_owned(), value });
        Ok(())
    }

    /// The files, in their order.
    pub(crate) fn roots(&self) -> impl Iterator<Item = (&Document, Spot<'_>)> {
        self.files.iter().enumerate().map(|(document, file)| (file, Spot { document, value: &file.value, key: None }))
    }

    /// The value that a spot means: itself, or what its reference leads to.
    ///
    /// # Errors
    /// The reference, where it leads nowhere.
    pub(crate) fn resolve<'a>(&'a self, spot: Spot<'a>) -> Result<Spot<'a>, Broken> {
        let mut at = spot;
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = reference(at.value) else { return Ok(at) };
            at = self.target(at.document, reference).ok_or_else(|| Broken(reference.to_owned()))?;
        }
        Err(Broken(reference(spot.value).unwrap_or_default().to_owned()))
    }

    /// Where a reference leads. Of the address of a file only the name counts, so that files which refer to each other
    /// in an organisation's repository do so in a folder too.
    fn target<'a>(&'a self, from: usize, reference: &'a str) -> Option<Spot<'a>> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let document = match file.rsplit('/').next().unwrap_or(file) {
            "" => from,
            name => *self.by_name.get(name)?,
        };
        let mut value = &self.files[document].value;
        for part in pointer.split('/').skip(1) {
            let part =
                part.replace("~1", "/").replace("~0", "~").replace("%20", " ").replace("%7B", "{").replace("%7D", "}");
            value = match value {
                Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
                other => other.get(&part)?,
            };
        }
        Some(Spot { document, value, key: pointer.rsplit('/').next().filter(|key| !key.is_empty()) })
    }
}

/// Refuses a form in which bodies and replies stand elsewhere, so that they would be read as if they were not there.
fn refuse_old(document: &Value) -> Result<()> {
    if let Some(version) = document.get("swagger").filter(|_| document.get("openapi").is_none()) {
        let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        bail!(
            "it is Swagger {version}: OpenAPI 3.0 and 3.1 and Postman v2 are read, so convert it to one of these first"
        );
    }
    Ok(())
}

/// The reference that a value is; some files write its key without the sign.
fn reference(value: &Value) -> Option<&str> {
    let members = value.as_object()?;
    let alone = members.len() == 1;
    members.get("$ref").or_else(|| members.get("ref").filter(|_| alone))?.as_str()
}

fn files_of(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read the folder {}", path.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.with_context(|| format!("cannot read the folder {}", path.display()))?.path();
        let ending = file.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("json" | "yaml" | "yml")) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Documents {
        let mut documents = Documents::default();
        files.iter().for_each(|(name, text)| documents.add(name, text).unwrap());
        documents
    }

    fn lookup(documents: &Documents, key: &str) -> Result<String, Broken> {
        let (_, root) = documents.roots().next().unwrap();
        documents.resolve(root.get(key).unwrap()).map(|spot| spot.value.to_string())
    }

    #[test]
    fn references_lead_within_a_file_into_others_and_to_files_of_another_place() {
        let documents = read(&[
            (
                "a.json",
                r##"{ "x": { "$ref": "#/c/~1p~1{id}" }, "y": { "$ref": "./b.yml#/x" }, "c": { "/p/{id}": 1 },
                "z": { "$ref": "https://example.com/raw/main/b.yml#/deep/0" }, "w": { "$ref": "#/w" },
                "v": { "ref": "b.yml#/x" }, "u": { "$ref": "c.json#/x" } }"##,
            ),
            ("b.yml", "x: { $ref: '#/deep/0' }\ndeep: [7]\n"),
        ]);
        for (key, expected) in [("x", "1"), ("y", "7"), ("z", "7"), ("v", "7")] {
            assert_eq!(lookup(&documents, key).unwrap(), expected, "{key}");
        }
        assert_eq!(lookup(&documents, "u"), Err(Broken("c.json#/x".into())));
        assert_eq!(lookup(&documents, "w"), Err(Broken("#/w".into())));
    }

    #[test]
    fn a_definition_of_an_older_form_is_refused_with_what_to_do() {
        for (name, text) in
            [("a.json", r#"{ "swagger": "2.0", "paths": {} }"#), ("a.yaml", "swagger: 2.0\npaths: {}\n")]
        {
            let told = Documents::default().add(name, text).unwrap_err().to_string();
            assert!(told.contains("it is Swagger 2.0") && told.contains("convert it"), "{told}");
        }
        assert!(Documents::default().add("a.json", r#"{ "openapi": "3.0.0", "swagger": "2.0" }"#).is_ok());
    }

    #[test]
    fn a_folder_gives_its_files_in_order_and_an_empty_one_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [folder.path().to_owned()];
        assert!(Documents::read(&paths).is_err());
        fs::write(folder.path().join("b.json"), "{}").unwrap();
        fs::write(folder.path().join("a.yaml"), "{}").unwrap();
        fs::write(folder.path().join("readme.md"), "text").unwrap();
        let documents = Documents::read(&paths).unwrap();
        assert_eq!(documents.roots().map(|(file, _)| file.name.as_str()).collect::<Vec<_>>(), ["a.yaml", "b.json"]);
    }
}
