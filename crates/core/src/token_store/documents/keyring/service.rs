//! The keyring of the system that this runs on, and the time that it has to answer.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use keyring_core::CredentialStore;

use crate::error::{Error, ErrorKind};

/// How long finding the keyring may take: where there is no session, somebody would wait for ever.
const FIND: Duration = Duration::from_secs(2);
/// How long an answer may take: a person may have to unlock the keyring first.
const ANSWER: Duration = Duration::from_secs(60);

static FOUND: Mutex<Option<Arc<CredentialStore>>> = Mutex::new(None);

/// The keyring, found once for the process.
pub(super) fn store() -> Result<Arc<CredentialStore>, Error> {
    if let Some(store) = FOUND.lock().unwrap_or_else(PoisonError::into_inner).clone() {
        return Ok(store);
    }
    let store = within(FIND, find).ok_or_else(|| no_keyring("it does not answer"))?;
    let store = store.map_err(|error| no_keyring(&words(&error)))?;
    *FOUND.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&store));
    Ok(store)
}

/// Asks the keyring something.
pub(super) fn ask<T: Send + 'static>(
    question: impl FnOnce() -> keyring_core::Result<T> + Send + 'static,
) -> Result<keyring_core::Result<T>, Error> {
    within(ANSWER, question).ok_or_else(|| {
        Error::new(ErrorKind::Vault, format!("the system's keyring did not answer within {} s", ANSWER.as_secs()))
            .with_hint("unlock it, or choose another place for the vault")
    })
}

#[cfg(all(unix, not(target_vendor = "apple")))]
fn find() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn find() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn find() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(all(unix, not(target_vendor = "apple")), target_os = "macos", windows)))]
fn find() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(keyring_core::Error::NotSupportedByStore("none is known on this system".to_owned()))
}

/// What a piece of work gives, where it gives it in time. It has a thread of its own, which is left alone when it does
/// not: nothing can end a call into the system.
fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Nobody may be waiting any more.
        drop(sender.send(work()));
    });
    receiver.recv_timeout(limit).ok()
}

fn no_keyring(why: &str) -> Error {
    Error::new(ErrorKind::Vault, format!("there is no keyring of the system that could be used: {why}"))
        .with_hint("choose another place for the vault: an encrypted file, or PostgreSQL")
}

/// What the keyring says went wrong. The debug form of its errors may hold what was kept, and is never used.
pub(super) fn words(error: &keyring_core::Error) -> String {
    match error {
        keyring_core::Error::BadEncoding(_) | keyring_core::Error::BadDataFormat(..) => {
            "what it holds cannot be read".to_owned()
        }
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_answer_is_not_waited_for() {
        let begun = std::time::Instant::now();
        let answer = within(Duration::from_millis(20), || std::thread::sleep(Duration::from_secs(3)));
        assert!(answer.is_none() && begun.elapsed() < Duration::from_secs(2));
        assert_eq!(within(Duration::from_secs(5), || 7), Some(7));
    }
}
