//! The keyring of the system, where a variable says that there is one to test with.

use std::path::Path;
use std::process::Command;

use zoho_core::{KeyKind, TokenStore, Vault, VaultKey, VaultPlace};

use crate::{child, entry, number_of, numbered, refresh_token, saved_client};

/// The variable that says so; without it, a test that needs one is skipped.
const KEYRING: &str = "ZOHO_TEST_KEYRING";

fn is_there() -> bool {
    let there = std::env::var_os(KEYRING).is_some();
    assert!(there || std::env::var_os("CI").is_none(), "{KEYRING} is not set, and in CI nothing is skipped");
    if !there {
        eprintln!("skipped: {KEYRING} does not say that there is a keyring to test with");
    }
    there
}

fn vault(application: &str, folder: &Path) -> Vault {
    let place = VaultPlace::parse(&format!("keyring:zoho test {application} {}", std::process::id()), folder).unwrap();
    Vault::new(place, VaultKey::None).unwrap()
}

#[tokio::test]
async fn what_was_put_is_got_and_removed() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = || vault("one", folder.path());
    store().probe().await.unwrap();
    assert!(store().names().await.unwrap().is_empty());
    store().put("Desk / 1", &entry("1000.r")).await.unwrap();
    store().put_client("main", &saved_client()).await.unwrap();
    assert_eq!(store().get("Desk / 1").await.unwrap(), Some(entry("1000.r")));
    assert_eq!(store().client("main").await.unwrap(), Some(saved_client()));
    assert_eq!(store().names().await.unwrap(), ["Desk / 1"]);
    assert!(store().rename("Desk / 1", "desk").await.unwrap());
    assert_eq!(store().names().await.unwrap(), ["desk"]);
    assert!(store().remove("desk").await.unwrap() && store().remove_client("main").await.unwrap());
    assert!(store().get("desk").await.unwrap().is_none() && store().names().await.unwrap().is_empty());
}

#[tokio::test]
async fn one_after_the_other_holds_a_connection() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    vault("two", folder.path()).put("a", &entry("1000.r")).await.unwrap();
    let counting = (0..10).map(|_| {
        let vault = vault("two", folder.path());
        tokio::spawn(async move {
            let mut held = vault.hold("a").await.unwrap();
            let tokens = held.tokens().unwrap().clone();
            held.save(&numbered(&tokens, number_of(&tokens) + 1)).await.unwrap();
        })
    });
    for one in counting.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let store = vault("two", folder.path());
    assert_eq!(number_of(&store.load("a").await.unwrap().unwrap()), 10);
    store.remove("a").await.unwrap();
}

/// The key of encrypted files may be in the keyring.
#[tokio::test]
async fn the_keyring_keeps_the_key_of_files() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = |key| Vault::new(VaultPlace::Folder(folder.path().join("vault")), key).unwrap();
    store(VaultKey::Keyring).put("a", &entry("1000.r")).await.unwrap();
    assert_eq!(store(VaultKey::None).key_kind().await.unwrap(), Some(KeyKind::Keyring));
    assert_eq!(refresh_token(store(VaultKey::Keyring).get("a").await.unwrap()).as_deref(), Some("1000.r"));
    let error = store(VaultKey::None).get("a").await.unwrap_err();
    assert!(error.to_string().ends_with("is opened by a key in the system's keyring"), "{error}");
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_finds_no_keyring() {
    let Some(folder) = child::folder() else { return };
    let begun = std::time::Instant::now();
    let error = vault("none", &folder).probe().await.unwrap_err();
    assert!(begun.elapsed() < std::time::Duration::from_secs(3), "it took {:?}", begun.elapsed());
    assert!(error.to_string().starts_with("there is no keyring of the system that could be used"), "{error}");
    assert_eq!(error.hint(), Some("choose another place for the vault: an encrypted file, or PostgreSQL"));
}

/// Without a session, with one that is gone, and with one that does not answer.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_machine_without_a_keyring_is_told_so_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mute = folder.path().join("mute");
    let _listens = std::os::unix::net::UnixListener::bind(&mute).unwrap();
    for address in ["unix:path=/nowhere/bus".to_owned(), format!("unix:path={}", mute.display())] {
        let mut command: Command = child::command("keyring::child_finds_no_keyring", folder.path());
        command.env("DBUS_SESSION_BUS_ADDRESS", &address).env_remove("XDG_RUNTIME_DIR").env_remove("DISPLAY");
        let output = command.output().unwrap();
        let words = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && words.contains("1 passed"), "{address}: {words}");
    }
}
