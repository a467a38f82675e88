//! No crate's code names a service: what a service needs is said in its connector, for every connector.

use std::collections::BTreeSet;

use super::Fault;
use super::lexer::{Kind, tokens, without_tests};
use crate::files::TextFile;

/// A name of a service that is also an ordinary word, and may stand in code as that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exception {
    /// The name.
    word: &'static str,
    /// Whether it is excused as a name in the code, or as a whole string.
    form: Form,
    /// What the word means there.
    #[expect(dead_code, reason = "it is for those who read the list")]
    meaning: &'static str,
}

/// How a name stands in code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As a name of Rust's.
    Word,
    /// As a string.
    Text,
}

/// The ordinary words. A service of such a name is still found where it stands as `"name.something"`.
pub(super) const EXCEPTIONS: &[Exception] = &[Exception {
    word: "creator",
    form: Form::Text,
    meaning: "a member of records in many services, who made the record; the sandbox makes values by such names",
}];

/// The places where code names a service: a string that is its name or begins with it and a dot or a slash, a host of
/// that name, a type, variant or constant. Documentation, tests and generated code may. In small letters a name of
/// Rust's is most often just that word (`sign`, `connect`), and names no service without one of the others.
pub(super) fn faults(files: &[&TextFile], services: &[String], exceptions: &[Exception]) -> Vec<Fault> {
    let code: Vec<&TextFile> = files.iter().filter(|file| is_code(&file.path)).copied().collect();
    let mut tests = BTreeSet::new();
    for file in &code {
        tests.extend(without_tests(&tokens(&file.text)).1.iter().map(|module| module_path(&file.path, module)));
    }
    let is_test = |file: &&&TextFile| {
        let path = file.path.strip_suffix(".rs").unwrap_or(&file.path);
        !tests
            .iter()
            .any(|test| path.strip_prefix(test.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let code: Vec<&TextFile> = code.iter().filter(is_test).copied().collect();
    let mut faults: Vec<Fault> = code.iter().flat_map(|file| in_file(file, services, exceptions)).collect();
    for exception in exceptions.iter().filter(|exception| !excuses(exception, &code, services)) {
        let message = format!("no code has the word `{}` any more: take it out of `EXCEPTIONS`", exception.word);
        faults.push(Fault { path: "xtask/src/tidy/names.rs".to_owned(), line: 1, message });
    }
    faults
}

/// Whether anything would be a fault without an exception.
fn excuses(exception: &Exception, code: &[&TextFile], services: &[String]) -> bool {
    let only: Vec<String> = services.iter().filter(|service| *service == exception.word).cloned().collect();
    let count = |exceptions: &[Exception]| code.iter().flat_map(|file| in_file(file, &only, exceptions)).count();
    count(&[]) > count(&[*exception])
}

fn is_code(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), ["crates", _, "src", rest @ ..] if !rest.contains(&"generated"))
}

/// The path, without ending, of a module that a file declares.
fn module_path(file: &str, module: &str) -> String {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => format!("{folder}/{module}"),
        _ => format!("{folder}/{}/{module}", name.strip_suffix(".rs").unwrap_or(name)),
    }
}

fn in_file(file: &TextFile, services: &[String], exceptions: &[Exception]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for token in without_tests(&tokens(&file.text)).0 {
        let found = match &token.kind {
            Kind::Word(word) => named(word, Form::Word, services, exceptions),
            Kind::Text(text) => named(text, Form::Text, services, exceptions),
            _ => None,
        };
        if let Some(service) = found {
            let message = format!(
                "the code names the service `{service}`: say it in its connector, by a word of the language if need be; \
                 an ordinary word goes into `EXCEPTIONS` of xtask/src/tidy/names.rs"
            );
            faults.push(Fault::new(file, token.line, message));
        }
    }
    faults
}

fn named<'a>(text: &str, form: Form, services: &'a [String], exceptions: &[Exception]) -> Option<&'a String> {
    let excused =
        |service: &str| exceptions.iter().any(|exception| exception.word == service && exception.form == form);
    services.iter().find(|service| match form {
        Form::Word => is_name(text, service) && !excused(service),
        Form::Text => (text == *service && !excused(service)) || speaks_of(text, service),
    })
}

/// Whether a word is `Desk`, `DESK` or `OfficeIntegrator`.
fn is_name(word: &str, service: &str) -> bool {
    let plain = |text: &str| text.replace(['-', '_'], "");
    word.starts_with(|c: char| c.is_ascii_uppercase()) && plain(word).eq_ignore_ascii_case(&plain(service))
}

