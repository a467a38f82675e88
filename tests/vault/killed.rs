//! Processes that are killed at any instant.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use zoho_core::{TokenStore, Vault, VaultPlace};

use crate::{child, entry, key, number_of, numbered, refresh_token, vault};

/// How often; `ZOHO_TEST_KILLS` says more.
fn kills() -> u64 {
    std::env::var("ZOHO_TEST_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(50)
}

/// What a child does until it is killed: it writes the number of a token as long as nobody else does, and says when one
/// is safe. Now and then a connection comes and goes.
async fn write_for_ever(vault: &Vault) {
    for turn in 0u64.. {
        let mut held = vault.hold("a").await.unwrap();
        let tokens = held.tokens().unwrap().clone();
        let number = number_of(&tokens) + 1;
        held.save(&numbered(&tokens, number)).await.unwrap();
        drop(held);
        println!("saved {number}");
        if turn.is_multiple_of(7) {
            vault.put("passing", &entry("1000.passing")).await.unwrap();
            vault.remove("passing").await.unwrap();
        }
    }
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_writes_files() {
    let Some(folder) = child::folder() else { return };
    write_for_ever(&vault(&folder)).await;
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_writes_rows() {
    let Ok(address) = std::env::var("ZOHO_TEST_CHILD_POSTGRES") else { return };
    write_for_ever(&Vault::new(VaultPlace::parse(&address, "/".as_ref()).unwrap(), key()).unwrap()).await;
}

/// A child that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Kills a child after it has said something and a random time has passed; gives the last number that it called safe.
fn killed(child: Child, pause: Duration) -> u64 {
    let mut child = Killed(child);
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let number = |line: &str| line.strip_prefix("saved ").and_then(|number| number.parse().ok());
    let mut last = lines.by_ref().find_map(|line| number(&line.unwrap())).unwrap();
    std::thread::sleep(pause);
    drop(child);
    // Killed in the middle of a line, it has not said it.
    for line in lines.map_while(Result::ok) {
        last = number(&line).unwrap_or(last);
    }
    last
}

/// A pause of up to 40 ms, another one each time.
fn pause(turn: u64) -> Duration {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    Duration::from_micros((u64::from_le_bytes(bytes) ^ turn) % 40_000)
}

/// After each kill the vault can be read, has what was called safe, and can be written without waiting.
async fn survives(vault: impl Fn() -> Vault, child: impl Fn() -> Child) {
    vault().put("a", &entry("1000.refresh")).await.unwrap();
    for turn in 0..kills() {
        // What this process has let go of is not to wait for the child.
        let last = tokio::task::block_in_place(|| killed(child(), pause(turn)));
        let vault = vault();
        let after = vault.get("a").await.unwrap();
        let number = number_of(&after.as_ref().unwrap().tokens);
        assert!(number == last || number == last + 1, "after kill {turn}: {number} is kept, {last} was called safe");
        assert_eq!(refresh_token(after).as_deref(), Some("1000.refresh"), "after kill {turn}");
        let begun = std::time::Instant::now();
        let mut held = vault.hold("a").await.unwrap();
        let tokens = held.tokens().unwrap().clone();
        held.save(&tokens).await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5), "after kill {turn} the lock was not free");
        if vault.names().await.unwrap().contains(&"passing".to_owned()) {
            assert_eq!(refresh_token(vault.get("passing").await.unwrap()).as_deref(), Some("1000.passing"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_in_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let spawn = || child::command("killed::child_writes_files", &path).stdout(Stdio::piped()).spawn().unwrap();
    survives(|| vault(&path), spawn).await;
    // What the killed left lying does not grow with their number.
    let count = std::fs::read_dir(path.join("vault")).unwrap().count();
    assert!(count <= 10, "{count} files are left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_in_postgresql() {
    let Some(address) = crate::postgres::database().await else { return };
    let place = VaultPlace::parse(&address, "/".as_ref()).unwrap();
    let spawn = || {
        let mut command = child::command("killed::child_writes_rows", "/".as_ref());
        command.env("ZOHO_TEST_CHILD_POSTGRES", &address).stdout(Stdio::piped()).spawn().unwrap()
    };
    survives(|| Vault::new(place.clone(), key()).unwrap(), spawn).await;
}
