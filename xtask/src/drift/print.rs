//! What a comparison found, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use zoho_connector::differs::{Aspect, Explanation};

use super::explain::Judged;
use super::ours::Ours;
use super::{About, Difference};

/// How many APIs of a type are named.
const NAMED: usize = 3;

/// The file and line of what a difference is about.
type Place<'a> = (String, usize, &'a About);

/// For people: by API and type with their places, then explanations of nothing, then the sum.
pub(super) fn text(ours: &Ours, judged: &Judged, explained: bool) -> String {
    let mut text = String::new();
    for remark in &judged.remarks {
        let _ = writeln!(text, "note: in the definition {remark}");
    }
    let shown = judged.unexplained.iter().map(|one| (one, None));
    let known = judged.explained.iter().filter(|_| explained).map(|(one, at)| (one, Some(*at)));
    let mut by_about: BTreeMap<Place<'_>, Vec<(&Difference, Option<usize>)>> = BTreeMap::new();
    for (difference, reason) in shown.chain(known) {
        let (file, line) = place(ours, &difference.about).unwrap_or_default();
        by_about.entry((file, line, &difference.about)).or_default().push((difference, reason));
    }
    for ((file, line, about), differences) in &by_about {
        let _ = writeln!(text, "{}", head(file, *line, about));
        for (difference, reason) in differences {
            let key = match about {
                About::Operation(_) => String::new(),
                _ => format!("{}: ", difference.written()),
            };
            let _ = writeln!(text, "  {key}{}{}", difference.fact.words, of_apis(difference));
            if let Some(at) = reason {
                let _ = writeln!(text, "    explained: {}", ours.explanations[*at].reason);
            }
        }
    }
    for (at, aspect) in &judged.dead {
        let entry = &ours.explanations[*at];
        let (file, line) = ours.place(&entry.origin);
        let _ = writeln!(
            text,
            "{file}:{line}: `{}` explains nothing{}: take it out",
            entry.written,
            of_aspect(entry, *aspect)
        );
    }
    if explained {
        text.push_str(&wide(ours, judged));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&sum(ours, judged));
    text
}

/// Which aspect is meant, where an explanation names several.
fn of_aspect(entry: &Explanation, aspect: Aspect) -> String {
    let names_several = entry.key.as_ref().is_ok_and(|key| key.aspects().len() > 1);
    if names_several { format!(" in `{aspect}`") } else { String::new() }
}

/// How much each explanation covers that has a `*`.
fn wide(ours: &Ours, judged: &Judged) -> String {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, at) in &judged.explained {
        *counts.entry(*at).or_default() += 1;
    }
    let is_wide = |at: &usize| ours.explanations[*at].written.contains('*');
    let mut text = String::new();
    for (at, count) in counts.into_iter().filter(|(at, _)| is_wide(at)) {
        let entry = &ours.explanations[at];
        let (file, line) = ours.place(&entry.origin);
        let _ = writeln!(text, "{file}:{line}: `{}` explains {count}", entry.written);
    }
    text
}

fn head(file: &str, line: usize, about: &About) -> String {
    match about {
        About::Api(name) => format!("{file}:{line}: {name}"),
        About::Type(name) => format!("{file}:{line}: type {name}"),
        About::Operation(label) => format!("missing: {label}"),
    }
}

/// The APIs that a difference of a type is found in.
fn of_apis(difference: &Difference) -> String {
    if !matches!(difference.about, About::Type(_)) {
        return String::new();
    }
    let named: Vec<&str> = difference.apis.iter().take(NAMED).map(String::as_str).collect();
    let more = difference.apis.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("  ({}{more})", named.join(", "))
}

/// The last line.
fn sum(ours: &Ours, judged: &Judged) -> String {
    let counts: Vec<String> = judged
        .counts
        .iter()
        .map(|(name, all, present)| match judged.counts.len() {
            1 => format!("{present} of {all} operations present"),
            _ => format!("{present} of {all} operations of {name} present"),
        })
        .collect();
    let dead = match judged.dead.len() {
        0 => String::new(),
        1 => ", 1 explanation explains nothing".to_owned(),
        many => format!(", {many} explanations explain nothing"),
    };
    let explained = judged.explained.len();
    format!(
        "{}: {}, {explained} {} explained, {} unexplained{dead}",
        ours.connector.name,
        counts.join(", "),
        if explained == 1 { "difference" } else { "differences" },
        judged.unexplained.len(),
    )
}

fn place(ours: &Ours, about: &About) -> Option<(String, usize)> {
    let origin = match about {
        About::Api(name) => ours.connector.api(name)?.origin.clone(),
        About::Type(name) => ours.type_origin(name)?,
        About::Operation(_) => return None,
    };
    Some(ours.place(&origin))
}

/// The comparison as a program reads it.
#[derive(Serialize)]
struct Json<'a> {
    service: &'a str,
    definitions: Vec<Count<'a>>,
    differences: Vec<Entry<'a>>,
    dead: Vec<Dead<'a>>,
    remarks: &'a [String],
    explained: usize,
    unexplained: usize,
}

#[derive(Serialize)]
struct Count<'a> {
    name: &'a str,
    operations: usize,
    present: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    key: String,
    apis: &'a [String],
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Dead<'a> {
    file: String,
    line: usize,
    key: &'a str,
    aspect: &'static str,
    reason: &'a str,
}

/// For programs: all differences, those that are explained with their reasons.
pub(super) fn json(ours: &Ours, judged: &Judged) -> String {
    let unexplained = judged.unexplained.iter().map(|one| entry(ours, one, None));
    let explained = judged.explained.iter().map(|(one, at)| entry(ours, one, Some(&ours.explanations[*at].reason)));
    let dead = judged.dead.iter().map(|(at, aspect)| {
        let entry = &ours.explanations[*at];
        let (file, line) = ours.place(&entry.origin);
        Dead { file, line, key: &entry.written, aspect: aspect.as_str(), reason: &entry.reason }
    });
    let counts = judged.counts.iter();
    let json = Json {
        service: &ours.connector.name,
        definitions: counts
            .map(|(name, operations, present)| Count { name, operations: *operations, present: *present })
            .collect(),
        differences: unexplained.chain(explained).collect(),
        dead: dead.collect(),
        remarks: &judged.remarks,
        explained: judged.explained.len(),
        unexplained: judged.unexplained.len(),
    };
    serde_json::to_string_pretty(&json).unwrap_or_default()
}

fn entry<'a>(ours: &Ours, difference: &'a Difference, reason: Option<&'a str>) -> Entry<'a> {
    let place = place(ours, &difference.about);
    let name = |wanted: fn(&About) -> Option<&String>| wanted(&difference.about).map(String::as_str);
    Entry {
        api: name(|about| if let About::Api(name) = about { Some(name) } else { None }),
        r#type: name(|about| if let About::Type(name) = about { Some(name) } else { None }),
        operation: name(|about| if let About::Operation(name) = about { Some(name) } else { None }),
        line: place.as_ref().map(|(_, line)| *line),
        file: place.map(|(file, _)| file),
        key: difference.written(),
        apis: &difference.apis,
        message: &difference.fact.words,
        reason,
    }
}
