//! The tutorial, followed step by step in an empty folder: its files are written as it has them, its commands run as it
//! has them, and what they print is compared. The program at its end is built, and calls the sandbox.

#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::path::Path;

use crate::support::Zohoctl;
use crate::support::page::{Deed, assert_printed, deeds};
use crate::support::terminal::{PageSandbox, Terminal};

const PATH: &str = "docs/guide/writing-a-connector.md";

/// The root of the repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn the_tutorial_goes_from_an_empty_folder_to_a_program() {
    let zohoctl = Zohoctl::new();
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut sandbox: Option<PageSandbox> = None;
    // What has been printed: what is set has to stand there.
    let mut so_far = String::new();
    let page = std::fs::read_to_string(format!("{ROOT}/{PATH}")).unwrap();
    for deed in deeds(&page) {
        let (line, printed) = match deed {
            Deed::File { path, text, is_added } => {
                write(&zohoctl.home().join(path), &text, is_added);
                continue;
            }
            Deed::Command { line, printed } => (line, printed),
        };
        let port = sandbox.as_ref().map_or("8700", |sandbox| sandbox.address.rsplit(':').next().expect("a port"));
        let (here, there) = (format!(":{port}"), ":8700");
        let text = match line.split(' ').take(2).collect::<Vec<_>>()[..] {
            ["zohoctl", "sandbox"] => {
                let started = PageSandbox::start(&zohoctl, &variables, &line);
                let text = started.printed.replace(&started.address, "http://127.0.0.1:8700");
                sandbox = Some(started);
                text
            }
            ["export", pair] => {
                let (name, value) = pair.split_once('=').expect("a variable");
                let value = match name {
                    "ZOHO_CONNECTORS" => value,
                    _ => printed_value(&so_far, name, value),
                };
                variables.push((name.to_owned(), value.replace(there, &here)));
                continue;
            }
            ["cargo", _] => {
                let all: Vec<_> = variables.iter().cloned().chain(of_cargo(zohoctl.home())).collect();
                Terminal::run(&zohoctl, &all, &line).ended(&zohoctl)
            }
            _ => Terminal::run(&zohoctl, &variables, &line).came_to_its_end(&zohoctl).0,
        };
        let text = text.replace(&here, there);
        assert_printed(PATH, &line, &printed, &text);
        so_far.push_str(&text);
    }
    assert!(so_far.contains("an image of "), "the page ends with a program:\n{so_far}");
}

/// The value that was printed for a variable, which the page has whole or, where it is a secret, as far as `…`.
fn printed_value<'t>(so_far: &'t str, name: &str, value: &str) -> &'t str {
    let start = format!("export {name}={}", value.trim_end_matches('…'));
    let fits = |line: &&str| line.starts_with(&start) && (value.ends_with('…') || *line == start);
    let line = so_far.lines().map(str::trim).find(fits);
    let line = line.unwrap_or_else(|| panic!("nothing printed `{start}` before"));
    line.split_once('=').expect("a value").1
}

fn write(path: &Path, text: &str, is_added: bool) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.create(true).write(true).append(is_added).truncate(!is_added).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// What makes `cargo` take the crate of this repository for that of the registry, and nothing from the network: the
/// versions are those of the repository, which are there, since it was built.
fn of_cargo(home: &Path) -> Vec<(String, String)> {
    let patch = format!("[patch.crates-io]\nzoho = {{ path = \"{ROOT}/crates/zoho\" }}\n");
    write(&home.join(".cargo/config.toml"), &patch, false);
    if !home.join("Cargo.lock").exists() {
        std::fs::copy(format!("{ROOT}/Cargo.lock"), home.join("Cargo.lock")).unwrap();
    }
    let cargo = Path::new(env!("CARGO")).parent().unwrap().display().to_string();
    // The home of the one who runs the tests: there is what is downloaded, and in a home itself no package is made.
    let person = std::env::home_dir().unwrap();
    let downloads = std::env::var("CARGO_HOME").unwrap_or_else(|_| person.join(".cargo").display().to_string());
    vec![
        ("HOME".to_owned(), person.display().to_string()),
        ("PATH".to_owned(), format!("{cargo}:/usr/local/bin:/usr/bin:/bin")),
        ("CARGO_HOME".to_owned(), downloads),
        ("CARGO_NET_OFFLINE".to_owned(), "true".to_owned()),
        ("CARGO_INCREMENTAL".to_owned(), "0".to_owned()),
        ("CARGO_PROFILE_DEV_DEBUG".to_owned(), "0".to_owned()),
        ("CARGO_TARGET_DIR".to_owned(), format!("{ROOT}/target/tests/tutorial")),
    ]
}
