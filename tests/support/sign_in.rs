//! A sign-in as a person makes it: the address that `connect` prints is opened, the consent's form is sent, and the
//! browser follows back to the loopback.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;

use super::{Ran, Zohoctl, http};

/// What the person answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Accept.
    Accept,
    /// Reject.
    Reject,
}

/// Runs `connect` with these words to its end, answering the consent.
pub(crate) fn connect(zohoctl: &Zohoctl, words: &[&str], answer: Answer) -> Ran {
    let words: Vec<&str> = ["connect", "--no-browser", "--port", "0"].iter().chain(words).copied().collect();
    let mut child = zohoctl.command(&words).spawn().expect("the binary starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("standard error"));
    let mut talk = String::new();
    let address = loop {
        let start = talk.len();
        if stderr.read_line(&mut talk).expect("text") == 0 {
            return ended(child, talk, zohoctl);
        }
        let line = talk[start..].trim();
        if line.starts_with("http") {
            break line.to_owned();
        }
    };
    consent(&address, answer);
    stderr.read_to_string(&mut talk).expect("text");
    ended(child, talk, zohoctl)
}

fn consent(address: &str, answer: Answer) {
    let page = http::get(address);
    assert_eq!(page.status, 200, "{}", page.body);
    let (action, mut fields) = http::form(&page.body);
    let decision = if answer == Answer::Accept { "accept" } else { "reject" };
    fields.push(("decision".to_owned(), decision.to_owned()));
    let origin = address.split('/').take(3).collect::<Vec<_>>().join("/");
    let sent = http::post_form(&format!("{origin}{action}"), &fields);
    let back =
        sent.header("location").unwrap_or_else(|| panic!("no way back: {} {}", sent.status, sent.body)).to_owned();
    let page = http::get(&back);
    let expected = if answer == Answer::Accept { 200 } else { 400 };
    assert_eq!(page.status, expected, "{}", page.body);
}

fn ended(mut child: Child, stderr: String, zohoctl: &Zohoctl) -> Ran {
    let mut stdout = String::new();
    child.stdout.take().expect("standard output").read_to_string(&mut stdout).expect("text");
    let status = child.wait().expect("the binary ends").code().unwrap_or(-1);
    let home = zohoctl.home().display().to_string();
    Ran { status, stdout: stdout.replace(&home, "[HOME]"), stderr: stderr.replace(&home, "[HOME]") }
}
