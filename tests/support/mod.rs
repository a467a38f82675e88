//! Runs the real binary as a person does: with an environment of its own, a home of its own, and a local Zoho.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

pub(crate) mod browser;
pub(crate) mod http;
#[cfg(target_os = "linux")]
pub(crate) mod page;
mod postgres;
pub(crate) mod scripted;
pub(crate) mod sign_in;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;

pub(crate) use postgres::postgres;

/// The key of every test's vault: none of a test's secrets is worth another one.
const VAULT_KEY: &str = "AGE-SECRET-KEY-10T25H7AYCPPMVGQVKUGEH2797J4J80T90G7FFLSGCXLSLPCFPFKSW6HE70";

/// The binary, with a clean environment and a home that is gone afterwards.
pub(crate) struct Zohoctl {
    home: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What a run gave.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    /// The status that it ended with.
    pub(crate) status: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Zohoctl {
    /// A binary that knows nothing: no connection, and no variable but those of a vault in its home.
    pub(crate) fn new() -> Self {
        Self::without_vault().with("ZOHO_VAULT", "file").with("ZOHO_VAULT_KEY", VAULT_KEY)
    }

    /// A binary that nobody has told where to keep secrets.
    pub(crate) fn without_vault() -> Self {
        Self { home: tempfile::tempdir().expect("a temporary home"), variables: Vec::new() }
    }

    /// One that calls a sandbox, as a job in CI does: by variables alone.
    pub(crate) fn calling(sandbox: &RunningSandbox) -> Self {
        let said = |name: &str| sandbox.said(name).unwrap_or_else(|| panic!("the sandbox names no {name}"));
        let zohoctl = Self::new().with("ZOHO_ENDPOINT", &sandbox.address);
        let zohoctl = ["ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"]
            .iter()
            .fold(zohoctl, |zohoctl, name| zohoctl.with(name, &said(name)));
        match sandbox.said("ZOHO_ORG") {
            Some(organization) => zohoctl.with("ZOHO_ORG", &organization),
            None => zohoctl,
        }
    }

    /// The same with a variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Its variables.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.variables.iter().cloned()
    }

    /// The home folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file in the home and gives its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home().join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// The process for these words, in the home folder, its streams piped.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zohoctl"));
        command.args(words).current_dir(self.home()).env_clear();
        command.env("HOME", self.home()).env("PATH", "/usr/bin:/bin").envs(self.variables.iter().cloned());
        if cfg!(windows) {
            // Without it no socket can be opened there.
            command.env("SystemRoot", r"C:\Windows").env("APPDATA", self.home());
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Waits for a process of this home's.
    pub(crate) fn finished(&self, child: Child) -> Ran {
        finished(child, self.home())
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        finished(self.command(words).spawn().expect("the binary starts"), self.home())
    }

    /// Runs it with this on its standard input.
    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Ran {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().expect("the binary starts");
        child.stdin.take().expect("standard input").write_all(input.as_bytes()).expect("it reads");
        finished(child, self.home())
    }

    /// Runs it, and wants it to work.
    pub(crate) fn ok(&self, words: &[&str]) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.status, 0, "zohoctl {}\n{ran}", words.join(" "));
        ran
    }

    /// Runs it, wants it to work, and reads what it gives as one JSON value.
    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let ran = self.ok(words);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("zohoctl {}: {error}\n{ran}", words.join(" ")))
    }

    /// Runs it, wants it to work, and reads what it gives as JSON lines.
    pub(crate) fn lines(&self, words: &[&str]) -> Vec<Value> {
        self.ok(words).lines()
    }
}

fn finished(child: Child, home: &Path) -> Ran {
    let output = child.wait_with_output().expect("the binary ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text").replace(&home.display().to_string(), "[HOME]");
    Ran { status: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Ran {
    /// Standard output as JSON lines.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.stdout.lines().map(line).collect()
    }
}

impl fmt::Display for Ran {
    /// Of a long output only the start: it is for snapshots, and for people who read why a test failed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.stdout.char_indices().nth(6000).map_or(&self.stdout[..], |(at, _)| &self.stdout[..at]);
        write!(f, "status: {}\n--- stdout\n{start}--- stderr\n{}", self.status, self.stderr)
    }
}

