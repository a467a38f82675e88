//! What is measured.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::counts;
use super::runs::{Lane, Times, interleaved, output, peak, peaks};
use super::weights;
use crate::programs::{Programs, Replay, Server};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Rounds of the long cases.
    pub(super) rounds: usize,
    /// Rounds of a single call.
    pub(super) calls: usize,
    /// Tickets of the long list.
    pub(super) tickets: u64,
    /// Tickets of the list that waits for each reply.
    slow_tickets: u64,
    /// Tickets of the list that shows whether memory grows.
    many_tickets: u64,
    /// Records of the bulk write.
    records: u64,
    /// Records of the bulk write that shows whether memory grows.
    many_records: u64,
}

impl Bounds {
    pub(super) fn full() -> Self {
        let (tickets, slow_tickets, many_tickets) = (100_000, 10_000, 1_000_000);
        Self { rounds: 25, calls: 61, tickets, slow_tickets, many_tickets, records: 100_000, many_records: 1_000_000 }
    }

    pub(super) fn quick() -> Self {
        let (tickets, slow_tickets, many_tickets) = (10_000, 2_000, 200_000);
        Self { rounds: 3, calls: 11, tickets, slow_tickets, many_tickets, records: 5_000, many_records: 50_000 }
    }
}

/// A case.
pub(super) struct Case {
    /// What it is called.
    pub(super) name: &'static str,
    /// What was wished for.
    pub(super) wish: &'static str,
    /// Measures it.
    pub(super) measure: fn(&Programs, &Bounds) -> Result<Table>,
}

/// What came of it: a header, and rows.
pub(super) struct Table {
    /// The names of the columns.
    pub(super) header: Vec<&'static str>,
    /// The rows.
    pub(super) rows: Vec<Vec<String>>,
    /// What is to be said of it.
    pub(super) note: Option<String>,
}

/// All of them.
pub(super) const ALL: &[Case] = &[
    Case {
        name: "A list, one page after the other, over TLS",
        wish: "Wanted: at most 1.15 × the program by hand, and 16 MB of memory",
        measure: |programs, bounds| long(programs, bounds, 1, true),
    },
    Case {
        name: "A list, four pages side by side, over TLS",
        wish: "Wanted: at most 1.15 × the program by hand, and 16 MB of memory",
        measure: |programs, bounds| long(programs, bounds, 4, true),
    },
    Case {
        name: "A list, one page after the other, without TLS",
        wish: "The same, where nothing hides what reading costs",
        measure: |programs, bounds| long(programs, bounds, 1, false),
    },
    Case {
        name: "A list, four pages side by side, without TLS",
        wish: "The same, where nothing hides what reading costs",
        measure: |programs, bounds| long(programs, bounds, 4, false),
    },
    Case {
        name: "A list of which each reply takes 20 ms, over TLS",
        wish: "Wanted: at most 1.10 × the program by hand, with 1, 4 and 10 pages side by side",
        measure: slow,
    },
    Case {
        name: "One call in a new process, over TLS",
        wish: "Wanted: at most 5 ms more than the program by hand",
        measure: cold,
    },
    Case { name: "`zohoctl --version`", wish: "Wanted: under 3 ms", measure: version },
    Case { name: "Memory by the length of a list", wish: "Wanted: that of a short list", measure: memory },
    Case { name: "A call of the library", wish: "Wanted: under 10 µs more than a call by hand", measure: overhead },
    Case { name: "A bulk write", wish: "Wanted: at most 1.2 × the program by hand", measure: bulk_write },
    Case { name: "Memory by the length of a bulk write", wish: "Wanted: that of a short one", measure: bulk_memory },
    Case {
        name: "What each dependency adds to the command",
        wish: "By the names of the symbols in its file",
        measure: weights::table,
    },
    Case {
        name: "Where the time goes",
        wish: "Instructions for each ticket, counted by callgrind, by function",
        measure: counts::table,
    },
];

impl Table {
    /// As text for a terminal.
    pub(super) fn text(&self) -> String {
        let rows = std::iter::once(self.header.iter().map(|cell| (*cell).to_owned()).collect());
        let rows: Vec<Vec<String>> = rows.chain(self.rows.iter().cloned()).collect();
        let widths: Vec<usize> = (0..self.header.len())
            .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max())
            .map(Option::unwrap_or_default)
            .collect();
        let mut text = String::new();
        for row in &rows {
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(text, "  {cell:width$}");
            }
            text.push('\n');
        }
        if let Some(note) = &self.note {
            let _ = writeln!(text, "  {note}");
        }
        text
    }
}

/// The three programs that read the list to its end.
pub(super) fn list_lanes<'a>(programs: &'a Programs, server: &'a Server, side_by_side: u64) -> Vec<Lane<'a>> {
    let words = side_by_side.to_string();
    let command = words.clone();
    let (by_hand, library) = (words.clone(), words);
    vec![
        Lane::new(BY_HAND, move || programs.by_hand(server, "list", &by_hand)),
        Lane::new(COMMAND, move || {
            let words = ["invoke", "desk", "tickets.list", "--all", "--output", "jsonl", "--concurrency", &command];
            programs.zohoctl(server, &words)
        }),
        Lane::new("library", move || programs.library(server, "list", &library)),
    ]
}

