//! The JSON Schemas of the connector language and of the command's configuration, for editors.

use anyhow::Result;
use serde_json::{Map, Value};

use super::{GeneratedFile, PREAMBLE};

/// The schemas, from the types.
pub(super) fn generate() -> Result<Vec<GeneratedFile>> {
    Ok(vec![
        json("schemas/connector.schema.json", zoho_connector::schema::schema())?,
        json("schemas/config.schema.json", zohoctl::config_schema())?,
    ])
}

/// A generated schema: what it is first, then what it says. JSON has no comments, but a schema has a keyword for them.
fn json(path: &str, mut schema: Value) -> Result<GeneratedFile> {
    let mut members = Map::new();
    if let Some(rest) = schema.as_object_mut() {
        members.extend(rest.shift_remove("$schema").map(|dialect| ("$schema".to_owned(), dialect)));
        members.insert("$comment".to_owned(), Value::from(PREAMBLE));
        members.extend(rest.shift_remove("title").map(|title| ("title".to_owned(), title)));
        members.append(rest);
    }
    Ok(GeneratedFile { path: path.to_owned(), text: serde_json::to_string_pretty(&members)? + "\n" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_says_first_what_it_is_and_loses_nothing() {
        let schema = zoho_connector::schema::schema();
        let [file, _] = <[_; 2]>::try_from(generate().unwrap()).unwrap();
        assert!(file.text.starts_with("{\n  \"$schema\": \"https://json-schema.org/"), "{}", file.text);
        assert!(super::super::bears_preamble(&file.text));
        let mut written: Value = serde_json::from_str(&file.text).unwrap();
        written.as_object_mut().unwrap().remove("$comment");
        assert_eq!(written, schema);
    }
}
