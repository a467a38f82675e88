//! A sign-in as a person makes it: the address that `connect` prints is opened, the consent's form is sent, and the
//! browser follows back to the loopback, or its address is pasted.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, Stdio};

use super::{Ran, Zohoctl, http};

/// What the person answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Accept.
    Accept,
    /// Reject.
    Reject,
}

impl Answer {
    fn word(self) -> &'static str {
        if self == Self::Accept { "accept" } else { "reject" }
    }
}

/// A `connect` that waits for the person.
pub(crate) struct Waiting<'z> {
    zohoctl: &'z Zohoctl,
    child: Child,
    stderr: BufReader<ChildStderr>,
    talk: String,
}

impl<'z> Waiting<'z> {
    /// Starts it with these words, as they are.
    pub(crate) fn start(zohoctl: &'z Zohoctl, words: &[&str]) -> Self {
        let mut child = zohoctl.command(words).stdin(Stdio::piped()).spawn().expect("the binary starts");
        let stderr = BufReader::new(child.stderr.take().expect("standard error"));
        Self { zohoctl, child, stderr, talk: String::new() }
    }

    /// Reads on to the line that fits, and gives it. None where the process ends before.
    pub(crate) fn line(&mut self, fits: impl Fn(&str) -> bool) -> Option<String> {
        loop {
            let start = self.talk.len();
            if self.stderr.read_line(&mut self.talk).expect("text") == 0 {
                return None;
            }
            let line = self.talk[start..].trim();
            if fits(line) {
                return Some(line.to_owned());
            }
        }
    }

    /// Reads on to the address that it prints.
    pub(crate) fn address(&mut self) -> Option<String> {
        self.line(|line| line.starts_with("http"))
    }

    /// Writes a line on its standard input.
    pub(crate) fn say(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("standard input");
        // It may have ended already, which its words will tell.
        let _ = stdin.write_all(format!("{line}\n").as_bytes());
    }

    /// Waits for its end.
    pub(crate) fn ended(mut self) -> Ran {
        drop(self.child.stdin.take());
        self.stderr.read_to_string(&mut self.talk).expect("text");
        let mut stdout = String::new();
        self.child.stdout.take().expect("standard output").read_to_string(&mut stdout).expect("text");
        let status = self.child.wait().expect("the binary ends").code().unwrap_or(-1);
        let home = self.zohoctl.home().display().to_string();
        Ran { status, stdout: stdout.replace(&home, "[HOME]"), stderr: self.talk.replace(&home, "[HOME]") }
    }
}

/// Starts `connect` with these words, by a browser that finds the way back on a free port.
pub(crate) fn begin<'z>(zohoctl: &'z Zohoctl, words: &[&str]) -> Waiting<'z> {
    let words: Vec<&str> = ["connect", "--no-browser", "--port", "0"].iter().chain(words).copied().collect();
    Waiting::start(zohoctl, &words)
}

/// Runs `connect` with these words to its end, answering the consent.
pub(crate) fn connect(zohoctl: &Zohoctl, words: &[&str], answer: Answer) -> Ran {
    connect_from(zohoctl, words, answer, None)
}

/// The same for a person whose account lives in a data centre.
pub(crate) fn connect_from(zohoctl: &Zohoctl, words: &[&str], answer: Answer, data_center: Option<&str>) -> Ran {
    let mut waiting = begin(zohoctl, words);
    if let Some(address) = waiting.address() {
        let page = http::get(&consent(&address, answer, data_center));
        let expected = if answer == Answer::Accept { 200 } else { 400 };
        assert_eq!(page.status, expected, "{}", page.body);
    }
    waiting.ended()
}

/// Answers a consent, and gives the address that the browser is sent back to.
pub(crate) fn consent(address: &str, answer: Answer, data_center: Option<&str>) -> String {
    let page = http::get(address);
    assert_eq!(page.status, 200, "{}", page.body);
    let sent = submit(address, &page.body, answer, data_center);
    sent.header("location").unwrap_or_else(|| panic!("no way back: {} {}", sent.status, sent.body)).to_owned()
}

/// Types the code of a device, answers what is asked, and gives what the page says.
pub(crate) fn enter_code(address: &str, code: &str, answer: Answer, data_center: Option<&str>) -> String {
    let address = format!("{address}?user_code={}", http::escape(code));
    let page = http::get(&address);
    assert_eq!(page.status, 200, "{}", page.body);
    submit(&address, &page.body, answer, data_center).body
}

fn submit(address: &str, page: &str, answer: Answer, data_center: Option<&str>) -> http::Reply {
    let (action, mut fields) = http::form(page);
    fields.push(("decision".to_owned(), answer.word().to_owned()));
    fields.extend(data_center.map(|center| ("location".to_owned(), center.to_owned())));
    let origin = address.split('/').take(3).collect::<Vec<_>>().join("/");
    http::post_form(&format!("{origin}{action}"), &fields)
}
