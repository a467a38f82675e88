//! From a template and a view to a text: handlebars, the preamble, rustfmt.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use handlebars::{Handlebars, no_escape};
use serde::Serialize;

use super::{GeneratedFile, PREAMBLE};
use crate::files;

/// Fills a template. It is strict: a name that the view does not have is an error. Templates have no logic but loops,
/// so whatever Zoho's or Rust's rules want is decided before, in the view.
pub(super) fn template(template: &str, view: &impl Serialize) -> Result<String> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(no_escape);
    handlebars.render_template(template, view).context("a template does not fit its view")
}

/// A generated Rust file, formatted as the repository formats its own.
pub(super) fn rust(path: &str, code: &str) -> Result<GeneratedFile> {
    let text = rustfmt(&format!("// {PREAMBLE}.\n\n{code}")).with_context(|| format!("cannot format {path}"))?;
    Ok(GeneratedFile { path: path.to_owned(), text })
}

/// A generated Markdown file.
pub(super) fn markdown(path: &str, text: &str) -> GeneratedFile {
    GeneratedFile { path: path.to_owned(), text: format!("<!-- {PREAMBLE}. -->\n\n{text}") }
}

fn rustfmt(code: &str) -> Result<String> {
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024", "--config-path"]).arg(files::root()?);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt; `rustup component add rustfmt` installs it")?;
    // The input fits the pipe's other end: rustfmt reads all of it before it writes.
    child.stdin.take().context("rustfmt has no input")?.write_all(code.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refuses what was generated:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
