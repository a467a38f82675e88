//! Documents in a keyring that tests look into.

use super::*;

const LONG: &[u8] = br#"{"a document":"that does not fit into one entry of twenty bytes"}"#;

fn store() -> Arc<keyring_core::CredentialStore> {
    keyring_core::mock::Store::new().unwrap()
}

#[tokio::test]
async fn documents_are_entries_and_their_names_are_listed() {
    let (store, locks) = (store(), tempfile::tempdir().unwrap());
    let keyring = || Keyring::over(Entries::of(store.clone(), 1000), locks.path().join("locks"));
    let id = DocumentId::new(Kind::Connection, "Desk / 1");
    assert_eq!(keyring().read(&id).await.unwrap(), None);
    keyring().hold(&id).await.unwrap().write(b"{one}".to_vec()).await.unwrap();
    assert_eq!(keyring().read(&id).await.unwrap().unwrap(), b"{one}");
    assert_eq!(keyring().names(Kind::Connection).await.unwrap(), ["Desk / 1"]);
    assert!(keyring().names(Kind::Client).await.unwrap().is_empty());
    let keyring = keyring();
    keyring.hold(&id).await.unwrap().remove().await.unwrap();
    assert_eq!(keyring.read(&id).await.unwrap(), None);
    assert!(keyring.names(Kind::Connection).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_entry_is_read_once_and_anew_by_who_holds_it() {
    let (store, locks) = (store(), tempfile::tempdir().unwrap());
    let keyring = || Keyring::over(Entries::of(store.clone(), 1000), locks.path().join("locks"));
    let id = DocumentId::new(Kind::Connection, "desk");
    let (mine, other) = (keyring(), keyring());
    other.hold(&id).await.unwrap().write(b"{1}".to_vec()).await.unwrap();
    assert_eq!(mine.read(&id).await.unwrap().unwrap(), b"{1}");
    other.hold(&id).await.unwrap().write(b"{2}".to_vec()).await.unwrap();
    assert_eq!(mine.read(&id).await.unwrap().unwrap(), b"{1}");
    assert_eq!(mine.hold(&id).await.unwrap().bytes().unwrap(), b"{2}");
    assert_eq!(mine.read(&id).await.unwrap().unwrap(), b"{2}");
}

/// Windows takes 2,560 bytes for an entry.
#[test]
fn a_document_longer_than_an_entry_is_several() {
    let store = store();
    let entries = Entries::of(store.clone(), 20);
    entries.write("a", LONG).unwrap();
    assert_eq!(entries.read("a").unwrap().unwrap(), LONG);
    entries.write("a", &LONG.repeat(2)).unwrap();
    assert_eq!(entries.read("a").unwrap().unwrap(), LONG.repeat(2));
    let head = store.build("tests", "a", None).unwrap().get_secret().unwrap();
    let head = String::from_utf8(head).unwrap();
    let first = format!("a#{}.0", head.split(' ').nth(1).unwrap());
    assert!(store.build("tests", &first, None).unwrap().get_secret().is_ok());
    entries.write("a", b"{short}").unwrap();
    assert_eq!(entries.read("a").unwrap().unwrap(), b"{short}");
    assert!(store.build("tests", &first, None).unwrap().get_secret().is_err(), "the parts of before are gone");
    entries.write("a", LONG).unwrap();
    entries.remove("a").unwrap();
    assert_eq!(entries.read("a").unwrap(), None);
}

#[test]
fn a_part_that_is_lacking_is_said() {
    let store = store();
    let entries = Entries::of(store.clone(), 20);
    entries.write("a", LONG).unwrap();
    let head = String::from_utf8(store.build("tests", "a", None).unwrap().get_secret().unwrap()).unwrap();
    let first = format!("a#{}.0", head.split(' ').nth(1).unwrap());
    store.build("tests", &first, None).unwrap().delete_credential().unwrap();
    let error = entries.read("a").unwrap_err();
    assert_eq!(error.to_string(), "`a` in the system's keyring (`tests`) is damaged: a part of it is lacking");
}
