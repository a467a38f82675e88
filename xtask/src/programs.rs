//! The command and the programs that it is compared with, built, and the server that they talk to.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// The programs, built, and a folder for what they need.
pub(crate) struct Programs {
    folder: PathBuf,
    root: PathBuf,
    /// What they were built with.
    pub(crate) profile: String,
    scratch: TempDir,
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    address: String,
    /// The certificate to trust, where it speaks TLS.
    certificates: Option<PathBuf>,
}

/// How a server answers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Replay {
    /// How many tickets there are.
    pub(crate) tickets: u64,
    /// How long each reply takes, in milliseconds.
    pub(crate) delay: u64,
    /// Whether it speaks TLS.
    pub(crate) tls: bool,
}

impl Programs {
    /// Builds them. Symbols are kept, so that counts have names; the code is the same.
    pub(crate) fn build(root: &Path, profile: &str) -> Result<Self> {
        let mut cargo = cargo(root, "build", profile);
        cargo.args(["-p", "zohoctl", "-p", "zoho-benches"]);
        if !cargo.status().context("cannot start cargo")?.success() {
            bail!("the programs could not be built");
        }
        let folder = if profile == "dev" { "debug" } else { profile };
        let programs = Self::built(root, &target(root)?.join(folder), profile)?;
        // It was that of another build.
        if programs.is_in_order() {
            fs::remove_file(programs.order())?;
        }
        Ok(programs)
    }

    /// Links the command once more, with its functions in another order.
    pub(crate) fn link_in_order(&self) -> Result<()> {
        let mut cargo = cargo(&self.root, "rustc", &self.profile);
        let in_order = format!("link-arg=-Wl,--symbol-ordering-file={}", self.order().display());
        cargo.args(["-p", "zohoctl", "--bin", "zohoctl", "--", "-C", &in_order]);
        cargo.args(["-C", "link-arg=-Wl,--no-warn-symbol-ordering"]);
        if !cargo.status().context("cannot start cargo")?.success() {
            bail!("the command could not be linked in an order; only LLD takes one");
        }
        Ok(())
    }

    /// Those that are there.
    pub(crate) fn built(root: &Path, folder: &Path, profile: &str) -> Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            root: root.to_owned(),
            profile: profile.to_owned(),
            scratch: tempfile::tempdir()?,
        })
    }

    /// The file that lists the functions that the command uses.
    pub(crate) fn order(&self) -> PathBuf {
        self.path("zohoctl.order")
    }

    /// Whether the command was linked in such an order.
    pub(crate) fn is_in_order(&self) -> bool {
        self.order().exists()
    }

    /// A folder for files.
    pub(crate) fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// The root of the working tree.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The file of a program.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.folder.join(name));
        command.env_clear().env("HOME", self.scratch()).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// The size of a program's file, without its symbols, which only a measurement wants.
    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        let stripped = self.scratch().join("stripped");
        let done = Command::new("strip").arg("-o").arg(&stripped).arg(self.folder.join(name)).status();
        done.ok().filter(|status| status.success())?;
        fs::metadata(&stripped).ok().map(|metadata| metadata.len())
    }

    /// The command, which knows the server and has a token.
    pub(crate) fn zohoctl(&self, server: &Server, words: &[&str]) -> Command {
        let mut command = self.program("zohoctl");
        command.args(words).arg("--quiet");
        command.env("ZOHO_ENDPOINT", &server.address).env("ZOHO_CONFIG_DIR", self.scratch().join("config"));
        command.env("ZOHO_CLIENT_ID", "1000.BENCH").env("ZOHO_CLIENT_SECRET", "bench");
        command.env("ZOHO_REFRESH_TOKEN", "1000.bench").env("ZOHO_ORG", "1");
        if let Some(certificates) = &server.certificates {
            command.env("SSL_CERT_FILE", certificates);
        }
        command
    }

    /// The command alone.
    pub(crate) fn zohoctl_alone(&self, words: &[&str]) -> Command {
        let mut command = self.program("zohoctl");
        command.args(words);
        command
    }

    /// The program by hand.
    pub(crate) fn by_hand(&self, server: &Server, what: &str, last: &str) -> Command {
        self.beside("hand-written", server, what, last)
    }

    /// The program that uses the library.
    pub(crate) fn library(&self, server: &Server, what: &str, last: &str) -> Command {
        self.beside("library", server, what, last)
    }

    fn beside(&self, name: &str, server: &Server, what: &str, last: &str) -> Command {
        let mut command = self.program(name);
        command.args([what, &server.address]);
        match &server.certificates {
            Some(certificates) => command.arg(certificates),
            None => command.arg("-"),
        };
        command.arg(last);
        command
    }

    /// curl, for one page.
    pub(crate) fn curl(&self, server: &Server, limit: u64) -> Command {
        let mut command = Command::new("curl");
        command.env_clear().env("HOME", self.scratch()).env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        command.args(["-s", "-S", "--fail", "-o", "/dev/null", "-H", "Authorization: Zoho-oauthtoken 1000.replayed"]);
        command.args(["-H", "orgId: 1", "-H", "Accept: application/json"]);
        if let Some(certificates) = &server.certificates {
            command.arg("--cacert").arg(certificates);
        }
        command.arg(format!("{}/api/v1/tickets?from=0&limit={limit}", server.address));
        command
    }

    /// A file of records to write, a line each.
    pub(crate) fn leads(&self, records: u64) -> Result<PathBuf> {
        let path = self.scratch().join("leads.jsonl");
        let mut lines = BufWriter::new(File::create(&path)?);
        for number in 0..records {
            writeln!(
                lines,
                r#"{{"Last_Name":"Boyle {number}","First_Name":"Patricia","Company":"Zylker","Email":"p.boyle.{number}@zylker.example","Phone":"555-876-4{:03}","Lead_Source":"Web Download","Description":"Wrote about the price list"}}"#,
                number % 1000
            )?;
        }
        lines.flush()?;
        Ok(path)
    }

    /// Starts a server, and lets the command fetch the token that it keeps.
    pub(crate) fn serve(&self, replay: Replay) -> Result<Server> {
        let certificates = replay.tls.then(|| self.scratch().join("authority.pem"));
        let mut command = Command::new(self.folder.join("replay"));
        command.args(["--tickets", &replay.tickets.to_string(), "--delay", &replay.delay.to_string()]);
        if let Some(certificates) = &certificates {
            command.arg("--tls").arg(certificates);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        let stdout = child.stdout.take().context("the server has no output")?;
        BufReader::new(stdout).read_line(&mut address)?;
        let server = Server { child, address: address.trim().to_owned(), certificates };
        let warm = self.zohoctl(&server, &["invoke", "desk", "tickets.list", "--limit", "1"]).status()?;
        if !warm.success() {
            bail!("zohoctl cannot read from the server at {}", server.address);
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its input ends here, too, so that it goes by itself should this fail.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// A build of programs with their symbols.
fn cargo(root: &Path, task: &str, profile: &str) -> Command {
    let mut cargo = Command::new(std::env!("CARGO"));
    cargo.current_dir(root).args([task, "--quiet", "--profile", profile]);
    cargo.args(["--config", &format!("profile.{profile}.strip=\"none\"")]);
    cargo.args(["--config", &format!("profile.{profile}.debug=\"line-tables-only\"")]);
    cargo
}

/// The folder of what cargo builds.
fn target(root: &Path) -> Result<PathBuf> {
    let output = Command::new(std::env!("CARGO"))
        .current_dir(root)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("cannot start cargo")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let folder = metadata["target_directory"].as_str().context("cargo does not say where it builds")?;
    Ok(PathBuf::from(folder))
}
