//! Tasks of this workspace, run as `cargo xtask TASK`.
//!
//! `codegen` writes the files that are made from others, or compares them; `tidy` checks the rules of the house that no
//! compiler knows. Both are also tests of this package, so that `cargo test` finds what was forgotten. `bench` measures.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people: deeds on stdout, faults on stderr"
)]

mod bench;
mod callgrind;
mod codegen;
mod definitions;
mod dist;
mod drift;
mod files;
mod import;
mod programs;
mod tidy;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::codegen::{Mode, Target};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Tasks of this workspace")]
enum Task {
    /// Measure the command and the library beside a program by hand
    Bench(bench::Bench),
    /// Write the generated files that differ, and delete those that are no longer made
    Codegen {
        /// What to generate; everything where nothing is named
        targets: Vec<Target>,
        /// Write nothing: show what differs, and fail if anything does
        #[arg(long)]
        check: bool,
    },
    /// Build the command as it is released, into target/dist
    Dist(dist::Dist),
    /// Compare a connector with a machine-readable definition of its service
    Drift(drift::Drift),
    /// Draft a connector from an OpenAPI definition or a table of operations
    Import(import::Import),
    /// Check the rules of the house that no compiler knows
    Tidy,
}

fn main() -> ExitCode {
    match run(Task::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let root = files::root()?;
    match task {
        Task::Bench(bench) => bench::run(&root, &bench, &|text| println!("{text}"))?,
        Task::Codegen { targets, check } => {
            let mode = if check { Mode::Check } else { Mode::Write };
            let done = codegen::run(&root, &targets, mode)?;
            done.deeds.iter().for_each(|deed| println!("{deed}"));
            done.numbers.iter().for_each(|line| println!("{line}"));
        }
        Task::Dist(dist) => dist::run(&root, &dist, &|text| println!("{text}"))?,
        Task::Drift(drift) => {
            let outcome = drift::run(&root, &drift)?;
            println!("{}", outcome.text);
            return Ok(if outcome.is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Task::Import(import) => println!("{}", import::run(&import)?),
        Task::Tidy => tidy::run(&root)?,
    }
    Ok(ExitCode::SUCCESS)
}
