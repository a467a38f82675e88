//! The page that is written.

use std::fmt::Write as _;
use std::process::Command;

use super::PREAMBLE;
use super::cases::{Bounds, Case, Table, grouped};
use crate::programs::Programs;

/// The page.
pub(super) fn page(programs: &Programs, bounds: &Bounds, tables: &[(&Case, Table)]) -> String {
    let mut text = format!("<!-- {PREAMBLE} -->\n\n# Benchmarks\n\n{INTRODUCTION}\n");
    let _ = writeln!(text, "\n{}\n", machine(programs, bounds));
    for (case, table) in tables {
        let _ = writeln!(text, "## {}\n\n{}.\n", case.name, case.wish);
        text.push_str(&markdown(table));
    }
    format!("{}\n", text.trim_end())
}

const INTRODUCTION: &str = "\
What `zohoctl` and the library cost over a program by hand, measured by `cargo xtask bench`. The program by hand
(`benches/wire/hand_written.rs`) does the least that a correct one may: it takes the records as borrowed text and copies
their bytes out. All programs talk to one server (`benches/wire/replay`), whose replies are made of pieces that it has
beforehand: tickets of Zoho Desk, a hundred on a page of some 120 kB. They trust the same roots, speak HTTP/1.1 with one
thread each, and write to nowhere; that they print the same bytes is looked at first. They run in turn, several times,
so that a machine that is busy with something else slows all of them; a ratio is the median of those of the rounds. Single
functions are measured by `cargo bench -p zoho-benches`.";

/// How the command was linked.
const IN_ORDER: &str = "
`zohoctl` is linked as `cargo xtask dist` does it for a release, with the functions side by side that it uses; the
instructions are the same.";

fn machine(programs: &Programs, bounds: &Bounds) -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("an unknown processor");
    let model = model.trim_start_matches(['\t', ' ', ':']);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    let (system, profile) = (std::env::consts::OS, &programs.profile);
    let tickets = grouped(bounds.tickets);
    format!(
        "Machine: {cores} processors ({model}), {system}; {rustc}, profile `{profile}`.{}\nLists have {tickets} tickets \
         where nothing else is said. Long cases ran {} times, single calls {} times.",
        if programs.is_in_order() { IN_ORDER } else { "" },
        bounds.rounds,
        bounds.calls,
    )
}

fn markdown(table: &Table) -> String {
    let mut text = String::new();
    if !table.rows.is_empty() {
        let _ = writeln!(text, "| {} |", table.header.join(" | "));
        let _ = writeln!(text, "| {} |", vec!["---"; table.header.len()].join(" | "));
        for row in &table.rows {
            let _ = writeln!(text, "| {} |", row.join(" | "));
        }
        text.push('\n');
    }
    if let Some(note) = &table.note {
        let _ = writeln!(text, "{note}\n");
    }
    text
}
