//! Connections and their tokens in one file, readable by its owner only, and not encrypted.

use std::fs;
use std::io::{ErrorKind as IoErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use zoho_connector::Environment;

use super::TokenStore;
use crate::auth::token::Tokens;
use crate::connection::{ClientCredentials, Connection, Endpoint, data_center_named};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// A connection as it is kept: everything but its tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SavedConnection {
    /// The services that it was made for.
    pub services: Vec<String>,
    /// The word of the data centre.
    pub data_center: String,
    /// Which of the services' worlds.
    #[serde(default)]
    pub environment: Environment,
    /// The client identifier.
    pub client_id: String,
    /// The client secret.
    pub client_secret: Secret,
    /// The values that were chosen, by name.
    #[serde(default)]
    pub values: IndexMap<String, String>,
    /// What people know the values by, by name.
    #[serde(default)]
    pub labels: IndexMap<String, String>,
    /// Another server with Zoho's paths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Hosts outside Zoho's domains that the person has agreed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trusted_hosts: Vec<String>,
}

impl SavedConnection {
    /// The connection to call with.
    ///
    /// # Errors
    /// [`ErrorKind::Connection`] where the file names an unknown data centre, or an endpoint that is none.
    pub fn open(&self, name: &str) -> Result<Connection, Error> {
        Ok(Connection {
            name: name.to_owned(),
            data_center: data_center_named(&self.data_center)?,
            environment: self.environment,
            client: Some(ClientCredentials { id: self.client_id.clone(), secret: self.client_secret.clone() }),
            values: self.values.clone(),
            endpoint: self.endpoint.as_deref().map(Endpoint::parse).transpose()?,
            trusted_hosts: self.trusted_hosts.clone(),
        })
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Contents {
    #[serde(default)]
    connections: IndexMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    connection: SavedConnection,
    #[serde(default)]
    tokens: Option<Tokens>,
}

/// Connections and tokens in one JSON file of mode 0600. It is not encrypted; whoever can read the file can call.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    writing: Mutex<()>,
}

impl FileStore {
    /// The store in a file, which need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), writing: Mutex::new(()) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All connections, in the order in which they were made.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be read.
    pub fn connections(&self) -> Result<IndexMap<String, SavedConnection>, Error> {
        Ok(self.read()?.connections.into_iter().map(|(name, entry)| (name, entry.connection)).collect())
    }

    /// Keeps a connection with its tokens in the place of one of the same name.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be written.
    pub fn save_connection(&self, name: &str, connection: SavedConnection, tokens: Tokens) -> Result<(), Error> {
        self.change(|contents| {
            contents.connections.insert(name.to_owned(), Entry { connection, tokens: Some(tokens) });
        })
    }

    /// Forgets a connection, and says whether there was one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be written.
    pub fn remove(&self, name: &str) -> Result<bool, Error> {
        let mut found = false;
        self.change(|contents| found = contents.connections.shift_remove(name).is_some())?;
        Ok(found)
    }

    /// Whether the file can be written: to be asked before a person signs in, not after.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where it cannot.
    pub fn probe(&self) -> Result<(), Error> {
        self.change(|_| {})
    }

    fn change(&self, change: impl FnOnce(&mut Contents)) -> Result<(), Error> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut contents = self.read()?;
        change(&mut contents);
        self.write(&contents)
    }

    fn read(&self) -> Result<Contents, Error> {
        match fs::read_to_string(&self.path) {
            Ok(text) => {
                serde_json::from_str(&text).map_err(|error| self.fault("read", "it is damaged").caused_by(error))
            }
            Err(error) if error.kind() == IoErrorKind::NotFound => Ok(Contents::default()),
            Err(error) => Err(self.fault("read", &error.to_string())),
        }
    }

    /// Written whole beside the file and put in its place, so that a crash leaves the old one or the new one.
    fn write(&self, contents: &Contents) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(contents).map_err(|error| self.fault("written", &error.to_string()))?;
        self.replace(text.as_bytes()).map_err(|error| self.fault("written", &error.to_string()))
    }

    fn replace(&self, bytes: &[u8]) -> std::io::Result<()> {
        let folder = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // A temporary file is made readable by its owner only, and stays so.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    fn fault(&self, what: &str, why: &str) -> Error {
        Error::new(ErrorKind::Io, format!("{} cannot be {what}: {why}", self.path.display()))
    }
}

impl TokenStore for FileStore {
    fn load(&self, connection: &str) -> Result<Option<Tokens>, Error> {
        Ok(self.read()?.connections.shift_remove(connection).and_then(|entry| entry.tokens))
    }

    fn save(&self, connection: &str, tokens: &Tokens) -> Result<(), Error> {
        self.change(|contents| {
            if let Some(entry) = contents.connections.get_mut(connection) {
                entry.tokens = Some(tokens.clone());
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> SavedConnection {
        SavedConnection {
            services: vec!["books".into()],
            data_center: "eu".into(),
            environment: Environment::Production,
            client_id: "1000.ID".into(),
            client_secret: Secret::new("hidden"),
            values: IndexMap::new(),
            labels: IndexMap::new(),
            endpoint: None,
            trusted_hosts: Vec::new(),
        }
    }

    #[test]
    fn what_was_saved_is_read_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("deep/connections.json"));
        assert!(store.load("a").unwrap().is_none());
        store.save_connection("a", saved(), Tokens::from_refresh_token("1000.r")).unwrap();
        assert_eq!(store.load("a").unwrap().unwrap().refresh.unwrap().expose(), "1000.r");
        assert_eq!(store.connections().unwrap()["a"].data_center, "eu");
        assert!(store.remove("a").unwrap());
        assert!(!store.remove("a").unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("connections.json"));
        store.save_connection("a", saved(), Tokens::from_refresh_token("1000.r")).unwrap();
        assert_eq!(fs::metadata(store.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_an_error_and_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("connections.json");
        fs::write(&path, "{ half").unwrap();
        let store = FileStore::new(&path);
        assert_eq!(store.probe().unwrap_err().kind(), ErrorKind::Io);
        assert_eq!(fs::read_to_string(&path).unwrap(), "{ half");
    }
}
