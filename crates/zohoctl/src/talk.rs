//! What is said to a person: always on standard error, so that standard output stays data.

use std::io::{IsTerminal, Write};

use crate::style::{HINT, WARNING, paint};

/// Says things on standard error, unless it was told to be quiet. Errors are not said here (see `exit`).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Talk {
    /// Whether only errors are said.
    pub(crate) quiet: bool,
}

impl Talk {
    /// Says a line.
    pub(crate) fn say(self, line: impl std::fmt::Display) {
        if !self.quiet {
            line_out(&line.to_string());
        }
    }

    /// Says a line that a person should not miss.
    pub(crate) fn warn(self, line: impl std::fmt::Display) {
        self.say(format!("{}: {line}", paint(WARNING, "warning")));
    }

    /// Says what to do next.
    pub(crate) fn hint(self, line: impl std::fmt::Display) {
        self.say(format!("{}: {line}", paint(HINT, "hint")));
    }
}

/// Writes a line to standard error. There is nobody to tell where that fails.
pub(crate) fn line_out(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Whether a person can be asked: both ends are a terminal.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a line of text; nothing where the input ends.
pub(crate) fn ask(question: &str) -> std::io::Result<Option<String>> {
    let mut stderr = anstream::stderr();
    write!(stderr, "{question} ")?;
    stderr.flush()?;
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer)?;
    Ok((read > 0).then(|| answer.trim().to_owned()))
}

/// Asks for a secret, which the terminal does not show. Without a terminal a line of standard input is taken.
pub(crate) fn ask_hidden(question: &str) -> std::io::Result<Option<String>> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line)?;
        return Ok((read > 0).then(|| line.trim().to_owned()));
    }
    let answer = rpassword::prompt_password(format!("{question} (not shown): "))?;
    Ok(Some(answer.trim().to_owned()))
}

/// As [`ask`], within the runtime: waiting for a person keeps Ctrl-C from nobody.
pub(crate) async fn ask_meanwhile(question: String) -> anyhow::Result<Option<String>> {
    Ok(tokio::task::spawn_blocking(move || ask(&question)).await??)
}