/// A sandbox of the binary's in a process of its own, which ends with this.
pub(crate) struct RunningSandbox {
    /// Its address: the first line that it prints.
    pub(crate) address: String,
    child: Child,
    talk: Vec<String>,
    rest: Option<JoinHandle<()>>,
    /// Where it keeps the certificate of its authority.
    _home: Zohoctl,
}

impl RunningSandbox {
    /// `zohoctl sandbox --port 0` with further words.
    pub(crate) fn start(words: &[&str]) -> Self {
        let zohoctl = Zohoctl::new();
        // A test waits on any free port of the loopback, where a person has registered one.
        let always = ["sandbox", "--port", "0", "--redirect-uri", "http://127.0.0.1:*/callback"];
        let words: Vec<&str> = always.iter().chain(words).copied().collect();
        let mut child = zohoctl.command(&words).spawn().expect("the binary starts");
        let mut address = String::new();
        BufReader::new(child.stdout.take().expect("standard output")).read_line(&mut address).expect("a first line");
        let mut stderr = BufReader::new(child.stderr.take().expect("standard error"));
        let talk = talk(&mut stderr);
        assert!(address.starts_with("http"), "the sandbox did not start:\n{}", talk.join("\n"));
        // What it says later must not fill the pipe.
        let rest = std::thread::spawn(move || drop(stderr.read_to_end(&mut Vec::new())));
        Self { address: address.trim().to_owned(), child, talk, rest: Some(rest), _home: zohoctl }
    }

    /// The value of a variable that the sandbox tells people to set: `export NAME=value`.
    pub(crate) fn said(&self, name: &str) -> Option<String> {
        let export = format!("export {name}=");
        let exported = self.talk.iter().find_map(|line| line.trim().strip_prefix(&export));
        // Where there are several services, each has its own organisation, and the first one's is taken.
        let option = || self.talk.iter().find_map(|line| Some(line.split_once(" --org ")?.1));
        let value = if name == "ZOHO_ORG" { exported.or_else(option) } else { exported };
        value?.split_whitespace().next().map(str::to_owned)
    }

    /// The id and the secret of its client of a kind: `server`, `desktop`, `self`, `device`.
    pub(crate) fn client(&self, kind: &str) -> (String, String) {
        let words = |line: &String| line.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        let found = self.talk.iter().map(words).find(|words| words.len() == 3 && words[0] == kind);
        let [_, id, secret] = found.and_then(|words| words.try_into().ok()).expect("a client of that kind");
        (id, secret)
    }

    /// Its secrets: whatever must not be seen anywhere else.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let said = ["ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN"].iter().filter_map(|name| self.said(name));
        said.chain(["desktop", "self", "device"].map(|kind| self.client(kind).1)).collect()
    }

    /// What it has been asked so far, as it tells at `/_sandbox/requests`.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let reply = http::get(&format!("{}/_sandbox/requests", self.address));
        serde_json::from_str(&reply.body).expect("a list of requests")
    }

    /// Makes something go wrong, as `/_sandbox/faults` takes it.
    pub(crate) fn fault(&self, fault: &Value) {
        let reply = http::post_json(&format!("{}/_sandbox/faults", self.address), fault);
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// The requests to a path, with their queries: what follows the path.
    pub(crate) fn queries_of(&self, path: &str) -> Vec<String> {
        let query = |request: &Value| {
            let target = request["target"].as_str()?;
            let (asked, query) = target.split_once('?').unwrap_or((target, ""));
            (asked == path).then(|| query.to_owned())
        };
        self.requests().iter().filter_map(query).collect()
    }
}

/// The sandbox's words, up to the line that says that it is ready.
fn talk(stderr: &mut impl BufRead) -> Vec<String> {
    let mut lines = Vec::new();
    for line in stderr.lines() {
        let line = line.expect("text");
        let ready = line.contains("Ctrl-C");
        lines.push(line);
        if ready {
            break;
        }
    }
    lines
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(rest) = self.rest.take() {
            let _ = rest.join();
        }
    }
}
