//! Many connections: finding one costs the same however many there are.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use crate::{child, entry, refresh_token, vault};

/// How much this process has read so far, and in how many reads.
#[cfg(target_os = "linux")]
fn read_so_far() -> (u64, u64) {
    let text = fs::read_to_string("/proc/self/io").unwrap();
    let number = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse().unwrap()
    };
    (number("rchar:"), number("syscr:"))
}

/// The most memory that this process has had, in KiB.
#[cfg(target_os = "linux")]
fn most_memory() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "a child of another test"]
async fn child_looks_one_up() {
    let Some(folder) = child::folder() else { return };
    let before = read_so_far();
    let begun = Instant::now();
    let found = vault(&folder).get("wanted").await.unwrap();
    let micros = begun.elapsed().as_micros();
    let after = read_so_far();
    assert_eq!(refresh_token(found).as_deref(), Some("1000.wanted"));
    println!("read {} {} micros {micros} memory {}", after.0 - before.0, after.1 - before.1, most_memory());
}

/// What a child read to find one connection: bytes and reads; and its time in µs and memory in KiB.
#[cfg(target_os = "linux")]
fn looked_up(folder: &Path) -> [u64; 4] {
    let output = child::command("many::child_looks_one_up", folder).stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text
        .lines()
        .find_map(|line| line.split_once("read ").map(|(_, rest)| rest))
        .unwrap_or_else(|| panic!("{text}"));
    let mut numbers = line.split(' ').filter_map(|word| word.parse().ok());
    std::array::from_fn(|_| numbers.next().unwrap())
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn finding_one_reads_as_much_among_many_as_among_few() {
    let folder = tempfile::tempdir().unwrap();
    vault(folder.path()).put("wanted", &entry("1000.wanted")).await.unwrap();
    let among_few = looked_up(folder.path());
    for number in 0..3000 {
        let file = folder.path().join(format!("vault/connection.other{number}.age"));
        fs::write(file, [0; 2000]).unwrap();
    }
    let among_many = looked_up(folder.path());
    assert_eq!(among_few[..2], among_many[..2], "bytes and reads");
}

/// Run by hand: `cargo test -p zoho-core --all-features --release --test vault many -- --ignored --nocapture`.
#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "it measures"]
async fn measure_ten_thousand_connections() {
    let folder = tempfile::tempdir().unwrap();
    let store = vault(folder.path());
    store.put("wanted", &entry("1000.wanted")).await.unwrap();
    let among_few = looked_up(folder.path());
    let begun = Instant::now();
    for number in 0..10_000 {
        store.put(&format!("customer {number}"), &entry("1000.other")).await.unwrap();
    }
    println!("putting 10,000: {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    assert_eq!(store.names().await.unwrap().len(), 10_001);
    println!("their names: {:.1} ms", begun.elapsed().as_secs_f64() * 1000.0);
    let among_many = looked_up(folder.path());
    println!("finding one among 1 and among 10,001: bytes, reads, µs, KiB {among_few:?} {among_many:?}");
    assert!(among_many[2] < 20_000, "a lookup takes {} µs", among_many[2]);
    assert!(among_many[3] < among_few[3] * 11 / 10, "memory grows");
}
