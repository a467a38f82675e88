//! Commands at a terminal, as people see them, and a sandbox in another one.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::Zohoctl;

/// A command at a terminal, as a person sees it.
pub(crate) struct Terminal {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it has printed so far.
    pub(crate) text: String,
}

impl Terminal {
    /// Starts a command line in the home, with these variables beside the home's own.
    pub(crate) fn run(zohoctl: &Zohoctl, variables: &[(String, String)], line: &str) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_zohoctl")).parent().expect("a folder");
        let mut child = Command::new("script")
            .args(["-qec", &format!("stty cols 100; {line}"), "/dev/null"])
            .current_dir(zohoctl.home())
            .env_clear()
            .envs(zohoctl.variables())
            .env("HOME", zohoctl.home())
            .env("PATH", format!("{}:/usr/bin:/bin", binary.display()))
            .env("NO_COLOR", "1")
            .envs(variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("script, of util-linux, is there");
        let output = BufReader::new(child.stdout.take().expect("a terminal"));
        Self { child, output, text: String::new() }
    }

    /// Reads on until the text fits.
    pub(crate) fn until(&mut self, fits: impl Fn(&str) -> bool) {
        let mut byte = [0];
        let mut bytes = self.text.clone().into_bytes();
        while !fits(&String::from_utf8_lossy(&bytes)) {
            assert!(self.output.read(&mut byte).expect("text") > 0, "it ended: {}", String::from_utf8_lossy(&bytes));
            bytes.push(byte[0]);
        }
        self.text = String::from_utf8_lossy(&bytes).into_owned();
    }

    /// Types a line.
    pub(crate) fn types(&mut self, words: &str) {
        let stdin = self.child.stdin.as_mut().expect("a keyboard");
        stdin.write_all(format!("{words}\n").as_bytes()).expect("it reads");
    }

    /// What it has printed at its end, which it must come to well.
    pub(crate) fn ended(self, zohoctl: &Zohoctl) -> String {
        let (text, worked) = self.came_to_its_end(zohoctl);
        assert!(worked, "{text}");
        text
    }

    /// What it has printed at its end, and whether it worked.
    pub(crate) fn came_to_its_end(mut self, zohoctl: &Zohoctl) -> (String, bool) {
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).expect("text");
        self.text.push_str(&String::from_utf8_lossy(&rest));
        let worked = self.child.wait().expect("it ends").success();
        (self.text.replace("\r\n", "\n").replace(&zohoctl.home().display().to_string(), "~"), worked)
    }
}

/// The sandbox of the page, on a free port.
pub(crate) struct PageSandbox {
    child: Child,
    /// Where it is.
    pub(crate) address: String,
    /// What it has printed until it was ready.
    pub(crate) printed: String,
}

impl PageSandbox {
    /// Starts it by the command of a page, which names the port 8700.
    pub(crate) fn start(zohoctl: &Zohoctl, variables: &[(String, String)], command: &str) -> Self {
        let words: Vec<&str> = command.split(' ').skip(1).map(|word| if word == "8700" { "0" } else { word }).collect();
        let mut child = zohoctl.command(&words).envs(variables.iter().cloned()).spawn().expect("the binary starts");
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

impl Drop for PageSandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
