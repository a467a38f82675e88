//! The vault over files, on good days and on bad ones.

use std::fs;
use std::path::Path;

use super::*;
use crate::auth::token::AccessToken;

fn entry(refresh: &str) -> Entry {
    let connection = serde_json::json!({
        "services": ["books"],
        "data_center": "eu",
        "client_id": "1000.ID",
        "client_secret": "hidden-client-secret",
        "values": { "organization_id": "7" },
        "labels": { "organization_id": "Zylker" },
    });
    let connection: SavedConnection = serde_json::from_value(connection).unwrap();
    Entry { connection, tokens: Tokens::from_refresh_token(refresh) }
}

fn client() -> SavedClient {
    let client = serde_json::json!({
        "client_id": "1000.ID",
        "client_secret": "hidden-client-secret",
        "secrets": { "in": "hidden-indian-secret" },
        "data_center": "eu",
        "redirect_uri": "http://127.0.0.1:8765/callback",
    });
    serde_json::from_value(client).unwrap()
}

fn key() -> VaultKey {
    VaultKey::Identity(Seal::generate().text())
}

fn vault(folder: &Path, key: &VaultKey) -> Vault {
    Vault::new(VaultPlace::Folder(folder.join("vault")), key.clone()).unwrap()
}

fn refresh(entry: Option<Entry>) -> Option<String> {
    entry?.tokens.refresh.map(|token| token.expose().to_owned())
}

#[tokio::test]
async fn what_was_put_is_got_listed_renamed_and_removed() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let store = vault(folder.path(), &key);
    assert!(store.names().await.unwrap().is_empty());
    assert_eq!(store.get("a").await.unwrap(), None);
    store.put("a", &entry("1000.r")).await.unwrap();
    store.put("b", &entry("1000.s")).await.unwrap();
    let again = vault(folder.path(), &key);
    assert_eq!(again.get("a").await.unwrap(), Some(entry("1000.r")));
    assert_eq!(again.names().await.unwrap(), ["a", "b"]);
    assert_eq!(again.rename("a", "b").await.unwrap_err().kind(), ErrorKind::Connection);
    assert!(again.rename("a", "c").await.unwrap() && !again.rename("a", "d").await.unwrap());
    assert_eq!(again.names().await.unwrap(), ["b", "c"]);
    assert_eq!(refresh(again.get("c").await.unwrap()).as_deref(), Some("1000.r"));
    assert!(again.remove("b").await.unwrap() && !again.remove("b").await.unwrap());
    assert!(again.change("c", |saved| saved.user = Some("Ada".into())).await.unwrap());
    assert_eq!(again.get("c").await.unwrap().unwrap().connection.user.as_deref(), Some("Ada"));
    assert!(!again.change("d", |_| {}).await.unwrap());
}

#[tokio::test]
async fn clients_are_kept_apart_from_connections() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let store = vault(folder.path(), &key);
    store.put_client("a", &client()).await.unwrap();
    assert_eq!(store.client("a").await.unwrap(), Some(client()));
    assert_eq!(store.client_names().await.unwrap(), ["a"]);
    assert!(store.names().await.unwrap().is_empty() && store.get("a").await.unwrap().is_none());
    assert!(store.remove_client("a").await.unwrap());
    assert_eq!(store.client("a").await.unwrap(), None);
}

#[tokio::test]
async fn nothing_in_the_folder_can_be_read_without_the_key() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let store = vault(folder.path(), &key);
    store.put("desk", &entry("1000.refresh")).await.unwrap();
    store.put_client("desk", &client()).await.unwrap();
    for file in fs::read_dir(folder.path().join("vault")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for secret in ["1000.refresh", "hidden-client-secret", "hidden-indian-secret", "AGE-SECRET-KEY"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }
    let other = vault(folder.path(), &self::key());
    let error = other.get("desk").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vault);
    assert!(error.to_string().starts_with("the key that was given is age1"), "{error}");
    assert!(!format!("{store:?} {key:?}").contains("AGE-SECRET"));
    let none = vault(folder.path(), &VaultKey::None).get("desk").await.unwrap_err();
    assert!(none.to_string().ends_with("is opened by the text of its key, which has to be given"), "{none}");
}

