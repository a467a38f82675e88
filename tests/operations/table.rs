//! The table of operations: one line for each verb and path of each service.

use std::collections::BTreeSet;
use std::path::Path;

/// Operations that somebody vouches for.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    service: String,
    verb: String,
    path: String,
    /// The set of files that the line was taken from.
    set: String,
    /// Whether that set is Zoho's own, or a copy of it.
    official: bool,
}

impl Table {
    /// Reads a table of tab-separated values.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Reads the text of a table. Lines that nobody vouches for are left out: some were made up by a machine.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let column = |name: &str| {
            head.iter().position(|column| *column == name).ok_or_else(|| format!("the table has no column `{name}`"))
        };
        let (service, verb, path, source) = (column("service")?, column("method")?, column("path")?, column("source")?);
        let mut rows = Vec::new();
        for (at, line) in lines.enumerate() {
            let cells: Vec<&str> = line.split('\t').collect();
            let cell =
                |column: usize| cells.get(column).copied().ok_or_else(|| format!("line {} is too short", at + 2));
            let (label, set) = source_of(cell(source)?);
            if label != "community-lowtrust" {
                let official = matches!(label, "official" | "official-copy");
                let (service, verb) = (cell(service)?.to_owned(), cell(verb)?.to_owned());
                rows.push(Row { service, verb, path: plain_path(cell(path)?), set: set.to_owned(), official });
            }
        }
        if rows.is_empty() { Err("the table has no operations".to_owned()) } else { Ok(Self { rows }) }
    }

    /// Whether there are operations of a service.
    pub(crate) fn knows(&self, service: &str) -> bool {
        self.rows.iter().any(|row| row.service == service)
    }

    /// The sets of files about a service that are Zoho's own.
    pub(crate) fn official_sets(&self, service: &str) -> BTreeSet<&str> {
        self.rows.iter().filter(|row| row.official && row.service == service).map(|row| row.set.as_str()).collect()
    }

    /// The verbs that a service has at any of these paths.
    pub(crate) fn verbs_at(&self, service: &str, paths: &[String]) -> BTreeSet<&str> {
        let at = self.rows.iter().filter(|row| row.service == service && paths.contains(&row.path));
        at.map(|row| row.verb.as_str()).collect()
    }
}

/// The label of trust, and the first of the sets: `official; owner/name@commit:file; sets=one|two`.
fn source_of(text: &str) -> (&str, &str) {
    let label = text.split([';', ' ']).next().unwrap_or_default();
    let sets = text.split("sets=").nth(1).unwrap_or_default();
    (label, sets.split('|').next().unwrap_or_default())
}

/// A path as it can be compared: from a slash, with `{}` for each variable, without a query and without the `#name` that
/// tells operations of one path apart. A last slash counts.
pub(crate) fn plain_path(path: &str) -> String {
    let path = path.split(['#', '?']).next().unwrap_or_default();
    let segments = path.trim_start_matches('/').split('/').map(plain_segment);
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

fn plain_segment(segment: &str) -> String {
    if segment.starts_with(':') {
        return "{}".to_owned();
    }
    let mut pieces = segment.split('{');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str("{}");
        plain.push_str(piece.split_once('}').map_or("", |(_, after)| after));
    }
    plain
}

#[test]
fn paths_are_made_comparable() {
    for (path, plain) in [
        ("/tickets/{ticketId}/comments", "/tickets/{}/comments"),
        ("/requests/:requestId/extend", "/requests/{}/extend"),
        ("api/v1/files/{id}#copy", "/api/v1/files/{}"),
        ("/{a}.{b}/x{c}?method=d", "/{}.{}/x{}"),
        ("/teams/", "/teams/"),
        ("/", "/"),
    ] {
        assert_eq!(plain_path(path), plain);
    }
}

#[test]
fn a_table_that_is_none_is_refused() {
    for text in
        ["", "service\tmethod\tpath\n", "service\tmethod\tpath\tsource\n", "service\tmethod\tpath\tsource\na\tGET\n"]
    {
        assert!(Table::parse(text).is_err(), "{text:?}");
    }
}
