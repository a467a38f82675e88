//! One module for each command: its arguments, and what it does.

pub(crate) mod apis;
pub(crate) mod attempt;
pub(crate) mod bindings;
pub(crate) mod call;
pub(crate) mod completions;
pub(crate) mod connect;
pub(crate) mod connections;
pub(crate) mod connectors;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod invoke;
pub(crate) mod jobs;
pub(crate) mod limits;
pub(crate) mod new;
pub(crate) mod register;
pub(crate) mod retry;
pub(crate) mod sandbox;
pub(crate) mod schema;
mod trial;
pub(crate) mod vault;