#[tokio::test]
async fn a_passphrase_opens_the_vault_and_so_does_the_key_that_it_wraps() {
    let folder = tempfile::tempdir().unwrap();
    let store = vault(folder.path(), &VaultKey::Passphrase(Secret::new("correct horse")));
    store.put("desk", &entry("1000.r")).await.unwrap();
    assert_eq!(store.key_kind().await.unwrap(), Some(KeyKind::Passphrase));
    let wrong = vault(folder.path(), &VaultKey::Passphrase(Secret::new("battery staple")));
    let error = wrong.get("desk").await.unwrap_err();
    assert!(error.to_string().starts_with("the passphrase does not open "), "{error}");
    assert!(wrong.put("desk", &entry("1000.s")).await.is_err());
    let identity = store.identity().await.unwrap();
    let by_key = vault(folder.path(), &VaultKey::Identity(identity));
    assert_eq!(refresh(by_key.get("desk").await.unwrap()).as_deref(), Some("1000.r"));
    by_key.set_passphrase(&Secret::new("new words")).await.unwrap();
    let renewed = vault(folder.path(), &VaultKey::Passphrase(Secret::new("new words")));
    assert_eq!(refresh(renewed.get("desk").await.unwrap()).as_deref(), Some("1000.r"));
}

/// A person is asked once, and only when something is to be opened.
#[tokio::test]
async fn a_passphrase_is_asked_for_when_it_is_needed() {
    struct Asked(std::sync::Mutex<Vec<bool>>);
    impl crate::AskPassphrase for Asked {
        fn passphrase(&self, new: bool) -> Result<Secret, Error> {
            self.0.lock().unwrap().push(new);
            Ok(Secret::new("correct horse"))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let person = Arc::new(Asked(std::sync::Mutex::default()));
    let ask = VaultKey::Ask(person.clone());
    let store = vault(folder.path(), &ask);
    assert!(store.names().await.unwrap().is_empty() && store.get("desk").await.unwrap().is_none());
    assert!(person.0.lock().unwrap().is_empty());
    store.put("desk", &entry("1000.r")).await.unwrap();
    store.get("desk").await.unwrap();
    let again = vault(folder.path(), &ask);
    again.get("desk").await.unwrap();
    assert_eq!(*person.0.lock().unwrap(), [true, false]);
}

#[tokio::test]
async fn two_who_make_a_vault_at_once_have_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let key = VaultKey::Passphrase(Secret::new("correct horse"));
    let (one, two) = (vault(folder.path(), &key), vault(folder.path(), &key));
    let (first, second) = (entry("1000.1"), entry("1000.2"));
    let (first, second) = tokio::join!(one.put("one", &first), two.put("two", &second));
    first.unwrap();
    second.unwrap();
    let again = vault(folder.path(), &key);
    assert!(again.get("one").await.unwrap().is_some() && again.get("two").await.unwrap().is_some());
}

#[tokio::test]
async fn a_damaged_document_costs_one_connection() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let store = vault(folder.path(), &key);
    store.put("a", &entry("1000.r")).await.unwrap();
    store.put("b", &entry("1000.s")).await.unwrap();
    let file = folder.path().join("vault/connection.a.age");
    let whole = fs::read(&file).unwrap();
    for damage in [&whole[..whole.len() / 2], &whole[..20], b"", b"rubbish"] {
        fs::write(&file, damage).unwrap();
        let error = store.get("a").await.unwrap_err();
        assert_eq!(error.to_string(), format!("{} is damaged", file.display()));
        assert_eq!(fs::read(&file).unwrap(), damage, "it is left as it is");
        assert!(store.get("b").await.unwrap().is_some());
    }
    assert_eq!(store.names().await.unwrap(), ["a", "b"]);
    assert!(store.remove("a").await.unwrap());
    assert_eq!(store.names().await.unwrap(), ["b"]);
}

#[tokio::test]
async fn a_document_in_the_place_of_another_is_refused() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let store = vault(folder.path(), &key);
    store.put("test", &entry("1000.r")).await.unwrap();
    let file = |name: &str| folder.path().join("vault").join(name);
    fs::rename(file("connection.test.age"), file("connection.live.age")).unwrap();
    let error = store.get("live").await.unwrap_err();
    assert!(error.to_string().ends_with("holds the connection `test`, which belongs elsewhere"), "{error}");
}

