//! Rules of contents: what must stand in a file, and what must not.

use super::Fault;
use crate::bench;
use crate::codegen::{PREAMBLE, bears_preamble};
use crate::files::TextFile;

/// Texts that mean something on one machine only. They are written in two parts, so that this file keeps its own rule.
const FORBIDDEN: [(&str, &str); 5] = [
    (concat!("/wo", "rk/"), "a folder of one machine"),
    (concat!("/tmp/no", "tes"), "a folder of one machine"),
    (concat!("/ro", "ot/"), "somebody's home folder"),
    (concat!("../sha", "red"), "a folder outside the repository"),
    (concat!("replace-", "with = "), "a registry of one machine"),
];

/// The one file that may look beside the repository: it uses what it finds there, and does without.
const MAY_LOOK_OUTSIDE: &str = ".ci/run";

/// The files of `connectors/` that are made by hand.
const BY_HAND: [&str; 2] = ["toml", "yaml"];

/// A file in a place of generated files says that it is generated.
pub(super) fn preamble(file: &TextFile) -> Option<Fault> {
    let parts: Vec<&str> = file.path.split('/').collect();
    let generated = match parts.as_slice() {
        ["connectors", ..] => !BY_HAND.contains(&file.ending()),
        ["schemas", ..] | ["docs", "reference", ..] => true,
        [folders @ .., _] => folders.contains(&"generated"),
        [] => false,
    };
    let message = || format!("a generated file says so at its head: `{PREAMBLE}`");
    let measured = || file.text.lines().take(3).any(|line| line.contains(bench::PREAMBLE));
    (generated && !bears_preamble(&file.text) && !measured()).then(|| Fault::new(file, 1, message()))
}

/// Nothing in the tree speaks of the machine that it was written on.
pub(super) fn forbidden(file: &TextFile) -> Vec<Fault> {
    if file.path == MAY_LOOK_OUTSIDE {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        for (text, what) in FORBIDDEN.iter().filter(|(text, _)| line.contains(text)) {
            faults.push(Fault::new(file, at + 1, format!("`{text}` is {what}")));
        }
    }
    faults
}

/// Dependencies come from Cargo's own registry, by no mirror: a configuration that names another works on one machine
/// only. What the lock file names is the matter of `cargo deny check sources`.
pub(super) fn registry(file: &TextFile) -> Vec<Fault> {
    let mirror =
        |line: &str| ["[source", "[registr", "index ="].iter().any(|start| line.trim_start().starts_with(start));
    let lines = file.text.lines().enumerate().filter(|(_, line)| file.path == ".cargo/config.toml" && mirror(line));
    lines.map(|(at, _)| Fault::new(file, at + 1, "dependencies come from Cargo's own registry")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::text_file;
    use super::*;

    fn is_good(rule: impl Fn(&TextFile) -> Vec<Fault>, path: &str, text: &str) -> bool {
        rule(&text_file(path, text)).is_empty()
    }

    #[test]
    fn generated_files_say_so() {
        let rule = |file: &TextFile| preamble(file).into_iter().collect();
        let generated = format!("// {PREAMBLE}.\n");
        for path in [
            "connectors/lib.rs",
            "connectors/README.md",
            "docs/reference/cli.md",
            "schemas/a.json",
            "crates/zoho/src/generated/a/b.rs",
        ] {
            assert!(is_good(rule, path, &generated) && !is_good(rule, path, "// By hand.\n"), "{path}");
        }
        for path in ["connectors/desk/tickets.yaml", "connectors/Cargo.toml", "crates/core/src/lib.rs", "README.md"] {
            assert!(is_good(rule, path, "# By hand.\n"), "{path}");
        }
    }

    #[test]
    fn nothing_speaks_of_one_machine() {
        for (text, _) in FORBIDDEN {
            assert!(!is_good(forbidden, "docs/a.md", &format!("first\nsee {text} there\n")), "{text}");
            assert!(is_good(forbidden, ".ci/run", text));
        }
        assert!(is_good(forbidden, "docs/a.md", "https://workdrive.zoho.com/workdrive/api\n"));
    }

    #[test]
    fn dependencies_come_from_one_registry() {
        assert!(is_good(registry, ".cargo/config.toml", "[alias]\nxtask = \"run\"\n"));
        assert!(!is_good(registry, ".cargo/config.toml", "[source.crates-io]\n"));
        assert!(!is_good(registry, ".cargo/config.toml", "[registries.mine]\nindex = \"a\"\n"));
    }
}
