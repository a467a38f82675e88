//! A page that names a test as its proof names one that exists.

use std::collections::HashSet;

use super::Fault;
use crate::files::TextFile;

/// The pages that name tests.
const PAGES: &[&str] = &["docs/security.md"];

/// The tests that the pages name and that no file has.
pub(super) fn faults(files: &[TextFile]) -> Vec<Fault> {
    let pages: Vec<&TextFile> = files.iter().filter(|file| PAGES.contains(&file.path.as_str())).collect();
    if pages.is_empty() {
        return Vec::new();
    }
    let functions: HashSet<&str> = files
        .iter()
        .filter(|file| file.ending() == "rs")
        .flat_map(|file| file.text.split("fn ").skip(1))
        .filter_map(|rest| rest.split(|c: char| !is_of_a_name(c)).next())
        .collect();
    let mut faults = Vec::new();
    for page in pages {
        for (line, text) in page.text.lines().enumerate() {
            // Every second piece between backticks is code.
            for name in text.split('`').skip(1).step_by(2).filter(|code| is_a_test(code)) {
                if !functions.contains(name) {
                    faults.push(Fault::new(
                        page,
                        line + 1,
                        format!("no test is called `{name}`; name the one that shows this"),
                    ));
                }
            }
        }
    }
    faults
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

/// A test's name is a sentence: several words, all of them small.
fn is_a_test(code: &str) -> bool {
    code.chars().all(is_of_a_name) && code.matches('_').count() >= 3
}

#[cfg(test)]
mod tests {
    use super::super::text_file;
    use super::*;

    #[test]
    fn a_test_that_is_gone_is_missed() {
        let files = [
            text_file(
                "docs/security.md",
                "| x | `a_test_that_is_there` |\n| y | `a_test_that_is_gone`, `client_id` |\n",
            ),
            text_file("a.rs", "//! A.\n#[test]\nfn a_test_that_is_there() {}\n"),
        ];
        let faults: Vec<String> = faults(&files).iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            ["docs/security.md:2: no test is called `a_test_that_is_gone`; name the one that shows this"]
        );
    }
}
