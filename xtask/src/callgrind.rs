//! Running a program under callgrind, which sees every instruction.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// Whether it is there.
pub(crate) fn is_there() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

/// Runs a program, and writes what was seen into a file.
pub(crate) fn run(command: &Command, out: &Path, words: &[&str]) -> Result<()> {
    let mut valgrind = Command::new("valgrind");
    // Nothing of the environment but what the program is given: a bundle of certificates would be read.
    valgrind.env_clear().env("PATH", "/usr/bin:/bin");
    valgrind.args(["--quiet", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", out.display())).args(words);
    valgrind.arg(command.get_program()).args(command.get_args());
    valgrind.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let done = valgrind.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !done.success() {
        bail!("{} failed under callgrind: {done}", command.get_program().to_string_lossy());
    }
    Ok(())
}
