//! Where the time goes: instructions, which are the same however busy the machine is.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::cases::{Bounds, Table, grouped, list_lanes};
use super::runs::Lane;
use crate::callgrind;
use crate::programs::{Programs, Replay};

/// So many functions are named of each program.
const FUNCTIONS: usize = 12;
/// Lists of so many tickets are read: what the longer takes more is what a ticket costs.
const TICKETS: [u64; 2] = [1_000, 5_000];

/// What a run executed.
struct Counted {
    total: u64,
    functions: BTreeMap<String, u64>,
}

/// Counts the instructions of each program.
pub(super) fn table(programs: &Programs, _bounds: &Bounds) -> Result<Table> {
    let header = vec!["program", "of what", "instructions for a ticket"];
    if !callgrind::is_there() {
        let note = Some("Valgrind is not there, so nothing was counted.".to_owned());
        return Ok(Table { header, rows: Vec::new(), note });
    }
    let mut counts: Vec<(&str, Vec<Counted>)> = Vec::new();
    for tickets in TICKETS {
        let server = programs.serve(Replay { tickets, delay: 0, tls: false })?;
        for (at, lane) in list_lanes(programs, &server, 1).iter().enumerate() {
            let counted = count(programs.scratch(), lane)?;
            match counts.get_mut(at) {
                Some((_, runs)) => runs.push(counted),
                None => counts.push((lane.name, vec![counted])),
            }
        }
    }
    let mut rows = Vec::new();
    for (name, runs) in &counts {
        if let [short, long] = runs.as_slice() {
            rows.extend(of_program(name, short, long));
        }
    }
    let starts = counts.iter().filter_map(|(name, runs)| Some((name, start(runs)?)));
    let starts: Vec<String> = starts.map(|(name, start)| format!("{name} {:.1} million", start / 1e6)).collect();
    let note =
        Some(format!("Without TLS, one page after the other. Start and end of a process: {}.", starts.join(", ")));
    Ok(Table { header, rows, note })
}

/// What a run takes that has no tickets.
fn start(runs: &[Counted]) -> Option<f64> {
    let [short, long] = runs else { return None };
    Some(short.total as f64 - per_ticket(short.total, long.total) * TICKETS[0] as f64)
}

fn per_ticket(short: u64, long: u64) -> f64 {
    (long as f64 - short as f64) / (TICKETS[1] - TICKETS[0]) as f64
}

fn of_program(name: &str, short: &Counted, long: &Counted) -> Vec<Vec<String>> {
    let mut functions: Vec<(&String, f64)> = long
        .functions
        .iter()
        .map(|(function, count)| (function, per_ticket(short.functions.get(function).copied().unwrap_or(0), *count)))
        .collect();
    functions.sort_by(|a, b| b.1.total_cmp(&a.1));
    let row = |of: &str, count: f64| vec![name.to_owned(), of.to_owned(), grouped(count.max(0.0) as u64)];
    let all = row("all of it", per_ticket(short.total, long.total));
    let most = functions.iter().take(FUNCTIONS).map(|(function, count)| row(&format!("`{function}`"), *count));
    std::iter::once(all).chain(most).collect()
}

/// Runs a program under callgrind.
fn count(scratch: &Path, lane: &Lane<'_>) -> Result<Counted> {
    let out = scratch.join("callgrind.out");
    callgrind::run(&(lane.command)(), &out, &[])?;
    let annotated = Command::new("callgrind_annotate")
        .args(["--threshold=99.5", "--show-percs=no", "--auto=no", "--tree=none"])
        .arg(&out)
        .output()?;
    read(&String::from_utf8_lossy(&annotated.stdout)).context("what callgrind_annotate prints is not as expected")
}

/// Reads a list of functions: `1,234,567  file:function [object]`.
fn read(text: &str) -> Option<Counted> {
    let line = |line: &str| {
        let (count, rest) = line.trim().split_once(' ')?;
        Some((count.replace(',', "").parse::<u64>().ok()?, rest.trim().to_owned()))
    };
    let entries: Vec<(u64, String)> = text.lines().filter_map(line).collect();
    let (_, total) = entries.iter().enumerate().find(|(_, (_, rest))| rest.contains("PROGRAM TOTALS"))?;
    let mut functions = BTreeMap::new();
    for (count, rest) in entries.iter().filter(|(_, rest)| !rest.contains("PROGRAM TOTALS")) {
        *functions.entry(function_name(rest)).or_insert(0) += count;
    }
    Some(Counted { total: total.0, functions })
}

/// The name of a function, without its file, its object, and the arguments of its types.
fn function_name(entry: &str) -> String {
    let name = entry.split_once(':').map_or(entry, |(_, name)| name);
    let name = name.split(" [").next().unwrap_or(name);
    let name = name.split('\'').next().unwrap_or(name);
    let (mut depth, mut short) = (0u32, String::new());
    for c in name.chars() {
        match c {
            '<' if short.is_empty() => {}
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => short.push(c),
            _ => {}
        }
    }
    short.split(" as ").next().unwrap_or(&short).replace("::::", "::").chars().take(70).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_what_callgrind_prints() {
        let text = "-----\nIr\n-----\n12,345 PROGRAM TOTALS\n\n-----\nIr      file:function\n-----\n 9,000  /src/a.rs:core::run<T> [/bin/x]\n   345  ???:memcpy'2 [/lib/c.so]\n";
        let counted = read(text).unwrap();
        assert_eq!(counted.total, 12_345);
        let functions: Vec<(&str, u64)> =
            counted.functions.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(functions, [("core::run", 9_000), ("memcpy", 345)]);
        assert!(read("nothing of it").is_none());
    }
}
