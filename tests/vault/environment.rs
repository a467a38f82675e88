//! A refresh token that is given at every start.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zoho_core::{Clock, EnvironmentStore, TokenStore, Tokens};

use crate::server::{Server, json};
use crate::{client, list};

const NOW: u64 = 1_800_000_000;

async fn server() -> Server {
    Server::start(|asked, before| {
        if asked.is_for_tokens() {
            json(200, format!(r#"{{"access_token":"1000.access{before}","expires_in":3600}}"#))
        } else {
            json(200, r#"{"data":[]}"#)
        }
    })
    .await
}

fn store(token: &str, folder: &std::path::Path) -> EnvironmentStore {
    EnvironmentStore::new("a", Tokens::from_refresh_token(token), Some(folder.join("cache"))).unwrap()
}

/// A start of a job: a store, a client, one call.
async fn start(server: &Server, store: EnvironmentStore, clock: &Clock) {
    client(server, Arc::new(store), clock).build().unwrap().invoke(&list()).await.unwrap();
}

#[tokio::test]
async fn twenty_starts_make_one_token() {
    let (server, folder) = (server().await, tempfile::tempdir().unwrap());
    let clock = Arc::new(AtomicU64::new(NOW));
    for _ in 0..20 {
        start(&server, store("1000.r", folder.path()), &Clock::Manual(clock.clone())).await;
    }
    assert_eq!((server.calls().len(), server.token_requests().len()), (20, 1));
    clock.fetch_add(3600, Ordering::Relaxed);
    start(&server, store("1000.r", folder.path()), &Clock::Manual(clock)).await;
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn only_the_refresh_token_opens_the_cache() {
    let (server, folder) = (server().await, tempfile::tempdir().unwrap());
    let clock = Clock::Manual(Arc::new(AtomicU64::new(NOW)));
    start(&server, store("1000.r", folder.path()), &clock).await;
    start(&server, store("1000.other", folder.path()), &clock).await;
    assert_eq!(server.token_requests().len(), 2);
    for file in std::fs::read_dir(folder.path().join("cache")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|part| part == b"1000."));
    }
}

#[tokio::test]
async fn a_cache_that_is_damaged_is_made_anew() {
    let (server, folder) = (server().await, tempfile::tempdir().unwrap());
    let clock = Clock::Manual(Arc::new(AtomicU64::new(NOW)));
    for _ in 0..2 {
        start(&server, store("1000.r", folder.path()), &clock).await;
        start(&server, store("1000.r", folder.path()), &clock).await;
        for file in std::fs::read_dir(folder.path().join("cache")).unwrap() {
            std::fs::write(file.unwrap().path(), "half").unwrap();
        }
    }
    assert_eq!(server.token_requests().len(), 2);
}

#[tokio::test]
async fn without_a_disk_tokens_stay_in_memory() {
    let (server, folder) = (server().await, tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("cache"), "a file").unwrap();
    let clock = Clock::Manual(Arc::new(AtomicU64::new(NOW)));
    let store = Arc::new(store("1000.r", folder.path()));
    let client = client(&server, store.clone(), &clock).build().unwrap();
    client.invoke(&list()).await.unwrap();
    client.invoke(&list()).await.unwrap();
    assert_eq!(server.token_requests().len(), 1);
    assert!(store.fault().unwrap().ends_with("is no folder, so no vault can be in it"));
    assert!(store.load("b").await.unwrap().is_none());
}