/// Whether a text is a name of something in the service: `desk.tickets`, `desk/tickets.yaml`, `https://desk.`.
fn speaks_of(text: &str, service: &str) -> bool {
    let goes_on =
        |rest: &str| rest.starts_with(['.', '/']) && rest[1..].starts_with(|c: char| c.is_alphanumeric() || c == '{');
    let host = text.split_once("://").map_or(text, |(_, host)| host);
    [text, host].into_iter().filter_map(|text| text.strip_prefix(service)).any(goes_on)
}

#[cfg(test)]
mod tests {
    use super::super::text_file;
    use super::*;

    fn lines(path: &str, code: &str, exceptions: &[Exception]) -> Vec<usize> {
        let (file, services) = (text_file(path, code), ["desk".to_owned(), "sign".to_owned(), "a-b".to_owned()]);
        faults(&[&file], &services, exceptions).iter().map(|fault| fault.line).collect()
    }

    #[test]
    fn a_service_is_found_as_a_string_a_host_a_match_arm_and_a_word() {
        for code in [
            r#"if name == "desk" {}"#,
            r#"match name { "desk" => 1, _ => 2 }"#,
            r##"const S: &str = r#"desk"#;"##,
            r#"f("desk.tickets.list")"#,
            r#"f("desk/tickets.yaml")"#,
            r#"f("https://desk.{zoho}/api/v1")"#,
            r#"f("https://desk.zoho.com")"#,
            "match service { Service::Desk => 1 }",
            "zoho_connectors::DESK",
            "enum Service { AB }",
            "zoho_connectors::A_B",
            r#"f("a-b")"#,
        ] {
            assert_eq!(lines("crates/core/src/send.rs", code, &[]), [1], "{code}");
        }
    }

    #[test]
    fn words_that_only_hold_a_name_documentation_tests_and_generated_code_are_free() {
        for code in [
            r#"f("desktop", "a desk", "help desk.", "to sign.")"#,
            "let sign = -1; desk();",
            "// \"desk\"\n/// `desk`\n//! \"desk\"\n/* \"desk\" */ fn desktop() {}",
            r#"#[doc = "desk"] fn f() {}"#,
            r#"#[cfg(test)] mod tests { const S: &str = "desk"; }"#,
        ] {
            assert_eq!(lines("crates/core/src/send.rs", code, &[]), [0; 0], "{code}");
        }
        for path in
            ["crates/zoho/src/generated/desk.rs", "tests/cli/main.rs", "xtask/src/main.rs", "crates/core/benches/a.rs"]
        {
            assert_eq!(lines(path, r#"const S: &str = "desk";"#, &[]), [0; 0], "{path}");
        }
    }

    #[test]
    fn a_module_of_tests_in_a_file_of_its_own_is_free() {
        let code = "const S: &str = \"desk\";";
        let files = [
            text_file("crates/a/src/lib.rs", "#[cfg(test)]\nmod tests;\nmod testsuite;"),
            text_file("crates/a/src/tests.rs", code),
            text_file("crates/a/src/tests/deep.rs", code),
            text_file("crates/a/src/testsuite.rs", code),
            text_file("crates/a/src/b.rs", "#[cfg(test)]\nmod tests;"),
            text_file("crates/a/src/b/tests.rs", code),
        ];
        let found = faults(&files.iter().collect::<Vec<_>>(), &["desk".to_owned()], &[]);
        assert_eq!(found.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["crates/a/src/testsuite.rs"]);
    }

    #[test]
    fn an_ordinary_word_is_excused_in_its_form_only() {
        let exceptions = [Exception { word: "sign", form: Form::Word, meaning: "plus or minus" }];
        let code = "enum Sign {}\nconst S: &str = \"sign\";\nconst T: &str = \"sign.requests\";\nenum Desk {}";
        assert_eq!(lines("crates/core/src/send.rs", code, &exceptions), [2, 3, 4]);
    }

    #[test]
    fn an_exception_that_excuses_nothing_is_a_fault() {
        let exceptions = [Exception { word: "sign", form: Form::Word, meaning: "plus or minus" }];
        let file = text_file("crates/core/src/send.rs", "const S: &str = \"desk\";\nfn sign() {}");
        let found = faults(&[&file], &["sign".to_owned()], &exceptions);
        assert_eq!(found.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["xtask/src/tidy/names.rs"]);
    }
}
