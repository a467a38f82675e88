//! Disks without room.

use std::path::Path;
use std::process::Command;

use zoho_core::{Entry, ErrorKind, TokenStore, Tokens};

use crate::{child, entry, refresh_token, saved, vault};

/// What a child finds on a disk that takes no more than is there: an error that names the file and says what to do, and
/// the old document.
#[tokio::test]
#[ignore = "a child of another test"]
async fn child_writes_too_much() {
    let Some(folder) = child::folder() else { return };
    let vault = vault(&folder);
    let long = Entry { connection: saved(&"long ".repeat(20_000)), tokens: Tokens::from_refresh_token("1000.new") };
    let error = vault.put("a", &long).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let file = folder.join("vault/connection.a.age");
    assert!(error.to_string().starts_with(&format!("{} cannot be written: ", file.display())), "{error}");
    assert_eq!(error.hint(), Some("make room on the disk; what was kept before is still there"));
    assert_eq!(refresh_token(vault.get("a").await.unwrap()).as_deref(), Some("1000.old"));
    assert!(!folder.join("vault/connection.a.new").exists(), "half a file takes no room");
    assert!(vault.hold("a").await.unwrap().tokens().is_some());
    assert!(vault.put("b", &long).await.is_err() && vault.get("b").await.unwrap().is_none());
}

fn runs(mut command: Command) {
    let output = command.output().unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.contains("1 passed"), "{words}");
}

/// The child under a shell that prepares its world.
fn under(shell: &[&str], script: &str, folder: &Path) -> Command {
    let child = child::command("full_disk::child_writes_too_much", folder);
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(["bash", "-c", script, "child"]).arg(child.get_program()).args(child.get_args());
    command.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("FOLDER", folder);
    command
}

/// A limit of the system on the size of files says the same as a disk that is full, and needs no rights.
#[cfg(unix)]
#[tokio::test]
async fn a_write_that_finds_no_room_leaves_the_old_document() {
    let folder = tempfile::tempdir().unwrap();
    vault(folder.path()).put("a", &entry("1000.old")).await.unwrap();
    runs(under(&["env"], "trap '' XFSZ; ulimit -f 4; exec \"$@\"", folder.path()));
}

/// The same on a small disk of its own, where this may make one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_leaves_the_old_document() {
    const SMALL_DISK: &str = "mount -t tmpfs -o size=64k,mode=0700 none \"$FOLDER\"";
    let disk = ["unshare", "--user", "--map-root-user", "--mount"];
    let folder = tempfile::tempdir().unwrap();
    let made =
        Command::new(disk[0]).args(&disk[1..]).args(["bash", "-c", SMALL_DISK]).env("FOLDER", folder.path()).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no disk can be made here");
        return;
    }
    let before = tempfile::tempdir().unwrap();
    vault(before.path()).put("a", &entry("1000.old")).await.unwrap();
    let script = format!("{SMALL_DISK} && cp -a \"$BEFORE/vault\" \"$FOLDER\" && exec \"$@\"");
    let mut command = under(&disk, &script, folder.path());
    command.env("BEFORE", before.path());
    runs(command);
}
