//! The configuration file, `config.yaml`, as a person writes it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use zoho_connector::DataCenter;

use crate::exit::Problem;

/// The name of the file in the configuration folder.
pub(crate) const FILE: &str = "config.yaml";

/// What `config.yaml` may say. Everything is optional, and so is the file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Configuration of zohoctl")]
pub(crate) struct Config {
    /// Where connections and clients are kept: `keyring`, `file`, or the address of a PostgreSQL
    /// (`postgres://user@host/database`). The variable `ZOHO_VAULT` wins over it. Where neither says anything, the first
    /// sign-in chooses, and says what it chose.
    pub(crate) vault: Option<String>,
    /// Folders of connectors, each over those before it and over the built-in ones. A relative path starts at the
    /// folder of this file.
    #[serde(default)]
    pub(crate) connectors: Vec<PathBuf>,
    /// Data centres beside the built-in ones; one with the `id` of a built-in one takes its place.
    #[serde(default)]
    pub(crate) data_centers: Vec<DataCenter>,
}

impl Config {
    /// Reads the file of a configuration folder; one that is not there says nothing.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Problem::usage(format!("{} cannot be read: {error}", path.display())).into()),
        };
        let config = parse(&text).map_err(|(place, fault)| {
            Problem::usage(format!("{}{place}: {fault}", path.display()))
                .hint("what the file may say is in the documentation and in schemas/config.schema.json")
        })?;
        Ok(config.relative_to(folder))
    }

    fn relative_to(mut self, folder: &Path) -> Self {
        self.connectors = self.connectors.iter().map(|path| folder.join(path)).collect();
        self
    }
}

/// Reads the text of the file. A fault comes with its place, as `:3:5`.
fn parse(text: &str) -> Result<Config, (String, String)> {
    // A file of comments alone is `null` to YAML.
    let config: Result<Option<Config>, serde_yaml::Error> = serde_yaml::from_str(text);
    config.map(Option::unwrap_or_default).map_err(|error| {
        let place = error.location().map_or_else(String::new, |at| format!(":{}:{}", at.line(), at.column()));
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default().to_owned();
        (place, words)
    })
}

/// The JSON Schema of the file, for editors.
pub fn schema() -> Value {
    zoho_connector::schema::schema_of::<Config>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_optional_and_nothing_unknown_is_taken() {
        assert!(parse("").unwrap().vault.is_none());
        assert!(parse("# nothing yet\n").unwrap().vault.is_none());
        let config = parse("vault: keyring\nconnectors: [mine]\n").unwrap();
        assert_eq!(config.vault.as_deref(), Some("keyring"));
        assert_eq!(config.relative_to(Path::new("/etc/z")).connectors, [PathBuf::from("/etc/z/mine")]);
        let (place, fault) = parse("vault: file\nvaults: x\n").unwrap_err();
        assert!(fault.contains("vaults"), "{fault}");
        assert!(place.starts_with(':'), "{place}");
    }

    #[test]
    fn a_data_center_is_a_row_as_in_the_built_in_table() {
        let yaml = "data_centers:\n- { id: xx, name: Test, accounts: accounts.zoho.xx, zoho: zoho.xx, zohoapis: zohoapis.xx }\n";
        assert_eq!(parse(yaml).unwrap().data_centers[0].accounts, "accounts.zoho.xx");
        assert!(parse("data_centers:\n- { id: xx }\n").unwrap_err().1.contains("missing field"));
    }
}
