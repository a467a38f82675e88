//! PostgreSQL, where a variable says where there is one to test with.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_postgres::NoTls;
use zoho_core::{ErrorKind, Moved, TokenStore, Vault, VaultKey, VaultPlace};

use crate::{entry, key, number_of, numbered, refresh_token, saved_client};

/// The variable with its address; without it, a test that needs one is skipped.
const ADDRESS: &str = "ZOHO_TEST_POSTGRES";

fn server() -> Option<String> {
    let address = std::env::var(ADDRESS).ok();
    assert!(
        address.is_some() || std::env::var_os("CI").is_none(),
        "{ADDRESS} is not set, and in CI nothing is skipped"
    );
    if address.is_none() {
        eprintln!("skipped: {ADDRESS} does not name a PostgreSQL");
    }
    address
}

async fn run(address: &str, statement: &str) {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    client.batch_execute(statement).await.unwrap();
    drop(client);
    connection.await.unwrap().unwrap();
}

/// The address of a new, empty database.
pub(crate) async fn database() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let address = server()?;
    let name = format!("vault_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    run(&address, &format!("CREATE DATABASE {name}")).await;
    let (server, _) = address.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}"))
}

fn vault(address: &str) -> Vault {
    Vault::new(VaultPlace::parse(address, "/".as_ref()).unwrap(), key()).unwrap()
}

#[tokio::test]
async fn what_was_put_is_got_listed_renamed_and_removed() {
    let Some(address) = database().await else { return };
    let store = || vault(&address);
    store().probe().await.unwrap();
    assert!(store().names().await.unwrap().is_empty() && store().get("a").await.unwrap().is_none());
    store().put("a", &entry("1000.r")).await.unwrap();
    store().put("B ü", &entry("1000.s")).await.unwrap();
    store().put_client("main", &saved_client()).await.unwrap();
    assert_eq!(store().get("a").await.unwrap(), Some(entry("1000.r")));
    assert_eq!(store().names().await.unwrap(), ["B ü", "a"]);
    assert!(store().rename("a", "c").await.unwrap() && !store().rename("a", "d").await.unwrap());
    assert_eq!(store().rename("c", "B ü").await.unwrap_err().kind(), ErrorKind::Connection);
    assert!(store().change("c", |saved| saved.user = Some("Ada".into())).await.unwrap());
    assert_eq!(store().get("c").await.unwrap().unwrap().connection.user.as_deref(), Some("Ada"));
    assert!(store().remove("c").await.unwrap() && !store().remove("c").await.unwrap());
    assert_eq!(store().client("main").await.unwrap(), Some(saved_client()));
}

