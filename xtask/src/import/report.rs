//! The report: what was not written, what has to be looked at, and how much there is.

use std::collections::BTreeMap;
use std::fmt::Write;

/// What an import did.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The service.
    pub(crate) service: String,
    /// How many operations the source has.
    pub(crate) operations: usize,
    /// How many were asked for, where not all were.
    pub(crate) selected: Option<usize>,
    /// The names of the APIs that were written.
    pub(crate) written: Vec<String>,
    /// Operations that were not, with the reason.
    pub(crate) listed: Vec<(String, String)>,
    /// What a person has to look at, by API.
    pub(crate) remarks: Vec<(String, Vec<String>)>,
    /// APIs whose first name was another's, with that name.
    pub(crate) collisions: Vec<(String, String)>,
    /// What is remarkable about types.
    pub(crate) types: Vec<String>,
    /// What is remarkable about the service and its files.
    pub(crate) service_remarks: Vec<String>,
    /// Faults and warnings of the draft, as the loader says them.
    pub(crate) diagnostics: Vec<String>,
    /// Whether one of them is an error.
    pub(crate) has_errors: bool,
    /// Lines of each API.
    pub(crate) lines: Vec<usize>,
    /// Lines of types.
    pub(crate) type_lines: usize,
}

impl Report {
    /// The counts, in a line.
    pub(crate) fn summary(&self) -> String {
        let asked = self.selected.map(|count| format!("{count} asked for, ")).unwrap_or_default();
        format!(
            "{}: {} operations: {asked}{} written, {} listed",
            self.service,
            self.operations,
            self.written.len(),
            self.listed.len()
        )
    }

    /// The length of what was written, in a line.
    pub(crate) fn lengths(&self) -> String {
        let mut lines = self.lines.clone();
        lines.sort_unstable();
        let at = |part: usize| lines.get(lines.len().saturating_sub(1) * part / 100).copied().unwrap_or(0);
        let average = if lines.is_empty() { 0.0 } else { lines.iter().sum::<usize>() as f64 / lines.len() as f64 };
        format!(
            "lines of an API: median {}, 90th percentile {}, average {average:.1}; of types {}",
            at(50),
            at(90),
            self.type_lines
        )
    }

    /// The whole report, as plain text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut section = |title: &str, lines: &[String]| {
            if !lines.is_empty() {
                let _ = write!(text, "\n{title} ({})\n", lines.len());
                lines.iter().for_each(|line| {
                    let _ = writeln!(text, "  {line}");
                });
            }
        };
        let pairs = |pairs: &[(String, String)], between: &str| -> Vec<String> {
            pairs.iter().map(|(a, b)| format!("{a}{between}{b}")).collect()
        };
        section("Not written", &pairs(&self.listed, ": "));
        section("About the service", &self.service_remarks);
        section("What the loader says of the draft", &self.diagnostics);
        section("Names that another API has", &pairs(&self.collisions, ", and not "));
        section("Records put together", &self.types);
        section("To be looked at, in many APIs", &self.common());
        section("To be looked at", &self.single());
        format!("{}\n{}\n{}\n", text.trim_start(), self.summary(), self.lengths())
    }

    /// Remarks that many APIs share, with their number.
    fn common(&self) -> Vec<String> {
        let counts = self.counts();
        let mut common: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count > 3).collect();
        common.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let names = |remark: &str| {
            let apis = self
                .remarks
                .iter()
                .filter(|(_, remarks)| remarks.iter().any(|own| own == remark))
                .map(|(name, _)| name.as_str());
            apis.collect::<Vec<_>>().join(", ")
        };
        common.into_iter().map(|(remark, count)| format!("{count} × {remark}: {}", names(remark))).collect()
    }

    fn single(&self) -> Vec<String> {
        let counts = self.counts();
        let is_rare = |remark: &&String| counts.get(remark.as_str()).is_none_or(|count| *count <= 3);
        let line = |(name, remarks): &(String, Vec<String>)| {
            let rare: Vec<&str> = remarks.iter().filter(is_rare).map(String::as_str).collect();
            (!rare.is_empty()).then(|| format!("{name}: {}", rare.join("; ")))
        };
        self.remarks.iter().filter_map(line).collect()
    }

    fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for remark in self.remarks.iter().flat_map(|(_, remarks)| remarks) {
            *counts.entry(remark.as_str()).or_default() += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_and_gathers_what_many_share() {
        let remark =
            |name: &str, remarks: &[&str]| (name.to_owned(), remarks.iter().map(ToString::to_string).collect());
        let report = Report {
            service: "shelf".into(),
            operations: 6,
            written: (0..5).map(|n| format!("a.b{n}")).collect(),
            listed: vec![("HEAD /a".into(), "no such verb".into())],
            remarks: vec![
                remark("a.a", &["x", "y"]),
                remark("a.b", &["x"]),
                remark("a.c", &["x"]),
                remark("a.d", &["x"]),
            ],
            lines: vec![3, 4, 5, 20],
            ..Report::default()
        };
        assert_eq!(report.summary(), "shelf: 6 operations: 5 written, 1 listed");
        assert_eq!(report.lengths(), "lines of an API: median 4, 90th percentile 5, average 8.0; of types 0");
        let text = report.text();
        assert!(text.contains("  4 × x: a.a, a.b, a.c, a.d\n") && text.contains("  a.a: y\n"), "{text}");
        assert!(text.ends_with(&format!("\n{}\n{}\n", report.summary(), report.lengths())), "{text}");
        assert!(text.contains("Not written (1)\n  HEAD /a: no such verb\n"), "{text}");
    }
}
