//! What each dependency adds to the command's file: the code and the data of its functions, by the names of its symbols.
//! Nothing is built twice for it.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::cases::{Bounds, Table};
use crate::programs::Programs;

/// So many dependencies are shown.
const SHOWN: usize = 24;

/// What symbols of C begin with that say nothing of their library.
const OF_C: &[(&str, &str)] = &[
    ("ZSTD_", "zstd (C)"),
    ("HUF_", "zstd (C)"),
    ("FSE_", "zstd (C)"),
    ("HIST_", "zstd (C)"),
    ("ring_core_", "ring (C and assembly)"),
    ("bn_mul", "ring (C and assembly)"),
    ("p256_", "ring (C and assembly)"),
    ("aes_", "ring (C and assembly)"),
    ("ecp_nistz256", "ring (C and assembly)"),
];

/// A row for each of the largest.
pub(super) fn table(programs: &Programs, _bounds: &Bounds) -> Result<Table> {
    let output = Command::new("nm")
        .args(["--demangle", "--print-size", "--radix=d"])
        .arg(programs.path("zohoctl"))
        .output()
        .context("nm is not there, which tells the sizes of symbols")?;
    if !output.status.success() {
        bail!("nm does not read the command");
    }
    let weights = weights(&String::from_utf8_lossy(&output.stdout));
    let all: u64 = weights.values().map(|weight| weight.code + weight.data).sum();
    let mut ordered: Vec<(String, Weight)> = weights.into_iter().collect();
    ordered.sort_by_key(|(_, weight)| std::cmp::Reverse(weight.code + weight.data));
    let shown = ordered.iter().take(SHOWN);
    let rows = shown.map(|(name, weight)| vec![format!("`{name}`"), kilobytes(weight.code), kilobytes(weight.data)]);
    let note = format!(
        "All symbols have {}. A function that a dependency makes for others counts as the dependency's; text without a \
         name of its own, as that of the connectors, is not among it. What is left out of a build: `cargo build \
         --no-default-features --features zstd` has neither `brotli` nor `postgres`.",
        kilobytes(all)
    );
    Ok(Table { header: vec!["dependency", "code", "data"], rows: rows.collect(), note: Some(note) })
}

/// What symbols of a dependency have, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Weight {
    code: u64,
    data: u64,
}

fn weights(symbols: &str) -> BTreeMap<String, Weight> {
    let mut weights: BTreeMap<String, Weight> = BTreeMap::new();
    for line in symbols.lines() {
        let mut words = line.splitn(4, ' ');
        let (Some(_), Some(size), Some(kind), Some(name)) = (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Ok(size) = size.parse::<u64>() else { continue };
        let weight = weights.entry(dependency(name)).or_default();
        match kind {
            "t" | "T" | "w" | "W" => weight.code += size,
            _ => weight.data += size,
        }
    }
    weights
}

/// The package that a symbol is of: `reqwest` for `<reqwest::Client as Clone>::clone`.
fn dependency(symbol: &str) -> String {
    if let Some((_, library)) = OF_C.iter().find(|(begin, _)| symbol.starts_with(begin)) {
        return (*library).to_owned();
    }
    let of_path = |text: &str| {
        let text =
            text.trim_start_matches(['<', '&', '*', '(', '[']).trim_start_matches("mut ").trim_start_matches("dyn ");
        let (first, _) = text.split_once("::")?;
        let is_name = !first.is_empty() && first.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_name.then(|| first.to_owned())
    };
    // Glue and generic functions of the standard library are made for what they are about.
    let inner = symbol.split_once('<').and_then(|(before, inner)| {
        let is_standard = before.is_empty() || ["core::", "alloc::", "std::"].iter().any(|own| before.starts_with(own));
        of_path(inner).filter(|_| is_standard)
    });
    inner.or_else(|| of_path(symbol)).unwrap_or_else(|| "others".to_owned())
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.0} kB", bytes as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_counted_for_their_packages() {
        for (symbol, package) in [
            ("reqwest::async_impl::client::Client::execute", "reqwest"),
            ("<reqwest::Client as core::clone::Clone>::clone", "reqwest"),
            ("core::ptr::drop_in_place<tokio_postgres::Client>", "tokio_postgres"),
            ("<&mut jaq_core::Ctx as core::fmt::Debug>::fmt", "jaq_core"),
            ("alloc::vec::Vec<T,A>::push", "alloc"),
            ("ZSTD_decompressStream", "zstd (C)"),
            ("main", "others"),
        ] {
            assert_eq!(dependency(symbol), package, "{symbol}");
        }
        let text = "0001 00000010 T a::b\n0002 5 r a::C\n0003 x T y\n                 U memcpy\n0009 7 t a::d\n";
        assert_eq!(weights(text), BTreeMap::from([("a".to_owned(), Weight { code: 17, data: 5 })]));
    }
}
