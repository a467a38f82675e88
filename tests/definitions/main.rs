//! The language against its files: every connector loads without a diagnostic, every mistake gets the one that names
//! it, and whatever stands in a file, nothing panics.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

mod agreement;
mod bad;
mod format;
mod good;
mod mutations;
mod pages;
mod print;
mod provenance;
mod random;
mod readers;
mod support;
mod traps;
mod wanted;