/// The program that the others are compared with.
pub(super) const BY_HAND: &str = "by hand";
/// The command.
pub(super) const COMMAND: &str = "zohoctl";

fn long(programs: &Programs, bounds: &Bounds, side_by_side: u64, tls: bool) -> Result<Table> {
    let server = programs.serve(Replay { tickets: bounds.tickets, delay: 0, tls })?;
    let lanes = list_lanes(programs, &server, side_by_side);
    same_output(&lanes)?;
    let mut times = interleaved(&lanes, bounds.rounds)?;
    peaks(&lanes, &mut times)?;
    Ok(compared(&times))
}

/// All programs have to print the same, or nothing is compared.
fn same_output(lanes: &[Lane<'_>]) -> Result<()> {
    let mut first: Option<Vec<u8>> = None;
    for lane in lanes {
        let printed = output(lane)?;
        if printed.is_empty() || first.as_ref().is_some_and(|first| *first != printed) {
            bail!("{} prints {} bytes, which are not those of {BY_HAND}", lane.name, printed.len());
        }
        first.get_or_insert(printed);
    }
    Ok(())
}

/// A row for each program, with its ratio to the first.
fn compared(times: &[Times]) -> Table {
    let base = times.first();
    let row = |times: &Times| {
        vec![
            times.name.to_owned(),
            milliseconds(times.median()),
            milliseconds(times.fastest()),
            ratio(base.and_then(|base| times.ratio(base))),
            milliseconds(times.processor()),
            ratio(base.and_then(|base| times.processor_ratio(base))),
            times.peak.map(|peak| megabytes(peak.all)).unwrap_or_default(),
            times.peak.map(|peak| megabytes(peak.data)).unwrap_or_default(),
        ]
    };
    let header = vec!["program", "median", "fastest", "ratio", "processor", "ratio", "most memory", "of it data"];
    Table { header, rows: times.iter().map(row).collect(), note: None }
}

fn slow(programs: &Programs, bounds: &Bounds) -> Result<Table> {
    let server = programs.serve(Replay { tickets: bounds.slow_tickets, delay: 20, tls: true })?;
    let mut rows = Vec::new();
    for side_by_side in [1, 4, 10] {
        let times = interleaved(&list_lanes(programs, &server, side_by_side), bounds.rounds.min(5))?;
        let base = times.first();
        rows.extend(times.iter().map(|times| {
            let (median, fastest) = (milliseconds(times.median()), milliseconds(times.fastest()));
            let ratio = ratio(base.and_then(|base| times.ratio(base)));
            vec![side_by_side.to_string(), times.name.to_owned(), median, fastest, ratio]
        }));
    }
    let note = "Zoho Desk allows 5 calls at once in its smallest edition. The command begins with that many, and with one \
                more after each reply that shows room; the program by hand asks nobody.";
    let header = vec!["side by side", "program", "median", "fastest", "ratio"];
    Ok(Table { header, rows, note: Some(note.to_owned()) })
}

fn cold(programs: &Programs, bounds: &Bounds) -> Result<Table> {
    let server = programs.serve(Replay { tickets: 1, delay: 0, tls: true })?;
    let words = ["invoke", "desk", "tickets.list", "--limit", "1", "--output", "jsonl"];
    let mut lanes = vec![
        Lane::new(BY_HAND, || programs.by_hand(&server, "page", "1")),
        Lane::new(COMMAND, || programs.zohoctl(&server, &words)),
    ];
    same_output(&lanes)?;
    if Command::new("curl").arg("--version").output().is_ok() {
        lanes.push(Lane::new("curl", || programs.curl(&server, 1)));
    }
    let times = interleaved(&lanes, bounds.calls)?;
    let mut table = beyond(&times);
    let connector =
        zoho_connector::Library::default().with_folder(programs.root().join("connectors")).connector("desk");
    let apis = connector.map_or(0, |connector| connector.apis.len());
    table.note = Some(format!(
        "The command reads the connector first: of a service with {apis} APIs the two files that the call needs, in their \
         compact form, and of these what the call can come to."
    ));
    Ok(table)
}

/// A row for each program, with what it takes more than the first.
fn beyond(times: &[Times]) -> Table {
    let base = times.first().map(|times| (times.median(), times.fastest())).unwrap_or_default();
    let row = |times: &Times| {
        let more =
            |time: Duration, base: Duration| format!("{:+.1} ms", (time.as_secs_f64() - base.as_secs_f64()) * 1e3);
        let (median, fastest) = (times.median(), times.fastest());
        let more = [more(median, base.0), milliseconds(fastest), more(fastest, base.1)];
        [times.name.to_owned(), milliseconds(median)].into_iter().chain(more).collect()
    };
    let header = vec!["program", "median", "more", "fastest", "more"];
    Table { header, rows: times.iter().map(row).collect(), note: None }
}

fn version(programs: &Programs, bounds: &Bounds) -> Result<Table> {
    let lanes = [
        Lane::new("`true`", || {
            let mut command = Command::new("/bin/true");
            command.env_clear();
            command
        }),
        Lane::new(COMMAND, || programs.zohoctl_alone(&["--version"])),
    ];
    let mut table = beyond(&interleaved(&lanes, bounds.calls)?);
    table.note =
        programs.size("zohoctl").map(|size| format!("The command has {} without symbols.", megabytes(size / 1024)));
    Ok(table)
}

fn memory(programs: &Programs, bounds: &Bounds) -> Result<Table> {
    let mut rows = Vec::new();
    for tickets in [10_000, bounds.many_tickets] {
        let server = programs.serve(Replay { tickets, delay: 0, tls: true })?;
        for side_by_side in [1, 4] {
            for lane in list_lanes(programs, &server, side_by_side) {
                let cells = [grouped(tickets), side_by_side.to_string(), lane.name.to_owned()];
                let peak = peak(&lane)?;
                rows.push(cells.into_iter().chain([megabytes(peak.all), megabytes(peak.data)]).collect());
            }
        }
    }
    let note = "What is not data is the program's own code, as far as it was touched: pages of its file that the kernel can \
                drop, and that processes share.";
    let header = vec!["records", "side by side", "program", "most memory", "of it data"];
    Ok(Table { header, rows, note: Some(note.to_owned()) })
}

fn overhead(programs: &Programs, bounds: &Bounds) -> Result<Table> {
    let server = programs.serve(Replay { tickets: 1, delay: 0, tls: false })?;
    let calls = (bounds.calls * 300).to_string();
    let printed = output(&Lane::new("library", || programs.library(&server, "overhead", &calls)))?;
    let text = String::from_utf8_lossy(&printed);
    let times: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [library, by_hand] = times.as_slice() else { bail!("the library says {text:?}") };
    let row =
        |name: &str, time: f64| vec![name.to_owned(), format!("{time:.1} µs"), format!("{:+.1} µs", time - by_hand)];
    let rows = vec![row(BY_HAND, *by_hand), row("library", *library)];
    let note = "Calls in turn in one process, over connections that stand, without TLS, which would only hide it.";
    Ok(Table { header: vec!["program", "median", "more"], rows, note: Some(note.to_owned()) })
}

fn bulk_write(programs: &Programs, bounds: &Bounds) -> Result<Table> {
    let server = programs.serve(Replay { tickets: 1, delay: 0, tls: true })?;
    let file = programs.leads(bounds.records)?.to_string_lossy().into_owned();
    let data = format!("data=@{file}");
    let words = ["invoke", "crm", "records.insert", "module=Leads", &data, "--output", "jsonl"];
    let lanes = [
        Lane::new(BY_HAND, || programs.by_hand(&server, "write", &file)),
        Lane::new(COMMAND, || programs.zohoctl(&server, &words)),
    ];
    same_output(&lanes)?;
    let mut times = interleaved(&lanes, bounds.rounds)?;
    peaks(&lanes, &mut times)?;
    let mut table = compared(&times);
    let note = "The program by hand puts lines between brackets as they are, and looks at none. The command makes sure that each \
                is JSON and what the connector says, and passes it on as it came; a service takes much longer to store a \
                hundred records.";
    table.note = Some(note.to_owned());
    Ok(table)
}

fn bulk_memory(programs: &Programs, bounds: &Bounds) -> Result<Table> {
    let server = programs.serve(Replay { tickets: 1, delay: 0, tls: true })?;
    let mut rows = Vec::new();
    for records in [10_000, bounds.many_records] {
        let file = programs.leads(records)?.to_string_lossy().into_owned();
        let data = format!("data=@{file}");
        let receipt = programs.scratch().join("receipt").to_string_lossy().into_owned();
        let words = ["invoke", "crm", "records.insert", "module=Leads", &data, "--output", "jsonl"];
        let noted = [&words[..], &["--receipt", &receipt]].concat();
        for (name, lane) in [
            (BY_HAND, Lane::new(BY_HAND, || programs.by_hand(&server, "write", &file))),
            (COMMAND, Lane::new(COMMAND, || programs.zohoctl(&server, &words))),
            ("zohoctl --receipt", Lane::new(COMMAND, || programs.zohoctl(&server, &noted))),
        ] {
            let peak = peak(&lane)?;
            rows.push(vec![grouped(records), name.to_owned(), megabytes(peak.all), megabytes(peak.data)]);
        }
        std::fs::remove_file(&receipt)?;
        std::fs::remove_file(&file)?;
    }
    Ok(Table { header: vec!["records", "program", "most memory", "of it data"], rows, note: None })
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map(|ratio| format!("{ratio:.2} ×")).unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    let time = time.as_secs_f64() * 1e3;
    if time < 100.0 { format!("{time:.1} ms") } else { format!("{time:.0} ms") }
}

fn megabytes(kilobytes: u64) -> String {
    format!("{:.1} MB", kilobytes as f64 * 1024.0 / 1e6)
}

/// A number with commas between its thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
