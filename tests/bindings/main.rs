//! The typed bindings: the same requests as calls by name, replies as values, and what must not compile.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]

mod calls;
mod compile;
mod equal;
mod programs;
mod replies;
mod sandbox;

// Their form is the generator's, which knows no width of lines.
#[rustfmt::skip]
mod generated;
#[rustfmt::skip]
#[path = "generated/library.rs"]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments, clippy::use_self, reason = "it is compiled, which is the test")]
mod library;
