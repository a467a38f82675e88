//! The engine against everything that goes wrong on the way to a service and back: each fault with each kind of call and
//! each style of paging, and a mix of all of them by chance.

#![expect(clippy::unwrap_used, reason = "a test that panics has found something")]
#![expect(clippy::print_stderr, reason = "how much went wrong is worth to be seen")]

mod away;
mod calls;
mod cells;
mod mix;
mod rules;
mod world;