#[tokio::test]
async fn what_a_newer_version_wrote_is_named_and_left_alone() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let store = vault(folder.path(), &key);
    store.put("a", &entry("1000.r")).await.unwrap();
    let seal = store.seal_for_reading().await.unwrap().unwrap();
    let newer = seal.seal(br#"{"version":2,"kind":"connection","name":"a","body":{}}"#).unwrap();
    let file = folder.path().join("vault/connection.a.age");
    fs::write(&file, &newer).unwrap();
    for error in [
        store.get("a").await.err(),
        store.change("a", |_| {}).await.err(),
        store.hold("a").await.err(),
        store.rename("a", "b").await.err(),
    ] {
        let error = error.unwrap();
        let words = format!("{} was written by a newer version of this program (its form is 2)", file.display());
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Vault, words));
    }
    assert_eq!(fs::read(&file).unwrap(), newer);
    let about = folder.path().join("vault/key.vault.age");
    fs::write(&about, r#"{"version":2}"#).unwrap();
    let error = vault(folder.path(), &key).get("a").await.unwrap_err();
    assert!(error.to_string().contains("key.vault.age was written by a newer version"), "{error}");
}

#[tokio::test]
async fn without_the_document_of_the_key_only_the_right_key_opens_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = VaultKey::Passphrase(Secret::new("correct horse"));
    let store = vault(folder.path(), &passphrase);
    store.put("a", &entry("1000.r")).await.unwrap();
    let about = folder.path().join("vault/key.vault.age");
    fs::remove_file(&about).unwrap();
    let other = vault(folder.path(), &passphrase);
    for error in [other.get("a").await.err(), other.put("b", &entry("1000.s")).await.err()] {
        let words = format!("{} is lacking, which says which key the vault has", about.display());
        assert_eq!(error.unwrap().to_string(), words);
    }
    assert!(vault(folder.path(), &key()).put("b", &entry("1000.s")).await.is_err() && !about.exists());
    let right = vault(folder.path(), &VaultKey::Identity(store.identity().await.unwrap()));
    assert_eq!(refresh(right.get("a").await.unwrap()).as_deref(), Some("1000.r"));
    right.put("b", &entry("1000.s")).await.unwrap();
    assert!(about.exists());
    fs::write(&about, "{ half").unwrap();
    let error = vault(folder.path(), &key()).put("b", &entry("1000.t")).await.unwrap_err();
    assert!(error.to_string().contains("is damaged"), "{error}");
}

#[tokio::test]
async fn a_probe_leaves_nothing_behind() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    vault(folder.path(), &key).probe().await.unwrap();
    let names: Vec<_> =
        fs::read_dir(folder.path().join("vault")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| name.to_str().unwrap().starts_with("key.")), "{names:?}");
}

#[tokio::test]
async fn everything_moves_to_another_vault() {
    let folders = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (from, to) = (vault(folders.0.path(), &key()), vault(folders.1.path(), &key()));
    from.put("a", &entry("1000.r")).await.unwrap();
    from.put("b", &entry("1000.s")).await.unwrap();
    from.put_client("c", &client()).await.unwrap();
    to.put("b", &entry("1000.other")).await.unwrap();
    let error = from.move_to(&to).await.unwrap_err();
    assert!(error.to_string().starts_with("there is another connection `b` in encrypted files in "), "{error}");
    assert_eq!(from.names().await.unwrap(), ["a", "b"]);
    // As a move that broke off leaves it.
    to.put("b", &entry("1000.s")).await.unwrap();
    assert_eq!(from.move_to(&to).await.unwrap(), Moved { connections: 2, clients: 1 });
    assert!(from.names().await.unwrap().is_empty() && from.client_names().await.unwrap().is_empty());
    assert_eq!(refresh(to.get("a").await.unwrap()).as_deref(), Some("1000.r"));
    assert_eq!(to.client("c").await.unwrap(), Some(client()));
}

#[tokio::test]
async fn who_waited_for_a_connection_sees_what_was_saved() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let (one, two) = (vault(folder.path(), &key), vault(folder.path(), &key));
    one.put("a", &entry("1000.r")).await.unwrap();
    let mut held = one.hold("a").await.unwrap();
    let fresh = Tokens { access: Some(AccessToken::new("1000.fresh", 9)), ..held.tokens().unwrap().clone() };
    let waiting = tokio::spawn(async move { two.hold("a").await.unwrap().tokens().cloned() });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    held.save(&fresh).await.unwrap();
    assert_eq!(one.load("a").await.unwrap().as_ref(), Some(&fresh), "it is safe before it is let go");
    drop(held);
    assert_eq!(waiting.await.unwrap(), Some(fresh));
    let mut none = one.hold("b").await.unwrap();
    assert!(none.tokens().is_none());
    assert_eq!(none.save(&Tokens::default()).await.unwrap_err().kind(), ErrorKind::Connection);
}

