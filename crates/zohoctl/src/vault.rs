//! The vault of the command: which one it is, how it is opened, and how the first one is chosen.
//!
//! A variable or the configuration says which vault it is; else it is what was chosen before. Where nothing has been
//! chosen yet, the first sign-in takes the system's keyring if that works, and asks for a passphrase of an encrypted file
//! if it does not. Nothing is ever kept in plain text, and nothing falls back in silence.

use std::sync::Arc;

use anyhow::Result;
use zoho_core::{AskPassphrase, Error, ErrorKind, KeyKind, Secret, Vault, VaultKey, VaultPlace};

use crate::connection;
use crate::context::Context;
use crate::environment::{self, VAULT, VAULT_KEY, VAULT_PASSPHRASE};
use crate::exit::{Problem, Status};
use crate::state::State;
use crate::talk;

/// The word for encrypted files in the configuration folder.
const FILE: &str = "file";
/// The word for the system's keyring.
const KEYRING: &str = "keyring";

/// The vault to read from. Where none has been chosen, it is an empty one.
pub(crate) async fn open(context: &Context) -> Result<Vault> {
    let word = chosen(context)?.unwrap_or_else(|| FILE.to_owned());
    let place = place(context, &word)?;
    let key = key_of(&place).await?.unwrap_or(VaultKey::None);
    Ok(Vault::new(place, key)?)
}

/// The vault to write to, which has been seen to work: chosen now, where none has been.
pub(crate) async fn open_to_write(context: &Context) -> Result<Vault> {
    match chosen(context)? {
        Some(word) => opened_to_write(context, &word).await,
        None => first(context).await,
    }
}

/// The vault that a word or an address names, which has been seen to work.
pub(crate) async fn opened_to_write(context: &Context, word: &str) -> Result<Vault> {
    let place = place(context, word)?;
    let key = match key_of(&place).await? {
        Some(key) => key,
        None => new_key(context, &place).await?,
    };
    let vault = Vault::new(place, key)?;
    vault.probe().await?;
    Ok(vault)
}

/// Keeps in mind which vault was chosen, unless a variable or the configuration says it.
pub(crate) fn remember(context: &Context, word: &str) -> Result<()> {
    // A password is not written into a file that is no secret.
    let without = without_password(word);
    State::change(&context.settings.config_folder, |state| state.vault = Some(without))
}

/// The word or address of the vault: said by somebody, or chosen before.
fn chosen(context: &Context) -> Result<Option<String>> {
    let said = context.settings.vault.clone();
    if said.is_some() {
        return Ok(said);
    }
    let before = State::read(&context.settings.config_folder)?.vault;
    let has_key = || environment::read(VAULT_KEY).or_else(|| environment::read(VAULT_PASSPHRASE)).is_some();
    Ok(before.or_else(|| has_key().then(|| FILE.to_owned())))
}

fn place(context: &Context, word: &str) -> Result<VaultPlace> {
    let place = VaultPlace::parse(word, &context.settings.config_folder).map_err(|error| {
        let problem = connection::as_usage(error);
        problem.hint(format!("the vault is said by {VAULT}, or by `vault` in config.yaml"))
    })?;
    Ok(match place {
        #[cfg(feature = "postgres")]
        VaultPlace::Postgres { address, .. } => {
            VaultPlace::Postgres { address, root_certificates: connection::root_certificates()? }
        }
        other => other,
    })
}

/// How the vault in a place is opened; nothing where it is a new one that has to get a key first.
async fn key_of(place: &VaultPlace) -> Result<Option<VaultKey>> {
    if place.keeps_secrets() {
        return Ok(Some(VaultKey::None));
    }
    if let Some(identity) = environment::read(VAULT_KEY) {
        return Ok(Some(VaultKey::Identity(Secret::new(identity))));
    }
    if let Some(passphrase) = environment::read(VAULT_PASSPHRASE) {
        return Ok(Some(VaultKey::Passphrase(Secret::new(passphrase))));
    }
    Ok(match Vault::new(place.clone(), VaultKey::None)?.key_kind().await? {
        Some(KeyKind::Keyring) => Some(VaultKey::Keyring),
        Some(KeyKind::Passphrase) => Some(VaultKey::Ask(Arc::new(Terminal))),
        Some(_) => Some(VaultKey::None),
        None => None,
    })
}

