//! Diagnostics as text for people: what is wrong, the lines of the source, and what to write instead.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Level, Renderer, Snippet};

use super::places::Places;
use super::{Diagnostic, Place, Severity};
use crate::source::{SourceFile, line_column};

/// Whether text is coloured, by escape sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Plain,
    /// With colours; a stream that is no terminal has to take them out.
    Coloured,
}

/// The diagnostics of a connector's files, each with its excerpt, an empty line behind each.
pub fn render(files: &[SourceFile], diagnostics: &[Diagnostic], paint: Paint) -> String {
    let places = Places::new(files);
    let renderer = match paint {
        Paint::Plain => Renderer::plain(),
        Paint::Coloured => Renderer::styled(),
    };
    diagnostics.iter().map(|diagnostic| one(&places, &renderer, diagnostic)).collect()
}

/// How many faults there are, in how many files: `2 errors, 1 warning in 3 files`.
pub fn summary(files: &[SourceFile], diagnostics: &[Diagnostic]) -> String {
    let of = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let counts = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let faults: Vec<String> = counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, thing)| count(n, thing)).collect();
    let faults = if faults.is_empty() { "no faults".to_owned() } else { faults.join(", ") };
    format!("{faults} in {}", count(files.len(), "file"))
}

fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

fn one(places: &Places<'_>, renderer: &Renderer, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str())
        .elements(excerpts(places, diagnostic));
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    format!("{}\n\n", renderer.render(&[group]).trim_end())
}

/// One excerpt for each file that a diagnostic speaks of, that of its own place first.
fn excerpts<'a>(places: &Places<'a>, diagnostic: &'a Diagnostic) -> Vec<Snippet<'a, Annotation<'a>>> {
    let own = (&diagnostic.place, diagnostic.label.as_deref(), AnnotationKind::Primary);
    let related =
        diagnostic.related.iter().map(|(place, words)| (place, Some(words.as_str()), AnnotationKind::Context));
    let mut by_file: Vec<(&Place, Vec<Mark<'a>>)> = Vec::new();
    for (place, label, kind) in std::iter::once(own).chain(related) {
        let Some(file) = places.file(place) else { continue };
        let mark = Mark { range: first_line(&file.text, places.range(place)), label, kind };
        match by_file.iter_mut().find(|(other, _)| other.file == place.file) {
            Some((_, marks)) => marks.push(mark),
            None => by_file.push((place, vec![mark])),
        }
    }
    by_file.into_iter().filter_map(|(place, marks)| Some(excerpt(places.file(place)?, marks))).collect()
}

/// A range to be marked in an excerpt.
struct Mark<'a> {
    range: Range<usize>,
    label: Option<&'a str>,
    kind: AnnotationKind,
}

/// The lines around the marks. Only they are handed over, since a file may be long.
fn excerpt<'a>(file: &'a SourceFile, marks: Vec<Mark<'a>>) -> Snippet<'a, Annotation<'a>> {
    let text = &*file.text;
    let first = marks.iter().map(|mark| mark.range.start).min().unwrap_or(0);
    let last = marks.iter().map(|mark| mark.range.end).max().unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
    let (line, _) = line_column(text, start);
    // Line ends of another system are no part of a line.
    let returns_before = |at: usize| text[start..at].matches('\r').count();
    let shown = |at: usize| at - start - returns_before(at);
    let annotations =
        marks.into_iter().map(|mark| mark.kind.span(shown(mark.range.start)..shown(mark.range.end)).label(mark.label));
    let lines = text[start..end].replace('\r', "");
    Snippet::source(lines).line_start(line).path(file.path.as_str()).annotations(annotations)
}

/// The part of a range on its first line: of a map of twenty lines, its beginning says where it is.
fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let marked = &text[range.clone()];
    let line = marked.split('\n').next().unwrap_or(marked).trim_end();
    range.start..range.start + line.len()
}
