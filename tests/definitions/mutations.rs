//! Whatever stands in a file, loading it says something and never panics.

use zoho_connector::Severity;
use zoho_connector::SourceFile;
use zoho_connector::diagnostic::json::json;
use zoho_connector::diagnostic::render::{Paint, render, summary};
use zoho_connector::load::{load, read};

use crate::random::Random;
use crate::support::{bad, connectors};

/// Texts that are put into files: marks of YAML, words of the language, characters of several bytes.
const PIECES: [&str; 30] = [
    "{", "}", "[", "]", ":", ": ", "#", " #", "- ", "\"", "'", "!", "&a", "*a", "|", ">", "%", "@", "\t", "\r\n",
    "---\n", "..", "=", "|*", "é", "📚", "\u{feff}", "\u{0}", "<<: ", "null",
];

/// Two thousand mutations of the connectors, in four parts that run side by side.
#[test]
fn the_first_five_hundred_mutations() {
    five_hundred(1);
}

#[test]
fn the_second_five_hundred_mutations() {
    five_hundred(2);
}

#[test]
fn the_third_five_hundred_mutations() {
    five_hundred(3);
}

#[test]
fn the_fourth_five_hundred_mutations() {
    five_hundred(4);
}

fn five_hundred(seed: u64) {
    let mut random = Random::new(seed);
    let originals: Vec<Vec<SourceFile>> = connectors().into_iter().map(|connector| connector.files).collect();
    for round in 0..500 {
        let files = random.one_of(&originals);
        // Mostly the service and one group, which is what a call reads; now and then all files.
        let group = random.below(files.len());
        let part = files.iter().enumerate().filter(|(i, _)| round % 10 == 0 || *i == 0 || *i == group);
        let part: Vec<SourceFile> = part.map(|(_, file)| file.clone()).collect();
        try_out(&mutated(&mut random, &part));
    }
}

#[test]
fn mutations_of_the_bad_connectors() {
    let mut random = Random::new(11);
    let originals: Vec<Vec<SourceFile>> = bad().into_iter().map(|connector| connector.files).collect();
    for _ in 0..500 {
        let files = random.one_of(&originals);
        try_out(&mutated(&mut random, files));
    }
}

#[test]
fn texts_that_are_no_connectors() {
    let texts = [
        "",
        "\n",
        "#",
        "{",
        "[]",
        "- a",
        "text",
        "\u{feff}",
        "\u{0}",
        "a: b: c",
        "connector:",
        "connector: x",
        "...",
        "---",
        "%YAML 1.2",
        "? ",
        "\r",
        "apis: {}",
    ];
    for text in texts {
        try_out(&[SourceFile::new("x.yaml", text)]);
    }
    try_out(&[]);
    let deep = "[".repeat(10_000);
    try_out(&[SourceFile::new("deep.yaml", format!("connector: x\ntypes: {deep}"))]);
    let nested: String = (0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    try_out(&[SourceFile::new("nested.yaml", nested)]);
    let long = format!("connector: x\ntitle: {}\nbase_url: 1\n", "é".repeat(20_000));
    try_out(&[SourceFile::new("long.yaml", long)]);
}

#[test]
fn line_ends_of_another_system_change_nothing() {
    for connector in connectors() {
        let other: Vec<SourceFile> = connector
            .files
            .iter()
            .map(|file| SourceFile::new(file.path.clone(), file.text.replace('\n', "\r\n")))
            .collect();
        let loaded = load(&other);
        assert!(loaded.diagnostics.is_empty(), "{}", render(&other, &loaded.diagnostics, Paint::Plain));
        assert_eq!(loaded.connector, load(&connector.files).connector);
    }
}

/// Loads and prints. What has no error is read by the short way too, to the same connector.
fn try_out(files: &[SourceFile]) {
    let loaded = load(files);
    for paint in [Paint::Plain, Paint::Coloured] {
        let text = render(files, &loaded.diagnostics, paint);
        assert_eq!(text.is_empty(), loaded.diagnostics.is_empty());
    }
    let written = json(files, &loaded.diagnostics);
    assert_eq!(written.len(), loaded.diagnostics.len());
    assert!(summary(files, &loaded.diagnostics).contains(" in "));
    if loaded.diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning) {
        assert_eq!(read(files).ok(), loaded.connector, "{}", files.iter().map(|file| &*file.text).collect::<String>());
    } else {
        let _ = read(files);
    }
}

/// The files with one to three changes in one of them.
fn mutated(random: &mut Random, files: &[SourceFile]) -> Vec<SourceFile> {
    let mut files = files.to_vec();
    let at = random.below(files.len());
    for _ in 0..=random.below(3) {
        files[at].text = changed(random, &files[at].text).into();
    }
    files
}

pub(crate) fn changed(random: &mut Random, text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return random.one_of(&PIECES).to_string();
    }
    let line = random.below(lines.len());
    match random.below(9) {
        0 => drop(lines.remove(line)),
        1 => lines.insert(line, lines[line].clone()),
        2 => {
            let other = random.below(lines.len());
            lines.swap(line, other);
        }
        3 => lines.truncate(line),
        4 => {
            let place = place(random, &lines[line]);
            lines[line].truncate(place);
        }
        5 => {
            let place = place(random, &lines[line]);
            let piece: &&str = random.one_of(&PIECES);
            lines[line].insert_str(place, piece);
        }
        6 => {
            let place = place(random, &lines[line]);
            if place < lines[line].len() {
                lines[line].remove(place);
            }
        }
        7 => {
            let words: Vec<&str> = text.split_whitespace().chain(["word"]).collect();
            let (old, new) = (random.one_of(&words), random.one_of(&words));
            lines[line] = lines[line].replacen(old, new, 1);
        }
        _ => {
            let bytes: Vec<u8> = (0..=random.below(8)).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
            let place = place(random, &lines[line]);
            lines[line].insert_str(place, &String::from_utf8_lossy(&bytes));
        }
    }
    lines.join("\n") + "\n"
}

/// A place between two characters of a line.
fn place(random: &mut Random, line: &str) -> usize {
    let mut at = random.below(line.len() + 1);
    while !line.is_char_boundary(at) {
        at -= 1;
    }
    at
}