/// The key of a new vault: kept in the keyring where there is one, else wrapped by a passphrase that a person says.
async fn new_key(context: &Context, place: &VaultPlace) -> Result<VaultKey> {
    let keyring = match keyring(context).await {
        Ok(_) => return Ok(VaultKey::Keyring),
        Err(error) => error,
    };
    if talk::can_ask() {
        context.talk.say(format!("There is no keyring to keep the key of the vault in ({keyring})."));
        context.talk.say(format!("Choose a passphrase for {place}; every later command asks for it."));
        return Ok(VaultKey::Ask(Arc::new(Terminal)));
    }
    Err(no_key(&keyring, format!("{place} need a key, and nobody is here to choose a passphrase")).into())
}

/// The first vault: the keyring, else encrypted files.
async fn first(context: &Context) -> Result<Vault> {
    let vault = match keyring(context).await {
        Ok(vault) => {
            remember(context, KEYRING)?;
            vault
        }
        Err(error) if talk::can_ask() => {
            context
                .talk
                .say(format!("There is no keyring here ({error}), so connections are kept in encrypted files."));
            let vault = opened_to_write(context, FILE).await?;
            remember(context, FILE)?;
            vault
        }
        Err(error) => {
            let message = "there is no keyring to keep the sign-in in, and no other vault was chosen".to_owned();
            return Err(no_key(&error, message).into());
        }
    };
    context.talk.say(format!("Connections are kept in {}.", vault.place()));
    Ok(vault)
}

/// The system's keyring, which has been seen to work.
async fn keyring(context: &Context) -> Result<Vault, Error> {
    let place = VaultPlace::parse(KEYRING, &context.settings.config_folder)?;
    let vault = Vault::new(place, VaultKey::None)?;
    vault.probe().await?;
    Ok(vault)
}

fn no_key(keyring: &Error, message: String) -> Problem {
    Problem::new(Status::SignIn, message)
        .details([format!("the keyring: {keyring}")])
        .hint(format!(
            "`zohoctl vault key` makes a key: with {VAULT_KEY} set to it, connections are kept in encrypted files"
        ))
        .hint(format!("or set {VAULT_PASSPHRASE}, or run this in a terminal, which asks for a passphrase"))
        .hint(format!("with {VAULT}=postgres://… beside either, many machines share one vault"))
}

/// An address without what stands between the user and the host.
fn without_password(word: &str) -> String {
    let Ok(mut address) = url::Url::parse(word) else { return word.to_owned() };
    let has_password = address.password().is_some();
    if has_password && address.set_password(None).is_ok() { address.to_string() } else { word.to_owned() }
}

/// Asks for a new passphrase, twice.
pub(crate) fn ask_new_passphrase() -> Result<Secret> {
    Ok(Terminal.passphrase(true)?)
}

/// Asks the person at the terminal.
struct Terminal;

impl AskPassphrase for Terminal {
    fn passphrase(&self, new: bool) -> Result<Secret, Error> {
        if !talk::can_ask() {
            let message = "the vault is opened by a passphrase, and nobody is here to say it";
            return Err(Error::new(ErrorKind::Vault, message).with_hint(format!("set {VAULT_PASSPHRASE}")));
        }
        let asked = |question: &str| match talk::ask_hidden(question) {
            Ok(Some(words)) if !words.is_empty() => Ok(words),
            Ok(_) => Err(Error::new(ErrorKind::Vault, "no passphrase was given")),
            Err(error) => Err(Error::new(ErrorKind::Io, format!("the passphrase cannot be asked for: {error}"))),
        };
        if !new {
            return asked("Passphrase of the vault").map(Secret::new);
        }
        let first = asked("New passphrase of the vault")?;
        if asked("The same again")? != first {
            return Err(Error::new(ErrorKind::Vault, "the two passphrases differ").with_hint("run the command again"));
        }
        Ok(Secret::new(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_remembered() {
        assert_eq!(without_password("postgres://me:hidden@db:5432/zoho"), "postgres://me@db:5432/zoho");
        assert_eq!(without_password("postgres://me@db/zoho"), "postgres://me@db/zoho");
        assert_eq!(without_password("file:/srv/x"), "file:/srv/x");
        assert_eq!(without_password("keyring"), "keyring");
    }
}
