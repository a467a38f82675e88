//! The sandbox over HTTP, as any program in any language would use it.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

mod accounts_faults;
mod afterwards;
mod consent;
mod devices;
mod every_api;
mod faults;
mod faults_by_chance;
mod files;
mod filters;
mod forms;
mod jobs;
mod links;
mod keys;
mod lists;
mod named;
mod person;
mod records;
mod refusals;
mod support;
mod tokens;
