//! `cargo xtask dist`: the command as it is released.
//!
//! Of the code in its file a run uses an eighth, which lies all over it. A system that maps sixty-four kilobytes around each
//! page that is touched keeps more than half of the code in memory, and is asked for each piece. So the command is built,
//! watched at what it is mostly used for, and linked once more with the functions side by side that were used.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use indexmap::IndexSet;

use crate::callgrind;
use crate::programs::{Programs, Replay};

/// The options of the task.
#[derive(Debug, Args)]
pub(crate) struct Dist {
    /// Keep the names of functions, for a debugger or a profiler
    #[arg(long)]
    symbols: bool,
}

/// Builds the command, and says where it is.
pub(crate) fn run(root: &Path, dist: &Dist, say: &dyn Fn(&str)) -> Result<()> {
    let programs = build(root, "dist", say)?;
    let path = programs.path("zohoctl");
    if !dist.symbols {
        let done = Command::new("strip").arg(&path).status().context("strip is not there")?;
        if !done.success() {
            bail!("strip failed: {done}");
        }
    }
    let size = std::fs::metadata(&path)?.len();
    say(&format!("{} has {:.1} MB", path.display(), size as f64 / 1e6));
    Ok(())
}

/// Builds the command and what it is measured beside, in the order in which its functions are used where that can be seen.
pub(crate) fn build(root: &Path, profile: &str, say: &dyn Fn(&str)) -> Result<Programs> {
    let programs = Programs::build(root, profile)?;
    if profile != "dist" || !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(programs);
    }
    if !callgrind::is_there() {
        say("Valgrind is not there, so functions stay in the order of the compiler");
        return Ok(programs);
    }
    let used = used(&programs)?;
    let path = programs.order();
    let names: String = used.iter().flat_map(|name| [name.as_str(), "\n"]).collect();
    std::fs::write(&path, names).with_context(|| format!("cannot write {}", path.display()))?;
    say(&format!("{} functions are used; linking them side by side", used.len()));
    programs.link_in_order()?;
    Ok(programs)
}

/// The functions that the command uses: to begin at all, for a call, for a list, and for a bulk write.
fn used(programs: &Programs) -> Result<IndexSet<String>> {
    let server = programs.serve(Replay { tickets: 1_000, delay: 0, tls: true })?;
    let file = format!("data=@{}", programs.leads(1_000)?.display());
    let list = ["invoke", "desk", "tickets.list", "--all", "--output", "jsonl", "--concurrency"];
    let out = programs.scratch().join("callgrind.out");
    let mut used = IndexSet::new();
    for command in [
        programs.zohoctl_alone(&["--version"]),
        programs.zohoctl(&server, &["invoke", "desk", "tickets.list", "--limit", "1"]),
        programs.zohoctl(&server, &[&list[..], &["1"]].concat()),
        programs.zohoctl(&server, &[&list[..], &["4"]].concat()),
        programs.zohoctl(&server, &["invoke", "crm", "records.insert", "module=Leads", &file]),
    ] {
        callgrind::run(&command, &out, &["--demangle=no"])?;
        let seen = std::fs::read_to_string(&out).context("callgrind wrote nothing")?;
        used.extend(functions(&seen).map(str::to_owned));
    }
    Ok(used)
}

/// The names of the functions in what callgrind writes: `fn=(12) name` where one is met first, `cfn=` where it is called.
fn functions(seen: &str) -> impl Iterator<Item = &str> {
    seen.lines().filter_map(|line| {
        let (_, name) = line.strip_prefix('c').unwrap_or(line).strip_prefix("fn=(")?.split_once(") ")?;
        // One that calls itself is named again, with a number.
        let name = name.split('\'').next().unwrap_or(name);
        (!name.starts_with("0x")).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_where_they_are_named_first() {
        let seen = "ob=(1) /bin/zohoctl\nfl=(1) a.rs\nfn=(1) _ZN1aE\n+3 5\ncfi=(2) b.rs\ncfn=(2) _ZN1bE\ncalls=1 7\n\nfn=(2)\nfn=(3) _ZN1cE'2\nfn=(4) 0x00001\n";
        assert_eq!(functions(seen).collect::<Vec<_>>(), ["_ZN1aE", "_ZN1bE", "_ZN1cE"]);
    }
}
