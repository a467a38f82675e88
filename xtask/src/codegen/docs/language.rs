//! The page of the connector language: each word with its description, from the JSON Schema.

use anyhow::Result;
use serde::Serialize;
use serde_json::{Map, Value};

use super::markdown::{anchor, code, in_entry, tidy};
use crate::codegen::{GeneratedFile, render};

const PAGE: &str = include_str!("../../../templates/docs/language.md.hbs");
const DEFINITIONS: &str = "#/$defs/";
/// The sections that a reader wants first, before those that they refer to.
const FIRST: [&str; 3] = ["ApiDefinition", "TypeExpr", "ObjectExpr"];

/// What the template sees.
#[derive(Serialize)]
struct Page {
    description: String,
    words: Vec<Word>,
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct Section {
    title: String,
    description: String,
    words: Vec<Word>,
}

#[derive(Serialize)]
struct Word {
    name: String,
    kind: String,
    description: String,
}

/// `docs/reference/language.md`.
pub(super) fn page() -> Result<GeneratedFile> {
    let schema = zoho_connector::schema::schema();
    let empty = Map::new();
    let definitions = schema["$defs"].as_object().unwrap_or(&empty);
    let first = FIRST.iter().filter_map(|name| definitions.get_key_value(*name));
    let rest = definitions.iter().filter(|(name, _)| !FIRST.contains(&name.as_str()));
    let section = |(name, schema): (&String, &Value)| Section {
        title: title(name),
        description: description(schema).to_owned(),
        words: words(schema),
    };
    let page = Page {
        description: description(&schema).to_owned(),
        words: words(&schema),
        sections: first.chain(rest).map(section).collect(),
    };
    Ok(render::markdown("docs/reference/language.md", &tidy(&render::template(PAGE, &page)?)))
}

fn description(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

fn words(schema: &Value) -> Vec<Word> {
    let word = |(name, schema): (&String, &Value)| Word {
        name: code(name),
        kind: kind(schema),
        description: in_entry(description(schema)).trim_start().to_owned(),
    };
    schema["properties"].as_object().into_iter().flatten().map(word).collect()
}

/// What a value may be, in words; a section where it has one.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix(DEFINITIONS)) {
        let title = title(name);
        let text = if title.chars().all(char::is_uppercase) { title.clone() } else { title.to_lowercase() };
        return format!("[{text}](#{})", anchor(&title));
    }
    match schema["type"].as_str() {
        Some("string") => "text".to_owned(),
        Some("integer") => "a whole number".to_owned(),
        Some("boolean") => "true or false".to_owned(),
        Some("array") => format!("a list of {}", plural(&kind(&schema["items"]))),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("a map of names to {}", plural(&kind(&schema["additionalProperties"])))
        }
        Some("object") => "a map".to_owned(),
        _ => "any value".to_owned(),
    }
}

fn plural(kind: &str) -> String {
    match kind {
        "text" => "texts".to_owned(),
        "a whole number" => "whole numbers".to_owned(),
        "any value" => "any values".to_owned(),
        kind => kind.to_owned(),
    }
}

/// `Connection value` for `ConnectionValueDefinition`.
fn title(name: &str) -> String {
    let name = name.strip_suffix("Definition").or_else(|| name.strip_suffix("Expr")).unwrap_or(name);
    let mut title = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !title.is_empty() {
            title.push(' ');
            title.push(c.to_ascii_lowercase());
        } else {
            title.push(c);
        }
    }
    if title == "Api" { "API".to_owned() } else { title }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_has_its_description_and_every_link_a_section() {
        let page = page().unwrap().text;
        let headings: BTreeSet<String> = page.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
        let links: BTreeSet<String> =
            page.split("](#").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect();
        assert!(links.len() > 10 && links.is_subset(&headings), "{links:?}\n{headings:?}");
        assert!(page.contains("- `paginate` ([paginate](#paginate)): How it pages"), "{page}");
        let schema = zoho_connector::schema::schema();
        let definitions = schema["$defs"].as_object().unwrap();
        assert_eq!(headings.len(), definitions.len() + 1, "two sections have one title");
    }
}
