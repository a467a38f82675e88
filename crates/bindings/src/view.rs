//! What the templates see: finished names, finished types, finished lines of documentation.

pub(crate) mod api;
pub(crate) mod service;
pub(crate) mod types;
pub(crate) mod examples;
