//! Diagnostics as data, for editors and for programs.

use serde::Serialize;
use serde_json::Value;

use super::places::Places;
use super::{Diagnostic, Place, Severity};
use crate::source::{SourceFile, line_column};

/// One diagnostic as data. Lines and columns count from 1, columns in characters; the end is behind the last one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    code: &'static str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    span: Span<'a>,
    label: Option<&'a str>,
    help: &'a [String],
    related: Vec<Related<'a>>,
    page: String,
}

/// Another place that belongs to a diagnostic.
#[derive(Debug, Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    span: Span<'a>,
}

/// A place in a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Span<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// The diagnostics of a connector's files as JSON objects, in their order.
pub fn json(files: &[SourceFile], diagnostics: &[Diagnostic]) -> Vec<Value> {
    let places = Places::new(files);
    let written = diagnostics.iter().map(|diagnostic| written(&places, diagnostic));
    written.filter_map(|written| serde_json::to_value(written).ok()).collect()
}

fn written<'a>(places: &Places<'a>, diagnostic: &'a Diagnostic) -> Written<'a> {
    Written {
        code: diagnostic.code.as_str(),
        severity: diagnostic.severity,
        message: &diagnostic.message,
        span: span(places, &diagnostic.place),
        label: diagnostic.label.as_deref(),
        help: &diagnostic.help,
        related: diagnostic
            .related
            .iter()
            .map(|(place, message)| Related { message, span: span(places, place) })
            .collect(),
        page: format!("checks/{}.md", diagnostic.code),
    }
}

fn span<'a>(places: &Places<'a>, place: &Place) -> Span<'a> {
    let (path, text) = places.file(place).map_or(("", ""), |file| (file.path.as_str(), &*file.text));
    let range = places.range(place);
    let ((line, column), (end_line, end_column)) = (line_column(text, range.start), line_column(text, range.end));
    Span { file: path, line, column, end_line, end_column }
}
