//! What the command remembers by itself, in `state.json` of the configuration folder: which vault was chosen, and which
//! connection is the usual one of a service. No secret is in it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::exit::Problem;
use crate::json_file;

/// What is remembered.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The vault that was chosen: `keyring`, `file`, or the address of a PostgreSQL without its password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vault: Option<String>,
    /// The usual connection of a service, by the service's name.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) default_connections: IndexMap<String, String>,
}

impl State {
    /// Reads what is remembered in a configuration folder.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = file(folder);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                let problem = Problem::usage(format!("{} is damaged: {error}", path.display()));
                problem.hint("it holds no secret: remove it, and the next sign-in writes it anew").into()
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Problem::usage(format!("{} cannot be read: {error}", path.display())).into()),
        }
    }

    /// Remembers a change. Two processes that change at one time do not tear the file; the later one wins.
    pub(crate) fn change(folder: &Path, change: impl FnOnce(&mut Self)) -> Result<()> {
        let mut state = Self::read(folder)?;
        change(&mut state);
        let path = file(folder);
        json_file::write(&path, &state).with_context(|| format!("{} cannot be written", path.display()))
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("state.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_remembered_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(State::read(folder.path()).unwrap(), State::default());
        State::change(folder.path(), |state| state.vault = Some("keyring".into())).unwrap();
        State::change(folder.path(), |state| {
            state.default_connections.insert("books".into(), "books-eu".into());
        })
        .unwrap();
        let state = State::read(folder.path()).unwrap();
        assert_eq!(state.vault.as_deref(), Some("keyring"));
        assert_eq!(state.default_connections["books"], "books-eu");
    }

    #[test]
    fn a_damaged_file_is_said_and_left() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(file(folder.path()), "{").unwrap();
        assert!(State::change(folder.path(), |_| {}).unwrap_err().to_string().contains("damaged"));
        assert_eq!(std::fs::read_to_string(file(folder.path())).unwrap(), "{");
    }
}