#[tokio::test]
async fn rows_cannot_be_read_without_the_key() {
    let Some(address) = database().await else { return };
    vault(&address).put("a", &entry("1000.refresh")).await.unwrap();
    let (client, connection) = tokio_postgres::connect(&address, NoTls).await.unwrap();
    tokio::spawn(connection);
    for row in client.query("SELECT bytes FROM zoho_vault_documents", &[]).await.unwrap() {
        let bytes: Vec<u8> = row.get(0);
        for secret in ["1000.refresh", "hidden-client-secret", "AGE-SECRET"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }
    let place = VaultPlace::parse(&address, "/".as_ref()).unwrap();
    let error = Vault::new(place, VaultKey::None).unwrap().get("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vault);
}

/// As four processes do that start at once on an empty database.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tables_are_made_once_though_many_start_at_once() {
    let Some(address) = database().await else { return };
    let starting = (0..8).map(|number| {
        let vault = vault(&address);
        tokio::spawn(async move { vault.put(&number.to_string(), &entry("1000.r")).await })
    });
    for start in starting.collect::<Vec<_>>() {
        start.await.unwrap().unwrap();
    }
    assert_eq!(vault(&address).names().await.unwrap().len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_after_the_other_holds_a_connection() {
    let Some(address) = database().await else { return };
    vault(&address).put("a", &entry("1000.r")).await.unwrap();
    let machines: Vec<_> = (0..4).map(|_| std::sync::Arc::new(vault(&address))).collect();
    let counting = (0..40).map(|number| {
        let vault = machines[number % machines.len()].clone();
        tokio::spawn(async move {
            let mut held = vault.hold("a").await.unwrap();
            let tokens = held.tokens().unwrap().clone();
            tokio::time::sleep(Duration::from_millis(2)).await;
            held.save(&numbered(&tokens, number_of(&tokens) + 1)).await.unwrap();
        })
    });
    for one in counting.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert_eq!(number_of(&vault(&address).load("a").await.unwrap().unwrap()), 40);
}

/// What is not there yet can be held too, and what is saved is safe before it is let go.
#[tokio::test]
async fn who_waited_sees_what_was_done() {
    let Some(address) = database().await else { return };
    let (one, two) = (vault(&address), vault(&address));
    let held = one.hold("a").await.unwrap();
    let putting = tokio::spawn({
        let address = address.clone();
        async move { vault(&address).put("a", &entry("1000.r")).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!putting.is_finished());
    drop(held);
    putting.await.unwrap().unwrap();
    let mut held = one.hold("a").await.unwrap();
    let tokens = held.tokens().unwrap().clone();
    held.save(&numbered(&tokens, 1)).await.unwrap();
    assert_eq!(number_of(&two.load("a").await.unwrap().unwrap()), 1);
    held.save(&numbered(&tokens, 2)).await.unwrap();
    assert_eq!(number_of(&two.load("a").await.unwrap().unwrap()), 2);
    let removing = tokio::spawn(async move { two.remove("a").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!removing.is_finished());
    drop(held);
    assert!(removing.await.unwrap().unwrap());
    assert!(one.hold("a").await.unwrap().tokens().is_none());
}

/// A server that restarts, or one that lost sight of a machine, ends what that machine held. What came after is not
/// written over.
#[tokio::test]
async fn who_lost_the_hold_writes_over_nothing() {
    let Some(address) = database().await else { return };
    let (one, two) = (vault(&address), vault(&address));
    one.put("a", &entry("1000.r")).await.unwrap();
    let mut held = one.hold("a").await.unwrap();
    let tokens = held.tokens().unwrap().clone();
    run(&address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
    let mut other = two.hold("a").await.unwrap();
    other.save(&numbered(&tokens, 7)).await.unwrap();
    drop(other);
    let error = held.save(&numbered(&tokens, 1)).await.unwrap_err();
    assert!(error.to_string().ends_with("was changed by somebody else meanwhile"), "{error}");
    drop(held);
    assert_eq!(number_of(&one.load("a").await.unwrap().unwrap()), 7);
}

#[tokio::test]
async fn what_a_newer_version_made_is_refused() {
    let Some(address) = database().await else { return };
    vault(&address).put("a", &entry("1000.r")).await.unwrap();
    run(&address, "INSERT INTO zoho_vault_schema (version) VALUES (99)").await;
    let error = vault(&address).get("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Vault);
    assert!(error.to_string().ends_with("are of a newer version (99)"), "{error}");
}

#[tokio::test]
async fn everything_moves_from_files_and_back() {
    let Some(address) = database().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let (files, rows) = (crate::vault(folder.path()), vault(&address));
    files.put("a", &entry("1000.r")).await.unwrap();
    files.put_client("main", &saved_client()).await.unwrap();
    assert_eq!(files.move_to(&rows).await.unwrap(), Moved { connections: 1, clients: 1 });
    assert!(files.names().await.unwrap().is_empty());
    assert_eq!(refresh_token(rows.get("a").await.unwrap()).as_deref(), Some("1000.r"));
    assert_eq!(rows.move_to(&files).await.unwrap(), Moved { connections: 1, clients: 1 });
    assert_eq!(files.client("main").await.unwrap(), Some(saved_client()));
}

/// Every way of not getting there is said with what to do, and without the password.
#[tokio::test]
async fn a_database_that_cannot_be_used_is_said_before_a_sign_in() {
    let Some(address) = server() else { return };
    let (base, _) = address.rsplit_once('/').unwrap();
    let host = base.rsplit_once('@').unwrap().1;
    let cases = [
        (format!("postgres://zoho:a-wrong-password@{host}/postgres"), "check the user and the password"),
        (format!("{base}/no_such_database"), "make the database"),
        ("postgres://zoho:a-wrong-password@127.0.0.1:1/x".to_owned(), "see that it runs"),
        (format!("{base}/postgres?sslmode=require"), "`sslmode`"),
    ];
    for (address, hint) in cases {
        let error = vault(&address).probe().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{error}");
        assert!(error.hint().unwrap().contains(hint), "{error}: {:?}", error.hint());
        let words = format!("{error} {error:?} {:?}", vault(&address));
        assert!(!words.contains("password-of") && !words.contains("a-wrong-password"), "{words}");
    }
}

/// Where the server speaks TLS, `ZOHO_TEST_POSTGRES_CA` names the file of the authority that signed its certificate.
#[tokio::test]
async fn a_certificate_is_always_checked() {
    let Some(address) = server() else { return };
    let Ok(authority) = std::env::var("ZOHO_TEST_POSTGRES_CA") else {
        eprintln!("skipped: ZOHO_TEST_POSTGRES_CA does not name the authority of a server with TLS");
        return;
    };
    for mode in ["require", "verify-full"] {
        vault(&format!("{address}?sslmode={mode}&sslrootcert={authority}")).probe().await.unwrap();
        let error = vault(&format!("{address}?sslmode={mode}")).probe().await.unwrap_err();
        assert!(error.to_string().contains("invalid peer certificate"), "{error}");
    }
}
