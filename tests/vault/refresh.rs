//! One refresh for all who share a store, and no more of them than Zoho allows.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zoho_core::{AccessToken, Clock, ErrorKind, Event, HeldTokens, MemoryStore, Observer, Pending, TokenStore, Tokens};

use crate::server::{Answer, Server, json};
use crate::{client, entry, list, vault};

const NOW: u64 = 1_800_000_000;
const THROTTLED: &str = r#"{"error":"access_denied","error_description":"You have made too many requests continuously. Please try again after some time."}"#;

fn token(number: usize, life: u64) -> Answer {
    json(200, format!(r#"{{"access_token":"1000.access{number}","expires_in":{life}}}"#))
}

/// Gives tokens that live so long.
async fn server(life: u64) -> Server {
    Server::start(
        move |asked, before| {
            if asked.is_for_tokens() { token(before, life) } else { json(200, r#"{"data":[]}"#) }
        },
    )
    .await
}

fn clock() -> (Clock, Arc<AtomicU64>) {
    let time = Arc::new(AtomicU64::new(NOW));
    (Clock::Manual(time.clone()), time)
}

/// Each client has a vault of its own over one folder, as processes have.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_share_a_vault_make_one_refresh() {
    let (server, folder) = (server(3600).await, tempfile::tempdir().unwrap());
    vault(folder.path()).put("a", &entry("1000.r")).await.unwrap();
    let (clock, time) = clock();
    for round in 1..=3 {
        let calls = (0..32).map(|_| {
            let client = client(&server, Arc::new(vault(folder.path())), &clock).build().unwrap();
            tokio::spawn(async move {
                for _ in 0..3 {
                    client.invoke(&list()).await.unwrap();
                }
            })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap();
        }
        assert_eq!(server.token_requests().len(), round);
        time.fetch_add(3600, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_token_is_replaced_before_it_ends() {
    for (life, good, spent) in [(3600, 3539, 3560), (100, 79, 90), (10, 7, 9)] {
        let (server, (clock, time)) = (server(life).await, clock());
        let store = Arc::new(MemoryStore::with("a", Tokens::from_refresh_token("1000.r")));
        let client = client(&server, store, &clock).build().unwrap();
        client.invoke(&list()).await.unwrap();
        time.store(NOW + good, Ordering::Relaxed);
        client.invoke(&list()).await.unwrap();
        assert_eq!(server.token_requests().len(), 1, "{life}");
        time.store(NOW + spent, Ordering::Relaxed);
        client.invoke(&list()).await.unwrap();
        assert_eq!(server.token_requests().len(), 2, "{life}");
    }
}

#[tokio::test]
async fn the_eleventh_in_ten_minutes_is_refused_before_it_is_sent() {
    let (server, folder) = (server(20).await, tempfile::tempdir().unwrap());
    vault(folder.path()).put("a", &entry("1000.r")).await.unwrap();
    let (clock, time) = clock();
    for _ in 0..10 {
        client(&server, Arc::new(vault(folder.path())), &clock).build().unwrap().invoke(&list()).await.unwrap();
        time.fetch_add(20, Ordering::Relaxed);
    }
    let late = client(&server, Arc::new(vault(folder.path())), &clock).build().unwrap();
    let error = late.invoke(&list()).await.unwrap_err();
    assert_eq!((error.kind(), server.token_requests().len()), (ErrorKind::TokenLimit, 10));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(400)));
    assert!(error.to_string().contains("until 2027-01-15 08:10:00 UTC"), "{error}");
    time.store(NOW + 600, Ordering::Relaxed);
    late.invoke(&list()).await.unwrap();
}

/// A token that is still good is used, whatever the ledger says.
#[tokio::test]
async fn a_good_token_is_used_while_no_other_may_be_asked_for() {
    let (server, (clock, _)) = (server(3600).await, clock());
    let tokens = Tokens {
        access: Some(AccessToken::new("1000.good", NOW + 1000)),
        blocked_until: Some(NOW + 300),
        refreshes: vec![NOW; 10],
        ..Tokens::from_refresh_token("1000.r")
    };
    client(&server, Arc::new(MemoryStore::with("a", tokens)), &clock).build().unwrap().invoke(&list()).await.unwrap();
    assert!(server.token_requests().is_empty());
}

/// Zoho says so in a reply with status 200; whoever comes next does not ask.
#[tokio::test]
async fn wanted_b14_a_throttled_refresh_blocks_all_who_share_the_store() {
    let server = Server::start(|_, _| json(200, THROTTLED)).await;
    let (store, (clock, time)) = (Arc::new(MemoryStore::with("a", Tokens::from_refresh_token("1000.r"))), clock());
    for wait in [600, 500] {
        let error = client(&server, store.clone(), &clock).build().unwrap().invoke(&list()).await.unwrap_err();
        assert_eq!((error.kind(), error.retry_after()), (ErrorKind::TokenLimit, Some(Duration::from_secs(wait))));
        time.fetch_add(100, Ordering::Relaxed);
    }
    assert_eq!(server.token_requests().len(), 1);
    assert_eq!(store.load("a").await.unwrap().unwrap().refresh.unwrap().expose(), "1000.r");
}

#[tokio::test]
async fn who_wants_to_wait_is_served_when_the_time_has_come() {
    let (server, (clock, time)) = (server(3600).await, clock());
    let tokens = Tokens { blocked_until: Some(NOW + 1), ..Tokens::from_refresh_token("1000.r") };
    let store = Arc::new(MemoryStore::with("a", tokens));
    let patient = client(&server, store.clone(), &clock).wait_for_tokens(Duration::from_secs(30)).build().unwrap();
    let call = tokio::spawn(async move { patient.invoke(&list()).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(server.token_requests().is_empty());
    // Nobody is locked out by who waits.
    drop(store.hold("a").await.unwrap());
    time.store(NOW + 2, Ordering::Relaxed);
    call.await.unwrap().unwrap();
}

/// That it was asked for is written down before it is sent: a process that dies in between has spent one all the same.
#[tokio::test]
async fn what_was_asked_for_counts_though_the_answer_was_lost() {
    let server = Server::start(|_, _| json(200, "no token in here").cut()).await;
    let (store, (clock, _)) = (Arc::new(MemoryStore::with("a", Tokens::from_refresh_token("1000.r"))), clock());
    struct Seen(Arc<MemoryStore>, Mutex<Vec<Tokens>>);
    impl TokenStore for Seen {
        fn load<'a>(&'a self, connection: &'a str) -> Pending<'a, Option<Tokens>> {
            self.0.load(connection)
        }
        fn hold<'a>(&'a self, connection: &'a str) -> Pending<'a, Box<dyn HeldTokens + 'a>> {
            Box::pin(async move {
                Ok(Box::new(SeenHold(self.0.hold(connection).await?, &self.1)) as Box<dyn HeldTokens + 'a>)
            })
        }
    }
    struct SeenHold<'a>(Box<dyn HeldTokens + 'a>, &'a Mutex<Vec<Tokens>>);
    impl HeldTokens for SeenHold<'_> {
        fn tokens(&self) -> Option<&Tokens> {
            self.0.tokens()
        }
        fn save<'a>(&'a mut self, tokens: &'a Tokens) -> Pending<'a, ()> {
            self.1.lock().unwrap().push(tokens.clone());
            self.0.save(tokens)
        }
    }
    let seen = Arc::new(Seen(store, Mutex::default()));
    client(&server, seen.clone(), &clock).build().unwrap().invoke(&list()).await.unwrap_err();
    let first = seen.1.lock().unwrap()[0].clone();
    assert_eq!(first.refreshes, [NOW]);
    assert_eq!(first.refresh.unwrap().expose(), "1000.r");
}

/// A server that cannot be reached has counted nothing.
#[tokio::test]
async fn a_dead_network_spends_nothing() {
    let (mut gone, (clock, _)) = (server(3600).await, clock());
    gone.url = "http://127.0.0.1:1".into();
    let store = Arc::new(MemoryStore::with("a", Tokens::from_refresh_token("1000.r")));
    for _ in 0..12 {
        let error = client(&gone, store.clone(), &clock).build().unwrap().invoke(&list()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Network);
    }
    assert!(store.load("a").await.unwrap().unwrap().refreshes.is_empty());
}

/// A store that gives and does not take, as a full disk.
struct Full(MemoryStore);

impl TokenStore for Full {
    fn load<'a>(&'a self, connection: &'a str) -> Pending<'a, Option<Tokens>> {
        self.0.load(connection)
    }

    fn hold<'a>(&'a self, connection: &'a str) -> Pending<'a, Box<dyn HeldTokens + 'a>> {
        Box::pin(async move { Ok(Box::new(FullHold(self.0.hold(connection).await?)) as Box<dyn HeldTokens + 'a>) })
    }
}

struct FullHold<'a>(Box<dyn HeldTokens + 'a>);

impl HeldTokens for FullHold<'_> {
    fn tokens(&self) -> Option<&Tokens> {
        self.0.tokens()
    }

    fn save<'a>(&'a mut self, _: &'a Tokens) -> Pending<'a, ()> {
        Box::pin(async { Err(zoho_core::Error::new(ErrorKind::Io, "no room")) })
    }
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn event(&self, event: &Event<'_>) {
        if let Event::NotKept { reason } = event {
            self.0.lock().unwrap().push((*reason).to_owned());
        }
    }
}

#[tokio::test]
async fn a_call_goes_on_with_a_token_that_cannot_be_kept() {
    let (server, (clock, _)) = (server(3600).await, clock());
    let heard = Arc::new(Heard::default());
    let store = Arc::new(Full(MemoryStore::with("a", Tokens::from_refresh_token("1000.r"))));
    let client = client(&server, store.clone(), &clock).observer(heard.clone()).build().unwrap();
    client.invoke(&list()).await.unwrap();
    client.invoke(&list()).await.unwrap();
    assert_eq!((server.calls().len(), server.token_requests().len()), (2, 1));
    assert_eq!(*heard.0.lock().unwrap(), ["no room"]);
    assert_eq!(store.load("a").await.unwrap().unwrap().refresh.unwrap().expose(), "1000.r");
}
