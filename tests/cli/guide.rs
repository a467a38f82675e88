//! The recorded session of the guide, run again: its commands, their words, and that each is printed by the one before.

#![cfg(target_os = "linux")]

use crate::support::page::{Deed, assert_printed, deeds};
use crate::support::sign_in::{Answer, consent};
use crate::support::terminal::{PageSandbox, Terminal};
use crate::support::{Zohoctl, http};

const PAGE: &str = include_str!("../../docs/guide/first-ticket.md");

#[test]
fn the_session_from_a_fresh_clone_to_a_ticket_is_as_it_was_recorded() {
    let zohoctl = Zohoctl::new();
    let mut sandbox: Option<PageSandbox> = None;
    let mut variables: Vec<(String, String)> = Vec::new();
    // What has been printed so far: where the next command has to stand.
    let mut so_far = String::new();
    for deed in deeds(PAGE) {
        let Deed::Command { line: command, printed } = deed else { panic!("the page writes no file") };
        let port = sandbox.as_ref().map_or("8700", |sandbox| sandbox.address.rsplit(':').next().expect("a port"));
        let (here, there) = (format!(":{port}"), ":8700");
        let text = match command.split(' ').take(2).collect::<Vec<_>>()[..] {
            ["cargo", _] => continue,
            ["zohoctl", "sandbox"] => {
                let started = PageSandbox::start(&zohoctl, &variables, &command);
                let text = started.printed.replace(&started.address, "http://127.0.0.1:8700");
                sandbox = Some(started);
                text
            }
            ["export", pair] => {
                assert!(so_far.contains(&command), "nothing printed `{command}` before");
                let (name, value) = pair.split_once('=').expect("a variable");
                variables.push((name.to_owned(), value.replace(there, &here)));
                continue;
            }
            ["zohoctl", "connect"] => {
                let service = command.rsplit(' ').next().expect("a service");
                let offered = so_far.split("zohoctl connect ").nth(1).expect("the command before names it");
                assert!(offered.split(" | ").any(|other| other.trim() == service), "{offered}");
                let mut terminal = Terminal::run(&zohoctl, &variables, &command);
                terminal
                    .until(|text| text.contains("/oauth/v2/auth?") && text.trim_end_matches('\n').ends_with("S256\r"));
                let address = terminal.text.split_whitespace().find(|word| word.starts_with("http://accounts"));
                let back = consent(address.expect("an address"), Answer::Accept, None);
                assert_eq!(http::get(&back).status, 200);
                terminal.until(|text| text.ends_with("Which one? [1-2] "));
                terminal.types("1");
                terminal.ended(&zohoctl)
            }
            _ => {
                assert!(so_far.contains(&command), "nothing printed `{command}` before");
                Terminal::run(&zohoctl, &variables, &command).ended(&zohoctl)
            }
        };
        let text = text.replace(&here, there);
        assert_printed("docs/guide/first-ticket.md", &command, &printed, &text);
        so_far = text;
    }
    assert!(so_far.contains("stopped after 5 records"), "{so_far}");
}
