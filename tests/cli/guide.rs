//! The recorded session of the guide, run again: its commands, their words, and that each is printed by the one before.

#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use crate::support::sign_in::{Answer, consent};
use crate::support::{Zohoctl, http};

const PAGE: &str = include_str!("../../docs/guide/first-ticket.md");

/// A command of the page, with what it is to print.
struct Step {
    command: String,
    printed: Vec<String>,
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in PAGE.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            line => match line.strip_prefix("$ ") {
                Some(command) => steps.push(Step { command: command.to_owned(), printed: Vec::new() }),
                None => steps.last_mut().expect("a command comes first").printed.push(line.to_owned()),
            },
        }
    }
    steps
}

/// Whether lines are as they were recorded: `…` stands for the rest of a line, and alone for any lines.
fn fits(recorded: &[String], lines: &[String]) -> bool {
    match (recorded.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((word, rest)), _) if word == "…" => (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..])),
        (Some((expected, recorded)), Some((line, lines))) => {
            let same = match expected.strip_suffix('…') {
                Some(start) => line.starts_with(start),
                None => line == expected,
            };
            same && fits(recorded, lines)
        }
        _ => false,
    }
}

fn printed_as_recorded(step: &Step, text: &str) {
    let lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let recorded_end = step.printed.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    assert!(
        fits(&step.printed[..recorded_end], &lines[..end]),
        "`{}` printed this, which is not what docs/guide/first-ticket.md has:\n{text}",
        step.command
    );
}

/// A command at a terminal, as a person sees it.
struct Terminal {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    text: String,
}

impl Terminal {
    fn run(zohoctl: &Zohoctl, variables: &[(String, String)], command: &str) -> Self {
        let binary = env!("CARGO_BIN_EXE_zohoctl");
        let line = command.replacen("zohoctl", binary, 1);
        let mut child = Command::new("script")
            .args(["-qec", &format!("stty cols 100; {line}"), "/dev/null"])
            .current_dir(zohoctl.home())
            .env_clear()
            .envs(zohoctl.variables())
            .envs(variables.iter().cloned())
            .env("HOME", zohoctl.home())
            .env("PATH", "/usr/bin:/bin")
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("script, of util-linux, is there");
        let output = BufReader::new(child.stdout.take().expect("a terminal"));
        Self { child, output, text: String::new() }
    }

    /// Reads on until the text fits.
    fn until(&mut self, fits: impl Fn(&str) -> bool) {
        let mut byte = [0];
        let mut bytes = self.text.clone().into_bytes();
        while !fits(&String::from_utf8_lossy(&bytes)) {
            assert!(self.output.read(&mut byte).expect("text") > 0, "it ended: {}", String::from_utf8_lossy(&bytes));
            bytes.push(byte[0]);
        }
        self.text = String::from_utf8_lossy(&bytes).into_owned();
    }

    fn types(&mut self, words: &str) {
        let stdin = self.child.stdin.as_mut().expect("a keyboard");
        stdin.write_all(format!("{words}\n").as_bytes()).expect("it reads");
    }

    fn ended(mut self, zohoctl: &Zohoctl) -> String {
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).expect("text");
        self.text.push_str(&String::from_utf8_lossy(&rest));
        assert!(self.child.wait().expect("it ends").success(), "{}", self.text);
        self.text.replace("\r\n", "\n").replace(&zohoctl.home().display().to_string(), "~")
    }
}

/// The sandbox of the page, on a free port.
struct Sandbox {
    child: Child,
    address: String,
    printed: String,
}

impl Sandbox {
    fn start(zohoctl: &Zohoctl, command: &str) -> Self {
        let words: Vec<&str> = command.split(' ').skip(1).map(|word| if word == "8700" { "0" } else { word }).collect();
        let mut child = zohoctl.command(&words).spawn().expect("the binary starts");
        let mut printed = String::new();
        let stdout = child.stdout.take().expect("standard output");
        BufReader::new(stdout).read_line(&mut printed).expect("an address");
        let address = printed.trim().to_owned();
        let mut stderr = BufReader::new(child.stderr.take().expect("standard error"));
        while !printed.contains("Ctrl-C") {
            assert!(stderr.read_line(&mut printed).expect("text") > 0, "{printed}");
        }
        std::thread::spawn(move || drop(stderr.read_to_end(&mut Vec::new())));
        Self { child, address, printed }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_session_from_a_fresh_clone_to_a_ticket_is_as_it_was_recorded() {
    let zohoctl = Zohoctl::new();
    let mut sandbox: Option<Sandbox> = None;
    let mut variables: Vec<(String, String)> = Vec::new();
    // What has been printed so far: where the next command has to stand.
    let mut so_far = String::new();
    for step in steps() {
        let port = sandbox.as_ref().map_or("8700", |sandbox| sandbox.address.rsplit(':').next().expect("a port"));
        let (here, there) = (format!(":{port}"), ":8700");
        let text = match step.command.split(' ').take(2).collect::<Vec<_>>()[..] {
            ["cargo", _] => continue,
            ["zohoctl", "sandbox"] => {
                let started = Sandbox::start(&zohoctl, &step.command);
                let text = started.printed.replace(&started.address, "http://127.0.0.1:8700");
                sandbox = Some(started);
                text
            }
            ["export", pair] => {
                assert!(so_far.contains(&step.command), "nothing printed `{}` before", step.command);
                let (name, value) = pair.split_once('=').expect("a variable");
                variables.push((name.to_owned(), value.replace(there, &here)));
                continue;
            }
            ["zohoctl", "connect"] => {
                let service = step.command.rsplit(' ').next().expect("a service");
                let offered = so_far.split("zohoctl connect ").nth(1).expect("the command before names it");
                assert!(offered.split(" | ").any(|other| other.trim() == service), "{offered}");
                let mut terminal = Terminal::run(&zohoctl, &variables, &step.command);
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
                assert!(so_far.contains(&step.command), "nothing printed `{}` before", step.command);
                Terminal::run(&zohoctl, &variables, &step.command).ended(&zohoctl)
            }
        };
        let text = text.replace(&here, there);
        printed_as_recorded(&step, &text);
        so_far = text;
    }
    assert!(so_far.contains("stopped after 5 records"), "{so_far}");
}

#[test]
fn a_recorded_line_fits_only_what_it_says() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<String>>();
    assert!(fits(&lines("a\n…\nz"), &lines("a\nb\nc\nz")) && fits(&lines("a=…"), &lines("a=1")));
    assert!(
        !fits(&lines("a\nz"), &lines("a\nb\nz"))
            && !fits(&lines("a"), &lines("a\nb"))
            && !fits(&lines("…\nb"), &lines("a"))
    );
}