/// Whoever waited for a connection that is removed meanwhile does not bring it back, and locks nobody else out.
#[tokio::test]
async fn a_connection_that_was_removed_stays_so() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let (one, two) = (vault(folder.path(), &key), vault(folder.path(), &key));
    one.put("a", &entry("1000.r")).await.unwrap();
    let (removed, held) = tokio::join!(one.remove("a"), async {
        let held = two.hold("a").await.unwrap();
        held.tokens().cloned()
    });
    assert!(removed.unwrap());
    assert!(held.is_none() || one.names().await.unwrap().is_empty());
    one.put("a", &entry("1000.s")).await.unwrap();
    assert_eq!(two.hold("a").await.unwrap().tokens().unwrap().refresh.as_ref().unwrap().expose(), "1000.s");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[tokio::test]
    async fn everything_is_the_owners_alone() {
        let (folder, key) = (tempfile::tempdir().unwrap(), key());
        let store = vault(folder.path(), &key);
        store.put("a", &entry("1000.r")).await.unwrap();
        let vault = folder.path().join("vault");
        assert_eq!(mode(&vault), 0o700);
        for file in fs::read_dir(&vault).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }

    #[tokio::test]
    async fn what_others_can_read_is_refused_with_the_cure() {
        let (folder, key) = (tempfile::tempdir().unwrap(), key());
        let store = vault(folder.path(), &key);
        store.put("a", &entry("1000.r")).await.unwrap();
        let file = folder.path().join("vault/connection.a.age");
        for open in [0o640, 0o604, 0o620] {
            set_mode(&file, open);
            let error = store.get("a").await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Vault);
            assert_eq!(error.hint().unwrap(), format!("take that away with: chmod 600 {}", file.display()));
        }
        set_mode(&file, 0o600);
        let open = folder.path().join("vault");
        set_mode(&open, 0o750);
        for error in
            [store.get("a").await.err(), store.put("a", &entry("1000.s")).await.err(), store.probe().await.err()]
        {
            let error = error.unwrap();
            assert_eq!(error.hint().unwrap(), format!("take that away with: chmod 700 {}", open.display()));
        }
        set_mode(&open, 0o700);
        assert_eq!(refresh(store.get("a").await.unwrap()).as_deref(), Some("1000.r"));
    }

    #[tokio::test]
    async fn a_link_is_not_followed() {
        let (folder, key) = (tempfile::tempdir().unwrap(), key());
        let store = vault(folder.path(), &key);
        store.put("a", &entry("1000.r")).await.unwrap();
        let (file, elsewhere) = (folder.path().join("vault/connection.a.age"), folder.path().join("elsewhere"));
        fs::rename(&file, &elsewhere).unwrap();
        symlink(&elsewhere, &file).unwrap();
        assert!(store.get("a").await.unwrap_err().to_string().contains("is a symbolic link"));
        // What is put does not go through the link, nor through one where the new file is written.
        let victim = folder.path().join("victim");
        fs::write(&victim, "mine").unwrap();
        symlink(&victim, folder.path().join("vault/connection.b.new")).unwrap();
        store.put("b", &entry("1000.s")).await.unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        fs::rename(folder.path().join("vault"), folder.path().join("real")).unwrap();
        symlink(folder.path().join("real"), folder.path().join("vault")).unwrap();
        assert!(store.get("b").await.unwrap_err().to_string().contains("is a symbolic link"));
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_said_by_the_probe() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("vault"), "a file").unwrap();
        let error = vault(folder.path(), &key()).probe().await.unwrap_err();
        assert!(error.to_string().ends_with("is no folder, so no vault can be in it"), "{error}");
        let below = Vault::new(VaultPlace::Folder(folder.path().join("vault/below")), key()).unwrap();
        let error = below.probe().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains(&folder.path().display().to_string()) && error.hint().is_some(), "{error}");
    }
}
