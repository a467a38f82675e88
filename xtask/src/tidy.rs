//! Rules of the house that no compiler knows, as a task and as a test.
//!
//! Each rule looks at the files of the tree and says what breaks it, with file, line and what to do. An exception
//! stands in a list beside its rule with its reason, and one that excuses nothing any more is a fault too.

mod contents;
mod form;
mod lexer;
mod links;
mod names;
mod tests_named;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};
use zoho_connector::Library;

use crate::files::{self, TextFile};

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    path: String,
    line: usize,
    message: String,
}

impl Fault {
    fn new(file: &TextFile, line: usize, message: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// Checks all rules on the tree.
pub(crate) fn run(root: &Path) -> Result<()> {
    let services = Library::default().with_folder(root.join("connectors")).names();
    let faults = faults(&files::tree(root)?, &services);
    if faults.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    bail!("{} of the rules in `xtask/src/tidy` are broken\n{}", lines.len(), lines.join("\n"));
}

fn faults(files: &[TextFile], services: &[String]) -> Vec<Fault> {
    let rust: Vec<&TextFile> = files.iter().filter(|file| file.ending() == "rs").collect();
    let mut faults = names::faults(&rust, services, names::EXCEPTIONS);
    faults.extend(form::long_files(&rust, form::LONG));
    for file in &rust {
        faults.extend(form::module_doc(file).into_iter().chain(form::vague_name(file)));
    }
    faults.extend(tests_named::faults(files));
    faults.extend(links::faults(files));
    for file in files {
        faults.extend(form::trailing_blanks(file));
        faults.extend(contents::preamble(file));
        faults.extend(contents::forbidden(file));
        faults.extend(contents::registry(file));
    }
    faults
}

#[cfg(test)]
fn text_file(path: &str, text: &str) -> TextFile {
    TextFile { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_keeps_the_rules() {
        run(&files::root().unwrap()).unwrap();
    }

    #[test]
    fn every_rule_is_applied() {
        let files = [
            text_file("crates/a/src/lib.rs", "//! A.\nfn f() -> &'static str {\n    \"desk\"\n}\n"),
            text_file("crates/a/src/utils.rs", "fn f() {} \n"),
            text_file("crates/a/src/long.rs", &format!("//! Long.\n{}", "// Line.\n".repeat(600))),
            text_file("schemas/a.json", "{}\n"),
            text_file("a.md", concat!("See /wo", "rk/a.\n")),
            text_file("b.md", "[a](gone.md)\n"),
            text_file(".cargo/config.toml", "[source.mirror]\n"),
        ];
        let faults: Vec<String> = faults(&files, &["desk".to_owned()]).iter().map(Fault::to_string).collect();
        // The exceptions of the real tree explain nothing in this one.
        let faults: Vec<String> = faults.into_iter().filter(|fault| !fault.starts_with("xtask/src/tidy/")).collect();
        let expected = [
            "crates/a/src/lib.rs:3: ",
            "crates/a/src/long.rs:601: ",
            "crates/a/src/utils.rs:1: a module begins",
            "crates/a/src/utils.rs:1: `utils`",
            "b.md:1: ",
            "crates/a/src/utils.rs:1: blanks",
            "schemas/a.json:1: ",
            "a.md:1: ",
            ".cargo/config.toml:1: ",
        ];
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, start) in faults.iter().zip(expected) {
            assert!(fault.starts_with(start), "{fault:?} does not begin with {start:?}");
        }
    }
}
