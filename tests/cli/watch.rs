//! `connectors check --watch`: what is said when a file changes, comes, and goes, and how it ends.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use crate::support::Zohoctl;

const SHELF: &str = "\
connector: shelf
title: Zoho Shelf
base_url: https://shelf.{zoho}/api/v1
scope_prefix: [Shelf]
apis:
  books.get: { get: '/books/{id}', scopes: [books.READ], returns: map }
";

/// The last line of a round.
const READY: &str = "watching for changes; Ctrl-C ends it";

/// A check that goes on.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(zohoctl: &Zohoctl, words: &[&str]) -> Self {
        let words: Vec<&str> = [&["connectors", "check", "--watch"], words].concat();
        let mut child = zohoctl.command(&words).spawn().unwrap();
        let (sender, lines) = channel();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let other = sender.clone();
        std::thread::spawn(move || BufReader::new(stdout).lines().try_for_each(|line| other.send(line.unwrap())));
        std::thread::spawn(move || BufReader::new(stderr).lines().try_for_each(|line| sender.send(line.unwrap())));
        Self { child, lines }
    }

    /// What is said until it waits again, data and talk together.
    fn round(&self) -> Vec<String> {
        let mut said = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|error| panic!("{error} after {said:#?}"));
            if line == READY {
                // What went to the other stream may still be on its way.
                while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(200)) {
                    said.push(line);
                }
                return said;
            }
            said.push(line);
        }
    }

    fn is_silent(&self) -> bool {
        self.lines.recv_timeout(Duration::from_millis(700)) == Err(RecvTimeoutError::Timeout)
    }

    /// Ctrl-C, and the status that it ends with.
    fn end(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn says(round: &[String], words: &str) -> bool {
    round.iter().any(|line| line.contains(words))
}

#[test]
fn every_change_is_checked_and_ctrl_c_ends_it_well() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("mine/shelf.yaml", SHELF);
    let mut watching = Watching::start(&zohoctl, &["mine"]);
    let first = watching.round();
    assert_eq!(first, ["checking mine/shelf.yaml", "1 connector, 1 API: no faults"]);

    zohoctl.write("mine/shelf.yaml", SHELF.replace("returns: map", "returns: mpa"));
    let broken = watching.round();
    assert!(says(&broken, "error[invalid-type]") && says(&broken, "1 connector, 1 API: 1 error"), "{broken:#?}");

    // An editor that writes a new file and puts it in the place of the old one.
    zohoctl.write("mine/.shelf.yaml.swp", SHELF);
    std::fs::rename(zohoctl.home().join("mine/.shelf.yaml.swp"), zohoctl.home().join("mine/shelf.yaml")).unwrap();
    assert!(says(&watching.round(), "1 connector, 1 API: no faults"));

    // What was only touched, and what is no connector, is nothing to speak of.
    zohoctl.write("mine/shelf.yaml", SHELF);
    zohoctl.write("mine/notes.txt", "x");
    assert!(watching.is_silent());

    zohoctl.write("mine/other.yaml", SHELF.replace("shelf", "other"));
    assert_eq!(watching.round(), ["checking mine/other.yaml", "2 connectors, 2 APIs: no faults"]);
    zohoctl.write("mine/large/books.yaml", "apis:\n  books.list: { get: /books, scopes: [] }\n");
    zohoctl.write("mine/large/connector.yaml", SHELF.replace("shelf", "large").split("apis:").next().unwrap());
    assert!(says(&watching.round(), "3 connectors, 3 APIs: "), "a folder that is new is followed");
    std::fs::remove_file(zohoctl.home().join("mine/other.yaml")).unwrap();
    assert!(says(&watching.round(), "2 connectors, 2 APIs"));
    assert_eq!(watching.end(), Some(0));
}

#[test]
fn a_file_may_be_away_for_a_while() {
    let zohoctl = Zohoctl::new();
    zohoctl.write("shelf.yaml", SHELF);
    let mut watching = Watching::start(&zohoctl, &["shelf.yaml", "--format", "json"]);
    let first = watching.round();
    assert!(first.contains(&"[]".to_owned()) && says(&first, "1 connector, 1 API: no faults"), "{first:#?}");
    std::fs::remove_file(zohoctl.home().join("shelf.yaml")).unwrap();
    let away = watching.round();
    assert!(says(&away, "error: cannot read shelf.yaml"), "{away:#?}");
    // That is said once, whatever else is written beside it.
    zohoctl.write("notes", "x");
    assert!(watching.is_silent());
    zohoctl.write("shelf.yaml", SHELF.replace("get:", "got:"));
    let back = watching.round();
    let faults = back.iter().find(|line| line.starts_with('[')).unwrap();
    let faults: serde_json::Value = serde_json::from_str(faults).unwrap();
    assert!(faults.as_array().unwrap().iter().any(|fault| fault["code"] == "unknown-key"), "{faults}");
    assert_eq!(watching.end(), Some(0));
}

#[test]
fn there_must_be_something_to_watch() {
    let zohoctl = Zohoctl::new();
    for words in [&["connectors", "check", "--watch"][..], &["connectors", "check", "desk", "--watch"]] {
        let ran = zohoctl.run(words);
        assert_eq!(ran.status, 2, "{ran}");
        assert!(ran.stderr.contains("nothing to watch"), "{ran}");
    }
    assert_eq!(zohoctl.run(&["connectors", "check", "not-there.yaml", "--watch"]).status, 1);
}
