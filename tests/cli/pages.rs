//! The pages of the guide: every command in them is run, and prints what the page says.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

use crate::support::Zohoctl;
use crate::support::page::{Deed, assert_printed, deeds};

/// Runs the commands of a page one after the other, as a person would in one folder.
#[track_caller]
fn replay(name: &str, page: &str) {
    let zohoctl = Zohoctl::new();
    let mut commands = 0;
    for deed in deeds(page) {
        let Deed::Command { line, printed } = deed else { panic!("{name} has a file to write") };
        assert_printed(name, &line, &printed, &run(&zohoctl, &line));
        commands += 1;
    }
    assert!(commands > 0, "{name} has no command");
}

/// What a line for a shell prints, on both its outputs, where `zohoctl` is in the shell's path.
fn run(zohoctl: &Zohoctl, line: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_zohoctl")).parent().expect("a binary is in a folder");
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {line}; }} 2>&1")])
        .current_dir(zohoctl.home())
        .env_clear()
        .envs(zohoctl.variables())
        .env("HOME", zohoctl.home())
        .env("PATH", format!("{}:/usr/bin:/bin", binary.display()))
        .output()
        .expect("there is a shell");
    String::from_utf8(output.stdout).expect("a page has text")
}

#[test]
fn the_first_page() {
    replay("docs/README.md", include_str!("../../docs/README.md"));
}

#[test]
fn invoking() {
    replay("docs/guide/invoking.md", include_str!("../../docs/guide/invoking.md"));
}

#[test]
fn paging_and_limits() {
    replay("docs/guide/paging-and-limits.md", include_str!("../../docs/guide/paging-and-limits.md"));
}

#[test]
fn files_and_jobs() {
    replay("docs/guide/files-and-jobs.md", include_str!("../../docs/guide/files-and-jobs.md"));
}

#[test]
fn a_local_zoho() {
    replay("docs/guide/sandbox.md", include_str!("../../docs/guide/sandbox.md"));
}
