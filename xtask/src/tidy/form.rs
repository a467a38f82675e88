//! Rules of form: blanks, documentation, length and names of files.

use super::Fault;
use crate::codegen::bears_preamble;
use crate::files::TextFile;

/// The longest that a Rust file may be without an exception.
const LONGEST: usize = 600;

/// Files that may be longer, each with the reason.
pub(super) const LONG: &[(&str, &str)] = &[];

/// Names that say nothing about what is in a file, so that anything ends up there.
const VAGUE: [&str; 6] = ["util", "utils", "helper", "helpers", "common", "misc"];

/// Lines end where their text ends.
pub(super) fn trailing_blanks(file: &TextFile) -> Vec<Fault> {
    // A snapshot is what a program printed, and a diff keeps the blanks of what it compares.
    if matches!(file.ending(), "snap" | "diff") {
        return Vec::new();
    }
    let blank = |(_, line): &(usize, &str)| line.ends_with([' ', '\t', '\r']);
    let lines = file.text.split('\n').enumerate().filter(blank);
    lines.map(|(at, _)| Fault::new(file, at + 1, "blanks at the end of the line")).collect()
}

/// A module begins by saying what it is about.
pub(super) fn module_doc(file: &TextFile) -> Option<Fault> {
    let is_comment = |line: &str| line.starts_with("//") && !line.starts_with("//!") && !line.starts_with("///");
    let mut lines = file.text.lines().filter(|line| !line.trim().is_empty() && !is_comment(line));
    let documented = lines.next().is_some_and(|line| line.starts_with("//!"));
    (!documented).then(|| Fault::new(file, 1, "a module begins with `//!` and what it is about"))
}

/// A file has a name that says what belongs into it.
pub(super) fn vague_name(file: &TextFile) -> Option<Fault> {
    let stem = file.name().strip_suffix(".rs")?;
    let message = || format!("`{stem}` is no name for a module: say what it is about");
    VAGUE.contains(&stem).then(|| Fault::new(file, 1, message()))
}

/// A file that is made by hand has at most 600 lines, or a reason to have more.
pub(super) fn long_files(files: &[&TextFile], exceptions: &[(&str, &str)]) -> Vec<Fault> {
    let is_long = |file: &&&TextFile| file.text.lines().count() > LONGEST;
    let by_hand = |file: &&TextFile| !bears_preamble(&file.text);
    let long: Vec<&TextFile> = files.iter().filter(is_long).copied().filter(by_hand).collect();
    let excused = |file: &TextFile| exceptions.iter().any(|(path, _)| *path == file.path);
    let message = format!("the file is longer than {LONGEST} lines: divide it, or add it to `LONG` with the reason");
    let mut faults: Vec<Fault> = long
        .iter()
        .filter(|file| !excused(file))
        .map(|file| Fault::new(file, file.text.lines().count(), message.clone()))
        .collect();
    for (path, _) in exceptions.iter().filter(|(path, _)| !long.iter().any(|file| file.path == *path)) {
        let message = format!("the file is not longer than {LONGEST} lines: take it out of `LONG`");
        faults.push(Fault { path: (*path).to_owned(), line: 1, message });
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::text_file;
    use super::*;

    #[test]
    fn blanks_at_the_end_of_a_line_are_found_with_their_line() {
        let faults = trailing_blanks(&text_file("a.yaml", "good\n\nbad \nbad\t\nwindows\r\n"));
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(trailing_blanks(&text_file("a.snap", "printed \n")), []);
    }

    #[test]
    fn a_module_begins_with_its_documentation() {
        for good in ["//! What it is.\n", "// Generated.\n\n//! What it is.\n", "\n//! A.\n#![forbid(unsafe_code)]\n"] {
            assert_eq!(module_doc(&text_file("a.rs", good)), None, "{good:?}");
        }
        for bad in
            ["", "use std::fmt;\n", "/// A.\nstruct A;\n", "// A comment.\nfn f() {}\n", "fn f() {}\n//! Late.\n"]
        {
            assert!(module_doc(&text_file("a.rs", bad)).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn vague_names_are_refused() {
        assert!(vague_name(&text_file("crates/a/src/utils.rs", "")).is_some());
        assert_eq!(vague_name(&text_file("crates/utils/src/lib.rs", "")), None);
    }

    #[test]
    fn a_long_file_needs_an_exception_and_an_exception_a_long_file() {
        let (long, short) = (text_file("long.rs", &"a\n".repeat(601)), text_file("short.rs", &"a\n".repeat(600)));
        let files = [&long, &short];
        assert_eq!(long_files(&files, &[]).iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["long.rs"]);
        assert_eq!(long_files(&files, &[("long.rs", "a table")]), []);
        let idle = long_files(&files, &[("long.rs", "a table"), ("short.rs", "it was long")]);
        assert_eq!(idle.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["short.rs"]);
    }
}
