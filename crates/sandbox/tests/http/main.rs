//! The sandbox over HTTP, as any program in any language would use it.

mod consent;
mod faults;
mod files;
mod lists;
mod records;
mod refusals;
mod support;
