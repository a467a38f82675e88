//! Sign-ins that are kept in a vault, those of `zohoctl connect` among them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use zoho_connector::Connector;
use zoho_core::{Entry, Error, ErrorKind, KeyKind, Secret, Vault, VaultKey, VaultPlace};

use crate::environment::read;
use crate::typed::{IntoSession, Session};

/// The folder where the command keeps what it has to remember.
const CONFIG_FOLDER: &str = "ZOHO_CONFIG_DIR";
/// Where connections are kept: `file`, `file:FOLDER`, `keyring` or the address of a PostgreSQL.
const VAULT: &str = "ZOHO_VAULT";
/// The key of an encrypted vault.
const VAULT_KEY: &str = "ZOHO_VAULT_KEY";
/// The passphrase of an encrypted vault, where there is no key.
const VAULT_PASSPHRASE: &str = "ZOHO_VAULT_PASSPHRASE";

/// A sign-in that is kept under a name; see [`saved`] and [`Saved::within`].
#[derive(Debug, Clone)]
pub struct Saved {
    name: String,
    vault: Option<Arc<Vault>>,
}

/// The sign-in that `zohoctl connect` has kept under a name, with the values that were chosen then.
///
/// The vault is the command's: the one that `ZOHO_VAULT` names, or that the command has chosen before. An encrypted one is
/// opened by `ZOHO_VAULT_KEY`, by `ZOHO_VAULT_PASSPHRASE`, or by the key in the system's keyring. Of several processes that
/// share a sign-in one refreshes it for all.
pub fn saved(name: impl Into<String>) -> Saved {
    Saved { name: name.into(), vault: None }
}

impl Saved {
    /// The sign-in of this name in a vault of one's own.
    pub fn within(vault: Arc<Vault>, name: impl Into<String>) -> Self {
        Self { name: name.into(), vault: Some(vault) }
    }
}

impl IntoSession for Saved {
    async fn into_session(self, connector: &Connector) -> Result<Session, Error> {
        let vault = match self.vault {
            Some(vault) => vault,
            None => Arc::new(vault_of_the_command().await?),
        };
        let Some(Entry { connection, .. }) = vault.get(&self.name).await? else {
            return Err(not_there(&vault, &self.name).await?);
        };
        if !connection.services.contains(&connector.name) {
            let made_for = connection.services.join(", ");
            let words = format!("the sign-in `{}` was made for {made_for}, not for {}", self.name, connector.name);
            return Err(Error::new(ErrorKind::Connection, words)
                .with_hint(format!("`zohoctl connect {}` makes one for it", connector.name)));
        }
        Ok(Session { connection: connection.seen_by(&connector.name).open(&self.name)?, tokens: vault })
    }
}

async fn not_there(vault: &Vault, name: &str) -> Result<Error, Error> {
    let names = vault.names().await?;
    let error = Error::new(ErrorKind::Connection, format!("no sign-in is kept as `{name}` in {}", vault.place()));
    Ok(error.with_hint(match names.as_slice() {
        [] => "`zohoctl connect` makes one".to_owned(),
        names => format!("there are {}", names.join(", ")),
    }))
}

/// What the command remembers.
#[derive(Default, Deserialize)]
struct Remembered {
    vault: Option<String>,
}

async fn vault_of_the_command() -> Result<Vault, Error> {
    let folder = config_folder()?;
    let word = read(VAULT).or_else(|| remembered(&folder).vault).unwrap_or_else(|| "file".to_owned());
    let place = VaultPlace::parse(&word, &folder)?;
    let key = key_of(&place).await?;
    Vault::new(place, key)
}

fn config_folder() -> Result<PathBuf, Error> {
    if let Some(folder) = read(CONFIG_FOLDER) {
        return Ok(folder.into());
    }
    let base = if cfg!(windows) { read("APPDATA") } else { read("XDG_CONFIG_HOME") };
    let base = base.map(PathBuf::from).filter(|base| base.is_absolute());
    let home = || std::env::home_dir().filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(".config"));
    base.or_else(home).map(|base| base.join("zohoctl")).ok_or_else(|| {
        Error::new(ErrorKind::Vault, "there is no home folder that sign-ins could be kept in")
            .with_hint(format!("set {CONFIG_FOLDER} to a folder"))
    })
}

/// What the command remembers of its vault; nothing where it has never been used.
fn remembered(folder: &Path) -> Remembered {
    let text = std::fs::read(folder.join("state.json")).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

async fn key_of(place: &VaultPlace) -> Result<VaultKey, Error> {
    if place.keeps_secrets() {
        return Ok(VaultKey::None);
    }
    if let Some(identity) = read(VAULT_KEY) {
        return Ok(VaultKey::Identity(Secret::new(identity)));
    }
    if let Some(passphrase) = read(VAULT_PASSPHRASE) {
        return Ok(VaultKey::Passphrase(Secret::new(passphrase)));
    }
    match Vault::new(place.clone(), VaultKey::None)?.key_kind().await? {
        #[cfg(feature = "keyring")]
        Some(KeyKind::Keyring) => Ok(VaultKey::Keyring),
        Some(KeyKind::Passphrase) => Err(Error::new(ErrorKind::Vault, format!("{place} is opened by a passphrase"))
            .with_hint(format!("set {VAULT_PASSPHRASE}"))),
        _ => Ok(VaultKey::None),
    }
}
